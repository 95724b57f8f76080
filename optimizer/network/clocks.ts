// Which signals of a network have a cycle in common, and the grid on which their platoons are reckoned. Seconds.
import { GreenwaveError } from '../../model/errors.ts'
import { type Clock, findGrid, type Grid } from '../progression/grid.ts'

/**
 * In: each signal's cycle, and the number of its area; signals of an area share a clock, those of different areas meet by
 * chance (negative: alone). Out: a clock each, its `row` numbering the areas. Throws where cycles of an area have nothing in common.
 */
export function areaClocks(cycles_s: readonly number[], areas: readonly number[]): Clock[] {
  const clocks: Clock[] = Array.from({ length: cycles_s.length })
  let row = 0
  const members = new Map<number, number[]>()
  areas.forEach((area, i) => {
    if (area < 0) clocks[i] = clockOf([cycles_s[i] as number], row++, 0)
    else members.set(area, [...(members.get(area) ?? []), i])
  })
  for (const [area, own] of members) {
    const cycles = own.map((i) => cycles_s[i] as number)
    own.forEach((i, k) => { clocks[i] = clockOf(cycles, row, k, area) })
    row += 1
  }
  return clocks
}

function clockOf(cycles_s: readonly number[], row: number, k: number, area?: number): Clock {
  const distinct = [...new Set(cycles_s)]
  const grid: Grid | undefined = findGrid(distinct)
  const own = cycles_s[k] as number
  if (grid === undefined) {
    if (distinct.length > 1) throw new GreenwaveError('plan.infeasible', `cycles ${distinct.join(', ')} s of area ${area ?? row} have no common multiple`)
    const steps = Math.max(1, Math.round(own))
    return { cycle_s: own, steps, step_s: own / steps, row, repeats: 1 }
  }
  return { cycle_s: grid.cycle_s, steps: grid.steps, step_s: grid.step_s, row, repeats: grid.repeats[distinct.indexOf(own)] as number }
}

/**
 * Areas of signals as they run: the most usual cycle with its halves and doubles, then the next of those that are left.
 * A signal that is `free` keeps no time with anybody: -1.
 */
export function areasAsTheyRun(cycles_s: readonly number[], free: readonly boolean[]): number[] {
  const count = new Map<number, number>()
  cycles_s.forEach((cycle, i) => { if (free[i] !== true) count.set(cycle, (count.get(cycle) ?? 0) + 1) })
  const areas = new Map<number, number>()
  let next = 0
  for (const [cycle] of [...count].sort((a, b) => b[1] - a[1] || b[0] - a[0])) {
    if (areas.has(cycle)) continue
    for (const other of count.keys()) if (!areas.has(other) && [0.5, 1, 2].some((ratio) => Math.abs(other - ratio * cycle) < 1e-6)) areas.set(other, next)
    next += 1
  }
  return cycles_s.map((cycle, i) => (free[i] === true ? -1 : (areas.get(cycle) as number)))
}
