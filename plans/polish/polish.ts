// The last step of planning: small changes of a finished plan, judged in the microsimulation by paired seeds. A guide says which
// changes promise something, a race of few seeds drops those that don't keep the promise, and one that a paired interval calls
// better is kept. The best of several noisy results looks better than it is, so in the end the polished plan and the plan that it
// came from meet once more on seeds that no choice has seen: where the interval does not say better there, nothing has happened.
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MeanCi } from '../../model/evaluation.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Seconds } from '../../model/units.ts'
import type { PlatoonDispersion } from '../../optimizer/network/index.ts'
import { meanCi, type RunRecord, SimulationPool, type SimulatePlansOptions, simulateRecords, simulationWindow } from '../../simulation/batch/index.ts'
import { STOP_WEIGHT_S } from '../choose.ts'
import { compileStreet } from '../street.ts'
import { Guide, type Prospect } from './guide.ts'
import { moved, type Move, type Patterns } from './moves.ts'

export interface PolishInput extends Pick<SimulatePlansOptions, 'rules' | 'model' | 'corridor' | 'growth'> {
  graph: RoadGraph
  demand: Demand
  period: SimulatePlansOptions['period']
  /** What runs in the street; signals that the plan does not name keep it. */
  running: ReadonlyMap<SignalId, Pattern>
  /** The plan to begin with: one corridor or a whole network. Only these signals change, and their cycles stay. */
  patterns: readonly Pattern[]
  /** veh/h; a movement that is absent has no demand. */
  volumes: ReadonlyMap<MovementId, number>
  /** Rows of signals in order of travel, for instance the corridors: the end of a row may turn together. None by default. */
  rows?: readonly (readonly SignalId[])[]
  /** Of platoons, where the plan was not made with that of corridors: it only says what is tried first. */
  dispersion?: PlatoonDispersion
  /** Signals that keep time with nobody: their offsets stay. */
  free?: ReadonlySet<SignalId>
  /** What a change must keep besides the rules, for instance the bands; it is asked before anything is simulated. */
  keep?: (patterns: readonly Pattern[]) => boolean
  /** Runs of the simulation, at most, the last test included. At least 30. */
  runs: number
  seed: number
  step_s?: Seconds
  window_s?: Seconds
  pool?: SimulationPool
  signal?: AbortSignal
  /** Share of the runs that are spent. */
  onProgress?: (share: number) => void
}

export interface PolishDifference {
  measure: 'cost_s' | 'delay_s' | 'stops' | 'corridor_delay_s' | 'corridor_stops'
  before: number
  after: number
  /** After minus before, over fresh seeds. */
  difference: MeanCi
}

export interface Polished {
  /** In the order given; those given where nothing better was found. */
  patterns: Pattern[]
  improved: boolean
  /** Changes that were kept on the way, in words, and how many were simulated. */
  kept: string[]
  tried: number
  runs: number
  /** Seeds of the last test; empty where no change came so far. */
  seeds: number[]
  /** Of the last test: delay with waiting to enter and stops, per vehicle; `cost_s` weighs a stop as the choice among candidates does. */
  differences: PolishDifference[]
  sentence: string
}

/** Seeds of the search and of the last test are neither those of the choice nor those of the final figures. */
const SEARCH_SEEDS = 2_000_000
const TEST_SEEDS = 3_000_000

/** Candidates of a round, seeds of its heats, and seeds after which one left must have shown itself. */
const FIELD = 6
const HEAT = 2
const SEMIFINAL = 3
const FINAL = 5

/** Share of the runs that the last test takes, and its fewest pairs. */
const TEST_SHARE = 0.25
const LEAST_PAIRS = 5
export const LEAST_POLISH_RUNS = 30

/** s per vehicle: delay, waiting to enter, stops at their weight. Who stands in a gridlock is charged to the end of the run. */
const costOf = ({ total_delay_s, stops }: RunRecord): number => total_delay_s + STOP_WEIGHT_S * stops

const locked = (records: readonly RunRecord[]): number => records.reduce((count, { gridlocked }) => count + gridlocked, 0)

const paired = (before: readonly RunRecord[], after: readonly RunRecord[], value: (record: RunRecord) => number): MeanCi => meanCi(after.map((record, i) => value(record) - value(before[i]!)))

/** The interval lies below 0, and no more runs stand still than before. */
function isBetter(before: readonly RunRecord[], after: readonly RunRecord[]): boolean {
  const { mean, ci95 } = paired(before, after, costOf)
  return ci95 !== null && mean + ci95 < 0 && locked(after) <= locked(before)
}

/**
 * Throws usage for fewer than 30 runs, plan.infeasible for no signals; else as `simulatePlans`. The answer is never a plan that the last test did
 * not call better than the start: with 5 % of error at most of that one test.
 */
