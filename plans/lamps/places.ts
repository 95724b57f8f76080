// So many at once, the others in the order in which they came.

export class Places {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#free = most
  }

  get isWanted(): boolean { return this.#waiting.length > 0 }

  /** Throws the signal's reason when it aborts. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve, reject) => {
      const come = (): void => { signal.removeEventListener('abort', leave); resolve() }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(come), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(come)
    })
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
