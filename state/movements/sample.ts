// The runs of one movement as what estimates are made of: one number or one yes and no per run.
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import type { Run } from '../runs/run.ts'
import type { GreenClock } from '../signals/greens.ts'
import { AFTER_GREEN_S, cyclePlace, evenPlace, meanEven, type CyclePlace, type EvenPlace } from './cycle-place.ts'

export interface Sample {
  movement: number
  /** Whole runs without a stop at the kerb; the columns below belong to them. Runs themselves are not kept: there may be a million. */
  probes: number
  crossing_s: Instant[]
  delay_s: number[]
  stopped_s: number[]
  stops: number[]
  /** Runs whose arrival found green, among those for which the clock knew: those that count, and all. */
  on_green: number
  clocked: number
  /** Means over those of the share of the cycle that is green, and of what counts as green for arrivals. */
  green_share: number | undefined
  window_share: number | undefined
  second_stops: number
  split_failures: number
  /** Of all runs, whole or not. */
  blocked: number
  crossings: number
  /** Arrivals after green start, s, in cycles of `cycle_s`. */
  phases_s: number[]
  cycle_s: Seconds | undefined
  /** Places in the cycle of the arrivals, by run; empty where greens are not known of all, or so many came that chance is small. */
  places: CyclePlace[]
  /** Of arrivals at any instant alike. */
  even: EvenPlace | undefined
  /** Some of the arrivals, evenly chosen: what others on the link are told by. */
  arrivals_s: Instant[]
  newest_s: Instant
}

/** Of more runs the mean is sure without help. */
const MOST_PLACES = 4000
const MOST_ARRIVALS = 600
/** A longer stop than this many cycles, farther back than the queue reaches, is at the kerb. */
const KERB_CYCLES = 1.5
const BEYOND_QUEUE_M: Metres = 30
const QUEUE_SHARE = 0.95
/** Where no cycle is known. */
const CYCLE_S: Seconds = 120

/** Goes through the runs once and keeps numbers of them. */
export function sampleOf(movement: number, runs: Iterable<Run>, clock: GreenClock | undefined): Sample {
  const columns: Columns = { crossing_s: [], delay_s: [], stopped_s: [], stops: [], arrival_s: [], split_failure: [] }
  const kerb = new Kerb((time) => clock?.cycle(movement, time) ?? CYCLE_S)
  let [blocked, crossings, newest_s] = [0, 0, -Infinity]
  for (const run of runs) {
    crossings++
    blocked += Number(run.blocked)
    newest_s = Math.max(newest_s, run.crossing_s)
    if (!run.whole) continue
    columns.crossing_s.push(run.crossing_s)
    columns.delay_s.push(run.control_delay_s)
    columns.stopped_s.push(run.stops.reduce((sum, { duration_s }) => sum + duration_s, 0))
    columns.stops.push(run.stops.length)
    columns.arrival_s.push(run.arrival_s)
    columns.split_failure.push(Number(isSplitFailure(run, clock)))
    kerb.add(run)
  }
  const { crossing_s, delay_s, stopped_s, stops, arrival_s, split_failure } = kerb.leaveOut(columns)
  const sample: Sample = {
    movement, probes: crossing_s.length, crossing_s, delay_s, stopped_s, stops, on_green: 0, clocked: 0, green_share: undefined, window_share: undefined,
    second_stops: stops.filter((n) => n >= 2).length, split_failures: split_failure.reduce((sum, one) => sum + one, 0), blocked, crossings, phases_s: [], cycle_s: undefined,
    places: [], even: undefined, arrivals_s: [], newest_s,
  }
  if (clock !== undefined) addGreens(sample, arrival_s, clock)
  return sample
}

/** What days are told from. */
export type DaySample = Pick<Sample, 'movement' | 'probes' | 'delay_s' | 'on_green' | 'clocked' | 'newest_s'>

/** One sample for each day of `dayOf`, of runs in order of crossing. */
export function samplesByDay(movement: number, runs: Iterable<Run>, clock: GreenClock | undefined, dayOf: (time_s: Instant) => number): DaySample[] {
  const samples: DaySample[] = []
  let [day, own] = [Number.NaN, [] as Run[]]
  const close = (): void => {
    if (own.length === 0) return
    const { probes, delay_s, on_green, clocked, newest_s } = sampleOf(movement, own, clock)
    samples.push({ movement, probes, delay_s, on_green, clocked, newest_s })
  }
  for (const run of runs) {
    if (dayOf(run.crossing_s) !== day) {
      close()
      day = dayOf(run.crossing_s)
      own = []
    }
    own.push(run)
  }
  close()
  return samples
}

