// The map on a canvas: where there is no WebGL, in print, and until the library is there. Bottom to top: the picked way, casing, streets by class, patterns, turns, names, places, signals.
import { offsetLine } from '../../diagram/map-frame.ts'
import type { LinkId, Point } from '../../model/network.ts'
import { SERVICE_LETTERS, STYLES, UNKNOWN, type ClassStyle } from './classes.ts'
import { PLACE_PX, streetAside, streetNames, streetWidth, type MapScene, type Palette, type SceneSignal } from './scene.ts'
import { boxOf, toPixel, type Size, type View } from './view.ts'

export interface MapPaint {
  context: CanvasRenderingContext2D
  view: View
  size: Size
  palette: Palette
  /** A name in the language of the page. */
  say: (name: string) => string
}

type Line = readonly (readonly [number, number])[]

/** From here on signals have their offset beside them, px per metre. */
const LABELS_FROM = 0.12
const TURNS_FROM = 0.1
const FONT = 'system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif'

function trace(context: CanvasRenderingContext2D, line: Line): void {
  line.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
}

/** What lies in the drawing, as pixels, moved aside so that the two directions lie beside each other. */
export function placeLinks(scene: MapScene, { view, size }: Pick<MapPaint, 'view' | 'size'>): Map<LinkId, { line: Line; width: number }> {
  const side = scene.streets.drawing.driving_side === 'right' ? 1 : -1
  const placed = new Map<LinkId, { line: Line; width: number }>()
  for (const { id, points_m, lanes } of scene.streets.drawing.links) {
    const line = points_m.map((at) => toPixel(view, size, at))
    const { low, high } = boxOf(line)
    if (high[0] < -20 || high[1] < -20 || low[0] > size.width + 20 || low[1] > size.height + 20) continue
    placed.set(id, { line: offsetLine(line, side * streetAside(lanes, view.scale)), width: streetWidth(lanes, view.scale) })
  }
  return placed
}

export function paintMap(scene: MapScene, paint: MapPaint): void {
  const { context, size, palette } = paint
  context.save()
  context.fillStyle = palette('--land')
  context.fillRect(0, 0, size.width, size.height)
  context.lineCap = 'butt'
  context.lineJoin = 'round'
  if (scene.bare !== true) paintStreets(scene, paint)
  paintNames(scene, paint)
  paintPlaces(scene, paint)
  paintSignals(scene, paint)
  context.restore()
}

function paintStreets(scene: MapScene, paint: MapPaint): void {
  const { context, palette } = paint
  const placed = placeLinks(scene, paint)
  strokeAll(context, scene.way.links.flatMap((id) => placed.get(id) ?? []), palette('--way'), (width) => width + 9)
  strokeAll(context, [...placed.values()], palette('--road-edge'), (width) => width + 2)
  paintClasses(scene, paint, placed)
  if (scene.theme === 'movements') paintTurns(scene, paint)
  paintMarked(scene, paint, placed)
}

function strokeAll(context: CanvasRenderingContext2D, lines: readonly { line: Line; width: number }[], colour: string, widthOf: (width: number) => number, dash: (width: number) => number[] = () => []): void {
  context.strokeStyle = colour
  // Batched by width: one path for all links alike.
  const byWidth = new Map<number, Line[]>()
  for (const { line, width } of lines) {
    const key = Math.round(widthOf(width) * 4) / 4
    const list = byWidth.get(key)
    if (list === undefined) byWidth.set(key, [line])
    else list.push(line)
  }
  for (const [width, list] of byWidth) {
    context.lineWidth = width
    context.setLineDash(dash(width))
    context.beginPath()
    for (const line of list) trace(context, line)
    context.stroke()
  }
  context.setLineDash([])
}

function paintClasses(scene: MapScene, { context, palette }: MapPaint, placed: ReturnType<typeof placeLinks>): void {
  const byClass = new Map<ClassStyle, { line: Line; width: number }[]>()
  const faint = new Map<ClassStyle, { line: Line; width: number }[]>()
  for (const [id, link] of placed) {
    const level = scene.classes.get(id)
    const style = level === undefined ? UNKNOWN : STYLES[scene.theme][level] ?? UNKNOWN
    const into = scene.old.has(id) ? faint : byClass
    const list = into.get(style)
    if (list === undefined) into.set(style, [link])
    else list.push(link)
  }
  for (const [group, alpha] of [[faint, 0.45], [byClass, 1]] as const) {
    context.globalAlpha = alpha
    for (const [style, links] of group) {
      strokeAll(context, links, palette(style.colour), (width) => Math.max(1, width * style.width), style.gaps === true ? (width) => [3 * width, 2 * width] : undefined)
      if (style.pattern === 'none') continue
      const { pattern } = style
      strokeAll(context, links, palette('--pattern'), (width) => Math.max(0.8, width * 0.3), pattern === 'solid' ? undefined : (width) => pattern.map((times) => times * Math.max(2.4, width / 0.3)))
    }
  }
  context.globalAlpha = 1
}

function paintTurns({ turns, marked }: MapScene, { context, view, size, palette }: MapPaint): void {
  if (view.scale < TURNS_FROM) return
  for (const { movement, points_m, level } of turns) {
    const line = points_m.map((at) => toPixel(view, size, at))
    const end = line.at(-1)!
    if (end[0] < -20 || end[1] < -20 || end[0] > size.width + 20 || end[1] > size.height + 20) continue
    const { colour } = level === undefined ? UNKNOWN : STYLES.movements[level]!
    context.strokeStyle = palette(colour)
    context.lineWidth = (marked.movement === movement.id ? 5 : Math.max(2.2, 2.4 * view.scale)) * (level === undefined ? UNKNOWN.width : 1)
    context.setLineDash(level === undefined ? [6, 4] : [])
    context.beginPath()
    trace(context, line)
    context.stroke()
    context.setLineDash([])
    const before = line.at(-2)!
    arrowHead(context, before, end, Math.max(5, 3 * view.scale), palette(colour))
    if (view.scale < 0.8 || level === undefined) continue
    const middle = line[Math.floor(line.length / 2)]!
    context.font = `700 11px ${FONT}`
    halo(context, SERVICE_LETTERS[level]!, middle[0], middle[1], palette, 'center')
  }
}

