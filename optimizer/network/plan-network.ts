// The plan of a network: areas that keep time together, a cycle for each with halves and doubles, splits, and whole-second offsets
// of least delay and stops, with what is proven of them. Never worse than the street in the full model: where nothing better
// is found, the street's own plan is the answer.
import { checkChange, refuseViolations } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { borderTables, joinAreas } from './borders.ts'
import { type NetworkProof, proveNetwork, type TableProof } from './certificate.ts'
import { SignalChoices } from './choices.ts'
import { areasAsTheyRun } from './clocks.ts'
import { NETWORK_DISPERSION } from './links.ts'
import { NetworkModel, type NetworkState } from './model.ts'
import { areaTables, type Effort, settleOffsets, withOffsets } from './offsets.ts'
import { countOpen, type OrderChange, settleOrders } from './orders.ts'
import { NETWORK_DEFAULTS, type NetworkPlanInput, type NetworkPlanOptions } from './options.ts'
import { easeOverload, listOverfull } from './overload.ts'
import { partitionOf } from './partition.ts'
import { aloneAreas, areasOf, costsAlone, cycleSetting, type CycleSetting, type Setting, streetGains } from './settings.ts'

/** What is proven of an area's offsets: in the tables of its streets under its own platoons, vehicles. */
export interface AreaCertificate {
  value: number
  bound: number
  gap: number
  proven: boolean
}

export interface PlannedArea {
  cycle_s: number
  signals: SignalId[]
  /** Signals that run half or double the cycle. */
  halves: SignalId[]
  doubles: SignalId[]
  /** Cost of its signals before and after, vehicles. */
  before: number
  after: number
  certificate: AreaCertificate
  /** Why it is an area of its own. */
  sentence: string
}

export interface NetworkPlanResult {
  model: NetworkModel
  before: NetworkState
  after: NetworkState
  /** Of signals that are planned, in the order of the model. */
  patterns: Pattern[]
  areas: PlannedArea[]
  /** Signals that keep the timing they have. */
  kept: SignalId[]
  /** Planned signals that cannot serve everybody. */
  overfull: SignalId[]
  /** Of all tables together: those inside areas, and those between areas whose cycles meet again. */
  certificate: AreaCertificate
  /** What the certificate is about. */
  coverage: Coverage
  orders: OrdersFound
  eased: OverloadEased
  cycles_s: number[]
  notes: string[]
}

/** Orders of phases: which were free, and which are new. They were compared a barrier group at a time, so the choice is local. */
export interface OrdersFound {
  /** Signals that may run other orders than the street's with the splits of the plan. */
  open: number
  /** Whether they were looked for; patterns that came from elsewhere have the orders they came with. */
  searched: boolean
  changes: OrderChange[]
  /** Where orders are new: the plan that was found in the orders of the street, and what it costs, vehicles. */
  street?: { patterns: Pattern[]; cost: number; plan: () => NetworkPlanResult }
}

/** Signals that cannot serve everybody: whose green went where the network waits least. */
export interface OverloadEased {
  signals: SignalId[]
  /** Where there are any: the plan that leaves the fullest least full everywhere, and what it costs, vehicles. */
  even?: { patterns: Pattern[]; cost: number; plan: () => NetworkPlanResult }
}

/** Streets count once for each way. */
export interface Coverage {
  /** Signals that keep a time. */
  signals: number
  /** Streets with a table between signals of one area, and between signals of two. */
  inside: number
  borders: number
  /** What the borders cost beside arrivals by chance, and the least they could, vehicles. */
  border_value: number
  border_bound: number
  /** Streets whose two ends have no time in common: they cost the same whatever the offsets are. */
  by_chance: number
  /**
   * What the offsets of least cost in the tables cost there, as far as they were found, and in the network model. In the model what leaves a signal
   * moves with its offset, in the tables it is that of the plan: offsets that are better in one may be worse in the other.
   */
  best_in_tables: number
  best_in_model: number
}

/** Cycles tried over the whole network, and how far and how finely around the best of an area, s. */
const CYCLES_SAMPLED = 6
const NEARBY_S = [-4, 4]
/** Larger areas keep the sampled cycle: their best is flat. */
const MOST_REFINED = 40

/** Up to so many signals every cycle is tried for all, and these steps from the best of them, s. */
const MOST_COMPARED = 60
const NEARER_S = [10, 6, 4, 2]

