// What every kind of screen can do: show a message for a while, and say what it shows if it can. What is displayed is what the
// screen says, not what it was sent.
import type { SignContent } from '../../plans/publication/signs/index.ts'
import type { Instant, Seconds } from '../../model/units.ts'

/** Confirmed by reading back, shown otherwise than sent, or a screen that cannot tell: "not confirmed". */
export type Confirmation = 'same' | 'different' | 'not-possible'

export interface Acknowledgement {
  sign: string
  accepted_at: Instant
  /** From then on the screen shows its neutral content by itself. */
  expires_at: Instant
  confirmation: Confirmation
}

export interface ScreenAdapter {
  readonly name: string
  readonly can_read_back: boolean
  /**
   * Shows `content` for `ttl_s`, then the neutral content. Throws request.unknown for a sign that the adapter does not serve, request.invalid for a
   * time to live that is not between 1 s and 10 min; then the sign goes on as before.
   */
  show(sign: string, content: SignContent, ttl_s: Seconds): Promise<Acknowledgement>
  /** What is displayed now; undefined where the screen cannot tell. */
  readBack(sign: string): Promise<SignContent | undefined>
  close(): Promise<void>
}

export const LONGEST_TTL_S = 600
