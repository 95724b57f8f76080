import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { close, COMMAND, decodeAnswers, decodeStep, decodeValue, encodeMessage, encodeValue, getLight, LIGHT, MessageSplitter, setLight, step, subscribeLight, version } from './codec.ts'
import type { TraciCommand, TraciValue } from './codec.ts'
import { fuzzTarget } from './fuzz.ts'
import { programsOf, valueOf } from './program.ts'
import type { LightProgram } from './program.ts'

const hexOf = (command: TraciCommand): string => encodeMessage([command]).toString('hex')
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const GW4: LightProgram = { id: 'gw4', type: 0, parameters: new Map(), phases: [{ duration: 310, state: 'GGrr' }, { duration: 30, state: 'yyrr' }] }
const GW4_HEX = `00000094 90c22c 00000002 4a31 0f00000005 0c00000003677734 0900000000 0900000000 0f00000002
  0f00000006 0b403f000000000000 0c0000000447477272 0b403f000000000000 0b403f000000000000 0f00000000 0c00000000
  0f00000006 0b4008000000000000 0c0000000479797272 0b4008000000000000 0b4008000000000000 0f00000000 0c00000000 0f00000000`.replaceAll(/\s/g, '')

describe('messages to SUMO', () => {
  it.each<[string, TraciCommand, string]>([
    ['version', version(), '00 00 00 06 02 00'],
    ['step', step(), '00 00 00 0e 0a 02 00 00 00 00 00 00 00 00'],
    ['get state', getLight('J1', LIGHT.state), '00 00 00 0d 09 a2 20 00 00 00 02 4a 31'],
    ['subscribe', subscribeLight('J1', [LIGHT.state, LIGHT.currentIndex, LIGHT.currentProgram, LIGHT.nextSwitch]), '00 00 00 21 1d d2 0000000000000000 412e848000000000 00000002 4a31 04 20 28 29 2d'],
    ['close', close(), '00 00 00 06 02 7f'],
    ['program of two phases', setLight('J1', LIGHT.complete, valueOf(GW4)), GW4_HEX],
  ])('are byte for byte as documented: %s', (_, command, expected) => {
    expect(hexOf(command)).toBe(expected.replaceAll(' ', ''))
  })

  it('tell long commands by a length of four bytes', () => {
    const long = getLight('x'.repeat(300), LIGHT.state)
    expect(encodeMessage([long]).subarray(0, 9).toString('hex')).toBe(`${(4 + 6 + 305).toString(16).padStart(8, '0')}00${(6 + 305).toString(16).padStart(8, '0')}`)
  })
})

