// Rows on their way between threads, column by column: figures move without being copied, and what is left is read much quicker than row by row.

/** A figure that is NULL is marked, because no figure stands for it. */
interface Figures { figures: Float64Array<ArrayBuffer>; absent?: Uint8Array<ArrayBuffer> }
type Column = readonly unknown[] | Figures

export interface PackedRows {
  names: readonly string[]
  columns: readonly Column[]
  rows: number
}

/** Fewer rows are not worth a buffer of their own. */
const FEW = 64

/** Rows as lists of values in the order of the names. */
export const packRows = (names: readonly string[], rows: readonly (readonly unknown[])[]): PackedRows =>
  ({ names, columns: names.map((_, c) => (rows.length < FEW ? undefined : figuresOf(rows, c)) ?? rows.map((row) => row[c])), rows: rows.length })

/** What can be given away instead of being copied. */
export const buffersOf = ({ columns }: PackedRows): ArrayBuffer[] =>
  columns.flatMap((column) => ('figures' in column ? [column.figures.buffer, ...(column.absent === undefined ? [] : [column.absent.buffer])] : []))

function figuresOf(rows: readonly (readonly unknown[])[], c: number): Figures | undefined {
  const figures = new Float64Array(rows.length)
  let absent: Uint8Array<ArrayBuffer> | undefined
  for (const [r, row] of rows.entries()) {
    const value = row[c]
    if (typeof value === 'number') figures[r] = value
    else if (value === null) (absent ??= new Uint8Array(rows.length))[r] = 1
    else return undefined
  }
  return { figures, ...(absent === undefined ? {} : { absent }) }
}

/** The rows as objects. */
export function unpackRows<R>({ names, columns, rows }: PackedRows): R[] {
  const all = Array.from({ length: rows }, (): Record<string, unknown> => ({}))
  for (const [c, column] of columns.entries()) {
    const name = names[c]!
    if (!('figures' in column)) for (let r = 0; r < rows; r++) all[r]![name] = column[r]
    else for (let r = 0; r < rows; r++) all[r]![name] = column.absent?.[r] === 1 ? null : column.figures[r]
  }
  return all as R[]
}
