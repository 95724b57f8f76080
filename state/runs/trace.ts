// A stretch of one vehicle's way about one stop line: its fixes in the frame of the line. Standing parts are found first, and
// the way is then read as driving between them, so that noise of the position while standing moves nothing.
import type { Instant, Metres, MetresPerSecond, Seconds } from '../../model/units.ts'

/** Fixes in order of time. `s_m` is the way to the line, negative before it; `v_mps` is NaN where the fix did not say. */
export interface Trace {
  t_s: number[]
  s_m: number[]
  v_mps: number[]
}

/** A time at rest between fixes. */
export interface Rest {
  from_s: Instant
  until_s: Instant
  s_m: Metres
  /** Fixes at rest: `first` to `last`; none (`first` = `last` + 1) where the rest lies between two fixes that both move. */
  first: number
  last: number
}

/** 5 km/h: slower is at rest; 10 km/h, or this far away, is under way again. */
const REST_MPS = 1.4
const MOVING_AWAY_M = 8
const LEAST_REST_S: Seconds = 3
const MERGE_S: Seconds = 10
const MERGE_M: Metres = 20
/** How a queue gets under way, and how drivers come to a halt. */
const START_MPS2 = 1.5
const BRISK_MPS2 = 2.5
const BRAKE_MPS2 = 2
/** Window of displacement speeds where fixes come faster. */
const WINDOW_S: Seconds = 5
/** A stretch between two moving fixes that lasts this much longer than at free speed hides a stop. */
const HIDDEN_STOP_S: Seconds = 8

/** Rests of at least 3 s, those less than 10 s and 20 m apart as one. `lines_m`: places of stop lines on the way, ascending. */
export function findRests(trace: Trace, running_mps: MetresPerSecond, noise_m: Metres, lines_m: readonly Metres[]): Rest[] {
  const slow = atRest(trace, noise_m)
  const rests: Rest[] = []
  const away = Math.max(MOVING_AWAY_M, 2 * noise_m)
  for (let i = 0; i < slow.length; i++) {
    if (!slow[i]) {
      const hidden = hiddenRest(trace, i, slow, running_mps, lines_m)
      if (hidden !== undefined) rests.push(hidden)
      continue
    }
    let last = i
    let sum = trace.s_m[i]!
    while (last + 1 < slow.length && slow[last + 1] && Math.abs(trace.s_m[last + 1]! - sum / (last - i + 1)) <= away) sum += trace.s_m[++last]!
    rests.push(restOf(trace, i, last, sum / (last - i + 1), running_mps))
    i = last
  }
  return merged(rests).filter(({ from_s, until_s }) => until_s - from_s >= LEAST_REST_S)
}

/** By its own word where the fix has one; else by displacement over five seconds, allowing for noise. */
function atRest({ t_s, s_m, v_mps }: Trace, noise_m: Metres): boolean[] {
  const n = t_s.length
  return t_s.map((t, i) => {
    if (!Number.isNaN(v_mps[i]!)) return v_mps[i]! < REST_MPS
    let [a, b] = [i, i]
    while (t_s[b]! - t_s[a]! < WINDOW_S && (a > 0 || b < n - 1)) {
      if (b < n - 1 && (a === 0 || t_s[b + 1]! - t <= t - t_s[a - 1]!)) b++
      else a--
    }
    const span = t_s[b]! - t_s[a]!
    // Of wide intervals the nearer side tells: at rest where either neighbour shows no way made.
    if (span > 2 * WINDOW_S && i > a && i < b) return slowOver(i, i + 1) || slowOver(i - 1, i)
    return span > 0 && slowOver(a, b)
  })

  function slowOver(a: number, b: number): boolean {
    return s_m[b]! - s_m[a]! < REST_MPS * (t_s[b]! - t_s[a]!) + noise_m
  }
}

function restOf(trace: Trace, first: number, last: number, s_m: Metres, running: MetresPerSecond): Rest {
  const { t_s, s_m: at, v_mps } = trace
  let [from_s, until_s] = [t_s[first]!, t_s[last]!]
  if (first > 0) {
    const way = Math.max(0, s_m - at[first - 1]!)
    const reported = v_mps[first - 1]!
    const speed = Math.max(REST_MPS, Number.isNaN(reported) ? running : reported)
    from_s = Math.min(from_s, t_s[first - 1]! + haltTime(way, speed))
  }
  if (last + 1 < t_s.length) until_s = Math.max(until_s, t_s[last + 1]! - startTime(at[last + 1]! - s_m, v_mps[last + 1]!, running))
  return { from_s, until_s, s_m, first, last }
}

/** Until it is at rest after a way at whose start it drives at a speed: below 5 km/h, so a little before it stands. */
function haltTime(way: Metres, speed: MetresPerSecond): Seconds {
  const braking = (speed * speed) / (2 * BRAKE_MPS2)
  const stands = way > braking ? way / speed + speed / (2 * BRAKE_MPS2) : (2 * way) / speed
  return Math.max(0, stands - REST_MPS / BRAKE_MPS2)
}

/** How long ago a vehicle started that is now `way_m` further, at a speed that may be known. */
function startTime(way_m: Metres, reported: number, running: MetresPerSecond): Seconds {
  const way = Math.max(0, way_m)
  const speed = Number.isNaN(reported) ? Math.min(running, Math.sqrt(2 * START_MPS2 * way)) : reported
  const starting = (speed * speed) / (2 * START_MPS2)
  if (way > starting) return speed / START_MPS2 + (way - starting) / Math.max(speed, REST_MPS)
  // It started more briskly than most, as far as vehicles can and the noise of places allows to believe.
  return Math.max(speed / BRISK_MPS2, (2 * way) / Math.max(speed, REST_MPS))
}

