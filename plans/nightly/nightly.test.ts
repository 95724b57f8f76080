import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { NightRecord } from '../ports/nights.ts'
import { giveStandingApproval } from '../workflow/standing.ts'
import { type NightRules, morningReport, replanCorridor } from './index.ts'
import { cutOff, madeUpDay, NETWORK, nightTown, type NightTown } from './testing.ts'

/** A Wednesday; the days before are weekdays. */
const MORNING = '2026-11-25'
const CONTEXT = { report: () => {}, signal: new AbortController().signal }
const [WEST, EAST] = ['west', 'east']
let scenario: Scenario
beforeAll(async () => {
  const whole = (await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))).scenario
  const ids = whole.scenario.corridors[0]!.intersections
  scenario = { ...whole, scenario: { ...whole.scenario, corridors: [{ id: WEST!, name: 'West', intersections: ids.slice(0, 2) }, { id: EAST!, name: 'East', intersections: ids.slice(-2) }] } }
})

const night = (town: NightTown, day = MORNING, corridor = WEST!): Promise<NightRecord> => {
  town.morning(day)
  return replanCorridor(town.options, { network: NETWORK, corridor, day }, CONTEXT)
}
const allow = ({ store, at }: NightTown, corridor = WEST!) => giveStandingApproval(store, { network: NETWORK, corridor, actor: 'administrator', now: at.now, until_s: at.now + 200 * 86_400 })
const dayBefore = (day: string, n = 1): string => formatDay(parseDay(day)! - n)
/** `n` mornings on. */
const later = (n: number): string => dayBefore(MORNING, -n)
const mornings = (from: number, until: number): string[] => Array.from({ length: until - from + 1 }, (_, i) => later(from + i))
const open = (options: Partial<Parameters<typeof nightTown>[1]> = {}) => nightTown(scenario, { morning: MORNING, ...options })
const rules = (town: NightTown, part: Partial<NightRules>): void => { town.options.rules = { ...town.options.rules, ...part } }
const scheduled = async ({ store }: NightTown, corridor = WEST!): Promise<string[]> => [...new Set((await store.schedules.get(NETWORK, corridor)).entries.flatMap(({ plan }) => plan ?? []))]
/** Measures the day before each of these mornings. */
async function measure(town: NightTown, mornings: readonly string[], made: Parameters<typeof madeUpDay>[2] = {}): Promise<void> {
  for (const morning of mornings) await town.store.states.putDay(NETWORK, dayBefore(morning), madeUpDay(scenario, dayBefore(morning), made))
}

