// One request at a time to one controller, no closer than controllers bear, and what is waited for ends.
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import type { DriverContext } from '../../plans/ports/controllers.ts'

/** A timeout is counted in as many slices: while the process stood still for want of a processor, answers lay unread, which is not the controller's silence. */
const SLICES = 5

/** Calls `late` after the timeout, each of whose slices counts when the process got round to it. Gives what ends it. */
export function onTimeout(timeout_ms: number, late: () => void): () => void {
  let left = SLICES
  let timer = setTimeout(function slice(): void {
    if (--left === 0) late()
    else timer = setTimeout(slice, timeout_ms / SLICES)
  }, timeout_ms / SLICES)
  return () => clearTimeout(timer)
}

/**
 * Comes back with what `begin` hands to `done`. Throws what it hands to `fail`, the error of `late` after the timeout, and the signal's reason where that aborts;
 * `over` is called first, and told whether it went well.
 */
export function awaited<T>(timeout_ms: number, signal: AbortSignal, { begin, late, over }: { begin(done: (value: T) => void, fail: (error: Error) => void): void; late(): Error; over?(well: boolean): void }): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isOver = false
    const end = (well: boolean, act: () => void): void => {
      // A socket may tell of its end long after this was answered.
      if (isOver) return
      isOver = true
      endTimeout()
      signal.removeEventListener('abort', stop)
      over?.(well)
      act()
    }
    const fail = (error: Error): void => end(false, () => reject(error))
    const stop = (): void => fail(signal.reason as Error)
    const endTimeout = onTimeout(timeout_ms, () => fail(late()))
    signal.addEventListener('abort', stop, { once: true })
    begin((value) => end(true, () => resolve(value)), fail)
  })
}

/** Before a read is sent again, s: 0.5, then 1. */
const BACK_OFF_S = 0.5
const READS = 3

const isUnreachable = (error: unknown): boolean => error instanceof GreenwaveError && error.code === 'controller.unreachable'

/** Reads again where no answer came: what is only asked does no harm twice. Throws what the last one throws, and the signal's reason. */
export async function readAgain<T>(read: () => Promise<T>, { wait }: Pick<DriverContext, 'wait'>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (attempt >= READS || !isUnreachable(error)) throw error
      await wait(BACK_OFF_S * attempt, signal)
    }
  }
}

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