/** What an area is planned from beside its label: what the street runs, and cycles near the label's, s. */
interface Starts {
  today: boolean
  nearby_s: readonly number[]
}
const LABEL_AND_OTHERS: Starts = { today: true, nearby_s: NEARBY_S }
const LABEL_ALONE: Starts = { today: false, nearby_s: [] }

const QUICK: Effort = { rounds: 2, stride: 4, sweeps: 0 }
const MIDDLING: Effort = { rounds: 3, stride: 3, sweeps: 0 }
const THOROUGH: Effort = { rounds: 2, stride: 1, sweeps: 1 }

interface Work {
  input: NetworkPlanInput
  options: NetworkPlanOptions
  model: NetworkModel
  choices: SignalChoices[]
  free: boolean[]
}

/** A plan of the whole: a setting and an offset for every signal, and who keeps time with whom. */
interface Draft {
  patterns: Pattern[]
  state: NetworkState
}

/** Throws plan.infeasible where there is nothing to coordinate, plan.refused where a rule would be broken. */
export function planNetwork(input: NetworkPlanInput): NetworkPlanResult {
  const work = prepare(input)
  const { model, choices, free } = work
  const before = asItIs(work)
  const cycles = cyclesOf(work)
  const settings = cycles.map((cycle) => cycleSetting(model, choices, free, cycle))
  const partition = partitionOf({ cycles_s: cycles, alone: settings.map(({ alone }) => alone), gains: settings.map(({ gains }) => gains) })
  const uniform = bestUniform(work, settings)
  const drafts = [plan(work, settings, partition.labels), ...(uniform === undefined ? [] : [uniform])]
  if (partition.labels.some((label) => label !== partition.uniform)) drafts.push(plan(work, settings, partition.labels.map(() => partition.uniform)))
  const even = thorough(work, drafts.reduce((a, b) => (b.state.cost < a.state.cost ? b : a)))
  const notes = partition.labels.every((label) => label === partition.uniform) ? [`One cycle for all: no part of the network would save more by a cycle of its own than it loses at its borders.`]
    : [`With areas of their own cycles the model has ${figure(drafts[0]!.state.cost)} vehicles waiting, with one cycle for all ${figure(Math.min(...drafts.slice(1).map(({ state }) => state.cost)))}.`]
  const told = (draft: Draft, orders?: OrdersFound, eased: OverloadEased = { signals: [] }): NetworkPlanResult => (draft.state.cost < before.cost ? withNotesOfKeptCycles(work, finish(work, before, draft, cycles, notes, { eased, ...(orders === undefined ? {} : { orders }) }))
    : finish(work, before, asItRuns(work, before), cycles, [...notes, 'No plan was found that is better in the model than the one in the street: it stays.']))
  const { signals, ...inStreetOrders } = withoutOverload(work, even)
  const eased = { signals, ...(signals.length === 0 ? {} : { even: { patterns: plannedOf(even), cost: even.state.cost, plan: () => told(even) } }) }
  if (!work.options.orders) return told(inStreetOrders, undefined, eased)
  const { open, changes, ...best } = withOrders(work, inStreetOrders)
  const street = changes.length === 0 ? {} : { street: { patterns: plannedOf(inStreetOrders), cost: inStreetOrders.state.cost, plan: () => told(inStreetOrders, undefined, eased) } }
  return told(best, { open, searched: true, changes, ...street }, eased)
}

/** An area may stay at the cycle that it runs, which nobody asked for. */
function withNotesOfKeptCycles({ options: { cycle_min_s, cycle_max_s } }: Work, result: NetworkPlanResult): NetworkPlanResult {
  // Most signals of an area may run half or double of what was asked for.
  const outside = result.areas.filter(({ cycle_s }) => [cycle_s / 2, cycle_s, 2 * cycle_s].every((own) => own < cycle_min_s || own > cycle_max_s))
  return { ...result, notes: [...result.notes, ...outside.map(({ cycle_s, signals }) => `${signals.length} signals keep their cycle of ${cycle_s} s with new offsets: every cycle asked for, ${cycle_min_s} to ${cycle_max_s} s, costs more in the model.`)] }
}

/**
 * Patterns that came from elsewhere, told as a plan of the network: signals that are not among them keep what they have, those of one cycle,
 * its halves and doubles keep time. Throws as `planNetwork`.
 */
