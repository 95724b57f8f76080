// From a scenario and its traffic state to cards: one per congested place in space and time, by the signal or the narrowing at its
// head, and one per signal that wastes green without a queue; with the causes, the treatments and what the simulation says of
// them, the most avoidable delay first.
import { listCrossings, resolveCorridor } from '../../model/corridor.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { LinkId, MovementId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import type { MovementState, PlaceState, TrafficState } from '../../model/traffic-state.ts'
import type { Seconds } from '../../model/units.ts'
import { diagnose, diagnoseRoad } from '../../state/diagnosis/index.ts'
import { movementVolumes } from '../../simulation/demand/index.ts'
import type { SimulationPool } from '../../simulation/batch/index.ts'
import { driversOf } from '../drivers.ts'
import { placeLinks } from './clusters.ts'
import { BestDelays, meanDelay, siteDelay, type DelaySources, type SiteDelay } from './delays.ts'
import { dailyOf, followOf } from './follow.ts'
import { gatherEvidence } from './gather.ts'
import { gatherRoad } from './gather-road.ts'
import { listSites, type Site } from './sites.ts'
import { Trials } from './trial.ts'
import type { Street } from './treat.ts'

export interface DiagnosisRequest {
  scenario: Scenario
  state: TrafficState
  period: Period
  /** Runs that judge each treatment; 0 leaves treatments untried. */
  runs: number
  seed: number
  /** At most so many places, the costliest. */
  places: number
  /** `YYYY-MM-DD` of the diagnosis, for the history of the cards. */
  date: string
  pool?: SimulationPool
  /** How long each run measures; an hour by default. */
  window_s?: Seconds
  signal?: AbortSignal
  onProgress?: (share: number, label: string) => void
}

export interface Diagnosis {
  places: PlaceCard[]
  /** Signals that were looked at and have nothing to treat, and those of which nothing can be told. */
  sound: SignalId[]
  unknown: SignalId[]
}

/** Interim junction rule: waiting above this, s per vehicle, or this share in need of a second green, is congestion whatever the cause. */
const CONGESTED = { delay_s: 80, second_green_share: 0.2 } as const
/** Hours of the day that the delay of a period counts for. */
const hoursOf = ({ start_s, end_s }: Period): number => (end_s - start_s) / 3600

/** Throws input.value for a state of another scenario's movements, and the reason of an abort. */
export async function diagnosePlaces(request: DiagnosisRequest): Promise<Diagnosis> {
  const { scenario, state, period } = request
  const graph = new RoadGraph(scenario.network)
  const states = new Map(statesOf(state, period).map((one) => [one.movement, one]))
  const strangers = [...states.keys()].filter((id) => scenario.network.movements.every((movement) => movement.id !== id))
  if (strangers.length > 0) throw new GreenwaveError('input.value', `the state speaks of movement "${strangers[0]}", which the network does not have: it was measured on another network`)
  const patterns = runningPatterns(scenario.timing, period.start_s)
  const demand = knownVolumes(graph, scenario, period)
  const volumes = new Map([...demand, ...[...states].flatMap(([id, { volume_vph }]): [MovementId, number][] => (volume_vph.value === null ? [] : [[id, volume_vph.value]]))])
  const corridors = scenario.scenario.corridors.map((corridor) => resolveCorridor(graph, corridor))
  const along = corridors.map((corridor) => new Set(listCrossings(corridor).flatMap(({ movements }) => movements.map(({ id }) => id))))
  const on_corridor = new Set<MovementId>(along.flatMap((ids) => [...ids]))
  const off_peak = isOffPeak(graph, scenario, period)
  const sources: DelaySources = { graph, patterns, states, volumes, hours: hoursOf(period) }
  const best = new BestDelays(sources)
  const result: Diagnosis = { places: [], sound: [], unknown: [] }
  const sites = new Map<PlaceCard, Site>()
  for (const site of listSites(graph, state.places, [...patterns.keys()], period)) {
    const pattern = site.signal === undefined ? undefined : patterns.get(site.signal)
    const evidence = site.signal === undefined || pattern === undefined ? undefined : gatherEvidence({ graph, signal: site.signal, pattern, states, volumes: demand, on_corridor, off_peak, audits: state.signals })
    if (evidence !== undefined && site.places.some(({ nature }) => nature === 'incident')) evidence.incident = true
    const findings = evidence !== undefined ? diagnose(evidence) : site.signal === undefined ? diagnoseRoad(gatherRoad(graph, site, volumes)) : []
    if (site.places.length === 0 && evidence === undefined) result.unknown.push(site.signal!)
    else if (site.places.length === 0 && findings.length === 0 && !isCongested(graph, site.signal!, states)) result.sound.push(site.signal!)
    else sites.set({ ...cardOf(graph, site, period, findings, siteDelay(site, sources, best), request.date), before: { delay_s: meanDelay(site, sources), date: request.date } }, site)
  }
  const treatable = new Set([...sites.values()].flatMap(({ movements }) => [...movements]))
  for (const [card, site] of sites) card.follow = followOf(graph, site, sources, treatable, along, period, dailyOf(state, period))
  result.places = [...sites.keys()].sort((a, b) => b.avoidable_veh_h_per_day - a.avoidable_veh_h_per_day || (a.id < b.id ? -1 : 1)).slice(0, request.places)
  const street: Street = { graph, patterns, demand: scenario.demand, volumes, states, coordinated: new Set(scenario.scenario.corridors.flatMap(({ intersections }) => intersections)) }
  await tryAll(request, result.places, street)
  return result
}

