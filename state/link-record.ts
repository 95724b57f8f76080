// Speeds of links as one figure each, and by five minutes for congestion: the same passages feed both.
import type { LocalTime } from '../model/local-time.ts'
import type { Instant, Metres, Seconds } from '../model/units.ts'
import { CellTable, SLOT_S } from './congestion/index.ts'
import { LinkSpeeds } from './runs/link-speeds.ts'

export class LinkRecord extends LinkSpeeds {
  readonly cells: CellTable
  readonly #local: LocalTime

  constructor(links: number, local: LocalTime) {
    super(links, local)
    this.cells = new CellTable(links)
    this.#local = local
  }

  override add(link: number, way_m: Metres, time_s: Seconds, at_s: Instant): void {
    super.add(link, way_m, time_s, at_s)
    if (way_m > 0 && time_s > 0) this.cells.add(link, this.#local.day(at_s), Math.floor(this.#local.timeOfDay(at_s) / SLOT_S), way_m, time_s)
  }
}
