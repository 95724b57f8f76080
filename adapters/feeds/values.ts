// What tables of intervals share: periods, values that may stand for nothing, and what becomes of records.
import type { FeedAccount } from '../../model/feed-account.ts'
import type { Seconds } from '../../model/units.ts'
import { quantityOf } from './records.ts'

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

/** A period between nothing and a day; undefined for others. */
export const periodOf = (value: unknown, declared: Seconds | undefined): Seconds | undefined => {
  const period = value === undefined ? declared : quantityOf(value)
  return period !== undefined && period > 0 && period <= DAY_S ? period : undefined
}

/** The usual step between neighbouring times; undefined where there are too few to tell. */
export function stepOf(times: readonly number[]): Seconds | undefined {
  const distinct = [...new Set(times.filter(Number.isFinite))].sort((a, b) => a - b)
  const steps = new Map<number, number>()
  for (let i = 1; i < distinct.length; i++) {
    const step = Math.round((distinct[i]! - distinct[i - 1]!) * 1000) / 1000
    steps.set(step, (steps.get(step) ?? 0) + 1)
  }
  const [best] = [...steps].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return best === undefined || best[1] < 2 ? undefined : best[0]
}
