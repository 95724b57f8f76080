// What is looked at from now on to tell what a treatment of a place does: its movements, a control, and the days so far.
import type { Follow, FollowedMovement } from '../../model/diagnosis.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Period } from '../../model/scenario.ts'
import type { DayState, TrafficState } from '../../model/traffic-state.ts'
import { chooseControl, dayMeans } from '../effect/index.ts'
import type { DelaySources } from './delays.ts'
import type { Site } from './sites.ts'

/** Days of a period; where it was not measured by itself, of everything. A state of one day is that day. */
export function dailyOf(state: TrafficState, { id }: Period): readonly DayState[] {
  const period = state.periods.find(({ period: own }) => own === id)
  const daily = period === undefined ? state.daily : period.daily
  if (daily.length > 0 || state.days.length !== 1) return daily
  const movements = (period?.movements ?? state.movements).flatMap(({ movement, from, to, control_delay_s, arrival_on_green, probes }) =>
    (control_delay_s.value === null ? [] : [{ movement, from, to, control_delay_s, day_delay_s: control_delay_s.value, arrival_on_green, probes }]))
  return [{ day: state.days[0]!, movements }]
}

/** `others`: movements of places that might be treated, too. `corridors`: movements along each corridor. */
export function followOf(graph: RoadGraph, site: Site, { states, volumes }: DelaySources, others: ReadonlySet<MovementId>, corridors: readonly ReadonlySet<MovementId>[], period: Period, daily: readonly DayState[]): Follow {
  const measured = new Map([...volumes].filter(([id]) => (states.get(id)?.control_delay_s.value ?? null) !== null))
  const movements = [...site.movements].flatMap((movement): FollowedMovement[] => (measured.has(movement) ? [{ movement, weight: measured.get(movement)! }] : []))
  const same_corridor = new Set(corridors.filter((along) => [...site.movements].some((id) => along.has(id))).flatMap((along) => [...along]))
  const control = chooseControl({ graph, site: site.movements, others, weights: measured, same_corridor })
  return { period: period.id, movements, control, days: dayMeans(daily, movements, control) }
}
