// Lanes and entries beside SUMO itself, on nets that show one rule each: where a lone driver changes, when it keeps right,
// how queues share two lanes, what a lane that ends lets through, and when vehicles may enter.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import { compileSignal } from '../model/compile.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { buildTrips, vehicleTypes } from '../simulation/demand/index.ts'
import { createRun, prepareNetwork, type FollowingModel, type Run } from '../simulation/index.ts'
import { hasSumo, inTemporaryFolder, sumoNote } from './sumo.ts'

const call = promisify(execFile)

interface Street {
  nodes: string
  edges: string
  connections?: string
  /** Route file without its root. */
  traffic: string
  model?: FollowingModel
  step?: number
  until?: number
}

/** Where vehicle `id` is at time t: the lane's id, position and speed. */
interface Sample {
  t: number
  id: string
  lane: string
  position: number
  speed: number
}

/** The same net and vehicles in both engines, one row per vehicle and step. */
async function driveBoth(street: Street): Promise<{ sumo: Sample[]; ours: Sample[] }> {
  return inTemporaryFolder(async (folder) => {
    const file = (name: string): string => join(folder, name)
    await writeFile(file('n.nod.xml'), `<nodes>${street.nodes}</nodes>`)
    await writeFile(file('n.edg.xml'), `<edges>${street.edges}</edges>`)
    await writeFile(file('n.con.xml'), `<connections>${street.connections ?? ''}</connections>`)
    await call('netconvert', ['-n', file('n.nod.xml'), '-e', file('n.edg.xml'), '-x', file('n.con.xml'), '-o', file('n.net.xml'), '--no-turnarounds', 'true', '--tls.yellow.time', '3'])
    const model = street.model ?? 'krauss'
    const type = `<vType id="t" sigma="0" speedDev="0" carFollowModel="${model === 'idm' ? 'IDM' : 'Krauss'}"/>`
    await writeFile(file('n.rou.xml'), `<routes>${type}${street.traffic}</routes>`)
    const [step, until] = [street.step ?? 1, street.until ?? 300]
    await call('sumo', ['-n', file('n.net.xml'), '-r', file('n.rou.xml'), '--step-length', String(step), '-e', String(until), '--fcd-output', file('fcd.xml'), '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true', '--precision', '4', '--time-to-teleport', '-1'])
    const sumo = readSamples(await readFile(file('fcd.xml'), 'utf8'))
    const { scenario } = await importSumo(file('n.net.xml'), { routes: [file('n.rou.xml')] })
    const { network, demand, timing } = scenario
    const trips = buildTrips(new RoadGraph(network), demand, { seed: 1, from_s: 0, until_s: until })
    const signals = (timing.plans[0]?.patterns ?? []).map((pattern) => compileSignal(network.signals.find(({ id }) => id === pattern.signal)!, pattern))
    const run = createRun(prepareNetwork(network), {
      network, signals, trips, vehicle_types: vehicleTypes(demand),
      options: { seed: 1, step_s: step, model, rules: 'sumo', start_s: -step, measure_from_s: 0, measure_until_s: until, stop_at_s: until },
    })
    return { sumo, ours: sample(run, demand.vehicles.source_id ?? []) }
  })
}

function readSamples(text: string): Sample[] {
  return [...text.matchAll(/<timestep time="([\d.]+)"(?:\/>|>(.*?)<\/timestep>)/gs)].flatMap(([, time, body = '']) =>
    [...body.matchAll(/<vehicle id="([^"]*)".*?speed="([\d.]+)" pos="([\d.]+)" lane="([^"]*)"/g)].map(([, id, speed, position, lane]) =>
      ({ t: Number(time), id: id!, lane: lane!, position: Number(position), speed: Number(speed) })))
}

function sample(run: Run, ids: readonly string[]): Sample[] {
  const { world: w } = run
  const { p } = w
  const rows: Sample[] = []
  while (run.step()) {
    for (let v = 0; v < w.n; v++) {
      const strip = w.strip[v]!
      if (strip < 0) continue
      const lane = strip < p.lanes ? p.network.links[p.laneLink[strip]!]!.lanes[strip - p.linkLane[p.laneLink[strip]!]!]!.source_id ?? '' : ':'
      rows.push({ t: w.now, id: ids[v]!, lane, position: w.pos[v]!, speed: w.spd[v]! })
    }
  }
  return rows
}

