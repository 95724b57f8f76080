// What part of the plane a drawing shows: metres to pixels and back, moving and zooming. Metres grow to the east and north, pixels to the right and down.
import type { Point } from '../../model/network.ts'

export interface View {
  /** In the middle of the drawing, m. */
  x: number
  y: number
  /** Pixels per metre. */
  scale: number
}

export interface Size { width: number; height: number }
export interface Box { low: Point; high: Point }

/** Nobody looks closer than a car over the whole height, or from farther than a country. */
const SCALES = { least: 0.0005, most: 60 } as const

export function boxOf(points: Iterable<Point>): Box {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of points) {
    left = Math.min(left, x)
    bottom = Math.min(bottom, y)
    right = Math.max(right, x)
    top = Math.max(top, y)
  }
  return left <= right ? { low: [left, bottom], high: [right, top] } : { low: [0, 0], high: [0, 0] }
}

export function fitView({ low, high }: Box, { width, height }: Size, margin_px = 40): View {
  const [wide, tall] = [Math.max(high[0] - low[0], 1), Math.max(high[1] - low[1], 1)]
  const scale = Math.min(Math.max(1, width - 2 * margin_px) / wide, Math.max(1, height - 2 * margin_px) / tall, 4)
  return { x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, scale }
}

export const toPixel = ({ x, y, scale }: View, { width, height }: Size, at: Point): [number, number] => [width / 2 + (at[0] - x) * scale, height / 2 - (at[1] - y) * scale]

export const toMetres = ({ x, y, scale }: View, { width, height }: Size, at: readonly [number, number]): Point => [x + (at[0] - width / 2) / scale, y - (at[1] - height / 2) / scale]

export const panned = (view: View, right_px: number, down_px: number): View => ({ ...view, x: view.x - right_px / view.scale, y: view.y + down_px / view.scale })

/** What lies under the pixel stays under it. */
export function zoomed(view: View, size: Size, at: readonly [number, number], factor: number): View {
  const scale = Math.min(SCALES.most, Math.max(SCALES.least, view.scale * factor))
  const [x, y] = toMetres(view, size, at)
  const [px, py] = [at[0] - size.width / 2, at[1] - size.height / 2]
  return { x: x - px / scale, y: y + py / scale, scale }
}

/** Moved no farther than it takes to have all these places inside the margin, and zoomed out where they do not fit otherwise. */
export function keptInView(view: View, { width, height }: Size, places: readonly Point[], margin_px: number): View {
  if (places.length === 0) return view
  const { low, high } = boxOf(places)
  const [wide, tall] = [width, height].map((px) => Math.max(1, px - 2 * Math.min(margin_px, px / 4))) as [number, number]
  const scale = Math.max(SCALES.least, Math.min(view.scale, wide / (high[0] - low[0]), tall / (high[1] - low[1])))
  const within = (middle: number, least: number, most: number, px: number): number => Math.min(least + px / 2 / scale, Math.max(most - px / 2 / scale, middle))
  const [x, y] = [within(view.x, low[0], high[0], wide), within(view.y, low[1], high[1], tall)]
  return x === view.x && y === view.y && scale === view.scale ? view : { x, y, scale }
}

/** As it stands in the address: metres to the decimetre and the scale. */
export const viewText = ({ x, y, scale }: View): string => `${x.toFixed(1)},${y.toFixed(1)},${scale.toPrecision(4)}`

export function parseView(text: string | null | undefined): View | undefined {
  const [x, y, scale, ...more] = (text ?? '').split(',').map(Number)
  if (text === null || text === undefined || x === undefined || y === undefined || scale === undefined || more.length > 0) return undefined
  return Number.isFinite(x) && Number.isFinite(y) && scale >= SCALES.least && scale <= SCALES.most ? { x, y, scale } : undefined
}

/** Round length for a bar of distance of at most so many pixels, m. */
export function barLength(scale: number, most_px: number): number {
  const most = most_px / scale
  const step = 10 ** Math.floor(Math.log10(most))
  return step * (most >= 5 * step ? 5 : most >= 2 * step ? 2 : 1)
}
