import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findColumns, findDelimiter, parseNumber, splitFields, TableRows } from './table.ts'

function rowsOf(text: string, delimiter = ','): string[][] {
  const rows = new TableRows(delimiter)
  rows.enter({ text, line: 1, terminated: text.endsWith('\n') })
  const found: string[][] = []
  while (rows.next()) found.push(Array.from({ length: rows.width }, (_, column) => rows.text(column)))
  return found
}

describe('a table', () => {
  it('has fields with quotes, delimiters in them and doubled quotes', () => {
    expect(rowsOf('a,"b,c",d\n"say ""hi""", x ,\n')).toEqual([['a', 'b,c', 'd'], ['say "hi"', 'x', '']])
    expect(splitFields('a,"b')).toBeUndefined()
  })

  it('gives back every field that was quoted into it', () => {
    const field = fc.string().map((text) => text.replaceAll(/[\r\n]/g, '').trim())
    fc.assert(fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 70 }), { minLength: 1, maxLength: 10 }), fc.constantFrom(',', ';', '\t', '|'), (rows, delimiter) => {
      const text = rows.map((fields) => fields.map((one) => `"${one.replaceAll('"', '""')}"`).join(delimiter)).join('\r\n')
      expect(rowsOf(text, delimiter)).toEqual(rows)
    }))
  })

  it('knows its columns by any of their names, in any spelling', () => {
    expect(findColumns(['Vehicle ID', 'TIME_S', 'other'], { vehicle: ['id', 'vehicle_id'], time: ['time_s'], speed: ['speed'] })).toEqual({ vehicle: 0, time: 1, speed: -1 })
    expect(findDelimiter('a;b,c;d')).toBe(';')
  })

  it('keeps the number of its lines, and says which row may be cut off', () => {
    const rows = new TableRows(',')
    rows.enter({ text: '\n\na,1\r\nb,2', line: 5, terminated: false })
    expect([rows.next(), rows.line, rows.terminated, rows.number(1), rows.raw]).toEqual([true, 7, true, 1, 'a,1'])
    expect([rows.next(), rows.line, rows.terminated, rows.number(1)]).toEqual([true, 8, false, 2])
    expect(rows.next()).toBe(false)
  })

  it('tells what is missing from what is not a number', () => {
    const rows = new TableRows(',')
    rows.enter({ text: ',NULL,abc,0\n', line: 1, terminated: true })
    rows.next()
    expect([0, 1, 2, 3, 4].map((column) => [rows.missing(column), rows.number(column)])).toEqual([[true, Number.NaN], [true, Number.NaN], [false, Number.NaN], [false, 0], [true, Number.NaN]])
  })
})

describe('a number in a text', () => {
  it('is what the language reads', () => {
    fc.assert(fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.tuple(fc.integer(), fc.nat({ max: 9_999_999 })).map(([a, b]) => `${a}.${b}`)), (text) => {
      expect(Object.is(parseNumber(`,${text},`, 1, 1 + text.length), Number(text))).toBe(true)
    }), { numRuns: 2000 })
  })

  it.each(['', '-', '.', '1.2.3', '0x10', 'Infinity', '1e', '12a', '--1', '1,5'])('is none in "%s"', (text) => expect(parseNumber(text, 0, text.length)).toBeNaN())
})
