// For tests: a state that measured the scenario's own volumes and calm traffic everywhere.
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Estimate, MovementState, PlaceState, TrafficState } from '../../model/traffic-state.ts'
import { movementVolumes, resolvePeriod } from '../../simulation/demand/index.ts'

export const sure = (value: number | null): Estimate => ({ value, low: value === null ? null : value * 0.95, high: value === null ? null : value * 1.05 })
const none = sure(null)

export function calmState(scenario: Scenario): TrafficState {
  const graph = new RoadGraph(scenario.network)
  const volumes = movementVolumes(graph, scenario.demand, resolvePeriod(scenario))
  const movements = scenario.network.movements.map((movement): MovementState => ({
    movement: movement.id, from: movement.from, to: movement.to, from_link: movement.from, to_link: movement.to, turn: movement.turn, ...(movement.signal === undefined ? {} : { signal: movement.signal }),
    volume_vph: sure(volumes.get(movement.id) ?? null), control_delay_s: sure(12), stopped_delay_s: none, stops: none, second_stop_share: none, arrival_on_green: none, platoon_ratio: null,
    queue_max_m: none, queue_p95_m: sure(20), split_failure_share: none, blocked_share: none, penetration: none, saturation_flow_vphpl: none, level_of_service: 'B', probes: 200, days: 10, counted: 0,
    grade: 'A', method: 'probes', age_s: 60,
  }))
  return { format: 'greenwave.state/1', scenario: 'x', from_s: 0, until_s: 3600, days: ['2026-01-05'], movements, periods: [], daily: [], links: [], places: [], areas: [], signals: [], phases: [], feeds: [], coverage: 1 }
}

/** A stretch that is congested every day. */
export const congested = (own: Partial<PlaceState> = {}): PlaceState => ({
  kind: 'stretch', links: [], frequency: 1, days: 10, start_s: 0, end_s: 3600, delay_veh_h_per_day: 5, avoidable_veh_h_per_day: 3, growth: 'upstream', nature: 'recurrent', length_m: 900, duration_s: 1800,
  all: { volume_veh: 1000, delay_veh_h_per_day: 50, avoidable_veh_h_per_day: 30 }, avoidable_by: 'better-days', grade: 'C', ...own,
})
