// Keeps the account of a feed: how many records were read and what became of those that were not simply believed.
import type { FeedHealth, FeedIssue, Verdict } from './feed.ts'
import type { Instant } from './units.ts'

/** Counts by cause; one example each, so that its size does not grow with the feed. */
export class FeedAccount {
  readonly source: string
  read = 0
  accepted = 0
  #from = Infinity
  #until = -Infinity
  #refused: string | undefined
  readonly #issues = new Map<string, FeedIssue>()

  constructor(source: string) {
    this.source = source
  }

  accept(time_s: Instant): void {
    this.accepted++
    if (time_s < this.#from) this.#from = time_s
    if (time_s > this.#until) this.#until = time_s
  }

  /** `example` is made only for the first record of its cause. */
  count(verdict: Verdict, cause: string, example: () => string, records = 1): void {
    const key = `${verdict} ${cause}`
    const issue = this.#issues.get(key)
    if (issue === undefined) this.#issues.set(key, { verdict, cause, records, example: example() })
    else issue.records += records
  }

  /** The whole feed is not believed, and why. The first sentence stays. */
  refuse(sentence: string): void {
    this.#refused ??= sentence
  }

  get refused(): string | undefined {
    return this.#refused
  }

  /** Issues in the order of their names. */
  health(): FeedHealth {
    return {
      source: this.source, read: this.read, accepted: this.accepted,
      issues: [...this.#issues.values()].map((issue) => ({ ...issue })).sort((a, b) => (a.verdict + a.cause < b.verdict + b.cause ? -1 : 1)),
      ...(this.#from <= this.#until ? { from_s: this.#from, until_s: this.#until } : {}),
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
    }
  }
}
