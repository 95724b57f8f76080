// The line to the service: asks for the state when the stream says that there is something new, and once in a while anyway; comes back by itself after
// whatever happens. Its clock is that of the service.
export interface LineOptions {
  /** Below the API: `/wall` or `/screens/hall/wall`. */
  path: string
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
  /** With version of the network whose drawing is there. */
  known: () => number | undefined
  heard: (answer: unknown) => void
  /** Status, where the service answers but with a refusal; 0 where nobody answers. */
  refused: (status: number) => void
}

const BASE = '/api/v1'
/** Asked anyway after so long without an answer; two of them fit in the minute after which the wall is grey. */
const ASK_MS = 25_000
/** Heartbeats come every 15 s: a line without two of them is dead, whatever the sockets say. */
const SILENT_MS = 40_000
const AGAIN_MS = { first: 1000, most: 15_000 } as const
const ANSWER_MS = 10_000
/** Of a service that answers, the clock is believed within half of the way there and back. */
const CLOCK_MS = 60_000

export class Line {
  readonly #options: LineOptions
  #offset_ms = Number.NaN
  #doubt_ms = Infinity
  #clocked_at = -Infinity
  #answered_at = -Infinity
  #asked_at = -Infinity
  #asking = false
  #wanted = false
  #stream: AbortController | undefined
  #sign_at = -Infinity
  #again_at = -Infinity
  #failures = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** Milliseconds since 1970 by the clock of the service; this computer's own until it has answered. */
  now(): number {
    return Number.isNaN(this.#offset_ms) ? Date.now() : performance.now() + this.#offset_ms
  }

  /** Since the last answer of the service. */
  silent_ms(): number {
    return performance.now() - this.#answered_at
  }

  /** Once a second or so: a single place decides what is due, so that nothing can pile up. */
  tick(): void {
    const at = performance.now()
    if (this.#stream !== undefined && at - this.#sign_at > SILENT_MS) this.#drop()
    if (this.#stream === undefined && at >= this.#again_at) void this.#listen()
    if (!this.#asking && (this.#wanted || at - Math.max(this.#answered_at, this.#asked_at) >= this.#pace())) void this.#ask()
  }

  #pace(): number {
    return this.#failures === 0 ? ASK_MS : backoff(this.#failures)
  }

  #address(part: string, more: Record<string, string> = {}): string {
    const query = new URLSearchParams({ ...this.#options.query, ...more }).toString()
    return `${BASE}${this.#options.path}${part}${query === '' ? '' : `?${query}`}`
  }

  async #ask(): Promise<void> {
    const { headers, known, heard, refused } = this.#options
    this.#asking = true
    this.#wanted = false
    this.#asked_at = performance.now()
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), ANSWER_MS)
    try {
      const version = known()
      const answer = await fetch(this.#address('', version === undefined ? {} : { known: String(version) }), { headers: headers as Record<string, string>, cache: 'no-store', signal: stop.signal })
      if (!answer.ok) {
        await answer.body?.cancel()
        this.#failures++
        refused(answer.status)
        return
      }
      const body = await answer.json() as { now: number }
      this.#failures = 0
      this.#answered_at = performance.now()
      this.#setClock(body.now * 1000, this.#asked_at, this.#answered_at)
      heard(body)
    } catch {
      // Silence is shown, not reported: the console of a wall that stands for weeks must not grow.
      this.#failures++
      refused(0)
    } finally {
      clearTimeout(late)
      this.#asking = false
    }
  }

  /** The answer with the shortest way says the time best; an old one is not better for ever. */
  #setClock(now_ms: number, asked: number, answered: number): void {
    const doubt = (answered - asked) / 2
    if (doubt > this.#doubt_ms && answered - this.#clocked_at < CLOCK_MS) return
    this.#offset_ms = now_ms - (asked + answered) / 2
    this.#doubt_ms = doubt
    this.#clocked_at = answered
  }

  async #listen(): Promise<void> {
    const stream = new AbortController()
    this.#stream = stream
    this.#sign_at = performance.now()
    try {
      const answer = await fetch(this.#address('/events'), { headers: this.#options.headers as Record<string, string>, cache: 'no-store', signal: stream.signal })
      if (!answer.ok || answer.body === null) throw new Error(String(answer.status))
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        this.#sign_at = performance.now()
        // What happened does not matter: whoever is told, asks.
        if (/^event: /m.test(value)) this.#wanted = true
      }
    } catch {
      // As above: the wall turns grey by itself.
    }
    if (this.#stream === stream) this.#drop()
  }

  #drop(): void {
    this.#stream?.abort()
    this.#stream = undefined
    this.#again_at = performance.now() + backoff(Math.max(1, this.#failures))
    // What was missed meanwhile.
    this.#wanted = this.#failures === 0
  }
}

/** 1, 2, 4, 8, 15 s. */
export const backoff = (failures: number): number => Math.min(AGAIN_MS.most, AGAIN_MS.first * 2 ** Math.max(0, failures - 1))
