// Paints the runs of one movement, laid over each other at the stop line: dark and thick who stopped often, each class with
// its own dash, so that it reads without colour.
import { INK, MUTED } from './palette.ts'
import { keyRows, picture, valueAxis, type KeyItem, type PlotBox } from './plot.ts'
import { clipLine, type ScenePoint } from './polyline.ts'
import { decimalStep, linearScale, multiples, timeStep } from './scale.ts'
import { element, px, subpath, text, type PixelPoint } from './svg.ts'
import type { ProbeScene, StopClass } from './probe-trajectories.ts'

const CLASSES: readonly { stops: StopClass; colour: string; width: number; dash: string | undefined }[] = [
  { stops: 0, colour: '#3d9c6f', width: 0.7, dash: undefined },
  { stops: 1, colour: '#d98a00', width: 0.8, dash: '7 2' },
  { stops: 2, colour: '#a61e2e', width: 1.1, dash: '2 1.5' },
]

/** What is written in the picture. */
export interface ProbeWords {
  none: string
  classes: Record<StopClass, string>
  metres: string
  seconds: string
  line: string
  said: (figures: { runs: number; shares: readonly string[]; every: number }) => string
}

const ENGLISH: ProbeWords = {
  none: 'no data: no run of a probe', classes: { 0: 'no stop', 1: 'one stop', 2: 'two stops or more' }, metres: 'metres beyond the stop line', seconds: 'seconds since the stop line was crossed', line: 'stop line',
  said: ({ runs, shares, every }) => (runs === 0 ? 'no runs known' : `${runs} runs: ${shares.join(', ')}${every === 1 ? '' : `; 1 in ${every} drawn`}`),
}

export function paintProbes(scene: ProbeScene, { title, width = 760, height = 332, words = ENGLISH }: { title: string; width?: number; height?: number; words?: ProbeWords }): string {
  const box: PlotBox = { left: 48, right: width - 16, top: 46, bottom: height - 62 }
  const total = scene.counts[0] + scene.counts[1] + scene.counts[2]
  const description = words.said({ runs: total, shares: CLASSES.map(({ stops }) => `${Math.round((100 * scene.counts[stops]) / Math.max(1, total))} % ${words.classes[stops]}`), every: scene.every })
  const key = keyRows(CLASSES.filter(({ stops }) => scene.counts[stops] > 0).map((one) => keyItem(one, words.classes[one.stops])), box.left, box.bottom + 36, box.right)
  const size = { title, description, width, height: box.bottom + 36 + key.height }
  if (total === 0) return picture('probes', { ...size, height: 60 }, text(words.none, { x: 16, y: 34, fill: MUTED }))
  const x = linearScale(scene.range_s, [box.left, box.right])
  const y = linearScale(scene.extent_m, [box.bottom, box.top])
  const span_m = scene.extent_m[1] - scene.extent_m[0]
  return picture(
    'probes', size,
    valueAxis(y, multiples(scene.extent_m[0], scene.extent_m[1], decimalStep(span_m, 6)), words.metres, box),
    secondsAxis(x, scene, box, words.seconds),
    text(description, { x: 4, y: 14, fill: INK }),
    ...CLASSES.map(({ stops, colour, width: stroke, dash }) => {
      const d = scene.runs.filter((run) => run.stops === stops).map(({ points }) => path(points, scene, x, y)).join('')
      return d === '' ? '' : element('path', { d, 'stroke': colour, 'stroke-width': stroke, 'stroke-dasharray': dash, 'stroke-opacity': '0.75', 'fill': 'none' })
    }),
    element('path', { 'd': subpath([[box.left, y(0)], [box.right, y(0)]]), 'stroke': INK, 'stroke-width': 1, 'fill': 'none' }),
    text(words.line, { 'x': box.left + 4, 'y': y(0) - 4, 'fill': INK, 'font-size': 10 }),
    key.svg,
  )
}

const keyItem = ({ colour, width, dash }: (typeof CLASSES)[number], label: string): KeyItem => ({
  label, width: 24, swatch: (x, y) => element('path', { 'd': subpath([[x, y], [x + 24, y]]), 'stroke': colour, 'stroke-width': width + 0.8, 'stroke-dasharray': dash, 'fill': 'none' }),
})

/** The part of a line inside the picture. */
function path(points: readonly ScenePoint[], { range_s, extent_m }: ProbeScene, x: (t: number) => number, y: (m: number) => number): string {
  const turned = clipLine(points, range_s).map(({ time_s, position_m }) => ({ time_s: position_m, position_m: time_s }))
  // The same cut the other way round: positions never decrease either.
  const seen = clipLine(turned, extent_m)
  return seen.length < 2 ? '' : subpath(seen.map(({ time_s, position_m }): PixelPoint => [x(position_m), y(time_s)]))
}

function secondsAxis(x: (t: number) => number, { range_s }: ProbeScene, { left, right, top, bottom }: PlotBox, label: string): string {
  const ticks = multiples(range_s[0], range_s[1], timeStep(range_s[1] - range_s[0], 10))
  return element(
    'g', { class: 'axis' },
    element('path', { 'd': ticks.map((t) => subpath([[x(t), bottom], [x(t), bottom + 5]])).join('') + subpath([[left, bottom], [right, bottom]]) + subpath([[x(0), top], [x(0), bottom]]), 'stroke': MUTED, 'stroke-width': 0.7, 'fill': 'none' }),
    element('g', { 'fill': MUTED, 'text-anchor': 'middle' }, ...ticks.map((t) => text(px(t).replace('-', '−'), { x: x(t), y: bottom + 17 }))),
    text(label, { 'x': right, 'y': bottom + 30, 'fill': MUTED, 'text-anchor': 'end' }),
  )
}
