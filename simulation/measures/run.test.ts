// Measures of whole runs, against what must follow from the plan and the demand.
import { describe, expect, it } from 'vitest'
import { PASSENGER_CAR, type VehicleType } from '../../model/demand.ts'
import type { SimulationInput, Trip } from '../input.ts'
import { createRun, prepareNetwork, simulate, type RunResult } from '../index.ts'
import { observed, Places, Trajectories } from '../observe/index.ts'
import { arterial, junction, twoStage, twoStageSignal } from '../testing/junctions.ts'
import { compiled, flow, inputFor, oneLaneSignal, spillingStreet } from '../testing/networks.ts'
import { circles } from './fuel.ts'
import { referenceNetwork, referenceRunner } from './reference.ts'

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0)

const lane = oneLaneSignal()
const preparedLane = prepareNetwork(lane)
const atLane = (green: [number, number], headway: number, until = 900, more: Parameters<typeof inputFor>[3] = {}): SimulationInput =>
  inputFor(lane, [compiled('x', 90, 0, { g: [green] })], flow(lane, ['in', 'out'], 0, until, headway), more)

describe('control delay', () => {
  it('is what the same vehicles lose against a run with the signal always green, waiting to enter included', () => {
    // More than the signal can let through, so that the queue stands beyond the entry of the network.
    const input = atLane([0, 30], 4, 900, { stop_at_s: 7200 })
    const reference = referenceRunner(lane)(input)
    const run = simulate(preparedLane, { ...input, reference })
    const green = simulate(preparedLane, { ...input, signals: [compiled('x', 90, 0, { g: [[0, 90]] })] })
    const total = ({ vehicles }: RunResult): number => sum(vehicles.travel_time_s) + sum(vehicles.insertion_delay_s)
    expect(run.completed).toBe(225)
    expect(sum(run.vehicles.insertion_delay_s)).toBeGreaterThan(500)
    expect(sum(run.vehicles.control_delay_s!)).toBeCloseTo(total(run) - total(green), 6)
    const [movement] = [run.movements]
    expect(movement.control_delay_count![0]).toBe(225)
    // What is left to lose beyond the place where the junction is closed is little.
    expect(movement.control_delay_sum_s![0]! / sum(run.vehicles.control_delay_s!)).toBeGreaterThan(0.98)
    expect(movement.control_delay_sum_s![0]! / sum(run.vehicles.control_delay_s!)).toBeLessThan(1)
  })

  it('is nil where the plan is always green already', () => {
    const input = atLane([0, 90], 5)
    const run = simulate(preparedLane, { ...input, reference: referenceRunner(lane)(input) })
    for (const delay of run.vehicles.control_delay_s!) expect(delay).toBeCloseTo(0, 9)
  })

  it('of the movements of a trip adds up to that of the trip, along a corridor too', () => {
    const network = arterial(4)
    const links = ['e0', 'e1', 'e2', 'e3', 'e4']
    const trips = [...flow(network, links, 0, 600, 6), ...flow(network, ['s1in', 'n1out'], 2, 600, 15), ...flow(network, ['n2in', 'e3', 'e4'], 5, 600, 30)]
    const input = { ...inputFor(network, Array.from({ length: 4 }, (_, i) => twoStageSignal(`x${i}`, 80, i * 33, 40)), trips), corridor: { outbound: [links], inbound: [] } }
    const run = simulate(prepareNetwork(network), { ...input, reference: referenceRunner(network)(input) })
    const vehicles = sum(run.vehicles.control_delay_s!)
    expect(vehicles / trips.length).toBeGreaterThan(10)
    // The end of the acceleration lies beyond the place where the last junction is closed.
    expect(sum(run.movements.control_delay_sum_s!) / vehicles).toBeGreaterThan(0.95)
    expect(sum(run.movements.control_delay_sum_s!) / vehicles).toBeLessThan(1)
    const { complete, control_delay_s, trip } = run.corridor.outbound
    complete.forEach((whole, i) => {
      if (whole === 1) expect(control_delay_s![i]).toBeCloseTo(run.vehicles.control_delay_s![trip[i]!]!, 9)
    })
    expect(sum(complete)).toBe(100)
  })

  it('knows a reference in which nobody crosses anybody at signals, but paths into one lane still merge', () => {
    const network = junction({ group: twoStage, waiting: 5, turnOnRed: true })
    const free = referenceNetwork(network)
    const target = new Map(network.movements.map(({ id, to }) => [id, to]))
    expect(free.connections.every(({ yields_to }) => yields_to.length === 0)).toBe(true)
    expect(free.connections.some(({ conflicts_with }) => conflicts_with.length > 0)).toBe(true)
    for (const connection of free.connections) {
      for (const foe of connection.conflicts_with) expect(target.get(free.connections.find(({ id }) => id === foe)!.movement)).toBe(target.get(connection.movement))
    }
    const trips = [...flow(network, ['Win', 'Eout'], 0, 300, 3), ...flow(network, ['Nin', 'Sout'], 0, 300, 3)].sort((a, b) => a.depart_s - b.depart_s)
    const times = referenceRunner(network)(inputFor(network, [twoStageSignal('x', 80, 0, 40)], trips))
    trips.forEach((_, v) => expect(times.line_s[times.first[v]! + 1]! - times.enter_s[times.first[v]!]!).toBeLessThan(80))
  })
})

