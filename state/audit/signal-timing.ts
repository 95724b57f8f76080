// With the cycle known: when each movement's green starts and ends, how the clock moves, how fast queues get under way.
import type { Metres, Seconds } from '../../model/units.ts'
import { findMode, resultant, wrap } from './circular.ts'
import type { FoundCycle } from './cycle.ts'
import type { Evidence, Passages, Start } from './evidence.ts'
import { findGreenEnd } from './green-end.ts'
import { findShifts, type PhasedStart, type Shifts } from './shifts.ts'
import { atLine, type SignalHours } from './signal-hours.ts'

/** A movement in hours of one cycle. Phases are seconds after local midnight, modulo the cycle, at the end of the observation. */
export interface MovementTiming {
  movement: number
  hours: SignalHours
  shifts: Shifts
  cycle_s: Seconds
  /** When the first of the queue gets under way: green start and the time to respond. */
  motion_s: Seconds
  deviation_s: Seconds
  /** Starts that belong to it, and all. */
  n: number
  events: number
  share: number
  confidence: number
  /** Index of the movement whose start it has: its own vehicles wait for gaps. */
  borrowed?: number
  /** Its starts keep to one place of the cycle. */
  sure: boolean
  /** From the first start to the last passage. */
  passing?: { after_s: Seconds; error_s: Seconds }
  /** Phases of those that passed, and of arrivals that met a red, until the end of green is told from them. */
  crossings_s: readonly number[]
  held_s: readonly number[]
  interval_s: Seconds
}

/** What single starts scatter by, before they are known: 1 s of drivers, and a quarter of the interval of fixes. */
const scatter = (interval_s: Seconds): Seconds => Math.hypot(1, 0.25 * interval_s)
const LEAST_STARTS = 4
/** Elsewhere than at the start of green no more than this share gets under way: at random it would be 16 s of the cycle. */
const LEAST_SHARE = 0.65
const LEAST_RESULTANT = 0.7
const DAY_S = 86_400

/** `ends`: with the ends of green, which take half of the work. */
export function timeSignal(hours: SignalHours, evidence: readonly Evidence[], wave_spm: number, ends: boolean): MovementTiming[] {
  const { found } = hours
  if (typeof found === 'string') return []
  const { cycle_s } = found
  const keeping = new Set(found.movements)
  const interval = Math.max(...evidence.map(({ interval_s }) => interval_s))
  const voting = [...hours.starts].filter(([movement]) => keeping.has(movement))
    .flatMap(([movement, list]) => list.map((start): PhasedStart => ({ movement, day: start.day, time_s: atLine(start, wave_spm) })))
    .sort((a, b) => a.day - b.day || a.time_s - b.time_s || a.movement - b.movement)
  const last = voting.at(-1)!.day
  const carry_s = goesOn(voting, cycle_s) ? -(DAY_S % cycle_s) : 0
  const shifts = findShifts(voting.map((start) => ({ ...start, time_s: start.time_s - carry_s * (start.day - last) })), cycle_s, scatter(interval))
  const carried: Shifts = carry_s === 0 ? shifts : { ...shifts, shiftAt: (day) => shifts.shiftAt(day) + carry_s * (Math.floor(day) - last) }
  return [...hours.starts].map(([movement, list]) => timeMovement(movement, list, hours, found, carried, wave_spm, ends ? evidence.find((one) => one.movement === movement) : undefined))
    .filter((timing) => timing !== undefined)
}

/** Cycles run on over midnight instead of beginning anew: days that follow each other agree better that way. */
function goesOn(starts: readonly PhasedStart[], cycle_s: Seconds): boolean {
  const jump = DAY_S % cycle_s
  if (Math.min(jump, cycle_s - jump) < 0.5) return false
  const phasors = new Map<string, { re: number; im: number; n: number }>()
  for (const { movement, day, time_s } of starts) {
    const key = `${movement} ${day}`
    const own = phasors.get(key) ?? { re: 0, im: 0, n: 0 }
    own.re += Math.cos((2 * Math.PI * time_s) / cycle_s)
    own.im += Math.sin((2 * Math.PI * time_s) / cycle_s)
    own.n++
    phasors.set(key, own)
  }
  let [anew, on, pairs] = [0, 0, 0]
  for (const [key, { re, im, n }] of phasors) {
    const [movement, day] = key.split(' ').map(Number) as [number, number]
    const next = phasors.get(`${movement} ${day + 1}`)
    if (next === undefined) continue
    const [dot, cross] = [re * next.re + im * next.im, re * next.im - im * next.re]
    const angle = (-2 * Math.PI * jump) / cycle_s
    anew += dot
    on += dot * Math.cos(angle) + cross * Math.sin(angle)
    pairs += n * next.n
  }
  // Half way between the two is a clock that drifts.
  return on - anew > 0.25 * pairs * (1 - Math.cos((2 * Math.PI * jump) / cycle_s))
}

