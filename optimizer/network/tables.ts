// What each street between two coordinated signals costs at every difference of their offsets, one second by one second, with
// the platoons that leave under a given plan: the pairwise model of Hillier and MITROP. Vehicles (veh·h/h).
import { modulo } from '../../model/units.ts'
import type { Clock } from '../progression/grid.ts'
import { pass, type ServedGroup } from '../progression/served-group.ts'
import type { Approach } from './links.ts'
import { arriving, comingShare, filterOf, type NetworkModel, type NetworkState } from './model.ts'

/** As of optimizer/tables: cost[φ] at φ = (offset[to] − offset[from]) mod cycle. */
export interface StreetTable {
  from: number
  to: number
  cost: Float64Array
}

/**
 * Tables between signals of an area, by their index at the model. Seconds between multiples of `stride` are interpolated. Where platoons of
 * several signals meet at one stop line, the others keep the offsets they have and each table holds its part, so that under the offsets of
 * the state all tables of a stop line together are what it costs.
 */
export function streetTables(model: NetworkModel, state: NetworkState, area: number, stride = 1): StreetTable[] {
  return model.layout.approaches.flatMap((approach) => (state.areas[approach.signal] === area ? tablesOf(model, state, approach, stride) : []))
}

function tablesOf(model: NetworkModel, state: NetworkState, approach: Approach, stride: number): StreetTable[] {
  const { signal: to } = approach
  const clock = state.clocks[to] as Clock
  const senders = [...new Set(approach.streams.map(({ signal }) => signal))].filter((from) => from !== to && (state.clocks[from] as Clock).row === clock.row)
  if (senders.length === 0) return []
  const offset = (i: number): number => state.compiled[i]?.offset_s as number
  const evenly = new Float64Array(clock.steps).fill(approach.extra * clock.step_s)
  const now = new Map<number, Float64Array>()
  for (const stream of approach.streams) {
    const flow = arriving(state, stream, clock, offset(stream.signal) - offset(to))
    const sum = senders.includes(stream.signal) ? now.get(stream.signal) ?? new Float64Array(clock.steps) : evenly
    for (let t = 0; t < flow.length; t++) sum[t] = (sum[t] as number) + (flow[t] as number) * approach.scale
    if (sum !== evenly) now.set(stream.signal, sum)
  }
  const cost = costOfShape(model, state, approach, clock)
  const whole = senders.length === 1 ? 0 : cost(total([evenly, ...now.values()]))
  return senders.map((from) => {
    const others = total([evenly, ...senders.filter((other) => other !== from).map((other) => now.get(other) as Float64Array)])
    const flow = now.get(from) as Float64Array
    const at = offset(to) - offset(from)
    // Later by φ at this signal is earlier by φ in its own clock.
    const values = sampled(clock, stride, (phi) => cost(shifted(others, flow, Math.round((at - phi) / clock.step_s))))
    const rest = whole * (1 - 1 / senders.length)
    return { from, to, cost: values.map((value) => value - rest) }
  })
}

/** In: a function of whole seconds. Out: its values over the cycle. */
export function sampled({ cycle_s }: Clock, stride: number, of: (phi: number) => number): Float64Array {
  const C = Math.round(cycle_s)
  const values = new Float64Array(C)
  let last = 0
  values[0] = of(0)
  for (let phi = Math.min(stride, C); last < C; phi = Math.min(phi + stride, C)) {
    const [a, b] = [values[last] as number, phi === C ? (values[0] as number) : of(phi)]
    for (let k = last + 1; k <= phi && k < C; k++) values[k] = a + ((b - a) * (k - last)) / (phi - last)
    last = phi
  }
  return values
}

/** What those who come to a stop line cost there by when they come, on the signal's own clock or one that is a multiple of it. */
export function costOfShape(model: NetworkModel, state: NetworkState, approach: Approach, clock: Clock): (shape: Float64Array) => number {
  const share = comingShare(state, approach)
  const filter = filterOf(state.served, approach)
  const groups = approach.groups.map((g) => servedOn(clock, state.served[approach.signal]?.[g] as ServedGroup))
  return (shape) => {
    let sum = 0
    groups.forEach((served, k) => {
      if (served.group.volume_vph <= 0) return
      const passage = pass(served, shape, (served.group.volume_vph / 3600) * clock.cycle_s * share, filter, clock.step_s)
      sum += model.costOf(served, passage, approach.storage[k] as number, clock)
    })
    return sum
  }
}

function servedOn({ steps }: Clock, served: ServedGroup): ServedGroup {
  const times = steps / served.service.length
  return times === 1 ? served : { ...served, service: tiled(served.service, steps), green: tiled(served.green, steps), capacity_veh: times * served.capacity_veh }
}

/** Again and again over so many steps. */
export const tiled = (own: Float64Array, steps: number): Float64Array => Float64Array.from({ length: steps }, (_, t) => own[t % own.length] as number)

export function total(flows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array((flows[0] as Float64Array).length)
  for (const flow of flows) for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] as number) + (flow[t] as number)
  return sum
}

/** Others as they are, and a flow that is later by so many steps. */
export function shifted(others: Float64Array, flow: Float64Array, steps: number): Float64Array {
  const into = Float64Array.from(others)
  const n = flow.length
  for (let t = 0, at = modulo(steps, n); t < n; t++, at = at + 1 === n ? 0 : at + 1) into[at] = (into[at] as number) + (flow[t] as number)
  return into
}
