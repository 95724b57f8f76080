// Lanes and streets: room, spillback, pockets, lane drops, buses, joined signals, short pieces, left-hand traffic.
import { PASSENGER_CAR, type VehicleType } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import type { SimulationInput, Trip } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun, simulate } from '../simulate.ts'
import type { RunResult } from '../result.ts'
import { poisson } from '../testing/arrivals.ts'
import { runChecked } from '../testing/invariants.ts'
import { junction, mirrored, twoStage, twoStageSignal } from '../testing/junctions.ts'
import { compiled, flow, inputFor, NetworkBuilder, oneLaneSignal, SPEED_50, spillingStreet } from '../testing/networks.ts'
import { watchLines } from '../testing/tracks.ts'
import { mean, never, type Driving, type Figure, type Phenomenon } from './figures.ts'

const count = (violations: object): number => Object.values(violations).flat().length

function measureSpillback(driving: Driving): Figure[] {
  const { network, signals, trips } = spillingStreet()
  const run = createRun(prepareNetwork(network), inputFor(network, signals, trips, { ...driving, stop_at_s: 3000 }))
  const before = count(runChecked(run, 190))
  const { world: w } = run
  const lane = (id: string): number => w.p.linkLane[w.p.linkIndex.get(id)!]!
  const held = [w.count[lane('mid')]!, w.count[lane('in')]!, w.count[w.p.lanes + w.p.connectionIndex.get('in:0->mid:0')!]!] as const
  const after = count(runChecked(run))
  const result = run.result()
  const movement = (id: string): number => w.p.movementIndex.get(id)!
  return [
    { name: 'vehicles on the full 100 m', unit: '', value: held[0], digits: 0, target: [12, 14] },
    { name: 'vehicles held back before it', unit: '', value: held[1], digits: 0, target: [6, 60] },
    never('vehicles standing in the junction', held[2]),
    { name: 'mean delay of the street that crosses', unit: 's', value: result.movements.delay_sum_s[movement('side->sideout')]! / result.movements.delay_count[movement('side->sideout')]!, digits: 1, target: [0, 30] },
    never('vehicles on or into each other, over red or lost', before + after), never('vehicles that never came through', trips.length - result.completed),
  ]
}

function measurePocket(driving: Driving): Figure[] {
  const delay = (lefts: number): number => {
    const network = junction({ group: (arm, turn) => (turn === 'left' ? ['left', 'protected'] : twoStage(arm, turn)), pocket: { W: 30 }, length: 300 })
    const signal = compiled('x', 90, 0, { ew: [[0, 50]], ns: [[55, 70]], left: [[75, 80]] })
    const trips = [...flow(network, ['Win', 'Eout'], 0, 900, 6), ...(lefts > 0 ? flow(network, ['Win', 'Nout'], 0, 900, 3600 / lefts) : [])]
    const { movements } = simulate(prepareNetwork(network), inputFor(network, [signal], trips, { ...driving, stop_at_s: 4000 }))
    const m = network.movements.findIndex(({ id }) => id === 'Win->Eout')
    return movements.delay_sum_s[m]! / movements.delay_count[m]!
  }
  const free = delay(0)
  return [
    { name: 'delay of through traffic without lefts', unit: 's', value: free, digits: 1 },
    { name: 'times as much with 40 lefts an hour, which the pocket holds', unit: '', value: delay(40) / free, digits: 2, target: [0.9, 1.3] },
    { name: 'times as much with 300 lefts an hour, which it does not', unit: '', value: delay(300) / free, digits: 2, target: [1.5, 100] },
  ]
}

/** Two lanes into one. `lanes` = the ways over the node and who yields. */
function merge(kind: 'ends' | 'yields' | 'zipper'): Network {
  const builder = new NetworkBuilder().link({ id: 'in', from: 'a', to: 'x', length: 500, lanes: 2 }).link({ id: 'out', from: 'x', to: 'b', length: 500 })
    .connect({ from: 'in', to: 'out', lane: [0, 0], length: 10 })
  if (kind !== 'ends') builder.connect({ from: 'in', to: 'out', lane: [1, 0], length: 10, ...(kind === 'yields' ? { yields: ['in:0->out:0'] } : { conflicts: ['in:0->out:0'] }) })
  return builder.build()
}