export function ratePatterns(input: NetworkPlanInput, patterns: readonly Pattern[]): NetworkPlanResult {
  const work = prepare(input)
  const laid = new Map(patterns.map((pattern) => [pattern.signal, pattern]))
  const all = work.choices.map(({ running: { pattern } }, i) => (work.free[i] === true ? pattern : laid.get(pattern.signal) ?? pattern))
  const compiled = all.map((pattern) => compileSignal(input.graph.getSignal(pattern.signal), pattern))
  const state = work.model.evaluate(compiled, areasAsTheyRun(compiled.map(({ cycle_s }) => cycle_s), work.free))
  return finish(work, asItIs(work), { patterns: all, state }, [...new Set(compiled.map(({ cycle_s }) => cycle_s))].sort((a, b) => a - b), [])
}

/** Seconds between the cycles that a signal by itself is tried at: waits are flat around the best. */
const ALONE_STEP_S = 4

/**
 * What every signal would run if it were the only one (Webster's question): the cycle of the range, and splits, of least delay and stops under
 * even arrivals. Nobody keeps time with anybody. Signals that are not planned are left out. Throws as `planNetwork`.
 */
export function planAlone(input: NetworkPlanInput): Pattern[] {
  const { model, choices, free, options } = prepare(input)
  const best = choices.map(({ running }) => ({ choice: running, cost: Infinity }))
  for (let cycle = Math.ceil(options.cycle_min_s); cycle <= options.cycle_max_s; cycle += ALONE_STEP_S) {
    const settings = choices.map((own) => own.at(cycle))
    const costs = costsAlone(model, settings.map((choice, i) => ({ choice: choice ?? (choices[i] as SignalChoices).running })))
    settings.forEach((choice, i) => { if (choice !== undefined && (costs[i] as number) < best[i]!.cost) best[i] = { choice, cost: costs[i] as number } })
  }
  return best.flatMap(({ choice: { pattern } }, i) => (free[i] === true ? [] : [pattern]))
}

const asItIs = ({ model, choices, free }: Work): NetworkState => {
  const running = choices.map(({ running: own }) => own.compiled)
  return model.evaluate(running, areasAsTheyRun(running.map(({ cycle_s }) => cycle_s), free))
}

function prepare(input: NetworkPlanInput): Work {
  const options = { ...NETWORK_DEFAULTS, ...input.options }
  if (!(options.cycle_min_s > 0 && options.cycle_max_s >= options.cycle_min_s)) throw new GreenwaveError('usage', `the cycle range ${options.cycle_min_s}:${options.cycle_max_s} s is empty`)
  const ids = [...input.running.keys()].filter((id) => input.graph.listMovementsOfSignal(id).length > 0)
  const model = new NetworkModel(input.graph, ids, input.volumes, options.stop_weight_s, NETWORK_DISPERSION)
  const choices = ids.map((id, i) => new SignalChoices(input.graph, input.running.get(id) as Pattern, model.layout.laneGroups[i] ?? [], options.target_saturation))
  const free = ids.map((id) => input.free?.has(id) === true)
  if (free.every(Boolean)) throw new GreenwaveError('plan.infeasible', `none of the ${ids.length} signals keeps a common time: there is nothing to coordinate`)
  return { input, options, model, choices, free }
}

const figure = (value: number): string => (Math.round(value * 10) / 10).toString()

/** Evenly over the range, and every cycle that a tenth of the signals runs today. */
function cyclesOf({ options, choices, free }: Work): number[] {
  const [least, most] = [Math.ceil(options.cycle_min_s), Math.floor(options.cycle_max_s)]
  const stride = Math.max(2, Math.ceil((most - least) / (CYCLES_SAMPLED - 1) / 2) * 2)
  const cycles = new Set<number>()
  for (let cycle = least; cycle <= most; cycle += stride) cycles.add(cycle)
  const street = choices.flatMap(({ running }, i) => (free[i] === true ? [] : [running.pattern.cycle_s]))
  for (const cycle of new Set(street)) {
    if (Number.isInteger(cycle) && cycle >= least && cycle <= most && street.filter((own) => own === cycle).length >= street.length / 10) cycles.add(cycle)
  }
  return [...cycles].sort((a, b) => a - b)
}

