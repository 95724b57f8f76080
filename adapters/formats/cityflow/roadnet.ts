// A CityFlow road network as its file has it, checked: roads, intersections, road links, light phases. Metres, seconds;
// lanes count from the middle of the road outwards. Format: CityFlow documentation, "Roadnet File Format".
import { GreenwaveError, type Place } from '../../../model/errors.ts'
import { distance } from '../../../model/lines.ts'
import type { Point } from '../../../model/network.ts'
import { describe, Element } from './element.ts'
import { readDocument } from './json-text.ts'

export interface Road {
  id: string
  from: string
  to: string
  /** Its left edge in the direction of travel, from middle to middle of the intersections. */
  points: Point[]
  /** From the left edge outwards. */
  lanes: { width: number; speed: number }[]
  place: Place
}

export interface LaneLink {
  from: number
  to: number
  points: Point[]
}

export type RoadLinkType = 'go_straight' | 'turn_left' | 'turn_right'

export interface RoadLink {
  index: number
  type: RoadLinkType
  from: Road
  to: Road
  lanes: LaneLink[]
  place: Place
}

export interface LightPhase {
  time: number
  available: ReadonlySet<number>
}

export interface Intersection {
  id: string
  point: Point
  virtual: boolean
  /** The stop lines lie this far from the middle, m. */
  width: number
  links: RoadLink[]
  phases: LightPhase[]
  place: Place
}

export interface Roadnet {
  file: string
  roads: Map<string, Road>
  intersections: Map<string, Intersection>
}

const TYPES: readonly RoadLinkType[] = ['go_straight', 'turn_left', 'turn_right']

/** Reads and checks a roadnet file. Throws GreenwaveError (input.*) with the element and the value. */
export async function readRoadnet(file: string): Promise<Roadnet> {
  const value = await readDocument(file)
  const root = typeof value === 'object' && value !== null && !Array.isArray(value) ? new Element(value, { file }) : undefined
  if (root === undefined || (!root.has('intersections') && !root.has('roads'))) {
    throw new GreenwaveError('input.format', 'this is no CityFlow road network: it has no intersections and no roads', { file })
  }
  const intersections = namedElements(root, 'intersections', 'intersection')
  const ids = new Set(intersections.keys())
  const roads = new Map([...namedElements(root, 'roads', 'road')].map(([id, element]) => [id, readRoad(id, element, ids)]))
  if (roads.size === 0) throw root.error('input.value', 'roads is empty; a network needs at least 1')
  const read = new Map([...intersections].map(([id, element]) => [id, readIntersection(id, element, roads)]))
  return { file, roads, intersections: read }
}

function namedElements(root: Element, list: string, kind: string): Map<string, Element> {
  const found = new Map<string, Element>()
  for (const element of root.listElements(list, kind)) {
    const id = element.getText('id')
    if (found.has(id)) throw element.error('input.duplicate', `${kind} "${id}" is there twice`)
    found.set(id, element.named(`${kind} "${id}"`))
  }
  return found
}

function readRoad(id: string, element: Element, intersections: ReadonlySet<string>): Road {
  const end = (name: string): string => {
    const other = element.getText(name)
    if (!intersections.has(other)) throw element.error('input.reference', `${name} is "${other}", which is no intersection of the file`)
    return other
  }
  const points = element.listElements('points', 'point').map((point) => point.getPoint())
  if (points.length < 2) throw element.error('input.value', `it has ${points.length} point(s); it needs at least 2`)
  const distinct = points.filter((point, i) => i === 0 || distance(point, points[i - 1] as Point) > 0)
  if (distinct.length < 2) throw element.error('input.value', 'all its points are the same; a road needs a length')
  const lanes = element.listElements('lanes', 'lane').map((lane) => ({ width: lane.getNumber('width', { above: 0 }), speed: lane.getNumber('maxSpeed', { above: 0 }) }))
  if (lanes.length === 0) throw element.error('input.value', 'it has 0 lanes; it needs at least 1')
  return { id, from: end('startIntersection'), to: end('endIntersection'), points: distinct, lanes, place: element.place }
}

function readIntersection(id: string, element: Element, roads: ReadonlyMap<string, Road>): Intersection {
  const point = element.getElement('point').getPoint()
  const virtual = element.getFlag('virtual')
  for (const road of element.has('roads') ? element.getList('roads') : []) {
    if (typeof road !== 'string' || !roads.has(road)) throw element.error('input.reference', `roads names ${describe(road)}, which is no road of the file`)
  }
  // CityFlow reads nothing more of a virtual intersection: there the network ends.
  if (virtual) return { id, point, virtual, width: 0, links: [], phases: [], place: element.place }
  const width = element.getNumber('width', { min: 0 })
  const links = element.listElements('roadLinks', 'road link').map((link, index) => readRoadLink(id, index, link, roads))
  return { id, point, virtual, width, links, phases: readPhases(element, links.length), place: element.place }
}

function readRoadLink(intersection: string, index: number, element: Element, roads: ReadonlyMap<string, Road>): RoadLink {
  const type = element.getText('type')
  const known = TYPES.find((candidate) => candidate === type)
  if (known === undefined) throw element.error('input.value', `type is "${type}"; it must be one of ${TYPES.join(', ')}`)
  const road = (name: string, end: 'from' | 'to'): Road => {
    const found = roads.get(element.getText(name))
    if (found === undefined) throw element.error('input.reference', `${name} is "${element.getText(name)}", which is no road of the file`)
    if (found[end] !== intersection) throw element.error('input.reference', `${name} is "${found.id}", which ${end === 'to' ? 'ends' : 'starts'} at intersection "${found[end]}", not here`)
    return found
  }
  const [from, to] = [road('startRoad', 'to'), road('endRoad', 'from')]
  const lanes = element.listElements('laneLinks', 'lane link').map((link): LaneLink => ({
    from: link.getIndex('startLaneIndex', from.lanes.length),
    to: link.getIndex('endLaneIndex', to.lanes.length),
    points: link.has('points') ? link.listElements('points', 'point').map((point) => point.getPoint()) : [],
  }))
  return { index, type: known, from, to, lanes, place: element.place }
}

function readPhases(element: Element, links: number): LightPhase[] {
  if (!element.has('trafficLight')) return []
  const light = element.getElement('trafficLight')
  const phases = light.listElements('lightphases', 'phase').map((phase) => ({
    time: phase.getNumber('time', { min: 0 }),
    available: new Set(phase.getList('availableRoadLinks').map((index) => phase.index('availableRoadLinks', index, links))),
  }))
  if (phases.length > 0 && phases.every(({ time }) => time === 0)) throw light.error('input.value', `all its ${phases.length} phase(s) last 0 s`)
  return phases
}
