import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPlan } from '../../../model/check-plan.ts'
import { resolveCorridor } from '../../../model/corridor.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Network } from '../../../model/network.ts'
import { findProjection } from '../../../model/projection.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { lightTraffic } from '../../../test/light-traffic.ts'
import { importOsm, type OsmImportOptions } from './index.ts'
import { randomTown } from './random-town.ts'
import { crossing, dividedCrossing, osmPbf, osmXml, roundabout, street, town, type TestMap, type TestNode, type TestWay } from './test-map.ts'

let folder: string
let files = 0
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'osm-import-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Imported { scenario: Scenario; network: Network; notes: ImportNote[] }

/** Imports and checks what must hold for every network: it validates, and no assumed plan breaks a rule. */
async function load(map: TestMap, options: OsmImportOptions = {}): Promise<Imported> {
  const file = join(folder, `${++files}.osm`)
  writeFileSync(file, osmXml(map))
  const { scenario, notes } = await importOsm(file, options)
  validateNetwork(scenario.network)
  validateTiming(scenario.network, scenario.timing)
  expect(checkPlan(new RoadGraph(scenario.network), scenario.timing.plans[0]?.patterns ?? []).map(({ sentence }) => sentence)).toEqual([])
  return { scenario, network: scenario.network, notes }
}

const node = (id: number, x: number, y: number, tags: Record<string, string> = {}): TestNode => ({ id, at: [x, y], tags })
const way = (id: number, nodes: number[], tags: Record<string, string> = {}): TestWay => ({ id, nodes, tags: { highway: 'secondary', ...tags } })
const link = ({ network }: Imported, id: string): Network['links'][number] => network.links.find((entry) => entry.id === id) ?? expect.fail(`no link ${id} among ${network.links.map((entry) => entry.id).join(' ')}`)
/** Turns from a link as "to turn from>to". */
const turns = ({ network }: Imported, from: string): string[] => network.movements.filter((movement) => movement.from === from)
  .map(({ id, to, turn }) => `${to} ${turn} ${network.connections.filter(({ movement }) => movement === id).map(({ from_lane }) => from_lane).join()}`)
const noted = ({ notes }: Imported, text: RegExp): ImportNote[] => notes.filter(({ message }) => text.test(message))

describe('a crossing of two streets with a signal on its node', () => {
  it('has an approach from each arm with its lanes, limit and name, and every turn but the way back', async () => {
    const imported = await load(crossing())
    const { network } = imported
    expect(network.nodes.map(({ id, kind }) => `${id} ${kind}`).sort()).toEqual(['1 signal', '2 boundary', '3 boundary', '4 boundary', '5 boundary'])
    expect(link(imported, '2-1')).toMatchObject({ name: 'Nanhu Avenue', source_id: '10', lanes: [{ index: 0 }, { index: 1 }] })
    expect(link(imported, '2-1').speed_mps).toBeCloseTo(60 / 3.6, 9)
    // Half of the side street (6 m wide) and 5 m for the corner stay free.
    expect(link(imported, '2-1').length_m).toBeCloseTo(250 - 3 - 5, 0)
    expect(turns(imported, '2-1')).toEqual(['1-5 right 0', '1-3 through 0,1', '1-4 left 1'])
    expect(turns(imported, '4-1')).toEqual(['1-2 right 0', '1-5 through 0', '1-3 left 0'])
    expect(network.signals.map(({ id, name }) => `${id} ${name}`)).toEqual(['1 Nanhu Avenue / Mill Lane'])
    expect(noted(imported, /no timing is given/)).toHaveLength(1)
    expect(noted(imported, /no traffic/)).toHaveLength(1)
  })

  it('stands where the map has it, to the decimetre', async () => {
    const { network } = await load(crossing())
    const projection = findProjection(network.coordinate_reference) ?? expect.fail('no projection')
    const { x_m, y_m } = network.nodes.find(({ id }) => id === '3')!
    const [lon, lat] = projection.toLonLat([x_m, y_m])
    // 250 m east of 48 north, 11 east, on the WGS 84 ellipsoid.
    expect(lon).toBeCloseTo(11 + 250 / 74_628, 6)
    expect(lat).toBeCloseTo(48, 6)
  })

  it('reads the same from protocol buffers, packed or not, with dense or single nodes, and from gzip', async () => {
    const { scenario } = await load(crossing())
    const { gzipSync } = await import('node:zlib')
    const contents = [osmPbf(crossing()), osmPbf(crossing(), { raw: true }), osmPbf(crossing(), { plainNodes: true }), gzipSync(osmXml(crossing()))]
    for (const content of contents) {
      const file = join(folder, `${++files}.any`)
      writeFileSync(file, content)
      expect((await importOsm(file)).scenario.network).toEqual({ ...scenario.network, name: expect.any(String), provenance: expect.any(String) })
    }
  })

  it('runs on the other side of the road in Great Britain, by a tag, and by the option', async () => {
    const right = await load(crossing())
    const [country, tag, option] = [await load({ ...crossing(), middle: [-1.5, 52] }), await load(crossing({ driving_side: 'left' })), await load(crossing(), { drivingSide: 'left' })]
    expect(right.network.driving_side).toBe('right')
    for (const left of [country, tag, option]) {
      expect(left.network.driving_side).toBe('left')
      // The kerb lane turns left, the inner lane right.
      expect(turns(left, '2-1')).toEqual(['1-5 right 1', '1-3 through 0,1', '1-4 left 0'])
    }
    // Links lie on their side of the line.
    expect(link(right, '2-1').shape_m![0]![1]).toBeLessThan(0)
    expect(link(option, '2-1').shape_m![0]![1]).toBeGreaterThan(0)
    expect(noted(country, /drives on the left, by the country/)).toHaveLength(1)
    expect(noted(tag, /drives on the/)).toHaveLength(0)
  })
})

