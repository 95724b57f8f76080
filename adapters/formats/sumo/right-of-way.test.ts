import { expect, it } from 'vitest'
import { validateNetwork } from '../../../model/validate.ts'
import { importStreet } from './fixtures/street.ts'

const { scenario } = await importStreet()
const { network } = scenario
const byId = new Map(network.connections.map((connection) => [connection.id, connection]))
const connection = (id: string) => byId.get(id) ?? expect.fail(`no connection ${id}`)

it('gives a network that the model accepts', () => {
  expect(() => validateNetwork(network)).not.toThrow()
  expect(network.links.map((link) => link.id)).not.toContain(':A_0')
})

it('joins the two internal lanes of a left turn and remembers where it waits', () => {
  const left = connection('M-A_2->A-As_0')
  expect(left.waiting_m).toBeGreaterThan(0)
  expect(left.length_m).toBeGreaterThan(left.waiting_m ?? Infinity)
  expect(connection('M-A_0->A-W_0').waiting_m).toBeUndefined()
})

it('lets the waiting left yield to the opposing street and not to the opposing left', () => {
  const left = connection('M-A_2->A-As_0')
  expect(new Set(left.yields_to)).toEqual(new Set(['W-A_0->A-As_0', 'W-A_0->A-M_0', 'W-A_1->A-M_1']))
  const opposing = connection('W-A_2->A-An_0')
  expect(left.conflicts_with).not.toContain(opposing.id)
  expect(opposing.conflicts_with).not.toContain(left.id)
})

it('reads the bits of the table from right to left', () => {
  // Row 0 of junction A: the right turn from the north merges with the through lanes of the main street (bits 4 and 5).
  expect(new Set(connection('An-A_0->A-W_0').yields_to)).toEqual(new Set(['M-A_0->A-W_0', 'M-A_1->A-W_1']))
  expect(connection('M-A_0->A-An_0').yields_to).toEqual([])
})

it('keeps conflicts symmetric and yields inside them', () => {
  for (const one of network.connections) {
    for (const foe of one.conflicts_with) expect(connection(foe).conflicts_with).toContain(one.id)
    for (const foe of one.yields_to) expect(one.conflicts_with).toContain(foe)
  }
})

it('keeps what only some vehicles may use', () => {
  expect(network.links.find((link) => link.id === 'M-Ms')?.lanes[0]?.allow).toEqual(['bus', 'bicycle'])
})
