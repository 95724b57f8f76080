// From a scenario and its traffic state to cards: one per signal whose traffic waits more than it need, with the causes,
// the treatments and what the simulation says of them; the costliest place first.
import { listCrossings, resolveCorridor } from '../../model/corridor.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MovementId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Estimate, MovementState, TrafficState } from '../../model/traffic-state.ts'
import { diagnose } from '../../state/diagnosis/index.ts'
import { movementVolumes } from '../../simulation/demand/index.ts'
import type { SimulationPool } from '../../simulation/batch/index.ts'
import { bestIsolated } from './avoidable.ts'
import { gatherEvidence, signalVolumes, type MeasuredSignal } from './gather.ts'
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
  const volumes = knownVolumes(graph, scenario, period)
  const corridors = scenario.scenario.corridors.map((corridor) => resolveCorridor(graph, corridor))
  const on_corridor = new Set<MovementId>(corridors.flatMap(listCrossings).flatMap(({ movements }) => movements.map(({ id }) => id)))
  const off_peak = isOffPeak(graph, scenario, period)
  const measured = (signal: SignalId, pattern: Pattern): MeasuredSignal => ({ graph, signal, pattern, states, volumes, on_corridor, off_peak, audits: state.signals })
  const found: { card: PlaceCard }[] = []
  const result: Diagnosis = { places: [], sound: [], unknown: [] }
  for (const [signal, pattern] of patterns) {
    const input = measured(signal, pattern)
    const evidence = gatherEvidence(input)
    if (evidence === undefined) {
      result.unknown.push(signal)
      continue
    }
    const findings = diagnose(evidence)
    const delays = delaysOf(input, hoursOf(period))
    if (findings.length === 0 && !isCongested(graph, signal, states)) result.sound.push(signal)
    else found.push({ card: { ...cardOf(graph, signal, period, findings, delays, request.date), before: { delay_s: meanDelay(input), date: request.date } } })
  }
  result.places = found.map(({ card }) => card).sort((a, b) => b.avoidable_veh_h_per_day - a.avoidable_veh_h_per_day || (a.id < b.id ? -1 : 1)).slice(0, request.places)
  const known = new Map([...volumes, ...[...states].flatMap(([id, { volume_vph }]): [MovementId, number][] => (volume_vph.value === null ? [] : [[id, volume_vph.value]]))])
  const street: Street = { graph, patterns, demand: scenario.demand, volumes: known, states, coordinated: new Set(scenario.scenario.corridors.flatMap(({ intersections }) => intersections)) }
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

function delaysOf(input: MeasuredSignal, hours: number): { delay_veh_h: number; avoidable_veh_h: number } {
  const volumes = signalVolumes(input)
  const per_hour = [...volumes].reduce((sum, [id, volume]) => sum + (volume * Math.max(0, input.states.get(id)?.control_delay_s.value ?? 0)) / 3600, 0)
  const best = bestIsolated(input.graph, input.signal, input.pattern, volumes)
  return { delay_veh_h: per_hour * hours, avoidable_veh_h: best === undefined ? 0 : Math.max(0, per_hour - best.delay_veh_h) * hours }
}

/** Mean control delay over the vehicles of a signal, with the interval of independent movements. */
function meanDelay(input: MeasuredSignal): Estimate {
  const volumes = signalVolumes(input)
  let [sum, weight, variance] = [0, 0, 0]
  for (const [id, volume] of volumes) {
    const delay = input.states.get(id)?.control_delay_s
    if (delay === undefined || delay.value === null) continue
    sum += volume * delay.value
    weight += volume
    variance += (volume * ((delay.high ?? delay.value) - (delay.low ?? delay.value)) / 2) ** 2
  }
  if (weight <= 0) return { value: null, low: null, high: null }
  const half = Math.sqrt(variance) / weight
  return { value: sum / weight, low: sum / weight - half, high: sum / weight + half }
}

function cardOf(graph: RoadGraph, signal: SignalId, period: Period, findings: PlaceCard['findings'], { delay_veh_h, avoidable_veh_h }: { delay_veh_h: number; avoidable_veh_h: number }, date: string): PlaceCard {
  const { name, source_id } = graph.getSignal(signal)
  return {
    id: `${signal}@${period.id}`, name: name ?? source_id, signal, links: graph.listApproaches(signal).map(({ id }) => id),
    delay_veh_h_per_day: round(delay_veh_h), avoidable_veh_h_per_day: round(avoidable_veh_h), findings,
    status: findings.length > 0 ? 'analysed' : 'found', history: [{ status: 'found', date, by: 'greenwave' }, ...(findings.length > 0 ? [{ status: 'analysed' as const, date, by: 'greenwave' }] : [])],
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

async function tryAll(request: DiagnosisRequest, places: PlaceCard[], street: Street): Promise<void> {
  const { pool, runs } = request
  if (pool === undefined || runs <= 0) {
    for (const { findings } of places) for (const finding of findings) finding.not_tried = 'no runs were asked for'
    return
  }
  const trials = new Trials({ street, period: request.period, rules: request.scenario.scenario.driving, runs, seed: request.seed, pool, ...(request.signal === undefined ? {} : { signal: request.signal }) })
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
