// Everything on the live layer with a key that says how it looks, so that only what changed is painted anew. Whatever all of it hangs on (view, colours,
// thickness of the bars) is compared by `sameGround`.
import { barOf } from '../../diagram/pick.ts'
import type { EditorBand } from '../../diagram/editor-scene.ts'
import { modulo } from '../../model/units.ts'
import { boxOfLabel, type BandLabel } from './band-labels.ts'
import { marksByKey, type Box, type Mark } from './damage.ts'
import { numberOf } from './identity.ts'
import { BOLD, isFaded, showsBands, widthOf, type Context, type LivePicture } from './live-picture.ts'
import { FRAME_PX, limitsOf, tipOf } from './paint-overlay.ts'
import { sameStopLine } from './paint-beside.ts'

/** Whatever decides how everything looks, to be compared one by one. */
export const groundOf = ({ projection, colours, pedestrians, bandsShown, other, greens, scene }: LivePicture, ratio: number): unknown[] => [projection, colours, pedestrians, bandsShown, other?.as, other?.scene, greens, scene.cycle_s, barOf(scene, projection), ratio]

const bandKey = ({ direction, width_s, times_s, positions_m }: EditorBand): string => `${direction} ${width_s} ${times_s.join()} ${positions_m.join()}`

/** Changes whenever the layer of the whole bands has to be painted anew. */
export const wholeKeyOf = (picture: LivePicture, scene = picture.scene): string => (showsBands(picture, scene, true) ? scene.bands.filter(({ whole }) => whole).map(bandKey).join() : '')

export function marksOf(context: Context, picture: LivePicture, labels: readonly BandLabel[]): Map<string, Mark> {
  const { projection, scene, ghost, selected, focused } = picture
  const marks: Mark[] = []
  const bar = barOf(scene, projection)
  const row = (key: string, middle: number, reach: number): void => void marks.push({ key, box: { a0: 0, a1: projection.length, b0: middle - reach, b1: middle + reach } })
  const original = new Map(ghost?.stations.map((station) => [station.signal, station]))
  for (const station of scene.stations) {
    const [own, middle] = [numberOf(station), projection.b(station.position_m)]
    row(`signal ${own} ${isFaded(picture, station.signal)}`, middle, bar + 4)
    const was = original.get(station.signal)
    if (was !== undefined && !sameStopLine(station, was)) row(`ghost ${numberOf(was)}`, middle, bar + 4)
    const isFocused = focused?.signal === station.signal
    if (isFocused || selected.has(station.signal)) row(`frame ${isFocused ? `${focused.handle} ${own}` : station.signal}`, middle, bar + FRAME_PX)
  }
  for (const band of scene.bands) {
    if (band.whole || !showsBands(picture, scene, false)) continue
    const ends = [projection.b(band.positions_m[0]!), projection.b(band.positions_m.at(-1)!)]
    row(`band ${bandKey(band)}`, (ends[0]! + ends[1]!) / 2, Math.abs(ends[1]! - ends[0]!) / 2 + 2)
  }
  for (const { direction, a, b } of limitsOf(picture)) marks.push({ key: `limit ${direction} ${a} ${b}`, box: { a0: a - 6, a1: a + 6, b0: b - 7, b1: b + 7 } })
  for (const label of labels) marks.push({ key: `label ${label.text} ${label.direction} ${label.font} ${label.x} ${label.y}`, box: boxOfLabel(projection, label) })
  return marksByKey([...marks, ...lines(context, picture), ...tip(context, picture)])
}

/** Cursor and now, right across, and the counter of the cycle at its head. */
function lines(context: Context, { projection, hovered, now_s, scene }: LivePicture): Mark[] {
  const across = (kind: string, time_s: number | undefined): Mark[] => (time_s === undefined ? [] : [{ key: `${kind} ${time_s}`, box: { a0: projection.a(time_s) - 2, a1: projection.a(time_s) + 2, b0: 0, b1: projection.breadth } }])
  if (now_s === undefined || scene.cycle_s === undefined) return [...across('cursor', hovered?.time_s), ...across('now', now_s)]
  const second = Math.floor(modulo(now_s, scene.cycle_s))
  const [x, y] = projection.screen(projection.a(now_s), 0)
  // With room for the widest second.
  const width = widthOf(context, BOLD, `${'0'.repeat(String(Math.ceil(scene.cycle_s)).length)} / ${Math.round(scene.cycle_s * 10) / 10}`) + 12
  return [...across('cursor', hovered?.time_s), ...across('now', now_s), { key: `counter ${second} ${now_s}`, box: onPlane(projection.swapped, x, y, width, 18) }]
}

function tip(context: Context, picture: LivePicture): Mark[] {
  const own = tipOf(context, picture)
  return own === undefined ? [] : [{ key: `tip ${own.lines.join()} ${own.left} ${own.top}`, box: onPlane(picture.projection.swapped, own.left, own.top, own.width, own.height) }]
}

const onPlane = (swapped: boolean, x: number, y: number, width: number, height: number): Box => (swapped ? { a0: y, a1: y + height, b0: x, b1: x + width } : { a0: x, a1: x + width, b0: y, b1: y + height })
