// The legend under a time-space diagram: which bar is which direction, what the bands are, what the tick means.
// It names only what the scene shows.
import { INBOUND_DASH, PART_DASH, PART_OPACITY } from './paint-bands.ts'
import type { Frame } from './frame.ts'
import { DIRECTION_COLOUR, DISPLAY_COLOUR, INK, MUTED, RULE } from './palette.ts'
import { element, px, subpath, text } from './svg.ts'
import { pixelsOf } from './text-width.ts'
import { DIRECTIONS } from './time-space.ts'

interface Item {
  label: string
  width: number
  swatch: (x: number, y: number) => string
}

const FONT_PX = 10.5
const GAP = 18

export function paintLegend({ scene, right, left, every }: Frame, top: number): string {
  const signals = [...signalItems(scene.stations.flatMap(({ bars }) => bars.map((bar) => bar.direction))), referenceItem]
  const bands = DIRECTIONS.flatMap((direction) => {
    const band = scene.bands.find((candidate) => candidate.direction === direction)
    if (band === undefined || scene.cycle_s === undefined) return []
    const share = Math.round((100 * band.width_s) / scene.cycle_s)
    return [bandItem(direction, `${direction} band ${px(band.width_s)} s (${share} %)`)]
  })
  const vehicles = DIRECTIONS.filter((direction) => scene.trajectories.some((trajectory) => trajectory.direction === direction))
  const second = [...bands, ...(scene.part_bands.length === 0 ? [] : [partItem]), ...vehicles.map((direction) => vehicleItem(direction, every[direction]))]
  return element('g', { 'class': 'legend', 'font-size': FONT_PX, 'fill': MUTED }, row(signals, 16, top + 12, right + 50), row(second, 16, top + 30, right + 50), rule(left, right, top))
}

const rule = (left: number, right: number, top: number): string =>
  element('path', { d: subpath([[16, top - 4], [right + Math.min(40, left), top - 4]]), stroke: RULE, fill: 'none' })

/** Items from the left; what does not fit is squeezed by a smaller gap, never cut. */
function row(items: Item[], left: number, y: number, right: number): string {
  const widths = items.map(({ label, width }) => width + 6 + pixelsOf(label, FONT_PX))
  const spare = right - left - widths.reduce((sum, width) => sum + width, 0)
  const gap = items.length > 1 ? Math.min(GAP, spare / (items.length - 1)) : GAP
  let x = left
  return items.map((item, i) => {
    const at = x
    x += (widths[i] as number) + gap
    return item.swatch(at, y) + text(item.label, { x: at + item.width + 6, y: y + 3.5 })
  }).join('')
}

function signalItems(shown: string[]): Item[] {
  const both = shown.includes('outbound') && shown.includes('inbound')
  const where = both ? 'lower bar outbound, upper bar inbound' : `bars: ${shown[0] ?? 'none'}`
  const displays = (['green', 'yellow', 'red'] as const).map((display): Item => ({
    label: display,
    width: 20,
    swatch: (x, y) => element('rect', { x, 'y': y - (display === 'green' ? 1.5 : 2.5), 'width': 20, 'height': display === 'green' ? 3 : 5, 'fill': DISPLAY_COLOUR[display] }),
  }))
  return [...displays, { label: where, width: 0, swatch: () => '' }]
}

const referenceItem: Item = {
  label: 'offset reference point',
  width: 6,
  swatch: (x, y) => element('path', { d: subpath([[x + 3, y - 6], [x + 3, y + 6]]), stroke: INK, 'stroke-width': 1.2, fill: 'none' }),
}

/** Slants as the band does. */
function bandItem(direction: 'outbound' | 'inbound', label: string): Item {
  const colour = DIRECTION_COLOUR[direction]
  const lean = direction === 'outbound' ? 1 : -1
  return {
    label,
    width: 26,
    swatch: (x, y) => {
      const [low, high] = [y + lean * 5, y - lean * 5]
      const hatch = direction === 'inbound' ? [-2, 1, 4].map((dy) => subpath([[x + 8, y + dy - 1], [x + 18, y + dy - 1]])).join('') : ''
      return [
        element('path', { d: subpath([[x, low], [x + 12, low], [x + 26, high], [x + 14, high]], true), fill: colour, 'fill-opacity': '0.18' }),
        hatch === '' ? '' : element('path', { d: hatch, stroke: colour, 'stroke-width': 0.6, 'stroke-opacity': '0.6' }),
        element('path', { d: subpath([[x, low], [x + 14, high]]) + subpath([[x + 12, low], [x + 26, high]]), stroke: colour, 'stroke-width': 1.1, 'stroke-dasharray': direction === 'inbound' ? INBOUND_DASH : undefined, fill: 'none' }),
      ].join('')
    },
  }
}

const partItem: Item = {
  label: 'band of a link or a path',
  width: 26,
  swatch: (x, y) => [
    element('path', { d: subpath([[x, y + 5], [x + 12, y + 5], [x + 26, y - 5], [x + 14, y - 5]], true), fill: INK, 'fill-opacity': PART_OPACITY }),
    element('path', { d: subpath([[x, y + 5], [x + 14, y - 5]]) + subpath([[x + 12, y + 5], [x + 26, y - 5]]), stroke: INK, 'stroke-width': 0.8, 'stroke-dasharray': PART_DASH, fill: 'none' }),
  ].join(''),
}

const vehicleItem = (direction: 'outbound' | 'inbound', every: number): Item => ({
  label: every === 1 ? `vehicle ${direction}` : `1 in ${every} vehicles ${direction}`,
  width: 18,
  swatch: (x, y) => element('path', { d: subpath([[x, y + (direction === 'outbound' ? 4 : -4)], [x + 18, y + (direction === 'outbound' ? -4 : 4)]]), stroke: DIRECTION_COLOUR[direction], 'stroke-width': 0.9, fill: 'none' }),
})
