// Can trips be drawn from this demand? Once per workload, before anything is balanced or drawn.
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Network } from '../../model/network.ts'
import { validateDemand } from '../../model/validate-demand.ts'
import { requireWithin } from './values.ts'

/** More than a motorway of twenty lanes carries: a mistake of units that would fill the memory with vehicles. */
const LARGEST_VPH = 50_000
const LARGEST_GROWTH = 100
/** Demand is held for a week at most. */
const LONGEST_S = 7 * 86_400

/** Throws input.value or input.reference, naming the movement, vehicle, type or interval and the value. */
export function checkDemand(network: Network, demand: Demand, from_s: number, until_s: number, growth: number): void {
  if (!(growth >= 0 && growth <= LARGEST_GROWTH)) throw new GreenwaveError('input.value', `the growth is ${growth}; it must be a number of at least 0 and at most ${LARGEST_GROWTH}`)
  requireWithin(from_s, -1e9, 1e9, 'the demand', 'a start at', 's')
  requireWithin(until_s, from_s, from_s + LONGEST_S, 'the demand', 'an end at', 's')
  validateDemand(network, demand, 'demand')
  for (const { movement, volume_vph } of demand.volumes) {
    for (const value of volume_vph) if (value !== null) requireWithin(value, 0, LARGEST_VPH, `movement ${movement}`, 'a volume of', 'veh/h')
  }
  for (const { id, start_s, end_s } of demand.intervals) {
    requireWithin(start_s, -1e9, 1e9, `interval ${id}`, 'a start at', 's')
    requireWithin(end_s, -1e9, 1e9, `interval ${id}`, 'an end at', 's')
  }
  for (const { id, share } of demand.vehicle_types) requireWithin(share, 0, Number.MAX_VALUE, `vehicle type ${id}`, 'a share of')
}
