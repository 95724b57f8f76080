// How platoons spread on their way, and how flow, density and speed go together on a road without junctions.
import { PASSENGER_CAR, type VehicleType } from '../../model/demand.ts'
import type { Trip } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { compiled, flow, inputFor, NetworkBuilder, SPEED_50 } from '../testing/networks.ts'
import { watchLines } from '../testing/tracks.ts'
import { mean, slope, type Driving, type Figure, type Phenomenon } from './figures.ts'

/** Robertson's share of the mean travel time at which the platoon's front arrives. */
const BETA = 0.8
/** Behind the stop line, where the platoon is taken as it leaves, m: at speed, so that what spreads it is the way. */
const FROM_M = 60
const DISTANCES_M = [200, 400, 600, 800] as const
const CYCLE_S = 150
const BINS = 150

interface Platoon {
  /** Vehicles a second by second since the green. */
  profile: number[]
  meanTime_s: number
  variance_s2: number
}

/** Profiles of saturated platoons of 30 s of green on a road of `lanes` lanes, at the start and at each distance. */
function platoons(driving: Driving, lanes: number): Platoon[] {
  const builder = new NetworkBuilder()
    .link({ id: 'in', from: 'a', to: 'x', length: 300, lanes })
    .link({ id: 'out', from: 'x', to: 'b', length: FROM_M + DISTANCES_M.at(-1)! + 60, lanes })
  for (let lane = 0; lane < lanes; lane++) builder.connect({ from: 'in', to: 'out', lane: [lane, lane], signal: 'x', groups: [['g', 'protected']] })
  const network = builder.build()
  const prepared = prepareNetwork(network)
  const times: number[][] = [0, ...DISTANCES_M].map(() => [])
  for (const seed of [1, 2]) {
    const trips = flow(network, ['in', 'out'], 0, 3600, 4 / lanes)
    const run = createRun(prepared, inputFor(network, [compiled('x', CYCLE_S, 0, { g: [[100, 130]] })], trips, { ...driving, seed, stop_at_s: 3600 }))
    const lines = [0, ...DISTANCES_M].map((d) => ({ link: 'out', at_m: FROM_M + d, part: 'front' as const }))
    const passages = watchLines(run, lines)
    const greenOf = new Map(passages[0]!.map(({ vehicle, time_s }) => [vehicle, 100 + CYCLE_S * Math.floor((time_s - 100) / CYCLE_S)]))
    // Cycles whose platoon has come through at all lines.
    const whole = new Set(passages.at(-1)!.map(({ vehicle }) => vehicle))
    passages.forEach((list, i) => {
      for (const { vehicle, time_s } of list) if (whole.has(vehicle) && greenOf.get(vehicle)! > 300) times[i]!.push(time_s - greenOf.get(vehicle)!)
    })
  }
  return times.map((list) => {
    const profile = Array.from({ length: BINS }, () => 0)
    for (const t of list) if (t < BINS) profile[Math.floor(t)]! += 1 / list.length
    const meanTime_s = mean(list)
    return { profile, meanTime_s, variance_s2: mean(list.map((t) => (t - meanTime_s) ** 2)) }
  })
}

/** Robertson 1969: q(t + beta T) = F q0(t) + (1 - F) q(t + beta T - 1), F = 1 / (1 + alpha beta T). */
function disperse(profile: readonly number[], alpha: number, travel_s: number): number[] {
  const shift = BETA * travel_s
  const share = 1 / (1 + alpha * BETA * travel_s)
  const out: number[] = []
  const at = (t: number): number => {
    const i = Math.floor(t)
    return (profile[i] ?? 0) * (1 - (t - i)) + (profile[i + 1] ?? 0) * (t - i)
  }
  for (let t = 0; t < BINS; t++) out.push(share * at(t - shift) + (1 - share) * (out[t - 1] ?? 0))
  return out
}

