// A straight street of crossings for tests of demand: signals (or unsignalised crossings) in a row from west to east, a side
// street at each, one lane everywhere. Links are named from>to, movements from>node>to.
import type { Connection, Link, Movement, Network, NetworkNode, Turn } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Signal } from '../model/signal.ts'

const SPACING_M = 300
const SIDE_M = 200
const SPEED_MPS = 15

/** Clockwise from north, so that the difference of two arms is the turn. */
const ARMS = ['N', 'E', 'S', 'W'] as const
const TURN_BY_STEPS: Turn[] = ['u-turn', 'left', 'through', 'right']

/** `kinds` from west to east: 's' a signal, 'p' an unsignalised crossing. */
export function countedStreet(kinds: readonly ('s' | 'p')[]): RoadGraph {
  const at = (i: number): string => (i < 0 ? 'west' : i >= kinds.length ? 'east' : `c${i}`)
  const nodes: NetworkNode[] = [-1, ...kinds.map((_, i) => i), kinds.length].map((i) => ({
    id: at(i), source_id: at(i), kind: kinds[i] === undefined ? 'boundary' : kinds[i] === 's' ? 'signal' : 'priority', x_m: i * SPACING_M, y_m: 0,
  }))
  const links: Link[] = []
  const join = (a: string, b: string, length_m: number): void => {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const lanes = [{ index: 0, width_m: 3.5, speed_mps: SPEED_MPS, length_m }]
      links.push({ id: `${from}>${to}`, source_id: `${from}>${to}`, from, to, length_m, speed_mps: SPEED_MPS, lanes })
    }
  }
  for (let i = -1; i < kinds.length; i++) join(at(i), at(i + 1), SPACING_M)
  kinds.forEach((_, i) => {
    for (const [side, y_m] of [['n', SIDE_M], ['s', -SIDE_M]] as const) {
      nodes.push({ id: `${side}${i}`, source_id: `${side}${i}`, kind: 'boundary', x_m: i * SPACING_M, y_m })
      join(`${side}${i}`, at(i), SIDE_M)
    }
  })
  const movements = kinds.flatMap((kind, i) => movementsOf(at(i), [`n${i}`, at(i + 1), `s${i}`, at(i - 1)], kind === 's'))
  const connections = movements.map((movement): Connection => ({
    id: movement.id, movement: movement.id, from_lane: 0, to_lane: 0, length_m: 15, speed_mps: 8, conflicts_with: [], yields_to: [],
    ...(movement.signal === undefined ? {} : { groups: [{ group: /[ns]\d/.test(movement.from) ? 'side' : 'main', right_of_way: 'permissive' as const }] }),
  }))
  const network: Network = {
    format: 'greenwave.network/1', name: 'street', driving_side: 'right', coordinate_reference: { kind: 'local' },
    nodes, links, movements, connections, signals: kinds.flatMap((kind, i) => (kind === 's' ? [signalAt(at(i))] : [])),
  }
  return new RoadGraph(network)
}

function movementsOf(node: string, neighbours: string[], signalised: boolean): Movement[] {
  return ARMS.flatMap((_, a) => ARMS.map((_, b): Movement => {
    const [from, to] = [neighbours[a] as string, neighbours[b] as string]
    return {
      id: `${from}>${node}>${to}`, node, from: `${from}>${node}`, to: `${node}>${to}`,
      turn: TURN_BY_STEPS[(b - a + 4) % 4] as Turn, ...(signalised ? { signal: node } : {}),
    }
  }))
}

function signalAt(node: string): Signal {
  return {
    id: node, source_id: node, nodes: [node], conflicts: [['main', 'side']],
    groups: ['main', 'side'].map((id) => ({ id, kind: 'vehicle' as const, min_green_s: 5, yellow_s: 3, red_clearance_s: 2 })),
  }
}
