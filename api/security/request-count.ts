// Requests by who sends them and minute. By the monotonic clock: the store that comes with the limiter goes by the computer's, and after that was put
// back by an hour it would add up for an hour.
const MOST_KNOWN = 50_000

interface Window {
  current: number
  began_ms: number
}

/** A store of @fastify/rate-limit. */
export class RequestCount {
  readonly #windows = new Map<string, Window>()
  readonly #watch: () => number

  constructor(_options?: unknown, watch: () => number = () => performance.now()) {
    this.#watch = watch
  }

  incr(key: string, done: (error: Error | null, result?: { current: number; ttl: number }) => void, window_ms: number): void {
    done(null, this.count(key, window_ms))
  }

  /** One more of this key: how many there were in its window, and for how long it goes on, ms. */
  count(key: string, window_ms: number): { current: number; ttl: number } {
    const now = this.#watch()
    const before = this.#windows.get(key)
    const window = before === undefined || now - before.began_ms >= window_ms ? { current: 0, began_ms: now } : before
    window.current++
    // Whoever asked last stands last: those who are gone make room.
    this.#windows.delete(key)
    this.#windows.set(key, window)
    if (this.#windows.size > MOST_KNOWN) this.#windows.delete(this.#windows.keys().next().value!)
    return { current: window.current, ttl: window_ms - (now - window.began_ms) }
  }

  child(): RequestCount {
    return new RequestCount(undefined, this.#watch)
  }
}
