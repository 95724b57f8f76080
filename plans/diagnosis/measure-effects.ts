// What was done and what it did, from stored days: the worklist gets each new day, and a change on a corridor is told by its days before and after.
import { listCrossings, resolveCorridor } from '../../model/corridor.ts'
import type { Effect, FollowedDay } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { parseDay } from '../../model/local-time.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { DayState, TrafficState } from '../../model/traffic-state.ts'
import { chooseControl, dayMeans, effectSentence, joinDays, measureEffect } from '../effect/index.ts'
import { hashOf } from '../ports/canonical.ts'
import type { Stores } from '../ports/store.ts'
import { getCorridor } from '../street.ts'
import { dailyOf } from './follow.ts'
import { mergeWorklist } from './worklist.ts'

/** Days that are looked at on each side of a change. */
const SIDE_DAYS = 35
const PAGE = 1000

/** Cards of the network get the measured day; those that were treated their effect, once there are days enough. Done twice changes nothing more. Answers the ids of cards that changed. */
export async function measureWorklist(stores: Pick<Stores, 'states' | 'treatments' | 'networks'>, network: string, day: string): Promise<string[]> {
  const state = await stores.states.day(network, day)
  const record = await stores.networks.get(network)
  const scenario = record === undefined ? undefined : await stores.networks.scenario(network, record.version)
  if (state === undefined || scenario === undefined) return []
  const changed: string[] = []
  for (let after: string | undefined; ;) {
    const page = await stores.treatments.list(network, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const { version, ...card } of page.items) {
      const period = scenario.scenario.periods.find(({ id }) => id === card.follow?.period)
      if (period === undefined) continue
      const [next] = mergeWorklist({ format: 'greenwave.worklist/1', cards: [card] }, [], day, { period: period.id, daily: dailyOf(state, period) }).cards
      if (hashOf(next) === hashOf(card)) continue
      await stores.treatments.put(network, next!, version)
      changed.push(card.id)
    }
    after = page.next
    if (after === undefined) return changed
  }
}

export interface CorridorEffectRequest {
  scenario: Scenario
  corridor: string
  /** In whose hours; the first of the scenario by default. */
  period?: string
  /** Local date of the change. */
  changed: string
  /** Local dates with a state, in any order. */
  days: readonly string[]
  state(day: string): Promise<TrafficState | undefined>
  kindOf?: (day: string) => string
  onProgress?: (share: number) => void
  signal?: AbortSignal
}

export interface CorridorEffect {
  corridor: string
  period: string
  changed: string
  effect: Effect
  sentence: string
  /** Movements of the corridor, and those elsewhere that tell what would have happened anyway. */
  movements: number
  control: number
  days: FollowedDay[]
}

/** Mean delay of the corridor's movements with the weights of before, against movements that share no link with it. Throws corridor.unknown, period.unknown, request.invalid. */
export async function corridorEffect({ scenario, corridor, period: asked, changed, days, state, kindOf, onProgress = () => {}, signal }: CorridorEffectRequest): Promise<CorridorEffect> {
  const at = parseDay(changed)
  if (at === undefined) throw new GreenwaveError('request.invalid', `the day of the change is ${JSON.stringify(changed)}; it must be a date such as 2026-11-21`)
  const graph = new RoadGraph(scenario.network)
  const period = periodOf(scenario, asked)
  const site = new Set(listCrossings(resolveCorridor(graph, getCorridor(scenario.scenario, corridor))).flatMap(({ movements }) => movements.map(({ id }) => id)))
  const near = days.filter((day) => Math.abs(parseDay(day)! - at) <= SIDE_DAYS).sort()
  const seen: DayState[] = []
  const weights = new Map<string, number>()
  for (const [i, day] of near.entries()) {
    signal?.throwIfAborted()
    const one = await state(day)
    if (one === undefined) continue
    // Fixed before the change: of a later mix of traffic it would be another measure.
    if (day < changed) for (const movement of one.periods.find((own) => own.period === period.id)?.movements ?? one.movements) weights.set(movement.movement, movement.volume_vph.value ?? movement.probes)
    seen.push(...dailyOf(one, period).filter((own) => own.day === day))
    onProgress((i + 1) / near.length)
  }
  const control = chooseControl({ graph, site, others: new Set(), weights, same_corridor: site })
  const movements = [...site].flatMap((movement) => ((weights.get(movement) ?? 0) > 0 ? [{ movement, weight: weights.get(movement)! }] : []))
  const followed = joinDays([], dayMeans(seen, movements, control))
  const effect = measureEffect({ days: followed, treated: changed, miss: 0.05, detectable_only: true, ...(kindOf === undefined ? {} : { kindOf }) })
  return { corridor, period: period.id, changed, effect, sentence: effectSentence(effect, `Delay on ${corridor}, ${period.id}`), movements: movements.length, control: control.length, days: followed }
}

function periodOf({ scenario: { periods } }: Scenario, asked: string | undefined): Period {
  const found = asked === undefined ? periods[0] : periods.find(({ id }) => id === asked)
  if (found === undefined) throw new GreenwaveError('period.unknown', asked === undefined ? 'the network names no period' : `no period ${JSON.stringify(asked)}; there are ${periods.map(({ id }) => id).join(', ')}`)
  return found
}
