// Slows down who guesses keys and sessions: an address whose tokens were wrong too often in a minute is not listened to for the rest of it, except
// with tokens that were good from there. Many cabinets share an address, and one that is set up wrongly must not shut out the others.
import { GreenwaveError } from '../../model/errors.ts'
import { sha256 } from './secrets.ts'

const WINDOW_S = 60
const MOST_ADDRESSES = 20_000
const MOST_GOOD = 1000

interface Seen {
  since_s: number
  wrong: number
  /** Hashes of tokens. */
  good: Set<string>
}

export class GuessGuard {
  readonly #most: number
  readonly #watch: () => number
  readonly #seen = new Map<string, Seen>()

  /** `most`: wrong tokens of an address in a minute. */
  constructor(most: number, watch = () => performance.now() / 1000) {
    this.#most = most
    this.#watch = watch
  }

  /** Throws `request.too-many`. */
  check(address: string, token: string): void {
    const seen = this.#seen.get(address)
    if (seen === undefined || seen.wrong < this.#most) return
    const left_s = seen.since_s + WINDOW_S - this.#watch()
    if (left_s > 0 && !seen.good.has(sha256(token))) throw new GreenwaveError('request.too-many', `Too many wrong tokens or keys came from here; try again in ${Math.ceil(left_s)} s`)
  }

  failed(address: string): void {
    const seen = this.#get(address)
    if (this.#watch() - seen.since_s >= WINDOW_S) Object.assign(seen, { since_s: this.#watch(), wrong: 0 })
    seen.wrong++
  }

  /** Kept only for addresses from which something wrong came too: others are never asked about. */
  passed(address: string, token: string): void {
    const seen = this.#seen.get(address)
    if (seen === undefined || seen.good.size >= MOST_GOOD) return
    seen.good.add(sha256(token))
  }

  #get(address: string): Seen {
    const before = this.#seen.get(address)
    if (before !== undefined) return before
    const seen = { since_s: this.#watch(), wrong: 0, good: new Set<string>() }
    this.#seen.set(address, seen)
    // The oldest goes first: a Map keeps the order of insertion.
    if (this.#seen.size > MOST_ADDRESSES) this.#seen.delete(this.#seen.keys().next().value!)
    return seen
  }
}
