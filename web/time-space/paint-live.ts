// Paints what follows the hand: signals, bands, ghost, selection, cursor. The plane below it (grid, vehicles, queues) stays as it is meanwhile.
import { barOf, changesOf, sideOf } from '../../diagram/pick.ts'
import { repeats, SHOWN, type EditorBand, type EditorScene, type EditorStation } from '../../diagram/editor-scene.ts'
import type { Projection } from '../../diagram/view.ts'
import type { Direction } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import { withAlpha, type Colours } from './colours.ts'

export interface LivePicture {
  scene: EditorScene
  /** Drawn where it differs from the scene. */
  ghost: EditorScene | undefined
  /** Beside the scene: right half of the picture, or as gains and losses of green. */
  other: { scene: EditorScene; as: 'split' | 'difference' } | undefined
  projection: Projection
  colours: Colours
  /** Signals that would move together; the rest is faded when there are several. */
  selected: ReadonlySet<string>
  focused: { signal: string; handle: string } | undefined
  hovered: { signal?: string | undefined; time_s?: number | undefined } | undefined
  pedestrians: boolean
  bandsShown: 'both' | 'whole' | 'link' | 'none'
  now_s: number | undefined
  labels: (band: EditorBand) => string
  dragging: { text: string; time_s: number; position_m: number } | undefined
  /** Greens as the lamps showed them, master time of the day. */
  greens: readonly { signal: string; direction: Direction; from_s: number; to_s: number }[] | undefined
}

type Context = CanvasRenderingContext2D

const DIRECTIONS = ['outbound', 'inbound'] as const satisfies readonly Direction[]
export const FONT = '11px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif'
const BOLD = '600 11px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif'

/** The canvas in the plane of time and street, so that a swap of the axes is one transform. */
export const enterPlane = (context: Context, { swapped }: Projection, ratio: number): void => (swapped ? context.setTransform(0, ratio, ratio, 0, 0, 0) : context.setTransform(ratio, 0, 0, ratio, 0, 0))
export const enterScreen = (context: Context, ratio: number): void => context.setTransform(ratio, 0, 0, ratio, 0, 0)

export function paintLive(context: Context, picture: LivePicture, ratio: number): void {
  const { projection, other } = picture
  enterScreen(context, ratio)
  context.clearRect(0, 0, context.canvas.width / ratio, context.canvas.height / ratio)
  if (other?.as === 'split') {
    const middle = projection.length / 2
    clipped(context, projection, ratio, 0, middle, () => paintScene(context, picture, picture.scene, ratio))
    clipped(context, projection, ratio, middle, projection.length, () => paintScene(context, picture, other.scene, ratio))
    enterPlane(context, projection, ratio)
    context.fillStyle = picture.colours.strong
    context.fillRect(middle - 1, 0, 2, projection.breadth)
  } else paintScene(context, picture, picture.scene, ratio)
  if (other?.as === 'difference') paintDifference(context, picture, other.scene, ratio)
  paintOverlay(context, picture, ratio)
}

function clipped(context: Context, projection: Projection, ratio: number, from: number, to: number, paint: () => void): void {
  context.save()
  enterPlane(context, projection, ratio)
  context.beginPath()
  context.rect(from, 0, to - from, projection.breadth)
  context.clip()
  paint()
  context.restore()
}

function paintScene(context: Context, picture: LivePicture, scene: EditorScene, ratio: number): void {
  enterPlane(context, picture.projection, ratio)
  paintBands(context, picture, scene)
  paintSignals(context, picture, scene)
  if (picture.ghost !== undefined) paintGhost(context, picture, picture.ghost)
  if (picture.greens !== undefined) paintGreens(context, picture)
  paintBandLabels(context, picture, scene, ratio)
}

const rangeOf = ({ view }: Projection): readonly [number, number] => [view.from_s, view.to_s]
const isFaded = ({ selected }: LivePicture, signal: string): boolean => selected.size > 1 && !selected.has(signal)

