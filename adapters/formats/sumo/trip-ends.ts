// Where trips begin and end that name no edge: a TAZ (districts of an additional file), or a junction with the edges that leave or reach it.
import type { Notes } from './notes.ts'
import type { RouteDefinitions } from './route-definitions.ts'
import type { Router } from './router.ts'
import type { XmlElement } from './xml-element.ts'

export type End = 'from' | 'to'

interface District {
  from: Set<string>
  to: Set<string>
}

const OTHER_ENDS: Record<End, readonly string[]> = { from: ['fromXY', 'fromLonLat'], to: ['toXY', 'toLonLat'] }

export class TripEnds {
  readonly #routes: Pick<RouteDefinitions, 'indexOf'>
  readonly #notes: Notes
  readonly #districts = new Map<string, District>()
  readonly #leaving = new Map<string, string[]>()
  readonly #reaching = new Map<string, string[]>()
  #open: District | undefined

  constructor({ edges }: Pick<Router, 'edges'>, routes: Pick<RouteDefinitions, 'indexOf'>, notes: Notes) {
    this.#routes = routes
    this.#notes = notes
    for (const { id, from, to } of edges) {
      add(this.#leaving, from, id)
      add(this.#reaching, to, id)
    }
  }

  openDistrict(element: XmlElement): void {
    const id = element.getText('id')
    if (this.#districts.has(id)) throw element.error('input.duplicate', `TAZ "${id}" is there twice`)
    const edges = element.listWords('edges')
    for (const edge of edges) this.#routes.indexOf(element, edge)
    this.#open = { from: new Set(edges), to: new Set(edges) }
    this.#districts.set(id, this.#open)
  }

  /** A <tazSource> or <tazSink>; those without weight serve nobody. */
  addEdge(element: XmlElement): void {
    const edge = element.getText('id')
    this.#routes.indexOf(element, edge)
    if ((element.findNumber('weight', { min: 0 }) ?? 1) > 0) this.#open?.[element.name === 'tazSource' ? 'from' : 'to'].add(edge)
  }

  closeDistrict(): void {
    this.#open = undefined
  }

  /** Numbers of the edges where a trip may begin or end, as SUMO reads them: the edge goes before the TAZ. None, with a note, where they can't be told. */
  edgesOf(element: XmlElement, end: End): readonly number[] {
    const edge = element.findText(end)
    if (edge !== undefined) return [this.#routes.indexOf(element, edge)]
    const [taz, junction] = [element.findText(`${end}Taz`), element.findText(`${end}Junction`)]
    if (taz !== undefined) return this.#known(element, `TAZ "${taz}"`, this.#districts.get(taz)?.[end])
    if (junction !== undefined) return this.#known(element, `junction "${junction}"`, (end === 'from' ? this.#leaving : this.#reaching).get(junction))
    const other = OTHER_ENDS[end].find((attribute) => element.findText(attribute) !== undefined)
    if (other === undefined) throw element.error('input.value', 'it has neither a route nor the edges from and to')
    this.#notes.count(`trip ${other}`, 'not-understood', element.place(), (n) => `${n} trip(s) name their ends by ${other}; only edges, TAZ and junctions are understood`)
    return []
  }

  #known(element: XmlElement, name: string, edges: Iterable<string> = []): number[] {
    const found = Array.from(edges, (id) => this.#routes.indexOf(element, id))
    if (found.length === 0) this.#notes.count('no end', 'not-understood', element.place(), (n) => `${n} trip(s) begin or end where no edge is known, first at ${name}`)
    return found
  }
}

function add(lists: Map<string, string[]>, key: string, id: string): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [id])
  else known.push(id)
}
