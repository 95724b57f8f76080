import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPlan } from '../../../model/check-plan.ts'
import { resolveCorridor } from '../../../model/corridor.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Connection, Link } from '../../../model/network.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Scenario } from '../../../model/scenario.ts'
import type { StagePattern } from '../../../model/signal.ts'
import { validateDemand } from '../../../model/validate-demand.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { runCommand } from '../../../test/run-command.ts'
import { importCityflow, type CityflowImportOptions } from './index.ts'
import { TEST_VEHICLE, testFlow, testRoadnet, type TestFlow, type TestIntersection, type TestRoadnet } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'cityflow-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Imported { scenario: Scenario; notes: ImportNote[] }

async function load(net: TestRoadnet = testRoadnet(), flow: TestFlow[] | undefined = testFlow(), options: CityflowImportOptions = {}): Promise<Imported> {
  const [roadnet, flows] = [join(folder, 'street.json'), join(folder, 'flow.json')]
  writeFileSync(roadnet, JSON.stringify(net))
  writeFileSync(flows, JSON.stringify(flow))
  const imported = await importCityflow(roadnet, { routes: [flows], ...options })
  const { network, demand, timing } = imported.scenario
  validateNetwork(network)
  validateDemand(network, demand)
  validateTiming(network, timing)
  return imported
}

const at = (net: TestRoadnet, id: string): TestIntersection => net.intersections.find((intersection) => intersection.id === id)!
const link = ({ scenario }: Imported, id: string): Link => scenario.network.links.find((candidate) => candidate.id === id)!
const paths = ({ scenario }: Imported, movement: string): Connection[] => scenario.network.connections.filter((connection) => connection.movement === movement)
const pattern = ({ scenario }: Imported, signal: string): StagePattern => scenario.timing.plans[0]!.patterns.find((candidate) => candidate.signal === signal) as StagePattern
const messages = ({ notes }: Imported): string[] => notes.map(({ kind, message }) => `${kind}: ${message}`)
const stages = (imported: Imported, signal: string): string[] => pattern(imported, signal).stages.map(({ id, kind, duration_s, green }) => `${kind} ${id} ${duration_s} ${green.join('+')}`)

describe('roads', () => {
  test('end at the width of their intersections, and at the middle of virtual ones', async () => {
    const imported = await load()
    expect(link(imported, 'A_B')).toMatchObject({ length_m: 376, from: 'A', to: 'B', shape_m: [[12, 0], [388, 0]] })
    expect(link(imported, 'W_A')).toMatchObject({ length_m: 288, shape_m: [[-300, 0], [-12, 0]] })
    expect(imported.scenario.network.nodes.find(({ id }) => id === 'W')?.kind).toBe('boundary')
    expect(imported.scenario.network.nodes.find(({ id }) => id === 'A')?.kind).toBe('signal')
  })

  test('number their lanes from the kerb, where CityFlow begins at the middle', async () => {
    expect(link(await load(), 'A_B').lanes).toEqual([
      { index: 0, source_id: 'A_B_1', width_m: 3.5, speed_mps: 11.111, length_m: 376 },
      { index: 1, source_id: 'A_B_0', width_m: 3, speed_mps: 11.111, length_m: 376 },
    ])
  })

  test('keep their bends', async () => {
    const net = testRoadnet()
    net.roads.find(({ id }) => id === 'A_B')!.points.splice(1, 0, { x: 200, y: 150 })
    const { length_m, shape_m } = link(await load(net), 'A_B')
    expect(length_m).toBeCloseTo(2 * 250 - 24, 2)
    expect(shape_m).toEqual([[9.6, 7.2], [200, 150], [390.4, 7.2]])
  })

  test('that are shorter than their intersections are wide keep 5 m, and a note says so', async () => {
    const net = testRoadnet()
    at(net, 'A').width = 250
    at(net, 'B').width = 250
    const imported = await load(net)
    expect(link(imported, 'A_B').length_m).toBeCloseTo(5, 3)
    expect(messages(imported)).toContain('corrected: 10 road(s) are shorter than their intersections are wide; 5 m of each are kept')
  })
})

