import fc from 'fast-check'
import { expect, it } from 'vitest'
import { buffersOf, packRows, unpackRows } from './packed-rows.ts'

const value = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.boolean(), fc.constant(null))
const figure = fc.oneof(fc.double(), fc.constant(null))

it('rows are the same after they went to another thread, few or many, with figures, words and gaps', () => {
  fc.assert(fc.property(fc.array(fc.tuple(figure, value, fc.double(), fc.constant(null)), { maxLength: 120 }), (rows) => {
    const packed = packRows(['a', 'b', 'c', 'd'], rows)
    const sent = structuredClone(packed, { transfer: buffersOf(packed) })
    expect(unpackRows(sent)).toEqual(rows.map(([a, b, c, d]) => ({ a, b, c, d })))
  }), { numRuns: 50 })
})

it('long columns of figures are given away and not copied', () => {
  const packed = packRows(['time_s', 'vehicle'], Array.from({ length: 1000 }, (_, i) => [i / 3, `v${i}`]))
  const buffers = buffersOf(packed)
  structuredClone(packed, { transfer: buffers })
  expect(buffers.map(({ byteLength }) => byteLength)).toEqual([0])
})
