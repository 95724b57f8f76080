// Reads route and additional files, which SUMO lets hold the same elements: vehicle types, routes, vehicles, trips,
// flows, stops, signal programs and switch tables. What doesn't concern cars on the road is counted in a note.
import { ENTRY_GAP_M } from '../../../model/demand.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { readDeparture } from './departures.ts'
import { flowDepartures } from './flows.ts'
import type { Span } from './flows.ts'
import type { Notes } from './notes.ts'
import { ProgramReader } from './read-programs.ts'
import { chooseEntry, listedChoices, RouteDefinitions } from './route-definitions.ts'
import type { RouteEntry } from './route-definitions.ts'
import type { Router } from './router.ts'
import { StopReader } from './stops.ts'
import type { SwitchTable, SwitchTables } from './switches.ts'
import { TripEnds } from './trip-ends.ts'
import { VehicleTable } from './vehicle-table.ts'
import { VehicleTypes } from './vehicle-types.ts'
import type { XmlElement } from './xml-element.ts'
import { readXml } from './xml-stream.ts'

/** Elements with contents of their own that are no cars; they are passed over whole. */
const NOT_CARS = new Set(['person', 'personFlow', 'container', 'containerFlow', 'rerouter', 'interval', 'calibrator', 'poly', 'meandata'])
/** Where these files must not come from. */
const OTHER_ROOTS: Record<string, string> = {
  'net': 'a SUMO network', 'osm': 'an OpenStreetMap file', 'configuration': 'a SUMO configuration', 'sumoConfiguration': 'a SUMO configuration',
  'nodes': 'a netconvert node file', 'edges': 'a netconvert edge file', 'connections': 'a netconvert connection file',
}

interface OpenVehicle {
  element: XmlElement
  entry: RouteEntry | undefined
  stops: RouteEntry['stops']
}

interface OpenDistribution {
  element: XmlElement
  choices: { entry: RouteEntry; probability: number }[]
}

export class TrafficReader implements TrafficResult {
  readonly vehicles = new VehicleTable()
  readonly types: VehicleTypes
  readonly programs: ProgramReader
  readonly switches: SwitchTables = { tables: new Map(), junctions: new Map() }
  readonly #routes: RouteDefinitions
  readonly #stops: StopReader
  readonly #ends: TripEnds
  readonly #notes: Notes
  readonly #span: Span
  #skipping = 0
  #vehicle: OpenVehicle | undefined
  #route: { element: XmlElement; entry: RouteEntry } | undefined
  #distribution: OpenDistribution | undefined
  #typeDistribution: XmlElement | undefined
  #table: SwitchTable | undefined

  constructor(router: Router, programs: ProgramReader, span: Span, notes: Notes) {
    this.#notes = notes
    this.#span = span
    this.programs = programs
    this.types = new VehicleTypes(notes)
    this.#routes = new RouteDefinitions(router, this.vehicles.routes, notes)
    this.#stops = new StopReader(router, notes)
    this.#ends = new TripEnds(router, this.#routes, notes)
  }

  async read(file: string): Promise<void> {
    this.#skipping = 0
    await readXml(file, this)
  }

  root(element: XmlElement): void {
    const other = Object.hasOwn(OTHER_ROOTS, element.name) ? OTHER_ROOTS[element.name] : undefined
    if (other !== undefined) {
      throw new GreenwaveError('input.format', `this is ${other} (<${element.name}>), not a route or additional file`, { file: element.file, line: element.line })
    }
  }

  open(element: XmlElement): void {
    if (this.#skipping > 0) {
      this.#skipping++
      return
    }
    switch (element.name) {
      case 'vehicle': case 'trip': case 'flow': this.#vehicle = { element, entry: undefined, stops: [] }; return
      case 'route': return this.#openRoute(element)
      case 'routeDistribution': this.#distribution = { element, choices: listedChoices(element, this.#routes) }; return
      case 'stop': return this.#openStop(element)
      case 'vType': return this.types.openType(element)
      case 'vTypeDistribution': this.#typeDistribution = element; return this.types.openDistribution(element)
      case 'busStop': case 'trainStop': case 'containerStop': case 'parkingArea': case 'chargingStation': return this.#stops.define(element)
      case 'taz': return this.#ends.openDistrict(element)
      case 'tazSource': case 'tazSink': return this.#ends.addEdge(element)
      case 'tlLogic': return this.programs.openProgram(element)
      case 'phase': return this.programs.openPhase(element)
      case 'param': if (!this.programs.openParam(element)) this.#other(element); return
      case 'WAUT': case 'wautSwitch': case 'wautJunction': return this.#openSwitch(element)
      default: this.#other(element)
    }
  }

  close(name: string): void {
    if (this.#skipping > 0) {
      this.#skipping--
      return
    }
    switch (name) {
      case 'vehicle': case 'trip': case 'flow': return this.#closeVehicle()
      case 'route': return this.#closeRoute()
      case 'routeDistribution': return this.#closeDistribution()
      case 'vTypeDistribution': this.types.closeDistribution(this.#typeDistribution); return
      case 'taz': return this.#ends.closeDistrict()
      case 'tlLogic': return this.programs.closeProgram()
      case 'WAUT': this.#table = undefined
    }
  }

  #other(element: XmlElement): void {
    if (element.name === 'param' || element.name === 'access' || element.name === 'tazs' || element.name.startsWith('carFollowing')) return
    if (NOT_CARS.has(element.name)) this.#skipping = 1
    this.#notes.count(`element ${element.name}`, 'not-understood', element.place(), (n) => `${n} <${element.name}> element(s) are not used`)
  }

