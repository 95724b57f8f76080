// Speed limits as OpenStreetMap writes them (wiki pages "Key:maxspeed", "Speed limits"), m/s.
import type { Tags } from './osm-data.ts'

const KMH = 1 / 3.6
const MPH = 0.44704
const KNOT = 0.514444
/** What is driven where there is no limit: the German advisory speed. */
const UNLIMITED_KMH = 130
const WALK_KMH = 7
/** Beyond these a limit is a slip of the hand. */
const LEAST_KMH = 3
const MOST_KMH = 160

/** Limits of a country's zones, km/h: general ones, and countries that differ. */
const ZONES: Record<string, number> = { urban: 50, rural: 90, trunk: 100, motorway: 130, living_street: 20, bicycle_road: 30, school: 30, nsl_single: 60 / 0.621371, nsl_dual: 70 / 0.621371, nsl_restricted: 30 / 0.621371, express: 100 }
const BY_COUNTRY: Record<string, number> = {
  'AT:rural': 100, 'DE:rural': 100, 'DE:living_street': 7, 'AT:living_street': 7, 'BE:motorway': 120, 'BE-VLG:rural': 70, 'CH:rural': 80, 'CH:motorway': 120, 'CH:trunk': 100, 'FR:rural': 80, 'FI:rural': 80,
  'ES:motorway': 120, 'GB:urban': 48.2803, 'GB:motorway': 112.654, 'NL:rural': 80, 'NL:motorway': 100, 'RU:urban': 60, 'RU:motorway': 110, 'SE:rural': 70, 'NO:rural': 80, 'NO:motorway': 100, 'US:urban': 40.2336, 'DK:rural': 80, 'IT:rural': 90, 'RO:trunk': 100, 'CN:urban': 50,
}

/** The limit of one direction; undefined where there is none that can be read, `text` then is what stands there. */
export function readSpeed(tags: Tags, direction: 'forward' | 'backward'): { speed_mps?: number; text?: string } {
  const written = ['maxspeed:motorcar', `maxspeed:${direction}`, 'maxspeed'].map((key) => tags.get(key)).find((value) => value !== undefined)
  const zone = ['maxspeed:type', 'source:maxspeed', 'zone:maxspeed', 'zone:traffic'].map((key) => tags.get(key)).find((value) => value !== undefined && zoneSpeed(value) !== undefined)
  const read = written === undefined ? undefined : parseSpeed(written)
  const speed_mps = read ?? (zone === undefined ? undefined : zoneSpeed(zone))
  if (speed_mps !== undefined) return { speed_mps }
  return written === undefined ? {} : { text: written }
}

/** "50", "30 mph", "RO:urban", "walk", "none"; of several the first. */
export function parseSpeed(text: string): number | undefined {
  const first = text.split(';')[0]?.trim() ?? ''
  if (first === 'walk' || first === 'walking') return WALK_KMH * KMH
  if (first === 'none') return UNLIMITED_KMH * KMH
  const match = /^(\d+(?:\.\d+)?)\s*(km\/h|kmh|kph|mph|knots)?$/i.exec(first)
  if (match === null) return zoneSpeed(first)
  const unit = match[2]?.toLowerCase()
  const speed = Number(match[1]) * (unit === 'mph' ? MPH : unit === 'knots' ? KNOT : KMH)
  return speed >= LEAST_KMH * KMH && speed <= MOST_KMH * KMH ? speed : undefined
}

/** "DE:urban", "DE:zone30", "DE:zone:30", "DE:30". */
function zoneSpeed(text: string): number | undefined {
  const match = /^([A-Z]{2}(?:-[A-Z]{2,3})?):(?:(?:zone):?)?(\w+)$/.exec(text.trim())
  if (match === null) return undefined
  const [, country, zone] = match as unknown as [string, string, string]
  const kmh = /^\d+$/.test(zone) ? Number(zone) : BY_COUNTRY[`${country}:${zone}`] ?? (Object.hasOwn(ZONES, zone) ? ZONES[zone] : undefined)
  return kmh !== undefined && kmh >= LEAST_KMH && kmh <= MOST_KMH ? kmh * KMH : undefined
}
