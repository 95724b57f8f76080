import { describe, expect, it } from 'vitest'
import { GreenwaveError } from './errors.ts'
import type { Network } from './network.ts'
import { validateNetwork } from './validate.ts'

const base = (): Network => ({
  format: 'greenwave.network/1', name: 'n', driving_side: 'right', coordinate_reference: { kind: 'local' },
  nodes: [{ id: 'a', source_id: 'a', kind: 'boundary', x_m: 0, y_m: 0 }, { id: 'b', source_id: 'b', kind: 'signal', x_m: 100, y_m: 0 }, { id: 'c', source_id: 'c', kind: 'boundary', x_m: 200, y_m: 0 }],
  links: [['ab', 'a', 'b'], ['bc', 'b', 'c']].map(([id, from, to]) => ({
    id: id as string, source_id: id as string, from: from as string, to: to as string, length_m: 100, speed_mps: 13.89, lanes: [{ index: 0, width_m: 3.5, speed_mps: 13.89, length_m: 100 }],
  })),
  movements: [{ id: 'ab>bc', node: 'b', from: 'ab', to: 'bc', turn: 'through', signal: 'b' }],
  connections: [{ id: 'k', movement: 'ab>bc', from_lane: 0, to_lane: 0, length_m: 10, speed_mps: 13.89, conflicts_with: [], yields_to: [], groups: [{ group: '2', right_of_way: 'protected' }] }],
  signals: [{ id: 'b', source_id: 'b', nodes: ['b'], groups: [{ id: '2', kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 1 }], conflicts: [] }],
})

function complaint(change: (network: Network) => void): GreenwaveError {
  const network = base()
  change(network)
  try {
    validateNetwork(network, 'x.json')
  } catch (error) {
    expect(error).toBeInstanceOf(GreenwaveError)
    return error as GreenwaveError
  }
  throw new Error('nothing was refused')
}

describe('validateNetwork', () => {
  it('passes a sound network', () => {
    expect(validateNetwork(base())).toEqual(base())
  })

  it.each<[string, (n: Network) => void, RegExp]>([
    ['a negative length', (n) => { n.links[0]!.length_m = -5 }, /x\.json, link "ab": length_m is -5; it must be a positive number/],
    ['a length that is no number', (n) => { n.links[0]!.lanes[0]!.length_m = Number.NaN }, /length_m of lane 0 is NaN/],
    ['two links of one id', (n) => { n.links.push({ ...n.links[0]! }) }, /link "ab" is there twice/],
    ['a signal without phases', (n) => { n.signals[0]!.groups = []; n.connections[0]!.groups = [] }, /signal "b": it has no phases/],
    ['a phase that serves no lane', (n) => { n.signals[0]!.groups.push({ id: '4', kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 1 }) }, /phase "4" serves no lane/],
    ['a lane that does not exist', (n) => { n.connections[0]!.to_lane = 3 }, /lane 3 does not exist on link "bc" with 1 lane/],
    ['an unknown node', (n) => { n.links[0]!.from = 'z' }, /node "z" does not exist/],
    ['an unknown signal group', (n) => { n.connections[0]!.groups = [{ group: '9', right_of_way: 'protected' }] }, /signal group "9" does not exist/],
    ['a conflict of unknown groups', (n) => { n.signals[0]!.conflicts = [['2', '7']] }, /group "7" does not exist/],
  ])('refuses %s with the place and the value', (_, change, sentence) => {
    const error = complaint(change)
    expect(error.message).toMatch(sentence)
    expect(error.exitCode).toBe(3)
  })
})
