import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../model/errors.ts'
import { decodeMessage, encodeMessage, FormFeedCutter, idOf, MOST_BYTES, stampOf } from './codec.ts'
import { fuzzTarget } from './fuzz.ts'
import { commandFields, commandOf } from './plan.ts'
import { schemaJudge } from './schemas.testing.ts'

const ID = '00000000-0000-4000-8000-000000000001'
const SITE = 'KK+AG9998=001TC000'
const decode = (value: unknown): unknown => decodeMessage(Buffer.from(JSON.stringify(value)))
const judge = schemaJudge()

/** What the interface description shows. */
const EXAMPLES = [
  `{"mType":"rSMsg","type":"Version","mId":"${ID}","RSMP":[{"vers":"3.2.2"}],"siteId":[{"sId":"${SITE}"}],"SXL":"1.2.1"}`,
  `{"mType":"rSMsg","type":"MessageAck","oMId":"${ID}"}`,
  '{"mType":"rSMsg","type":"Watchdog","mId":"00000000-0000-4000-8000-000000000002","wTs":"2026-01-01T00:00:00.000Z"}',
  `{"mType":"rSMsg","type":"StatusSubscribe","mId":"00000000-0000-4000-8000-000000000004","ntsOId":"","xNId":"","cId":"${SITE}","sS":[{"sCI":"S0001","n":"signalgroupstatus","uRt":"1","sOc":true}]}`,
  `{"mType":"rSMsg","type":"CommandRequest","mId":"00000000-0000-4000-8000-000000000005","ntsOId":"","xNId":"","cId":"${SITE}","arg":[{"cCI":"M0014","cO":"setCommands","n":"plan","v":"4"},{"cCI":"M0014","cO":"setCommands","n":"status","v":"1-6,2-0"},{"cCI":"M0014","cO":"setCommands","n":"securityCode","v":"2222"}]}`,
] as const

const fromSite: [string, Record<string, unknown>][] = [
  ['MessageNotAck', { oMId: ID, rea: 'no' }],
  ['AggregatedStatus', { mId: ID, cId: SITE, aSTS: stampOf(0), fP: null, fS: null, se: [false, false, false, false, false, true, false, false] }],
  ['Alarm', { mId: ID, cId: SITE, aCId: 'A0006', xACId: '', aSp: 'Issue', ack: 'notAcknowledged', aS: 'Active', sS: 'notSuspended', aTs: stampOf(0), cat: 'D', pri: '1', rvs: [] }],
  ['CommandResponse', { mId: ID, cId: SITE, cTS: stampOf(0), rvs: [{ cCI: 'M0015', n: 'status', v: '42', age: 'recent' }] }],
  ['StatusResponse', { mId: ID, cId: SITE, sTs: stampOf(0), sS: [{ sCI: 'S0014', n: 'status', s: '1', q: 'recent' }, { sCI: 'S0014', n: 'source', s: null, q: 'unknown' }] }],
]

