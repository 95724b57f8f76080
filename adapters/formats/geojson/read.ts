// A GeoJSON file (RFC 7946) as checked features: finite WGS 84 coordinates, properties that can be asked by name. A refusal
// names the feature and the value.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { GreenwaveError, type ErrorCode, type Place } from '../../../model/errors.ts'

export type Position = [lon: number, lat: number]
type Json = Record<string, unknown>

/** A text of this size still fits JavaScript's longest string. */
const LARGEST_BYTES = 400 * 1024 * 1024
const LONGEST_SHOWN = 60
/** Names of WGS 84 in degrees that older files write; anything else is another system. */
const WGS84 = /^(urn:ogc:def:crs:)?(OGC:(1\.3|2)?:?CRS84|EPSG:{1,2}4326)$/i

export interface GeojsonFile {
  path: string
  /** Members of the collection itself. */
  members: Json
  points: Feature[]
  /** A multi-line is several features with the same properties; `part` counts them from 1. */
  lines: Feature[]
  /** Features without a geometry: movements and paths of our own files. */
  bare: Feature[]
  /** Features of other geometries, by type. */
  others: Map<string, number>
}

export const describe = (value: unknown): string => {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export class Feature {
  readonly place: Place
  readonly part: number | undefined
  readonly coordinates: Position[]
  readonly #id: unknown
  readonly #properties: ReadonlyMap<string, unknown>
  /** As written, for our own files. */
  readonly properties: Json

  constructor(json: Json, coordinates: Position[], place: Place, part?: number) {
    this.properties = isObject(json.properties) ? json.properties : {}
    this.#properties = new Map(Object.entries(this.properties).map(([name, value]) => [name.toLowerCase(), value]))
    this.#id = json.id
    this.coordinates = coordinates
    this.place = place
    this.part = part
  }

  error(code: ErrorCode, sentence: string): GreenwaveError {
    return new GreenwaveError(code, sentence, this.place)
  }

  /** The value under the first of the names that has one; null and the empty text are none. */
  find(...names: string[]): unknown {
    return names.map((name) => this.#properties.get(name)).find((value) => value !== undefined && value !== null && value !== '')
  }

  findText(...names: string[]): string | undefined {
    const value = this.find(...names)
    if (value === undefined) return undefined
    if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
    if (typeof value === 'number' && Number.isFinite(value)) return String(value)
    throw this.error('input.value', `${names[0]} is ${describe(value)}; it must be a text or a number`)
  }

  /** A number, or a text that is one. Throws input.value outside the limits. */
  findNumber(name: string, limits: { above: number; most: number }): number | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number) || number <= limits.above || number > limits.most) {
      throw this.error('input.value', `${name} is ${describe(value)}; it must be a number above ${limits.above} and at most ${limits.most}`)
    }
    return number
  }

  /** The id of the properties, or of the feature itself. */
  findId(...names: string[]): string | undefined {
    const own = this.findText('id', ...names)
    if (own !== undefined) return own
    return typeof this.#id === 'string' && this.#id !== '' ? this.#id : typeof this.#id === 'number' ? String(this.#id) : undefined
  }
}