/**
 * One cycle for all, told apart by what its offsets come to rather than by what they could save street by street, which favours long cycles; then
 * nearer and nearer to the best. Undefined where the network is too large for it.
 */
function bestUniform(work: Work, settings: readonly CycleSetting[]): Draft | undefined {
  const { model, choices, free, options: { cycle_min_s, cycle_max_s, goOn } } = work
  if (choices.length > MOST_COMPARED) return undefined
  const labels = choices.map(() => 0)
  const tried = new Map<number, Draft>()
  const attempt = (cycle: number, setting = cycleSetting(model, choices, free, cycle)): void => { if (goOn?.() !== false || tried.size === 0) tried.set(cycle, plan(work, [setting], labels, LABEL_ALONE)) }
  const best = (): [number, Draft] => [...tried].reduce((a, b) => (b[1].state.cost < a[1].state.cost ? b : a))
  for (const setting of settings) attempt(setting.cycle_s, setting)
  for (const step of NEARER_S) {
    const [at] = best()
    for (const cycle of [at - step, at + step]) if (!tried.has(cycle) && cycle >= cycle_min_s && cycle <= cycle_max_s) attempt(cycle)
  }
  return best()[1]
}

/** Areas as labelled, each planned for itself, and put together. */
function plan(work: Work, settings: readonly CycleSetting[], labels: readonly number[], starts = LABEL_AND_OTHERS): Draft {
  const { model, choices } = work
  const patterns = choices.map(({ running }) => running.pattern)
  const compiled = choices.map(({ running }) => running.compiled)
  const areas = aloneAreas(labels.length)
  componentsOf(work, settings, labels).forEach((members, area) => {
    const found = planArea(work, members, settings[labels[members[0] as number] as number] as CycleSetting, starts)
    members.forEach((i, k) => {
      patterns[i] = found.patterns[k] as Pattern
      compiled[i] = found.state.compiled[k] as CompiledSignal
      areas[i] = (found.state.areas[k] as number) < 0 ? -1 : area
    })
  })
  return { patterns, state: model.evaluate(compiled, joinAreas(streetsOf(model), compiled.map(({ cycle_s }) => cycle_s), areas)) }
}

/** Sender and receiver of every stream. */
const streetsOf = ({ layout }: NetworkModel): [number, number][] => layout.approaches.flatMap(({ signal, streams }) => streams.map((stream): [number, number] => [stream.signal, signal]))

/** Signals of one label that hear of each other, each list in the order of the model; free signals are in none. */
function componentsOf({ model, free }: Work, settings: readonly CycleSetting[], labels: readonly number[]): number[][] {
  const area = new Map<number, number[]>()
  const find = (i: number): number[] => area.get(i) as number[]
  labels.forEach((_, i) => { if (free[i] !== true && settings[labels[i] as number]?.settings[i]?.ratio !== undefined) area.set(i, [i]) })
  for (const { signal, streams } of model.layout.approaches) {
    for (const { signal: from } of streams) {
      if (!area.has(signal) || !area.has(from) || labels[signal] !== labels[from] || find(signal) === find(from)) continue
      const joined = [...find(signal), ...find(from)].sort((a, b) => a - b)
      for (const i of joined) area.set(i, joined)
    }
  }
  return [...new Set(area.values())]
}

/** The best cycle near the label and its offsets, or what runs today with new offsets. */
function planArea(work: Work, members: readonly number[], label: CycleSetting, { today: withToday, nearby_s }: Starts): Draft {
  const { input, options } = work
  const own = new NetworkModel(input.graph, members.map((i) => work.model.layout.ids[i] as SignalId), input.volumes, options.stop_weight_s, NETWORK_DISPERSION)
  const choices = members.map((i) => work.choices[i] as SignalChoices)
  const none = members.map(() => false)
  const goOn = options.goOn === undefined ? {} : { goOn: options.goOn }
  const starts: Draft[] = [draftOf(own, cycleSetting(own, choices, none, label.cycle_s).settings)]
  const today = choices.map(({ running }) => running.compiled)
  const common = areasAsTheyRun(today.map(({ cycle_s }) => cycle_s), none)
  if (withToday && common.every((area) => area === 0) && today.every(({ cycle_s }) => Number.isInteger(cycle_s))) starts.push({ patterns: choices.map(({ running }) => running.pattern), state: own.evaluate(today, common) })
  if (members.length > 1 && members.length <= MOST_REFINED) {
    for (const step of nearby_s) {
      const cycle = label.cycle_s + step
      if (cycle < options.cycle_min_s || cycle > options.cycle_max_s || options.goOn?.() === false) continue
      starts.push(draftOf(own, cycleSetting(own, choices, none, cycle).settings))
    }
  }
  const quick = starts.map((start) => ({ start, settled: settleOffsets(own, rounded(own, start.state), 0, { ...QUICK, ...goOn }) }))
  const { start, settled } = quick.reduce((a, b) => (b.settled.cost < a.settled.cost ? b : a))
  return { patterns: start.patterns, state: settled }
}

