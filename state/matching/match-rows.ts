// What the `match` command writes: one NDJSON row per fix, `{vehicle_id, time_s, link, position_m, offset_m}`, links by their
// `source_id`, null where a fix was not matched; then `cause` says why. Rows of a vehicle stand in order of time, those that were not
// believed left out; those of different vehicles mix.
import type { Fix } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import type { MatchTotals } from './emitter.ts'
import { Matcher } from './matcher.ts'
import type { MatchRoad } from './road.ts'
import type { TileResidual } from './tiles.ts'

export interface MatchedFile {
  totals: MatchTotals
  residuals: TileResidual[]
  /** What the fixes taught of the source's noise, one sigma. */
  sigma_m: number
}

/** Rows of the fixes of one source, each vehicle's in order of time. */
export class MatchRows {
  readonly #matcher: Matcher
  readonly #told: (time_s: Instant) => number
  #lines: string[] = []

  /** `told`: an instant as the rows shall have it. */
  constructor(road: MatchRoad, told: (time_s: Instant) => number = (time_s) => time_s) {
    this.#told = told
    const { links } = road.network
    this.#matcher = new Matcher(road, ({ vehicle, time_s, link, position_m, offset_m }) => {
      this.#lines.push(JSON.stringify({ vehicle_id: vehicle, time_s: told(time_s), link: links[link]!.source_id, position_m: centimetres(position_m), offset_m: centimetres(offset_m) }))
    }, {
      unmatched: (vehicle, { time_s }) => {
        this.#unmatched(vehicle, time_s, 'off-road')
      },
    })
  }

  /** `first`: a trip of its own begins, which may lie earlier in time. */
  push(fix: Fix, first = false): void {
    if (first) this.#matcher.finish(fix.vehicle)
    this.#matcher.push(fix)
  }

  /** A fix that was not believed, and why. */
  screened({ vehicle, time_s }: Fix, cause: string): void {
    this.#unmatched(vehicle, time_s, cause)
  }

  #unmatched(vehicle: string, time_s: Instant, cause: string): void {
    this.#lines.push(JSON.stringify({ vehicle_id: vehicle, time_s: this.#told(time_s), link: null, position_m: null, offset_m: null, cause }))
  }

  end(): MatchedFile {
    this.#matcher.end()
    return { totals: this.#matcher.totals(), residuals: this.#matcher.residuals(), sigma_m: this.#matcher.noise()?.sigma_m ?? Number.NaN }
  }

  /** Whole lines since the last call; empty where there are none. */
  take(): string {
    const text = this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`
    this.#lines = []
    return text
  }
}

const centimetres = (metres: number): number => Math.round(metres * 100) / 100
