// Right of way without signals: two-way priority, right before left, roundabout, U-turn, turn on red. HCM 7 chapters 20 and 22.
import type { Network } from '../../model/network.ts'
import type { Trip } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun, simulate } from '../simulate.ts'
import { poisson } from '../testing/arrivals.ts'
import { runChecked } from '../testing/invariants.ts'
import { junction, roundabout, twoStage } from '../testing/junctions.ts'
import { compiled, flow, inputFor, NetworkBuilder } from '../testing/networks.ts'
import { watchLines } from '../testing/tracks.ts'
import { mean, never, type Driving, type Figure, type Phenomenon } from './figures.ts'

const FROM_S = 300
const UNTIL_S = 2700

/** HCM 7 chapter 20: potential capacity of a movement that yields to `conflicting` veh/h. */
const gapCapacity = (conflicting: number, criticalGap_s: number, followUp_s: number): number =>
  (conflicting * Math.exp((-conflicting * criticalGap_s) / 3600)) / (1 - Math.exp((-conflicting * followUp_s) / 3600))

/** Vehicles an hour over the end of a link from a lasting queue. */
function entryCapacity(driving: Driving, network: Network, way: readonly string[], others: Trip[]): number {
  const trips = [...flow(network, [...way], 0, UNTIL_S, 2.2), ...others]
  const run = createRun(prepareNetwork(network), inputFor(network, [], trips, { ...driving, stop_at_s: UNTIL_S }))
  const [passages] = watchLines(run, [{ link: way[0]!, at_m: network.links.find(({ id }) => id === way[0])!.length_m, part: 'front' }])
  return (passages!.filter(({ time_s }) => time_s >= FROM_S).length * 3600) / (UNTIL_S - FROM_S)
}

interface Turn { name: string; way: [string, string]; gap_s: number; followUp_s: number; major: [string, string][] }

/** Base critical headways and follow-up times of HCM 7 chapter 20 for a major street of two lanes. */
const TURNS: readonly Turn[] = [
  { name: 'minor right', way: ['Sin', 'Eout'], gap_s: 6.2, followUp_s: 3.3, major: [['Win', 'Eout']] },
  { name: 'minor through', way: ['Sin', 'Nout'], gap_s: 6.5, followUp_s: 4, major: [['Win', 'Eout'], ['Ein', 'Wout']] },
  { name: 'minor left', way: ['Sin', 'Wout'], gap_s: 7.1, followUp_s: 3.5, major: [['Win', 'Eout'], ['Ein', 'Wout']] },
  { name: 'major left', way: ['Win', 'Nout'], gap_s: 4.1, followUp_s: 2.2, major: [['Ein', 'Wout']] },
]

function measurePriority(driving: Driving): Figure[] {
  const network = junction({})
  return TURNS.flatMap(({ name, way, gap_s, followUp_s, major }) => [300, 600, 900].map((vph): Figure => {
    const others = major.flatMap((links, i) => poisson(network, links, vph / major.length, UNTIL_S, i + 1))
    return { name: `${name} over the HCM, ${vph} veh/h on the major street`, unit: '', value: entryCapacity(driving, network, way, others) / gapCapacity(vph, gap_s, followUp_s), digits: 2 }
  }))
}

function measureRoundabout(driving: Driving): Figure[] {
  const network = roundabout()
  const entries = [200, 500, 800].map((vph): Figure => {
    const others = poisson(network, ['in3', 'g3', 'g0', 'out1'], vph, UNTIL_S, 1)
    return { name: `entry over the HCM, ${vph} veh/h on the ring`, unit: '', value: entryCapacity(driving, network, ['in0', 'g0', 'out1'], others) / (1380 * Math.exp(-1.02e-3 * vph)), digits: 2 }
  })
  const ways = [0, 1, 2, 3].flatMap((i) => [1, 2, 3].map((k) => [`in${i}`, ...Array.from({ length: k }, (_, j) => `g${(i + j) % 4}`), `out${(i + k) % 4}`]))
  const trips = ways.flatMap((links, i) => poisson(network, links, 130, 1200, i + 10))
  const run = createRun(prepareNetwork(network), inputFor(network, [], trips, { ...driving, stop_at_s: 4000 }))
  const violations = Object.values(runChecked(run)).flat().length
  return [...entries, never('vehicles on or into each other under full load', violations), never('vehicles that never came through', trips.length - run.result().completed)]
}

function measureEqual(driving: Driving): Figure[] {
  const network = junction({ rightBeforeLeft: true })
  const prepared = prepareNetwork(network)
  const arms = ['N', 'E', 'S', 'W']
  const trips = arms.flatMap((from, i) => [1, 2, 3].flatMap((k) => flow(network, [`${from}in`, `${arms[(i + k) % 4]}out`], i + 3 * k, 1500, 27)))
  const run = createRun(prepared, inputFor(network, [], trips, { ...driving, stop_at_s: 6000 }))
  const violations = Object.values(runChecked(run)).flat().length
  const result = run.result()
  // Two that would meet: the one who has the other on the right waits.
  const pair = createRun(prepared, inputFor(network, [], [...flow(network, ['Sin', 'Nout'], 0, 1, 1), ...flow(network, ['Ein', 'Wout'], 0, 1, 1)], driving))
  const [waits, goes] = watchLines(pair, ['Nout', 'Wout'].map((link) => ({ link, at_m: 10, part: 'front' as const }))).map((passages) => passages[0]!.time_s)
  return [
    { name: 'vehicles an hour from four full arms', unit: 'veh/h', value: (result.completed * 3600) / result.end_s, digits: 0, target: [900, 1800] },
    { name: 'time by which who comes from the right is earlier', unit: 's', value: waits! - goes!, digits: 1, target: [0.5, 10] },
    never('vehicles on or into each other', violations), never('vehicles that never came through', trips.length - result.completed),
  ]
}

