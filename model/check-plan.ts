// The rules that a plan must obey before it may leave: minimum greens, intergreens, barriers, pedestrian clearance,
// the sum of the cycle, and the yellow trap. Each violation is one sentence that holds both numbers.
import { compileSignal, displayAt, getGroup, TIME_TOLERANCE_S } from './compile.ts'
import { GreenwaveError } from './errors.ts'
import type { CompiledGroup, CompiledSignal } from './plan.ts'
import type { RoadGraph } from './road-graph.ts'
import type { GroupId, Pattern, RingPattern, Signal, SignalId, StagePattern } from './signal.ts'
import { modulo } from './units.ts'

export type Rule =
  | 'number' | 'cycle-sum' | 'barrier' | 'minimum-green' | 'pedestrian-clearance'
  | 'intergreen' | 'never-green' | 'yellow-trap' | 'signal-mismatch'

export interface Violation {
  rule: Rule
  signal: SignalId
  sentence: string
  /** What the plan has and what the rule asks for, in the unit of the sentence. */
  value: number
  limit: number
  /** What it is about, to recognise the same in another plan: groups or movement. */
  subject?: string
}

const TENTH = 10

/** Seconds as the field writes them: whole, or with one or two decimals. */
const show = (seconds: number): string => `${Math.round(seconds * TENTH * TENTH) / (TENTH * TENTH)} s`

const below = (value: number, limit: number): boolean => value < limit - TIME_TOLERANCE_S

/** Checks one pattern against its signal. Empty = nothing broken. */
export function checkPattern(signal: Signal, pattern: Pattern): Violation[] {
  const bad = (rule: Rule, sentence: string, value: number, limit: number): Violation => ({
    rule, signal: signal.id, sentence: `signal ${signal.id}: ${sentence}`, value, limit,
  })
  if (pattern.signal !== signal.id) return [bad('signal-mismatch', `the pattern is for signal ${pattern.signal}`, 0, 0)]
  const numbers = checkNumbers(pattern, bad)
  if (numbers.length > 0) return numbers
  const sums = pattern.kind === 'rings' ? checkRings(pattern, bad) : checkStages(pattern, bad)
  if (sums.length > 0) return sums
  const compiled = compileSignal(signal, pattern)
  return [...checkGreens(signal, compiled, bad), ...checkIntergreens(signal, compiled, bad)]
}

/** Intergreens of green windows that come without their pattern. Empty = all are kept. */
export function checkWindows(signal: Signal, compiled: CompiledSignal): Violation[] {
  return checkIntergreens(signal, compiled, (rule, sentence, value, limit) => ({ rule, signal: signal.id, sentence: `signal ${signal.id}: ${sentence}`, value, limit }))
}

type Report = (rule: Rule, sentence: string, value: number, limit: number) => Violation

function checkNumbers(pattern: Pattern, bad: Report): Violation[] {
  const found: Violation[] = []
  if (!(pattern.cycle_s > 0) || !Number.isFinite(pattern.cycle_s)) found.push(bad('number', `cycle ${pattern.cycle_s} s is not a positive number`, pattern.cycle_s, 0))
  if (!Number.isFinite(pattern.offset_s)) found.push(bad('number', `offset ${pattern.offset_s} s is not a number`, pattern.offset_s, 0))
  const parts = pattern.kind === 'rings'
    ? pattern.barriers.flatMap(({ rings }) => rings.flat().map(({ phase, split_s }) => ({ name: `split of phase ${phase}`, seconds: split_s })))
    : pattern.stages.map(({ id, duration_s }) => ({ name: `duration of stage ${id}`, seconds: duration_s }))
  for (const { name, seconds } of parts) {
    if (!Number.isFinite(seconds) || seconds < 0) found.push(bad('number', `${name} is ${seconds} s; it must be a number of at least 0 s`, seconds, 0))
  }
  if (parts.length === 0) found.push(bad('number', 'the pattern has no phases and no stages', 0, 1))
  return found
}

