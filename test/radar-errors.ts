// What radars do wrong, beyond missed frames and ghosts: stopped vehicles fade, ids go over to new ones, long vehicles are told as
// two, dense ones as one, the whole sensor drops out. Random by a hash of vehicle and time, so that the same input errs alike.
import type { RadarTarget } from '../model/feed.ts'

export interface RadarErrors {
  /** Share of stops that fade, some seconds after the vehicle stopped; seen again, under a new id, once it drives. */
  fading?: number
  /** Changes of the id per vehicle and second. */
  switches?: number
  /** Share of vehicles that are told as two objects for a while. */
  splits?: number
  /** Share of times (of 10 s) in which two vehicles closer than 9 m are one object. */
  merges?: number
  /** The sensor is away from and until, seconds from the first frame. */
  dropouts?: readonly (readonly [from_s: number, until_s: number])[]
  seed?: number
}

function hash(...parts: (string | number)[]): number {
  let h = 2_166_136_261
  for (const part of parts.join('|')) {
    h ^= part.codePointAt(0)!
    h = Math.imul(h, 16_777_619)
  }
  h ^= h >>> 15
  h = Math.imul(h, 2_246_822_507)
  h ^= h >>> 13
  return (h >>> 0) / 2 ** 32
}

/** Objects in the order of frames, as one radar would have told them. */
export function spoil(targets: readonly RadarTarget[], { fading = 0, switches = 0, splits = 0, merges = 0, dropouts = [], seed = 1 }: RadarErrors): RadarTarget[] {
  const result: RadarTarget[] = []
  const state = new Map<string, { stopped: number | undefined; id: number; last: number; faded: boolean }>()
  const start = targets[0]?.time_s ?? 0
  for (const frame of framesOf(targets)) {
    const now = frame[0]!.time_s
    const hidden = mergedIn(frame, merges, seed)
    for (const target of frame) {
      const { track } = target
      const own = state.get(track) ?? { stopped: undefined, id: 0, last: now, faded: false }
      state.set(track, own)
      const stands = (target.speed_mps ?? 1) < 0.3
      own.stopped = stands ? own.stopped ?? now : undefined
      if (stands && now - own.stopped! > 3 && hash(seed, 'fade', track, own.stopped!) < fading) own.faded = true
      else if (own.faded && (target.speed_mps ?? 0) > 1.5) {
        own.faded = false
        own.id++
      }
      if (switches > 0 && Math.floor(now) !== Math.floor(own.last) && hash(seed, 'switch', track, Math.floor(now)) < switches) own.id++
      own.last = now
      if (own.faded || hidden.has(track) || dropouts.some(([from, until]) => now - start >= from && now - start < until)) continue
      const told = { ...target, track: own.id === 0 ? track : `${track}.${own.id}` }
      result.push(told)
      // For five seconds out of ten its tail is an object of its own.
      if (splits > 0 && hash(seed, 'split', track) < splits && modulo10(now) < 5) {
        const back = (target.length_m ?? 5) * 0.8
        const [dx, dy] = directionOf(target)
        result.push({ ...told, track: `${track}-tail-${Math.floor(now / 10)}`, x_m: target.x_m - back * dx, y_m: target.y_m - back * dy })
      }
    }
  }
  return result
}

const modulo10 = (time: number): number => time - 10 * Math.floor(time / 10)

/** Sensors are called after the arm that they look at. */
function directionOf({ sensor }: RadarTarget): [number, number] {
  return ({ W: [1, 0], E: [-1, 0], N: [0, -1], S: [0, 1] } as Record<string, [number, number]>)[sensor.split('/')[1]![0]!]!
}

function* framesOf(targets: readonly RadarTarget[]): Generator<RadarTarget[]> {
  let frame: RadarTarget[] = []
  for (const target of targets) {
    if (frame.length > 0 && frame[0]!.time_s !== target.time_s) {
      yield frame
      frame = []
    }
    frame.push(target)
  }
  if (frame.length > 0) yield frame
}

function mergedIn(frame: readonly RadarTarget[], merges: number, seed: number): Set<string> {
  const hidden = new Set<string>()
  if (merges === 0) return hidden
  for (let i = 0; i < frame.length; i++) for (let j = i + 1; j < frame.length; j++) {
    const [a, b] = [frame[i]!, frame[j]!]
    if (a.sensor !== b.sensor || a.lane !== b.lane || Math.hypot(a.x_m - b.x_m, a.y_m - b.y_m) > 9) continue
    if (hash(seed, 'merge', a.track, b.track, Math.floor(a.time_s / 10)) < merges && !hidden.has(a.track)) hidden.add(b.track)
  }
  return hidden
}
