// The face of a sign as a driver sees it: streets as lines that are lit green, yellow or red, and text in cells of full characters, as letters or as dots.
// Widths tell the colours apart too: red is the widest line, what is off only dashed.
import type { Point } from '../model/network.ts'
import { buildSchematic, type Schematic } from './schematic.ts'
import { element, escapeText, px, text, type Attributes } from './svg.ts'

export type SignLamp = 'green' | 'yellow' | 'red' | 'off'

/** Which dots of a matrix are lit, row by row from the upper left; as many dots high and wide as `columns` says. */
export interface DotMatrix {
  columns: number
  lit: Uint8Array
}

export interface SignFaceInput {
  lines: number
  characters_per_line: number
  /** Lines that stand there now; undefined on a sign without room for text. */
  page: readonly string[] | undefined
  /** The same page in dots, where the sign is made of them. */
  dots?: DotMatrix
  lamps: readonly { segment: string; colour: SignLamp }[]
  streets: { segments: readonly { id: string; points: readonly Point[] }[]; names: readonly { name: string; segments: readonly string[] }[]; driving_side: 'right' | 'left' }
  /** In full characters. */
  widthOf: (text: string) => number
}

export interface SignFace {
  width: number
  height: number
  drawn: Schematic
  /** Lamps of segments that lie nowhere: one beside the other, in their order. */
  row: { id: string; x: number; y: number; width: number; height: number }[]
  colours: ReadonlyMap<string, SignLamp>
  letters: { line: string; xs: number[]; y: number; size: number }[]
  dots: { x: number; y: number; step: number; rows: number; matrix: DotMatrix } | undefined
}

const WIDTH = 1200
const MARGIN = 30
const DRAWN_HEIGHT = 520
const LAMP_HEIGHT = 60
/** Of the height of a character, from one line to the next. */
const LEADING = 1.25

export function buildSignFace({ lines, characters_per_line, page, dots, lamps, streets, widthOf }: SignFaceInput): SignFace {
  const own = new Set(lamps.map(({ segment }) => segment))
  const segments = streets.segments.filter(({ id }) => own.has(id))
  const placed = new Set(segments.map(({ id }) => id))
  const panel = segments.length === 0 ? 0 : DRAWN_HEIGHT
  const drawn = buildSchematic({ segments, names: streets.names, signals: [], driving_side: streets.driving_side, width: WIDTH, height: panel, margin: 40, aside: 12, text: 34 })
  const nowhere = lamps.filter(({ segment }) => !placed.has(segment))
  const each = (WIDTH - 2 * MARGIN + 12) / Math.max(1, nowhere.length)
  const row = nowhere.map(({ segment }, i) => ({ id: segment, x: MARGIN + i * each, y: panel + MARGIN, width: Math.max(2, each - 12), height: LAMP_HEIGHT }))
  const top = panel + (row.length === 0 ? 0 : LAMP_HEIGHT + MARGIN) + MARGIN
  const cell = (WIDTH - 2 * MARGIN) / characters_per_line
  const rows = dots === undefined ? 0 : dots.lit.length / dots.columns
  const step = dots === undefined ? 0 : (WIDTH - 2 * MARGIN) / dots.columns
  const block = page === undefined ? -MARGIN : dots === undefined ? lines * cell * LEADING : rows * step
  return {
    width: WIDTH, height: top + block + MARGIN, drawn, row, colours: new Map(lamps.map(({ segment, colour }) => [segment, colour])),
    letters: page === undefined || dots !== undefined ? [] : lettersOf(page, { x: MARGIN, y: top + ((lines - page.length) * cell * LEADING) / 2, cell, characters_per_line, leading: LEADING, widthOf }),
    dots: dots === undefined || page === undefined ? undefined : { x: MARGIN + step / 2, y: top + step / 2, step, rows, matrix: dots },
  }
}

interface Cells {
  x: number
  y: number
  cell: number
  characters_per_line: number
  leading: number
  widthOf: (text: string) => number
}

