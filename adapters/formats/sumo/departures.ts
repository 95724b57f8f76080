// How a vehicle enters: departSpeed and departLane of vehicles, trips and flows. SUMO's own words where we have the same,
// else the nearest, with a note; absent means standing, on the rightmost lane that the class may use.
import type { VehicleDeparture } from '../../../model/demand.ts'
import type { Notes } from './notes.ts'
import type { XmlElement } from './xml-element.ts'

const SPEED_WORDS = new Set(['desired', 'speedLimit', 'last', 'avg', 'random'])
const LANE_WORDS = new Set(['free', 'allowed', 'random', 'best_prob'])

/** Throws input.value for a word that SUMO does not know. */
export function readDeparture(element: XmlElement, notes: Notes): VehicleDeparture {
  return { speed_mps: speedOf(element, notes), lane: laneOf(element, notes) }
}

function speedOf(element: XmlElement, notes: Notes): VehicleDeparture['speed_mps'] {
  const word = element.findText('departSpeed')
  if (word === undefined) return 0
  if (word === 'max') return word
  if (!SPEED_WORDS.has(word)) return element.findNumber('departSpeed', { min: 0 }) ?? 0
  notes.count(`departSpeed ${word}`, 'assumed', element.place(), (n) => `${n} vehicle(s) depart with speed "${word}"; they enter as fast as is safe`)
  return 'max'
}

function laneOf(element: XmlElement, notes: Notes): VehicleDeparture['lane'] {
  const word = element.findText('departLane')
  if (word === undefined || word === 'first') return 'first'
  if (word === 'best') return word
  if (!LANE_WORDS.has(word)) return element.findIndex('departLane') ?? 'first'
  notes.count(`departLane ${word}`, 'assumed', element.place(), (n) => `${n} vehicle(s) depart on lane "${word}"; they take the emptiest that suits their route`)
  return 'best'
}
