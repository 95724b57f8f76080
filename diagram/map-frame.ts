// Where a map lies on the page: metres to pixels, the bar of distance, the arrow to the north, and lines beside their axis so that
// the two directions of a street lie side by side.
import type { Point } from '../model/network.ts'
import type { NetworkMapScene } from './network-map.ts'
import { INK, MUTED } from './palette.ts'
import type { PlotBox } from './plot.ts'
import { decimalStep } from './scale.ts'
import { element, px, subpath, text, type PixelPoint } from './svg.ts'

export interface MapFrame extends PlotBox {
  place: (points: readonly Point[]) => PixelPoint[]
  /** Distance of a link from the axis of its street. */
  aside_px: number
  /** Bar of distance and arrow to the north, as markup. */
  furniture: string
}

const MARGIN_PX = 34
const TALLEST_PX = 620
/** So that labels and discs of a straight street have room. */
const LOWEST_PX = 150
const ASIDE_PX = 4.6

export function mapBase({ low, high, north_deg }: NetworkMapScene, width: number): MapFrame {
  const [wide, tall] = [Math.max(1, high[0] - low[0]), Math.max(1, high[1] - low[1])]
  const scale = Math.min((width - 2 * MARGIN_PX) / wide, (TALLEST_PX - 2 * MARGIN_PX) / tall)
  const height = Math.max(LOWEST_PX, tall * scale + 2 * MARGIN_PX)
  const left = (width - wide * scale) / 2
  const base = height - (height - tall * scale) / 2
  const place = (points: readonly Point[]): PixelPoint[] => points.map(([x, y]) => [left + (x - low[0]) * scale, base - (y - low[1]) * scale])
  return { left: 8, right: width - 8, top: 8, bottom: height, place, aside_px: ASIDE_PX, furniture: distanceBar(scale, height) + northArrow(north_deg, width) }
}

function distanceBar(scale: number, bottom: number): string {
  const length = decimalStep(640 / scale, 6)
  const [x, y, wide] = [16, bottom - 2, length * scale]
  return element('g', { 'class': 'distance', 'fill': MUTED, 'font-size': 10 },
    element('path', { 'd': subpath([[x, y - 4], [x, y], [x + wide, y], [x + wide, y - 4]]), 'stroke': MUTED, 'stroke-width': 1, 'fill': 'none' }),
    text(length >= 1000 ? `${px(length / 1000)} km` : `${px(length)} m`, { x: x + wide + 6, y: y + 2 }))
}

function northArrow(degrees: number, width: number): string {
  const [x, y] = [width - 22, 26]
  return element('g', { class: 'north', transform: `rotate(${px(degrees)} ${px(x)} ${px(y)})` },
    element('path', { d: subpath([[x, y - 12], [x + 5, y + 6], [x, y + 2.5], [x - 5, y + 6]], true), fill: INK }), text('N', { 'x': x, 'y': y + 17, 'font-size': 9.5, 'fill': MUTED, 'text-anchor': 'middle' }))
}

/** The line moved to the right of its direction (pixels, y downwards), corners by the mean of their normals, no further than twice. */
export function offsetLine(line: readonly PixelPoint[], right_px: number): PixelPoint[] {
  const points = line.filter((point, i) => i === 0 || Math.hypot(point[0] - line[i - 1]![0], point[1] - line[i - 1]![1]) > 1e-6)
  if (points.length < 2) return [...line]
  const normals = points.slice(1).map(([x, y], i): PixelPoint => {
    const [dx, dy] = [x - points[i]![0], y - points[i]![1]]
    const length = Math.hypot(dx, dy)
    return [-dy / length, dx / length]
  })
  return points.map(([x, y], i) => {
    const [a, b] = [normals[Math.max(0, i - 1)]!, normals[Math.min(normals.length - 1, i)]!]
    const [mx, my] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    const share = Math.max(0.5, mx * mx + my * my)
    return [x + (right_px * mx) / share, y + (right_px * my) / share]
  })
}

export function lengthOf(line: readonly PixelPoint[]): number {
  return line.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - line[i]![0], y - line[i]![1]), 0)
}

/** The point at a share of the length. */
export function alongLine(line: readonly PixelPoint[], share: number): PixelPoint {
  let left = share * lengthOf(line)
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!]
    const step = Math.hypot(b[0] - a[0], b[1] - a[1])
    if (left <= step && step > 0) return [a[0] + ((b[0] - a[0]) * left) / step, a[1] + ((b[1] - a[1]) * left) / step]
    left -= step
  }
  return line.at(-1)!
}
