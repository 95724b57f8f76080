// The evidence about one signal: measured state, the pattern that runs, and what its lanes can carry.
import { compileSignal } from '../../model/compile.ts'
import type { Movement, MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, Signal, SignalId } from '../../model/signal.ts'
import type { MovementState, SignalAudit } from '../../model/traffic-state.ts'
import { minimumCycle } from '../../model/validate-timing.ts'
import { laneGroupState, listLaneGroups, type LaneGroup, type LaneGroupState } from '../../optimizer/capacity/index.ts'
import { leastGreen } from '../../optimizer/splits/index.ts'
import { criticalFlow, type MovementEvidence, type PlaceEvidence } from '../../state/diagnosis/index.ts'

export interface MeasuredSignal {
  graph: RoadGraph
  signal: SignalId
  /** What runs there. */
  pattern: Pattern
  /** Of the whole network, by movement. */
  states: ReadonlyMap<MovementId, MovementState>
  /** Known from elsewhere (counts, the scenario's demand), for movements whose volume was not measured, veh/h. */
  volumes: ReadonlyMap<MovementId, number>
  /** Movements along a corridor. */
  on_corridor: ReadonlySet<MovementId>
  off_peak: boolean
  audits?: readonly SignalAudit[]
}

/** Shorter than its link by more than this, a lane is a turn pocket. */
const POCKET_M = 5

/** Volume of each movement of a signal: measured, else from elsewhere; those known from neither are absent. */
export function signalVolumes({ graph, signal, states, volumes }: MeasuredSignal): Map<MovementId, number> {
  return new Map(graph.listMovementsOfSignal(signal).flatMap(({ id }) => {
    const value = states.get(id)?.volume_vph.value ?? volumes.get(id)
    return value === undefined ? [] : [[id, value]]
  }))
}

/** undefined where no movement's volume is known: nothing can be told of such a signal. */
export function gatherEvidence(measured: MeasuredSignal): PlaceEvidence | undefined {
  const { graph, pattern, off_peak } = measured
  const signal = graph.getSignal(measured.signal)
  const volumes = signalVolumes(measured)
  if (volumes.size === 0) return undefined
  const compiled = compileSignal(signal, pattern)
  const laneGroups = listLaneGroups(graph, signal.id, volumes)
  const loads = laneGroups.map((group) => ({ group, state: laneGroupState(compiled, group) }))
  const movements = graph.listMovementsOfSignal(signal.id).flatMap((movement) => {
    const load = loads.find(({ group }) => group.movements.includes(movement.id))
    return load === undefined || !volumes.has(movement.id) ? [] : [evidenceOf(measured, movement, volumes.get(movement.id)!, load)]
  })
  const place: PlaceEvidence = {
    signal: signal.id, cycle_s: compiled.cycle_s, lost_time_s: 0, movements, conflicts: signal.conflicts, off_peak,
    min_green_s: Object.fromEntries(signal.groups.map((group) => [group.id, leastGreen(group)])), min_cycle_s: minimumCycle(signal, pattern),
    ...auditOf(measured, signal),
  }
  // A start-up of 2 s is lost and 2 s of yellow are used: what is lost per critical phase is its yellow and red clearance.
  const critical = criticalFlow(place).groups
  const lost = signal.groups.filter(({ id }) => critical.includes(id)).reduce((sum, { yellow_s, red_clearance_s }) => sum + yellow_s + red_clearance_s, 0)
  return { ...place, lost_time_s: lost }
}

interface Load {
  group: LaneGroup
  state: LaneGroupState
}

function evidenceOf({ graph, states, on_corridor, pattern }: MeasuredSignal, movement: Movement, volume: number, { group, state }: Load): MovementEvidence {
  const link = graph.getLink(movement.from)
  const connections = graph.listConnections(movement.id)
  const lanes = new Set(connections.map(({ from_lane }) => from_lane))
  const others = graph.listMovementsFrom(movement.from).filter(({ id }) => id !== movement.id).flatMap(({ id }) => graph.listConnections(id))
  const own = [...lanes].filter((lane) => others.every(({ from_lane }) => from_lane !== lane)).length
  const measured = states.get(movement.id)
  const green = state.protected_s + state.unblocked_s
  const share = group.volume_vph > 0 ? Math.min(1, volume / group.volume_vph) : 1 / group.movements.length
  const pockets = link.lanes.filter((lane) => lanes.has(lane.index)).map(({ length_m }) => length_m)
  const shortest = Math.min(...pockets)
  // What a lane passes while its green is worth something, so that gaps in which permissive turns go are in it.
  const flow = state.capacity_vph > 0 && green > 0 ? (state.capacity_vph * pattern.cycle_s) / green : group.saturation_vph
  const measuredFlow = measured?.saturation_flow_vphpl.value ?? null
  return {
    movement: movement.id, name: movement.name ?? `${movement.turn} of ${link.name ?? link.id}`, turn: movement.turn, link: movement.from, to_link: movement.to,
    on_corridor: on_corridor.has(movement.id), groups: [...new Set(connections.flatMap(({ groups = [] }) => groups.map(({ group }) => group)))],
    volume_vph: volume, lanes: group.lanes.length * share, lanes_own: own,
    saturation_flow_vphpl: measuredFlow ?? flow / group.lanes.length, saturation_measured: measuredFlow !== null, green_s: green,
    control_delay_s: measured?.control_delay_s.value ?? undefined, arrival_on_green: measured?.arrival_on_green.value ?? undefined, platoon_ratio: measured?.platoon_ratio ?? undefined,
    queue_p95_m: measured?.queue_p95_m.value ?? undefined, bay_m: shortest < link.length_m - POCKET_M ? shortest : undefined, storage_m: link.length_m,
    split_failure_share: measured?.split_failure_share.value ?? undefined, blocked_share: measured?.blocked_share.value ?? undefined, wasted_green_share: undefined, two_wheelers_vph: undefined,
    grade: measured === undefined || measured.volume_vph.value === null ? 'E' : measured.grade,
  }
}

/** The surest audit of the signal's movements. */
function auditOf({ audits = [] }: MeasuredSignal, signal: Signal): Pick<PlaceEvidence, 'audit'> {
  const [surest] = audits.filter((audit) => audit.signal === signal.id && audit.cycle_s !== null).sort((a, b) => b.confidence - a.confidence)
  if (surest === undefined) return {}
  const { planned, verdict, drift_s_per_day } = surest
  return { audit: { plan_differs: verdict === 'plan-changed' || (planned !== undefined && Math.abs(planned.cycle_s - surest.cycle_s!) > 1), difference_s: planned?.difference_s ?? undefined, drift_s_per_day: drift_s_per_day ?? undefined } }
}
