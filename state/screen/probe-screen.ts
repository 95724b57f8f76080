// What only the history of a vehicle shows about a fix: said twice, out of order, further away than anyone drives, or from a receiver
// that repeats its last place. Takes fixes sorted by time, by vehicle or hardly at all, gives those that can be believed, in order
// of time for each vehicle. Memory is bounded: a vehicle that was not heard of for the longest is forgotten.
import { GreenwaveError } from '../../model/errors.ts'
import { FeedAccount } from '../../model/feed-account.ts'
import type { Fix } from '../../model/feed.ts'
import type { Metres, MetresPerSecond, Seconds } from '../../model/units.ts'
import { SpeedUnitCheck } from './speed-unit.ts'
import { Track } from './track.ts'

/** Takes fixes that are not believed, in no order, with the cause that the account has. */
export type ScreenedSink = (fix: Fix, cause: string) => void

/** Takes believed fixes; `first` where nothing is known of how the vehicle came here: its first fix, or the first after a break. */
export type FixSink = (fix: Fix, first: boolean) => void

export interface ScreenLimits {
  /** Fixes that come late by no more than this are sorted in; below 0 none waits, and each is given at once. */
  lag_s: Seconds
  /** Faster from one fix to the next is not driving. */
  top_speed_mps: MetresPerSecond
  /** By which two fixes may lie further apart than the vehicle drove: noise of both. */
  noise_m: Metres
  /** Silence after which a trip is over. */
  gap_s: Seconds
  /** Standing in one place for longer at a speed above is a receiver that repeats its last place. */
  frozen_s: Seconds
  frozen_mps: MetresPerSecond
  /** Vehicles remembered at once. */
  vehicles: number
}

export const SCREEN_LIMITS: Readonly<ScreenLimits> = { lag_s: 10, top_speed_mps: 70, noise_m: 20, gap_s: 600, frozen_s: 30, frozen_mps: 3, vehicles: 100_000 }

/** Fixes of a vehicle that wait for earlier ones. */
const MOST_WAITING = 4
/** Implausible fixes in a row after which the vehicle is where they say. */
const JUMPS = 3
/** Earlier fixes in a row, in order among themselves, after which they are another trip of the vehicle. */
const EARLIER = 3
/** A vehicle not heard of for so long, while others were, has told what it had to tell: nothing earlier is still under way. */
const SILENT_S = 30
/** A receiver that repeats its last place repeats it to the digit; half a metre allows for rounding. */
const SAME_PLACE_M = 0.5

/** Screens the fixes of one source. */
export class ProbeScreen {
  /** What became of the fixes: read, accepted, dropped and quarantined here. Another one may take its place between two fixes. */
  account: FeedAccount
  readonly #sink: FixSink
  readonly #screened: ScreenedSink | undefined
  readonly #limits: Readonly<ScreenLimits>
  readonly #units = new SpeedUnitCheck()
  // Vehicles heard of since the younger half of the memory was last full, and before.
  #young = new Map<string, Track>()
  #old = new Map<string, Track>()
  #vehicle = ''
  #track = new Track()
  /** Of the fix before, and the latest of all. */
  #time = Number.NaN
  #newest = -Infinity
  #swept = -Infinity

  constructor(source: string, sink: FixSink, limits: Partial<ScreenLimits> = {}, screened?: ScreenedSink) {
    this.account = new FeedAccount(source)
    this.#sink = sink
    this.#screened = screened
    this.#limits = { ...SCREEN_LIMITS, ...limits }
  }

  /** Takes the next fix of the source. Throws input.value where the speeds of the feed are in another unit than declared. */
  push(fix: Fix): void {
    this.account.read++
    this.#release(fix)
    const track = fix.vehicle === this.#vehicle ? this.#track : this.#trackOf(fix.vehicle)
    if (track.last !== undefined && fix.time_s <= track.last.time_s) this.#late(track, fix)
    else if (track.covers(fix.time_s)) this.#drop('duplicate', fix, 'lies in a time that was told before')
    else this.#wait(track, fix)
  }