function measureUTurn(driving: Driving): Figure[] {
  const network = new NetworkBuilder()
    .link({ id: 'in', from: 'a', to: 'x', length: 300, lanes: 2 }).link({ id: 'on', from: 'x', to: 'b', length: 200 })
    .link({ id: 'opp', from: 'b', to: 'x', length: 300 }).link({ id: 'back', from: 'x', to: 'a', length: 300 })
    .connect({ from: 'in', to: 'on', lane: [0, 0] })
    .connect({ from: 'opp', to: 'back', lane: [0, 0] })
    .connect({ from: 'in', to: 'back', lane: [1, 0], turn: 'u-turn', length: 18, speed: 5, yields: ['opp:0->back:0'] })
    .build()
  const rows = [200, 400, 600].map((vph): Figure => ({
    // HCM 7 chapter 20: U-turn with a narrow median, 6.9 s and 3.1 s.
    name: `capacity over the HCM, ${vph} opposing veh/h`, unit: '', digits: 2,
    value: entryCapacity(driving, network, ['in', 'back'], poisson(network, ['opp', 'back'], vph, UNTIL_S, 3)) / gapCapacity(vph, 6.9, 3.1),
  }))
  const trips = [...poisson(network, ['in', 'back'], 200, 1200, 5), ...poisson(network, ['in', 'on'], 400, 1200, 6), ...poisson(network, ['opp', 'back'], 500, 1200, 7)]
  const run = createRun(prepareNetwork(network), inputFor(network, [], trips, driving))
  const violations = Object.values(runChecked(run)).flat().length
  return [...rows, never('vehicles on or into each other', violations), never('vehicles that never came through', trips.length - run.result().completed)]
}

function measureTurnOnRed(driving: Driving): Figure[] {
  const ride = (allowed: boolean) => {
    const network = junction({ group: twoStage, turnOnRed: allowed })
    const signal = compiled('x', 300, 0, { ew: [[0, 5]], ns: [[290, 295]] })
    return simulate(prepareNetwork(network), inputFor(network, [signal], flow(network, ['Sin', 'Eout'], 10, 60, 20), driving)).vehicles
  }
  const [allowed, forbidden] = [ride(true), ride(false)]
  const network = junction({ group: twoStage, turnOnRed: true })
  const signal = compiled('x', 90, 0, { ew: [[0, 50]], ns: [[55, 85]] })
  const capacity = [0, 300, 600].map((vph): Figure => {
    const trips = [...flow(network, ['Sin', 'Eout'], 0, UNTIL_S, 2.2), ...(vph > 0 ? poisson(network, ['Win', 'Eout'], vph, UNTIL_S, 1) : [])]
    const run = createRun(prepareNetwork(network), inputFor(network, [signal], trips, { ...driving, stop_at_s: UNTIL_S }))
    const [passages] = watchLines(run, [{ link: 'Sin', at_m: 300, part: 'front' }])
    const onRed = passages!.filter(({ time_s }) => time_s >= FROM_S && time_s % 90 < 55).length
    return { name: `turns on red, ${vph} veh/h from the left`, unit: 'veh/h', value: (onRed * 3600) / (UNTIL_S - FROM_S), digits: 0 }
  })
  return [
    { name: 'stops of a lone turn on red', unit: '', value: mean([...allowed.stops]), digits: 1, target: [1, 1] },
    { name: 'its longest travel time', unit: 's', value: Math.max(...allowed.travel_time_s), digits: 0, target: [30, 80] },
    { name: 'shortest travel time where it is not allowed', unit: 's', value: Math.min(...forbidden.travel_time_s), digits: 0, target: [220, 330] },
    ...capacity,
  ]
}

export const unsignalised: Phenomenon[] = [
  {
    title: 'Two-way priority', compared: false, measure: measurePriority,
    how: 'A lasting queue that yields to Poisson arrivals on the major street, shared equally by its directions; 40 minutes. Without stop signs: drivers yield and need not stop.',
    source: 'HCM 7 chapter 20: gap acceptance with base critical headways and follow-up times of a major street of two lanes. Told, not judged: the HCM\'s drivers stop.',
  },
  {
    title: 'Right before left', compared: true, measure: measureEqual,
    how: 'Four arms of one lane without signs. All arms full; and two vehicles that meet alone. All-way stops are not measured yet.',
    source: 'Capacity of junctions of equal roads and all-way stops of one lane: 900 to 1800 veh/h over all arms (HCM 7 chapter 21).',
  },
  {
    title: 'Roundabout', compared: true, measure: measureRoundabout,
    how: 'One lane, ring of 26 m per quarter. A lasting queue at one entry against Poisson arrivals on the ring; and all twelve ways with 130 veh/h each, which is more than it can carry.',
    source: 'HCM 7 chapter 22: 1380 exp(-0.00102 v) for one lane; told. That nobody touches and all come through is judged.',
  },
  {
    title: 'U-turn', compared: true, measure: measureUTurn,
    how: 'A lasting queue of U-turns from a lane of its own that yields to the opposite side.',
    source: 'HCM 7 chapter 20, U-turns: 6.9 s and 3.1 s; told.',
  },
  {
    title: 'Turn on red', compared: true, measure: measureTurnOnRed,
    how: 'Right turns at a red light where they are allowed and where they are not; turns in 55 s of red of 90 against traffic from the left.',
    source: 'A full stop, then a gap (HCM 7 chapter 31 counts such turns).',
  },
]
