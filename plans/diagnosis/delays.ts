// What a site costs in vehicle hours a day, from delays and volumes of its movements; where no volume is known, from the places alone.
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Estimate, Grade, MovementState } from '../../model/traffic-state.ts'
import { bestIsolated } from './avoidable.ts'
import { avoidableOf, type Site } from './sites.ts'

export interface DelaySources {
  graph: RoadGraph
  patterns: ReadonlyMap<SignalId, Pattern>
  states: ReadonlyMap<MovementId, MovementState>
  /** Of every movement that is known, measured or from elsewhere, veh/h. */
  volumes: ReadonlyMap<MovementId, number>
  /** Hours of the day that the figures stand for. */
  hours: number
}

export interface SiteDelay {
  delay_veh_h: number
  avoidable_veh_h: number
  grade: Grade
  /** Delays of the vehicles seen only: nobody knows how many there are. */
  seen_only: boolean
}

const measuredDelay = ({ states }: DelaySources, id: MovementId): number | undefined => {
  const delay = states.get(id)?.control_delay_s.value
  return delay === undefined || delay === null ? undefined : Math.max(0, delay)
}

export function siteDelay(site: Site, sources: DelaySources, best: BestDelays): SiteDelay {
  const known = [...site.movements].filter((id) => sources.volumes.has(id) && measuredDelay(sources, id) !== undefined)
  if (known.length === 0) return ofPlaces(site)
  const bySignal = new Map<SignalId | undefined, { delay: number; needed: number }>()
  const byGrade = new Map<Grade, number>()
  for (const id of known) {
    const { signal } = sources.graph.getMovement(id)
    const volume = sources.volumes.get(id)!
    const delay = (volume * measuredDelay(sources, id)!) / 3600
    const sum = bySignal.get(signal) ?? { delay: 0, needed: 0 }
    bySignal.set(signal, { delay: sum.delay + delay, needed: sum.needed + (volume * (best.find(id) ?? 0)) / 3600 })
    const state = sources.states.get(id)!
    const grade = state.volume_vph.value === null ? 'E' : state.grade
    byGrade.set(grade, (byGrade.get(grade) ?? 0) + delay)
  }
  // A signal whose movements are better than isolated, by its coordination, does not pay for another.
  const avoidable = [...bySignal.values()].reduce((sum, { delay, needed }) => sum + Math.max(0, delay - needed), 0)
  const delay = [...bySignal.values()].reduce((sum, one) => sum + one.delay, 0)
  return { delay_veh_h: delay * sources.hours, avoidable_veh_h: avoidable * sources.hours, grade: worstOfMost(byGrade), seen_only: false }
}

function ofPlaces({ places }: Site): SiteDelay {
  const sum = (pick: (place: Site['places'][number]) => number): number => places.reduce((total, place) => total + pick(place), 0)
  return {
    delay_veh_h: sum(({ all, delay_veh_h_per_day }) => all?.delay_veh_h_per_day ?? delay_veh_h_per_day), avoidable_veh_h: sum(avoidableOf),
    grade: 'E', seen_only: places.some(({ all }) => all === null || all === undefined),
  }
}

/** The worst grade that a tenth of the delay rests on. */
function worstOfMost(byGrade: ReadonlyMap<Grade, number>): Grade {
  const all = [...byGrade.values()].reduce((sum, value) => sum + value, 0)
  return [...byGrade].filter(([, delay]) => delay >= 0.1 * all).map(([grade]) => grade).sort().at(-1) ?? 'E'
}

/** Delay of each movement under the best isolated timing of its signal; signals are solved once, when first asked. */
export class BestDelays {
  readonly #sources: DelaySources
  readonly #signals = new Map<SignalId, ReadonlyMap<MovementId, number>>()

  constructor(sources: DelaySources) {
    this.#sources = sources
  }

  /** undefined without a signal, a plan that runs, or volumes: nothing says that its traffic must wait. */
  find(movement: MovementId): number | undefined {
    const { graph, patterns, volumes } = this.#sources
    const { signal } = graph.getMovement(movement)
    const pattern = signal === undefined ? undefined : patterns.get(signal)
    if (signal === undefined || pattern === undefined) return undefined
    let delays = this.#signals.get(signal)
    if (delays === undefined) {
      const own = new Map(graph.listMovementsOfSignal(signal).flatMap(({ id }) => (volumes.has(id) ? [[id, volumes.get(id)!] as const] : [])))
      delays = bestIsolated(graph, signal, pattern, own)?.delay_s ?? new Map()
      this.#signals.set(signal, delays)
    }
    return delays.get(movement)
  }
}

/** Mean control delay over the vehicles of a site, with the interval of independent movements. */
export function meanDelay({ movements }: Site, { states, volumes }: DelaySources): Estimate {
  let [sum, weight, variance] = [0, 0, 0]
  for (const id of movements) {
    const delay = states.get(id)?.control_delay_s
    const volume = volumes.get(id)
    if (volume === undefined || delay === undefined || delay.value === null) continue
    sum += volume * delay.value
    weight += volume
    variance += (volume * ((delay.high ?? delay.value) - (delay.low ?? delay.value)) / 2) ** 2
  }
  if (weight <= 0) return { value: null, low: null, high: null }
  const half = Math.sqrt(variance) / weight
  return { value: sum / weight, low: sum / weight - half, high: sum / weight + half }
}
