// One request at a time to one controller, no closer than controllers bear.
import type { Instant, Seconds } from '../../model/units.ts'
import type { DriverContext } from '../../plans/ports/controllers.ts'

/** Small processors drop what comes closer. */
const LEAST_GAP_S = 0.1

export class Turnstile {
  readonly #context: Pick<DriverContext, 'now' | 'wait'>
  readonly #gap_s: Seconds
  #tail: Promise<unknown> = Promise.resolve()
  #last: Instant = Number.NEGATIVE_INFINITY

  constructor(context: Pick<DriverContext, 'now' | 'wait'>, gap_s: Seconds = LEAST_GAP_S) {
    this.#context = context
    this.#gap_s = gap_s
  }

  /** Runs `work` after all that came before it has ended, whether well or not. Throws what it throws, and the signal's reason where that aborts first. */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#tail.then(async () => {
      signal.throwIfAborted()
      const left = this.#last + this.#gap_s - this.#context.now()
      if (left > 0) await this.#context.wait(left, signal)
      try {
        return await work()
      } finally {
        this.#last = this.#context.now()
      }
    })
    this.#tail = turn.catch(() => undefined)
    return turn
  }
}
