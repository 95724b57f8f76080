// Paints what follows the hand: signals, bands, ghost, selection, cursor. The plane below it (grid, vehicles, queues) stays as it is meanwhile.
import { barOf, sideOf } from '../../diagram/pick.ts'
import { repeats, SHOWN, type EditorBand, type EditorScene } from '../../diagram/editor-scene.ts'
import type { Projection } from '../../diagram/view.ts'
import { paintLabels, type Labels } from './band-labels.ts'
import { withAlpha } from './colours.ts'
import type { Box } from './damage.ts'
import { DIRECTIONS, eachInterval, enterPlane, isFaded, partOf, reaches, showsBands, type Context, type LivePicture, type Part } from './live-picture.ts'
import { paintDifference, paintGhost, paintGreens } from './paint-beside.ts'
import { paintOverlay } from './paint-overlay.ts'

/** Those boxes anew, everything else stays. */
export function paintLive(context: Context, picture: LivePicture, ratio: number, boxes: readonly Box[], labels: Labels): void {
  eachBox(context, picture, ratio, boxes, (part, scene) => {
    paintBands(context, picture, scene, false, part)
    paintSignals(context, picture, scene, part)
    if (picture.ghost !== undefined) paintGhost(context, picture, picture.ghost, part)
    if (picture.greens !== undefined) paintGreens(context, picture)
    paintLabels(context, picture, labels.get(scene) ?? [], part, ratio)
  }, (part) => {
    if (picture.other?.as === 'difference') paintDifference(context, picture, picture.other.scene)
    paintOverlay(context, picture, part, ratio)
  })
}

/** The bands from end to end, on a layer of their own: they cross everything, and most moves of one signal leave them as they are. */
export function paintWholeBands(context: Context, picture: LivePicture, ratio: number): void {
  const { length, breadth } = picture.projection
  eachBox(context, picture, ratio, [{ a0: 0, b0: 0, a1: length, b1: breadth }], (part, scene) => paintBands(context, picture, scene, true, part), () => {})
}

function eachBox(context: Context, picture: LivePicture, ratio: number, boxes: readonly Box[], paint: (part: Part, scene: EditorScene) => void, paintAbove: (part: Part) => void): void {
  const { projection, other, colours } = picture
  for (const box of boxes) {
    context.save()
    clipTo(context, projection, ratio, box)
    context.clearRect(box.a0, box.b0, box.a1 - box.a0, box.b1 - box.b0)
    if (other?.as === 'split') {
      const middle = projection.length / 2
      for (const [half, scene] of [[{ ...box, a1: middle }, picture.scene], [{ ...box, a0: middle }, other.scene]] as const) {
        context.save()
        clipTo(context, projection, ratio, half)
        paint(partOf(projection, half), scene)
        context.restore()
      }
      enterPlane(context, projection, ratio)
      context.fillStyle = colours.strong
      context.fillRect(middle - 1, 0, 2, projection.breadth)
    } else paint(partOf(projection, box), picture.scene)
    enterPlane(context, projection, ratio)
    paintAbove(partOf(projection, box))
    context.restore()
  }
}

function clipTo(context: Context, projection: Projection, ratio: number, { a0, b0, a1, b1 }: Box): void {
  enterPlane(context, projection, ratio)
  context.beginPath()
  context.rect(a0, b0, a1 - a0, b1 - b0)
  context.clip()
}

/** Both halves of each bar; full green where both are green, paler where one is: told apart by height too. */
function paintSignals(context: Context, picture: LivePicture, scene: EditorScene, part: Part): void {
  const { projection, colours } = picture
  const bar = barOf(scene, projection)
  const fills: Record<number, string> = { [SHOWN.green]: colours.single, [SHOWN.yellow]: colours.yellow, [SHOWN.clearance]: colours.clearance, [SHOWN.red]: colours.red }
  // Rectangles by colour: changing the colour costs more than filling.
  const rectangles = new Map<string, number[]>()
  const add = (colour: string, a: number, b: number, length: number, breadth: number): void => {
    let list = rectangles.get(colour)
    if (list === undefined) rectangles.set(colour, (list = []))
    list.push(a, b, length, breadth)
  }
  for (const station of scene.stations) {
    const middle = projection.b(station.position_m)
    if (!reaches(part, middle, bar)) continue
    const faded = isFaded(picture, station.signal)
    eachInterval(station, part.range, (from_s, to_s, outbound, inbound) => {
      const [a, length] = [projection.a(from_s), (to_s - from_s) * projection.px_per_s]
      const both = outbound === SHOWN.green && inbound === SHOWN.green
      for (const direction of DIRECTIONS) {
        const shown = direction === 'outbound' ? outbound : inbound
        if (shown === SHOWN.none) continue
        const side = sideOf(direction, projection.swapped)
        const height = shown === SHOWN.red ? bar * 0.55 : bar
        const colour = station.free ? colours.free : shown === SHOWN.green && both ? colours.green : fills[shown]!
        add(faded ? withAlpha(colour, 0.35) : colour, a, side === 1 ? middle : middle - height, length, height)
      }
    })
  }
  for (const [colour, list] of rectangles) {
    context.fillStyle = colour
    for (let i = 0; i < list.length; i += 4) context.fillRect(list[i]!, list[i + 1]!, list[i + 2]!, list[i + 3]!)
  }
  paintReferences(context, picture, scene, bar, part)
  if (picture.pedestrians) paintWalks(context, picture, scene, bar, part)
}

