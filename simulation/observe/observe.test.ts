// What the streams say and what the run measures must be the same.
import { beforeAll, describe, expect, it } from 'vitest'
import type { ControllerEvent, DetectorChannel, ProbeFix, RadarObject, TrajectoryPoint } from '../../model/observation.ts'
import type { StagePattern } from '../../model/signal.ts'
import { createRun, prepareNetwork, type RunResult } from '../index.ts'
import { measureTrajectory } from '../measures/trajectory.ts'
import { arterial, junction, twoStage, twoStageSignal } from '../testing/junctions.ts'
import { compiled, flow, inputFor } from '../testing/networks.ts'
import { ControllerLog, EVENT, observed, phaseNumbers, Places, Probes, Radar, Trajectories } from './index.ts'

const network = junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5, length: 250 })
// The links are not drawn: they run between nodes, which get their places here.
const ENDS: Record<string, [number, number]> = { N: [0, 262], E: [262, 0], S: [0, -262], W: [-262, 0] }
for (const node of network.nodes) if (ENDS[node.id] !== undefined) Object.assign(node, { x_m: ENDS[node.id]![0], y_m: ENDS[node.id]![1] })
const prepared = prepareNetwork(network)
const trips = [...flow(network, ['Win', 'Eout'], 3.2, 600, 4), ...flow(network, ['Ein', 'Wout'], 1, 600, 5.3), ...flow(network, ['Nin', 'Sout'], 2, 600, 11), ...flow(network, ['Win', 'Nout'], 7, 600, 25)]
const signals = [compiled('x', 70, 13, { ew: [[5, 35]], ns: [[40, 60]] })]
// The groups that a plan speaks of; the test network leaves them out.
network.signals[0]!.groups = ['ew', 'ns'].map((id) => ({ id, kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 2 }))
const input = inputFor(network, signals, trips, { seed: 4 })

const stagePattern: StagePattern = {
  kind: 'stages', signal: 'x', cycle_s: 70, offset_s: 0, offset_reference: 'sequence_start', coordinated: ['ew'],
  stages: [
    { id: '1', kind: 'stage', green: ['ew'], duration_s: 30 }, { id: '2', kind: 'interstage', green: [], duration_s: 5 },
    { id: '3', kind: 'stage', green: ['ns'], duration_s: 30 }, { id: '4', kind: 'interstage', green: [], duration_s: 5 },
  ],
}

interface Seen { result: RunResult; probes: ProbeFix[]; radar: RadarObject[]; events: ControllerEvent[]; points: TrajectoryPoint[]; channels: DetectorChannel[] }
let seen: Seen

function observe(options: { share?: number; interval?: number; noise?: number; missed?: number; ghosts?: number } = {}): Seen {
  const run = createRun(prepared, input)
  const places = new Places(prepared)
  const rows: Omit<Seen, 'result' | 'channels'> = { probes: [], radar: [], events: [], points: [] }
  const log = new ControllerLog(run.world, (batch) => { rows.events.push(...batch) })
  const whole = observed(run, [
    new Probes(run.world, places, { share: options.share ?? 1, interval_s: options.interval ?? 0.5, position_sigma_m: options.noise ?? 0 }, (batch) => { rows.probes.push(...batch) }),
    new Radar(run.world, places, { missed_rate: options.missed ?? 0, false_rate: options.ghosts ?? 0 }, (batch) => { rows.radar.push(...batch) }),
    log,
    new Trajectories(places, 0.5, (batch) => { rows.points.push(...batch) }),
  ])
  while (whole.step());
  return { ...rows, result: whole.result(), channels: log.channels }
}

const byVehicle = <Row extends { vehicle_id: string }>(rows: readonly Row[]): Map<string, Row[]> => {
  const found = new Map<string, Row[]>()
  for (const row of rows) found.set(row.vehicle_id, [...(found.get(row.vehicle_id) ?? []), row])
  return found
}

beforeAll(() => { seen = observe() })

describe('a run that is observed', () => {
  it('gives the same bytes as one that is not', () => {
    const alone = createRun(prepared, input)
    while (alone.step());
    const bytes = (result: RunResult): string => JSON.stringify(result, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value))
    expect(bytes(seen.result)).toBe(bytes(alone.result()))
  })
})

