// The streets as one drawing: each direction a line beside the middle, coloured by its level. Drawn once; only classes change.
import { isKnown, levelOf } from './levels.ts'
import type { Feature, LiveLink } from '../service/service.ts'

export interface Street {
  id: string
  name: string
  from: string
  to: string
  length_m: number
  free_mps: number
  lanes: number
  points: [number, number][]
}

export interface Town {
  streets: Map<string, Street>
  /** Names of signals by node. */
  signals: Map<string, { name: string; at: [number, number] }>
}

const SVG = 'http://www.w3.org/2000/svg'
const EARTH_M = 111_320
/** Beside the middle, and width of a lane, drawn wider than they are. */
const LANE = 7
const MARGIN = 60

/** Metres to the east and to the south of the first corner, so that a town is as wide as it is. */
export function readTown(features: readonly Feature[]): Town {
  const links = features.filter(({ properties }) => properties.kind === 'link')
  const [lon0, lat0] = (links[0]!.geometry.coordinates as [number, number][])[0]!
  const plane = ([lon, lat]: [number, number]): [number, number] => [(lon - lon0) * EARTH_M * Math.cos((lat0 * Math.PI) / 180), (lat0 - lat) * EARTH_M]
  const streets = new Map(links.map(({ properties: p, geometry }): [string, Street] => [p.id!, {
    id: p.id!, name: String(p['name'] ?? p.id), from: String(p['from']), to: String(p['to']), length_m: Number(p['length_m']), free_mps: Number(p['speed_mps']),
    lanes: (p['lanes'] as { length_m: number }[]).filter(({ length_m }) => length_m >= Number(p['length_m']) * 0.9).length, points: (geometry.coordinates as [number, number][]).map(plane),
  }]))
  const signals = new Map(features.filter(({ properties: p }) => p.kind === 'node' && p['kind_of_node'] === 'signal').map(({ properties: p, geometry }): [string, { name: string; at: [number, number] }] =>
    [p.id!, { name: String(p['name'] ?? p.id), at: plane(geometry.coordinates as [number, number]) }]))
  return { streets, signals }
}

function element<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string | number>, parent?: Element): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  parent?.append(made)
  return made
}

/** To the right of the direction of travel; y grows to the south. */
function beside(points: readonly [number, number][], by: number): [number, number][] {
  return points.map(([x, y], i) => {
    const [ax, ay] = points[Math.max(0, i - 1)]!
    const [bx, by_] = points[Math.min(points.length - 1, i + 1)]!
    const length = Math.hypot(bx - ax, by_ - ay) || 1
    return [x - ((by_ - ay) / length) * by, y + ((bx - ax) / length) * by]
  })
}

const path = (points: readonly [number, number][]): string => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

export class TownMap {
  readonly #lines = new Map<string, SVGPathElement>()
  readonly #signals = new Map<string, SVGCircleElement>()
  readonly #town: Town

  readonly #say: (name: string) => string

  /** `say` gives a name in the language of the page. */
  constructor(town: Town, into: Element, pick: (link: string | undefined) => void, say: (name: string) => string) {
    this.#town = town
    this.#say = say
    const all = [...town.streets.values()].flatMap(({ points }) => points)
    const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)]
    const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN]
    const svg = element('svg', { viewBox: `${left} ${top} ${Math.max(...xs) + MARGIN - left} ${Math.max(...ys) + MARGIN - top}`, role: 'group' })
    const casing = element('g', { class: 'casing' }, svg)
    const lines = element('g', { class: 'lines' }, svg)
    for (const street of town.streets.values()) this.#draw(street, casing, lines, pick)
    const dots = element('g', { class: 'signals' }, svg)
    for (const [id, { name, at: [cx, cy] }] of town.signals) {
      const dot = element('circle', { cx, cy, r: 11 }, dots)
      element('title', {}, dot).textContent = say(name)
      this.#signals.set(id, dot)
    }
    this.#name(element('g', { class: 'names' }, svg))
    svg.addEventListener('click', ({ target }) => { if (!(target as Element).closest('.lines')) pick(undefined) })
    into.replaceChildren(svg)
  }

  show(live: ReadonlyMap<string, LiveLink>): void {
    for (const [id, line] of this.#lines) {
      const link = live.get(id)
      const level = isKnown(link) ? levelOf(link.index) : undefined
      line.setAttribute('class', `${level === undefined ? 'unknown' : `level-${level}`} ${link?.freshness ?? 'no-data'}`)
    }
  }

  select(id: string | undefined): void {
    for (const [other, line] of this.#lines) line.toggleAttribute('data-picked', other === id)
  }

  /** Signals that run a plan of greenwave. */
  showPlans(signals: ReadonlySet<string>): void {
    for (const [id, dot] of this.#signals) dot.setAttribute('class', signals.has(id) ? 'planned' : '')
  }

  #draw({ id, points, lanes, name }: Street, casing: Element, lines: Element, pick: (link: string) => void): void {
    const width = LANE * lanes
    const d = path(beside(points, width / 2 + 2.2))
    element('path', { d, 'stroke-width': width + 6 }, casing)
    const line = element('path', { d, 'stroke-width': width, 'class': 'unknown no-data', 'tabindex': 0, 'role': 'button', 'data-link': id, 'aria-label': this.#say(name) }, lines)
    line.addEventListener('click', () => pick(id))
    line.addEventListener('keydown', ({ key }) => { if (key === 'Enter') pick(id) })
    this.#lines.set(id, line)
  }

  /** Each street once, at the end that lies farthest to the left or the bottom. */
  #name(names: Element): void {
    const ends = new Map<string, { at: [number, number]; towards: [number, number] }>()
    for (const { name, from, points } of this.#town.streets.values()) {
      if (this.#town.signals.has(from)) continue
      const [at, towards] = [points[0]!, points.at(-1)!]
      const known = ends.get(name)
      if (known === undefined || at[0] - at[1] < known.at[0] - known.at[1]) ends.set(name, { at, towards })
    }
    for (const [name, { at: [x, y], towards: [tx, ty] }] of ends) {
      // Read from the left, or upwards.
      const along = (Math.atan2(ty - y, tx - x) * 180) / Math.PI
      const turned = along > 80 || along <= -100
      element('text', { 'transform': `translate(${x} ${y}) rotate(${(turned ? along - 180 : along).toFixed(1)}) translate(0 -30)`, 'text-anchor': turned ? 'end' : 'start' }, names).textContent = this.#say(name)
    }
  }
}
