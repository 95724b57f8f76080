// From the trace of a vehicle about one stop line to its run. Control delay, stops, crossing and arrival as in docs of
// `Run`; frame from `start_m` to `end_m` about the line.
import type { Metres, MetresPerSecond, Seconds } from '../../model/units.ts'
import { BLOCKED_M } from './stop-lines.ts'
import type { Run, RunStop } from './run.ts'
import { findRests, timeAt, topSpeed, type Rest, type Trace } from './trace.ts'

/** What the way says of the frame. */
export interface Frame {
  vehicle: string
  movement: number
  start_m: Metres
  end_m: Metres
  /** The line before, where the way is known from there. */
  before_m: Metres | undefined
  /** Of the links of the frame, weighted by length. */
  free_mps: MetresPerSecond
  /** Beyond it a slow vehicle is no longer in the junction: 0 for through movements. */
  clear_m: Metres
  /** Up to where it counts as blocked by what lies beyond. */
  blocked_m: Metres
  /** Something was seen of the way before, or vehicles enter here. */
  followed: 'from-before' | 'entry' | 'midway'
  posterior: number
}

/** Slower than this share of its own running speed a vehicle is being held up. */
const SLOWED = 0.5
/**
 * Who is first seen on the way to the line counts where it then drove this fast, as a share of free speed, and, unless vehicles
 * enter there, this far before the line. When the first fix comes is chance, so that this chooses hardly anybody by delay.
 */
const FREELY = 0.6
const FREELY_M: Metres = 100
/** Of vehicles that enter, what happened before the first fix is missed for no longer than this. */
const KNOWN_FROM_ENTRY_S: Seconds = 5
const LEAST_RUNNING = 0.7
const LEAST_DELAY_S = -3
/** 8 km/h. */
const CRAWL_MPS = 2.2
const BLOCKED_S = 5
const BRAKE_MPS2 = 2

/** Undefined where the trace does not hold the crossing and the end of the frame. */
export function reckonRun(frame: Frame, trace: Trace, noise_m: Metres): Run | undefined {
  const { start_m, end_m, free_mps, vehicle, movement, posterior } = frame
  const running = Math.min(free_mps, Math.max(LEAST_RUNNING * free_mps, topSpeed(trace, end_m) ?? free_mps))
  const rests = findRests(trace, running, noise_m, frame.before_m === undefined ? [0] : [frame.before_m, 0])
  behindTheLine(trace, rests, Math.max(6, 3 * noise_m))
  const passed_s = timeAt(trace, rests, 0, running)
  const out_s = timeAt(trace, rests, end_m, running)
  if (passed_s === undefined || out_s === undefined) return undefined
  // Between fixes half a minute apart the line is told from the halt before it and the end from the fix after it: they may cross over.
  const crossing_s = Math.min(passed_s, out_s)
  const in_s = Math.min(crossing_s, timeAt(trace, rests, start_m, running) ?? trace.t_s[0]!)
  const before = rests.filter(({ s_m }) => s_m < 0 && s_m > start_m)
  return {
    vehicle, movement, start_m, whole: isWhole(frame, trace, rests), in_s, crossing_s, out_s, running_mps: running,
    control_delay_s: Math.max(LEAST_DELAY_S, out_s - in_s - (end_m - start_m) / running),
    stops: before.map(({ from_s, until_s, s_m }): RunStop => ({ time_s: from_s, s_m, duration_s: until_s - from_s })),
    departure_s: before.at(-1)?.until_s,
    arrival_s: Math.min(crossing_s, arrival(trace, before[0], running, in_s, start_m) ?? crossing_s),
    blocked: isBlocked(frame, trace, rests), interval_s: medianInterval(trace), posterior,
  }
}

/** Who stands at the line, or a little beyond it in its fixes, has not passed it in the street: first in the queue, and noise. */
function behindTheLine({ s_m }: Trace, rests: readonly Rest[], slack_m: Metres): void {
  const rest = rests.findLast(({ s_m: at }) => at < slack_m)
  if (rest === undefined || rest.s_m < -slack_m) return
  rest.s_m = Math.min(rest.s_m, -1)
  for (const each of rests) if (each.from_s < rest.from_s) each.s_m = Math.min(each.s_m, rest.s_m)
  for (let i = 0; i <= rest.last; i++) s_m[i] = Math.min(s_m[i]!, rest.s_m)
}

/** When it would have come to the line had nobody stood before it: from where it last drove freely before it was held up. */
function arrival({ t_s, s_m, v_mps }: Trace, stop: Rest | undefined, running: MetresPerSecond, in_s: number, start_m: Metres): number | undefined {
  let held = s_m.length
  if (stop !== undefined) held = stop.first
  else {
    for (let i = 0; i < s_m.length; i++) {
      if (s_m[i]! <= start_m || s_m[i]! >= 0 || speedAt(i) >= SLOWED * running) continue
      held = i
      break
    }
    if (held === s_m.length) return undefined
  }
  const held_m = stop?.s_m ?? s_m[held]!
  const braking = (running * running) / (2 * BRAKE_MPS2)
  for (let i = held - 1; i >= 0 && s_m[i]! >= start_m; i--) {
    if (s_m[i]! <= held_m - braking || speedAt(i) >= 0.8 * running) return t_s[i]! - s_m[i]! / running
  }
  return in_s - start_m / running

  function speedAt(i: number): number {
    if (!Number.isNaN(v_mps[i]!)) return v_mps[i]!
    let j = i + 1
    while (j < t_s.length - 1 && t_s[j]! - t_s[i]! < 5) j++
    return j < t_s.length ? (s_m[j]! - s_m[i]!) / (t_s[j]! - t_s[i]!) : running
  }
}

function isWhole({ followed, free_mps }: Frame, { s_m, t_s, v_mps }: Trace, rests: readonly Rest[]): boolean {
  if (followed === 'from-before') return true
  const interval = t_s[1]! - t_s[0]!
  if (followed === 'entry' && interval <= KNOWN_FROM_ENTRY_S) return true
  const speed = Number.isNaN(v_mps[0]!) ? (s_m[1]! - s_m[0]!) / interval : v_mps[0]!
  return rests[0]?.first !== 0 && speed >= FREELY * free_mps && (followed === 'entry' || s_m[0]! <= -FREELY_M)
}

function isBlocked({ clear_m, blocked_m }: Frame, { t_s, s_m }: Trace, rests: readonly Rest[]): boolean {
  const until = Math.min(BLOCKED_M, blocked_m)
  if (rests.some(({ s_m: at, from_s, until_s }) => at > clear_m && at <= until && until_s - from_s > BLOCKED_S)) return true
  const standing = rests.findLast(({ s_m: at }) => at < 0)?.last ?? -1
  for (let i = standing + 1; i < t_s.length; i++) {
    if (s_m[i]! <= clear_m) continue
    let j = i + 1
    while (j < t_s.length && t_s[j]! - t_s[i]! <= BLOCKED_S) j++
    if (j < t_s.length && s_m[j]! <= until && s_m[j]! - s_m[i]! < CRAWL_MPS * (t_s[j]! - t_s[i]!)) return true
  }
  return false
}

function medianInterval({ t_s }: Trace): number {
  const steps = t_s.slice(1).map((t, i) => t - t_s[i]!).sort((a, b) => a - b)
  return steps[steps.length >> 1] ?? 0
}
