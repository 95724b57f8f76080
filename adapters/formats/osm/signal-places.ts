// Which junctions have signals. OpenStreetMap writes a signal on the node of the junction, or where the stop line is, or
// where people cross (wiki page "Tag:highway=traffic_signals"); each of them is led to its junction, and what lies on a
// road far from any is a signal of its own.
import type { OsmNotes } from './notes.ts'
import type { OsmNode, Tags } from './osm-data.ts'
import { degree, startOf, walk, type Roads, type Segment, type Walk } from './roads.ts'

/** A stop line stands at most so far before the node of its junction, m. */
const LINE_TO_JUNCTION_M = 60
/** People who cross at a junction do it within this of its node, m. */
const CROSSING_TO_JUNCTION_M = 40
/** Lights that no plan governs. */
const OTHER_LIGHTS = new Set(['blinker', 'blink_mode', 'emergency', 'level_crossing', 'ramp_meter', 'bus_priority', 'bus_only', 'tram', 'continuous_green'])

export interface SignalPlaces {
  /** Vertices where roads meet under a signal. */
  junctions: Set<number>
  /** Signals on a road between junctions, mostly for people who cross. */
  alone: Set<number>
  /** Nodes where the stop line of a junction is drawn. */
  lines: Set<number>
}

const isSignal = (tags: Tags): boolean => tags.get('highway') === 'traffic_signals'
const isCrossing = (tags: Tags): boolean => tags.get('highway') === 'crossing' && (tags.get('crossing') === 'traffic_signals' || tags.get('crossing:signals') === 'yes')

/** Nodes that carry any sign of a signal; roads are cut there. */
export function signalNodes(nodes: ReadonlyMap<number, OsmNode>, notes: OsmNotes): Set<number> {
  const found = new Set<number>()
  for (const { id, tags } of nodes.values()) {
    if (!isSignal(tags) && !isCrossing(tags)) continue
    const kind = tags.get('traffic_signals') ?? ''
    if (OTHER_LIGHTS.has(kind)) notes.count('other light', 'not-understood', `node ${id}`, (n) => `${n} light(s) are no signals of a junction (such as ${kind}); nobody stops at them`)
    else found.add(id)
  }
  return found
}

export function placeSignals(roads: Roads, marked: ReadonlySet<number>, notes: OsmNotes): SignalPlaces {
  const places: SignalPlaces = { junctions: new Set(), alone: new Set(), lines: new Set() }
  const onRoad: number[] = []
  for (const id of marked) {
    if (degree(roads, id) > 2) places.junctions.add(id)
    else if (degree(roads, id) > 0) onRoad.push(id)
  }
  const left = onRoad.filter((id) => !leadToJunction(roads, id, places))
  const crossings = new Map<number, number[]>()
  for (const id of left.filter((id) => isCrossing(roads.tagsOf(id)))) {
    for (const { to, length_m } of sidesOf(roads, id)) if (degree(roads, to) > 2 && length_m <= CROSSING_TO_JUNCTION_M) crossings.set(to, [...(crossings.get(to) ?? []), id])
  }
  // Two crossings with lights at one junction are its lights; a single one may only help people over the road.
  for (const [junction, ids] of crossings) if (ids.length > 1) places.junctions.add(junction)
  for (const id of left) {
    const own = sidesOf(roads, id).some(({ to, length_m }) => places.junctions.has(to) && length_m <= CROSSING_TO_JUNCTION_M)
    if (own) continue
    if (degree(roads, id) === 2) places.alone.add(id)
    else notes.count('signal at end', 'not-understood', `node ${id}`, (n) => `${n} signal(s) stand where a road ends and govern nobody`)
  }
  return places
}

const sidesOf = (roads: Roads, vertex: number): (Walk & { first: Segment })[] => (roads.at.get(vertex) ?? []).map((first) => ({ ...walk(roads, vertex, first), first }))

/** A signal on an approach belongs to the junction ahead: the nearest that traffic reaches in the direction that it faces. */
function leadToJunction(roads: Roads, id: number, places: SignalPlaces): boolean {
  const tags = roads.tagsOf(id)
  if (!isSignal(tags)) return false
  const faced = tags.get('traffic_signals:direction') ?? tags.get('direction')
  const sides = sidesOf(roads, id)
  const ahead = sides.filter(({ first, drivable, to, length_m }) => {
    const forward = startOf(first) === id
    const faces = faced === 'forward' ? forward : faced === 'backward' ? !forward : true
    return faces && drivable && degree(roads, to) > 2 && length_m <= LINE_TO_JUNCTION_M
  }).sort((a, b) => a.length_m - b.length_m)[0]
  if (ahead === undefined) return false
  places.junctions.add(ahead.to)
  places.lines.add(id)
  return true
}
