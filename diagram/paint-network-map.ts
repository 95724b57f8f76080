// The map of congestion as SVG. A class is told by colour, by breadth and, where there is room, by its number on the link, so that
// it reads in grey print and with any colour vision. Numbers in dark discs are places.
import { alongLine, lengthOf, mapBase, offsetLine, type MapFrame } from './map-frame.ts'
import { INK, MUTED, PAPER } from './palette.ts'
import { keyRows, picture, type KeyItem } from './plot.ts'
import { element, px, subpath, text, type PixelPoint } from './svg.ts'
import { pixelsOf, shorten } from './text-width.ts'
import type { NetworkMapScene } from './network-map.ts'

const DISC_PX = 9
const NAME_PX = 10
const NAME_COLUMNS = 18
const UNKNOWN = '#b4bdc6'

/** Breadth of a link by its level; the worse, the broader. */
const breadth = (level: number | undefined, levels: number): number => (level === undefined ? 1.6 : 3.2 + (3.6 * level) / Math.max(1, levels - 1))

export function paintNetworkMap(scene: NetworkMapScene, { title, width = 760 }: { title: string; width?: number }): string {
  const description = `${scene.links.length} links, ${scene.known} with a known class; ${scene.places.length} numbered places`
  if (scene.links.length === 0) return picture('network-map', { title, description, width, height: 60 }, text('no link has coordinates', { x: 16, y: 34, fill: MUTED }))
  const frame = mapBase(scene, width)
  const lines = scene.links.map((link) => ({ ...link, line: offsetLine(frame.place(link.points), scene.driving_side === 'right' ? frame.aside_px : -frame.aside_px) }))
  const taken = new Occupied(lines.map(({ line }) => line))
  const discs = placeDiscs(scene, lines, taken)
  const key = keyRows(keyItems(scene), 16, frame.bottom + 34, width - 16)
  return picture(
    'network-map', { title, description, width, height: frame.bottom + 34 + key.height + 4 },
    halos(scene, lines), paintLinks(scene, lines), marks(scene, lines, taken), paintSignals(scene, frame, taken), discs,
    frame.furniture,
    text(scene.scale, { 'x': 16, 'y': frame.bottom + 26, 'fill': MUTED, 'font-size': 10.5 }),
    key.svg,
  )
}

type DrawnLink = NetworkMapScene['links'][number] & { line: PixelPoint[] }

/** A broad pale band under the links of each place: how far back it reaches. */
function halos({ places }: NetworkMapScene, lines: readonly DrawnLink[]): string {
  const congested = new Set(places.flatMap(({ links }) => links))
  const d = lines.filter(({ id }) => congested.has(id)).map(({ line }) => subpath(line)).join('')
  return d === '' ? '' : element('path', { d, 'class': 'reach', 'stroke': INK, 'stroke-opacity': '0.13', 'stroke-width': 15, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'fill': 'none' })
}

/** The worst on top; a dark casing keeps pale colours apart from paper. */
function paintLinks({ levels }: NetworkMapScene, lines: readonly DrawnLink[]): string {
  const path = (level: number | undefined): string => lines.filter((link) => link.level === level).map(({ line }) => subpath(line)).join('')
  const stroke = { 'fill': 'none', 'stroke-linejoin': 'round', 'stroke-linecap': 'butt' } as const
  const unknown = path(undefined)
  return [
    unknown === '' ? '' : element('path', { 'd': unknown, 'stroke': UNKNOWN, 'stroke-width': breadth(undefined, 1), 'stroke-dasharray': '3 2.4', ...stroke }),
    ...levels.map((level, i) => {
      const d = path(i)
      if (d === '') return ''
      const wide = breadth(i, levels.length)
      return element('path', { d, 'stroke': casing(i, levels.length), 'stroke-width': wide + 1.5, ...stroke }) + element('path', { d, 'stroke': level.colour, 'stroke-width': wide, ...stroke })
    }),
  ].join('')
}

