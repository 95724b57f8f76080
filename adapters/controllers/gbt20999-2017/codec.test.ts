import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, crc16, decodeFrame, encodeFrame, escapeFrame, type Field, FrameCutter, type FrameType, STANDARD_FRAMES, TYPE } from './codec.ts'
import { fuzzTarget } from './fuzz.ts'

const hexOf = (text: string): string => text.replaceAll(/\s/g, '')
const HEAD = { host: 1, controller: 0x2a, intersection: 1 }
const field = (index: number, address: string, hex = ''): Field => ({ index, ...addressOf(address), data: Uint8Array.from(Buffer.from(hex, 'hex')) })

const SET_PLAN = `7e 007f 0100 01 0000002a 01 03 30 07
 01 05 09 02 02 04 01   02 08 09 02 03 04 00000064   03 05 09 02 04 04 01   04 06 09 02 05 04 0025
 05 14 09 02 06 04 000000000000000000000000 04030201
 06 24 09 02 07 04 000000000000000000000000000000000000000000000000 0012 001d 0013 0022
 07 14 09 02 08 04 000000000000000000000000 10101010   9cc2 7d`

const EXAMPLES: { title: string; hex: string; sequence: number; type: FrameType; fields: Field[] }[] = [
  { title: 'heartbeat', hex: '7e 000d 0100 01 0000002a 01 01 70 00 2a39 7d', sequence: 1, type: TYPE.heartbeat, fields: [] },
  { title: 'its reply', hex: '7e 000d 0100 01 0000002a 01 01 80 00 ea35 7d', sequence: 1, type: TYPE.heartbeat_answer, fields: [] },
  { title: 'query of the cycle of plan 4', hex: '7e 0013 0100 01 0000002a 01 02 10 01 01 04 09 02 03 04 d855 7d', sequence: 2, type: TYPE.query, fields: [field(1, '9.2.3.4')] },
  { title: 'its answer, 100 s', hex: '7e 0017 0100 01 0000002a 01 02 20 01 01 08 09 02 03 04 00000064 2c91 7d', sequence: 2, type: TYPE.answer, fields: [field(1, '9.2.3.4', '00000064')] },
  {
    title: 'set of plan 4', hex: SET_PLAN, sequence: 3, type: TYPE.set,
    fields: [
      field(1, '9.2.2.4', '01'), field(2, '9.2.3.4', '00000064'), field(3, '9.2.4.4', '01'), field(4, '9.2.5.4', '0025'), field(5, '9.2.6.4', '00000000000000000000000004030201'),
      field(6, '9.2.7.4', `${'00'.repeat(24)}0012001d00130022`), field(7, '9.2.8.4', '00000000000000000000000010101010'),
    ],
  },
  { title: 'activation', hex: '7e 001b 0100 01 0000002a 01 05 30 02 01 05 11 03 01 01 04 02 05 11 04 01 01 13 85f8 7d', sequence: 5, type: TYPE.set, fields: [field(1, '17.3.1.1', '04'), field(2, '17.4.1.1', '13')] },
  { title: 'a cycle of 125 s over UDP', hex: '7e 0017 0100 01 0000002a 01 06 30 01 01 08 09 02 03 04 0000007d acec 7d', sequence: 6, type: TYPE.set, fields: [field(1, '9.2.3.4', '0000007d')] },
]

