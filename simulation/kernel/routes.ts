// For every leg of every route and every lane of its link: which connection comes next, how far one can drive without
// changing lanes, and how many lanes away the best lane lies ("best lanes" of SUMO).
import { GreenwaveError } from '../../model/errors.ts'
import type { VehicleType } from '../../model/demand.ts'
import type { Lane } from '../../model/network.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { routeLinks, type TripTable } from '../trip-table.ts'

/** Drivers look so many links ahead in any case, further up to FAR_M; beyond MOST_LINKS only up to NEAR_M (SUMO 1.15). */
const SURE_LINKS = 4
const MOST_LINKS = 8
const FAR_M = 3000
const NEAR_M = 200
/** A lane change does not fit on a link shorter than this, m: two vehicles and the gaps between them. */
const SHORTEST_CHANGE_M = 20
/** A drivable distance shorter by less than this is not worse, m. */
const EQUAL_M = 1

/** How a lane leads on: metres without a change, next connection, lanes to change on the next link, and right of way (-1 where it ends). */
interface Way {
  reach: number
  next: number
  far: number
  priority: number
}

/** Further without a change, else fewer changes on the next link, else without having to yield. */
function isBetter(a: Way, b: Way): boolean {
  if (Math.abs(a.reach - b.reach) > EQUAL_M) return a.reach > b.reach
  return a.far === b.far ? a.priority > b.priority : a.far < b.far
}

/** What a book knows before a run begins; threads may share it. */
export type RouteColumns = Pick<RouteBook, 'firstLeg' | 'legLink' | 'legTable' | 'legLast' | 'reach' | 'offset' | 'next'>

export class RouteBook {
  /** Per leg: its link, and where its lanes begin in the tables. A leg is last where `legLast` is 1. */
  legLink: Int32Array = new Int32Array(1024)
  legTable: Int32Array = new Int32Array(1024)
  legLast: Uint8Array = new Uint8Array(1024)
  /** Per leg and lane. Distance from the start of the link; negative where the lane is forbidden. */
  reach: Float32Array = new Float32Array(4096)
  /** Lanes to the nearest best lane, to the left positive. */
  offset: Int8Array = new Int8Array(4096)
  /** Next connection, -1 where the lane does not lead on. */
  next: Int32Array = new Int32Array(4096)
  legs = 0
  cells = 0
  /** First leg of each trip. */
  readonly firstLeg: Int32Array
  readonly #prepared: PreparedNetwork
  readonly #lanesOf: Lane[]
  readonly #allowed = new Map<string, Uint8Array>()
  #base: [number, number] = [0, 0]

  /** `known` = the columns of a book of the same network, trips and types; they are read, never written. */
  constructor(prepared: PreparedNetwork, trips: TripTable, types: readonly VehicleType[], known?: RouteColumns) {
    this.#prepared = prepared
    this.#lanesOf = prepared.network.links.flatMap((link) => link.lanes)
    if (known !== undefined) {
      this.firstLeg = known.firstLeg
      // Full to the brim, so that the first route found on the way moves to arrays of its own.
      Object.assign(this, { legLink: known.legLink, legTable: known.legTable, legLast: known.legLast, reach: known.reach, offset: known.offset, next: known.next })
      this.#base = [this.legs, this.cells] = [known.legLink.length, known.reach.length]
      return
    }
    this.firstLeg = new Int32Array(trips.length)
    const byClass = new Map<string, Int32Array>()
    for (let i = 0; i < trips.length; i++) {
      const vehicleClass = types[trips.type[i]!]?.vehicle_class
      if (vehicleClass === undefined) throw new GreenwaveError('input.reference', `trip ${i} has type ${trips.type[i]}; there are ${types.length}`)
      // First legs by route.
      const ofClass = byClass.get(vehicleClass) ?? new Int32Array(trips.route_start.length).fill(-1)
      byClass.set(vehicleClass, ofClass)
      const route = trips.route[i]!
      if (ofClass[route]! < 0) ofClass[route] = this.add(routeLinks(trips, route), vehicleClass, `trip ${i}`)
      this.firstLeg[i] = ofClass[route]!
    }
    this.#base = [this.legs, this.cells]
  }

  /** The columns without the routes that were found on the way, cut to size. */
  columns(): RouteColumns {
    const [legs, cells] = this.#base
    const { firstLeg } = this
    return {
      firstLeg, legLink: this.legLink.slice(0, legs), legTable: this.legTable.slice(0, legs), legLast: this.legLast.slice(0, legs),
      reach: this.reach.slice(0, cells), offset: this.offset.slice(0, cells), next: this.next.slice(0, cells),
    }
  }

  /** Forgets the routes that were found on the way. */
  reset(): void {
    [this.legs, this.cells] = this.#base
  }

