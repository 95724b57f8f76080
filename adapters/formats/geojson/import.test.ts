import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPlan } from '../../../model/check-plan.ts'
import type { ImportNote } from '../../../model/errors.ts'
import { corridorByStreet } from '../../../model/find-corridor.ts'
import type { Link } from '../../../model/network.ts'
import { findProjection } from '../../../model/projection.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { validateDemand } from '../../../model/validate-demand.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { none, runChecked } from '../../../simulation/testing/invariants.ts'
import { driveThrough } from '../../../test/drive-through.ts'
import { exportGeojson, importGeojson, type GeojsonImportOptions } from './index.ts'
import { degrees, line, point, testTown, type TestCollection, type TestFeature } from './test-files.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'geojson-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Imported { scenario: Scenario; notes: ImportNote[] }

async function loadText(text: string, options: GeojsonImportOptions = {}): Promise<Imported> {
  const path = join(folder, 'town.geojson')
  writeFileSync(path, text)
  const imported = await importGeojson(path, options)
  const { network, demand, timing } = imported.scenario
  validateNetwork(network)
  validateDemand(network, demand)
  validateTiming(network, timing)
  return imported
}
const load = (collection: TestCollection = testTown(), options?: GeojsonImportOptions): Promise<Imported> => loadText(JSON.stringify(collection), options)
const collection = (...features: TestFeature[]): TestCollection => ({ type: 'FeatureCollection', features })
const link = ({ scenario }: Imported, id: string): Link => scenario.network.links.find((candidate) => candidate.id === id)!
const messages = ({ notes }: Imported): string[] => notes.map(({ kind, message }) => `${kind}: ${message}`)
const turns = ({ scenario }: Imported, from: string): string[] => scenario.network.movements.filter((movement) => movement.from === from).map(({ to, turn }) => `${to} ${turn}`)

