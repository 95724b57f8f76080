// Where a report takes its figures from: the stores of the service, or a scenario with a measured state.
import type { PlaceCard } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay } from '../../model/local-time.ts'
import type { PublicNotice, Publication } from '../../model/publication.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import type { Instant, TimeOfDay } from '../../model/units.ts'
import type { NightRecord } from '../ports/nights.ts'
import type { PlanRecord } from '../ports/plans.ts'
import type { LinkMinute } from '../ports/states.ts'
import type { Stores } from '../ports/store.ts'
import { entryAt, NO_HOLIDAYS, type Calendar } from '../workflow/index.ts'

export interface DailySources {
  name: string
  scenario: Scenario
  calendar: Calendar
  minutes(from_s: Instant, until_s: Instant): Promise<readonly LinkMinute[]>
  /** Of a local date. */
  state(day: string): Promise<TrafficState | undefined>
  cards(): Promise<readonly PlaceCard[]>
  nights(day: string): Promise<readonly NightRecord[]>
  plan(id: string): Promise<PlanRecord | undefined>
  /** Id of the plan that a corridor's schedule names; undefined for what ran before. `day` counts from 1970. */
  scheduled(corridor: string, day: number, time: TimeOfDay): Promise<string | undefined>
  notices(): Promise<readonly PublicNotice[]>
}

/** Throws `request.unknown` for a network that is not there. */
export async function storeSources(stores: Stores, network: string, calendar: Calendar = NO_HOLIDAYS): Promise<DailySources> {
  const record = await stores.networks.get(network)
  const scenario = record === undefined ? undefined : await stores.networks.scenario(network, record.version)
  if (record === undefined || scenario === undefined) throw new GreenwaveError('request.unknown', `There is no network ${JSON.stringify(network)}`)
  return {
    name: record.name, scenario, calendar,
    minutes: (from_s, until_s) => stores.states.minutes(network, from_s, until_s), state: (day) => stores.states.day(network, day), nights: (day) => stores.nights.list(network, day),
    plan: (id) => stores.plans.get(id),
    async cards() {
      const all: PlaceCard[] = []
      for (let after: string | undefined; ;) {
        const page = await stores.treatments.list(network, { limit: 1000, ...(after === undefined ? {} : { after }) })
        all.push(...page.items)
        after = page.next
        if (after === undefined) return all
      }
    },
    scheduled: async (corridor, day, time) => entryAt((await stores.schedules.get(network, corridor)).entries, calendar, day, time)?.plan,
    async notices() {
      const document = (await stores.snapshots.latest(network))?.document as Partial<Publication> | undefined
      return document?.notices ?? []
    },
  }
}

/** A measured state by itself, as `greenwave measure` writes it: its days, nothing of plans, nights or single minutes. */
export function stateSources(scenario: Scenario, state: TrafficState): DailySources {
  const none = async (): Promise<readonly never[]> => []
  return {
    name: scenario.scenario.name, scenario, calendar: NO_HOLIDAYS, minutes: none, cards: none, nights: none, notices: none, plan: async () => undefined, scheduled: async () => undefined,
    state: async (day) => (state.days.includes(day) ? state : undefined),
  }
}

/** The newest day of which anything is known before `now`, as a local date: measured, or else yesterday. */
export async function lastReportedDay(stores: Stores, network: string, yesterday: number): Promise<string> {
  return (await stores.states.days(network, 1))[0] ?? formatDay(yesterday)
}
