// Backs of queues of movements: what the model makes of volume and arrivals, corrected by where probes were seen to stand. At few
// probes nobody sees the last of a queue; but how far back vehicles stand on average, probes show without bias.
import type { Network } from '../../model/network.ts'
import type { Estimate } from '../../model/traffic-state.ts'
import type { Metres, Seconds } from '../../model/units.ts'
import { spreadAbout } from '../movements/ensemble.ts'
import { Z90 } from '../movements/intervals.ts'
import { runsOf, type RunSource } from '../movements/measure.ts'
import type { Run } from '../runs/run.ts'
import type { GreenClock } from '../signals/greens.ts'
import type { Pace } from './headway.ts'
import type { LaneGroup } from './lane-groups.ts'
import { simulateQueues } from './queue-model.ts'

export interface QueueEstimate {
  queue_max_m: Estimate
  queue_p95_m: Estimate
}

/** Drivers go on into yellow. */
const INTO_YELLOW_S: Seconds = 2
/** By how much the model is wrong of itself, as a share, where too few movements show it: where all have their own green, and where some give way. */
const MODEL_ERROR = { protected: 0.12, permissive: 0.35 }
/** Left even when reach is known: mean, and 95th percentile. */
const SHAPE_ERROR = { mean: 0.1, p95: 0.16 }
/**
 * A queue that is longer because places are keeps its reach in proportion; one that is longer because more come on red has more
 * in it, too, and its reach grows with the square. Nobody knows which: between one and a half. Where hardly one comes a cycle,
 * its place is the back of the queue, and both go in proportion.
 */
const backByReach = (perCycle: number): number => 2 / 3 + Math.exp(-perCycle / 2) / 3
/** Relative, of one arrival. */
const PROFILE_ERROR = 1
const LEAST_ARRIVALS = 20
/** Movements of a kind that show how wrong the model is. */
const LEAST_QUEUES = 6
const HOUR_S = 3600
const FREE_MPS = 13.9

interface Cycle { cycle_s: Seconds; red_s: Seconds; arrivals_s: Seconds[] }

/** What the model makes of a movement, and what its probes saw. */
export interface ModelledQueue {
  movement: number
  /** Where the model may err alike. */
  kind: string
  protected: boolean
  mean_m: Metres
  p95_m: Metres
  reach_m: Metres
  seen: { mean_m: Metres; error: number } | undefined
  /** Relative standard errors: of the volume, and of when vehicles come, which is seen from as many arrivals only; the queue follows it. */
  volume: number
  profile: number
  per_cycle: number
}

/** For each movement of a group, in its order; empty without greens. `volumes`: in vehicles an hour, with relative standard errors; all known. */
export function modelQueues(network: Network, group: LaneGroup, volumes: readonly { vph: number; error: number }[], pace: Pace, source: RunSource, clock: GreenClock): ModelledQueue[] {
  const cycle = cycleOf(group, source, clock)
  if (cycle === undefined) return []
  const lane = new Map(group.lanes.map((each, k) => [each, k]))
  const per_cycle = volumes.map(({ vph }) => (vph * cycle.cycle_s) / HOUR_S)
  const outcomes = simulateQueues({
    cycle_s: cycle.cycle_s, red_s: cycle.red_s, lanes: group.lanes.length, pace, free_mps: network.links[group.link]!.speed_mps || FREE_MPS,
    arrivals_s: cycle.arrivals_s.length >= LEAST_ARRIVALS ? cycle.arrivals_s.sort((a, b) => a - b) : [],
    movements: per_cycle.map((each, k) => ({ per_cycle: each, lanes: group.lanesOf[k]!.map((one) => lane.get(one)!) })),
  })
  return outcomes.map(({ backs_m, reach_m }, k): ModelledQueue => {
    const movement = group.movements[k]!
    return {
      movement, kind: `${group.protected ? 'protected' : 'permissive'} ${network.movements[movement]!.turn}`, protected: group.protected,
      mean_m: backs_m.reduce((sum, back) => sum + back, 0) / backs_m.length, p95_m: backs_m[Math.ceil(0.95 * backs_m.length) - 1]!, reach_m,
      seen: reachOf(movement, runsOf(source, movement), clock), volume: volumes[k]!.error, profile: PROFILE_ERROR / Math.sqrt(cycle.arrivals_s.length), per_cycle: per_cycle[k]!,
    }
  })
}

