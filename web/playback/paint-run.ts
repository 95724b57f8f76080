// One instant of a run on a canvas: streets to scale, standing queues, lanterns at their stop lines, vehicles. Vehicles are batched by direction and state;
// only what lies in the drawing is painted, and from afar a vehicle is a dot.
import type { Network, Point } from '../../model/network.ts'
import { laneLines } from '../../model/lane-lines.ts'
import { boxOf, toPixel, type Box, type Size, type View } from '../map/view.ts'
import type { Palette } from '../map/scene.ts'
import { GREEN, RED, YELLOW, YIELDS, type SignalHead } from './protocol.ts'
import type { Car, Recording } from './recording.ts'

/** Standing, as everywhere here: slower than 5 mi/h (HCM). */
const STANDING_MPS = 2.24
const CAR_WIDTH_M = 1.9
/** Pixels per metre from which on vehicles have their shape, lanterns are by lane, and lanes are marked. */
const SHAPES_FROM = 0.9
const LANTERNS_FROM = 1.4
const MARKS_FROM = 2
const DIRECTIONS = 48

/** What of the network is painted, once. */
export interface Ground {
  lanes: { points: readonly Point[]; width_m: number; outer: boolean; box: Box }[]
  paths: { points: readonly Point[]; box: Box }[]
  box: Box
}

export function groundOf(network: Network): Ground {
  const lanes = laneLines(network).flatMap((lines, l) => lines.map((points, lane) => ({ points, width_m: network.links[l]!.lanes[lane]!.width_m, outer: lane === lines.length - 1, box: boxOf(points) })))
  const paths = network.connections.flatMap(({ shape_m }) => (shape_m === undefined || shape_m.length < 2 ? [] : [{ points: shape_m, box: boxOf(shape_m) }]))
  return { lanes, paths, box: boxOf(lanes.flatMap(({ points }) => points)) }
}

export interface RunPaint {
  context: CanvasRenderingContext2D
  view: View
  size: Size
  palette: Palette
  /** Moved to the right of the direction of travel by so many pixels, as the map moves carriageways aside; to the left where negative. */
  aside_px?: number
}

const asidePixel = ({ view, size, aside_px = 0 }: RunPaint, at: Point, heading: number): [number, number] => {
  const [x, y] = toPixel(view, size, at)
  return [x + aside_px * Math.sin(heading), y + aside_px * Math.cos(heading)]
}

const isSeen = ({ low, high }: Box, { x, y, scale }: View, { width, height }: Size): boolean => {
  const [wide, tall] = [width / 2 / scale + 10, height / 2 / scale + 10]
  return high[0] > x - wide && low[0] < x + wide && high[1] > y - tall && low[1] < y + tall
}

