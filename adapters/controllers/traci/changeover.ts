// When one program may follow another at a traffic light, and how the offset is reached afterwards. SUMO changes programs at once, whatever the
// lamps show; so the instant and the place in the new program are chosen such that every yellow is whole, no green is shorter than its minimum
// and no green begins before its intergreen is over, as in a controller that changes at a cycle end. Whole tenths of a second.
import type { Tenths } from '../../../model/device/device.ts'
import type { Signal, SignalGroup } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { cycleOf, isGreen, startOf } from './program.ts'
import type { LightLink, ProgramPhase } from './program.ts'

/** What a connection must keep, from its groups. */
interface LinkRule {
  least_green: Tenths
  yellow: Tenths[]
  /** From the end of this one's green to the begin of another's, by the other's index and both letters: G and g may be different groups. */
  intergreens: { to: number; letters: [own: string, other: string]; least: Tenths }[]
}

export interface Segment {
  start: Tenths
  end: Tenths
  state: string
}

/** A green is shortened or lengthened by no more than this share of the cycle in one cycle (field practice: 17 to 20 %). */
const SHARE = 0.2
/** No phase is cut below this: a green too short to start on. */
const SHORTEST_PHASE: Tenths = 50

/** What the connections of a light must keep. */
export function linkRules(signal: Signal, links: readonly LightLink[]): LinkRule[] {
  const byId = new Map(signal.groups.map((group) => [group.id, group]))
  const own = links.map(({ groups }) => groups.flatMap(({ group }) => { const found = byId.get(group); return found === undefined ? [] : [found] }))
  const conflict = new Set(signal.conflicts.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]))
  const between = new Map((signal.intergreens ?? []).map(({ from, to, seconds }) => [`${from} ${to}`, seconds]))
  const needed = (from: SignalGroup, to: SignalGroup): number[] => (conflict.has(`${from.id} ${to.id}`) ? [between.get(`${from.id} ${to.id}`) ?? from.yellow_s + from.red_clearance_s] : [])
  const shown = (link: number, letter: string): SignalGroup[] => {
    const way = letter === 'G' ? 'protected' : 'permissive'
    const those = links[link]?.groups.filter(({ right_of_way }) => right_of_way === way) ?? []
    return those.length === 0 ? own[link] ?? [] : those.flatMap(({ group }) => byId.get(group) ?? [])
  }
  const pairs = [['G', 'G'], ['G', 'g'], ['g', 'G'], ['g', 'g']] as const
  return own.map((groups, i) => ({
    // Where groups share a connection one may take over from the other: the shortest of their minimums holds for what is seen.
    least_green: groups.length === 0 ? 0 : Math.min(...groups.map((group) => Math.round(10 * Math.max(group.min_green_s, (group.walk_s ?? 0) + (group.kind === 'pedestrian' ? group.pedestrian_clearance_s ?? 0 : 0))))),
    yellow: groups.map(({ yellow_s }) => Math.round(10 * yellow_s)),
    intergreens: own.flatMap((_, to) => pairs.flatMap(([a, b]) => {
      const times = i === to ? [] : shown(i, a).flatMap((from) => shown(to, b).flatMap((other) => needed(from, other)))
      return times.length === 0 ? [] : [{ to, letters: [a, b] as [string, string], least: Math.round(10 * Math.max(...times)) }]
    })),
  }))
}

/** What a program shows from a position of its cycle on, at instants from `at` on. */
export function play(phases: readonly ProgramPhase[], position: Tenths, at: Tenths, duration: Tenths): Segment[] {
  const cycle = cycleOf(phases)
  const segments: Segment[] = []
  let [index, left] = placeOf(phases, modulo(position, cycle))
  for (let t = at; t < at + duration;) {
    const end = Math.min(t + left, at + duration)
    const { state } = phases[index] as ProgramPhase
    const last = segments.at(-1)
    if (last?.state === state) last.end = end
    else segments.push({ start: t, end, state })
    t = end
    index = (index + 1) % phases.length
    left = (phases[index] as ProgramPhase).duration
  }
  return segments
}

/** Phase at a position of the cycle, and how much of it is left. */
export function placeOf(phases: readonly ProgramPhase[], position: Tenths): [index: number, left: Tenths] {
  let start = 0
  for (const [i, { duration }] of phases.entries()) {
    if (position < start + duration) return [i, start + duration - position]
    start += duration
  }
  return [0, phases[0]?.duration ?? 0]
}

interface Run { kind: string; start: Tenths; end: Tenths }

