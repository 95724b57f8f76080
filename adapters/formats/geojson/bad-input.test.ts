// Broken GeoJSON: one sentence with file, feature and value; broken bytes give a scenario or a refusal, nothing else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importOutcome, importRefusal, type ImportOutcome } from '../../../test/import-outcome.ts'
import { runsOf } from '../../../test/runs.ts'
import { exportGeojson, importGeojson } from './index.ts'
import { line, point, testTown } from './test-files.ts'

let folder: string
let path: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'geojson-bad-'))
  path = join(folder, 'town.geojson')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function refusal(text: string): Promise<string> {
  writeFileSync(path, text)
  const { message } = await importRefusal(importGeojson(path))
  expect(message).toContain(path)
  return message
}
const street = (properties: Record<string, unknown>): string => JSON.stringify({ type: 'FeatureCollection', features: [line([[0, 0], [100, 0]], { id: 'a', ...properties })] })

describe('a broken file is refused', () => {
  test.each([
    ['nothing', '', /0 bytes/],
    ['half of it', JSON.stringify(testTown()).slice(0, 900), /the end of the JSON text is missing/],
    ['no JSON', '{"type": oops}', /this is not JSON/],
    ['a lone geometry', '{"type":"Point","coordinates":[1,2]}', /is a FeatureCollection with a list of features; this is of type "Point"/],
    ['a list', '[]', /this is a list of 0/],
    ['without features', '{"type":"FeatureCollection","features":[]}', /0 points and lines|0 point\(s\) and 0 lines/],
    ['only points', JSON.stringify({ type: 'FeatureCollection', features: [point([0, 0], { id: 'x' })] }), /1 point\(s\) and 0 lines/],
    ['a feature that is none', '{"type":"FeatureCollection","features":[7]}', /feature 0: it is 7; it must be a Feature/],
    ['in Dutch metres', '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::28992"}},"features":[]}', /names the coordinate system "urn:ogc:def:crs:EPSG::28992"; GeoJSON is in degrees/],
    ['with metres for degrees', '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[459000,5411000],[1,2]]}}]}', /feature 0: a position is \[459000, 5411000\], which is no longitude/],
    ['with a word for a number', '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[["x",0],[1,2]]}}]}', /a position is \["x", 0\]/],
    ['with a line of one place', '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":9},"geometry":{"type":"LineString","coordinates":[[1,2]]}}]}', /feature 0 "9": its line has 1 position/],
    ['around the world', '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[-170,0],[170,2]]}}]}', /at most 8 degrees wide/],
  ])('that is %s', async (_, text, sentence) => expect(await refusal(text)).toMatch(sentence))

  test.each([
    [{ lanes: 99 }, /feature 0 "a": lanes is 99; it must be a number above 0 and at most 32/],
    [{ lanes: [] }, /lanes is a list of 0; it needs 1 to 16/],
    [{ lanes: [{ width_m: -1 }] }, /width_m of lane 0 is -1/],
    [{ oneway: 'perhaps' }, /oneway is "perhaps"; it must be yes, no or -1/],
    [{ speed_kmh: 'fast' }, /speed_kmh is "fast"/],
    [{ maxspeed: 9999 }, /maxspeed is "9999"/],
    [{ turn_lanes: 'left|sideways', oneway: 'yes' }, /turn_lanes has "sideways"/],
    [{ name: {} }, /name is an object; it must be a text/],
  ])('with %j', async (properties, sentence) => expect(await refusal(street(properties))).toMatch(sentence))

  test('that does not exist', async () => {
    await expect(importGeojson(join(folder, 'none.geojson'))).rejects.toThrow(/none\.geojson: the file cannot be read \(ENOENT\)/)
  })
})

describe('whatever the bytes', () => {
  const outcome = (bytes: Buffer): Promise<ImportOutcome> => {
    writeFileSync(path, bytes)
    return importOutcome(() => importGeojson(path))
  }
  const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), times: fc.integer({ min: 1, max: 3 }), end: fc.nat() })

  test('a drawing gives a scenario that validates or a clear refusal', async () => {
    const text = JSON.stringify(testTown())
    const seen = { scenario: 0, refused: 0 }
    await fc.assert(fc.asyncProperty(damage, async ({ at, byte, times, end }) => {
      const bytes = Buffer.from(text)
      for (let i = 0; i < times; i++) bytes[(at * (i + 1)) % bytes.length] = byte
      seen[await outcome(end % 4 > 0 ? bytes : bytes.subarray(0, end % bytes.length))]++
    }), { numRuns: runsOf(300), seed: 1 })
    expect(seen).toSatisfy(({ scenario, refused }: typeof seen) => scenario > runsOf(20) && refused > runsOf(20))
  }, 60_000)

  test('an export of ours with other values gives a scenario that validates or a clear refusal', async () => {
    writeFileSync(path, JSON.stringify(testTown()))
    const { scenario } = await importGeojson(path)
    const text = exportGeojson(scenario.network, { name: 'x', time_zone: 'UTC', patterns: scenario.timing.plans[0]!.patterns })
    const value = fc.constantFrom<unknown>(null, true, '', 'A', -1, 0, 3, 1e308, [], {}, [null], 'left', '[', undefined)
    const change = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.boolean(), value)
    const seen = { scenario: 0, refused: 0 }
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (list) => {
      const json = JSON.parse(text) as { features: { properties: Record<string, unknown> }[] }
      for (const [at, name, inner, deep, other] of list) {
        let target = (json.features[at % json.features.length] as { properties: Record<string, unknown> }).properties
        const key = Object.keys(target)[name % Object.keys(target).length] as string
        const below = target[key]
        if (deep && typeof below === 'object' && below !== null && Object.keys(below).length > 0) {
          target = below as Record<string, unknown>
          target[Object.keys(target)[inner % Object.keys(target).length] as string] = other
        } else target[key] = other
      }
      seen[await outcome(Buffer.from(JSON.stringify(json)))]++
    }), { numRuns: runsOf(500), seed: 1 })
    expect(seen).toSatisfy(({ scenario, refused }: typeof seen) => scenario > runsOf(20) && refused > runsOf(20))
  }, 60_000)

  test('other values among the properties give a scenario or a clear refusal', async () => {
    const names = ['lanes', 'oneway', 'maxspeed', 'speed_mps', 'turn_lanes', 'id', 'from', 'to', 'name', 'class', 'signal', 'control', 'kind', 'length_m', 'priority', 'grade', 'lanes_forward']
    const value = fc.oneof(fc.constantFrom<unknown>(null, true, '', 'left|right', 'A', -1, 0, 1e308, [], {}, 'yes', '-1', 'signal', '1,5'), fc.double(), fc.string({ maxLength: 5 }), fc.integer({ min: 1, max: 8 }))
    const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...names), value), { minLength: 1, maxLength: 5 })
    const seen = { scenario: 0, refused: 0 }
    await fc.assert(fc.asyncProperty(changes, async (list) => {
      const town = testTown()
      for (const [at, name, other] of list) (town.features[at % town.features.length] as { properties: Record<string, unknown> }).properties[name] = other
      seen[await outcome(Buffer.from(JSON.stringify(town)))]++
    }), { numRuns: runsOf(400), seed: 1 })
    expect(seen).toSatisfy(({ scenario, refused }: typeof seen) => scenario > runsOf(20) && refused > runsOf(20))
  }, 60_000)
})