describe('lanes', () => {
  it('carry the turns that their arrows show, counted from the kerb', async () => {
    const map = crossing({ lanes: '5' })
    map.ways[0]!.tags = { ...map.ways[0]!.tags, 'lanes:forward': '3', 'lanes:backward': '2', 'turn:lanes:forward': 'left|through|through;right' }
    const imported = await load(map)
    expect(turns(imported, '2-1')).toEqual(['1-5 right 0', '1-3 through 0,1', '1-4 left 2'])
    expect(link(imported, '1-2').lanes).toHaveLength(2)
  })

  it('are turned round in left-hand traffic', async () => {
    const map = crossing({ 'lanes': '3', 'oneway': 'yes', 'turn:lanes': 'left|through|right' })
    expect(turns(await load(map, { drivingSide: 'left' }), '2-1')).toEqual(['1-5 right 2', '1-3 through 1', '1-4 left 0'])
    expect(turns(await load(map), '2-1')).toEqual(['1-5 right 0', '1-3 through 1', '1-4 left 2'])
  })

  it('that no arrow serves a turn from leave it out, and it is said', async () => {
    const map = crossing({ 'lanes': '2', 'oneway': 'yes', 'turn:lanes': 'through|through;right' })
    const imported = await load(map)
    expect(turns(imported, '2-1')).toEqual(['1-5 right 0', '1-3 through 0,1'])
    expect(noted(imported, /that turn is left out/)).toHaveLength(1)
  })

  it('without arrows that merge or say nothing go straight on; a slight arrow parts two turns to one side', async () => {
    const map: TestMap = {
      nodes: [node(1, 0, 0), node(2, -200, 0), node(3, 200, 0), node(4, 150, 150), node(5, 0, 200)],
      ways: [way(10, [2, 1], { 'oneway': 'yes', 'lanes': '4', 'turn:lanes': 'left|slight_left|none|merge_to_left' }), way(11, [1, 3]), way(12, [1, 4], { oneway: 'yes' }), way(13, [1, 5], { oneway: 'yes' })],
    }
    expect(turns(await load(map), '2-1')).toEqual(['1-3 through 0,1', '1-4 left 2,3', '1-5 left 3'])
  })

  it('turn around where an arrow says so, and nowhere else', async () => {
    expect((await load(crossing())).network.movements.filter(({ turn }) => turn === 'u-turn')).toEqual([])
    const map = crossing()
    map.ways[0]!.tags['turn:lanes:forward'] = 'reverse;left|through;right'
    expect(turns(await load(map), '2-1')).toContain('1-2 u-turn 1')
  })

  it('turn around through a gap in a median that nothing crosses', async () => {
    const main = { highway: 'primary', name: 'Ring Road', oneway: 'yes', lanes: '2' }
    const imported = await load({
      nodes: [node(1, -200, -8), node(2, 0, -8), node(3, 200, -8), node(4, 200, 8), node(5, 0, 8), node(6, -200, 8)],
      ways: [way(10, [1, 2, 3], main), way(11, [4, 5, 6], main), way(12, [2, 5], { highway: 'primary_link', oneway: 'yes' })],
    })
    expect(turns(imported, '1-2')).toEqual(['2-3 through 0,1', '2-6 u-turn 1'])
    expect(turns(imported, '4-2')).toEqual(['2-6 through 0,1'])
  })

  it('that open before the stop line are pockets, on the side that their arrows tell', async () => {
    const main = { name: 'Nanhu Avenue', highway: 'primary', oneway: 'yes', maxspeed: '50' }
    const approach = (marks: string): TestMap => ({
      nodes: [...crossing().nodes, node(6, -60, 0)],
      ways: [way(10, [2, 6], { ...main, lanes: '2' }), way(13, [6, 1], { ...main, 'lanes': '3', 'turn:lanes': marks }), way(11, [1, 3], { ...main, lanes: '2' }), crossing().ways[2]!],
    })
    const [left, right] = [await load(approach('left|through|through;right')), await load(approach('left;through|through|right'))]
    const pockets = (imported: Imported): boolean[] => link(imported, '2-1').lanes.map(({ length_m }) => length_m < 60)
    expect(link(left, '2-1').length_m).toBeCloseTo(242, 0)
    expect(pockets(left)).toEqual([false, false, true])
    expect(pockets(right)).toEqual([true, false, false])
    expect(link(left, '2-1').lanes[2]!.length_m).toBeGreaterThan(45)
  })

  it('for buses are closed to cars, whether named one by one or by number', async () => {
    const allowed = async (tags: Record<string, string>): Promise<(string[] | undefined)[]> => link(await load(crossing({ oneway: 'yes', lanes: '3', ...tags })), '2-1').lanes.map(({ allow }) => allow)
    const bus = ['bus', 'coach']
    expect(await allowed({ 'bus:lanes': 'yes|yes|designated', 'vehicle:lanes': 'yes|yes|no' })).toEqual([bus, undefined, undefined])
    expect(await allowed({ 'psv:lanes': '||designated' })).toEqual([[...bus, 'taxi'], undefined, undefined])
    expect(await allowed({ 'lanes:psv': '1' })).toEqual([[...bus, 'taxi'], undefined, undefined])
    expect(await allowed({ 'busway': 'lane' })).toEqual([bus, undefined, undefined])
    expect(await allowed({ 'lanes': '4', 'vehicle:lanes': 'yes|yes|yes|no', 'bicycle:lanes': '|||designated' })).toEqual([undefined, undefined, undefined])
  })

  it('for buses lead straight on, and cars turn from the lane beside them', async () => {
    const imported = await load(crossing({ lanes: '6', busway: 'lane' }))
    expect(turns(imported, '2-1')).toEqual(['1-5 right 1', '1-3 through 0,1,2', '1-4 left 2'])
    const run = lightTraffic(imported.scenario)
    while (run.step());
    expect(run.result().completed).toBe(100)
  })

  it('have the widths of the map, else those of their class', async () => {
    const widths = async (tags: Record<string, string>): Promise<number[]> => link(await load(crossing({ oneway: 'yes', lanes: '2', ...tags })), '2-1').lanes.map(({ width_m }) => width_m)
    expect(await widths({ 'width:lanes': '3.2|2.8' })).toEqual([2.8, 3.2])
    expect(await widths({ width: '6.4 m' })).toEqual([3.2, 3.2])
    expect(await widths({})).toEqual([3.5, 3.5])
  })

  it('are assumed by class where there is no number, and it is said how many ways', async () => {
    const map = crossing()
    for (const { tags } of map.ways) delete tags.lanes
    const imported = await load(map)
    expect(link(imported, '2-1').lanes).toHaveLength(1)
    expect(noted(imported, /3 way\(s\) have no number of lanes/)[0]!.message).toContain('(way 10, way 11, way 12)')
  })
})

