// Paints a matrix of hours and weekdays as SVG. Each slot carries its change in per cent, so that it reads without colour; ? where the interval holds zero.
import { INK, MUTED, PAPER, RULE } from './palette.ts'
import { keyRows, picture, type KeyItem, type PlotBox } from './plot.ts'
import { element, subpath, text } from './svg.ts'
import { columnsOf } from './text-width.ts'
import type { MatrixScene, MatrixSceneCell } from './hour-matrix.ts'

export interface MatrixWords {
  none: string
  better: string
  worse: string
  undecided: string
  missing: string
  hour: string
  said: (counts: { better: number; worse: number; undecided: number; missing: number }) => string
}

const ENGLISH: MatrixWords = {
  none: 'no data: no hour was measured', better: 'better: shorter run time', worse: 'worse: longer run time', undecided: '? the days cannot tell', missing: 'days on one side only', hour: 'hour of the day',
  said: ({ better, worse, undecided, missing }) => `${better} slots better, ${worse} worse, ${undecided} undecided, ${missing} with days on one side only`,
}

const COLOURS = { better: ['#e8eef5', '#c6dbef', '#6baed6', '#2171b5'], worse: ['#f5ecea', '#fcc5b0', '#f0795b', '#b2182b'] } as const
const PLAIN = '#f3f4f6'
const ROW_PX = 26

export function matrixBox({ rows }: Pick<MatrixScene, 'rows'>, width = 760): PlotBox & { row_px: number } {
  const names = Math.max(6, ...rows.map(({ label }) => columnsOf(label)))
  return { left: Math.round(names * 6.6) + 16, right: width - 12, top: 26, bottom: 26 + rows.length * ROW_PX, row_px: ROW_PX }
}

export function paintMatrix(scene: MatrixScene, { title, width = 760, words = ENGLISH }: { title: string; width?: number; words?: MatrixWords }): string {
  const [first, last] = scene.hours
  const columns = last - first + 1
  if (columns <= 0) return picture('hour-matrix', { title, description: words.none, width, height: 60 }, text(words.none, { x: 16, y: 34, fill: MUTED }))
  const { row_px, ...box } = matrixBox(scene, width)
  const wide = (box.right - box.left) / columns
  const all = scene.rows.flatMap(({ cells }) => cells.flatMap((cell) => cell ?? []))
  const count = (verdict: MatrixSceneCell['verdict']): number => all.filter((cell) => cell.percent !== null && cell.verdict === verdict).length
  const description = words.said({ better: count('better'), worse: count('worse'), undecided: count('undecided'), missing: all.filter(({ percent }) => percent === null).length })
  const key = keyRows([swatch(words.better, COLOURS.better[2]), swatch(words.worse, COLOURS.worse[2]), swatch(words.undecided, PLAIN), swatch(words.missing, PAPER)], 16, box.bottom + 12, box.right)
  return picture(
    'hour-matrix', { title, description, width, height: box.bottom + 12 + key.height },
    element('g', { 'fill': MUTED, 'text-anchor': 'middle' }, ...Array.from({ length: columns }, (_, i) => text(String(first + i), { x: box.left + (i + 0.5) * wide, y: box.top - 8 }))),
    element('g', { 'text-anchor': 'end' }, ...scene.rows.map(({ label }, row) => text(label, { x: box.left - 8, y: box.top + (row + 0.5) * row_px + 4 }))),
    ...scene.rows.flatMap(({ cells }, row) => cells.map((cell, i) => paintCell(cell, box.left + i * wide, box.top + row * row_px, wide, row_px))),
    key.svg,
  )
}

function paintCell(cell: MatrixSceneCell | undefined, x: number, y: number, wide: number, high: number): string {
  if (cell === undefined) return ''
  const area = subpath([[x + 1, y + 1], [x + wide - 1, y + 1], [x + wide - 1, y + high - 1], [x + 1, y + high - 1]], true)
  if (cell.percent === null) return element('path', { d: area, fill: PAPER, stroke: RULE })
  const undecided = cell.verdict === 'undecided'
  const fill = cell.verdict === 'undecided' ? PLAIN : COLOURS[cell.verdict][cell.strength]
  const rounded = Math.round(cell.percent)
  const figure = `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${Math.abs(rounded)}${undecided ? '?' : ''}`
  return element('path', { d: area, fill, stroke: undecided ? RULE : 'none' }) + (wide < 22 ? '' : text(figure, { 'x': x + wide / 2, 'y': y + high / 2 + 3.6, 'font-size': wide < 30 ? 8.5 : 10, 'text-anchor': 'middle', 'fill': cell.strength === 3 ? PAPER : undecided ? MUTED : INK }))
}

const swatch = (label: string, colour: string): KeyItem => ({ label, width: 16, swatch: (x, y) => element('rect', { x, 'y': y - 7, 'width': 16, 'height': 14, 'fill': colour, 'stroke': RULE }) })
