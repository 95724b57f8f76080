// The controller's local time: seconds of a calendar that began in 1970.
import { LocalTime } from '../../../model/local-time.ts'
import type { Seconds } from '../../../model/units.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { skewOf } from '../skew.ts'
import type { Session } from './session.ts'

const LOCAL_TIME = 0x88
const DAY_S = 86_400

/** Controller less ours; undefined where it does not tell. Its local time counts: coordination rests on it. */
export function readSkew(session: Session, context: DriverContext, signal: AbortSignal): Promise<Seconds | undefined> {
  const zone = new LocalTime(context.time_zone)
  return skewOf(async () => {
    const data = (await session.read([LOCAL_TIME], signal)).get(LOCAL_TIME)?.data
    if (data === undefined) return undefined
    const seconds = Buffer.from(data).readUInt32BE()
    return zone.instant(Math.floor(seconds / DAY_S), seconds % DAY_S)
  }, context, signal)
}
