// A radar that looks at the main road of a crossing, probes on all its roads: how many vehicles a probe of the side street stands for.
import { expect, it } from 'vitest'
import { FeedAccount } from '../model/feed-account.ts'
import { LocalTime } from '../model/local-time.ts'
import type { Network } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { MovementState } from '../model/traffic-state.ts'
import { draw } from '../state/matching/testing/draw.ts'
import { Measurement } from '../state/measurement.ts'
import { simulateStreet, type RadarStreet } from './radar-street.ts'

const SPLIT_X = -100

/** The same road, where the approach from the west is two links, as it is where a pocket for turns begins. */
function splitWest(network: Network): Network {
  const split = structuredClone(network)
  const near = split.links.find(({ id }) => id === 'Win')!
  const [from, to] = near.shape_m!
  const far = { ...near, id: 'Wfar', source_id: 'Wfar', to: 'w', length_m: near.length_m * ((SPLIT_X - from![0]) / (to![0] - from![0])), shape_m: [from!, [SPLIT_X, from![1]] as [number, number]] }
  Object.assign(near, { from: 'w', length_m: near.length_m - far.length_m, shape_m: [[SPLIT_X, from![1]], to] })
  split.links.push(far)
  split.nodes.push({ ...split.nodes.find(({ id }) => id === 'W')!, id: 'w', kind: 'priority', x_m: SPLIT_X, y_m: from![1] })
  split.movements.push({ id: 'Wfar->Win', node: 'w', from: 'Wfar', to: 'Win', turn: 'through' })
  for (const lane of [0, 1]) split.connections.push({ id: `Wfar:${lane}->Win:${lane}`, movement: 'Wfar->Win', from_lane: lane, to_lane: lane, length_m: 0.1, speed_mps: near.speed_mps, conflicts_with: [], yields_to: [] })
  return split
}

/** Three vehicles in ten are probes; no radar looks at the approach from the north. */
function measure({ targets, points }: RadarStreet, network: Network): MovementState[] {
  const measurement = new Measurement({ graph: new RoadGraph(network), timing: { format: 'greenwave.timing/1', plans: [], schedule: [] }, local: new LocalTime('UTC'), scenario: 'test', periods: [] })
  const probes = measurement.openProbes('probes')
  for (const { time_s, vehicle_id, x_m, y_m, speed_mps, heading_deg } of points) {
    if (draw(1, Number(vehicle_id), 0, 1) < 0.3 && Math.round(10 * time_s) % 20 === 0) probes.push({ time_s: time_s as number, vehicle: vehicle_id, x_m, y_m, speed_mps, heading_deg })
  }
  probes.end(new FeedAccount('probes').health())
  const take = measurement.openRadar()
  for (const target of targets) if (!target.sensor.endsWith('Nin')) take(target)
  return measurement.finish().state.movements
}

it('probes beside a radar stand for as many vehicles wherever lanes begin before the lines that it counts at', () => {
  const street = simulateStreet(900, { main: 3.4, left: 40, cross: 7, right: 30 })
  const [whole, split] = [street.network, splitWest(street.network)].map((network) => measure(street, network))
  const shareOf = (states: MovementState[]): number => states.find(({ from, to }) => from === 'Nin' && to === 'Sout')!.penetration.value!
  expect(shareOf(split!) / shareOf(whole!)).toBeCloseTo(1, 1)
  expect(Math.abs(shareOf(split!) / 0.3 - 1)).toBeLessThan(0.1)
})
