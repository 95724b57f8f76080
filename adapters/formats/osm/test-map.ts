// Small maps of our own for tests, written as OpenStreetMap XML or protocol buffers. Places in metres around a point on the
// equator of the drawing (48 north, 11 east unless told), so that distances are what they say.
import { deflateSync } from 'node:zlib'
import { PbfWriter } from 'pbf'
import { findProjection } from '../../../model/projection.ts'

export interface TestNode { id: number; at: [x: number, y: number]; tags?: Record<string, string> }
export interface TestWay { id: number; nodes: number[]; tags: Record<string, string> }
export interface TestRelation { id: number; tags: Record<string, string>; members: { type: 'node' | 'way' | 'relation'; ref: number; role: string }[] }
export interface TestMap { nodes: TestNode[]; ways: TestWay[]; relations?: TestRelation[]; middle?: [lon: number, lat: number] }

/** Degrees of each node, as the ten millionths that the map keeps. */
function degreesOf({ nodes, middle: [lon, lat] = [11, 48] }: TestMap): Map<number, [lon: number, lat: number]> {
  const projection = findProjection({ kind: 'projected', projection: `+proj=tmerc +lat_0=${lat} +lon_0=${lon} +k=1 +x_0=0 +y_0=0 +ellps=WGS84` })!
  return new Map(nodes.map(({ id, at }) => [id, projection.toLonLat(at).map((value) => Math.round(value * 1e7) / 1e7) as [number, number]]))
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
const tagsXml = (tags: Record<string, string> = {}): string => Object.entries(tags).map(([k, v]) => `    <tag k="${escaped(k)}" v="${escaped(v)}"/>\n`).join('')

export function osmXml(map: TestMap): string {
  const degrees = degreesOf(map)
  const nodes = map.nodes.map(({ id, tags }) => `  <node id="${id}" version="1" lat="${degrees.get(id)![1]}" lon="${degrees.get(id)![0]}">\n${tagsXml(tags)}  </node>\n`)
  const ways = map.ways.map(({ id, nodes, tags }) => `  <way id="${id}" version="1">\n${nodes.map((ref) => `    <nd ref="${ref}"/>\n`).join('')}${tagsXml(tags)}  </way>\n`)
  const relations = (map.relations ?? []).map(({ id, tags, members }) => `  <relation id="${id}" version="1">\n${members.map(({ type, ref, role }) => `    <member type="${type}" ref="${ref}" role="${role}"/>\n`).join('')}${tagsXml(tags)}  </relation>\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="test">\n${[...nodes, ...ways, ...relations].join('')}</osm>\n`
}

export interface PbfOptions {
  /** Nodes one by one instead of packed together. */
  plainNodes?: boolean
  /** Without zlib. */
  raw?: boolean
  features?: string[]
}

/** The same in protocol buffers: a header block, and one block with all. */
export function osmPbf(map: TestMap, options: PbfOptions = {}): Uint8Array {
  const header = new PbfWriter()
  for (const feature of options.features ?? ['OsmSchema-V0.6', 'DenseNodes']) header.writeStringField(4, feature)
  return Buffer.concat([fileBlock('OSMHeader', header.finish(), options), fileBlock('OSMData', primitiveBlock(map, options), options)])
}

function fileBlock(type: string, content: Uint8Array, { raw }: PbfOptions): Uint8Array {
  const blob = new PbfWriter()
  if (raw === true) blob.writeBytesField(1, content)
  else {
    blob.writeVarintField(2, content.length)
    blob.writeBytesField(3, deflateSync(content))
  }
  const body = blob.finish()
  const header = new PbfWriter()
  header.writeStringField(1, type)
  header.writeVarintField(3, body.length)
  const head = header.finish()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, body])
}

