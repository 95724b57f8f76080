// Layouts in which vehicles could wait for each other for good, each under more demand than it carries for five minutes.
import { describe, expect, it } from 'vitest'
import { PASSENGER_CAR, type VehicleType } from '../../model/demand.ts'
import type { Network, Point } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { SimulationOptions, Trip } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { runChecked } from './invariants.ts'
import { addJunction, arterial, junction, mirrored, twoStage, twoStageSignal, type Arm } from './junctions.ts'
import { compiled, flow, inputFor, NetworkBuilder } from './networks.ts'

const BUS: VehicleType = { ...PASSENGER_CAR, id: 'bus', length_m: 12, accel_mps2: 1, decel_mps2: 3 }
const DRIVING: Partial<SimulationOptions>[] = [{}, { rules: 'sumo' }, { model: 'krauss', step_s: 1 }, { model: 'krauss', step_s: 0.5, rules: 'sumo' }]
const sound = { faults: [], gridlock: undefined, left: 0, grants: 0 }

/** What goes wrong in each way of driving. */
function drive(network: Network, signals: CompiledSignal[], trips: Trip[]): object[] {
  const prepared = prepareNetwork(network)
  return DRIVING.map((driving) => {
    const run = createRun(prepared, inputFor(network, signals, trips, { stop_at_s: 5000, ...driving }, [PASSENGER_CAR, BUS]))
    const faults = Object.values(runChecked(run)).flat().slice(0, 3)
    const { gridlock, completed, vehicles_demanded, grants } = run.result()
    return { faults, gridlock: gridlock?.where, left: vehicles_demanded - completed, grants }
  })
}

const allSound = DRIVING.map(() => sound)
const ARMS: Arm[] = ['N', 'E', 'S', 'W']

/** Vehicles of all turns at a junction, one every `headway` seconds each. */
const everyTurn = (network: Network, headway: number): Trip[] =>
  ARMS.flatMap((from, i) => ARMS.filter((to) => to !== from).flatMap((to, k) => flow(network, [`${from}in`, `${to}out`], 0.3 * i + 0.7 * k, 300, headway)))

/** Two turns that swing round behind each other's backs, so that each crosses the other twice in the opposite order. */
function hooked(turn: 'left' | 'u-turn', signal?: string): Network {
  const builder = new NetworkBuilder()
  const ends = turn === 'left' ? ['Eout', 'Wout', 'Nout', 'Sout'] : ['Eout', 'Wout']
  for (const id of ['Win', 'Ein']) builder.link({ id, from: id, to: 'x', length: 150 })
  for (const id of ends) builder.link({ id, from: 'x', to: id, length: 150 })
  const through = signal === undefined ? {} : { signal, groups: [['g', 'protected']] as ['g', 'protected'][] }
  const turning = signal === undefined ? {} : { signal, groups: [['g', 'permissive']] as ['g', 'permissive'][] }
  builder.connect({ from: 'Win', to: 'Eout', lane: [0, 0], length: 30, shape: [[-15, -1.6], [15, -1.6]], ...through })
  builder.connect({ from: 'Ein', to: 'Wout', lane: [0, 0], length: 30, shape: [[15, 1.6], [-15, 1.6]], ...through })
  const [west, east] = turn === 'left' ? ['Nout', 'Sout'] : ['Wout', 'Eout']
  const hook: Point[] = turn === 'left' ? [[-15, -1.6], [4, -2], [6, 0], [4, 6], [1.6, 15]] : [[-15, -1.6], [4, -1.6], [6, 0], [4, 1.6], [-15, 1.6]]
  const across = hook.map(([x, y]): Point => [-x, -y])
  const ids = { a: `Win:0->${west}:0`, b: `Ein:0->${east}:0` }
  builder.connect({ from: 'Win', to: west!, lane: [0, 0], turn, length: 32, speed: 6, shape: hook, yields: ['Ein:0->Wout:0'], conflicts: [ids.b], waiting: 8, ...turning })
  builder.connect({ from: 'Ein', to: east!, lane: [0, 0], turn, length: 32, speed: 6, shape: across, yields: ['Win:0->Eout:0'], conflicts: [ids.a], waiting: 8, ...turning })
  return builder.build()
}

