// Where does a vehicle that came into a link by one movement go on to? A table per link, from "how it came" to "where it
// goes", whose rows and columns add up to the flow field: so every movement gets its volume, whatever the pairs are. Among
// all such tables the one that turns back least: two lefts or two rights in a row lead back where the vehicle came from,
// and few drive like that (the link origin-destination weights of signal timing programs serve the same end).
// Biproportional fitting: Deming and Stephan 1940; Furness 1965.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Turn } from '../../model/network.ts'
import type { FlowField } from './flow-field.ts'

/** How a vehicle came into a link, or leaves it: a movement, or this for beginning and ending there. */
export const HERE = -1

export interface WayChances {
  /** Ways to go on, the same for all rows of the link. */
  to: Int32Array
  /** Cumulated chances by way of arrival. */
  rows: Map<number, Float64Array>
}

/** Relative weight of a pair that turns back. Not 0: where the counts leave no other explanation it must remain possible. */
const TURN_BACK = 0.02
const ROUNDS = 200
const CONVERGED = 1e-10
/** Less than one vehicle in a thousand hours is rounding of the balance, no flow. */
const LEAST_VPH = 1e-3

/** Chances for every link that carries something; index = link. */
export function wayChances(graph: RoadGraph, field: FlowField): (WayChances | undefined)[] {
  const { links, movements } = graph.network
  const index = new Map(links.map((link, i) => [link.id, i]))
  const into: number[][] = links.map(() => [])
  const out: number[][] = links.map(() => [])
  movements.forEach((movement, m) => {
    if (field.movement_vph[m]! < LEAST_VPH) return
    out[index.get(movement.from)!]!.push(m)
    into[index.get(movement.to)!]!.push(m)
  })
  const turnOf = (way: number): Turn | undefined => (way === HERE ? undefined : movements[way]!.turn)
  return links.map((_, link) => {
    const margin = (ways: number[], own: number): { ways: number[]; vph: number[] } => {
      const all = own < LEAST_VPH ? ways : [...ways, HERE]
      return { ways: all, vph: all.map((way) => (way === HERE ? own : field.movement_vph[way]!)) }
    }
    const from = margin(into[link]!, field.source_vph[link]!)
    const to = margin(out[link]!, field.sink_vph[link]!)
    if (from.ways.length === 0 || to.ways.length === 0) return undefined
    const table = from.ways.map((a) => to.ways.map((b) => pairWeight(turnOf(a), turnOf(b))))
    fit(table, from.vph, to.vph)
    return { to: Int32Array.from(to.ways), rows: new Map(from.ways.map((way, i) => [way, cumulated(table[i]!)])) }
  })
}

function pairWeight(came: Turn | undefined, goes: Turn | undefined): number {
  if (goes === 'u-turn' && came !== 'through') return TURN_BACK
  return came !== undefined && came !== 'through' && came === goes ? TURN_BACK : 1
}

/** Scales rows and columns in turn until both add up; columns last, because they are the counted volumes. */
function fit(table: number[][], rowSums: number[], columnSums: number[]): void {
  for (let round = 0; round < ROUNDS; round++) {
    table.forEach((row, i) => {
      const factor = rowSums[i]! / row.reduce((a, b) => a + b, 0)
      row.forEach((_, j) => { row[j]! *= factor })
    })
    let worst = 0
    columnSums.forEach((wanted, j) => {
      const factor = wanted / table.reduce((total, row) => total + row[j]!, 0)
      worst = Math.max(worst, Math.abs(factor - 1))
      for (const row of table) row[j]! *= factor
    })
    if (worst < CONVERGED) return
  }
}

function cumulated(row: number[]): Float64Array {
  const total = row.reduce((a, b) => a + b, 0)
  let running = 0
  return Float64Array.from(row, (value) => (running += value / total))
}
