import { describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { emptyDemand } from '../model/demand.ts'
import { medianVolumes } from './median-volumes.ts'
import { planDaySchedules } from './schedule-days.ts'

describe('medianVolumes', () => {
  const standing = new Map([['a', 50], ['c', 7]])

  it('is the middle of what the days tell, and what stands where they tell nothing of a movement', () => {
    const days = [[10, null], [30, 40], [20, 60]].map((series) => new Map([['a', series]]))
    expect(medianVolumes(days, [standing, standing])).toEqual([new Map([['a', 20], ['c', 7]]), new Map([['a', 50], ['c', 7]])])
  })

  it('knows nothing of a quarter of an hour of which no day tells anything', () => {
    expect(medianVolumes([new Map([['a', [null, 0]]])], [standing, undefined])).toEqual([undefined, new Map([['a', 0]])])
  })
})

describe('planDaySchedules', () => {
  const request = { scenario_name: 'nanhu', options: {}, runs: 0, seed: 1, version: 'test', inputs: {} }

  it('refuses a day that is no date and days on which nobody counted the corridor', async () => {
    const { scenario } = await readScenario('scenarios/nanhu-avenue')
    await expect(planDaySchedules({ ...request, scenario, days: [{ day: '2026-02-30', demand: scenario.demand }] })).rejects.toThrow('the counts name the day "2026-02-30"')
    await expect(planDaySchedules({ ...request, scenario, days: [{ day: '2026-11-02', demand: emptyDemand() }] })).rejects.toThrow('hold no movement of the corridor')
  })
})
