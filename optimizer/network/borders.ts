// Streets between areas. Areas whose cycles are equal, half or double keep time all the same: they are one. Where two cycles repeat together
// only after several of each, platoons meet the same few moments again and again: a table over the time after which that happens says what
// it costs beside arrivals by chance. Where they never meet again within ten minutes chance is all there is, and the cost of the street is
// the same whatever the offsets are. Vehicles (veh·h/h), s.
import { modulo } from '../../model/units.ts'
import { type Clock, findGrid } from '../progression/grid.ts'
import type { Approach } from './links.ts'
import { arriving, type NetworkModel, type NetworkState, platoon, sentBy } from './model.ts'
import { costOfShape, shifted, tiled, total } from './tables.ts'

/** What a street between two areas costs beside even arrivals: cost[φ], φ = (offset[to] − offset[from]) mod period. */
export interface BorderTable {
  from: number
  to: number
  /** Whole seconds: the differences of the offsets of two signals repeat after it, the greatest common divisor of both cycles. */
  period_s: number
  cost: Float64Array
}

export interface Borders {
  tables: BorderTable[]
  /** Streets whose two ends have no time in common: signals by themselves, or cycles that don't meet again. */
  by_chance: number
}

const RATIOS = [0.5, 1, 2]
const TOLERANCE = 1e-6

/**
 * In: streets as pairs of signals, each signal's cycle and area (negative: keeps time with nobody). Out: areas in which those that have a street
 * between them and cycles as 1:1, 1:2 or 2:1 are one, by the lowest of their numbers. The cycle of an area is its longest.
 */
export function joinAreas(streets: Iterable<readonly [number, number]>, cycles_s: readonly number[], areas: readonly number[]): number[] {
  const longest = new Map<number, number>()
  areas.forEach((area, i) => longest.set(area, Math.max(longest.get(area) ?? 0, cycles_s[i] as number)))
  const joined = new Map([...longest.keys()].map((area) => [area, area]))
  for (const [u, v] of streets) {
    const [a, b] = [areas[u] as number, areas[v] as number]
    if (a < 0 || b < 0 || joined.get(a) === joined.get(b) || !isRatio((longest.get(a) as number) / (longest.get(b) as number))) continue
    const [least, other] = [joined.get(a) as number, joined.get(b) as number].sort((x, y) => x - y) as [number, number]
    for (const [area, of] of joined) if (of === other) joined.set(area, least)
  }
  return areas.map((area) => joined.get(area) as number)
}

const isRatio = (ratio: number): boolean => RATIOS.some((own) => Math.abs(ratio - own) < TOLERANCE)

/** Tables of all streets between areas of a state. All else that comes to a stop line comes as in the state; by other borders, evenly. */
export function borderTables(model: NetworkModel, state: NetworkState): Borders {
  const tables: BorderTable[] = []
  let by_chance = 0
  for (const approach of model.layout.approaches) {
    const { signal: to } = approach
    for (const from of new Set(approach.streams.map(({ signal }) => signal))) {
      if (from === to || state.clocks[from]?.row === state.clocks[to]?.row) continue
      const common = commonClock(state, from, to)
      if (common === undefined) by_chance += 1
      else tables.push(borderTable(model, state, approach, from, common))
    }
  }
  return { tables, by_chance }
}

/** On which both ends repeat, in steps of one second; undefined where one keeps no time with others or their cycles don't meet again. */
function commonClock(state: NetworkState, from: number, to: number): Clock | undefined {
  const [a, b] = [state.clocks[from] as Clock, state.clocks[to] as Clock]
  if ((state.areas[from] as number) < 0 || (state.areas[to] as number) < 0 || ![a, b].every(({ step_s }) => Math.abs(step_s - 1) < TOLERANCE)) return undefined
  const grid = findGrid([a.cycle_s, b.cycle_s])
  return grid === undefined || Math.abs(grid.step_s - 1) >= TOLERANCE ? undefined : { cycle_s: grid.cycle_s, steps: grid.steps, step_s: 1, row: b.row, repeats: grid.repeats[1] as number }
}

function borderTable(model: NetworkModel, state: NetworkState, approach: Approach, from: number, common: Clock): BorderTable {
  const { signal: to } = approach
  const clock = state.clocks[to] as Clock
  const offset = (i: number): number => state.compiled[i]?.offset_s as number
  const own = new Float64Array(clock.steps).fill(approach.extra * clock.step_s)
  const evenly = new Float64Array(common.steps)
  const flow = new Float64Array(common.steps)
  for (const stream of approach.streams) {
    if (stream.signal !== from) add(own, arriving(state, stream, clock, offset(stream.signal) - offset(to)), approach.scale)
    else {
      add(flow, platoon(tiled(sentBy(state.passages, stream), common.steps), stream, common, offset(from) - offset(to)), approach.scale)
      add(evenly, arriving(state, stream, common, 0), approach.scale)
    }
  }
  const others = tiled(own, common.steps)
  const cost = costOfShape(model, state, approach, common)
  const chance = cost(total([others, evenly]))
  const period_s = divisor(Math.round(state.clocks[from]?.cycle_s as number), Math.round(clock.cycle_s))
  const at = offset(to) - offset(from)
  // Later by a cycle of either end changes nothing: platoons, or greens and all else that comes, are the same then.
  return { from, to, period_s, cost: Float64Array.from({ length: period_s }, (_, phi) => cost(shifted(others, flow, Math.round(at - phi))) - chance) }
}

function add(into: Float64Array, values: Float64Array, scale: number): void {
  for (let t = 0; t < into.length; t++) into[t] = (into[t] as number) + (values[t] as number) * scale
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, modulo(a, b)))
