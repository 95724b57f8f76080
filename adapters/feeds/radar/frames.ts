// Frames of a radar: what can only be judged of all objects of an instant together, and against the frames before. Rows of
// several sensors may be mixed; each sensor has a clock and a history of its own.
import type { RadarTarget } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { Instant, Seconds } from '../../../model/units.ts'

/** Longer without a frame is a gap: nothing may be counted across it. */
const GAP_S = 1
/** Positions that stay alike for longer, while objects claim to move, are not measured any more. */
const FROZEN_S = 5
const MOVING_MPS = 0.5
/** A frame of more objects than this many times the 99th percentile is interference. */
const CROWD = 3
/** No percentile before so many frames, and no interference below so many objects: empty streets fill at once. */
const LEARNED_FRAMES = 200
const FEWEST_OBJECTS = 30
/** A frame so far ahead of the last one is believed only when the next one agrees: a single wrong clock would outlaw all that follow. */
const LEAP_S = 60
/** Frames of other sensors that may wait for one that is still open. */
const MOST_PENDING = 20_000

/** What the frames of one sensor were like. */
export interface FrameReport {
  sensor: string
  frames: number
  gaps: number
  longest_gap_s: Seconds
  /** Seconds between frames, gaps left out; undefined with fewer than two frames. */
  period_s: Seconds | undefined
}

interface Frame {
  sensor: string
  time_s: Instant
  targets: RadarTarget[]
  tracks: Set<string>
  closed: boolean
}

interface SensorHistory {
  open: Frame | undefined
  /** A frame far ahead of the last one, until the next one tells whether it was right. */
  leap: Frame | undefined
  last_s: Instant
  signature: string
  same_since_s: Instant
  /** Frames by the number of their objects. */
  sizes: number[]
  frames: number
  gaps: number
  longest_gap_s: Seconds
  steps: number
  stepped_s: Seconds
}

/** Takes targets in the order of the source, gives back those of frames that are believed. */
export class FrameScreen {
  readonly #account: FeedAccount
  readonly #sensors = new Map<string, SensorHistory>()
  #queue: Frame[] = []
  #pending = 0

  constructor(account: FeedAccount) {
    this.#account = account
  }

  /** Adds believed targets to `out`, sooner or later: a frame is judged once the next one has begun. */
  push(target: RadarTarget, out: RadarTarget[]): void {
    let sensor = this.#sensors.get(target.sensor)
    if (sensor === undefined) this.#sensors.set(target.sensor, sensor = newHistory())
    let frame = sensor.open
    if (frame === undefined || frame.time_s !== target.time_s) {
      if (frame !== undefined) frame.closed = true
      frame = { sensor: target.sensor, time_s: target.time_s, targets: [], tracks: new Set(), closed: false }
      sensor.open = frame
      this.#queue.push(frame)
      this.#release(target.time_s, out)
    }
    if (frame.tracks.has(target.track)) {
      this.#account.count('drop', 'duplicate', () => `sensor ${target.sensor} tells of object ${target.track} twice at ${target.time_s}`)
      return
    }
    frame.tracks.add(target.track)
    frame.targets.push(target)
    this.#pending++
  }

