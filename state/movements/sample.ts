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

export function sampleOf(movement: number, all: readonly Run[], clock: GreenClock | undefined): Sample {
  const runs = withoutKerb(all.filter(({ whole }) => whole), (time) => clock?.cycle(movement, time) ?? CYCLE_S)
  const sample: Sample = {
    movement, probes: runs.length, crossing_s: runs.map(({ crossing_s }) => crossing_s), delay_s: runs.map(({ control_delay_s }) => control_delay_s),
    stopped_s: runs.map(({ stops }) => stops.reduce((sum, { duration_s }) => sum + duration_s, 0)), stops: runs.map(({ stops }) => stops.length),
    on_green: 0, clocked: 0, green_share: undefined, window_share: undefined,
    second_stops: runs.filter(({ stops }) => stops.length >= 2).length, split_failures: runs.filter((run) => isSplitFailure(run, clock)).length,
    blocked: all.filter(({ blocked }) => blocked).length, crossings: all.length, phases_s: [], cycle_s: undefined, places: [], even: undefined, arrivals_s: [],
    newest_s: all.reduce((newest, { crossing_s }) => Math.max(newest, crossing_s), -Infinity),
  }
  if (clock !== undefined) addGreens(sample, runs, clock)
  return sample
}

function addGreens(sample: Sample, runs: readonly Run[], clock: GreenClock): void {
  let [green, window] = [0, 0]
  const phases: { cycle_s: number; phase_s: number }[] = []
  const evens: EvenPlace[] = []
  for (const { arrival_s } of runs) {
    const found = clock.find(sample.movement, arrival_s)
    if (found === undefined) continue
    const { start_s, end_s, next_s } = found
    sample.clocked++
    if (evens.length < MOST_PLACES) evens.push(evenPlace(found))
    if (arrival_s < end_s + AFTER_GREEN_S) sample.on_green++
    green += (end_s - start_s) / (next_s - start_s)
    window += Math.min(1, (end_s + AFTER_GREEN_S - start_s) / (next_s - start_s))
    phases.push({ cycle_s: Math.round((clock.cycle(sample.movement, arrival_s) ?? next_s - start_s) * 10) / 10, phase_s: arrival_s - start_s })
  }
  if (sample.clocked === 0) return
  sample.green_share = green / sample.clocked
  sample.window_share = window / sample.clocked
  sample.cycle_s = commonest(phases.map(({ cycle_s }) => cycle_s))
  sample.even = meanEven(evens)
  if (sample.clocked === runs.length && runs.length <= MOST_PLACES) sample.places = runs.map(({ arrival_s }) => cyclePlace(clock, sample.movement, arrival_s))
  const step = Math.ceil(runs.length / MOST_ARRIVALS)
  sample.arrivals_s = runs.filter((_, i) => i % step === 0).map(({ arrival_s }) => arrival_s)
  sample.phases_s = phases.filter(({ cycle_s }) => cycle_s === sample.cycle_s).map(({ phase_s }) => phase_s)
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

function withoutKerb(runs: Run[], cycleAt: (time_s: Instant) => Seconds): Run[] {
  const isLong = (run: Run): boolean => run.stops.some(({ duration_s }) => duration_s > KERB_CYCLES * cycleAt(run.crossing_s))
  if (!runs.some(isLong)) return runs
  const reach = runs.filter((run) => run.stops.length > 0 && !isLong(run)).map(({ stops }) => Math.max(...stops.map(({ s_m }) => -s_m))).sort((a, b) => a - b)
  const queue = reach[Math.floor(QUEUE_SHARE * reach.length)] ?? 0
  return runs.filter((run) => !run.stops.some(({ duration_s, s_m }) => duration_s > KERB_CYCLES * cycleAt(run.crossing_s) && s_m < -(queue + BEYOND_QUEUE_M)))
}

function commonest(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0]
}
