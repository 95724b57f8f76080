/**
 * javascript-lp-solver (Unlicense): no WebAssembly, for models of up to about 12 signals. On time-out it calls fractional
 * integers feasible (seen with 1.0.3), so its answers count only after the check. It does not tell that
 * it ran out of time: under a time limit it proves nothing, neither optimality nor infeasibility.
 */
import jsLpModule, { type Model as JsModel } from 'javascript-lp-solver'
import { assertModel, checkedSolution, type Model, type SolveLimits, type Solver, type SolveResult, withoutSolution } from './solver.ts'

// The package declares CommonJS types for an ES module: at run time the default export is the solver itself.
const jsLp = jsLpModule as unknown as (typeof jsLpModule)['default']

export function createJsLpSolver(): Solver {
  return { name: 'javascript-lp-solver', solve }
}

/**
 * The solver takes every variable as non-negative, and its own `unrestricted` calls feasible models infeasible (the
 * conformance suite has one). So a variable is counted from its lower bound, else down from its upper bound, else as
 * the difference of two.
 */
function solve(model: Model, limits: SolveLimits = {}): SolveResult {
  assertModel(model)
  const answer = parseAnswer(jsLp.Solve(translate(model, limits)))
  const timed = limits.time_limit_s !== undefined
  if (answer.bounded === false) return withoutSolution('unbounded', 'javascript-lp-solver: unbounded')
  if (!answer.feasible) {
    return timed
      ? withoutSolution('limit', 'javascript-lp-solver: no solution within the time limit')
      : withoutSolution('infeasible', 'javascript-lp-solver: infeasible')
  }
  const at = (name: string): number => answer.values.get(name) ?? 0
  const values = model.variables.map((variable, j) => {
    const own = shiftOf(variable) + signOf(variable) * at(nameOf(j))
    return isFree(variable) ? own - at(negativeOf(j)) : own
  })
  const checked = checkedSolution(model, values, timed ? 'feasible' : 'optimal', Number.POSITIVE_INFINITY, 'javascript-lp-solver')
  return checked.status === 'optimal' ? { ...checked, bound: checked.objective } : checked
}

type Bounded = Model['variables'][number]

function isFree({ lower, upper }: Bounded): boolean {
  return !Number.isFinite(lower) && !Number.isFinite(upper)
}

function shiftOf({ lower, upper }: Bounded): number {
  if (Number.isFinite(lower)) return lower
  return Number.isFinite(upper) ? upper : 0
}

function signOf({ lower, upper }: Bounded): 1 | -1 {
  return !Number.isFinite(lower) && Number.isFinite(upper) ? -1 : 1
}

function nameOf(j: number): string {
  return `v${j}`
}

function negativeOf(j: number): string {
  return `n${j}`
}

type Column = Record<string, number>

function translate(model: Model, limits: SolveLimits): JsModel {
  const variables: Record<string, Column> = {}
  const constraints: Record<string, { min?: number; max?: number; equal?: number }> = {}
  const ints: Record<string, 1> = {}
  const put = (j: number, key: string, coefficient: number): void => {
    variables[nameOf(j)][key] = signOf(model.variables[j]) * coefficient
    if (isFree(model.variables[j])) variables[negativeOf(j)][key] = -coefficient
  }
  model.variables.forEach((variable, j) => {
    variables[nameOf(j)] = {}
    if (isFree(variable)) variables[negativeOf(j)] = {}
    put(j, 'goal', variable.objective)
    if (Number.isFinite(variable.lower) && Number.isFinite(variable.upper)) {
      constraints[`u${j}`] = { max: variable.upper - variable.lower }
      put(j, `u${j}`, 1)
    }
    if (variable.integer) ints[nameOf(j)] = 1
    if (variable.integer && isFree(variable)) ints[negativeOf(j)] = 1
  })
  model.rows.forEach(({ lower, upper, indices, values }, i) => {
    let moved = 0
    indices.forEach((j, k) => {
      moved += values[k] * shiftOf(model.variables[j])
      put(j, `r${i}`, values[k])
    })
    constraints[`r${i}`] = limitsOf(lower - moved, upper - moved)
  })
  const timeout = limits.time_limit_s === undefined ? {} : { timeout: limits.time_limit_s * 1000 }
  return { optimize: 'goal', opType: 'max', constraints, variables, ints, ...timeout }
}

function limitsOf(lower: number, upper: number): { min?: number; max?: number; equal?: number } {
  if (lower === upper) return { equal: lower }
  return { ...(Number.isFinite(lower) && { min: lower }), ...(Number.isFinite(upper) && { max: upper }) }
}

interface Answer {
  readonly feasible: boolean
  readonly bounded: boolean | undefined
  readonly values: Map<string, number>
}

/** The result mixes flags and variables in one record; variables at zero are missing. */
function parseAnswer(result: unknown): Answer {
  const values = new Map<string, number>()
  const record: Record<string, unknown> = typeof result === 'object' && result !== null ? { ...result } : {}
  for (const [key, value] of Object.entries(record)) if (typeof value === 'number') values.set(key, value)
  const bounded = typeof record.bounded === 'boolean' ? record.bounded : undefined
  return { feasible: record.feasible === true, bounded, values }
}
