// Ways on which a fix may have been, the likeliest first: position, heading and speed against the road.
import { CIRCLE } from './cell-grid.ts'
import { REACH_M, RECORD, wrap, type MatchRoad } from './road.ts'

/**
 * Candidates of a fix; of them at most MOST_JOINTS are paths inside a junction. Those all lie on top of each other, so that the
 * paths that leave a link on which the vehicle may have been go first, by as much as a fix three sigma off.
 */
export const MOST = 10
const MOST_JOINTS = 6
const UNEXPECTED = -4.5
/** Less likely than the best by e^-18, no later fix makes up for it. */
const HOPELESS = -18
/** Ways near a fix; more than that only where a drawing is broken. */
const NEAR = 512
/** Spread of the heading of a moving receiver, and the least that a wrong heading can say. */
const HEADING_SIGMA_RAD = 0.35
const HEADING_FLOOR = -8
/** Below it the heading of a receiver is noise. */
const HEADING_FROM_MPS = 2
/**
 * Drivers exceed the limit a little (free speeds lie about 10 % above) and some by more: beyond 1.1 times the limit a road gets
 * less likely, by a quarter of the limit, and at most by e^-4 for one fix, because limits in networks are often wrong.
 */
const SPEED_TOLERANCE = 1.1
const SPEED_SIGMA = 0.25
const SPEED_FLOOR = -4

export class Candidates {
  n = 0
  readonly way = new Int32Array(MOST)
  readonly position_m = new Float64Array(MOST)
  readonly offset_m = new Float64Array(MOST)
  readonly segment = new Int32Array(MOST)
  readonly score = new Float64Array(MOST)
  readonly #key = new Float64Array(MOST)
  readonly #road: MatchRoad
  /** Ways near the fix, each with its nearest segment. */
  readonly #near = new Int32Array(NEAR)
  readonly #nearSegment = new Int32Array(NEAR)
  readonly #square = new Float64Array(NEAR)
  readonly #over = new Float64Array(NEAR)
  readonly #along = new Float64Array(NEAR)
  readonly #offset = new Float64Array(NEAR)
  /** Where a way stands in `#near`, where several cells are asked. */
  readonly #place: Int32Array
  readonly #stamp: Int32Array
  readonly #expected: Int32Array
  #expectation = 0
  #count = 0
  #round = 0

  constructor(road: MatchRoad) {
    this.#road = road
    this.#place = new Int32Array(road.ways)
    this.#stamp = new Int32Array(road.ways)
    this.#expected = new Int32Array(road.links)
  }

  /** Forgets what was expected before. */
  expectNothing(): void {
    this.#expectation++
  }

  /** The vehicle may be on this way, or beyond it. */
  expect(way: number): void {
    const { links, from, to } = this.#road
    if (way < links) this.#expected[way] = this.#expectation
    else this.#expected[from[way - links]!] = this.#expected[to[way - links]!] = this.#expectation
  }

  /** Fills the columns. Speed and heading (radians from east, anticlockwise) are NaN where they are not known. */
  find(x: number, y: number, sigma_m: number, speed_mps: number, heading_rad: number): void {
    const reach = Math.max(REACH_M, 4 * sigma_m)
    this.#round++
    this.#count = 0
    const more = reach - REACH_M
    if (more <= 0) this.#scan(x, y, reach)
    else for (let i = -1; i <= 1; i++) for (let j = -1; j <= 1; j++) this.#scan(x + i * more, y + j * more, reach, x, y)
    this.#rank(sigma_m, speed_mps, heading_rad)
  }

  /** Nearest place of every way that the cell at cx, cy lists; segments of a way follow each other there. */
  #scan(cx: number, cy: number, reach: number, x = cx, y = cy): void {
    const { grid, packed } = this.#road
    grid.ask(cx, cy)
    const { list, circles, from, until } = grid
    const most = reach * reach
    const [east, north] = [grid.east(x), grid.north(y)]
    let way = -1
    let at = -1
    for (let k = from; k < until; k++) {
      const c = k * CIRCLE
      const dEast = east - circles[c]!
      const dNorth = north - circles[c + 1]!
      const within = reach + circles[c + 2]!
      if (dEast * dEast + dNorth * dNorth > within * within) continue
      const r = list[k]! * RECORD
      const px = x - packed[r]!
      const py = y - packed[r + 1]!
      const dx = packed[r + 2]!
      const dy = packed[r + 3]!
      const length = packed[r + 4]!
      const t = px * dx + py * dy
      const over = t < 0 ? t : t > length ? t - length : 0
      const offset = px * dy - py * dx
      const left = packed[r + 5]!
      const right = packed[r + 6]!
      const beside = offset < left ? left - offset : offset > right ? offset - right : 0
      if (over * over + beside * beside > most) continue
      const aside = offset - 0.5 * (left + right)
      const square = over * over + aside * aside
      if (packed[r + 7] !== way) {
        way = packed[r + 7]!
        at = this.#placeOf(way)
        if (at < 0) return
      }
      if (square >= this.#square[at]!) continue
      this.#square[at] = square
      this.#over[at] = over
      this.#along[at] = t - over
      this.#offset[at] = offset
      this.#nearSegment[at] = list[k]!
    }
  }