const colour = (letter: string | undefined): string | undefined => (isGreen(letter) ? 'green' : letter === 'y' || letter === 'Y' ? 'yellow' : undefined)
const greenLetter = (letter: string | undefined): string | undefined => (isGreen(letter) ? letter : undefined)

/** Greens and yellows of one connection; the first and the last may be cut by the ends of what is known. */
function runsOf(segments: readonly Segment[], link: number, kindOf: (letter: string | undefined) => string | undefined): Run[] {
  const runs: Run[] = []
  for (const { start, end, state } of segments) {
    const kind = kindOf(state[link])
    const last = runs.at(-1)
    if (kind === undefined) continue
    if (last?.kind === kind && last.end === start) last.end = end
    else runs.push({ kind, start, end })
  }
  return runs
}

/**
 * What breaks a rule around an instant at which something else than a program's own course happened: sentences, empty = all is kept.
 * Runs that touch neither side of it are the programs' own affair.
 */
export function breaches(segments: readonly Segment[], at: Tenths, rules: readonly LinkRule[]): string[] {
  const [from, until] = [segments[0]?.start ?? at, segments.at(-1)?.end ?? at]
  const letters = rules.map((_, i) => runsOf(segments, i, greenLetter))
  return rules.flatMap((rule, i) => {
    const own = runsOf(segments, i, colour)
    const found: string[] = []
    own.forEach(({ kind, start, end }, k) => {
      const touches = start <= at && end >= at && start > from && end < until
      if (touches && kind === 'green' && end - start < rule.least_green) found.push(`connection ${i} would be green for ${(end - start) / 10} s`)
      if (touches && kind === 'yellow' && !rule.yellow.includes(end - start)) found.push(`connection ${i} would be yellow for ${(end - start) / 10} s`)
      if (kind === 'yellow' && start === at && own[k - 1]?.end !== start) found.push(`connection ${i} would turn yellow out of red`)
      if (kind === 'green' && end === at && end < until && own[k + 1]?.start !== end && !rule.yellow.includes(0)) found.push(`connection ${i} would turn red out of green`)
      if (kind === 'yellow' && end === at && own[k + 1]?.start === end) found.push(`connection ${i} would turn green out of yellow`)
    })
    return [...found, ...meetings(letters, i, rule, at)]
  })
}

/** Greens of a connection that ended before `at`, and greens of others that begin too soon after it. What lies on one side of `at` is a program's own affair. */
function meetings(letters: readonly Run[][], i: number, { intergreens }: LinkRule, at: Tenths): string[] {
  return intergreens.flatMap(({ to, letters: [a, b], least }) => (letters[i] ?? []).filter(({ kind, end }) => kind === a && end <= at).flatMap((own) => (letters[to] ?? [])
    .filter(({ kind, start }) => kind === b && start >= at && start - own.end < least)
    .map((other) => `connection ${to} would turn green ${(other.start - own.end) / 10} s after connection ${i} ended`)))
}

export interface Running {
  phases: ProgramPhase[]
  /** Where it is in its cycle at `now`. */
  position: Tenths
}

export interface Changeover {
  /** When the new program takes over. */
  at: Tenths
  position: Tenths
  /** What its local zero must still move, in (-cycle/2, cycle/2]: later is above 0. */
  outstanding: Tenths
}

export interface ChangeoverRequest {
  now: Tenths
  current: Running
  target: ProgramPhase[]
  /** Where the target should be at an instant; undefined where no offset holds. */
  wanted?: (at: Tenths) => Tenths
  rules: readonly LinkRule[]
  /** Not before this. */
  from: Tenths
  /** Lamps change at multiples of this only. */
  step: Tenths
}

const signed = (shift: Tenths, cycle: Tenths): Tenths => { const m = modulo(shift, cycle); return m > cycle / 2 ? m - cycle : m }

/** The best place to change over in the first cycle of the current program that begins at or after `from`: least to move afterwards, then earliest. Undefined where none keeps the rules. */
export function findChangeover({ now, current, target, wanted, rules, from, step }: ChangeoverRequest): Changeover | undefined {
  const [cycle, next] = [cycleOf(current.phases), cycleOf(target)]
  const toCycleEnd = modulo(-(current.position + Math.max(0, from - now)), cycle)
  const first = Math.ceil((Math.max(now, from) + toCycleEnd - now) / step) * step + now
  const horizon = play(current.phases, current.position - 2 * cycle, now - 2 * cycle, first - now + 3 * cycle + step)
  let best: Changeover | undefined
  for (let at = first; at < first + cycle; at += step) {
    const before = horizon.filter(({ start }) => start < at).map((one) => ({ ...one, end: Math.min(one.end, at) }))
    const last = before.at(-1)
    if (last === undefined) continue
    const sync = wanted === undefined ? undefined : modulo(wanted(at), next)
    for (const position of placesAfter(last.state, target, step, sync)) {
      const outstanding = sync === undefined ? 0 : signed(position - sync, next)
      if (best !== undefined && Math.abs(best.outstanding) <= Math.abs(outstanding)) continue
      if (breaches(join([...before, ...play(target, position, at, 2 * next)]), at, rules).length === 0) best = { at, position, outstanding }
    }
    if (best?.outstanding === 0) break
  }
  return best
}

