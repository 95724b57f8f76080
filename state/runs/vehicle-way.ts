// The way of one vehicle as a single coordinate: metres driven since its first link's start, its fixes and the lines passed.
import type { Instant, Metres, MetresPerSecond } from '../../model/units.ts'
import type { MatchedFix } from '../matching/matched-fix.ts'
import type { LinkSpeeds } from './link-speeds.ts'
import { DOWNSTREAM_M, type FreeSpeed, type StopLines } from './stop-lines.ts'
import type { Trace } from './trace.ts'

/** A stop line on the way. */
export interface Line {
  movement: number
  /** On the way. */
  at_m: Metres
  /** Length of the path across the junction. */
  path_m: Metres
  turns: boolean
  /** The lower of the fixes about the line: they tell which way it turned. */
  posterior: number
}

/** Once this far beyond a line, neither the end of its frame nor what blocks it can change. */
const DONE_M: Metres = 2 * DOWNSTREAM_M
/** Fixes kept of a vehicle that stands for hours: the middle ones are forgotten. */
const MOST_FIXES = 4000

export class VehicleWay {
  readonly vehicle: string
  /** Passed and not yet told. */
  readonly lines: Line[] = []
  /** The line told last. */
  before_m: Metres | undefined
  last_s: Instant
  readonly #on: StopLines
  readonly #links: { link: number; at_m: Metres }[]
  readonly #began: { link: number; position_m: Metres }
  #t: number[] = []
  #x: number[] = []
  #v: number[] = []
  #link: number
  #base = 0
  #posterior: number
  /** Way and time on the present link. */
  #way = 0
  #time = 0

  constructor(on: StopLines, fix: MatchedFix) {
    this.vehicle = fix.vehicle
    this.#on = on
    this.#link = fix.link
    this.#links = [{ link: fix.link, at_m: 0 }]
    this.#began = { link: fix.link, position_m: fix.position_m }
    this.#posterior = fix.posterior
    this.last_s = fix.time_s
    this.#add(fix)
  }

  /** Out: false where the network has no such way; nothing is taken then. */
  follow(fix: MatchedFix, speeds: LinkSpeeds | undefined): boolean {
    const legs: number[] = []
    let [link, moved] = [this.#link, 0]
    for (const next of fix.route) {
      const movement = this.#on.find(link, next)
      if (movement < 0) return false
      legs.push(movement)
      link = next
    }
    if (link !== fix.link) return false
    const [x0, t0] = [this.#x.at(-1)!, this.last_s]
    const x1 = legs.reduce((at, movement, k) => at + this.#on.length_m[k === 0 ? this.#link : this.#on.to[legs[k - 1]!]!]! + this.#on.path_m[movement]!, this.#base) + fix.position_m
    const pace = x1 > x0 ? (fix.time_s - t0) / (x1 - x0) : 0
    for (const movement of legs) {
      const line_m = this.#base + this.#on.length_m[this.#link]!
      const end_m = line_m + this.#on.path_m[movement]!
      if (this.#on.line[movement] === 1) this.lines.push({ movement, at_m: line_m, path_m: this.#on.path_m[movement]!, turns: this.#on.turns[movement] === 1, posterior: Math.min(this.#posterior, fix.posterior) })
      const part = Math.max(0, end_m - x0 - moved)
      this.#way += part
      this.#time += part * pace
      moved += part
      this.#pass(speeds, t0 + moved * pace)
      this.#link = this.#on.to[movement]!
      this.#base = end_m
      this.#links.push({ link: this.#link, at_m: end_m })
    }
    this.#way += x1 - x0 - moved
    this.#time += fix.time_s - t0 - moved * pace
    this.#posterior = fix.posterior
    this.last_s = fix.time_s
    this.#add(fix)
    return true
  }

  /** Whether all is known of the first line that was not told. */
  ready(): boolean {
    const line = this.lines[0]
    return line !== undefined && this.#x.at(-1)! >= line.at_m + DONE_M
  }

  /** The first line was told: what lies before its frame's end is forgotten. */
  passed(): void {
    const line = this.lines.shift()!
    this.before_m = line.at_m
    const from = line.at_m
    let keep = this.#x.findLastIndex((x) => x <= from)
    if (keep > 0) {
      this.#t = this.#t.slice(keep)
      this.#x = this.#x.slice(keep)
      this.#v = this.#v.slice(keep)
    }
    keep = this.#links.findLastIndex(({ at_m }) => at_m <= from)
    if (keep > 0) this.#links.splice(0, keep)
  }

  /** Where the fixes that are kept begin. */
  start_m(): Metres {
    return this.#x[0]!
  }

  /** Whether the first frame of the way begins where vehicles enter the network, as far as the first fix can tell. */
  entered(freeSpeed: FreeSpeed, noise_m: Metres): boolean {
    const { link, position_m } = this.#began
    const interval = this.#t.length > 1 ? this.#t[1]! - this.#t[0]! : 0
    return this.before_m === undefined && this.#on.entry[link] === 1 && position_m <= DOWNSTREAM_M + interval * freeSpeed(link) + 2 * noise_m
  }

  /** Mean free speed over a part of the way: its length over its free travel time. */
  freeSpeed(from_m: Metres, until_m: Metres, freeSpeed: FreeSpeed): MetresPerSecond {
    let time = 0
    this.#links.forEach(({ link, at_m }, k) => {
      const part = Math.min(until_m, this.#links[k + 1]?.at_m ?? Infinity) - Math.max(from_m, k === 0 ? -Infinity : at_m)
      if (part > 0) time += part / freeSpeed(link)
    })
    return (until_m - from_m) / time
  }

  /** Fixes about a line in its frame, with one beyond either end. */
  trace(line_m: Metres, from_m: Metres, until_m: Metres): Trace {
    // Who stood at the place of its first fix stood in the frame.
    const low = line_m + from_m <= this.#x[0]! ? 0 : this.#x.findLastIndex((x) => x <= line_m + from_m)
    let high = this.#x.findIndex((x) => x >= line_m + Math.min(until_m, DONE_M))
    if (high < 0) high = this.#x.length - 1
    return { t_s: this.#t.slice(low, high + 1), s_m: this.#x.slice(low, high + 1).map((x) => x - line_m), v_mps: this.#v.slice(low, high + 1) }
  }

  /** The passage of the present link ends here. */
  flush(speeds: LinkSpeeds | undefined): void {
    this.#pass(speeds, this.last_s)
  }

  #pass(speeds: LinkSpeeds | undefined, at_s: Instant): void {
    speeds?.add(this.#link, this.#way, this.#time, at_s)
    this.#way = 0
    this.#time = 0
  }

  #add(fix: MatchedFix): void {
    if (this.#t.length >= MOST_FIXES) for (const column of [this.#t, this.#x, this.#v]) column.splice(MOST_FIXES / 4, MOST_FIXES / 2)
    this.#t.push(fix.time_s)
    this.#x.push(this.#base + fix.position_m)
    this.#v.push(fix.speed_mps ?? Number.NaN)
  }
}
