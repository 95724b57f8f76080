import { describe, expect, it } from 'vitest'
import { resolveCorridor } from './corridor.ts'
import type { Connection, Link, Movement, Network, NetworkNode, Turn } from './network.ts'
import { RoadGraph } from './road-graph.ts'
import type { Signal } from './signal.ts'

/** A street w - S1 - m - S2 - e with a side street at S2; `m` is a node without a signal. */
function street(options: { oneWay?: boolean; gap?: boolean } = {}): Network {
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

const corridor = { id: 'c', name: 'c', intersections: ['S1', 'S2'] }

describe('resolveCorridor', () => {
  it('follows the straight way in both directions and measures stop line to stop line', () => {
    const resolved = resolveCorridor(new RoadGraph(street()), corridor)
    expect(resolved.outbound?.links).toEqual(['wS1', 'S1m', 'mS2', 'S2e'])
    expect(resolved.inbound?.links).toEqual(['eS2', 'S2m', 'mS1', 'S1w'])
    // 200 m + 300 m of links, one crossing at the signal and one at the node between.
    expect(resolved.outbound?.legs[0]?.distance_m).toBe(540)
    expect(resolved.outbound?.legs[0]?.speed_limit_mps).toBeCloseTo(10, 9)
    expect(resolved.inbound?.crossings.map(({ movements }) => movements[0]?.id)).toEqual(['eS2>S2m', 'mS1>S1w'])
  })

  it('resolves one direction of a one-way street', () => {
    const resolved = resolveCorridor(new RoadGraph(street({ oneWay: true })), corridor)
    expect(resolved.outbound).toBeDefined()
    expect(resolved.inbound).toBeUndefined()
  })

  it('names the pair whose links do not connect', () => {
    expect(() => resolveCorridor(new RoadGraph(street({ oneWay: true, gap: true })), corridor)).toThrow(/no links lead from signal S1 to signal S2/)
  })

  it('refuses a signal that is listed twice, is unknown, or stands alone', () => {
    const graph = new RoadGraph(street())
    expect(() => resolveCorridor(graph, { ...corridor, intersections: ['S1', 'S1'] })).toThrow(/names signal S1 twice/)
    expect(() => resolveCorridor(graph, { ...corridor, intersections: ['S1', 'S9'] })).toThrow(/no signal "S9"/)
    expect(() => resolveCorridor(graph, { ...corridor, intersections: ['S1'] })).toThrow(/needs at least 2/)
  })
})
