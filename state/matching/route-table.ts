// Shortest ways between links over legal movements, up to a bound: the upper-bounded origin-destination table of FMM (Yang and
// Gidofalvi 2018, doi 10.1080/13658816.2017.1400548), here between links, so that turn bans hold, and one row at a time, when
// first asked for. A row is an open-addressing hash from link to distance and link before.
import type { MatchRoad } from './road.ts'

/** Rows are made for one of these bounds, m: many questions are about the next junction only. */
const BOUNDS_M = [250, 700, 1500, 3000, 6000] as const
export const FURTHEST_M = 6000
/** A U-turn is a legal way but a rare one. */
const U_TURN_M = 60
/** Leaving a carriageway for one beside it, in the order in which ways are tried; what it costs the match is the matcher's. */
const CHANGE_M = 50
/** Together about 200 MB; beyond it all rows are forgotten and made anew when asked for. */
const MOST_SLOTS = 14_000_000

export interface RouteRow {
  bound_m: number
  mask: number
  /** Two numbers a slot, side by side: link + 1 (0 is an empty slot) with the changes of carriageway on the way above bit 24, */
  key: Int32Array
  /** and, in the same memory, from the end of the row's link to the start of this one, U-turns dearer; m. */
  distance_m: Float32Array
  /** Link before, by slot; the row's own link at the first step. */
  before: Int32Array
}

export class RouteTable {
  readonly #road: MatchRoad
  #rows: (RouteRow | undefined)[]
  #slots = 0
  readonly #stamp: Int32Array
  readonly #cost: Float64Array
  readonly #plain: Float64Array
  readonly #before: Int32Array
  readonly #changes: Uint8Array
  readonly #heap = new Heap()
  #round = 0

  constructor(road: MatchRoad) {
    this.#road = road
    this.#rows = Array.from({ length: road.links }, () => undefined)
    this.#stamp = new Int32Array(road.links)
    this.#cost = new Float64Array(road.links)
    this.#plain = new Float64Array(road.links)
    this.#before = new Int32Array(road.links)
    this.#changes = new Uint8Array(road.links)
  }

  /** Ways from the end of a link, at least to `bound_m` (at most to FURTHEST_M). */
  row(link: number, bound_m: number): RouteRow {
    const known = this.#rows[link]
    if (known !== undefined && (known.bound_m >= bound_m || known.bound_m === FURTHEST_M)) return known
    if (this.#slots > MOST_SLOTS) {
      this.#rows = Array.from({ length: this.#road.links }, () => undefined)
      this.#slots = 0
    }
    const made = this.#make(link, BOUNDS_M.find((bound) => bound >= bound_m) ?? FURTHEST_M)
    this.#slots += made.mask + 1 - (known === undefined ? 0 : known.mask + 1)
    this.#rows[link] = made
    return made
  }

  /** Links from the end of `from` to `to`, this one included; undefined if the row does not reach it. */
  between(from: number, to: number, bound_m: number): number[] | undefined {
    const row = this.row(from, bound_m)
    const links: number[] = []
    let link = to
    do {
      const slot = findSlot(row, link)
      if (slot < 0 || links.length > 10_000) return undefined
      links.push(link)
      link = row.before[slot]!
    } while (link !== from)
    return links.reverse()
  }

  #make(start: number, bound_m: number): RouteRow {
    const round = ++this.#round
    const heap = this.#heap
    heap.clear()
    this.#leave(start, 0, 0, 0, bound_m)
    const found: number[] = []
    while (heap.size > 0) {
      const cost = heap.least
      const link = heap.pop()
      if (this.#stamp[link] !== round || cost > this.#cost[link]!) continue
      found.push(link)
      const length = this.#road.length_m[link]!
      this.#leave(link, cost + length, this.#plain[link]! + length, this.#changes[link]!, bound_m)
    }
    return this.#pack(new Set(found), bound_m)
  }

  #leave(link: number, cost: number, plain: number, changes: number, bound_m: number): void {
    const { outStart, out, to, links, length_m, uTurn, change } = this.#road
    for (let k = outStart[link]!; k < outStart[link + 1]!; k++) {
      const way = out[k]!
      const next = to[way - links]!
      const distance = plain + length_m[way]! + uTurn[way - links]! * U_TURN_M
      if (next < 0 || distance > bound_m) continue
      const total = cost + distance - plain + change[way - links]! * CHANGE_M
      if (this.#stamp[next] === this.#round && this.#cost[next]! <= total) continue
      this.#stamp[next] = this.#round
      this.#cost[next] = total
      this.#plain[next] = distance
      this.#before[next] = link
      this.#changes[next] = Math.min(63, changes + change[way - links]!)
      this.#heap.push(total, next)
    }
  }

  #pack(found: ReadonlySet<number>, bound_m: number): RouteRow {
    let size = 8
    while (size < found.size * 2) size *= 2
    const memory = new ArrayBuffer(8 * size)
    const row: RouteRow = { bound_m, mask: size - 1, key: new Int32Array(memory), distance_m: new Float32Array(memory), before: new Int32Array(size) }
    for (const link of found) {
      let slot = scatter(link) & row.mask
      while (row.key[2 * slot] !== 0) slot = (slot + 1) & row.mask
      row.key[2 * slot] = (link + 1) | (this.#changes[link]! << CHANGES_BIT)
      row.distance_m[2 * slot + 1] = this.#plain[link]!
      row.before[slot] = this.#before[link]!
    }
    return row
  }
}

const CHANGES_BIT = 24
const LINK_BITS = 0xffffff

/** From the end of the row's link to the start of the slot's, m. */
export const distanceAt = (row: RouteRow, slot: number): number => row.distance_m[2 * slot + 1]!
export const changesAt = (row: RouteRow, slot: number): number => row.key[2 * slot]! >>> CHANGES_BIT

const scatter = (link: number): number => Math.imul(link, 0x9e3779b1) >>> 12

/** Slot of a link in a row, -1 if the row does not reach it. */
export function findSlot({ key, mask }: RouteRow, link: number): number {
  let slot = scatter(link) & mask
  for (let found = key[2 * slot]!; found !== 0; found = key[2 * slot]!) {
    if ((found & LINK_BITS) === link + 1) return slot
    slot = (slot + 1) & mask
  }
  return -1
}

/** Binary heap of links by cost; entries that a better one made stale stay until they are popped. */
class Heap {
  readonly #cost: number[] = []
  readonly #link: number[] = []

  get size(): number {
    return this.#cost.length
  }

  get least(): number {
    return this.#cost[0]!
  }

  clear(): void {
    this.#cost.length = 0
    this.#link.length = 0
  }

  push(cost: number, link: number): void {
    const [costs, links] = [this.#cost, this.#link]
    let i = costs.length
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (costs[parent]! <= cost) break
      costs[i] = costs[parent]!
      links[i] = links[parent]!
      i = parent
    }
    costs[i] = cost
    links[i] = link
  }

  pop(): number {
    const [costs, links] = [this.#cost, this.#link]
    const top = links[0]!
    const cost = costs.pop()!
    const link = links.pop()!
    const n = costs.length
    if (n === 0) return top
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= n) break
      if (child + 1 < n && costs[child + 1]! < costs[child]!) child++
      if (costs[child]! >= cost) break
      costs[i] = costs[child]!
      links[i] = links[child]!
      i = child
    }
    costs[i] = cost
    links[i] = link
    return top
  }
}
