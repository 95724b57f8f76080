// Ways of OpenStreetMap as streets: for each direction that cars may drive its lanes and its limit.
import type { Network } from '../../../model/network.ts'
import { isRoundabout, passageOf, roadClassOf } from './access.ts'
import { readLanes, type LaneSpec } from './lanes.ts'
import type { OsmNotes } from './notes.ts'
import type { OsmWay } from './osm-data.ts'
import type { RoadClass } from './road-classes.ts'
import { readSpeed } from './speed.ts'

export interface Direction {
  /** Kerb first. */
  lanes: LaneSpec[]
  speed_mps: number
}

export interface Street {
  way: OsmWay
  roadClass: RoadClass
  name?: string
  roundabout: boolean
  forward?: Direction
  backward?: Direction
}

export interface StreetOptions {
  driving_side: Network['driving_side']
  /** Driveways, alleys and car parks too. */
  service: boolean
}

/** Undefined where cars have no lane. */
export function streetOf(way: OsmWay, { driving_side, service }: StreetOptions, notes: OsmNotes): Street | undefined {
  const roadClass = roadClassOf(way.tags, service)
  if (roadClass === undefined) return undefined
  const { passage, strange } = passageOf(way.tags, roadClass)
  if (strange !== undefined) notes.count('oneway', 'not-understood', `way ${way.id}`, (n) => `${n} way(s) have a oneway that is not known, such as ${JSON.stringify(strange.slice(0, 20))}; they are taken as if it were not there`)
  const direction = (which: 'forward' | 'backward'): Direction | undefined => {
    if (passage !== 'both' && passage !== which) return undefined
    const lanes = readLanes({ way, roadClass, direction: which, passage, driving_side, notes })
    return lanes.length === 0 ? undefined : { lanes, speed_mps: speedOf(way, roadClass, which, notes) }
  }
  const [forward, backward] = [direction('forward'), direction('backward')]
  if (forward === undefined && backward === undefined) return undefined
  const name = way.tags.get('name') ?? way.tags.get('ref')
  return { way, roadClass, roundabout: isRoundabout(way.tags), ...(name === undefined ? {} : { name }), ...(forward === undefined ? {} : { forward }), ...(backward === undefined ? {} : { backward }) }
}

function speedOf(way: OsmWay, roadClass: RoadClass, direction: 'forward' | 'backward', notes: OsmNotes): number {
  const { speed_mps, text } = readSpeed(way.tags, direction)
  if (speed_mps !== undefined) return speed_mps
  if (text === undefined) notes.count('no speed', 'assumed', `way ${way.id}`, (n) => `${n} way(s) have no speed limit; it is taken by class (docs/formats.md)`)
  else notes.count('speed', 'not-understood', `way ${way.id}`, (n) => `${n} way(s) have a speed limit that cannot be read, such as ${JSON.stringify(text.slice(0, 20))}; it is taken by class`)
  return roadClass.speed_mps
}

/** Streets of one name, or of one class where they have none, are one street. */
export const streetKey = ({ name, roadClass }: Street): string => name ?? `class ${roadClass.name}`
