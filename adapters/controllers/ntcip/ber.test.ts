import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../model/errors.ts'
import { decodeSet, element, encodeMessage, encodePdu, integer, integerOf, objectId, oidOf, readElement, TAG } from './ber.ts'
import { fuzzTarget } from './fuzz.ts'
import { checkRange, oidOf as writableId, WRITABLE, writeValueOf } from './objects.ts'
import { screen } from './screen.ts'

const A = '1.3.6.1.4.1.1206.4.2.1'
const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')

const SET = bytesOf(`30 2c 02 01 00 04 06 6c 61 62 2d 72 77 a3 1f 02 01 07 02 01 00 02 01 00
  30 14 30 12 06 0d 2b 06 01 04 01 89 36 04 02 01 04 0e 00 02 01 04`)
const GET = bytesOf(`30 3e 02 01 00 04 06 6c 61 62 2d 72 6f a0 31 02 01 08 02 01 00 02 01 00 30 26
  30 11 06 0d 2b 06 01 04 01 89 36 04 02 01 04 0a 00 05 00  30 11 06 0d 2b 06 01 04 01 89 36 04 02 01 04 0b 00 05 00`)

/** A response with one value, as an agent of version 1 or 2c sends it. */
const response = (version: 0 | 1, value: number): Buffer => {
  const pdu = encodePdu('set', [{ oid: `${A}.4.10.0`, value }], 7)
  pdu[0] = TAG.response
  return encodeMessage(version, 'lab-ro', pdu)
}

const report = (flags: number, oid: string, engine = '80001f8880e9630000'): Buffer => {
  const pdu = encodePdu('set', [{ oid, value: 1 }], 0)
  pdu[0] = TAG.report
  const octets = (bytes: Buffer): Buffer => element(TAG.octets, bytes)
  const header = element(TAG.sequence, integer(77), integer(65_507), octets(Buffer.from([flags])), integer(3))
  const security = octets(element(TAG.sequence, octets(Buffer.from(engine, 'hex')), integer(1), integer(50), octets(Buffer.alloc(0)), octets(Buffer.alloc(0)), octets(Buffer.alloc(0))))
  return element(TAG.sequence, integer(3), header, security, element(TAG.sequence, octets(Buffer.from(engine, 'hex')), octets(Buffer.alloc(0)), pdu))
}
const UNKNOWN_ENGINE = '1.3.6.1.6.3.15.1.1.4.0'

describe('BER', () => {
  it('is that of messages made by hand from the standard', () => {
    expect(encodeMessage(0, 'lab-rw', encodePdu('set', [{ oid: `${A}.4.14.0`, value: 4 }], 7))).toEqual(SET)
    expect(encodeMessage(0, 'lab-ro', encodePdu('get', [{ oid: `${A}.4.10.0` }, { oid: `${A}.4.11.0` }], 8))).toEqual(GET)
  })

  it('reads back what it writes', () => {
    fc.assert(fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => { expect(integerOf(readElement(integer(value), 0))).toBe(value) }))
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 20 }), (rest) => {
      const oid = ['1', '3', ...rest].join('.')
      expect(oidOf(readElement(objectId(oid), 0))).toBe(oid)
    }))
    fc.assert(fc.property(fc.array(fc.record({ oid: fc.constantFrom(`${A}.4.7.1.2.7`, `${A}.4.14.0`), value: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 10 }), (items) => {
      expect(decodeSet(encodePdu('set', items))).toEqual(items)
    }))
  })

  it('refuses what reaches beyond its end, has no definite length, or goes on after it', () => {
    const pdu = encodePdu('set', [{ oid: `${A}.4.14.0`, value: 4 }])
    for (let length = 0; length < pdu.length; length++) expect(() => decodeSet(pdu.subarray(0, length))).toThrow(GreenwaveError)
    expect(() => decodeSet(Buffer.concat([pdu, Buffer.from([0])]))).toThrow(GreenwaveError)
    expect(() => readElement(Buffer.from([0x30, 0x80, 0, 0]), 0)).toThrow(/length/)
  })
})

