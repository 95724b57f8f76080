// Stored minutes of links as cells of five minutes by local day, from which a report takes indices, run times and congested places.
import type { LocalTime } from '../../model/local-time.ts'
import type { Network } from '../../model/network.ts'
import type { Instant, MetresPerSecond, Seconds, TimeOfDay } from '../../model/units.ts'
import { CellTable, congestionIndex, SLOT_S, type CongestionIndex } from '../../state/congestion/index.ts'
import { LEAST_VEHICLES } from '../live/freshness.ts'
import type { LinkMinute } from '../ports/states.ts'

const MINUTE_S = 60
const QUARTER_SLOTS = 3
/** Within which a stretch that is not known is worth telling. */
export const WAKING: readonly [TimeOfDay, TimeOfDay] = [6 * 3600, 22 * 3600]

export class DayCells {
  readonly table: CellTable
  readonly #network: Network
  readonly #local: LocalTime
  readonly #index: ReadonlyMap<string, number>

  constructor(network: Network, local: LocalTime) {
    this.#network = network
    this.#local = local
    this.#index = new Map(network.links.map(({ id }, i) => [id, i]))
    this.table = new CellTable(network.links.length)
  }

  /** Minutes without a speed say nothing, and links that are no longer there nothing either. */
  add(minutes: readonly LinkMinute[]): void {
    for (const { link, time_s, speed_mps, vehicles } of minutes) {
      const index = this.#index.get(link)
      if (index === undefined || speed_mps === undefined || !(vehicles > 0)) continue
      // Nobody drives further within a minute than the link is long, or than the speed takes them.
      const driven_m = vehicles * Math.min(MINUTE_S * speed_mps, this.#network.links[index]!.length_m)
      this.table.add(index, this.#local.day(time_s), Math.floor(this.#local.timeOfDay(time_s) / SLOT_S), driven_m, speed_mps > 0 ? driven_m / speed_mps : MINUTE_S * vehicles, vehicles)
    }
  }

  hasDay(day: number): boolean {
    return this.table.listDays().includes(day)
  }

  /** Harmonic mean over the slots of a span; undefined below the least number of vehicles. */
  speed(link: number, day: number, [from_s, until_s]: readonly [TimeOfDay, TimeOfDay], least: number = LEAST_VEHICLES.internal): { speed_mps: MetresPerSecond; passages: number } | undefined {
    let [distance, time, vehicles] = [0, 0, 0]
    for (let slot = Math.floor(from_s / SLOT_S); slot * SLOT_S < until_s; slot++) {
      const cell = this.table.find(link, day, slot)
      if (cell === undefined) continue
      distance += cell.distance_m
      time += cell.time_s
      vehicles += cell.vehicles
    }
    return vehicles < least || !(distance > 0) ? undefined : { speed_mps: distance / time, passages: distance / this.#network.links[link]!.length_m }
  }

  /** Of the whole network, every metre alike, as published minute by minute. */
  index(day: number, span: readonly [TimeOfDay, TimeOfDay], free_mps: readonly MetresPerSecond[]): CongestionIndex {
    return congestionIndex(this.#network.links.map(({ length_m }, link) => ({ length_m, free_mps: free_mps[link]!, speed_mps: this.speed(link, day, span)?.speed_mps, volume_vph: 1 })))
  }

  /** Share of links and waking quarter-hours of the day of which nothing is known. */
  unknownShare(day: number): number {
    let [unknown, all] = [0, 0]
    for (let from = WAKING[0]; from < WAKING[1]; from += QUARTER_SLOTS * SLOT_S) {
      for (let link = 0; link < this.#network.links.length; link++) {
        all++
        if (this.speed(link, day, [from, from + QUARTER_SLOTS * SLOT_S]) === undefined) unknown++
      }
    }
    return all === 0 ? 1 : unknown / all
  }

  /** By quarter-hours of which every link is known: the sum of the links' travel times; and the fewest passages of any link. */
  runTimes(links: readonly number[], day: number, [from_s, until_s]: readonly [TimeOfDay, TimeOfDay]): { run_s: Seconds[]; passages: number } {
    const run_s: Seconds[] = []
    for (let from = from_s; from < until_s; from += QUARTER_SLOTS * SLOT_S) {
      const speeds = links.map((link) => this.speed(link, day, [from, Math.min(until_s, from + QUARTER_SLOTS * SLOT_S)]))
      if (speeds.every((speed) => speed !== undefined)) run_s.push(speeds.reduce((sum, { speed_mps }, i) => sum + this.#network.links[links[i]!]!.length_m / speed_mps, 0))
    }
    return { run_s, passages: Math.min(...links.map((link) => this.speed(link, day, [from_s, until_s], 0)?.passages ?? 0)) }
  }
}

/** Days whole, hour by hour, so that a large city is never in memory at once. */
export async function readDays(cells: DayCells, days: readonly number[], local: LocalTime, minutes: (from_s: Instant, until_s: Instant) => Promise<readonly LinkMinute[]>): Promise<void> {
  for (const day of days) {
    const end = local.instant(day + 1, 0)
    for (let from = local.instant(day, 0); from < end; from += 3600) cells.add(await minutes(from, Math.min(end, from + 3600)))
  }
}