export async function polishPlan(input: PolishInput): Promise<Polished> {
  if (!Number.isSafeInteger(input.runs) || input.runs < LEAST_POLISH_RUNS) throw new GreenwaveError('usage', `polishing may take ${input.runs} runs; it needs at least ${LEAST_POLISH_RUNS}`)
  const pool = input.pool ?? new SimulationPool()
  try {
    return await new Polish(input, pool).run()
  } finally {
    if (input.pool === undefined) await pool.close()
  }
}

class Polish {
  readonly #input: PolishInput
  readonly #pool: SimulationPool
  readonly #guide: Guide
  readonly #window: SimulatePlansOptions['window']
  readonly #start: Patterns
  readonly #pairs: number
  /** Without success from where the plan is now. */
  readonly #tried = new Map<string, Move>()
  #count = 0
  readonly #kept: string[] = []
  #at: Patterns
  #spent = 0
  #nextSeed: number

  constructor(input: PolishInput, pool: SimulationPool) {
    this.#input = input
    this.#pool = pool
    this.#start = new Map(input.patterns.map((pattern) => [pattern.signal, pattern]))
    this.#at = this.#start
    this.#guide = new Guide({ graph: input.graph, running: input.running, patterns: input.patterns, volumes: input.volumes, stop_weight_s: STOP_WEIGHT_S, rows: input.rows ?? [], free: input.free ?? new Set(), ...(input.dispersion === undefined ? {} : { dispersion: input.dispersion }) })
    // Cycles stay, so all plans of the search are measured over the same time.
    this.#window = simulationWindow({ ...this.#scene(), plans: [{ compiled: this.#compile(this.#start) }] })
    this.#pairs = Math.max(LEAST_PAIRS, Math.floor((TEST_SHARE * input.runs) / 2))
    this.#nextSeed = input.seed + SEARCH_SEEDS
  }