function measureMerges(driving: Driving): Figure[] {
  return (['ends', 'yields', 'zipper'] as const).flatMap((kind): Figure[] => {
    const network = merge(kind)
    const run = createRun(prepareNetwork(network), inputFor(network, [], flow(network, ['in', 'out'], 0, 2400, 1.2), { ...driving, stop_at_s: 2400 }))
    const [passages, fromLeft] = watchLines(run, [{ link: 'out', at_m: 200, part: 'front' }, { link: 'in', at_m: 500, lane: 1, part: 'front' }])
    const late = (list: readonly { time_s: number }[]): number => list.filter(({ time_s }) => time_s >= 600).length
    const name = { ends: 'where the left lane ends', yields: 'where the left lane yields', zipper: 'where nobody goes first' }[kind]
    return [
      { name: `discharge ${name}`, unit: 'veh/h', value: late(passages!) * 2, digits: 0, target: [1300, 1950] },
      ...(kind === 'zipper' ? [{ name: 'share of the left lane where nobody goes first', unit: '', value: late(fromLeft!) / Math.max(1, late(passages!)), digits: 2, target: [0.4, 0.6] as const }] : []),
    ]
  })
}

/** SUMO 1.15's bus: 12 m, 1.2 m/s2. */
const BUS: VehicleType = { ...PASSENGER_CAR, id: 'bus', vehicle_class: 'bus', length_m: 12, accel_mps2: 1.2, decel_mps2: 4, speed_deviation: 0 }
const CAR: VehicleType = { ...PASSENGER_CAR, speed_deviation: 0 }
const DWELL_S = 20

function measureBuses(driving: Driving): Figure[] {
  const green = [compiled('x', 90, 0, { g: [[0, 90]] })]
  const network = oneLaneSignal()
  const prepared = prepareNetwork(network)
  const halt: Partial<Trip> = { type: 1, stops: [{ link_index_in_route: 0, lane: 0, position_m: 350, duration_s: DWELL_S }] }
  const ride = (bus: Partial<Trip>, cars: number): RunResult => {
    const trips = [...flow(network, ['in', 'out'], 0, 1, 1, bus), ...(cars > 0 ? flow(network, ['in', 'out'], 4, 4 + cars * 5, 5) : [])]
    return simulate(prepared, inputFor(network, green, trips, driving, [CAR, BUS]))
  }
  const time = (result: RunResult): number => result.vehicles.travel_time_s[0]!
  const [without, withHalt, followed, freely] = [ride({ type: 1 }, 0), ride(halt, 0), ride(halt, 3), ride({}, 3)]
  const behind = (result: RunResult): number => mean([...result.vehicles.travel_time_s].slice(1))
  const lost = SPEED_50 / (2 * BUS.accel_mps2) + SPEED_50 / (2 * BUS.decel_mps2)
  return [
    { name: `time that a halt of ${DWELL_S} s costs a bus, over the halt`, unit: 's', value: time(withHalt) - time(without) - DWELL_S, digits: 1, target: [lost - 1.5, lost + 7] },
    { name: 'time that it costs the three cars behind', unit: 's', value: behind(followed) - behind(freely), digits: 1, target: [8, 35] },
    ...measureBusLane(driving),
  ]
}

function measureBusLane(driving: Driving): Figure[] {
  const street = (busLane: boolean): Network => {
    const lanes = { lanes: 2, ...(busLane ? { allow: { 0: ['bus'] } } : {}) }
    return new NetworkBuilder().link({ id: 'in', from: 'a', to: 'x', length: 500, ...lanes }).link({ id: 'out', from: 'x', to: 'b', length: 300, ...lanes })
      .connect({ from: 'in', to: 'out', lane: [0, 0], signal: 'x', groups: [['g', 'protected']] }).connect({ from: 'in', to: 'out', lane: [1, 1], signal: 'x', groups: [['g', 'protected']] }).build()
  }
  const signals = [compiled('x', 90, 0, { g: [[0, 40]] })]
  const delay = (busLane: boolean, cars: number): { buses: number; cars: number; onLane: number } => {
    const network = street(busLane)
    const trips = [...flow(network, ['in', 'out'], 30, 1800, 100, { type: 1 }), ...(cars > 0 ? flow(network, ['in', 'out'], 0, 1800, 3600 / cars) : [])]
    const run = createRun(prepareNetwork(network), inputFor(network, signals, trips, driving, [CAR, BUS]))
    const w = run.world
    let onLane = 0
    while (run.step()) for (const lane of [0, 2]) for (let i = 0; i < w.count[lane]!; i++) if (w.trips.type[w.at(lane, i)] === 0) onLane++
    const { vehicles } = run.result()
    const of = (type: number): number => mean([...vehicles.trip].flatMap((trip, i) => (w.trips.type[trip] === type ? [vehicles.delay_s[i]! + vehicles.insertion_delay_s[i]!] : [])))
    return { buses: of(1), cars: cars > 0 ? of(0) : 0, onLane }
  }
  const [lane, alone, mixed] = [delay(true, 1100), delay(true, 0), delay(false, 2200)]
  return [
    { name: 'delay of buses on a lane of their own beside a full lane', unit: 's', value: lane.buses, digits: 1, target: [0, alone.buses + 3] },
    { name: 'delay of the cars beside them', unit: 's', value: lane.cars, digits: 1 },
    { name: 'delay of buses among cars on two full lanes', unit: 's', value: mixed.buses, digits: 1, target: [alone.buses + 5, 600] },
    never('car-steps on the bus lane', lane.onLane),
  ]
}

