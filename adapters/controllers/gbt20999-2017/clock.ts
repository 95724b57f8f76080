// How far the clock of a controller is from ours. It tells whole seconds, so that several readings a fraction apart close in on the rest.
import { LocalTime } from '../../../model/local-time.ts'
import type { Seconds } from '../../../model/units.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { addressOf } from './codec.ts'
import type { Session } from './session.ts'

const LOCAL_TIME = '13.1.11.0'
const READINGS = 5
const STEP_S = 0.25
const DAY_S = 86_400

/** Controller less ours; undefined where it does not tell. Its local time counts: coordination rests on it. */
export async function readSkew(session: Session, { now, wait, time_zone }: DriverContext, signal: AbortSignal): Promise<Seconds | undefined> {
  const zone = new LocalTime(time_zone)
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let i = 0; i < READINGS; i++) {
    const before = now()
    const bytes = (await session.read([addressOf(LOCAL_TIME)], signal)).get(LOCAL_TIME)
    const after = now()
    if (bytes?.length !== 7) return undefined
    const [high_year, low_year, month, day, hour, minute, second] = bytes as unknown as [number, number, number, number, number, number, number]
    const told = zone.instant(Date.UTC(high_year * 256 + low_year, month - 1, day) / 1000 / DAY_S, hour * 3600 + minute * 60 + second)
    // Its true time lies in [told, told + 1) at some instant between the two.
    low = Math.max(low, told - after)
    high = Math.min(high, told + 1 - before)
    if (i < READINGS - 1) await wait(STEP_S, signal)
  }
  return (low + high) / 2
}
