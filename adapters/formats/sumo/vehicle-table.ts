// The vehicles read so far, as columns, and the document they become.
import type { Demand, VehicleDeparture, VehicleStop } from '../../../model/demand.ts'
import type { VehicleType } from '../../../model/demand.ts'
import { GrowingInts, GrowingNumbers, RouteTable } from './compact-columns.ts'
import { IdSet } from './hash.ts'
import type { Notes } from './notes.ts'
import { keep } from './xml-element.ts'
import type { XmlElement } from './xml-element.ts'

/** Ids of the source are kept up to here; beyond they would outweigh the rest. */
const LARGEST_NAMED = 200_000

export interface StopPlace {
  link: number
  lane: number
  position_m: number
  duration_s: number
}

export interface NewVehicle {
  id: string
  depart: number
  type: number
  route: number
  stops: readonly StopPlace[]
  departure: VehicleDeparture
}

export class VehicleTable {
  readonly routes = new RouteTable()
  readonly #depart = new GrowingNumbers()
  readonly #route = new GrowingInts()
  readonly #type = new GrowingInts()
  readonly #departure = new GrowingInts()
  /** The ways of entering, by their text. */
  readonly #departures = new Map<string, { index: number; departure: VehicleDeparture }>()
  #ids = new IdSet()
  readonly #stops: { vehicle: number; stop: StopPlace }[] = []
  #names: string[] | undefined = []

  get size(): number {
    return this.#depart.length
  }

  /** Claims an id, until the table is finished; throws input.duplicate if it was claimed before. */
  claim(element: XmlElement, id: string): void {
    if (!this.#ids.add(id)) throw element.error('input.duplicate', `vehicle "${id}" is there twice`)
  }

  add(vehicle: NewVehicle): void {
    const index = this.size
    this.#depart.push(vehicle.depart)
    this.#route.push(vehicle.route)
    this.#type.push(vehicle.type)
    this.#departure.push(this.#departureOf(vehicle.departure))
    if (this.#names !== undefined && index >= LARGEST_NAMED) this.#names = undefined
    this.#names?.push(keep(vehicle.id))
    for (const stop of vehicle.stops) this.#stops.push({ vehicle: index, stop })
  }

  #departureOf(departure: VehicleDeparture): number {
    const text = `${departure.speed_mps} ${departure.lane}`
    const known = this.#departures.get(text) ?? { index: this.#departures.size, departure }
    this.#departures.set(text, known)
    return known.index
  }

  /** Order of departure; equal departures stay in the order of the file. */
  #order(): Uint32Array {
    const order = new Uint32Array(this.size)
    let sorted = true
    for (let i = 0; i < this.size; i++) {
      order[i] = i
      if (i > 0 && this.#depart.at(i) < this.#depart.at(i - 1)) sorted = false
    }
    // Files mostly are in order, and sorting millions takes as much memory again.
    return sorted ? order : order.sort((a, b) => this.#depart.at(a) - this.#depart.at(b) || a - b)
  }

  finish(links: readonly string[], types: readonly VehicleType[], notes: Notes, file: string): Pick<Demand, 'routes' | 'vehicles' | 'vehicle_types'> & { stops: VehicleStop[] } {
    this.#ids = new IdSet()
    const order = this.#order()
    const rank = new Uint32Array(this.size)
    order.forEach((vehicle, position) => { rank[vehicle] = position })
    const counts = Array.from(types, () => 0)
    for (let i = 0; i < this.size; i++) counts[this.#type.at(i)] = (counts[this.#type.at(i)] ?? 0) + 1
    const names = this.#names
    if (names === undefined) {
      notes.add('assumed', { file }, `with ${this.size} vehicles their ids are left out (above ${LARGEST_NAMED})`)
    }
    return {
      routes: Array.from({ length: this.routes.size }, (_, i) => ({
        id: `r${i}`, links: Array.from(this.routes.get(i), (link) => links[link] ?? ''),
      })),
      vehicles: {
        depart_s: Array.from(order, (i) => this.#depart.at(i)),
        route: Array.from(order, (i) => this.#route.at(i)),
        type: Array.from(order, (i) => this.#type.at(i)),
        ...(names === undefined ? {} : { source_id: Array.from(order, (i) => names[i] ?? '') }),
        ...(this.size === 0 ? {} : { departures: Array.from(this.#departures.values(), ({ departure }) => departure) }),
        ...(this.#departures.size < 2 ? {} : { departure: Array.from(order, (i) => this.#departure.at(i)) }),
      },
      vehicle_types: types.map((type, i) => ({ ...type, share: this.size === 0 ? 0 : (counts[i] ?? 0) / this.size })),
      stops: this.#stops
        .map(({ vehicle, stop }): VehicleStop => ({
          vehicle: rank[vehicle] ?? 0, link: links[stop.link] ?? '', lane: stop.lane, position_m: stop.position_m, duration_s: stop.duration_s,
        }))
        .sort((a, b) => a.vehicle - b.vehicle),
    }
  }
}
