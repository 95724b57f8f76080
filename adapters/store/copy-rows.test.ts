import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CopyRows } from './copy-rows.ts'

type Cell = number | string | undefined

/** What a server reads from the binary form: rows of cells, figures told from words by their column. */
function readRows(bytes: Buffer, kinds: readonly ('figure' | 'word')[]): Cell[][] {
  const rows: Cell[][] = []
  for (let at = 0; at < bytes.length;) {
    const columns = bytes.readInt16BE(at)
    at += 2
    rows.push(Array.from({ length: columns }, (_, i): Cell => {
      const length = bytes.readInt32BE(at)
      at += 4
      if (length === -1) return undefined
      at += length
      return kinds[i] === 'figure' ? bytes.readDoubleBE(at - 8) : bytes.toString('utf8', at - length, at)
    }))
  }
  return rows
}

const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'))

describe('rows for COPY', () => {
  it('come back as they were, in pieces of whole rows', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }), fc.option(word, { nil: undefined })), { maxLength: 50 }), fc.nat(400), (cells, repeats) => {
      const rows = new CopyRows()
      const all = Array.from({ length: repeats }, () => cells).flat()
      for (const [figure, text] of all) {
        rows.begin(2)
        rows.figure(figure)
        rows.word(text)
      }
      expect(rows.pieces().flatMap((piece) => readRows(Buffer.from(piece), ['figure', 'word']))).toEqual(all)
    }), { numRuns: 20 })
  })
  it('grow with a word that is longer than a piece', () => {
    const rows = new CopyRows()
    const long = '绿波'.repeat(200_000)
    rows.begin(1)
    rows.word(long)
    expect(readRows(Buffer.concat(rows.pieces()), ['word'])).toEqual([[long]])
  })
  it('refuse what no column can hold', () => {
    for (const write of [(rows: CopyRows) => rows.figure(Number.NaN), (rows: CopyRows) => rows.whole(0.5), (rows: CopyRows) => rows.whole(2 ** 31), (rows: CopyRows) => rows.word('a\0'), (rows: CopyRows) => rows.word('\uD83D')]) {
      expect(() => write(new CopyRows())).toThrow(expect.objectContaining({ code: 'input.value' }))
    }
  })
})
