// The corridor that the options of `import` name by a street or by two places, in place of those that were found.
import { GreenwaveError, type ImportNote } from '../model/errors.ts'
import { corridorBetween, corridorByStreet } from '../model/find-corridor.ts'
import type { CoordinateReference, Point } from '../model/network.ts'
import { findProjection } from '../model/projection.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import { coordinateAlong } from '../model/streets/coordinate.ts'
import type { Options, OptionSpec } from './arguments.ts'

export const CORRIDOR_OPTIONS: Record<string, OptionSpec> = {
  corridor: { type: 'string', value: 'a,b,c', help: 'signals of the corridor in order; else it is found' },
  street: { type: 'string', value: 'name', help: 'the corridor is the signals along the street of this name' },
  between: { type: 'string', value: 'a;b', help: 'the corridor is the way between two places: lon,lat;lon,lat (or x,y;x,y of a local drawing); west of Greenwich --between=-105,40;-104,40' },
}

/** Throws usage where two of the options are given, corridor.unknown and corridor.disconnected where there is no such corridor. */
export function chooseCorridor(options: Options, { scenario, network, timing }: Scenario): ImportNote[] {
  const [street, between] = [options.findText('street'), options.findText('between')]
  const given = Object.keys(CORRIDOR_OPTIONS).filter((name) => options.findText(name) !== undefined)
  if (given.length > 1) throw new GreenwaveError('usage', `--${given[0]} and --${given[1]} both name the corridor; give one of them`)
  if (street === undefined && between === undefined) return []
  const graph = new RoadGraph(network)
  const ends = between === undefined ? undefined : readEnds(between, network.coordinate_reference)
  const found = ends === undefined ? corridorByStreet(graph, street as string) : corridorBetween(graph, ...ends)
  scenario.corridors = [found.corridor]
  // Groups of plans that a source brought are coordinated as it says.
  for (const plan of timing.plans) if (plan.id === 'assumed') coordinateAlong(network, plan.patterns, scenario.corridors)
  return found.remarks.map((message) => ({ kind: 'assumed', place: {}, message }))
}

/** 'lon,lat;lon,lat' in scenario coordinates, m; of a drawing that lies nowhere on the globe, 'x,y;x,y' in metres as they are. */
function readEnds(text: string, reference: CoordinateReference): [Point, Point] {
  const number = String.raw`\s*(-?\d+(?:\.\d+)?)\s*`
  const match = new RegExp(`^${number},${number};${number},${number}$`).exec(text)
  if (match === null) throw new GreenwaveError('usage', `--between is "${text}"; it must be lon,lat;lon,lat`)
  const [a, b, c, d] = match.slice(1).map(Number) as [number, number, number, number]
  const projection = findProjection(reference)
  if (projection === undefined) return [[a, b], [c, d]]
  for (const [lon, lat] of [[a, b], [c, d]] as const) {
    if (Math.abs(lon) > 180 || Math.abs(lat) > 90) throw new GreenwaveError('usage', `--between is "${text}"; ${lon},${lat} is no longitude and latitude in degrees`)
  }
  return [projection.fromLonLat(a, b), projection.fromLonLat(c, d)]
}
