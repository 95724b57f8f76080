import { beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Scenario } from '../../model/scenario.ts'
import { periodsApart } from '../periods-apart.ts'
import type { Store } from '../ports/store.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { diagnoseDay, type DiagnosisTask } from './index.ts'
import { calmState, sure } from './testing.ts'

const DAY = '2026-01-05'
const task: DiagnosisTask = { network: 'town', day: DAY, runs: 0, seed: 1, places: 3, owner: 'Wang Fang' }
const context = { report: () => {}, signal: new AbortController().signal }
let scenario: Scenario
let store: Store
beforeAll(async () => {
  scenario = (await readScenario('scenarios/textbook-arterial')).scenario
  store = memoryStore({ now: () => 0 })
  await store.networks.put('town', scenario, 'li', 0)
})

describe('a measured day', () => {
  it('without a fix brings no card, and says so', async () => {
    expect(await diagnoseDay({ store, clock: { now: () => 0 } }, task, context)).toEqual({ day: DAY, cards: [], new_cards: 0, sentence: `Nothing was measured on ${DAY}.` })
  })

  it('becomes cards of each named period, with somebody who sees to them by a date, and comes again without touching what people did', async () => {
    const calm = calmState(scenario)
    const [period] = scenario.scenario.periods
    const jam = calm.movements.map((one) => ({ ...one, control_delay_s: sure(140), split_failure_share: sure(0.6), queue_p95_m: sure(160) }))
    await store.states.putDay('town', DAY, { ...calm, movements: calm.movements, periods: [{ period: period!.id, start_s: period!.start_s, end_s: period!.end_s, movements: jam, daily: [], links: [] }] })
    const heard: string[] = []
    const first = await diagnoseDay({ store, clock: { now: () => 0 } }, task, { ...context, report: (_, label) => { heard.push(label) } })
    expect(heard[0]).toBe('reading the day')
    expect([first.cards.length, first.new_cards]).toEqual([3, 3])
    const { items } = await store.treatments.list('town', { limit: 10 })
    expect(items.map(({ id }) => id).toSorted()).toEqual(first.cards.toSorted())
    const explained = items.filter(({ findings }) => findings.length > 0)
    expect(explained.length).toBeGreaterThan(0)
    for (const { id, owner, due, history } of explained) {
      expect(id.endsWith(`@${period!.id}`)).toBe(true)
      expect(owner).toBe('Wang Fang')
      expect(due! > DAY).toBe(true)
      expect(history[0]).toMatchObject({ status: 'found', date: DAY, by: 'greenwave' })
    }
    const { version, ...card } = explained[0]!
    await store.treatments.put('town', { ...card, owner: 'Zhao Lei', due: '2026-02-01', notes: [{ date: DAY, by: 'zhao', note: 'bus lane planned' }] }, version)
    expect(await diagnoseDay({ store, clock: { now: () => 0 } }, task, context)).toMatchObject({ cards: first.cards, new_cards: 0 })
    expect(await store.treatments.get('town', card.id)).toMatchObject({ owner: 'Zhao Lei', due: '2026-02-01', notes: [{ note: 'bus lane planned' }] })
  })

  it('is refused of a network that is not there', async () => {
    await expect(diagnoseDay({ store, clock: { now: () => 0 } }, { ...task, network: 'nowhere' }, context)).rejects.toThrow('no network "nowhere"')
  })
})

describe('periods of a state', () => {
  it('that overlap one before them are left out where the day is summed up', () => {
    const span = (period: string, start_s: number, end_s: number) => ({ period, start_s, end_s, movements: [], daily: [], links: [] })
    expect(periodsApart({ periods: [span('07', 25_200, 28_800), span('08', 28_800, 32_400), span('peak', 27_000, 32_400), span('night', 0, 3600)] }).map(({ period }) => period)).toEqual(['07', '08', 'night'])
  })
})
