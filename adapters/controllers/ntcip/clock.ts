// The controller's clock: global time, and the local time that coordination rests on.
import type { Seconds } from '../../../model/units.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { skewOf } from '../skew.ts'
import { SCALAR } from './objects.ts'
import type { SnmpSession } from './session.ts'

/** Two readings of whole seconds differ by one where a second begins between them. */
const ZONE_TOLERANCE_S = 2

/** Controller less ours; undefined where it does not tell. A wrong time zone counts: coordination rests on local time. */
export async function readSkew(session: SnmpSession, context: DriverContext, signal: AbortSignal): Promise<Seconds | undefined> {
  let zone = 0
  const skew = await skewOf(async () => {
    const found = await session.read([SCALAR.globalTime, SCALAR.localTime], signal)
    const told = Number(found.get(SCALAR.globalTime) ?? Number.NaN)
    if (Number.isNaN(told)) return undefined
    const local = found.get(SCALAR.localTime)
    if (local !== undefined) zone = Number(local) - told - new LocalTime(context.time_zone).offset(told)
    return told
  }, context, signal)
  return skew === undefined ? undefined : skew + (Math.abs(zone) < ZONE_TOLERANCE_S ? 0 : zone)
}
