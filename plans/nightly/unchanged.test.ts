import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { NightRecord } from '../ports/nights.ts'
import { giveStandingApproval } from '../workflow/standing.ts'
import { DEFAULT_RULES, type NightRules, replanCorridor } from './index.ts'
import { madeUpDay, measuredState, NETWORK, nightTown, type NightTown } from './testing.ts'

/** A Wednesday. */
const MORNING = '2026-11-25'
const later = (n: number): string => formatDay(parseDay(MORNING)! + n)
let scenario: Scenario
beforeAll(async () => {
  const whole = (await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))).scenario
  scenario = { ...whole, scenario: { ...whole.scenario, corridors: [{ id: 'west', name: 'West', intersections: whole.scenario.corridors[0]!.intersections.slice(0, 2) }] } }
})

/** A town whose first night deployed a plan. */
async function deployed(part: Partial<NightRules> = {}): Promise<NightTown> {
  const town = await nightTown(scenario, { morning: MORNING })
  town.options.rules = { ...town.options.rules, unchanged: DEFAULT_RULES.unchanged, rest_days: 0, ...part }
  await giveStandingApproval(town.store, { network: NETWORK, corridor: 'west', actor: 'administrator', now: town.at.now, until_s: town.at.now + 200 * 86_400 })
  expect((await night(town)).verdict).toBe('deployed')
  return town
}

async function night(town: NightTown, day = MORNING): Promise<NightRecord> {
  town.morning(day)
  return replanCorridor(town.options, { network: NETWORK, corridor: 'west', day }, { report: () => {}, signal: new AbortController().signal })
}

const measure = async ({ store }: NightTown, from: number, until: number): Promise<void> => {
  for (let n = from; n <= until; n++) await store.states.putDay(NETWORK, later(n - 1), madeUpDay(scenario, later(n - 1)))
}

describe('a period that was looked into', () => {
  it('is left as it is on the nights after, and says so, though a new plan would be proposed', async () => {
    const town = await deployed()
    await measure(town, 1, 2)
    for (const n of [1, 2]) expect(await night(town, later(n))).toMatchObject({ verdict: 'kept', plans: [], sentences: [expect.stringMatching(/: unchanged since 2026-11-24: no volume differs by more than a GEH of 1, and what was found best then runs\.$/)] })
    expect(town.says.planned).toBe(1)
  })

  it('is planned anew after some comparable days, the first by half of them and the last by all', async () => {
    const town = await deployed({ unchanged: { most_geh: 1, most_days: 2 } })
    await measure(town, 1, 3)
    await night(town, later(1))
    expect(town.says.planned).toBe(1)
    await night(town, later(2))
    await night(town, later(3))
    expect(town.says.planned).toBeGreaterThan(1)
  })

  it('is planned anew where what was found best does not run', async () => {
    const town = await nightTown(scenario, { morning: MORNING })
    town.options.rules = { ...town.options.rules, unchanged: DEFAULT_RULES.unchanged }
    expect((await night(town)).verdict).toBe('proposed')
    await measure(town, 1, 1)
    expect((await night(town, later(1))).verdict).toBe('proposed')
    expect(town.says.planned).toBe(2)
  })

  it('is left as it is where nothing better was found, until one movement has more vehicles', async () => {
    const town = await nightTown(scenario, { morning: MORNING })
    town.options.rules = { ...town.options.rules, unchanged: DEFAULT_RULES.unchanged, most_days: 5 }
    town.says.day_gain = 0
    await night(town)
    await measure(town, 1, 1)
    await night(town, later(1))
    expect(town.says.planned).toBe(1)
    // The median of five days is another as soon as three of them are.
    const busier = scenario.network.movements.find(({ signal, turn }) => signal === scenario.scenario.corridors[0]!.intersections[1] && turn === 'through')!.id
    const volumes = new Map(madeUpDay(scenario, MORNING).periods.flatMap(({ start_s, end_s, movements }) => movements.flatMap(({ movement, volume_vph }) =>
      Array.from({ length: (end_s - start_s) / 3600 }, (_, i) => [`${movement} ${start_s / 3600 + i}`, volume_vph.value!] as const))))
    for (const n of [1, 2, 5]) await town.store.states.putDay(NETWORK, later(n), measuredState(scenario, later(n), (movement, hour) => (volumes.get(`${movement} ${hour ?? 8}`) ?? 0) * (movement === busier ? 1.15 : 1)))
    await night(town, later(6))
    expect(town.says.planned).toBe(2)
  })

  it('is planned anew where the rules or the program are others', async () => {
    const town = await deployed()
    await measure(town, 1, 2)
    town.options.rules = { ...town.options.rules, gain_share: 0.02 }
    await night(town, later(1))
    expect(town.says.planned).toBe(2)
    town.options.version = '1'
    await night(town, later(2))
    expect(town.says.planned).toBe(3)
  })
})