function checkRings(pattern: RingPattern, bad: Report): Violation[] {
  const found: Violation[] = []
  let total = 0
  pattern.barriers.forEach((barrier, index) => {
    const sums = barrier.rings.map((ring) => ring.reduce((sum, { split_s }) => sum + split_s, 0))
    // A ring without phases between two barriers rests in red: nothing to agree on.
    const used = sums.filter((_, ring) => (barrier.rings[ring] ?? []).length > 0)
    const longest = Math.max(0, ...used)
    sums.forEach((sum, ring) => {
      if ((barrier.rings[ring] ?? []).length > 0 && below(sum, longest)) {
        found.push(bad('barrier', `ring ${ring + 1} reaches barrier ${index + 1} after ${show(sum)}, another ring after ${show(longest)}; they must cross together`, sum, longest))
      }
    })
    total += longest
  })
  if (Math.abs(total - pattern.cycle_s) > TIME_TOLERANCE_S) {
    found.push(bad('cycle-sum', `the splits add up to ${show(total)}, the cycle is ${show(pattern.cycle_s)}`, total, pattern.cycle_s))
  }
  return found
}

function checkStages(pattern: StagePattern, bad: Report): Violation[] {
  const total = pattern.stages.reduce((sum, stage) => sum + stage.duration_s, 0)
  const found: Violation[] = []
  if (Math.abs(total - pattern.cycle_s) > TIME_TOLERANCE_S) {
    found.push(bad('cycle-sum', `the stages add up to ${show(total)}, the cycle is ${show(pattern.cycle_s)}`, total, pattern.cycle_s))
  }
  for (const stage of pattern.stages) {
    if (stage.min_s !== undefined && below(stage.duration_s, stage.min_s)) {
      found.push(bad('minimum-green', `stage ${stage.id} lasts ${show(stage.duration_s)}, its minimum is ${show(stage.min_s)}`, stage.duration_s, stage.min_s))
    }
  }
  return found
}

function checkGreens(signal: Signal, compiled: CompiledSignal, bad: Report): Violation[] {
  return compiled.groups.flatMap((windows) => {
    const group = getGroup(signal, windows.id)
    return windows.green_windows_s.flatMap(([start, end]) => {
      const green = end - start
      const found: Violation[] = []
      if (below(green, group.min_green_s)) {
        found.push(bad('minimum-green', `group ${group.id} is green for ${show(green)}, its minimum is ${show(group.min_green_s)}`, green, group.min_green_s))
      }
      const pedestrian = (group.walk_s ?? 0) + (group.pedestrian_clearance_s ?? 0)
      const split = green + group.yellow_s + group.red_clearance_s
      if (pedestrian > 0 && below(split, pedestrian)) {
        found.push(bad('pedestrian-clearance', `walk ${show(group.walk_s ?? 0)} + pedestrian clearance ${show(group.pedestrian_clearance_s ?? 0)} of group ${group.id} exceed its split of ${show(split)}`, split, pedestrian))
      }
      return found
    })
  })
}

/** Least time between end of green of `from` and start of green of `to`, s. */
export function getIntergreen(signal: Signal, from: GroupId, to: GroupId): number {
  const given = signal.intergreens?.find((entry) => entry.from === from && entry.to === to)
  if (given !== undefined) return given.seconds
  const group = getGroup(signal, from)
  return group.yellow_s + group.red_clearance_s
}

function checkIntergreens(signal: Signal, compiled: CompiledSignal, bad: Report): Violation[] {
  const found: Violation[] = []
  for (const [a, b] of signal.conflicts) {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const worst = shortestGap(compiled, from, to)
      const needed = getIntergreen(signal, from, to)
      if (worst !== undefined && below(worst, needed)) {
        const sentence = worst < 0
          ? `conflicting groups ${from} and ${to} are green together for ${show(-worst)}; they need ${show(needed)} between them`
          : `only ${show(worst)} from the end of group ${from} to the start of group ${to}; they need ${show(needed)}`
        found.push(bad('intergreen', sentence, worst, needed))
      }
    }
  }
  return found
}