  /** Place of a way in `#near`, made where it has none yet; -1 when that is full. */
  #placeOf(way: number): number {
    if (this.#stamp[way] === this.#round) return this.#place[way]!
    if (this.#count === NEAR) return -1
    this.#stamp[way] = this.#round
    this.#place[way] = this.#count
    this.#near[this.#count] = way
    this.#square[this.#count] = Infinity
    return this.#count++
  }

  #rank(sigma_m: number, speed_mps: number, heading_rad: number): void {
    const { links, from, packed, speed_mps: limit } = this.#road
    const variance = sigma_m * sigma_m
    // Of ways equally wide the logarithm is the same.
    let [lastWidth2, lastLog] = [0, 0]
    const useHeading = speed_mps > HEADING_FROM_MPS && !Number.isNaN(heading_rad)
    let joints = 0
    let best = -Infinity
    this.n = 0
    for (let i = 0; i < this.#count; i++) {
      const way = this.#near[i]!
      const s = this.#nearSegment[i]!
      const r = s * RECORD
      // Off the middle: noise, and where across the carriageway it drives; width^2 / 12 is the variance of the latter.
      const over = this.#over[i]!
      const width2 = packed[r + 11]!
      const square = (over * over) / variance + (this.#square[i]! - over * over) / (variance + width2)
      if (-0.5 * square < best + HOPELESS) continue
      if (width2 !== lastWidth2) [lastWidth2, lastLog] = [width2, width2 > 0 ? Math.log1p(width2 / variance) : 0]
      let score = -0.5 * (square + lastLog)
      if (useHeading) {
        const turn = wrap(packed[r + 8]! - heading_rad) / HEADING_SIGMA_RAD
        score += Math.max(HEADING_FLOOR, -0.5 * turn * turn)
      }
      if (score < best + HOPELESS) continue
      const faster = speed_mps - SPEED_TOLERANCE * limit[way]!
      if (faster > 0) score += Math.max(SPEED_FLOOR, -0.5 * (faster / (SPEED_SIGMA * limit[way]!)) ** 2)
      if (score < best + HOPELESS) continue
      if (score > best) best = score
      const joint = way >= links
      const key = joint && this.#expected[from[way - links]!] !== this.#expectation ? score + UNEXPECTED : score
      if (joint && joints === MOST_JOINTS) {
        const worst = this.#worstJoint(links)
        if (this.#key[worst]! >= key) continue
        this.#remove(worst)
        joints--
      } else if (this.n === MOST) {
        if (this.#key[MOST - 1]! >= key) continue
        if (this.way[MOST - 1]! >= links) joints--
        this.n--
      }
      this.#insert(way, packed[r + 9]! + this.#along[i]! * packed[r + 10]!, this.#offset[i]!, s, score, key)
      if (joint) joints++
    }
    let kept = 0
    for (let i = 0; i < this.n; i++) if (this.score[i]! >= best + HOPELESS) this.#copy(i, kept++)
    this.n = kept
  }

  #worstJoint(links: number): number {
    let i = this.n - 1
    while (this.way[i]! < links) i--
    return i
  }

  #remove(at: number): void {
    this.n--
    for (let i = at; i < this.n; i++) this.#copy(i + 1, i)
  }

  #copy(i: number, to: number): void {
    this.way[to] = this.way[i]!
    this.position_m[to] = this.position_m[i]!
    this.offset_m[to] = this.offset_m[i]!
    this.segment[to] = this.segment[i]!
    this.score[to] = this.score[i]!
    this.#key[to] = this.#key[i]!
  }

  #insert(way: number, position: number, offset: number, segment: number, score: number, key: number): void {
    let i = this.n++
    while (i > 0 && this.#key[i - 1]! < key) this.#copy(--i, i + 1)
    this.way[i] = way
    this.position_m[i] = position
    this.offset_m[i] = offset
    this.segment[i] = segment
    this.score[i] = score
    this.#key[i] = key
  }
}
