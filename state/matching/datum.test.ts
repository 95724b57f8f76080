import { describe, expect, it } from 'vitest'
import { judgeDatum } from './datum.ts'
import type { TileResidual } from './tiles.ts'

const tile = (change: Partial<TileResidual>): TileResidual => ({ x_m: 0, y_m: 0, fixes: 500, unmatched: 5, median_offset_m: 0, mean_absolute_m: 5, shift_m: [1, 1], ...change })

describe('the datum of a source', () => {
  it('is what was declared while its fixes lie on the roads', () => {
    expect(judgeDatum([tile({}), tile({ shift_m: null }), tile({ shift_m: [2, -3] })])).toMatchObject({ level: 'normal' })
    expect(judgeDatum([])).toMatchObject({ level: 'normal', shift_m: null, unmatched_share: 0 })
  })

  it('is doubted where they lie beside the roads, and denied where they lie far off or on no road', () => {
    expect(judgeDatum([tile({ shift_m: [12, 9] })])).toMatchObject({ level: 'warning', shift_m: 15 })
    expect(judgeDatum([tile({ shift_m: [300, 400] })])).toMatchObject({ level: 'alarm', shift_m: 500 })
    expect(judgeDatum([tile({ fixes: 10, unmatched: 300, shift_m: null })]).sentence).toContain('97 %')
  })

  it('is not judged by one tile with a bad map, nor by a few fixes', () => {
    expect(judgeDatum([tile({}), tile({}), tile({ shift_m: [80, 0] })]).level).toBe('normal')
    expect(judgeDatum([tile({ fixes: 20, unmatched: 60 })]).level).toBe('normal')
  })
})