/** Smallest time from an end of `from` to the next start of `to`; negative = they overlap. */
function shortestGap(compiled: CompiledSignal, from: GroupId, to: GroupId): number | undefined {
  const windowsOf = (id: GroupId): CompiledGroup['green_windows_s'] => compiled.groups.find((group) => group.id === id)?.green_windows_s ?? []
  let least: number | undefined
  for (const [startA, endA] of windowsOf(from)) {
    for (const [startB] of windowsOf(to)) {
      // Position of B's start after A's start: inside A's green it is an overlap, else the gap to it.
      const after = modulo(startB - startA, compiled.cycle_s)
      const gap = after < endA - startA - TIME_TOLERANCE_S ? after - (endA - startA) : modulo(startB - endA + TIME_TOLERANCE_S, compiled.cycle_s) - TIME_TOLERANCE_S
      least = least === undefined ? gap : Math.min(least, gap)
    }
  }
  return least
}

/**
 * Checks every pattern of a plan against its signal and the streets around it.
 * In: the network and the patterns, at most one per signal. Out: all violations, empty = the plan may go on.
 */
export function checkPlan(graph: RoadGraph, patterns: readonly Pattern[]): Violation[] {
  const seen = new Set<SignalId>()
  return patterns.flatMap((pattern) => {
    const signal = graph.getSignal(pattern.signal)
    if (seen.has(signal.id)) {
      return [{ rule: 'signal-mismatch' as const, signal: signal.id, sentence: `signal ${signal.id}: the plan has two patterns for it, it may have 1`, value: 2, limit: 1 }]
    }
    seen.add(signal.id)
    const own = checkPattern(signal, pattern)
    return own.some(({ rule }) => rule === 'number' || rule === 'signal-mismatch') ? own : [...own, ...checkService(graph, signal, pattern)]
  })
}

/** Everybody gets a green, and no permissive left is trapped. */
function checkService(graph: RoadGraph, signal: Signal, pattern: Pattern): Violation[] {
  const compiled = compileSignal(signal, pattern)
  const greens = new Map(compiled.groups.map((group) => [group.id, group]))
  const found: Violation[] = []
  for (const movement of graph.listMovementsOfSignal(signal.id)) {
    for (const connection of graph.listConnections(movement.id)) {
      const groups = connection.groups ?? []
      if (groups.length === 0) continue
      if (groups.every(({ group }) => (greens.get(group)?.green_windows_s ?? []).length === 0)) {
        found.push({
          rule: 'never-green', signal: signal.id, value: 0, limit: 1,
          sentence: `signal ${signal.id}: movement ${movement.name ?? movement.id} gets 0 s of green, none of its groups [${groups.map(({ group }) => group).join(', ')}] is served`,
        })
      }
    }
  }
  return [...dedupe(found), ...checkYellowTrap(graph, signal, compiled)]
}

const dedupe = (violations: Violation[]): Violation[] => [...new Map(violations.map((violation) => [violation.sentence, violation])).values()]

/**
 * Yellow trap: a permissive left turns yellow while the opposing through stays green beyond that yellow, so the turner
 * believes that oncoming traffic stops too. Signal Timing Manual 2nd ed. (NCHRP 812) section 4; a flashing yellow arrow avoids it.
 */
