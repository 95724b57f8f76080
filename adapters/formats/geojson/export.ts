// A network as GeoJSON: nodes, links, movements, paths and signals, each with its element of `network.json` as properties.
import { bbox } from '@turf/bbox'
import { feature, featureCollection, lineString, point } from '@turf/helpers'
import { truncate } from '@turf/truncate'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Network, Point } from '../../../model/network.ts'
import { findProjection } from '../../../model/projection.ts'
import type { Pattern, SignalId } from '../../../model/signal.ts'
import { OWN_FORMAT, type OwnHeader } from './own.ts'

/** Nine decimals of a degree are a tenth of a millimetre: what was whole millimetres comes back as such. */
const DECIMALS = 9

type Drawn = ReturnType<typeof lineString> | ReturnType<typeof point> | { type: 'Feature'; geometry: null; properties: unknown }

/** The text of the file. Throws input.value for a drawing that lies nowhere on the globe. */
export function exportGeojson(network: Network, options: { name: string; time_zone: string; patterns: readonly Pattern[] }): string {
  const projection = findProjection(network.coordinate_reference)
  if (projection === undefined) {
    const { kind, projection: name } = network.coordinate_reference
    throw new GreenwaveError('input.value', `the coordinates are ${kind}${name === undefined ? '' : ` (${name})`}, with no way to longitude and latitude; GeoJSON needs a transverse Mercator or UTM projection of WGS 84`, { file: 'network.json', element: 'coordinate_reference' })
  }
  const degrees = (at: Point): [number, number] => projection.toLonLat(at)
  const line = (shape: readonly Point[] | undefined, properties: object): Drawn =>
    (shape === undefined || shape.length < 2 ? feature(null as never, properties) as Drawn : lineString(shape.map(degrees), properties))
  const placeOf = new Map(network.nodes.map(({ id, x_m, y_m }) => [id, [x_m, y_m] as const]))
  const patternOf = new Map<SignalId, Pattern>(options.patterns.map((pattern) => [pattern.signal, pattern]))
  const pathOf = new Map(network.connections.map(({ movement, shape_m }) => [movement, shape_m]))
  const features: Drawn[] = [
    ...network.nodes.map(({ x_m, y_m, kind, ...node }) => point(degrees([x_m, y_m]), { kind: 'node', kind_of_node: kind, ...node })),
    ...network.links.map(({ shape_m, ...link }) => line(shape_m ?? [placeOf.get(link.from) ?? [0, 0], placeOf.get(link.to) ?? [0, 0]], { kind: 'link', ...link })),
    ...network.movements.map((movement) => line(pathOf.get(movement.id), { kind: 'movement', ...movement })),
    ...network.connections.map(({ shape_m, ...connection }) => line(shape_m, { kind: 'connection', ...connection })),
    ...network.signals.map((signal) => {
      const places = signal.nodes.map((node) => placeOf.get(node) ?? [0, 0])
      const mean = (axis: 0 | 1): number => places.reduce((sum, place) => sum + place[axis], 0) / Math.max(1, places.length)
      const pattern = patternOf.get(signal.id)
      return point(degrees([mean(0), mean(1)]), { kind: 'signal', ...signal, ...(pattern === undefined ? {} : { pattern }) })
    }),
  ]
  const located = featureCollection(features.filter((one) => one.geometry !== null) as ReturnType<typeof point>[])
  const rounded = truncate(located, { precision: DECIMALS, coordinates: 2, mutate: true })
  const header: OwnHeader = { format: OWN_FORMAT, name: options.name, driving_side: network.driving_side, coordinate_reference: network.coordinate_reference, time_zone: options.time_zone }
  const rows = features.map((one) => JSON.stringify(one))
  return `{"type":"FeatureCollection","greenwave":${JSON.stringify(header)},"bbox":${JSON.stringify(rounded.features.length === 0 ? [] : bbox(rounded))},"features":[\n${rows.join(',\n')}\n]}\n`
}
