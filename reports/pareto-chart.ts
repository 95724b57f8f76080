// A small chart of the best pairs of band widths: outbound to the right, inbound upwards, seconds on equal scales.
import { FONT, INK, MUTED, PAPER, RULE } from '../diagram/palette.ts'
import { decimalStep, linearScale, multiples } from '../diagram/scale.ts'
import { element, escapeText, px, subpath, text } from '../diagram/svg.ts'
import type { PixelPoint } from '../diagram/svg.ts'
import type { ParetoPoint } from './plan-report-input.ts'

const WIDTH = 420
const HEIGHT = 270
const [LEFT, RIGHT, TOP, BOTTOM] = [52, WIDTH - 16, 16, HEIGHT - 42]

export function paintPareto(points: readonly ParetoPoint[]): string {
  const sorted = [...points].sort((a, b) => a.outbound_s - b.outbound_s || b.inbound_s - a.inbound_s)
  const most = (values: number[]): [number, number] => {
    const step = decimalStep(Math.max(1, ...values), 6)
    return [step, Math.ceil((Math.max(1, ...values) * 1.02) / step) * step]
  }
  const [stepX, endX] = most(sorted.map(({ outbound_s }) => outbound_s))
  const [stepY, endY] = most(sorted.map(({ inbound_s }) => inbound_s))
  const x = linearScale([0, endX], [LEFT, RIGHT])
  const y = linearScale([0, endY], [BOTTOM, TOP])
  const grid = multiples(0, endX, stepX).map((v) => subpath([[x(v), TOP], [x(v), BOTTOM]])).join('') + multiples(0, endY, stepY).map((v) => subpath([[LEFT, y(v)], [RIGHT, y(v)]])).join('')
  const place = ({ outbound_s, inbound_s }: ParetoPoint): PixelPoint => [x(outbound_s), y(inbound_s)]
  const chosen = sorted.find((point) => point.chosen === true)
  return element(
    'svg',
    { 'xmlns': 'http://www.w3.org/2000/svg', 'class': 'pareto', 'viewBox': `0 0 ${WIDTH} ${HEIGHT}`, 'width': WIDTH, 'height': HEIGHT, 'role': 'img', 'font-family': FONT, 'font-size': 11, 'fill': INK },
    element('title', {}, escapeText('Best pairs of band widths')),
    element('path', { d: grid, stroke: RULE, fill: 'none' }),
    element('g', { 'fill': MUTED, 'text-anchor': 'middle' }, ...multiples(0, endX, stepX).map((v) => text(px(v), { x: x(v), y: BOTTOM + 15 })), text('outbound band, s', { x: (LEFT + RIGHT) / 2, y: HEIGHT - 8 })),
    element('g', { 'fill': MUTED, 'text-anchor': 'end' }, ...multiples(0, endY, stepY).map((v) => text(px(v), { x: LEFT - 7, y: y(v) + 4 }))),
    text('inbound band, s', { 'fill': MUTED, 'text-anchor': 'middle', 'transform': `rotate(-90 14 ${px((TOP + BOTTOM) / 2)})`, 'x': 14, 'y': (TOP + BOTTOM) / 2 }),
    element('path', { d: subpath(sorted.map(place)), stroke: MUTED, fill: 'none' }),
    ...sorted.map((point) => element('circle', { cx: place(point)[0], cy: place(point)[1], r: 2.6, fill: PAPER, stroke: INK })),
    chosen === undefined ? '' : element('circle', { cx: place(chosen)[0], cy: place(chosen)[1], r: 5, fill: INK }) + text(`this plan ${px(chosen.outbound_s)} / ${px(chosen.inbound_s)} s`, labelAt(place(chosen))),
  )
}

/** Beside the point, on the side with room, in a halo. */
function labelAt([x, y]: PixelPoint): Record<string, string | number> {
  const left = x > (LEFT + RIGHT) / 2
  return { 'x': x + (left ? -10 : 10), 'y': Math.min(BOTTOM - 8, y + 16), 'text-anchor': left ? 'end' : 'start', 'font-weight': '600', 'stroke': PAPER, 'stroke-width': 3, 'paint-order': 'stroke' }
}
