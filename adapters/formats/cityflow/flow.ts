// Flow files of CityFlow: vehicles with their route, one every interval from a start to an end (both included), seconds
// from 0. Read entry by entry; kept as columns. Format: CityFlow documentation, "Flow File Format".
import type { Demand, VehicleType } from '../../../model/demand.ts'
import type { Place } from '../../../model/errors.ts'
import { describe, Element } from './element.ts'
import type { Notes } from '../sumo/notes.ts'
import { VehicleColumns } from '../sumo/vehicle-columns.ts'
import { readEntries } from './json-text.ts'
import type { RoadRoutes } from './routes.ts'

/** More vehicles than this is a slip of the pen: an interval in the wrong unit. */
const LARGEST_FLOW = 1_000_000
const LARGEST_FILE = 20_000_000
/** A flow without an end goes on until the last other flow has ended; alone, for an hour. */
const ENDLESS_S = 3600

interface Endless {
  element: Element
  number: number
  start: number
  interval: number
  route: number
  type: number
}

export class FlowReader {
  readonly #routes: RoadRoutes
  readonly #notes: Notes
  readonly #vehicles = new VehicleColumns()
  readonly #types: VehicleType[] = []
  readonly #typeOf = new Map<string, number>()
  #flows = 0
  #lastEnd: number | undefined
  readonly #endless: Endless[] = []

  constructor(routes: RoadRoutes, notes: Notes) {
    this.#routes = routes
    this.#notes = notes
  }

  /** Reads one file. Throws GreenwaveError with line, flow and value. */
  async read(file: string): Promise<void> {
    for await (const { value, index, line } of readEntries(file, 'flow')) {
      this.#flow(new Element(value, { file, line, element: `flow ${index}` }), this.#flows)
      this.#flows++
    }
  }

  #flow(element: Element, number: number): void {
    const type = this.#vehicleType(element.getElement('vehicle'))
    const interval = element.getNumber('interval', { above: 0 })
    const start = element.findNumber('startTime', { min: 0 }) ?? 0
    const end = element.findNumber('endTime', { min: -1 }) ?? -1
    const route = this.#readRoute(element)
    if (end !== -1 && end < start) throw element.error('input.value', `endTime is ${end}; the flow starts later, at ${start}`)
    if (route === undefined) return
    if (end === -1) {
      this.#endless.push({ element, number, start, interval, route, type })
      return
    }
    this.#lastEnd = Math.max(this.#lastEnd ?? 0, end)
    this.#letIn(element, number, { start, end, interval, route, type })
  }

  #letIn(element: Element, number: number, { start, end, interval, route, type }: { start: number; end: number; interval: number; route: number; type: number }): void {
    const count = Math.floor((end - start) / interval + 1e-9) + 1
    if (!(count <= LARGEST_FLOW)) throw element.error('input.value', `the flow makes ${count} vehicles; at most ${LARGEST_FLOW} are taken`)
    if (this.#vehicles.size + count > LARGEST_FILE) throw element.error('input.value', `with this flow there are more than ${LARGEST_FILE} vehicles`)
    for (let i = 0; i < count; i++) {
      // The id that CityFlow gives it.
      this.#vehicles.add({ id: `flow_${number}_${i}`, depart: start + i * interval, route, type })
    }
  }

  /** Undefined, with a note, where nobody can drive it: CityFlow lets no vehicle of such a flow in. */
  #readRoute(element: Element): number | undefined {
    const roads = element.getList('route').map((id) => {
      const road = typeof id === 'string' ? this.#routes.findRoad(id) : undefined
      if (road === undefined) throw element.error('input.reference', `route names ${describe(id)}, which is no road of the network`)
      return road
    })
    if (roads.length === 0) throw element.error('input.value', 'route is empty; it needs at least 1 road')
    const filled = this.#routes.fill(roads)
    if (filled === undefined) {
      this.#notes.count('no way', 'not-understood', element.place, (n) => `${n} flow(s) have a route that no way leads along; they are left out`)
      return undefined
    }
    if (filled.roads.length < 2) {
      this.#notes.count('one road', 'not-understood', element.place, (n) => `${n} flow(s) have a route of 1 road, which CityFlow lets nobody drive; they are left out`)
      return undefined
    }
    if (filled.added > 0) this.#notes.count('filled', 'assumed', element.place, (n) => `${n} flow(s) name only some roads of their route; the rest is the shortest way`)
    return this.#vehicles.routes.add(filled.roads)
  }

  #vehicleType(element: Element): number {
    const read = {
      length_m: element.getNumber('length', { above: 0 }),
      min_gap_m: element.getNumber('minGap', { min: 0 }),
      // CityFlow gains speed by the greatest acceleration and slows down by the usual one (Vehicle::getNextSpeed).
      accel_mps2: element.findNumber('maxPosAcc', { above: 0 }) ?? element.getNumber('usualPosAcc', { above: 0 }),
      decel_mps2: element.findNumber('usualNegAcc', { above: 0 }) ?? element.getNumber('maxNegAcc', { above: 0 }),
      max_speed_mps: element.getNumber('maxSpeed', { above: 0 }),
      headway_s: element.getNumber('headwayTime', { above: 0 }),
    }
    const key = Object.values(read).join(' ')
    const known = this.#typeOf.get(key)
    if (known !== undefined) return known
    this.#typeOf.set(key, this.#types.length)
    // Everybody drives at the limit and without imperfection, as in CityFlow.
    return this.#types.push({ id: `vehicle-${this.#types.length + 1}`, vehicle_class: 'passenger', ...read, speed_factor: 1, speed_deviation: 0, sigma: 0, share: 0 }) - 1
  }

  /** Everything read, in order of departure. `links` are the ids of the roads, `place` stands in notes. */
  finish(links: readonly string[], place: Place): Pick<Demand, 'routes' | 'vehicles' | 'vehicle_types'> {
    for (const { element, number, start, interval, route, type } of this.#endless) {
      const end = Math.max(this.#lastEnd ?? start + ENDLESS_S, start)
      this.#notes.count('endless', 'assumed', element.place, (n) => `${n} flow(s) have no end; they are taken to end with the last other flow, or after an hour`)
      this.#letIn(element, number, { start, end, interval, route, type })
    }
    return this.#vehicles.finish(this.#vehicles.order(), links, this.#types, this.#notes, place)
  }
}
