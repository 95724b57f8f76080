import { describe, expect, test } from 'vitest'
import { ModelBuilder } from './builder.ts'
import { solverConformance } from './conformance.ts'
import { loadHighsSolver } from './highs.ts'
import { createJsLpSolver } from './js-lp.ts'
import { assertModel, checkedSolution, findViolation } from './solver.ts'

const highs = loadHighsSolver()
solverConformance('HiGHS', () => highs, test)
solverConformance('javascript-lp-solver', createJsLpSolver, test)

describe('the check of a claimed solution', () => {
  const builder = new ModelBuilder()
  const m = builder.add('m', 0, 3, { integer: true, objective: 1 })
  const x = builder.add('x', 0, 1)
  builder.row('sum', 1, [[m, 1], [x, 1]], 2)
  const model = builder.build()

  test('names the variable that should be an integer', () => {
    expect(findViolation(model, [0.35, 0.8])).toBe('m = 0.35 is not an integer')
  })

  test('names the row and its activity', () => {
    expect(findViolation(model, [2, 0.5])).toBe('row sum has 2.5, outside 1 to 2')
  })

  test('names the bound', () => {
    expect(findViolation(model, [4, 0])).toBe('m = 4 is outside 0 to 3')
  })

  test('turns a violating claim into a result without values', () => {
    expect(checkedSolution(model, [0.5, 0.5], 'optimal', 1, 'test')).toMatchObject({ status: 'unverified', values: [] })
  })

  test('refuses a row that names a variable twice', () => {
    expect(() => assertModel({ ...model, rows: [{ name: 'r', lower: 0, upper: 1, indices: [0, 0], values: [1, 1] }] })).toThrow(
      'row r names a variable twice',
    )
  })
})