function measureJoined(driving: Driving): Figure[] {
  const build = (second: string): Network => {
    const builder = new NetworkBuilder().link({ id: 'in', from: 'a', to: 'x', length: 300 }).link({ id: 'mid', from: 'x', to: 'y', length: 25 }).link({ id: 'out', from: 'y', to: 'b', length: 300 })
    for (const [node, i] of [['x', 1], ['y', 2]] as const) builder.link({ id: `s${i}`, from: `c${i}`, to: node, length: 200 }).link({ id: `t${i}`, from: node, to: `d${i}`, length: 200 })
    return builder
      .connect({ from: 's1', to: 't1', lane: [0, 0], signal: 'x', groups: [['s', 'protected']] }).connect({ from: 's2', to: 't2', lane: [0, 0], signal: second, groups: [['s', 'protected']] })
      .connect({ from: 'in', to: 'mid', lane: [0, 0], signal: 'x', groups: [['g', 'protected']], conflicts: ['s1:0->t1:0'] })
      .connect({ from: 'mid', to: 'out', lane: [0, 0], signal: second, groups: [['g', 'protected']], conflicts: ['s2:0->t2:0'] }).build()
  }
  const drive = (second: string): { result: RunResult; violations: number; trips: number } => {
    const network = build(second)
    const trips = [...poisson(network, ['in', 'mid', 'out'], 500, 1200, 1), ...poisson(network, ['s1', 't1'], 250, 1200, 2), ...poisson(network, ['s2', 't2'], 250, 1200, 3)]
    const signals = ['x', 'y'].filter((id) => id === 'x' || second === 'y').map((id) => compiled(id, 70, 0, { g: [[0, 33]], s: [[38, 63]] }))
    const run = createRun(prepareNetwork(network), inputFor(network, signals, trips, driving))
    return { violations: count(runChecked(run)), result: run.result(), trips: trips.length }
  }
  const [joined, apart] = [drive('x'), drive('y')]
  const differing = joined.result.vehicles.travel_time_s.filter((t, i) => t !== apart.result.vehicles.travel_time_s[i]).length
  return [
    never('vehicles that drive otherwise under one signal for two nodes than under two alike', differing),
    never('vehicles on or into each other, over red or lost', joined.violations), never('vehicles that never came through', joined.trips - joined.result.completed),
  ]
}

function measureShortPieces(driving: Driving): Figure[] {
  const lengths = [250, 0.3, 40, 0.2, 0.4, 3, 250]
  const cut = new NetworkBuilder()
  lengths.forEach((length, i) => cut.link({ id: `l${i}`, from: `n${i}`, to: `n${i + 1}`, length }))
  for (let i = 1; i < lengths.length; i++) cut.connect({ from: `l${i - 1}`, to: `l${i}`, lane: [0, 0], length: 0.1 + 0.05 * i })
  const whole = new NetworkBuilder().link({ id: 'l', from: 'a', to: 'b', length: lengths.reduce((sum, l, i) => sum + l + (i > 0 ? 0.1 + 0.05 * i : 0), 0) })
  const drive = (network: Network, way: string[]): { time: number[]; violations: number; completed: number } => {
    const run = createRun(prepareNetwork(network), inputFor(network, [], flow(network, way, 0, 600, 2.5), driving))
    const violations = count(runChecked(run))
    return { time: [...run.result().vehicles.travel_time_s], violations, completed: run.result().completed }
  }
  const [pieces, one] = [drive(cut.build(), lengths.map((_, i) => `l${i}`)), drive(whole.build(), ['l'])]
  return [
    { name: 'mean travel time over that of one piece', unit: '', value: mean(pieces.time) / mean(one.time), digits: 3, target: [0.99, 1.01] },
    never('vehicles into each other or lost', pieces.violations), never('vehicles that never came through', 240 - pieces.completed),
  ]
}