/** Reads and checks a file. Throws input.unreadable, input.empty, input.syntax, input.format and input.value. */
export async function readGeojson(path: string): Promise<GeojsonFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${error.code ?? 'unknown reason'})`, { file: path }, error)
  })
  if (bytes.length === 0) throw new GreenwaveError('input.empty', 'the file has 0 bytes', { file: path })
  if (bytes.length > LARGEST_BYTES) throw new GreenwaveError('input.format', `the file has ${bytes.length} bytes; at most ${LARGEST_BYTES} can be read`, { file: path })
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const cut = !/[}\]]\s*$/.test(text)
    throw new GreenwaveError(cut ? 'input.truncated' : 'input.syntax', cut ? 'the end of the JSON text is missing' : `this is not JSON (${(cause as Error).message.slice(0, 120)})`, { file: path }, cause)
  }
  if (!isObject(json) || json.type !== 'FeatureCollection' || !Array.isArray(json.features)) {
    throw new GreenwaveError('input.format', `a GeoJSON road network is a FeatureCollection with a list of features; this is ${isObject(json) ? `of type ${describe(json.type)}` : describe(json)}`, { file: path })
  }
  refuseOtherSystems(json, path)
  const file: GeojsonFile = { path, members: json, points: [], lines: [], bare: [], others: new Map() }
  json.features.forEach((feature: unknown, i) => addFeature(file, feature, i))
  return file
}

/** RFC 7946 knows WGS 84 alone; a `crs` member of the older draft that names another system moves every coordinate. */
function refuseOtherSystems(json: Json, path: string): void {
  if (json.crs === undefined || json.crs === null) return
  const name = isObject(json.crs) && isObject(json.crs.properties) ? json.crs.properties.name : undefined
  if (typeof name === 'string' && WGS84.test(name)) return
  throw new GreenwaveError('input.format', `the file names ${typeof name === 'string' ? `the coordinate system "${name.slice(0, LONGEST_SHOWN)}"` : 'a coordinate system that is not understood'}; GeoJSON is in degrees of WGS 84 (RFC 7946): convert it, for example with ogr2ogr -t_srs EPSG:4326`, { file: path, element: 'crs' })
}

function addFeature(file: GeojsonFile, json: unknown, index: number): void {
  const unnamed: Place = { file: file.path, element: `feature ${index}` }
  if (!isObject(json) || json.type !== 'Feature') throw new GreenwaveError('input.value', `it is ${isObject(json) ? `of type ${describe(json.type)}` : describe(json)}; it must be a Feature`, unnamed)
  const own = isObject(json.properties) ? json.properties.id ?? json.properties.name : undefined
  const place: Place = typeof own === 'string' || typeof own === 'number' ? { file: file.path, element: `feature ${index} "${String(own).slice(0, LONGEST_SHOWN)}"` } : unnamed
  const { geometry } = json
  if (geometry === null || geometry === undefined) {
    file.bare.push(new Feature(json, [], place))
    return
  }
  if (!isObject(geometry)) throw new GreenwaveError('input.value', `its geometry is ${describe(geometry)}; it must be an object`, place)
  const { type, coordinates } = geometry
  if (type === 'Point') file.points.push(new Feature(json, [position(coordinates, place)], place))
  else if (type === 'LineString') file.lines.push(new Feature(json, positions(coordinates, place), place))
  else if (type === 'MultiLineString' && Array.isArray(coordinates)) {
    coordinates.forEach((line: unknown, part) => file.lines.push(new Feature(json, positions(line, place), place, coordinates.length > 1 ? part + 1 : undefined)))
  } else {
    const name = typeof type === 'string' ? type.slice(0, LONGEST_SHOWN) : describe(type)
    file.others.set(name, (file.others.get(name) ?? 0) + 1)
  }
}

function positions(value: unknown, place: Place): Position[] {
  if (!Array.isArray(value)) throw new GreenwaveError('input.value', `its coordinates are ${describe(value)}; a line is a list of positions`, place)
  const list = value.map((entry) => position(entry, place))
  if (list.length < 2) throw new GreenwaveError('input.value', `its line has ${list.length} position(s); it needs at least 2`, place)
  return list
}

function position(value: unknown, place: Place): Position {
  const [lon, lat] = Array.isArray(value) ? (value as unknown[]) : []
  if (typeof lon !== 'number' || typeof lat !== 'number' || !Number.isFinite(lon) || !Number.isFinite(lat)) {
    throw new GreenwaveError('input.value', `a position is ${Array.isArray(value) ? `[${value.slice(0, 3).map(describe).join(', ')}]` : describe(value)}; it must be [longitude, latitude] in degrees`, place)
  }
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) {
    throw new GreenwaveError('input.value', `a position is [${lon}, ${lat}], which is no longitude and latitude in degrees; GeoJSON is in WGS 84 (RFC 7946)`, place)
  }
  return [lon, lat]
}

export const nameOf = (path: string): string => basename(path).replace(/\.(geo)?json$/i, '')