const casing = (level: number, levels: number): string => (level * 2 >= levels ? INK : '#8b98a3')

/** The number of the class at the middle of long links that are not in the best class. */
function marks({ levels }: NetworkMapScene, lines: readonly DrawnLink[], taken: Occupied): string {
  const parts = lines.flatMap(({ level, line }) => {
    if (level === undefined || level === 0 || lengthOf(line) < 42) return []
    const [x, y] = alongLine(line, 0.5)
    taken.add(x, y, 6)
    return [element('circle', { 'cx': x, 'cy': y, 'r': 6, 'fill': PAPER, 'stroke': casing(level, levels.length), 'stroke-width': 0.8 }) + text(levels[level]!.mark, { x, y: y + 3.2 })]
  })
  return parts.length === 0 ? '' : element('g', { 'class': 'marks', 'font-size': 9, 'font-weight': 600, 'text-anchor': 'middle' }, ...parts)
}

function paintSignals({ signals }: NetworkMapScene, frame: MapFrame, taken: Occupied): string {
  const points = frame.place(signals.map(({ at }) => at))
  const boxes = points.map(([x, y]) => element('rect', { 'x': x - 3, 'y': y - 3, 'width': 6, 'height': 6, 'rx': 1, 'fill': PAPER, 'stroke': INK, 'stroke-width': 1.1 }))
  for (const [x, y] of points) taken.add(x, y, 4)
  const names = signals.flatMap(({ name }, i) => {
    const word = shorten(name, NAME_COLUMNS)
    const half = pixelsOf(word, NAME_PX) / 2
    const [x, y] = points[i]!
    const spot = taken.free([[x + half + 10, y - 17], [x - half - 10, y - 17], [x + half + 10, y + 18], [x - half - 10, y + 18], [x, y - 24], [x, y + 26]], half, 6, frame)
    if (spot === undefined) return []
    return [text(word, { x: spot[0], y: spot[1] + 3.4 })]
  })
  return element('g', { class: 'signals' }, ...boxes, element('g', { 'font-size': NAME_PX, 'fill': MUTED, 'text-anchor': 'middle', 'stroke': PAPER, 'stroke-width': 2.6, 'paint-order': 'stroke', 'stroke-linejoin': 'round' }, ...names))
}

/** Beside the end of the head, tied to it by a line; the first places choose first. */
function placeDiscs({ places }: NetworkMapScene, lines: readonly DrawnLink[], taken: Occupied): string {
  const byId = new Map(lines.map((link) => [link.id, link.line]))
  const parts = [...places].sort((a, b) => a.number - b.number).map(({ number, head }) => {
    const line = byId.get(head)!
    const foot = alongLine(line, Math.max(0.5, 1 - 16 / Math.max(1, lengthOf(line))))
    const ring = [20, 28, 38].flatMap((far) => Array.from({ length: 16 }, (_, k): PixelPoint => [foot[0] + far * Math.sin((k * Math.PI) / 8), foot[1] - far * Math.cos((k * Math.PI) / 8)]))
    const [x, y] = taken.emptiest(ring, DISC_PX + 2)
    taken.add(x, y, DISC_PX + 2)
    return [
      element('path', { 'd': subpath([foot, [x, y]]), 'stroke': INK, 'stroke-width': 1.1, 'fill': 'none' }), element('circle', { 'cx': foot[0], 'cy': foot[1], 'r': 2.4, 'fill': INK }),
      element('circle', { 'cx': x, 'cy': y, 'r': DISC_PX, 'fill': INK, 'stroke': PAPER, 'stroke-width': 1.4 }), text(String(number), { 'x': x, 'y': y + 3.7, 'fill': PAPER }),
    ].join('')
  })
  return parts.length === 0 ? '' : element('g', { 'class': 'places', 'font-size': 10.5, 'font-weight': 650, 'text-anchor': 'middle' }, ...parts)
}

/** What is drawn already, as dots: links every few pixels, and the boxes of labels. */
class Occupied {
  readonly #dots: { x: number; y: number; r: number }[] = []