function primitiveBlock(map: TestMap, { plainNodes }: PbfOptions): Uint8Array {
  const strings = ['']
  const indexOf = (text: string): number => (strings.includes(text) ? strings.indexOf(text) : strings.push(text) - 1)
  const pairs = (tags: Record<string, string> = {}): [number[], number[]] => [Object.keys(tags).map(indexOf), Object.values(tags).map(indexOf)]
  const degrees = degreesOf(map)
  const units = (value: number): number => Math.round(value * 1e7)
  const differences = (values: readonly number[]): number[] => values.map((value, i) => value - (values[i - 1] ?? 0))
  const group = new PbfWriter()
  if (plainNodes === true) {
    for (const { id, tags } of map.nodes) {
      const [lon, lat] = degrees.get(id)!
      group.writeMessage(1, (_, pbf) => {
        pbf.writeSVarintField(1, id)
        pbf.writePackedVarint(2, pairs(tags)[0])
        pbf.writePackedVarint(3, pairs(tags)[1])
        pbf.writeSVarintField(8, units(lat))
        pbf.writeSVarintField(9, units(lon))
      }, undefined)
    }
  } else {
    group.writeMessage(2, (_, pbf) => {
      pbf.writePackedSVarint(1, differences(map.nodes.map(({ id }) => id)))
      pbf.writePackedSVarint(8, differences(map.nodes.map(({ id }) => units(degrees.get(id)![1]))))
      pbf.writePackedSVarint(9, differences(map.nodes.map(({ id }) => units(degrees.get(id)![0]))))
      pbf.writePackedVarint(10, map.nodes.flatMap(({ tags }) => [...Object.entries(tags ?? {}).flatMap(([k, v]) => [indexOf(k), indexOf(v)]), 0]))
    }, undefined)
  }
  for (const { id, nodes, tags } of map.ways) {
    group.writeMessage(3, (_, pbf) => {
      pbf.writeVarintField(1, id)
      pbf.writePackedVarint(2, pairs(tags)[0])
      pbf.writePackedVarint(3, pairs(tags)[1])
      pbf.writePackedSVarint(8, differences(nodes))
    }, undefined)
  }
  for (const { id, tags, members } of map.relations ?? []) {
    group.writeMessage(4, (_, pbf) => {
      pbf.writeVarintField(1, id)
      pbf.writePackedVarint(2, pairs(tags)[0])
      pbf.writePackedVarint(3, pairs(tags)[1])
      pbf.writePackedVarint(8, members.map(({ role }) => indexOf(role)))
      pbf.writePackedSVarint(9, differences(members.map(({ ref }) => ref)))
      pbf.writePackedVarint(10, members.map(({ type }) => ['node', 'way', 'relation'].indexOf(type)))
    }, undefined)
  }
  const block = new PbfWriter()
  block.writeMessage(1, (_, pbf) => { for (const text of strings) pbf.writeStringField(1, text) }, undefined)
  block.writeBytesField(2, group.finish())
  return block.finish()
}

const node = (id: number, x: number, y: number, tags?: Record<string, string>): TestNode => ({ id, at: [x, y], ...(tags === undefined ? {} : { tags }) })
const way = (id: number, nodes: number[], tags: Record<string, string>): TestWay => ({ id, nodes, tags })
const SIGNALS = { highway: 'traffic_signals' }

/** A main street of two lanes a direction crosses a side street of one; the signal stands on the node. West 2, east 3, north 4, south 5. */
export function crossing(main: Record<string, string> = {}, side: Record<string, string> = {}): TestMap {
  return {
    nodes: [node(1, 0, 0, SIGNALS), node(2, -250, 0), node(3, 250, 0), node(4, 0, 200), node(5, 0, -200)],
    ways: [
      way(10, [2, 1], { highway: 'primary', name: 'Nanhu Avenue', lanes: '4', maxspeed: '60', ...main }), way(11, [1, 3], { highway: 'primary', name: 'Nanhu Avenue', lanes: '4', maxspeed: '60', ...main }),
      way(12, [4, 1, 5], { highway: 'residential', name: 'Mill Lane', lanes: '2', maxspeed: '30', ...side }),
    ],
  }
}

/**
 * A divided main street (carriageways 20 m apart) crosses another (12 m apart): four nodes, stop lines drawn 18 m before
 * them, and no signal on the nodes themselves.
 */
export function dividedCrossing(): TestMap {
  const main = { highway: 'primary', name: 'Ring Road', oneway: 'yes', lanes: '3', maxspeed: '60' }
  const side = { highway: 'secondary', name: 'Station Street', oneway: 'yes', lanes: '2', maxspeed: '50' }
  return {
    nodes: [
      // South-west, south-east, north-west, north-east corner.
      node(1, -6, -10), node(2, 6, -10), node(3, -6, 10), node(4, 6, 10),
      node(11, -300, -10), node(12, -24, -10, SIGNALS), node(13, 300, -10),
      node(21, 300, 10), node(22, 24, 10, SIGNALS), node(23, -300, 10),
      node(31, 6, -250), node(32, 6, -28, SIGNALS), node(33, 6, 250),
      node(41, -6, 250), node(42, -6, 28, SIGNALS), node(43, -6, -250),
    ],
    ways: [way(100, [11, 12, 1, 2, 13], main), way(101, [21, 22, 4, 3, 23], main), way(102, [31, 32, 2, 4, 33], side), way(103, [41, 42, 3, 1, 43], side)],
  }
}

