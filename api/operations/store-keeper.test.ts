import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GreenwaveError } from '../../model/errors.ts'
import type { Store } from '../../plans/ports/store.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { streetScenario } from '../../plans/testing/records.ts'
import { StoreKeeper } from './store-keeper.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function keeperOf(open: () => Promise<Store>) {
  const said: string[] = []
  const log = (_: object, message: string): void => { said.push(message) }
  return { keeper: new StoreKeeper({ kind: 'postgres', address: 'at db/town', open, log: { info: log, warn: log } }), said }
}
const away = new GreenwaveError('store.unreachable', 'the database at db/town cannot be reached: refused')

describe('the keeper of the store', () => {
  it('refuses with the reason until the store is open, and tries again while the database is not there', async () => {
    let tries = 0
    const { keeper, said } = keeperOf(async () => {
      tries++
      if (tries < 4) throw away
      return memoryStore()
    })
    // Taken before it is open, as routes do.
    const { networks } = keeper.store
    expect(() => networks.list()).toThrow(expect.objectContaining({ code: 'service.starting' }) as Error)
    const opened = keeper.start()
    await vi.advanceTimersByTimeAsync(1500)
    expect(keeper.trouble).toBe(away)
    await vi.advanceTimersByTimeAsync(2000)
    await opened
    expect(keeper.trouble).toBeUndefined()
    await networks.put('town', streetScenario(), 'li', 0)
    expect(await keeper.store.tx((stores) => stores.networks.list())).toMatchObject([{ id: 'town' }])
    expect(said).toEqual([away.message])
    await keeper.close()
  })

  it('gives up where trying again is of no use', async () => {
    const { keeper } = keeperOf(async () => { throw new GreenwaveError('store.version', 'too new') })
    await expect(keeper.start()).rejects.toMatchObject({ code: 'store.version' })
  })

  it('hears at once that the database died for good, by a look or from who used it', async () => {
    const broken = new GreenwaveError('store.broken', 'the embedded database in town ended by itself')
    const dead = async (): Promise<never> => { throw broken }
    const real = memoryStore()
    for (const store of [{ ...real, ping: dead }, { ...real, tx: dead }]) {
      const { keeper } = keeperOf(async () => store)
      await keeper.start()
      void keeper.store.tx(async () => {}).catch(() => {})
      await vi.advanceTimersByTimeAsync(1000)
      expect(await Promise.race([keeper.broken, undefined])).toBe(broken)
      await keeper.close()
    }
  })

  it('hears that the database fails or hangs, not by the first failure, and that it is back', async () => {
    const real = memoryStore()
    const pings: (() => Promise<void>)[] = []
    const { keeper, said } = keeperOf(async () => ({ ...real, ping: () => (pings[0] ?? real.ping)() }))
    await keeper.start()
    pings[0] = async () => { throw away }
    await vi.advanceTimersByTimeAsync(1000)
    expect(keeper.trouble).toBeUndefined()
    await vi.advanceTimersByTimeAsync(4000)
    expect(keeper.trouble).toBe(away)
    pings.pop()
    await vi.advanceTimersByTimeAsync(2000)
    expect(keeper.trouble).toBeUndefined()
    pings[0] = () => new Promise(() => {})
    await vi.advanceTimersByTimeAsync(8000)
    expect(keeper.trouble).toMatchObject({ code: 'store.unreachable', message: 'the database at db/town has not answered for 2 s' })
    expect(said).toEqual([away.message, 'the database at db/town answers again', 'the database at db/town has not answered for 2 s'])
    await keeper.close()
    expect(keeper.trouble).toMatchObject({ code: 'service.stopping' })
  })

  it('closes a store that is opened after it was told to stop', async () => {
    let closed = 0
    let open: (store: Store) => void = () => {}
    const { keeper } = keeperOf(() => new Promise((resolve) => { open = resolve }))
    const opened = keeper.start()
    await keeper.close()
    const real = memoryStore()
    open({ ...real, close: async () => { closed++ } })
    await opened
    expect(closed).toBe(1)
    expect(() => keeper.store.plans.get('x')).toThrow(expect.objectContaining({ code: 'service.stopping' }) as Error)
  })
})
