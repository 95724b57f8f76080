import { describe, expect, it } from 'vitest'
import { distanceAxis } from './distance-axis.ts'
import { buildEditorScene, editorStation, repeats, SHOWN, type EditorStationInput } from './editor-scene.ts'
import { changesOf, passageOf, pick } from './pick.ts'
import { pan, project, readView, writeView, zoom, type View } from './view.ts'

const VIEW: View = { from_s: 100, to_s: 300, low_m: -50, high_m: 1050 }
const TRUE = distanceAxis([0, 1000], false)

const station = (signal: string, position_m: number, offset_s: number): EditorStationInput => ({
  signal, name: signal, position_m, cycle_s: 90, offset_s, outbound: { green_windows_s: [[0, 40]], yellow_s: 3 }, inbound: { green_windows_s: [[70, 110]], yellow_s: 3 }, red_clearance_s: { outbound: 2, inbound: 2 },
})

describe('views', () => {
  it('keep under the pointer what is zoomed there, and come back from the address', () => {
    for (const swapped of [false, true]) {
      const before = project(VIEW, TRUE, 800, 600, swapped)
      const at = { time_s: before.time(200), drawn_m: TRUE.drawn(before.position(150)) }
      const after = project(zoom(VIEW, at, { time: 0.5, distance: 0.8 }), TRUE, 800, 600, swapped)
      expect(after.a(at.time_s)).toBeCloseTo(200)
      expect(after.b(before.position(150))).toBeCloseTo(150)
      expect(after.screen(...after.plane(12, 34))).toEqual([12, 34])
    }
    expect(readView(writeView(VIEW))).toEqual(VIEW)
    for (const text of [null, '', '1~2~3', 'a~b~c~d', '5~5~0~10', '1~~3~9']) expect(readView(text)).toBeUndefined()
    expect(pan(VIEW, { time_s: 5, drawn_m: -10 })).toEqual({ from_s: 105, to_s: 305, low_m: -60, high_m: 1040 })
  })

  it('set signals equally far apart and lead back to true metres', () => {
    const axis = distanceAxis([0, 100, 1000], true)
    expect([0, 100, 1000, 1100, -20].map(axis.drawn)).toEqual([0, 500, 1000, 1100, -20])
    for (const metres of [-30, 40, 100, 640, 1200]) expect(axis.position(axis.drawn(metres))).toBeCloseTo(metres)
  })
})

describe('stop lines of the editor', () => {
  it('tile the cycle with what each direction shows, its clearance apart from red', () => {
    const { starts_s, outbound, inbound } = editorStation(station('a', 0, 10))
    const at = (column: Uint8Array, time_s: number): number => column[Array.from(starts_s).findLastIndex((start) => start <= time_s)]!
    expect([1, 39, 41, 44, 46, 89].map((t) => at(outbound, t))).toEqual([SHOWN.green, SHOWN.green, SHOWN.yellow, SHOWN.clearance, SHOWN.red, SHOWN.red])
    expect([1, 19, 21, 24, 26, 69, 71].map((t) => at(inbound, t))).toEqual([SHOWN.green, SHOWN.green, SHOWN.yellow, SHOWN.clearance, SHOWN.red, SHOWN.red, SHOWN.green])
    expect(changesOf(editorStation(station('a', 0, 10)), 'inbound').map(({ at_s, kind }) => `${kind} ${at_s}`).sort()).toEqual(['begin 70', 'end 20'])
  })

  it('repeat as often as they touch a range and no more', () => {
    expect([...repeats(10, 20, 90, [0, 200])]).toEqual([0, 90, 180])
    expect([...repeats(10, 20, 90, [21, 99])]).toEqual([])
  })
})

describe('what lies under the pointer', () => {
  const measured = { direction: 'outbound' as const, from: 'a', to: 'b', width_s: 20, share: 20 / 90, attainability: 0.5, speed_mps: 20, limited_by: ['a'], front_s: [{ signal: 'a', time_s: 10 }, { signal: 'b', time_s: 60 }] }
  const scene = buildEditorScene({ stations: [editorStation(station('b', 1000, 60)), editorStation(station('a', 0, 10))], cycle_s: 90, links: [], ends: [measured], bands: [{ direction: 'outbound', width_s: 20, width_cycle: 0, limited_by: [], front_s: [], links: [{ from: 'a', to: 'b', distance_m: 1000, travel_time_s: 50, speed_mps: 20 }] }] })

  it('is an edge of green before its bar, a bar before a band, a band before nothing', () => {
    for (const swapped of [false, true]) {
      const projection = project(VIEW, TRUE, 800, 600, swapped)
      const side = swapped ? -1 : 1
      const line = projection.b(0)
      expect(pick(scene, projection, projection.a(10 + 90 + 40), line + 4 * side)).toMatchObject({ kind: 'edge', signal: 'a', direction: 'outbound', at_s: 40, side: 'end' })
      expect(pick(scene, projection, projection.a(10 + 90 + 20 + 60), line + 4 * side)).toMatchObject({ kind: 'offset', signal: 'a' })
      expect(pick(scene, projection, projection.a(10 + 90 + 25), projection.b(500))).toMatchObject({ kind: 'band', direction: 'outbound', from: 'a', to: 'b', whole: true })
      expect(pick(scene, projection, projection.a(10 + 90 + 36), projection.b(500))).toBeUndefined()
    }
  })

  it('knows when and on which link the front of a band passes', () => {
    expect(passageOf(scene.bands[0]!, 250)).toEqual({ time_s: 22.5, from: 'a', to: 'b', share: 0.25 })
    expect(passageOf(scene.bands[0]!, 1200)).toBeUndefined()
  })
})