/** The model corrected by where probes stood, as far as the model is wrong elsewhere: that is learned from all movements of a kind. */
export function correctQueues(queues: readonly ModelledQueue[]): QueueEstimate[] {
  const errors = new Map<string, number>()
  for (const { kind, protected: safe } of queues) {
    if (errors.has(kind)) continue
    const seen = queues.flatMap((queue) => (queue.kind === kind && queue.seen !== undefined && queue.reach_m > 0 ? [{ ratio: Math.log(queue.seen.mean_m / queue.reach_m), variance: queue.seen.error ** 2 }] : []))
    errors.set(kind, seen.length < LEAST_QUEUES ? (safe ? MODEL_ERROR.protected : MODEL_ERROR.permissive) : Math.sqrt(spreadAbout(seen)))
  }
  return queues.map(({ kind, mean_m, p95_m, reach_m, seen, volume, profile, per_cycle }) => {
    const model = Math.hypot(errors.get(kind)!, volume)
    const weight = seen === undefined || !(reach_m > 0) ? 0 : model ** 2 / (model ** 2 + seen.error ** 2)
    const power = weight * backByReach(per_cycle)
    const ratio = weight === 0 ? 1 : (seen!.mean_m / reach_m) ** power
    const error = Math.hypot(weight === 0 ? 0 : power * seen!.error, (1 - weight) * model)
    return { queue_max_m: around(mean_m * ratio, Math.hypot(error, profile, SHAPE_ERROR.mean)), queue_p95_m: around(p95_m * ratio, Math.hypot(error, profile, SHAPE_ERROR.p95)) }
  })
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

/** Middles over arrivals of the lengths of cycle and red, and when in the cycle they come. */
function cycleOf({ movements }: LaneGroup, source: RunSource, clock: GreenClock): Cycle | undefined {
  const [cycles, reds, arrivals]: number[][] = [[], [], []]
  for (const movement of movements) for (const run of runsOf(source, movement)) {
    const green = run.whole ? clock.find(movement, run.arrival_s) : undefined
    if (green === undefined) continue
    const red_s = Math.max(0, green.next_s - green.end_s - INTO_YELLOW_S)
    const at = run.arrival_s - green.end_s - INTO_YELLOW_S
    cycles.push(green.next_s - green.start_s)
    reds.push(red_s)
    arrivals.push(at >= 0 ? at : red_s + run.arrival_s - green.start_s)
  }
  return arrivals.length === 0 ? undefined : { cycle_s: middle(cycles), red_s: middle(reds), arrivals_s: arrivals }
}

/**
 * Mean over runs of where they came to stand on red, 0 for those that did not, and its relative standard error. Who joins while
 * the queue is leaving tells little: whether it stops is a matter of a second, and the back of the queue is where it is either way.
 */
function reachOf(movement: number, runs: Iterable<Run>, clock: GreenClock): { mean_m: number; error: number } | undefined {
  const isRed = (time_s: number): boolean => {
    const green = clock.find(movement, time_s)
    return green !== undefined && time_s >= green.end_s
  }
  const reach: number[] = []
  for (const { whole, stops } of runs) if (whole) reach.push(-(stops.find(({ time_s }) => isRed(time_s))?.s_m ?? 0))
  reach.sort((a, b) => a - b)
  const mean_m = reach.reduce((sum, each) => sum + each, 0) / reach.length
  if (reach.length < 2 || !(mean_m > 0)) return undefined
  const variance = reach.reduce((sum, each) => sum + (each - mean_m) ** 2, 0) / (reach.length - 1)
  return { mean_m, error: Math.sqrt(variance / reach.length) / mean_m }
}

const around = (value: number, error: number): Estimate => ({ value, low: value * Math.exp(-Z90 * error), high: value * Math.exp(Z90 * error) })
