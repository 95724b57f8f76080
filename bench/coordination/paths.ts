/**
 * Bands along paths by persons: ours by labels, HiGHS (WebAssembly) on the mixed-integer model of the same problem. Seeded corridors with turning
 * paths, buses and bicycles; Nanhu Avenue as it is shipped; two city centres of Bologna where their nets lie beside the checkout.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import type { Proof } from '../../model/proof.ts'
import type { Scenario } from '../../model/scenario.ts'
import { checkPaths, solvePaths } from '../../optimizer/paths/index.ts'
import { type PathShape, randomPaths } from '../../optimizer/paths/instances.ts'
import { pathModel } from '../../optimizer/paths/milp.ts'
import { loadHighsSolver } from '../../optimizer/solver/highs.ts'
import { planScenario } from '../../plans/index.ts'
import { sharedData } from '../../test/shared-data.ts'
import type { CoordinationRows } from '../coordination.ts'
import { formatTable } from '../table.ts'
import { timeCpu } from '../timing.ts'

const HEADER = ['corridor', 'solver', 'cycle s', 'paths', 'with a band', 'persons/h x s', 'bound', 'gap %', 'CPU s', 'note']

const SHAPE: PathShape = { signals: 4, cycle_s: 90, patterns: 2, turning: 2, speed_share: 0.1, modes: true }
/** Nothing was tuned to seeds other than 1. */
const INSTANCES: readonly (readonly [signals: number, seed: number])[] = [[4, 1], [4, 2], [6, 1], [8, 1], [12, 1]]
/** HiGHS finds nothing worth telling on more. */
const HIGHS_SIGNALS = 4
const TOLERANCE = 1e-3

export async function rows(limit_s: number): Promise<CoordinationRows> {
  const highs = await loadHighsSolver()
  const table: string[][] = []
  const faults: string[] = []
  for (const [signals, seed] of INSTANCES) {
    const name = `generated, ${signals} signals, seed ${seed}`
    const problem = randomPaths({ ...SHAPE, signals }, seed)
    const { result, timing } = timeCpu(() => solvePaths(problem), { warmups: 0, repeats: 1 })
    faults.push(...checkPaths(problem, result).map((fault) => `${name}: ${fault}`))
    table.push([name, 'ours', `${problem.cycle_s}`, `${problem.paths.length}`, `${result.bands.filter(({ width_s }) => width_s > 0).length}`, ...proofCells(result.certificate), timing.min_s.toFixed(1), result.certificate.stopped])
    if (signals > HIGHS_SIGNALS) continue
    const peer = timeCpu(() => highs.solve(pathModel(problem), { time_limit_s: limit_s }), { warmups: 0, repeats: 1 })
    const { objective, bound, status, values } = peer.result
    const found = values.length > 0
    table.push([name, 'HiGHS', `${problem.cycle_s}`, `${problem.paths.length}`, '–', found ? objective.toFixed(0) : '–', bound.toFixed(0), found ? ((100 * (bound - objective)) / bound).toFixed(1) : '–', peer.timing.min_s.toFixed(1), status])
    if (found && objective > result.certificate.bound * (1 + TOLERANCE)) faults.push(`${name}: HiGHS finds ${objective}, above our bound ${result.certificate.bound}`)
    if (bound < result.certificate.value * (1 - TOLERANCE)) faults.push(`${name}: HiGHS proves ${bound}, below our plan of ${result.certificate.value}`)
  }
  for (const { name, scenario } of await listStreets()) table.push(await streetRow(name, scenario))
  return { table: formatTable(HEADER, table), faults }
}

const proofCells = ({ value, bound, gap_share }: Proof): string[] => [value.toFixed(0), bound.toFixed(0), (100 * gap_share).toFixed(1)]

async function listStreets(): Promise<{ name: string; scenario: Scenario }[]> {
  // Source and compiled code lie at different depths.
  const home = [join(import.meta.dirname, '..', '..'), join(import.meta.dirname, '..', '..', '..')].find((root) => existsSync(join(root, 'scenarios')))!
  const nanhu = await readScenario(join(home, 'scenarios', 'nanhu-avenue'))
  const streets = [{ name: 'nanhu-avenue', scenario: nanhu.scenario }]
  for (const name of ['acosta', 'pasubio']) {
    const run = sharedData(`sumo/bologna-${name}/run.sumocfg`)
    if (run !== undefined) streets.push({ name: `bologna-${name}`, scenario: (await importSumo(run)).scenario })
  }
  return streets
}

/** The whole answer as people get it; the plan's own checks throw where it is wrong. */
async function streetRow(name: string, scenario: Scenario): Promise<string[]> {
  const started = process.cpuUsage()
  const { plan } = await planScenario({ scenario, scenario_name: name, options: { objective: 'paths' }, runs: 0, seed: 1, version: 'bench', inputs: {} })
  const { user, system } = process.cpuUsage(started)
  const { bands, certificate } = plan.paths!
  return [name, 'ours', `${plan.cycle_s}`, `${bands.length}`, `${bands.filter(({ width_s }) => width_s > 0).length}`, ...proofCells(certificate), ((user + system) / 1e6).toFixed(1), `${certificate.stopped}, all of \`plan\``]
}