/** The last seconds of every area, with all others around it. */
function thorough(work: Work, { patterns, state }: Draft): Draft {
  const { model, options } = work
  const goOn = options.goOn === undefined ? {} : { goOn: options.goOn }
  let best = state
  for (const area of new Set(state.areas)) {
    if (area < 0) continue
    for (const effort of [MIDDLING, THOROUGH]) best = settleOffsets(model, best, area, { ...effort, ...goOn })
  }
  return turnedNearest(work, { patterns, state: best })
}

function turnedNearest({ model, choices }: Work, { patterns, state }: Draft): Draft {
  const compiled = nearestTurn(state, choices)
  return { patterns: patterns.map((pattern, i) => ((state.areas[i] as number) < 0 ? pattern : { ...pattern, offset_s: compiled[i]?.offset_s as number })), state: model.evaluate(compiled, state.areas) }
}

/** Splits of overfull signals, and offsets that settle after them. */
function withoutOverload(work: Work, even: Draft): Draft & { signals: SignalId[] } {
  const { signals, ...eased } = easeOverload(work.model, work.choices, even, work.options.goOn)
  return { ...(signals.length === 0 ? even : thorough(work, eased)), signals }
}

/** Orders of phases come last: with the cycles and splits of the draft, and its offsets to begin with. */
function withOrders(work: Work, street: Draft): Draft & Pick<OrdersFound, 'open' | 'changes'> {
  const { model, choices, options } = work
  const { open, changes, ...found } = settleOrders(model, choices, street, options.goOn)
  return { ...(changes.length === 0 ? street : turnedNearest(work, found)), open, changes }
}

const plannedOf = ({ patterns, state }: Draft): Pattern[] => patterns.filter((_, i) => (state.areas[i] as number) >= 0)

function draftOf(model: NetworkModel, settings: readonly Setting[]): Draft {
  const state = model.evaluate(settings.map(({ choice }) => choice.compiled), areasOf(settings))
  return { patterns: settings.map(({ choice }) => choice.pattern), state }
}

const rounded = (model: NetworkModel, state: NetworkState): NetworkState => model.evaluate(state.compiled.map((timed) => ({ ...timed, offset_s: Math.round(timed.offset_s) % timed.cycle_s })), state.areas, state)

/** Offsets of each area turned together so that they are nearest to the street's, which changes nothing between them. */
function nearestTurn(state: NetworkState, choices: readonly SignalChoices[]): CompiledSignal[] {
  const compiled = [...state.compiled]
  for (const area of new Set(state.areas)) {
    if (area < 0) continue
    const members = state.areas.flatMap((own, i) => (own === area ? [i] : []))
    const distance = (turn: number): number => members.reduce((sum, i) => {
      const [{ offset_s, cycle_s }, street] = [state.compiled[i] as CompiledSignal, choices[i]?.running.pattern as Pattern]
      if (street.cycle_s !== cycle_s) return sum
      const away = modulo(offset_s + turn - street.offset_s, cycle_s)
      return sum + Math.min(away, cycle_s - away)
    }, 0)
    let [turn, least] = [0, Infinity]
    for (let t = 0; t < Math.round(state.clocks[members[0] as number]?.cycle_s as number); t++) {
      const far = distance(t)
      if (far < least - 1e-9) [turn, least] = [t, far]
    }
    for (const i of members) compiled[i] = { ...(compiled[i] as CompiledSignal), offset_s: modulo((compiled[i] as CompiledSignal).offset_s + turn, (compiled[i] as CompiledSignal).cycle_s) }
  }
  return compiled
}

const asItRuns = ({ choices }: Work, before: NetworkState): Draft => ({ patterns: choices.map(({ running }) => running.pattern), state: before })