describe('probes', () => {
  it('that are all vehicles tell the travel times of the run, but for a step at either end', () => {
    const tracks = byVehicle(seen.probes)
    expect(tracks.size).toBe(trips.length)
    const { trip, travel_time_s } = seen.result.vehicles
    trip.forEach((v, i) => {
      const track = tracks.get(String(v))!
      const shorter = travel_time_s[i]! - (track.at(-1)!.time_s - track[0]!.time_s)
      expect(shorter).toBeGreaterThan(-1e-6)
      expect(shorter).toBeLessThan(1 + 1e-6)
    })
  })

  it('are about the share that was asked for, at their interval, the same ones whatever else is observed', () => {
    const few = observe({ share: 0.3, interval: 5 })
    const tracks = byVehicle(few.probes)
    expect(tracks.size / trips.length).toBeGreaterThan(0.2)
    expect(tracks.size / trips.length).toBeLessThan(0.4)
    for (const track of tracks.values()) track.slice(1).forEach((fix, i) => expect(fix.time_s - track[i]!.time_s).toBeCloseTo(5, 6))
    expect(new Set([...tracks.values()].map(([first]) => (first!.time_s * 2) % 10)).size).toBeGreaterThan(3)
    expect([...byVehicle(observe({ share: 0.3, interval: 1, missed: 0.5 }).probes).keys()].sort()).toEqual([...tracks.keys()].sort())
  })

  it('err by the noise that was asked for, and their errors wander', () => {
    const noisy = observe({ noise: 5 })
    const errors = noisy.probes.map((fix, i) => fix.x_m - seen.probes[i]!.x_m)
    const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length)
    expect(rms).toBeGreaterThan(4)
    expect(rms).toBeLessThan(6)
    const track = byVehicle(noisy.probes.map((fix, i) => ({ ...fix, x_m: errors[i]! }))).get('3')!
    const steps = track.slice(1).map((fix, i) => Math.abs(fix.x_m - track[i]!.x_m))
    expect(steps.reduce((sum, s) => sum + s, 0) / steps.length).toBeLessThan(2)
  })
})

describe('trajectories', () => {
  it('stop as often as the run counts', () => {
    const tracks = byVehicle(seen.points)
    let differing = 0
    seen.result.vehicles.trip.forEach((v, i) => {
      const track = tracks.get(String(v))!
      const columns = { time_s: track.map(({ time_s }) => time_s), position_m: track.map((_, k) => k), speed_mps: track.map(({ speed_mps }) => speed_mps) }
      if (measureTrajectory(columns, 0, track.length, 10).stops !== seen.result.vehicles.stops[i]) differing++
    })
    // One that enters slowly is armed from the start there, and only above 6.7 m/s here.
    expect(differing).toBeLessThan(trips.length * 0.02)
  })

  it('move by their speed and head where they move', () => {
    let moved = 0
    for (const track of byVehicle(seen.points).values()) {
      track.slice(1).forEach((point, i) => {
        const before = track[i]!
        if (point.link !== before.link || point.lane !== before.lane || point.position_m > 240) return
        const [dx, dy] = [point.x_m - before.x_m, point.y_m - before.y_m]
        if (Math.hypot(dx, dy) < 1) return
        moved++
        expect(Math.hypot(dx, dy)).toBeCloseTo(point.speed_mps * 0.5 * (262 / 250), 0)
        const off = Math.abs((((Math.atan2(dx, dy) * 180) / Math.PI - point.heading_deg + 540) % 360) - 180)
        expect(Math.min(off, 360 - off)).toBeLessThan(5)
      })
    }
    expect(moved).toBeGreaterThan(1000)
  })
})

describe('radar', () => {
  it('counts as many vehicles past the stop line as the run', () => {
    const inside = new Map<string, Set<number>>()
    for (const { sensor, id } of seen.radar) inside.set(sensor, (inside.get(sensor) ?? new Set()).add(id))
    for (const arm of ['W', 'E', 'N']) {
      const counted = network.movements.reduce((sum, { from }, m) => sum + (from === `${arm}in` ? seen.result.movements.count[m]! : 0), 0)
      expect(inside.get(`x/${arm}in`)!.size).toBe(counted)
    }
  })

  it('misses the share that it was told to, and sees as many ghosts', () => {
    const bad = observe({ missed: 0.25, ghosts: 0.1 })
    const real = bad.radar.filter(({ id }) => id < 1e9)
    expect(real.length / seen.radar.length).toBeGreaterThan(0.73)
    expect(real.length / seen.radar.length).toBeLessThan(0.77)
    const frames = new Set(seen.points.map(({ time_s }) => time_s)).size
    expect((bad.radar.length - real.length) / (4 * frames)).toBeGreaterThan(0.08)
    expect((bad.radar.length - real.length) / (4 * frames)).toBeLessThan(0.12)
  })
})

