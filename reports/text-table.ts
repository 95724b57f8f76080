// Tables for a terminal: aligned by display width (Chinese characters take two columns), cut to the width given,
// coloured only when the caller says so (the caller knows NO_COLOR and whether this is a terminal).
import { columnsOf, shorten } from '../diagram/text-width.ts'
import type { PairedDifference } from '../model/evaluation.ts'
import { measureChange, measureName, measurePercent, measureValue } from './measures.ts'

export interface TextColumn {
  head: string
  align: 'left' | 'right'
}

export type Colour = 'bold' | 'dim' | 'green' | 'red' | 'yellow'

export interface TextCell {
  text: string
  colour?: Colour
}

const CODES: Record<Colour, number> = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33 }
const GAP = '  '
/** Below this a first column says nothing; the table then grows past the width asked for. */
const LEAST_FIRST = 8

const coloured = (text: string, colour: Colour | undefined, color: boolean): string =>
  color && colour !== undefined ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text

/** Control characters of a name could move the cursor or change colours; they become spaces. */
// oxlint-disable-next-line no-control-regex -- exactly these are meant
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')

/**
 * In: columns, rows of cells (a string is a cell without colour), total width in columns of the terminal.
 * The first column is shortened when the table is too wide. Out: lines, ended by one line feed, without trailing blanks.
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly (string | TextCell)[])[], options: { width: number; color: boolean }): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: oneLine(cell) } : { ...cell, text: oneLine(cell.text) })))
  const widths = columns.map((column, i) => Math.max(columnsOf(column.head), ...cells.map((row) => columnsOf(row[i]?.text ?? ''))))
  const excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - options.width
  const first = widths[0] ?? 0
  if (excess > 0) widths[0] = Math.max(Math.min(first, LEAST_FIRST), first - excess)
  const line = (row: readonly TextCell[]): string =>
    columns.map(({ align }, i) => {
      const cell = row[i] ?? { text: '' }
      const shown = shorten(cell.text, widths[i] as number)
      const pad = ' '.repeat(Math.max(0, (widths[i] as number) - columnsOf(shown)))
      const text = coloured(shown, cell.colour, options.color)
      return align === 'right' ? pad + text : i === columns.length - 1 ? text : text + pad
    }).join(GAP).trimEnd()
  const rule = coloured(widths.map((width) => '─'.repeat(width)).join(GAP), 'dim', options.color)
  return [line(columns.map(({ head }) => ({ text: head, colour: 'bold' }))), rule, ...cells.map(line)].join('\n') + '\n'
}

const VERDICT_COLOUR: Record<PairedDifference['verdict'], Colour> = { better: 'green', worse: 'red', undecided: 'yellow' }

/** The before/after table: one row a measure, with the change, its 95 % interval and the verdict in words. */
export function beforeAfterTable(differences: readonly PairedDifference[], options: { width: number; color: boolean }): string {
  const columns: TextColumn[] = [
    { head: 'Measure', align: 'left' }, { head: 'Before', align: 'right' }, { head: 'After', align: 'right' },
    { head: 'Change ± 95 %', align: 'right' }, { head: '%', align: 'right' }, { head: 'Verdict', align: 'left' },
  ]
  const rows = differences.map((difference) => {
    const name = measureName(difference.measure)
    const colour = VERDICT_COLOUR[difference.verdict]
    return [
      name.unit === '' ? name.label : `${name.label} (${name.unit})`,
      measureValue(difference.before, name), measureValue(difference.after, name),
      { text: measureChange(difference, name), colour }, measurePercent(difference), { text: difference.verdict, colour },
    ]
  })
  return textTable(columns, rows, options)
}
