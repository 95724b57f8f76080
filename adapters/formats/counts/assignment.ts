// The cheapest assignment of rows to columns.
// Hungarian algorithm with potentials (Kuhn 1955, Munkres 1957), O(rows^2 x columns).

export interface Assignment {
  /** Column of each row. */
  columns: number[]
  cost: number
}

const filled = <T>(length: number, value: T): T[] => Array.from({ length }, () => value)

/** `cost[row][column]`, rows <= columns, finite; Infinity forbids a pair. Undefined where nothing is allowed. */
export function assign(cost: readonly (readonly number[])[]): Assignment | undefined {
  const n = cost.length
  const m = cost[0]?.length ?? 0
  const far = 1e9
  const value = (i: number, j: number): number => Math.min(far, cost[i - 1]?.[j - 1] ?? far)
  const rowPotential = filled<number>(n + 1, 0)
  const columnPotential = filled<number>(m + 1, 0)
  const rowOf = filled<number>(m + 1, 0)
  for (let i = 1; i <= n; i++) {
    rowOf[0] = i
    const slack = filled<number>(m + 1, Infinity)
    const from = filled<number>(m + 1, 0)
    const used = filled<boolean>(m + 1, false)
    let j0 = 0
    do {
      used[j0] = true
      const i0 = rowOf[j0] as number
      let delta = Infinity
      let j1 = 0
      for (let j = 1; j <= m; j++) {
        if (used[j] === true) continue
        const reduced = value(i0, j) - (rowPotential[i0] as number) - (columnPotential[j] as number)
        if (reduced < (slack[j] as number)) {
          slack[j] = reduced
          from[j] = j0
        }
        if ((slack[j] as number) < delta) {
          delta = slack[j] as number
          j1 = j
        }
      }
      for (let j = 0; j <= m; j++) {
        if (used[j] === true) {
          rowPotential[rowOf[j] as number] = (rowPotential[rowOf[j] as number] as number) + delta
          columnPotential[j] = (columnPotential[j] as number) - delta
        } else slack[j] = (slack[j] as number) - delta
      }
      j0 = j1
    } while (rowOf[j0] !== 0)
    do {
      const j1 = from[j0] as number
      rowOf[j0] = rowOf[j1] as number
      j0 = j1
    } while (j0 !== 0)
  }
  const columns = filled<number>(n, -1)
  for (let j = 1; j <= m; j++) if ((rowOf[j] as number) > 0) columns[(rowOf[j] as number) - 1] = j - 1
  const total = columns.reduce((sum, column, row) => sum + (cost[row]?.[column] ?? far), 0)
  return total < far ? { columns, cost: total } : undefined
}