function checkYellowTrap(graph: RoadGraph, signal: Signal, compiled: CompiledSignal): Violation[] {
  const byId = new Map(graph.listMovementsOfSignal(signal.id).flatMap((movement) => graph.listConnections(movement.id)).map((connection) => [connection.id, connection]))
  const greens = new Map(compiled.groups.map((group) => [group.id, group]))
  const found: Violation[] = []
  for (const connection of byId.values()) {
    const own = connection.groups ?? []
    const movement = graph.getMovement(connection.movement)
    if (movement.turn !== 'left' && movement.turn !== 'right') continue
    for (const { group: id, right_of_way } of own) {
      const permissive = greens.get(id)
      if (right_of_way !== 'permissive' || permissive === undefined || getGroup(signal, id).flashing_yellow_arrow === true) continue
      for (const [start, end] of permissive.green_windows_s) {
        if (end - start >= compiled.cycle_s - TIME_TOLERANCE_S) continue
        const yellowEnd = compiled.offset_s + end + permissive.yellow_s
        const continues = own.some(({ group }) => {
          const other = greens.get(group)
          return other !== undefined && displayAt(compiled, other, yellowEnd) === 'green'
        })
        if (continues) continue
        const opposing = connection.yields_to
          .filter((other) => facing(graph, connection.movement, byId.get(other)?.movement))
          .flatMap((other) => byId.get(other)?.groups ?? [])
          .filter(({ right_of_way: way }) => way === 'protected')
          .map(({ group }) => greens.get(group))
          .find((group) => group !== undefined && displayAt(compiled, group, yellowEnd) === 'green' && displayAt(compiled, group, compiled.offset_s + end - 0.1) === 'green')
        if (opposing === undefined) continue
        const remains = remainingGreen(compiled, opposing, yellowEnd)
        found.push({
          rule: 'yellow-trap', signal: signal.id, value: permissive.yellow_s + remains, limit: permissive.yellow_s, subject: `${movement.id} ${id} ${opposing.id}`,
          sentence: `signal ${signal.id}: yellow trap for ${movement.name ?? movement.id}: its permissive group ${id} ends ${show(permissive.yellow_s + remains)} before the opposing group ${opposing.id}; at most its yellow of ${show(permissive.yellow_s)} is allowed`,
        })
      }
    }
  }
  return dedupe(found)
}

/** Approaches within this angle of exactly opposite meet head on; a skewed crossing rarely exceeds it. */
const HEAD_ON = Math.PI / 3

/** Whether a through movement comes towards the own approach. */
function facing(graph: RoadGraph, own: string, other: string | undefined): boolean {
  if (other === undefined) return false
  const [a, b] = [graph.getMovement(own), graph.getMovement(other)]
  if (a.from === b.from || b.turn !== 'through') return false
  const between = modulo(graph.heading(a.from, 'end') - graph.heading(b.from, 'end'), 2 * Math.PI)
  return Math.abs(between - Math.PI) <= HEAD_ON
}

function remainingGreen(compiled: CompiledSignal, group: CompiledGroup, time_s: number): number {
  const local = modulo(time_s - compiled.offset_s, compiled.cycle_s)
  for (const [start, end] of group.green_windows_s) {
    const since = modulo(local - start, compiled.cycle_s)
    if (since < end - start) return end - start - since
  }
  return 0
}

/**
 * What a new plan breaks that the street does not already have in the same form. Only the yellow trap can be inherited: whether
 * it is one depends on the lanterns (arrow or disc), which few sources tell, and the order of the street was put up by
 * people who knew them. Everything else is refused whatever runs now.
 */
export function checkChange(graph: RoadGraph, patterns: readonly Pattern[], running: ReadonlyMap<SignalId, Pattern>): Violation[] {
  return checkPlan(graph, patterns).filter((violation) => {
    if (violation.rule !== 'yellow-trap') return true
    const now = running.get(violation.signal)
    if (now === undefined) return true
    return !checkYellowTrap(graph, graph.getSignal(violation.signal), compileSignal(graph.getSignal(violation.signal), now)).some(({ subject }) => subject === violation.subject)
  })
}

/** Throws plan.refused with the first violation's sentence, and how many more there are. */
export function refuseViolations(violations: readonly Violation[]): void {
  const [first] = violations
  if (first === undefined) return
  const more = violations.length === 1 ? '' : ` (and ${violations.length - 1} more)`
  throw new GreenwaveError('plan.refused', `${first.sentence}${more}`)
}
