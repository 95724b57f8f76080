/**
 * Bands in grids, cycle 80 to 140 s: ours with the bound of its arteries, HiGHS (WebAssembly) and CBC on the same model.
 * Streets at right angles (parallel blocks as long as each other), and grids whose every block has a length of its own.
 */
import { sumOf } from '../../optimizer/network-bands/bound.ts'
import { gridNetwork, GRID_CYCLES, type GridShape } from '../../optimizer/network-bands/instances.ts'
import {
  networkAtCycle, type NetworkBandProblem, solveNetworkBandRange, verifyNetworkCertificate, verifyNetworkPlan,
} from '../../optimizer/network-bands/index.ts'
import { networkModel, settingOfAnswer } from '../../optimizer/network-bands/milp.ts'
import { planOfSetting } from '../../optimizer/network-bands/plan.ts'
import { loadHighsSolver } from '../../optimizer/solver/highs.ts'
import type { SolveResult, Solver } from '../../optimizer/solver/solver.ts'
import { EXTERNALS, isInstalled, runExternal } from '../bands/external.ts'
import type { CoordinationRows } from '../coordination.ts'
import { formatTable } from '../table.ts'
import { timeCpu } from '../timing.ts'

const HEADER = ['grid', 'solver', 'cycle s', 'band, cycles', 'bound', 'gap %', 'CPU s', 'note']
const SIDES = [4, 6, 10]
const SEEDS = [1, 2, 3]
const BLOCKS: readonly GridShape['blocks'][] = ['straight', 'bent']
/** Targets for grids of straight streets, per cent of the bound. */
const TARGETS: Readonly<Record<number, number>> = { 4: 0.5, 6: 3, 10: 8 }

export async function rows(limit_s: number, told: (row: readonly string[]) => void): Promise<CoordinationRows> {
  const highs = await loadHighsSolver()
  const cbc = EXTERNALS.filter((external) => external.name === 'CBC' && isInstalled(external))
  const lines: string[][] = []
  const faults: string[] = []
  const add = (row: string[]): void => {
    lines.push(row)
    told(row)
  }
  for (const blocks of BLOCKS) {
    for (const side of SIDES) {
      for (const seed of SEEDS) {
        const problem = gridNetwork(seed, { rows: side, columns: side, speed_share: 0.1, lefts: true, blocks })
        const name = `${side} x ${side} ${blocks}, seed ${seed}`
        add(ours(name, problem, highs, limit_s, blocks === 'straight' ? TARGETS[side] : undefined, faults))
        // The peers answer one seed of each: on the others they differ by nothing but their limit.
        if (seed !== SEEDS[0]) continue
        const { model } = networkModel(problem, GRID_CYCLES)
        const timed = timeCpu(() => highs.solve(model, { time_limit_s: limit_s }), { warmups: 0, repeats: 1 })
        add(peer(name, 'HiGHS', problem, timed.result, timed.timing.min_s, faults))
        for (const external of cbc) {
          const { result, cpu_s } = runExternal(external, model, limit_s)
          add(peer(name, external.name, problem, result, cpu_s, faults))
        }
      }
    }
  }
  return { table: formatTable(HEADER, lines), faults }
}

function ours(name: string, problem: NetworkBandProblem, solver: Solver, limit_s: number, target: number | undefined, faults: string[]): string[] {
  const begin = performance.now()
  const spent = (): number => (performance.now() - begin) / (limit_s * 1000)
  const { result, timing } = timeCpu(() => solveNetworkBandRange(problem, GRID_CYCLES, { solver, spent, solver_limits: () => ({ time_limit_s: Math.max(0.1, (1 - spent()) * limit_s) }) }), { warmups: 0, repeats: 1 })
  const { plan, certificate } = result
  try {
    const checked = verifyNetworkPlan(networkAtCycle(problem, plan.cycle_s), plan) / plan.cycle_s
    verifyNetworkCertificate(problem, certificate, checked, GRID_CYCLES)
  } catch (error) {
    faults.push(`${name}: ${(error as Error).message}`)
  }
  const percent = 100 * certificate.gap_share
  // A solver's bound is its word; what the checker proves again without it is said beside it.
  const arteries = Math.max(...certificate.boxes.map((box) => sumOf(box.arteries)))
  const word = certificate.boxes.some(({ solver: own }) => own !== undefined) ? `${arteries.toFixed(4)} by the arteries alone, checked again; the rest is HiGHS's word` : undefined
  const note = [target === undefined ? undefined : `target ${target} %: ${percent <= target ? 'met' : 'missed'}`, word].filter((part) => part !== undefined).join(', ')
  return [name, 'ours', plan.cycle_s.toFixed(2), certificate.value.toFixed(4), certificate.bound.toFixed(4), percent.toFixed(2), timing.min_s.toFixed(1), note]
}

function peer(name: string, solver: string, problem: NetworkBandProblem, result: SolveResult, cpu_s: number, faults: string[]): string[] {
  const { values, objective, bound, status } = result
  const least = Number.isFinite(bound) ? bound.toFixed(4) : '-'
  if (values.length === 0) return [name, solver, '-', '-', least, '-', cpu_s.toFixed(1), 'no plan']
  const { cycle_s, setting } = settingOfAnswer(networkModel(problem, GRID_CYCLES), values)
  const at = networkAtCycle(problem, cycle_s)
  const checked = verifyNetworkPlan(at, planOfSetting(at, setting)) / cycle_s
  // For the solver's offsets our bands are the widest, so they may only be wider.
  if (checked < objective - 1e-4) faults.push(`${name}: ${solver} claims ${objective}, its offsets give ${checked}`)
  const percent = Number.isFinite(bound) ? (100 * (1 - checked / bound)).toFixed(2) : '-'
  return [name, solver, cycle_s.toFixed(2), checked.toFixed(4), least, percent, cpu_s.toFixed(1), status]
}
