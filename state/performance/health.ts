// Health of a detector channel, told before any measure that rests on it.
import type { Instant } from '../../model/units.ts'

export interface ChannelHealth {
  actuations: number
  /** Share of on and off events that lack their partner. */
  unpaired_share: number
  /** On without a break for longer than a queue ever stands. */
  stuck_on: boolean
  /** Flickers: more than one actuation a second over a minute. */
  chattering: boolean
  verdict: 'healthy' | 'unpaired' | 'stuck-on' | 'chattering' | 'silent'
}

const UNPAIRED_SHARE = 0.05
const STUCK_S = 1800
const CHATTER_PER_MINUTE = 60

export class DetectorHealth {
  #events = 0
  #actuations = 0
  #unpaired = 0
  #on: Instant | undefined
  #longest = 0
  #minute = Number.NaN
  #inMinute = 0
  #busiest = 0

  take(on: boolean, time_s: Instant): void {
    this.#events++
    if (on) {
      this.#actuations++
      if (this.#on !== undefined) this.#unpaired++
      this.#on = time_s
      const minute = Math.floor(time_s / 60)
      this.#inMinute = minute === this.#minute ? this.#inMinute + 1 : 1
      this.#minute = minute
      this.#busiest = Math.max(this.#busiest, this.#inMinute)
    } else {
      if (this.#on === undefined) this.#unpaired++
      else this.#longest = Math.max(this.#longest, time_s - this.#on)
      this.#on = undefined
    }
  }

  judge(now: Instant): ChannelHealth {
    const unpaired_share = this.#events === 0 ? 0 : this.#unpaired / this.#events
    const stuck_on = Math.max(this.#longest, this.#on === undefined ? 0 : now - this.#on) > STUCK_S
    const chattering = this.#busiest > CHATTER_PER_MINUTE
    // One partner may be cut off at each end of the log.
    const unpaired = this.#unpaired > 2 && unpaired_share > UNPAIRED_SHARE
    return {
      actuations: this.#actuations, unpaired_share, stuck_on, chattering,
      verdict: stuck_on ? 'stuck-on' : chattering ? 'chattering' : unpaired ? 'unpaired' : this.#actuations === 0 ? 'silent' : 'healthy',
    }
  }
}
