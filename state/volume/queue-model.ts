// Queues of a lane group cycle by cycle: vehicles arrive at random by the profile that probes show, choose the shorter lane, stand
// one place behind the other until the wave of starting reaches them, and leave one headway after the other. What has not left
// at the end of green stays for the next.
import type { Metres, MetresPerSecond, Seconds } from '../../model/units.ts'
import type { Pace } from './headway.ts'

export interface QueueInput {
  cycle_s: Seconds
  /** Red without what of yellow is used; the cycle begins with it. */
  red_s: Seconds
  /** Vehicles a cycle of each movement, and the lanes it may use, counted from 0. */
  movements: readonly { per_cycle: number; lanes: readonly number[] }[]
  lanes: number
  /** Arrivals since the start of red, s, ascending; at random where there are none. */
  arrivals_s: readonly Seconds[]
  pace: Pace
  free_mps: MetresPerSecond
}

export interface QueueOutcome {
  /** Largest back of queue of each cycle, ascending. */
  backs_m: Metres[]
  /** Mean over vehicles of where they came to stand on red, from the line; 0 for who did not. */
  reach_m: Metres
}

const CYCLES = 480
const WARM_UP = 20
/** Cycles of one day: its demand differs from the mean by this much. */
const DAY_CYCLES = 40
const DAY_NOISE = 0.07
/** Comes to rest only who is held up for longer than braking from the speed of a city costs. */
const BRAKING_S: Seconds = 3.5
/** From one vehicle's start to the next one's. */
const WAVE_S: Seconds = 1.25
const VEHICLE_M: Metres = 5
const FIRST_M: Metres = 1
/** Places of arrivals in the profile are as sure as this. */
const JITTER_S: Seconds = 2

interface Queued {
  movement: number
  /** Passes the line. */
  leaves_s: Seconds
}

/** A lane: who came, in order, and how many of them have left. */
interface LaneQueue {
  all: Queued[]
  gone: number
}

/** Share of what green lets through that volumes may be: beyond, a queue has no mean. */
const MOST_SATURATED = 0.97

/** Volumes count who passed, so they cannot exceed what green lets through: an estimate above that is an error of the estimate. */
function withinCapacity(input: QueueInput): QueueInput {
  const { movements, lanes, cycle_s, red_s, pace } = input
  const lane = MOST_SATURATED * Math.max(1, (cycle_s - red_s - pace.first_s) / pace.headway_s + 1)
  const own = movements.map((movement) => Math.min(movement.per_cycle, lane * movement.lanes.length))
  const total = own.reduce((sum, each) => sum + each, 0)
  const share = total > 0 ? Math.min(1, (lane * lanes) / total) : 1
  return { ...input, movements: movements.map((movement, m) => ({ ...movement, per_cycle: own[m]! * share })) }
}

export function simulateQueues(asked: QueueInput): QueueOutcome[] {
  const input = withinCapacity(asked)
  const { movements, lanes, cycle_s } = input
  const random = generator(1)
  const outcomes = movements.map(() => ({ backs_m: [] as number[], reach: 0, vehicles: 0 }))
  let left: number[][] = Array.from({ length: lanes }, () => [])
  let day = 1
  for (let cycle = -WARM_UP; cycle < CYCLES; cycle++) {
    if (cycle % DAY_CYCLES === 0) {
      day = Math.exp(DAY_NOISE * normal(random))
      // A day that overflows does not hand its queue to the next.
      if (cycle > 0) left = left.map(() => [])
    }
    const backs = movements.map(() => 0)
    const queues = left.map((waiting): LaneQueue => ({ gone: 0, all: waiting.map((movement, rank) => ({ movement, leaves_s: leaving(input, rank, 0) })) }))
    for (const { all } of queues) all.forEach(({ movement }, rank) => { backs[movement] = Math.max(backs[movement]!, rear(input, rank)) })
    for (const { movement, at_s } of arrivalsOf(input, day, random)) {
      const { rank, held_s, on_red } = join(input, queues, movement, at_s)
      if (held_s > BRAKING_S) backs[movement] = Math.max(backs[movement]!, rear(input, rank))
      if (cycle < 0) continue
      outcomes[movement]!.vehicles++
      if (held_s > BRAKING_S && on_red) outcomes[movement]!.reach += FIRST_M + rank * input.pace.place_m
    }
    left = queues.map(({ all }) => all.filter(({ leaves_s }) => leaves_s > cycle_s).map(({ movement }) => movement))
    if (cycle >= 0) backs.forEach((back, m) => outcomes[m]!.backs_m.push(back))
  }
  return outcomes.map(({ backs_m, reach, vehicles }) => ({ backs_m: backs_m.sort((a, b) => a - b), reach_m: vehicles > 0 ? reach / vehicles : 0 }))
}

const rear = ({ pace }: QueueInput, rank: number): Metres => FIRST_M + rank * pace.place_m + VEHICLE_M

const leaving = ({ red_s, pace }: QueueInput, rank: number, at_s: Seconds): Seconds => Math.max(at_s, red_s + pace.first_s + rank * pace.headway_s)

/** Rank in the lane of its choice, for how long its place at the tail lies behind somebody who has not started, and whether it came there on red. */
function join(input: QueueInput, queues: readonly LaneQueue[], movement: number, at_s: Seconds): { rank: number; held_s: Seconds; on_red: boolean } {
  let best: LaneQueue | undefined
  let least = Infinity
  for (const lane of input.movements[movement]!.lanes) {
    const queue = queues[lane]!
    while (queue.gone < queue.all.length && queue.all[queue.gone]!.leaves_s <= at_s) queue.gone++
    const waiting = queue.all.length - queue.gone
    if (waiting >= least) continue
    least = waiting
    best = queue
  }
  const rank = best!.all.length
  const { red_s, pace, free_mps } = input
  best!.all.push({ movement, leaves_s: leaving(input, rank, at_s) })
  const tail_s = at_s - (rank * pace.place_m) / free_mps
  return { rank, held_s: red_s + WAVE_S * rank - tail_s, on_red: tail_s + BRAKING_S < red_s }
}

function arrivalsOf({ movements, cycle_s, arrivals_s }: QueueInput, day: number, random: () => number): { movement: number; at_s: Seconds }[] {
  const list = movements.flatMap(({ per_cycle }, movement) => Array.from({ length: poisson(per_cycle * day, random) }, () => {
    const at = arrivals_s.length === 0 ? random() * cycle_s : arrivals_s[Math.floor(random() * arrivals_s.length)]! + JITTER_S * (2 * random() - 1)
    return { movement, at_s: Math.min(cycle_s - 1e-3, Math.max(0, at)) }
  }))
  return list.sort((a, b) => a.at_s - b.at_s)
}

/** Knuth's product below 30, else normal. */
function poisson(mean: number, random: () => number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let [n, product] = [0, random()]
  while (product > limit) {
    n++
    product *= random()
  }
  return n
}

const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Uniform in [0, 1), the same sequence each time (mulberry32, Ettinger 2017, public domain). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
