// Durations of a stage pattern in whole seconds. A green runs over neighbouring stages, so every minimum and every
// demand is a lower bound on a run of the ring of stages; bisection on X over such systems is exact. A movement with
// several greens per cycle counts the others at their least and asks the rest of its longest (safe, not always the best).
import { getGroup } from '../../model/compile.ts'
import type { GroupId, Signal, StagePattern } from '../../model/signal.ts'
import { getIntergreen } from '../../model/check-plan.ts'
import { type Run, solveChain } from './chain.ts'
import { ceilSeconds, floorSeconds, leastGreen } from './minimums.ts'
import { parentsOf } from './rings.ts'
import { HOPELESS, leastDegree } from './rows.ts'
import type { RowSet, SplitModel } from './task.ts'

/** A stage without a stated minimum keeps this, or what it has if that is less: the usual least green, 5 s. */
const DEFAULT_MINIMUM_S = 5

/** A green as a run of stages: variables from..to-1 (wrapping), and the interstages inside it. */
interface Green {
  from: number
  to: number
  fixed: number
  /** Length in the street, s. */
  running: number
}

interface Ring {
  pattern: StagePattern
  /** Indices of the stages that may change. */
  open: number[]
  fixed: number
  bounds: Run[]
}

export function stageModel(signal: Signal, pattern: StagePattern, through: readonly (readonly GroupId[])[]): SplitModel {
  const ring = ringOf(signal, pattern)
  const minimum = leastTotal(ring) + ring.fixed
  return {
    minimum_cycle_s: ceilSeconds(minimum),
    solve: (cycle, set) => withDurations(ring, cycle, solve(signal, ring, cycle, set, through)),
  }
}

function ringOf(signal: Signal, pattern: StagePattern): Ring {
  const open = pattern.stages.flatMap((stage, i) => (stage.kind === 'stage' ? [i] : []))
  const fixed = pattern.stages.reduce((sum, stage) => sum + (stage.kind === 'stage' ? 0 : stage.duration_s), 0)
  const ring: Ring = { pattern, open, fixed, bounds: [] }
  open.forEach((index, i) => {
    const stage = pattern.stages[index] as StagePattern['stages'][number]
    ring.bounds.push({ from: i, to: i + 1, least: Math.max(0, ceilSeconds(stage.min_s ?? Math.min(DEFAULT_MINIMUM_S, stage.duration_s))) })
  })
  const served = new Set(pattern.stages.flatMap(({ green }) => green))
  for (const id of served) {
    const greens = greensWhere(ring, (i) => pattern.stages[i]?.green.includes(id) === true)
    const group = getGroup(signal, id)
    const running = Math.min(...greens.map((green) => green.running))
    for (const green of greens) ring.bounds.push(bound(green, leastGreen(group, running)))
  }
  for (const [a, b] of signal.conflicts) for (const [from, to] of [[a, b], [b, a]] as const) ring.bounds.push(...gapBounds(signal, ring, from, to))
  return ring
}

const bound = (green: Green, seconds: number): Run => ({ from: green.from, to: green.to, least: ceilSeconds(seconds - green.fixed) })

/** Maximal runs of stages (cyclic) for which `on` holds. A run of interstages only bounds nothing. */
function greensWhere({ pattern: { stages }, open }: Ring, on: (i: number) => boolean): Green[] {
  const n = stages.length
  const first = stages.findIndex((_, i) => on(i) && !on((i + n - 1) % n))
  const position = (i: number): number => open.filter((index) => index < i).length
  const seconds = (i: number): number => stages[i]?.duration_s ?? 0
  if (first === -1) {
    if (!on(0)) return []
    const fixed = stages.reduce((sum, stage) => sum + (stage.kind === 'stage' ? 0 : stage.duration_s), 0)
    return [{ from: 0, to: open.length, fixed, running: stages.reduce((sum, stage) => sum + stage.duration_s, 0) }]
  }
  const greens: (Green & { stages: number })[] = []
  for (let k = first; k < first + n; k++) {
    const i = k % n
    if (!on(i)) continue
    if (!on((i + n - 1) % n)) greens.push({ from: position(i) % Math.max(1, open.length), to: 0, fixed: 0, running: 0, stages: 0 })
    const green = greens.at(-1) as Green & { stages: number }
    green.running += seconds(i)
    if (stages[i]?.kind === 'stage') green.stages += 1
    else green.fixed += seconds(i)
  }
  return greens.filter((green) => green.stages > 0).map(({ stages: length, ...green }) => {
    const end = green.from + length
    return { ...green, to: end > open.length ? end - open.length : end }
  })
}

/** Between an end of `from` and the next start of `to` at least their intergreen must pass. */
function gapBounds(signal: Signal, ring: Ring, from: GroupId, to: GroupId): Run[] {
  const { stages } = ring.pattern
  const n = stages.length
  const has = (i: number, id: GroupId): boolean => stages[(i + n) % n]?.green.includes(id) === true
  return stages.flatMap((_, end) => {
    if (!has(end - 1, from) || has(end, from)) return []
    let length = 0
    while (length < n && !has(end + length, to)) length++
    if (length === 0 || length === n) return []
    const inside = (i: number): boolean => (i - end + n) % n < length
    return greensWhere(ring, inside).map((gap) => bound(gap, getIntergreen(signal, from, to)))
  })
}

