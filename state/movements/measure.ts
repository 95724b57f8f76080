// Delay, stops and arrivals of movements from the runs of probes, pooled over all days that were observed. Movements of a kind
// lend each other strength where one alone is thin (see ensemble.ts); who has no probe stays unknown.
import type { Estimate, Grade } from '../../model/traffic-state.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { LocalTime } from '../../model/local-time.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import type { Run } from '../runs/run.ts'
import type { GreenClock } from '../signals/greens.ts'
import { arrivalProfile } from './arrival-profile.ts'
import { assistMeans, expectedOf, type Arrivals } from './assisted.ts'
import { cyclePlace } from './cycle-place.ts'
import { fedLinks } from './fed.ts'
import { gradeOf } from './grades.ts'
import { estimateMeans, estimateShares, type Group } from './pooled.ts'
import { sampleOf, type Sample } from './sample.ts'
import { shareInterval } from './intervals.ts'

/** What probes say of a movement over a period; a field name is that of `MovementState`. */
export interface ProbeMeasures {
  /** Index in `network.movements`. */
  movement: number
  control_delay_s: Estimate
  stopped_delay_s: Estimate
  stops: Estimate
  second_stop_share: Estimate
  arrival_on_green: Estimate
  platoon_ratio: number | null
  split_failure_share: Estimate
  blocked_share: Estimate
  arrival_profile?: { bin_s: Seconds; share: number[] }
  /** Runs behind delay, stops and arrivals. */
  probes: number
  /** Crossings of probes, those included of which too little was seen for delay. */
  crossings: number
  days: number
  grade: Grade
  age_s: Seconds
}

/** One standard error of a mean that stays however many runs it is of. */
export interface RunError {
  delay_s: Seconds
  stops: number
  /** Of arrivals on green. */
  share: number
}

/** What noisy places every few seconds are off in the mean: as seen in `bench state`. */
export const RUN_ERROR: RunError = { delay_s: 0.4, stops: 0.02, share: 0.007 }

export interface MeasureOptions {
  clock?: GreenClock | undefined
  local: LocalTime
  /** End of the observation; ages are reckoned from it. */
  until_s: Instant
  /** Share of the movement's vehicles that are probes, where it is known; intervals are a little wider without. */
  penetration?: (movement: number) => number | undefined
  /** Movements of one kind lend each other strength; by default those of the same turn at signals, and elsewhere. */
  kindOf?: (movement: number) => string
  /** Of the runs themselves; by default that of noisy places every few seconds. */
  error?: RunError
}

/** Where the runs are: a RunStore, or a filter over one. */
export interface RunSource {
  listMovements(): number[]
  /** In order of crossing. */
  listRuns(movement: number): Run[]
  /** The same one by one, where the source need not make a list of them. */
  eachRun?(movement: number): Iterable<Run>
  countRuns?(movement: number): number
}

/** Runs of a movement in order of crossing, to be gone through once. */
export const runsOf = (source: RunSource, movement: number): Iterable<Run> => source.eachRun?.(movement) ?? source.listRuns(movement)

export const countRuns = (source: RunSource, movement: number): number => source.countRuns?.(movement) ?? source.listRuns(movement).length

/** In the order of movements; those without a run are left out. */
export function measureMovements(graph: RoadGraph, source: RunSource, options: MeasureOptions): ProbeMeasures[] {
  // One movement after the other: its runs are let go before the next is read.
  const samples = source.listMovements().map((movement) => sampleOf(movement, runsOf(source, movement), options.clock)).filter(({ crossings }) => crossings > 0)
  return measureSamples(samples, options, options.kindOf ?? kindsOf(graph), approachOf(graph))
}

