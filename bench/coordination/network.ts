/**
 * Whole networks for delay and stops: what the plan saves in the full model, and how far its offsets can be from the best in the tables of all
 * their streets, inside areas and between them. Samples beside the checkout, and towns made by rule. Each answer is added up again from tables
 * filled anew, and its bound held against offsets drawn at random and against the best that a longer search of the tables finds.
 */
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import { importUtdf } from '../../adapters/formats/utdf/index.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { modulo } from '../../model/units.ts'
import { borderTables } from '../../optimizer/network/borders.ts'
import type { NetworkTables } from '../../optimizer/network/certificate.ts'
import { type NetworkPlanInput, type NetworkPlanResult, type NetworkState, planNetwork, ratePatterns } from '../../optimizer/network/index.ts'
import { areaTables } from '../../optimizer/network/offsets.ts'
import { solveOffsets } from '../../optimizer/tables/index.ts'
import { planNetworkScenario } from '../../plans/index.ts'
import { uniform } from '../../simulation/kernel/random.ts'
import { sharedData } from '../../test/shared-data.ts'
import type { CoordinationRows } from '../coordination.ts'
import { townStreets, townTrips } from '../sumo/town-streets.ts'
import { formatTable } from '../table.ts'
import { timeCpu } from '../timing.ts'

const HEADER = ['network', 'signals', 'areas', 'cycles s', 'model before', 'after', 'tables in + between', 'by chance', 'value', 'bound', 'gap %', 'best in tables', 'model there', 'CPU s']

const SAMPLES: readonly { name: string; file: string; read: (path: string) => Promise<{ scenario: Scenario }> }[] = [
  { name: 'ingolstadt1', file: 'sumo/ingolstadt1/ingolstadt1.sumocfg', read: importSumo },
  { name: 'cologne3', file: 'sumo/cologne3/cologne3.sumocfg', read: importSumo },
  { name: 'bologna-acosta', file: 'sumo/bologna-acosta/run.sumocfg', read: importSumo },
  { name: 'bologna-pasubio', file: 'sumo/bologna-pasubio/run.sumocfg', read: importSumo },
  { name: 'bullhead', file: 'bullhead/UTDF.csv', read: importUtdf },
  { name: 'tempe', file: 'tempe/UTDF.csv', read: importUtdf },
]

/** Crossings a side, and trips in its hour for each crossing. */
const TOWNS = [4, 8]
const TRIPS_PER_CROSSING = 45
/** A town whose western and eastern half have cycles that meet again every three minutes. */
const MIXED = 4
const HALVES_S = [60, 90]

/** Draws and rounds of the search that try to undercut a bound. */
const DRAWS = 50
const SEARCH_ROUNDS = 20
const DRAW = 224
/** Of the value: sums of thousands of tables may differ by this. */
const TOLERANCE = 1e-6

export async function rows(): Promise<CoordinationRows> {
  const table: string[][] = []
  const faults: string[] = []
  const add = (name: string, result: NetworkPlanResult, cpu_s: number): void => {
    const tables = tablesOf(result)
    const best = bestFound(tables, result)
    faults.push(...check(tables, result, best).map((fault) => `${name}: ${fault}`))
    table.push(cells(name, result, costOf(tables, best), cpu_s))
  }
  for (const size of TOWNS) {
    const { result, timing } = timeCpu(() => planNetwork(townOf(size)), { warmups: 0, repeats: 1 })
    add(`town ${size} x ${size}`, result, timing.min_s)
  }
  const { result, timing } = timeCpu(() => rateHalves(MIXED), { warmups: 0, repeats: 1 })
  add(`town ${MIXED} x ${MIXED}, ${HALVES_S.join(' and ')} s`, result, timing.min_s)
  for (const { name, file, read } of SAMPLES) {
    const path = sharedData(file)
    if (path === undefined) {
      table.push([name, 'skipped: no sample beside the checkout', ...HEADER.slice(2).map(() => '')])
      continue
    }
    const { scenario } = await read(path)
    const { result, planning_cpu_s } = await planNetworkScenario({ scenario, scenario_name: name, options: {}, runs: 0, seed: 1, version: 'bench', inputs: {} })
    add(name, result, planning_cpu_s)
  }
  return { table: formatTable(HEADER, table), faults }
}

/** As many come to each turn in the hour as ways through the town take it. */
function townOf(size: number): NetworkPlanInput {
  const { network, patterns } = townStreets(size)
  const turns = new Map(network.movements.map(({ id, from, to }) => [`${from} ${to}`, id]))
  const volumes = new Map(network.movements.map(({ id }) => [id, 0]))
  for (const { links } of townTrips(network, TRIPS_PER_CROSSING * size * size, 1)) {
    for (let k = 1; k < links.length; k++) {
      const id = turns.get(`${network.links[links[k - 1]!]!.id} ${network.links[links[k]!]!.id}`)!
      volumes.set(id, volumes.get(id)! + 1)
    }
  }
  return { graph: new RoadGraph(network), running: new Map(patterns.map((pattern) => [pattern.signal, pattern])), volumes }
}

