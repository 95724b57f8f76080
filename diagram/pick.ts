// What lies under the pointer in the editor's diagram: nearest first, small things before large ones. Pixels along the time axis (a) and the street (b).
import type { Direction } from '../model/plan.ts'
import type { SignalId } from '../model/signal.ts'
import { modulo } from '../model/units.ts'
import { repeats, SHOWN, type EditorBand, type EditorScene, type EditorStation } from './editor-scene.ts'
import type { Projection } from './view.ts'

export type Pick =
  | { kind: 'edge'; signal: SignalId; direction: Direction; /** Local time of the change of colour. */ at_s: number; /** Begin or end of the green. */ side: 'begin' | 'end' }
  | { kind: 'offset'; signal: SignalId; at_s: number }
  | { kind: 'band'; direction: Direction; /** Link whose slope it is. */ from: SignalId; to: SignalId; /** Way of the link already driven there, 0 to 1. */ share: number; whole: boolean }

/** Half of a target's 24 px. */
const REACH = 12
const EDGE_REACH = 5
const BAND_REACH = 4

/** Half the thickness of a stop line's bar, px. */
export function barOf(scene: EditorScene, projection: Projection): number {
  const places = scene.stations.map(({ position_m }) => projection.b(position_m))
  const nearest = places.slice(1).reduce((least, b, i) => Math.min(least, Math.abs(b - places[i]!)), Infinity)
  return Math.min(8, Math.max(2, nearest / 3.2))
}

/** The side of the bar that a direction is drawn on: vehicles come to it before they reach the other. */
export const sideOf = (direction: Direction, swapped: boolean): 1 | -1 => ((direction === 'outbound') === swapped ? -1 : 1)

export function pick(scene: EditorScene, projection: Projection, a: number, b: number): Pick | undefined {
  const bar = barOf(scene, projection)
  const station = nearestStation(scene, projection, b, Math.max(bar + 2, Math.min(REACH, bar * 1.5)))
  if (station !== undefined) {
    const edge = station.free ? undefined : edgeAt(station, projection, a, b)
    return edge ?? { kind: 'offset', signal: station.signal, at_s: modulo(projection.time(a) - station.offset_s, station.cycle_s) }
  }
  return bandAt(scene, projection, a, b)
}

function nearestStation(scene: EditorScene, projection: Projection, b: number, reach: number): EditorStation | undefined {
  let best: { station: EditorStation; distance: number } | undefined
  for (const station of scene.stations) {
    const distance = Math.abs(projection.b(station.position_m) - b)
    if (distance <= reach && distance < (best?.distance ?? Infinity)) best = { station, distance }
  }
  return best?.station
}

function edgeAt(station: EditorStation, projection: Projection, a: number, b: number): Pick | undefined {
  const below = Math.sign(b - projection.b(station.position_m)) || 1
  const direction: Direction = sideOf('outbound', projection.swapped) === below ? 'outbound' : 'inbound'
  const local = modulo(projection.time(a) - station.offset_s, station.cycle_s)
  let best: { pick: Pick; distance: number } | undefined
  for (const side of [direction, direction === 'outbound' ? 'inbound' : 'outbound'] as const) {
    for (const { at_s, kind } of changesOf(station, side)) {
      const distance = Math.abs(modulo(local - at_s + station.cycle_s / 2, station.cycle_s) - station.cycle_s / 2) * projection.px_per_s
      if (distance <= EDGE_REACH && distance < (best?.distance ?? Infinity)) best = { pick: { kind: 'edge', signal: station.signal, direction: side, at_s, side: kind }, distance }
    }
    if (best !== undefined) return best.pick
  }
  return undefined
}

/** Begins and ends of green of one direction in local time. */
export function changesOf(station: EditorStation, direction: Direction): { at_s: number; kind: 'begin' | 'end' }[] {
  const shown = station[direction]
  const { starts_s } = station
  return Array.from(starts_s).flatMap((at_s, i): { at_s: number; kind: 'begin' | 'end' }[] => {
    const [before, now] = [shown[(i + shown.length - 1) % shown.length]!, shown[i]!]
    if (now === SHOWN.green && before !== SHOWN.green) return [{ at_s, kind: 'begin' }]
    return before === SHOWN.green && now !== SHOWN.green ? [{ at_s, kind: 'end' }] : []
  })
}

function bandAt(scene: EditorScene, projection: Projection, a: number, b: number): Pick | undefined {
  const position = projection.position(b)
  const time = projection.time(a)
  const reach = BAND_REACH / projection.px_per_s
  let best: { pick: Pick; distance: number } | undefined
  for (const band of scene.bands) {
    const along = passageOf(band, position)
    if (along === undefined || scene.cycle_s === undefined) continue
    for (const shift of repeats(along.time_s - reach, along.time_s + band.width_s + reach, scene.cycle_s, [time, time + 1e-9])) {
      const since = time - along.time_s - shift
      const distance = Math.min(Math.abs(since), Math.abs(since - band.width_s))
      if (distance <= reach && distance < (best?.distance ?? Infinity)) best = { pick: { kind: 'band', direction: band.direction, from: along.from, to: along.to, share: along.share, whole: band.whole }, distance }
    }
  }
  return best?.pick
}

/** When the front of a band passes a position, and on which link. */
export function passageOf({ times_s, positions_m, signals }: EditorBand, position_m: number): { time_s: number; from: SignalId; to: SignalId; share: number } | undefined {
  for (let i = 1; i < times_s.length; i++) {
    const [from, to] = [positions_m[i - 1]!, positions_m[i]!]
    if ((from - position_m) * (to - position_m) > 0 || from === to) continue
    const share = (position_m - from) / (to - from)
    return { time_s: times_s[i - 1]! + share * (times_s[i]! - times_s[i - 1]!), from: signals[i - 1]!, to: signals[i]!, share }
  }
  return undefined
}
