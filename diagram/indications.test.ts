import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayAt } from '../model/compile.ts'
import type { GreenWindow } from '../model/plan.ts'
import { mergeWindows, tileIndications } from './indications.ts'

// The same cases in every run.
fc.configureGlobal({ seed: 1 })

/** Windows in whole seconds, as plans have them; starts anywhere, ends past the cycle allowed. */
const signals = fc.record({ cycle: fc.integer({ min: 20, max: 200 }), offset: fc.integer({ min: -400, max: 90_000 }), yellow: fc.integer({ min: 0, max: 6 }), windows: fc.array(fc.tuple(fc.nat(199), fc.integer({ min: 1, max: 220 })), { maxLength: 4 }), start: fc.integer({ min: -100, max: 90_000 }), length: fc.integer({ min: 1, max: 900 }) })
  .map((s) => ({ ...s, windows: s.windows.map(([from, length]): GreenWindow => [from % s.cycle, (from % s.cycle) + Math.min(length, s.cycle)]) }))

describe('what a signal shows over a stretch of time', () => {
  it('tiles the stretch exactly: no gap, no overlap, no two equal neighbours', () => {
    fc.assert(fc.property(signals, ({ cycle, offset, yellow, windows, start, length }) => {
      const tiles = tileIndications(windows, yellow, { cycle_s: cycle, offset_s: offset }, [start, start + length])
      expect(tiles[0]?.start_s).toBe(start)
      expect(tiles.at(-1)?.end_s).toBe(start + length)
      tiles.forEach((tile, i) => {
        expect(tile.end_s).toBeGreaterThan(tile.start_s)
        if (i > 0) expect([tiles[i - 1]?.end_s, tiles[i - 1]?.display === tile.display]).toEqual([tile.start_s, false])
      })
    }))
  })

  it('agrees with the model at the middle of every second', () => {
    fc.assert(fc.property(signals, ({ cycle, offset, yellow, windows, start, length }) => {
      const group = { id: 'g', green_windows_s: windows, yellow_s: yellow, red_clearance_s: 1 }
      const compiled = { signal: 's', cycle_s: cycle, offset_s: offset, groups: [group] }
      const tiles = tileIndications(windows, yellow, compiled, [start, start + length])
      for (let t = start + 0.5; t < start + length; t++) {
        const tile = tiles.find(({ start_s, end_s }) => start_s <= t && t < end_s)
        expect([t, tile?.display]).toEqual([t, displayAt(compiled, group, t)])
      }
    }), { numRuns: 40 })
  })

  it('shows red all the time without a window and green all the time with one as long as the cycle', () => {
    expect(tileIndications([], 3, { cycle_s: 60, offset_s: 7 }, [10, 200])).toEqual([{ display: 'red', start_s: 10, end_s: 200 }])
    expect(tileIndications([[50, 110]], 3, { cycle_s: 60, offset_s: 7 }, [10, 200])).toEqual([{ display: 'green', start_s: 10, end_s: 200 }])
  })

  it('gives way to the next green when the yellow would run into it', () => {
    const tiles = tileIndications([[0, 20], [22, 40]], 4, { cycle_s: 60, offset_s: 0 }, [0, 60])
    expect(tiles.map(({ display, start_s, end_s }) => [display, start_s, end_s])).toEqual([['green', 0, 20], ['yellow', 20, 22], ['green', 22, 40], ['yellow', 40, 44], ['red', 44, 60]])
  })

  it('joins windows that touch over the end of the cycle', () => {
    expect(mergeWindows([[40, 62], [0, 10], [10, 12]], 60)).toEqual([[40, 72]])
    expect(mergeWindows([[0, 30], [30, 60]], 60)).toEqual([[0, 60]])
  })
})