  constructor(lines: readonly (readonly PixelPoint[])[]) {
    for (const line of lines) {
      const length = lengthOf(line)
      for (let at = 0; at <= length; at += 6) {
        const [x, y] = alongLine(line, length > 0 ? at / length : 0)
        this.#dots.push({ x, y, r: 4 })
      }
    }
  }

  add(x: number, y: number, r: number): void {
    this.#dots.push({ x, y, r })
  }

  /** The first place where a box of these half sizes touches nothing and lies inside; it is taken then. */
  free(spots: readonly PixelPoint[], half_width: number, half_height: number, { left, right, top, bottom }: MapFrame): PixelPoint | undefined {
    const spot = spots.find(([x, y]) => x - half_width >= left && x + half_width <= right && y - half_height >= top && y + half_height <= bottom
      && this.#dots.every((dot) => Math.abs(dot.x - x) > half_width + dot.r || Math.abs(dot.y - y) > half_height + dot.r))
    if (spot !== undefined) for (let x = spot[0] - half_width; x <= spot[0] + half_width; x += 8) this.add(x, spot[1], half_height)
    return spot
  }

  /** Of the spots, that with least in its circle; the first of equals. */
  emptiest(spots: readonly PixelPoint[], radius: number): PixelPoint {
    let [best, least] = [spots[0]!, Infinity]
    for (const spot of spots) {
      const crowd = this.#dots.reduce((sum, { x, y, r }) => sum + Math.max(0, radius + r - Math.hypot(x - spot[0], y - spot[1])), 0)
      if (crowd < least) [best, least] = [spot, crowd]
    }
    return best
  }
}

function keyItems({ levels, links, places, signals }: NetworkMapScene): KeyItem[] {
  const items = levels.map((level, i): KeyItem => ({
    label: level.label, width: 24,
    swatch: (x, y) => {
      const wide = breadth(i, levels.length)
      const d = subpath([[x, y], [x + 24, y]])
      return element('path', { d, 'stroke': casing(i, levels.length), 'stroke-width': wide + 1.5, 'fill': 'none' }) + element('path', { d, 'stroke': level.colour, 'stroke-width': wide, 'fill': 'none' })
        + (i === 0 ? '' : element('circle', { 'cx': x + 12, 'cy': y, 'r': 6, 'fill': PAPER, 'stroke': casing(i, levels.length), 'stroke-width': 0.8 }) + text(level.mark, { 'x': x + 12, 'y': y + 3.2, 'font-size': 9, 'font-weight': 600, 'text-anchor': 'middle', 'fill': INK }))
    },
  }))
  const unknown: KeyItem = { label: 'no data', width: 24, swatch: (x, y) => element('path', { 'd': subpath([[x, y], [x + 24, y]]), 'stroke': UNKNOWN, 'stroke-width': breadth(undefined, 1), 'stroke-dasharray': '3 2.4', 'fill': 'none' }) }
  const place: KeyItem = { label: 'place, and how far its queue reaches', width: 30, swatch: (x, y) => element('path', { 'd': `M${px(x + 16)} ${px(y)}h8`, 'stroke': INK, 'stroke-opacity': '0.13', 'stroke-width': 12, 'stroke-linecap': 'round', 'fill': 'none' }) + element('circle', { cx: x + 7, cy: y, r: 6.5, fill: INK }) + text('n', { 'x': x + 7, 'y': y + 3, 'font-size': 9, 'fill': PAPER, 'text-anchor': 'middle' }) }
  const signal: KeyItem = { label: 'signal', width: 7, swatch: (x, y) => element('rect', { x, 'y': y - 3, 'width': 6, 'height': 6, 'rx': 1, 'fill': PAPER, 'stroke': INK, 'stroke-width': 1.1 }) }
  return [...items, ...(links.some(({ level }) => level === undefined) ? [unknown] : []), ...(places.length > 0 ? [place] : []), ...(signals.length > 0 ? [signal] : [])]
}

