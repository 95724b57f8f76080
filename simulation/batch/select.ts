// Which of many plans is best, with as few runs as that takes? Successive halving (Karnin, Koren and Somekh 2013): every
// plan gets a few seeds, the better half goes on and gets as many runs again, until one is left. All plans of a round meet
// the same seeds, so the comparison is paired. The best of many noisy means looks better than it is (winner's curse), so the
// winner is estimated anew from seeds that no choice has seen.
import { GreenwaveError } from '../../model/errors.ts'
import type { MeanCi } from '../../model/evaluation.ts'
import { SimulationPool } from './pool.ts'
import type { RunRecord } from './record.ts'
import { groupJobs, workloadOf, type PlanToSimulate, type SimulatePlansOptions } from './simulate-plans.ts'
import { mean, meanCi } from './statistics.ts'
import { simulationWindow } from './window.ts'
import type { Workload } from './workload.ts'

export interface SelectionBudget {
  /** Runs for the choice, at most; at least one per plan and round. */
  runs: number
  /** Fresh seeds for the winner, and for the baseline where there is one. */
  final_seeds: number
}

export interface SelectOptions extends Omit<SimulatePlansOptions, 'plans' | 'seeds' | 'until_decided' | 'trajectories'> {
  /** Seeds are counted from here; 1 by default. */
  first_seed?: number
  /** A plan that the winner is compared with, seed by seed; it takes no part in the choice. */
  baseline?: PlanToSimulate
  /** What is to be small, per run; `total_delay_s` by default. */
  cost?: (record: RunRecord) => number
}

export interface SelectionRound {
  /** New in this round. */
  seeds: number[]
  /** Best first; means over all seeds so far. */
  ranking: { id: string; cost: number; gridlocked_runs: number }[]
  kept: number
}

export interface Selection {
  chosen: string
  rounds: SelectionRound[]
  /** Of the winner, from fresh seeds. */
  estimate: { seeds: number[]; cost: MeanCi; gridlocked_runs: number }
  /** How much better the winner looked in the choice than it is: estimate minus the mean that it was chosen by. */
  optimism: number
  /** Winner minus baseline over the fresh seeds. */
  difference?: MeanCi
  /** All runs, of choice and estimate. */
  runs: number
}

/** How many rounds halving takes, and the fewest runs for them. */
const roundsFor = (plans: number): number => Math.max(1, Math.ceil(Math.log2(plans)))

/** Throws usage for no candidates, two of one name, or a budget that does not reach every plan; else as `simulatePlans`. */
export async function selectPlans(candidates: readonly PlanToSimulate[], budget: SelectionBudget, options: SelectOptions): Promise<Selection> {
  requireSelection(candidates, budget)
  const all = options.baseline === undefined ? [...candidates] : [...candidates, options.baseline]
  const pool = options.pool ?? new SimulationPool()
  try {
    const race = new Race(all, budget, options, pool)
    return await race.run(candidates.length)
  } finally {
    if (options.pool === undefined) await pool.close()
  }
}

class Race {
  readonly #plans: readonly PlanToSimulate[]
  readonly #budget: SelectionBudget
  readonly #options: SelectOptions
  readonly #pool: SimulationPool
  readonly #workload: Workload
  readonly #records: RunRecord[][]
  #nextSeed: number
  #runs = 0

  constructor(plans: readonly PlanToSimulate[], budget: SelectionBudget, options: SelectOptions, pool: SimulationPool) {
    this.#plans = plans
    this.#budget = budget
    this.#options = options
    this.#pool = pool
    this.#records = plans.map(() => [])
    this.#nextSeed = options.first_seed ?? 1
    const window = options.window ?? simulationWindow({ ...options, plans })
    this.#workload = workloadOf({ ...options, plans, trajectories: false }, [], window)
  }