/** The alpha in 0.01 to 1.2 whose profile lies nearest by least squares. */
function fitAlpha(from: Platoon, to: Platoon): number {
  const travel = to.meanTime_s - from.meanTime_s
  let [best, least] = [0, Infinity]
  for (let alpha = 0.01; alpha <= 1.2; alpha += 0.01) {
    const error = disperse(from.profile, alpha, travel).reduce((sum, q, i) => sum + (q - to.profile[i]!) ** 2, 0)
    if (error < least) [best, least] = [alpha, error]
  }
  return best
}

/** The alpha whose recursion adds as much variance as was added: (1 - F) / F^2 per second squared. 0 where nothing spread. */
function alphaOfSpread(from: Platoon, to: Platoon): number {
  const added = Math.max(0, to.variance_s2 - from.variance_s2)
  return (Math.sqrt(1 + 4 * added) - 1) / 2 / (BETA * (to.meanTime_s - from.meanTime_s))
}

/** What the fit says of a platoon that has kept its shape: the fixed beta alone asks for some alpha. */
function alphaOfRigid(from: Platoon, travel_s: number): number {
  const profile = from.profile.map((_, t) => from.profile[t - Math.round(travel_s)] ?? 0)
  return fitAlpha(from, { ...from, profile, meanTime_s: from.meanTime_s + Math.round(travel_s) })
}

function measureDispersion(driving: Driving): Figure[] {
  return [2, 1].flatMap((lanes) => {
    const [start, ...later] = platoons(driving, lanes)
    const road = lanes === 1 ? '1 lane' : `${lanes} lanes`
    const rows = later.map((platoon, i): Figure => ({
      name: `alpha, ${DISTANCES_M[i]} m, ${road}`, unit: '', value: fitAlpha(start!, platoon), digits: 2, ...(lanes > 1 ? { target: [0.2, 0.5] as const } : {}),
    }))
    if (lanes === 1) return rows
    const middle = later[1]!
    return [
      ...rows,
      ...later.map((platoon, i): Figure => ({ name: `alpha by the spread of times, ${DISTANCES_M[i]} m, ${road}`, unit: '', value: alphaOfSpread(start!, platoon), digits: 2 })),
      { name: `alpha that the fit would say of a platoon that does not spread, ${DISTANCES_M[1]} m`, unit: '', value: alphaOfRigid(start!, middle.meanTime_s - start!.meanTime_s), digits: 2 },
    ]
  })
}

const RING_M = 1000
/** All drivers alike, so that theory has one answer. */
const SAME: VehicleType = { ...PASSENGER_CAR, speed_deviation: 0 }

/** When the lights of the ring turn green for good, and the quarter of an hour after. */
const [RELEASE_S, FROM_S, UNTIL_S] = [300, 900, 1200]

/** Vehicles an hour and lane on a ring of 1 km with `n` vehicles. They come in behind two red lights and are let go together. */
function ringFlow(driving: Driving, n: number): number {
  const network = new NetworkBuilder()
    .link({ id: 'r0', from: 'a', to: 'b', length: RING_M / 2 - 1 })
    .link({ id: 'r1', from: 'b', to: 'a', length: RING_M / 2 - 1 })
    .connect({ from: 'r0', to: 'r1', lane: [0, 0], length: 1, signal: 'b', groups: [['g', 'protected']] })
    .connect({ from: 'r1', to: 'r0', lane: [0, 0], length: 1, signal: 'a', groups: [['g', 'protected']] })
    .build()
  const laps = 20
  const routes = [0, 1].map((first) => Array.from({ length: 2 * laps }, (_, i) => (first + i) % 2))
  const trips: Trip[] = Array.from({ length: n }, (_, i) => ({ depart_s: 0, links: routes[i % 2]!, type: 0 }))
  const signals = ['a', 'b'].map((id) => compiled(id, 10_000, 0, { g: [[RELEASE_S, 9000]] }))
  const run = createRun(prepareNetwork(network), inputFor(network, signals, trips, { ...driving, stop_at_s: UNTIL_S, gridlock_after_s: 1000 }, [SAME]))
  const driven = (): number => run.world.odo.reduce((sum, x) => sum + x, 0)
  let [from, at] = [0, 0]
  while (run.world.now < UNTIL_S && run.step()) if (run.world.now <= FROM_S) [from, at] = [driven(), run.world.now]
  if (run.result().inside !== n) return NaN
  return ((driven() - from) / RING_M / (run.world.now - at)) * 3600
}

