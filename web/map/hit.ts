// What lies under the pointer: a place's number before a signal before a turn before a street, as far as a finger is wide. Pure.
import { offsetLine } from '../../diagram/map-frame.ts'
import type { Point } from '../../model/network.ts'
import { PLACE_PX, streetAside, streetWidth, type MapScene, type ScenePlace } from './scene.ts'
import { distanceTo, signalAt } from './streets.ts'

export interface Hit { signal?: string; link?: string; movement?: string; /** A congested place, or a card of the worklist, by its number. */ place?: ScenePlace }

const SIGNAL_PX = 13
const TURN_PX = 7
const STREET_PX = 8

/** `scale` in pixels per metre. */
export function hitAt({ streets, theme, turns, places }: MapScene, at: Point, scale: number): Hit | undefined {
  // What is painted last lies on top.
  const place = places.findLast(({ at_m }) => Math.hypot((at[0] - at_m[0]) * scale, (at_m[1] - at[1]) * scale + PLACE_PX.above) <= PLACE_PX.radius)
  if (place !== undefined) return { place }
  const signal = signalAt(streets, at, SIGNAL_PX / scale)
  if (signal !== undefined) return { signal: signal.id }
  if (theme === 'movements') {
    const found = nearest(turns.map(({ movement, points_m }) => ({ id: movement.id, away_px: distanceTo(points_m, at) * scale })), TURN_PX)
    if (found !== undefined) return { movement: found }
  }
  const side = streets.drawing.driving_side === 'right' ? 1 : -1
  const candidates = streets.near(at, 2 * STREET_PX / scale + 20).map(({ id, lanes, points_m }) => {
    // As it is drawn: pixels grow downwards, so that right stays right.
    const line = offsetLine(points_m.map(([x, y]): [number, number] => [x * scale, -y * scale]), side * streetAside(lanes, scale))
    return { id, away_px: distanceTo(line, [at[0] * scale, -at[1] * scale]) - streetWidth(lanes, scale) / 2 }
  })
  const link = nearest(candidates, STREET_PX)
  return link === undefined ? undefined : { link }
}

function nearest(all: readonly { id: string; away_px: number }[], within_px: number): string | undefined {
  let best: { id: string; away_px: number } | undefined
  for (const one of all) if (one.away_px <= within_px && (best === undefined || one.away_px < best.away_px)) best = one
  return best?.id
}
