// Broken CityFlow files: one sentence with file, line or element, and the value.
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GreenwaveError } from '../../../model/errors.ts'
import { importRefusal } from '../../../test/import-outcome.ts'
import { importCityflow } from './index.ts'
import { readEntries } from './json-text.ts'
import { TEST_VEHICLE, testFlow, testRoadnet } from './test-network.ts'

let folder: string
let roadnet: string
let flows: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cityflow-bad-'))
  roadnet = join(folder, 'street.json')
  flows = join(folder, 'flow.json')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function refusal(net: string, flow: string = JSON.stringify(testFlow())): Promise<GreenwaveError> {
  writeFileSync(roadnet, net)
  writeFileSync(flows, flow)
  return importRefusal(importCityflow(roadnet, { routes: [flows] }))
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Sets or removes (undefined) the value at a path such as "roads.0.id". */
function changed(document: unknown, path: string, value: Json | undefined): string {
  const copy = JSON.parse(JSON.stringify(document)) as Json
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce<Json>((at, key) => (at as Record<string, Json>)[key] as Json, copy) as Record<string, Json>
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return JSON.stringify(copy)
}

/** Intersection 1 is A; its road link 0 leads from W_A to A_W. */
const BAD_NETS: [path: string, value: Json | undefined, sentence: RegExp][] = [
  ['intersections', undefined, /intersections is missing/],
  ['roads', {}, /roads is an object; it must be a list/],
  ['roads', [], /roads/],
  ['roads.0', 7, /road 0: it is 7; it must be an object/],
  ['roads.0.id', undefined, /road 0: id is missing/],
  ['roads.0.id', 12, /road 0: id is 12; it must be a text/],
  ['roads.1.id', 'W_A', /road "W_A" is there twice/],
  ['roads.0.startIntersection', 'nowhere', /road "W_A": startIntersection is "nowhere", which is no intersection/],
  ['roads.0.points', [{ x: 0, y: 0 }], /road "W_A": it has 1 point\(s\); it needs at least 2/],
  ['roads.0.points', [{ x: 1, y: 1 }, { x: 1, y: 1 }], /road "W_A": all its points are the same/],
  ['roads.0.points.1.x', 'far', /road "W_A", point 1: x is "far"; it must be a number/],
  ['roads.0.points.1.x', 1e300, /road "W_A", point 1: x is 1e\+300; more than/],
  ['roads.0.lanes', [], /road "W_A": it has 0 lanes/],
  ['roads.0.lanes.1.width', 0, /road "W_A", lane 1: width is 0; it must be above 0/],
  ['roads.0.lanes.1.maxSpeed', null, /road "W_A", lane 1: maxSpeed is missing/],
  ['intersections.1.virtual', 'no', /intersection "A": virtual is "no"; it must be true or false/],
  ['intersections.1.point', undefined, /intersection "A": point is missing/],
  ['intersections.1.width', -3, /intersection "A": width is -3; it must be at least 0/],
  ['intersections.1.roads', ['W_A', 'gone'], /intersection "A": roads names "gone", which is no road/],
  ['intersections.1.id', 'B', /intersection "B" is there twice/],
  ['intersections.1.roadLinks.0.type', 'go_round', /intersection "A", road link 0: type is "go_round"; it must be one of go_straight, turn_left, turn_right/],
  ['intersections.1.roadLinks.0.startRoad', 'gone', /intersection "A", road link 0: startRoad is "gone", which is no road/],
  ['intersections.1.roadLinks.0.startRoad', 'A_B', /road link 0: startRoad is "A_B", which ends at intersection "B", not here/],
  ['intersections.1.roadLinks.0.laneLinks.0.startLaneIndex', 2, /road link 0, lane link 0: startLaneIndex is 2; there are 2, counted from 0/],
  ['intersections.1.roadLinks.0.laneLinks.0.endLaneIndex', 0.5, /lane link 0: endLaneIndex is 0.5; it must be a whole number/],
  ['intersections.1.trafficLight.lightphases.0.time', -1, /intersection "A", trafficLight, phase 0: time is -1; it must be at least 0/],
  ['intersections.1.trafficLight.lightphases.0.availableRoadLinks', [99], /phase 0: availableRoadLinks is 99; there are 16, counted from 0/],
  ['intersections.1.trafficLight.lightphases', [{ time: 0, availableRoadLinks: [] }], /trafficLight: all its 1 phase\(s\) last 0 s/],
]

const BAD_FLOWS: [path: string, value: Json | undefined, sentence: RegExp][] = [
  ['1', 'car', /flow 1: it is "car"; it must be an object/],
  ['1.vehicle', undefined, /flow 1: vehicle is missing/],
  ['1.vehicle.headwayTime', 0, /flow 1, vehicle: headwayTime is 0; it must be above 0/],
  ['1.vehicle.length', '5', /flow 1, vehicle: length is "5"; it must be a number/],
  ['1.interval', 0, /flow 1: interval is 0; it must be above 0/],
  ['1.route', [], /flow 1: route is empty/],
  ['1.route.0', 'gone', /flow 1: route names "gone", which is no road/],
  ['1.route.0', ['E_B'], /flow 1: route names a list of 1, which is no road/],
  ['1.startTime', 60, /flow 1: endTime is 50; the flow starts later, at 60/],
  ['1.startTime', -5, /flow 1: startTime is -5; it must be at least 0/],
  ['1.endTime', 1e8, /flow 1: the flow makes 20000001 vehicles; at most 1000000/],
]

describe('a broken road network is refused', () => {
  it.each(BAD_NETS)('with %s set to %j', async (path, value, sentence) => {
    const error = await refusal(changed(testRoadnet(), path, value))
    expect(error.message).toMatch(sentence)
    expect(error.message).toContain(roadnet)
  })

  it.each([
    ['nothing', '', /the file is empty/],
    ['half of it', JSON.stringify(testRoadnet()).slice(0, 5000), /the end of the JSON text is missing/],
    ['another kind of JSON', '[1, 2]', /no CityFlow road network/],
    ['no JSON', '<net/>', /this is not JSON/],
    ['a bad character on line 3', '{\n"roads": [],\n"intersections": oops}', /street\.json:3: this is not JSON/],
    ['a hundred thousand brackets', `{"roads": [], "intersections": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`, /intersection 0: it is a list of 1; it must be an object/],
  ])('that is %s', async (_, text, sentence) => {
    expect((await refusal(text)).message).toMatch(sentence)
  })

  it('that does not exist', async () => {
    await expect(importCityflow(join(folder, 'none.json'))).rejects.toThrow(/none\.json: the file cannot be read \(ENOENT\)/)
  })
})

describe('a broken flow file is refused', () => {
  it.each(BAD_FLOWS)('with %s set to %j', async (path, value, sentence) => {
    const error = await refusal(JSON.stringify(testRoadnet()), changed(testFlow(), path, value))
    expect(error.message).toMatch(sentence)
    expect(error.message).toContain(`${flows}:1`)
  })

  it.each([
    ['nothing', ' \n', /flow\.json: the file is empty/],
    ['an object', '{"a": 1}', /flow\.json:1: a flow file is a list of flows and begins with \[/],
    ['half of it', JSON.stringify(testFlow()).slice(0, 400), /the end of the JSON text is missing after 1 entries/],
    ['closed by the wrong bracket', '[}', /closed by } instead of \]/],
    ['a comma too many', '[{},\n]', /flow 0: vehicle is missing/],
    ['more after its end', '[]\n\n[]', /flow\.json:3: there is more text after the end of the list/],
    ['no JSON on line 2', '[\n{"vehicle": nope}]', /flow\.json:2, flow 0: this is not JSON/],
  ])('that is %s', async (_, text, sentence) => {
    expect((await refusal(JSON.stringify(testRoadnet()), text)).message).toMatch(sentence)
  })

  it('with a comma before its end', async () => {
    const text = JSON.stringify(testFlow()).replace(/\]$/, ',]')
    expect((await refusal(JSON.stringify(testRoadnet()), text)).message).toMatch(/there is a comma too many/)
  })
})

