// Every treatment is tried before it is recommended: simulated with the same seeds as the street as it is. Where a treatment
// has several variants, few runs choose one and other seeds judge it, so that the luck of the choice is not in its figure.
import { checkChange } from '../../model/check-plan.ts'
import type { Trial, Treatment } from '../../model/diagnosis.ts'
import type { Evaluation } from '../../model/evaluation.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Period } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Estimate } from '../../model/traffic-state.ts'
import type { Seconds } from '../../model/units.ts'
import { validateNetwork } from '../../model/validate.ts'
import { simulatePlans, studentT, type SimulatedPlan, type SimulationPool } from '../../simulation/batch/index.ts'
import type { Drivers } from '../drivers.ts'
import { compileStreet } from '../street.ts'
import { applyTreatment, type Street, type Variant } from './treat.ts'

export interface TrialRequest {
  street: Street
  period: Period
  drivers: Drivers
  /** Runs that judge; two that choose come before them with other seeds. */
  runs: number
  seed: number
  pool: SimulationPool
  /** How long each run measures, at most the period; an hour by default. */
  window_s?: Seconds
  signal?: AbortSignal
}

export interface TriedTreatment {
  trial?: Trial
  /** The variant that was judged. */
  variant?: string
  not_tried?: string
}

const CHOICE = { runs: 2, seed_distance: 1_000_000 } as const
const PROBABILITY = 0.1
/** A change of delay below this, s per vehicle, matters to nobody. */
const THRESHOLD_S = 1

type Simulate = (variant: Variant, seeds: readonly number[]) => Promise<SimulatedPlan>

/** Tries treatments of one place in the order given; the street as it is runs only once per seed. */
export class Trials {
  readonly #request: TrialRequest
  readonly #before = new Map<string, Promise<SimulatedPlan>>()

  constructor(request: TrialRequest) {
    this.#request = request
  }

  /** Throws only the reason of an abort: a treatment that cannot be simulated says why in `not_tried`. */
  async run(treatment: Treatment, at: SignalId | undefined): Promise<TriedTreatment> {
    const { street, signal } = this.#request
    try {
      const variants = applyTreatment(street, treatment)
      if (typeof variants === 'string') return { not_tried: variants }
      const lawful = variants.filter((variant) => this.#isLawful(variant))
      if (lawful.length === 0) return { not_tried: 'it breaks a rule that every plan must obey' }
      const chosen = await this.#choose(lawful)
      const seeds = this.#seeds(0, this.#request.runs)
      const [before, after] = [await this.#asItIs(seeds), await this.#simulate(chosen, seeds)]
      return { variant: chosen.label, trial: judge(before.evaluation, after.evaluation, at) }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof GreenwaveError) return { not_tried: error.message }
      throw error
    }
  }

  #isLawful({ graph, patterns }: Variant): boolean {
    const { street } = this.#request
    validateNetwork(graph.network)
    return checkChange(graph, [...patterns.values()], street.patterns).length === 0
  }

  #seeds(from: number, runs: number): number[] {
    return Array.from({ length: runs }, (_, i) => this.#request.seed + from + i)
  }

  async #choose(variants: readonly Variant[]): Promise<Variant> {
    let [best, least] = [variants[0]!, Infinity]
    if (variants.length === 1) return best
    for (const variant of variants) {
      const { evaluation } = await this.#simulate(variant, this.#seeds(CHOICE.seed_distance, CHOICE.runs))
      const delay = evaluation.gridlocked_runs > 0 ? Infinity : evaluation.delay_s.mean + evaluation.insertion_delay_s.mean
      if (delay < least) [best, least] = [variant, delay]
    }
    return best
  }

  #asItIs(seeds: readonly number[]): Promise<SimulatedPlan> {
    const { graph, patterns, demand } = this.#request.street
    const key = seeds.join()
    const known = this.#before.get(key) ?? this.#simulate({ label: 'as it is', graph, patterns: new Map(patterns), demand }, seeds)
    this.#before.set(key, known)
    return known
  }

  readonly #simulate: Simulate = async ({ graph, patterns, demand }, seeds) => {
    const { period, drivers, pool, window_s, signal } = this.#request
    const { plans } = await simulatePlans({ graph, demand, period, ...drivers, pool, seeds, trajectories: false, plans: [{ id: 'street', compiled: compileStreet(graph, patterns) }], ...(window_s === undefined ? {} : { window_s }), ...(signal === undefined ? {} : { signal }) })
    return plans[0]!
  }
}

/** Paired over seeds; 90 % intervals. The queue is that of the signal's movements, means over runs, without an interval of the difference. */
function judge(before: Evaluation, after: Evaluation, at: SignalId | undefined): Trial {
  const paired = (pick: (seed: Evaluation['per_seed'][number]) => number): Estimate => {
    const differences = before.per_seed.flatMap((b) => {
      const a = after.per_seed.find(({ seed }) => seed === b.seed)
      return a === undefined ? [] : [pick(a) - pick(b)]
    })
    return interval(differences.filter(Number.isFinite))
  }
  const delay_s = paired(({ delay_s: delay, insertion_delay_s: wait = 0 }) => delay + wait)
  const queue = (evaluation: Evaluation): number => evaluation.movements.filter((movement) => at === undefined || movement.signal === at).reduce((sum, { queue_p95_m }) => sum + queue_p95_m, 0)
  const worse = after.gridlocked_runs > before.gridlocked_runs
  return {
    runs: before.runs, delay_s, stops: paired(({ stops }) => stops), queue_m: { value: queue(after) - queue(before), low: null, high: null },
    verdict: worse ? 'worse' : verdictOf(delay_s),
  }
}

function interval(values: readonly number[]): Estimate {
  const n = values.length
  if (n === 0) return { value: null, low: null, high: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n === 1) return { value: mean, low: null, high: null }
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  const half = (studentT(n - 1, PROBABILITY) * deviation) / Math.sqrt(n)
  return { value: mean, low: mean - half, high: mean + half }
}

function verdictOf({ low, high }: Estimate): Trial['verdict'] {
  if (low === null || high === null) return 'undecided'
  if (high < 0) return 'better'
  if (low > THRESHOLD_S) return 'worse'
  return high < THRESHOLD_S ? 'no worse' : 'undecided'
}