describe('the log of a controller', () => {
  it('has the greens, yellows and clearances of the plan, to the tenth', () => {
    const numbers = new Map(phaseNumbers(network).map(({ group, phase }) => [group, phase]))
    for (const { id, green_windows_s: [window] } of signals[0]!.groups) {
      const of = (event: number): number[] => seen.events.filter((row) => row.event === event && row.parameter === numbers.get(id)).map(({ time_s }) => time_s)
      const [start, end] = window!
      expect(of(EVENT.green_begins).length).toBeGreaterThan(5)
      for (const t of of(EVENT.green_begins)) expect((t - 13 - start + 700) % 70).toBeCloseTo(0, 6)
      for (const t of of(EVENT.yellow_begins)) expect((t - 13 - end + 700) % 70).toBeCloseTo(0, 6)
      for (const t of of(EVENT.red_clearance_begins)) expect((t - 13 - end - 3 + 700) % 70).toBeCloseTo(0, 6)
      for (const t of of(EVENT.red_clearance_ends)) expect((t - 13 - end - 5 + 700) % 70).toBeCloseTo(0, 6)
    }
    expect(new Set(numbers.values()).size).toBe(2)
  })

  it('is in order of time', () => {
    seen.events.slice(1).forEach((row, i) => expect(row.time_s).toBeGreaterThanOrEqual(seen.events[i]!.time_s - 0.5))
  })

  it('counts at the stop line what the run counts there', () => {
    for (const arm of ['W', 'E', 'N']) {
      const channels = new Set(seen.channels.filter((channel) => channel.link === `${arm}in` && channel.function === 'Count').map(({ channel }) => channel))
      const on = seen.events.filter(({ event, parameter }) => event === EVENT.detector_on && channels.has(parameter)).length
      const counted = network.movements.reduce((sum, { from }, m) => sum + (from === `${arm}in` ? seen.result.movements.count[m]! : 0), 0)
      expect(Math.abs(on - counted)).toBeLessThanOrEqual(Math.ceil(0.02 * counted))
    }
  })

  it('pairs every on with an off', () => {
    const last = new Map<number, number>()
    for (const { event, parameter } of seen.events) {
      if (event !== EVENT.detector_on && event !== EVENT.detector_off) continue
      expect(last.get(parameter) ?? EVENT.detector_off).not.toBe(event)
      last.set(parameter, event)
    }
    expect([...last.values()].every((event) => event === EVENT.detector_off)).toBe(true)
  })
})

describe('places', () => {
  const street = arterial(2)
  // The links of the test arterial are not drawn: give them nodes at their ends.
  for (const node of street.nodes) {
    const match = /^x(-?\d+)$/.exec(node.id)
    if (match !== null) Object.assign(node, { x_m: Number(match[1]) * 300, y_m: 0 })
  }
  const p = prepareNetwork(street)
  const places = new Places(p)

  it('lie on the side of traffic, lane beside lane, and meet the drawings of the connections', () => {
    const link = p.linkIndex.get('e1')!
    const at = (lane: number, x: number): { x_m: number; y_m: number; heading_deg: number } => ({ ...places.at(p.linkLane[link]! + lane, x) })
    expect(at(0, 150).heading_deg).toBeCloseTo(90, 6)
    expect(at(0, 150).y_m).toBeCloseTo(-4.8, 6)
    expect(at(1, 150).y_m).toBeCloseTo(-1.6, 6)
    const back = p.linkIndex.get('w1')!
    expect(places.at(p.linkLane[back]!, 10).heading_deg).toBeCloseTo(270, 6)
    expect(places.at(p.linkLane[back]!, 10).y_m).toBeCloseTo(4.8, 6)
  })

  it('run along a connection from its beginning to its end', () => {
    const c = street.connections.findIndex(({ shape_m, movement }) => shape_m !== undefined && movement === 'e1->e2')
    const shape = street.connections[c]!.shape_m!
    const end = { ...places.at(p.lanes + c, p.length[p.lanes + c]!) }
    expect([end.x_m, end.y_m]).toEqual([shape.at(-1)![0], shape.at(-1)![1]])
  })
})

describe('a controlled signal', () => {
  it('is logged with the calls of its pedestrians, about as many as are said to come', () => {
    const control = [{ signal: 'x', type: 'actuated' as const, pattern: stagePattern, pedestrians: [{ phase: 'ew', volume_ph: 120 }] }]
    const run = createRun(prepared, { ...input, control })
    const rows: ControllerEvent[] = []
    const whole = observed(run, [new ControllerLog(run.world, (batch) => { rows.push(...batch) })])
    while (whole.step());
    const calls = rows.filter(({ event }) => event === EVENT.pedestrian_call)
    const expected = (120 * (run.world.now - input.options.start_s)) / 3600
    expect(calls.length).toBeGreaterThan(0.5 * expected)
    expect(calls.length).toBeLessThan(1.6 * expected)
    const number = phaseNumbers(network).find(({ group }) => group === 'ew')!.phase
    expect(new Set(calls.map(({ parameter }) => parameter))).toEqual(new Set([number]))
    expect(rows.filter(({ event }) => event === EVENT.green_begins).length).toBeGreaterThan(5)
  })

  it('is logged as it was run', () => {
    const run = createRun(prepared, { ...input, signals: [twoStageSignal('x', 70, 0, 35)], plan_changes: [{ time_s: 200, signals: [twoStageSignal('x', 90, 0, 50)] }] })
    const rows: ControllerEvent[] = []
    const whole = observed(run, [new ControllerLog(run.world, (batch) => { rows.push(...batch) })])
    while (whole.step());
    const green = rows.filter(({ event }) => event === EVENT.green_begins)
    const yellow = rows.filter(({ event }) => event === EVENT.yellow_begins)
    expect(green.length).toBeGreaterThan(8)
    expect(Math.abs(green.length - yellow.length)).toBeLessThanOrEqual(2)
  })
})
