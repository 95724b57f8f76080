import { expect, it } from 'vitest'
import type { Network } from '../../model/network.ts'
import { fedLinks } from './fed.ts'

/** Links in a row, each so long; a signal at the end of the first. */
function row(lengths: readonly number[]): Network {
  const links = lengths.map((length_m, l) => ({ id: `l${l}`, length_m }))
  const movements = lengths.slice(1).map((_, l) => ({ id: `m${l}`, from: `l${l}`, to: `l${l + 1}`, ...(l === 0 ? { signal: 's' } : {}) }))
  return { links, movements } as unknown as Network
}

it('a link is fed by a signal within 1,000 m, also through nodes without one; where vehicles enter it is not', () => {
  expect(fedLinks(row([300, 400, 500, 600]))).toEqual([false, true, true, false])
})

it('roads that go round in a circle end the search', () => {
  const circle = row([100, 100, 100])
  const { links, movements } = circle
  const round = { links, movements: [...movements.map(({ id, from, to }) => ({ id, from, to })), { id: 'back', from: 'l2', to: 'l0' }] } as unknown as Network
  expect(fedLinks(round)).toEqual([false, false, false])
})
