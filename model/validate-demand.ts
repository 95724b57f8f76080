// What must hold for demand: volumes of known movements, routes over known links, columns of one length.
import { GreenwaveError } from './errors.ts'
import type { Demand, VehicleDeparture } from './demand.ts'
import type { Network } from './network.ts'

function requireNumber(value: number, what: string, least: number, file: string, element: string): void {
  if (!Number.isFinite(value) || value < least) {
    throw new GreenwaveError('input.value', `${what} is ${value}; it must be a number of at least ${least}`, { file, element })
  }
}

function validateDeparture({ speed_mps, lane }: VehicleDeparture, file: string, element: string): void {
  if (speed_mps !== 'max') requireNumber(speed_mps, 'speed_mps', 0, file, element)
  if (lane !== 'first' && lane !== 'best' && !(Number.isInteger(lane) && lane >= 0)) {
    throw new GreenwaveError('input.value', `lane is "${lane}"; it must be a lane number, "first" or "best"`, { file, element })
  }
}

/** Throws a GreenwaveError that names the element and the value; returns the demand unchanged. */
export function validateDemand(network: Network, demand: Demand, file = 'demand.json'): Demand {
  const movements = new Set(network.movements.map(({ id }) => id))
  const links = new Set(network.links.map(({ id }) => id))
  for (const { movement, volume_vph } of demand.volumes) {
    const element = `volumes of movement "${movement}"`
    if (!movements.has(movement)) throw new GreenwaveError('input.reference', `movement "${movement}" does not exist`, { file, element })
    if (volume_vph.length !== demand.intervals.length) {
      throw new GreenwaveError('input.value', `${volume_vph.length} values for ${demand.intervals.length} intervals`, { file, element })
    }
    for (const value of volume_vph) if (value !== null) requireNumber(value, 'volume_vph', 0, file, element)
  }
  for (const interval of demand.intervals) {
    if (!(interval.end_s > interval.start_s)) {
      throw new GreenwaveError('input.value', `it ends at ${interval.end_s} s and starts at ${interval.start_s} s`, { file, element: `interval "${interval.id}"` })
    }
  }
  for (const type of demand.vehicle_types) {
    for (const [what, value] of [['length_m', type.length_m], ['accel_mps2', type.accel_mps2], ['decel_mps2', type.decel_mps2], ['max_speed_mps', type.max_speed_mps]] as const) {
      requireNumber(value, what, 1e-3, file, `vehicle type "${type.id}"`)
    }
  }
  for (const route of demand.routes) {
    for (const link of route.links) {
      if (!links.has(link)) throw new GreenwaveError('input.reference', `link "${link}" does not exist`, { file, element: `route "${route.id}"` })
    }
  }
  const { depart_s, route, type, departures = [], departure } = demand.vehicles
  departures.forEach((entry, i) => validateDeparture(entry, file, `departure ${i}`))
  if (departure !== undefined && departure.length !== depart_s.length) {
    throw new GreenwaveError('input.value', `the column departure has ${departure.length} entries for ${depart_s.length} vehicles`, { file, element: 'vehicles' })
  }
  if (route.length !== depart_s.length || type.length !== depart_s.length) {
    throw new GreenwaveError('input.value', `the vehicle columns have ${depart_s.length}, ${route.length} and ${type.length} entries`, { file, element: 'vehicles' })
  }
  for (let i = 0; i < depart_s.length; i++) {
    const element = `vehicle ${demand.vehicles.source_id?.[i] ?? i}`
    requireNumber(depart_s[i] as number, 'depart_s', 0, file, element)
    if (demand.routes[route[i] as number] === undefined) throw new GreenwaveError('input.reference', `route ${route[i]} does not exist`, { file, element })
    if (departure !== undefined && departures[departure[i] as number] === undefined) throw new GreenwaveError('input.reference', `departure ${departure[i]} does not exist`, { file, element })
    if (demand.vehicle_types[type[i] as number] === undefined) throw new GreenwaveError('input.reference', `vehicle type ${type[i]} does not exist`, { file, element })
  }
  return demand
}