/** Both halves of each bar; full green where both are green, paler where one is: told apart by height too. */
function paintSignals(context: Context, picture: LivePicture, scene: EditorScene): void {
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
    if (middle < -bar || middle > projection.breadth + bar) continue
    const faded = isFaded(picture, station.signal)
    eachInterval(station, rangeOf(projection), (from_s, to_s, outbound, inbound) => {
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
  paintReferences(context, picture, scene, bar)
  if (picture.pedestrians) paintWalks(context, picture, scene, bar)
}

/** Every interval of a stop line that touches the range, in master time. */
function eachInterval(station: EditorStation, range: readonly [number, number], visit: (from_s: number, to_s: number, outbound: number, inbound: number) => void): void {
  const { starts_s, cycle_s, offset_s, outbound, inbound } = station
  for (const shift of repeats(offset_s, offset_s + cycle_s, cycle_s, range)) {
    for (let i = 0; i < starts_s.length; i++) {
      const from = offset_s + shift + starts_s[i]!
      const to = offset_s + shift + (starts_s[i + 1] ?? cycle_s)
      if (to > range[0] && from < range[1]) visit(from, to, outbound[i]!, inbound[i]!)
    }
  }
}

/** The tick of the offset's reference point, and a thin one for each further cycle of a half cycle. */
function paintReferences(context: Context, { projection, colours }: LivePicture, scene: EditorScene, bar: number): void {
  context.fillStyle = colours.strong
  for (const station of scene.stations) {
    if (station.free) continue
    const middle = projection.b(station.position_m)
    for (const shift of repeats(station.offset_s, station.offset_s, station.cycle_s, rangeOf(projection))) context.fillRect(projection.a(station.offset_s + shift) - 1, middle - bar - 3, 2, 2 * bar + 6)
  }
}

function paintWalks(context: Context, { projection, colours }: LivePicture, scene: EditorScene, bar: number): void {
  context.fillStyle = colours.strong
  const thick = Math.max(1.5, bar / 4)
  for (const { walks_s, position_m, offset_s, cycle_s } of scene.stations) {
    const b = projection.b(position_m) - thick / 2
    for (const { from_s, walk_s, clearance_s } of walks_s) {
      const begin = offset_s + from_s
      for (const shift of repeats(begin, begin + walk_s + clearance_s, cycle_s, rangeOf(projection))) {
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

function paintBands(context: Context, picture: LivePicture, scene: EditorScene): void {
  const { projection, colours, bandsShown } = picture
  if (scene.cycle_s === undefined || bandsShown === 'none') return
  for (const whole of [false, true]) {
    if (bandsShown === (whole ? 'link' : 'whole')) continue
    for (const direction of DIRECTIONS) {
      context.beginPath()
      for (const band of scene.bands) {
        if (band.direction !== direction || band.whole !== whole) continue
        for (const shift of repeats(band.times_s[0]!, band.times_s.at(-1)! + band.width_s, scene.cycle_s, rangeOf(projection))) traceBand(context, picture, band, shift)
      }
      context.fillStyle = withAlpha(colours[direction], whole ? 0.24 : 0.09)
      context.fill()
      context.strokeStyle = withAlpha(colours[direction], whole ? 0.95 : 0.4)
      context.lineWidth = whole ? 1.4 : 0.8
      context.setLineDash(direction === 'inbound' ? [6, 3] : [])
      context.stroke()
    }
  }
  context.setLineDash([])
}

/** The original where it differs: its greens as outlines beside the bars, its bands as thin lines. */
function paintGhost(context: Context, picture: LivePicture, ghost: EditorScene): void {
  const { projection, colours, scene } = picture
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
    for (const direction of DIRECTIONS) {
      const side = sideOf(direction, projection.swapped)
      const changes = changesOf(station, direction)
      for (const { at_s } of changes.filter(({ kind }) => kind === 'begin')) {
        const end = changes.filter(({ kind }) => kind === 'end').map((change) => (change.at_s > at_s ? change.at_s : change.at_s + station.cycle_s)).reduce((least, t) => Math.min(least, t), at_s + station.cycle_s)
        for (const shift of repeats(station.offset_s + at_s, station.offset_s + end, station.cycle_s, rangeOf(projection))) {
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
function paintDifference(context: Context, picture: LivePicture, other: EditorScene, ratio: number): void {
  const { projection, colours, scene } = picture
  enterPlane(context, projection, ratio)
  const bar = barOf(scene, projection)
  for (const station of scene.stations) {
    const beside = other.stations.find(({ signal }) => signal === station.signal)
    if (beside === undefined) continue
    const middle = projection.b(station.position_m)
    for (const direction of DIRECTIONS) {
      const b = sideOf(direction, projection.swapped) === 1 ? middle + bar + 1 : middle - bar - 4
      const greens = greensOf(station, direction, rangeOf(projection))
      const others = greensOf(beside, direction, rangeOf(projection))
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
function paintGreens(context: Context, { projection, colours, scene, greens = [] }: LivePicture): void {
  const bar = barOf(scene, projection)
  const places = new Map(scene.stations.map(({ signal, position_m }) => [signal, projection.b(position_m)]))
  context.fillStyle = colours.strong
  for (const { signal, direction, from_s, to_s } of greens) {
    const middle = places.get(signal)
    if (middle === undefined || to_s < projection.view.from_s || from_s > projection.view.to_s) continue
    context.fillRect(projection.a(from_s), sideOf(direction, projection.swapped) === 1 ? middle + bar + 1 : middle - bar - 4, (to_s - from_s) * projection.px_per_s, 3)
  }
}

interface Box { x: number; y: number; half: number }

/** Whole bands first, then links where there is room; a label that does not fit is in the table. */
function paintBandLabels(context: Context, picture: LivePicture, scene: EditorScene, ratio: number): void {
  const { projection, colours, bandsShown, labels } = picture
  if (scene.cycle_s === undefined || bandsShown === 'none') return
  enterScreen(context, ratio)
  const taken: Box[] = []
  for (const whole of [true, false]) {
    if (bandsShown === (whole ? 'link' : 'whole')) continue
    context.font = whole ? BOLD : FONT
    for (const band of scene.bands) {
      if (band.whole !== whole) continue
      const text = labels(band)
      const half = context.measureText(text).width / 2 + 3
      const box = placeOf(band, scene.cycle_s, projection, half, taken)
      if (box === undefined) continue
      taken.push(box)
      context.fillStyle = withAlpha(colours.ground, 0.82)
      context.fillRect(box.x - half, box.y - 8, 2 * half, 15)
      context.fillStyle = colours[band.direction]
      context.textAlign = 'center'
      context.fillText(text, box.x, box.y + 3.5)
    }
  }
  context.textAlign = 'start'
}

/** The middle of the longest link in the middle of the picture that is free. */
function placeOf(band: EditorBand, cycle_s: number, projection: Projection, half: number, taken: readonly Box[]): Box | undefined {
  const { times_s, positions_m, width_s } = band
  const legs = Array.from(times_s.slice(1), (_, i) => i).sort((i, j) => Math.abs(positions_m[j + 1]! - positions_m[j]!) - Math.abs(positions_m[i + 1]! - positions_m[i]!)).slice(0, 4)
  const [width, height] = projection.screen(projection.length, projection.breadth)
  for (const i of legs) {
    const room = Math.abs(projection.b(positions_m[i + 1]!) - projection.b(positions_m[i]!))
    if (room < (projection.swapped ? 2 * half : 30)) continue
    const middle_s = (projection.view.from_s + projection.view.to_s) / 2
    const shares = [0.5, 0.36, 0.64].map((share) => ({ time: times_s[i]! + share * (times_s[i + 1]! - times_s[i]!) + width_s / 2, position: positions_m[i]! + share * (positions_m[i + 1]! - positions_m[i]!) }))
    const places = shares.flatMap(({ time, position }) => [...repeats(time, time, cycle_s, rangeOf(projection))].map((shift) => ({ time: time + shift, position }))).sort((p, q) => Math.abs(p.time - middle_s) - Math.abs(q.time - middle_s))
    for (const { time, position } of places) {
      const [x, y] = projection.screen(projection.a(time), projection.b(position))
      if (x < half || x > width - half || y < 10 || y > height - 10) continue
      if (taken.every((box) => Math.abs(box.x - x) > box.half + half + 2 || Math.abs(box.y - y) > 16)) return { x, y, half }
    }
  }
  return undefined
}

function paintOverlay(context: Context, picture: LivePicture, ratio: number): void {
  const { projection, colours, focused, hovered, now_s, dragging, selected, scene } = picture
  enterPlane(context, projection, ratio)
  const bar = barOf(scene, projection)
  context.lineWidth = 2
  for (const station of scene.stations) {
    const isFocused = focused?.signal === station.signal
    if (!isFocused && !selected.has(station.signal)) continue
    const b = projection.b(station.position_m)
    context.strokeStyle = isFocused ? colours.select : withAlpha(colours.select, 0.6)
    context.strokeRect(1, b - bar - 4, projection.length - 2, 2 * bar + 8)
    if (isFocused) paintHandle(context, picture, station, bar)
  }
  if (hovered?.time_s !== undefined) {
    context.fillStyle = withAlpha(colours.strong, 0.45)
    context.fillRect(projection.a(hovered.time_s) - 0.5, 0, 1, projection.breadth)
  }
  if (now_s !== undefined) {
    context.fillStyle = colours.now
    context.fillRect(projection.a(now_s) - 1, 0, 2, projection.breadth)
  }
  paintLimits(context, picture)
  if (now_s !== undefined && scene.cycle_s !== undefined) paintCounter(context, picture, modulo(now_s, scene.cycle_s), ratio)
  if (dragging !== undefined) paintTip(context, picture, ratio)
}

/** What the arrow keys would change, marked where it is. */
function paintHandle(context: Context, { projection, colours, focused }: LivePicture, station: EditorStation, bar: number): void {
  const b = projection.b(station.position_m)
  context.fillStyle = colours.select
  const mark = (time_s: number): void => {
    for (const shift of repeats(time_s, time_s, station.cycle_s, rangeOf(projection))) context.fillRect(projection.a(time_s + shift) - 2, b - bar - 6, 4, 2 * bar + 12)
  }
  if (focused?.handle === 'offset') mark(station.offset_s)
  else if (focused?.handle === 'split') for (const direction of DIRECTIONS) for (const { at_s, kind } of changesOf(station, direction)) if (kind === 'end') mark(station.offset_s + at_s)
}

/** Where a whole band touches the green that limits it: a diamond, and a click on its signal in the panel goes there. */
function paintLimits(context: Context, { projection, colours, scene, bandsShown }: LivePicture): void {
  if (scene.cycle_s === undefined || bandsShown === 'none' || bandsShown === 'link') return
  for (const band of scene.bands) {
    if (!band.whole) continue
    context.fillStyle = colours[band.direction]
    for (const signal of band.limited_by) {
      const i = band.signals.indexOf(signal)
      if (i < 0) continue
      const [time, b] = [band.times_s[i]!, projection.b(band.positions_m[i]!)]
      const station = scene.stations.find((one) => one.signal === signal)
      for (const edge of [time, time + band.width_s]) {
        if (station === undefined || !touchesChange(station, band.direction, edge)) continue
        for (const shift of repeats(edge, edge, scene.cycle_s, rangeOf(projection))) {
          const a = projection.a(edge + shift)
          context.beginPath()
          context.moveTo(a, b - 6)
          context.lineTo(a + 5, b)
          context.lineTo(a, b + 6)
          context.lineTo(a - 5, b)
          context.fill()
        }
      }
    }
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

function paintTip(context: Context, { projection, colours, dragging }: LivePicture, ratio: number): void {
  enterScreen(context, ratio)
  context.font = BOLD
  const lines = dragging!.text.split('\n')
  const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 12
  const [x, y] = projection.screen(projection.a(dragging!.time_s), projection.b(dragging!.position_m))
  const [right] = projection.screen(projection.length, projection.breadth)
  const left = Math.max(2, Math.min(right - width - 2, x + 12))
  const top = Math.max(2, y - 24 - 15 * lines.length)
  context.fillStyle = colours.strong
  context.fillRect(left, top, width, 15 * lines.length + 8)
  context.fillStyle = colours.ground
  for (const [i, line] of lines.entries()) context.fillText(line, left + 6, top + 15 + 15 * i)
}
