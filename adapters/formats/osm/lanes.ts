// Lanes of a way in one direction, kerb first, from the tags of OpenStreetMap: numbers, markings, bus lanes, widths. In the
// tags lanes stand from left to right in the direction of travel (wiki pages "Lanes", "Key:turn", "Bus lanes").
import type { Network } from '../../../model/network.ts'
import type { OsmNotes } from './notes.ts'
import type { OsmWay, Tags } from './osm-data.ts'
import type { RoadClass } from './road-classes.ts'
import type { Passage } from './access.ts'

/** Where the arrows of a lane point. Empty = no arrow. */
export type Mark = 'left' | 'slight_left' | 'sharp_left' | 'through' | 'right' | 'slight_right' | 'sharp_right' | 'reverse'

export interface LaneSpec {
  width_m: number
  /** Only these vehicle classes; absent = all. */
  allow?: string[]
  /** Undefined where the road has no marking for its lanes. */
  marks?: Mark[]
}

interface Asked {
  way: OsmWay
  roadClass: RoadClass
  direction: 'forward' | 'backward'
  passage: Passage
  driving_side: Network['driving_side']
  notes: OsmNotes
}

const MOST_LANES = 12
const MARKS = new Set<string>(['left', 'slight_left', 'sharp_left', 'through', 'right', 'slight_right', 'sharp_right', 'reverse'])
/** No arrow, or one that tells where the lane ends. */
const UNMARKED = new Set(['', 'none', 'merge_to_left', 'merge_to_right'])

/** Lanes of one direction that cars or buses may use, kerb first; empty where cars have none. */
export function readLanes(asked: Asked): LaneSpec[] {
  const { way: { tags }, roadClass, driving_side } = asked
  const marks = readMarks(asked)
  const count = Math.max(1, Math.min(MOST_LANES, marks?.length ?? countOf(asked) ?? byClass(asked)))
  const widths = readWidths(asked, count)
  const users = readUsers(asked, count)
  const lanes = Array.from({ length: count }, (_, i) => ({ width_m: widths[i] ?? roadClass.width_m, marks: marks?.[i], users: users[i] ?? 'all' }))
    .filter((lane) => lane.users !== 'nobody')
    .map(({ width_m, marks, users }): LaneSpec => ({ width_m, ...(marks === undefined ? {} : { marks }), ...(Array.isArray(users) ? { allow: users } : {}) }))
  if (driving_side === 'right') lanes.reverse()
  markBusLanesByNumber(asked, tags, lanes)
  return lanes.every(({ allow }) => allow !== undefined) ? [] : lanes
}

/** The value of a lane tag in this direction; on a one-way street also the plain key. */
function laneTag({ way: { tags }, direction, passage }: Asked, key: string): string | undefined {
  return tags.get(`${key}:${direction}`) ?? (passage === direction ? tags.get(key) : undefined)
}

function wholeTag(asked: Asked, key: string): number | undefined {
  const text = asked.way.tags.get(key)
  if (text === undefined) return undefined
  const value = /^\d+(\.0+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= 0 && value <= 2 * MOST_LANES) return value
  asked.notes.count(`lanes ${key}`, 'not-understood', `way ${asked.way.id}`, (n) => `${n} way(s) have "${key}" that is no number of lanes, such as ${JSON.stringify(text.slice(0, 20))}; the number is assumed by class`)
  return undefined
}

function countOf(asked: Asked): number | undefined {
  const { direction, passage, way, notes } = asked
  const own = wholeTag(asked, `lanes:${direction}`)
  const total = wholeTag(asked, 'lanes')
  const both = wholeTag(asked, 'lanes:both_ways') ?? 0
  if (both > 0 && direction === 'forward') notes.count('both ways', 'not-understood', `way ${way.id}`, (n) => `${n} way(s) have a lane for turns from both sides; it is left out`)
  if (own !== undefined && own > 0) return own
  if (total === undefined || total === 0) return undefined
  if (passage !== 'both') return total
  const other = wholeTag(asked, `lanes:${direction === 'forward' ? 'backward' : 'forward'}`) ?? readMarks({ ...asked, direction: direction === 'forward' ? 'backward' : 'forward' })?.length
  if (other !== undefined) return Math.max(1, total - both - other)
  if ((total - both) % 2 === 1 && direction === 'forward') {
    notes.count(total - both === 1 ? 'one lane' : 'odd lanes', 'assumed', `way ${way.id}`, (n) => total - both === 1
      ? `${n} two-way road(s) have a single lane; it counts as one in each direction`
      : `${n} two-way road(s) have an odd number of lanes without saying how they are shared; the direction of the way has one more`)
  }
  return Math.max(1, direction === 'forward' ? Math.ceil((total - both) / 2) : Math.floor((total - both) / 2))
}

function byClass({ way, roadClass, passage, notes }: Asked): number {
  notes.count('no lanes', 'assumed', `way ${way.id}`, (n) => `${n} way(s) have no number of lanes; by class it is 1 in each direction, 2 on motorways, trunk roads and one-way primary and secondary roads`)
  return passage === 'both' ? roadClass.lanes : roadClass.onewayLanes
}

