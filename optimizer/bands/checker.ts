/**
 * Independent judge of band plans: pure geometry on the plan's own offsets and travel times. Shares no code with the
 * solvers, only the input types. Every window becomes intervals of departure time at the first signal; a band is an
 * interval inside one window of every signal. Exact. Bands as Morgan and Little 1964 define them.
 */
import type { BandLimit, BandPlan, BandProblem, Direction, PerDirection } from './problem.ts'

export interface CheckedBand {
  /** Widest band that passes every signal (s); 0 if none. */
  readonly width_s: number
  /** Master time of the band's front at each signal, in [0, cycle_s); empty without a band. */
  readonly start_s: readonly number[]
  readonly limited_by: readonly BandLimit[]
}

interface Interval {
  readonly from: number
  readonly to: number
}

/** Edges within this many cycles of the band's edge count as touching it. */
const TOUCH_CYCLES = 1e-7

/** The widest band in each direction that is asked for. @throws Error if the plan names an unknown pattern. */
export function checkBands(problem: BandProblem, plan: BandPlan): PerDirection<CheckedBand> {
  return { outbound: checkDirection(problem, plan, 'outbound'), inbound: checkDirection(problem, plan, 'inbound') }
}

function checkDirection(problem: BandProblem, plan: BandPlan, direction: Direction): CheckedBand {
  const nothing = { width_s: 0, start_s: [], limited_by: [] }
  if (problem.directions !== 'both' && problem.directions !== direction) return nothing
  const cycle = problem.cycle_s
  const delays = delaysFromFirst(problem, plan, direction)
  const windows = problem.signals.map((_, i) => windowsSeenFromFirst(problem, plan, direction, i, delays[i]))
  let candidates: Interval[] = [{ from: 0, to: cycle }]
  let seamless = true
  for (const own of windows) {
    if (own === 'always') continue
    candidates = seamless ? own : meet(candidates, own, cycle)
    seamless = false
  }
  let best: Interval | undefined
  for (const each of candidates) if (!best || each.to - each.from > best.to - best.from) best = each
  if (!best || best.to <= best.from) return nothing
  const band = best
  return {
    width_s: band.to - band.from,
    start_s: delays.map((delay) => wrap(band.from + delay, cycle)),
    limited_by: problem.signals.flatMap(({ id }, i) => limitAt(id, windows[i], band, cycle)),
  }
}

/** Travel time from the first signal to each signal: positive outbound, negative inbound. */
function delaysFromFirst(problem: BandProblem, plan: BandPlan, direction: Direction): number[] {
  const times = plan.travel_times_s[direction]
  if (times.length !== problem.signals.length - 1) {
    throw new Error(`the plan has ${times.length} ${direction} travel times for ${problem.signals.length} signals`)
  }
  const delays = [0]
  for (const time of times) delays.push(delays[delays.length - 1] + (direction === 'outbound' ? time : -time))
  return delays
}

function windowsSeenFromFirst(
  problem: BandProblem,
  plan: BandPlan,
  direction: Direction,
  i: number,
  delay: number,
): Interval[] | 'always' {
  const signal = problem.signals[i]
  const pattern = signal.patterns.find(({ id }) => id === plan.patterns[i])
  if (!pattern) throw new Error(`signal ${signal.id} has no pattern ${plan.patterns[i]}`)
  const seen: Interval[] = []
  for (const { start_s, length_s, clearance_s } of pattern[direction]) {
    if (length_s >= problem.cycle_s * (1 - 1e-9)) return 'always'
    const from = wrap(plan.offsets_s[i] + start_s + clearance_s - delay, problem.cycle_s)
    if (length_s > clearance_s) seen.push({ from, to: from + length_s - clearance_s })
  }
  return seen
}

/** Every piece in which an interval of `a` meets a copy of an interval of `b`, whole cycles apart. */
function meet(a: readonly Interval[], b: readonly Interval[], cycle: number): Interval[] {
  const pieces: Interval[] = []
  for (const one of a) {
    for (const other of b) {
      const firstCopy = Math.ceil((one.from - other.to) / cycle)
      for (let shift = firstCopy * cycle; other.from + shift < one.to; shift += cycle) {
        const from = Math.max(one.from, other.from + shift)
        const to = Math.min(one.to, other.to + shift)
        if (to > from) pieces.push({ from, to })
      }
    }
  }
  return pieces
}

function limitAt(signal: string, windows: Interval[] | 'always', band: Interval, cycle: number): BandLimit[] {
  if (windows === 'always') return []
  const touch = TOUCH_CYCLES * cycle
  for (const { from, to } of windows) {
    const shift = Math.round((band.from + band.to - from - to) / 2 / cycle) * cycle
    if (from + shift > band.from + touch || to + shift < band.to - touch) continue
    const leading = from + shift >= band.from - touch
    const trailing = to + shift <= band.to + touch
    if (!leading && !trailing) return []
    return [{ signal, edge: leading && trailing ? 'both' : leading ? 'leading' : 'trailing' }]
  }
  return []
}

function wrap(time: number, cycle: number): number {
  const turned = time - Math.floor(time / cycle) * cycle
  return turned < cycle ? turned : 0
}

/**
 * Refuses a plan whose claim differs from the geometry by more than 1e-6 cycle, or that leaves the problem's own limits:
 * offsets off the controller's step, travel times outside the link's range.
 * @returns the checked bands, whose figures are the ones to show.
 */
export function verifyBandPlan(problem: BandProblem, plan: BandPlan): PerDirection<CheckedBand> {
  const checked = checkBands(problem, plan)
  const tolerance = 1e-6 * problem.cycle_s
  for (const direction of ['outbound', 'inbound'] as const) {
    const claimed = direction === 'outbound' ? plan.outbound_s : plan.inbound_s
    const seen = checked[direction].width_s
    if (!(Math.abs(claimed - seen) <= tolerance)) {
      throw new Error(`the plan claims ${claimed} s ${direction} but its offsets give ${seen} s at C = ${problem.cycle_s} s`)
    }
    assertTravelTimes(problem, plan, direction)
  }
  problem.signals.forEach(({ id, offset_step_s = 1 }, i) => {
    const offset = plan.offsets_s[i]
    if (!(offset >= 0 && offset < problem.cycle_s)) throw new Error(`signal ${id}: offset ${offset} s is not in the cycle`)
    if (offset_step_s === 0) return
    const steps = offset / offset_step_s
    if (Math.abs(steps - Math.round(steps)) > 1e-6) {
      throw new Error(`signal ${id}: offset ${offset} s is not a multiple of ${offset_step_s} s`)
    }
  })
  return checked
}

function assertTravelTimes(problem: BandProblem, plan: BandPlan, direction: Direction): void {
  plan.travel_times_s[direction].forEach((time, i) => {
    const travel = problem.links[i][direction]
    if (!travel) return
    const least = travel.distance_m / travel.speed_max_mps + travel.dwell_min_s
    const most = travel.distance_m / travel.speed_min_mps + travel.dwell_max_s
    const tolerance = 1e-6 * problem.cycle_s
    if (!(time >= least - tolerance && time <= most + tolerance)) {
      const ends = `${problem.signals[i].id} to ${problem.signals[i + 1].id}`
      throw new Error(`link ${ends}, ${direction}: travel time ${time} s is outside ${least} to ${most} s`)
    }
  })
}
