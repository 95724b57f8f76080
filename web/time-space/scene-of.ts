// From a plan and what the engine measured of it to the scene that is painted. Pure: no pages, no canvas.
import { runningPatterns } from '../../model/schedule.ts'
import { compileSignal } from '../../model/compile.ts'
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Band, CompiledSignal, Direction, Plan, PlannedIntersection } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { buildEditorScene, editorStation, type EditorScene, type EditorStation, type EditorStationInput, type MeasuredBand } from '../../diagram/editor-scene.ts'
import { stationFromCompiled } from '../../diagram/time-space.ts'
import { listStations, type Station } from '../../plans/stations.ts'
import { patternOf } from '../../plans/street.ts'
import { deriveDocument } from '../../plans/workflow/derived.ts'
import { named } from '../words/language.ts'
import type { Preview } from '../engine/protocol.ts'

export interface Street {
  scenario: Scenario
  graph: RoadGraph
  corridor: ResolvedCorridor
  stations: Station[]
  /** Signals that run without coordination: no cycle, no offset. */
  free: ReadonlySet<SignalId>
  /** Stop lines by what was planned for them: while one signal is dragged all others stay. */
  drawn: WeakMap<PlannedIntersection, EditorStation>
}

export const streetOf = ({ scenario, graph, corridor }: Pick<Street, 'scenario' | 'graph' | 'corridor'>): Street => ({
  drawn: new WeakMap(), scenario, graph, corridor, stations: listStations(graph, corridor), free: new Set((scenario.timing.control ?? []).filter(({ type }) => type === 'actuated').map(({ signal }) => signal)),
})

const DIRECTIONS = ['outbound', 'inbound'] as const satisfies readonly Direction[]

function stationInput({ graph, free }: Street, station: Station, compiled: CompiledSignal, reference: Pattern['offset_reference']): EditorStationInput {
  const signal = graph.getSignal(station.signal)
  const through = DIRECTIONS.flatMap((direction) => (station[direction] ?? []).map((group) => ({ direction, group })))
  const red_clearance_s: Partial<Record<Direction, number>> = {}
  for (const direction of DIRECTIONS) red_clearance_s[direction] = Math.max(0, ...signal.groups.filter(({ id }) => station[direction]?.includes(id)).map((group) => group.red_clearance_s))
  const walks_s = signal.groups.filter((group) => group.walk_s !== undefined && through.some(({ group: id }) => id === group.id)).flatMap((group) => {
    const windows = compiled.groups.find(({ id }) => id === group.id)?.green_windows_s ?? []
    return windows.map(([from_s]) => ({ from_s, walk_s: group.walk_s!, clearance_s: group.pedestrian_clearance_s ?? 0 }))
  })
  return { ...stationFromCompiled(compiled, { ...station, name: named(station.name), offset_reference: reference }), red_clearance_s, walks_s, free: free.has(station.signal) }
}

function drawnStation(street: Street, station: Station, one: PlannedIntersection): EditorStation {
  const known = street.drawn.get(one)
  // The name follows the language.
  if (known?.name === named(station.name)) return known
  const made = editorStation(stationInput(street, station, { signal: one.signal, cycle_s: one.cycle_s, offset_s: one.offset_s, groups: one.signal_groups }, one.offset_reference))
  street.drawn.set(one, made)
  return made
}

/** Signals that the plan does not time are left out; bands as measured, none before the engine has said any. */
export function sceneOfPlan(street: Street, plan: Plan, measured: Pick<Preview, 'links' | 'ends'> | undefined): EditorScene {
  const planned = new Map(plan.intersections.map((one) => [one.signal, one]))
  const stations = street.stations.flatMap((station) => {
    const one = planned.get(station.signal)
    return one === undefined ? [] : [drawnStation(street, station, one)]
  })
  return buildEditorScene({ stations, cycle_s: commonCycle(plan), links: measured?.links ?? [], ends: measured?.ends ?? [], bands: plan.bands })
}

/** With which the bands repeat: the plan's, where every signal runs a whole part of it. */
export function commonCycle(plan: Plan): number | undefined {
  const fits = plan.intersections.every(({ cycle_s }) => Math.abs(plan.cycle_s / cycle_s - Math.round(plan.cycle_s / cycle_s)) < 1e-6)
  return fits && plan.cycle_s > 0 ? plan.cycle_s : undefined
}

/** Whole bands as the service measured them, for plans that no engine follows. */
export const measuredOf = (bands: readonly Band[]): MeasuredBand[] => bands.flatMap((band) => {
  const [first, last] = [band.links[0], band.links.at(-1)]
  if (first === undefined || last === undefined) return []
  const [metres, seconds] = [band.links.reduce((sum, { distance_m }) => sum + distance_m, 0), band.links.reduce((sum, { travel_time_s }) => sum + travel_time_s, 0)]
  return [{ direction: band.direction, from: first.from, to: last.to, width_s: band.width_s, share: band.width_cycle, attainability: 0, speed_mps: metres / seconds, limited_by: band.limited_by, front_s: band.front_s }]
})

/** A plan document of what the signals of a corridor run, with bands at the limits of the street measured on it. */
export function documentOfPatterns({ scenario, graph, corridor }: Street, period: string, patterns: ReadonlyMap<SignalId, Pattern>): Plan {
  const intersections = corridor.corridor.intersections.flatMap((id) => {
    const pattern = patterns.get(id)
    if (pattern === undefined) return []
    const signal = graph.getSignal(id)
    return [{ id, source_id: signal.source_id, ...(signal.name === undefined ? {} : { name: signal.name }), ...pattern, signal_groups: compileSignal(signal, pattern).groups }]
  })
  const own = new Set(intersections.map(({ signal }) => signal))
  const bands = DIRECTIONS.flatMap((direction): Band[] => {
    const legs = corridor[direction]?.legs.filter(({ from, to }) => own.has(from) && own.has(to)) ?? []
    return legs.length === 0 ? [] : [{ direction, width_s: 0, width_cycle: 0, limited_by: [], front_s: [], links: legs.map(({ from, to, distance_m, speed_limit_mps }) => ({ from, to, distance_m, speed_mps: speed_limit_mps, travel_time_s: distance_m / speed_limit_mps })) }]
  })
  const cycles = intersections.map(({ cycle_s }) => cycle_s)
  const plan: Plan = {
    format: 'greenwave.plan/1', id: `${corridor.corridor.id}-${period}-running`.replaceAll(/[^\w.-]+/g, '-').toLowerCase(), scenario: scenario.scenario.name, corridor: corridor.corridor.id, period,
    cycle_s: Math.max(1, ...cycles), intersections, bands, losers: [], certificate: { objective: 'band', value: 0, bound: 0, gap: 0, proven: false, method: 'running', sentence: 'What runs in the street; nothing was optimised.' },
    provenance: { version: 'browser', seed: 0, inputs: {}, objective: 'running', assumptions: ['Speeds of the bands are the limits of the street.'] },
  }
  return deriveDocument(graph, corridor.corridor, plan)
}

/** Of the scenario's own schedule, for a period. */
export function scheduledPatterns({ scenario }: Pick<Street, 'scenario'>, period: string): Map<SignalId, Pattern> {
  const start_s = scenario.scenario.periods.find(({ id }) => id === period)?.start_s ?? scenario.scenario.periods[0]?.start_s ?? 0
  return runningPatterns(scenario.timing, start_s)
}

export const patternsOf = (plan: Plan): Map<SignalId, Pattern> => new Map(plan.intersections.map((one) => [one.signal, patternOf(one)]))
