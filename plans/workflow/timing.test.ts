import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Scenario } from '../../model/scenario.ts'
import { approvedPlan, MONDAY_S, townOf, type Town } from './testing.ts'
import { timingReader } from './timing.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
const HOUR_S = 3600
const slot = { day_type: 'weekday' as const, start_s: 8 * HOUR_S, end_s: 9 * HOUR_S }

async function scheduled(): Promise<Town & { plan: string }> {
  const town = await townOf(scenario)
  const { id, version } = await approvedPlan(town)
  await town.workflow.schedule({ plan: id, expected: version, actor: 'engineer', slots: [slot] })
  return { ...town, plan: id }
}
const put = (town: Town, change: Partial<Scenario>): Promise<unknown> => town.store.networks.put('town', { ...scenario, ...change }, 'engineer', 1)

describe('what a cabinet must run', () => {
  it('is the plan in its hours, else the timing of before', async () => {
    const { store, plan } = await scheduled()
    const { currentTiming, currentTimings } = timingReader(store)
    const hours = [7.9, 8, 8.9, 9, 31].map((hour) => MONDAY_S + hour * HOUR_S)
    const found = await Promise.all(hours.map((at) => currentTiming('town', '2', at)))
    expect(found.map((timing) => timing.plan)).toEqual([undefined, plan, plan, undefined, undefined])
    const [before, during] = found
    expect(during!.pattern.offset_s).toBe(before!.pattern.offset_s + 1)
    expect(during!.compiled.offset_s).toBe(during!.pattern.offset_s)
    expect(during!.hash).not.toBe(before!.hash)
    expect(found[3]!.hash).toBe(before!.hash)
    expect(before!.until_s).toBe(MONDAY_S + 8 * HOUR_S)
    expect(during!.until_s).toBe(MONDAY_S + 9 * HOUR_S)
    expect(found[3]!.until_s).toBe(MONDAY_S + 24 * HOUR_S)
    expect((await currentTimings('town', hours[1]!)).map((timing) => `${timing.signal} ${timing.plan}`)).toEqual(['1', '2', '3', '4'].map((id) => `${id} ${plan}`))
    await expect(currentTiming('town', '99', 0)).rejects.toThrow('no signal "99"')
    await expect(currentTiming('city', '2', 0)).rejects.toThrow('no network "city"')
  })

  it('switches at the local time of the network, on days of 23 and 25 hours too', async () => {
    const berlin = { ...scenario, scenario: { ...scenario.scenario, time_zone: 'Europe/Berlin' } }
    const town = await townOf(berlin)
    const { id, version } = await approvedPlan(town)
    await town.workflow.schedule({ plan: id, expected: version, actor: 'engineer', slots: [{ day_type: 'sunday', start_s: 8 * HOUR_S, end_s: 9 * HOUR_S }] })
    const { currentTiming } = timingReader(town.store)
    for (const [day, offset_h] of [['2026-03-29', 2], ['2026-10-25', 1], ['2026-11-22', 1]] as const) {
      const at = Date.parse(`${day}T00:00:00Z`) / 1000 + (8 - offset_h) * HOUR_S
      expect((await currentTiming('town', '2', at - 1)).plan).toBeUndefined()
      expect(await currentTiming('town', '2', at - 1)).toMatchObject({ until_s: at })
      expect(await currentTiming('town', '2', at)).toMatchObject({ plan: id, until_s: at + HOUR_S })
      // The next midnight in Berlin.
      expect(await currentTiming('town', '2', at + HOUR_S)).toMatchObject({ until_s: at + 16 * HOUR_S })
    }
  })

  it('follows the calendar of the network', async () => {
    const { store } = await scheduled()
    const { currentTiming } = timingReader(store, { calendarOf: () => ({ holidays: ['2026-11-23'], working_days: ['2026-11-28'] }) })
    const at = async (day: number): Promise<boolean> => (await currentTiming('town', '2', MONDAY_S + (24 * day + 8.5) * HOUR_S)).plan !== undefined
    expect([await at(0), await at(1), await at(5), await at(6)]).toEqual([false, true, true, false])
  })

  it('is the timing of before where the evidence of a plan does not hold, and says why', async () => {
    const town = await scheduled()
    const { store, plan } = town
    const { currentTiming } = timingReader(store)
    const now = async () => currentTiming('town', '2', MONDAY_S + 8.5 * HOUR_S)
    const good = (await store.plans.get(plan))!
    await store.plans.update({ ...good, document: { ...good.document, intersections: good.document.intersections.map((one) => ({ ...one, offset_s: one.offset_s + 9 })) } }, good.version)
    expect(await now()).toMatchObject({ doubts: [`the document of plan "${plan}" is not the one of its hash`] })
    expect((await now()).plan).toBeUndefined()
    await store.plans.update({ ...good, stage: 'simulated' }, good.version + 1)
    expect(await now()).toMatchObject({ doubts: [`plan "${plan}" is simulated`] })
    await store.plans.update(good, good.version + 2)
    expect((await now()).plan).toBe(plan)
    // Somebody at the database leaves the version as it was: found as soon as the evidence is read again.
    let time = 0
    const believing = timingReader({ ...store, plans: { ...store.plans, get: async (id) => {
      const found = (await store.plans.get(id))!
      return time === 0 ? found : { ...found, evaluation: { ...found.evaluation!, runs: 99 } }
    } } }, { prove_s: 60, watch: () => time })
    const seen = async (at: number) => {
      time = at
      return (await believing.currentTiming('town', '2', MONDAY_S + 8.5 * HOUR_S)).plan
    }
    expect([await seen(0), await seen(59), await seen(60)]).toEqual([plan, plan, undefined])
    const broken = timingReader({ ...store, audit: { ...store.audit, list: async (filter, page) => {
      const found = await store.audit.list(filter, page)
      return { ...found, items: found.items.map((entry) => (entry.action === 'plan.approve' ? { ...entry, actor: 'boss' } : entry)) }
    } } })
    expect((await broken.currentTiming('town', '2', MONDAY_S + 8.5 * HOUR_S)).doubts[0]).toContain('is not what was written')
  })

  it('stays the plan when the network changes elsewhere, and goes when its own signal does', async () => {
    const elsewhere = await scheduled()
    await put(elsewhere, { demand: { ...scenario.demand, volumes: [] } })
    const at = MONDAY_S + 8.5 * HOUR_S
    expect((await timingReader(elsewhere.store).currentTiming('town', '2', at)).plan).toBe(elsewhere.plan)
    const here = await scheduled()
    const signals = scenario.network.signals.map((signal) => (signal.id === '3' ? { ...signal, groups: signal.groups.map((group) => ({ ...group, min_green_s: group.min_green_s + 1 })) } : signal))
    await put(here, { network: { ...scenario.network, signals } })
    const timing = await timingReader(here.store).currentTiming('town', '2', at)
    expect(timing.plan).toBeUndefined()
    expect(timing.doubts[0]).toContain('signal "3" is not the one')
  })

  it('is read again from the store once what was read is too old', async () => {
    const town = await scheduled()
    let [time, reads] = [0, 0]
    const store = { ...town.store, networks: { ...town.store.networks, get: (id: string) => { reads++; return town.store.networks.get(id) } } }
    const { currentTiming } = timingReader(store, { fresh_s: 1, watch: () => time })
    const plan = async () => (await currentTiming('town', '2', MONDAY_S + 8.5 * HOUR_S)).plan
    expect([await plan(), await plan(), await plan()]).toEqual([town.plan, town.plan, town.plan])
    expect(reads).toBe(1)
    const { version } = (await town.store.plans.get(town.plan))!
    await town.workflow.retire({ plan: town.plan, expected: version, actor: 'engineer', reason: 'worse' })
    time = 1
    expect(await plan()).toBeUndefined()
    expect(reads).toBe(2)
  })
})
