import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { PbfWriter } from 'pbf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importOutcome, importRefusal, type ImportOutcome } from '../../../test/import-outcome.ts'
import { runsOf } from '../../../test/runs.ts'
import { importOsm } from './index.ts'
import { crossing, dividedCrossing, osmPbf, osmXml, roundabout, type TestMap } from './test-map.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'osm-bad-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (content: string | Uint8Array): string => {
  const file = join(folder, 'broken.osm')
  writeFileSync(file, content)
  return file
}
const outcome = (content: string | Uint8Array): Promise<ImportOutcome> => importOutcome(() => importOsm(write(content)))
const refusal = async (content: string | Uint8Array): Promise<string> => {
  const { code, message } = await importRefusal(importOsm(write(content)))
  return `${code} ${message.replace(folder, '')}`
}
const xml = osmXml(crossing())

describe('a file that is no OpenStreetMap file, or a broken one, is refused with the place', () => {
  it.each([
    ['is empty', '', /^input.empty/],
    ['is bzip2', Buffer.from('BZh91AY&SY'), /^input.format .*packed with bzip2; unpack it/],
    ['is text', 'highway,primary', /^input.format .*not XML/],
    ['is a SUMO network', '<net><edge id="a"/></net>', /^input.format .*a SUMO network; an OpenStreetMap file has root <osm>/],
    ['is a list of changes', '<osmChange version="0.6"/>', /^input.format .*osmChange/],
    ['ends in the middle', xml.slice(0, xml.length - 200), /^input.truncated/],
    ['has no roads', '<osm><node id="1" lat="1" lon="1"/></osm>', /^input.value .*no roads for cars/],
    ['has roads without their nodes', '<osm><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>', /^input.reference .*none of the nodes/],
    ['has an id that is no number', xml.replace('<nd ref="2"', '<nd ref="two"'), /^input.value .*broken.osm:\d+.*ref is "two"/],
    ['has a place off the earth', xml.replace(/lat="48[\d.]*"/, 'lat="480"'), /^input.value .*broken.osm:\d+, <node id="1">: lat is 480; it must lie between -90 and 90/],
  ])('that %s', async (_, content, wanted) => {
    expect(await refusal(content)).toMatch(wanted)
  })

  const pbf = osmPbf(crossing())
  /** One block of a file. */
  const block = (type: string, body: Uint8Array): Uint8Array => {
    const header = new PbfWriter()
    header.writeStringField(1, type)
    header.writeVarintField(3, body.length)
    const head = header.finish()
    return Buffer.concat([Buffer.from([0, 0, 0, head.length]), head, body])
  }
  const blob = (field: number, content: Uint8Array, size?: number): Uint8Array => {
    const message = new PbfWriter()
    if (size !== undefined) message.writeVarintField(2, size)
    message.writeBytesField(field, content)
    return message.finish()
  }
  it.each([
    ['ends in a block', pbf.subarray(0, pbf.length - 10), /^input.truncated .*block 2: the file ends 10 byte\(s\) too early/],
    ['needs a feature that is not known', osmPbf(crossing(), { features: ['OsmSchema-V0.6', 'HistoricalInformation'] }), /^input.format .*block 1: the file needs "HistoricalInformation"/],
    ['begins with another block', block('Picture', blob(1, new Uint8Array(3))), /^input.format .*the first block is "Picture", not "OSMHeader"/],
    ['is packed with Zstandard', block('OSMHeader', blob(7, new Uint8Array(3))), /^input.format .*packed with Zstandard; only zlib and plain blocks are read/],
    ['does not unpack', block('OSMHeader', blob(3, new Uint8Array(9))), /^input.syntax .*cannot be unpacked/],
    ['unpacks to more than it says', block('OSMHeader', blob(3, deflateSync(new Uint8Array(9)), 5)), /^input.syntax .*unpacks to 9 bytes, it says 5/],
    ['unpacks to more than a block may hold', block('OSMHeader', blob(3, deflateSync(new Uint8Array(40 * 2 ** 20)))), /^input.syntax .*ERR_BUFFER_TOO_LARGE/],
  ])('in protocol buffers that %s', async (_, content, wanted) => {
    expect(await refusal(content)).toMatch(wanted)
  })
})

/** Both ends of the road are really travelled. */
async function tally<T>(inputs: fc.Arbitrary<T>, end: (input: T) => Promise<ImportOutcome>, numRuns = 200): Promise<Record<ImportOutcome, number>> {
  const seen = { scenario: 0, refused: 0 }
  await fc.assert(fc.asyncProperty(inputs, async (input) => { seen[await end(input)]++ }), { numRuns: runsOf(numRuns), seed: 1 })
  return seen
}
const both = ({ scenario, refused }: Record<ImportOutcome, number>): boolean => scenario > runsOf(12) && refused > runsOf(12)

