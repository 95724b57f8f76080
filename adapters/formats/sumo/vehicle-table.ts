// The vehicles read so far, as columns, and the document they become.
import type { Demand, VehicleDeparture, VehicleStop } from '../../../model/demand.ts'
import type { VehicleType } from '../../../model/demand.ts'
import { GrowingInts, type RouteTable } from './compact-columns.ts'
import { IdSet } from './hash.ts'
import type { Notes } from './notes.ts'
import { VehicleColumns } from './vehicle-columns.ts'
import type { XmlElement } from './xml-element.ts'

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
  readonly #columns = new VehicleColumns()
  readonly #departure = new GrowingInts()
  /** The ways of entering, by their text. */
  readonly #departures = new Map<string, { index: number; departure: VehicleDeparture }>()
  #ids = new IdSet()
  readonly #stops: { vehicle: number; stop: StopPlace }[] = []

  get size(): number {
    return this.#columns.size
  }

  get routes(): RouteTable {
    return this.#columns.routes
  }

  /** Claims an id, until the table is finished; throws input.duplicate if it was claimed before. */
  claim(element: XmlElement, id: string): void {
    if (!this.#ids.add(id)) throw element.error('input.duplicate', `vehicle "${id}" is there twice`)
  }

  add(vehicle: NewVehicle): void {
    const index = this.size
    this.#columns.add(vehicle)
    this.#departure.push(this.#departureOf(vehicle.departure))
    for (const stop of vehicle.stops) this.#stops.push({ vehicle: index, stop })
  }

  #departureOf(departure: VehicleDeparture): number {
    const text = `${departure.speed_mps} ${departure.lane}`
    const known = this.#departures.get(text) ?? { index: this.#departures.size, departure }
    this.#departures.set(text, known)
    return known.index
  }

  finish(links: readonly string[], types: readonly VehicleType[], notes: Notes, file: string): Pick<Demand, 'routes' | 'vehicles' | 'vehicle_types'> & { stops: VehicleStop[] } {
    this.#ids = new IdSet()
    const order = this.#columns.order()
    const rank = new Uint32Array(this.size)
    order.forEach((vehicle, position) => { rank[vehicle] = position })
    const { vehicles, ...rest } = this.#columns.finish(order, links, types, notes, { file })
    return {
      ...rest,
      vehicles: {
        ...vehicles,
        ...(this.size === 0 ? {} : { departures: Array.from(this.#departures.values(), ({ departure }) => departure) }),
        ...(this.#departures.size < 2 ? {} : { departure: Array.from(order, (i) => this.#departure.at(i)) }),
      },
      stops: this.#stops
        .map(({ vehicle, stop }): VehicleStop => ({
          vehicle: rank[vehicle] ?? 0, link: links[stop.link] ?? '', lane: stop.lane, position_m: stop.position_m, duration_s: stop.duration_s,
        }))
        .sort((a, b) => a.vehicle - b.vehicle),
    }
  }
}
