/** MULTIBAND on synthetic arterials (Gartner and others 1991), free cycle 80 to 140 s: ours by prices, and MILP solvers. */
import { problemAtCycle } from '../../optimizer/bands/cycle-range.ts'
import { syntheticArterial, withoutClearance } from '../../optimizer/bands/instances/arterials.ts'
import { checkBoxes, checkLinkBands, checkLinkPlan, inSeconds, linkBands, type LinkBandProblem, type LinkWeight, solveLinkBandRange, volumeWeights } from '../../optimizer/link-bands/index.ts'
import { multibandModel, readMultiband } from '../../optimizer/link-bands/multiband.ts'
import { loadHighsSolver } from '../../optimizer/solver/highs.ts'
import { createJsLpSolver } from '../../optimizer/solver/js-lp.ts'
import type { Model, Solver, SolveResult } from '../../optimizer/solver/solver.ts'
import { EXTERNALS, isInstalled, runExternal } from '../bands/external.ts'
import type { CoordinationRows } from '../coordination.ts'
import { formatTable } from '../table.ts'

const CYCLES = { cycle_min_s: 80, cycle_max_s: 140 }
/** Signals and seed; nothing was tuned to seeds other than 1. */
const INSTANCES = [[6, 1], [10, 1], [20, 1], [40, 1], [40, 2], [40, 3], [80, 1]] as const
/** MILP optima of seed 1 (HiGHS and CBC agree). */
const OPTIMA: Readonly<Record<string, number>> = { '6 1': 0.524017, '10 1': 0.428549, '20 1': 0.43526 }
/** What 40 signals are to reach in 10 s, per cent of the bound. */
const TARGET = { signals: 40, limit_s: 10, percent: 2 }
const TOLERANCE = 1e-5

interface Peer {
  readonly name: string
  readonly most_signals: number
  solve(model: Model, limit_s: number): SolveResult
}

const HEADER = ['instance', 'solver', 'objective', 'bound', 'gap %', 'C s', 'checker', 'CPU s', 'wall s', 'note']

export async function rows(limit_s: number, told: (row: readonly string[]) => void): Promise<CoordinationRows> {
  const highs = await loadHighsSolver()
  const peers: Peer[] = [
    { name: 'HiGHS', most_signals: 40, solve: (model, limit) => highs.solve(model, { time_limit_s: limit }) },
    { name: 'jsLP', most_signals: 12, solve: (model) => createJsLpSolver().solve(model) },
    ...EXTERNALS.filter(isInstalled).map((external): Peer => ({ name: external.name, most_signals: 20, solve: (model, limit) => runExternal(external, model, limit).result })),
  ]
  const table: string[][] = []
  const add = (row: string[]): void => {
    table.push(row)
    told(row)
  }
  const faults: string[] = []
  for (const [n, seed] of INSTANCES) {
    const arterial = syntheticArterial(n, seed)
    const weights = volumeWeights(arterial.volumes_vph, { saturation_vph: 1800, power: 1, ratios: true })
    const asked: LinkBandProblem = { problem: withoutClearance(arterial), bands: linkBands(weights), style: 'symmetric' }
    const { row, value, bound } = ours(asked, `E(${n}, ${seed})`, n === TARGET.signals ? Math.min(limit_s, TARGET.limit_s) : limit_s, { faults, highs })
    add(row)
    const optimum = OPTIMA[`${n} ${seed}`]
    if (optimum !== undefined && (value > optimum + TOLERANCE || bound < optimum - TOLERANCE)) faults.push(`E(${n}, ${seed}): ${value} to ${bound} leaves out the certified optimum ${optimum}`)
    for (const peer of peers) if (n <= peer.most_signals) add(theirs(peer, asked, weights, { id: `E(${n}, ${seed})`, limit_s, bound, faults }))
  }
  return { table: formatTable(HEADER, table), faults }
}

const cell = (value: number, digits = 5): string => (Number.isFinite(value) ? value.toFixed(digits) : '–')

