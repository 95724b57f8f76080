// Splits of a ring-and-barrier pattern in whole seconds. For a degree of saturation X every phase needs a known number
// of seconds, a barrier group as long as its longest ring, and X is possible if the barrier groups fit into the cycle;
// bisection on X is therefore exact. NEMA TS 2; Signal Timing Manual 2nd ed. (NCHRP 812) chapter 5.
import { getGroup } from '../../model/compile.ts'
import type { GroupId, RingPattern, Signal } from '../../model/signal.ts'
import { ceilSeconds, leastGreen } from './minimums.ts'
import { HOPELESS, leastDegree, type Row } from './rows.ts'
import type { RowSet, SplitModel } from './task.ts'

interface Phase {
  id: GroupId
  clearance: number
  least: number
  coordinated: boolean
}

/** barriers > rings > phases */
type Layout = Phase[][][]

export function ringModel(signal: Signal, pattern: RingPattern, through: readonly (readonly GroupId[])[]): SplitModel {
  const wanted = new Set(through.flat().flatMap((id) => parentsOf(signal, id)))
  const layout: Layout = pattern.barriers.map(({ rings }) => rings.map((ring) => ring.map(({ phase }) => {
    const group = getGroup(signal, phase)
    const clearance = group.yellow_s + group.red_clearance_s
    return { id: phase, clearance, least: ceilSeconds(leastGreen(group) + clearance), coordinated: wanted.has(phase) }
  })))
  const minimum = lengths(layout, (phase) => phase.least).reduce((a, b) => a + b, 0)
  return {
    minimum_cycle_s: minimum,
    solve: (cycle, set) => {
      const splits = solve(signal, layout, cycle, set)
      return {
        ...pattern, cycle_s: cycle,
        barriers: layout.map((rings) => ({ rings: rings.map((ring) => ring.map(({ id }) => ({ phase: id, split_s: splits.get(id) as number }))) })),
      }
    },
  }
}

/** An overlap is green with its parents. */
export function parentsOf(signal: Signal, id: GroupId): GroupId[] {
  const overlap = signal.overlaps?.find(({ group }) => group === id)
  return overlap === undefined ? [id] : overlap.parents
}

const ringLength = (ring: Phase[], length: (phase: Phase) => number): number => ring.reduce((sum, phase) => sum + length(phase), 0)

const lengths = (layout: Layout, length: (phase: Phase) => number): number[] => layout.map((rings) => Math.max(0, ...rings.map((ring) => ringLength(ring, length))))

interface PhaseRow extends Row {
  phases: Phase[]
}

function solve(signal: Signal, layout: Layout, cycle: number, set: RowSet): Map<GroupId, number> {
  const phases = layout.flat(2)
  const rows = set.rows.map((row): PhaseRow => ({ ...row, phases: phases.filter(({ id }) => row.groups.some((group) => parentsOf(signal, group).includes(id))) })).filter((row) => row.phases.length > 0)
  const floor = (phase: Phase): number => {
    const kept = set.floors?.get(phase.id)
    return kept === undefined ? phase.least : Math.max(phase.least, ceilSeconds(kept + phase.clearance))
  }
  const at = (hard: number, soft: number): Map<Phase, number> => needs(phases, rows, (row) => (row.soft ? soft : hard), floor)
  const fits = (splits: Map<Phase, number>): boolean => lengths(layout, (phase) => splits.get(phase) as number).reduce((a, b) => a + b, 0) <= cycle
  const hard = leastDegree((x) => fits(at(x, Infinity)), set.target) ?? HOPELESS
  const soft = leastDegree((x) => fits(at(hard, x)), Math.max(set.target, hard)) ?? Infinity
  let splits = at(hard, soft)
  if (!fits(splits)) splits = at(Infinity, Infinity)
  fill(layout, splits, rows, cycle)
  return new Map([...splits].map(([phase, split]) => [phase.id, split]))
}

/** Seconds that each phase needs; a row over several phases (a turn with overlap) is topped up at its longest. */
function needs(phases: Phase[], rows: PhaseRow[], degree: (row: Row) => number, floor: (phase: Phase) => number): Map<Phase, number> {
  const splits = new Map(phases.map((phase) => [phase, floor(phase)]))
  const raise = (phase: Phase, green: number): void => {
    splits.set(phase, Math.max(splits.get(phase) as number, ceilSeconds(green + phase.clearance)))
  }
  for (const row of rows) if (row.phases.length === 1) raise(row.phases[0] as Phase, row.need(degree(row)))
  for (const row of rows) {
    if (row.phases.length < 2) continue
    const green = (phase: Phase): number => (splits.get(phase) as number) - phase.clearance
    const longest = row.phases.reduce((a, b) => (green(b) > green(a) ? b : a))
    const others = row.phases.reduce((sum, phase) => (phase === longest ? sum : sum + green(phase)), 0)
    raise(longest, row.need(degree(row)) - others)
  }
  return splits
}

/** How full the phase is with this split: the worst of its own rows. */
function fullness(phase: Phase, splits: Map<Phase, number>, rows: PhaseRow[]): number {
  let worst = 0
  for (const row of rows) {
    if (!row.phases.includes(phase)) continue
    const green = row.phases.reduce((sum, each) => sum + (splits.get(each) as number) - each.clearance, 0)
    worst = Math.max(worst, row.degreeAt(green))
  }
  return worst
}

/** Gives away what the cycle has left: to the corridor where it passes, else second by second to the fullest. */
function fill(layout: Layout, splits: Map<Phase, number>, rows: PhaseRow[], cycle: number): void {
  const length = lengths(layout, (phase) => splits.get(phase) as number)
  const home = layout.map((rings) => rings.flat().some(({ coordinated }) => coordinated))
  const open = layout.map((_, i) => i).filter((i) => (layout[i] as Phase[][]).some((ring) => ring.length > 0) && (home[i] === true || !home.includes(true)))
  const spare = cycle - length.reduce((a, b) => a + b, 0)
  const grow = (i: number): void => {
    length[i] = (length[i] as number) + 1
    stretch(layout[i] as Phase[][], length[i] as number, splits, rows)
  }
  layout.forEach((rings, i) => stretch(rings, length[i] as number, splits, rows))
  for (let s = 0; s < spare; s++) {
    const worst = (i: number): number => Math.max(0, ...(layout[i] as Phase[][]).flat().filter(({ coordinated }) => coordinated || home[i] !== true).map((phase) => fullness(phase, splits, rows)))
    grow(open.length === 1 ? (open[0] as number) : open.reduce((a, b) => (worst(b) > worst(a) + 1e-9 ? b : a)))
  }
}

/** Lengthens each ring to the barrier: its corridor phase, or the fullest, or the last. */
function stretch(rings: Phase[][], length: number, splits: Map<Phase, number>, rows: PhaseRow[]): void {
  for (const ring of rings) {
    if (ring.length === 0) continue
    for (let gap = length - ringLength(ring, (phase) => splits.get(phase) as number); gap > 0; gap--) {
      const candidates = ring.some(({ coordinated }) => coordinated) ? ring.filter(({ coordinated }) => coordinated) : ring
      const chosen = candidates.length === 1 ? (candidates[0] as Phase) : candidates.reduce((a, b) => (fullness(b, splits, rows) >= fullness(a, splits, rows) ? b : a))
      splits.set(chosen, (splits.get(chosen) as number) + 1)
    }
  }
}