const maps: TestMap[] = [crossing(), dividedCrossing(), roundabout()]

describe('whatever is in a file, it gives a scenario that validates or a clear refusal', () => {
  it('with broken bytes in XML', async () => {
    const damage = fc.record({ map: fc.nat(2), at: fc.nat(), byte: fc.nat(255), end: fc.nat() })
    expect(await tally(damage, ({ map, at, byte, end }) => {
      const bytes = Buffer.from(osmXml(maps[map]!))
      bytes[at % bytes.length] = byte
      return outcome(end % 4 === 0 ? bytes.subarray(0, end % bytes.length) : bytes)
    })).toSatisfy(both)
  })

  it('with broken bytes in protocol buffers, packed or plain', async () => {
    const damage = fc.record({ map: fc.nat(2), raw: fc.boolean(), plainNodes: fc.boolean(), at: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), byte: fc.nat(255), cut: fc.nat() })
    expect(await tally(damage, ({ map, raw, plainNodes, at, byte, cut }) => {
      const bytes = Buffer.from(osmPbf(maps[map]!, { raw, plainNodes }))
      for (const place of at) bytes[place % bytes.length] = byte
      return outcome(cut % 6 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes)
    }, 400)).toSatisfy(both)
  })

  it('with odd tags on ways and nodes', async () => {
    const keys = ['lanes', 'lanes:forward', 'lanes:backward', 'lanes:both_ways', 'turn:lanes', 'turn:lanes:forward', 'turn:lanes:backward', 'bus:lanes', 'vehicle:lanes', 'lanes:psv', 'busway', 'oneway', 'junction', 'maxspeed', 'width', 'width:lanes', 'access', 'highway', 'name', 'traffic_signals:direction', 'direction', 'barrier', 'stop', 'crossing', 'area', 'driving_side']
    const values = ['', '0', '1', '2', '3', '7', '-1', '1e9', '2.5', 'yes', 'no', 'left|through|right', 'left|right', '|', '|||', 'reverse', 'left;reverse|none', 'slight_right|sharp_left;through', 'yes|no|designated', 'no|no', 'designated|yes', 'lane', 'roundabout', 'reversible', 'forward', 'backward', '30 mph', 'walk', 'none', 'primary', 'motorway', 'living_street', 'secondary_link', 'stop', 'give_way', 'crossing', 'traffic_signals', 'turning_circle', 'bollard', 'gate', 'all', 'left']
    const change = fc.record({ on: fc.nat(), key: fc.constantFrom(...keys), value: fc.constantFrom(...values) })
    const seen = await tally(fc.record({ map: fc.nat(2), changes: fc.array(change, { minLength: 1, maxLength: 8 }) }), ({ map, changes }) => {
      const copy = structuredClone(maps[map]!)
      const all = [...copy.ways, ...copy.nodes]
      for (const { on, key, value } of changes) {
        const element = all[on % all.length]!
        element.tags = { ...element.tags, [key]: value }
      }
      return outcome(osmXml(copy))
    }, 600)
    expect(seen.scenario).toBeGreaterThan(runsOf(600) / 2)
  })

  it('with nodes anywhere, one on another, and ways that lead anywhere', async () => {
    const place = fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -60, max: 60 }))
    const ways = fc.array(fc.record({ nodes: fc.array(fc.nat(11), { minLength: 0, maxLength: 7 }), highway: fc.constantFrom('primary', 'residential', 'motorway', 'secondary_link'), oneway: fc.constantFrom('yes', 'no', '-1'), lanes: fc.constantFrom('1', '2', '3', '5'), name: fc.constantFrom('A', 'B') }), { minLength: 1, maxLength: 8 })
    const signals = fc.array(fc.nat(11), { maxLength: 5 })
    const seen = await tally(fc.record({ places: fc.array(place, { minLength: 12, maxLength: 12 }), ways, signals, left: fc.boolean() }), ({ places, ways, signals, left }) => {
      const map: TestMap = {
        nodes: places.map((at, id) => ({ id, at, ...(signals.includes(id) ? { tags: { highway: 'traffic_signals' } } : {}) })),
        ways: ways.map(({ nodes, ...tags }, i) => ({ id: 100 + i, nodes, tags })), middle: left ? [-1, 52] : [11, 48],
      }
      return outcome(osmXml(map))
    }, 400)
    expect(seen.scenario).toBeGreaterThan(runsOf(400) / 2)
  })
})