describe('speed limits', () => {
  it.each([['50', 50], ['30 mph', 48.28032], ['RO:urban', 50], ['DE:rural', 100], ['DE:zone:30', 30], ['walk', 7], ['none', 130], ['50;30', 50], ['nonsense', 50], ['1000', 50]])('of "%s" are %d km/h', async (maxspeed, kmh) => {
    const imported = await load(crossing({ maxspeed }))
    expect(link(imported, '2-1').speed_mps * 3.6).toBeCloseTo(kmh, 3)
    expect(noted(imported, /cannot be read/)).toHaveLength(['nonsense', '1000'].includes(maxspeed) ? 1 : 0)
  })

  it('may differ by direction', async () => {
    const imported = await load(crossing({ 'maxspeed': '60', 'maxspeed:backward': '30' }))
    expect([link(imported, '2-1'), link(imported, '1-2')].map(({ speed_mps }) => Math.round(speed_mps * 3.6))).toEqual([60, 30])
  })
})

describe('roads', () => {
  it('run both ways, with the way, against it, or as roundabouts and motorways do', async () => {
    const ids = async (tags: Record<string, string>): Promise<string[]> => (await load({ nodes: [node(1, 0, 0), node(2, 300, 0)], ways: [way(10, [1, 2], tags)] })).network.links.map(({ id }) => id).sort()
    expect(await ids({})).toEqual(['1-2', '2-1'])
    expect(await ids({ oneway: 'yes' })).toEqual(['1-2'])
    expect(await ids({ oneway: '-1' })).toEqual(['2-1'])
    expect(await ids({ highway: 'motorway' })).toEqual(['1-2'])
    expect(await ids({ highway: 'motorway', oneway: 'no' })).toEqual(['1-2', '2-1'])
  })

  it('that cars may not use are left out, service roads unless asked for', async () => {
    const other = (tags: Record<string, string>): TestMap => ({ nodes: [...crossing().nodes, node(6, 250, 200)], ways: [...crossing().ways, way(14, [3, 6], tags)] })
    const taken = async (tags: Record<string, string>, options: OsmImportOptions = {}): Promise<boolean> => (await load(other(tags), options)).network.links.some(({ source_id }) => source_id === '14')
    expect(await taken({})).toBe(true)
    for (const tags of [{ highway: 'footway' }, { access: 'no' }, { motor_vehicle: 'no' }, { access: 'private' }, { highway: 'construction' }, { highway: 'service' }] as Record<string, string>[]) expect(await taken(tags)).toBe(false)
    expect(await taken({ access: 'no', motorcar: 'yes' })).toBe(true)
    expect(await taken({ highway: 'service' }, { service: true })).toBe(true)
  })

  it('go on as one link where only a tag without meaning here changes, with all bends of the line', async () => {
    const map: TestMap = {
      nodes: [node(1, 0, 0), node(2, 100, 0), node(3, 200, 50), node(4, 300, 50)],
      ways: [way(10, [1, 2], { name: 'Mill Lane', surface: 'asphalt' }), way(11, [4, 3, 2], { name: 'Mill Lane', bridge: 'yes' })],
    }
    const imported = await load(map)
    expect(imported.network.links.map(({ id, source_id }) => `${id} ${source_id}`).sort()).toEqual(['1-4 10;-11', '4-1 11;-10'])
    expect(link(imported, '1-4').length_m).toBeCloseTo(200 + Math.hypot(100, 50), 0)
    expect(link(imported, '1-4').shape_m).toHaveLength(4)
  })

  it('end at a bollard and go through a gate that is open', async () => {
    const through = async (tags: Record<string, string>): Promise<string[]> => (await load({ nodes: [node(1, 0, 0), node(2, 100, 0, tags), node(3, 200, 0)], ways: [way(10, [1, 2, 3])] })).network.movements.map(({ id }) => id)
    const imported = await load({ nodes: [node(1, 0, 0), node(2, 100, 0, { barrier: 'bollard' }), node(3, 200, 0)], ways: [way(10, [1, 2, 3])] })
    expect(imported.network.links).toHaveLength(4)
    expect(await through({ barrier: 'bollard' })).toEqual([])
    expect((await load({ nodes: [node(1, 0, 0), node(2, 100, 0, { barrier: 'gate' }), node(3, 200, 0)], ways: [way(10, [1, 2, 3])] })).network.links).toHaveLength(2)
  })

  it('end where the file ends', async () => {
    const map = crossing()
    map.ways[1]!.nodes.push(99)
    const imported = await load(map)
    expect(link(imported, '1-3').length_m).toBeGreaterThan(200)
    expect(noted(imported, /beyond what the file holds/)[0]!.place.element).toBe('way 11')
  })
})

