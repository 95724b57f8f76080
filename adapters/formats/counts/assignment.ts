// The cheapest assignment of rows to columns, and how much the next best costs more.
// Hungarian algorithm with potentials (Kuhn 1955, Munkres 1957), O(rows^2 x columns).

export interface Assignment {
  /** Column of each row. */
  columns: number[]
  cost: number
}

/** `cost[row][column]`, rows <= columns, finite; Infinity forbids a pair. Undefined where nothing is allowed. */
export function assign(cost: readonly (readonly number[])[]): Assignment | undefined {
  const n = cost.length
  const m = cost[0]?.length ?? 0
  const far = 1e9
  const value = (i: number, j: number): number => Math.min(far, cost[i - 1]?.[j - 1] ?? far)
  const rowPotential = new Array<number>(n + 1).fill(0)
  const columnPotential = new Array<number>(m + 1).fill(0)
  const rowOf = new Array<number>(m + 1).fill(0)
  for (let i = 1; i <= n; i++) {
    rowOf[0] = i
    const slack = new Array<number>(m + 1).fill(Infinity)
    const from = new Array<number>(m + 1).fill(0)
    const used = new Array<boolean>(m + 1).fill(false)
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
  const columns = new Array<number>(n).fill(-1)
  for (let j = 1; j <= m; j++) if ((rowOf[j] as number) > 0) columns[(rowOf[j] as number) - 1] = j - 1
  const total = columns.reduce((sum, column, row) => sum + (cost[row]?.[column] ?? far), 0)
  return total < far ? { columns, cost: total } : undefined
}

/** The cheapest assignment that differs in at least one pair; undefined if there is none. */
export function secondBest(cost: readonly (readonly number[])[], best: Assignment): Assignment | undefined {
  let second: Assignment | undefined
  best.columns.forEach((column, row) => {
    const other = assign(cost.map((line, i) => (i === row ? line.map((value, j) => (j === column ? Infinity : value)) : line)))
    if (other !== undefined && (second === undefined || other.cost < second.cost)) second = other
  })
  return second
}
