// The hidden Markov model of Newson and Krumm 2009 over one vehicle's last fixes: a step per fix with its candidates, the best
// way to each of them (Viterbi) and how much all ways together weigh (forward, backward). Probabilities, scaled at every step.
import type { Fix } from '../../model/feed.ts'
import { MOST, type Candidates } from './candidates.ts'
import { changesAt, distanceAt, findSlot, type RouteRow } from './route-table.ts'
import type { MatchRoad } from './road.ts'

/** Columns of a step in its one array; single precision is enough for shares and for positions to a millimetre. */
export const WAY = 0
export const POSITION = MOST
export const OFFSET = 2 * MOST
const EMISSION = 3 * MOST
export const VITERBI = 4 * MOST
const FORWARD = 5 * MOST
const BEFORE = 6 * MOST
export const POSTERIOR = 7 * MOST
const MOVE = 8 * MOST
const SIZE = MOVE + MOST * MOST

/** Worse by this factor than the best, a way is given up. */
const GIVEN_UP = 1e-9
/**
 * Noise makes a vehicle go backwards along its way; it then counts as standing. So far at least, else as many sigma: two fixes
 * one second apart lie sqrt(2) sigma from each other by noise alone, and a slow vehicle has hardly moved.
 */
const BACKWARDS_M = 12
const BACKWARDS_SIGMAS = 4
/** Hard limits of a transition. */
const DETOUR_FACTOR = 2
const SLACK_M = 60
const FASTEST_MPS = 35
const UNASKED = -2
/** Share of vehicles that leave their carriageway for one beside it where they may. */
const LOG_CHANGE = Math.log(0.97 / 0.03)

/** Steps whose columns are made as one: arrays of their own would each be memory of its own to the runtime. */
const SLAB = 256

/** A fix that is not matched by itself: standing, or nowhere near a road, or contradicting those around it. */
export interface Held { fix: Fix; believed: boolean }

export interface Step {
  fix: Fix
  n: number
  readonly data: Float32Array
  /** How far noise was allowed to take it back from the step before, m. */
  back_m: number
  /** Between this fix and the next step. */
  held: Held[]
}

/** Makes steps and joins them; one serves all vehicles of a matcher. */
export class Window {
  readonly #road: MatchRoad
  readonly #spare: Step[] = []
  #slab = new Float32Array(0)
  #used = SLAB
  readonly #base = new Int32Array(MOST)
  readonly #tail = new Float64Array(MOST)
  readonly #changed = new Uint8Array(MOST)
  readonly #turned = new Uint8Array(MOST)
  /** First candidate with the same base. */
  readonly #twin = new Uint8Array(MOST)
  /** Rows of candidates that were left, and where bases stand in them: from each link the way to each base is looked up once. */
  readonly #rows: (RouteRow | undefined)[] = []
  readonly #slots = new Int32Array(MOST * MOST)
  readonly #beta = new Float64Array(MOST)
  readonly #earlier = new Float64Array(MOST)

  constructor(road: MatchRoad) {
    this.#road = road
  }

  /** A step of the candidates as they are now; all equally likely to begin with. */
  begin(fix: Fix, candidates: Candidates): Step {
    const step = this.#spare.pop() ?? { fix, n: 0, data: this.#columns(), back_m: 0, held: [] }
    const { data } = step
    step.fix = fix
    step.n = candidates.n
    let best = -Infinity
    for (let i = 0; i < step.n; i++) best = Math.max(best, candidates.score[i]!)
    let sum = 0
    for (let i = 0; i < step.n; i++) {
      data[WAY + i] = candidates.way[i]!
      data[POSITION + i] = candidates.position_m[i]!
      data[OFFSET + i] = candidates.offset_m[i]!
      const weight = Math.exp(candidates.score[i]! - best)
      data[EMISSION + i] = data[VITERBI + i] = data[FORWARD + i] = weight
      data[BEFORE + i] = -1
      sum += weight
    }
    for (let i = 0; i < step.n; i++) data[FORWARD + i]! /= sum
    return step
  }

