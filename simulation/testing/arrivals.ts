// Vehicles that arrive by chance or in a queue, for measurements.
import type { Network } from '../../model/network.ts'
import type { Trip } from '../input.ts'
import { uniform } from '../kernel/random.ts'

/** Draws of tests; those of the kernel and of demand are below 200. */
const ARRIVAL = 900
const TYPE = 901

/** Poisson arrivals of `vph` in [0, until_s) along named links; `types` gives the shares of vehicle types 0, 1, ... */
export function poisson(network: Network, links: readonly string[], vph: number, until_s: number, seed: number, extra: Partial<Trip> = {}, types: readonly number[] = [1]): Trip[] {
  const route = links.map((id) => network.links.findIndex((link) => link.id === id))
  const stream = seed * 64 + route[0]! * 7 + route.at(-1)!
  const trips: Trip[] = []
  let t = 0
  for (let i = 0; ; i++) {
    t += (-Math.log(1 - uniform(stream, i, 0, ARRIVAL)) * 3600) / vph
    if (t >= until_s) return trips
    trips.push({ depart_s: t, links: route, type: drawType(uniform(stream, i, 0, TYPE), types), ...extra })
  }
}

function drawType(u: number, shares: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < shares.length; i++) {
    sum += shares[i]!
    if (u < sum) return i
  }
  return shares.length - 1
}
