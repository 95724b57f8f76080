// The still plane under the signals: grid, vehicles, queues. Painted anew when the view or the vehicles change, never while a signal is dragged.
import { multiples, timeStep } from '../../diagram/scale.ts'
import type { EditorScene } from '../../diagram/editor-scene.ts'
import { repeats } from '../../diagram/editor-scene.ts'
import { sideOf } from '../../diagram/pick.ts'
import type { Projection } from '../../diagram/view.ts'
import { formatTimeOfDay } from '../../model/units.ts'
import type { Density, QueueColumns, QueueProfile } from '../engine/protocol.ts'
import { withAlpha, type Colours } from './colours.ts'
import { enterPlane, enterScreen, FONT } from './live-picture.ts'
import type { TrajectoryLayer, TrajectoryPicture } from './trajectory-layer.ts'

export interface PlanePicture {
  scene: EditorScene
  projection: Projection
  colours: Colours
  trajectories: (TrajectoryPicture & { key: string; layer: TrajectoryLayer }) | undefined
  density: { picture: HTMLCanvasElement; projection: Projection } | undefined
  /** Of a simulation. */
  queues: QueueColumns | undefined
  /** Of a usual cycle, as the engine estimates. */
  profiles: readonly QueueProfile[]
  moving: boolean
}

/** True where the vehicles need further frames. */
export function paintPlane(context: CanvasRenderingContext2D, picture: PlanePicture, ratio: number): boolean {
  const { projection, colours, scene, density, trajectories } = picture
  enterScreen(context, ratio)
  context.fillStyle = colours.ground
  context.fillRect(0, 0, context.canvas.width / ratio, context.canvas.height / ratio)
  paintGrid(context, scene, projection, colours, ratio)
  if (density !== undefined) paintDensity(context, density, projection, ratio)
  const more = trajectories !== undefined && trajectories.layer.paint(context, trajectories, projection, ratio, trajectories.key, picture.moving)
  enterPlane(context, projection, ratio)
  if (picture.queues !== undefined) paintQueues(context, picture.queues, projection, colours)
  else paintProfiles(context, picture)
  return more
}

function paintGrid(context: CanvasRenderingContext2D, scene: EditorScene, projection: Projection, colours: Colours, ratio: number): void {
  enterPlane(context, projection, ratio)
  const { view, length, breadth } = projection
  const step = timeStep(view.to_s - view.from_s, length / 62)
  context.fillStyle = colours.rule
  for (const t of multiples(view.from_s, view.to_s, step)) context.fillRect(Math.round(projection.a(t)) - 0.5, 0, 1, breadth)
  for (const { position_m } of scene.stations) context.fillRect(0, projection.b(position_m) - 0.5, length, 1)
}

/** Made by the worker for another view of a moment ago it is stretched; the axis of distance is the true one. */
function paintDensity(context: CanvasRenderingContext2D, { picture, projection: made }: { picture: HTMLCanvasElement; projection: Projection }, projection: Projection, ratio: number): void {
  const { view } = made
  const a = projection.a(view.from_s)
  const length = (view.to_s - view.from_s) * projection.px_per_s
  const breadth = (view.high_m - view.low_m) * projection.px_per_m
  enterScreen(context, ratio)
  if (!projection.swapped) return context.drawImage(picture, a, (projection.view.high_m - view.high_m) * projection.px_per_m, length, breadth)
  // Its rows run from the farthest place down; on the swapped screen they run from right to left.
  const right = (view.high_m - projection.view.low_m) * projection.px_per_m
  context.save()
  context.transform(0, 1, -1, 0, right, a)
  context.drawImage(picture, 0, 0, length, breadth)
  context.restore()
}

export const canvasOf = ({ width, height, pixels }: Density): HTMLCanvasElement => {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0)
  return canvas
}

function paintQueues(context: CanvasRenderingContext2D, { starts_s, ends_s, front_m, back_m, spillback }: QueueColumns, projection: Projection, colours: Colours): void {
  const { view } = projection
  for (const spilled of [0, 1]) {
    context.fillStyle = withAlpha(spilled === 1 ? colours.spill : colours.queue, spilled === 1 ? 0.5 : 0.28)
    for (let i = 0; i < starts_s.length; i++) {
      if (spillback[i] !== spilled || ends_s[i]! < view.from_s || starts_s[i]! > view.to_s) continue
      const [b0, b1] = [projection.b(front_m[i]!), projection.b(back_m[i]!)]
      context.fillRect(projection.a(starts_s[i]!), Math.min(b0, b1), (ends_s[i]! - starts_s[i]!) * projection.px_per_s, Math.max(1, Math.abs(b1 - b0)))
    }
  }
}

