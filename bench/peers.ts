/**
 * Whose plan do drivers in SUMO have less delay under: ours, or that of SUMO's own tools? Both planners are told the same hour of
 * vehicles; both plans, and the one that runs, then serve the same other seeds. What it says and how to read it: README.md.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exportSumoPatterns } from '../adapters/formats/sumo/index.ts'
import { resolveCorridor } from '../model/corridor.ts'
import type { Network } from '../model/network.ts'
import { planNetworkScenario } from '../plans/index.ts'
import { patternOf } from '../plans/street.ts'
import type { Trip } from '../simulation/index.ts'
import { demandOf, PEER_CASES, peerCase, type PeerCase } from './peers/cases.ts'
import { measure, type Run } from './peers/measure.ts'
import { countBroken, minimumsOf, withoutMinimums } from './peers/minimums.ts'
import { readPrograms } from './peers/programs.ts'
import { findTools, planWithTools, type PeerPlan } from './peers/tools.ts'
import { estimate } from './sumo/compare.ts'
import { sumoVersion } from './sumo/run-sumo.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  only: { type: 'string' }, seeds: { type: 'string', default: '5' }, loads: { type: 'string', default: '0.7,1,1.2' },
  data: { type: 'string', default: '../shared/data' }, step: { type: 'string', default: '1' }, 'min-green': { type: 'string' }, minimums: { type: 'string', default: 'both' }, plans: { type: 'string', default: 'running,peer,ours' }, polish: { type: 'string', default: '0' },
} as const

/** What the tools keep when nobody says anything. */
const TOOLS_MIN_GREEN_S = 4

/** The planners' vehicles are never those of the comparison. */
const TRAINING_SEED = 900_001
const PLANS = ['running', 'peer', 'ours'] as const

/** Who keeps the least greens of the scenario: pedestrians don't walk in these runs, so a planner that forgets them pays nothing. */
const MINIMUMS = {
  both: 'greens of the tools are lengthened to the minimums of the scenario, pedestrians included, which ours keeps',
  ours: 'ours alone keeps the minimums of the scenario, pedestrians included; the tools keep what --min-green says',
  neither: 'neither knows pedestrians, both keep what --min-green says',
} as const
type Minimums = keyof typeof MINIMUMS
type Runs = Record<(typeof PLANS)[number], Run[]>

interface Settings {
  seeds: number
  loads: number[]
  step_s: number
  tools: string
  /** Of the tools; absent: the least that the scenario owes any group. */
  min_green_s: number | undefined
  minimums: Minimums
  /** Runs of our simulation that `--polish` may take; 0: none. */
  polish_runs: number
  /** Which are driven. */
  plans: readonly (typeof PLANS)[number][]
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const [version, tools] = [await sumoVersion(), findTools()]
  if (version === undefined || tools === undefined) {
    console.log('SUMO or its tools tlsCycleAdaptation.py and tlsCoordinator.py are not installed; nothing was compared')
    return 2
  }
  const settings: Settings = { seeds: Number(values.seeds), loads: values.loads.split(',').map(Number), step_s: Number(values.step), tools, min_green_s: values['min-green'] === undefined ? undefined : Number(values['min-green']), minimums: oneOf('minimums', values.minimums, Object.keys(MINIMUMS) as Minimums[]), polish_runs: Number(values.polish), plans: values.plans.split(',').map((plan) => oneOf('plans', plan, PLANS)) }
  if (!(settings.seeds >= 1) || settings.loads.some((load) => !(load > 0))) throw new Error('--seeds must be at least 1 and every one of --loads above 0')
  console.log(`${version}, ${settings.seeds} seeds, loads ${settings.loads.join(', ')}; planners saw the vehicles of seed ${TRAINING_SEED}; ${MINIMUMS[settings.minimums]}`)
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-peers-'))
  try {
    return await compareAll(values.only?.split(',') ?? PEER_CASES, values.data, folder, settings)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text)
  if (found === undefined) throw new Error(`--${name} has "${text}"; it must be of ${known.join(', ')}`)
  return found
}