/**
 * Both fixes move, but what lies between took far longer than driving it: one stop, just before a line that lies between, else
 * just before the last start.
 */
function hiddenRest({ t_s, s_m, v_mps }: Trace, i: number, slow: readonly boolean[], running: MetresPerSecond, lines_m: readonly Metres[]): Rest | undefined {
  if (i + 1 >= t_s.length || slow[i + 1]) return undefined
  const [span, way] = [t_s[i + 1]! - t_s[i]!, Math.max(0, s_m[i + 1]! - s_m[i]!)]
  if (span <= WINDOW_S || span - way / running <= HIDDEN_STOP_S) return undefined
  const [before, after] = [v_mps[i]!, v_mps[i + 1]!].map((v) => (Number.isNaN(v) ? running : v)) as [number, number]
  const start = Math.min(way, (after * after) / (2 * START_MPS2))
  const place = s_m[i]! + way - start
  const line = lines_m.findLast((at) => at > s_m[i]! && at <= s_m[i + 1]!)
  const rest_s = line === undefined ? place : Math.min(place, line - 1)
  const until_s = t_s[i + 1]! - startTime(s_m[i + 1]! - rest_s, v_mps[i + 1]!, running)
  const from_s = t_s[i]! + haltTime(Math.max(0, rest_s - s_m[i]!), Math.max(REST_MPS, before))
  return until_s > from_s ? { from_s, until_s, s_m: rest_s, first: i + 1, last: i } : undefined
}

function merged(rests: readonly Rest[]): Rest[] {
  const list: Rest[] = []
  for (const rest of rests) {
    const before = list.at(-1)
    if (before === undefined || rest.from_s - before.until_s >= MERGE_S || Math.abs(rest.s_m - before.s_m) >= MERGE_M) {
      list.push({ ...rest })
      continue
    }
    // The place is where it stood longer.
    if (rest.until_s - rest.from_s > before.until_s - before.from_s) before.s_m = rest.s_m
    before.until_s = Math.max(before.until_s, rest.until_s)
    before.last = Math.max(before.last, rest.last)
  }
  return list
}

/** When the vehicle first was at a place, reading the way as driving between rests; undefined outside the trace. */
export function timeAt({ t_s, s_m }: Trace, rests: readonly Rest[], place_m: Metres, running: MetresPerSecond): Instant | undefined {
  let at = { t: Number.NaN, s: -Infinity, resting: false }
  const visit = (t: number, s: number, resting: boolean): Instant | undefined => {
    const before = at
    at = { t, s: Math.max(before.s, s), resting }
    if (s < place_m) return undefined
    if (before.s === -Infinity) return s === place_m ? t : undefined
    const [way, whole] = [place_m - before.s, s - before.s]
    if (!before.resting || whole <= 0) return before.t + (whole > 0 ? way / whole : 0) * (t - before.t)
    return before.t + (t - before.t) * (starting(way, running) / starting(whole, running))
  }
  let next = 0
  for (let i = 0; i <= t_s.length; i++) {
    for (let rest = rests[next]; rest !== undefined && (rest.first <= i || i === t_s.length); rest = rests[++next]) {
      const found = visit(rest.from_s, rest.s_m, false) ?? visit(rest.until_s, rest.s_m, true)
      if (found !== undefined) return found
      i = Math.max(i, rest.last + 1)
    }
    if (i >= t_s.length) break
    const found = visit(t_s[i]!, s_m[i]!, false)
    if (found !== undefined) return found
  }
  return undefined
}

/** Time over a way from standing. */
function starting(way: Metres, running: MetresPerSecond): Seconds {
  const reach = (running * running) / (2 * START_MPS2)
  return way < reach ? Math.sqrt((2 * way) / START_MPS2) : running / START_MPS2 + (way - reach) / running
}

/** Largest mean speed over five seconds (over the interval of the fixes, where that is longer); undefined without any. */
export function topSpeed({ t_s, s_m, v_mps }: Trace, until_m: Metres): MetresPerSecond | undefined {
  let top = -Infinity
  for (let i = 0; i < t_s.length && s_m[i]! <= until_m; i++) {
    if (!Number.isNaN(v_mps[i]!)) {
      let [j, way] = [i, 0]
      while (j + 1 < t_s.length && t_s[j]! - t_s[i]! < WINDOW_S && t_s[j + 1]! - t_s[j]! < WINDOW_S && !Number.isNaN(v_mps[j + 1]!)) {
        way += ((v_mps[j]! + v_mps[j + 1]!) / 2) * (t_s[j + 1]! - t_s[j]!)
        j++
      }
      if (j > i && t_s[j]! - t_s[i]! >= WINDOW_S) top = Math.max(top, way / (t_s[j]! - t_s[i]!))
      else if (j === i) top = Math.max(top, v_mps[i]!)
      continue
    }
    // Two noisy places: the longer apart, the surer the speed.
    let j = i + 1
    while (j < t_s.length && t_s[j]! - t_s[i]! < 1.6 * WINDOW_S) j++
    if (j < t_s.length && s_m[j]! <= until_m + 20) top = Math.max(top, (s_m[j]! - s_m[i]!) / (t_s[j]! - t_s[i]!))
  }
  return top > 0 ? top : undefined
}
