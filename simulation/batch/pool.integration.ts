// Worker threads need compiled code: built here, run there.
import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { Workload } from './workload.ts'

const OUT = 'node_modules/.cache/greenwave-pool-test'
let SimulationPool: typeof import('./pool.ts').SimulationPool

const graph = countedStreet(['s', 's'])
const span = { start_s: 0, end_s: 600 }
const demand: Demand = {
  ...emptyDemand(), intervals: [{ id: 'i', ...span }],
  volumes: graph.network.movements.filter(({ turn }) => turn !== 'u-turn').map(({ id, turn }) => ({ movement: id, volume_vph: [turn === 'through' ? 250 : 30] })),
}
const workload: Workload = {
  network: graph.network, demand, period: span, growth: 1, plans: [[], []], model: 'idm', step_s: 0.5, trajectories_of_seed: 1,
  corridor: { outbound: [['west>c0', 'c0>c1', 'c1>east']], inbound: [] },
  window: { start_s: 0, measure_from_s: 120, measure_until_s: 600, stop_at_s: 3600, assumptions: [] },
}
const groups = [1, 2, 3].map((seed) => [{ plan: 0, seed }, { plan: 1, seed }])

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', OUT, '--incremental', 'false', '--tsBuildInfoFile', 'null'], { stdio: 'pipe' })
  ;({ SimulationPool } = await import(pathToFileURL(`${OUT}/simulation/batch/pool.js`).href) as typeof import('./pool.ts'))
})

describe('SimulationPool', () => {
  const pools: { close(): Promise<void> }[] = []
  const poolOf = (threads: number): InstanceType<typeof SimulationPool> => {
    const pool = new SimulationPool(threads)
    pools.push(pool)
    return pool
  }
  afterAll(() => Promise.all(pools.map((pool) => pool.close())))

  it('gives on two threads, batch after batch, what one thread gives', async () => {
    const [two, none] = [poolOf(2), poolOf(0)]
    const expected = await none.run(workload, groups)
    expect([two.size, none.size]).toEqual([2, 0])
    expect(await two.run(workload, groups)).toEqual(expected)
    expect(await two.run(workload, groups)).toEqual(expected)
    expect(expected.map(({ seed }) => seed)).toEqual([1, 1, 2, 2, 3, 3])
  })

  it('brings an error of the input home with its code, and works on', async () => {
    const pool = poolOf(2)
    const network = { ...graph.network, links: graph.network.links.map((link) => ({ ...link, lanes: [] })) }
    await expect(pool.run({ ...workload, network }, groups)).rejects.toMatchObject({ name: 'GreenwaveError', code: 'input.value' })
    expect(await pool.run(workload, groups)).toHaveLength(6)
  })

  it('stops when it is aborted', async () => {
    const controller = new AbortController()
    const many = Array.from({ length: 200 }, (_, i) => [{ plan: 0, seed: i + 1 }])
    let done = 0
    const running = poolOf(2).run(workload, many, { signal: controller.signal, onProgress: (n) => { done = n; controller.abort(new Error('enough')) } })
    await expect(running).rejects.toThrow('enough')
    expect(done).toBeLessThan(200)
  })
})
