// Units and coordinates of config.csv, and what is taken where they are missing or contradict the drawing.
import { GreenwaveError } from '../../../model/errors.ts'
import { roundPoint } from '../../../model/lines.ts'
import type { CoordinateReference, Point } from '../../../model/network.ts'
import { findProjection, type Projection } from '../../../model/projection.ts'
import type { Notes } from '../sumo/notes.ts'
import type { Row, Tables } from './tables.ts'

const LENGTHS: [RegExp, number][] = [
  [/^(m|met(er|re)s?)$/, 1], [/^(km|kilomet(er|re)s?)$/, 1000], [/^(mi|miles?)$/, 1609.344], [/^(ft|foot|feet)$/, 0.3048],
]
const SPEEDS: [RegExp, number][] = [
  [/^(mph|mi\/h|miles? per hour)$/, 1609.344 / 3600], [/^(km\/?h|kph|kmph|kilomet(er|re)s? per hour)$/, 1 / 3.6], [/^(mps|m\/s|met(er|re)s? per second)$/, 1], [/^(fps|ft\/s)$/, 0.3048],
]
/** Degrees a network may reach from its middle. */
const WIDEST_DEG = 4
/** Given over drawn length within this is the right unit. */
const FITS = { least: 0.75, most: 1.35 }

export interface GmnsUnits {
  /** Metres in a unit of widths and places along links, and of link lengths; m/s in a unit of speed. */
  short_m: number
  long_m: number
  speed_mps: number
  reference: CoordinateReference
  toPoint(x: number, y: number): Point
}

export function readUnits(tables: Tables, notes: Notes): GmnsUnits {
  const config = tables.find('config')?.[0]
  const file = { file: tables.folder, element: 'config.csv' }
  const of = (column: string, known: [RegExp, number][], otherwise: number, word: string): number => {
    const text = config?.find(column)
    const found = known.find(([pattern]) => pattern.test((text ?? '').toLowerCase().trim()))
    if (found !== undefined) return found[1]
    notes.add(text === undefined ? 'assumed' : 'not-understood', config?.place ?? file, text === undefined ? `${column} is not given; ${word} is taken` : `${column} is "${text.slice(0, 40)}"; ${word} is taken`)
    return otherwise
  }
  const short_m = of('short_length', LENGTHS, 1, 'metre')
  const long_m = of('long_length', LENGTHS, 1, 'metre')
  // Where lengths are imperial, speeds are.
  const imperial = short_m === 0.3048 || long_m === 1609.344
  const speed_mps = of('speed', SPEEDS, imperial ? 1609.344 / 3600 : 1 / 3.6, imperial ? 'mph' : 'km/h')
  const plane = planeOf(tables.get('node'), config, tables, notes)
  return { short_m, long_m: fittingUnit(tables, plane.toPoint, long_m, notes), speed_mps, ...plane }
}

