// Where bands are told in figures: placed once for a picture, so that what is painted anew knows where they were.
import { repeats, type EditorBand, type EditorScene } from '../../diagram/editor-scene.ts'
import type { Projection } from '../../diagram/view.ts'
import type { Direction } from '../../model/plan.ts'
import { withAlpha } from './colours.ts'
import { BOLD, enterScreen, FONT, showsBands, widthOf, type Context, type LivePicture, type Part } from './live-picture.ts'

/** Middle and half the width, px of the screen. */
interface Place { x: number; y: number; half: number }
export interface BandLabel extends Place { text: string; font: string; direction: Direction }
/** Of each scene that is painted. */
export type Labels = ReadonlyMap<EditorScene, readonly BandLabel[]>

export const LABEL_PX = { above: 8, below: 7 } as const

/** Whole bands first, then links where there is room; a label that does not fit is in the table. */
export function placeLabels(context: Context, picture: LivePicture, scene: EditorScene): BandLabel[] {
  const taken: BandLabel[] = []
  for (const whole of [true, false]) {
    if (!showsBands(picture, scene, whole)) continue
    const font = whole ? BOLD : FONT
    for (const band of scene.bands) {
      if (band.whole !== whole) continue
      const text = picture.labels(band)
      const half = widthOf(context, font, text) / 2 + 3
      const place = placeOf(band, scene.cycle_s!, picture.projection, half, taken)
      if (place !== undefined) taken.push({ ...place, text, font, direction: band.direction })
    }
  }
  return taken
}

/** In the plane. */
export function boxOfLabel({ swapped }: Projection, { x, y, half }: Place): Part['box'] {
  const box = { a0: x - half, a1: x + half, b0: y - LABEL_PX.above, b1: y + LABEL_PX.below }
  return swapped ? { a0: box.b0, a1: box.b1, b0: box.a0, b1: box.a1 } : box
}

export function paintLabels(context: Context, { projection, colours }: LivePicture, labels: readonly BandLabel[], { box }: Part, ratio: number): void {
  enterScreen(context, ratio)
  context.textAlign = 'center'
  for (const label of labels) {
    const own = boxOfLabel(projection, label)
    if (own.a1 < box.a0 || own.a0 > box.a1 || own.b1 < box.b0 || own.b0 > box.b1) continue
    const { x, y, half, text, font, direction } = label
    context.font = font
    context.fillStyle = withAlpha(colours.ground, 0.82)
    context.fillRect(x - half, y - LABEL_PX.above, 2 * half, LABEL_PX.above + LABEL_PX.below)
    context.fillStyle = colours[direction]
    context.fillText(text, x, y + 3.5)
  }
  context.textAlign = 'start'
}

/** The middle of the longest link in the middle of the picture that is free. */
function placeOf(band: EditorBand, cycle_s: number, projection: Projection, half: number, taken: readonly Place[]): Place | undefined {
  const { times_s, positions_m, width_s } = band
  const legs = Array.from(times_s.slice(1), (_, i) => i).sort((i, j) => Math.abs(positions_m[j + 1]! - positions_m[j]!) - Math.abs(positions_m[i + 1]! - positions_m[i]!)).slice(0, 4)
  const [width, height] = projection.screen(projection.length, projection.breadth)
  for (const i of legs) {
    const room = Math.abs(projection.b(positions_m[i + 1]!) - projection.b(positions_m[i]!))
    if (room < (projection.swapped ? 2 * half : 30)) continue
    const middle_s = (projection.view.from_s + projection.view.to_s) / 2
    const shares = [0.5, 0.36, 0.64].map((share) => ({ time: times_s[i]! + share * (times_s[i + 1]! - times_s[i]!) + width_s / 2, position: positions_m[i]! + share * (positions_m[i + 1]! - positions_m[i]!) }))
    const places = shares.flatMap(({ time, position }) => [...repeats(time, time, cycle_s, [projection.view.from_s, projection.view.to_s])].map((shift) => ({ time: time + shift, position }))).sort((p, q) => Math.abs(p.time - middle_s) - Math.abs(q.time - middle_s))
    for (const { time, position } of places) {
      const [x, y] = projection.screen(projection.a(time), projection.b(position))
      if (x < half || x > width - half || y < 10 || y > height - 10) continue
      if (taken.every((box) => Math.abs(box.x - x) > box.half + half + 2 || Math.abs(box.y - y) > 16)) return { x, y, half }
    }
  }
  return undefined
}
