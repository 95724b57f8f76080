// A browser as a screen: the content as JSON, and a page that fetches it. The page decides about its own end: without news it turns grey and says since when.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant, Seconds } from '../../../model/units.ts'
import type { SignContent } from '../../../plans/publication/signs/index.ts'
import { LONGEST_TTL_S, type Acknowledgement, type ScreenAdapter } from '../screen.ts'
export { KIOSK_PAGE, KIOSK_SCRIPT, KIOSK_STYLE } from './page.ts'

export interface KioskState {
  format: 'greenwave.kiosk/1'
  sign: string
  now: Instant
  expires_at: Instant | null
  neutral: boolean
  content: SignContent
  /** Id that the page acknowledges; absent or null where there is nothing to. */
  message?: string | null
}

/** Keeps what each sign shows until it expires. A browser confirms nothing: what was shown is "not confirmed". */
export class KioskAdapter implements ScreenAdapter {
  readonly name = 'kiosk'
  readonly can_read_back = false
  readonly #neutral: ReadonlyMap<string, SignContent>
  readonly #now: () => Instant
  readonly #shown = new Map<string, { content: SignContent; expires_at: Instant }>()

  constructor(neutral: ReadonlyMap<string, SignContent>, now: () => Instant) {
    this.#neutral = neutral
    this.#now = now
  }

  async show(sign: string, content: SignContent, ttl_s: Seconds): Promise<Acknowledgement> {
    this.#neutralOf(sign)
    if (!(ttl_s >= 1 && ttl_s <= LONGEST_TTL_S)) throw new GreenwaveError('request.invalid', `sign "${sign}" was given a time to live of ${ttl_s} s; it must be 1 to ${LONGEST_TTL_S} s`)
    const accepted_at = this.#now()
    this.#shown.set(sign, { content: structuredClone(content), expires_at: accepted_at + ttl_s })
    return { sign, accepted_at, expires_at: accepted_at + ttl_s, confirmation: 'not-possible' }
  }

  async readBack(sign: string): Promise<SignContent | undefined> {
    this.#neutralOf(sign)
    return undefined
  }

  /** What the page of a sign fetches. Throws request.unknown. */
  state(sign: string): KioskState {
    const [neutral, shown, now] = [this.#neutralOf(sign), this.#shown.get(sign), this.#now()]
    const alive = shown !== undefined && now < shown.expires_at
    return { format: 'greenwave.kiosk/1', sign, now, expires_at: alive ? shown.expires_at : null, neutral: !alive, content: structuredClone(alive ? shown.content : neutral) }
  }

  async close(): Promise<void> {
    this.#shown.clear()
  }

  #neutralOf(sign: string): SignContent {
    const neutral = this.#neutral.get(sign)
    if (neutral === undefined) throw new GreenwaveError('request.unknown', `no kiosk is called "${sign}"`)
    return neutral
  }
}