/** Lines in the middle, each character in the middle of its cell; smaller where a line is wider than the sign. */
export function lettersOf(page: readonly string[], { x, y, cell, characters_per_line, leading, widthOf }: Cells): SignFace['letters'] {
  return page.map((line, i) => {
    const wide = widthOf(line)
    const size = cell * Math.min(1, characters_per_line / Math.max(1, wide))
    let at = x + (cell * characters_per_line - size * wide) / 2
    // A character of two UTF-16 units has two places in SVG, of which the second is not used.
    const xs = [...line].flatMap((character) => {
      const middle = at + (size * widthOf(character)) / 2
      at += size * widthOf(character)
      return Array.from({ length: character.length }, () => middle)
    })
    return { line, xs, y: y + cell * leading * (i + 0.5) + size * 0.36, size }
  })
}

const LIT: Record<SignLamp, Attributes> = {
  green: { 'stroke': '#22c55e', 'stroke-width': 9 }, yellow: { 'stroke': '#ffd23f', 'stroke-width': 13 }, red: { 'stroke': '#ff3b30', 'stroke-width': 18 },
  off: { 'stroke': '#5b656b', 'stroke-width': 3, 'stroke-dasharray': '4 10' },
}
const BOARD = '#0b0d0e'
const TEXT = '#ffd84d'
const UNLIT = '#23292c'
/** Wide enough for Chinese on the machine that makes a picture. */
export const SIGN_FONT = 'Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif'

export function paintSignFace({ width, height, drawn, row, colours, letters, dots }: SignFace, { title, description }: { title: string; description: string }): string {
  const lamp = (id: string): Attributes => ({ 'data-segment': id, 'data-colour': colours.get(id) ?? 'off' })
  const look = (id: string): Attributes => LIT[colours.get(id) ?? 'off']
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${px(width)} ${px(height)}`, width, height, role: 'img' },
    `<title>${escapeText(title)}</title>`, `<desc>${escapeText(description)}</desc>`,
    element('rect', { width, height, fill: BOARD }),
    element('g', { 'fill': 'none', 'stroke-linejoin': 'round' }, ...drawn.lines.map(({ id, d }) => element('path', { d, ...lamp(id), ...look(id) }))),
    element('g', { 'fill': '#e6eaec', 'stroke': BOARD, 'stroke-width': 7, 'stroke-linejoin': 'round', 'paint-order': 'stroke', 'font-family': SIGN_FONT, 'font-size': 34 }, ...drawn.names.map(({ name, at: [x, y], anchor }) => text(name, { x, y, 'text-anchor': anchor }))),
    element('g', {}, ...row.map(({ id, x, y, width: wide, height: high }) => element('rect', { x, y, 'width': wide, 'height': high, 'rx': 8, 'fill': colours.get(id) === 'off' ? UNLIT : LIT[colours.get(id)!]['stroke'], ...lamp(id) }))),
    element('g', { 'fill': TEXT, 'font-family': SIGN_FONT, 'font-weight': 700, 'text-anchor': 'middle' }, ...letters.map(paintLetters)),
    dots === undefined ? '' : paintDots(dots))
}

export const paintLetters = ({ line, xs, y, size }: SignFace['letters'][number]): string => text(line, { 'x': xs.map(px).join(' '), y, 'font-size': size, 'xml:space': 'preserve' })

/** Each run of dots is one dashed line whose dashes are as good as points. */
function paintDots({ x, y, step, rows, matrix: { columns, lit } }: NonNullable<SignFace['dots']>): string {
  const dashes = { 'fill': 'none', 'stroke-linecap': 'round', 'stroke-width': step * 0.78, 'stroke-dasharray': `0.01 ${String(step - 0.01)}` }
  const run = (row: number, from: number, length: number): string => `M${px(x + from * step)} ${px(y + row * step)}h${px((length - 1) * step + 0.1)}`
  let on = ''
  for (let row = 0; row < rows; row++) {
    for (let from = 0; from < columns; from++) {
      let end = from
      while (end < columns && lit[row * columns + end] === 1) end++
      if (end > from) on += run(row, from, end - from)
      from = Math.max(from, end)
    }
  }
  const all = Array.from({ length: rows }, (_, row) => run(row, 0, columns)).join('')
  return element('path', { d: all, stroke: UNLIT, ...dashes }) + (on === '' ? '' : element('path', { d: on, stroke: TEXT, ...dashes }))
}
