/**
 * Offsets on tables: how far is what we find from what nobody can beat? Grids and an irregular network of a thousand signals, three
 * seeds each, every answer added up again by the checker. HiGHS proves the same optimum on tiny grids.
 * Large ones have two threads and end at a target for the gap or at the limit by the clock; our effort for the others is CPU seconds of one thread.
 */
import { checkOffsets, type Family, gridTables, irregularTables, type OffsetTables, solveOffsets } from '../../optimizer/tables/index.ts'
import { gapShare } from '../../optimizer/certified.ts'
import { ModelBuilder } from '../../optimizer/solver/builder.ts'
import { loadHighsSolver } from '../../optimizer/solver/highs.ts'
import type { Solver } from '../../optimizer/solver/solver.ts'
import { solveOffsetsOnThreads } from '../../plans/offsets-threads.ts'
import type { CoordinationRows } from '../coordination.ts'
import { formatTable } from '../table.ts'

const SEEDS = [1, 2, 3]
const FAMILIES: readonly Family[] = ['easy', 'hard']

interface Case {
  readonly name: string
  readonly make: (family: Family, seed: number) => OffsetTables
  /** Share of the limit that one solve takes; the limit stands for a grid of 20 × 20. */
  readonly share: number
  /** On two threads: the gap, a share of the bound, that is to be reached within the limit by the clock. */
  readonly target?: number
}

const CASES: readonly Case[] = [
  { name: 'grid 3x3, C 10', make: (family, seed) => gridTables(3, 3, 10, family, seed), share: 0.05 },
  { name: 'grid 4x4, C 90', make: (family, seed) => gridTables(4, 4, 90, family, seed), share: 0.05 },
  { name: 'grid 6x6, C 90', make: (family, seed) => gridTables(6, 6, 90, family, seed), share: 0.1 },
  { name: 'grid 10x10, C 90', make: (family, seed) => gridTables(10, 10, 90, family, seed), share: 1 / 6, target: 0.002 },
  { name: 'grid 20x20, C 90', make: (family, seed) => gridTables(20, 20, 90, family, seed), share: 1, target: 0.005 },
  { name: 'grid 32x32 less 3 %, C 90', make: (family, seed) => gridTables(32, 32, 90, family, seed, 0.03), share: 4, target: 0.02 },
  { name: 'irregular 1000, C 90', make: (family, seed) => irregularTables(1000, 90, family, seed), share: 4, target: 0.02 },
]

const HEADER = ['case', 'family', 'seed', 'solver', 'random mean', 'sum of minima', 'value', 'bound', 'gap', 'wall s', 'CPU s', 'target']
/** Of the value: checker and solvers may differ by this. */
const TOLERANCE = 1e-6

export async function rows(limit_s: number, told: (row: readonly string[]) => void): Promise<CoordinationRows> {
  const highs = await loadHighsSolver()
  const lines: string[][] = []
  const faults: string[] = []
  const add = (row: string[]): void => {
    lines.push(row)
    told(row)
  }
  const worst: string[][] = []
  for (const { name, make, share, target } of CASES) {
    for (const family of FAMILIES) {
      let most = 0
      for (const seed of SEEDS) {
        const tables = make(family, seed)
        const at = clock()
        const cpu = cpu_s()
        const answer = target === undefined
          ? solveOffsets(tables, { seed, goOn: () => cpu_s() - cpu < limit_s * share })
          : await solveOffsetsOnThreads(tables, { seed, limit_s: limit_s * share, target_gap: target })
        const took = { wall_s: clock() - at, cpu_s: cpu_s() - cpu }
        const place = `${name}, ${family}, seed ${seed}`
        faults.push(...confirm(place, tables, answer))
        most = Math.max(most, answer.gap_share)
        add([name, family, String(seed), 'ours', ...figures(tables), ...result(answer, took), verdict(answer.gap_share, target)])
        if (tables.nodes * tables.cycle_s > 90) continue
        const { value, bound, ...tookHighs } = byHighs(highs, tables, limit_s)
        add([name, family, String(seed), 'HiGHS', ...figures(tables), ...result({ value, bound }, tookHighs), verdict(0, undefined)])
        const slack = TOLERANCE * answer.value
        if (bound > answer.value + slack || answer.bound > value + slack) faults.push(`${place}: HiGHS has ${value} and bound ${bound}, ours ${answer.value} and ${answer.bound}`)
      }
      worst.push([name, family, `${(100 * most).toFixed(3)} %`, target === undefined ? '' : `${100 * target} %`, (limit_s * share).toFixed(1), target === undefined ? 'CPU' : 'wall', verdict(most, target)])
    }
  }
  return { table: `${formatTable(HEADER, lines)}\n\n${formatTable(['worst of the seeds', 'family', 'gap', 'target', 's at most', 'of', ''], worst)}`, faults }
}

