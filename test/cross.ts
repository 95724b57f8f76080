// A four-leg crossing for tests, by hand: permissive lefts on the through phases, a dual ring without left phases unless
// asked. Legs w, e, n, s; link `wx` enters from the west, `xw` leaves to it.
import type { Connection, Link, Movement, Network, NetworkNode, Turn } from '../model/network.ts'
import type { Signal } from '../model/signal.ts'

type Leg = 'w' | 'e' | 'n' | 's'

const OPPOSITE: Record<Leg, Leg> = { w: 'e', e: 'w', n: 's', s: 'n' }
const LEFT_OF: Record<Leg, Leg> = { w: 'n', e: 's', n: 'e', s: 'w' }
const RIGHT_OF: Record<Leg, Leg> = { w: 's', e: 'n', n: 'w', s: 'e' }
const PLACE: Record<string, [number, number]> = { w: [-300, 0], e: [300, 0], n: [0, 300], s: [0, -300] }
const THROUGH_PHASE: Record<Leg, string> = { w: '2', e: '6', n: '4', s: '8' }
const LEFT_PHASE: Record<Leg, string> = { w: '5', e: '1', n: '7', s: '3' }

/** `lefts`: 'permissive' on the through phase only, or protected-permissive with a left phase besides. */
export function cross(lefts: 'permissive' | 'protected-permissive'): Network {
  const legs: Leg[] = ['w', 'e', 'n', 's']
  const nodes: NetworkNode[] = [...legs.map((id) => ({ id: id as string, kind: 'boundary' as const })), { id: 'x', kind: 'signal' as const }]
    .map((node) => ({ ...node, source_id: node.id, x_m: PLACE[node.id]?.[0] ?? 0, y_m: PLACE[node.id]?.[1] ?? 0 }))
  const link = (from: string, to: string): Link => ({
    id: `${from}${to}`, source_id: `${from}${to}`, from, to, length_m: 300, speed_mps: 13.89, lanes: [{ index: 0, width_m: 3.5, speed_mps: 13.89, length_m: 300 }],
  })
  const movements: Movement[] = []
  const connections: Connection[] = []
  for (const leg of legs) {
    const turns: [Turn, Leg][] = [['through', OPPOSITE[leg]], ['left', LEFT_OF[leg]], ['right', RIGHT_OF[leg]]]
    for (const [turn, to] of turns) {
      const id = `${leg}${to}`
      const opposing = `${OPPOSITE[leg]}${leg}`
      const groups: NonNullable<Connection['groups']> = [{ group: THROUGH_PHASE[leg], right_of_way: turn === 'left' ? 'permissive' : 'protected' }]
      if (turn === 'left' && lefts === 'protected-permissive') groups.unshift({ group: LEFT_PHASE[leg], right_of_way: 'protected' })
      movements.push({ id, node: 'x', from: `${leg}x`, to: `x${to}`, turn, signal: 'x', name: id })
      connections.push({ id, movement: id, from_lane: 0, to_lane: 0, length_m: 20, speed_mps: 10, groups, conflicts_with: turn === 'left' ? [opposing] : [], yields_to: turn === 'left' ? [opposing] : [] })
    }
  }
  const phases = lefts === 'permissive' ? ['2', '4', '6', '8'] : ['1', '2', '3', '4', '5', '6', '7', '8']
  const signal: Signal = {
    id: 'x', source_id: 'x', nodes: ['x'],
    groups: phases.map((id) => ({ id, kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 2 })),
    conflicts: ['2', '6'].flatMap((a) => ['4', '8'].map((b): [string, string] => [a, b])),
  }
  return {
    format: 'greenwave.network/1', name: 'cross', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes,
    links: legs.flatMap((leg) => [link(leg, 'x'), link('x', leg)]), movements, connections, signals: [signal],
  }
}
