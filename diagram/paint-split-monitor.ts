// Paints a split monitor as SVG: the clock to the right, seconds of the split upwards; what ended a green is told by colour and shape.
import { DIRECTION_COLOUR, DISPLAY_COLOUR, INK, MUTED } from './palette.ts'
import { clockAxis, diamonds, dots, keyRows, picture, valueAxis, type KeyItem, type PlotBox } from './plot.ts'
import { linearScale, multiples, timeStep } from './scale.ts'
import { element, px, subpath, text } from './svg.ts'
import { SPLIT_ENDS, type SplitEnd, type SplitMonitorScene } from './split-monitor.ts'

export interface SplitWords {
  none: string
  clock: string
  seconds: string
  programmed: string
  ends: Record<SplitEnd, string>
  said: (counts: SplitMonitorScene['counts']) => string
}

const ENGLISH: SplitWords = {
  none: 'no data: no complete green was logged in this time', clock: 'time of day', seconds: 'split, s', programmed: 'programmed',
  ends: { gap: 'gap-out', max: 'max-out', force: 'force-off', unknown: 'end not told' },
  said: (counts) => `${SPLIT_ENDS.reduce((sum, end) => sum + counts[end], 0)} greens: ${SPLIT_ENDS.filter((end) => counts[end] > 0).map((end) => `${counts[end]} ${ENGLISH.ends[end]}`).join(', ')}`,
}

const CROSS_PX = 2.6

const crosses = (points: readonly (readonly [number, number])[]): string =>
  element('path', { 'd': points.map(([x, y]) => `M${px(x - CROSS_PX)} ${px(y - CROSS_PX)}l${px(2 * CROSS_PX)} ${px(2 * CROSS_PX)}m0 ${px(-2 * CROSS_PX)}l${px(-2 * CROSS_PX)} ${px(2 * CROSS_PX)}`).join(''), 'stroke': DISPLAY_COLOUR.red, 'stroke-width': 1.2, 'fill': 'none' })

const PAINT: Record<SplitEnd, (points: readonly (readonly [number, number])[]) => string> = {
  gap: (points) => dots(points, '#2c8a5e', 3.6), max: crosses, force: (points) => diamonds(points, DIRECTION_COLOUR.outbound, 2.8), unknown: (points) => dots(points, MUTED, 2.6),
}

export const splitMonitorBox = (width = 760, height = 240): PlotBox => ({ left: 44, right: width - 16, top: 34, bottom: height - 64 })

export function paintSplitMonitor(scene: SplitMonitorScene, { title, width = 760, height = 240, words = ENGLISH }: { title: string; width?: number; height?: number; words?: SplitWords }): string {
  const box = splitMonitorBox(width, height)
  const description = words.said(scene.counts)
  if (scene.dots.length === 0) return picture('split-monitor', { title, description: words.none, width, height: 60 }, text(words.none, { x: 16, y: 34, fill: MUTED }))
  const x = linearScale(scene.range_s, [box.left, box.right])
  const y = linearScale([0, scene.height_s], [box.bottom, box.top])
  const told = SPLIT_ENDS.filter((end) => scene.counts[end] > 0)
  const line = (points: readonly (readonly [number, number])[]): string => element('path', { 'd': subpath(points), 'stroke': INK, 'stroke-width': 1.4, 'stroke-dasharray': '7 3', 'fill': 'none' })
  const key = keyRows([
    ...(scene.programmed.length === 0 ? [] : [{ label: words.programmed, width: 24, swatch: (at: number, middle: number) => line([[at, middle], [at + 24, middle]]) } satisfies KeyItem]),
    ...told.map((end): KeyItem => ({ label: words.ends[end], width: 8, swatch: (at, middle) => PAINT[end]([[at + 4, middle]]) })),
  ], box.left, box.bottom + 36, box.right)
  return picture(
    'split-monitor', { title, description, width, height: box.bottom + 36 + key.height },
    valueAxis(y, multiples(0, scene.height_s, timeStep(scene.height_s, 6)), words.seconds, box),
    clockAxis(x, scene.range_s, box, false, words.clock),
    ...told.map((end) => PAINT[end](scene.dots.filter((dot) => dot.termination === end).map(({ time_s, split_s }) => [x(time_s), y(split_s)] as const))),
    ...scene.programmed.map(({ from_s, until_s, split_s }) => line([[x(from_s), y(split_s)], [x(until_s), y(split_s)]])),
    key.svg,
  )
}