  async run(): Promise<Polished> {
    for (let round = 0; await this.#round(round); round++);
    return this.#kept.length === 0 ? this.#answer([]) : this.#answer(await this.#simulate([this.#start, this.#at], Array.from({ length: this.#pairs }, (_, i) => this.#input.seed + TEST_SEEDS + i)))
  }

  /** Out: whether another round may bring something. */
  async #round(round: number): Promise<boolean> {
    const left = this.#input.runs - 2 * this.#pairs - this.#spent
    // With less nothing can show itself: two plans through all seeds of a round.
    const size = Math.min(FIELD, Math.floor((left - 2 * (SEMIFINAL + FINAL)) / HEAT) - 1)
    if (size < 1) return false
    const field = this.#field(round, size)
    if (field.length === 0) return false
    const plans = field.map((move) => ({ move, patterns: moved(this.#at, move), records: [] as RunRecord[] }))
    const before: RunRecord[] = []
    const meet = async (entries: typeof plans, seeds: number): Promise<void> => {
      const [own, ...theirs] = await this.#simulate([this.#at, ...entries.map(({ patterns }) => patterns)], this.#seeds(seeds))
      before.push(...own!)
      entries.forEach(({ records }, i) => records.push(...theirs[i]!))
    }
    const mean = ({ records }: (typeof plans)[number]): number => paired(before, records, costOf).mean
    const promising = (entries: typeof plans): typeof plans => entries.filter((entry) => mean(entry) < 0).sort((a, b) => mean(a) - mean(b))
    await meet(plans, HEAT)
    const spare = left - HEAT * (plans.length + 1) - 2 * FINAL
    const survivors = promising(plans).slice(0, Math.min(Math.ceil(plans.length / 2), Math.floor(spare / SEMIFINAL) - 1))
    for (const move of field) this.#tried.set(move.name, move)
    this.#count += field.length
    if (survivors.length === 0) return true
    await meet(survivors, SEMIFINAL)
    const [best] = promising(survivors)
    if (best === undefined) return true
    if (!isBetter(before, best.records)) await meet([best], FINAL)
    if (isBetter(before, best.records)) {
      this.#at = best.patterns
      this.#kept.push(best.move.name)
      // Around what has changed, what was tried before may help now.
      const changed = new Set(best.move.changed.map(({ signal }) => signal))
      for (const [name, move] of this.#tried) if (move.changed.some(({ signal }) => changed.has(signal))) this.#tried.delete(name)
    }
    return true
  }

  /** The first round also tries what the model would do if it were let: all offsets, all splits, both. */
  #field(round: number, size: number): Move[] {
    const several = round > 0 ? [] : [
      this.#guide.descend(this.#at, ['offset'], 'offsets that the model likes'),
      this.#guide.descend(this.#at, ['split', 'order'], 'splits that the model likes'),
      this.#guide.descend(this.#at, ['offset', 'split', 'order'], 'offsets and splits that the model likes'),
    ].filter((prospect): prospect is Prospect => prospect !== undefined)
    const chosen: Move[] = []
    const seen = new Map<string, number>()
    for (const { move } of [...several, ...this.#guide.rank(this.#at, this.#tried)]) {
      if (chosen.length >= size) break
      // Steps of the same kind at the same signal say nearly the same: one of each way is enough for a round.
      const place = `${move.kind} ${move.changed.map(({ signal }) => signal).join(' ')}`
      if ((seen.get(place) ?? 0) >= MOST_ALIKE || !this.#keeps(move)) continue
      seen.set(place, (seen.get(place) ?? 0) + 1)
      chosen.push(move)
    }
    return chosen
  }

  #keeps(move: Move): boolean {
    return this.#input.keep?.([...moved(this.#at, move).values()]) ?? true
  }

  #seeds(count: number): number[] {
    const first = this.#nextSeed
    this.#nextSeed += count
    return Array.from({ length: count }, (_, i) => first + i)
  }

  #compile(patterns: Patterns): ReturnType<typeof compileStreet> {
    return compileStreet(this.#input.graph, new Map([...this.#input.running, ...patterns]))
  }

  #scene(): Pick<SimulatePlansOptions, 'graph' | 'demand' | 'period' | 'window_s' | 'growth'> {
    const { graph, demand, period, window_s, growth } = this.#input
    return { graph, demand, period, ...(window_s === undefined ? {} : { window_s }), ...(growth === undefined ? {} : { growth }) }
  }

  async #simulate(plans: readonly Patterns[], seeds: readonly number[]): Promise<RunRecord[][]> {
    const { rules, model, corridor, step_s, signal, onProgress, runs } = this.#input
    const records = await simulateRecords({
      ...this.#scene(), rules, corridor, window: this.#window!, pool: this.#pool, seeds, plans: plans.map((patterns, i) => ({ id: String(i), compiled: this.#compile(patterns) })),
      ...(model === undefined ? {} : { model }), ...(step_s === undefined ? {} : { step_s }), ...(signal === undefined ? {} : { signal }),
      onProgress: (done) => onProgress?.((this.#spent + done) / runs),
    })
    this.#spent += plans.length * seeds.length
    return records
  }

  #answer(test: readonly RunRecord[][]): Polished {
    const [before, after] = test as [RunRecord[]?, RunRecord[]?]
    const improved = before !== undefined && after !== undefined && isBetter(before, after)
    const differences = before === undefined || after === undefined ? [] : MEASURES.map(({ measure, value }): PolishDifference => ({
      measure, before: meanCi(before.map(value)).mean, after: meanCi(after.map(value)).mean, difference: paired(before, after, value),
    }))
    const found = { improved, kept: this.#kept, tried: this.#count, runs: this.#spent, seeds: before?.map(({ seed }) => seed) ?? [], differences }
    return { ...found, patterns: this.#input.patterns.map((pattern) => (improved ? this.#at.get(pattern.signal)! : pattern)), sentence: sentenceOf(found) }
  }
}

/** Of one kind at one place in a round. */
const MOST_ALIKE = 2

const MEASURES: { measure: PolishDifference['measure']; value: (record: RunRecord) => number }[] = [
  { measure: 'cost_s', value: costOf }, { measure: 'delay_s', value: ({ total_delay_s }) => total_delay_s }, { measure: 'stops', value: ({ stops }) => stops },
  { measure: 'corridor_delay_s', value: ({ corridor_delay_s }) => corridor_delay_s }, { measure: 'corridor_stops', value: ({ corridor_stops }) => corridor_stops },
]

const tenths = (value: number): string => (Math.round(value * 10) / 10).toFixed(1)

function sentenceOf({ improved, kept, tried, runs, seeds, differences }: Omit<Polished, 'patterns' | 'sentence'>): string {
  const [cost, delay] = differences
  if (cost === undefined || delay === undefined) return `Polishing in the simulation tried ${tried} small changes in ${runs} runs; none was clearly better, the plan stays as it was.`
  const told = `delay with stops at their weight ${improved ? 'falls' : 'goes'} from ${tenths(cost.before)} to ${tenths(cost.after)} s per vehicle (${tenths(cost.difference.mean)} ± ${tenths(cost.difference.ci95 ?? 0)}), delay alone from ${tenths(delay.before)} to ${tenths(delay.after)} s`
  const steps = `${kept.length} of ${tried} small changes were kept in ${runs} runs`
  return improved
    ? `Polished in the simulation: ${steps}. On ${seeds.length} fresh seeds ${told}.`
    : `Polishing in the simulation changed nothing: ${steps}, but on ${seeds.length} fresh seeds they were not clearly better (${told}); the plan stays as it was.`
}
