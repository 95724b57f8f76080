// How long the slowest off the corridor lose: the mean of a street hides them.
import type { Seconds } from '../model/units.ts'
import type { RunResult } from '../simulation/index.ts'

/**
 * 95th percentile over all runs of delay and waiting to enter, s, of vehicles that never drive along the corridor. In: runs with the corridor
 * measured. Undefined where there is no such vehicle.
 */
export function sideDelayP95(runs: readonly RunResult[]): Seconds | undefined {
  const delays = runs.flatMap(({ vehicles, corridor }) => {
    const along = new Set([...corridor.outbound.trip, ...corridor.inbound.trip])
    return Array.from(vehicles.trip).flatMap((trip, i) => (along.has(trip) ? [] : [vehicles.delay_s[i]! + vehicles.insertion_delay_s[i]!]))
  }).sort((a, b) => a - b)
  return delays[Math.ceil(0.95 * delays.length) - 1]
}