describe('reading a list entry by entry', () => {
  it('gives what JSON.parse gives, whatever the text is made of', async () => {
    const list = [{ a: '],[{"\\' }, [], 'x', 7, null, { b: { c: [1, 2, { d: '\u{1F6A6}é' }] } }]
    for (const text of [JSON.stringify(list), `\uFEFF \n${JSON.stringify(list, null, 2)}\n`]) {
      writeFileSync(flows, text)
      const values: unknown[] = []
      for await (const { value } of readEntries(flows, 'entry')) values.push(value)
      expect(values).toEqual(list)
    }
  })

  it('names the line that an entry begins on', async () => {
    writeFileSync(flows, '[\n{"a":\n1},\n\n{"b": 2}, {"c": 3}]')
    const lines: number[] = []
    for await (const { line } of readEntries(flows, 'entry')) lines.push(line)
    expect(lines).toEqual([2, 5, 5])
  })

  it('refuses one entry that never ends instead of filling the memory with it', async () => {
    const out = createWriteStream(flows)
    out.write('[{"route": [')
    const part = '"road",'.repeat(100_000)
    for (let i = 0; i < 30; i++) if (!out.write(part)) await once(out, 'drain')
    out.end()
    await finished(out)
    writeFileSync(roadnet, JSON.stringify(testRoadnet()))
    await expect(importCityflow(roadnet, { routes: [flows] })).rejects.toThrow(/entry 0 has more than 16777216 bytes/)
  })

  it('keeps the memory of a large file to its vehicles', async () => {
    const count = 60_000
    const out = createWriteStream(flows)
    for (let i = 0; i < count; i++) {
      const flow = JSON.stringify({ vehicle: TEST_VEHICLE, route: ['W_A', 'A_B', 'B_E'], interval: 1, startTime: i, endTime: i, comment: 'x'.repeat(800) })
      if (!out.write(`${i === 0 ? '[' : ','}${flow}`)) await once(out, 'drain')
    }
    out.end(']')
    await finished(out)
    writeFileSync(roadnet, JSON.stringify(testRoadnet()))
    const { scenario: { demand } } = await importCityflow(roadnet, { routes: [flows] })
    expect(demand.vehicles.depart_s).toHaveLength(count)
    expect([demand.routes.length, demand.vehicle_types.length]).toEqual([1, 1])
  })
})