export function measureSamples(samples: readonly Sample[], { clock, local, until_s, penetration, error = RUN_ERROR }: MeasureOptions, kindOf: (movement: number) => string, approach: (movement: number) => Approach): ProbeMeasures[] {
  const shares = samples.map(({ movement }) => penetration?.(movement) ?? 0)
  const groups = groupsOf(samples, kindOf)
  const known = arrivalsOf(samples, shares, clock, approach)
  const means = (values: readonly number[][], like: readonly number[], stays: number): Estimate[] => estimateMeans(assistMeans(values, known, groups), like, shares, groups, stays)
  const delay = means(samples.map(({ delay_s }) => delay_s), samples.map(uniformDelay), error.delay_s)
  const stopped = means(samples.map(({ stopped_s }) => stopped_s), samples.map(uniformDelay), error.delay_s)
  const stops = means(samples.map(({ stops }) => stops), samples.map(({ window_share }) => 1 - (window_share ?? 0.5)), error.stops)
  const red = expectedOf(known, () => [1, 0, 0])
  const arrivals = estimateShares(samples.map(({ on_green, clocked, window_share }) => ({ yes: on_green, n: clocked, expected: window_share ?? Number.NaN })), shares, groups, red.map((one) => (one === undefined ? undefined : { value: 1 - one.value, variance: one.variance })), error.share)
  return samples.map((sample, i): ProbeMeasures => {
    const { movement, probes, crossings, newest_s, green_share, cycle_s, phases_s } = sample
    const share = shares[i]!
    const days = new Set(sample.crossing_s.map((time_s) => local.day(time_s))).size
    const profile = cycle_s === undefined ? undefined : arrivalProfile(phases_s, cycle_s)
    const onGreen = arrivals[i]!
    return {
      movement, control_delay_s: delay[i]!, stopped_delay_s: floored(stopped[i]!), stops: floored(stops[i]!),
      second_stop_share: shareInterval(sample.second_stops, probes, share), arrival_on_green: onGreen,
      platoon_ratio: onGreen.value === null || !(green_share! > 0) ? null : onGreen.value / green_share!,
      split_failure_share: shareInterval(sample.split_failures, probes, share), blocked_share: shareInterval(sample.blocked, crossings, share),
      ...(profile === undefined ? {} : { arrival_profile: profile }),
      probes, crossings, days, grade: gradeOf(delay[i]!, days), age_s: Math.max(0, until_s - newest_s),
    }
  })
}

/** Where a movement's vehicles come from. */
interface Approach {
  link: number
  /** A signal is near upstream. */
  fed: boolean
}

function approachOf({ network }: RoadGraph): (movement: number) => Approach {
  const fed = fedLinks(network)
  const index = new Map(network.links.map(({ id }, l) => [id, l]))
  return (movement) => {
    const link = index.get(network.movements[movement]!.from)!
    return { link, fed: fed[link]! }
  }
}

/** Undefined where greens are not known of all arrivals. */
function arrivalsOf(samples: readonly Sample[], shares: readonly number[], clock: GreenClock | undefined, approach: (movement: number) => Approach): (Arrivals | undefined)[] {
  const on = samples.map(({ movement }) => approach(movement))
  const byLink = new Map<number, number[]>()
  on.forEach(({ link }, i) => {
    const list = byLink.get(link)
    if (list === undefined) byLink.set(link, [i])
    else list.push(i)
  })
  return samples.map(({ movement, places, even }, i) => {
    if (clock === undefined || even === undefined || places.length === 0) return undefined
    const { link, fed } = on[i]!
    const others = byLink.get(link)!.filter((k) => k !== i).flatMap((k) => samples[k]!.arrivals_s.map((time_s) => cyclePlace(clock, movement, time_s))).filter(([red]) => !Number.isNaN(red))
    return { places, others, even, fed, share: shares[i]! }
  })
}

/** Delay of arrivals at random in a cycle without queues, the part that the signal alone decides (Webster 1958); 1 s at least. */
function uniformDelay({ green_share, cycle_s }: Sample): Seconds {
  return green_share === undefined || cycle_s === undefined ? Number.NaN : Math.max(1, (cycle_s * (1 - green_share) ** 2) / 2)
}

const floored = ({ value, low, high }: Estimate): Estimate => ({ value, low: low === null ? null : Math.max(0, low), high })

function kindsOf({ network }: RoadGraph): (movement: number) => string {
  return (movement) => {
    const { turn, signal } = network.movements[movement]!
    return `${signal === undefined ? 'sign' : 'signal'} ${turn}`
  }
}

/** Indices of samples by kind. */
function groupsOf(samples: readonly Sample[], kindOf: (movement: number) => string): Group[] {
  const groups = new Map<string, number[]>()
  samples.forEach(({ movement }, i) => {
    const kind = kindOf(movement)
    const list = groups.get(kind)
    if (list === undefined) groups.set(kind, [i])
    else list.push(i)
  })
  return [...groups.values()]
}