  /** Which lanes a vehicle class may use. */
  allowed(vehicleClass: string): Uint8Array {
    const known = this.#allowed.get(vehicleClass)
    if (known !== undefined) return known
    // SUMO's class for whoever may drive anywhere.
    const everywhere = vehicleClass === 'ignoring'
    const allowed = Uint8Array.from(this.#lanesOf, (lane) =>
      everywhere || (lane.allow === undefined || lane.allow.length === 0 || lane.allow.includes(vehicleClass)) && lane.disallow?.includes(vehicleClass) !== true ? 1 : 0)
    this.#allowed.set(vehicleClass, allowed)
    return allowed
  }

  /** Adds a route; gives its first leg. Throws input.reference where two links are not joined for the class. */
  add(links: readonly number[] | Int32Array, vehicleClass: string, who: string): number {
    const p = this.#prepared
    if (links.length === 0) throw new GreenwaveError('input.value', `${who} has a route without links`)
    let cells = 0
    for (const link of links) {
      if (!(link >= 0 && link < p.links)) throw new GreenwaveError('input.reference', `${who} uses link number ${link}; the network has ${p.links}`)
      cells += p.linkLane[link + 1]! - p.linkLane[link]!
    }
    this.#grow(links.length, cells)
    const first = this.legs
    links.forEach((link, k) => {
      this.legLink[first + k] = link
      this.legTable[first + k] = this.cells
      this.legLast[first + k] = k === links.length - 1 ? 1 : 0
      this.cells += p.linkLane[link + 1]! - p.linkLane[link]!
    })
    this.legs += links.length
    const allowed = this.allowed(vehicleClass)
    this.#fillAll(first, allowed, who, vehicleClass)
    return first
  }