  async run(candidates: number): Promise<Selection> {
    const rounds = roundsFor(candidates)
    let left = Array.from({ length: candidates }, (_, i) => i)
    const told: SelectionRound[] = []
    for (let round = 0; round < rounds; round++) {
      const seeds = this.#seeds(Math.max(1, Math.floor(this.#budget.runs / (rounds * left.length))))
      await this.#simulate(left, seeds)
      const ranking = this.#rank(left)
      left = ranking.slice(0, Math.ceil(left.length / 2)).map(({ plan }) => plan)
      told.push({ seeds, ranking: ranking.map(({ id, cost, gridlocked_runs }) => ({ id, cost, gridlocked_runs })), kept: left.length })
    }
    const winner = left[0]!
    return { ...(await this.#estimate(winner, told.at(-1)!.ranking[0]!.cost)), chosen: this.#plans[winner]!.id, rounds: told, runs: this.#runs }
  }

  async #estimate(winner: number, chosenBy: number): Promise<Pick<Selection, 'estimate' | 'optimism' | 'difference'>> {
    const cost = this.#options.cost ?? totalDelay
    const seeds = this.#seeds(this.#budget.final_seeds)
    const seen = this.#records[winner]!.length
    const baseline = this.#options.baseline === undefined ? undefined : this.#plans.length - 1
    await this.#simulate(baseline === undefined ? [winner] : [winner, baseline], seeds)
    const fresh = this.#records[winner]!.slice(seen)
    const estimate = { seeds, cost: meanCi(fresh.map(cost)), gridlocked_runs: locked(fresh) }
    return {
      estimate, optimism: estimate.cost.mean - chosenBy,
      ...(baseline === undefined ? {} : { difference: meanCi(fresh.map((record, i) => cost(record) - cost(this.#records[baseline]![i]!))) }),
    }
  }

  #seeds(count: number): number[] {
    const first = this.#nextSeed
    this.#nextSeed += count
    return Array.from({ length: count }, (_, i) => first + i)
  }

  async #simulate(plans: readonly number[], seeds: readonly number[]): Promise<void> {
    const { signal, onProgress, stratified } = this.#options
    const before = this.#runs
    const total = this.#budget.runs + this.#budget.final_seeds * (this.#options.baseline === undefined ? 1 : 2)
    const groups = groupJobs(plans.length, seeds, this.#pool.size, stratified === true).map((group) => group.map((job) => ({ ...job, plan: plans[job.plan]! })))
    const { records } = await this.#pool.execute(this.#workload, groups, {
      keep: false, ...(signal === undefined ? {} : { signal }), onProgress: (done) => onProgress?.(before + done, total),
    })
    records.forEach((record, i) => this.#records[plans[i % plans.length]!]!.push(record))
    this.#runs += records.length
  }

  /** A plan that gridlocks more often comes after all that do so less; of equals the one named first goes first. */
  #rank(plans: readonly number[]): { plan: number; id: string; cost: number; gridlocked_runs: number }[] {
    const cost = this.#options.cost ?? totalDelay
    return plans
      .map((plan) => ({ plan, id: this.#plans[plan]!.id, cost: mean(this.#records[plan]!.map(cost)), gridlocked_runs: locked(this.#records[plan]!) }))
      .sort((a, b) => a.gridlocked_runs - b.gridlocked_runs || a.cost - b.cost || a.plan - b.plan)
  }
}

const totalDelay = ({ total_delay_s }: RunRecord): number => total_delay_s

const locked = (records: readonly RunRecord[]): number => records.reduce((count, { gridlocked }) => count + gridlocked, 0)

function requireSelection(candidates: readonly PlanToSimulate[], { runs, final_seeds }: SelectionBudget): void {
  if (candidates.length === 0) throw new GreenwaveError('usage', 'there are 0 plans to choose from; it needs at least 1')
  const twice = candidates.find(({ id }, i) => candidates.findIndex((other) => other.id === id) !== i)
  if (twice !== undefined) throw new GreenwaveError('usage', `plan "${twice.id}" is there twice`)
  const least = roundsFor(candidates.length) * candidates.length
  if (!(runs >= least)) throw new GreenwaveError('usage', `the choice may take ${runs} runs; ${candidates.length} plans need at least ${least}`)
  if (!Number.isSafeInteger(final_seeds) || final_seeds < 1) throw new GreenwaveError('usage', `the winner may take ${final_seeds} fresh seeds; it needs at least 1`)
}