describe('a night', () => {
  it('leaves a proposal where nobody allows more, and says why', async () => {
    const town = await open()
    const record = await night(town)
    expect(record).toMatchObject({ verdict: 'proposed', plans: [expect.stringMatching(/^night-2026-11-25-weekday-/)] })
    expect(record.sentences[0]).toMatch(/better by 3 % or more on 2 of 2 comparable days, too plainly to ask more; .*offsets by up to 2 s.*-10\.0 %, with 95 % between -12\.0 % and -8\.0 %.*A person must decide: nobody allows greenwave/)
    expect((await town.store.plans.get(record.plans[0]!))!.stage).toBe('simulated')
    expect(await scheduled(town)).toEqual([])
    expect(await morningReport(town.store, NETWORK, MORNING)).toMatchObject({ verdicts: { proposed: 1 }, corridors: [{ corridor: WEST, plans: [{ stage: 'simulated', runs: 4 }] }, { corridor: EAST, plans: [] }] })
  })

  it('deploys where an administrator allows it, for such days', async () => {
    const town = await open()
    await allow(town)
    const record = await night(town)
    expect(record.verdict).toBe('deployed')
    // Where no person decides, all days are asked that the rules want.
    expect(record.sentences[0]).toMatch(/better by 3 % or more on 5 of 5 comparable days; /)
    expect((await town.store.schedules.get(NETWORK, WEST!)).entries).toEqual([{ day_type: 'weekday', start_s: 0, plan: record.plans[0] }])
    expect((await town.store.plans.get(record.plans[0]!))).toMatchObject({ stage: 'scheduled', author: 'greenwave', approver: 'administrator', evaluation: { runs: 10 } })
  })

  it('deploys nothing whose simulation ended early because a person would decide, though by now none need', async () => {
    const town = await open()
    const { tx } = town.store
    const record = (): Promise<never> => Promise.reject(new GreenwaveError('store.unreachable', 'cut off'))
    town.store.tx = (work) => tx.call(town.store, (stores) => work(Object.assign(Object.create(stores) as typeof stores, { nights: Object.assign(Object.create(stores.nights) as typeof stores.nights, { record }) }))) as ReturnType<typeof work>
    await expect(night(town)).rejects.toThrow('cut off')
    town.store.tx = tx
    await allow(town)
    expect(await night(town)).toMatchObject({ verdict: 'proposed', sentences: [expect.stringMatching(/A person must decide: the simulation ended after 4 of 10 seeds/)] })
  })

  it('done twice is done once, by whomever', async () => {
    const town = await open()
    await allow(town)
    const first = await night(town)
    town.at.now += 3600
    expect(await replanCorridor({ ...town.options }, { network: NETWORK, corridor: WEST!, day: MORNING }, CONTEXT)).toEqual(first)
    expect(town.says).toMatchObject({ planned: 1, simulated: 1 })
    expect((await town.store.plans.list({}, { limit: 100 })).items).toHaveLength(1)
  })

  it('keeps what runs without a gain on enough days, without one beyond chance, and where the plan would be the same', async () => {
    const town = await open()
    await allow(town)
    town.says.day_gain = 0.02
    expect(await night(town)).toMatchObject({ verdict: 'kept', plans: [], sentences: [expect.stringMatching(/better by 3 % on 0 of/)] })
    expect(town.says.simulated).toBe(0)

    const poor = await open()
    poor.says.choice_gain = 0
    expect(await night(poor)).toMatchObject({ verdict: 'kept', plans: [], sentences: [expect.stringMatching(/no better in the runs that told its candidates apart/)] })

    const unsure = await open()
    await allow(unsure)
    Object.assign(unsure.says, { gain: 0.04, interval: 0.05 })
    expect(await night(unsure)).toMatchObject({ verdict: 'kept', plans: [] })
    expect((await unsure.store.plans.list({}, { limit: 100 })).items).toMatchObject([{ stage: 'retired' }])

    const same = await open()
    same.says.offset_s = 0
    expect(await night(same)).toMatchObject({ verdict: 'kept', sentences: [expect.stringMatching(/what runs is what would be planned/)] })
  })

  it('tells candidates and single days apart in the steps of its rules', async () => {
    const town = await open()
    rules(town, { screening_step_s: 0.75 })
    const { plan, compareDay } = town.options
    const steps: (number | undefined)[] = []
    town.options.plan = (request) => { steps.push(request.choice_step_s); return plan!(request) }
    town.options.compareDay = (request) => { steps.push(request.step_s); return compareDay!(request) }
    await night(town)
    expect(steps).toEqual([0.75, 0.75, 0.75])
  })

  it('asks a person where the change is large, whatever the gain', async () => {
    const town = await open()
    await allow(town)
    // Half of it is taken up by moving the other signal the other way.
    town.says.offset_s = 24
    expect(await night(town)).toMatchObject({ verdict: 'proposed', sentences: [expect.stringMatching(/an offset moves by 12 s, more than 10 s/)] })
  })

  it('says what data are missing and plans nothing', async () => {
    const none = await open({ days: 0 })
    expect(await night(none)).toMatchObject({ verdict: 'no-data', sentences: ['Nothing was measured on 2026-11-24.'] })
    const few = await open({ days: 3 })
    expect((await night(few)).sentences).toEqual([expect.stringMatching(/^2 measured days are comparable.*5 are needed/)])
    const silent = await open()
    await measure(silent, [MORNING], { hours: [13, 20], feed: 'others', penetration: 0.005 })
    const { verdict, sentences } = await night(silent)
    expect(verdict).toBe('no-data')
    expect(sentences.join(' ')).toMatch(/0\.5 % of the vehicles were seen.*The feed "taxis" brought nothing.*from 06:00 to 13:00/)
    expect(silent.says.planned).toBe(0)
  })

  it('holds out a tenth of the periods, each for two weeks', async () => {
    const town = await open()
    rules(town, { held_out_share: 1 })
    expect(await night(town)).toMatchObject({ verdict: 'held-out', plans: [] })
    const { isHeldOut } = await import('./replan-period.ts')
    const { DEFAULT_RULES } = await import('./rules.ts')
    const task = { network: NETWORK, corridor: WEST!, day: MORNING }
    const held = (at: number): number => Array.from({ length: 1000 }, (_, i) => isHeldOut(task, String(i), at, DEFAULT_RULES)).filter(Boolean).length
    expect(held(20_000)).toBeGreaterThan(70)
    expect(held(20_000)).toBeLessThan(130)
    const which = (at: number): number[] => Array.from({ length: 200 }, (_, i) => i).filter((i) => isHeldOut(task, String(i), at, DEFAULT_RULES))
    expect(which(14 * 1400)).toEqual(which(14 * 1400 + 13))
    expect(which(14 * 1400)).not.toEqual(which(14 * 1401))
  })

  it('lets a corridor rest for three days after a change, and each period until five comparable days tell what the change did', async () => {
    const town = await open()
    await allow(town)
    await night(town)
    await measure(town, mornings(1, 10))
    const second = await night(town, later(1))
    expect(second).toMatchObject({ verdict: 'proposed' })
    expect(second.sentences.at(-1)).toMatch(/changed less than 3 days ago/)
    const third = await night(town, later(3))
    expect(third.sentences.at(-1)).toMatch(/still being measured \(0 of 5 days\)/)
    expect(third.sentences.at(-1)).not.toMatch(/3 days ago/)
    // What is proposed now knows more.
    expect((await town.store.plans.get(second.plans[0]!))!.stage).toBe('retired')
    expect((await night(town, later(9))).verdict).toBe('proposed')
    expect((await night(town, later(10))).verdict).toBe('deployed')
  })
})

