import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { compare } from './compare.ts'
import { groupJobs, simulatePlans, type SimulatePlansOptions } from './simulate-plans.ts'

const graph = countedStreet(['s', 's', 's'])
const base = { 'through': 300, 'left': 20, 'right': 40, 'u-turn': 0 }
const period = { start_s: 25_200, end_s: 28_800 }
const demand: Demand = {
  ...emptyDemand(), intervals: [{ id: 'h', ...period }],
  volumes: graph.network.movements.filter(({ turn }) => turn !== 'u-turn').map(({ id, turn }) => ({ movement: id, volume_vph: [/^[ns]/.test(id) ? base[turn] / 4 : base[turn]] })),
}

/** Cycle 60 s, main street green for the first 33 s after the offset. */
const plan = (id: string, offsets: number[]): { id: string; compiled: CompiledSignal[] } => ({
  id,
  compiled: offsets.map((offset_s, i) => ({
    signal: `c${i}`, cycle_s: 60, offset_s,
    groups: [
      { id: 'main', green_windows_s: [[0, 33]], yellow_s: 3, red_clearance_s: 2 },
      { id: 'side', green_windows_s: [[38, 55]], yellow_s: 3, red_clearance_s: 2 },
    ],
  })),
})

// 315 m at 15 m/s are 21 s: an eastbound wave, and offsets that meet everybody with red.
const WAVE = plan('wave', [0, 21, 42])
const AGAINST = plan('against', [0, 50, 40])
const corridor = resolveCorridor(graph, { id: 'c', name: 'c', intersections: ['c0', 'c1', 'c2'] })
const job: SimulatePlansOptions = { graph, demand, period, corridor, plans: [AGAINST, WAVE], seeds: [3, 1, 2], window_s: 600 }

