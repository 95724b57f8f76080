import { expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { placeHead, placeLinks } from './clusters.ts'

it('finds the head of a place, or where none was measured the link that leads out of it', async () => {
  const { network } = (await readScenario('scenarios/nanhu-avenue')).scenario
  const first = network.movements.find(({ turn, to }) => turn === 'through' && network.movements.some(({ from }) => from === to))!
  const source = (id: string): string => network.links.find((link) => link.id === id)!.source_id
  const links = [first.to, first.from].map(source)
  expect(placeHead(network, { links, head: source(first.from) })).toBe(first.from)
  expect(placeHead(network, { links })).toBe(first.to)
  expect(placeLinks(network, { links: [...links, 'elsewhere'] }).sort()).toEqual([first.from, first.to].sort())
  expect(placeHead(network, { links: ['elsewhere'] })).toBeUndefined()
})
