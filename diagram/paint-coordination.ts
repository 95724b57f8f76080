// Paints a coordination diagram as SVG: the clock to the right, seconds of the cycle upwards, a dot for each arrival.
import { DISPLAY_COLOUR, INK, MUTED } from './palette.ts'
import { clipLine } from './polyline.ts'
import { clockAxis, diamonds, dots, keyRows, picture, valueAxis, type KeyItem, type PlotBox } from './plot.ts'
import { linearScale, multiples, timeStep } from './scale.ts'
import { element, subpath, text, type PixelPoint } from './svg.ts'
import { pixelsOf } from './text-width.ts'
import type { CoordinationScene } from './coordination.ts'

const PROBE_COLOUR = '#0f62a8'
const DASH = { green: undefined, yellow: '6 2', red: '2 2' } as const
/** What is written in the picture. */
export interface CoordinationWords {
  none: string
  clock: string
  begins: Record<'green' | 'yellow' | 'red', string>
  since: Record<CoordinationScene['origin'], string>
  detector: string
  probe: string
  /** In one sentence, for those who cannot see it too. Shares of different windows are told apart: detectors count green only, probes the 3 s after it, too. */
  said: (scene: Pick<CoordinationScene, 'on_green' | 'unknown' | 'beyond'>) => string
}

const ENGLISH: CoordinationWords = {
  none: 'no data: no complete cycle in this time', clock: 'time of day',
  begins: { green: 'green begins', yellow: 'green ends, yellow begins', red: 'red begins' },
  since: { 'end-of-green': 'seconds since the end of green', 'start-of-green': 'seconds since the start of green' },
  detector: 'arrival at a detector', probe: 'arrival of a probe', said: arrivalsInWords,
}

export interface CoordinationPaint { title: string; width?: number; height?: number; words?: CoordinationWords; /** Master instants at which another plan begins, with its name. */ plans?: readonly { time_s: number; label: string }[] }

/** Where a picture of these sizes is plotted: for hit-testing and cursors over it. */
export const coordinationBox = (width = 760, height = 312): PlotBox => ({ left: 44, right: width - 16, top: 46, bottom: height - 64 })

/** One standalone `<svg>`; says so where nothing is known. */
export function paintCoordination(scene: CoordinationScene, { title, width = 760, height = 312, words = ENGLISH, plans = [] }: CoordinationPaint): string {
  const box = coordinationBox(width, height)
  const description = words.said(scene)
  const key = keyRows(keyItems(scene, words), box.left, box.bottom + 36, box.right)
  const size = { title, description, width, height: box.bottom + 36 + key.height }
  if (scene.lines.length === 0) return picture('coordination', { ...size, height: 60 }, text(words.none, { x: 16, y: 34, fill: MUTED }))
  const x = linearScale(scene.range_s, [box.left, box.right])
  const y = linearScale([0, scene.height_s], [box.bottom, box.top])
  const at = (source: 'detector' | 'probe'): PixelPoint[] => scene.dots.filter((dot) => dot.source === source).map(({ time_s, since_s }) => [x(time_s), y(since_s)])
  const detectors = at('detector')
  return picture(
    'coordination', size,
    valueAxis(y, multiples(0, scene.height_s, timeStep(scene.height_s, 6)), words.since[scene.origin], box),
    clockAxis(x, scene.range_s, box, false, words.clock),
    paintPlans(plans.filter(({ time_s }) => time_s > scene.range_s[0] && time_s < scene.range_s[1]), x, box),
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

/** A line up at each change of plan, its name beside it where there is room. */
function paintPlans(plans: NonNullable<CoordinationPaint['plans']>, x: (t: number) => number, { top, bottom, right }: PlotBox): string {
  if (plans.length === 0) return ''
  let free = -Infinity
  const names = plans.map(({ time_s, label }) => {
    const at = x(time_s) + 4
    const wide = pixelsOf(label, 10)
    if (at < free || at + wide > right) return ''
    free = at + wide + 8
    return text(label, { 'x': at, 'y': top - 2, 'font-size': 10, 'fill': MUTED })
  })
  return element('g', { class: 'plans' }, element('path', { 'd': plans.map(({ time_s }) => subpath([[x(time_s), top - 10], [x(time_s), bottom]])).join(''), 'stroke': INK, 'stroke-width': 1, 'stroke-dasharray': '1 2', 'fill': 'none' }), ...names)
}

function keyItems({ lines, dots: arrivals, origin }: CoordinationScene, words: CoordinationWords): KeyItem[] {
  const hidden = origin === 'end-of-green' ? 'none' : 'green'
  const boundaries = (['green', 'yellow', 'red'] as const).filter((boundary) => boundary !== hidden && lines.some((line) => line.boundary === boundary))
  return [
    ...boundaries.map((boundary): KeyItem => ({ label: words.begins[boundary], width: 22, swatch: (x, y) => element('path', { 'd': subpath([[x, y], [x + 22, y]]), 'stroke': DISPLAY_COLOUR[boundary], 'stroke-width': 1.6, 'stroke-dasharray': DASH[boundary], 'fill': 'none' }) })),
    ...(arrivals.some(({ source }) => source === 'detector') ? [{ label: words.detector, width: 6, swatch: (x: number, y: number) => dots([[x + 3, y]], INK, 3) }] : []),
    ...(arrivals.some(({ source }) => source === 'probe') ? [{ label: words.probe, width: 8, swatch: (x: number, y: number) => diamonds([[x + 4, y]], PROBE_COLOUR, 2.8) }] : []),
  ]
}

function arrivalsInWords({ on_green, unknown, beyond }: Pick<CoordinationScene, 'on_green' | 'unknown' | 'beyond'>): string {
  const words = on_green.map(({ source, arrivals, green }) => `${Math.round((100 * green) / arrivals)} % of ${arrivals} ${source} arrivals ${source === 'probe' ? 'in green or 3 s after' : 'on green'}`)
  const rest = [...(unknown > 0 ? [`${unknown} outside known cycles`] : []), ...(beyond > 0 ? [`${beyond} in cycles too long to draw`] : [])]
  return [...(words.length > 0 ? words : ['no arrivals known']), ...rest].join('; ')
}
