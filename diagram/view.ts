// Which part of the time-space plane is looked at, and where it lies on the screen. Seconds of master time, drawn metres (see distance-axis.ts),
// pixels along the time axis (a) and along the street (b). Swapping the axes changes what a and b mean on the screen, nothing else.
import type { DistanceAxis } from './distance-axis.ts'

export interface View {
  from_s: number
  to_s: number
  low_m: number
  high_m: number
}

/** Nobody needs to tell tenths of a second further apart, nor more than a day at once. */
const SPAN_S = [5, 86_400] as const
const SPAN_M = [20, 200_000] as const

function zoomed(from: number, to: number, at: number, factor: number, [least, most]: readonly [number, number]): [number, number] {
  const span = Math.min(most, Math.max(least, (to - from) * factor))
  const share = (at - from) / (to - from)
  return [at - share * span, at + (1 - share) * span]
}

/** Zooms so that what is under the pointer stays under it; below 1 comes nearer. */
export function zoom(view: View, at: { time_s: number; drawn_m: number }, factor: { time: number; distance: number }): View {
  const [from_s, to_s] = zoomed(view.from_s, view.to_s, at.time_s, factor.time, SPAN_S)
  const [low_m, high_m] = zoomed(view.low_m, view.high_m, at.drawn_m, factor.distance, SPAN_M)
  return { from_s, to_s, low_m, high_m }
}

export const pan = (view: View, by: { time_s: number; drawn_m: number }): View => ({ from_s: view.from_s + by.time_s, to_s: view.to_s + by.time_s, low_m: view.low_m + by.drawn_m, high_m: view.high_m + by.drawn_m })

export interface Projection {
  view: View
  axis: DistanceAxis
  /** px along the time axis and along the street. */
  length: number
  breadth: number
  swapped: boolean
  /** px of a time, px of a position. */
  a(time_s: number): number
  b(position_m: number): number
  time(a: number): number
  position(b: number): number
  px_per_s: number
  px_per_m: number
  /** On the screen, from the upper left corner of the plot. */
  screen(a: number, b: number): [x: number, y: number]
  plane(x: number, y: number): [a: number, b: number]
}

/** Upright: time to the right, outbound upwards. Swapped: outbound to the right, time downwards. */
export function project(view: View, axis: DistanceAxis, width: number, height: number, swapped: boolean): Projection {
  const [length, breadth] = swapped ? [height, width] : [width, height]
  const px_per_s = length / (view.to_s - view.from_s)
  const px_per_m = breadth / (view.high_m - view.low_m)
  return {
    view, axis, length, breadth, swapped, px_per_s, px_per_m,
    a: (time_s) => (time_s - view.from_s) * px_per_s,
    b: (position_m) => (swapped ? axis.drawn(position_m) - view.low_m : view.high_m - axis.drawn(position_m)) * px_per_m,
    time: (a) => view.from_s + a / px_per_s,
    position: (b) => axis.position(swapped ? view.low_m + b / px_per_m : view.high_m - b / px_per_m),
    screen: (a, b) => (swapped ? [b, a] : [a, b]),
    plane: (x, y) => (swapped ? [y, x] : [x, y]),
  }
}

const tidy = (value: number): number => Math.round(value * 10) / 10

/** For the address: `61200~61420~-80~2400`. */
export const writeView = ({ from_s, to_s, low_m, high_m }: View): string => [from_s, to_s, low_m, high_m].map(tidy).join('~')

export function readView(text: string | null | undefined): View | undefined {
  const numbers = (text ?? '').split('~').map((part) => (part === '' ? NaN : Number(part)))
  const [from_s, to_s, low_m, high_m] = numbers
  if (numbers.length !== 4 || !numbers.every(Number.isFinite) || to_s! - from_s! < 1 || high_m! - low_m! < 1) return undefined
  return { from_s: from_s!, to_s: to_s!, low_m: low_m!, high_m: high_m! }
}
