// Columns that grow: vehicles and routes in typed arrays, so that millions of them fit.
import { hash32 } from './hash.ts'

const FIRST_CAPACITY = 1024

class GrowingColumn<Data extends Int32Array | Float64Array> {
  readonly #kind: new (length: number) => Data
  #data: Data
  length = 0

  constructor(kind: new (length: number) => Data) {
    this.#kind = kind
    this.#data = new kind(FIRST_CAPACITY)
  }

  push(value: number): void {
    if (this.length === this.#data.length) {
      const larger = new this.#kind(this.#data.length * 2)
      larger.set(this.#data)
      this.#data = larger
    }
    this.#data[this.length++] = value
  }

  at(i: number): number {
    return this.#data[i] ?? 0
  }

  slice(from: number, to: number): Data {
    return this.#data.slice(from, to) as Data
  }
}

export class GrowingInts extends GrowingColumn<Int32Array> {
  constructor() {
    super(Int32Array)
  }
}

export class GrowingNumbers extends GrowingColumn<Float64Array> {
  constructor() {
    super(Float64Array)
  }
}

/** Distinct sequences of link indices; equal sequences get the same number. */
export class RouteTable {
  readonly #links = new GrowingInts()
  readonly #ends = new GrowingInts()
  readonly #byHash = new Map<number, number[]>()

  get size(): number {
    return this.#ends.length
  }

  /** Number of the route. */
  add(links: ArrayLike<number>): number {
    const hash = hashOf(links)
    const candidates = this.#byHash.get(hash)
    const known = candidates?.find((route) => this.#equals(route, links))
    if (known !== undefined) return known
    for (let i = 0; i < links.length; i++) this.#links.push(links[i] ?? 0)
    this.#ends.push(this.#links.length)
    const route = this.#ends.length - 1
    if (candidates === undefined) this.#byHash.set(hash, [route])
    else candidates.push(route)
    return route
  }

  get(route: number): Int32Array {
    return this.#links.slice(route === 0 ? 0 : this.#ends.at(route - 1), this.#ends.at(route))
  }

  #equals(route: number, links: ArrayLike<number>): boolean {
    const start = route === 0 ? 0 : this.#ends.at(route - 1)
    if (this.#ends.at(route) - start !== links.length) return false
    for (let i = 0; i < links.length; i++) if (this.#links.at(start + i) !== links[i]) return false
    return true
  }
}

function hashOf(links: ArrayLike<number>): number {
  let h = hash32('', links.length)
  for (let i = 0; i < links.length; i++) h = (Math.imul(h ^ (links[i] ?? 0), 0x01000193) ^ (h >>> 13)) >>> 0
  return h
}
