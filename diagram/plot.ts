// What the small pictures of traffic state share: the outer element, an axis of clock times, an axis of values at the left,
// and a key that wraps.
import { formatTimeOfDay } from '../model/units.ts'
import { FONT, INK, MUTED, PAPER, RULE } from './palette.ts'
import { multiples, timeStep, type LinearScale } from './scale.ts'
import { element, escapeText, px, subpath, text } from './svg.ts'
import { pixelsOf } from './text-width.ts'

export const PLOT_FONT_PX = 11

/** Borders of a plot, px. */
export interface PlotBox {
  left: number
  right: number
  top: number
  bottom: number
}

/** One standalone `<svg>` with its name and, for those who cannot see it, its content in a sentence. */
export function picture(className: string, { title, description, width, height }: { title: string; description: string; width: number; height: number }, ...children: string[]): string {
  return element(
    'svg',
    { 'xmlns': 'http://www.w3.org/2000/svg', 'class': className, 'viewBox': `0 0 ${px(width)} ${px(height)}`, 'width': width, 'height': height, 'role': 'img', 'font-family': FONT, 'font-size': PLOT_FONT_PX, 'fill': INK },
    element('title', {}, escapeText(title)), element('desc', {}, escapeText(description)), element('rect', { width, height, fill: PAPER }), ...children,
  )
}

/** Times of day below the plot, with a thin line upwards at each. */
export function clockAxis(x: LinearScale, [start, end]: readonly [number, number], { left, right, top, bottom }: PlotBox, grid = true, label = 'time of day'): string {
  const ticks = multiples(start, end, timeStep(end - start, (right - left) / 62))
  return element(
    'g',
    { class: 'axis' },
    grid ? element('path', { d: ticks.map((t) => subpath([[x(t), top], [x(t), bottom]])).join(''), stroke: RULE, fill: 'none' }) : '',
    element('path', { 'd': ticks.map((t) => subpath([[x(t), bottom], [x(t), bottom + 5]])).join('') + subpath([[left, bottom], [right, bottom]]), 'stroke': MUTED, 'stroke-width': 0.7, 'fill': 'none' }),
    element('g', { 'fill': MUTED, 'text-anchor': 'middle' }, ...ticks.map((t) => text(clockTime(t), { x: x(t), y: bottom + 17 }))),
    text(label, { 'x': right, 'y': bottom + 30, 'fill': MUTED, 'text-anchor': 'end' }),
  )
}

/** Past midnight the clock begins anew. */
export const clockTime = (time_s: number): string => formatTimeOfDay(time_s > 86_400 ? time_s - 86_400 : time_s)

/** Values at the left of the plot; `label` stands above them. */
export function valueAxis(y: LinearScale, ticks: readonly number[], label: string, { left, right, top }: PlotBox): string {
  return element(
    'g',
    { class: 'axis' },
    element('path', { d: ticks.map((value) => subpath([[left - 4, y(value)], [right, y(value)]])).join(''), stroke: RULE, fill: 'none' }),
    element('g', { 'fill': MUTED, 'text-anchor': 'end' }, ...ticks.map((value) => text(px(value).replace('-', '−'), { x: left - 8, y: y(value) + 4 }))),
    text(label, { x: 4, y: top - 10, fill: MUTED }),
  )
}

export interface KeyItem {
  label: string
  /** px. */
  width: number
  /** Drawn from x on, about y. */
  swatch: (x: number, y: number) => string
}

const KEY_FONT_PX = 10.5
const ROW_PX = 18
const GAP_PX = 18

/** Items in rows from the left; `height` is what they take. */
export function keyRows(items: readonly KeyItem[], left: number, top: number, right: number): { svg: string; height: number } {
  let [x, y] = [left, top + 8]
  const parts = items.map(({ label, width, swatch }) => {
    const room = width + 6 + pixelsOf(label, KEY_FONT_PX)
    if (x > left && x + room > right) [x, y] = [left, y + ROW_PX]
    const at = x
    x += room + GAP_PX
    return swatch(at, y) + text(label, { x: at + width + 6, y: y + 3.5 })
  })
  return { svg: element('g', { 'class': 'legend', 'font-size': KEY_FONT_PX, 'fill': MUTED }, ...parts), height: y - top + 12 }
}

/** A dot is a line of no length with round ends: a few bytes each. */
export function dots(points: readonly (readonly [x: number, y: number])[], colour: string, size: number): string {
  if (points.length === 0) return ''
  return element('path', { 'd': points.map(([x, y]) => `M${px(x)} ${px(y)}h0`).join(''), 'stroke': colour, 'stroke-width': size, 'stroke-linecap': 'round', 'fill': 'none' })
}

/** Diamonds that stay apart from dots without colour. */
export function diamonds(points: readonly (readonly [x: number, y: number])[], colour: string, half: number): string {
  if (points.length === 0) return ''
  const side = px(half)
  return element('path', { 'd': points.map(([x, y]) => `M${px(x)} ${px(y - half)}l${side} ${side}l-${side} ${side}l-${side}-${side}z`).join(''), 'stroke': colour, 'stroke-width': 1, 'fill': PAPER })
}
