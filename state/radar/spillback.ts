// Spillback: does the queue of the next link reach back to this stop line? One movement, three levels, slow to clear.
import type { Instant, Seconds } from '../../model/units.ts'

/** 1 risk, 2 imminent, 3 the junction is blocked. */
export type SpillbackLevel = 1 | 2 | 3

export interface Spillback {
  /** Index of the movement. */
  movement: number
  /** The highest that it reached. */
  level: SpillbackLevel
  from_s: Instant
  /** Absent while it lasts. */
  until_s?: Instant
}

/** What is seen of a movement in one frame. */
export interface SpillbackSight {
  /** Queue of the link beyond over its length; undefined where nobody sees it. */
  filled: number | undefined
  /** Mean speed of vehicles 5 to 40 m beyond the line; undefined without any. */
  beyond_mps: number | undefined
  green: boolean
  /** A vehicle has stood inside the junction for so long. */
  standing_s: Seconds
}

const RISK = 0.7
const IMMINENT = 0.85
const CLEAR = 0.6
const SLOW_MPS = 5 / 3.6
const SLOW_S: Seconds = 5
const STANDING_S: Seconds = 3
const CLEAR_CYCLES = 2

export class SpillbackWatch {
  readonly movement: number
  current: Spillback | undefined
  readonly #tell: (spillback: Spillback) => void
  #slow: Instant | undefined
  #calm: Instant | undefined

  /** `tell` is called when it begins, gets worse and ends. */
  constructor(movement: number, tell: (spillback: Spillback) => void) {
    this.movement = movement
    this.#tell = tell
  }

  look(now: Instant, sight: SpillbackSight, cycle_s: Seconds): void {
    const level = this.#level(now, sight)
    if (level > 0) {
      if (this.current === undefined || level > this.current.level) {
        this.current = { movement: this.movement, level: level as SpillbackLevel, from_s: this.current?.from_s ?? now }
        this.#tell(this.current)
      }
      this.#calm = undefined
      return
    }
    if (this.current === undefined) return
    if ((sight.filled ?? 0) >= CLEAR) {
      this.#calm = undefined
      return
    }
    this.#calm ??= now
    if (now - this.#calm >= CLEAR_CYCLES * cycle_s) this.end(now)
  }

  end(now: Instant): void {
    if (this.current === undefined) return
    this.#tell({ ...this.current, until_s: now })
    this.current = undefined
    this.#calm = undefined
  }

  #level(now: Instant, { filled, beyond_mps, green, standing_s }: SpillbackSight): 0 | SpillbackLevel {
    if (green && beyond_mps !== undefined && beyond_mps < SLOW_MPS) this.#slow ??= now
    else this.#slow = undefined
    if (standing_s >= STANDING_S) return 3
    if ((filled ?? 0) >= IMMINENT || (this.#slow !== undefined && now - this.#slow >= SLOW_S)) return 2
    return (filled ?? 0) >= RISK ? 1 : 0
  }
}
