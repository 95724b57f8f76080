// The rolling optimizer: every few cycles, from what the sensors told since the last time, either a limited step towards better plans,
// or nothing, or a limited step back to the schedule. Each decision says why. Pure: all it knows is kept in a value that it returns.
import { type ResolvedCorridor, resolveCorridor } from '../../model/corridor.ts'
import { compileSignal } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { LinkId, MovementId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, Signal, SignalId } from '../../model/signal.ts'
import type { Seconds, TimeOfDay } from '../../model/units.ts'
import { DISPERSION } from '../corridor/profile.ts'
import { type Progression, ProgressionModel } from '../progression/index.ts'
import type { CorridorCost, CostModels } from './cost.ts'
import { expectedFlows, type FlowEstimate, type FlowEstimates, followFlows } from './flow-estimate.ts'
import { lengthOf, type MeasuredApproach } from './measurement.ts'
import type { MoveRange } from './moves.ts'
import { listFaults, type SensorFault } from './plausible.ts'
import { improve, rate } from './search.ts'
import { isAlike, stepToward, type StepLimits } from './step.ts'

export interface RollingOptions {
  /** Of one decision; each takes effect within one cycle. */
  limits: StepLimits
  /** How far from the schedule plans may go in all. */
  range: MoveRange
  /** Less predicted gain than this share of the cost moves nothing: chance alone promises as much. */
  least_gain: number
  /** Data older than this is late, s. */
  most_age_s: Seconds
  /** Beyond this share of faulty approaches nothing is believed. */
  most_faulty: number
  /** So many sound windows in a row before plans move again after a return to the schedule. */
  sound_windows: number
}

export const ROLLING_OPTIONS: RollingOptions = {
  // Small enough for no driver to notice, and for a cycle to take it in; large enough to follow a rush in a quarter of an hour.
  limits: { offset_s: 3, split_s: 4 },
  // The schedule is made for about this traffic: beyond these, another schedule is what is needed.
  range: { offset_s: 20, split_s: 10, split_loss: 0.2 },
  least_gain: 0.004,
  most_age_s: 30,
  most_faulty: 1 / 3,
  sound_windows: 2,
}

export interface RollingTask {
  graph: RoadGraph
  corridor: ResolvedCorridor
  /** What runs without the mode, and where it returns to; one per signal of the corridor. */
  schedule: readonly Pattern[]
  /** What the schedule was made for, veh/h. */
  volumes: ReadonlyMap<MovementId, number>
  options?: Partial<RollingOptions>
}

export interface RollingDecision {
  time_s: TimeOfDay
  /** `return`: a step back to the schedule; `scheduled`: it runs, and data does not allow anything else. */
  kind: 'step' | 'hold' | 'return' | 'scheduled'
  /** What is to run from now on, in the order of the schedule. */
  patterns: Pattern[]
  /** Signals whose pattern changes. */
  moved: SignalId[]
  faults: SensorFault[]
  /** Under the flows of now, where they are believed. */
  predicted?: { before: CorridorCost; after: CorridorCost }
  /** Why, for engineers. */
  sentence: string
}

/** Kept from decision to decision. */
export interface RollingState {
  running: Pattern[]
  /** Where the last search ended: the next begins there if it is still better. */
  goal: Pattern[]
  flows: FlowEstimates
  /** Driven speed as a share of the limit, by link. */
  paces: ReadonlyMap<LinkId, number>
  /** veh/h by movement: queues that did not clear, as flow that is to be worked off. */
  backlog: ReadonlyMap<MovementId, number>
  decided_s: TimeOfDay
  /** Windows before, the last first. */
  history: (readonly MeasuredApproach[])[]
  /** Sound windows since data was last not to be believed; Infinity before that happens. */
  sound: number
}

/** Windows that are looked back on for frozen and contradicting sensors. */
const HISTORY = 3

/** On shorter links behind a signal vehicles come into the radar's sight while they still gather speed: that is not how fast the link is driven, m. */
const LEAST_PACED_M = 300

/** Weight of the newest window's speeds. */
const PACE_WEIGHT = 0.3

