// A town or a corridor as lines on a screen of given size: each direction beside the middle of its street. Only geometry and the names of classes; whoever
// shows it gives the colours, so that a minute's change is a change of classes and the drawing stays.
import type { Point } from '../model/network.ts'
import { alongLine, lengthOf, offsetLine } from './map-frame.ts'
import { element, px, subpath, text, type PixelPoint } from './svg.ts'
import { pixelsOf } from './text-width.ts'

export interface SchematicInput {
  segments: readonly { id: string; points: readonly Point[] }[]
  signals: readonly { id: string; at: Point }[]
  /** Each at the beginning of its line, which is that of these segments. */
  names: readonly { name: string; segments: readonly string[] }[]
  driving_side: 'right' | 'left'
  width: number
  height: number
  /** Free on each side, beside what names need. */
  margin: number
  /** Of a line from the middle of its street. */
  aside: number
  /** Height of names. */
  text: number
}

export interface Schematic {
  width: number
  height: number
  lines: { id: string; d: string; middle: PixelPoint; length: number }[]
  signals: { id: string; at: PixelPoint }[]
  /** Before the line's beginning, level: what is read from afar is not turned. */
  names: { name: string; at: PixelPoint; anchor: 'start' | 'middle' | 'end' }[]
}

/** A town that is this much taller than the screen is turned a quarter, clockwise. */
const TALL = 1.6

/** From one row of names to the next, of their height. */
const ROW = 1.2
const ROW_PASSES = 3
/** Names are bold. */
const BOLD = 1.12
/** Of its length, where the numeral stands on a line: those of the two directions don't meet. */
const NUMERAL_AT = 0.32

export function buildSchematic({ segments, signals, names, driving_side, width, height, margin, aside, text: size }: SchematicInput): Schematic {
  const all = segments.flatMap(({ points }) => points)
  if (all.length === 0) return { width, height, lines: [], signals: [], names: [] }
  const [w, h] = [extent(all.map(([x]) => x)), extent(all.map(([, y]) => y))]
  const turned = (h.size / Math.max(1, w.size)) * (width / height) > TALL && h.size > w.size
  // y grows downwards on screens.
  const turn = ([x, y]: Point): PixelPoint => (turned ? [y, x] : [x, -y])
  const flat = all.map(turn)
  const [across, down] = [extent(flat.map(([x]) => x)), extent(flat.map(([, y]) => y))]
  const byId = new Map(segments.map(({ id, points }) => [id, points]))
  const begun = names.flatMap(({ name, segments: own }) => {
    const axis = own.flatMap((id) => byId.get(id) ?? []).map(turn)
    return axis.length < 2 ? [] : [{ name, from: axis[0]!, side: sideOf(axis), wide: BOLD * pixelsOf(name, size) + size }]
  })
  const need = (side: Side, of: (name: (typeof begun)[number], i: number) => number): number => margin + Math.max(0, ...begun.map((one, i) => (one.side === side ? of(one, i) : 0)))
  // Names that would cover each other take more rows, which takes room from the drawing, which brings them closer.
  let rows = begun.map(() => 0)
  let fit = fitted(rows)
  for (let pass = 0; pass < ROW_PASSES; pass++) fit = fitted(rows = rowsOf(begun.map(({ from, side, wide }) => ({ x: fit.put(from)[0], side, wide })), rows))
  const { put } = fit
  function fitted(taken: readonly number[]): { put: (point: PixelPoint) => PixelPoint } {
    const [left, right] = [need('left', ({ wide }) => wide), need('right', ({ wide }) => wide)]
    const [top, bottom] = [need('above', (_, i) => size * (1.4 + ROW * taken[i]!)), need('below', (_, i) => size * (1.4 + ROW * taken[i]!))]
    const scale = Math.max(0, Math.min((width - left - right) / Math.max(1, across.size), (height - top - bottom) / Math.max(1, down.size)))
    const [x0, y0] = [left + (width - left - right - across.size * scale) / 2, top + (height - top - bottom - down.size * scale) / 2]
    return { put: ([x, y]) => [x0 + (x - across.low) * scale, y0 + (y - down.low) * scale] }
  }
  const place = (point: Point): PixelPoint => put(turn(point))
  // A name at the drawing's edge stays on the screen.
  const within = ([x, y]: PixelPoint, side: Side, wide: number): PixelPoint => [side === 'above' || side === 'below' ? Math.max(wide / 2, Math.min(width - wide / 2, x)) : x, y]
  const sideways = driving_side === 'right' ? aside : -aside
  return {
    width, height,
    lines: segments.map(({ id, points }) => {
      const line = offsetLine(points.map(place), sideways)
      return { id, d: subpath(line), middle: alongLine(line, NUMERAL_AT), length: lengthOf(line) }
    }),
    signals: signals.map(({ id, at }) => ({ id, at: place(at) })),
    names: apart(begun.map(({ name, from, side, wide }, i) => nameBeside(name, within(put(from), side, wide), side, size, rows[i]!)), begun.map(({ side }) => side), size),
  }
}

