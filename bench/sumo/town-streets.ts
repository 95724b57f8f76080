// A generated town: a square of crossings with signals. Every fifth street is an arterial with two lanes, 60 km/h and
// left-turn pockets; the others have one lane and 50 km/h. Where two arterials cross, lefts have stages of their own; the
// other signals have two stages. Trips go by quickest paths between random places; every draw is a hash, so a town and its
// trips are the same on every machine.
import type { Network } from '../../model/network.ts'
import { uniform } from '../../simulation/kernel/random.ts'
import type { Trip } from '../../simulation/index.ts'
import { gridStreets, type GridStreets, type Street } from './grid-streets.ts'

const ARTERIAL: Street = { lanes: 2, speed_mps: 60 / 3.6, pocket_m: 60 }
const MINOR: Street = { lanes: 1, speed_mps: 50 / 3.6 }
const EVERY = 5
/** Between crossings, m. */
const SPACING_M = 200
const DRAW = { from: 221, to: 222, depart: 223, noise: 224 }

/** Time that a turn costs on the way, s. */
const TURN_S = { 'through': 4, 'right': 7, 'left': 14, 'u-turn': 60 } as const
/** Trips end within this travel time at free flow, s: about two kilometres. */
const REACH_S = 260
/** Trips of less than this are walked. */
const LEAST_LINKS = 4

const isArterial = (street: number): boolean => street % EVERY === 2

export function townStreets(size: number): GridStreets {
  const both = ({ row, column }: { row: number; column: number }): boolean => isArterial(row) && isArterial(column)
  return gridStreets({
    columns: size, rows: size, cycle_s: 90, spacing_m: () => [SPACING_M, SPACING_M],
    row: (row) => (isArterial(row) ? ARTERIAL : MINOR), column: (column) => (isArterial(column) ? ARTERIAL : MINOR),
    protectedLefts: both,
    row_share: ({ row, column }) => (isArterial(row) === isArterial(column) ? 0.5 : isArterial(row) ? 0.6 : 0.4),
    // A wave to the north-east at about 45 km/h.
    offset_s: ({ row, column }) => ((row + column) * 16) % 90,
  })
}

/** `count` trips that set off within `hours`; in order of departure. */
export function townTrips(network: Network, count: number, seed: number, hours = 1): Trip[] {
  const paths = new QuickestPaths(network, seed)
  const trips: Trip[] = []
  for (let k = 0; trips.length < count; k++) {
    const from = Math.floor(uniform(seed, k, 0, DRAW.from) * network.links.length)
    const links = paths.drawPath(from, uniform(seed, k, 0, DRAW.to))
    if (links !== undefined) trips.push({ depart_s: Math.floor(uniform(seed, k, 0, DRAW.depart) * hours * 36_000) / 10, links, type: 0 })
  }
  return trips.sort((a, b) => a.depart_s - b.depart_s)
}

/** Trees of quickest paths within reach, kept by their first link. */
class QuickestPaths {
  readonly #next: { link: number; cost_s: number }[][]
  readonly #trees = new Map<number, { ends: number[]; previous: Map<number, number> }>()

  constructor(network: Network, seed: number) {
    const index = new Map(network.links.map((link, i) => [link.id, i]))
    // A tenth of noise, so that equal ways share the traffic.
    const time = network.links.map((link, i) => (link.length_m / link.speed_mps) * (0.95 + 0.1 * uniform(seed, i, 0, DRAW.noise)))
    this.#next = network.links.map(() => [])
    for (const { from, to, turn } of network.movements) this.#next[index.get(from)!]!.push({ link: index.get(to)!, cost_s: time[index.get(to)!]! + TURN_S[turn] })
  }

  /** A path from a link to one of those within reach; undefined where there is none. */
  drawPath(from: number, u: number): number[] | undefined {
    const { ends, previous } = this.#tree(from)
    const end = ends[Math.floor(u * ends.length)]
    if (end === undefined) return undefined
    return pathTo(previous, from, end)
  }

  #tree(from: number): { ends: number[]; previous: Map<number, number> } {
    const known = this.#trees.get(from)
    if (known !== undefined) return known
    const previous = new Map<number, number>()
    const cost = new Map([[from, 0]])
    // Every improved link waits for its turn once more: few links lie within reach.
    const queue = [from]
    for (let head = 0; head < queue.length; head++) {
      const at = queue[head]!
      for (const { link, cost_s } of this.#next[at]!) {
        const total = cost.get(at)! + cost_s
        if (total > REACH_S || total >= (cost.get(link) ?? Infinity)) continue
        cost.set(link, total)
        previous.set(link, at)
        queue.push(link)
      }
    }
    const tree = { ends: [...cost.keys()].filter((link) => pathTo(previous, from, link).length >= LEAST_LINKS), previous }
    this.#trees.set(from, tree)
    return tree
  }
}

function pathTo(previous: ReadonlyMap<number, number>, from: number, end: number): number[] {
  const path = [end]
  for (let at = end; at !== from;) path.push(at = previous.get(at)!)
  return path.reverse()
}