/** Slower than this share of the limit is a queue in sight, not the speed of free driving. */
const LEAST_PACE = 0.6

/** A queue this many times what the plan explains, and this many vehicles more, is one that does not clear. */
const BACKLOG = { share: 1.5, vehicles: 2 } as const

/** Within this time such a queue is to be worked off, s: soon, as it means that its green serves fewer than was reckoned. */
const CLEAR_WITHIN_S = 300

/** So long a queue that did not clear counts on, s. */
const BACKLOG_MEMORY_S = 900

/** Less is forgotten, veh/h. */
const LEAST_BACKLOG_VPH = 1

/**
 * Delay and stops are reckoned for so much more traffic than was measured: saturation flows are known to a tenth, traffic drifts by another, and a green that is
 * overfull costs more than room to spare. With a tenth alone side streets of light traffic lost too much.
 */
const CAPACITY_MARGIN = 1.2

const SWEEPS = 3

export class RollingOptimizer {
  readonly #graph: RoadGraph
  readonly #corridor: ResolvedCorridor
  readonly #schedule: readonly Pattern[]
  readonly #signals: readonly Signal[]
  readonly #expected: FlowEstimates
  readonly #approaches: readonly LinkId[]
  readonly #options: RollingOptions

  /** Throws input.reference where a signal of the corridor has no pattern in the schedule. */
  constructor({ graph, corridor, schedule, volumes, options }: RollingTask) {
    const ids = corridor.corridor.intersections
    this.#schedule = ids.map((id) => {
      const own = schedule.find(({ signal }) => signal === id)
      if (own === undefined) throw new GreenwaveError('input.reference', `signal ${id} of corridor "${corridor.corridor.id}" has no pattern in the schedule`)
      return own
    })
    this.#graph = graph
    this.#corridor = corridor
    this.#signals = ids.map((id) => graph.getSignal(id))
    this.#expected = expectedFlows(new Map(graph.network.movements.map(({ id }) => [id, volumes.get(id) ?? 0])))
    this.#approaches = ids.flatMap((id) => graph.listApproaches(id).map((link) => link.id))
    this.#options = { ...ROLLING_OPTIONS, ...options }
  }

  /** As if the schedule had run until `now_s`. */
  begin(now_s: TimeOfDay): RollingState {
    return { running: [...this.#schedule], goal: [...this.#schedule], flows: this.#expected, paces: new Map(), backlog: new Map(), decided_s: now_s, history: [], sound: Infinity }
  }

  /** In: the last state, and the newest window of each approach (none where nothing came). */
  decide(state: RollingState, now_s: TimeOfDay, approaches: readonly MeasuredApproach[]): { decision: RollingDecision; state: RollingState } {
    const { history, sound } = state
    const empty = new ProgressionModel(this.#graph, this.#corridor, volumesOf(state.flows))
    const faults = listFaults({
      now_s, approaches, history, graph: this.#graph, most_age_s: this.#options.most_age_s, expected: this.#approaches,
      laneGroups: empty.layout.laneGroups.flat(), volumes: volumesOf(this.#expected), compiled: state.running.map((pattern, i) => compileSignal(this.#signals[i]!, pattern)),
    })
    const believed = faults.length <= this.#options.most_faulty * this.#approaches.length
    const next: RollingState = { ...state, decided_s: now_s, history: [approaches, ...history].slice(0, HISTORY - 1), sound: believed ? sound + 1 : 0 }
    if (!believed || next.sound < this.#options.sound_windows) return this.#goBack(next, now_s, faults, believed)
    const doubted = new Set(faults.map(({ link }) => link))
    const heard = approaches.filter(({ link }) => !doubted.has(link))
    next.flows = this.#withoutDoubted(followFlows(state.flows, heard, now_s - state.decided_s), doubted)
    next.paces = followPaces(this.#graph, state.paces, heard)
    const measured = this.#modelOf(next)
    next.backlog = this.#followBacklog(next, measured, heard, now_s - state.decided_s)
    return this.#seek(next, measured, now_s, faults)
  }

  /** What a doubted approach told before is forgotten too: the schedule's flows stand for it. */
  #withoutDoubted(flows: FlowEstimates, doubted: ReadonlySet<LinkId>): FlowEstimates {
    if (doubted.size === 0) return flows
    return new Map([...flows].map(([movement, own]): [MovementId, FlowEstimate] => [movement, doubted.has(this.#graph.getMovement(movement).from) ? this.#expected.get(movement)! : own]))
  }

  #goBack(state: RollingState, now_s: TimeOfDay, faults: SensorFault[], believed: boolean): { decision: RollingDecision; state: RollingState } {
    const patterns = state.running.map((pattern, i) => stepToward(pattern, this.#schedule[i]!, this.#options.limits))
    const moved = changed(state.running, patterns)
    const why = believed ? `data is sound again; ${this.#options.sound_windows - state.sound} more such window before plans move` : `${faults.length} of ${this.#approaches.length} approaches cannot be believed: ${faults[0]!.sentence}${faults.length > 1 ? ', and others' : ''}`
    const sentence = moved.length > 0 ? `Back to the schedule at ${listed(moved)}: ${why}.` : `The schedule runs: ${why}.`
    return {
      decision: { time_s: now_s, kind: moved.length > 0 ? 'return' : 'scheduled', patterns, moved, faults, sentence },
      // What was learnt before data failed may be hours old when it comes back.
      state: { ...state, running: patterns, goal: [...this.#schedule], flows: this.#expected, paces: new Map(), backlog: new Map() },
    }
  }

  #seek(state: RollingState, measured: ProgressionModel, now_s: TimeOfDay, faults: SensorFault[]): { decision: RollingDecision; state: RollingState } {
    const { range, limits, least_gain } = this.#options
    const models: CostModels = {
      measured,
      loaded: this.#modelOf(state, (movement, vph) => CAPACITY_MARGIN * (vph + (state.backlog.get(movement) ?? 0))),
    }
    const before = rate(models, this.#signals, state.running)
    const kept = rate(models, this.#signals, state.goal)
    const task = { models, signals: this.#signals, schedule: this.#schedule, range, sweeps: SWEEPS }
    const goal = improve(task, kept.cost.total < before.cost.total ? kept.patterns : before.patterns)
    const gain = before.cost.total > 0 ? 1 - goal.cost.total / before.cost.total : 0
    const hold = (sentence: string): { decision: RollingDecision; state: RollingState } => ({
      decision: { time_s: now_s, kind: 'hold', patterns: state.running, moved: [], faults, predicted: { before: before.cost, after: before.cost }, sentence },
      state: { ...state, goal: goal.patterns },
    })
    const doubts = faults.length === 0 ? '' : ` Not believed: ${faults.map(({ sentence }) => sentence).join('; ')}.`
    if (gain < least_gain) return hold(`Nothing moves: at most ${percent(gain)} of the cost could be gained.${doubts}`)
    const patterns = state.running.map((pattern, i) => stepToward(pattern, goal.patterns[i]!, limits))
    const after = rate(models, this.#signals, patterns)
    const moved = changed(state.running, patterns)
    if (after.cost.total >= before.cost.total) return hold(`Nothing moves: ${percent(gain)} less cost lies beyond plans that are worse than the one that runs.${doubts}`)
    const figures = ({ at_most_one_stop, delay_s }: CorridorCost): string => `${percent(at_most_one_stop)} of through runs with at most one stop and ${delay_s.toFixed(1)} s of delay of everybody a signal`
    return {
      decision: {
        time_s: now_s, kind: 'step', patterns, moved, faults, predicted: { before: before.cost, after: after.cost },
        sentence: `A step at ${listed(moved)} on the way to ${percent(gain)} less cost: from ${figures(before.cost)} to ${figures(after.cost)}, as predicted for the traffic of now.${doubts}`,
      },
      state: { ...state, running: patterns, goal: goal.patterns },
    }
  }

  /** Platoons under the flows and speeds of now. */
  #modelOf({ flows, paces }: RollingState, wanted: (movement: MovementId, volume_vph: number) => number = (_movement, vph) => vph): ProgressionModel {
    const graph = asDriven(this.#graph, paces)
    const corridor = graph === this.#graph ? this.#corridor : resolveCorridor(graph, this.#corridor.corridor)
    return new ProgressionModel(graph, corridor, new Map([...volumesOf(flows)].map(([movement, vph]) => [movement, wanted(movement, vph)])))
  }

  /** Queues that the running plan does not clear; they are remembered for a while, or the green that cleared them would go again at once. */
  #followBacklog(state: RollingState, measured: ProgressionModel, heard: readonly MeasuredApproach[], elapsed_s: Seconds): Map<MovementId, number> {
    const compiled = state.running.map((pattern, i) => compileSignal(this.#signals[i]!, pattern))
    const now = backlogs(measured.evaluate(compiled), heard)
    const kept = Math.exp(-elapsed_s / BACKLOG_MEMORY_S)
    const all = new Map([...state.backlog].flatMap(([movement, vph]) => (vph * kept < LEAST_BACKLOG_VPH ? [] : [[movement, vph * kept]])))
    for (const [movement, vph] of now) all.set(movement, Math.max(vph, all.get(movement) ?? 0))
    return all
  }
}

const volumesOf = (flows: FlowEstimates): Map<MovementId, number> => new Map([...flows].map(([movement, { volume_vph }]) => [movement, volume_vph]))

/** veh/h by movement: what stands beyond what the plan explains, over the time in which it is to be gone. */
function backlogs({ groups }: Progression, heard: readonly MeasuredApproach[]): Map<MovementId, number> {
  const found = new Map<MovementId, number>()
  for (const { served: { group }, passage } of groups) {
    const approach = heard.find(({ link }) => link === group.approach)
    if (approach === undefined || group.volume_vph <= 0 || !(lengthOf(approach) > 0)) continue
    const stands = approach.lanes.reduce((sum, { lane, queue_mean }) => sum + (group.lanes.includes(lane) ? queue_mean : 0), 0)
    const explained = passage.waits.reduce((sum, value) => sum + value, 0) / passage.waits.length
    const beyond = stands - BACKLOG.share * explained - BACKLOG.vehicles
    if (beyond <= 0) continue
    const extra = (beyond * 3600) / CLEAR_WITHIN_S
    const volume = group.movements.length
    for (const movement of group.movements) found.set(movement, extra / volume)
  }
  return found
}

/** Speeds at which vehicles come into sight, smoothed, as a share of the limit at which platoons are reckoned to drive. */
function followPaces(graph: RoadGraph, before: ReadonlyMap<LinkId, number>, heard: readonly MeasuredApproach[]): Map<LinkId, number> {
  const after = new Map(before)
  for (const { link, entry_speed_mps } of heard) {
    if (!(entry_speed_mps > 0) || (graph.getLink(link).length_m < LEAST_PACED_M && graph.listMovementsInto(link).some(({ signal }) => signal !== undefined))) continue
    const pace = Math.min(1, Math.max(LEAST_PACE, entry_speed_mps / (DISPERSION.speed_share * graph.getLink(link).speed_mps)))
    const known = after.get(link) ?? 1
    after.set(link, known + PACE_WEIGHT * (pace - known))
  }
  return after
}

/** The street with the speeds that are driven; less than a tenth slower is what platoons do anyway. */
function asDriven(graph: RoadGraph, paces: ReadonlyMap<LinkId, number>): RoadGraph {
  const slow = new Map([...paces].filter(([, pace]) => pace < 0.9))
  if (slow.size === 0) return graph
  return new RoadGraph({ ...graph.network, links: graph.network.links.map((link) => ({ ...link, speed_mps: link.speed_mps * (slow.get(link.id) ?? 1) })) })
}

const changed = (before: readonly Pattern[], after: readonly Pattern[]): SignalId[] => after.flatMap((pattern, i) => (isAlike(before[i]!, pattern) && JSON.stringify(before[i]) === JSON.stringify(pattern) ? [] : [pattern.signal]))

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const listed = (signals: readonly SignalId[]): string => `${signals.length === 1 ? 'signal' : 'signals'} ${signals.join(', ')}`