type Side = 'left' | 'right' | 'above' | 'below'

/** Where one comes from who drives along the line's beginning. */
function sideOf(axis: readonly PixelPoint[]): Side {
  const [dx, dy] = [axis.at(-1)![0] - axis[0]![0], axis.at(-1)![1] - axis[0]![1]]
  if (Math.abs(dx) >= Math.abs(dy)) return dx > 0 ? 'left' : 'right'
  return dy > 0 ? 'above' : 'below'
}

function nameBeside(name: string, [x, y]: PixelPoint, side: Side, size: number, row: number): Schematic['names'][number] {
  const level = y + size * 0.35
  if (side === 'left') return { name, at: [x - size / 2, level], anchor: 'end' }
  if (side === 'right') return { name, at: [x + size / 2, level], anchor: 'start' }
  return { name, at: [x, side === 'above' ? y - size * (0.6 + ROW * row) : y + size * (1.3 + ROW * row)], anchor: 'middle' }
}

/** Of names above and below, from left to right: the nearest row in which there is room; never nearer than before, so that this ends. */
function rowsOf(names: readonly { x: number; side: Side; wide: number }[], before: readonly number[]): number[] {
  const rows = [...before]
  for (const side of ['above', 'below'] as const) {
    const ends: number[] = []
    const order = names.flatMap((name, i) => (name.side === side ? [{ ...name, i }] : [])).sort((a, b) => a.x - b.x)
    for (const { x, wide, i } of order) {
      let row = rows[i]!
      while ((ends[row] ?? -Infinity) > x - wide / 2) row++
      ends[row] = x + wide / 2
      rows[i] = row
    }
  }
  return rows
}

/** Names to the left and right, from top to bottom: none over the one above it. */
function apart(names: Schematic['names'], sides: readonly Side[], size: number): Schematic['names'] {
  const placed = [...names]
  for (const side of ['left', 'right'] as const) {
    let free = -Infinity
    const order = names.flatMap(({ at: [x, y] }, i) => (sides[i] === side ? [{ i, x, y }] : [])).sort((a, b) => a.y - b.y)
    for (const { i, x, y } of order) {
      const level = Math.max(y, free)
      placed[i] = { ...names[i]!, at: [x, level] }
      free = level + size * ROW
    }
  }
  return placed
}

function extent(values: readonly number[]): { low: number; size: number } {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, size: high - low }
}

export interface SchematicLook {
  /** Of a segment: its class, and the numeral that says the same without colour. */
  classOf: (segment: string) => { name: string; numeral: string }
  title: string
  description: string
  /** Height of names and numerals, of the drawing's own pixels. */
  text: number
}

/** SVG with classes `schematic-…` and nothing else; numerals stand on lines that are long enough and not free. */
export function paintSchematic({ width, height, lines, signals, names }: Schematic, { classOf, title, description, text: size }: SchematicLook): string {
  const room = size * 2.4
  const looks = lines.map((line) => ({ ...line, look: classOf(line.id) }))
  return element('svg', { 'class': 'schematic', 'viewBox': `0 0 ${px(width)} ${px(height)}`, 'role': 'img', 'aria-label': title },
    text0('title', title), text0('desc', description),
    element('g', { class: 'schematic-casing' }, ...lines.map(({ d }) => element('path', { d }))),
    element('g', { class: 'schematic-lines' }, ...looks.map(({ id, d, look }) => element('path', { d, 'class': `schematic-line ${look.name}`, 'data-segment': id }))),
    element('g', { class: 'schematic-signals' }, ...signals.map(({ at: [x, y] }) => element('circle', { cx: x, cy: y, r: size * 0.22 }))),
    element('g', { 'class': 'schematic-marks', 'font-size': size, 'text-anchor': 'middle' }, ...looks.filter(({ length }) => length > room).map(({ id, middle: [x, y], look }) =>
      element('g', { 'class': `schematic-mark ${look.name}`, 'data-segment': id }, element('circle', { cx: x, cy: y, r: size * 0.62 }), text(look.numeral, { x, y: y + size * 0.35 })))),
    element('g', { 'class': 'schematic-names', 'font-size': size }, ...names.map(({ name, at: [x, y], anchor }) => text(name, { x, y, 'text-anchor': anchor }))))
}

const text0 = (name: 'title' | 'desc', content: string): string => text(content, {}).replace(/^<text>(.*)<\/text>$/su, `<${name}>$1</${name}>`)