/** A street in a row: signals 1, 2, 3 at 300 m, side streets at each, names and lanes as given. */
export function street(main: Record<string, string> = {}, count = 3): TestMap {
  const nodes: TestNode[] = [node(1000, -250, 0), node(1001, 300 * (count - 1) + 250, 0)]
  const ways: TestWay[] = []
  for (let i = 1; i <= count; i++) {
    const x = 300 * (i - 1)
    nodes.push(node(i, x, 0, SIGNALS), node(100 + i, x, 180), node(200 + i, x, -180))
    ways.push(way(300 + i, [100 + i, i, 200 + i], { highway: 'tertiary', name: `Side ${i}`, lanes: '2', maxspeed: '40' }))
  }
  ways.push(way(1, [1000, ...Array.from({ length: count }, (_, i) => i + 1), 1001], { highway: 'primary', name: 'Nanhu Avenue', lanes: '4', maxspeed: '50', ...main }))
  return { nodes, ways }
}

/** A roundabout of radius 20 m with four two-way arms. */
export function roundabout(): TestMap {
  const ring = Array.from({ length: 8 }, (_, i) => node(i + 1, 20 * Math.cos((i * Math.PI) / 4), 20 * Math.sin((i * Math.PI) / 4)))
  const arms = [node(11, 200, 0), node(12, 0, 200), node(13, -200, 0), node(14, 0, -200)]
  return {
    nodes: [...ring, ...arms],
    ways: [way(20, [1, 2, 3, 4, 5, 6, 7, 8, 1], { highway: 'tertiary', junction: 'roundabout' }), ...arms.map(({ id }, i) => way(30 + i, [id, 2 * i + 1], { highway: 'tertiary', name: `Arm ${i + 1}` }))],
  }
}

/**
 * A town with a bit of everything, every block a way of its own: Main Street from the west over a signal with turn lanes (A), a
 * junction with a banned turn (B) and a signal on a one-way street (C) to a roundabout in the east.
 */
export function town(): TestMap {
  const main = { highway: 'primary', name: 'Main Street', maxspeed: '50', lanes: '4' }
  const side = { highway: 'tertiary', name: 'Church Road', maxspeed: '40', lanes: '2' }
  const local = { highway: 'residential', name: 'Mill Lane', lanes: '2', maxspeed: '30' }
  const oneway = { 'highway': 'secondary', 'name': 'Bridge Street', 'oneway': 'yes', 'lanes': '2', 'maxspeed': '50', 'turn:lanes': 'left;through|through;right' }
  const ring = Array.from({ length: 4 }, (_, i) => node(61 + i, 900 - 25 * Math.cos((i * Math.PI) / 2), -25 * Math.sin((i * Math.PI) / 2)))
  const bends = Array.from({ length: 4 }, (_, i) => node(71 + i, 900 - 25 * Math.cos((i + 0.5) * Math.PI / 2), -25 * Math.sin((i + 0.5) * Math.PI / 2)))
  return {
    nodes: [
      node(1, -400, 0), node(2, -70, 0), node(10, 0, 0, SIGNALS), node(20, 300, 0), node(30, 600, 0, SIGNALS),
      node(11, 0, 200), node(12, 0, -200), node(21, 300, -200), node(31, 600, -200), node(32, 600, 200), node(41, 900, -200), node(42, 1100, 0), node(43, 900, 200), ...ring, ...bends,
    ],
    ways: [
      way(101, [1, 2], main), way(102, [2, 10], { ...main, 'lanes': '5', 'lanes:forward': '3', 'lanes:backward': '2', 'turn:lanes:forward': 'left|through|through;right' }),
      way(103, [10, 20], main), way(104, [20, 30], main), way(105, [30, 61], main),
      way(201, [11, 10], side), way(202, [10, 12], side), way(203, [20, 21], local), way(204, [31, 30], oneway), way(205, [30, 32], { ...oneway, 'turn:lanes': '' }),
      way(301, [61, 71, 62], { highway: 'primary', junction: 'roundabout', lanes: '2', maxspeed: '30' }), way(302, [62, 72, 63], { highway: 'primary', junction: 'roundabout', lanes: '2', maxspeed: '30' }),
      way(303, [63, 73, 64], { highway: 'primary', junction: 'roundabout', lanes: '2', maxspeed: '30' }), way(304, [64, 74, 61], { highway: 'primary', junction: 'roundabout', lanes: '2', maxspeed: '30' }),
      way(401, [62, 41], local), way(402, [63, 42], local), way(403, [64, 43], local),
    ],
    relations: [{ id: 900, tags: { type: 'restriction', restriction: 'no_left_turn' }, members: [{ type: 'way', ref: 203, role: 'from' }, { type: 'node', ref: 20, role: 'via' }, { type: 'way', ref: 103, role: 'to' }] }],
  }
}