describe('lines and points become a network', () => {
  test('in a transverse Mercator plane of metres that leads back to degrees', async () => {
    const { scenario: { network } } = await load()
    expect(network.coordinate_reference).toEqual({ kind: 'projected', projection: '+proj=tmerc +lat_0=48.2 +lon_0=16.30269 +k=1 +x_0=0 +y_0=0 +ellps=WGS84' })
    const [lon, lat] = findProjection(network.coordinate_reference)!.toLonLat([network.nodes[0]!.x_m, network.nodes[0]!.y_m])
    expect([lon, lat].map((value, i) => Math.abs(value - degrees([0, 0])[i]!))).toEqual([expect.closeTo(0, 7), expect.closeTo(0, 7)])
  })

  test('with two links for a two-way line, one for a one-way line, and nodes where ends meet within a metre', async () => {
    const imported = await load()
    expect(imported.scenario.network.links.map(({ id }) => id)).toEqual(['main1', 'main1-b', 'main2', 'main2-b', 'main3', 'main3-b', 'first1', 'first1-b', 'first2', 'first2-b', 'second', 'second0'])
    expect(imported.scenario.network.nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['A signal', 'n1 boundary', 'n2 signal', 'n3 boundary', 'n4 boundary', 'n5 boundary', 'n6 boundary', 'n7 boundary'])
    expect(link(imported, 'main2').to).toBe(link(imported, 'second').from)
  })

  test('with lanes, speeds and names as the properties say', async () => {
    const imported = await load()
    const told = (id: string): unknown[] => [link(imported, id).name, link(imported, id).lanes.length, Math.round(link(imported, id).speed_mps * 36) / 10]
    expect(told('main1')).toEqual(['Main Street', 2, 50])
    expect(told('main2-b')).toEqual(['Main Street', 2, 48.3])
    expect(told('main3-b')).toEqual(['Main Street', 3, 50])
    expect(told('second')).toEqual(['Second Avenue', 2, 30])
    expect(told('second0')).toEqual(['Second Avenue', 1, 36])
  })

  test('whose drawn length is that of the line less its junctions', async () => {
    const imported = await load()
    const drawn = 2 * Math.hypot(200, 30)
    expect(link(imported, 'main2').length_m).toBeGreaterThan(drawn - 30)
    expect(link(imported, 'main2').length_m).toBeLessThan(drawn - 10)
    expect(link(imported, 'main2').shape_m).toHaveLength(3)
  })

  test('where turn lanes, read from the left, decide who turns', async () => {
    const imported = await load()
    expect(turns(imported, 'main1')).toEqual(['first2 right', 'main2 through', 'first1-b left'])
    const lanes = (movement: string): number[] => imported.scenario.network.connections.filter((connection) => connection.movement === movement).map(({ from_lane }) => from_lane)
    expect([lanes('main1>first2'), lanes('main1>main2'), lanes('main1>first1-b')]).toEqual([[0], [0], [1]])
    // The street is left of nobody who comes from the east: second is one-way to the north, so that is a right turn.
    expect(turns(imported, 'main3-b')).toEqual(['second right', 'main2-b through'])
    expect(messages(imported)).toContainEqual('not-understood: the arrows of 1 link(s) point where no link leads (the first: left)')
  })

  test('whose signals stand at their points, one drawn 8 m beside the junction among them', async () => {
    const { scenario } = await load()
    expect(scenario.network.signals.map(({ id, name }) => `${id} ${name}`)).toEqual(['A Main and First', 'n2 undefined'])
    expect(scenario.timing.plans[0]).toMatchObject({ id: 'assumed', patterns: [{ signal: 'A' }, { signal: 'n2' }] })
    expect(checkPlan(new RoadGraph(scenario.network), scenario.timing.plans[0]!.patterns)).toEqual([])
  })

  test('with the corridor along the main street, found by itself and by its name', async () => {
    const { scenario } = await load()
    expect(scenario.scenario.corridors.map(({ name, intersections }) => `${name}: ${intersections.join(' ')}`)).toEqual(['Main Street: n2 A'])
    expect(corridorByStreet(new RoadGraph(scenario.network), 'MAIN street').corridor.intersections).toEqual(['A', 'n2'])
  })

  test('that light traffic drives through without breaking a rule of the road', async () => {
    for (const driving_side of ['right', 'left'] as const) {
      const { scenario } = await load(testTown(), { driving_side })
      const run = driveThrough(scenario)
      expect(runChecked(run)).toEqual(none)
      const { gridlock, completed, vehicles_demanded } = run.result()
      expect([gridlock, completed]).toEqual([undefined, vehicles_demanded])
    }
  })

  test('mirrored in left-hand traffic', async () => {
    const imported = await load(testTown(), { driving_side: 'left' })
    expect(imported.scenario.network.driving_side).toBe('left')
    const lanes = (movement: string): number[] => imported.scenario.network.connections.filter((connection) => connection.movement === movement).map(({ from_lane }) => from_lane)
    expect([lanes('main1>first2'), lanes('main1>main2'), lanes('main1>first1-b')]).toEqual([[1], [1], [0]])
  })
})