describe('answers of SUMO', () => {
  const unknown = bytes(`28 a2 ff 00000021 ${Buffer.from("Traffic light 'nope' is not known").toString('hex')}`)

  it('are refusals with words where SUMO refuses', () => {
    expect(decodeAnswers(unknown, [COMMAND.getLight])).toEqual([{ id: COMMAND.getLight, result: 0xff, text: "Traffic light 'nope' is not known" }])
  })

  it('belong to what was asked, or are not believed', () => {
    expect(() => decodeAnswers(unknown, [COMMAND.setLight])).toThrow('the status of command 0xa2 came for 0xc2')
    expect(() => decodeAnswers(unknown, [COMMAND.getLight, COMMAND.getLight])).toThrow('a length of 1 bytes, 0 are left')
    expect(() => decodeAnswers(Buffer.concat([unknown, bytes('00')]), [COMMAND.getLight])).toThrow('1 bytes too many')
    const content = Buffer.concat([bytes('20 00000002 4a31'), encodeValue({ type: 'text', value: 'GGrr' })])
    expect(decodeValue(content, LIGHT.state, 'J1')).toEqual({ type: 'text', value: 'GGrr' })
    expect(() => decodeValue(content, LIGHT.state, 'J2')).toThrow('variable 0x20 of "J1" came for 0x20 of "J2"')
    expect(() => decodeValue(content, LIGHT.programs, 'J1')).toThrow('came for 0x2b')
  })

  it('tell in a step what was subscribed', () => {
    // As SUMO 1.15 answered for a light of eleven connections.
    const told = '3330303832'
    const inner = `00000005${told}0420000c000000044747727228000900000000290 00c0000000130 2d000b4060000000000000`.replaceAll(' ', '')
    const part = `${(inner.length / 2 + 2).toString(16).padStart(2, '0')}e2${inner}`
    const body = bytes(`07 02 00 00000000 00000001 ${part}`)
    const [answer] = decodeAnswers(body, [COMMAND.step])
    const [subscribed] = decodeStep(answer!.content!)
    expect(subscribed).toMatchObject({ id: COMMAND.subscribeLight, object: '30082' })
    expect(Object.fromEntries(subscribed!.values)).toEqual({ 0x20: { type: 'text', value: 'GGrr' }, 0x28: { type: 'int', value: 0 }, 0x29: { type: 'text', value: '0' }, 0x2d: { type: 'double', value: 128 } })
  })

  it('are refused before memory is taken for what they only claim', () => {
    expect(() => new MessageSplitter().push(bytes('7fffffff'))).toThrow('a message of 2147483647 bytes')
    expect(() => decodeValue(bytes('2b 00000002 4a31 0f 7fffffff 00'), LIGHT.programs, 'J1')).toThrow('2147483647 of them')
    const nested = Buffer.concat([bytes('2b 00000002 4a31'), Buffer.concat(Array.from({ length: 20 }, () => bytes('0f00000001'))), bytes('0700')])
    expect(() => decodeValue(nested, LIGHT.programs, 'J1')).toThrow('nested deeper than 8')
  })

  it('come whole however the stream is cut', () => {
    const stream = Buffer.concat([encodeMessage([step()]), encodeMessage([version(), close()])])
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 8 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const splitter = new MessageSplitter()
      const found = places.slice(1).flatMap((end, i) => splitter.push(stream.subarray(places[i], end)))
      expect(found.map((one) => one.toString('hex'))).toEqual([encodeMessage([step()]), encodeMessage([version(), close()])].map((one) => one.subarray(4).toString('hex')))
    }))
  })

  it('never break the decoders, random or bent', () => {
    const programs = Buffer.concat([bytes('2b 00000002 4a31'), encodeValue({ type: 'compound', value: [valueOf(GW4)] })])
    expect(programsOf(decodeValue(programs, LIGHT.programs, 'J1'))).toEqual([GW4])
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (random) => { fuzzTarget(random) }), { numRuns: 500 })
    fc.assert(fc.property(fc.integer({ min: 0, max: programs.length - 1 }), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
      const bent = Buffer.from(programs)
      bent[at] = byte
      fuzzTarget(cut ? bent.subarray(0, at) : bent)
    }), { numRuns: 500 })
  })
})

it('values come back as they went', () => {
  const text = fc.string({ maxLength: 20 })
  const { value } = fc.letrec<{ value: TraciValue }>((tie) => ({
    value: fc.oneof({ depthSize: 'small', maxDepth: 4 },
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((value): TraciValue => ({ type: 'int', value })), fc.double({ noNaN: true }).map((value): TraciValue => ({ type: 'double', value })),
      fc.integer({ min: 0, max: 255 }).map((value): TraciValue => ({ type: 'ubyte', value })), fc.integer({ min: -128, max: 127 }).map((value): TraciValue => ({ type: 'byte', value })),
      text.map((value): TraciValue => ({ type: 'text', value })), fc.array(text, { maxLength: 4 }).map((value): TraciValue => ({ type: 'texts', value })),
      fc.array(tie('value'), { maxLength: 4 }).map((value): TraciValue => ({ type: 'compound', value }))),
  }))
  fc.assert(fc.property(value, (value) => {
    expect(decodeValue(Buffer.concat([bytes('2b 00000002 4a31'), encodeValue(value)]), LIGHT.programs, 'J1')).toEqual(value)
  }))
})
