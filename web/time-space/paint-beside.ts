// Paints what a plan is compared with: the original as a ghost, greens won and lost against another plan, greens as the lamps showed them.
import { barOf, changesOf, sideOf } from '../../diagram/pick.ts'
import { repeats, SHOWN, type EditorScene, type EditorStation } from '../../diagram/editor-scene.ts'
import type { Direction } from '../../model/plan.ts'
import { DIRECTIONS, eachInterval, reaches, type Context, type LivePicture, type Part } from './live-picture.ts'

/** The original where it differs: its greens as outlines beside the bars, its bands as thin lines. */
export function paintGhost(context: Context, { projection, colours, scene }: LivePicture, ghost: EditorScene, part: Part): void {
  const bar = barOf(scene, projection)
  const now = new Map(scene.stations.map((station) => [station.signal, station]))
  context.strokeStyle = colours.ghost
  context.lineWidth = 1.2
  context.setLineDash([3, 2])
  context.beginPath()
  for (const station of ghost.stations) {
    const own = now.get(station.signal)
    if (own === undefined || sameStopLine(own, station)) continue
    const middle = projection.b(station.position_m)
    if (!reaches(part, middle, bar + 3)) continue
    for (const direction of DIRECTIONS) {
      const side = sideOf(direction, projection.swapped)
      const changes = changesOf(station, direction)
      for (const { at_s } of changes.filter(({ kind }) => kind === 'begin')) {
        const end = changes.filter(({ kind }) => kind === 'end').map((change) => (change.at_s > at_s ? change.at_s : change.at_s + station.cycle_s)).reduce((least, t) => Math.min(least, t), at_s + station.cycle_s)
        for (const shift of repeats(station.offset_s + at_s, station.offset_s + end, station.cycle_s, part.range)) {
          context.rect(projection.a(station.offset_s + at_s + shift), side === 1 ? middle : middle - bar - 1.5, (end - at_s) * projection.px_per_s, bar + 1.5)
        }
      }
    }
  }
  context.stroke()
  context.setLineDash([])
}

export const sameStopLine = (a: EditorStation, b: EditorStation): boolean =>
  a.cycle_s === b.cycle_s && a.offset_s === b.offset_s && a.starts_s.length === b.starts_s.length && a.starts_s.every((t, i) => t === b.starts_s[i] && a.outbound[i] === b.outbound[i] && a.inbound[i] === b.inbound[i])

/** Green that only one of two plans shows: solid what the plan wins, hatched what it loses. */
export function paintDifference(context: Context, { projection, colours, scene }: LivePicture, other: EditorScene): void {
  const range = [projection.view.from_s, projection.view.to_s] as const
  const bar = barOf(scene, projection)
  for (const station of scene.stations) {
    const beside = other.stations.find(({ signal }) => signal === station.signal)
    if (beside === undefined) continue
    const middle = projection.b(station.position_m)
    for (const direction of DIRECTIONS) {
      const b = sideOf(direction, projection.swapped) === 1 ? middle + bar + 1 : middle - bar - 4
      const greens = greensOf(station, direction, range)
      const others = greensOf(beside, direction, range)
      context.fillStyle = colours.gain
      for (const [from, to] of outside(greens, others)) context.fillRect(projection.a(from), b, (to - from) * projection.px_per_s, 3)
      context.fillStyle = colours.loss
      for (const [from, to] of outside(others, greens)) for (let t = from; t < to; t += 2) context.fillRect(projection.a(t), b, Math.min(1, to - t) * projection.px_per_s, 3)
    }
  }
}

function greensOf(station: EditorStation, direction: Direction, range: readonly [number, number]): [number, number][] {
  const greens: [number, number][] = []
  eachInterval(station, range, (from, to, outbound, inbound) => { if ((direction === 'outbound' ? outbound : inbound) === SHOWN.green) greens.push([from, to]) })
  return greens
}

/** Parts of the first intervals that the second do not cover. */
function outside(first: readonly [number, number][], second: readonly [number, number][]): [number, number][] {
  return second.reduce<[number, number][]>((rest, [from, to]) => rest.flatMap(([a, b]): [number, number][] => [[a, Math.min(b, from)], [Math.max(a, to), b]].filter(([x, y]) => y! - x! > 1e-6) as [number, number][]), [...first])
}

/** Greens that lamps showed: a dark line along the bar of the stop line. */
export function paintGreens(context: Context, { projection, colours, scene, greens = [] }: LivePicture): void {
  const bar = barOf(scene, projection)
  const places = new Map(scene.stations.map(({ signal, position_m }) => [signal, projection.b(position_m)]))
  context.fillStyle = colours.strong
  for (const { signal, direction, from_s, to_s } of greens) {
    const middle = places.get(signal)
    if (middle === undefined || to_s < projection.view.from_s || from_s > projection.view.to_s) continue
    context.fillRect(projection.a(from_s), sideOf(direction, projection.swapped) === 1 ? middle + bar + 1 : middle - bar - 4, (to_s - from_s) * projection.px_per_s, 3)
  }
}