const sayWhy = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function compareAll(names: readonly string[], data: string, folder: string, settings: Settings): Promise<number> {
  const [rows, changes, faults]: [string[][], Change[], string[]] = [[], [], []]
  for (const name of names) {
    // One broken street must not take the others' answers with it.
    const of = await peerCase(name, data, folder).catch((error: unknown) => sayWhy(error))
    if (of === undefined) console.log(`${name}: skipped, there is no such sample in ${data}`)
    else if (typeof of === 'string') faults.push(`${name}: ${of}`)
    else {
      for (const load of settings.loads) {
        const found = await compareAt(of, load, folder, settings).catch((error: unknown): Found => ({ rows: [], changes: [], faults: [`${name} x ${load}: ${sayWhy(error)}`] }))
        rows.push(...found.rows)
        changes.push(...found.changes)
        faults.push(...found.faults)
        if (found.rows.length > 0) console.log(formatTable(HEADER, found.rows))
      }
    }
  }
  if (rows.length > 1) console.log(`\n${formatTable(HEADER, rows)}`)
  if (changes.length > 0) console.log(summaryOf(changes))
  console.log(faults.length === 0 ? 'every vehicle of every run is in the figures' : `faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
  return faults.length === 0 ? 0 : 1
}

async function compareAt(of: PeerCase, load: number, folder: string, settings: Settings): Promise<Found> {
  const where = `${of.name} x ${load}`
  const training = of.trips(TRAINING_SEED, load)
  const minimums = minimumsOf(of.indexed)
  const min_green_s = settings.min_green_s ?? (settings.minimums === 'neither' ? TOOLS_MIN_GREEN_S : Math.ceil(Math.min(...[...minimums.values()].flat().map(({ least_s }) => least_s))))
  const peer = await planWithTools(settings.tools, of.net, of.routes(training), { from_s: of.from_s, until_s: of.until_s, min_green_s, minimums, keep_minimums: settings.minimums === 'both' }, folder)
  const ours = await planOurs(of, training, settings.minimums === 'neither' ? withoutMinimums(of.scenario.network, min_green_s) : of.scenario.network, settings.polish_runs)
  for (const note of [...peer.notes, ...ours.notes]) console.log(`${where}: ${note}`)
  const broken = [...readPrograms(ours.text)].reduce((sum, [id, program]) => sum + countBroken(program, minimums.get(id) ?? []), 0)
  console.log(`${where}: groups with less green than the scenario's minimum: ${peer.broken} of the tools${settings.minimums === 'both' && peer.broken > 0 ? ', which were lengthened' : ''}, ${broken} of ours`)
  const runs: Runs = { running: [], peer: [], ours: [] }
  const faults: string[] = []
  for (let seed = 1; seed <= settings.seeds; seed++) {
    const trips = of.trips(seed, load)
    const base = { net: of.net, routes: of.routes(trips), seed, from_s: of.from_s, until_s: of.until_s, step_s: settings.step_s, side: sideOf(of, trips) }
    const texts = { running: undefined, peer: peer.text, ours: ours.text }
    for (const plan of settings.plans) {
      const text = texts[plan]
      const one = await measure({ ...base, ...(text === undefined ? {} : { plan: text }) }, folder)
      if (one.vehicles !== trips.length) faults.push(`${where}, ${plan}, seed ${seed}: SUMO tells of ${one.vehicles} vehicles, not ${trips.length}`)
      runs[plan].push(one)
    }
  }
  return { rows: [row(where, of, runs, peer, ours)], changes: [changeOf(where, runs)], faults }
}

interface Found {
  rows: string[][]
  changes: Change[]
  faults: string[]
}

/** Of a street at a load, ours against the peer as shares of the peer's mean. */
interface Change {
  where: string
  delay: number
  stops: number
  side: number
}

const meanOf = (runs: readonly Run[], measured: keyof Run): number => runs.reduce((sum, one) => sum + one[measured], 0) / runs.length

function changeOf(where: string, { peer, ours }: Runs): Change {
  const of = (measured: keyof Run): number => meanOf(ours, measured) / meanOf(peer, measured) - 1
  return { where, delay: of('delay_s'), stops: of('stops'), side: of('side_p95_s') }
}

/** One line: every street at every load counts once. */
function summaryOf(changes: readonly Change[]): string {
  const percent = (x: number): string => `${x > 0 ? '+' : ''}${(100 * x).toFixed(1)} %`
  const told = (name: string, of: (change: Change) => number): string => {
    const known = changes.filter((change) => Number.isFinite(of(change)))
    if (known.length === 0) return `${name} -`
    const worst = known.reduce((a, b) => (of(b) > of(a) ? b : a))
    return `${name} ${percent(known.reduce((sum, change) => sum + of(change), 0) / known.length)} (worst ${percent(of(worst))} at ${worst.where})`
  }
  return `ours against the peer, mean of ${changes.length}: ${[told('delay', ({ delay }) => delay), told('stops', ({ stops }) => stops), told('side-street p95', ({ side }) => side)].join(', ')}`
}

interface OurPlan {
  text: string
  /** Least and greatest, s. */
  cycles: [number, number]
  planned: number
  notes: string[]
}

/** As `greenwave plan --network`, with `--polish` where that is asked for, does it: candidates told apart by our own microsimulation, never by SUMO. */
async function planOurs(of: PeerCase, training: readonly Trip[], network: Network, polish_runs: number): Promise<OurPlan> {
  const period = { id: 'compared', start_s: of.from_s, end_s: of.until_s }
  const scenario = { ...of.scenario, network, demand: demandOf(of, training), scenario: { ...of.scenario.scenario, periods: [period] } }
  const { plan, notes, cpu_s } = await planNetworkScenario({ scenario, scenario_name: of.name, period: period.id, options: {}, runs: 0, choose: true, polish_runs, seed: TRAINING_SEED, version: 'bench', inputs: {} })
  const cycles = plan.intersections.map(({ cycle_s }) => cycle_s)
  return {
    text: exportSumoPatterns(of.indexed, [...of.running.values(), ...plan.intersections.map(patternOf)].filter((pattern, i, all) => all.findLastIndex(({ signal }) => signal === pattern.signal) === i)),
    cycles: [Math.min(...cycles), Math.max(...cycles)], planned: plan.intersections.length, notes: [`ours planned in ${cpu_s.toFixed(1)} CPU s: ${notes.slice(0, polish_runs > 0 ? 2 : 1).join(' ')}`],
  }
}

/** Vehicles that never go through a signal along the corridor. */
function sideOf(of: PeerCase, trips: readonly Trip[]): boolean[] {
  const { outbound, inbound } = resolveCorridor(of.graph, of.scenario.scenario.corridors[0]!)
  const through = new Set([outbound, inbound].flatMap((way) => way?.crossings.flatMap(({ movements }) => movements.map(({ from, to }) => `${from} ${to}`)) ?? []))
  const { links } = of.scenario.network
  return trips.map((trip) => trip.links.slice(1).every((to, i) => !through.has(`${links[trip.links[i]!]!.id} ${links[to]!.id}`)))
}

const HEADER = ['street x load', 'vehicles', 'signals peer/ours/all', 'cycle peer/ours', 'delay s now/peer/ours', 'ours-peer %', 'stops now/peer/ours', 'ours-peer %', 'side p95 s now/peer/ours', 'ours-peer %', 'teleports', 'unfinished']

/** Of means over seeds; the interval is that of the paired differences, as a share of the peer's mean. */
function row(where: string, of: PeerCase, runs: Runs, peer: PeerPlan, ours: OurPlan): string[] {
  const mean = (plan: keyof Runs, measured: keyof Run): number => meanOf(runs[plan], measured)
  const three = (measured: keyof Run, digits: number): string => PLANS.map((plan) => (runs[plan].length === 0 ? '-' : mean(plan, measured).toFixed(digits))).join('/')
  const change = (measured: keyof Run): string => {
    if (runs.peer.length === 0 || runs.ours.length === 0) return '-'
    const { value, ci95 } = estimate(runs.ours.map((one, i) => one[measured] - runs.peer[i]![measured]))
    const percent = (x: number): string => ((100 * x) / mean('peer', measured)).toFixed(1)
    return `${value > 0 ? '+' : ''}${percent(value)}${Number.isNaN(ci95) ? '' : ` ± ${percent(ci95)}`}`
  }
  const sum = (measured: keyof Run): string => PLANS.map((plan) => runs[plan].reduce((total, one) => total + one[measured], 0)).join('/')
  const range = ([least, most]: [number, number]): string => (least === most ? String(most) : `${least}-${most}`)
  return [
    where, mean('ours', 'vehicles').toFixed(0), `${peer.planned}/${ours.planned}/${of.running.size}`, `${range(peer.cycles)}/${range(ours.cycles)}`,
    three('delay_s', 1), change('delay_s'), three('stops', 2), change('stops'), three('side_p95_s', 0), change('side_p95_s'), sum('teleports'), sum('unfinished'),
  ]
}