/** Movements of the period where the state has it, else of the whole observation. */
function statesOf(state: TrafficState, period: Period): readonly MovementState[] {
  return state.periods.find(({ period: id }) => id === period.id)?.movements ?? state.movements
}

/** Three quarters of the demand of the busiest period, or less. */
function isOffPeak(graph: RoadGraph, scenario: Scenario, period: Period): boolean {
  const total = (span: Period): number => [...knownVolumes(graph, scenario, span).values()].reduce((sum, volume) => sum + volume, 0)
  const busiest = Math.max(...scenario.scenario.periods.map(total), total(period))
  return busiest > 0 && total(period) <= 0.75 * busiest
}

/** The scenario's own demand; nothing where it has none for the period. */
function knownVolumes(graph: RoadGraph, { demand }: Scenario, period: Period): Map<MovementId, number> {
  try {
    return movementVolumes(graph, demand, period)
  } catch (error) {
    if (error instanceof GreenwaveError && error.code === 'period.unknown') return new Map()
    throw error
  }
}

const isCongested = (graph: RoadGraph, signal: SignalId, states: ReadonlyMap<MovementId, MovementState>): boolean =>
  graph.listMovementsOfSignal(signal).some(({ id }) => {
    const state = states.get(id)
    return (state?.control_delay_s.value ?? 0) > CONGESTED.delay_s || (state?.split_failure_share.value ?? 0) > CONGESTED.second_green_share
  })

function cardOf(graph: RoadGraph, { signal, head, places, links }: Site, period: Period, findings: PlaceCard['findings'], delay: SiteDelay, date: string): PlaceCard {
  const at = signal === undefined ? graph.getLink(head!) : graph.getSignal(signal)
  const all = [...new Set([...links, ...(signal === undefined ? [] : graph.listApproaches(signal).map(({ id }) => id))])]
  return {
    id: `${signal === undefined ? 'link ' : ''}${at.id}@${period.id}`, name: at.name ?? at.source_id, ...(signal === undefined ? {} : { signal }), links: all, ...(head === undefined ? {} : { head }), ...(places[0] === undefined ? {} : { place: summaryOf(places[0], placeLinks(graph.network, places[0])) }),
    delay_veh_h_per_day: round(delay.delay_veh_h), avoidable_veh_h_per_day: round(delay.avoidable_veh_h), grade: delay.grade, ...(delay.seen_only ? { seen_only: true } : {}), findings,
    status: findings.length > 0 ? 'analysed' : 'found', history: [{ status: 'found', date, by: 'greenwave' }, ...(findings.length > 0 ? [{ status: 'analysed' as const, date, by: 'greenwave' }] : [])],
  }
}

const summaryOf = ({ kind, nature, frequency, days, start_s, end_s, length_m, duration_s, growth, all }: PlaceState, links: LinkId[]): NonNullable<PlaceCard['place']> =>
  ({ kind, nature, frequency, days, start_s, end_s, length_m, duration_s, growth, links, volume_veh: all?.volume_veh ?? null })

const round = (value: number): number => Math.round(value * 100) / 100

async function tryAll(request: DiagnosisRequest, places: PlaceCard[], street: Street): Promise<void> {
  const { pool, runs } = request
  if (pool === undefined || runs <= 0) {
    for (const { findings } of places) for (const finding of findings) finding.not_tried = 'no runs were asked for'
    return
  }
  const trials = new Trials({ street, period: request.period, drivers: driversOf(request.scenario.scenario), runs, seed: request.seed, pool, ...(request.window_s === undefined ? {} : { window_s: request.window_s }), ...(request.signal === undefined ? {} : { signal: request.signal }) })
  const all = places.reduce((sum, { findings }) => sum + findings.length, 0)
  let done = 0
  for (const card of places) {
    for (const finding of card.findings) {
      request.onProgress?.(done++ / Math.max(1, all), `trying ${finding.treatment.kind} at ${card.name}`)
      const { trial, not_tried, variant } = await trials.run(finding.treatment, card.signal)
      if (trial !== undefined) finding.trial = trial
      if (variant !== undefined) finding.variant = variant
      if (not_tried !== undefined) finding.not_tried = not_tried
    }
    if (card.findings.some(({ trial }) => trial !== undefined)) {
      card.status = 'tried'
      card.history.push({ status: 'tried', date: request.date, by: 'greenwave' })
    }
  }
}

/** What is recommended of a card: treatments that the simulation found better, the largest gain first. */
export const recommended = ({ findings }: PlaceCard): PlaceCard['findings'] =>
  findings.filter(({ trial }) => trial?.verdict === 'better').sort((a, b) => (a.trial!.delay_s.value ?? 0) - (b.trial!.delay_s.value ?? 0))
