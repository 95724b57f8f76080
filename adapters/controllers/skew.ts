// How far the clock of a controller is from ours. It tells whole seconds, so that several readings a fraction apart close in on the rest.
import type { Instant, Seconds } from '../../model/units.ts'
import type { DriverContext } from '../../plans/ports/controllers.ts'

const READINGS = 5
const STEP_S = 0.25

/** Controller less ours; undefined where it does not tell. `tell` asks it for its time, cut to whole seconds. */
export async function skewOf(tell: () => Promise<Instant | undefined>, { now, wait }: Pick<DriverContext, 'now' | 'wait'>, signal: AbortSignal): Promise<Seconds | undefined> {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let i = 0; i < READINGS; i++) {
    const before = now()
    const told = await tell()
    const after = now()
    if (told === undefined) return undefined
    // Its true time lies in [told, told + 1) at some instant between the two.
    low = Math.max(low, told - after)
    high = Math.min(high, told + 1 - before)
    if (i < READINGS - 1) await wait(STEP_S, signal)
  }
  return (low + high) / 2
}
