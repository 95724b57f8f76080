import fc from 'fast-check'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { PublicNotice } from '../../../model/publication.ts'
import { snapshot } from '../../../plans/publication/snapshot.ts'
import { inputOf, minute, NOON } from '../../../plans/publication/testing.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { readFileSync } from 'node:fs'
import { elaboratedOf, lampImage, parseXml, readElaborated, readSigns, readSituations, situationsOf, stateOf, structureFaults, writeElaborated, writeSigns, writeSituations, type Publisher, type RecordKind, type Situation, type VmsState, type VmsUnit } from './index.ts'

const publisher: Publisher = { country: 'cn', national_id: 'GREENWAVE', language: 'zh' }
const point = { lat_deg: 30.75, lon_deg: 120.75, bearing_deg: 90 }
const notice = (kind: PublicNotice['kind']): PublicNotice => ({ id: kind, kind, text: `前方<${kind}> & "绕行"`, links: ['c'], from: NOON - 600, until: kind === 'works' ? NOON + 3600 : null, approver: 'desk' })
const KINDS = ['closure', 'works', 'restriction', 'accident', 'breakdown', 'obstruction'] as const
const publication = snapshot(inputOf(['a', 'b', 'c', 'd'].map((link) => minute(link, 2)), { notices: KINDS.map(notice) }))

const text = fc.string({ unit: fc.constantFrom(...'路口 <>&"\'\n\tab9–é'), minLength: 1, maxLength: 12 })
const id = fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/)
const time = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => ms / 1000)
const points = fc.record({ lat_deg: fc.double({ min: -90, max: 90, noNaN: true }).map((x) => x + 0), lon_deg: fc.double({ min: -180, max: 180, noNaN: true }).map((x) => x + 0), bearing_deg: fc.integer({ min: 0, max: 359 }) }, { requiredKeys: ['lat_deg', 'lon_deg'] })

describe('situations', () => {
  it('tell congestion with queue and delay, and every kind of notice', () => {
    const situations = situationsOf(publication, () => point)
    expect(situations.map(({ records: [record] }) => record!.kind)).toEqual(['congestion', ...KINDS])
    expect(situations[0]!.records[0]).toMatchObject({ queue_m: 600, delay_s: 40, trend: 'growing', segments: ['west'], text: 'West end' })
    expect(situations[2]!.records[0]).toMatchObject({ until: NOON + 3600, segments: ['east'] })
  })

  it('leave out a place of which nothing is known', () => {
    expect(situationsOf(snapshot(inputOf([])), () => point)).toEqual([])
  })

  it('come back as they went out, in a structure that holds', () => {
    const situations = situationsOf(publication, () => point)
    const written = writeSituations(situations, publisher, NOON)
    expect(readSituations(written, 'own')).toEqual(situations)
    expect(structureFaults(parseXml(written, 'own'))).toEqual([])
    expect(writeSituations(situations, publisher, NOON)).toBe(written)
  })

  it('come back whatever they hold', () => {
    const record = fc.record({
      id, version: fc.nat(), kind: fc.constantFrom<RecordKind>('congestion', 'accident', 'breakdown', 'obstruction', 'closure', 'restriction', 'works'), created_at: time, updated_at: time, from: time, segments: fc.array(text, { maxLength: 3 }), point: points,
      until: time, text, delay_s: fc.nat(5000),
    }, { requiredKeys: ['id', 'version', 'kind', 'created_at', 'updated_at', 'from', 'segments', 'point'] })
    const situation = fc.record({ id, updated_at: time, records: fc.array(record, { minLength: 1, maxLength: 2 }) })
    fc.assert(fc.property(fc.array(situation, { maxLength: 3 }), (situations) => {
      expect(readSituations(writeSituations(situations as Situation[], publisher, NOON), 'own')).toEqual(situations)
    }), { numRuns: 20 })
  })

  it('are refused with the place when they are broken', () => {
    const written = writeSituations(situationsOf(publication, () => point), publisher, NOON)
    expect(() => readSituations(written.slice(0, 900), 'cut.xml')).toThrow('cut.xml:')
    expect(() => readSituations(written.replace('30.75', 'north'), 'x.xml')).toThrow('latitude of record "place.p" is "north"')
    expect(() => readSituations(written.replaceAll('sit:Accident', 'sit:Surprise'), 'x.xml')).toThrow('record "notice.accident" is a Surprise')
    expect(() => readSituations('<a/>', 'x.xml')).toThrow('no SituationPublication')
  })
})

const unit = (controller: string, index: number, shows: VmsUnit['shows'] = 'text'): VmsUnit => ({ controller, version: 4, index, name: '南湖大道 <1>', lines: 2, characters_per_line: 12, pages: 2, point, shows })
const table = { id: 'CITY', version: 7, units: [unit('C1', 0), unit('C1', 1, 'graphics'), unit('C2', 1)] }
const times = { time: NOON, set_at: NOON - 61 }

