// Which day's run is due. Cron alone leaves out a run at 02:30 on the day whose clocks skip 02:30 and forgets what fell into a time when nobody
// listened, so the ticks of the clock only ask this.
import { formatDay, type LocalTime } from '../../model/local-time.ts'
import type { Instant, TimeOfDay } from '../../model/units.ts'

/** Local date of the newest day whose time has come. A time that clocks skip comes when it would have without the change; one that comes twice counts the first time. */
export function dueDay(local: LocalTime, at: TimeOfDay, now: Instant): string {
  const today = local.day(now)
  return formatDay(firstInstant(local, today, at) <= now ? today : today - 1)
}

const HOUR_S = 3600

function firstInstant(local: LocalTime, day: number, at: TimeOfDay): Instant {
  const instant = local.instant(day, at)
  for (const earlier of [instant - 2 * HOUR_S, instant - HOUR_S, instant - HOUR_S / 2]) if (local.day(earlier) === day && local.timeOfDay(earlier) === at) return earlier
  return instant
}