  /** Best lanes of every leg, each as its driver sees them: from its own link over the links within sight. */
  #fillAll(first: number, allowed: Uint8Array, who: string, vehicleClass: string): void {
    const last = this.legs - 1
    let filled = -1
    for (let leg = first; leg <= last; leg++) {
      const end = this.#sight(leg, last)
      // Legs with one end of sight share one look backwards from it.
      if (end === filled) continue
      for (let k = end; k >= leg; k--) this.#fill(k, k === end, k === last, allowed, who, vehicleClass)
      filled = end
    }
  }

  /** The last leg within sight. */
  #sight(leg: number, last: number): number {
    const p = this.#prepared
    let end = leg
    let seen = 0
    while (end < last) {
      seen += p.length[p.linkLane[this.legLink[end]!]!]!
      const links = end - leg + 1
      if (links > SURE_LINKS && seen >= FAR_M || links > MOST_LINKS && seen >= NEAR_M) break
      end++
    }
    return end
  }

  #fill(leg: number, endOfSight: boolean, isLast: boolean, allowed: Uint8Array, who: string, vehicleClass: string): void {
    const p = this.#prepared
    const link = this.legLink[leg]!
    const lane0 = p.linkLane[link]!
    const count = p.linkLane[link + 1]! - lane0
    const table = this.legTable[leg]!
    const ends = (lane: number): Way => ({ reach: p.length[lane]!, next: -1, far: 0, priority: 0 })
    const ways = endOfSight ? Array.from({ length: count }, (_, i) => ends(lane0 + i)) : this.#ways(leg, lane0, count, allowed)
    let best: Way | undefined
    ways.forEach((way, i) => {
      if (allowed[lane0 + i] === 1 && (endOfSight || way.next >= 0) && (best === undefined || isBetter(way, best))) best = way
    })
    if (best === undefined) this.#refuse(leg, isLast, who, vehicleClass)
    const isBest = (i: number): boolean => i >= 0 && i < count && allowed[lane0 + i] === 1 && (endOfSight || ways[i]!.next >= 0) && !isBetter(best!, ways[i]!)
    for (let i = 0; i < count; i++) {
      const way = ways[i]!
      const isOpen = allowed[lane0 + i] === 1
      // A lane that comes to a line where it has to yield, beside one that has not, is left before its end.
      const yields = way.next >= 0 && way.priority < best!.priority && way.reach > best!.reach - EQUAL_M
      this.reach[table + i] = !isOpen ? -1 : yields ? p.length[lane0 + i]! : way.reach
      this.next[table + i] = isOpen ? way.next : -1
      let d = 0
      while (d < count && !isBest(i + d) && !isBest(i - d)) d++
      this.offset[table + i] = isBest(i + d) ? d : -d
    }
  }

  #refuse(leg: number, isLast: boolean, who: string, vehicleClass: string): never {
    const { links } = this.#prepared.network
    const { id } = links[this.legLink[leg]!]!
    throw new GreenwaveError('input.reference', isLast
      ? `${who}: no lane of link ${id} admits ${vehicleClass}`
      : `${who}: no lane leads a ${vehicleClass} from link ${id} to link ${links[this.legLink[leg + 1]!]!.id}`)
  }

  /** How each lane of a link leads on. */
  #ways(leg: number, lane0: number, count: number, allowed: Uint8Array): Way[] {
    const p = this.#prepared
    // Where there is room to change, a lane that leads to one that ends on a very short link does not lead on.
    const ways = Array.from({ length: count }, (_, i) => this.#way(leg, lane0 + i, allowed, true))
    if (p.length[lane0]! >= SHORTEST_CHANGE_M && ways.some(({ next }, i) => next >= 0 && allowed[lane0 + i] === 1)) return ways
    return ways.map((_, i) => this.#way(leg, lane0 + i, allowed, false))
  }

  #way(leg: number, lane: number, allowed: Uint8Array, strict: boolean): Way {
    const p = this.#prepared
    const link = p.laneLink[lane]!
    const nextLink = this.legLink[leg + 1]!
    const [lane0, laneN] = [p.linkLane[nextLink]!, p.linkLane[nextLink + 1]!]
    const cells = this.legTable[leg + 1]! - lane0
    let next = -1
    let reach = 0
    let far = 0
    for (let k = p.laneOutStart[lane]!; k < p.laneOutStart[lane + 1]!; k++) {
      const c = p.laneOut[k]!
      const to = p.connTo[c]!
      if (to < lane0 || to >= laneN || allowed[to] !== 1) continue
      const offset = Math.abs(this.offset[cells + to]!)
      if (strict && offset !== 0 && this.next[cells + to]! < 0 && p.length[to]! < SHORTEST_CHANGE_M) continue
      // Among equals the one that stays nearest to a best lane.
      const beyond = this.reach[cells + to]!
      if (next < 0 || beyond > reach + EQUAL_M || (beyond > reach - EQUAL_M && offset < far)) [next, reach, far] = [c, beyond, offset]
    }
    if (next < 0) return { reach: p.length[lane]!, next, far: 0, priority: -1 }
    const { most, connected } = this.#furthest(leg + 1, link)
    // One change on the next link is no reason to prefer another lane here.
    if (far < 2 && reach >= connected - EQUAL_M) reach = most
    return { reach: p.length[lane]! + reach, next, far, priority: this.#priority(next) }
  }

  /** The largest reach among all lanes of a leg, and among those that can be entered from link `from`. */
  #furthest(leg: number, from: number): { most: number; connected: number } {
    const p = this.#prepared
    const link = this.legLink[leg]!
    const lane0 = p.linkLane[link]!
    let most = 0
    let connected = 0
    for (let lane = lane0; lane < p.linkLane[link + 1]!; lane++) {
      const reach = this.reach[this.legTable[leg]! + lane - lane0]!
      most = Math.max(most, reach)
      for (let k = p.laneInStart[lane]!; k < p.laneInStart[lane + 1]!; k++) {
        if (p.laneLink[p.connFrom[p.laneIn[k]!]!] === from) connected = Math.max(connected, reach)
      }
    }
    return { most, connected }
  }

  /** 1 where nobody has to be waited for: a line without a signal and without somebody to yield to, or any signal. */
  #priority(c: number): number {
    const p = this.#prepared
    return p.connYields[c] === 1 && p.network.movements[p.connMovement[c]!]!.signal === undefined ? 0 : 1
  }

  #grow(legs: number, cells: number): void {
    if (this.legs + legs > this.legLink.length) {
      const size = Math.max(this.legLink.length * 2, this.legs + legs)
      this.legLink = copied(this.legLink, new Int32Array(size))
      this.legTable = copied(this.legTable, new Int32Array(size))
      this.legLast = copied(this.legLast, new Uint8Array(size))
    }
    if (this.cells + cells > this.reach.length) {
      const size = Math.max(this.reach.length * 2, this.cells + cells)
      this.reach = copied(this.reach, new Float32Array(size))
      this.offset = copied(this.offset, new Int8Array(size))
      this.next = copied(this.next, new Int32Array(size))
    }
  }
}

function copied<T extends Int32Array | Uint8Array | Float32Array | Int8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** By the column of routes, which tables share that differ in their drivers only. */
const books = new WeakMap<Int32Array, { prepared: PreparedNetwork; types: readonly VehicleType[]; book: RouteBook }>()

/** The book of these trips; built once for all runs over the same trips, or from columns that are `known`. */
export function routeBook(prepared: PreparedNetwork, trips: TripTable, types: readonly VehicleType[], known?: RouteColumns): RouteBook {
  const found = books.get(trips.route)
  if (found !== undefined && found.prepared === prepared && found.types === types) {
    found.book.reset()
    return found.book
  }
  const book = new RouteBook(prepared, trips, types, known)
  books.set(trips.route, { prepared, types, book })
  return book
}
