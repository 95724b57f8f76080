// How long the slowest off the corridor wait: the mean of a street hides them.
import type { Seconds } from '../model/units.ts'
import type { RunResult } from '../simulation/index.ts'

/**
 * 95th percentile over all runs of the time stood in the network and before it, s, of vehicles that never drive along the corridor. In: runs with
 * the corridor measured. Undefined where there is no such vehicle.
 */
export function sideWaitP95(runs: readonly RunResult[]): Seconds | undefined {
  const waits = runs.flatMap(({ vehicles, corridor }) => {
    const along = new Set([...corridor.outbound.trip, ...corridor.inbound.trip])
    return Array.from(vehicles.trip).flatMap((trip, i) => (along.has(trip) ? [] : [vehicles.standing_s[i]! + vehicles.insertion_delay_s[i]!]))
  }).sort((a, b) => a - b)
  return waits[Math.ceil(0.95 * waits.length) - 1]
}