describe('arrivals on green', () => {
  /** Platoons of eight, one per cycle, 2 s apart; the stop line lies 700 m away at 13.9 m/s. */
  const platoons = (shift: number): Trip[] =>
    Array.from({ length: 10 }, (_, k) => flow(lane, ['in', 'out'], 90 * k + shift, 90 * k + shift + 15.9, 2)).flat()
  const steady: VehicleType = { ...PASSENGER_CAR, speed_deviation: 0 }
  const arrive = (shift: number): RunResult => simulate(preparedLane, inputFor(lane, [compiled('x', 90, 0, { g: [[0, 45]] })], platoons(shift), {}, [steady]))

  it('are all for platoons that come in green, and none for those that come in red', () => {
    // Travel of 700 m takes about 50 s.
    const [green, red] = [arrive(50).movements, arrive(3).movements]
    expect(green.arrivals[0]).toBe(80)
    expect(green.arrivals_on_green[0]).toBe(80)
    expect(red.arrivals[0]).toBe(80)
    expect(red.arrivals_on_green[0]).toBe(0)
  })

  it('are the share of green for vehicles that come evenly, however long the queue', () => {
    for (const headway of [13.1, 4.7]) {
      const { movements } = simulate(preparedLane, atLane([10, 55], headway, 3600, { measure_from_s: 360, measure_until_s: 3600 }))
      expect(movements.green_share[0]).toBeCloseTo(0.5, 6)
      expect(movements.arrivals_on_green[0]! / movements.arrivals[0]!).toBeGreaterThan(0.45)
      expect(movements.arrivals_on_green[0]! / movements.arrivals[0]!).toBeLessThan(0.55)
    }
  })
})

describe('split failures', () => {
  const run = (headway: number): RunResult['movements'] => simulate(preparedLane, atLane([0, 30], headway, 1800, { measure_from_s: 450, measure_until_s: 1800, stop_at_s: 1800 })).movements

  it('are every green where more come than can go, and none where few come', () => {
    expect(run(3.5).greens[0]).toBe(15)
    expect(run(3.5).split_failures[0]).toBe(15)
    expect(run(12).greens[0]).toBe(15)
    expect(run(12).split_failures[0]).toBe(0)
  })
})

