// Vehicles as columns, so that millions of them fit, and the part of the demand that they become.
import type { Demand, VehicleType } from '../../../model/demand.ts'
import type { Place } from '../../../model/errors.ts'
import { GrowingInts, GrowingNumbers, RouteTable } from './compact-columns.ts'
import type { Notes } from './notes.ts'
import { keep } from './xml-element.ts'

/** Ids of the source are kept up to here; beyond they would outweigh the rest. */
const LARGEST_NAMED = 200_000

export interface NewRow {
  id: string
  depart: number
  /** Number of the route and index of the type. */
  route: number
  type: number
}

export class VehicleColumns {
  readonly routes = new RouteTable()
  readonly #depart = new GrowingNumbers()
  readonly #route = new GrowingInts()
  readonly #type = new GrowingInts()
  #names: string[] | undefined = []

  get size(): number {
    return this.#depart.length
  }

  add({ id, depart, route, type }: NewRow): void {
    if (this.#names !== undefined && this.size >= LARGEST_NAMED) this.#names = undefined
    this.#names?.push(keep(id))
    this.#depart.push(depart)
    this.#route.push(route)
    this.#type.push(type)
  }

  /** Order of departure; equal departures stay in the order of the file. */
  order(): Uint32Array {
    const order = new Uint32Array(this.size)
    let sorted = true
    for (let i = 0; i < this.size; i++) {
      order[i] = i
      if (i > 0 && this.#depart.at(i) < this.#depart.at(i - 1)) sorted = false
    }
    // Files mostly are in order, and sorting millions takes as much memory again.
    return sorted ? order : order.sort((a, b) => this.#depart.at(a) - this.#depart.at(b) || a - b)
  }

  /** Everything, in that order. `links` are the ids of the links that routes number; types get their share of the vehicles. */
  finish(order: Uint32Array, links: readonly string[], types: readonly VehicleType[], notes: Notes, place: Place): Pick<Demand, 'routes' | 'vehicle_types'> & { vehicles: NonNullable<Demand['vehicles']> } {
    const { size } = this
    const counts = Array.from(types, () => 0)
    for (let i = 0; i < size; i++) counts[this.#type.at(i)] = (counts[this.#type.at(i)] ?? 0) + 1
    const names = this.#names
    if (names === undefined) notes.add('assumed', place, `with ${size} vehicles their ids are left out (above ${LARGEST_NAMED})`)
    return {
      routes: Array.from({ length: this.routes.size }, (_, i) => ({ id: `r${i}`, links: Array.from(this.routes.get(i), (link) => links[link] ?? '') })),
      vehicles: {
        depart_s: Array.from(order, (i) => this.#depart.at(i)),
        route: Array.from(order, (i) => this.#route.at(i)),
        type: Array.from(order, (i) => this.#type.at(i)),
        ...(names === undefined ? {} : { source_id: Array.from(order, (i) => names[i] ?? '') }),
      },
      vehicle_types: types.map((type, i) => ({ ...type, share: size === 0 ? 0 : (counts[i] ?? 0) / size })),
    }
  }
}
