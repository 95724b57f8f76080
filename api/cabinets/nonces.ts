// Which nonces came lately, so that a request that is sent again is known. Two generations: nothing is looked through to let old ones go.
export class Nonces {
  readonly #keep_s: number
  #young = new Set<string>()
  #old = new Set<string>()
  #turned_s = -Infinity

  constructor(keep_s: number) {
    this.#keep_s = keep_s
  }

  /** True for one that did not come within the time; it is remembered. `now_s` is monotonic. */
  isNew(nonce: string, now_s: number): boolean {
    if (now_s - this.#turned_s >= this.#keep_s) {
      this.#old = now_s - this.#turned_s < 2 * this.#keep_s ? this.#young : new Set()
      this.#young = new Set()
      this.#turned_s = now_s
    }
    if (this.#young.has(nonce) || this.#old.has(nonce)) return false
    this.#young.add(nonce)
    return true
  }
}
