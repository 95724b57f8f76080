// Generated corridors: six signals, two lanes per direction, permissive lefts from shared lanes, side streets. Three loads.
// Built by our own generator, exported to SUMO, built by netconvert and read back, so that both drive the same lanes.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importSumo, exportSumoNetwork, type SumoPlainNetwork } from '../../adapters/formats/sumo/index.ts'
import type { EdgePart } from '../../adapters/formats/sumo/edge-parts.ts'
import { PASSENGER_CAR } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import type { Pattern } from '../../model/signal.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { uniform } from '../../simulation/kernel/random.ts'
import type { Trip } from '../../simulation/index.ts'
import type { Arm } from '../../simulation/testing/junctions.ts'
import type { CheckCase } from './check-case.ts'
import { gridStreets, type GridStreets } from './grid-streets.ts'
import { comparedPlan } from './plans.ts'
import { runTimed } from './run-sumo.ts'

const SIGNALS = 6
const SPACING_M = [420, 310, 380, 260, 450, 340, 420]
const HOUR_S = 3600
/** Draws of this file; those of the demand lie between 100 and 110. */
const DRAW = { headway: 201, turn: 202 }

/** Vehicles per hour that enter in the west, in the east and from each side street: the eastbound wave serves the heavier way. */
interface Load {
  west: number
  east: number
  side: number
}

const LOADS: Readonly<Record<string, Load>> = {
  'corridor-light': { west: 700, east: 350, side: 80 },
  'corridor-near': { west: 1150, east: 600, side: 140 },
  'corridor-over': { west: 1600, east: 900, side: 220 },
}

export const CORRIDORS = Object.keys(LOADS)

/** Shares of left and right turns. */
const TURNS: Record<'main' | 'side', readonly [left: number, right: number]> = { main: [0.06, 0.08], side: [0.35, 0.4] }
const ORDER = ['N', 'E', 'S', 'W'] as const

export function corridorStreets(): GridStreets {
  return gridStreets({
    columns: SIGNALS, rows: 1, cycle_s: 90, row_share: () => 0.62,
    spacing_m: ({ column }) => [SPACING_M[column + 1]!, 250],
    row: () => ({ lanes: 2, speed_mps: 50 / 3.6 }), column: () => ({ lanes: 1, speed_mps: 50 / 3.6 }),
  })
}

/** Random arrivals at every entry (exponential headways), turns drawn at every signal; in order of departure. */
export function corridorTrips(streets: GridStreets, { west, east, side }: Load, seed: number): Trip[] {
  const entries: [column: number, arm: Arm, vph: number][] = [[0, 'W', west], [SIGNALS - 1, 'E', east]]
  for (let column = 0; column < SIGNALS; column++) entries.push([column, 'N', side], [column, 'S', side])
  const trips = entries.flatMap(([column, arm, vph], place) => {
    const list: Trip[] = []
    let time = 0
    for (let k = 0; ; k++) {
      const vehicle = place * 100_000 + k
      time -= (HOUR_S / vph) * Math.log(1 - uniform(seed, vehicle, 0, DRAW.headway))
      if (time >= HOUR_S) return list
      list.push({ depart_s: Math.round(time * 100) / 100, type: 0, links: wander(streets, column, arm, seed, vehicle) })
    }
  })
  return trips.sort((a, b) => a.depart_s - b.depart_s)
}

function wander(streets: GridStreets, column: number, arm: Arm, seed: number, vehicle: number): number[] {
  const links = [streets.linkIn(column, 0, arm)]
  let [at, from] = [column, arm]
  for (let step = 0; ; step++) {
    const [left, right] = TURNS[from === 'E' || from === 'W' ? 'main' : 'side']
    const u = uniform(seed, vehicle, step, DRAW.turn)
    // Arms count clockwise: the next one is where a left turn goes, the one before where a right turn goes.
    const to = ORDER[(ORDER.indexOf(from) + (u < left ? 1 : u < left + right ? 3 : 2)) % 4]!
    links.push(streets.linkOut(at, 0, to))
    if (to === 'N' || to === 'S' || (to === 'E' && at === SIGNALS - 1) || (to === 'W' && at === 0)) return links
    at += to === 'E' ? 1 : -1
    from = to === 'E' ? 'W' : 'E'
  }
}

export interface BuiltNet {
  /** Path of the .net.xml, and what it holds. */
  net: string
  network: Network
  running: Pattern[]
  /** Links of the network it was built from as links of this one. */
  translate: (links: readonly number[]) => number[]
}

/** Path of the network that netconvert builds in `folder`. */
export async function netOf(plain: SumoPlainNetwork, name: string, folder: string): Promise<string> {
  const flags = { nod: '-n', edg: '-e', con: '-x', tll: '-i' } as const
  const inputs: string[] = []
  for (const [kind, flag] of Object.entries(flags) as [keyof typeof flags, string][]) {
    await writeFile(join(folder, `${name}.${kind}.xml`), plain.files[kind])
    inputs.push(flag, `${name}.${kind}.xml`)
  }
  const net = join(folder, `${name}.net.xml`)
  await runTimed('netconvert', [...inputs, '-X', 'never', '-o', net, ...plain.options], folder)
  return net
}

/** A network of ours as SUMO's, read back. */
export async function builtNet(network: Network, patterns: readonly Pattern[], name: string, folder: string): Promise<BuiltNet> {
  const plain = exportSumoNetwork(network, { patterns })
  const net = await netOf(plain, name, folder)
  const { scenario } = await importSumo(net)
  return { net, network: scenario.network, running: [...runningPatterns(scenario.timing, 0).values()], translate: translator(network, scenario.network, plain.edges) }
}

function translator(from: Network, to: Network, edges: ReadonlyMap<string, readonly EdgePart[]>): (links: readonly number[]) => number[] {
  const index = new Map(to.links.map((link, i) => [link.source_id, i]))
  const parts = from.links.map((link) => (edges.get(link.id) ?? []).map(({ edge }) => index.get(edge)!))
  return (links) => links.flatMap((link) => parts[link]!)
}

export async function corridorCase(name: string, folder: string): Promise<CheckCase> {
  const streets = corridorStreets()
  const { net, network, running, translate } = await builtNet(streets.network, streets.patterns, name, folder)
  return {
    name, net, network, vehicle_types: [PASSENGER_CAR], from_s: 0, until_s: HOUR_S,
    trips: (seed) => corridorTrips(streets, LOADS[name]!, seed).map((trip) => ({ ...trip, links: translate(trip.links) })),
    plans: [{ name: 'running', patterns: running }, comparedPlan(network, running, undefined)],
  }
}