const verdict = (gap_share: number, target: number | undefined): string => (target === undefined ? '' : gap_share <= target ? 'met' : 'missed')

const clock = (): number => performance.now() / 1000
/** Of all threads. */
const cpu_s = (): number => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6

function confirm(place: string, tables: OffsetTables, answer: ReturnType<typeof solveOffsets>): string[] {
  try {
    const { bound } = checkOffsets(tables, answer)
    return Math.abs(bound - answer.bound) <= TOLERANCE * answer.value ? [] : [`${place}: the checker has bound ${bound}, the answer ${answer.bound}`]
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** What random offsets cost on average, and what the least entries of all streets (both directions together) add up to: how hard it is. */
function figures({ cycle_s, nodes, edges }: OffsetTables): string[] {
  const both = new Map<number, Float64Array>()
  for (const { from, to, cost } of edges) {
    const key = Math.min(from, to) * nodes + Math.max(from, to)
    const table = both.get(key) ?? new Float64Array(cycle_s)
    both.set(key, table)
    for (const [φ, x] of cost.entries()) table[from < to ? φ : (cycle_s - φ) % cycle_s]! += x
  }
  let mean = 0, least = 0
  for (const table of both.values()) {
    mean += table.reduce((sum, x) => sum + x, 0) / cycle_s
    least += Math.min(...table)
  }
  return [mean.toFixed(0), least.toFixed(0)]
}

const result = ({ value, bound }: { value: number; bound: number }, { wall_s, cpu_s }: { wall_s: number; cpu_s: number }): string[] =>
  [value.toFixed(1), bound.toFixed(1), `${(100 * gapShare(value - bound, bound)).toFixed(3)} %`, wall_s.toFixed(2), cpu_s.toFixed(2)]

/** One binary for each second of each edge, chosen difference = θ_to − θ_from + a multiple of the cycle. */
function byHighs(solver: Solver, { cycle_s: C, nodes, edges }: OffsetTables, limit_s: number): { value: number; bound: number; wall_s: number; cpu_s: number } {
  const model = new ModelBuilder()
  const offsets = Array.from({ length: nodes }, (_, n) => model.add(`t${n}`, 0, n === 0 ? 0 : C - 1, { integer: true }))
  for (const [e, { from, to, cost }] of edges.entries()) {
    const chosen = [...cost].map((x, φ) => model.add(`x${e}_${φ}`, 0, 1, { integer: true, objective: -x }))
    const turns = model.add(`m${e}`, 0, 1, { integer: true })
    model.row(`one${e}`, 1, chosen.map((x) => [x, 1]), 1)
    model.row(`loop${e}`, 0, [...chosen.map((x, φ): [number, number] => [x, φ]), [offsets[to]!, -1], [offsets[from]!, 1], [turns, -C]], 0)
  }
  const at = clock()
  const cpu = cpu_s()
  const answer = solver.solve(model.build(), { time_limit_s: limit_s })
  return { value: -answer.objective, bound: -answer.bound, wall_s: clock() - at, cpu_s: cpu_s() - cpu }
}