interface Columns { crossing_s: number[]; delay_s: number[]; stopped_s: number[]; stops: number[]; arrival_s: number[]; split_failure: number[] }

function addGreens(sample: Sample, arrivals_s: readonly Instant[], clock: GreenClock): void {
  let [green, window] = [0, 0]
  const evens: EvenPlace[] = []
  const [cycles, phases]: number[][] = [[], []]
  for (const arrival_s of arrivals_s) {
    const found = clock.find(sample.movement, arrival_s)
    if (found === undefined) continue
    const { start_s, end_s, next_s } = found
    sample.clocked++
    if (evens.length < MOST_PLACES) evens.push(evenPlace(found))
    if (arrival_s < end_s + AFTER_GREEN_S) sample.on_green++
    green += (end_s - start_s) / (next_s - start_s)
    window += Math.min(1, (end_s + AFTER_GREEN_S - start_s) / (next_s - start_s))
    cycles.push(Math.round((clock.cycle(sample.movement, arrival_s) ?? next_s - start_s) * 10) / 10)
    phases.push(arrival_s - start_s)
  }
  if (sample.clocked === 0) return
  sample.green_share = green / sample.clocked
  sample.window_share = window / sample.clocked
  sample.even = meanEven(evens)
  if (sample.clocked === arrivals_s.length && arrivals_s.length <= MOST_PLACES) sample.places = arrivals_s.map((arrival_s) => cyclePlace(clock, sample.movement, arrival_s))
  const step = Math.ceil(arrivals_s.length / MOST_ARRIVALS)
  sample.arrivals_s = arrivals_s.filter((_, i) => i % step === 0)
  sample.cycle_s = commonest(cycles)
  sample.phases_s = phases.filter((_, i) => cycles[i] === sample.cycle_s)
}

/** Needed a second green: one started after its first stop, and another before it crossed. Without a clock, a second stop tells. */
function isSplitFailure({ movement, stops, crossing_s }: Run, clock: GreenClock | undefined): boolean {
  const first = stops[0]
  if (first === undefined) return false
  const last = clock?.find(movement, crossing_s)
  if (last === undefined) return stops.length >= 2
  if (last.start_s <= first.time_s) return false
  const before = clock?.find(movement, last.start_s - 0.01)
  return before !== undefined && before.start_s > first.time_s
}

/** Tells stops at the kerb: longer than any red, and farther back than the queue reaches. */
class Kerb {
  /** Of each run: the farthest place of a stop that is too long, 0 without any. */
  readonly #long_m: Metres[] = []
  /** The farthest places of runs that stopped for no longer than they had to. */
  readonly #reach_m: Metres[] = []
  readonly #cycleAt: (time_s: Instant) => Seconds

  constructor(cycleAt: (time_s: Instant) => Seconds) {
    this.#cycleAt = cycleAt
  }

  add({ stops, crossing_s }: Run): void {
    let [long, reach] = [0, 0]
    for (const { s_m, duration_s } of stops) {
      reach = Math.max(reach, -s_m)
      if (duration_s > KERB_CYCLES * this.#cycleAt(crossing_s)) long = Math.max(long, -s_m)
    }
    this.#long_m.push(long)
    if (stops.length > 0 && long === 0) this.#reach_m.push(reach)
  }

  leaveOut(columns: Columns): Columns {
    const reach = this.#reach_m.sort((a, b) => a - b)
    const most = (reach[Math.floor(QUEUE_SHARE * reach.length)] ?? 0) + BEYOND_QUEUE_M
    if (this.#long_m.every((long) => long <= most)) return columns
    const stays = (_: number, i: number): boolean => this.#long_m[i]! <= most
    return {
      crossing_s: columns.crossing_s.filter(stays), delay_s: columns.delay_s.filter(stays), stopped_s: columns.stopped_s.filter(stays),
      stops: columns.stops.filter(stays), arrival_s: columns.arrival_s.filter(stays), split_failure: columns.split_failure.filter(stays),
    }
  }
}

function commonest(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0]
}
