// A made-up street whose runs are known exactly: vehicles drive at one speed, halt at once and go at once.
import type { Connection, Network } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Signal } from '../../model/signal.ts'
import type { MatchedFix } from '../matching/matched-fix.ts'

export const SPEED = 10
/** Links of the street: in 0 (400 m), middle 1 (200 m), middle 2 (200 m), out 3 (300 m); a side street 4 leaves the first signal. */
export const LENGTHS = [400, 200, 200, 300, 150]
const PATH = 20

/** in -> signal A -> 1 -> plain node with one way on -> 2 -> signal B -> out; A also has a left into link 4. Movements 0 through A, 1 at the plain node, 2 through B, 3 left at A. */
export function madeUpStreet(): RoadGraph {
  const nodes = [0, 400, 620, 840, 1160].map((x_m, i) => ({ id: `n${i}`, source_id: `n${i}`, kind: i === 1 || i === 3 ? 'signal' as const : i === 2 ? 'priority' as const : 'boundary' as const, x_m, y_m: 0 }))
  nodes.push({ id: 'n5', source_id: 'n5', kind: 'boundary', x_m: 400, y_m: 170 })
  const ends = [['n0', 'n1'], ['n1', 'n2'], ['n2', 'n3'], ['n3', 'n4'], ['n1', 'n5']]
  const signal = (id: string, node: string): Signal => ({ id, source_id: id, nodes: [node], groups: [{ id: 'g', kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 1 }], conflicts: [] })
  const movement = (id: string, node: string, from: number, to: number, turn: 'through' | 'left', signal?: string) => ({ id, node, from: `l${from}`, to: `l${to}`, turn, ...(signal === undefined ? {} : { signal }) })
  const connection = (movement: string, signalised: boolean): Connection => ({ id: `c-${movement}`, movement, from_lane: 0, to_lane: 0, length_m: PATH, speed_mps: SPEED, conflicts_with: [], yields_to: [], ...(signalised ? { groups: [{ group: 'g', right_of_way: 'protected' as const }] } : {}) })
  const network: Network = {
    format: 'greenwave.network/1', name: 'made-up street', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes,
    links: ends.map(([from, to], i) => ({ id: `l${i}`, source_id: `l${i}`, from: from!, to: to!, length_m: LENGTHS[i]!, speed_mps: SPEED, lanes: [{ index: 0, width_m: 3.5, speed_mps: SPEED, length_m: LENGTHS[i]! }] })),
    movements: [movement('A', 'n1', 0, 1, 'through', 'A'), movement('plain', 'n2', 1, 2, 'through'), movement('B', 'n3', 2, 3, 'through', 'B'), movement('left', 'n1', 0, 4, 'left', 'A')],
    connections: [connection('A', true), connection('plain', false), connection('B', true), connection('left', true)], signals: [signal('A', 'n1'), signal('B', 'n3')],
  }
  return new RoadGraph(network)
}

/** Where a drive halts: at a place on its way, for so long. */
export interface Halt { at_m: number; for_s: number }

/** The way along links 0, 1, 2, 3; metres from the start of the first. Lines at 400 and at 840 m. */
export const STARTS = [0, 420, 640, 860]
export const LINE_A = 400
export const LINE_B = 840

/** Fixes every `interval_s` of a drive along the street from one place to another. */
export function drive(vehicle: string, from_s: number, halts: readonly Halt[], { interval_s = 1, from_m = 0, to_m = 1160, speeds = true, posterior = 1 } = {}): MatchedFix[] {
  const fixes: MatchedFix[] = []
  const [ends, legs]: [number, { at: number; t: number; stands: boolean }[]] = [to_m, [{ at: from_m, t: from_s, stands: false }]]
  let [t, at] = [from_s, from_m]
  for (const halt of halts) {
    t += (halt.at_m - at) / SPEED
    legs.push({ at: halt.at_m, t, stands: true }, { at: halt.at_m, t: t + halt.for_s, stands: false })
    t += halt.for_s
    at = halt.at_m
  }
  const end = t + (ends - at) / SPEED
  let before = -1
  for (let now = from_s; now <= end; now += interval_s) {
    const leg = legs.findLast((each) => each.t <= now)!
    const x = leg.stands ? leg.at : leg.at + (now - leg.t) * SPEED
    const link = STARTS.findLastIndex((start) => start <= x)
    fixes.push({
      vehicle, time_s: now, link, movement: -1, position_m: x - STARTS[link]!, offset_m: 0, speed_mps: speeds ? (leg.stands ? 0 : SPEED) : undefined, posterior,
      route: before < 0 ? [] : [0, 1, 2, 3].slice(before + 1, link + 1), first: before < 0,
    })
    before = link
  }
  return fixes
}