  /** Judges what is left. */
  end(out: RadarTarget[]): void {
    for (const frame of this.#queue) this.#judge(frame, out)
    this.#queue = []
    for (const sensor of this.#sensors.values()) if (sensor.leap !== undefined) this.#believe(sensor, sensor.leap, out)
  }

  report(): FrameReport[] {
    return [...this.#sensors].map(([sensor, { frames, gaps, longest_gap_s, steps, stepped_s }]) => ({ sensor, frames, gaps, longest_gap_s, period_s: steps === 0 ? undefined : stepped_s / steps }))
  }

  /** Frames in the order in which they began; one whose sensor fell silent does not hold up the others. */
  #release(now_s: Instant, out: RadarTarget[]): void {
    let done = 0
    while (done < this.#queue.length - 1) {
      const frame = this.#queue[done]!
      if (!frame.closed && Math.abs(now_s - frame.time_s) <= GAP_S && this.#pending < MOST_PENDING) break
      const sensor = this.#sensors.get(frame.sensor)!
      if (sensor.open === frame) sensor.open = undefined
      this.#judge(frame, out)
      done++
    }
    if (done > 0) this.#queue.splice(0, done)
  }

  #judge(frame: Frame, out: RadarTarget[]): void {
    const sensor = this.#sensors.get(frame.sensor)!
    this.#pending -= frame.targets.length
    if (frame.targets.length === 0) return
    const { leap } = sensor
    if (leap !== undefined) {
      sensor.leap = undefined
      if (frame.time_s > leap.time_s) this.#believe(sensor, leap, out)
      else this.#drop(leap, 'time-leap', `${leap.time_s - sensor.last_s} s after the frame before it, which the next frame contradicts`)
    }
    if (frame.time_s <= sensor.last_s) {
      this.#drop(frame, 'frame-backwards', `not after the frame of ${sensor.last_s}`)
      return
    }
    if (frame.time_s - sensor.last_s > LEAP_S && sensor.frames > 0) sensor.leap = frame
    else this.#believe(sensor, frame, out)
  }

  #drop(frame: Frame, cause: string, why: string): void {
    this.#account.count('drop', cause, () => `the frame of sensor ${frame.sensor} at ${frame.time_s} is ${why}`, frame.targets.length)
  }

  #believe(sensor: SensorHistory, frame: Frame, out: RadarTarget[]): void {
    sensor.leap = undefined
    countStep(sensor, frame.time_s)
    const { targets } = frame
    const crowd = limitOf(sensor)
    const size = Math.min(targets.length, Math.ceil(crowd ?? Infinity))
    sensor.sizes[size] = (sensor.sizes[size] ?? 0) + 1
    sensor.frames++
    const signature = targets.map(({ track, x_m, y_m }) => `${track} ${x_m} ${y_m}`).join()
    if (signature !== sensor.signature) {
      sensor.signature = signature
      sensor.same_since_s = frame.time_s
    }
    if (crowd !== undefined && targets.length > crowd) {
      this.#account.count('quarantine', 'interference', () => `the frame of sensor ${frame.sensor} at ${frame.time_s} has ${targets.length} objects; more than ${crowd} are interference`, targets.length)
      return
    }
    if (frame.time_s - sensor.same_since_s > FROZEN_S && targets.some(({ speed_mps }) => (speed_mps ?? 0) > MOVING_MPS)) {
      this.#account.count('quarantine', 'frozen', () => `sensor ${frame.sensor} shows all ${targets.length} objects at the same places from ${sensor.same_since_s} to ${frame.time_s} and says that they move`, targets.length)
      return
    }
    for (const target of targets) {
      this.#account.accept(target.time_s)
      out.push(target)
    }
  }
}

const newHistory = (): SensorHistory => ({
  open: undefined, leap: undefined, last_s: -Infinity, signature: '', same_since_s: -Infinity, sizes: [], frames: 0, gaps: 0, longest_gap_s: 0, steps: 0, stepped_s: 0,
})

function countStep(sensor: SensorHistory, time_s: Instant): void {
  if (sensor.last_s !== -Infinity) {
    const step = time_s - sensor.last_s
    if (step > GAP_S) {
      sensor.gaps++
      sensor.longest_gap_s = Math.max(sensor.longest_gap_s, step)
    } else {
      sensor.steps++
      sensor.stepped_s += step
    }
  }
  sensor.last_s = time_s
}

/** Most objects of a frame that is no interference; undefined while nothing is known. */
function limitOf({ sizes, frames }: SensorHistory): number | undefined {
  if (frames < LEARNED_FRAMES) return undefined
  let above = 0
  for (let size = sizes.length - 1; size > 0; size--) {
    above += sizes[size] ?? 0
    if (above > frames * 0.01) return Math.max(CROWD * size, FEWEST_OBJECTS)
  }
  return FEWEST_OBJECTS
}
