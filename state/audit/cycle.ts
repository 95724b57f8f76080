// The cycle of one signal from the starts of its movements, or why none can be told.
import type { Seconds } from '../../model/units.ts'
import { coherenceAt, logChance, LONGEST_CYCLE_S, refine, SHORTEST_CYCLE_S, spectrumOf, type Group } from './periodogram.ts'

/** Starts of green of one movement: `times_s` on one clock within a day. */
export interface Series {
  movement: number
  groups: readonly Group[]
}

export interface FoundCycle {
  cycle_s: Seconds
  coherence: number
  /** Movements that keep to it. */
  movements: number[]
  greens: number
}

export type CycleFailure = 'few' | 'ambiguous' | 'incoherent'

/** With fewer greens, times at random look like a cycle somewhere in the band too often. */
const LEAST_GREENS = 13
/** To confirm a cycle that is known beforehand. */
const LEAST_TO_CONFIRM = 6
/** With this many pairs of greens of one movement on one day that keep to no cycle, there is none. */
const ENOUGH_TO_DENY = 250
/** R of 0.85, squared. */
const LEAST_COHERENCE = 0.72
/** A movement keeps to the cycle of its signal: R of 0.7. */
const KEEPS = 0.5
/** The next best cycle stays this share behind. */
const LEAD = 0.1
const MOST_CHANCE = Math.log(1e-3)
const SNAP_S: Seconds = 0.15
const SNAP_LOSS = 0.03
/** A cycle of broken seconds is believed from this many greens on: controllers hardly have any. */
const LEAST_FOR_BROKEN = 60
/** Of many greens, cycles are first sought within parts of days: as sure, and far less work. */
const MANY_GREENS = 300
const PART_S: Seconds = 10_800
/** Steps of the first search within which the best of the second is sought. */
const NEAR_STEPS = 4

/** `known`: cycles that may well run: of the plan, or of other hours. */
export function findCycle(series: readonly Series[], span_s: Seconds, known: readonly Seconds[] = []): FoundCycle | CycleFailure {
  const all = series.flatMap(({ groups }) => groups)
  const greens = count(all)
  if (greens < LEAST_TO_CONFIRM) return 'few'
  if (greens >= LEAST_GREENS) {
    // Where most movements keep to no cycle (turning where there is a gap), each alone may still show it.
    const first = search(series, all, span_s)
    if (typeof first !== 'string') return first
    for (const one of series) {
      const found = count(one.groups) >= LEAST_GREENS ? search(series, one.groups, span_s) : 'few'
      if (typeof found !== 'string') return found
    }
    for (const cycle of known) {
      const found = confirm(series, cycle)
      if (found !== undefined) return found
    }
    return first
  }
  for (const cycle of known) {
    const found = confirm(series, cycle)
    if (found !== undefined) return found
  }
  return 'few'
}

const pairsOf = (groups: readonly Group[]): number => groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
const count = (groups: readonly Group[]): number => groups.reduce((sum, { length }) => sum + length, 0)

function search(series: readonly Series[], groups: readonly Group[], span_s: Seconds): FoundCycle | CycleFailure {
  const peak = bestCycle(groups, span_s)
  // Those that do not keep to it have no vote.
  const keeping = series.filter((one) => keeps(one, peak.cycle_s))
  const voters = keeping.flatMap((one) => one.groups)
  const greens = count(voters)
  const none: CycleFailure = pairsOf(groups) >= ENOUGH_TO_DENY ? 'incoherent' : 'few'
  if (greens < LEAST_GREENS) return none
  const best = bestCycle(voters, span_s)
  const trials = Math.log(2 * span_s * (1 / SHORTEST_CYCLE_S - 1 / LONGEST_CYCLE_S) + 1)
  if (best.coherence < LEAST_COHERENCE || logChance(voters, best.cycle_s) + trials > MOST_CHANCE) return none
  if (best.runner_up > (1 - LEAD) * best.coherence) return 'ambiguous'
  const cycle_s = snapped(voters, best.cycle_s, best.coherence)
  if (cycle_s !== Math.round(cycle_s) && greens < LEAST_FOR_BROKEN) return 'ambiguous'
  return { cycle_s, coherence: coherenceAt(voters, cycle_s), movements: keeping.map(({ movement }) => movement), greens }
}

function keeps({ groups }: Series, cycle_s: Seconds): boolean {
  return groups.some(({ length }) => length >= 2) && coherenceAt(groups, cycle_s) >= KEEPS
}

function confirm(series: readonly Series[], cycle_s: Seconds): FoundCycle | undefined {
  const keeping = series.filter((one) => keeps(one, cycle_s))
  const voters = keeping.flatMap(({ groups }) => groups)
  const coherence = coherenceAt(voters, cycle_s)
  const all = series.flatMap(({ groups }) => groups)
  if (count(voters) < LEAST_TO_CONFIRM || 2 * count(voters) < count(all) || coherence < LEAST_COHERENCE || logChance(voters, cycle_s) > MOST_CHANCE) return undefined
  return { cycle_s, coherence, movements: keeping.map(({ movement }) => movement), greens: count(voters) }
}

/** The peak, and the best beyond it: neither its own main lobe nor parts of the cycle, which fit nearly as well. */
function bestCycle(groups: readonly Group[], whole_s: Seconds): { cycle_s: Seconds; coherence: number; runner_up: number } {
  const inParts = whole_s > PART_S && count(groups) >= MANY_GREENS
  const span_s = inParts ? PART_S : whole_s
  const { first_hz, step_hz, coherence } = spectrumOf(inParts ? groups.flatMap(partsOf) : groups, span_s)
  let top = 0
  for (let k = 1; k < coherence.length; k++) if (coherence[k]! > coherence[top]!) top = k
  const hz = first_hz + top * step_hz
  const near = inParts ? NEAR_STEPS : 1
  const within = 0.1 / whole_s
  let best = refine(groups, hz, near * step_hz, within)
  for (let times = 2; times * best.cycle_s <= LONGEST_CYCLE_S * 1.001 && times <= 5; times++) {
    const longer = refine(groups, hz / times, near * step_hz, within)
    if (longer.coherence > best.coherence) best = longer
  }
  let runner_up = 0
  const lobe = Math.max(0.5 / best.cycle_s ** 2, 1 / span_s)
  for (let k = 0; k < coherence.length; k++) {
    const ratio = (first_hz + k * step_hz) * best.cycle_s
    const part = Math.max(1, Math.round(ratio))
    if (Math.abs(ratio - part) / best.cycle_s > lobe) runner_up = Math.max(runner_up, coherence[k]!)
  }
  return { ...best, runner_up }
}

function partsOf(group: Group): Group[] {
  const parts = new Map<number, number[]>()
  for (const time of group) {
    const part = parts.get(Math.floor(time / PART_S))
    if (part === undefined) parts.set(Math.floor(time / PART_S), [time])
    else part.push(time)
  }
  return [...parts.values()]
}

/** Controllers count whole seconds. */
function snapped(groups: readonly Group[], cycle_s: Seconds, coherence: number): Seconds {
  const whole = Math.round(cycle_s)
  return Math.abs(cycle_s - whole) < SNAP_S && coherenceAt(groups, whole) >= coherence - SNAP_LOSS ? whole : Math.round(cycle_s * 1000) / 1000
}
