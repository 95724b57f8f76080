// How far the clock of a controller is from ours. It tells whole seconds, so that several readings a fraction apart close in on the rest.
import { LocalTime } from '../../../model/local-time.ts'
import type { Seconds } from '../../../model/units.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import type { Session } from './session.ts'

const LOCAL_TIME = 0x88
const READINGS = 5
const STEP_S = 0.25
const DAY_S = 86_400

/** Controller less ours; undefined where it does not tell. Its local time counts, as seconds of a calendar that began in 1970: coordination rests on it. */
export async function readSkew(session: Session, { now, wait, time_zone }: DriverContext, signal: AbortSignal): Promise<Seconds | undefined> {
  const zone = new LocalTime(time_zone)
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let i = 0; i < READINGS; i++) {
    const before = now()
    const data = (await session.read([LOCAL_TIME], signal)).get(LOCAL_TIME)?.data
    const after = now()
    if (data === undefined) return undefined
    const seconds = Buffer.from(data).readUInt32BE()
    const told = zone.instant(Math.floor(seconds / DAY_S), seconds % DAY_S)
    // Its true time lies in [told, told + 1) at some instant between the two.
    low = Math.max(low, told - after)
    high = Math.min(high, told + 1 - before)
    if (i < READINGS - 1) await wait(STEP_S, signal)
  }
  return (low + high) / 2
}