  /** Gives what still waits. Throws as `push` does. */
  end(): void {
    for (const tracks of [this.#old, this.#young]) for (const track of tracks.values()) this.#finish(track)
    this.#old = new Map()
    this.#young = new Map()
    this.#vehicle = ''
    this.#checkUnits(this.#units.atEnd())
  }

  /**
   * Gives what waits of vehicles that have fallen silent: the one before this where the source is sorted by vehicle, and now
   * and then all others. Whoever follows would take the ends of their trips for other trips if they came with the end of the source.
   */
  #release({ vehicle, time_s }: Fix): void {
    if (vehicle !== this.#vehicle && Math.abs(time_s - this.#time) > this.#limits.lag_s) this.#give(this.#track)
    this.#time = time_s
    if (!(time_s > this.#newest)) return
    this.#newest = time_s
    if (time_s - this.#swept < SILENT_S) return
    this.#swept = time_s
    for (const tracks of [this.#old, this.#young]) for (const track of tracks.values()) if (track.waiting.length > 0 && track.waiting.at(-1)!.time_s < time_s - SILENT_S) this.#give(track)
  }

  #give(track: Track): void {
    while (track.waiting.length > 0) this.#examine(track, track.waiting.shift()!)
  }

  #trackOf(vehicle: string): Track {
    let track = this.#young.get(vehicle)
    if (track === undefined) {
      track = this.#old.get(vehicle) ?? new Track()
      this.#old.delete(vehicle)
      this.#young.set(vehicle, track)
      if (this.#young.size * 2 > this.#limits.vehicles) {
        for (const forgotten of this.#old.values()) this.#finish(forgotten)
        this.#old = this.#young
        this.#young = new Map()
      }
    }
    this.#vehicle = vehicle
    this.#track = track
    return track
  }

  #finish(track: Track): void {
    this.#give(track)
    this.#dropEarlier(track)
  }

  /** Sorts a fix in among those that wait, and gives the ones that waited long enough. */
  #wait(track: Track, fix: Fix): void {
    if (track.earlier.length > 0) this.#dropEarlier(track)
    const { waiting } = track
    // Where none waits, none need be put in line to be taken out of it at once.
    if (this.#limits.lag_s < 0 && waiting.length === 0) return this.#examine(track, fix)
    let at = waiting.length
    while (at > 0 && waiting[at - 1]!.time_s > fix.time_s) at--
    if (at > 0 && waiting[at - 1]!.time_s === fix.time_s) return this.#drop('duplicate', fix, 'was there already')
    if (at === waiting.length) waiting.push(fix)
    else waiting.splice(at, 0, fix)
    const newest = waiting.at(-1)!.time_s
    while (waiting.length > MOST_WAITING || (waiting.length > 0 && newest - waiting[0]!.time_s > this.#limits.lag_s)) this.#examine(track, waiting.shift()!)
  }

  /** A fix that is not after the last one that was given. */
  #late(track: Track, fix: Fix): void {
    if (track.gave(fix.time_s)) return this.#drop('duplicate', fix, 'was there already')
    if (track.covers(fix.time_s)) return this.#drop('time-backwards', fix, `comes after one of ${describeTime(track.last!)}`)
    const { earlier } = track
    if (earlier.length > 0 && earlier.at(-1)!.time_s >= fix.time_s) this.#dropEarlier(track)
    earlier.push(fix)
    if (earlier.length < EARLIER) return
    // Another trip, listed after a later one.
    const trip = earlier.splice(0)
    this.#finish(track)
    track.begin()
    for (const one of trip) this.#wait(track, one)
  }

  #dropEarlier(track: Track): void {
    for (const fix of track.earlier.splice(0)) this.#drop('time-backwards', fix, `comes after one of ${describeTime(track.last!)}`)
  }

  /** Believes a fix or not; those of a vehicle arrive here in order of time. */
  #examine(track: Track, fix: Fix): void {
    const { last } = track
    let first = last === undefined
    if (last !== undefined) {
      const dt = fix.time_s - last.time_s
      const [dx, dy] = [fix.x_m - last.x_m, fix.y_m - last.y_m]
      const distance = Math.sqrt(dx * dx + dy * dy)
      if (dt > this.#limits.gap_s) {
        track.begin()
        first = true
      } else if (distance - this.#limits.noise_m > this.#limits.top_speed_mps * dt) {
        if (++track.jumps < JUMPS) return this.#drop('implied-speed', fix, `is ${distance.toFixed(0)} m from the one ${dt.toFixed(1)} s before`)
        this.account.count('repair', 'track-broken', () => `${describe(fix)} is the third in a row that is ${distance.toFixed(0)} m or more from where the vehicle was; it begins anew`)
        track.begin(true)
        first = true
      } else {
        track.jumps = 0
        this.#compareSpeed(track, last, fix)
      }
    }
    track.give(fix)
    if (this.#isFrozen(track, fix)) {
      this.#screened?.(fix, 'frozen')
      return this.account.count('quarantine', 'frozen', () => `${describe(fix)} has not moved since ${describeTime(track.still!)}, at a speed of ${fix.speed_mps} m/s`)
    }
    this.account.accept(fix.time_s)
    this.#sink(fix, first || track.unseen)
    track.unseen = false
  }

  #isFrozen(track: Track, fix: Fix): boolean {
    const { still } = track
    const moves = fix.speed_mps !== undefined && fix.speed_mps > this.#limits.frozen_mps
    if (!moves || still === undefined || Math.abs(fix.x_m - still.x_m) > SAME_PLACE_M || Math.abs(fix.y_m - still.y_m) > SAME_PLACE_M) {
      if (!track.frozen) track.still = moves ? fix : undefined
    } else if (fix.time_s - still.time_s > this.#limits.frozen_s) track.frozen = true
    return track.frozen
  }

  #compareSpeed(track: Track, last: Fix, fix: Fix): void {
    if (this.#units.isOver || track.compared >= SpeedUnitCheck.MOST_PER_TRIP) return
    const ratio = track.pace.ratio(last, fix)
    if (ratio === undefined) return
    track.compared++
    this.#checkUnits(this.#units.add(ratio))
  }

  #checkUnits(sentence: string | undefined): void {
    if (sentence === undefined) return
    const error = new GreenwaveError('input.value', sentence, { file: this.account.source })
    this.account.refuse(error.message)
    throw error
  }

  #drop(cause: string, fix: Fix, why: string): void {
    this.#screened?.(fix, cause)
    this.account.count('drop', cause, () => `${describe(fix)} ${why}`)
  }
}

const describeTime = ({ time_s }: Fix): string => new Date(time_s * 1000).toISOString()
const describe = (fix: Fix): string => `vehicle "${fix.vehicle}": the fix of ${describeTime(fix)} at (${fix.x_m.toFixed(1)}, ${fix.y_m.toFixed(1)})`
