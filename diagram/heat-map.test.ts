import { describe, expect, it } from 'vitest'
import { expectGolden } from '../test/golden.ts'
import { buildHeatMap, LEVEL_COLOUR, type HeatMapInput } from './heat-map.ts'
import { paintHeatMap } from './paint-heat-map.ts'

const LEVELS = [
  { label: 'free 畅通', colour: LEVEL_COLOUR.green, mark: '1' }, { label: 'slow 缓行', colour: LEVEL_COLOUR.yellow, mark: '2' }, { label: 'severe <严重>', colour: LEVEL_COLOUR['dark-red'], mark: '3' },
]
const input = (cells: readonly (readonly (number | undefined)[])[]): HeatMapInput => ({
  rows: cells.map((_, i) => ({ label: `Mill & Co ${i}` })), start_s: 61_200, column_s: 300, columns: cells[0]?.length ?? 0, levels: LEVELS, levelOf: (row, column) => cells[row]?.[column],
})

describe('a heat map', () => {
  it('matches the golden picture, with names escaped and unknown cells hatched', () => {
    const svg = paintHeatMap(buildHeatMap(input([[0, 0, undefined, 2], [1, undefined, undefined, 0]])), { title: 'Speed' })
    expect(svg).toContain('Mill &amp; Co 0')
    expect(svg).toContain('severe &lt;严重&gt;')
    expectGolden(`${svg}\n`, new URL('golden/heat-map.svg', import.meta.url))
  })

  it('never paints an unknown cell as the best level', () => {
    const svg = paintHeatMap(buildHeatMap(input([[undefined, undefined]])), { title: 'x' })
    // The only green is the swatch of the key.
    expect(svg.split(LEVEL_COLOUR.green)).toHaveLength(2)
    expect(svg).toContain('not known')
    expect(svg).toContain('0 % of the cells known')
  })

  it('treats a level that the scale does not have as unknown', () => {
    const scene = buildHeatMap(input([[0, 7, -1]]))
    expect([...scene.cells[0]!]).toEqual([0, -1, -1])
    expect(scene.known).toBe(1)
  })

  it('marks every known cell with the character of its class', () => {
    const svg = paintHeatMap(buildHeatMap(input([[0, 0, 1, 2]])), { title: 'x' })
    const cells = /<g font-size="9" text-anchor="middle"[^>]*>(.*?)<\/g>/g
    expect([...svg.matchAll(cells)].map(([, marks]) => (marks!.match(/>(\d)</g) ?? []).length)).toEqual([2, 1, 1])
  })

  it('says no data for no row or no column', () => {
    for (const scene of [buildHeatMap(input([])), buildHeatMap({ ...input([[0]]), columns: 0 })]) {
      const svg = paintHeatMap(scene, { title: 'x' })
      expect(svg).toContain('no data')
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('gets darker from level to level, so that it prints in grey', () => {
    const order = ['green', 'yellow', 'orange', 'red', 'dark-red'] as const
    const light = order.map((name) => [1, 3, 5].reduce((sum, at, i) => sum + [0.2126, 0.7152, 0.0722][i]! * Number.parseInt(LEVEL_COLOUR[name].slice(at, at + 2), 16), 0))
    expect([...light].sort((a, b) => b - a)).toEqual(light)
  })
})
