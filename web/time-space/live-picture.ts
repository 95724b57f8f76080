// What the live layer shows, and what all its painters share.
import { repeats, type EditorBand, type EditorScene, type EditorStation } from '../../diagram/editor-scene.ts'
import type { Projection } from '../../diagram/view.ts'
import type { Direction } from '../../model/plan.ts'
import type { Colours } from './colours.ts'
import type { Box } from './damage.ts'

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

export type Context = CanvasRenderingContext2D

export const DIRECTIONS = ['outbound', 'inbound'] as const satisfies readonly Direction[]
export const FONT = '11px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif'
export const BOLD = '600 11px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif'

/** The canvas in the plane of time and street, so that a swap of the axes is one transform. */
export const enterPlane = (context: Context, { swapped }: Projection, ratio: number): void => (swapped ? context.setTransform(0, ratio, ratio, 0, 0, 0) : context.setTransform(ratio, 0, 0, ratio, 0, 0))
export const enterScreen = (context: Context, ratio: number): void => context.setTransform(ratio, 0, 0, ratio, 0, 0)

/** What is painted in one go: a box of the plane, and the time that it shows. */
export interface Part { box: Box; range: readonly [number, number] }

/** Things at the edge reach into it by some pixels. */
const EDGE_PX = 8

export const partOf = ({ view, px_per_s }: Projection, box: Box): Part => ({ box, range: [view.from_s + (box.a0 - EDGE_PX) / px_per_s, view.from_s + (box.a1 + EDGE_PX) / px_per_s] })
export const reaches = ({ box }: Part, b: number, reach: number): boolean => b + reach >= box.b0 && b - reach <= box.b1

export const isFaded = ({ selected }: LivePicture, signal: string): boolean => selected.size > 1 && !selected.has(signal)

/** Every interval of a stop line that touches the range, in master time. */
export function eachInterval(station: EditorStation, range: readonly [number, number], visit: (from_s: number, to_s: number, outbound: number, inbound: number) => void): void {
  const { starts_s, cycle_s, offset_s, outbound, inbound } = station
  for (const shift of repeats(offset_s, offset_s + cycle_s, cycle_s, range)) {
    for (let i = 0; i < starts_s.length; i++) {
      const from = offset_s + shift + starts_s[i]!
      const to = offset_s + shift + (starts_s[i + 1] ?? cycle_s)
      if (to > range[0] && from < range[1]) visit(from, to, outbound[i]!, inbound[i]!)
    }
  }
}

export const showsBands = ({ bandsShown }: LivePicture, { cycle_s }: EditorScene, whole: boolean): boolean => cycle_s !== undefined && bandsShown !== 'none' && bandsShown !== (whole ? 'link' : 'whole')

/** Texts repeat from frame to frame, and to measure one costs as much as to draw it. */
const widths = new Map<string, number>()
const MOST_WIDTHS = 5000

export function widthOf(context: Context, font: string, text: string): number {
  const key = `${font} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  if (widths.size >= MOST_WIDTHS) widths.clear()
  context.font = font
  const { width } = context.measureText(text)
  widths.set(key, width)
  return width
}
