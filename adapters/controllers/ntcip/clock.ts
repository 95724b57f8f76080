// How far the clock of a controller is from ours. It tells whole seconds, so that several readings a fraction apart close in on the rest.
import type { Seconds } from '../../../model/units.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { SCALAR } from './objects.ts'
import type { SnmpSession } from './session.ts'

const READINGS = 5
const STEP_S = 0.25
/** Two readings of whole seconds differ by one where a second begins between them. */
const ZONE_TOLERANCE_S = 2

/** Controller less ours; undefined where it does not tell. A wrong time zone counts: coordination rests on local time. */
export async function readSkew(session: SnmpSession, context: DriverContext, signal: AbortSignal): Promise<Seconds | undefined> {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  let zone = 0
  for (let i = 0; i < READINGS; i++) {
    const before = context.now()
    const found = await session.read([SCALAR.globalTime, SCALAR.localTime], signal)
    const after = context.now()
    const told = Number(found.get(SCALAR.globalTime) ?? Number.NaN)
    if (Number.isNaN(told)) return undefined
    // Its true time lies in [told, told + 1) at some instant between the two.
    low = Math.max(low, told - after)
    high = Math.min(high, told + 1 - before)
    const local = found.get(SCALAR.localTime)
    if (local !== undefined) zone = Number(local) - told - new LocalTime(context.time_zone).offset(told)
    if (i < READINGS - 1) await context.wait(STEP_S, signal)
  }
  return (low + high) / 2 + (Math.abs(zone) < ZONE_TOLERANCE_S ? 0 : zone)
}
