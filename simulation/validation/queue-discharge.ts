// How a queue leaves a signal: saturation flow, start-up, the start wave, room per vehicle, heavy vehicles.
import { PASSENGER_CAR, type VehicleType } from '../../model/demand.ts'
import type { SimulationInput, Trip } from '../input.ts'
import { uniform } from '../kernel/random.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { discharge, type Discharge } from '../testing/measurements.ts'
import { compiled, flow, inputFor, oneLaneSignal } from '../testing/networks.ts'
import { watchLines, watchStarts } from '../testing/tracks.ts'
import { mean, slope, type Driving, type Figure, type Phenomenon } from './figures.ts'

const network = oneLaneSignal()
const prepared = prepareNetwork(network)
const LINE = 700

/** Cycle of 120 s with 60 s of green in the second half, always a queue. HCM field method, rears over the stop line. */
export function saturated(driving: Driving, seeds: readonly number[], types: VehicleType[] = [PASSENGER_CAR], share = 0): Discharge {
  const cycles: Discharge[] = seeds.map((seed) => {
    const trips: Trip[] = flow(network, ['in', 'out'], 0, 3600, 1.8).map((trip, i) => ({ ...trip, type: uniform(seed, i, 0, 902) < share ? 1 : 0 }))
    const input: SimulationInput = inputFor(network, [compiled('x', 120, 0, { g: [[60, 120]] })], trips, { ...driving, seed }, types)
    const [passages] = watchLines(createRun(prepared, input), [{ link: 'in', at_m: LINE, part: 'rear' }])
    return discharge(passages!.map(({ time_s }) => time_s), 120, 60, 60, 5, 5)
  })
  const over = (pick: (d: Discharge) => number): number => mean(cycles.map(pick))
  return {
    saturation_vph: 3600 / over((d) => 3600 / d.saturation_vph),
    startup_lost_s: over((d) => d.startup_lost_s),
    lost_s: over((d) => d.lost_s),
    headways_s: cycles[0]!.headways_s.map((_, i) => over((d) => d.headways_s[i]!)),
  }
}

function measureDischarge(driving: Driving): Figure[] {
  const { saturation_vph, startup_lost_s, headways_s } = saturated(driving, [1, 2])
  const targets: (readonly [number, number] | undefined)[] = [[2.8, 3.8], undefined, undefined, undefined, [1.8, 2.3], [1.8, 2.15]]
  return [
    { name: 'saturation flow', unit: 'veh/h', value: saturation_vph, digits: 0, target: [1750, 1950] },
    { name: 'start-up lost time', unit: 's', value: startup_lost_s, digits: 2, target: [1.5, 2.5] },
    ...headways_s.slice(0, 6).map((value, i): Figure => ({ name: `headway ${i + 1}`, unit: 's', value, digits: 2, ...(targets[i] === undefined ? {} : { target: targets[i]! }) })),
    { name: 'first headway over the sixth', unit: '', value: headways_s[0]! / headways_s[5]!, digits: 2, target: [1.3, 2] },
  ]
}

/** Moving, for the start wave, m/s: one step of the mildest start is faster, creeping in a queue is not. */
const STARTED_MPS = 0.5

function measureStartWave(driving: Driving): Figure[] {
  const runs = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const trips = flow(network, ['in', 'out'], 0, 75, 2.5)
    const run = createRun(prepared, inputFor(network, [compiled('x', 400, 0, { g: [[200, 300]] })], trips, { ...driving, seed }))
    // The first driver answers the light, not a vehicle: left out.
    const starts = watchStarts(run, 0, 200, STARTED_MPS).slice(1, 25)
    return { wave: 3.6 * slope(starts.map(({ time_s }) => time_s), starts.map(({ stood_m }) => stood_m)), spacing: (starts[0]!.stood_m - starts.at(-1)!.stood_m) / (starts.length - 1) }
  })
  return [
    { name: 'start wave', unit: 'km/h', value: mean(runs.map(({ wave }) => wave)), digits: 1, target: [-22, -15] },
    { name: 'length of queue per vehicle', unit: 'm', value: mean(runs.map(({ spacing }) => spacing)), digits: 2, target: [7, 8] },
  ]
}

/** A truck with the acceleration and length of a rigid lorry (12 m, 1.3 m/s2). */
const TRUCK: VehicleType = { ...PASSENGER_CAR, id: 'truck', vehicle_class: 'truck', length_m: 12, accel_mps2: 1.3, decel_mps2: 4, max_speed_mps: 25, speed_factor: 0.95 }

function measureTrucks(driving: Driving): Figure[] {
  const cars = saturated(driving, [1, 2, 3]).saturation_vph
  const share = 0.2
  const mixed = saturated(driving, [1, 2, 3, 4, 5, 6], [PASSENGER_CAR, TRUCK], share).saturation_vph
  return [
    { name: 'saturation flow with a fifth of trucks', unit: 'veh/h', value: mixed, digits: 0 },
    { name: 'passenger car equivalent of a truck', unit: 'cars', value: 1 + (cars / mixed - 1) / share, digits: 2, target: [1.5, 2.2] },
  ]
}

export const queueDischarge: Phenomenon[] = [
  {
    title: 'Discharge of a queue', compared: true, measure: measureDischarge,
    how: 'One lane, 50 km/h, 60 s of green in 120 s, always a queue. Rears over the stop line; saturation headway from the fifth vehicle on.',
    source: 'HCM 7 chapter 31 (field method); base saturation flow 1900 veh/h and start-up lost time 2 s of chapter 19 with their usual spread.',
  },
  {
    title: 'Start wave', compared: true, measure: measureStartWave,
    how: 'A standing queue of 25 at a light that turns green. Times at which vehicles 2 to 25 pass 0.5 m/s against where they stood, least squares, mean of 8 queues.',
    source: 'Field range of waves in queues, 15 to 20 km/h with a margin; 7 to 8 m per car (HCM 7 chapter 31: 25 ft).',
  },
  {
    title: 'Trucks in a queue', compared: true, measure: measureTrucks,
    how: 'The same discharge with every fifth vehicle a truck of 12 m and 1.3 m/s2. Equivalent from the ratio of saturation flows.',
    source: 'HCM 2000 and 2010 take 2.0 cars per heavy vehicle at signals; 1.5 to 2.2 is the range around it.',
  },
]