describe('vehicles never lock each other', () => {
  it('where opposite lefts or U-turns hook round each other, with a signal and without', { timeout: 60_000 }, () => {
    for (const turn of ['left', 'u-turn'] as const) {
      for (const signal of [undefined, 'x']) {
        const network = hooked(turn, signal)
        const ways = turn === 'left' ? [['Win', 'Nout'], ['Ein', 'Sout']] : [['Win', 'Wout'], ['Ein', 'Eout']]
        const trips = [...ways.flatMap((way) => flow(network, way, 0, 300, 5)), ...flow(network, ['Win', 'Eout'], 1, 300, 6), ...flow(network, ['Ein', 'Wout'], 2, 300, 6)]
        expect(drive(network, signal === undefined ? [] : [compiled('x', 60, 0, { g: [[0, 45]] })], trips)).toEqual(allSound)
      }
    }
  })

  it('where three lanes become one', { timeout: 60_000 }, () => {
    const network = new NetworkBuilder()
      .link({ id: 'in', from: 'a', to: 'x', length: 300, lanes: 3 }).link({ id: 'two', from: 'x', to: 'y', length: 60, lanes: 2 }).link({ id: 'out', from: 'y', to: 'b', length: 200 })
      .connect({ from: 'in', to: 'two', lane: [0, 0], length: 5 }).connect({ from: 'in', to: 'two', lane: [1, 1], length: 5 }).connect({ from: 'two', to: 'out', lane: [0, 0], length: 5 })
      .build()
    const trips = [...flow(network, ['in', 'two', 'out'], 0, 300, 1.2), ...flow(network, ['in', 'two', 'out'], 0.5, 300, 30, { type: 1 })]
    expect(drive(network, [], trips)).toEqual(allSound)
  })

  it('where buses halt on the short links between signals', { timeout: 60_000 }, () => {
    const network = arterial(3, 30)
    const signals = [0, 1, 2].map((i) => twoStageSignal(`x${i}`, 70, 25 * i, 30))
    const east = ['e0', 'e1', 'e2', 'e3']
    const west = ['w3', 'w2', 'w1', 'w0']
    const halt = (link_index_in_route: number): Partial<Trip> => ({ type: 1, stops: [{ link_index_in_route, lane: 0, position_m: 22, duration_s: 20 }] })
    const trips = [
      ...flow(network, east, 0, 300, 4), ...flow(network, west, 1, 300, 4), ...flow(network, east, 5, 300, 45, halt(1)), ...flow(network, west, 9, 300, 45, halt(2)),
      ...[0, 1, 2].flatMap((i) => [...flow(network, [`n${i}in`, `s${i}out`], 2, 300, 12), ...flow(network, [`s${i}in`, ...east.slice(i + 1)], 3, 300, 14), ...flow(network, [...east.slice(0, i + 1), `n${i}out`], 4, 300, 14)]),
    ]
    expect(drive(network, signals, trips)).toEqual(allSound)
  })

  it('where one signal runs two junctions close together', { timeout: 60_000 }, () => {
    const builder = new NetworkBuilder()
    for (let i = 0; i <= 2; i++) {
      builder.link({ id: `e${i}`, from: `x${i - 1}`, to: `x${i}`, length: i === 1 ? 18 : 150 }).link({ id: `w${i}`, from: `x${i}`, to: `x${i - 1}`, length: i === 1 ? 18 : 150 })
    }
    for (const i of [0, 1]) {
      for (const side of ['n', 's']) builder.link({ id: `${side}${i}in`, from: `${side}${i}`, to: `x${i}`, length: 150 }).link({ id: `${side}${i}out`, from: `x${i}`, to: `${side}${i}`, length: 150 })
      const names: Record<Arm, [string, string]> = { W: [`e${i}`, `w${i}`], E: [`w${i + 1}`, `e${i + 1}`], N: [`n${i}in`, `n${i}out`], S: [`s${i}in`, `s${i}out`] }
      addJunction(builder, { id: 'x', at: [i * 42, 0], group: twoStage, waiting: 5 }, (arm, way) => names[arm][way === 'in' ? 0 : 1])
    }
    const network = builder.build()
    const ways = [['e0', 'e1', 'e2'], ['w2', 'w1', 'w0'], ['e0', 'e1', 'n1out'], ['w2', 'w1', 's0out'], ['n0in', 's0out'], ['s1in', 'n1out'], ['n0in', 'e1', 'n1out'], ['s1in', 'w1', 's0out'], ['s0in', 'e1', 'e2'], ['n1in', 'w1', 'w0']]
    expect(drive(network, [twoStageSignal('x', 70, 0, 32)], ways.flatMap((way, i) => flow(network, way, 0.4 * i, 300, 9)))).toEqual(allSound)
  })

  it('in left-hand traffic with permissive rights', { timeout: 60_000 }, () => {
    const network = mirrored(junction({ group: twoStage, waiting: 5, turnOnRed: true, length: 60 }))
    expect(drive(network, [twoStageSignal('x', 60, 0, 25)], everyTurn(network, 9))).toEqual(allSound)
  })

  it('at an all-way stop with four queues', { timeout: 60_000 }, () => {
    const network = junction({ rightBeforeLeft: true, length: 80 })
    const allWay: Network = { ...network, connections: network.connections.map((connection) => ({ ...connection, stop: 'all-way', yields_to: connection.conflicts_with })) }
    expect(drive(allWay, [], everyTurn(allWay, 12))).toEqual(allSound)
  })
})