/** Left to right. */
function readMarks(asked: Asked): Mark[][] | undefined {
  const stated = asked.way.tags.get(asked.passage === 'both' ? `lanes:${asked.direction}` : 'lanes')
  // \`turn\` speaks of all lanes together: of one, where there is one.
  const text = laneTag(asked, 'turn:lanes') ?? laneTag(asked, 'turn')?.replaceAll('|', ';')
  if (text === undefined) return undefined
  const lanes = text.split('|')
  if (lanes.length > MOST_LANES || (lanes.length === 1 && (text === '' || (stated ?? '1') !== '1'))) return undefined
  const read = lanes.map((lane) => lane.split(';').map((word) => word.trim()))
  const strange = read.flat().find((word) => !MARKS.has(word) && !UNMARKED.has(word))
  if (strange !== undefined) asked.notes.count('marks', 'not-understood', `way ${asked.way.id}`, (n) => `${n} way(s) have arrows that are not known, such as ${JSON.stringify(strange.slice(0, 20))}`)
  if (stated !== undefined && Number(stated) !== lanes.length) asked.notes.count('marks length', 'corrected', `way ${asked.way.id}`, (n) => `${n} way(s) have turn:lanes for another number of lanes than "lanes"; turn:lanes is taken`)
  return read.map((words) => words.filter((word): word is Mark => MARKS.has(word)))
}

/** Metres of each lane, left to right. */
function readWidths(asked: Asked, count: number): (number | undefined)[] {
  const each = laneTag(asked, 'width:lanes')?.split('|').map(metres)
  if (each !== undefined && each.length === count) return each
  const whole = metres(asked.way.tags.get('width') ?? asked.way.tags.get('width:carriageway') ?? '')
  if (whole === undefined) return []
  const lanes = asked.passage === 'both' ? wholeTag(asked, 'lanes') ?? 2 * count : count
  const share = whole / lanes
  return share >= LEAST_WIDTH_M && share <= MOST_WIDTH_M ? Array.from({ length: count }, () => share) : []
}

const LEAST_WIDTH_M = 2
const MOST_WIDTH_M = 6

function metres(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*m?$/.exec(text.trim())
  const value = match === null ? Number.NaN : Number(match[1])
  return value >= LEAST_WIDTH_M && value <= 100 ? value : undefined
}

type Users = 'all' | 'nobody' | string[]

/** Left to right: who may use each lane, by `bus:lanes`, `psv:lanes`, `access:lanes` and their kin. */
function readUsers(asked: Asked, count: number): Users[] {
  const list = (key: string): string[] | undefined => {
    const values = laneTag(asked, key)?.split('|').map((value) => value.trim())
    return values?.length === count ? values : undefined
  }
  const cars = ['motorcar:lanes', 'motor_vehicle:lanes', 'vehicle:lanes', 'access:lanes'].map(list)
  const [bus, psv, taxi, hov] = ['bus:lanes', 'psv:lanes', 'taxi:lanes', 'hov:lanes'].map(list)
  const open = (values: string[] | undefined, i: number): boolean => ['yes', 'designated', 'official', 'permissive'].includes(values?.[i] ?? '')
  return Array.from({ length: count }, (_, i): Users => {
    const word = cars.map((values) => values?.[i]).find((value) => value !== undefined && value !== '')
    const meant = bus?.[i] === 'designated' || psv?.[i] === 'designated'
    if (hov?.[i] === 'designated') asked.notes.count('hov', 'not-understood', `way ${asked.way.id}`, (n) => `${n} way(s) have lanes for cars with several people; everybody may use them here`)
    const general = word === undefined ? !meant : word !== 'no' && word !== 'private'
    if (general) return 'all'
    const classes = [...(open(bus, i) || open(psv, i) ? ['bus', 'coach'] : []), ...(open(taxi, i) || open(psv, i) ? ['taxi'] : [])]
    return classes.length === 0 ? 'nobody' : classes
  })
}

/** `lanes:psv`, `lanes:bus`, `busway=lane`: so many lanes at the kerb, where no lane is named. */
function markBusLanesByNumber(asked: Asked, tags: Tags, lanes: LaneSpec[]): void {
  if (lanes.some(({ allow }) => allow !== undefined)) return
  const [psv, bus] = ['psv', 'bus'].map((who) => Number(laneTag(asked, `lanes:${who}`) ?? tags.get(`lanes:${who}:${asked.direction}`) ?? 0))
  const kerb = (asked.direction === 'forward') === (asked.driving_side === 'right') ? 'right' : 'left'
  const busway = ['busway', 'busway:both', `busway:${kerb}`].some((key) => tags.get(key) === 'lane') ? 1 : 0
  const number = [psv, bus, busway].find((value) => value !== undefined && value >= 1) ?? 0
  if (number >= lanes.length) return
  for (const lane of lanes.slice(0, number)) lane.allow = psv !== undefined && psv >= 1 ? ['bus', 'coach', 'taxi'] : ['bus', 'coach']
}

