// Detectors that are stuck: on, where a detector is occupied and counts nobody; off, where it counts nobody in daytime at
// times of day that had traffic on the days before.
import type { LaneCount } from '../../model/feed.ts'
import type { LocalTime } from '../../model/local-time.ts'
import type { Instant, Seconds, TimeOfDay, VehiclesPerHour } from '../../model/units.ts'
import { median } from '../statistics.ts'

export interface WatchSettings {
  stuck_on_occupancy: number
  stuck_on_s: Seconds
  stuck_off_s: Seconds
  /** The median of the same time of day that makes zeros suspicious. */
  stuck_off_above_vph: VehiclesPerHour
  /** Earlier days that the median needs. */
  stuck_off_days: number
  day_from: TimeOfDay
  day_until: TimeOfDay
}

export const WATCH_DEFAULTS: Readonly<WatchSettings> = {
  stuck_on_occupancy: 0.95, stuck_on_s: 600, stuck_off_s: 10_800, stuck_off_above_vph: 20, stuck_off_days: 3, day_from: 6 * 3600, day_until: 22 * 3600,
}

/** A time in which a detector must not be believed, from the first interval on that looks stuck. */
export interface StuckDetector {
  sensor: string
  lane: string | undefined
  kind: 'stuck-on' | 'stuck-off'
  from_s: Instant
  until_s: Instant
  /** With place and value. */
  sentence: string
}

/** Time of day is cut in slots of this length. */
const SLOT_S = 900
/** Days remembered for each slot. */
const REMEMBERED = 20

interface Suspicion {
  from_s: Instant
  until_s: Instant
  stuck: StuckDetector | undefined
}

interface DayCount {
  day: number
  vehicles: number
  seconds: Seconds
}

interface DetectorHistory {
  last_s: Instant
  /** What was counted on the last days by slot, without what was stuck. */
  slots: Map<number, DayCount[]>
  on: Suspicion | undefined
  off: Suspicion | undefined
}

/** Memory: a few kilobytes for each detector, however long the feed is. */
export class DetectorWatch {
  readonly #local: LocalTime
  readonly #settings: WatchSettings
  readonly #detectors = new Map<string, DetectorHistory>()
  readonly #stuck: StuckDetector[] = []
  /** Counts that came after a later one of their detector, and were not watched. */
  out_of_order = 0

  constructor(local: LocalTime, settings: Partial<WatchSettings> = {}) {
    this.#local = local
    this.#settings = { ...WATCH_DEFAULTS, ...settings }
  }

  /** The kind in which the detector is stuck at the end of this interval, if it is. */
  push(count: LaneCount): StuckDetector['kind'] | undefined {
    const key = `${count.sensor}\n${count.lane ?? ''}`
    let history = this.#detectors.get(key)
    if (history === undefined) this.#detectors.set(key, history = { last_s: -Infinity, slots: new Map(), on: undefined, off: undefined })
    if (count.time_s < history.last_s) {
      this.out_of_order++
      return undefined
    }
    history.last_s = count.time_s
    const { stuck_on_occupancy, stuck_on_s, stuck_off_s } = this.#settings
    history.on = this.#suspect(history.on, count, 'stuck-on', stuck_on_s, count.vehicles === undefined || count.occupancy === undefined ? undefined : count.vehicles === 0 && count.occupancy > stuck_on_occupancy,
      () => `is occupied for more than ${stuck_on_occupancy * 100} % of the time and counts nobody`)
    history.off = this.#suspect(history.off, count, 'stuck-off', stuck_off_s, this.#suspiciousZero(history, count), () => 'counts nobody at times of day that had traffic on the days before')
    if (history.on?.stuck === undefined && history.off === undefined) this.#remember(history, count)
    return history.on?.stuck === undefined ? history.off?.stuck?.kind : 'stuck-on'
  }

  /** All times in which a detector was stuck, in the order in which they were found. */
  stuck(): StuckDetector[] {
    return this.#stuck.map((one) => ({ ...one }))
  }

  /** A missing value neither feeds a suspicion nor ends it; a hole longer than the suspicion needs ends it. */
  #suspect(before: Suspicion | undefined, { sensor, lane, time_s, period_s }: LaneCount, kind: StuckDetector['kind'], needed_s: Seconds, suspicious: boolean | undefined, why: () => string): Suspicion | undefined {
    if (suspicious === undefined) return before
    if (!suspicious) return undefined
    const suspicion = before !== undefined && time_s - before.until_s <= needed_s ? before : { from_s: time_s, until_s: time_s, stuck: undefined }
    suspicion.until_s = time_s + period_s
    if (suspicion.stuck !== undefined) suspicion.stuck.until_s = suspicion.until_s
    else if (suspicion.until_s - suspicion.from_s >= needed_s) {
      const place = `detector ${sensor}${lane === undefined ? '' : ` ${lane}`}`
      suspicion.stuck = { sensor, lane, kind, from_s: suspicion.from_s, until_s: suspicion.until_s, sentence: `${place} ${why()}, for ${Math.round((suspicion.until_s - suspicion.from_s) / 60)} minutes and more from ${new Date(suspicion.from_s * 1000).toISOString()}` }
      this.#stuck.push(suspicion.stuck)
    }
    return suspicion
  }

  #suspiciousZero(history: DetectorHistory, { vehicles, time_s }: LaneCount): boolean | undefined {
    if (vehicles === undefined) return undefined
    if (vehicles > 0) return false
    const { day_from, day_until, stuck_off_days, stuck_off_above_vph } = this.#settings
    const time = this.#local.timeOfDay(time_s)
    if (time < day_from || time >= day_until) return undefined
    const today = this.#local.day(time_s)
    const flows = (history.slots.get(Math.floor(time / SLOT_S)) ?? []).filter(({ day }) => day < today).map(({ vehicles, seconds }) => (vehicles * 3600) / seconds)
    return flows.length >= stuck_off_days && median(flows) > stuck_off_above_vph
  }

  #remember(history: DetectorHistory, { vehicles, time_s, period_s }: LaneCount): void {
    if (vehicles === undefined || !(period_s > 0)) return
    const day = this.#local.day(time_s)
    const index = Math.floor(this.#local.timeOfDay(time_s) / SLOT_S)
    const days = history.slots.get(index)
    if (days === undefined) history.slots.set(index, [{ day, vehicles, seconds: period_s }])
    else if (days.at(-1)!.day === day) {
      days.at(-1)!.vehicles += vehicles
      days.at(-1)!.seconds += period_s
    } else {
      days.push({ day, vehicles, seconds: period_s })
      if (days.length > REMEMBERED) days.shift()
    }
  }
}

/** Watches counts in any order. */
export function watchDetectors(counts: readonly LaneCount[], local: LocalTime, settings: Partial<WatchSettings> = {}): StuckDetector[] {
  const watch = new DetectorWatch(local, settings)
  for (const count of [...counts].sort((a, b) => a.time_s - b.time_s)) watch.push(count)
  return watch.stuck()
}
