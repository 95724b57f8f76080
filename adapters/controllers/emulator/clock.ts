// Clocks for emulated controllers and the adapters that are tried against them: life at some speed, or time that leaps while nothing happens.
import type { Instant, Seconds } from '../../../model/units.ts'

export interface DeviceClock {
  /** s since 1970. */
  now(): Instant
  /** Comes back after so long. Throws the signal's reason when it aborts. */
  wait(seconds: Seconds, signal?: AbortSignal): Promise<void>
}

/** So many times faster than life. */
export class ScaledClock implements DeviceClock {
  readonly #start: Instant
  readonly #speed: number
  readonly #zero = performance.now()

  constructor(start: Instant, speed: number) {
    this.#start = start
    this.#speed = speed
  }

  now(): Instant { return this.#start + ((performance.now() - this.#zero) / 1000) * this.#speed }

  wait(seconds: Seconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) { reject(signal.reason as Error); return }
      const stop = (): void => { clearTimeout(timer); reject(signal?.reason as Error) }
      const timer = setTimeout(() => { signal?.removeEventListener('abort', stop); resolve() }, Math.max(0, seconds * 1000) / this.#speed)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }
}

/** Turns of the event loop without a new waiter: a request and its answer over a socket of the same process take fewer. */
const QUIET_TURNS = 12

interface Waiter {
  at: Instant
  order: number
  wake(): void
}

/**
 * Time that stands still while anything happens and leaps to the next instant that anybody waits for when nothing does, so that a cycle costs no time
 * and a busy computer makes no lamp late. For peers in this process only: what another process does is not seen.
 */
export class LeapingClock implements DeviceClock {
  #now: Instant
  #order = 0
  #isPumping = false
  #calls = 0
  #holds = 0
  #resume: (() => void) | undefined
  readonly #waiters: Waiter[] = []
  readonly #most: number
  #leapt_at = performance.now()

  /** `most`: no faster than so many times life, for rigs where real timeouts must pass while somebody waits by this clock. */
  constructor(start: Instant, most = Number.POSITIVE_INFINITY) {
    this.#now = start
    this.#most = most
  }

  now(): Instant { return this.#now }

  wait(seconds: Seconds, signal?: AbortSignal): Promise<void> {
    this.#calls++
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) { reject(signal.reason as Error); return }
      const waiter: Waiter = { at: this.#now + Math.max(0, seconds), order: this.#order++, wake: () => { signal?.removeEventListener('abort', stop); resolve() } }
      const stop = (): void => {
        const i = this.#waiters.indexOf(waiter)
        if (i >= 0) this.#waiters.splice(i, 1)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.#insert(waiter)
      if (!this.#isPumping) void this.#pump()
    })
  }

  /** Time stands still until each holder has let go: somebody waits for the computer's clock, or for another process. */
  hold(): void { this.#holds++ }

  letGo(): void {
    this.#holds--
    if (this.#holds <= 0) this.#resume?.()
  }

  #insert(waiter: Waiter): void {
    let [low, high] = [0, this.#waiters.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#waiters[middle] as Waiter).at <= waiter.at) low = middle + 1
      else high = middle
    }
    this.#waiters.splice(low, 0, waiter)
  }

  async #pump(): Promise<void> {
    this.#isPumping = true
    while (this.#waiters.length > 0) {
      await this.#quiet()
      const next = this.#waiters[0]
      if (next === undefined) break
      if (Number.isFinite(this.#most)) await this.#slow(next.at - this.#now)
      this.#now = Math.max(this.#now, next.at)
      while (this.#waiters[0] !== undefined && this.#waiters[0].at <= this.#now) (this.#waiters.shift() as Waiter).wake()
    }
    this.#isPumping = false
  }

  /** Until nobody has begun to wait for some turns: somebody who does may still be at work. */
  async #quiet(): Promise<void> {
    for (let turn = 0, calls = this.#calls; turn < QUIET_TURNS; turn++) {
      if (this.#holds > 0) {
        await new Promise<void>((resolve) => { this.#resume = resolve })
        turn = 0
      }
      await new Promise<void>((resolve) => { setImmediate(resolve) })
      if (calls !== this.#calls) [turn, calls] = [0, this.#calls]
    }
  }

  async #slow(seconds: Seconds): Promise<void> {
    const due = this.#leapt_at + (seconds * 1000) / this.#most
    const left = due - performance.now()
    if (left > 1) await new Promise<void>((resolve) => { setTimeout(resolve, left) })
    this.#leapt_at = Math.max(due, performance.now() - 1000)
  }
}