/** Neighbours that show the same are one. */
function join(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = []
  for (const one of segments) {
    const last = joined.at(-1)
    if (last?.state === one.state && last.end === one.start) last.end = one.end
    else joined.push({ ...one })
  }
  return joined
}

/** Positions of the target that may follow a state: begins of phases, where it shows the same, and where it should be. */
function placesAfter(state: string, target: readonly ProgramPhase[], step: Tenths, sync: Tenths | undefined): Tenths[] {
  const follows = (next: string): boolean => [...next].every((letter, i) => {
    const before = state[i]
    if (letter === 'y' || letter === 'Y') return isGreen(before)
    return isGreen(letter) ? before !== 'y' && before !== 'Y' : true
  })
  return target.flatMap((phase, i) => {
    const start = startOf(target, i)
    if (!follows(phase.state)) return []
    const inside = phase.state === state ? Array.from({ length: Math.ceil(phase.duration / step) }, (_, k) => start + k * step) : [start]
    const hasSync = sync !== undefined && sync >= start && sync < start + phase.duration && !inside.includes(sync)
    return hasSync ? [...inside, sync] : inside
  })
}

export interface Correction {
  /** Which phase of the cycle is made longer (above 0) or shorter. */
  phase: number
  by: Tenths
}

/** Moves local zero over some cycles. `dwell` only lengthens; `shortway` takes the way with fewer cycles. Undefined where nothing is left to move, or nothing can be done. */
export function correctionOf(phases: readonly ProgramPhase[], outstanding: Tenths, method: 'dwell' | 'shortway', rules: readonly LinkRule[], step: Tenths): Correction | undefined {
  const cycle = cycleOf(phases)
  if (modulo(outstanding, cycle) === 0) return undefined
  const most = Math.max(step, Math.floor((cycle * SHARE) / step) * step)
  const later = modulo(outstanding, cycle)
  const longest = adjustable(phases).sort((a, b) => (phases[b] as ProgramPhase).duration - (phases[a] as ProgramPhase).duration)[0]
  const cuts = adjustable(phases).map((phase) => ({ phase, room: Math.floor(Math.min(most, roomIn(phases, phase, rules)) / step) * step })).sort((a, b) => b.room - a.room)[0]
  const earlier = cycle - later
  const cyclesToCut = cuts === undefined || cuts.room <= 0 ? Infinity : Math.ceil(earlier / cuts.room)
  if (method === 'shortway' && cuts !== undefined && cyclesToCut < Math.ceil(later / most)) return { phase: cuts.phase, by: -Math.min(earlier, cuts.room) }
  return longest === undefined ? undefined : { phase: longest, by: Math.min(later, most) }
}

/** Phases whose length is nobody's clearance: somebody is green, nobody yellow, and they last longer than any clearance. */
function adjustable(phases: readonly ProgramPhase[]): number[] {
  return phases.flatMap(({ state, duration }, i) => (!/[yYu]/.test(state) && /[Gg]/.test(state) && duration > SHORTEST_PHASE ? [i] : []))
}

/** How much can be cut off a phase until some connection has its least green. */
function roomIn(phases: readonly ProgramPhase[], phase: number, rules: readonly LinkRule[]): Tenths {
  const own = phases[phase] as ProgramPhase
  const rooms = rules.map(({ least_green }, link) => (isGreen(own.state[link]) ? greenThrough(phases, phase, link) - least_green : Infinity))
  return Math.max(0, Math.min(own.duration - SHORTEST_PHASE, ...rooms))
}

/** Length of a connection's green that a phase is part of. */
function greenThrough(phases: readonly ProgramPhase[], phase: number, link: number): Tenths {
  const n = phases.length
  const at = (i: number): ProgramPhase => phases[modulo(i, n)] as ProgramPhase
  let [first, last] = [phase, phase]
  while (phase - first < n && isGreen(at(first - 1).state[link])) first--
  while (last - first < n - 1 && isGreen(at(last + 1).state[link])) last++
  let sum = 0
  for (let i = first; i <= last && i < first + n; i++) sum += at(i).duration
  return sum
}
