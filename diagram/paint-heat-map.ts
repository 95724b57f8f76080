// Paints a heat map as SVG: the direction of travel upwards, the clock to the right. Every cell that has room carries the mark
// of its class; unknown cells are hatched grey.
import { INK, MUTED, PAPER, RULE } from './palette.ts'
import { clockAxis, keyRows, picture, type KeyItem, type PlotBox } from './plot.ts'
import { linearScale } from './scale.ts'
import { element, px, subpath, text } from './svg.ts'
import { columnsOf, shorten } from './text-width.ts'
import type { HeatLevel, HeatMapScene } from './heat-map.ts'

const NAME_COLUMNS = 22
const UNKNOWN = '#eceff2'
const HATCH = '#b4bdc6'
const MARK_PX = 9

/** What is written in the picture beside the names of rows and levels. */
export interface HeatMapWords {
  none: string
  clock: string
  unknown: string
  said: (figures: { links: number; columns: number; minutes: number; percent: number }) => string
}

const ENGLISH: HeatMapWords = {
  none: 'no data: no link was observed', clock: 'time of day', unknown: 'not known',
  said: ({ links, columns, minutes, percent }) => `${links} links, ${columns} columns of ${px(minutes)} min; ${percent} % of the cells known`,
}

/** Where a picture of this width is plotted, and how high a row is: for hit-testing and cursors over it. The first row is at the bottom. */
export function heatMapBox({ rows }: Pick<HeatMapScene, 'rows'>, width = 760): PlotBox & { row_px: number } {
  const names = Math.max(8, ...rows.map(({ label }) => Math.min(NAME_COLUMNS, columnsOf(label))))
  const row_px = rows.length > 24 ? 14 : 18
  return { left: Math.round(names * 6.4) + 14, right: width - 16, top: 12, bottom: 12 + rows.length * row_px, row_px }
}

export function paintHeatMap(scene: HeatMapScene, { title, width = 760, words = ENGLISH }: { title: string; width?: number; words?: HeatMapWords }): string {
  const { row_px, ...box } = heatMapBox(scene, width)
  const total = scene.rows.length * scene.columns
  const description = words.said({ links: scene.rows.length, columns: scene.columns, minutes: scene.column_s / 60, percent: total === 0 ? 0 : Math.round((100 * scene.known) / total) })
  if (total === 0) return picture('heat-map', { title, description, width, height: 60 }, text(words.none, { x: 16, y: 34, fill: MUTED }))
  const range = [scene.start_s, scene.start_s + scene.columns * scene.column_s] as const
  const x = linearScale(range, [box.left, box.right])
  const key = keyRows(keyItems(scene, words.unknown), 16, box.bottom + 36, box.right)
  return picture(
    'heat-map', { title, description, width, height: box.bottom + 36 + key.height },
    paintCells(scene, box, row_px),
    clockAxis(x, range, box, false, words.clock),
    element('g', { 'text-anchor': 'end' }, ...scene.rows.map(({ label }, row) => text(shorten(label, NAME_COLUMNS), { x: box.left - 8, y: rowTop(box, row_px, row) + row_px / 2 + 4 }))),
    key.svg,
  )
}

/** The first row is the farthest upstream, at the bottom. */
const rowTop = (box: PlotBox, row_px: number, row: number): number => box.bottom - (row + 1) * row_px

function paintCells({ cells, levels, columns }: HeatMapScene, box: PlotBox, row_px: number): string {
  const wide = (box.right - box.left) / columns
  const areas = levels.map(() => '')
  const marks = levels.map((): string[] => [])
  let [unknown, hatch] = ['', '']
  cells.forEach((row, r) => {
    const top = rowTop(box, row_px, r)
    // Neighbours of one level are one rectangle.
    for (let from = 0; from < columns;) {
      const level = row[from]!
      let until = from + 1
      while (until < columns && row[until] === level) until++
      const [left, right] = [box.left + from * wide, box.left + until * wide]
      const area = subpath([[left, top + 0.5], [right, top + 0.5], [right, top + row_px - 0.5], [left, top + row_px - 0.5]], true)
      if (level < 0) {
        unknown += area
        hatch += hatched(left, right, top + 0.5, top + row_px - 0.5)
      } else {
        areas[level] += area
        for (let column = from; column < until; column++) if (wide >= MARK_PX) marks[level]!.push(text(levels[level]!.mark, { x: box.left + (column + 0.5) * wide, y: top + row_px / 2 + 3.2 }))
      }
      from = until
    }
  })
  return [
    unknown === '' ? '' : element('path', { d: unknown, fill: UNKNOWN }) + element('path', { 'd': hatch, 'stroke': HATCH, 'stroke-width': 0.7, 'fill': 'none' }),
    ...levels.map(({ colour }, i) => (areas[i] === '' ? '' : element('path', { d: areas[i], fill: colour, stroke: PAPER, 'stroke-width': 0.4 }))),
    ...levels.map(({ colour }, i) => (marks[i]!.length === 0 ? '' : element('g', { 'font-size': MARK_PX, 'text-anchor': 'middle', 'fill': isDark(colour) ? PAPER : INK }, ...marks[i]!))),
    element('path', { d: subpath([[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]], true), stroke: RULE, fill: 'none' }),
  ].join('')
}

/** Slanted lines inside a rectangle, 6 px apart, cut at its borders. */
function hatched(left: number, right: number, top: number, bottom: number): string {
  const height = bottom - top
  let d = ''
  for (let foot = Math.ceil((left - height) / 6) * 6; foot < right; foot += 6) {
    const [from, to] = [Math.max(0, left - foot), Math.min(height, right - foot)]
    if (to > from) d += subpath([[foot + from, bottom - from], [foot + to, bottom - to]])
  }
  return d
}

/** By relative luminance (WCAG 2.2), weights of sRGB without its curve: enough to choose between ink and paper. */
function isDark(colour: string): boolean {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! < 120
}

function keyItems({ levels, cells }: HeatMapScene, unknown: string): KeyItem[] {
  const swatch = ({ colour, mark }: HeatLevel) => (x: number, y: number): string =>
    element('rect', { x, 'y': y - 7, 'width': 16, 'height': 14, 'fill': colour }) + text(mark, { 'x': x + 8, 'y': y + 3.2, 'font-size': MARK_PX, 'text-anchor': 'middle', 'fill': isDark(colour) ? PAPER : INK })
  const items = levels.map((level): KeyItem => ({ label: level.label, width: 16, swatch: swatch(level) }))
  if (!cells.some((row) => row.includes(-1))) return items
  return [...items, {
    label: unknown, width: 16,
    swatch: (x, y) => element('rect', { x, 'y': y - 7, 'width': 16, 'height': 14, 'fill': UNKNOWN }) + element('path', { 'd': hatched(x, x + 16, y - 7, y + 7), 'stroke': HATCH, 'stroke-width': 0.7, 'fill': 'none' }),
  }]
}