describe('what a file leaves open is assumed and said', () => {
  test('lines with a counterpart are one-way where the file has no oneway, others two-way', async () => {
    const imported = await load(collection(line([[0, 0], [100, 0]], { id: 'a' }), line([[100, 0], [0, 0]], { id: 'b' }), line([[100, 0], [200, 0]], { id: 'c' })))
    expect(imported.scenario.network.links.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'c-b'])
    expect(messages(imported)).toContainEqual('assumed: 2 line(s) have a counterpart in the other direction and are taken as one-way')
    expect(messages(imported)).toContainEqual('assumed: 1 line(s) without oneway are taken as two-way')
    expect(messages(imported)).toContainEqual('assumed: 4 direction(s) of lines have no lanes; one each is taken')
    expect(messages(imported)).toContainEqual('assumed: 4 direction(s) of lines have no speed limit; that of their class is taken, or 50 km/h')
  })

  test('a line through the end of another is divided there', async () => {
    const imported = await load(collection(line([[-200, 0], [0, 0], [200, 0]], { id: 'through', oneway: 'no' }), line([[0, 0], [0, 150]], { id: 'stem' })))
    expect(imported.scenario.network.links.map(({ id }) => id)).toEqual(['through/1', 'through/1-b', 'through/2', 'through/2-b', 'stem', 'stem-b'])
    expect(turns(imported, 'stem-b').map((text) => text.split(' ')[1])).toEqual(['right', 'left'])
  })

  test('lines that cross without a node are bridges', async () => {
    const imported = await load(collection(line([[-200, 0], [200, 0]], { oneway: 'no' }), line([[3, -150], [3, 150]])))
    expect(messages(imported)).toContainEqual('assumed: 1 crossing(s) of lines have no node; they are taken as bridges, and no movement leads from one line to the other')
    expect(imported.scenario.network.movements).toEqual([])
  })

  test('ends farther apart than the tolerance do not meet, with a wider one they do', async () => {
    const gap = collection(line([[-200, 0], [0, 0]], { id: 'a', oneway: 'yes' }), line([[3, 0], [200, 0]], { id: 'b', oneway: 'yes' }))
    expect((await load(gap)).scenario.network.movements).toEqual([])
    expect(turns(await load(gap, { tolerance_m: 5 }), 'a')).toEqual(['b through'])
  })

  test('nodes that lines name need no points', async () => {
    const imported = await load(collection(line([[-200, 0], [-9, 0]], { id: 'a', from: 'w', to: 'x', oneway: 1 }), line([[9, 0], [200, 0]], { id: 'b', from: 'x', to: 'e', oneway: 1 })))
    expect(imported.scenario.network.nodes.map(({ id, x_m }) => [id, Math.round(x_m)])).toEqual([['w', -200], ['x', 0], ['e', 200]])
    expect(turns(imported, 'a')).toEqual(['b through'])
  })

  test('a signal far from every line, and other geometries, are listed', async () => {
    const town = testTown()
    town.features.push(point([2000, 2000], { signal: true }), { type: 'Feature', geometry: { type: 'Polygon', coordinates: [] }, properties: {} })
    const told = messages(await load(town))
    expect(told).toContainEqual('not-understood: 1 point(s) with a signal or a sign lie more than 30 m from every node')
    expect(told).toContainEqual('not-understood: 1 feature(s) of type Polygon are left out; lines and points are taken')
  })
})

describe('our own export', () => {
  test('comes back as it was', async () => {
    const { scenario } = await load()
    scenario.timing.plans[0]!.patterns[0]!.offset_s = 17
    const text = exportGeojson(scenario.network, { name: scenario.network.name, time_zone: 'Europe/Vienna', patterns: scenario.timing.plans[0]!.patterns })
    const back = (await loadText(text)).scenario
    for (const part of ['nodes', 'links', 'movements', 'connections', 'signals'] as const) expect(back.network[part]).toEqual(scenario.network[part])
    expect(back.network.coordinate_reference).toEqual(scenario.network.coordinate_reference)
    expect(back.timing.plans[0]).toEqual({ id: 'running', name: 'Timing of the file', patterns: scenario.timing.plans[0]!.patterns })
    expect(back.scenario).toMatchObject({ time_zone: 'Europe/Vienna', corridors: scenario.scenario.corridors })
    const again = exportGeojson(back.network, { name: back.network.name, time_zone: 'Europe/Vienna', patterns: back.timing.plans[0]!.patterns })
    expect(again === text).toBe(true)
  })

  test('that a map program wrote anew, lists as text and without our header, still gives the streets and signals', async () => {
    const { scenario } = await load()
    const json = JSON.parse(exportGeojson(scenario.network, { name: 'x', time_zone: 'UTC', patterns: [] })) as TestCollection
    const withText = { ...json, features: json.features.map((feature) => ({ ...feature, properties: Object.fromEntries(Object.entries(feature.properties).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value])) })) }
    expect((await load(withText)).scenario.network.connections).toHaveLength(scenario.network.connections.length)
    const { greenwave: _, ...bare } = json
    const drawn = await load(bare as TestCollection)
    expect(drawn.scenario.network.links.map(({ id, length_m }) => [id, Math.round(length_m)])).toEqual(scenario.network.links.map(({ id, length_m }) => [id, Math.round(length_m)]))
    expect(drawn.scenario.network.signals).toHaveLength(2)
  })

  test('of a drawing without a place on the globe is refused', async () => {
    const { scenario } = await load()
    expect(() => exportGeojson({ ...scenario.network, coordinate_reference: { kind: 'local' } }, { name: '', time_zone: 'UTC', patterns: [] })).toThrow(/the coordinates are local, with no way to longitude and latitude/)
  })
})
