// Minutes of a street for the tests of reports: free at night, slow in the peaks, and as congested as asked at the end of one link.
import { LocalTime } from '../../model/local-time.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { LinkMinute } from '../ports/states.ts'

export interface MadeDay {
  /** Counts from 1970. */
  day: number
  /** Travel time over free travel time from 17:00 to 19:00 on `jam`, and half of what is above 1 on the others. */
  evening: number
  jam?: readonly string[]
  vehicles?: number
}

/** Between 05:00 and 23:00, one row a link and minute. */
export function madeMinutes({ network, scenario }: Scenario, { day, evening, jam = [], vehicles = 3 }: MadeDay): LinkMinute[] {
  const local = new LocalTime(scenario.time_zone)
  const midnight = local.instant(day, 0)
  const rows: LinkMinute[] = []
  for (let minute = 5 * 60; minute < 23 * 60; minute++) for (const { id, speed_mps } of network.links) {
    const hour = minute / 60
    const peak = hour >= 17 && hour < 19
    const index = peak ? (jam.includes(id) ? evening : 1 + (evening - 1) / 4) : 1.1 + 0.2 * Math.exp(-((hour - 8) ** 2))
    rows.push({ link: id, time_s: midnight + 60 * minute, speed_mps: speed_mps / index, vehicles })
  }
  return rows
}
