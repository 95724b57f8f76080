// Paints a coordination diagram as SVG: the clock to the right, seconds of the cycle upwards, a dot for each arrival.
import { DISPLAY_COLOUR, INK, MUTED } from './palette.ts'
import { clipLine } from './polyline.ts'
import { clockAxis, diamonds, dots, keyRows, picture, valueAxis, type KeyItem, type PlotBox } from './plot.ts'
import { linearScale, multiples, timeStep } from './scale.ts'
import { element, subpath, text, type PixelPoint } from './svg.ts'
import type { CoordinationScene } from './coordination.ts'

const SOURCE_WORD = { detector: 'detector', probe: 'probe' } as const
const PROBE_COLOUR = '#0f62a8'
const DASH = { green: undefined, yellow: '6 2', red: '2 2' } as const
const BEGINS = { green: 'green begins', yellow: 'green ends, yellow begins', red: 'red begins' } as const
const ORIGIN_WORD = { 'end-of-green': 'seconds since the end of green', 'start-of-green': 'seconds since the start of green' } as const

/** One standalone `<svg>`; says so where nothing is known. */
export function paintCoordination(scene: CoordinationScene, { title, width = 760, height = 312 }: { title: string; width?: number; height?: number }): string {
  const box: PlotBox = { left: 44, right: width - 16, top: 46, bottom: height - 64 }
  const description = arrivalsInWords(scene)
  const key = keyRows(keyItems(scene), box.left, box.bottom + 36, box.right)
  const size = { title, description, width, height: box.bottom + 36 + key.height }
  if (scene.lines.length === 0) return picture('coordination', { ...size, height: 60 }, text('no data: no complete cycle in this time', { x: 16, y: 34, fill: MUTED }))
  const x = linearScale(scene.range_s, [box.left, box.right])
  const y = linearScale([0, scene.height_s], [box.bottom, box.top])
  const at = (source: 'detector' | 'probe'): PixelPoint[] => scene.dots.filter((dot) => dot.source === source).map(({ time_s, since_s }) => [x(time_s), y(since_s)])
  const detectors = at('detector')
  return picture(
    'coordination', size,
    valueAxis(y, multiples(0, scene.height_s, timeStep(scene.height_s, 6)), ORIGIN_WORD[scene.origin], box),
    clockAxis(x, scene.range_s, box, false),
    text(description, { x: 4, y: 14, fill: INK }),
    dots(detectors, INK, dotSize(detectors.length)),
    paintLines(scene, x, y),
    diamonds(at('probe'), PROBE_COLOUR, 2.8),
    key.svg,
  )
}

/** Many dots get smaller, not lighter: they must print. */
const dotSize = (count: number): number => (count > 3000 ? 1.4 : count > 300 ? 2.2 : 3.2)

function paintLines(scene: CoordinationScene, x: (t: number) => number, y: (s: number) => number): string {
  return element('g', { 'fill': 'none', 'stroke-width': 1.4 }, ...(['green', 'yellow', 'red'] as const).map((boundary) => {
    const d = scene.lines.filter((line) => line.boundary === boundary).map(({ points }) => {
      const seen = clipLine(points.map(({ time_s, since_s }) => ({ time_s, position_m: since_s })), scene.range_s)
      return seen.length < 2 ? '' : subpath(seen.map(({ time_s, position_m }): PixelPoint => [x(time_s), y(position_m)]))
    }).join('')
    return d === '' ? '' : element('path', { d, 'stroke': DISPLAY_COLOUR[boundary], 'stroke-dasharray': DASH[boundary] })
  }))
}

function keyItems({ lines, dots: arrivals, origin }: CoordinationScene): KeyItem[] {
  const hidden = origin === 'end-of-green' ? 'none' : 'green'
  const boundaries = (['green', 'yellow', 'red'] as const).filter((boundary) => boundary !== hidden && lines.some((line) => line.boundary === boundary))
  return [
    ...boundaries.map((boundary): KeyItem => ({ label: BEGINS[boundary], width: 22, swatch: (x, y) => element('path', { 'd': subpath([[x, y], [x + 22, y]]), 'stroke': DISPLAY_COLOUR[boundary], 'stroke-width': 1.6, 'stroke-dasharray': DASH[boundary], 'fill': 'none' }) })),
    ...(arrivals.some(({ source }) => source === 'detector') ? [{ label: 'arrival at a detector', width: 6, swatch: (x: number, y: number) => dots([[x + 3, y]], INK, 3) }] : []),
    ...(arrivals.some(({ source }) => source === 'probe') ? [{ label: 'arrival of a probe', width: 8, swatch: (x: number, y: number) => diamonds([[x + 4, y]], PROBE_COLOUR, 2.8) }] : []),
  ]
}

/** Shares of different windows are told apart: detectors count green only, probes the 3 s after it, too. */
function arrivalsInWords({ on_green, unknown, beyond }: CoordinationScene): string {
  const words = on_green.map(({ source, arrivals, green }) => `${Math.round((100 * green) / arrivals)} % of ${arrivals} ${SOURCE_WORD[source]} arrivals ${source === 'probe' ? 'in green or 3 s after' : 'on green'}`)
  const rest = [...(unknown > 0 ? [`${unknown} outside known cycles`] : []), ...(beyond > 0 ? [`${beyond} in cycles too long to draw`] : [])]
  return [...(words.length > 0 ? words : ['no arrivals known']), ...rest].join('; ')
}
