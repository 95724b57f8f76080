// Does a radar hang as its objects are placed? Vehicles that drive lie on the middles of lanes: the shift and the turn that bring them
// there say how far the sensor is off. Along a straight road nothing tells of a shift along it; crossings of probes tell of the clock.
import type { RadarTarget } from '../../model/feed.ts'
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import type { LaneMap } from './lane-map.ts'

export interface Calibration {
  /** By which its objects are to be moved, after the turn, east and north; the part along the only road seen is 0. */
  east_m: Metres
  north_m: Metres
  /** About the middle of its objects, counter-clockwise. */
  turn_deg: number
  /** Standard error of the turn. */
  turn_error_deg: number
  /** Root mean square distance to the middle of a lane, as told and once moved. */
  before_m: Metres
  after_m: Metres
  /** Objects behind it. */
  objects: number
  /** Beyond a limit. */
  off: boolean
}

export const CALIBRATION_LIMITS = { shift_m: 0.75, turn_deg: 0.5, clock_s: 1 } as const

/** Objects kept; where more come every second one goes, and so on. */
const MOST = 2048
const LEAST = 200
const DRIVING_MPS = 4
/** A way is told from places this far apart, no longer than so after each other. */
const LEAST_WAY_M = 5
const MOST_WAY_M = 40
const MOST_WAY_S: Seconds = 2
/** Farther from every lane than this an object counts as this far. */
const FAR_M = 2.5
const ROUNDS = 12
const STARTS = { shifts_m: [-4, -2, 0, 2, 4], turns_deg: [-3, -1.5, 0, 1.5, 3] } as const
/** Least share of objects that lie on some lane once moved. */
const LEAST_ON_LANES = 0.6
/** Expected of a sensor, standard deviations: a direction that nothing is seen of stays at 0. */
const USUAL = { shift_m: 3, turn_rad: 0.05 } as const

interface Place { x: number; y: number; way: readonly [x: number, y: number] }

/** Keeps places of driving vehicles and their ways, spread over all that came. */
export class CalibrationSample {
  readonly points: Place[] = []
  #every = 1
  #seen = 0
  #last = new Map<string, { x: number; y: number; time_s: Instant }>()

  add({ x_m: x, y_m: y, speed_mps, track, time_s, class: kind }: RadarTarget): void {
    if (speed_mps === undefined || speed_mps < DRIVING_MPS || kind === 'two-wheeler' || kind === 'pedestrian') return
    const last = this.#last.get(track)
    const far = last === undefined ? 0 : Math.hypot(x - last.x, y - last.y)
    if (last !== undefined && far < LEAST_WAY_M && time_s - last.time_s < MOST_WAY_S) return
    if (this.#last.size > MOST) this.#last.clear()
    this.#last.set(track, { x, y, time_s })
    if (last === undefined || time_s - last.time_s > MOST_WAY_S || far > MOST_WAY_M) return
    if (this.#seen++ % this.#every !== 0) return
    this.points.push({ x, y, way: [(x - last.x) / far, (y - last.y) / far] })
    if (this.points.length < MOST) return
    this.points.splice(0, this.points.length, ...this.points.filter((_, i) => i % 2 === 0))
    this.#every *= 2
  }

  /** Undefined where too few drove, or most of them on no lane. */
  fit(map: LaneMap): Calibration | undefined {
    const { points } = this
    if (points.length < LEAST) return undefined
    const middle = { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) }
    const frame: Frame = { map, middle, points }
    const coarse = points.filter((_, i) => i % Math.ceil(points.length / 256) === 0)
    const best = starts().map((move) => ({ move, cost: costOf({ ...frame, points: coarse }, move) + worth(move) })).sort((a, b) => a.cost - b.cost).slice(0, 2).concat({ move: [0, 0, 0], cost: 0 })
      .map(({ move }) => refine(frame, move)).sort((a, b) => a.cost + worth(a.move) - b.cost - worth(b.move))[0]!
    const { move: [east_m, north_m, turn], error, on } = best
    if (on < LEAST_ON_LANES * points.length) return undefined
    const turn_deg = (turn * 180) / Math.PI
    return {
      east_m, north_m, turn_deg, turn_error_deg: (error * 180) / Math.PI, before_m: Math.sqrt(costOf(frame, [0, 0, 0])), after_m: Math.sqrt(best.cost), objects: points.length,
      off: Math.hypot(east_m, north_m) > CALIBRATION_LIMITS.shift_m || Math.abs(turn_deg) > CALIBRATION_LIMITS.turn_deg,
    }
  }
}

/** Square metres by which objects must lie better for each square metre of a shift: along a road anything fits a little. */
const SHIFT_WORTH = 0.005

type Move = readonly [east: number, north: number, turn: number]
interface Frame { map: LaneMap; middle: { x: number; y: number }; points: readonly Place[] }

function starts(): Move[] {
  const { shifts_m, turns_deg } = STARTS
  return shifts_m.flatMap((east) => shifts_m.flatMap((north) => turns_deg.map((turn): Move => [east, north, (turn * Math.PI) / 180])))
}

function moved({ middle }: Frame, { x, y }: { x: number; y: number }, [east, north, turn]: Move): [number, number] {
  const [dx, dy, cos, sin] = [x - middle.x, y - middle.y, Math.cos(turn), Math.sin(turn)]
  return [middle.x + cos * dx - sin * dy + east, middle.y + sin * dx + cos * dy + north]
}

/** What a move costs of itself. */
const worth = ([east, north]: Move): number => SHIFT_WORTH * (east * east + north * north)

/** Mean square distance to the nearest lane. */
function costOf(frame: Frame, move: Move): number {
  let sum = 0
  for (const point of frame.points) {
    const [x, y] = moved(frame, point, move)
    const lane = frame.map.locate(x, y, point.way)
    sum += Math.min(FAR_M, lane === undefined ? FAR_M : frame.map.projectLane(lane, x, y).off_m) ** 2
  }
  return sum / frame.points.length
}

/** Gauss and Newton, each object to the lane that is nearest now; held to small moves where nothing is seen. */
function refine(frame: Frame, start: Move): { move: Move; cost: number; error: number; on: number } {
  let move = start
  let error = Infinity
  let on = 0
  for (let round = 0; round < ROUNDS; round++) {
    const rows = rowsOf(frame, move)
    on = rows.length
    if (on === 0) break
    const variance = Math.max(0.05, rows.reduce((sum, { off }) => sum + off * off, 0) / on)
    const prior = [variance / USUAL.shift_m ** 2, variance / USUAL.shift_m ** 2, variance / USUAL.turn_rad ** 2]
    const [matrix, right] = [[0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? prior[i]! : 0))), [0, 1, 2].map((i) => -prior[i]! * move[i]!)]
    for (const { off, slope } of rows) for (let i = 0; i < 3; i++) {
      right[i]! -= slope[i]! * off
      for (let j = 0; j < 3; j++) matrix[i]![j]! += slope[i]! * slope[j]!
    }
    const inverse = invert(matrix)
    const step = inverse.map((row) => row.reduce((sum, value, j) => sum + value * right[j]!, 0))
    error = Math.sqrt(variance * inverse[2]![2]!)
    move = [move[0] + step[0]!, move[1] + step[1]!, move[2] + step[2]!]
    if (Math.abs(step[0]!) + Math.abs(step[1]!) < 1e-3 && Math.abs(step[2]!) < 1e-5) break
  }
  return { move, cost: costOf(frame, move), error, on }
}