describe('the screen before the library', () => {
  it('lets answers of the version that was asked through, and no other', () => {
    expect(screen(response(0, 254), { version: 'v1' })).toBeUndefined()
    expect(() => screen(response(1, 254), { version: 'v1' })).toThrow(/version 1/)
    expect(() => screen(response(0, 254), { version: 'v3' })).toThrow(/version 0/)
    expect(() => screen(SET, { version: 'v1' })).toThrow(/PDU 0xa3/)
  })

  it('lets a report of the security model through without proof, and no answer and no other report', () => {
    expect(screen(report(0, UNKNOWN_ENGINE), { version: 'v3' })).toBe('80001f8880e9630000')
    expect(() => screen(report(0, `${A}.4.10.0`), { version: 'v3' })).toThrow(/without authentication/)
    const answer = report(0, UNKNOWN_ENGINE)
    answer[answer.lastIndexOf(TAG.report)] = TAG.response
    expect(() => screen(answer, { version: 'v3' })).toThrow(/no report/)
  })

  it('refuses another engine than the one that is known', () => {
    expect(() => screen(report(0, UNKNOWN_ENGINE), { version: 'v3', engine: '80001f888001020304' })).toThrow(/engine 80001f8880e9630000 answers/)
  })

  it('survives whatever is made of an answer, by error alone', () => {
    const seeds = [SET, GET, response(0, 3), response(1, 300), report(0, UNKNOWN_ENGINE), report(3, UNKNOWN_ENGINE)]
    fc.assert(fc.property(fc.constantFrom(...seeds), fc.nat(3), fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }), fc.nat(120), (seed, how, changes, cut) => {
      const bytes = Buffer.from(seed)
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      try {
        fuzzTarget(Buffer.concat([Buffer.from([how]), bytes.subarray(0, Math.max(1, bytes.length - (cut > 60 ? cut - 60 : 0)))]))
      } catch (error) {
        expect(error).toBeInstanceOf(GreenwaveError)
      }
    }), { numRuns: 3000 })
  })
})

describe('what is ever written', () => {
  it('has no minimum, clearance, ring, channel, preemption, clock or flash among it', () => {
    const never = [`${A}.1.2.1.4.2`, `${A}.1.2.1.8.2`, `${A}.1.2.1.9.2`, `${A}.1.2.1.22.2`, `${A}.7.3.1.3.1.1`, `${A}.8.2.1.2.1`, `${A}.6.2.1.2.1`, `${A}.4.1.0`, `${A}.3.10.0`, `${A}.1.5.1.5.1`, '1.3.6.1.4.1.1206.4.2.6.3.1.0']
    for (const oid of never) expect(() => writeValueOf(oid, 1)).toThrow(/not on the list/)
    expect(() => writeValueOf(`${A}.4.14.0`, 255)).toThrow(/0 to 253/)
    expect(() => writeValueOf(`${A}.4.14.0`, 254)).toThrow(/0 to 253/)
  })

  it('is refused one beyond each end of its range, and taken at both', () => {
    const ends = { splitTime: [0, 255], splitMode: [1, 8], splitCoordinated: [0, 1], patternCycle: [0, 255], patternOffset: [0, 255], patternSplit: [1, 255], patternSequence: [1, 255], backupTime: [0, 65_535], patternControl: [0, 253], transaction: [1, 3] } as const
    for (const object of WRITABLE) {
      const [min, max] = ends[object]
      const index = object.startsWith('split') ? [3, 2] : object.startsWith('pattern') && object !== 'patternControl' ? [3] : []
      for (const value of [min, max]) expect(writeValueOf(writableId(object, index), value)).toEqual({ object, index, value })
      for (const value of [min - 1, max + 1, min + 0.5]) expect(() => checkRange({ object, index, value })).toThrow(/whole numbers/)
    }
  })
})
