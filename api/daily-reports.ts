// Reports that are asked for, gathered one after another and kept for a while: the minutes of five days are a lot to read for one request.
import type { DailyReportInput } from '../model/daily.ts'
import { GreenwaveError } from '../model/errors.ts'
import { gatherReport, storeSources } from '../plans/daily/index.ts'
import type { Service } from './server.ts'

export interface ReportAsked {
  network: string
  /** Local date; of a week the first. */
  day: string
  week: boolean
}

/** Nights and worklists go on after a day is over. */
const KEPT_MS = 300_000
const KEPT = 24
/** So many may wait for the one that is gathered. */
const MOST_WAITING = 4

export class DailyReports {
  readonly #service: Pick<Service, 'store' | 'known' | 'version'>
  readonly #kept = new Map<string, { at_ms: number; report: Promise<DailyReportInput> }>()
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(service: Pick<Service, 'store' | 'known' | 'version'>) {
    this.#service = service
  }

  /** Throws `service.busy` when too many others wait, `request.unknown`, `request.invalid`. */
  async get(asked: ReportAsked): Promise<DailyReportInput> {
    const key = JSON.stringify([asked.network, asked.day, asked.week])
    const known = this.#kept.get(key)
    if (known !== undefined && performance.now() - known.at_ms < KEPT_MS) return known.report
    if (this.#waiting > MOST_WAITING) throw new GreenwaveError('service.busy', 'Other reports are being gathered')
    this.#waiting++
    const before = this.#last
    const report = before.catch(() => {}).then(() => this.#gather(asked)).finally(() => { this.#waiting-- })
    this.#last = report.catch(() => {})
    this.#kept.delete(key)
    this.#kept.set(key, { at_ms: performance.now(), report })
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!)
    report.catch(() => { if (this.#kept.get(key)?.report === report) this.#kept.delete(key) })
    return report
  }

  async #gather({ network, day, week }: ReportAsked): Promise<DailyReportInput> {
    const { store, known, version } = this.#service
    return gatherReport(await storeSources(store, network, await known.network(network)), { day, week, version })
  }
}