function planeOf(nodes: readonly Row[], config: Row | undefined, tables: Tables, notes: Notes): { reference: CoordinateReference; toPoint(x: number, y: number): Point } {
  if (nodes.length === 0) throw new GreenwaveError('input.value', 'node.csv has 0 rows', { file: tables.folder })
  const [xs, ys] = [nodes.map((row) => row.getNumber('x_coord')), nodes.map((row) => row.getNumber('y_coord'))]
  const range = (values: readonly number[]): [number, number] => values.reduce(([a, b], value): [number, number] => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  const [west, east, south, north] = [...range(xs), ...range(ys)]
  const crs = config?.find('crs')
  const code = /^(?:epsg:{1,2}|urn:ogc:def:crs:epsg:[^:]*:)?(\d{4,6})$/i.exec(crs ?? '')?.[1]
  const looksLikeDegrees = Math.max(-west, east) <= 180 && Math.max(-south, north) <= 90
  if (code === '4326' || /wgs.?84|crs84/i.test(code === undefined ? crs ?? '' : '') || (crs === undefined && looksLikeDegrees)) {
    if (crs === undefined) notes.add('assumed', { file: tables.folder, element: 'config.csv' }, 'no coordinate system is given; coordinates are taken as degrees of WGS 84')
    if (!looksLikeDegrees || east - west > 2 * WIDEST_DEG || north - south > 2 * WIDEST_DEG) {
      throw new GreenwaveError('input.value', `coordinates reach from ${west}, ${south} to ${east}, ${north}, which is no city in degrees of WGS 84`, { file: tables.folder, element: 'node.csv' })
    }
    const middle = (a: number, b: number): number => Math.round(((a + b) / 2) * 1e5) / 1e5
    const reference: CoordinateReference = { kind: 'projected', projection: `+proj=tmerc +lat_0=${middle(south, north)} +lon_0=${middle(west, east)} +k=1 +x_0=0 +y_0=0 +ellps=WGS84` }
    const projection = findProjection(reference) as Projection
    return { reference, toPoint: (x, y) => roundPoint(projection.fromLonLat(x, y)) }
  }
  const utm = /^32([67])(\d\d)$/.exec(code ?? '')
  const projection = utm !== null ? `+proj=utm +zone=${Number(utm[2])}${utm[1] === '7' ? ' +south' : ''} +ellps=WGS84` : crs?.startsWith('+proj') === true ? crs : undefined
  const offset: Point = [-Math.floor(west), -Math.floor(south)]
  const given: CoordinateReference | undefined = projection === undefined ? undefined : { kind: 'projected', projection, net_offset_m: offset }
  const known = given !== undefined && findProjection(given) !== undefined
  if (!known) notes.add('assumed', config?.place ?? { file: tables.folder }, crs === undefined ? 'no coordinate system is given; coordinates are taken as metres of a local drawing' : `the coordinate system "${crs.slice(0, 60)}" is not known; coordinates are taken as a local drawing, with no way to longitude and latitude`)
  const scale = known ? 1 : drawingScale(tables, notes)
  return {
    reference: known ? given : { kind: 'local' },
    toPoint: (x, y) => roundPoint([(x + offset[0]) * scale, (y + offset[1]) * scale]),
  }
}

/** Systems of American states are in feet: then link lengths in their own unit tell it. */
function drawingScale(tables: Tables, notes: Notes): number {
  const long = LENGTHS.find(([pattern]) => pattern.test((tables.find('config')?.[0]?.find('long_length') ?? '').toLowerCase()))?.[1]
  const ratio = long === undefined ? undefined : medianRatio(tables, (x, y) => [x, y], long)
  if (ratio === undefined || Math.abs(ratio / 0.3048 - 1) > 0.15) return 1
  notes.add('assumed', { file: tables.folder }, 'link lengths show that coordinates are in feet')
  return 0.3048
}

/** Median of given over drawn link length, node to node; undefined where no link has a length. */
function medianRatio(tables: Tables, toPoint: (x: number, y: number) => Point, unit_m: number): number | undefined {
  const places = new Map(tables.get('node').map((row) => [row.get('node_id'), toPoint(row.getNumber('x_coord'), row.getNumber('y_coord'))]))
  const ratios = tables.get('link').flatMap((row) => {
    const [a, b, length] = [places.get(row.find('from_node_id') ?? ''), places.get(row.find('to_node_id') ?? ''), row.findNumber('length', { min: 0 })]
    const drawn = a === undefined || b === undefined ? 0 : Math.hypot(a[0] - b[0], a[1] - b[1])
    return length === undefined || length === 0 || drawn < 5 ? [] : [(length * unit_m) / drawn]
  }).sort((a, b) => a - b)
  return ratios[Math.floor(ratios.length / 2)]
}

/** The unit of link lengths: that of the config, unless the drawing shows it to be another. */
function fittingUnit(tables: Tables, toPoint: (x: number, y: number) => Point, given_m: number, notes: Notes): number {
  const fits = (unit: number): boolean => {
    const ratio = medianRatio(tables, toPoint, unit)
    return ratio === undefined || (ratio > FITS.least && ratio < FITS.most)
  }
  if (fits(given_m)) return given_m
  const other = LENGTHS.map(([, unit]) => unit).find(fits)
  if (other === undefined) return given_m
  notes.add('corrected', { file: tables.folder, element: 'link.csv' }, `link lengths fit the drawing in units of ${other} m, not of ${given_m} m; that is taken`)
  return other
}
