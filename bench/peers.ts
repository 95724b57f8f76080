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
import { planScenario } from '../plans/index.ts'
import { patternOf } from '../plans/street.ts'
import type { Trip } from '../simulation/index.ts'
import { demandOf, PEER_CASES, peerCase, type PeerCase } from './peers/cases.ts'
import { measure, type Run } from './peers/measure.ts'
import { findTools, planWithTools, type PeerPlan } from './peers/tools.ts'
import { estimate } from './sumo/compare.ts'
import { sumoVersion } from './sumo/run-sumo.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  only: { type: 'string' }, seeds: { type: 'string', default: '5' }, loads: { type: 'string', default: '0.7,1,1.2' },
  data: { type: 'string', default: '../shared/data' }, step: { type: 'string', default: '1' }, objective: { type: 'string', default: 'auto' }, 'min-green': { type: 'string', default: '4' },
} as const

/** The planners' vehicles are never those of the comparison. */
const TRAINING_SEED = 900_001
const PLANS = ['running', 'peer', 'ours'] as const
type Runs = Record<(typeof PLANS)[number], Run[]>

interface Settings {
  seeds: number
  loads: number[]
  step_s: number
  objective: 'auto' | 'band' | 'delay'
  tools: string
  min_green_s: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const [version, tools] = [await sumoVersion(), findTools()]
  if (version === undefined || tools === undefined) {
    console.log('SUMO or its tools tlsCycleAdaptation.py and tlsCoordinator.py are not installed; nothing was compared')
    return 2
  }
  const settings: Settings = { seeds: Number(values.seeds), loads: values.loads.split(',').map(Number), step_s: Number(values.step), objective: readObjective(values.objective), tools, min_green_s: Number(values['min-green']) }
  if (!(settings.seeds >= 1) || settings.loads.some((load) => !(load > 0))) throw new Error('--seeds must be at least 1 and every one of --loads above 0')
  console.log(`${version}, ${settings.seeds} seeds, loads ${settings.loads.join(', ')}; planners saw the vehicles of seed ${TRAINING_SEED}`)
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-peers-'))
  try {
    return await compareAll(values.only?.split(',') ?? PEER_CASES, values.data, folder, settings)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readObjective(text: string): Settings['objective'] {
  if (text !== 'auto' && text !== 'band' && text !== 'delay') throw new Error(`--objective is "${text}"; it must be auto, band or delay`)
  return text
}

const sayWhy = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function compareAll(names: readonly string[], data: string, folder: string, settings: Settings): Promise<number> {
  const [rows, faults]: [string[][], string[]] = [[], []]
  for (const name of names) {
    // One broken street must not take the others' answers with it.
    const of = await peerCase(name, data, folder).catch((error: unknown) => sayWhy(error))
    if (of === undefined) console.log(`${name}: skipped, there is no such sample in ${data}`)
    else if (typeof of === 'string') faults.push(`${name}: ${of}`)
    else {
      for (const load of settings.loads) {
        const found = await compareAt(of, load, folder, settings).catch((error: unknown) => ({ rows: [] as string[][], faults: [`${name} x ${load}: ${sayWhy(error)}`] }))
        rows.push(...found.rows)
        faults.push(...found.faults)
        if (found.rows.length > 0) console.log(formatTable(HEADER, found.rows))
      }
    }
  }
  if (rows.length > 1) console.log(`\n${formatTable(HEADER, rows)}`)
  console.log(faults.length === 0 ? 'every vehicle of every run is in the figures' : `faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
  return faults.length === 0 ? 0 : 1
}

async function compareAt(of: PeerCase, load: number, folder: string, settings: Settings): Promise<{ rows: string[][]; faults: string[] }> {
  const where = `${of.name} x ${load}`
  const training = of.trips(TRAINING_SEED, load)
  const peer = await planWithTools(settings.tools, of.net, of.routes(training), { from_s: of.from_s, until_s: of.until_s, min_green_s: settings.min_green_s }, folder)
  const ours = await planOurs(of, training, settings)
  for (const note of [...peer.notes, ...ours.notes]) console.log(`${where}: ${note}`)
  const runs: Runs = { running: [], peer: [], ours: [] }
  const faults: string[] = []
  for (let seed = 1; seed <= settings.seeds; seed++) {
    const trips = of.trips(seed, load)
    const base = { net: of.net, routes: of.routes(trips), seed, from_s: of.from_s, until_s: of.until_s, step_s: settings.step_s, side: sideOf(of, trips) }
    const texts = { running: undefined, peer: peer.text, ours: ours.text }
    for (const plan of PLANS) {
      const text = texts[plan]
      const one = await measure({ ...base, ...(text === undefined ? {} : { plan: text }) }, folder)
      if (one.vehicles !== trips.length) faults.push(`${where}, ${plan}, seed ${seed}: SUMO tells of ${one.vehicles} vehicles, not ${trips.length}`)
      runs[plan].push(one)
    }
  }
  return { rows: [row(where, of, runs, peer, ours)], faults }
}

interface OurPlan {
  text: string
  cycle_s: number
  planned: number
  notes: string[]
}

/** As `greenwave plan` does it for the first corridor: candidates told apart by our own microsimulation, never by SUMO. */
async function planOurs(of: PeerCase, training: readonly Trip[], { objective }: Settings): Promise<OurPlan> {
  const period = { id: 'compared', start_s: of.from_s, end_s: of.until_s }
  const scenario = { ...of.scenario, demand: demandOf(of, training), scenario: { ...of.scenario.scenario, periods: [period] } }
  const { plan, cpu_s } = await planScenario({ scenario, scenario_name: of.name, period: period.id, options: { objective }, runs: 0, choose: true, seed: TRAINING_SEED, version: 'bench', inputs: {} })
  return {
    text: exportSumoPatterns(of.indexed, [...of.running.values(), ...plan.intersections.map(patternOf)].filter((pattern, i, all) => all.findLastIndex(({ signal }) => signal === pattern.signal) === i)),
    cycle_s: plan.cycle_s, planned: plan.intersections.length, notes: [`ours planned in ${cpu_s.toFixed(1)} CPU s, objective ${plan.provenance.objective}`],
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
  const mean = (plan: keyof Runs, measured: keyof Run): number => runs[plan].reduce((sum, one) => sum + one[measured], 0) / runs[plan].length
  const three = (measured: keyof Run, digits: number): string => PLANS.map((plan) => mean(plan, measured).toFixed(digits)).join('/')
  const change = (measured: keyof Run): string => {
    const { value, ci95 } = estimate(runs.ours.map((one, i) => one[measured] - runs.peer[i]![measured]))
    const percent = (x: number): string => ((100 * x) / mean('peer', measured)).toFixed(1)
    return `${value > 0 ? '+' : ''}${percent(value)}${Number.isNaN(ci95) ? '' : ` ± ${percent(ci95)}`}`
  }
  const sum = (measured: keyof Run): string => PLANS.map((plan) => runs[plan].reduce((total, one) => total + one[measured], 0)).join('/')
  const cycles = peer.cycles[0] === peer.cycles[1] ? String(peer.cycles[1]) : `${peer.cycles[0]}-${peer.cycles[1]}`
  return [
    where, mean('ours', 'vehicles').toFixed(0), `${peer.planned}/${ours.planned}/${of.running.size}`, `${cycles}/${ours.cycle_s}`,
    three('delay_s', 1), change('delay_s'), three('stops', 2), change('stops'), three('side_p95_s', 0), change('side_p95_s'), sum('teleports'), sum('unfinished'),
  ]
}