const NUDGE_M = 1e-3

/** Signed distance from the lane, and how it changes with the move. */
function rowsOf(frame: Frame, move: Move): { off: number; slope: readonly [number, number, number] }[] {
  const { map, middle } = frame
  return frame.points.flatMap((point) => {
    const [x, y] = moved(frame, point, move)
    const lane = map.locate(x, y, point.way)
    if (lane === undefined) return []
    const { off_m, ux, uy } = map.projectLane(lane, x, y)
    const [nx, ny] = [-uy, ux]
    const off = map.projectLane(lane, x + NUDGE_M * nx, y + NUDGE_M * ny).off_m > off_m ? off_m : -off_m
    return [{ off, slope: [nx, ny, nx * -(y - middle.y - move[1]) + ny * (x - middle.x - move[0])] as const }]
  })
}

/** Of a symmetric positive matrix of three rows. */
function invert(m: readonly (readonly number[])[]): number[][] {
  const [[a, b, c], [, d, e], [, , f]] = m as [[number, number, number], [number, number, number], [number, number, number]]
  const [A, B, C] = [d * f - e * e, c * e - b * f, b * e - c * d]
  const det = a * A + b * B + c * C
  return [[A, B, C], [B, a * f - c * c, b * c - a * e], [C, b * c - a * e, a * d - b * b]].map((row) => row.map((value) => value / det))
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const WINDOW_S: Seconds = 15
const BIN_S: Seconds = 0.25
const LEAST_PROBES = 20
/** The peak must stand this many standard deviations of its background above it. */
const CLEAR = 4
/** Crossings of probes are known to about this. */
const SIGMA_S: Seconds = 0.75

/**
 * By how many seconds the clock of a sensor is ahead of that of the probes (negative: behind), by the delays between crossings of
 * the same stop line; undefined where no delay stands out. Both by the same line, ascending.
 */
export function clockOffset(lines: readonly { radar: readonly Instant[]; probes: readonly Instant[] }[]): Seconds | undefined {
  const bins = new Float64Array(Math.round((2 * WINDOW_S) / BIN_S))
  let probes = 0
  for (const line of lines) {
    probes += line.probes.length
    let first = 0
    for (const time of line.probes) {
      while (first < line.radar.length && line.radar[first]! < time - WINDOW_S) first++
      for (let k = first; k < line.radar.length && line.radar[k]! < time + WINDOW_S; k++) bins[Math.floor((line.radar[k]! - time + WINDOW_S) / BIN_S)]!++
    }
  }
  if (probes < LEAST_PROBES) return undefined
  const levels = [...bins].map((_, i) => kernel(bins, centre(i)).level)
  const peak = levels.reduce((best, level, i) => (level > levels[best]! ? i : best), 0)
  const background = [...levels].sort((a, b) => a - b)[levels.length >> 1]!
  // Standard deviation of a kernel over independent counts.
  if (levels[peak]! - background < CLEAR * Math.sqrt(Math.max(background, 0.05) * (BIN_S / (2 * Math.sqrt(Math.PI) * SIGMA_S)))) return undefined
  let at = centre(peak)
  for (let round = 0; round < 20; round++) at = kernel(bins, at).mean
  return at
}

const centre = (bin: number): Seconds => (bin + 0.5) * BIN_S - WINDOW_S

/** Counts about a delay, by a bell: their level and where they lie on the mean (mean shift: Fukunaga and Hostetler 1975). */
function kernel(bins: Float64Array, at: Seconds): { level: number; mean: Seconds } {
  let [sum, weight, all] = [0, 0, 0]
  for (let i = 0; i < bins.length; i++) {
    const bell = Math.exp(-0.5 * ((centre(i) - at) / SIGMA_S) ** 2)
    sum += bell * bins[i]! * centre(i)
    weight += bell * bins[i]!
    all += bell
  }
  return { level: weight / all, mean: weight > 0 ? sum / weight : at }
}
