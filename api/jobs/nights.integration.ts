// Nights with the real optimizer and the real simulation, by two processes on PostgreSQL of which one is killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { bossQueue } from '../../adapters/jobs/boss-queue.ts'
import { openStore } from '../../adapters/store/open-store.ts'
import { startPostgres } from '../../adapters/store/testing.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import { queueNights } from '../../plans/nightly/index.ts'
import { madeUpDay } from '../../plans/nightly/testing.ts'

const DAY = '2026-11-25'

it('replans every corridor once, though one of two workers is killed, and leaves each plan it made in one piece', async () => {
  const postgres = await startPostgres()
  const store = await openStore({ url: postgres.url })
  const boss = bossQueue({ url: postgres.url, jobs: store.jobs, clock: { now: () => Date.now() / 1000 } })
  const workers: ChildProcess[] = []
  try {
    const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))
    const ids = scenario.scenario.corridors[0]!.intersections
    const corridors = [0, 2, 4].map((i) => ({ id: `c${i}`, name: `Part ${i}`, intersections: ids.slice(i, i + 2) }))
    await store.networks.put('town', { ...scenario, scenario: { ...scenario.scenario, corridors } }, 'engineer', 0)
    for (let back = 1; back <= 9; back++) {
      const day = formatDay(parseDay(DAY)! - back)
      await store.states.putDay('town', day, madeUpDay({ ...scenario, scenario: { ...scenario.scenario, corridors } }, day))
    }
    const jobs = await queueNights(store, boss, { network: 'town', day: DAY, by: 'engineer' })
    expect(await queueNights(store, boss, { network: 'town', day: DAY, by: 'another' })).toEqual(jobs)
    const begin = (): ChildProcess => {
      const worker = spawn(process.execPath, ['dist/bench/night-worker.js', postgres.url, 'real'], { stdio: ['ignore', 'ignore', 'inherit'] })
      workers.push(worker)
      return worker
    }
    const first = begin()
    // In the middle of its first corridor.
    await expect.poll(async () => (await store.jobs.list({ state: 'running' }, { limit: 10 })).items.length, { timeout: 60_000, interval: 100 }).toBeGreaterThan(0)
    begin()
    first.kill('SIGKILL')
    await expect.poll(async () => Promise.all(jobs.map(async (id) => (await store.jobs.get(id))?.state)), { timeout: 240_000, interval: 500 }).toEqual(['done', 'done', 'done'])
    const nights = await store.nights.list('town', DAY)
    expect(nights.map(({ corridor }) => corridor)).toEqual(['c0', 'c2', 'c4'])
    expect(nights.filter(({ verdict }) => verdict === 'failed' || verdict === 'no-data')).toEqual([])
    const plans = (await store.plans.list({ network: 'town' }, { limit: 100 })).items
    expect(plans.every(({ stage }) => stage === 'simulated' || stage === 'retired')).toBe(true)
    expect(plans.filter(({ stage }) => stage === 'simulated').map(({ id }) => id).sort()).toEqual(nights.flatMap((night) => night.plans).sort())
  } finally {
    for (const worker of workers) worker.kill('SIGKILL')
    await boss.stop(0)
    await store.close()
    postgres.remove()
  }
}, 360_000)
