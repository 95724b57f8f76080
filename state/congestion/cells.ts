// Cells: one link in five minutes. Sums of what probes or providers said, and which cells are congested. A cell with too few
// vehicles is unknown, never free.
import type { Metres, Seconds } from '../../model/units.ts'

export const SLOT_S = 300
export const SLOTS_PER_DAY = 288

/** What is known of a cell: distance driven, time it took, and by how many vehicles. */
export interface Cell {
  distance_m: Metres
  time_s: Seconds
  vehicles: number
}

/** Sums by link (index in `network.links`), day (since 1970-01-01) and slot. Its size grows with cells, not with vehicles. */
export class CellTable {
  readonly links: number
  readonly #cells = new Map<number, Cell>()
  readonly #days = new Set<number>()

  constructor(links: number) {
    this.links = links
  }

  #key(link: number, day: number, slot: number): number {
    return (day * SLOTS_PER_DAY + slot) * this.links + link
  }

  add(link: number, day: number, slot: number, distance_m: Metres, time_s: Seconds, vehicles = 1): void {
    this.#days.add(day)
    const key = this.#key(link, day, slot)
    const cell = this.#cells.get(key)
    if (cell === undefined) this.#cells.set(key, { distance_m, time_s, vehicles })
    else {
      cell.distance_m += distance_m
      cell.time_s += time_s
      cell.vehicles += vehicles
    }
  }

  find(link: number, day: number, slot: number): Cell | undefined {
    return this.#cells.get(this.#key(link, day, slot))
  }

  get size(): number {
    return this.#cells.size
  }

  listDays(): number[] {
    return [...this.#days].sort((a, b) => a - b)
  }

  /** All cells, in order of day, slot and link. */
  *entries(): Generator<{ link: number; day: number; slot: number; cell: Cell }> {
    for (const key of [...this.#cells.keys()].sort((a, b) => a - b)) {
      const slots = Math.floor(key / this.links)
      yield { link: key % this.links, day: Math.floor(slots / SLOTS_PER_DAY), slot: slots % SLOTS_PER_DAY, cell: this.#cells.get(key)! }
    }
  }
}

export type CellStatus = 'unknown' | 'free' | 'congested'

export interface CongestionOptions {
  /** Free speed by link, m/s. */
  free_mps: readonly number[]
  /** Travel time over free travel time from which a link is congested. */
  limit: number
  /** A higher limit of a link in a slot: where a red light alone costs a short link more than `limit`, that is no congestion. */
  limitOf?: (link: number, slot: number) => number
  /** A congested link is free again only below limit less this. */
  hysteresis: number
  /** Vehicles that a cell needs to be known. */
  least_vehicles: number
}

/** Upper end of "slow" in the table nav-delay-index: signalised streets run at 1.3 to 1.8 when nothing is wrong. */
export const CONGESTION_DEFAULTS = { limit: 1.8, hysteresis: 0.15, least_vehicles: 3 } as const

/** Travel time over free travel time, at least 1 in free traffic up to noise; undefined where the cell is not known well enough. */
export function cellIndex(cell: Cell | undefined, free_mps: number, least_vehicles: number): number | undefined {
  if (cell === undefined || cell.vehicles < least_vehicles || !(cell.distance_m > 0)) return undefined
  return (cell.time_s * free_mps) / cell.distance_m
}

/**
 * Status of a link's slots on one day: congested where two of the last three slots (this one included) reach the limit, until
 * two of three are known to be below it by the hysteresis. A slot that is not known is unknown.
 */
export function linkStatus(table: CellTable, link: number, day: number, options: CongestionOptions): CellStatus[] {
  const index = Array.from({ length: SLOTS_PER_DAY }, (_, slot) => cellIndex(table.find(link, day, slot), options.free_mps[link]!, options.least_vehicles))
  let congested = false
  return index.map((now, slot) => {
    const last = index.slice(Math.max(0, slot - 2), slot + 1).filter((value) => value !== undefined)
    // Asked only where it matters: few cells are above the plain limit.
    const limit = last.some((value) => value >= options.limit) ? Math.max(options.limit, options.limitOf?.(link, slot) ?? 0) : options.limit
    const over = last.filter((value) => value >= limit).length
    const under = last.filter((value) => value < limit - options.hysteresis).length
    if (!congested && over >= 2) congested = true
    else if (congested && (under >= 2 || last.length === 0)) congested = false
    if (now === undefined) return 'unknown'
    return congested ? 'congested' : 'free'
  })
}
