/** Linear and mixed-integer models behind one interface; every back end passes `conformance.ts`. */

export interface Variable {
  /** Letters, digits and underscores, starting with a letter: the name also serves LP files. */
  readonly name: string
  /** -Infinity and Infinity where unbounded. One-variable limits belong here, never in a row. */
  readonly lower: number
  readonly upper: number
  readonly integer: boolean
  /** Coefficient in the objective, which is maximised. */
  readonly objective: number
}

export interface Row {
  readonly name: string
  readonly lower: number
  readonly upper: number
  /** Indices into the variables, each at most once. */
  readonly indices: readonly number[]
  readonly values: readonly number[]
}

export interface Model {
  readonly variables: readonly Variable[]
  readonly rows: readonly Row[]
}

export interface SolveLimits {
  /** Wall clock (s); none unless given. */
  readonly time_limit_s?: number
  /** Nodes of the branching, the same on every machine; none unless given, and ignored by back ends that do not count them. */
  readonly node_limit?: number
  /** False keeps a back end from simplifying the model first: for proofs of infeasibility, which HiGHS 1.15 gets wrong at times. */
  readonly presolve?: boolean
  /** Proof may stop at this relative distance; 1e-9 unless given. */
  readonly relative_gap?: number
  /** A solution to start from, one value a variable; back ends that cannot use it ignore it. */
  readonly start?: readonly number[]
}

/**
 * `optimal`: proven within the gap, and feasible. `feasible`: a solution that passed the check, not proven.
 * `unverified`: the back end claims a solution that violates a row, a bound or integrality; never use its values.
 * `limit`: stopped without a solution. `error`: anything else; `message` tells.
 */
export type SolveStatus = 'optimal' | 'feasible' | 'infeasible' | 'unbounded' | 'limit' | 'unverified' | 'error'

export interface SolveResult {
  readonly status: SolveStatus
  /** Objective of `values`; NaN without a solution. */
  readonly objective: number
  /** Proven upper bound of the objective; Infinity if none. */
  readonly bound: number
  /** One value a variable; empty without a solution. */
  readonly values: readonly number[]
  readonly message: string
}

export interface Solver {
  readonly name: string
  /** Answers only with values that pass `findViolation`. Blocks the thread: run long solves in a worker. */
  solve(model: Model, limits?: SolveLimits): SolveResult
}

/** Largest violation of a row, bound or integrality that still counts as met; solvers work to 1e-6 or 1e-7. */
const FEASIBILITY_TOLERANCE = 1e-5

/** What the values violate, as a sentence, or undefined if nothing: a solver's word is never taken for it. */
export function findViolation(model: Model, values: readonly number[], tolerance = FEASIBILITY_TOLERANCE): string | undefined {
  if (values.length !== model.variables.length) return `${values.length} values for ${model.variables.length} variables`
  for (const [j, { name, lower, upper, integer }] of model.variables.entries()) {
    const value = values[j]
    if (!(value >= lower - tolerance && value <= upper + tolerance)) return `${name} = ${value} is outside ${lower} to ${upper}`
    if (integer && Math.abs(value - Math.round(value)) > tolerance) return `${name} = ${value} is not an integer`
  }
  for (const { name, lower, upper, indices, values: coefficients } of model.rows) {
    let activity = 0
    let scale = 1
    indices.forEach((j, k) => {
      activity += coefficients[k] * values[j]
      scale = Math.max(scale, Math.abs(coefficients[k]))
    })
    if (!(activity >= lower - tolerance * scale && activity <= upper + tolerance * scale)) {
      return `row ${name} has ${activity}, outside ${lower} to ${upper}`
    }
  }
  return undefined
}

export function objectiveAt(model: Model, values: readonly number[]): number {
  return model.variables.reduce((sum, { objective }, j) => sum + objective * values[j], 0)
}

/** A result without a solution. */
export function withoutSolution(status: SolveStatus, message: string, bound = Number.POSITIVE_INFINITY): SolveResult {
  return { status, objective: Number.NaN, bound, values: [], message }
}

/** A claimed solution after the check; integers are rounded once they are known to be near enough. */
export function checkedSolution(
  model: Model,
  claimed: readonly number[],
  status: 'optimal' | 'feasible',
  bound: number,
  message: string,
): SolveResult {
  const violation = findViolation(model, claimed)
  if (violation !== undefined) return withoutSolution('unverified', `${message}: ${violation}`)
  const values = claimed.map((value, j) => (model.variables[j].integer ? Math.round(value) : value))
  return { status, objective: objectiveAt(model, values), bound, values, message }
}

/** @throws Error if an index is out of range or repeated, or a bound or coefficient is not a number. */
export function assertModel({ variables, rows }: Model): void {
  for (const { name, lower, upper, objective } of variables) {
    if (Number.isNaN(lower) || Number.isNaN(upper) || !Number.isFinite(objective)) {
      throw new Error(`variable ${name} has bounds ${lower} to ${upper} and objective ${objective}`)
    }
  }
  for (const { name, indices, values, lower, upper } of rows) {
    if (indices.length !== values.length) throw new Error(`row ${name} has ${indices.length} indices and ${values.length} values`)
    if (Number.isNaN(lower) || Number.isNaN(upper)) throw new Error(`row ${name} has bounds ${lower} to ${upper}`)
    if (new Set(indices).size !== indices.length) throw new Error(`row ${name} names a variable twice`)
    for (const j of indices) if (!(j >= 0 && j < variables.length)) throw new Error(`row ${name} names variable ${j} of ${variables.length}`)
    for (const value of values) if (!Number.isFinite(value)) throw new Error(`row ${name} has the coefficient ${value}`)
  }
}