function arrowHead(context: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number], length: number, colour: string): void {
  const along = Math.atan2(to[1] - from[1], to[0] - from[0])
  context.fillStyle = colour
  context.beginPath()
  context.moveTo(to[0] + Math.cos(along) * length, to[1] + Math.sin(along) * length)
  for (const turn of [2.5, -2.5]) context.lineTo(to[0] + Math.cos(along + turn) * length * 0.8, to[1] + Math.sin(along + turn) * length * 0.8)
  context.fill()
}

function paintMarked({ marked }: MapScene, { context, palette }: MapPaint, placed: ReturnType<typeof placeLinks>): void {
  const link = marked.link === undefined ? undefined : placed.get(marked.link)
  if (link === undefined) return
  strokeAll(context, [link], palette('--ink'), (width) => width + 3)
  strokeAll(context, [link], palette('--brand'), (width) => Math.max(2, width - 0.5))
}

function paintPlaces({ places, streets }: MapScene, { context, view, size, palette }: MapPaint): void {
  for (const { kind, number, at_m, links } of places) {
    const [x, y] = toPixel(view, size, at_m)
    context.strokeStyle = palette('--ink')
    context.lineWidth = 1.2
    context.setLineDash([2, 2])
    context.beginPath()
    for (const id of links) trace(context, (streets.links.get(id)?.points_m ?? []).map((at) => toPixel(view, size, at)))
    context.stroke()
    context.setLineDash([])
    context.fillStyle = palette(kind === 'place' ? '--ink' : '--brand')
    context.beginPath()
    if (kind === 'place') context.arc(x, y - PLACE_PX.above, 9.5, 0, 2 * Math.PI)
    else context.rect(x - 9, y - 26, 18, 18)
    context.fill()
    context.fillStyle = palette('--panel')
    context.font = `700 11px ${FONT}`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillText(String(number), x, y - PLACE_PX.above)
  }
}

/** Where a plan of greenwave runs a full disc, before it a ring, where a plan is held back a square: shape beside colour. */
function paintSignals({ signals, way, marked }: MapScene, { context, view, size, palette, say }: MapPaint): void {
  const radius = Math.min(7, Math.max(2.6, 12 * view.scale))
  const order = new Map(way.signals.map((id, i) => [id, i + 1]))
  for (const signal of signals) {
    const [x, y] = toPixel(view, size, signal.at_m)
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue
    const at = order.get(signal.id)
    const picked = marked.signal === signal.id
    disc(context, signal.state, x, y, radius + (picked ? 3 : at === undefined ? 0 : 2), palette)
    if (at !== undefined) {
      context.font = `700 10px ${FONT}`
      halo(context, String(at), x, y - radius - 9, palette, 'center')
    }
    const label = [...(picked ? [say(signal.name)] : []), ...(signal.label !== '' && (view.scale >= LABELS_FROM || picked) ? [signal.label] : [])].join(' · ')
    if (label === '') continue
    context.font = `600 11px ${FONT}`
    halo(context, label, x + radius + 4, y + radius + 11, palette, 'left')
  }
}

function disc(context: CanvasRenderingContext2D, state: SceneSignal['state'], x: number, y: number, radius: number, palette: Palette): void {
  context.fillStyle = palette(state === 'planned' ? '--brand' : state === 'doubted' ? '--level-2' : '--panel')
  context.strokeStyle = palette('--ink')
  context.lineWidth = 1.6
  context.beginPath()
  if (state === 'doubted') context.rect(x - radius, y - radius, 2 * radius, 2 * radius)
  else context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
  if (state === 'unknown') context.setLineDash([2, 2])
  context.stroke()
  context.setLineDash([])
}

function paintNames(scene: MapScene, { context, view, size, palette, say }: MapPaint): void {
  context.font = `500 12px ${FONT}`
  const taken: [number, number][] = []
  for (const { name, points_m, length_m } of streetNames(scene.streets)) {
    const text = say(name)
    if (length_m * view.scale < context.measureText(text).width + 30) continue
    const middle = Math.max(1, Math.floor(points_m.length / 2))
    const [a, b] = [points_m[middle - 1]!, points_m[middle]!]
    const at: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    const [x, y] = toPixel(view, size, at)
    if (taken.some(([tx, ty]) => Math.abs(tx - x) < 60 && Math.abs(ty - y) < 18)) continue
    taken.push([x, y])
    const along = Math.atan2(a[1] - b[1], b[0] - a[0])
    context.save()
    context.translate(x, y)
    // Read from the left, or upwards.
    context.rotate(Math.cos(along) < -0.01 ? along + Math.PI : along)
    halo(context, text, 0, -9 - 3 * Math.max(1, 5 * view.scale), palette, 'center')
    context.restore()
  }
}

function halo(context: CanvasRenderingContext2D, text: string, x: number, y: number, palette: Palette, align: CanvasTextAlign): void {
  context.textAlign = align
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = 3.5
  context.strokeStyle = palette('--land')
  context.strokeText(text, x, y)
  context.fillStyle = palette('--ink')
  context.fillText(text, x, y)
}
