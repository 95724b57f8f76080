// Networks that nobody tuned on: SUMO's netgenerate draws a grid, a spider's web or a random town from a seed; random trips
// over quickest routes load it moderately.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import type { Network } from '../../model/network.ts'
import type { Demand } from '../../model/demand.ts'
import { uniform } from '../../simulation/kernel/random.ts'
import type { CheckCase } from './check-case.ts'
import { caseFromScenario } from './public-nets.ts'
import { runTimed } from './run-sumo.ts'

/** Departures; half an hour says as much as an hour and takes SUMO half the time. */
const SPAN_S = 1800
/** Trips drawn before the load is set; more than any net of this size takes in the span. */
const DRAWN = 6000
/**
 * Vehicles per hour and lane at the busiest link: less than half of what half a cycle of green lets through, because turns
 * share lanes. Random towns take less: a few crossings without signals carry most ways, and at 300 SUMO teleports one in ten.
 */
const BUSIEST_VPH = { grid: 300, spider: 300, rand: 150 }
const DRAW = { shape: 210, from: 211, to: 212, depart: 213 }
const KINDS = ['grid', 'spider', 'rand'] as const

export const holdoutNames = (seed: number): string[] => KINDS.map((kind) => `holdout-${kind}-${seed}`)

const NAME = /^holdout-(grid|spider|rand)-(\d+)$/

export const isHoldout = (name: string): boolean => NAME.test(name)

/** Arguments of netgenerate; everything that varies is drawn from the seed. */
function netgenerateArguments(kind: (typeof KINDS)[number], seed: number): string[] {
  let draws = 0
  const between = (low: number, high: number): number => low + Math.floor(uniform(seed, KINDS.indexOf(kind), draws++, DRAW.shape) * (high - low + 1))
  const lanes = between(1, 3)
  const speed = [11.11, 13.89, 16.67][between(0, 2)]!
  const shape = {
    grid: ['--grid', '--grid.x-number', between(3, 5), '--grid.y-number', between(3, 5), '--grid.x-length', between(140, 380), '--grid.y-length', between(140, 380), '--grid.attach-length', between(150, 300)],
    spider: ['--spider', '--spider.arm-number', between(4, 6), '--spider.circle-number', between(2, 3), '--spider.space-radius', between(150, 280), '--spider.omit-center', 'true'],
    rand: ['--rand', '--rand.iterations', between(50, 90), '--rand.min-distance', between(110, 150), '--rand.max-distance', between(250, 350)],
  }[kind]
  const turnLanes = between(0, 1)
  return [
    ...shape.map(String), '-L', String(lanes), '-S', String(speed), '--seed', String(seed), '--no-turnarounds', 'true',
    ...(kind === 'rand' ? ['--tls.guess', 'true', '--tls.guess.threshold', String(40 * lanes)] : ['-j', 'traffic_light']),
    ...(turnLanes > 0 ? ['--turn-lanes', '1', '--turn-lanes.length', String(between(40, 80))] : []), '--tls.cycle.time', String(between(6, 10) * 10),
  ]
}

export async function holdoutCase(name: string, folder: string): Promise<CheckCase> {
  const [, kind, digits] = NAME.exec(name) as unknown as [string, (typeof KINDS)[number], string]
  const seed = Number(digits)
  const net = join(folder, `${name}.net.xml`)
  await runTimed('netgenerate', [...netgenerateArguments(kind, seed), '-o', net], folder)
  const trips = join(folder, `${name}.trips.xml`)
  await writeFile(trips, randomTrips((await importSumo(net)).scenario.network, seed))
  const { scenario } = await importSumo(net, { routes: [trips] })
  scenario.demand = moderate(scenario.network, scenario.demand, BUSIEST_VPH[kind])
  return caseFromScenario(name, net, scenario)
}

/** From and to edges that enter and leave the net where it has such, else any; never back along the same street. */
function randomTrips(network: Network, seed: number): string {
  const ends = { from: new Set(network.movements.map(({ from }) => from)), to: new Set(network.movements.map(({ to }) => to)) }
  const openOr = (open: typeof network.links): typeof network.links => (open.length >= 4 ? open : network.links)
  const sources = openOr(network.links.filter(({ id }) => ends.from.has(id) && !ends.to.has(id)))
  const sinks = openOr(network.links.filter(({ id }) => ends.to.has(id) && !ends.from.has(id)))
  const pick = <T>(list: readonly T[], i: number, purpose: number): T => list[Math.floor(uniform(seed, i, 0, purpose) * list.length)]!
  const lines: string[] = []
  for (let i = 0; i < DRAWN; i++) {
    const [from, to] = [pick(sources, i, DRAW.from), pick(sinks, i, DRAW.to)]
    if (from === to || from.from === to.to) continue
    lines.push(`  <trip id="${i}" depart="${((SPAN_S * (i + uniform(seed, i, 0, DRAW.depart))) / DRAWN).toFixed(2)}" from="${from.source_id}" to="${to.source_id}"/>`)
  }
  return `<routes>\n${lines.join('\n')}\n</routes>\n`
}

/** Keeps every n-th vehicle, so that the busiest lane of an approach carries a moderate flow. */
function moderate(network: Network, demand: Demand, busiest_vph: number): Demand {
  const flow = new Map<string, number>()
  const { depart_s, route, type, source_id } = demand.vehicles
  for (const r of route) for (const link of demand.routes[r]!.links) flow.set(link, (flow.get(link) ?? 0) + 1)
  const busiest = Math.max(...network.links.map((link) => (flow.get(link.id) ?? 0) / link.lanes.length))
  const share = Math.min(1, (busiest_vph * SPAN_S) / 3600 / busiest)
  const kept = depart_s.map((_, i) => i).filter((i) => Math.floor((i + 1) * share) > Math.floor(i * share))
  const take = <T>(column: readonly T[]): T[] => kept.map((i) => column[i]!)
  return { ...demand, vehicles: { depart_s: take(depart_s), route: take(route), type: take(type), ...(source_id === undefined ? {} : { source_id: take(source_id) }) } }
}
