// A small street for tests, drawn by hand so that every length is known.
import type { Connection, Link, Movement, Network, NetworkNode, Turn } from '../model/network.ts'
import type { Signal } from '../model/signal.ts'

/** A street w - S1 - m - S2 - e with a side street at S2; `m` is a node without a signal. */
export function street(options: { oneWay?: boolean; gap?: boolean } = {}): Network {
  const nodes: NetworkNode[] = ['w', 'S1', 'm', 'S2', 'e', 'n'].map((id, i) => ({ id, source_id: id, kind: id.startsWith('S') ? 'signal' : 'boundary', x_m: i * 200, y_m: 0 }))
  const link = (from: string, to: string, length_m = 200): Link => ({
    id: `${from}${to}`, source_id: `${from}${to}`, from, to, length_m, speed_mps: 10,
    lanes: [{ index: 0, width_m: 3.5, speed_mps: 10, length_m }],
  })
  const links = [link('w', 'S1'), link('S1', 'm'), link('S2', 'e'), link('n', 'S2'), link('S2', 'n')]
  if (options.gap !== true) links.push(link('m', 'S2', 300))
  if (options.oneWay !== true) links.push(link('e', 'S2'), link('S2', 'm', 300), link('m', 'S1'), link('S1', 'w'))
  const movements: Movement[] = []
  const connections: Connection[] = []
  const join = (from: string, to: string, turn: Turn, signal?: string): void => {
    if (!links.some(({ id }) => id === from) || !links.some(({ id }) => id === to)) return
    const id = `${from}>${to}`
    movements.push({ id, node: links.find((candidate) => candidate.id === from)?.to as string, from, to, turn, ...(signal === undefined ? {} : { signal }) })
    connections.push({ id, movement: id, from_lane: 0, to_lane: 0, length_m: 20, speed_mps: 10, conflicts_with: [], yields_to: [], ...(signal === undefined ? {} : { groups: [{ group: 'g', right_of_way: 'protected' as const }] }) })
  }
  join('wS1', 'S1m', 'through', 'S1'); join('S1m', 'mS2', 'through'); join('mS2', 'S2e', 'through', 'S2')
  join('eS2', 'S2m', 'through', 'S2'); join('S2m', 'mS1', 'through'); join('mS1', 'S1w', 'through', 'S1')
  join('nS2', 'S2e', 'left', 'S2'); join('mS2', 'S2n', 'left', 'S2'); join('eS2', 'S2n', 'right', 'S2')
  const signals: Signal[] = ['S1', 'S2'].map((id) => ({ id, source_id: id, nodes: [id], groups: [{ id: 'g', kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 1 }], conflicts: [] }))
  return { format: 'greenwave.network/1', name: 'street', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes, links, movements, connections, signals }
}