describe('a queue beyond its link', () => {
  const { network, signals, trips } = spillingStreet()
  const { movements } = simulate(prepareNetwork(network), inputFor(network, signals, trips, { measure_until_s: 600, stop_at_s: 3000 }))
  const m = (id: string): number => network.movements.findIndex((movement) => movement.id === id)

  it('is followed across the junction into the link that feeds it', () => {
    expect(movements.queue_max_m[m('mid->out')]).toBeGreaterThan(150)
    expect(movements.queue_max_m[m('mid->out')]).toBeLessThan(520)
    expect(movements.queue_max_m[m('side->sideout')]).toBeLessThan(60)
  })

  it('spills back for a share of the time, and blocks the stop line upstream', () => {
    expect(movements.spillback_share[m('mid->out')]).toBeGreaterThan(0.1)
    expect(movements.spillback_share[m('mid->out')]).toBeLessThan(0.9)
    expect(movements.spillback_share[m('side->sideout')]).toBe(0)
    expect(movements.blockings[m('mid->out')]).toBeGreaterThan(1)
    expect(movements.blockings[m('in->mid')]).toBe(0)
  })
})

describe('fuel of a run', () => {
  it('is that of its trajectories, and the movements have their part of it', () => {
    const input = atLane([0, 40], 9, 600, { fuel: 'circles' })
    const run = createRun(preparedLane, input)
    const speeds = new Map<string, number[]>()
    const whole = observed(run, [new Trajectories(new Places(preparedLane), 0.5, (rows) => {
      for (const { vehicle_id, speed_mps } of rows) speeds.set(vehicle_id, [...(speeds.get(vehicle_id) ?? []), speed_mps])
    })])
    while (whole.step());
    const { vehicles, movements } = whole.result()
    const { fuel } = circles('midsize')
    const step = (of: number[], i: number): number => fuel(of[i]!, (of[i]! - of[i - 1]!) / 0.5) * 0.5
    vehicles.trip.forEach((v, i) => {
      const of = speeds.get(String(v))!
      const burnt = of.reduce((total, _, k) => (k === 0 ? 0 : total + step(of, k)), 0)
      // The step in which it leaves is not seen in the stream.
      expect(vehicles.fuel_g![i]! - burnt).toBeGreaterThan(-1e-9)
      expect(vehicles.fuel_g![i]! - burnt).toBeLessThan(2)
    })
    expect(movements.fuel_sum_g![0]).toBeLessThan(sum(vehicles.fuel_g!))
    expect(movements.fuel_sum_g![0]).toBeGreaterThan(0.5 * sum(vehicles.fuel_g!))
    expect(sum(vehicles.co2_g!) / sum(vehicles.fuel_g!)).toBeCloseTo(3.135, 6)
  })

  it('is no number for a type that no model covers', () => {
    const bus: VehicleType = { ...PASSENGER_CAR, id: 'bus', vehicle_class: 'bus' }
    const run = (fuel: 'circles' | 'hbefa3'): RunResult => simulate(preparedLane, inputFor(lane, [compiled('x', 90, 0, { g: [[0, 45]] })], flow(lane, ['in', 'out'], 0, 60, 20), { fuel }, [bus]))
    expect(Array.from(run('circles').vehicles.fuel_g!).every((g) => Number.isNaN(g))).toBe(true)
    expect(run('circles').movements.fuel_count![0]).toBe(0)
    expect(sum(run('hbefa3').vehicles.fuel_g!)).toBeGreaterThan(0)
  })
})

describe('a vehicle that passed one line before the measuring window and one inside it', () => {
  it('is charged at the second for what it lost there only', () => {
    const network = arterial(2)
    const trips = flow(network, ['e0', 'e1', 'e2'], 0, 1, 1)
    // Red for a minute at the first signal, green for ever at the second; the window begins after the first line.
    const signals = [compiled('x0', 200, 0, { ew: [[100, 190]], ns: [[5, 90]] }), compiled('x1', 200, 0, { ew: [[0, 200]], ns: [] })]
    const { movements } = simulate(prepareNetwork(network), inputFor(network, signals, trips, { measure_from_s: 110 }))
    const m = network.movements.findIndex(({ id }) => id === 'e1->e2')
    expect(movements.count[m]).toBe(1)
    expect(movements.delay_sum_s[m]).toBeLessThan(5)
  })
})
