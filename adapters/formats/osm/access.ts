// Which ways of OpenStreetMap cars may drive on, and which way. Keys and values: wiki pages "Key:access", "Key:oneway".
import type { Tags } from './osm-data.ts'
import { findRoadClass, type RoadClass } from './road-classes.ts'

/** The most particular word on cars holds. */
const CAR_KEYS = ['motorcar', 'motor_vehicle', 'vehicle', 'access']
const CLOSED = new Set(['no', 'private', 'military', 'agricultural', 'forestry', 'agricultural;forestry', 'emergency', 'permit', 'residents', 'use_sidepath'])

export type Passage = 'both' | 'forward' | 'backward'

export const carAccess = (tags: Tags): string | undefined => CAR_KEYS.map((key) => tags.get(key)).find((value) => value !== undefined)

/** The class of a way that cars may use; undefined for anything else. */
export function roadClassOf(tags: Tags, service: boolean): RoadClass | undefined {
  const found = findRoadClass(tags.get('highway'), service)
  if (found === undefined || tags.get('area') === 'yes' || CLOSED.has(carAccess(tags) ?? 'yes')) return undefined
  return found
}

export const isRoundabout = (tags: Tags): boolean => ['roundabout', 'circular'].includes(tags.get('junction') ?? '')

const ONEWAY: Record<string, Passage> = { 'yes': 'forward', 'true': 'forward', '1': 'forward', '-1': 'backward', 'reverse': 'backward', 'no': 'both', 'false': 'both', '0': 'both' }

/** Directions open to cars; `strange` where the tag has a value that is not known (alternating, reversible). */
export function passageOf(tags: Tags, roadClass: RoadClass): { passage: Passage; strange?: string } {
  const value = tags.get('oneway:motorcar') ?? tags.get('oneway:motor_vehicle') ?? tags.get('oneway')
  const implied: Passage = roadClass.oneway === true || isRoundabout(tags) ? 'forward' : 'both'
  if (value === undefined) return { passage: implied }
  const known = ONEWAY[value]
  return known === undefined ? { passage: implied, strange: value } : { passage: known }
}

/** Things across the road that cars do not pass unless something says so. */
const BARRIERS = new Set(['bollard', 'block', 'jersey_barrier', 'log', 'debris', 'chain', 'planter', 'fence', 'wall', 'guard_rail', 'kissing_gate', 'stile', 'turnstile', 'cycle_barrier', 'motorcycle_barrier', 'bus_trap', 'sump_buster', 'full-height_turnstile'])

export function isBarred(tags: Tags): boolean {
  const barrier = tags.get('barrier')
  if (barrier === undefined) return false
  const access = carAccess(tags)
  return access === undefined ? BARRIERS.has(barrier) : CLOSED.has(access)
}
