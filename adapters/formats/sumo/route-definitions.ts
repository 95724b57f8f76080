// Routes of the source: named or inline lists of edges, distributions of routes, and the ways found for trips.
import { share } from './hash.ts'
import type { Notes } from './notes.ts'
import type { Router } from './router.ts'
import type { RouteTable } from './compact-columns.ts'
import type { StopPlace } from './vehicle-table.ts'
import { keep } from './xml-element.ts'
import type { XmlElement } from './xml-element.ts'
import { parseNumber } from './xml-element.ts'

const ROUTE_PURPOSE = 3
const TRIP_PURPOSE = 4
/** Texts of edge lists that are remembered, to save splitting them again. */
const REMEMBERED = 20_000

export interface RouteEntry {
  /** Number in the route table, or undefined where the route has a gap and can't be driven. */
  route: number | undefined
  stops: StopPlace[]
}

export class RouteDefinitions {
  readonly #router: Router
  readonly #table: RouteTable
  readonly #notes: Notes
  readonly #named = new Map<string, RouteEntry>()
  readonly #distributions = new Map<string, { entry: RouteEntry; probability: number }[]>()
  readonly #byText = new Map<string, number | undefined>()
  readonly #trips = new Map<string, number[]>()
  readonly #drivable: (boolean | undefined)[] = []
  readonly #longest: (number | undefined)[] = []

  constructor(router: Router, table: RouteTable, notes: Notes) {
    this.#router = router
    this.#table = table
    this.#notes = notes
  }

  define(element: XmlElement, entry: RouteEntry): void {
    const id = element.getText('id')
    if (this.#named.has(id)) throw element.error('input.duplicate', `route "${id}" is there twice`)
    this.#named.set(id, entry)
  }

  defineDistribution(id: string, choices: { entry: RouteEntry; probability: number }[], element: XmlElement): void {
    if (this.#distributions.has(id) || this.#named.has(id)) throw element.error('input.duplicate', `route "${id}" is there twice`)
    this.#distributions.set(id, choices)
  }

  named(element: XmlElement, id: string, vehicle: string): RouteEntry {
    const entry = this.#named.get(id)
    if (entry !== undefined) return entry
    const choices = this.#distributions.get(id)
    if (choices === undefined) throw element.error('input.reference', `route "${id}" does not exist`)
    return chooseEntry(choices, vehicle, element)
  }

  /** The route of an edge list; undefined, with a note, where two edges in a row are not connected. */
  fromEdges(element: XmlElement, text: string): number | undefined {
    if (this.#byText.has(text)) return this.#byText.get(text)
    const links = this.indices(element, text)
    if (links.length === 0) throw element.error('input.value', 'the route has no edges')
    const route = this.#check(element, this.#table.add(links), links)
    if (this.#byText.size < REMEMBERED) this.#byText.set(keep(text), route)
    return route
  }

  indices(element: XmlElement, text: string): number[] {
    return text.split(/\s+/).filter((word) => word !== '').map((id) => this.indexOf(element, id))
  }

  indexOf(element: XmlElement, id: string): number {
    const index = this.#router.indexOf.get(id)
    if (index === undefined) throw element.error('input.reference', `edge "${keep(id)}" does not exist in the network`)
    return index
  }

  /**
   * A way from one of the edges where a trip may begin to one where it may end: the quickest, or one that takes little longer, shared out by the
   * vehicle's id. Undefined, with a note, where there is none.
   */
  fromTrip(element: XmlElement, vehicle: string, from: readonly number[], to: readonly number[], vehicleClass: string, maxSpeed: number): number | undefined {
    const via = element.listWords('via').map((edge) => this.indexOf(element, edge))
    const key = `${vehicleClass} ${maxSpeed} ${[from, via, to].map((edges) => edges.join(',')).join(' ')}`
    const ways = this.#trips.get(key) ?? this.#router.findTrips(from, via, to, vehicleClass, maxSpeed).map((links) => this.#table.add(links))
    if (this.#trips.size < REMEMBERED) this.#trips.set(key, ways)
    if (ways.length === 0) {
      const [first, last] = [from, to].map(([edge]) => this.#router.edges[edge ?? -1]?.id)
      this.#notes.count('no way', 'corrected', element.place(), (n) => `${n} trip(s) are left out because no way leads where they go, first from edge "${first}" to "${last}" for class ${vehicleClass}`)
    }
    return ways[Math.floor(share(vehicle, TRIP_PURPOSE) * ways.length)]
  }

  /** Length of the longest edge of a route, m. */
  longestEdge(route: number): number {
    return (this.#longest[route] ??= Math.max(...Array.from(this.#table.get(route), (link) => this.#router.edges[link]?.lanes[0]?.length ?? 0)))
  }

  #check(element: XmlElement, route: number, links: readonly number[]): number | undefined {
    const known = this.#drivable[route]
    if (known !== undefined) return known ? route : undefined
    const gap = links.findIndex((link, i) => i > 0 && !this.#router.connects(links[i - 1] as number, link))
    this.#drivable[route] = gap === -1
    if (gap === -1) return route
    const [a, b] = [this.#router.edges[links[gap - 1] as number]?.id, this.#router.edges[links[gap] as number]?.id]
    this.#notes.count('gap', 'corrected', element.place(), (n) => `${n} route(s) have a gap, first from edge "${a}" to "${b}"; the vehicles on them are left out`)
    return undefined
  }
}

export function chooseEntry(choices: readonly { entry: RouteEntry; probability: number }[], vehicle: string, element: XmlElement): RouteEntry {
  const total = choices.reduce((sum, { probability }) => sum + probability, 0)
  if (!(total > 0)) throw element.error('input.value', 'the distribution of routes has no route with a probability above 0')
  let left = share(vehicle, ROUTE_PURPOSE) * total
  for (const { entry, probability } of choices) {
    left -= probability
    if (left < 0) return entry
  }
  return (choices.at(-1) as { entry: RouteEntry }).entry
}

/** Choices of a distribution that lists named routes in its attributes. */
export function listedChoices(element: XmlElement, definitions: RouteDefinitions): { entry: RouteEntry; probability: number }[] {
  const probabilities = element.listWords('probabilities').map((word) => parseNumber(word))
  return element.listWords('routes').map((id, i) => ({ entry: definitions.named(element, id, id), probability: Math.max(0, probabilities[i] ?? 1) }))
}