describe('signals', () => {
  it('at the nodes of a divided crossing are one intersection with one signal and stop lines where the map has them', async () => {
    const imported = await load(dividedCrossing())
    const { network } = imported
    expect(network.signals.map(({ id }) => id)).toEqual(['1'])
    expect(network.nodes.filter(({ kind }) => kind === 'signal').map(({ source_id }) => source_id)).toEqual(['1;2;3;4'])
    expect(network.links).toHaveLength(8)
    expect(turns(imported, '11-1').map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual(['1-43 right', '1-13 through', '1-33 left'])
    // The line is drawn 24 m before the middle, the end of the map 300 m away.
    expect(link(imported, '11-1').length_m).toBeCloseTo(276, 0)
    expect(noted(imported, /each is one intersection/)).toHaveLength(1)
  })

  it('at a side street that parts around an island are one intersection with the tip of the island', async () => {
    const light = { highway: 'traffic_signals' }
    const side = { highway: 'tertiary', name: 'Church Road' }
    const imported = await load({
      nodes: [node(1, -200, 0), node(2, -5, 0, light), node(3, 5, 0, light), node(4, 200, 0), node(5, 0, -22), node(6, 0, -200)],
      ways: [way(10, [1, 2, 3, 4], { name: 'Main Street', lanes: '4' }), way(11, [6, 5], { ...side, lanes: '2' }), way(12, [5, 3], { ...side, oneway: 'yes' }), way(13, [2, 5], { ...side, oneway: 'yes' })],
    })
    expect(imported.network.signals).toHaveLength(1)
    expect(imported.network.nodes.map(({ source_id }) => source_id).sort()).toEqual(['1', '2;3;5', '4', '6'])
    expect(turns(imported, '6-2').map((text) => text.split(' ')[1])).toEqual(['right', 'left'])
    expect(turns(imported, '1-2').map((text) => text.split(' ')[1])).toEqual(['right', 'through'])
    expect(turns(imported, '4-2').map((text) => text.split(' ')[1])).toEqual(['through', 'left'])
  })

  it('on approaches belong to the junction ahead, in the direction that they face', async () => {
    const map = crossing()
    map.nodes[0]!.tags = {}
    map.nodes.push(node(6, -20, 0, { 'highway': 'traffic_signals', 'traffic_signals:direction': 'forward' }))
    map.ways[0]!.nodes = [2, 6, 1]
    const imported = await load(map)
    expect(imported.network.signals.map(({ id }) => id)).toEqual(['1'])
    expect(link(imported, '2-1').length_m).toBeCloseTo(230, 0)
  })

  it('for people who cross a street far from any junction are signals of their own, with a walk', async () => {
    const map = crossing()
    map.nodes.push(node(6, -120, 0, { highway: 'crossing', crossing: 'traffic_signals' }))
    map.ways[0]!.nodes = [2, 6, 1]
    const { network } = await load(map)
    expect(network.signals.map(({ id }) => id).sort()).toEqual(['1', '6'])
    expect(network.signals.find(({ id }) => id === '6')!.groups.some(({ kind }) => kind === 'pedestrian')).toBe(true)
  })

  it('of crossings at a junction are part of its signal', async () => {
    const map = crossing()
    map.nodes.push(node(6, -15, 0, { highway: 'crossing', crossing: 'traffic_signals' }), node(7, 15, 0, { 'highway': 'crossing', 'crossing:signals': 'yes' }))
    map.ways[0]!.nodes = [2, 6, 1]
    map.ways[1]!.nodes = [1, 7, 3]
    expect((await load(map)).network.signals.map(({ id }) => id)).toEqual(['1'])
    map.nodes[0]!.tags = {}
    expect((await load(map)).network.signals.map(({ id }) => id)).toEqual(['1'])
  })

  it('that blink are none', async () => {
    const map = crossing()
    map.nodes[0]!.tags = { highway: 'traffic_signals', traffic_signals: 'blinker' }
    const imported = await load(map)
    expect(imported.network.signals).toEqual([])
    expect(noted(imported, /blinker/)).toHaveLength(1)
  })

  it('in a row make a corridor that can be followed both ways, named as the street', async () => {
    const { scenario, network } = await load(street())
    const [corridor] = scenario.scenario.corridors
    expect(corridor).toMatchObject({ name: 'Nanhu Avenue' })
    expect([...corridor!.intersections].sort()).toEqual(['1', '2', '3'])
    const { outbound, inbound } = resolveCorridor(new RoadGraph(network), corridor!)
    expect(outbound?.legs.map(({ distance_m }) => Math.round(distance_m))).toEqual([300, 300])
    expect(inbound?.legs).toHaveLength(2)
  })
})

describe('who goes first without a signal', () => {
  const bare = (tags: Record<string, string> = {}): TestMap => {
    const map = crossing()
    map.nodes[0]!.tags = tags
    return map
  }
  const yields = ({ network }: Imported, a: string, b: string): boolean => {
    const of = (movement: string): Network['connections'] => network.connections.filter((connection) => connection.movement === movement)
    return of(a).some(({ yields_to }) => of(b).some(({ id }) => yields_to.includes(id)))
  }

  it('is the street of the higher class', async () => {
    const imported = await load(bare())
    expect(yields(imported, '4-1>1-5', '2-1>1-3')).toBe(true)
    expect(yields(imported, '2-1>1-3', '4-1>1-5')).toBe(false)
  })

  it('is told by stop and give-way signs on the approaches', async () => {
    const map = bare()
    for (const { tags } of map.ways) tags.highway = 'residential'
    map.nodes.push(node(6, -12, 0, { highway: 'stop', direction: 'forward' }), node(7, 12, 0, { highway: 'give_way', direction: 'backward' }))
    map.ways[0]!.nodes = [2, 6, 1]
    map.ways[1]!.nodes = [1, 7, 3]
    const imported = await load(map)
    const stops = imported.network.connections.filter(({ stop }) => stop === 'sign').map(({ movement }) => movement)
    expect(new Set(stops)).toEqual(new Set(['2-1>1-3', '2-1>1-4', '2-1>1-5']))
    expect(yields(imported, '3-1>1-2', '4-1>1-5')).toBe(true)
  })

  it('is who came first where all stop', async () => {
    const { network } = await load(bare({ highway: 'stop', stop: 'all' }))
    expect(new Set(network.connections.map(({ stop }) => stop))).toEqual(new Set(['all-way']))
  })

  it('is the ring of a roundabout', async () => {
    const imported = await load(roundabout())
    expect(yields(imported, '11-1>1-3', '7-1>1-3')).toBe(true)
    expect(yields(imported, '7-1>1-3', '11-1>1-3')).toBe(false)
    expect(turns(imported, '7-1')).toEqual(['1-11 right 0', '1-3 through 0'])
  })
})

describe('turn restrictions', () => {
  const restricted = (restriction: string, from: number, to: number, via: { type: 'node' | 'way'; ref: number } = { type: 'node', ref: 1 }, more: Record<string, string> = {}): TestMap => ({
    ...crossing(), relations: [{ id: 77, tags: { type: 'restriction', restriction, ...more }, members: [{ type: 'way', ref: from, role: 'from' }, { ...via, role: 'via' }, { type: 'way', ref: to, role: 'to' }] }],
  })
  const kinds = async (map: TestMap, from: string): Promise<string[]> => (await load(map)).network.movements.filter((movement) => movement.from === from).map(({ turn }) => turn)

  it('take turns away, or leave only one', async () => {
    expect(await kinds(restricted('no_straight_on', 10, 11), '2-1')).toEqual(['right', 'left'])
    expect(await kinds(restricted('only_straight_on', 10, 11), '2-1')).toEqual(['through'])
    expect(await kinds(restricted('only_straight_on', 10, 11), '3-1')).toEqual(['right', 'through', 'left'])
    expect(await kinds(restricted('no_straight_on', 10, 11, { type: 'node', ref: 1 }, { except: 'bus;motorcar' }), '2-1')).toEqual(['right', 'through', 'left'])
  })

  it('over the ways inside an intersection are kept', async () => {
    const divided = dividedCrossing()
    const [northbound] = divided.ways.splice(2, 1) as [TestWay]
    divided.ways.push({ ...northbound, id: 110, nodes: [31, 32, 2] }, { ...northbound, id: 111, nodes: [2, 4] }, { ...northbound, id: 112, nodes: [4, 33] })
    const members = [[100, 'from'], [111, 'via'], [112, 'to']].map(([ref, role]) => ({ type: 'way' as const, ref: ref as number, role: role as string }))
    const imported = await load({ ...divided, relations: [{ id: 78, tags: { type: 'restriction', restriction: 'no_left_turn' }, members }] })
    expect(await kinds(divided, '11-1')).toEqual(['right', 'through', 'left'])
    expect(imported.network.movements.filter(({ from }) => from === '11-1').map(({ turn }) => turn)).toEqual(['right', 'through'])
    expect(imported.network.movements.filter(({ from }) => from === '31-1').map(({ turn }) => turn)).toEqual(['right', 'through', 'left'])
    expect(noted(imported, /lead over a way/)).toEqual([])
  })

  it('that are not understood are counted', async () => {
    expect(noted(await load(restricted('no_flying', 10, 11)), /of no known kind/)[0]!.place.element).toBe('relation 77')
    expect(noted(await load(restricted('no_left_turn', 10, 11, { type: 'way', ref: 12 })), /lead over a way/)).toHaveLength(1)
    const conditional = restricted('no_left_turn', 10, 11)
    conditional.relations![0]!.tags = { 'type': 'restriction', 'restriction:conditional': 'no_left_turn @ (07:00-09:00)' }
    expect(noted(await load(conditional), /certain times/)).toHaveLength(1)
  })
})

describe('light traffic', () => {
  const maps: [string, TestMap, OsmImportOptions][] = [
    ['a crossing', crossing(), {}], ['a crossing driven on the left', crossing(), { drivingSide: 'left' }], ['a divided crossing', dividedCrossing(), {}],
    ['a street', street(), {}], ['a town', town(), {}], ['a roundabout', roundabout(), {}], ['a roundabout driven on the left', { ...roundabout(), ways: roundabout().ways.map((entry) => (entry.tags.junction === undefined ? entry : { ...entry, nodes: [...entry.nodes].reverse() })) }, { drivingSide: 'left' }],
  ]
  it.each(maps)('gets through %s', async (_, map, options) => {
    const { scenario } = await load(map, options)
    const run = lightTraffic(scenario)
    while (run.step());
    const result = run.result()
    expect(result.gridlock).toBeUndefined()
    expect(result.vehicles_demanded).toBe(100)
    expect(result.completed).toBe(100)
  })

  it('gets through towns drawn from seeds, on both sides of the road', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { scenario } = await load(randomTown(seed), { drivingSide: seed % 2 === 0 ? 'left' : 'right' })
      expect(scenario.network.signals.length).toBeGreaterThan(0)
      const run = lightTraffic(scenario)
      while (run.step());
      const result = run.result()
      expect(`town ${seed}: ${result.completed} of 100, ${result.gridlock === undefined ? 'no' : 'a'} gridlock`).toBe(`town ${seed}: 100 of 100, no gridlock`)
    }
  })
})
