// For every leg of every route and every lane of its link: which connection comes next, how far one can drive without
// changing lanes, and how many lanes away the best lane lies ("best lanes" of SUMO).
import { GreenwaveError } from '../../model/errors.ts'
import type { VehicleType } from '../../model/demand.ts'
import type { Lane } from '../../model/network.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { routeLinks, type TripTable } from '../trip-table.ts'

/** Lanes that go on further than this are equally good, m. */
const FAR_M = 2000
/** A lane change does not fit on a link shorter than this, m: two vehicles and the gaps between them. */
const SHORTEST_CHANGE_M = 20
/** A drivable distance shorter by less than this is not worse, m. */
const EQUAL_M = 1

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
    for (let leg = this.legs - 1; leg >= first; leg--) this.#fill(leg, allowed, who, vehicleClass)
    return first
  }

  #fill(leg: number, allowed: Uint8Array, who: string, vehicleClass: string): void {
    const p = this.#prepared
    const link = this.legLink[leg]!
    const lane0 = p.linkLane[link]!
    const count = p.linkLane[link + 1]! - lane0
    const table = this.legTable[leg]!
    let best = -1
    // Where there is room to change, a lane that ends in a wrong lane of a very short link does not lead on.
    const ways = Array.from({ length: count }, (_, i) => this.#continuation(leg, lane0 + i, allowed, true))
    const strict = this.legLast[leg] === 1 || p.length[lane0]! >= SHORTEST_CHANGE_M && ways.some(({ next }, i) => next >= 0 && allowed[lane0 + i] === 1)
    for (let i = 0; i < count; i++) {
      const { reach, next } = strict ? ways[i]! : this.#continuation(leg, lane0 + i, allowed, false)
      this.reach[table + i] = allowed[lane0 + i] === 1 ? reach : -1
      this.next[table + i] = allowed[lane0 + i] === 1 ? next : -1
      if (allowed[lane0 + i] === 1 && (next >= 0 || this.legLast[leg] === 1)) best = Math.max(best, reach)
    }
    if (best < 0) {
      const id = p.network.links[link]!.id
      const to = this.legLast[leg] === 1 ? undefined : p.network.links[this.legLink[leg + 1]!]!.id
      throw new GreenwaveError('input.reference', to === undefined
        ? `${who}: no lane of link ${id} admits ${vehicleClass}`
        : `${who}: no lane leads a ${vehicleClass} from link ${id} to link ${to}`)
    }
    for (let i = 0; i < count; i++) {
      let nearest = 0
      for (let d = 0; d < count; d++) {
        const isBest = (j: number): boolean => j >= 0 && j < count && this.reach[table + j]! >= best - EQUAL_M && (this.next[table + j]! >= 0 || this.legLast[leg] === 1)
        if (isBest(i + d)) { nearest = d; break }
        if (isBest(i - d)) { nearest = -d; break }
      }
      this.offset[table + i] = nearest
    }
  }

  #continuation(leg: number, lane: number, allowed: Uint8Array, strict: boolean): { reach: number; next: number } {
    const p = this.#prepared
    const length = p.length[lane]!
    if (this.legLast[leg] === 1) return { reach: length, next: -1 }
    const nextLink = this.legLink[leg + 1]!
    const [lane0, laneN] = [p.linkLane[nextLink]!, p.linkLane[nextLink + 1]!]
    let next = -1
    let reach = 0
    let closeness = Infinity
    for (let k = p.laneOutStart[lane]!; k < p.laneOutStart[lane + 1]!; k++) {
      const c = p.laneOut[k]!
      const to = p.connTo[c]!
      if (to < lane0 || to >= laneN || allowed[to] !== 1) continue
      const cell = this.legTable[leg + 1]! + to - lane0
      if (strict && this.offset[cell] !== 0 && p.length[to]! < SHORTEST_CHANGE_M) continue
      const beyond = this.reach[cell]!
      // Among equals the one that stays nearest to a best lane.
      const rank = Math.abs(this.offset[cell]!)
      if (next < 0 || beyond > reach + EQUAL_M || (beyond > reach - EQUAL_M && rank < closeness)) {
        next = c
        reach = beyond
        closeness = rank
      }
    }
    return { reach: next < 0 ? length : Math.min(FAR_M, length + reach), next }
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