  #columns(): Float32Array {
    if (this.#used === SLAB) {
      this.#slab = new Float32Array(SLAB * SIZE)
      this.#used = 0
    }
    return this.#slab.subarray(SIZE * this.#used, SIZE * ++this.#used)
  }

  release(step: Step): void {
    step.held = []
    if (this.#spare.length < 1024) this.#spare.push(step)
  }

  /** Joins a step just begun to the one before; false, and nothing changed in the one before, where no way leads there. */
  extend(last: Step, next: Step, straight_m: number, dt_s: number, sigma_m: number, beta_m: number): boolean {
    const { links, length_m, from, change, uTurn } = this.#road
    const a = last.data
    const b = next.data
    const limit = Math.min(DETOUR_FACTOR * straight_m + SLACK_M + 2 * sigma_m, FASTEST_MPS * dt_s + SLACK_M)
    for (let j = 0; j < next.n; j++) {
      const way = b[WAY + j]!
      const joint = way - links
      const base = joint < 0 ? way : from[joint]!
      this.#base[j] = base
      let twin = 0
      while (this.#base[twin] !== base) twin++
      this.#twin[j] = twin
      this.#tail[j] = joint < 0 ? b[POSITION + j]! : length_m[from[joint]!]! + b[POSITION + j]!
      this.#changed[j] = joint < 0 ? 0 : change[joint]!
      this.#turned[j] = joint < 0 ? 0 : uTurn[joint]!
    }
    a.fill(0, MOVE, MOVE + last.n * MOST)
    const back = Math.max(BACKWARDS_M, BACKWARDS_SIGMAS * sigma_m)
    next.back_m = back
    let any = false
    for (let i = 0; i < last.n; i++) if (this.#leave(a, i, next.n, b, limit, straight_m, beta_m, back)) any = true
    return any && weigh(last, next)
  }

  /** Chances of the moves from candidate i. */
  #leave(a: Float32Array, i: number, n: number, b: Float32Array, limit: number, straight_m: number, beta_m: number, back: number): boolean {
    const { links, length_m, to } = this.#road
    const way = a[WAY + i]!
    const link = way < links ? way : to[way - links]!
    const left = Math.max(0, length_m[way]! - a[POSITION + i]!)
    const ahead = way < links ? left : left + length_m[link]!
    const row = limit > ahead ? this.#road.routes.row(link, limit - ahead) : undefined
    this.#rows[i] = row
    let first = 0
    while (this.#rows[first] !== row) first++
    const slots = first * MOST
    if (first === i) this.#slots.fill(UNASKED, slots, slots + n)
    let any = false
    for (let j = 0; j < n; j++) {
      let distance: number
      let changes = this.#changed[j]!
      const same = b[WAY + j] === way
      const near = this.#base[j] === link ? ahead + this.#tail[j]! - length_m[link]! : same ? b[POSITION + j]! - a[POSITION + i]! : -Infinity
      if (near >= (same ? -back : 0)) distance = Math.max(0, near)
      else if (row === undefined) continue
      else {
        const twin = slots + this.#twin[j]!
        let slot = this.#slots[twin]!
        if (slot === UNASKED) this.#slots[twin] = slot = findSlot(row, this.#base[j]!)
        if (slot < 0) continue
        distance = ahead + distanceAt(row, slot) + this.#tail[j]!
        changes += changesAt(row, slot)
      }
      if (this.#turned[j] === 1 && !same) distance += SLACK_M
      if (distance > limit) continue
      const chance = Math.exp(-Math.abs(distance - straight_m) / beta_m - changes * LOG_CHANGE)
      if (chance < 1e-30) continue
      a[MOVE + i * MOST + j] = chance
      any = true
    }
    return any
  }

  /** Weighs every candidate of the last step, by the fixes before it. */
  smoothHead({ data, n }: Step): void {
    let total = 0
    for (let i = 0; i < n; i++) total += data[FORWARD + i]!
    for (let i = 0; i < n; i++) data[POSTERIOR + i] = total > 0 ? data[FORWARD + i]! / total : 0
  }

  /** Weighs every candidate of steps `0 .. until` by the fixes before and after it: POSTERIOR, which adds up to 1 in a step. */
  smooth(steps: readonly Step[], until: number): void {
    let beta = this.#beta.fill(1)
    let earlier = this.#earlier
    for (let k = steps.length - 1; k >= 0; k--) {
      const { data, n } = steps[k]!
      if (k < steps.length - 1) {
        behind(data, n, steps[k + 1]!, beta, earlier)
        const swap = beta
        beta = earlier
        earlier = swap
      }
      if (k > until) continue
      let total = 0
      for (let i = 0; i < n; i++) total += data[FORWARD + i]! * beta[i]!
      for (let i = 0; i < n; i++) data[POSTERIOR + i] = total > 0 ? (data[FORWARD + i]! * beta[i]!) / total : 0
    }
  }
}

/** How well each candidate of a step explains all that comes after it, from the same of the next step; scaled. */
function behind(data: Float32Array, n: number, next: Step, beta: Float64Array, out: Float64Array): void {
  const b = next.data
  let most = 0
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < next.n; j++) sum += data[MOVE + i * MOST + j]! * b[EMISSION + j]! * beta[j]!
    out[i] = sum
    if (sum > most) most = sum
  }
  if (most > 0) for (let i = 0; i < n; i++) out[i]! /= most
}

/** Best and total weight of every candidate of `next`; false where none is reached. */
function weigh(last: Step, next: Step): boolean {
  const a = last.data
  const b = next.data
  let most = 0
  let all = 0
  for (let j = 0; j < next.n; j++) {
    let best = 0
    let before = -1
    let sum = 0
    for (let i = 0; i < last.n; i++) {
      const chance = a[MOVE + i * MOST + j]!
      if (chance === 0) continue
      const weight = a[VITERBI + i]! * chance
      if (weight > best) {
        best = weight
        before = i
      }
      sum += a[FORWARD + i]! * chance
    }
    b[VITERBI + j] = best * b[EMISSION + j]!
    b[FORWARD + j] = sum * b[EMISSION + j]!
    b[BEFORE + j] = before
    if (b[VITERBI + j]! > most) most = b[VITERBI + j]!
    all += b[FORWARD + j]!
  }
  if (!(most > 0 && all > 0)) return false
  for (let j = 0; j < next.n; j++) {
    const weight = b[VITERBI + j]! / most
    b[VITERBI + j] = weight < GIVEN_UP ? 0 : weight
    b[FORWARD + j]! /= all
  }
  return true
}

/** The survivor with the greatest weight. */
export function bestOf({ data, n }: Step): number {
  let best = 0
  for (let i = 1; i < n; i++) if (data[VITERBI + i]! > data[VITERBI + best]!) best = i
  return best
}

/** The latest step before the head through which all survivors came, and by which candidate; step -1 if there is none. */
export function converged(steps: readonly Step[]): { step: number; candidate: number } {
  let mask = survivors(steps.at(-1)!)
  for (let k = steps.length - 1; k > 0; k--) {
    const { data } = steps[k]!
    let earlier = 0
    for (let i = 0; mask >> i > 0; i++) if ((mask >> i) & 1) earlier |= 1 << data[BEFORE + i]!
    mask = earlier
    if ((mask & (mask - 1)) === 0) return { step: k - 1, candidate: 31 - Math.clz32(mask) }
  }
  return { step: -1, candidate: -1 }
}

function survivors({ data, n }: Step): number {
  let mask = 0
  for (let i = 0; i < n; i++) if (data[VITERBI + i]! > 0) mask |= 1 << i
  return mask
}

/** Candidate of step `until` through which candidate `of` of the head came. */
export function ancestor(steps: readonly Step[], of: number, until: number): number {
  let i = of
  for (let k = steps.length - 1; k > until; k--) i = steps[k]!.data[BEFORE + i]!
  return i
}

/** Gives up all survivors that did not come through a candidate of the first step. */
export function prune(steps: readonly Step[], candidate: number): void {
  const head = steps.at(-1)!
  for (let i = 0; i < head.n; i++) if (head.data[VITERBI + i]! > 0 && ancestor(steps, i, 0) !== candidate) head.data[VITERBI + i] = 0
}

/** Candidate of step k - 1 from which candidate i of step k came. */
export const cameFrom = (step: Step, i: number): number => step.data[BEFORE + i]!

/** Share of all ways to the head, those given up included, that the survivors stand for. */
export function survivorShare({ data, n }: Step): number {
  let sum = 0
  for (let i = 0; i < n; i++) if (data[VITERBI + i]! > 0) sum += data[FORWARD + i]!
  return sum
}

/** Makes a step the first of a new chain, every candidate weighed by all that was known of it. */
export function restart({ data, n }: Step): void {
  let most = 0
  for (let i = 0; i < n; i++) most = Math.max(most, data[FORWARD + i]!)
  for (let i = 0; i < n; i++) {
    data[VITERBI + i] = data[FORWARD + i]! / most
    data[BEFORE + i] = -1
  }
}
