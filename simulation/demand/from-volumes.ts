// Vehicles from turning volumes: they arrive at the edges and mid-block sources of the balanced flow field, and each draws
// its whole way at its entry. Any plan meets the same vehicles at the same times on the same ways.
import type { VehicleType } from '../../model/demand.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { TripTableBuilder } from '../trip-table.ts'
import { drawArrivals, textKey } from './arrivals.ts'
import { DRAW, speedDraw, type Draws } from './draws.ts'
import { entryLeg } from './entry.ts'
import { balanceFlows, type FlowField } from './flow-field.ts'
import { admittingType } from './vehicle-class.ts'
import { HERE, wayChances, type WayChances } from './way-chances.ts'

/** A flow field that is ready to draw vehicles from; the same for all seeds. Plain values that threads can be given. */
export interface TripSource {
  field: FlowField
  chances: (WayChances | undefined)[]
  /** Link to which each movement leads. */
  to: Int32Array
}

/** In: counted volumes by movement, veh/h. */
export function tripSource(graph: RoadGraph, volumes: ReadonlyMap<MovementId, number>): TripSource {
  const field = balanceFlows(graph, volumes)
  const index = new Map(graph.network.links.map((link, i) => [link.id, i]))
  return { field, chances: wayChances(graph, field), to: Int32Array.from(graph.network.movements, ({ to }) => index.get(to)!) }
}

/** Less than one vehicle in a thousand hours is rounding of the balance. */
const LEAST_VPH = 1e-3

export interface TripWish {
  graph: RoadGraph
  types: readonly VehicleType[]
  draws: Draws
  from_s: number
  until_s: number
}

/** Adds the vehicles that set off in [from_s, until_s). */
export function drawTrips(source: TripSource, { graph, types, draws, from_s, until_s }: TripWish, trips: TripTableBuilder): void {
  const { field, chances } = source
  const typeOf = admittingType(graph, types)
  graph.network.links.forEach((link, start) => {
    const vph = field.source_vph[start]!
    if (vph < LEAST_VPH || chances[start] === undefined) return
    const lanes = link.lanes.filter((lane) => lane.length_m >= link.length_m).length
    const midBlock = field.open_start[start] === 0
    // A period that is drawn in several pieces must not repeat itself.
    const place = textKey(`${link.id}@${from_s}`)
    for (const { depart_s, vehicle } of drawArrivals(draws, place, vph, Math.max(1, lanes), from_s, until_s)) {
      const way = drawWay(source, start, draws, vehicle)
      const whole = trips.intern(way.links)
      const type = typeOf(whole, draws.uniform(vehicle, 0, DRAW.type))
      const first = entryLeg(graph, whole, types[type]!.length_m)
      const links = first === 0 ? whole : trips.intern(whole.slice(first))
      trips.add({
        depart_s, links, type,
        ...(midBlock && first === 0 ? { depart_position_m: link.length_m / 2 } : {}),
        ...(way.midBlock ? { arrive_position_m: graph.network.links[links.at(-1)!]!.length_m / 2 } : {}),
      }, draws.stratified ? speedDraw(draws, vehicle) : undefined)
    }
  })
}

/** A way that meets itself is drawn anew this often: a walk by chances may go round a block, drivers do not. */
const ATTEMPTS = 8
/** No way through a town has more links; a walk that is longer is caught in a loop that nobody leaves. */
const LONGEST_WAY = 1000

interface Way {
  links: number[]
  /** It ends within its last link. */
  midBlock: boolean
}

function drawWay(source: TripSource, start: number, draws: Draws, vehicle: number): Way {
  let way: Way & { loops: boolean } | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    way = walk(source, start, draws, vehicle, attempt * LONGEST_WAY)
    if (!way.loops) break
  }
  return way!
}

function walk({ chances, field, to }: TripSource, start: number, draws: Draws, vehicle: number, firstDraw: number): Way & { loops: boolean } {
  const links = [start]
  const seen = new Set(links)
  let came = HERE
  let loops = false
  for (let step = 0; step < LONGEST_WAY - 1; step++) {
    const link = links.at(-1)!
    const table = chances[link]
    const row = table?.rows.get(came)
    if (table === undefined || row === undefined) break
    const u = draws.uniform(vehicle, firstDraw + step, DRAW.way)
    let column = row.findIndex((upTo) => u < upTo)
    // Rounding may leave the last sum a hair under 1.
    if (column < 0) column = row.length - 1
    came = table.to[column]!
    if (came === HERE) break
    const next = to[came]!
    if (seen.has(next)) loops = true
    seen.add(next)
    links.push(next)
  }
  return { links, midBlock: field.open_end[links.at(-1)!] === 0, loops }
}
