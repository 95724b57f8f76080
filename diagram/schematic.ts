// A town or a corridor as lines on a screen of given size: each direction beside the middle of its street. Only geometry and the names of classes; whoever
// shows it gives the colours, so that a minute's change is a change of classes and the drawing stays.
import type { Point } from '../model/network.ts'
import { alongLine, lengthOf, offsetLine } from './map-frame.ts'
import { element, px, subpath, text, type PixelPoint } from './svg.ts'

export interface SchematicInput {
  segments: readonly { id: string; points: readonly Point[] }[]
  signals: readonly { id: string; at: Point }[]
  /** Each at the beginning of its line, which is that of these segments. */
  names: readonly { name: string; segments: readonly string[] }[]
  driving_side: 'right' | 'left'
  width: number
  height: number
  /** Free on each side, for names. */
  margin: number
  /** Of a line from the middle of its street. */
  aside: number
}

export interface Schematic {
  width: number
  height: number
  lines: { id: string; d: string; middle: PixelPoint; length: number }[]
  signals: { id: string; at: PixelPoint }[]
  /** Reads from the left or upwards. */
  names: { name: string; at: PixelPoint; turn_deg: number; end: boolean }[]
}

/** A town that is this much taller than the screen is turned a quarter, clockwise. */
const TALL = 1.6

export function buildSchematic({ segments, signals, names, driving_side, width, height, margin, aside }: SchematicInput): Schematic {
  const all = segments.flatMap(({ points }) => points)
  if (all.length === 0) return { width, height, lines: [], signals: [], names: [] }
  const [w, h] = [extent(all.map(([x]) => x)), extent(all.map(([, y]) => y))]
  const turned = (h.size / Math.max(1, w.size)) * (width / height) > TALL && h.size > w.size
  // y grows downwards on screens.
  const turn = ([x, y]: Point): PixelPoint => (turned ? [y, x] : [x, -y])
  const flat = all.map(turn)
  const [across, down] = [extent(flat.map(([x]) => x)), extent(flat.map(([, y]) => y))]
  const scale = Math.min((width - 2 * margin) / Math.max(1, across.size), (height - 2 * margin) / Math.max(1, down.size))
  const [left, top] = [(width - across.size * scale) / 2, (height - down.size * scale) / 2]
  const place = (point: Point): PixelPoint => {
    const [x, y] = turn(point)
    return [left + (x - across.low) * scale, top + (y - down.low) * scale]
  }
  const sideways = driving_side === 'right' ? aside : -aside
  const placed = segments.map(({ id, points }) => ({ id, line: offsetLine(points.map(place), sideways), axis: points.map(place) }))
  const byId = new Map(placed.map((one) => [one.id, one.axis]))
  return {
    width, height,
    lines: placed.map(({ id, line }) => ({ id, d: subpath(line), middle: alongLine(line, 0.5), length: lengthOf(line) })),
    signals: signals.map(({ id, at }) => ({ id, at: place(at) })),
    names: names.flatMap(({ name, segments: own }) => {
      const axis = own.flatMap((id) => byId.get(id) ?? [])
      return axis.length < 2 ? [] : [nameAt(name, axis)]
    }),
  }
}

function extent(values: readonly number[]): { low: number; size: number } {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, size: high - low }
}

/** Along the beginning of the line, above it. */
function nameAt(name: string, axis: readonly PixelPoint[]): Schematic['names'][number] {
  const [first, next] = [axis[0]!, axis.find(([x, y]) => Math.hypot(x - axis[0]![0], y - axis[0]![1]) > 20) ?? axis.at(-1)!]
  const along = (Math.atan2(next[1] - first[1], next[0] - first[0]) * 180) / Math.PI
  const end = along > 80 || along <= -100
  return { name, at: first, turn_deg: Math.round(end ? along - 180 : along), end }
}

export interface SchematicLook {
  /** Of a segment: its class, and the numeral that says the same without colour. */
  classOf: (segment: string) => { name: string; numeral: string }
  title: string
  description: string
  /** Height of names and radius of numerals, of the drawing's own pixels. */
  text: number
  /** Names above lines that are this broad. */
  breadth: number
}

/** SVG with classes `schematic-…` and nothing else; numerals stand on lines that are long enough and not free. */
export function paintSchematic({ width, height, lines, signals, names }: Schematic, { classOf, title, description, text: size, breadth }: SchematicLook): string {
  const room = size * 1.3
  const looks = lines.map((line) => ({ ...line, look: classOf(line.id) }))
  return element('svg', { 'class': 'schematic', 'viewBox': `0 0 ${px(width)} ${px(height)}`, 'role': 'img', 'aria-label': title },
    text0('title', title), text0('desc', description),
    element('g', { class: 'schematic-casing' }, ...lines.map(({ d }) => element('path', { d }))),
    element('g', { class: 'schematic-lines' }, ...looks.map(({ id, d, look }) => element('path', { d, 'class': `schematic-line ${look.name}`, 'data-segment': id }))),
    element('g', { class: 'schematic-signals' }, ...signals.map(({ at: [x, y] }) => element('circle', { cx: x, cy: y, r: size * 0.22 }))),
    element('g', { 'class': 'schematic-marks', 'font-size': size, 'text-anchor': 'middle' }, ...looks.filter(({ length }) => length > room).map(({ id, middle: [x, y], look }) =>
      element('g', { 'class': `schematic-mark ${look.name}`, 'data-segment': id }, element('circle', { cx: x, cy: y, r: size * 0.62 }), text(look.numeral, { x, y: y + size * 0.35 })))),
    element('g', { 'class': 'schematic-names', 'font-size': size }, ...names.map(({ name, at: [x, y], turn_deg, end }) =>
      text(name, { 'transform': `translate(${px(x)} ${px(y)}) rotate(${turn_deg}) translate(0 ${px(-breadth - size * 0.45)})`, 'text-anchor': end ? 'end' : 'start' }))))
}

const text0 = (name: 'title' | 'desc', content: string): string => text(content, {}).replace(/^<text>(.*)<\/text>$/su, `<${name}>$1</${name}>`)