function trace(context: CanvasRenderingContext2D, points: readonly Point[], view: View, size: Size): void {
  points.forEach((at, i) => {
    const [x, y] = toPixel(view, size, at)
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
}

/** Does not change while nobody moves the view: kept as a picture by the caller. The land is not painted: the map lies behind. */
export function paintGround({ lanes, paths }: Ground, { context, view, size, palette }: RunPaint): void {
  context.lineCap = 'butt'
  context.lineJoin = 'round'
  const seen = lanes.filter(({ box }) => isSeen(box, view, size))
  context.strokeStyle = palette('--run-road')
  context.beginPath()
  for (const { points, box } of paths) if (isSeen(box, view, size)) trace(context, points, view, size)
  context.lineWidth = Math.max(1, 3.2 * view.scale)
  context.stroke()
  for (const width of new Set(seen.map(({ width_m }) => width_m))) {
    context.beginPath()
    for (const lane of seen) if (lane.width_m === width) trace(context, lane.points, view, size)
    context.lineWidth = Math.max(1.1, (width + 0.15) * view.scale)
    context.stroke()
  }
  if (view.scale < MARKS_FROM) return
  context.strokeStyle = palette('--run-mark')
  context.lineWidth = 1
  context.setLineDash([3 * view.scale, 6 * view.scale])
  context.beginPath()
  for (const { points, width_m, outer } of seen) if (!outer) trace(context, besideLeft(points, width_m / 2), view, size)
  context.stroke()
  context.setLineDash([])
}

/** To the left of the direction of travel: lanes count from the kerb. */
function besideLeft(points: readonly Point[], by_m: number): Point[] {
  return points.map(([x, y], i): Point => {
    const [[ax, ay], [bx, by]] = [points[Math.max(0, i - 1)]!, points[Math.min(points.length - 1, i + 1)]!]
    const length = Math.hypot(bx - ax, by - ay) || 1
    return [x - ((by - ay) / length) * by_m, y + ((bx - ax) / length) * by_m]
  })
}

/** Answers where the followed vehicle is, px; undefined where it is not there. */
export function paintInstant(recording: Recording, time_s: number, followed: number | undefined, paint: RunPaint): [number, number] | undefined {
  paintQueues(recording.queuesAt(time_s), paint)
  paintLanterns(recording, time_s, paint)
  return paintCars(recording.carsAt(time_s), followed, paint)
}

function paintQueues(queues: readonly [number, number, number, number][], paint: RunPaint): void {
  const { context, view, palette } = paint
  context.strokeStyle = palette('--run-queue')
  context.lineWidth = Math.max(3, 2.9 * view.scale)
  context.lineCap = 'butt'
  context.beginPath()
  for (const [x0, y0, x1, y1] of queues) {
    const heading = Math.atan2(y0 - y1, x0 - x1)
    const [a, b] = [asidePixel(paint, [x0, y0], heading), asidePixel(paint, [x1, y1], heading)]
    context.moveTo(a[0], a[1])
    context.lineTo(b[0], b[1])
  }
  context.stroke()
}

/** From afar one lantern per approach: that of its way straight on, or whatever it has. */
export function listFarLanterns(heads: readonly SignalHead[]): number[] {
  const best = new Map<string, number>()
  heads.forEach((head, h) => {
    const known = best.get(head.link)
    if (known === undefined || (heads[known]!.turn !== 'through' && head.turn === 'through')) best.set(head.link, h)
  })
  return [...best.values()]
}

/** Red is a bar across, yellow a diamond, green an arrow onwards; green that yields is a hollow one. */
function paintLanterns(recording: Recording, time_s: number, paint: RunPaint): void {
  const { context, view, size, palette } = paint
  const { heads } = recording.head
  const near = view.scale >= LANTERNS_FROM
  const listed = near ? heads.keys() : listFarLanterns(heads)
  const length = near ? Math.min(11, 1.5 * view.scale + 2) : Math.max(3.2, Math.min(6, 9 * view.scale))
  const places = new Map<string, number>()
  for (const h of listed) {
    const head = heads[h]!
    const lane = `${head.link} ${head.lane}`
    const place = places.get(lane) ?? 0
    places.set(lane, place + 1)
    // Several turns out of one lane: one behind the other.
    const back = place * (2.4 * length) / view.scale
    const [x, y] = asidePixel(paint, [head.x_m - Math.cos(head.heading) * back, head.y_m - Math.sin(head.heading) * back], head.heading)
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue
    lantern(context, recording.lampAt(h, time_s), x, y, -head.heading + (near ? LEAN[head.turn] : 0), length, palette)
  }
}

/** How an arrow leans, radians clockwise on the screen. */
const LEAN = { 'through': 0, 'left': -Math.PI / 4, 'right': Math.PI / 4, 'u-turn': -Math.PI / 2 } as const

function lantern(context: CanvasRenderingContext2D, shows: number | undefined, x: number, y: number, along: number, length: number, palette: Palette): void {
  context.save()
  context.translate(x, y)
  context.rotate(along)
  context.beginPath()
  context.lineWidth = Math.max(1.4, length / 4)
  if (shows === RED) context.rect(-length * 0.22, -length * 0.75, length * 0.44, length * 1.5)
  else if (shows === YELLOW) for (const [px, py] of [[length * 0.7, 0], [0, length * 0.7], [-length * 0.7, 0], [0, -length * 0.7]] as const) context.lineTo(px, py)
  else if (shows === GREEN || shows === YIELDS) for (const [px, py] of [[length, 0], [-length * 0.5, length * 0.7], [-length * 0.5, -length * 0.7]] as const) context.lineTo(px, py)
  else context.arc(0, 0, length * 0.3, 0, 2 * Math.PI)
  context.closePath()
  const colour = palette(shows === RED ? '--run-red' : shows === YELLOW ? '--run-yellow' : shows === undefined ? '--unknown' : '--run-green')
  context.strokeStyle = shows === YIELDS ? colour : palette('--run-edge')
  if (shows === YIELDS) context.stroke()
  else {
    context.lineWidth = 1
    context.fillStyle = colour
    context.fill()
    context.stroke()
  }
  context.restore()
}

function paintCars(cars: readonly Car[], followed: number | undefined, paint: RunPaint): [number, number] | undefined {
  const { context, view, size, palette } = paint
  const seen = cars.filter(({ x, y }) => isSeen({ low: [x, y], high: [x, y] }, view, size))
  if (view.scale >= SHAPES_FROM) paintShapes(seen, paint)
  else paintDots(seen, paint)
  const car = followed === undefined ? undefined : cars.find(({ vehicle }) => vehicle === followed)
  if (car === undefined) return undefined
  const [x, y] = asidePixel(paint, [car.x, car.y], car.heading)
  context.strokeStyle = palette('--run-follow')
  context.lineWidth = 3
  context.beginPath()
  context.arc(x, y, Math.max(9, 4 * view.scale), 0, 2 * Math.PI)
  context.stroke()
  return [x, y]
}

/** Who moves is a round dot, who stands a square one. */
function paintDots(cars: readonly Car[], paint: RunPaint): void {
  const { context, view, palette } = paint
  const radius = Math.max(1.5, Math.min(2.6, 4 * view.scale))
  for (const stands of [false, true]) {
    context.fillStyle = palette(stands ? '--run-stands' : '--run-moves')
    context.beginPath()
    for (const { x, y, heading, speed_mps } of cars) {
      if (speed_mps < STANDING_MPS !== stands) continue
      const [px, py] = asidePixel(paint, [x, y], heading)
      if (stands) context.rect(px - radius, py - radius, 2 * radius, 2 * radius)
      else {
        context.moveTo(px + radius, py)
        context.arc(px, py, radius, 0, 2 * Math.PI)
      }
    }
    context.fill()
  }
}

/** To scale, pointed at the front; who stands shows brake lights. One path for all that head the same way. */
function paintShapes(cars: readonly Car[], paint: RunPaint): void {
  const { context, view, palette } = paint
  const batches = new Map<number, Car[]>()
  for (const car of cars) {
    const turn = Math.round((car.heading / (2 * Math.PI)) * DIRECTIONS)
    const key = (((turn % DIRECTIONS) + DIRECTIONS) % DIRECTIONS) * 2 + (car.speed_mps < STANDING_MPS ? 1 : 0)
    const list = batches.get(key)
    if (list === undefined) batches.set(key, [car])
    else list.push(car)
  }
  const half = (CAR_WIDTH_M / 2) * view.scale
  for (const [key, list] of batches) {
    const angle = -((key >> 1) / DIRECTIONS) * 2 * Math.PI
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    context.save()
    context.rotate(angle)
    const boxes = list.map(({ x, y, heading, length_m }): [front: number, across: number, length: number] => {
      const [px, py] = asidePixel(paint, [x, y], heading)
      return [px * cos + py * sin, -px * sin + py * cos, length_m * view.scale]
    })
    context.fillStyle = palette(key % 2 === 1 ? '--run-stands' : '--run-moves')
    context.beginPath()
    for (const [front, across, length] of boxes) {
      const nose = Math.min(half, length / 3)
      context.moveTo(front - length, across - half)
      context.lineTo(front - nose, across - half)
      context.lineTo(front, across - half * 0.45)
      context.lineTo(front, across + half * 0.45)
      context.lineTo(front - nose, across + half)
      context.lineTo(front - length, across + half)
      context.closePath()
    }
    context.fill()
    if (key % 2 === 1) {
      context.fillStyle = palette('--run-brake')
      context.beginPath()
      for (const [front, across, length] of boxes) context.rect(front - length, across - half, Math.max(1.5, 0.7 * view.scale), 2 * half)
      context.fill()
    }
    context.restore()
  }
}

/** The vehicle under the pointer, within a finger's width. */
export function carAt(cars: readonly Car[], at: Point, within_m: number): number | undefined {
  let best: number | undefined
  let least = within_m
  for (const { vehicle, x, y, heading, length_m } of cars) {
    const away = Math.hypot(x - (Math.cos(heading) * length_m) / 2 - at[0], y - (Math.sin(heading) * length_m) / 2 - at[1])
    if (away <= least) [best, least] = [vehicle, away]
  }
  return best
}