/** The tick of the offset's reference point, and a thin one for each further cycle of a half cycle. */
function paintReferences(context: Context, { projection, colours }: LivePicture, scene: EditorScene, bar: number, part: Part): void {
  context.fillStyle = colours.strong
  for (const station of scene.stations) {
    const middle = projection.b(station.position_m)
    if (station.free || !reaches(part, middle, bar + 3)) continue
    for (const shift of repeats(station.offset_s, station.offset_s, station.cycle_s, part.range)) context.fillRect(projection.a(station.offset_s + shift) - 1, middle - bar - 3, 2, 2 * bar + 6)
  }
}

function paintWalks(context: Context, { projection, colours }: LivePicture, scene: EditorScene, bar: number, part: Part): void {
  context.fillStyle = colours.strong
  const thick = Math.max(1.5, bar / 4)
  for (const { walks_s, position_m, offset_s, cycle_s } of scene.stations) {
    const b = projection.b(position_m) - thick / 2
    if (!reaches(part, b, thick)) continue
    for (const { from_s, walk_s, clearance_s } of walks_s) {
      const begin = offset_s + from_s
      for (const shift of repeats(begin, begin + walk_s + clearance_s, cycle_s, part.range)) {
        context.fillRect(projection.a(begin + shift), b, walk_s * projection.px_per_s, thick)
        for (let t = 0; t < clearance_s; t += 2) context.fillRect(projection.a(begin + shift + walk_s + t), b, Math.min(1, clearance_s - t) * projection.px_per_s, thick)
      }
    }
  }
}

function traceBand(context: Context, { projection }: LivePicture, { times_s, positions_m, width_s }: EditorBand, shift: number): void {
  for (let i = 0; i < times_s.length; i++) {
    const [a, b] = [projection.a(times_s[i]! + shift), projection.b(positions_m[i]!)]
    if (i === 0) context.moveTo(a, b)
    else context.lineTo(a, b)
  }
  for (let i = times_s.length - 1; i >= 0; i--) context.lineTo(projection.a(times_s[i]! + shift + width_s), projection.b(positions_m[i]!))
  context.closePath()
}

function paintBands(context: Context, picture: LivePicture, scene: EditorScene, whole: boolean, part: Part): void {
  const { colours, projection } = picture
  if (!showsBands(picture, scene, whole)) return
  for (const direction of DIRECTIONS) {
    let any = false
    context.beginPath()
    for (const band of scene.bands) {
      if (band.direction !== direction || band.whole !== whole) continue
      const [b0, b1] = [projection.b(band.positions_m[0]!), projection.b(band.positions_m.at(-1)!)]
      if (!reaches(part, (b0 + b1) / 2, Math.abs(b1 - b0) / 2 + 2)) continue
      for (const shift of repeats(band.times_s[0]!, band.times_s.at(-1)! + band.width_s, scene.cycle_s!, part.range)) {
        traceBand(context, picture, band, shift)
        any = true
      }
    }
    if (!any) continue
    context.fillStyle = withAlpha(colours[direction], whole ? 0.24 : 0.09)
    context.fill()
    context.strokeStyle = withAlpha(colours[direction], whole ? 0.95 : 0.4)
    context.lineWidth = whole ? 1.4 : 0.8
    context.setLineDash(direction === 'inbound' ? [6, 3] : [])
    context.stroke()
  }
  context.setLineDash([])
}
