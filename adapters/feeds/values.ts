// What tables of intervals share: periods, values that may stand for nothing, and what becomes of records.
import type { FeedAccount } from '../../model/feed-account.ts'
import type { Seconds } from '../../model/units.ts'
import { type Interval, ToldIntervals } from './covered.ts'
import type { FeedContext } from './feed.ts'
import { describeTimeFault, InstantReader } from './instants.ts'
import { type FeedRecord, quantityOf } from './records.ts'

const DAY_S = 86_400

/** Counts what becomes of the records of one feed. */
export class RecordLosses {
  readonly #account: FeedAccount

  constructor(account: FeedAccount) {
    this.#account = account
  }

  lose(verdict: 'drop' | 'quarantine', cause: string, place: string, why: string): undefined {
    this.#account.count(verdict, cause, () => `${place}: ${why}`)
    return undefined
  }

  /** Undefined where nothing is said, -1 is said, or what is said is no such number; the last is counted. */
  positive(what: string, place: string, value: unknown, most = Infinity): number | undefined {
    const number = quantityOf(value)
    if (number === undefined || (number >= 0 && number <= most)) return number
    if (number !== -1) this.#account.count('repair', `${what}-not-understood`, () => `${place}: the ${what.replaceAll('-', ' ')} is ${JSON.stringify(value)}; left out`)
    return undefined
  }

  repair(cause: string, place: string, why: string): void {
    this.#account.count('repair', cause, () => `${place}: ${why}`)
  }
}

export interface IntervalOptions {
  /** Length of the intervals of a file that has no column of it. Undeclared, it is found from the times of the file's first rows. */
  period_s?: Seconds
  /** Whether the times are the beginnings (default) or the ends of their intervals. */
  time_is?: 'begin' | 'end'
}

/** The columns of an interval. */
type IntervalRecord = FeedRecord<'time' | 'period'>

/** The intervals of one table's rows: their times, their lengths, and whether they were told before. */
export class IntervalReader {
  readonly #context: FeedContext
  readonly #options: IntervalOptions
  readonly #losses: RecordLosses
  readonly #times: InstantReader
  readonly #told = new ToldIntervals()
  #period_s: Seconds | undefined

  constructor(context: FeedContext, losses: RecordLosses, options: IntervalOptions) {
    this.#context = context
    this.#options = options
    this.#losses = losses
    this.#times = new InstantReader(context)
    this.#period_s = options.period_s
  }

  /** Settles from the first rows how times are written and, where neither a column nor a declaration says it, how long an interval is; says so where they don't show it. */
  settle(hasPeriods: boolean, first: readonly IntervalRecord[]): string | undefined {
    this.#times.settle(first.map(({ values }) => Number(values.time)))
    if (this.#options.period_s !== undefined || hasPeriods) return undefined
    const times = new InstantReader(this.#context)
    this.#period_s = stepOf(first.map(({ values }) => times.value(values.time)))
    return this.#period_s === undefined ? 'it has no column of periods, and its first rows do not show one: declare the length of its intervals' : undefined
  }

  /** Undefined, and counted as dropped, where the row's time or period can't be understood. */
  read({ place, values }: IntervalRecord): Interval | undefined {
    const told_s = this.#times.value(values.time)
    if (Number.isNaN(told_s)) return this.#losses.lose('drop', this.#times.fault, place, describeTimeFault(this.#times.fault, String(values.time), this.#context))
    const period_s = periodOf(values.period, this.#period_s)
    if (period_s === undefined) return this.#losses.lose('drop', 'period-not-understood', place, `the period is ${JSON.stringify(values.period ?? null)}`)
    return { time_s: this.#options.time_is === 'end' ? told_s - period_s : told_s, period_s }
  }

  /** True the first time that the key tells of the interval; else it is counted, in the name of who told it. */
  isNew(key: string, interval: Interval, place: string, name: () => string): boolean {
    if (this.#told.add(key, interval)) return true
    this.#losses.lose('drop', 'duplicate', place, `${name()} tells twice of the interval from ${new Date(interval.time_s * 1000).toISOString()}`)
    return false
  }
}

/** A period between nothing and a day; undefined for others. */
const periodOf = (value: unknown, declared: Seconds | undefined): Seconds | undefined => {
  const period = value === undefined ? declared : quantityOf(value)
  return period !== undefined && period > 0 && period <= DAY_S ? period : undefined
}

/** The usual step between neighbouring times; undefined where there are too few to tell. */
function stepOf(times: readonly number[]): Seconds | undefined {
  const distinct = [...new Set(times.filter(Number.isFinite))].sort((a, b) => a - b)
  const steps = new Map<number, number>()
  for (let i = 1; i < distinct.length; i++) {
    const step = Math.round((distinct[i]! - distinct[i - 1]!) * 1000) / 1000
    steps.set(step, (steps.get(step) ?? 0) + 1)
  }
  const [best] = [...steps].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return best === undefined || best[1] < 2 ? undefined : best[0]
}
