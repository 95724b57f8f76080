/** How much of one thread search and bound have: whoever gained more for its work lately has more of the next round. */

/** Of the gain a unit of work, what the round before counts; the rest are rounds further back. A search gains now and then only. */
const NEWEST = 0.3
/** Work of the search for one unit of the bound: neither ever waits for long. */
const SHARES = [0.25, 3] as const
/** Before both have gained. */
const FIRST_SHARE = 0.5

export class Balance {
  #bound: number | undefined
  #search: number | undefined
  /** Of the last round in which the bound did any. */
  #work = 0

  noteBound(gain: number, work: number): void {
    if (work === 0) return
    this.#work = work
    this.#bound = newer(this.#bound, gain / work)
  }

  noteSearch(gain: number, work: number): void {
    if (work > 0) this.#search = newer(this.#search, gain / work)
  }

  /** For the round in which the bound has just done its part. */
  workOfSearch(): number {
    const bound = this.#bound ?? 0, search = this.#search ?? 0
    const share = this.#search === undefined || bound + search <= 0 ? FIRST_SHARE : Math.min(Math.max(search / Math.max(bound, Number.MIN_VALUE), SHARES[0]), SHARES[1])
    return share * this.#work
  }
}

const newer = (before: number | undefined, now: number): number => (before === undefined ? now : before + NEWEST * (now - before))