describe('signs', () => {
  const content = { pages: [['南湖大道→高铁站', '约9分'], ['']], lamps: [{ segment: 'w', colour: 'red' as const }] }
  const states = [stateOf(table.units[0]!, content, times, true), stateOf(table.units[1]!, { ...content, pages: [] }, times, true), stateOf(table.units[2]!, undefined, times, false)]

  it('send text as text, colours as a picture, and nothing of what does not work', () => {
    expect(states.map(({ status, pages, image }) => [status, pages.length, image !== undefined])).toEqual([['working', 2, false], ['working', 0, true], ['notWorking', 0, false]])
    expect(stateOf(table.units[1]!, { pages: [], lamps: [{ segment: 'w', colour: 'off' }] }, times, true)).toMatchObject({ status: 'blank' })
    expect(stateOf(table.units[0]!, content, times, false)).toMatchObject({ status: 'notWorking', pages: [] })
  })

  it('come back as they went out, table first, in a structure that holds', () => {
    const written = writeSigns(table, states, publisher, NOON)
    expect(readSigns(written, 'own')).toEqual({ table, states })
    expect(structureFaults(parseXml(written, 'own'))).toEqual([])
    expect(written.indexOf('VmsTablePublication')).toBeLessThan(written.indexOf('"vms:VmsPublication"'))
  })

  it('come back whatever they show', () => {
    fc.assert(fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 2 }), { maxLength: 3 }), time, time, fc.constantFrom('working' as const, 'blank' as const), (pages, at, set_at, status) => {
      const shown: VmsState[] = [{ controller: 'C2', version: 4, index: 1, time: at, set_at, status, pages }]
      expect(readSigns(writeSigns(table, shown, publisher, NOON), 'own').states).toEqual(shown)
    }), { numRuns: 20 })
  })

  it('are refused when the table does not have them', () => {
    expect(() => writeSigns(table, [{ ...states[0]!, index: 9 }], publisher, NOON)).toThrow('sign 9 of controller "C1"')
  })

  it('paint one square a lamp', () => {
    const png = Buffer.from(lampImage(['green', 'red']), 'base64')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([16, 8])
    const pixels = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))
    expect([...pixels.subarray(1, 4), ...pixels.subarray(1 + 8 * 3, 4 + 8 * 3)]).toEqual([34, 164, 85, 229, 56, 59])
  })
})

describe('speeds and travel times', () => {
  const segments = elaboratedOf(publication, () => point)

  it('tell each segment with a speed, its status by the words of DATEX, and leave out what is grey', () => {
    expect(segments).toEqual([{ segment: 'west', point, speed_kmh: 27, status: 'slow', travel_time_s: 80, free_time_s: 40 }, { segment: 'east', point, speed_kmh: 27, status: 'slow', travel_time_s: 80, free_time_s: 40 }])
    expect([1.1, 1.4, 5, 12].map((index) => elaboratedOf(snapshot(inputOf(['a', 'b', 'c', 'd'].map((link) => minute(link, index)))), () => point)[0]!.status)).toEqual(['freeFlow', 'slow', 'queuing', 'stationary'])
    const half = snapshot(inputOf([minute('a', 2), minute('b', 2)]))
    expect(elaboratedOf(half, () => point).map(({ segment }) => segment)).toEqual(['west'])
    expect(() => writeElaborated([], publisher, NOON)).toThrow('no segment has a speed')
  })

  it('come back as they went out, in a structure that holds', () => {
    const written = writeElaborated(segments, publisher, NOON)
    expect(readElaborated(written, 'own')).toEqual({ time: NOON, segments })
    expect(structureFaults(parseXml(written, 'own'))).toEqual([])
    expect(structureFaults(parseXml(written.replace('>slow<', '>sluggish<'), 'own')).join()).toContain('is "sluggish"')
  })

  it('come back whatever they are', () => {
    const segment = fc.record({ segment: id, point: points, speed_kmh: fc.integer({ min: 1, max: 2000 }).map((x) => x / 10), status: fc.constantFrom('stationary' as const, 'queuing' as const, 'slow' as const, 'freeFlow' as const) })
    fc.assert(fc.property(fc.uniqueArray(segment, { minLength: 1, maxLength: 4, selector: (one) => one.segment }), (drawn) => {
      expect(readElaborated(writeElaborated(drawn as never, publisher, NOON), 'own').segments).toEqual(drawn)
    }), { numRuns: 20 })
  })
})

describe('the check of the structure', () => {
  const written = writeSigns(table, [stateOf(table.units[0]!, { pages: [['x']], lamps: [] }, times, true)], publisher, NOON)

  it.each([
    ['a missing element', /<vms:timeLastSet>.*<\/vms:timeLastSet>\n/, '', 'lacks timeLastSet'],
    ['a wrong word', '>working<', '>busy<', 'is "busy"'],
    ['a missing attribute', ' targetClass="vms:VmsController"', '', 'lacks the attribute targetClass'],
    ['elements in another order', /(<loc:latitude>.*)\n(.*<loc:longitude>.*)/, '$2\n$1', 'lacks latitude before longitude'],
    ['an element too many', '<com:country>', '<com:continent>x</com:continent><com:country>', 'continent'],
  ] as const)('finds %s', (_, what, by, says) => {
    expect(structureFaults(parseXml(written.replace(what, by), 'x')).join('\n')).toContain(says)
  })

  const sample = sharedData('datex2-ndw/datex2v3_drip.xml')
  it.skipIf(sample === undefined)(`knows all elements that a national publication has in the places where we write them${sharedDataNote}`, () => {
    const faults = structureFaults(parseXml(readFileSync(sample!, 'utf8'), 'drip'))
    // The sample says more of its location than we do.
    expect(faults.filter((fault) => !fault.includes('supplementaryPositionalDescription'))).toEqual([])
  })
})