describe('movements', () => {
  test('have the turns of their road links, and a left turn back is a u-turn', async () => {
    const turns = new Map((await load()).scenario.network.movements.map(({ id, turn }) => [id, turn]))
    expect([turns.get('W_A->A_B'), turns.get('W_A->A_NA'), turns.get('W_A->A_SA'), turns.get('W_A->A_W')]).toEqual(['through', 'left', 'right', 'u-turn'])
  })

  test('carry every lane link, counted from the kerb', async () => {
    const imported = await load()
    const lanes = (movement: string): number[][] => paths(imported, movement).map(({ from_lane, to_lane }) => [from_lane, to_lane])
    expect(lanes('W_A->A_B')).toEqual([[0, 0], [0, 1], [1, 0], [1, 1]])
    expect(lanes('W_A->A_NA')).toEqual([[1, 0]])
    expect(lanes('W_A->A_SA')).toEqual([[0, 0]])
    expect(lanes('NA_A->A_B')).toEqual([[0, 0], [0, 1]])
  })

  test('take the drawn path where it joins the lanes, and draw another where it does not', async () => {
    const net = testRoadnet()
    const [joined, off] = [{ x: -12, y: -1.5 }, { x: -20, y: -1.5 }]
    const links = at(net, 'A').roadLinks.find(({ startRoad, endRoad }) => startRoad === 'W_A' && endRoad === 'A_B')!.laneLinks
    links[0]!.points = [joined, { x: 0, y: -3 }, { x: 12, y: -1.5 }]
    links[1]!.points = [off, { x: 12, y: -4.75 }]
    const imported = await load(net)
    const path = (from: number, to: number): Connection => paths(imported, 'W_A->A_B').find(({ from_lane, to_lane }) => from_lane === from && to_lane === to)!
    expect(path(1, 1).shape_m).toEqual([[-12, -1.5], [0, -3], [12, -1.5]])
    expect(path(1, 1).length_m).toBeCloseTo(2 * Math.hypot(12, 1.5), 6)
    expect(path(1, 0).shape_m![0]).toEqual([-12, -1.5])
    expect(messages(imported)).toContain('corrected: 1 lane link(s) are drawn with points more than 1 m off the ends of their lanes; their paths are drawn anew from stop line to road')
  })

  test('turn no faster than 30 km/h', async () => {
    const imported = await load()
    expect(Math.max(...imported.scenario.network.movements.filter(({ turn }) => turn !== 'through').flatMap(({ id }) => paths(imported, id).map(({ speed_mps }) => speed_mps)))).toBeLessThanOrEqual(8.3333)
    expect(paths(imported, 'W_A->A_B')[0]!.speed_mps).toBe(11.111)
  })
})

describe('right of way', () => {
  test('a right turn that may always go is free and yields to whoever it meets', async () => {
    const imported = await load()
    const right = paths(imported, 'W_A->A_SA')[0]!
    expect(right.groups).toBeUndefined()
    expect(right.turn_on_red).toBeUndefined()
    expect(right.yields_to).toEqual(right.conflicts_with)
    expect(right.yields_to).toEqual(expect.arrayContaining(['B_A->A_SA', 'NA_A->A_SA'].flatMap((movement) => paths(imported, movement).map(({ id }) => id))))
    expect(imported.scenario.network.movements.find(({ id }) => id === 'W_A->A_SA')?.signal).toBeUndefined()
    expect(messages(imported)).toContain('assumed: 8 right turn(s) may go in every phase; they are free turns that yield without stopping')
  })

  test('a left turn with the green of the opposing straight traffic is permissive, straight traffic is protected', async () => {
    const imported = await load()
    const [left, straight] = [paths(imported, 'W_A->A_NA')[0]!, paths(imported, 'B_A->A_W')]
    expect(left.groups).toEqual([{ group: 'g1', right_of_way: 'permissive' }])
    expect(straight.map(({ groups }) => groups)).toEqual(Array.from({ length: 4 }, () => [{ group: 'g1', right_of_way: 'protected' }]))
    for (const { id } of straight) expect(left.yields_to).toContain(id)
  })

  test('a left turn alone in its phase is protected', async () => {
    const net = testRoadnet()
    const { roadLinks, trafficLight } = at(net, 'A')
    const lefts = roadLinks.flatMap(({ type, startRoad }, i) => (type === 'turn_left' && /^[WB]/.test(startRoad) ? [i] : []))
    const [main, change] = trafficLight.lightphases as [{ time: number; availableRoadLinks: number[] }, { time: number; availableRoadLinks: number[] }]
    trafficLight.lightphases.unshift({ time: 10, availableRoadLinks: [...change.availableRoadLinks, ...lefts] }, { ...change })
    main.availableRoadLinks = main.availableRoadLinks.filter((i) => !lefts.includes(i))
    const imported = await load(net)
    expect(paths(imported, 'W_A->A_NA')[0]).toMatchObject({ groups: [{ right_of_way: 'protected' }] })
    expect(paths(imported, 'W_A->A_NA')[0]!.waiting_m).toBeUndefined()
    expect(checkPlan(new RoadGraph(imported.scenario.network), imported.scenario.timing.plans[0]!.patterns)).toEqual([])
  })

  test('where a left and a right turn meet under one green the left goes first, as in CityFlow', async () => {
    const net = testRoadnet()
    const { roadLinks, trafficLight } = at(net, 'A')
    const right = roadLinks.findIndex(({ startRoad, endRoad }) => startRoad === 'W_A' && endRoad === 'A_SA')
    for (const phase of trafficLight.lightphases.slice(1)) phase.availableRoadLinks = phase.availableRoadLinks.filter((i) => i !== right)
    const imported = await load(net)
    const [turnRight, turnLeft] = [paths(imported, 'W_A->A_SA')[0]!, paths(imported, 'B_A->A_SA')[0]!]
    expect(turnRight).toMatchObject({ groups: [{ group: 'g1', right_of_way: 'permissive' }] })
    expect(turnRight.yields_to).toContain(turnLeft.id)
    expect(turnLeft.yields_to).not.toContain(turnRight.id)
  })
})

