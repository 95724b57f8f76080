/**
 * The suite that every solver back end passes, as a function of the back end. It knows no test runner: `test` registers
 * a titled case, and a case fails by throwing.
 */
import assert from 'node:assert/strict'
import { ModelBuilder } from './builder.ts'
import { findViolation, type Model, type Solver } from './solver.ts'

const FREE = Number.POSITIVE_INFINITY
const CLOSE = 1e-6

export function solverConformance(
  name: string,
  factory: () => Solver | Promise<Solver>,
  test: (title: string, run: () => Promise<void>) => void,
): void {
  for (const [title, run] of Object.entries(CASES)) {
    test(`${name} ${title}`, async () => run(await factory()))
  }
}

const CASES: Record<string, (solver: Solver) => void> = {
  'solves a linear program at a corner': (solver) => {
    const model = new ModelBuilder()
    const chairs = model.add('chairs', 0, FREE, { objective: 30 })
    const tables = model.add('tables', 0, FREE, { objective: 50 })
    model.row('carpentry', -FREE, [[chairs, 1], [tables, 2]], 40)
    model.row('finishing', -FREE, [[chairs, 2], [tables, 1]], 50)
    expectOptimum(solver, model.build(), 1100, [20, 10])
  },
  'solves a knapsack in integers': (solver) => expectOptimum(solver, knapsack(), 21, [0, 1, 1, 1]),
  'maximises over negative and free variables': (solver) => {
    const model = new ModelBuilder()
    const x = model.add('x', -5, -2, { objective: 1 })
    const y = model.add('y', -FREE, FREE, { objective: 1 })
    model.row('link', -FREE, [[y, 1], [x, -1]], 1)
    expectOptimum(solver, model.build(), -3, [-2, -1])
  },
  'keeps integers at negative bounds': (solver) => {
    const model = new ModelBuilder()
    const m = model.add('m', -4, 3, { integer: true, objective: -1 })
    const x = model.add('x', 0, 1, { objective: 0.5 })
    model.row('least', -2.5, [[m, 1], [x, -0.25]], FREE)
    expectOptimum(solver, model.build(), 2.5, [-2, 1])
  },
  'meets ranges and equalities of rows': (solver) => {
    const model = new ModelBuilder()
    const x = model.add('x', 0, 10, { objective: 2 })
    const y = model.add('y', 0, 10, { objective: 1 })
    model.row('sum', 3, [[x, 1], [y, 1]], 3)
    model.row('difference', -1, [[x, 1], [y, -1]], 2)
    expectOptimum(solver, model.build(), 5.5, [2.5, 0.5])
  },
  'turns a row of one variable into a bound and keeps it': (solver) => {
    const model = new ModelBuilder()
    const x = model.add('x', 0, 1, { objective: -2 })
    const y = model.add('y', 0, 1, { objective: 1 })
    model.row('least', 0.000567, [[x, 1]], FREE)
    model.row('order', -FREE, [[y, 1], [x, -1]], 0.5)
    const built = model.build()
    assert.equal(built.rows.length, 1)
    expectOptimum(solver, built, 0.499433, [0.000567, 0.500567])
  },
  'calls contradictory rows infeasible': (solver) => {
    const model = new ModelBuilder()
    const x = model.add('x', 0, 1, { objective: 1 })
    const y = model.add('y', 0, 1)
    model.row('most', -FREE, [[x, 1], [y, 1]], 0.5)
    model.row('least', 0.75, [[x, 1], [y, 2]], FREE)
    model.row('order', 0.4, [[x, 1], [y, -1]], FREE)
    expectNoSolution(solver, model.build(), 'infeasible')
  },
  'calls an integer gap infeasible': (solver) => {
    const model = new ModelBuilder()
    const x = model.add('x', 0, 5, { integer: true, objective: 1 })
    const y = model.add('y', 0, 5, { integer: true })
    model.row('odd', 3, [[x, 2], [y, 2]], 3)
    expectNoSolution(solver, model.build(), 'infeasible')
  },
  'calls an open direction unbounded, or at least not optimal': (solver) => {
    const model = new ModelBuilder()
    const x = model.add('x', 0, FREE, { objective: 1 })
    const y = model.add('y', 0, FREE)
    model.row('tie', -FREE, [[x, 1], [y, -1]], 1)
    const { status, values } = solver.solve(model.build())
    assert.ok(status === 'unbounded' || status === 'error', `status ${status}`)
    assert.equal(values.length, 0)
  },
  'bounds the optimum from above': (solver) => {
    const result = solver.solve(knapsack())
    assert.ok(result.bound >= result.objective - CLOSE)
  },
  'accepts a start': (solver) => {
    const result = solver.solve(knapsack(), { start: [1, 1, 0, 0] })
    assert.equal(result.status, 'optimal')
    assert.ok(Math.abs(result.objective - 21) < CLOSE)
  },
  'never returns values that violate the model when time is short': (solver) => {
    const model = hardKnapsack()
    const result = solver.solve(model, { time_limit_s: 0.02 })
    assert.ok(['optimal', 'feasible', 'limit', 'unverified'].includes(result.status), result.message)
    if (result.values.length > 0) assert.equal(findViolation(model, result.values), undefined)
    if (result.status === 'limit' || result.status === 'unverified') assert.equal(result.values.length, 0)
  },
  'never returns values that violate the model when nodes are few': (solver) => {
    const model = knapsack()
    const { status, values, message, bound } = solver.solve(model, { node_limit: 1 })
    assert.ok(['optimal', 'feasible', 'limit'].includes(status), message)
    assert.ok(bound >= 21 - CLOSE)
    if (values.length > 0) assert.equal(findViolation(model, values), undefined)
  },
  'refuses a coefficient that is not a number': (solver) => {
    const model: Model = {
      variables: [{ name: 'x', lower: 0, upper: 1, integer: false, objective: 1 }],
      rows: [{ name: 'bad', lower: 0, upper: 1, indices: [0], values: [Number.NaN] }],
    }
    assert.throws(() => solver.solve(model), /row bad has the coefficient NaN/)
  },
  'gives the same answer twice': (solver) => {
    assert.deepEqual(solver.solve(knapsack()).values, solver.solve(knapsack()).values)
  },
}

