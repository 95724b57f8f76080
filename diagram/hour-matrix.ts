// Before and after, hour by weekday, as data: rows are kinds of days, columns the hours. Blue is better, red is worse, and deeper where the
// change is larger; what the days cannot tell stays pale and carries no sign.
export interface MatrixInput<R extends string | number> {
  rows: readonly { row: R; label: string }[]
  cells: readonly { row: R; hour: number; before: number; after: number; change: number | null; mean_before: number | null; verdict: 'better' | 'worse' | 'undecided' }[]
}

export interface MatrixSceneCell {
  hour: number
  /** null: days on one side only, or none. */
  percent: number | null
  verdict: 'better' | 'worse' | 'undecided'
  /** Days on both sides. */
  days: readonly [before: number, after: number]
  /** 0 to 3. */
  strength: 0 | 1 | 2 | 3
}

export interface MatrixScene<R extends string | number = string | number> {
  rows: { row: R; label: string; cells: (MatrixSceneCell | undefined)[] }[]
  hours: readonly [first: number, last: number]
}

/** Changes from which a colour is deeper, per cent of before. */
const DEEPER = [5, 15] as const

export function buildMatrix<R extends string | number>({ rows, cells }: MatrixInput<R>): MatrixScene<R> {
  const hours = cells.map(({ hour }) => hour)
  const [first, last] = [Math.min(23, ...hours), Math.max(0, ...hours)]
  return {
    hours: first > last ? [0, -1] : [first, last],
    rows: rows.map(({ row, label }) => {
      const own = new Map(cells.filter((cell) => cell.row === row).map((cell) => [cell.hour, cell]))
      return {
        row, label,
        cells: Array.from({ length: Math.max(0, last - first + 1) }, (_, i): MatrixSceneCell | undefined => {
          const cell = own.get(first + i)
          if (cell === undefined) return undefined
          const percent = cell.change === null || cell.mean_before === null || cell.mean_before <= 0 ? null : (100 * cell.change) / cell.mean_before
          const strength = percent === null ? 0 : cell.verdict === 'undecided' ? 0 : Math.abs(percent) >= DEEPER[1] ? 3 : Math.abs(percent) >= DEEPER[0] ? 2 : 1
          return { hour: first + i, percent, verdict: cell.verdict, days: [cell.before, cell.after], strength }
        }),
      }
    }),
  }
}