describe('lights', () => {
  test('become stages with interstages of 3 s yellow and the rest all red, which checkPlan accepts', async () => {
    const imported = await load()
    expect(stages(imported, 'A')).toEqual(['stage 0 30 g1', 'interstage 1 5 ', 'stage 2 20 g2', 'interstage 3 5 '])
    expect(pattern(imported, 'A')).toMatchObject({ cycle_s: 60, offset_s: 0, offset_reference: 'sequence_start', coordinated: ['g1'] })
    const { signals } = imported.scenario.network
    expect(signals[0]).toMatchObject({ id: 'A', conflicts: [['g1', 'g2']] })
    expect(signals[0]!.groups.map(({ yellow_s, red_clearance_s, min_green_s }) => [yellow_s, red_clearance_s, min_green_s])).toEqual([[3, 2, 5], [3, 2, 5]])
    expect(checkPlan(new RoadGraph(imported.scenario.network), imported.scenario.timing.plans[0]!.patterns)).toEqual([])
  })

  test('get the change that is missing between two greens, and the cycle becomes longer', async () => {
    const net = testRoadnet()
    at(net, 'A').trafficLight.lightphases.splice(1, 1)
    at(net, 'A').trafficLight.lightphases[2]!.time = 4
    const imported = await load(net)
    expect(stages(imported, 'A')).toEqual(['stage 0 30 g1', 'interstage 0-1 4 ', 'stage 1 20 g2', 'interstage 2 4 '])
    expect(imported.scenario.network.signals[0]!.groups[0]).toMatchObject({ yellow_s: 3, red_clearance_s: 1 })
    expect(messages(imported)).toContain('corrected: 1 phase(s) follow conflicting ones without enough of a change; yellow and all red are put before them, and the cycle becomes longer')
    expect(checkPlan(new RoadGraph(imported.scenario.network), imported.scenario.timing.plans[0]!.patterns)).toEqual([])
  })

  test('with changes too short for a yellow are lengthened to one', async () => {
    const net = testRoadnet()
    for (const phase of at(net, 'A').trafficLight.lightphases) if (phase.time === 5) phase.time = 1
    const imported = await load(net)
    expect(pattern(imported, 'A').cycle_s).toBe(30 + 3 + 20 + 3)
    expect(checkPlan(new RoadGraph(imported.scenario.network), imported.scenario.timing.plans[0]!.patterns)).toEqual([])
  })

  test('that always show the same are no signals', async () => {
    const net = testRoadnet()
    const b = at(net, 'B')
    b.trafficLight.lightphases = [{ time: 30, availableRoadLinks: b.roadLinks.map((_, i) => i) }]
    const imported = await load(net)
    expect(imported.scenario.network.signals.map(({ id }) => id)).toEqual(['A'])
    expect(imported.scenario.network.nodes.find(({ id }) => id === 'B')?.kind).toBe('priority')
    expect(paths(imported, 'A_B->B_E')[0]!.groups).toBeUndefined()
    expect(messages(imported)).toContain('assumed: 1 light(s) show green to the same road links in every phase; these intersections are taken as having no signal')
  })

  test('leave out what never gets green, and say so', async () => {
    const net = testRoadnet()
    const a = at(net, 'A')
    const back = a.roadLinks.findIndex(({ startRoad, endRoad }) => startRoad === 'W_A' && endRoad === 'A_W')
    for (const phase of a.trafficLight.lightphases) phase.availableRoadLinks = phase.availableRoadLinks.filter((i) => i !== back)
    const imported = await load(net)
    expect(paths(imported, 'W_A->A_W')).toEqual([])
    expect(messages(imported)).toContain('not-understood: 1 movement(s) get green in no phase and are left out')
  })
})