function timeMovement(movement: number, list: readonly Start[], hours: SignalHours, { cycle_s }: FoundCycle, shifts: Shifts, wave_spm: number, evidence: Evidence | undefined): MovementTiming | undefined {
  const times = list.map((start) => atLine(start, wave_spm) - shifts.shiftAt(start.day + start.time_s / DAY_S))
  const mode = findMode(times, cycle_s)
  if (mode === undefined) return undefined
  const confidence = times.length === 1 ? 0 : resultant(times, cycle_s)
  return {
    movement, hours, shifts, cycle_s, motion_s: mode.at_s, deviation_s: mode.deviation_s, n: mode.n, events: times.length, share: mode.share, confidence,
    sure: mode.n >= LEAST_STARTS && mode.share >= LEAST_SHARE && confidence >= LEAST_RESULTANT,
    crossings_s: phases(evidence?.crossings), held_s: phases(evidence?.held), interval_s: evidence?.interval_s ?? 0,
  }

  function phases({ days, times_s }: Passages = { days: [], times_s: [] }): number[] {
    const phases: number[] = []
    for (const [i, time_s] of times_s.entries()) if (hours.holds(days[i]!, time_s)) phases.push(time_s - shifts.shiftAt(days[i]! + time_s / DAY_S))
    return phases
  }
}

/** With the end of green, where enough passed and were held, and without what it was told from. */
export function withEnd(timing: MovementTiming): MovementTiming {
  const { crossings_s, held_s, motion_s, cycle_s, interval_s } = timing
  const passing = findGreenEnd(crossings_s, held_s, motion_s, cycle_s, scatter(interval_s))
  return { ...timing, crossings_s: [], held_s: [], ...(passing === undefined ? {} : { passing }) }
}

/** What queues take to get under way per metre before a survey tells: 1.25 s for each vehicle of 7 m. */
export const WAVE_SPM = 1.25 / 7
const WAVE_DEVIATION = 0.03
const FASTEST_SPM = 0.08
const SLOWEST_SPM = 0.3
/** Starts beyond have another cause. */
const REACH_S: Seconds = 8
/** From here on the way shows. */
const LEAST_SPREAD_M: Metres = 3

/** The start wave of all these movements together, from how much later starts farther back are. */
export function learnWave(timings: readonly MovementTiming[], wave_spm: number): number {
  let [top, bottom, square, n] = [0, 0, 0, 0]
  for (const { movement, hours, shifts, cycle_s, motion_s, sure, borrowed } of timings) {
    if (!sure || borrowed !== undefined) continue
    const points = hours.starts.get(movement)!.map((start) => ({
      x: start.distance_m, y: wrap(atLine(start, wave_spm) - shifts.shiftAt(start.day + start.time_s / DAY_S) - motion_s, cycle_s),
    })).filter(({ y }) => Math.abs(y) <= REACH_S)
    const mean = (pick: (point: { x: number; y: number }) => number): number => points.reduce((sum, point) => sum + pick(point), 0) / points.length
    const [x0, y0] = [mean(({ x }) => x), mean(({ y }) => y)]
    if (points.length < 3 || Math.sqrt(mean(({ x }) => (x - x0) ** 2)) < LEAST_SPREAD_M) continue
    for (const { x, y } of points) {
      top += (x - x0) * (y - y0)
      bottom += (x - x0) ** 2
      square += (y - y0) ** 2
    }
    n += points.length
  }
  if (n < 10) return wave_spm
  const variance = Math.max(0.5, square / n)
  // As if the figure of the literature had been measured, too.
  const change = (top / variance + (WAVE_SPM - wave_spm) / WAVE_DEVIATION ** 2) / (bottom / variance + 1 / WAVE_DEVIATION ** 2)
  return Math.min(SLOWEST_SPM, Math.max(FASTEST_SPM, wave_spm + change))
}
