// Paints the bar of a timing sheet as SVG: rings or stages over one cycle, each phase with its number, its split and
// the yellow and red that end it; coordinated phases are the dark ones. Sizes are CSS pixels.
import { DISPLAY_COLOUR, FONT, INK, MUTED, PAPER, RULE } from './palette.ts'
import type { TimingBarScene, TimingRow, TimingSegment } from './ring-barrier.ts'
import { linearScale, multiples, timeStep } from './scale.ts'
import type { LinearScale } from './scale.ts'
import { element, escapeText, px, subpath, text } from './svg.ts'
import { pixelsOf, shorten } from './text-width.ts'

const ROW_PX = 26
const GROUP_ROW_PX = 12
const LABEL_PX = 52
const FONT_PX = 11
const COORDINATED = '#2f4b66'
const PLAIN = '#e4e9ee'
const INTERSTAGE = '#f7f8f9'

export function paintTimingBar(scene: TimingBarScene, options: { title: string; width?: number }): string {
  const width = options.width ?? 760
  const x = linearScale([0, scene.cycle_s], [LABEL_PX, width - 18])
  let y = 18
  const rows = scene.rows.map((row) => {
    const height = row.segments.some(({ kind }) => kind !== 'group') ? ROW_PX : GROUP_ROW_PX
    const painted = paintRow(row, x, y, height - 2)
    y += height
    return painted
  })
  const bottom = y + 1
  return element(
    'svg',
    { 'xmlns': 'http://www.w3.org/2000/svg', 'class': 'timing-bar', 'viewBox': `0 0 ${px(width)} ${px(bottom + 20)}`, width, 'height': bottom + 20, 'role': 'img', 'font-family': FONT, 'font-size': FONT_PX, 'fill': INK },
    element('title', {}, escapeText(options.title)),
    ...rows,
    paintBarriers(scene, x, bottom),
    paintTicks(scene.cycle_s, x, bottom),
    paintReference(scene, x, bottom),
  )
}

function paintRow(row: TimingRow, x: LinearScale, y: number, height: number): string {
  const small = height < ROW_PX - 2
  const label = text(shorten(row.label, 9), { 'x': LABEL_PX - 8, 'y': y + height / 2 + (small ? 3 : 4), 'text-anchor': 'end', 'fill': MUTED, 'font-size': small ? 9 : FONT_PX })
  return label + row.segments.map((segment) => paintSegment(segment, x, y, height)).join('')
}

function paintSegment(segment: TimingSegment, x: LinearScale, y: number, height: number): string {
  const strip = (from: number, to: number, fill: string): string =>
    to - from <= 0 ? '' : element('rect', { x: x(from), y, 'width': x(to) - x(from), height, fill })
  const group = segment.kind === 'group'
  const green = group ? DISPLAY_COLOUR.green : segment.coordinated ? COORDINATED : segment.kind === 'interstage' ? INTERSTAGE : PLAIN
  const outline = group ? '' : element('rect', { 'x': x(segment.start_s), y, 'width': x(segment.end_s) - x(segment.start_s), height, 'fill': 'none', 'stroke': PAPER, 'stroke-width': 1.4 })
  return [
    strip(segment.start_s, segment.green_end_s, green),
    strip(segment.green_end_s, segment.yellow_end_s, DISPLAY_COLOUR.yellow),
    strip(segment.yellow_end_s, segment.end_s, DISPLAY_COLOUR.red),
    outline,
    writeSegment(segment, x, y + height / 2 + 4),
  ].join('')
}

/** Number and split where both fit, else the number, else nothing: the table below has them all. */
function writeSegment({ label, start_s, green_end_s, end_s, coordinated, kind }: TimingSegment, x: LinearScale, y: number): string {
  if (label === undefined || kind === 'interstage') return ''
  const room = x(green_end_s) - x(start_s) - 6
  const split = px(end_s - start_s)
  const both = pixelsOf(`${label} ${split}`, FONT_PX) + 6 <= room
  if (!both && pixelsOf(label, FONT_PX) > room) return ''
  const fill = coordinated ? PAPER : INK
  const at = (x(start_s) + x(green_end_s)) / 2
  const number = element('tspan', { 'font-weight': '700' }, escapeText(label))
  return element('text', { 'x': at, y, 'text-anchor': 'middle', fill }, number, both ? element('tspan', { 'dx': 5, 'fill-opacity': '0.8' }, split) : '')
}

function paintBarriers({ barriers_s, cycle_s, rows }: TimingBarScene, x: LinearScale, bottom: number): string {
  const rings = rows.some(({ segments }) => segments.some(({ kind }) => kind === 'phase'))
  const lines = [...barriers_s, cycle_s].map((t) => subpath([[x(t), 15], [x(t), bottom]])).join('')
  return element('path', { 'd': lines, 'stroke': rings ? INK : RULE, 'stroke-width': rings ? 1.8 : 1, 'fill': 'none' })
}

function paintTicks(cycle_s: number, x: LinearScale, bottom: number): string {
  const step = timeStep(cycle_s, 14)
  // The last round tick gives way to the cycle length when they would touch.
  const ticks = multiples(0, cycle_s, step).filter((t) => cycle_s - t >= step * 0.6)
  const marks = [...ticks, cycle_s].map((t) => subpath([[x(t), bottom], [x(t), bottom + 4]])).join('')
  return element(
    'g',
    { 'fill': MUTED, 'text-anchor': 'middle', 'font-size': FONT_PX - 1 },
    element('path', { d: marks, stroke: MUTED, 'stroke-width': 0.7, fill: 'none' }),
    ...[...ticks, cycle_s].map((t) => text(t === cycle_s ? `${px(t)} s` : px(t), { x: x(t), y: bottom + 15 })),
  )
}

function paintReference({ reference_s, cycle_s }: TimingBarScene, x: LinearScale, bottom: number): string {
  const at = x(reference_s)
  const late = reference_s > cycle_s * 0.75
  return element(
    'g',
    { class: 'reference' },
    element('path', { d: subpath([[at, 16], [at - 4.5, 8], [at + 4.5, 8]], true), fill: INK }),
    element('path', { 'd': subpath([[at, 16], [at, bottom]]), 'stroke': INK, 'stroke-width': 1, 'stroke-dasharray': '2 2', 'fill': 'none' }),
    text(`offset reference at ${px(reference_s)} s`, { 'x': at + (late ? -8 : 8), 'y': 13, 'text-anchor': late ? 'end' : 'start', 'fill': MUTED, 'font-size': FONT_PX - 1 }),
  )
}
