// Worker threads need compiled code: built here, run there.
import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { Workload } from './workload.ts'

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
/** Vehicles that are given: their trips are the same for every seed and lie in memory that all threads read. */
const depart_s = Array.from({ length: 150 }, (_, i) => i * 4)
const given: Workload = {
  ...workload,
  demand: { ...demand, volumes: [], routes: [{ id: 'r', links: ['west>c0', 'c0>c1', 'c1>east'] }], vehicles: { depart_s, route: depart_s.map(() => 0), type: depart_s.map(() => 0) } },
}
const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, (_, part: unknown) => (ArrayBuffer.isView(part) ? Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64') : part))).digest('hex')

beforeAll(async () => {
  ;({ SimulationPool } = await import(pathToFileURL('dist/simulation/batch/pool.js').href) as typeof import('./pool.ts'))
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

  it('gives the same bytes on any number of threads, for drawn and for given vehicles, plain and stratified', async () => {
    const stratified = groups.map((group, index) => group.map((job) => ({ ...job, stratum: { index, of: groups.length, key: 1 } })))
    const pools = [0, 1, 2, 3].map(poolOf)
    const seen = new Set<string>()
    for (const load of [workload, given]) {
      for (const jobs of [groups, stratified]) {
        const hashes: string[] = []
        for (const pool of pools) hashes.push(hash(await pool.execute(load, jobs, { keep: true })))
        expect(new Set(hashes).size).toBe(1)
        seen.add(hashes[0]!)
      }
    }
    expect(seen.size).toBe(4)
  })

  it('gives records alone where whole results are not asked for', async () => {
    const pool = poolOf(2)
    const { records } = await pool.execute(given, groups, { keep: true })
    expect(await pool.execute(given, groups, { keep: false })).toEqual({ records, results: [] })
    expect(records.map(({ seed }) => seed)).toEqual([1, 1, 2, 2, 3, 3])
    expect(records[0]!.completed).toBe(150)
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

  it('can be aborted in the middle of a run, and works on', async () => {
    const pool = poolOf(2)
    const controller = new AbortController()
    // One run of a day: nobody would wait for its end.
    const long = { ...workload, window: { ...workload.window, measure_until_s: 86_400, stop_at_s: 90_000 } }
    const running = pool.run(long, [[{ plan: 0, seed: 1 }]], { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(running).rejects.toThrow('enough')
    expect(await pool.run(workload, groups)).toHaveLength(6)
  })
})
