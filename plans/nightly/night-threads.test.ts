import { describe, expect, it } from 'vitest'
import { setTimeout } from 'node:timers/promises'
import type { SimulationPool } from '../../simulation/batch/index.ts'
import type { Network } from '../../model/network.ts'
import type { Reckoner } from '../reckoning/reckoner.ts'
import { NightThreads } from './night-threads.ts'

interface Given { pool: SimulationPool; reckoner: Reckoner }
/** Nobody looks at them before something is asked. */
const streets = (hash: string) => ({ hash, network: {} as Network })
const given = (threads: NightThreads, hash = 'a'): Promise<Given> => threads.use(streets(hash), (own) => Promise.resolve(own))

describe('threads of nights', () => {
  it('are the same for the next night; who plans is another for other streets', async () => {
    const threads = new NightThreads(0)
    const [first, second, third] = [await given(threads), await given(threads), await given(threads, 'b')]
    expect(second.pool).toBe(first.pool)
    expect(second.reckoner).toBe(first.reckoner)
    expect(third.pool).toBe(first.pool)
    expect(third.reckoner).not.toBe(first.reckoner)
    await threads.close()
    expect((await given(threads)).pool).not.toBe(first.pool)
    await threads.close()
  })

  it('are not shared by two nights at once, nor used again after a failure or a while', async () => {
    const threads = new NightThreads(0, 1)
    const first = await threads.use(streets('a'), async (own) => {
      expect((await given(threads)).pool).not.toBe(own.pool)
      return own
    })
    await setTimeout(20)
    const second = await given(threads)
    expect(second.pool).not.toBe(first.pool)
    let failed: SimulationPool | undefined
    await expect(threads.use(streets('a'), ({ pool }) => { failed = pool; return Promise.reject(new Error('cut off')) })).rejects.toThrow('cut off')
    expect((await given(threads)).pool).not.toBe(failed)
    await threads.close()
  })
})
