import { describe, expect, test } from 'vitest'
import { checkNetwork, noteDoubts, type NetworkDoubt } from './check-network.ts'
import type { Network } from './network.ts'
import { buildStreets } from './streets/build.ts'
import { testTown } from './streets/test-town.ts'

function town(): Network {
  const { patterns: _, notes: __, ...parts } = buildStreets(testTown())
  return { format: 'greenwave.network/1', name: 'town', driving_side: 'right', coordinate_reference: { kind: 'local' }, ...parts }
}
const link = (network: Network, id: string): Network['links'][number] => network.links.find((candidate) => candidate.id === id)!
const drop = (network: Network, gone: (movement: Network['movements'][number]) => boolean): void => {
  const ids = new Set(network.movements.filter(gone).map(({ id }) => id))
  network.movements = network.movements.filter(({ id }) => !ids.has(id))
  network.connections = network.connections.filter(({ movement }) => !ids.has(movement))
}

/** Of each doubt: what is planted, and on which element it must be found. */
const PLANTED: [doubt: NetworkDoubt, element: string, plant: (network: Network) => void][] = [
  ['speed', 'A_B', (network) => { link(network, 'A_B').speed_mps = 200 / 3.6 }],
  ['speed', 'A_B', (network) => { link(network, 'A_B').speed_mps = 1 }],
  ['short-link', 'A_W', (network) => { link(network, 'A_W').length_m = 7 }],
  ['short-approach', 'W_A', (network) => { link(network, 'W_A').length_m = 20; link(network, 'W_A').shape_m = [[0, 0], [20, 0]] }],
  ['length', 'W_A', (network) => { link(network, 'W_A').length_m = 200 }],
  ['long-pocket', 'W_A', (network) => { link(network, 'W_A').lanes[1]!.length_m = 400 }],
  ['duplicate-link', 'copy', (network) => { network.links.push({ ...link(network, 'B_E'), id: 'copy' }) }],
  ['u-turn-only', 'B_A', (network) => {
    drop(network, ({ from }) => from === 'B_A')
    network.movements.push({ id: 'turn', node: 'A', from: 'B_A', to: 'A_B', turn: 'u-turn' })
  }],
  ['no-group', 'B', (network) => { for (const connection of network.connections) if (connection.movement.includes('B_A') || connection.movement.startsWith('A_B') || connection.movement.startsWith('BN_B') || connection.movement.startsWith('E_B')) delete connection.groups }],
  ['no-connection', 'W_A>A_AN', (network) => { network.connections = network.connections.filter(({ movement }) => movement !== 'W_A>A_AN') }],
  ['lane-without-path', 'W_A', (network) => { network.connections = network.connections.filter(({ movement, from_lane }) => !(movement.startsWith('W_A>') && from_lane === 1)) }],
  ['no-movement', 'AN_A', (network) => drop(network, ({ from }) => from === 'AN_A')],
  ['unreachable-exit', 'A_AS', (network) => drop(network, ({ to }) => to === 'A_AS')],
  ['dead-end', 'B_BN', (network) => {
    network.nodes.find(({ id }) => id === 'BN')!.kind = 'priority'
    network.links = network.links.filter(({ id }) => id !== 'BN_B')
    drop(network, ({ from }) => from === 'BN_B')
  }],
  ['disconnected', 'x', (network) => { network.nodes.push({ id: 'x', source_id: 'x', kind: 'boundary', x_m: 0, y_m: 900 }) }],
]

describe('checkNetwork', () => {
  test('finds nothing in a sound town', () => {
    expect(checkNetwork(town())).toEqual([])
  })

  test.each(PLANTED)('finds %s at %s', (doubt, element, plant) => {
    const network = town()
    plant(network)
    expect(checkNetwork(network).find((remark) => remark.doubt === doubt)?.elements).toContain(element)
  })

  test('leaves the network as it is', () => {
    const network = town()
    PLANTED[0]![2](network)
    const before = JSON.stringify(network)
    checkNetwork(network)
    expect(JSON.stringify(network)).toBe(before)
  })

  test('takes a lane for buses that leads nowhere as it is', () => {
    const network = town()
    link(network, 'W_A').lanes.push({ index: 2, width_m: 3, speed_mps: 13, length_m: link(network, 'W_A').length_m, allow: ['bus'] })
    expect(checkNetwork(network)).toEqual([])
  })

  test('speaks in one note a doubt, with the number and the first element', () => {
    const network = town()
    for (const id of ['W_A', 'A_B']) link(network, id).speed_mps = 50
    expect(noteDoubts(network, 'town.geojson')).toEqual([
      { kind: 'assumed', place: { file: 'town.geojson', element: 'link "W_A"' }, message: '2 link(s) have a speed limit under 5 or over 130 km/h (the first 180 km/h); it is taken as it stands' },
    ])
  })
})
