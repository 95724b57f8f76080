// Probes of a lane group by the green they left in.
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import { runsOf, type RunSource } from '../movements/measure.ts'
import type { Green, GreenClock } from '../signals/greens.ts'
import type { LaneGroup } from './lane-groups.ts'

export interface Departure {
  movement: number
  /** After the start of green. */
  offset_s: Seconds
  /** Stood when green began or came to stand before it reached the line: it left from the queue. */
  queued: boolean
  /** Came to rest on red and stood until green began: nobody had moved before it. */
  waited: boolean
  /** Front to the line where it stood last. */
  stop_m: Metres
}

export interface Discharge {
  start_s: Instant
  green_s: Seconds
  /** In order of crossing. */
  departures: Departure[]
}

const BEFORE_S: Seconds = 1

/** Who stood at the line seems to cross it a little before its green, by the noise of its places. */
const EARLY_S: Seconds = 4

function greenOf(clock: GreenClock, movement: number, crossing_s: Instant, departure_s: Instant | undefined): Green | undefined {
  const green = clock.find(movement, crossing_s)
  if (green === undefined || departure_s === undefined || crossing_s < green.end_s || crossing_s < green.next_s - EARLY_S) return green
  return clock.find(movement, green.next_s + 0.01) ?? green
}

/** Every green in which a probe left; greens in which one was held up beyond the line are left out. */
export function listDischarges({ movements }: LaneGroup, source: RunSource, clock: GreenClock): Discharge[] {
  const greens = new Map<Instant, Discharge & { blocked: boolean }>()
  for (const movement of movements) {
    for (const { crossing_s, stops, departure_s, blocked } of runsOf(source, movement)) {
      const green = greenOf(clock, movement, crossing_s, departure_s)
      if (green === undefined) continue
      let one = greens.get(green.start_s)
      if (one === undefined) greens.set(green.start_s, one = { start_s: green.start_s, green_s: green.end_s - green.start_s, departures: [], blocked: false })
      one.blocked ||= blocked
      const last = stops.at(-1)
      const queued = last !== undefined && departure_s !== undefined && departure_s >= green.start_s - BEFORE_S
      one.departures.push({
        movement, offset_s: crossing_s - green.start_s, queued, waited: queued && stops.length === 1 && last.time_s < green.start_s, stop_m: last === undefined ? 0 : -last.s_m,
      })
    }
  }
  return [...greens.values()].filter(({ blocked }) => !blocked).sort((a, b) => a.start_s - b.start_s)
    .map(({ start_s, green_s, departures }) => ({ start_s, green_s, departures: departures.sort((a, b) => a.offset_s - b.offset_s || a.stop_m - b.stop_m) }))
}
