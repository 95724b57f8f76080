// What the properties of a feature say of a street: speed, lanes, arrows, one-way, control. Names as in OpenStreetMap or with
// the unit as suffix; turn lanes are written from left to right in the direction of travel.
import type { Turn } from '../../../model/network.ts'
import type { DrawnLane, NodeControl } from '../../../model/streets/drawn.ts'
import { DEFAULT_LANE_M } from '../../../model/streets/classes.ts'
import { mpsFromKmh, mpsFromMph } from '../../../model/units.ts'
import { describe, type Feature } from './read.ts'

const FASTEST_MPS = 100

/** Speed limit, m/s; undefined where none is given or it is no number (`none`, `signals`). */
export function findSpeed(feature: Feature): number | undefined {
  const mps = feature.findNumber('speed_mps', { above: 0, most: FASTEST_MPS })
  if (mps !== undefined) return mps
  const kmh = feature.findNumber('speed_kmh', { above: 0, most: FASTEST_MPS * 3.6 })
  if (kmh !== undefined) return mpsFromKmh(kmh)
  const mph = feature.findNumber('speed_mph', { above: 0, most: 220 })
  if (mph !== undefined) return mpsFromMph(mph)
  const match = /^(\d+(?:\.\d+)?)\s*(km\/h|kmh|kph|mph)?$/.exec((feature.findText('maxspeed', 'speed_limit') ?? '').toLowerCase())
  if (match === null) return undefined
  const value = Number(match[1])
  const speed = match[2] === 'mph' ? mpsFromMph(value) : mpsFromKmh(value)
  if (!(speed > 0) || speed > FASTEST_MPS) throw feature.error('input.value', `maxspeed is ${describe(match[0])}; it must be above 0 and at most ${FASTEST_MPS * 3.6} km/h`)
  return speed
}

export type Oneway = 'forward' | 'backward' | 'no'

/** Undefined where the file does not say. */
export function findOneway(feature: Feature): Oneway | undefined {
  const value = feature.find('oneway', 'one_way')
  if (value === undefined) return undefined
  const text = String(value).toLowerCase()
  if (['yes', 'true', '1', 'f', 'forward'].includes(text)) return 'forward'
  if (['-1', 'reverse', 't', 'backward'].includes(text)) return 'backward'
  if (['no', 'false', '0', 'b', 'both', '2'].includes(text)) return 'no'
  throw feature.error('input.value', `oneway is ${describe(value)}; it must be yes, no or -1`)
}

const ARROWS: Record<string, Turn> = {
  'left': 'left', 'slight_left': 'left', 'sharp_left': 'left', 'right': 'right', 'slight_right': 'right', 'sharp_right': 'right',
  'through': 'through', 'straight': 'through', 'merge_to_left': 'through', 'merge_to_right': 'through', 'reverse': 'u-turn', 'uturn': 'u-turn', 'u-turn': 'u-turn',
}

/** Arrows of each lane from left to right; undefined for a lane without. */
function readArrows(feature: Feature, text: string, name: string): (Turn[] | undefined)[] {
  return text.split('|').map((lane) => {
    const words = lane.toLowerCase().split(/[;,]/).map((word) => word.trim()).filter((word) => word !== '' && word !== 'none')
    if (words.length === 0) return undefined
    return [...new Set(words.map((word) => {
      const turn = ARROWS[word]
      if (turn === undefined) throw feature.error('input.value', `${name} has "${word.slice(0, 40)}"; known are ${Object.keys(ARROWS).join(', ')}, none`)
      return turn
    }))]
  })
}

const MOST_LANES = 16

export interface DirectionLanes {
  /** Kerb first. */
  lanes: DrawnLane[]
  /** True where nothing says how many there are. */
  assumed: boolean
}

