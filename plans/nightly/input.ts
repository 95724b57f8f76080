// Everything a corridor's night looks at, gathered once: the frozen day, the comparable days before it, the streets.
import { setImmediate } from 'node:timers/promises'
import { resolveCorridor, type ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { MovementId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { getCorridor } from '../street.ts'
import { hashOf } from '../ports/canonical.ts'
import type { FeedRecord } from '../ports/observations.ts'
import type { NetworkRecord } from '../ports/networks.ts'
import type { DayType } from '../ports/plans.ts'
import type { Store } from '../ports/store.ts'
import { type Calendar, dayTypeOf } from '../workflow/calendar.ts'
import { type DayFigures, figuresOf } from './figures.ts'
import { freezeDay } from './freeze.ts'
import type { NightTask } from './queue.ts'
import type { NightRules } from './rules.ts'

export interface NightInput {
  network: NetworkRecord
  scenario: Scenario
  graph: RoadGraph
  corridor: ResolvedCorridor
  /** Local date of what was measured: the day before the morning. */
  measured: string
  day_type: DayType
  /** Of that type, the measured one included, newest first. Empty where nothing was measured on that day. */
  days: DayFigures[]
  /** Signalised movements of the corridor, U-turns apart. */
  movements: MovementId[]
  feeds: FeedRecord[]
  /** SHA-256 of all of it. */
  hash: string
}

/** Days with a state that are searched for comparable ones. */
const SEARCHED_DAYS = 120

interface Gather {
  store: Store
  task: NightTask
  rules: NightRules
  calendar: Calendar
  signal: AbortSignal
}

/** Streets and days are the same for every corridor of a network's night: the last night's are kept. */
export class NightInputs {
  #key = ''
  #shared: Promise<Shared> | undefined

  /** Throws `request.unknown`, `corridor.unknown`, `input.value`. */
  async get({ store, task, rules, calendar, signal }: Gather): Promise<NightInput> {
    const network = await store.networks.get(task.network)
    if (network === undefined) throw new GreenwaveError('request.unknown', `there is no network "${task.network}"`)
    const key = JSON.stringify([network.id, network.hash, task.day])
    if (key !== this.#key || this.#shared === undefined) {
      this.#key = key
      const shared = this.#shared = readShared(store, network, task.day, { rules, calendar, signal })
      shared.catch(() => { if (this.#shared === shared) this.#shared = undefined })
    }
    const shared = await this.#shared
    const corridor = resolveCorridor(shared.graph, getCorridor(shared.scenario.scenario, task.corridor))
    const movements = corridor.corridor.intersections.flatMap((id) => shared.graph.listMovementsOfSignal(id)).filter(({ turn }) => turn !== 'u-turn').map(({ id }) => id)
    const hash = hashOf({ network: network.hash, corridor: task.corridor, day_type: shared.day_type, days: shared.days.map(({ day, hash: own }) => [day, own]), rules })
    return { ...shared, network, corridor, movements, hash }
  }
}

type Shared = Pick<NightInput, 'scenario' | 'graph' | 'measured' | 'day_type' | 'days' | 'feeds'>

async function readShared(store: Store, network: NetworkRecord, morning: string, { rules, calendar, signal }: Pick<Gather, 'rules' | 'calendar' | 'signal'>): Promise<Shared> {
  const number = parseDay(morning)
  if (number === undefined) throw new GreenwaveError('input.value', `the day is ${JSON.stringify(morning)}; it must be a date such as 2026-11-22`)
  const scenario = (await store.networks.scenario(network.id, network.version))!
  const measured = formatDay(number - 1)
  const day_type = dayTypeOf(calendar, number - 1)
  const state = await freezeDay(store, { network, scenario, day: measured, signal })
  const days = state === undefined ? [] : [figuresOf(measured, state)]
  const comparable = state === undefined ? [] : (await store.states.days(network.id, SEARCHED_DAYS)).filter((day) => day < measured && dayTypeOf(calendar, day) === day_type)
  for (const day of comparable.slice(0, rules.remembered_days - 1)) {
    // An embedded database answers without a pause; others have their turn between two days.
    await setImmediate()
    signal.throwIfAborted()
    days.push(figuresOf(day, (await store.states.day(network.id, day))!))
  }
  return { scenario, graph: new RoadGraph(scenario.network), measured, day_type, days, feeds: await store.feeds.list(network.id) }
}