function leastTotal(ring: Ring): number {
  const count = ring.open.length
  let low = 0
  let high = Math.max(1, ...ring.bounds.map(({ least }) => least)) * Math.max(1, count)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (solveChain(count, middle, ring.bounds) === undefined) low = middle + 1
    else high = middle
  }
  return low
}

function solve(signal: Signal, ring: Ring, cycle: number, set: RowSet, through: readonly (readonly GroupId[])[]): number[] {
  const total = floorSeconds(cycle - ring.fixed)
  const solvable = (runs: Run[]): number[] | undefined => solveChain(ring.open.length, total, runs)
  const rows = set.rows.map((row) => ({ row, greens: greensOfGroups(signal, ring, row.groups) })).filter(({ greens }) => greens.length > 0)
  const floors = [...(set.floors ?? [])].flatMap(([id, green]) => main(greensOfGroups(signal, ring, [id]), ring, green))
  const held = [...ring.bounds, ...floors]
  const demand = (hard: number, soft: number): Run[] => rows.flatMap(({ row, greens }) => main(greens, ring, row.need(row.soft ? soft : hard)))
  const fits = (runs: Run[]): boolean => solvable(runs) !== undefined
  // Greens that were shown round fractional interstages, each in whole seconds, need not fit all at once.
  const base = fits(held) ? held : ring.bounds
  const hard = leastDegree((x) => fits([...base, ...demand(x, Infinity)]), set.target) ?? HOPELESS
  const soft = leastDegree((x) => fits([...base, ...demand(hard, x)]), Math.max(set.target, hard)) ?? Infinity
  let runs = [...base, ...demand(hard, soft)]
  if (!fits(runs)) runs = base
  runs.push(...corridorGreens(signal, ring, through, runs, total, fits))
  // What is still free goes where it lowers the largest X further.
  const level = leastDegree((x) => fits([...runs, ...demand(x, x)]), LEAST_DEGREE)
  return solvable(level === undefined ? runs : [...runs, ...demand(level, level)]) as number[]
}

/** Nobody is helped by X below this. */
const LEAST_DEGREE = 0.05

const greensOfGroups = (signal: Signal, ring: Ring, groups: readonly GroupId[]): Green[] => {
  const wanted = new Set(groups.flatMap((id) => [id, ...parentsOf(signal, id)]))
  return greensWhere(ring, (i) => ring.pattern.stages[i]?.green.some((id) => wanted.has(id)) === true)
}

/** The bound on the longest green, the others counted at their least. */
function main(greens: Green[], ring: Ring, seconds: number): Run[] {
  if (greens.length === 0) return []
  const longest = greens.reduce((a, b) => (b.running > a.running ? b : a))
  const others = greens.filter((green) => green !== longest).reduce((sum, green) => sum + green.fixed + leastOf(ring, green), 0)
  return [bound(longest, seconds - others)]
}

/** The first bounds of a ring are the stages' own minimums, in order. */
function leastOf(ring: Ring, green: Green): number {
  const count = ring.open.length
  const length = green.to > green.from ? green.to - green.from : green.to - green.from + count
  return Array.from({ length }, (_, k) => ring.bounds[(green.from + k) % count]?.least ?? 0).reduce((a, b) => a + b, 0)
}

/** Lengthens the corridor's greens: first the shorter of both directions, then each alone. */
function corridorGreens(signal: Signal, ring: Ring, through: readonly (readonly GroupId[])[], runs: Run[], total: number, fits: (runs: Run[]) => boolean): Run[] {
  const ways = through.map((groups) => greensOfGroups(signal, ring, groups)).filter((greens) => greens.length > 0)
  if (ways.length === 0) return []
  const most = (bounds: (z: number) => Run[]): Run[] => {
    let [low, high] = [0, total]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (fits([...runs, ...bounds(middle)])) low = middle
      else high = middle - 1
    }
    return bounds(low)
  }
  // The bound counts stage seconds; the interstages inside a green come on top.
  const added = most((z) => ways.flatMap((greens) => main(greens, ring, z)))
  for (const greens of ways) {
    const before = added.slice()
    added.push(...most((z) => [...before, ...main(greens, ring, z)]))
  }
  return added
}

/** Whole seconds for every stage; what fractional interstages leave over goes to the longest one. */
function withDurations(ring: Ring, cycle: number, seconds: number[]): StagePattern {
  const rest = cycle - ring.fixed - seconds.reduce((a, b) => a + b, 0)
  const longest = seconds.indexOf(Math.max(...seconds))
  const stages = ring.pattern.stages.map((stage, index) => {
    const i = ring.open.indexOf(index)
    if (i === -1) return stage
    const duration_s = Math.round(((seconds[i] as number) + (i === longest ? rest : 0)) * 1e6) / 1e6
    return { ...stage, duration_s, ...(stage.max_s === undefined ? {} : { max_s: Math.max(stage.max_s, duration_s) }) }
  })
  return { ...ring.pattern, cycle_s: cycle, stages }
}
