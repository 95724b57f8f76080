// Paints the bands of a time-space scene. The directions differ by colour, and without colour by edge and filling:
// outbound is plain with solid edges, inbound is hatched with dashed edges.
import type { Direction } from '../model/plan.ts'
import type { Frame } from './frame.ts'
import { DIRECTION_COLOUR, PAPER } from './palette.ts'
import { clipLine, timeAtPosition } from './polyline.ts'
import type { ScenePoint } from './polyline.ts'
import type { SceneBand } from './bands.ts'
import { element, px, subpath, text } from './svg.ts'
import type { PixelPoint } from './svg.ts'
import { pixelsOf } from './text-width.ts'

const HATCH_PX = 6
const LABEL_PX = 12
export const INBOUND_DASH = '5 3'

export function paintBands(frame: Frame): string {
  const { scene } = frame
  const areas = scene.bands.map((band) => paintBand(band, frame)).join('')
  return areas === '' ? '' : element('g', { class: 'bands' }, areas)
}

/** Behind the bands of the whole corridor: paler, with dotted edges. */
export function paintPartBands(frame: Frame): string {
  const { x, y } = frame
  const pixels = (points: readonly ScenePoint[]): PixelPoint[] => points.map((p): PixelPoint => [x(p.time_s), y(p.position_m)])
  const areas = frame.scene.part_bands.map(({ direction, polygon, front_inside, rear_inside }) => {
    const edges = [front_inside, rear_inside].filter((edge) => edge.length > 1).map((edge) => subpath(pixels(edge))).join('')
    return [
      element('path', { d: subpath(pixels(polygon), true), fill: DIRECTION_COLOUR[direction], 'fill-opacity': PART_OPACITY }),
      edges === '' ? '' : element('path', { d: edges, stroke: DIRECTION_COLOUR[direction], 'stroke-width': 0.8, 'stroke-dasharray': PART_DASH, fill: 'none' }),
    ].join('')
  }).join('')
  return areas === '' ? '' : element('g', { class: 'bands' }, areas)
}

export const PART_OPACITY = '0.1'
export const PART_DASH = '1.5 2'

function paintBand(band: SceneBand, frame: Frame): string {
  const { x, y } = frame
  const colour = DIRECTION_COLOUR[band.direction]
  const pixels = (points: readonly ScenePoint[]): PixelPoint[] => points.map((p): PixelPoint => [x(p.time_s), y(p.position_m)])
  const edges = [band.front_inside, band.rear_inside].filter((edge) => edge.length > 1).map((edge) => subpath(pixels(edge))).join('')
  const hatch = band.direction === 'inbound' ? hatchOf(band, frame) : ''
  return [
    element('path', { d: subpath(pixels(band.polygon), true), fill: colour, 'fill-opacity': '0.15' }),
    hatch === '' ? '' : element('path', { d: hatch, stroke: colour, 'stroke-width': 0.6, 'stroke-opacity': '0.45', fill: 'none' }),
    edges === '' ? '' : element('path', { d: edges, stroke: colour, 'stroke-width': 1.1, 'stroke-dasharray': band.direction === 'inbound' ? INBOUND_DASH : undefined, fill: 'none' }),
  ].join('')
}

/** Lines of constant position across the band: they need no clip path and line up between cycles. */
function hatchOf(band: SceneBand, { x, y, top, bottom, scene }: Frame): string {
  let data = ''
  for (let at = top + HATCH_PX / 2; at < bottom; at += HATCH_PX) {
    const position = scene.extent_m[0] + ((bottom - at) / (bottom - top)) * (scene.extent_m[1] - scene.extent_m[0])
    const [from, to] = [timeAtPosition(band.front, position), timeAtPosition(band.rear, position)]
    if (from === undefined || to === undefined) continue
    const inside = clipLine([{ time_s: from, position_m: position }, { time_s: to, position_m: position }], scene.range_s)
    if (inside.length > 1) data += subpath(inside.map((p): PixelPoint => [x(p.time_s), y(p.position_m)]))
  }
  return data
}

interface Box { x: number; y: number; half: number }

/** Labels go over vehicles and signals, so they are painted later than their bands. */
export function paintBandLabels(frame: Frame): string {
  const labels = placeLabels(frame)
  return labels === '' ? '' : element('g', { class: 'bands' }, labels)
}

/** One width label for each direction, in the longest link where nothing else stands, as near the middle as possible. */
function placeLabels(frame: Frame): string {
  const placed: Box[] = []
  const middle = (frame.left + frame.right) / 2
  return (['outbound', 'inbound'] as Direction[]).map((direction) => {
    const label = `${px(frame.scene.bands.find((band) => band.direction === direction)?.width_s ?? 0)} s`
    const half = pixelsOf(label, LABEL_PX) / 2 + 3
    const options = frame.scene.bands.filter((band) => band.direction === direction).flatMap((band) => labelPlaces(band, frame, half))
    const best = options
      .filter((box) => placed.every((other) => Math.abs(other.x - box.x) > other.half + box.half || Math.abs(other.y - box.y) > 18))
      .sort((a, b) => b.room - a.room || Math.abs(a.x - middle) - Math.abs(b.x - middle) || a.y - b.y)[0]
    if (best === undefined) return ''
    placed.push(best)
    return text(label, {
      'x': best.x, 'y': best.y + 4, 'text-anchor': 'middle', 'font-size': LABEL_PX, 'font-weight': '700',
      'fill': DIRECTION_COLOUR[direction], 'stroke': PAPER, 'stroke-width': 3.5, 'stroke-linejoin': 'round', 'paint-order': 'stroke',
    })
  }).join('')
}

/** Middles of the links of a band, at a third and two thirds too, with the height of the link as room. */
function labelPlaces(band: SceneBand, { x, y, left, right, bar }: Frame, half: number): (Box & { room: number })[] {
  return band.front.slice(1).flatMap((to, i) => {
    const from = band.front[i] as ScenePoint
    const room = Math.round(Math.abs(y(to.position_m) - y(from.position_m)))
    return [0.5, 0.3, 0.7].flatMap((share) => {
      const position = from.position_m + share * (to.position_m - from.position_m)
      const time = from.time_s + share * (to.time_s - from.time_s) + band.width_s / 2
      const box = { x: x(time), y: y(position), half, room }
      const free = box.x - half > left && box.x + half < right && room * 0.3 > bar + LABEL_PX / 2
      return free ? [box] : []
    })
  })
}