describe('flows', () => {
  test('let a vehicle in at every interval from start to end, both included', async () => {
    const { scenario: { demand } } = await load()
    expect(demand.vehicles.depart_s).toHaveLength(21 + 11 + 1)
    expect(demand.vehicles.depart_s.slice(0, 6)).toEqual([0, 0, 5, 5, 7, 10])
    expect(demand.vehicles.source_id!.slice(0, 5)).toEqual(['flow_0_0', 'flow_1_0', 'flow_0_1', 'flow_1_1', 'flow_2_0'])
    expect(demand.routes.map(({ links }) => links.join(' '))).toEqual(['W_A A_B B_E', 'E_B B_A A_W', 'NA_A A_SA'])
  })

  test('give vehicle types with the speed, headway, gap and accelerations of the file', async () => {
    const { scenario: { demand } } = await load()
    expect(demand.vehicle_types).toHaveLength(2)
    expect(demand.vehicle_types[0]).toEqual({
      id: 'vehicle-1', vehicle_class: 'passenger', length_m: 5, min_gap_m: 2.5, accel_mps2: 2, decel_mps2: 4, max_speed_mps: 10, headway_s: 1.5,
      speed_factor: 1, speed_deviation: 0, sigma: 0, share: 32 / 33,
    })
  })

  test('drive by Krauss\'s model, unless they follow too closely for it', async () => {
    expect((await load()).scenario.scenario.car_following).toBe('krauss')
    const close = await load(undefined, [{ vehicle: { ...TEST_VEHICLE, headwayTime: 0.3 }, route: ['W_A', 'A_B'], interval: 20, startTime: 0, endTime: 60 }])
    expect(close.scenario.scenario.car_following).toBeUndefined()
  })

  test('with only some roads of the route go the shortest way between them', async () => {
    const imported = await load(undefined, [{ vehicle: TEST_VEHICLE, route: ['W_A', 'B_SB'], interval: 1, startTime: 0, endTime: 0 }])
    expect(imported.scenario.demand.routes[0]!.links).toEqual(['W_A', 'A_B', 'B_SB'])
    expect(messages(imported)).toContain('assumed: 1 flow(s) name only some roads of their route; the rest is the shortest way')
  })

  test('that nobody can drive are left out and counted', async () => {
    const one = { vehicle: TEST_VEHICLE, interval: 1, startTime: 0, endTime: 5 }
    const imported = await load(undefined, [...testFlow(), { ...one, route: ['A_W', 'B_E'] }, { ...one, route: ['W_A'] }, { ...one, route: ['W_A', 'W_A'] }])
    expect(imported.scenario.demand.vehicles.depart_s).toHaveLength(33)
    expect(messages(imported)).toContain('not-understood: 1 flow(s) have a route that no way leads along; they are left out')
    expect(messages(imported)).toContain('not-understood: 2 flow(s) have a route of 1 road, which CityFlow lets nobody drive; they are left out')
  })

  test('without an end go on until the last other one has ended', async () => {
    const imported = await load(undefined, [...testFlow(), { vehicle: TEST_VEHICLE, route: ['W_A', 'A_B'], interval: 20 }])
    expect(imported.scenario.demand.vehicles.source_id!.filter((id) => id.startsWith('flow_3_'))).toHaveLength(6)
    expect(messages(imported)).toContain('assumed: 1 flow(s) have no end; they are taken to end with the last other flow, or after an hour')
  })

  test('count as turning volumes of the time that the file covers', async () => {
    const { scenario } = await load()
    expect(scenario.scenario.periods).toEqual([{ id: '00:00-00:02', start_s: 0, end_s: 120 }])
    expect(scenario.demand.volumes.find(({ movement }) => movement === 'A_B->B_E')?.volume_vph).toEqual([21 * 30])
  })
})

test('a corridor is found along the main flow, and one can be named', async () => {
  const { scenario } = await load()
  expect(scenario.scenario.corridors.map(({ intersections }) => intersections)).toEqual([['A', 'B']])
  expect(resolveCorridor(new RoadGraph(scenario.network), scenario.scenario.corridors[0]!).inbound?.links).toEqual(['E_B', 'B_A', 'A_W'])
  expect((await load(undefined, undefined, { corridor: ['B', 'A'] })).scenario.scenario.corridors[0]!.intersections).toEqual(['B', 'A'])
})

test('without flows the network comes alone, and a note says so', async () => {
  const imported = await load(undefined, [])
  expect(imported.scenario.demand.vehicles.depart_s).toEqual([])
  expect(messages(imported)).toContain('assumed: there are no vehicles; volumes must come from elsewhere before a plan can be made')
})

test('the import command writes a scenario and lists what it assumed', async () => {
  await load()
  const out = join(folder, 'scenario')
  const result = await runCommand('import', join(folder, 'street.json'), '--format', 'cityflow', '--routes', join(folder, 'flow.json'), '--out', out)
  expect(result.code).toBe(0)
  expect(result.out).toContain('2 signals, 14 links, 32 movements, 1 periods, 33 vehicles')
  expect(result.err).toContain('CityFlow has no yellow')
})
