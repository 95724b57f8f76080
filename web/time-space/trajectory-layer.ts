// Vehicles by the thousand as a bitmap: drawn piece by piece so that no frame is late, shown shifted or stretched while the view moves, drawn anew when
// it rests. Above a limit they become a density picture from the worker.
import type { Projection, View } from '../../diagram/view.ts'
import type { TrajectoryColumns } from '../engine/protocol.ts'

export interface TrajectoryPicture {
  columns: TrajectoryColumns
  /** Class of each vehicle, and the colour and dash of each class. */
  classes: Uint8Array
  styles: readonly { colour: string; dash: readonly number[] }[]
  /** Laid over one cycle of this length; absent as they drove. */
  fold_s: number | undefined
}

/** Of the 16 ms of a frame; the rest belongs to what follows the hand. */
const BUDGET_MS = 6
/** Between two looks at the clock. */
const CHUNK = 96

interface Bitmap { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D; view: View; key: string }

function bitmap(): Bitmap {
  const canvas = document.createElement('canvas')
  return { canvas, context: canvas.getContext('2d')!, view: { from_s: 0, to_s: 1, low_m: 0, high_m: 1 }, key: '' }
}

export class TrajectoryLayer {
  #front = bitmap()
  #back = bitmap()
  #next = 0
  #complete = false

