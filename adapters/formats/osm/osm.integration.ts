// Against SUMO's netconvert, which reads the same map: lanes, limits, signals, turns and the lanes that carry them.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Network } from '../../../model/network.ts'
import { hasSumo, inTemporaryFolder, sumoNote } from '../../../test/sumo.ts'
import { importOsm } from './index.ts'
import { dividedCrossing, osmXml, town, type TestMap } from './test-map.ts'

interface Seen {
  /** Lanes and km/h of each direction of each way, "-" before its number where against the way. */
  roads: Record<string, string>
  signals: number
  /** "from way > to way: turn, lanes". */
  turns: string[]
}

const list = (lanes: Iterable<number>): string => [...new Set(lanes)].sort((a, b) => a - b).join(' ')

function ours(network: Network): Seen {
  const links = new Map(network.links.map((link) => [link.id, link]))
  const roads: Record<string, string> = {}
  for (const { source_id, lanes, speed_mps } of network.links) roads[source_id.split(';').at(-1)!] = `${lanes.length} lanes, ${Math.round(speed_mps * 3.6)} km/h`
  const turns = network.movements.map(({ id, from, to, turn }) => {
    const lanes = network.connections.filter(({ movement }) => movement === id).map(({ from_lane }) => from_lane)
    return `${links.get(from)!.source_id.split(';').at(-1)} > ${links.get(to)!.source_id.split(';')[0]}: ${turn}, ${list(lanes)}`
  })
  return { roads, signals: network.signals.length, turns: turns.sort() }
}

const TURNS: Record<string, string> = { s: 'through', l: 'left', L: 'left', r: 'right', R: 'right', t: 'u-turn' }
const wayOf = (edge: string): string => edge.replace(/#\d+$/, '')
const attribute = (text: string, name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1] ?? ''

function theirs(net: string, own: Network): Seen {
  const roads: Record<string, string> = {}
  for (const [, head, body] of net.matchAll(/<edge (id="[^:][^>]*)>([\s\S]*?)<\/edge>/g)) {
    const lanes = [...body!.matchAll(/<lane [^>]*/g)].map(([text]) => text)
    roads[wayOf(attribute(` ${head}`, 'id'))] = `${lanes.length} lanes, ${Math.round(Number(attribute(lanes[0]!, 'speed')) * 3.6)} km/h`
  }
  const found = new Map<string, { lanes: number[]; turn: string }>()
  // What we join to one link is no turn.
  const joined = new Set(own.links.flatMap(({ source_id }) => source_id.split(';').map((way, i, all) => `${all[i - 1]} > ${way}`)))
  for (const [text] of net.matchAll(/<connection from="[^:][^>]*/g)) {
    const [from, to] = [wayOf(attribute(text, 'from')), wayOf(attribute(text, 'to'))]
    const key = `${from} > ${to}`
    // (in a joined junction also the pieces of one way)
    if (joined.has(key) || (from === to && attribute(text, 'from').endsWith('#0') && attribute(text, 'to').endsWith('#1'))) continue
    const entry = found.get(key) ?? { lanes: [], turn: TURNS[attribute(text, 'dir')] ?? '' }
    entry.lanes.push(Number(attribute(text, 'fromLane')))
    found.set(key, entry)
  }
  return { roads, signals: net.match(/<tlLogic /g)?.length ?? 0, turns: [...found].map(([key, { lanes, turn }]) => `${key}: ${turn}, ${list(lanes)}`).sort() }
}

/** The same map read by us and by netconvert, which is told to join junctions as we do. */
async function both(map: TestMap): Promise<{ own: Seen; peer: Seen }> {
  return inTemporaryFolder(async (folder) => {
    const [file, net] = [join(folder, 'town.osm'), join(folder, 'town.net.xml')]
    writeFileSync(file, osmXml(map))
    execFileSync('netconvert', ['--osm-files', file, '-X', 'never', '-o', net, '--junctions.join', '--tls.join', '--no-turnarounds', '--osm.turn-lanes'], { stdio: 'ignore' })
    const { scenario } = await importOsm(file)
    return { own: ours(scenario.network), peer: theirs(readFileSync(net, 'utf8'), scenario.network) }
  })
}

describe.skipIf(!hasSumo)(`a map read by us and by netconvert${sumoNote}`, () => {
  it('has the same lanes, limits, signals, turns and lanes of turns', async () => {
    const { own, peer } = await both(town())
    expect(own.signals).toBe(peer.signals)
    for (const [way, road] of Object.entries(own.roads)) expect(`${way} ${road}`).toBe(`${way} ${peer.roads[way]}`)
    expect(own.turns).toEqual(peer.turns)
  })

  it('has one signal at a divided crossing, and the same turns', async () => {
    const map = dividedCrossing()
    // Arrows up to the first node of the intersection; netconvert reads them on the last piece of a way only.
    map.ways = map.ways.flatMap(({ id, nodes, tags }) => [
      { id, nodes: nodes.slice(0, 3), tags: { ...tags, 'turn:lanes': tags.lanes === '3' ? 'left|through|through;right' : 'left;through|through;right' } },
      { id: id + 10, nodes: nodes.slice(2), tags },
    ])
    const { own, peer } = await both(map)
    expect([own.signals, peer.signals]).toEqual([1, 1])
    expect(own.turns).toEqual(peer.turns)
  })
})