function knapsack(): Model {
  const model = new ModelBuilder()
  const worths = [8, 11, 6, 4]
  const weights = [5, 7, 4, 3]
  const items = worths.map((objective, j) => model.add(`item${j}`, 0, 1, { integer: true, objective }))
  model.row('weight', -FREE, items.map((item, j) => [item, weights[j]] as const), 14)
  return model.build()
}

/** Many nearly equal ratios: no solver proves it in some milliseconds. */
function hardKnapsack(): Model {
  const model = new ModelBuilder()
  const items = Array.from({ length: 60 }, (_, j) => {
    return model.add(`item${j}`, 0, 3, { integer: true, objective: 1000 + ((j * 7919) % 389) })
  })
  for (let r = 0; r < 12; r++) {
    model.row(`row${r}`, -FREE, items.map((item, j) => [item, 1000 + ((j * 104_729 + r * 1299) % 401)] as const), 31_337 + r)
  }
  return model.build()
}

function expectOptimum(solver: Solver, model: Model, objective: number, values: readonly number[]): void {
  const result = solver.solve(model)
  assert.equal(result.status, 'optimal', result.message)
  assert.ok(Math.abs(result.objective - objective) < CLOSE, `objective ${result.objective}, expected ${objective}`)
  values.forEach((value, j) => {
    assert.ok(Math.abs(result.values[j] - value) < CLOSE, `${model.variables[j].name} = ${result.values[j]}, expected ${value}`)
  })
}

function expectNoSolution(solver: Solver, model: Model, status: string): void {
  const result = solver.solve(model)
  assert.equal(result.status, status, result.message)
  assert.equal(result.values.length, 0)
  assert.ok(Number.isNaN(result.objective))
}
