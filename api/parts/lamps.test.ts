import { expect, it } from 'vitest'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { holdNetwork } from './lamps.ts'

it('of several processes one follows the lamps of a network, and another once it is silent', async () => {
  const store = memoryStore({ now: () => 0 })
  const [first, second] = await Promise.all([holdNetwork(store, 'town', 'a', 1000), holdNetwork(store, 'town', 'b', 1000)])
  expect([first, second].filter(Boolean)).toHaveLength(1)
  const [holder, other] = first ? ['a', 'b'] : ['b', 'a']
  expect(await holdNetwork(store, 'town', other!, 1060)).toBe(false)
  expect(await holdNetwork(store, 'elsewhere', other!, 1060)).toBe(true)
  expect(await holdNetwork(store, 'town', holder!, 1060)).toBe(true)
  expect(await holdNetwork(store, 'town', other!, 1100)).toBe(false)
  expect(await holdNetwork(store, 'town', other!, 1140)).toBe(true)
  expect(await holdNetwork(store, 'town', holder!, 1141)).toBe(false)
})