function measureMirror(driving: Driving): Figure[] {
  const arms = ['N', 'E', 'S', 'W']
  const cases: [string, Network, SimulationInput['signals']][] = [
    ['at a signal', junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5, turnOnRed: true }), [twoStageSignal('x', 70, 0, 30)]],
    ['without one', junction({ pocket: { E: 40, W: 40 } }), []],
  ]
  return cases.map(([name, network, signals]) => {
    const trips = arms.flatMap((from, i) => [1, 2, 3].flatMap((k) => poisson(network, [`${from}in`, `${arms[(i + k) % 4]}out`], 90, 900, 10 * i + k)))
    const times = (of: Network): Float64Array => simulate(prepareNetwork(of), inputFor(of, signals, trips, driving)).vehicles.travel_time_s
    const [right, left] = [times(network), times(mirrored(network))]
    return never(`vehicles that drive otherwise in left-hand traffic, ${name}`, right.filter((t, i) => t !== left[i] && !(Number.isNaN(t) && Number.isNaN(left[i]))).length)
  })
}

function measureSafety(driving: Driving): Figure[] {
  const arms = ['N', 'E', 'S', 'W']
  const cases: [Network, SimulationInput['signals']][] = [
    [junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5, turnOnRed: true }), [twoStageSignal('x', 70, 0, 30)]],
    [junction({ group: twoStage, pocket: { E: 40, W: 40 } }), [twoStageSignal('x', 60, 11, 25)]],
    [junction({}), []],
  ]
  const all = { overlaps: 0, sharedPlaces: 0, redRuns: 0, unaccounted: 0, lost: 0, gridlocks: 0, steps: 0 }
  cases.forEach(([network, signals], n) => {
    for (const vph of [60, 130, 220]) {
      const trips = arms.flatMap((from, i) => [1, 2, 3].flatMap((k) => poisson(network, [`${from}in`, `${arms[(i + k) % 4]}out`], vph, 300, 100 * n + 10 * i + k)))
      const run = createRun(prepareNetwork(network), inputFor(network, signals, trips, { ...driving, seed: vph, stop_at_s: 3000 }))
      const found = runChecked(run)
      const result = run.result()
      for (const key of ['overlaps', 'sharedPlaces', 'redRuns', 'unaccounted'] as const) all[key] += found[key].length
      all.lost += result.vehicles_demanded - result.completed - result.inside - result.waiting
      all.gridlocks += result.gridlocked ? 1 : 0
      all.steps += result.updates
    }
  })
  return [
    { name: 'vehicle-steps looked at', unit: '', value: all.steps, digits: 0 },
    never('overlaps on a lane', all.overlaps), never('two in one crossing', all.sharedPlaces), never('over red', all.redRuns),
    never('steps in which the vehicles do not add up', all.unaccounted), never('vehicles lost', all.lost), never('gridlocks', all.gridlocks),
  ]
}

export const streets: Phenomenon[] = [
  {
    title: 'Conservation and safety', compared: true, measure: measureSafety,
    how: 'Three junctions under three demands up to well over capacity, all ways; every step looked at, from the places of vehicles alone.',
    source: 'Physics.',
  },
  {
    title: 'Spillback', compared: true, measure: measureSpillback,
    how: 'A street of 100 m that fills behind a red light of 200 s, with cross traffic at its upstream end.',
    source: 'Physics: 7.5 m a car; who has no room beyond a junction waits before it.',
  },
  {
    title: 'Turn pocket', compared: true, measure: measurePocket,
    how: 'A pocket of 30 m with 5 s of green in 90 s, beside one through lane.',
    source: 'Physics: the pocket holds four cars; more stand in the way of the through lane.',
  },
  {
    title: 'Two lanes into one', compared: true, measure: measureMerges,
    how: 'Both lanes full for half an hour; counted 200 m behind.',
    source: 'Discharge of a lane drop, 1600 pc/h give or take a fifth (HCM 2000 chapter 22, short-term closures), at most the saturation flow; drivers who take turns share evenly.',
  },
  {
    title: 'Buses', compared: true, measure: measureBuses,
    how: 'A halt in the only lane; and a bus lane beside a car lane with more demand than its signal serves.',
    source: 'Physics: braking from and accelerating to 50 km/h costs v/2a + v/2b more than the halt.',
  },
  {
    title: 'One signal for two nodes', compared: true, measure: measureJoined,
    how: 'Two nodes 25 m apart under one signal, and under two signals with the same windows.',
    source: 'The same lights must give the same traffic.',
  },
  {
    title: 'Very short pieces', compared: true, measure: measureShortPieces,
    how: 'A road cut into pieces of 0.2 to 250 m with connections of 0.15 to 0.4 m, against the same road in one piece; a vehicle every 2.5 s.',
    source: 'Where a map cuts a road must not matter.',
  },
  {
    title: 'Left-hand traffic', compared: true, measure: measureMirror,
    how: 'Junctions and their mirror images, the same vehicles; travel times compared to the last bit.',
    source: 'Symmetry.',
  },
]