describe('frames of GB/T 20999-2017', () => {
  it('have the check value of their CRC', () => {
    expect(crc16(Buffer.from('123456789')).toString(16)).toBe('5bb8')
    // CRC-16/CCITT-FALSE, which other vendors use.
    expect(crc16(Buffer.from('123456789'), 0x1021, 0xffff).toString(16)).toBe('29b1')
  })

  it.each(EXAMPLES)('say $title as the worked example does, both ways', ({ hex, sequence, type, fields }) => {
    const bytes = Buffer.from(hexOf(hex), 'hex')
    expect(encodeFrame({ ...HEAD, sequence, type, fields }, STANDARD_FRAMES).toString('hex')).toBe(hexOf(hex))
    expect(decodeFrame(bytes, STANDARD_FRAMES)).toEqual({ ...HEAD, version: 0x0100, sequence, type, fields })
  })

  it('escape on streams what looks like their ends', () => {
    const tcp = '7e 0017 0100 01 0000002a 01 06 30 01 01 08 09 02 03 04 0000005c7d acec 7d'
    const plain = encodeFrame({ ...HEAD, sequence: 6, type: TYPE.set, fields: [field(1, '9.2.3.4', '0000007d')] }, STANDARD_FRAMES)
    expect(escapeFrame(plain).toString('hex')).toBe(hexOf(tcp))
    expect(new FrameCutter().push(Buffer.from(hexOf(tcp), 'hex'))).toEqual([plain])
  })

  it('come through whatever the vendor, the values and the pieces of the stream', () => {
    const profile = fc.record({
      version: fc.constantFrom(0x0100 as const, 0x0102 as const), crc: fc.constantFrom([0x1005, 0], [0x1021, 0xffff]), length_adjust: fc.constantFrom(0 as const, -2 as const), heartbeat_count: fc.boolean(),
    }).map(({ crc: [crc_polynomial, crc_initial], ...rest }) => ({ ...rest, crc_polynomial: crc_polynomial!, crc_initial: crc_initial! }))
    const data = fc.uint8Array({ maxLength: 100 }).map((bytes) => Uint8Array.from(bytes))
    const byte = fc.nat(255)
    const fields = fc.array(fc.record({ index: fc.integer({ min: 1, max: 255 }), class: byte, object: byte, attribute: byte, element: byte, data }), { maxLength: 6 })
    fc.assert(fc.property(profile, fields, byte, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (one, values, sequence, cuts) => {
      const frame = { ...HEAD, sequence, type: TYPE.answer, fields: values }
      const stream = escapeFrame(encodeFrame(frame, one))
      const cutter = new FrameCutter()
      const got: Buffer[] = []
      for (let at = 0, i = 0; at < stream.length; i++) {
        const next = at + cuts[i % cuts.length]!
        got.push(...cutter.push(stream.subarray(at, next)))
        at = next
      }
      expect(got.map((bytes) => decodeFrame(bytes, one))).toEqual([{ ...frame, version: one.version }])
      expect(cutter.takeJunk()).toBe(0)
    }), { numRuns: 200 })
  })

  it('go without a count in heartbeats by profile', () => {
    const bytes = encodeFrame({ ...HEAD, sequence: 1, type: TYPE.heartbeat, fields: [] }, { ...STANDARD_FRAMES, heartbeat_count: false })
    expect(bytes.subarray(0, 13).toString('hex')).toBe('7e000c0100010000002a010170')
    expect(decodeFrame(bytes, STANDARD_FRAMES).fields).toEqual([])
  })

  it.each([
    ['another CRC', (bytes: Buffer) => { bytes.writeUInt16BE(0x1234, bytes.length - 3) }, /with the CRC 1234, not 2c91/],
    ['another length', (bytes: Buffer) => { bytes.writeUInt16BE(0x18, 1) }, /says 24/],
    ['another start', (bytes: Buffer) => { bytes[0] = 0 }, /begin or end like no frame/],
  ])('are refused with %s', (_, spoil, sentence) => {
    const bytes = Buffer.from(hexOf(EXAMPLES[3]!.hex), 'hex')
    spoil(bytes)
    expect(() => decodeFrame(bytes, STANDARD_FRAMES)).toThrow(sentence)
  })

  it('are refused of the other vendor', () => {
    const bytes = Buffer.from(hexOf(EXAMPLES[3]!.hex), 'hex')
    expect(() => decodeFrame(bytes, { ...STANDARD_FRAMES, crc_polynomial: 0x1021, crc_initial: 0xffff })).toThrow('CRC')
    expect(() => decodeFrame(bytes, { ...STANDARD_FRAMES, length_adjust: -2 })).toThrow('says 23')
  })

  it('survive any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { expect(() => fuzzTarget(bytes)).not.toThrow() }), { numRuns: 300 })
    const whole = Buffer.from(hexOf(SET_PLAN), 'hex')
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, cut) => {
      const bytes = Buffer.from(whole)
      bytes[at] = byte
      expect(() => { fuzzTarget(bytes.subarray(0, cut)); fuzzTarget(bytes) }).not.toThrow()
    }), { numRuns: 500 })
  })
})