/** Estimated queues of a usual cycle: upstream of each stop line, red edged where they would block the signal before. */
function paintProfiles(context: CanvasRenderingContext2D, { profiles, projection, scene, colours }: PlanePicture): void {
  const places = new Map(scene.stations.map(({ signal, position_m }) => [signal, position_m]))
  for (const { signal, direction, start_s, step_s, front_m, back_m, room_m } of profiles) {
    const lasts_s = back_m.length * step_s
    const position = places.get(signal)
    if (position === undefined) continue
    const upstream = direction === 'outbound' ? -1 : 1
    const sign = sideOf(direction, projection.swapped)
    for (const shift of repeats(start_s, start_s + lasts_s, lasts_s, [projection.view.from_s, projection.view.to_s])) {
      for (let i = 0; i < back_m.length; i++) {
        if (back_m[i]! - front_m[i]! < 1) continue
        const [near, far] = [projection.b(position + upstream * front_m[i]!), projection.b(position + upstream * Math.min(back_m[i]!, room_m))]
        context.fillStyle = withAlpha(back_m[i]! >= room_m ? colours.spill : colours.queue, 0.3)
        context.fillRect(projection.a(start_s + shift + i * step_s), sign === 1 ? near : far, step_s * projection.px_per_s + 0.3, Math.abs(far - near))
      }
    }
  }
}

/** Of the time axis: labels, and a measure over the first whole cycle with its handle at the right end. */
export function paintRuler(context: CanvasRenderingContext2D, projection: Projection, cycle_s: number | undefined, colours: Colours, ratio: number, cycle_label: string): void {
  const { view, length, swapped } = projection
  enterScreen(context, ratio)
  const [width, height] = swapped ? [RULER_PX.swapped, length] : [length, RULER_PX.upright]
  context.fillStyle = colours.ground
  context.fillRect(0, 0, width, height)
  context.font = FONT
  const step = timeStep(view.to_s - view.from_s, length / (swapped ? 40 : 70))
  const clock = view.from_s >= 3600
  context.fillStyle = colours.quiet
  context.textAlign = swapped ? 'right' : 'center'
  for (const t of multiples(view.from_s, view.to_s, step)) {
    const at = projection.a(t)
    const text = clock ? formatTimeOfDay(t) : String(t)
    if (swapped) context.fillText(text, width - 16, at + 4)
    else if (at > 22 && at < length - 22) context.fillText(text, at, 13)
  }
  const measure = cycleMeasure(projection, cycle_s)
  if (measure !== undefined) {
    const edge = (swapped ? width : height) - 6
    context.fillStyle = colours.strong
    if (swapped) context.fillRect(edge, measure.a, 2, measure.b - measure.a)
    else context.fillRect(measure.a, edge, measure.b - measure.a, 2)
    context.fillStyle = colours.select
    if (swapped) context.fillRect(edge - 5, measure.b - 2, 10, 4)
    else context.fillRect(measure.b - 2, edge - 5, 4, 10)
    if (!swapped && measure.b - measure.a > 60) {
      context.font = FONT
      // Whole above the edge of the ruler, the line broken under it.
      const half = context.measureText(cycle_label).width / 2 + 4
      context.fillStyle = colours.ground
      context.fillRect((measure.a + measure.b) / 2 - half, edge - 8, 2 * half, 14)
      context.fillStyle = colours.ink
      context.fillText(cycle_label, (measure.a + measure.b) / 2, edge + 2)
    }
  }
  context.textAlign = 'start'
}

export const RULER_PX = { upright: 34, swapped: 72 } as const

/** The first whole cycle inside the view, px. */
export function cycleMeasure(projection: Projection, cycle_s: number | undefined): { a: number; b: number; start_s: number } | undefined {
  if (cycle_s === undefined) return undefined
  const start_s = Math.ceil(projection.view.from_s / cycle_s - 1e-9) * cycle_s
  if (start_s + cycle_s > projection.view.to_s) return undefined
  return { a: projection.a(start_s), b: projection.a(start_s + cycle_s), start_s }
}