/** Lanes of one direction of a line; `both` = the line carries both directions, so that `lanes` counts both, as in OpenStreetMap. */
export function readLanes(feature: Feature, direction: 'forward' | 'backward', both: boolean, side: 'left' | 'right'): DirectionLanes {
  const detail = feature.find('lanes')
  if (Array.isArray(detail)) return { lanes: readLaneList(feature, detail), assumed: false }
  const [ownCount, ownArrows] = [feature.findNumber(`lanes_${direction}`, { above: 0, most: MOST_LANES }) ?? feature.findNumber(`lanes:${direction}`, { above: 0, most: MOST_LANES }), feature.findText(`turn_lanes_${direction}`, `turn:lanes:${direction}`)]
  const count = feature.findNumber('lanes', { above: 0, most: 2 * MOST_LANES })
  const arrowText = ownArrows ?? (both ? undefined : feature.findText('turn_lanes', 'turn:lanes'))
  const arrows = arrowText === undefined ? undefined : readArrows(feature, arrowText, 'turn_lanes')
  const counted = ownCount ?? (count === undefined ? undefined : both ? count / 2 : count)
  const n = Math.max(1, Math.min(MOST_LANES, arrows?.length ?? Math.round(counted ?? 1)))
  const width_m = feature.findNumber('lane_width_m', { above: 1, most: 10 }) ?? DEFAULT_LANE_M
  // Lanes count from the kerb, arrows from the left.
  const fromKerb = side === 'right' ? [...(arrows ?? [])].reverse() : arrows ?? []
  const lanes = Array.from({ length: n }, (_, i): DrawnLane => ({ width_m, ...(fromKerb[i] === undefined ? {} : { turns: fromKerb[i] }) }))
  return { lanes, assumed: arrows === undefined && counted === undefined }
}

/** Lanes one by one, kerb first, in the words of `network.json`. */
function readLaneList(feature: Feature, list: readonly unknown[]): DrawnLane[] {
  if (list.length === 0 || list.length > MOST_LANES) throw feature.error('input.value', `lanes is a list of ${list.length}; it needs 1 to ${MOST_LANES}`)
  return list.map((entry, i): DrawnLane => {
    const lane = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>
    const number = (name: string, most: number): number | undefined => {
      const value = lane[name]
      if (value === undefined || value === null) return undefined
      if (typeof value !== 'number' || !(value > 0) || value > most) throw feature.error('input.value', `${name} of lane ${i} is ${describe(value)}; it must be above 0 and at most ${most}`)
      return value
    }
    const words = (name: string): string[] | undefined => {
      const value = lane[name]
      return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : undefined
    }
    const [speed_mps, pocket_m, allow, disallow, turns] = [number('speed_mps', FASTEST_MPS), number('length_m', 1e6), words('allow'), words('disallow'), words('turns')]
    return {
      width_m: number('width_m', 10) ?? DEFAULT_LANE_M, ...(speed_mps === undefined ? {} : { speed_mps }), ...(pocket_m === undefined ? {} : { pocket_m }),
      ...(allow === undefined ? {} : { allow }), ...(disallow === undefined ? {} : { disallow }),
      ...(turns === undefined ? {} : { turns: readArrows(feature, turns.join(';'), `turns of lane ${i}`)[0] ?? [] }),
    }
  })
}

const CONTROLS: [RegExp, NodeControl][] = [
  [/signal|traffic_light|^tl/, 'signal'], [/all.?way|4.?stop|four.?way/, 'all-way-stop'], [/stop/, 'stop'], [/yield|give_?way/, 'yield'],
]

/** Control of a point; undefined where it says none. */
export function findControl(feature: Feature): NodeControl | undefined {
  const flag = feature.find('signal', 'signalised', 'signalized', 'traffic_signal', 'traffic_signals')
  if (flag === true || (flag !== undefined && /^(yes|true|1)$/i.test(String(flag)))) return 'signal'
  const text = [feature.findText('control', 'ctrl_type'), feature.findText('highway'), feature.findText('kind_of_node', 'kind', 'type')].filter((value) => value !== undefined).join(' ').toLowerCase()
  return CONTROLS.find(([pattern]) => pattern.test(text))?.[1]
}
