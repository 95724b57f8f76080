// The streets that a map draws and finds things in: lines by link with their middle, a grid to find the nearest, and degrees for the library map.
import type { DrawnLink, DrawnMovement, DrawnSignal, StreetDrawing } from '../../diagram/street-drawing.ts'
import type { LinkId, Point } from '../../model/network.ts'
import { findProjection } from '../../model/projection.ts'
import type { SignalId } from '../../model/signal.ts'
import { boxOf, type Box } from './view.ts'

/** As the service answers: the drawing, of which version it is, and the operator's background pictures, if any. */
export interface ServedDrawing extends StreetDrawing { version: number; tiles?: string }

export interface Streets {
  drawing: ServedDrawing
  links: ReadonlyMap<LinkId, DrawnLink>
  movements: readonly DrawnMovement[]
  signals: ReadonlyMap<SignalId, DrawnSignal>
  box: Box
  /** Degrees; those of a local drawing lie near 0, 0 and mean nothing but its shape. */
  toLonLat: (at: Point) => [number, number]
  fromLonLat: (lon_deg: number, lat_deg: number) => Point
  /** False where the drawing lies nowhere on the globe: no tiles fit under it. */
  onGlobe: boolean
  /** Nearest first. */
  near: (at: Point, within_m: number) => DrawnLink[]
}

const EARTH_M = 111_319.49

export function readStreets(drawing: ServedDrawing): Streets {
  const box = boxOf(drawing.links.flatMap(({ points_m }) => points_m))
  const projection = findProjection(drawing.coordinate_reference)
  const [mx, my] = [(box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2]
  return {
    drawing, box, movements: drawing.movements, onGlobe: projection !== undefined,
    links: new Map(drawing.links.map((link) => [link.id, link])), signals: new Map(drawing.signals.map((signal) => [signal.id, signal])),
    toLonLat: projection === undefined ? ([x, y]) => [(x - mx) / EARTH_M, (y - my) / EARTH_M] : (at) => projection.toLonLat(at),
    fromLonLat: projection === undefined ? (lon, lat) => [lon * EARTH_M + mx, lat * EARTH_M + my] : (lon, lat) => projection.fromLonLat(lon, lat),
    near: gridOf(drawing.links),
  }
}

/** Side of a cell: a block. */
const CELL_M = 120

function gridOf(links: readonly DrawnLink[]): Streets['near'] {
  const cells = new Map<string, Set<DrawnLink>>()
  for (const link of links) {
    for (let i = 1; i < link.points_m.length; i++) {
      const { low, high } = boxOf([link.points_m[i - 1]!, link.points_m[i]!])
      for (const key of keysOf(low, high)) {
        const cell = cells.get(key)
        if (cell === undefined) cells.set(key, new Set([link]))
        else cell.add(link)
      }
    }
  }
  return ([x, y], within_m) => {
    const found = new Map<DrawnLink, number>()
    for (const key of keysOf([x - within_m, y - within_m], [x + within_m, y + within_m])) {
      for (const link of cells.get(key) ?? []) if (!found.has(link)) found.set(link, distanceTo(link.points_m, [x, y]))
    }
    return [...found].filter(([, distance]) => distance <= within_m).sort(([a, m], [b, n]) => m - n || (a.id < b.id ? -1 : 1)).map(([link]) => link)
  }
}

function keysOf(low: Point, high: Point): string[] {
  const keys: string[] = []
  for (let i = Math.floor(low[0] / CELL_M); i <= Math.floor(high[0] / CELL_M); i++) for (let j = Math.floor(low[1] / CELL_M); j <= Math.floor(high[1] / CELL_M); j++) keys.push(`${i} ${j}`)
  return keys
}

/** From a point to a line, m. */
export function distanceTo(points: readonly Point[], [x, y]: Point): number {
  let best = Infinity
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1]!, points[i]!]
    const [dx, dy] = [bx - ax, by - ay]
    const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)))
    best = Math.min(best, Math.hypot(x - ax - share * dx, y - ay - share * dy))
  }
  return best
}

/** Where a link leads: another street at its end. */
export function destination({ drawing }: Streets, { to, name }: DrawnLink): string | undefined {
  return drawing.links.find((other) => (other.from === to || other.to === to) && other.name !== undefined && other.name !== name)?.name
}

/** The signal within so many metres of a point, the nearest. */
export function signalAt({ drawing }: Streets, [x, y]: Point, within_m: number): DrawnSignal | undefined {
  let best: DrawnSignal | undefined
  let least = within_m
  for (const signal of drawing.signals) {
    const away = Math.hypot(signal.at_m[0] - x, signal.at_m[1] - y)
    if (away <= least) [best, least] = [signal, away]
  }
  return best
}