  /** Paints what is there on the context of the plane; true where more has to be drawn in further frames. `moving`: the view is still being changed. */
  paint(target: CanvasRenderingContext2D, picture: TrajectoryPicture, projection: Projection, ratio: number, key: string, moving: boolean): boolean {
    const { length, breadth, view } = projection
    const [width, height] = projection.screen(length, breadth)
    const wanted = `${key} ${view.from_s} ${view.to_s} ${view.low_m} ${view.high_m} ${width} ${height} ${ratio}`
    if (this.#front.key !== wanted && !moving) this.#advance(picture, projection, ratio, wanted, width, height)
    if (this.#complete && this.#back.key === wanted) [this.#front, this.#back, this.#complete] = [this.#back, this.#front, false]
    const shown = this.#front.key.startsWith(`${key} `) ? this.#front : this.#back.key === wanted ? this.#back : undefined
    if (shown !== undefined) blit(target, shown, projection, ratio)
    return this.#front.key !== wanted && !moving
  }

  #advance(picture: TrajectoryPicture, projection: Projection, ratio: number, wanted: string, width: number, height: number): void {
    const back = this.#back
    if (back.key !== wanted) {
      Object.assign(back, { key: wanted, view: projection.view })
      back.canvas.width = Math.max(1, Math.round(width * ratio))
      back.canvas.height = Math.max(1, Math.round(height * ratio))
      this.#next = 0
      this.#complete = false
      back.context.setTransform(ratio, 0, 0, ratio, 0, 0)
      back.context.lineWidth = 0.8
      back.context.lineJoin = 'round'
    }
    const vehicles = picture.columns.starts.length - 1
    const end = performance.now() + BUDGET_MS
    while (this.#next < vehicles) {
      drawVehicles(back.context, picture, projection, this.#next, Math.min(vehicles, this.#next + CHUNK))
      this.#next += CHUNK
      if (performance.now() > end) break
    }
    this.#complete = this.#next >= vehicles
  }
}

/** The bitmap where its view lies in the view of now: shifted by a pan, stretched by a zoom until it is drawn anew. */
function blit(target: CanvasRenderingContext2D, { canvas, view }: Bitmap, projection: Projection, ratio: number): void {
  const { view: now, px_per_s, px_per_m, swapped } = projection
  const a = (view.from_s - now.from_s) * px_per_s
  const length = (view.to_s - view.from_s) * px_per_s
  const b = (swapped ? view.low_m - now.low_m : now.high_m - view.high_m) * px_per_m
  const breadth = (view.high_m - view.low_m) * px_per_m
  const [x, y] = projection.screen(a, b)
  const [width, height] = projection.screen(length, breadth)
  target.setTransform(ratio, 0, 0, ratio, 0, 0)
  target.drawImage(canvas, x, y, width, height)
}

/** By how much a vehicle is shifted so that it begins in the first whole cycle of the view. */
export const foldShift = (time_s: number, from_s: number, cycle_s: number): number => (Math.floor(from_s / cycle_s) - Math.floor(time_s / cycle_s)) * cycle_s

function drawVehicles(context: CanvasRenderingContext2D, { columns, classes, styles, fold_s }: TrajectoryPicture, projection: Projection, from: number, to: number): void {
  const { starts, times_s, positions_m } = columns
  const { view, px_per_s, px_per_m, swapped, axis } = projection
  for (const [own, { colour, dash }] of styles.entries()) {
    let any = false
    context.beginPath()
    for (let v = from; v < to; v++) {
      if (classes[v] !== own) continue
      const [first, end] = [starts[v]!, starts[v + 1]!]
      const shift = fold_s === undefined ? 0 : foldShift(times_s[first]!, view.from_s, fold_s)
      if (end - first < 2 || times_s[end - 1]! + shift < view.from_s || times_s[first]! + shift > view.to_s) continue
      any = true
      for (let i = first; i < end; i++) {
        const a = (times_s[i]! + shift - view.from_s) * px_per_s
        const drawn = axis.drawn(positions_m[i]!)
        const b = (swapped ? drawn - view.low_m : view.high_m - drawn) * px_per_m
        if (i === first) context.moveTo(swapped ? b : a, swapped ? a : b)
        else context.lineTo(swapped ? b : a, swapped ? a : b)
      }
    }
    if (!any) continue
    context.strokeStyle = colour
    context.setLineDash(dash as number[])
    context.stroke()
  }
}

/** How many vehicles touch the view. */
export function countVisible({ starts, times_s }: TrajectoryColumns, { from_s, to_s }: View, fold_s: number | undefined): number {
  let seen = 0
  for (let v = 0; v + 1 < starts.length; v++) {
    const [first, end] = [starts[v]!, starts[v + 1]!]
    if (end === first) continue
    const shift = fold_s === undefined ? 0 : foldShift(times_s[first]!, from_s, fold_s)
    if (times_s[end - 1]! + shift >= from_s && times_s[first]! + shift <= to_s) seen++
  }
  return seen
}

/** The vehicle nearest to a point, within a reach in px; undefined where there is none. */
export function vehicleAt({ columns, fold_s }: Pick<TrajectoryPicture, 'columns' | 'fold_s'>, projection: Projection, a: number, b: number, reach = 6): number | undefined {
  const { starts, times_s, positions_m } = columns
  const { view } = projection
  const time = projection.time(a)
  const slack = reach / projection.px_per_s
  let best: { vehicle: number; distance: number } | undefined
  for (let v = 0; v + 1 < starts.length; v++) {
    const [first, end] = [starts[v]!, starts[v + 1]!]
    const shift = end === first || fold_s === undefined ? 0 : foldShift(times_s[first]!, view.from_s, fold_s)
    if (end === first || times_s[first]! + shift > time + slack || times_s[end - 1]! + shift < time - slack) continue
    for (let i = first + 1; i < end; i++) {
      const [t0, t1] = [times_s[i - 1]! + shift, times_s[i]! + shift]
      if (t1 < time - slack || t0 > time + slack) continue
      const distance = toSegment(a, b, projection.a(t0), projection.b(positions_m[i - 1]!), projection.a(t1), projection.b(positions_m[i]!))
      if (distance <= reach && distance < (best?.distance ?? Infinity)) best = { vehicle: v, distance }
    }
  }
  return best?.vehicle
}

function toSegment(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length2 = dx * dx + dy * dy
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2))
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy)
}

/** Halts of one vehicle: where and how long it stood. */
export function stopsOf({ starts, times_s, positions_m }: TrajectoryColumns, vehicle: number): { at_s: number; position_m: number; lasted_s: number }[] {
  const stops: { at_s: number; position_m: number; lasted_s: number }[] = []
  for (let i = starts[vehicle]! + 1; i < starts[vehicle + 1]!; i++) {
    const lasted = times_s[i]! - times_s[i - 1]!
    // Slower than a walk for some seconds is a halt, whatever creeps in between.
    if (lasted < 2 || Math.abs(positions_m[i]! - positions_m[i - 1]!) > 1.4 * lasted) continue
    const last = stops.at(-1)
    if (last !== undefined && last.at_s + last.lasted_s >= times_s[i - 1]! - 1) last.lasted_s = times_s[i]! - last.at_s
    else stops.push({ at_s: times_s[i - 1]!, position_m: positions_m[i - 1]!, lasted_s: lasted })
  }
  return stops
}