  #openRoute(element: XmlElement): void {
    const text = element.findText('edges')
    if (text === undefined) throw element.error('input.value', 'attribute "edges" is missing')
    if (element.findText('repeat') !== undefined) {
      this.#notes.count('repeat', 'not-understood', element.place(), (n) => `${n} route(s) are to be repeated; they are driven once`)
    }
    this.#route = { element, entry: { route: this.#routes.fromEdges(element, text), stops: [] } }
  }

  #closeRoute(): void {
    if (this.#route === undefined) return
    const { element, entry } = this.#route
    this.#route = undefined
    if (this.#distribution !== undefined) {
      this.#distribution.choices.push({ entry, probability: element.findNumber('probability', { min: 0 }) ?? 1 })
      if (element.findText('id') !== undefined) this.#routes.define(element, entry)
    } else if (this.#vehicle !== undefined) this.#vehicle.entry = entry
    else this.#routes.define(element, entry)
  }

  #closeDistribution(): void {
    if (this.#distribution === undefined) return
    const { element, choices } = this.#distribution
    this.#distribution = undefined
    if (this.#vehicle !== undefined) this.#vehicle.entry = chooseEntry(choices, this.#vehicle.element.findText('id') ?? '', element)
    else this.#routes.defineDistribution(element.getText('id'), choices, element)
  }

  #openStop(element: XmlElement): void {
    const stop = this.#stops.read(element)
    if (stop === undefined) return
    if (this.#route !== undefined) this.#route.entry.stops.push(stop)
    else this.#vehicle?.stops.push(stop)
  }

  #closeVehicle(): void {
    if (this.#vehicle === undefined) return
    const open = this.#vehicle
    this.#vehicle = undefined
    const { element } = open
    const id = element.getText('id')
    this.vehicles.claim(element, id)
    if (element.name === 'flow') {
      const departures = flowDepartures(element, this.#span, this.#notes)
      departures.forEach((depart, i) => this.#add(open, `${id}.${i}`, depart))
      return
    }
    const depart = element.findTime('depart')
    if (depart !== undefined) return this.#add(open, id, depart)
    const word = element.getText('depart')
    if (word === 'begin' && Number.isFinite(this.#span.begin)) return this.#add(open, id, this.#span.begin)
    if (!/^(triggered|containerTriggered|split|now|begin)$/.test(word)) throw element.error('input.value', `depart is "${word}"; it must be a time`)
    this.#notes.count(`depart ${word}`, 'not-understood', element.place(), (n) => `${n} vehicle(s) depart "${word}"; they are left out`)
  }

  #add(open: OpenVehicle, id: string, depart: number): void {
    const { element } = open
    if (depart < 0) throw element.error('input.value', `depart is ${depart}; it must be at least 0`)
    const type = this.types.resolve(element, id)
    const entry = this.#entryOf(open, id, type)
    if (entry.route === undefined) {
      this.#notes.count('left out', 'corrected', element.place(), (n) => `${n} vehicle(s) are left out because their route can't be driven`)
      return
    }
    if (this.#routes.longestEdge(entry.route) < (this.types.list[type]?.length_m ?? 0) + ENTRY_GAP_M) {
      this.#notes.count('no room', 'corrected', element.place(), (n) => `${n} vehicle(s) are left out because they are longer than every edge of their route`)
      return
    }
    if (depart < this.#span.begin || depart >= this.#span.end) {
      const { begin, end } = this.#span
      this.#notes.count('outside', 'corrected', element.place(), (n) => `${n} vehicle(s) depart outside ${begin} s to ${end} s and are left out`)
      return
    }
    this.vehicles.add({ id, depart, type, route: entry.route, stops: [...entry.stops, ...open.stops], departure: readDeparture(element, this.#notes) })
  }

  #entryOf(open: OpenVehicle, id: string, type: number): RouteEntry {
    const { element } = open
    if (open.entry !== undefined) return open.entry
    const name = element.findText('route')
    if (name !== undefined) return this.#routes.named(element, name, id)
    const [from, to] = [this.#ends.edgesOf(element, 'from'), this.#ends.edgesOf(element, 'to')]
    if (from.length === 0 || to.length === 0) return { route: undefined, stops: [] }
    const { vehicle_class, max_speed_mps } = this.types.list[type] ?? { vehicle_class: 'passenger', max_speed_mps: Infinity }
    this.#notes.count('trips', 'assumed', element.place(), (n) => `${n} trip(s) name only their ends; they take the quickest way at free travel times`)
    if (from.length > 1 || to.length > 1) this.#notes.count('districts', 'assumed', element.place(), (n) => `${n} trip(s) may begin or end on several edges; they are shared out over the pairs of edges whose quickest way takes at most a tenth longer than the quickest of all`)
    return { route: this.#routes.fromTrip(element, id, from, to, vehicle_class, max_speed_mps), stops: [] }
  }

  #openSwitch(element: XmlElement): void {
    if (element.name === 'WAUT') {
      const id = element.getText('id')
      if (this.switches.tables.has(id)) throw element.error('input.duplicate', `WAUT "${id}" is there twice`)
      this.#table = { id, start: element.getText('startProg'), refTime: element.findTime('refTime') ?? 0, switches: [], place: element.place() }
      this.switches.tables.set(id, this.#table)
    } else if (element.name === 'wautSwitch') {
      const time = element.findTime('time')
      if (time === undefined) throw element.error('input.value', `time is "${element.findText('time') ?? ''}"; it must be a time`)
      this.#table?.switches.push({ time, to: element.getText('to'), place: element.place() })
    } else this.switches.junctions.set(element.getText('junctionID'), { table: element.getText('wautID'), place: element.place() })
  }
}

/** What the files held. */
export interface TrafficResult {
  readonly vehicles: VehicleTable
  readonly types: VehicleTypes
  readonly programs: ProgramReader
  readonly switches: SwitchTables
}