describe('the first corridor to be changed', () => {
  it('goes alone until its effect is known', async () => {
    const town = await open()
    await allow(town, WEST)
    await allow(town, EAST)
    const records = [await night(town, MORNING, WEST), await night(town, MORNING, EAST)]
    expect(records.map(({ verdict }) => verdict).sort()).toEqual(['deployed', 'proposed'])
    const [first, other] = records[0]!.verdict === 'deployed' ? [WEST!, EAST!] : [EAST!, WEST!]
    expect(records.find(({ verdict }) => verdict === 'proposed')!.sentences.at(-1)).toMatch(new RegExp(`"${first}" goes first`))
    // Five comparable days beyond the first three: the weekdays up to the Friday after.
    await measure(town, mornings(1, 10))
    expect(await night(town, later(6), other)).toMatchObject({ verdict: 'proposed' })
    expect(await night(town, later(10), other)).toMatchObject({ verdict: 'deployed' })
  })
})

describe('a plan that makes things worse', () => {
  const signals = () => scenario.scenario.corridors[0]!.intersections

  it('goes back after two such days, to the plan before it, and is said', async () => {
    const town = await open()
    await allow(town)
    const good = await night(town)
    await measure(town, mornings(1, 10))
    town.says.offset_s = 7
    const bad = await night(town, later(10))
    expect(await scheduled(town)).toEqual(bad.plans)
    // Saturday is its first day; its first weekdays are Monday and Tuesday.
    await measure(town, [later(13)], { worse: { signals: signals(), factor: 1.5 } })
    expect((await night(town, later(13))).verdict).not.toBe('returned')
    await measure(town, [later(14)], { worse: { signals: signals(), factor: 1.5 } })
    const record = await night(town, later(14))
    expect(record.verdict).toBe('returned')
    expect(record.sentences[0]).toBe('Taken back: west 00:00-24:00: on 2026-12-07 and 2026-12-08 vehicles stopped more often than on nine of ten days before, the change elsewhere taken off.')
    expect(await scheduled(town)).toEqual(good.plans)
    expect((await town.store.plans.get(bad.plans[0]!))!.stage).toBe('retired')
  })

  it('stays where the whole town had such days', async () => {
    const town = await open()
    await allow(town)
    await night(town)
    await measure(town, [later(1), later(2), later(3)], { worse: { signals: scenario.network.signals.map(({ id }) => id), factor: 1.5 } })
    expect((await night(town, later(3))).verdict).not.toBe('returned')
  })
})

describe('a night that is cut off', () => {
  /** Everything that is left of it but times and versions of the audit. */
  const left = async ({ store }: NightTown) => ({
    night: await store.nights.get(NETWORK, WEST!, MORNING), schedule: (await store.schedules.get(NETWORK, WEST!)).entries,
    plans: (await store.plans.list({}, { limit: 100 })).items.map(({ id, stage, hash, reason }) => ({ id, stage, hash, reason })),
  })

  it('at any call of the store, and done again, leaves what a whole one leaves', async () => {
    const counted = cutOff(Infinity)
    const whole = await open({ wrap: counted.wrap })
    await allow(whole)
    await night(whole)
    const expected = await left(whole)
    expect(expected.night!.verdict).toBe('deployed')
    const calls = counted.count()
    expect(calls).toBeGreaterThan(60)
    // Some of them: another distance of the same loop tries others.
    for (let at = 1; at <= calls; at += 37) {
      const cut = cutOff(at)
      const town = await open({ wrap: cut.wrap })
      await allow(town)
      await expect(night(town)).rejects.toThrow('cut off')
      expect(await night(town)).toEqual(expected.night)
      expect(await left(town)).toEqual(expected)
    }
  })
})