/** Flow of identical IDM drivers in equilibrium at speed v (Treiber, Hennecke and Helbing 2000, equation 12), veh/h, and the density, veh/km. */
function idmEquilibrium(v: number): { flow: number; density: number } {
  const gap = (SAME.min_gap_m + v * SAME.headway_s) / Math.sqrt(1 - (v / SPEED_50) ** 4)
  return { flow: (3600 * v) / (gap + SAME.length_m), density: 1000 / (gap + SAME.length_m) }
}

function idmFlowAt(density: number): number {
  let [low, high] = [0, SPEED_50 - 1e-9]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (idmEquilibrium(middle).density > density) low = middle
    else high = middle
  }
  return idmEquilibrium(low).flow
}

/** Up to here all keep moving; a denser ring, which starts from standstill, keeps its stop-and-go waves, veh/km. */
const DENSEST_FLOW = 60
const STOP_AND_GO = 100

function measureDiagram(driving: Driving): Figure[] {
  const densities = [10, 20, 25, 30, 35, 40, 45, 50, 60, 80, 100, 120]
  const flows = densities.map((density) => ringFlow(driving, density))
  const capacity = Math.max(...flows)
  const critical = densities[flows.indexOf(capacity)]!
  const congested = densities.filter((density) => density >= 60)
  const wave = slope(congested, flows.slice(-congested.length))
  const jam = 120 - flows.at(-1)! / wave
  const judged = driving.model === 'idm'
  // Denser, drivers stop and go: the rule for starting behind another is no part of the equilibrium.
  const worst = Math.max(...densities.map((density, i) => (density > DENSEST_FLOW ? 0 : Math.abs(flows[i]! / idmFlowAt(density) - 1))))
  return [
    { name: 'capacity', unit: 'veh/h and lane', value: capacity, digits: 0, target: [1800, 2400] },
    { name: 'critical density', unit: 'veh/km', value: critical, digits: 0, target: [25, 60] },
    { name: 'jam density', unit: 'veh/km', value: jam, digits: 0, target: [125, 145] },
    { name: 'wave of congestion', unit: 'km/h', value: wave, digits: 1, target: [-28, -15] },
    { name: 'free speed at 10 veh/km', unit: 'km/h', value: flows[0]! / 10, digits: 1, target: [45, 51] },
    ...(judged ? [{ name: `largest difference from the equilibrium of the IDM, to ${DENSEST_FLOW} veh/km`, unit: '%', value: 100 * worst, digits: 1, target: [0, 5] as const }, { name: `flow over that equilibrium in stop and go, ${STOP_AND_GO} veh/km`, unit: '', value: flows[densities.indexOf(STOP_AND_GO)]! / idmFlowAt(STOP_AND_GO), digits: 2 }] : []),
  ]
}

export const platoonsAndFlow: Phenomenon[] = [
  {
    title: 'Dispersion of platoons', compared: true, measure: measureDispersion,
    how: `Queues that leave in 30 s of green, 50 km/h. Profiles of a second, ${FROM_M} m behind the stop line and at each distance from there; Robertson's recursion with beta ${BETA}, alpha by least squares. Because beta is fixed, the fit asks for some alpha even where nothing spreads (last row of 2 lanes); the variance of the times tells spreading alone.`,
    source: 'Robertson 1969 (TRANSYT); alpha 0.2 to 0.5 in streets, 0.35 the usual value.',
  },
  {
    title: 'Fundamental diagram', compared: true, measure: measureDiagram,
    how: 'A ring of 1 km and one lane with 10 to 120 identical vehicles that start together from two queues; flow of minutes 10 to 15 after. Wave and jam density from the line through the congested branch.',
    source: 'IDM equilibrium, Treiber, Hennecke and Helbing 2000; ranges of flow and density of a lane at 50 km/h.',
  },
]
