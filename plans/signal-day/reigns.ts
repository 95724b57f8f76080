// Which plan a signal ran when on a local day, as the schedules have it now.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { hashOf } from '../ports/canonical.ts'
import type { Stores } from '../ports/store.ts'
import { patternOf } from '../street.ts'
import { dayTypeOf, entriesOn, entryAt, patternsRunning, type Calendar } from '../workflow/index.ts'

export interface Reign {
  from_s: TimeOfDay
  until_s: TimeOfDay
  plan: string | null
  pattern: Pattern | undefined
}

const DAY_S = 86_400

export interface ReignRequest {
  stores: Stores
  network: string
  scenario: Scenario
  graph: RoadGraph
  calendar: Calendar
  signal: SignalId
  /** Counts from 1970. */
  day: number
}

/** In order of time, without gaps; neighbours differ in their pattern. */
export async function reignsOf({ stores, network, scenario, calendar, signal, day }: ReignRequest): Promise<Reign[]> {
  const type = dayTypeOf(calendar, day)
  const corridors = scenario.scenario.corridors.filter(({ intersections }) => intersections.includes(signal))
  const schedules = await Promise.all(corridors.map(async ({ id }) => (await stores.schedules.get(network, id)).entries))
  const times = new Set([0, ...schedules.flatMap((entries) => entriesOn(entries, type).map(({ start_s }) => start_s)), ...scenario.timing.schedule.map(({ start_s }) => start_s)])
  const starts = [...times].filter((time) => time < DAY_S).sort((a, b) => a - b)
  const reigns: Reign[] = []
  for (const [i, from_s] of starts.entries()) {
    const pattern = scenario.timing.plans.length === 0 ? undefined : (await patternsRunning(stores, network, scenario, type, from_s)).get(signal)
    const plan = pattern === undefined ? null : await planOf(stores, schedules.flatMap((entries) => entryAt(entries, calendar, day, from_s)?.plan ?? []), signal, pattern)
    const last = reigns.at(-1)
    const until_s = starts[i + 1] ?? DAY_S
    if (last !== undefined && last.plan === plan && hashOf(last.pattern ?? null) === hashOf(pattern ?? null)) last.until_s = until_s
    else reigns.push({ from_s, until_s, plan, pattern })
  }
  return reigns
}

/** Of the plans that the schedule names, the one whose pattern runs: one whose evidence no longer holds does not. */
async function planOf(stores: Stores, ids: readonly string[], signal: SignalId, pattern: Pattern): Promise<string | null> {
  for (const id of ids) {
    const own = (await stores.plans.get(id))?.document.intersections.find((one) => one.signal === signal)
    if (own !== undefined && hashOf(patternOf(own)) === hashOf(pattern)) return id
  }
  return null
}