function finish(work: Work, before: NetworkState, draft: Draft, cycles: number[], notes: string[], { orders, eased = { signals: [] } }: { orders?: OrdersFound; eased?: OverloadEased } = {}): NetworkPlanResult {
  const { input, model, options } = work
  const { state } = draft
  const planned = plannedOf(draft)
  refuseViolations(checkChange(input.graph, planned, new Map(input.running)))
  const numbers = [...new Set(state.areas)].filter((area) => area >= 0).sort((a, b) => a - b)
  const { proof, coverage } = proofOf(work, roundedArea(model, state), numbers)
  const areas = numbers.map((area, k) => describeArea(work, before, state, area, proof.areas[k] as TableProof))
  return {
    model, before, after: state, patterns: planned, areas, cycles_s: cycles, notes, coverage, orders: orders ?? { open: countOpen(work.choices, draft), searched: false, changes: [] }, eased, certificate: certified(proof, options.stop_weight_s * 1e-9),
    kept: model.layout.ids.filter((_, i) => (state.areas[i] as number) < 0),
    overfull: listOverfull(state, draft.patterns, work.choices).map((i) => model.layout.ids[i] as SignalId),
  }
}

function proofOf({ model, options }: Work, state: NetworkState, numbers: readonly number[]): { proof: NetworkProof; coverage: Coverage } {
  const areas = numbers.map((area) => areaTables(model, state, area))
  const { tables: borders, by_chance } = borderTables(model, state)
  const proof = proveNetwork({ areas, borders }, state.compiled.map(({ offset_s }) => Math.round(offset_s)), { rounds: options.proof_rounds, ...(options.goOn === undefined ? {} : { goOn: options.goOn }) })
  return {
    proof,
    coverage: {
      signals: state.areas.filter((area) => area >= 0).length, inside: areas.reduce((sum, { tables }) => sum + tables.edges.length, 0),
      best_in_tables: proof.best_value, best_in_model: withOffsets(model, state, state.compiled.map((_, i) => i), proof.best_offsets_s).cost,
      borders: borders.length, border_value: proof.borders.value, border_bound: proof.borders.bound, by_chance,
    },
  }
}

function certified({ value, bound }: TableProof, slack: number): AreaCertificate {
  return { value, bound, gap: value - bound, proven: value - bound <= PROVEN_SHARE * Math.abs(value) + slack }
}

/** A gap of less is closed. */
const PROVEN_SHARE = 1e-4

function describeArea({ model }: Work, before: NetworkState, state: NetworkState, area: number, proof: TableProof): PlannedArea {
  const members = state.areas.flatMap((own, i) => (own === area ? [i] : []))
  const cycle_s = usual(members.map((i) => state.compiled[i]?.cycle_s as number))
  const ids = (of: (cycle: number) => boolean): SignalId[] => members.flatMap((i) => (of(state.compiled[i]?.cycle_s as number) ? [model.layout.ids[i] as SignalId] : []))
  const cost = ({ costs }: NetworkState): number => members.reduce((sum, i) => sum + (costs[i] as number), 0)
  const saved = members.length > 1 ? streetGains(model, state, area, 5).reduce((sum, { gain }) => sum + gain, 0) : 0
  return {
    cycle_s, signals: ids(() => true), halves: ids((own) => own < cycle_s), doubles: ids((own) => own > cycle_s), before: cost(before), after: cost(state),
    certificate: certified(proof, 1e-9),
    sentence: members.length === 1 ? `Signal ${ids(() => true)[0]} runs ${cycle_s} s by itself: no neighbour saves by keeping time with it.`
      : `${members.length} signals at ${cycle_s} s: keeping time saves up to ${figure(saved)} vehicles waiting on the streets between them${members.length < state.areas.filter((own) => own >= 0).length ? '; around them another cycle, or no street to them, saves more than keeping time would' : ''}.`,
  }
}

const roundedArea = (model: NetworkModel, state: NetworkState): NetworkState => (state.compiled.every(({ offset_s }) => Number.isInteger(offset_s)) ? state : rounded(model, state))

/** The most frequent; of equals the longest. */
function usual(cycles: readonly number[]): number {
  const count = (cycle: number): number => cycles.filter((own) => own === cycle).length
  return cycles.reduce((a, b) => (count(b) > count(a) || (count(b) === count(a) && b > a) ? b : a))
}
