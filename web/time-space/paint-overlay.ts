// Paints over the picture: what is selected and held, the cursor, now, where bands touch what limits them, what is told at the pointer.
import { barOf, changesOf } from '../../diagram/pick.ts'
import { repeats, type EditorStation } from '../../diagram/editor-scene.ts'
import type { Direction } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import { withAlpha } from './colours.ts'
import { BOLD, DIRECTIONS, enterScreen, reaches, showsBands, widthOf, type Context, type LivePicture, type Part } from './live-picture.ts'

/** How far frame and handles of a signal stand out over its bar. */
export const FRAME_PX = 8

export function paintOverlay(context: Context, picture: LivePicture, part: Part, ratio: number): void {
  const { projection, colours, focused, hovered, now_s, selected, scene } = picture
  const bar = barOf(scene, projection)
  context.lineWidth = 2
  for (const station of scene.stations) {
    const isFocused = focused?.signal === station.signal
    if (!isFocused && !selected.has(station.signal)) continue
    const b = projection.b(station.position_m)
    if (!reaches(part, b, bar + FRAME_PX)) continue
    context.strokeStyle = isFocused ? colours.select : withAlpha(colours.select, 0.6)
    context.strokeRect(1, b - bar - 4, projection.length - 2, 2 * bar + 8)
    if (isFocused) paintHandle(context, picture, station, bar, part)
  }
  if (hovered?.time_s !== undefined) {
    context.fillStyle = withAlpha(colours.strong, 0.45)
    context.fillRect(projection.a(hovered.time_s) - 0.5, 0, 1, projection.breadth)
  }
  if (now_s !== undefined) {
    context.fillStyle = colours.now
    context.fillRect(projection.a(now_s) - 1, 0, 2, projection.breadth)
  }
  paintLimits(context, picture, part)
  if (now_s !== undefined && scene.cycle_s !== undefined) paintCounter(context, picture, modulo(now_s, scene.cycle_s), ratio)
  paintTip(context, picture, ratio)
}

/** What the arrow keys would change, marked where it is. */
function paintHandle(context: Context, { projection, colours, focused }: LivePicture, station: EditorStation, bar: number, part: Part): void {
  const b = projection.b(station.position_m)
  context.fillStyle = colours.select
  const mark = (time_s: number): void => {
    for (const shift of repeats(time_s, time_s, station.cycle_s, part.range)) context.fillRect(projection.a(time_s + shift) - 2, b - bar - 6, 4, 2 * bar + 12)
  }
  if (focused?.handle === 'offset') mark(station.offset_s)
  else if (focused?.handle === 'split') for (const direction of DIRECTIONS) for (const { at_s, kind } of changesOf(station, direction)) if (kind === 'end') mark(station.offset_s + at_s)
}

/** Where whole bands touch the green that limits them. */
export function limitsOf(picture: LivePicture): { direction: Direction; a: number; b: number }[] {
  const { projection, scene } = picture
  if (!showsBands(picture, scene, true)) return []
  return scene.bands.flatMap((band) => (band.whole ? band.limited_by.flatMap((signal) => {
    const i = band.signals.indexOf(signal)
    const station = scene.stations.find((one) => one.signal === signal)
    if (i < 0 || station === undefined) return []
    const time = band.times_s[i]!
    const edges = [time, time + band.width_s].filter((edge) => touchesChange(station, band.direction, edge))
    return edges.flatMap((edge) => [...repeats(edge, edge, scene.cycle_s!, [projection.view.from_s, projection.view.to_s])].map((shift) => ({ direction: band.direction, a: projection.a(edge + shift), b: projection.b(band.positions_m[i]!) })))
  }) : []))
}

/** A diamond, and a click on its signal in the panel goes there. */
function paintLimits(context: Context, picture: LivePicture, part: Part): void {
  for (const { direction, a, b } of limitsOf(picture)) {
    if (!reaches(part, b, 6)) continue
    context.fillStyle = picture.colours[direction]
    context.beginPath()
    context.moveTo(a, b - 6)
    context.lineTo(a + 5, b)
    context.lineTo(a, b + 6)
    context.lineTo(a - 5, b)
    context.fill()
  }
}

const touchesChange = (station: EditorStation, direction: Direction, time_s: number): boolean =>
  changesOf(station, direction).some(({ at_s }) => Math.abs((((time_s - station.offset_s - at_s) % station.cycle_s) + 1.5 * station.cycle_s) % station.cycle_s - station.cycle_s / 2) < 0.05)

/** The second of the cycle that runs, at the head of the line of now. */
function paintCounter(context: Context, { projection, colours, now_s, scene }: LivePicture, second_s: number, ratio: number): void {
  enterScreen(context, ratio)
  context.font = BOLD
  const text = `${Math.floor(second_s)} / ${Math.round(scene.cycle_s! * 10) / 10}`
  const [x, y] = projection.screen(projection.a(now_s!), 0)
  const width = context.measureText(text).width + 8
  context.fillStyle = colours.now
  context.fillRect(x + 1, y, width, 16)
  context.fillStyle = colours.ground
  context.fillText(text, x + 5, y + 12)
}

/** What is told at the pointer, within the picture. */
export function tipOf(context: Context, { projection, dragging }: LivePicture): { lines: string[]; left: number; top: number; width: number; height: number } | undefined {
  if (dragging === undefined) return undefined
  const lines = dragging.text.split('\n')
  const width = Math.max(...lines.map((line) => widthOf(context, BOLD, line))) + 12
  const [x, y] = projection.screen(projection.a(dragging.time_s), projection.b(dragging.position_m))
  const [right] = projection.screen(projection.length, projection.breadth)
  return { lines, left: Math.max(2, Math.min(right - width - 2, x + 12)), top: Math.max(2, y - 24 - 15 * lines.length), width, height: 15 * lines.length + 8 }
}

function paintTip(context: Context, picture: LivePicture, ratio: number): void {
  const tip = tipOf(context, picture)
  if (tip === undefined) return
  enterScreen(context, ratio)
  context.font = BOLD
  context.fillStyle = picture.colours.strong
  context.fillRect(tip.left, tip.top, tip.width, tip.height)
  context.fillStyle = picture.colours.ground
  for (const [i, line] of tip.lines.entries()) context.fillText(line, tip.left + 6, tip.top + 15 + 15 * i)
}
