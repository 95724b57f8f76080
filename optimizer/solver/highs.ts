/** HiGHS compiled to WebAssembly (MIT): the general back end. First solves cost 1 to 2 s of compilation. */
import highsModule, { type Highs, type Model as HighsModel, type ModelData } from 'highs'
import { assertModel, checkedSolution, type Model, type SolveLimits, type Solver, type SolveResult, withoutSolution } from './solver.ts'

// The package declares CommonJS types for an ES module: at run time the default export is the loader itself.
const loadHighs = highsModule as unknown as (typeof highsModule)['default']

/** Loads the WebAssembly module (3.5 MB, about half a second); call once and keep the solver. */
export async function loadHighsSolver(): Promise<Solver> {
  const highs = await loadHighs()
  return { name: 'HiGHS', solve: (model, limits = {}) => solveWith(highs, model, limits) }
}

function solveWith(highs: Highs, model: Model, limits: SolveLimits): SolveResult {
  assertModel(model)
  // Garbage collection never frees the native model, so it is disposed in every case.
  const native = highs.createModel()
  try {
    native.options.set('output_flag', false)
    native.options.set('mip_rel_gap', limits.relative_gap ?? 1e-9)
    native.options.set('mip_abs_gap', 1e-9)
    // At its default of 1e-6 every band comes out wider by as much as the checker tolerates.
    native.options.set('mip_feasibility_tolerance', 1e-9)
    native.options.set('primal_feasibility_tolerance', 1e-9)
    if (limits.time_limit_s !== undefined) native.options.set('time_limit', limits.time_limit_s)
    if (limits.node_limit !== undefined) native.options.set('mip_max_nodes', limits.node_limit)
    if (limits.presolve === false) native.options.set('presolve', 'off')
    native.passModel(dataOf(highs, model))
    if (limits.start) native.setSolution({ colValue: limits.start.slice() })
    native.run()
    return resultOf(highs, native, model)
  } finally {
    native.dispose()
  }
}

function dataOf(highs: Highs, { variables, rows }: Model): ModelData {
  const starts = [0]
  for (const { indices } of rows) starts.push(starts[starts.length - 1] + indices.length)
  const { continuous, integer } = highs.constants.variableType
  return {
    numCols: variables.length,
    numRows: rows.length,
    sense: highs.constants.objectiveSense.maximize,
    colCost: variables.map(({ objective }) => objective),
    colLower: variables.map(({ lower }) => lower),
    colUpper: variables.map(({ upper }) => upper),
    rowLower: rows.map(({ lower }) => lower),
    rowUpper: rows.map(({ upper }) => upper),
    integrality: variables.map((variable) => (variable.integer ? integer : continuous)),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: variables.length,
      starts,
      indices: rows.flatMap(({ indices }) => indices),
      values: rows.flatMap(({ values }) => values),
    },
  }
}

/** Only a proven optimum, or a limit with a solution in hand, yields values. */
function resultOf(highs: Highs, native: HighsModel, model: Model): SolveResult {
  const status = native.getModelStatus()
  const codes = highs.constants.modelStatus
  const mixed = model.variables.some(({ integer }) => integer)
  const bound = mixed ? Number(native.info.get('mip_dual_bound')) : Number.POSITIVE_INFINITY
  switch (status) {
    case codes.optimal:
      return checkedSolution(model, values(native), 'optimal', mixed ? bound : native.getObjectiveValue(), 'HiGHS: optimal')
    case codes.empty:
      return checkedSolution(model, values(native), 'optimal', 0, 'HiGHS: empty model')
    case codes.infeasible:
      return withoutSolution('infeasible', 'HiGHS: infeasible')
    case codes.unbounded:
      return withoutSolution('unbounded', 'HiGHS: unbounded')
    case codes.timeLimit:
    // So it calls its limit of nodes.
    case codes.solutionLimit: {
      const limit = status === codes.timeLimit ? 'time limit' : 'node limit'
      if (!hasSolution(native)) return withoutSolution('limit', `HiGHS: ${limit}, no solution`, bound)
      return checkedSolution(model, values(native), 'feasible', bound, `HiGHS: ${limit}`)
    }
    default:
      return withoutSolution('error', `HiGHS ended with model status ${status}`, bound)
  }
}

/** HiGHS codes the primal solution 0 none, 1 infeasible, 2 feasible. */
function hasSolution(native: HighsModel): boolean {
  return native.info.get('primal_solution_status') === 2
}

function values(native: HighsModel): number[] {
  return Array.from(native.getSolution().colValue)
}