/** Vehicle, time and place of the first sample on another lane of the same edge. */
function changes(rows: readonly Sample[]): { id: string; t: number; position: number; to: string }[] {
  const last = new Map<string, Sample>()
  return rows.flatMap((row) => {
    const before = last.get(row.id)
    last.set(row.id, row)
    const edge = (lane: string): string => lane.slice(0, lane.lastIndexOf('_'))
    return before !== undefined && before.lane !== row.lane && edge(before.lane) === edge(row.lane) ? [{ id: row.id, t: row.t, position: row.position, to: row.lane }] : []
  })
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const entries = (rows: readonly Sample[]): Map<string, Sample> => {
  const first = new Map<string, Sample>()
  for (const row of rows) if (!first.has(row.id)) first.set(row.id, row)
  return first
}

const FORK = {
  nodes: '<node id="a" x="0" y="0"/><node id="b" x="700" y="0"/><node id="l" x="1000" y="100"/><node id="r" x="1000" y="-100"/>',
  edges: `<edge id="ab" from="a" to="b" numLanes="2" speed="13.89"/><edge id="left" from="b" to="l" numLanes="1" speed="13.89"/>
    <edge id="right" from="b" to="r" numLanes="1" speed="13.89"/>`,
  connections: '<connection from="ab" to="left" fromLane="1" toLane="0"/><connection from="ab" to="right" fromLane="0" toLane="0"/>',
}
const STRAIGHT = {
  nodes: '<node id="a" x="0" y="0"/><node id="b" x="2000" y="0"/><node id="c" x="2300" y="0"/>',
  edges: '<edge id="ab" from="a" to="b" numLanes="2" speed="13.89"/><edge id="bc" from="b" to="c" numLanes="2" speed="13.89"/>',
}
const SIGNAL = {
  nodes: '<node id="a" x="0" y="0"/><node id="b" x="400" y="0" type="traffic_light"/><node id="c" x="800" y="0"/><node id="n" x="400" y="300"/><node id="s" x="400" y="-300"/>',
  edges: `<edge id="ab" from="a" to="b" numLanes="2" speed="13.89"/><edge id="bc" from="b" to="c" numLanes="2" speed="13.89"/>
    <edge id="nb" from="n" to="b" numLanes="1" speed="13.89"/><edge id="bs" from="b" to="s" numLanes="1" speed="13.89"/>`,
  connections: '<connection from="ab" to="bc" fromLane="0" toLane="0"/><connection from="ab" to="bc" fromLane="1" toLane="1"/><connection from="nb" to="bs" fromLane="0" toLane="0"/>',
}
const DROP = {
  nodes: '<node id="a" x="0" y="0"/><node id="b" x="300" y="0"/><node id="c" x="800" y="0"/><node id="d" x="1000" y="0"/>',
  edges: `<edge id="ab" from="a" to="b" numLanes="2" speed="13.89"/><edge id="bc" from="b" to="c" numLanes="2" speed="13.89"/>
    <edge id="cd" from="c" to="d" numLanes="1" speed="13.89"/>`,
  connections: '<connection from="bc" to="cd" fromLane="0" toLane="0"/>',
}
const trip = (id: string, edges: string, rest: string): string => `<vehicle id="${id}" type="t" depart="0" ${rest}><route edges="${edges}"/></vehicle>`

describe.skipIf(!hasSumo)(`lanes beside SUMO${sumoNote}`, () => {
  it.each([
    ['to the left', 'left', 0],
    ['to the right', 'right', 1],
  ])('a lone driver who has to go %s changes in the same step', async (_, to, lane) => {
    const { sumo, ours } = await driveBoth({ ...FORK, traffic: trip('v', `ab ${to}`, `departLane="${lane}" departSpeed="max"`) })
    const [expected, found] = [changes(sumo), changes(ours)]
    expect(expected).toHaveLength(1)
    expect(found).toEqual([expect.objectContaining({ t: expected[0]!.t, to: expected[0]!.to })])
    expect(found[0]!.position).toBeCloseTo(expected[0]!.position, 1)
  })

  it.each([1, 0.5])('a lone driver keeps right after the same time (steps of %s s)', async (step) => {
    const { sumo, ours } = await driveBoth({ ...STRAIGHT, step, traffic: trip('v', 'ab bc', 'departLane="1" departSpeed="max"') })
    const expected = changes(sumo)
    expect(expected).toHaveLength(1)
    const found = changes(ours)
    expect(found.map(({ to }) => to)).toEqual(expected.map(({ to }) => to))
    // Ours think of lanes that they need not change to once a second.
    expect(found[0]!.t - expected[0]!.t).toBeGreaterThanOrEqual(0)
    expect(found[0]!.t - expected[0]!.t).toBeLessThan(1)
  })

  it.each<[string, string, FollowingModel, number]>([
    ['standing, as by default', '', 'krauss', 1],
    ['as fast as is safe', 'departSpeed="max" departLane="best"', 'krauss', 1],
    ['as fast as is safe', 'departSpeed="max" departLane="best"', 'idm', 0.5],
  ])('vehicles that enter %s do so at the same times and speeds (%s, %s, %s s)', async (_, how, model, step) => {
    const one = { ...STRAIGHT, edges: STRAIGHT.edges.replaceAll('numLanes="2"', 'numLanes="1"') }
    const { sumo, ours } = await driveBoth({ ...one, model, step, until: 60, traffic: `<flow id="f" type="t" begin="0" end="20" period="1" ${how}><route edges="ab bc"/></flow>` })
    const [expected, found] = [entries(sumo), entries(ours)]
    expect(expected.size).toBeGreaterThan(9)
    const table = (rows: Map<string, Sample>): string[] => [...rows.values()].map(({ id, t, speed }) => `${id} at ${t} s, ${speed.toFixed(2)} m/s`).sort()
    expect(table(found)).toEqual(table(expected))
  })

  it.each<[FollowingModel, number]>([['krauss', 1], ['idm', 0.5]])('queues at a red light share two lanes alike (%s, %s s)', async (model, step) => {
    const until = 900
    const traffic = `<flow id="f" type="t" begin="0" end="${until}" vehsPerHour="900" departLane="first" departSpeed="max"><route edges="ab bc"/></flow>`
    const { sumo, ours } = await driveBoth({ ...SIGNAL, model, step, until, traffic })
    // Vehicle seconds standing on each lane.
    const standing = (rows: readonly Sample[], lane: string): number => rows.filter((row) => row.lane === lane && row.speed <= 0.1).length * step
    const [right, left] = [standing(sumo, 'ab_0'), standing(sumo, 'ab_1')]
    expect(left / (left + right)).toBeGreaterThan(0.2)
    expect(Math.abs(standing(ours, 'ab_0') / right - 1)).toBeLessThan(0.1)
    expect(Math.abs(standing(ours, 'ab_1') / left - 1)).toBeLessThan(0.1)
    expect(Math.abs(changes(ours).length / changes(sumo).length - 1)).toBeLessThan(0.15)
  })

  it.each<[FollowingModel, number, number]>([['krauss', 1, 1000], ['idm', 0.5, 1000], ['krauss', 1, 1800], ['idm', 0.5, 1800]])('a lane that ends lets as many through, and as fast (%s, %s s, %s veh/h in all)', async (model, step, volume) => {
    const until = 900
    const flow = (lane: number): string => `<flow id="f${lane}" type="t" begin="0" end="${until}" vehsPerHour="${volume / 2}" departLane="${lane}" departSpeed="max"><route edges="ab bc cd"/></flow>`
    const { sumo, ours } = await driveBoth({ ...DROP, model, step, until, traffic: flow(0) + flow(1) })
    const through = (rows: readonly Sample[]): number => new Set(rows.filter(({ lane }) => lane === 'cd_0').map(({ id }) => id)).size
    const speed = (rows: readonly Sample[]): number => rows.reduce((sum, row) => sum + row.speed, 0) / rows.length
    const place = (rows: readonly Sample[]): number => median(changes(rows).filter(({ to }) => to === 'bc_0' || to === 'ab_0').map(({ position, to }) => position + (to === 'bc_0' ? 300 : 0)))
    expect(Math.abs(through(ours) / through(sumo) - 1)).toBeLessThan(0.02)
    expect(Math.abs(speed(ours) / speed(sumo) - 1)).toBeLessThan(0.02)
    expect(Math.abs(changes(ours).length / changes(sumo).length - 1)).toBeLessThan(0.05)
    expect(Math.abs(place(ours) - place(sumo))).toBeLessThan(10)
  })
})
