// A street of one signal whose traffic is known to the vehicle: so many lanes, arrivals at random, queues that leave one headway
// after the other. Some vehicles are probes.
import type { Network } from '../../../model/network.ts'
import type { RunSource } from '../../movements/measure.ts'
import type { Run } from '../../runs/run.ts'
import type { GreenClock } from '../../signals/greens.ts'

export interface StreetOptions {
  seed: number
  lanes: number
  penetration: number
  cycles: number
  per_cycle: number
  /** Of queues. */
  headway_s?: number
  place_m?: number
}

export interface Street {
  network: Network
  clock: GreenClock
  source: RunSource
  /** Vehicles that crossed. */
  vehicles: number
  hours: number
  /** Back of queue of each cycle: rear of whoever stood last. */
  backs_m: number[]
}

const CYCLE_S = 90
const GREEN_S = 40
const FIRST_S = 2
/** Drivers go on into yellow for so long. */
const YELLOW_USED_S = 2
/** From where a vehicle would have been at full speed until it stands. */
const BRAKING_S = 3.5
const NOISE_S = 0.5
const NOISE_M = 2
const SPEED_MPS = 13.9

/** Mulberry32. */
export function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function driveStreet({ seed, lanes, penetration, cycles, per_cycle, headway_s = 2, place_m = 7.5 }: StreetOptions): Street {
  const random = generator(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const runs: Run[] = []
  const backs_m: number[] = []
  let vehicles = 0
  for (let cycle = 0; cycle < cycles; cycle++) {
    // Each cycle of this loop begins with red.
    const red_s = CYCLE_S - GREEN_S
    const times: number[] = []
    for (let t = -Math.log(1 - random()) * (CYCLE_S / per_cycle); t < CYCLE_S - 5; t -= Math.log(1 - random()) * (CYCLE_S / per_cycle)) times.push(t)
    const queues: { leaves_s: number; starts_s: number }[][] = Array.from({ length: lanes }, () => [])
    let back = 0
    for (const at of times) {
      const queue = queues.reduce((best, each) => (each.filter(({ leaves_s }) => leaves_s > at).length < best.filter(({ leaves_s }) => leaves_s > at).length ? each : best))
      const rank = queue.length
      const leaves_s = Math.max(at, red_s + FIRST_S + rank * headway_s)
      const starts_s = red_s + 1.25 * rank
      const tail_s = at - (rank * place_m) / SPEED_MPS
      const stands = starts_s - tail_s > BRAKING_S
      queue.push({ leaves_s, starts_s })
      vehicles++
      if (stands) back = Math.max(back, 1 + rank * place_m + 5)
      if (random() >= penetration) continue
      const origin = cycle * CYCLE_S
      const crossing_s = origin + leaves_s + (stands ? NOISE_S * normal() : 0)
      runs.push({
        vehicle: String(vehicles), movement: 0, start_m: -300, whole: true, in_s: origin + at - 300 / SPEED_MPS, crossing_s, out_s: crossing_s + 4, running_mps: SPEED_MPS, control_delay_s: leaves_s - at,
        stops: stands ? [{ time_s: origin + tail_s + BRAKING_S, s_m: -(1 + rank * place_m + NOISE_M * normal()), duration_s: starts_s - tail_s - BRAKING_S }] : [],
        departure_s: stands ? origin + starts_s : undefined, arrival_s: origin + at, blocked: false, interval_s: 3, posterior: 1,
      })
    }
    backs_m.push(back)
  }
  runs.sort((a, b) => a.crossing_s - b.crossing_s)
  return { network: streetNetwork(lanes), clock, source: { listMovements: () => (runs.length > 0 ? [0] : []), listRuns: () => runs }, vehicles, hours: (cycles * CYCLE_S) / 3600, backs_m }
}

const clock: GreenClock = {
  find: (_, time_s) => {
    const start_s = Math.floor((time_s - CYCLE_S + GREEN_S) / CYCLE_S) * CYCLE_S + CYCLE_S - GREEN_S
    return { start_s, end_s: start_s + GREEN_S - YELLOW_USED_S, next_s: start_s + CYCLE_S }
  },
  cycle: () => CYCLE_S,
}

function streetNetwork(lanes: number): Network {
  const lane = (index: number): Network['links'][number]['lanes'][number] => ({ index, width_m: 3.2, speed_mps: SPEED_MPS, length_m: 400 })
  const link = (id: string, from: string, to: string): Network['links'][number] => ({ id, source_id: id, from, to, length_m: 400, speed_mps: SPEED_MPS, lanes: Array.from({ length: lanes }, (_, k) => lane(k)) })
  const node = (id: string, x_m: number, kind: 'signal' | 'boundary'): Network['nodes'][number] => ({ id, source_id: id, kind, x_m, y_m: 0 })
  return {
    format: 'greenwave.network/1', name: 'street', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes: [node('a', 0, 'boundary'), node('b', 400, 'signal'), node('c', 800, 'boundary')],
    links: [link('in', 'a', 'b'), link('out', 'b', 'c')], movements: [{ id: 'on', node: 'b', from: 'in', to: 'out', turn: 'through', signal: 's' }],
    connections: Array.from({ length: lanes }, (_, k) => ({ id: `on${k}`, movement: 'on', from_lane: k, to_lane: k, length_m: 10, speed_mps: SPEED_MPS, groups: [{ group: 'g', right_of_way: 'protected' as const }], conflicts_with: [], yields_to: [] })),
    signals: [{ id: 's', source_id: 's', nodes: ['b'], groups: [{ id: 'g', kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 2 }], conflicts: [] }],
  }
}
