import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeQuery, encodeRow, encodeTable, encodeValue } from './codec.ts'
import { fuzzTarget } from './fuzz.ts'
import { decodePattern, decodeStage, encodePattern, encodeStage, OBJECTS, type StageRow } from './objects.ts'

const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const PATTERN = { pattern: 5, cycle: 100, offset: 37, coordinated: 1, stage_table: 5 }
const STAGE: StageRow = { table: 5, stage: 1, phases: 0x11, green: 29, yellow: 3, red: 2, option: 0 }

describe('messages of GB/T 20999-2007', () => {
  it.each([
    ['the begin of a download', encodeValue(0xc2, 1), '81 c2 00 01'],
    ['a query of patterns', encodeQuery([0xc0]), '80 c0 00'],
    ['two patterns', encodeTable(0xc0, [2], [encodePattern({ pattern: 1, cycle: 90, offset: 0, coordinated: 1, stage_table: 1 }), encodePattern(PATTERN)]), '81 c0 00 02 01 5a 00 01 01 05 64 25 01 05'],
    ['a pattern as a row', encodeRow(0xc0, [5], encodePattern(PATTERN)), '81 c0 40 05 01 05 64 25 01 05'],
    ['a stage as a row', encodeRow(0xc1, [5, 1], encodeStage({ ...STAGE, green: 40 }, { table: 5, stage: 1, green: 29 })), '81 c1 80 05 01 01 01 05 01 00000011 1d 03 02 00'],
  ])('say %s as the worked example does', (_, bytes, hex) => { expect(hexOf(bytes)).toBe(hexOf(bytesOf(hex))) })

  it('are understood as the worked examples mean them', () => {
    expect(decodeMessage(bytesOf('85 c2 00'))).toEqual({ kind: 'set_answer', objects: [{ id: 0xc2, field: 0, indexes: [] }] })
    expect(decodeMessage(bytesOf('86 03 00'))).toEqual({ kind: 'error', code: 3, reason: 'bad value', index: 0 })
    const answer = decodeMessage(bytesOf('84 c0 00 02 01 5a 00 01 01 05 64 25 01 05'))
    if (answer.kind !== 'answer') throw new Error(answer.kind)
    expect(answer.objects[0]).toMatchObject({ id: 0xc0, indexes: [], counts: [2] })
    expect(decodePattern(answer.objects[0]!.data.subarray(5))).toEqual(PATTERN)
    const row = decodeMessage(bytesOf('84 c1 80 05 01 01 01 05 01 00000011 1d 03 02 00'))
    if (row.kind !== 'answer') throw new Error(row.kind)
    expect(decodeStage(row.objects[0]!.data)).toEqual(STAGE)
  })

  it('carry the whole table of stage times in one datagram of 2565 bytes, and several objects', () => {
    const rows = Array.from({ length: 256 }, (_, i) => encodeStage({ ...STAGE, phases: 0x8000_0001 }, { table: (i >> 4) + 1, stage: (i & 15) + 1, green: i }))
    const table = encodeTable(0xc1, [16, 16], rows)
    expect(table.length).toBe(2565)
    table[0] = 0x84
    const answer = decodeMessage(table)
    if (answer.kind !== 'answer') throw new Error(answer.kind)
    expect(decodeStage(answer.objects[0]!.data.subarray(2550))).toEqual({ ...STAGE, table: 16, stage: 16, phases: 0x8000_0001, green: 255 })
    expect(decodeMessage(bytesOf('94 b8 00 64 b9 00 25'))).toMatchObject({ objects: [{ id: 0xb8, data: Uint8Array.of(100) }, { id: 0xb9, data: Uint8Array.of(37) }] })
    expect(hexOf(encodeQuery([0xb8, 0xb9]))).toBe('90b800b900')
  })

  it('write no object outside the list, nothing of a stage but its green, and no pattern that stops traffic', () => {
    expect(OBJECTS.filter(({ policy }) => policy !== 'read').map(({ id }) => id)).toEqual([0xb6, 0xc0, 0xc1, 0xc2])
    const byte = fc.nat(255)
    fc.assert(fc.property(fc.record({ table: byte, stage: byte, phases: fc.nat(0xff_ff_ff_ff), green: byte, yellow: byte, red: byte, option: byte }), byte, byte, byte, (read, table, stage, green) => {
      expect(decodeStage(encodeStage(read, { table, stage, green }))).toEqual({ ...read, table, stage, green })
    }))
    for (const pattern of [33, 253, 254, 255, -1, 1.5]) expect(() => encodeValue(0xb6, pattern)).toThrow('0 to 32 is written')
    expect(() => encodePattern({ ...PATTERN, cycle: 256 })).toThrow('a cycle of 256 s; the controller keeps whole numbers from 0 to 255')
    expect(() => encodeTable(0xc0, [3], [encodePattern(PATTERN)])).toThrow('1 rows of pattern where 3 are counted')
  })

  it.each([
    ['rows are missing', '84 c0 00 02 01 5a 00 01 01', /ends 5 bytes too early/], ['something follows', '84 b8 00 64 00', /1 bytes after the last object/], ['nobody knows the object', '84 01 00 00', /object 1, which is not known/],
    ['a centre sent it', '81 c2 00 01', /which only a centre sends/], ['it begins otherwise', '04 b8 00 64', /begins with 4/], ['a count promises too much', '84 c1 00 ff ff', /bytes too early/],
  ])('are refused when %s', (_, hex, sentence) => { expect(() => decodeMessage(bytesOf(hex))).toThrow(sentence) })

  it('survive any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { expect(() => fuzzTarget(bytes)).not.toThrow() }), { numRuns: 500 })
  })
})
