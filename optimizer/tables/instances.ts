/**
 * Offset tables from seeds, for benchmarks and tests: two-way streets whose costs are delays of platoons at a vertical queue
 * (Robertson's dispersion, uniform delay). `easy`: platoons spread and the two directions differ in flow. `hard`: platoons stay
 * together and both directions weigh the same, so that what is best for one is bad for the other and loops contradict each other.
 */
import { mulberry32 } from '../bands/instances/random.ts'
import type { OffsetTables, TableEdge } from './problem.ts'

export type Family = 'easy' | 'hard'
type Random = () => number

export function gridTables(rows: number, columns: number, cycle_s: number, family: Family, seed: number, without = 0): OffsetTables {
  const random = mulberry32(seed * 7919 + rows * 131 + columns)
  const signals = Array.from({ length: rows * columns }, () => drawSignal(random))
  const edges: TableEdge[] = []
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const here = r * columns + c
      if (c + 1 < columns) edges.push(...street(here, here + 1, signals, 0, cycle_s, family, random))
      if (r + 1 < rows) edges.push(...street(here, here + columns, signals, 1, cycle_s, family, random))
    }
  }
  return { cycle_s, nodes: rows * columns, edges: leaveOut(edges, without, random) }
}

/** Signals at random places, each joined to its nearest neighbours: loops of three to many signals, dead ends, crossings. */
export function irregularTables(nodes: number, cycle_s: number, family: Family, seed: number): OffsetTables {
  const random = mulberry32(seed * 104729 + nodes)
  const places = Array.from({ length: nodes }, () => [random(), random()] as const)
  const signals = places.map(() => drawSignal(random))
  const joined = new Set<number>()
  const edges: TableEdge[] = []
  for (const [u, [x, y]] of places.entries()) {
    const near = places.map(([a, b], v) => ({ v, d: (a - x) ** 2 + (b - y) ** 2 })).filter(({ v }) => v !== u).sort((p, q) => p.d - q.d)
    const wanted = 2 + (random() < 0.5 ? 1 : 0)
    for (const { v } of near.slice(0, wanted)) {
      const key = Math.min(u, v) * nodes + Math.max(u, v)
      if (joined.has(key)) continue
      joined.add(key)
      const [a, b] = places[v]!
      edges.push(...street(u, v, signals, Math.abs(a - x) > Math.abs(b - y) ? 0 : 1, cycle_s, family, random))
    }
  }
  return { cycle_s, nodes, edges }
}

interface Signal {
  /** Share of the cycle that is green along x; the rest, less 10 %, along y. */
  readonly green: number
}

const drawSignal = (random: Random): Signal => ({ green: 0.35 + 0.2 * random() })

function leaveOut(edges: readonly TableEdge[], share: number, random: Random): TableEdge[] {
  const kept: TableEdge[] = []
  for (let k = 0; k < edges.length; k += 2) if (share === 0 || random() >= share) kept.push(edges[k]!, edges[k + 1]!)
  return kept
}

/** Both directions; axis 0 along x, 1 along y, whose green follows that of x. */
function street(u: number, v: number, signals: readonly Signal[], axis: 0 | 1, C: number, family: Family, random: Random): [TableEdge, TableEdge] {
  const travel_s = (150 + 350 * random()) / 13.9
  const forth_veh_h = 500 + 400 * random()
  const back_veh_h = family === 'hard' ? forth_veh_h : 200 + 300 * random()
  const window = (k: number): { start: number; length: number } => {
    const { green } = signals[k]!
    return axis === 0 ? { start: 0, length: green * C } : { start: (green + 0.05) * C, length: (0.9 - green) * C }
  }
  const dispersion = family === 'hard' ? 0 : 0.35
  return [
    { from: u, to: v, cost: delays(window(u), window(v), travel_s, forth_veh_h, C, dispersion) },
    { from: v, to: u, cost: delays(window(v), window(u), travel_s, back_veh_h, C, dispersion) },
  ]
}

interface Window {
  readonly start: number
  readonly length: number
}

const SATURATION_VEH_S = 0.5

/** Vehicle seconds of waiting in an hour, for each difference of the offsets. */
function delays(upstream: Window, downstream: Window, travel_s: number, flow_veh_h: number, C: number, dispersion: number): Float64Array {
  const arrivals = disperse(departures(upstream, flow_veh_h, C), travel_s, dispersion)
  const table = new Float64Array(C)
  for (let φ = 0; φ < C; φ++) {
    let queue = 0
    let waited = 0
    for (let second = 0; second < 3 * C; second++) {
      const local = (((second - φ - downstream.start) % C) + C) % C
      const green = Math.max(0, Math.min(1, downstream.length - local))
      queue = Math.max(0, queue + arrivals[second % C]! - SATURATION_VEH_S * green)
      if (second >= 2 * C) waited += queue
    }
    table[φ] = (waited * 3600) / C / 60
  }
  return table
}

/** A queue that leaves at saturation, then what arrives during green: vehicles in each second of the cycle. */
function departures({ start, length }: Window, flow_veh_h: number, C: number): Float64Array {
  const flow = Math.min(flow_veh_h / 3600, (0.92 * SATURATION_VEH_S * length) / C)
  const left = new Float64Array(C)
  let queue = flow * (C - length)
  for (let k = 0; k < length; k++) {
    const out = Math.min(queue + flow, SATURATION_VEH_S)
    queue += flow - out
    left[Math.floor(start + k) % C]! += out
  }
  return left
}

/** Robertson: smoothed with F = 1/(1 + αβT) after βT, β = 0.8, until it repeats. */
function disperse(profile: Float64Array, travel_s: number, alpha: number): Float64Array {
  const C = profile.length
  const late = Math.round(alpha === 0 ? travel_s : 0.8 * travel_s)
  const share = 1 / (1 + alpha * 0.8 * travel_s)
  const out = new Float64Array(C)
  let last = 0
  for (let k = 0; k < 6 * C; k++) out[(k + late) % C] = last = share * profile[k % C]! + (1 - share) * last
  return out
}