describe('messages of RSMP', () => {
  it('writes and cuts the examples byte for byte', () => {
    for (const text of EXAMPLES) {
      const { mType, type, ...fields } = JSON.parse(text) as { mType: string; type: string }
      expect(encodeMessage(type, fields).toString()).toBe(`${text}\f`)
      expect(mType).toBe('rSMsg')
      expect(judge(JSON.parse(text), '3.2.2')).toEqual([])
    }
    const { code, values } = commandOf({ id: 'M0014 4', new: '1-6,2-0' })
    const command = { mId: '00000000-0000-4000-8000-000000000005', ntsOId: '', xNId: '', ...commandFields(SITE, code, values, '2222') }
    expect(encodeMessage('CommandRequest', command).toString()).toBe(`${EXAMPLES[4]}\f`)
  })

  it('reads what a site sends, valid by the schemas', () => {
    for (const [type, fields] of fromSite) {
      expect(judge({ mType: 'rSMsg', type, ...fields }, '3.2.2')).toEqual([])
      expect(decode({ mType: 'rSMsg', type, ...fields })).toMatchObject({ type })
    }
    expect(decode({ mType: 'rSMsg', type: 'StatusResponse', ...fromSite[4]?.[1] })).toMatchObject({ sS: [{ s: '1', q: 'recent' }, { s: null, q: 'unknown' }] })
    expect(decode({ mType: 'rSMsg', type: 'Alarm', ...fromSite[2]?.[1] })).toMatchObject({ aCId: 'A0006', isActive: true })
  })

  it('lets the schemas tell what is wrong', () => {
    expect(judge({ mType: 'rSMsg', type: 'Watchdog', mId: ID, wTs: 'noon' }, '3.2.2')).not.toEqual([])
    expect(judge({ mType: 'rSMsg', type: 'StatusResponse', mId: ID, cId: SITE, sTs: stampOf(0), sS: [{ sCI: 'S0023', n: 'status', s: '4-1-6,4', q: 'recent' }] }, '3.2.2')).not.toEqual([])
    expect(judge({ mType: 'rSMsg', type: 'StatusResponse', mId: ID, cId: SITE, sTs: stampOf(0), sS: [{ sCI: 'S0023', n: 'status', s: '4-1-6,4-2-0', q: 'recent' }] }, '3.2.2')).toEqual([])
  })

  it('refuses what is no message, too much or too deep', () => {
    for (const [value, sentence] of [
      ['[]', 'no object'], ['{', 'no JSON'], ['{"mType":"x"}', 'mType'], ['{"mType":"rSMsg","type":"CommandRequest"}', 'no site sends'],
      ['{"mType":"rSMsg","type":"MessageAck","oMId":"1"}', 'oMId'], [`${'['.repeat(33)}${']'.repeat(33)}`, '32 levels'],
      [`{"mType":"rSMsg","type":"Watchdog","mId":"${ID}","wTs":"2026-13-01T00:00:00.000Z"}`, 'no time'],
      [`{"mType":"rSMsg","type":"AggregatedStatus","mId":"${ID}","se":[true]}`, 'eight'],
    ] as const) expect(() => decodeMessage(Buffer.from(value))).toThrow(sentence)
    expect(() => decodeMessage(Uint8Array.of(0xff, 0xfe))).toThrow('no UTF-8')
    const cutter = new FormFeedCutter()
    cutter.push(Buffer.alloc(MOST_BYTES, 0x20))
    expect(() => cutter.push(Buffer.from(' '))).toThrow(GreenwaveError)
  })

  it('does not count brackets in texts as levels', () => {
    expect(decode({ mType: 'rSMsg', type: 'MessageNotAck', oMId: ID, rea: `${'['.repeat(100)}\\"` })).toMatchObject({ type: 'MessageNotAck' })
  })

  it('tells whose message it could not read', () => {
    expect(idOf(Buffer.from(`{"mType":"rSMsg","type":"Nonsense","mId":"${ID}"`))).toBe(ID)
    expect(idOf(Buffer.from('{"mId":"1"}'))).toBeUndefined()
  })

  it('cuts a stream at its form feeds, however it is split', () => {
    const stream = Buffer.from(`${EXAMPLES.join('\f')}\f`)
    fc.assert(fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
      const cutter = new FormFeedCutter()
      const messages = edges.slice(1).flatMap((to, i) => cutter.push(stream.subarray(edges[i], to)))
      expect(messages.map(String)).toEqual(EXAMPLES)
    }))
  })

  it('survives any bytes', () => {
    const whole = Buffer.from(`${EXAMPLES.join('\f')}\f${fromSite.map(([type, fields]) => JSON.stringify({ mType: 'rSMsg', type, ...fields })).join('\f')}\f`)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { expect(() => fuzzTarget(bytes)).not.toThrow() }))
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Buffer.from(whole)
      bytes[at] = byte
      expect(() => fuzzTarget(bytes)).not.toThrow()
    }), { numRuns: 500 })
  })
})