/** Wall and CPU seconds of a piece of work. */
function timed<T>(work: () => T): { result: T; cpu_s: number; wall_s: number } {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const result = work()
  const { user, system } = process.cpuUsage(cpu)
  return { result, cpu_s: (user + system) / 1e6, wall_s: (performance.now() - wall) / 1000 }
}

/** The clock is the bench's: CPU seconds, so that a busy machine does not change what is found. */
function ours(asked: LinkBandProblem, id: string, limit_s: number, { faults, highs }: { faults: string[]; highs: Solver }): { row: string[]; value: number; bound: number } {
  const start = process.cpuUsage()
  const spent = (): number => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1e6
  }
  const { result: { plan, certificate, rounds }, cpu_s, wall_s } = timed(() => solveLinkBandRange(asked, CYCLES, {
    rounds: 1e6, goOn: () => spent() < 0.9 * limit_s, solver: highs, solver_limits: () => ({ time_limit_s: Math.max(0.1, limit_s - spent()) }),
  }))
  const { value, bound, gap_share, boxes, stopped, solver } = certificate
  const checked = checkLinkPlan({ ...asked, problem: inSeconds(asked.problem, plan.cycle_s) }, plan)
  const target = asked.problem.signals.length === TARGET.signals ? `, target ${TARGET.percent} %: ${100 * gap_share <= TARGET.percent ? 'met' : 'missed'}` : ''
  // The solver's bound is its word; what code that shares nothing with it proves again is said beside it.
  const word = solver === undefined ? '' : `, ${cell(Math.max(...boxes.map((box) => box.bound)))} by prices, checked again`
  faults.push(...[...checked.faults, ...checkBoxes(asked, boxes, { z_low: 1 / CYCLES.cycle_max_s, z_high: 1 / CYCLES.cycle_min_s, bound, ...(solver !== undefined && { solver }) })].map((fault) => `${id}: ${fault}`))
  return { value, bound, row: [id, solver === undefined ? 'prices' : `prices, ${solver.name}`, cell(value), cell(bound), cell(100 * gap_share, 2), cell(plan.cycle_s, 2), cell(checked.value), cell(cpu_s, 1), cell(wall_s, 1), `${stopped}, ${rounds} rounds, ${boxes.length} boxes${word}${target}`] }
}

function theirs(peer: Peer, { problem }: LinkBandProblem, weights: readonly LinkWeight[], { id, limit_s, bound, faults }: { id: string; limit_s: number; bound: number; faults: string[] }): string[] {
  const layout = multibandModel(problem, weights, CYCLES)
  const { result, cpu_s, wall_s } = timed(() => peer.solve(layout.model, limit_s))
  if (result.values.length === 0) return [id, peer.name, '–', cell(result.bound), '–', '–', '–', cell(cpu_s, 1), cell(wall_s, 1), result.message || result.status]
  const answer = readMultiband(problem, layout, result.values)
  const widths = checkLinkBands(problemAtCycle(problem, answer.cycle_s), answer, answer.lines_s)
  const checked = weights.reduce((sum, weight, i) => {
    const k = weight.inbound_per_outbound
    const [out, back] = [widths.outbound[i] as number, widths.inbound[i] as number]
    const [a, b] = k === undefined ? [out, back] : [k <= 1 ? Math.min(out, back / k) : out, k >= 1 ? Math.min(back, k * out) : back]
    return sum + (weight.outbound * a + weight.inbound * b) / (weights.length * answer.cycle_s)
  }, 0)
  if (result.objective > bound + TOLERANCE) faults.push(`${id}: ${peer.name} finds ${result.objective}, above our bound ${bound}`)
  const gap = (100 * (result.bound - result.objective)) / result.objective
  return [id, peer.name, cell(result.objective), cell(result.bound), cell(gap, 2), cell(answer.cycle_s, 2), cell(checked), cell(cpu_s, 1), cell(wall_s, 1), result.status]
}
