// A simulated crossing that radars look at: their objects without error, and what every vehicle really did.
import type { RadarTarget } from '../model/feed.ts'
import type { Network } from '../model/network.ts'
import type { RadarObject, TrajectoryPoint } from '../model/observation.ts'
import { modulo } from '../model/units.ts'
import { createRun, prepareNetwork } from '../simulation/index.ts'
import { observed, Places, Radar, Trajectories } from '../simulation/observe/index.ts'
import { junction, twoStage } from '../simulation/testing/junctions.ts'
import { compiled, flow, inputFor } from '../simulation/testing/networks.ts'
import type { Green, GreenClock } from '../state/signals/greens.ts'

export const CYCLE_S = 70
const EW: [number, number] = [5, 40]
const NS: [number, number] = [45, 65]
/** An instant as good as any; a multiple of the cycle and of the counting slots. */
export const T0 = 2_100 * 800_000

export interface RadarStreet {
  network: Network
  clock: GreenClock
  targets: RadarTarget[]
  points: TrajectoryPoint[]
}

/** A crossing with two lanes each way along the main road; links `Win`, `Eout`, ... drawn up to their stop lines. */
export function drawnJunction(): Network {
  const network = junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5, length: 250 })
  const ends: Record<string, [number, number]> = { N: [0, 262], E: [262, 0], S: [0, -262], W: [-262, 0] }
  for (const node of network.nodes) if (ends[node.id] !== undefined) Object.assign(node, { x_m: ends[node.id]![0], y_m: ends[node.id]![1] })
  for (const link of network.links) {
    const [x, y] = ends[link.id[0]!]!
    const line: [number, number][] = [[x, y], [(x / 262) * 12, (y / 262) * 12]]
    link.shape_m = link.id.endsWith('in') ? line : line.toReversed()
  }
  network.signals[0]!.groups = ['ew', 'ns'].map((id) => ({ id, kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 2 }))
  return network
}

/** Two lanes each way along the main road, more than it can carry in some cycles; one lane across. */
export function simulateStreet(duration_s: number, headways: { main: number; left: number; cross: number; right: number }, radar: { missed_rate?: number; false_rate?: number; position_sigma_m?: number; speed_sigma_mps?: number } = {}): RadarStreet {
  const network = drawnJunction()
  const prepared = prepareNetwork(network)
  const trips = [
    ...flow(network, ['Win', 'Eout'], 3.2, duration_s, headways.main), ...flow(network, ['Ein', 'Wout'], 1, duration_s, headways.main * 1.3), ...flow(network, ['Nin', 'Sout'], 2, duration_s, headways.cross),
    ...flow(network, ['Win', 'Nout'], 7, duration_s, headways.left), ...flow(network, ['Win', 'Sout'], 9, duration_s, headways.right),
  ]
  const run = createRun(prepared, inputFor(network, [compiled('x', CYCLE_S, 0, { ew: [EW], ns: [NS] })], trips, { seed: 4 }))
  const places = new Places(prepared)
  const [objects, points]: [RadarObject[], TrajectoryPoint[]] = [[], []]
  const whole = observed(run, [
    new Radar(run.world, places, radar, (batch) => { for (const row of batch) objects.push(row) }),
    new Trajectories(places, 0.1, (batch) => { for (const row of batch) points.push({ ...row }) }),
  ])
  while (whole.step());
  const targets = objects.map(({ time_s, sensor, id, x_m, y_m, speed_mps, lane, length_m }): RadarTarget => ({
    sensor, time_s: T0 + time_s, track: String(id), x_m, y_m, speed_mps, lane: String(lane), length_m, class: 'car', visible: true,
  }))
  return { network, clock: clockOf(network), targets, points: points.map((point) => ({ ...point, time_s: T0 + point.time_s })) }
}

export function clockOf(network: Network): GreenClock {
  return {
    find(movement, time_s): Green | undefined {
      const { from, signal } = network.movements[movement]!
      if (signal === undefined) return undefined
      const [start, end] = from.startsWith('E') || from.startsWith('W') ? EW : NS
      const start_s = time_s - modulo(time_s - T0 - start, CYCLE_S)
      return { start_s, end_s: start_s + end - start, next_s: start_s + CYCLE_S }
    },
    cycle: () => CYCLE_S,
  }
}

export interface TrueCrossing { vehicle: string; link: string; lane: number; to: string; time_s: number; queued: boolean }

/** Every vehicle over a line: `position_m` beyond the length of its link; `queued` = it stood for two seconds before. */
export function trueCrossings({ network, points }: Pick<RadarStreet, 'network' | 'points'>): TrueCrossing[] {
  const links = new Map(network.links.map((link) => [link.id, link]))
  const state = new Map<string, { point: TrajectoryPoint; slow: number | undefined; queued: boolean; open: TrueCrossing | undefined }>()
  const result: TrueCrossing[] = []
  for (const point of points) {
    const own = state.get(point.vehicle_id)
    if (own === undefined) {
      state.set(point.vehicle_id, { point, slow: undefined, queued: false, open: undefined })
      continue
    }
    if (own.open !== undefined && point.link !== own.open.link) {
      own.open.to = point.link
      own.open = undefined
      own.queued = false
    }
    own.slow = point.speed_mps < 1.39 ? own.slow ?? point.time_s : undefined
    if (own.slow !== undefined && point.time_s - own.slow >= 2) own.queued = true
    const length = links.get(point.link)!.length_m
    if (own.open === undefined && own.point.link === point.link && own.point.position_m < length && point.position_m >= length) {
      const share = (length - own.point.position_m) / (point.position_m - own.point.position_m)
      own.open = { vehicle: point.vehicle_id, link: point.link, lane: own.point.lane, to: '', time_s: own.point.time_s + share * (point.time_s - own.point.time_s), queued: own.queued }
      result.push(own.open)
    }
    own.point = point
  }
  return result
}

/** Longest queue of a lane by cycle (that ends with `end_s`), in vehicles and metres: whoever stands, counted from the line. */
export function trueQueues({ network, points }: Pick<RadarStreet, 'network' | 'points'>, link: string, lane: number, cycleOf: (time_s: number) => number): Map<number, { vehicles: number; metres: number }> {
  const length = network.links.find(({ id }) => id === link)!.length_m
  const result = new Map<number, { vehicles: number; metres: number }>()
  const slow = new Map<string, number>()
  let [now, before]: [number, { at: number; standing: boolean }[]] = [-Infinity, []]
  const close = (): void => {
    before.sort((a, b) => a.at - b.at)
    const last = before.findLastIndex(({ standing }) => standing)
    const cycle = cycleOf(now)
    const known = result.get(cycle) ?? { vehicles: 0, metres: 0 }
    if (last >= 0 && before[last]!.at > known.metres) result.set(cycle, { vehicles: last + 1, metres: before[last]!.at })
    else result.set(cycle, known)
  }
  for (const point of points) {
    if (point.time_s !== now) {
      if (now !== -Infinity) close()
      now = point.time_s
      before = []
    }
    if (point.speed_mps >= 1.39) slow.delete(point.vehicle_id)
    else if (!slow.has(point.vehicle_id)) slow.set(point.vehicle_id, now)
    if (point.link !== link || point.lane !== lane || point.position_m >= length) continue
    const since = slow.get(point.vehicle_id)
    before.push({ at: length - point.position_m, standing: since !== undefined && now - since >= 2 })
  }
  return result
}