/** Each half of a town planned at a cycle of its own, and both rated together: platoons cross the border at the same few moments. */
function rateHalves(size: number): NetworkPlanResult {
  const town = townOf(size)
  const xs = new Map(town.graph.network.nodes.map(({ id, x_m }) => [id, x_m]))
  const x = (id: string): number => xs.get(town.graph.getSignal(id).nodes[0]!)!
  const order = [...town.running.keys()].sort((a, b) => x(a) - x(b))
  const west = new Set(order.slice(0, order.length / 2))
  const patterns = HALVES_S.flatMap((cycle_s, half) => planNetwork({ ...town, options: { cycle_min_s: cycle_s, cycle_max_s: cycle_s } }).patterns.filter(({ signal }) => west.has(signal) === (half === 0)))
  return ratePatterns(town, patterns)
}

/** Whole seconds: the street's own may be others, and are proven as rounded. */
const roundedState = ({ model, after }: NetworkPlanResult): NetworkState => (after.compiled.every(({ offset_s }) => Number.isInteger(offset_s)) ? after
  : model.evaluate(after.compiled.map((timed) => ({ ...timed, offset_s: Math.round(timed.offset_s) % timed.cycle_s })), after.areas))

function tablesOf(result: NetworkPlanResult): NetworkTables {
  const state = roundedState(result)
  const areas = [...new Set(state.areas)].filter((area) => area >= 0)
  return { areas: areas.map((area) => areaTables(result.model, state, area)), borders: borderTables(result.model, state).tables }
}

function costOf({ areas, borders }: NetworkTables, offsets_s: ArrayLike<number>): number {
  let sum = 0
  for (const { members, tables: { cycle_s, edges } } of areas) for (const { from, to, cost } of edges) sum += cost[modulo(offsets_s[members[to]!]! - offsets_s[members[from]!]!, cycle_s)]!
  for (const { from, to, period_s, cost } of borders) sum += cost[modulo(offsets_s[to]! - offsets_s[from]!, period_s)]!
  return sum
}

/** Offsets of least cost in the tables of each area that a longer search finds, from those of the plan. */
function bestFound({ areas }: NetworkTables, result: NetworkPlanResult): number[] {
  const offsets = roundedState(result).compiled.map(({ offset_s }) => offset_s)
  for (const { members, tables } of areas) {
    if (tables.edges.length === 0) continue
    const own = members.map((i) => modulo(offsets[i]!, tables.cycle_s))
    const answer = solveOffsets(tables, { starts: [own], rounds: SEARCH_ROUNDS })
    members.forEach((i, k) => { offsets[i] = answer.offsets_s[k]! })
  }
  return offsets
}

function check(tables: NetworkTables, result: NetworkPlanResult, best: readonly number[]): string[] {
  const { value, bound } = result.certificate
  const slack = TOLERANCE * (1 + Math.abs(value))
  const faults: string[] = []
  const again = costOf(tables, roundedState(result).compiled.map(({ offset_s }) => offset_s))
  if (Math.abs(again - value) > slack) faults.push(`the offsets cost ${again} in tables filled anew, the certificate says ${value}`)
  if (result.after.cost > result.before.cost) faults.push(`the plan costs ${result.after.cost} in the model, the street ${result.before.cost}`)
  const drawn = Array.from({ length: DRAWS }, (_, k) => best.map((_, i) => Math.floor(600 * uniform(k + 1, i, 0, DRAW))))
  for (const offsets of [best, ...drawn]) {
    const cost = costOf(tables, offsets)
    if (cost < bound - slack) faults.push(`offsets cost ${cost}, below the bound ${bound}`)
  }
  return faults
}

function cells(name: string, result: NetworkPlanResult, best: number, cpu_s: number): string[] {
  const { certificate: { value, bound, gap }, coverage: { signals, inside, borders, by_chance, best_in_model }, before, after, areas } = result
  const cycles = [...new Set(areas.map(({ cycle_s }) => cycle_s))].sort((a, b) => a - b).join(' ')
  return [
    name, `${signals}`, `${areas.length}`, cycles, before.cost.toFixed(1), after.cost.toFixed(1), `${inside} + ${borders}`, `${by_chance}`,
    value.toFixed(2), bound.toFixed(2), value > 0 ? ((100 * gap) / value).toFixed(2) : '0', best.toFixed(2), best_in_model.toFixed(1), cpu_s.toFixed(1),
  ]
}