describe('simulatePlans', () => {
  it('lets every plan meet the same vehicles, and tells a wave from its opposite', async () => {
    const { plans: [against, wave] } = await simulatePlans(job)
    expect(against!.evaluation.seeds).toEqual([3, 1, 2])
    against!.runs.forEach((run, i) => {
      expect([...wave!.runs[i]!.vehicles.trip]).toEqual([...run.vehicles.trip])
      expect(wave!.runs[i]!.vehicles_demanded).toBe(run.vehicles_demanded)
    })
    expect(wave!.evaluation.corridor.outbound.vehicles).toBeGreaterThan(30)
    expect(wave!.evaluation.corridor.outbound.stops.mean).toBeLessThan(against!.evaluation.corridor.outbound.stops.mean)
    expect(against!.evaluation.vehicle_updates).toBe(against!.runs.reduce((sum, { updates }) => sum + updates, 0))
  })

  it('gives the same again, whatever other plans and seeds run beside it', async () => {
    const [all, one] = [await simulatePlans(job), await simulatePlans({ ...job, plans: [WAVE], seeds: [2], trajectories: false, window: (await simulatePlans({ ...job, seeds: [1] })).window })]
    const perSeed = (from: typeof all, id: string): object => from.plans.find((entry) => entry.id === id)!.evaluation.per_seed.find(({ seed }) => seed === 2)!
    expect(perSeed(one, 'wave')).toEqual(perSeed(all, 'wave'))
    expect(one.plans[0]!.trajectories).toBeUndefined()
    expect(one.plans[0]!.evaluation.delay_s.ci95).toBeNull()
  })

  it('finds no difference between a plan and itself', async () => {
    const { plans: [a, b] } = await simulatePlans({ ...job, plans: [WAVE, { ...WAVE, id: 'again' }] })
    for (const { difference, verdict } of compare(a!.evaluation, b!.evaluation)) expect([difference.mean, difference.ci95, verdict]).toEqual([0, 0, 'undecided'])
  })

  it('records trajectories of the first seed only, and reports what it assumed and how far it is', async () => {
    const steps: string[] = []
    const { plans, assumptions, cpu_s } = await simulatePlans({ ...job, onProgress: (done, total) => steps.push(`${done}/${total}`) })
    expect(steps).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6'])
    for (const { runs, trajectories } of plans) {
      expect(runs.map((run) => run.trajectories !== undefined)).toEqual([true, false, false])
      expect(trajectories!.trip.length).toBeGreaterThan(10)
    }
    expect(assumptions[0]).toContain('07:00-08:00')
    expect(plans.reduce((sum, { evaluation }) => sum + evaluation.cpu_s, 0)).toBeCloseTo(cpu_s, 9)
  })

  it('ends when it is aborted, with the reason', async () => {
    const controller = new AbortController()
    const stopped = simulatePlans({ ...job, signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) })
    await expect(stopped).rejects.toThrow('enough')
    await expect(simulatePlans({ ...job, signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never')
  })

  it('refuses to run nothing and to run a seed twice', async () => {
    await expect(simulatePlans({ ...job, plans: [] })).rejects.toThrow('0 plans')
    await expect(simulatePlans({ ...job, seeds: [] })).rejects.toThrow('0 seeds')
    await expect(simulatePlans({ ...job, seeds: [1, 2, 1] })).rejects.toThrow('seed 1 is no whole number or is there twice')
    await expect(simulatePlans({ ...job, period: { start_s: 0, end_s: 60 } })).rejects.toThrow('no demand for 00:00-00:01')
  })

  it('stops as soon as it is clear that one plan is better, with whole seeds of both', async () => {
    const seeds = Array.from({ length: 12 }, (_, i) => i + 1)
    const decided = await simulatePlans({ ...job, seeds, until_decided: { before: 'against', after: 'wave', rule: { least_seeds: 3 } } })
    expect(decided.decision).toMatchObject({ verdict: 'better', decided: true, rule: { most_seeds: 12, alpha: 0.05, threshold: 1 } })
    expect(decided.decision!.difference).toBeLessThan(-1)
    expect(decided.decision!.seeds).toBeLessThan(12)
    for (const { evaluation } of decided.plans) expect(evaluation.seeds).toEqual(seeds.slice(0, decided.decision!.seeds))
    const other = await simulatePlans({ ...job, seeds, until_decided: { before: 'wave', after: 'against', rule: { least_seeds: 3 } } })
    expect(other.decision!.verdict).toBe('worse')
    expect(other.decision!.difference).toBeCloseTo(-decided.decision!.difference, 9)
    await expect(simulatePlans({ ...job, seeds, until_decided: { before: 'against', after: 'nothing' } })).rejects.toThrow('no plan "nothing"')
  })

  it('shares draws out over the seeds where asked, the same for every plan', async () => {
    const { plans: [against, wave] } = await simulatePlans({ ...job, stratified: true })
    const plain = await simulatePlans(job)
    against!.runs.forEach((run, i) => {
      expect(wave!.runs[i]!.vehicles_demanded).toBe(run.vehicles_demanded)
      expect([...wave!.runs[i]!.vehicles.trip]).toEqual([...run.vehicles.trip])
    })
    expect(against!.runs.map((run) => run.vehicles_demanded)).not.toEqual(plain.plans[0]!.runs.map((run) => run.vehicles_demanded))
  })
})

describe('groupJobs', () => {
  it('keeps the plans of a seed together, but for what is left over when all threads have had as many', () => {
    const shape = (seeds: number, threads: number): number[] => groupJobs(2, Array.from({ length: seeds }, (_, i) => i), threads, false).map((group) => group.length)
    expect(shape(4, 2)).toEqual([2, 2, 2, 2])
    expect(shape(5, 2)).toEqual([2, 2, 2, 2, 1, 1])
    expect(shape(2, 8)).toEqual([1, 1, 1, 1])
    expect(shape(3, 0)).toEqual([2, 2, 2])
  })
})
