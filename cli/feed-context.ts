// What feeds on files must be told: datum, projection, zone and the day of bare seconds.
import type { FeedContext } from '../adapters/feeds/feed.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Datum } from '../model/feed.ts'
import type { Network } from '../model/network.ts'
import { formatDay, LocalTime, parseDay, weekdayOf } from '../model/local-time.ts'
import { findProjection } from '../model/projection.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Options, OptionSpec } from './arguments.ts'

/** What every command that reads feeds understands. */
export const FEED_OPTIONS: Record<string, OptionSpec> = {
  'datum': { type: 'string', value: 'd', help: 'of longitudes and latitudes: wgs84 (assumed), gcj02 or bd09' },
  'date': { type: 'string', value: 'YYYY-MM-DD', help: 'day on which bare seconds (time_s) of the first file count; each further file is the next weekday' },
}

/**
 * Monday, 1 January 2001: bare seconds without a date count from here. No feed that we could meet is as old, so times that began
 * as bare seconds can be told as such again.
 */
export const NOMINAL_DAY = parseDay('2001-01-01')!
const NOMINAL_DAYS = 3 * 366

export interface FeedPlace {
  /** Context of the k-th file of a kind. */
  contextOf(path: string, k: number): FeedContext
  local: LocalTime
  /** The datum was not said and WGS-84 was assumed. */
  assumed_datum: boolean
  /** An instant of the k-th file as the file had it: bare seconds stay bare seconds. */
  asTold(time_s: number, k: number): number
}

/** Throws usage for a datum or a date that is none. `first_day`: day of dated files beside undated ones. */
export function feedPlace({ scenario, network }: Scenario, options: Options, first_day?: number): FeedPlace {
  const named = options.findText('datum')
  const datum = options.choice('datum', ['wgs84', 'gcj02', 'bd09'] as const satisfies readonly Datum[], 'wgs84')
  const date = options.findText('date')
  const base = date === undefined ? (first_day ?? NOMINAL_DAY) : parseDay(date)
  if (base === undefined) throw new GreenwaveError('usage', `--date takes a day such as 2026-01-05, got "${date}"`)
  const projection = findProjection(network.coordinate_reference)
  const local = new LocalTime(scenario.time_zone)
  const bounds = boxOf(network)
  return {
    local, assumed_datum: named === undefined,
    contextOf: (path, k) => ({ source: path, datum, projection, local, day: weekdayAfter(base, k), bounds }),
    asTold(time_s, k) {
      const day = local.day(time_s)
      return day < NOMINAL_DAY || day > NOMINAL_DAY + NOMINAL_DAYS ? time_s : Math.round((time_s - local.instant(weekdayAfter(base, k), 0)) * 1000) / 1000
    },
  }
}

/** Files of one day each are taken as working days in a row. */
function weekdayAfter(day: number, files: number): number {
  let at = day
  for (let k = 0; k < files; k++) {
    do at++
    while (weekdayOf(day) <= 5 && weekdayOf(at) > 5)
  }
  return at
}

function boxOf({ nodes }: Network): readonly [number, number, number, number] {
  let box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x_m, y_m } of nodes) box = [Math.min(box[0], x_m), Math.min(box[1], y_m), Math.max(box[2], x_m), Math.max(box[3], y_m)]
  return box
}

/** `2026-01-05`, or `day 3` where the files had no dates. */
export const dayName = (day: number): string => (day >= NOMINAL_DAY && day <= NOMINAL_DAY + NOMINAL_DAYS ? `day ${day - NOMINAL_DAY + 1}` : formatDay(day))
