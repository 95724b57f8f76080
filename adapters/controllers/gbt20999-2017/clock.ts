// The controller's local time, as a date and a time of day.
import { LocalTime } from '../../../model/local-time.ts'
import type { Seconds } from '../../../model/units.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { skewOf } from '../skew.ts'
import { addressOf } from './codec.ts'
import type { Session } from './session.ts'

const LOCAL_TIME = '13.1.11.0'
const DAY_S = 86_400

/** Controller less ours; undefined where it does not tell. Its local time counts: coordination rests on it. */
export function readSkew(session: Session, context: DriverContext, signal: AbortSignal): Promise<Seconds | undefined> {
  const zone = new LocalTime(context.time_zone)
  return skewOf(async () => {
    const bytes = (await session.read([addressOf(LOCAL_TIME)], signal)).get(LOCAL_TIME)
    if (bytes?.length !== 7) return undefined
    const [high_year, low_year, month, day, hour, minute, second] = bytes as unknown as [number, number, number, number, number, number, number]
    return zone.instant(Date.UTC(high_year * 256 + low_year, month - 1, day) / 1000 / DAY_S, hour * 3600 + minute * 60 + second)
  }, context, signal)
}
