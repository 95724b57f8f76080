// Movements of probes and of radar as one table.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Estimate, MovementState } from '../../model/traffic-state.ts'
import { SLOT_S, type RadarMeasures } from '../radar/index.ts'
import { anchorPenetration } from './estimates.ts'

export interface FusionOptions {
  /** Crossings of probes over a stop line, by the index of the movement. */
  crossingsOf(movement: number): readonly number[]
  /** Seconds in which probes were observed. */
  observed_s: number
  until_s: number
  dayOf(time_s: number): number
}

/** Radar that saw less of the time than this tells how many of the vehicles are probes, not the volume of the whole time. */
const WHOLE = 0.9
const NONE: Estimate = { value: null, low: null, high: null }

/** `states` in the order of movements, with those added that only radar saw. */
export function withRadar(graph: RoadGraph, states: readonly MovementState[], radar: readonly RadarMeasures[], options: FusionOptions): MovementState[] {
  const { movements } = graph.network
  const seen = new Map(radar.map((measures) => [movements[measures.movement]!.id, measures]))
  const known = new Map(states.map((state) => [state.movement, state]))
  return movements.flatMap(({ id }, m): MovementState[] => {
    const [state, measures] = [known.get(id), seen.get(id)]
    if (measures === undefined) return state === undefined ? [] : [state]
    return [state === undefined ? radarState(graph, measures, options) : fused(state, measures, m, options)]
  })
}

function radarState(graph: RoadGraph, measures: RadarMeasures, { until_s, dayOf }: FusionOptions): MovementState {
  const { id, from, to, turn, name, signal } = graph.network.movements[measures.movement]!
  return {
    movement: id, from: graph.getLink(from).source_id, to: graph.getLink(to).source_id, from_link: from, to_link: to, turn, ...(name === undefined ? {} : { name }), ...(signal === undefined ? {} : { signal }),
    volume_vph: measures.volume_vph, volume_method: 'radar', control_delay_s: NONE, stopped_delay_s: NONE, stops: NONE, second_stop_share: NONE, arrival_on_green: NONE, platoon_ratio: null, queue_max_m: measures.queue_max_m,
    queue_p95_m: measures.queue_p95_m, split_failure_share: NONE, blocked_share: NONE, penetration: NONE, saturation_flow_vphpl: measures.saturation_flow_vphpl, level_of_service: null,
    probes: 0, days: new Set(measures.slots.map(({ slot }) => dayOf(slot * SLOT_S))).size, counted: measures.counted, grade: 'B', method: 'radar', age_s: Math.max(0, until_s - measures.until_s),
  }
}

function fused(state: MovementState, measures: RadarMeasures, movement: number, { crossingsOf, observed_s, until_s }: FusionOptions): MovementState {
  const anchor = anchorPenetration(measures, SLOT_S, crossingsOf(movement))
  const counted = measures.observed_s >= WHOLE * observed_s || state.volume_vph.value === null
  return {
    ...state, counted: measures.counted, penetration: anchor.value === null ? state.penetration : anchor,
    volume_vph: counted ? measures.volume_vph : state.volume_vph, volume_method: counted ? 'radar' : state.volume_method ?? 'probes',
    queue_max_m: measures.queue_max_m.value === null ? state.queue_max_m : measures.queue_max_m, queue_p95_m: measures.queue_p95_m.value === null ? state.queue_p95_m : measures.queue_p95_m,
    saturation_flow_vphpl: measures.saturation_flow_vphpl.value === null ? state.saturation_flow_vphpl : measures.saturation_flow_vphpl,
    method: 'fused', grade: state.grade === 'C' ? 'A' : 'B', age_s: Math.min(state.age_s, Math.max(0, until_s - measures.until_s)),
  }
}
