// How the phases of one signal move from hour to hour and day to day: a clock that drifts, a clock or a plan that was set.
// All movements of a signal move together, so that all their starts tell of one shift.
import type { Seconds } from '../../model/units.ts'
import { centreOf, wrap } from './circular.ts'

/** A start that keeps to the cycle. */
export interface PhasedStart {
  movement: number
  day: number
  /** Of its day, corrected to the stop line. */
  time_s: Seconds
}

/** Starts of a stretch of time, and how much later than usual they were. */
export interface Block {
  /** Days since 1970, fraction included. */
  at_day: number
  from: number
  until: number
  shift_s: Seconds
  deviation_s: Seconds
}

export interface Shifts {
  kind: 'steady' | 'drifting' | 'stepped'
  /** Per day; null where fewer than two days were seen. */
  drift_s_per_day: number | null
  /** When phases jumped, and by how much. */
  steps: { at_day: number; by_s: Seconds }[]
  /** Phase of a day's part against that at the end of the observation. */
  shiftAt: (at_day: number) => Seconds
}

/** Starts of one block: fewer tell too little of a shift. */
const LEAST_STARTS = 6
const LONGEST_BLOCK_S: Seconds = 2400
/** What queues, weather and drivers do to all starts of an hour. */
const HOURLY_S: Seconds = 0.5
/** Smaller steps are no reset. */
const LEAST_STEP_S: Seconds = 1.6
/** Gain in squared deviations that a step, or a drift, must bring. */
const STEP_GAIN = 25
const DRIFT_GAIN = 20
const LEAST_DRIFT_S: Seconds = 1
const MOST_STEPS = 6
/** What a robust mean of few loses against the mean. */
const ROBUST = 1.2
const ROUNDS = 4
/** Less on one side of a step proves none. */
const LEAST_SIDE_STARTS = 15
const LEAST_SIDE_BLOCKS = 2
const DAY_S = 86_400

/** `starts` in order of time; `deviation_s` of single starts about their green. */
export function findShifts(starts: readonly PhasedStart[], cycle_s: Seconds, deviation_s: Seconds): Shifts {
  const blocks = blocksOf(starts, cycle_s, deviation_s)
  const steady: Shifts = { kind: 'steady', drift_s_per_day: null, steps: [], shiftAt: () => 0 }
  if (blocks.length < 2) return steady
  const slope = findSlope(blocks, cycle_s)
  const level = cost(blocks, cycle_s, () => 0)
  const cuts = findCuts(blocks, cycle_s)
  const stepped = level - costOfPieces(blocks, cuts, cycle_s)
  const inclined = slope === undefined ? 0 : level - cost(blocks, cycle_s, (day) => slope * day)
  const last = blocks.at(-1)!.at_day
  const days = last - blocks[0]!.at_day
  if (slope !== undefined && inclined >= DRIFT_GAIN && Math.abs(slope) * days >= LEAST_DRIFT_S && days > 1.5 && inclined >= stepped - STEP_GAIN * (cuts.length - 1)) {
    return { kind: 'drifting', drift_s_per_day: slope, steps: [], shiftAt: (day) => slope * (day - last) }
  }
  const pieces = [0, ...cuts, blocks.length]
  const levels = pieces.slice(0, -1).map((from, k) => meanShift(blocks.slice(from, pieces[k + 1]), cycle_s))
  const steps = cuts.map((cut, k) => ({ at_day: blocks[cut]!.at_day, by_s: wrap(levels[k + 1]! - levels[k]!, cycle_s) }))
  return {
    kind: steps.length > 0 ? 'stepped' : 'steady', drift_s_per_day: steps.length > 0 ? null : slope ?? null, steps,
    shiftAt: (day) => wrap(levels[Math.max(0, steps.findLastIndex(({ at_day }) => day >= at_day - 1e-9) + 1)]! - levels.at(-1)!, cycle_s),
  }
}

/** Blocks of up to an hour with their shift against the mean of each movement, found by turns. */
function blocksOf(starts: readonly PhasedStart[], cycle_s: Seconds, deviation_s: Seconds): Block[] {
  const blocks: Block[] = []
  for (let i = 0, from = 0; i <= starts.length; i++) {
    const [first, here] = [starts[from], starts[i]]
    if (first === undefined) break
    if (here !== undefined && here.day === first.day && (i - from < LEAST_STARTS || here.time_s - first.time_s < LONGEST_BLOCK_S)) continue
    const middle = starts[(from + i) >> 1]!
    // A rest of a day joins the block before it.
    const before = blocks.at(-1)
    if (i - from < LEAST_STARTS && before !== undefined && starts[before.from]!.day === first.day) before.until = i
    else blocks.push({ at_day: middle.day + middle.time_s / DAY_S, from, until: i, shift_s: 0, deviation_s: 0 })
    from = i
  }
  for (let round = 0; round < ROUNDS; round++) {
    const times = new Map<number, number[]>()
    for (const { from, until, shift_s } of blocks) {
      for (let i = from; i < until; i++) {
        const { movement, time_s } = starts[i]!
        const list = times.get(movement)
        if (list === undefined) times.set(movement, [time_s - shift_s])
        else list.push(time_s - shift_s)
      }
    }
    const means = new Map([...times].map(([movement, list]) => [movement, centreOf(list, cycle_s)]))
    const residuals: number[] = []
    for (const block of blocks) {
      const own = starts.slice(block.from, block.until).map(({ movement, time_s }) => time_s - means.get(movement)!)
      block.shift_s = wrap(centreOf(own, cycle_s), cycle_s)
      for (const time of own) residuals.push(Math.abs(wrap(time - block.shift_s, cycle_s)))
    }
    residuals.sort((a, b) => a - b)
    // Places of movements and of blocks come from the same starts, which makes these look closer than they are.
    const freedom = Math.sqrt(starts.length / Math.max(1, starts.length - means.size - blocks.length))
    const single = Math.max(deviation_s, 1.4826 * (residuals[residuals.length >> 1] ?? 0) * freedom)
    for (const block of blocks) block.deviation_s = Math.hypot((ROBUST * single) / Math.sqrt(block.until - block.from), HOURLY_S)
  }
  return blocks
}

const weightOf = ({ deviation_s }: Block): number => 1 / deviation_s ** 2

/** Weighted squared deviations from a course, its level free. Large ones count as five deviations, lest one hour decide. */
function cost(blocks: readonly Block[], cycle_s: Seconds, course: (day: number) => Seconds): number {
  const origin = blocks[0]!.at_day
  const level = meanShift(blocks.map((block) => ({ ...block, shift_s: block.shift_s - course(block.at_day - origin) })), cycle_s)
  return blocks.reduce((sum, block) => sum + Math.min(25, (wrap(block.shift_s - course(block.at_day - origin) - level, cycle_s) / block.deviation_s) ** 2), 0)
}

function meanShift(blocks: readonly Block[], cycle_s: Seconds): Seconds {
  const turn = (2 * Math.PI) / cycle_s
  let [re, im] = [0, 0]
  for (const block of blocks) {
    re += weightOf(block) * Math.cos(turn * block.shift_s)
    im += weightOf(block) * Math.sin(turn * block.shift_s)
  }
  const rough = Math.atan2(im, re) / turn
  let [sum, weights] = [0, 0]
  for (const block of blocks) {
    const off = wrap(block.shift_s - rough, cycle_s)
    if (Math.abs(off) > 5 * block.deviation_s + 2) continue
    sum += weightOf(block) * off
    weights += weightOf(block)
  }
  return rough + (weights > 0 ? sum / weights : 0)
}

/** Seconds per day that gather the blocks best; phases say it only modulo the cycle. Undefined on one day. */
function findSlope(blocks: readonly Block[], cycle_s: Seconds): number | undefined {
  const origin = blocks[0]!.at_day
  const days = blocks.at(-1)!.at_day - origin
  if (days < 0.75) return undefined
  const power = (slope: number): number => {
    let [re, im] = [0, 0]
    for (const block of blocks) {
      const angle = (2 * Math.PI * (block.shift_s - slope * (block.at_day - origin))) / cycle_s
      re += weightOf(block) * Math.cos(angle)
      im += weightOf(block) * Math.sin(angle)
    }
    return Math.hypot(re, im)
  }
  let [best, most] = [0, power(0)]
  const step = (0.1 * cycle_s) / Math.max(1, days)
  for (let slope = -cycle_s / 2; slope < cycle_s / 2; slope += step) {
    // A small drift is likelier than one of many seconds a day.
    const here = power(slope) * (1 - (0.02 * Math.abs(slope)) / cycle_s)
    if (here > most) [best, most] = [slope, here]
  }
  for (let width = step; width > 1e-4; width /= 4) for (let k = -4; k <= 4; k++) {
    const here = power(best + (k * width) / 4)
    if (here > power(best)) best += (k * width) / 4
  }
  return best
}

function costOfPieces(blocks: readonly Block[], cuts: readonly number[], cycle_s: Seconds): number {
  const pieces = [0, ...cuts, blocks.length]
  return pieces.slice(0, -1).reduce((sum, from, k) => sum + cost(blocks.slice(from, pieces[k + 1]), cycle_s, () => 0), 0)
}

/** Where the level jumps: the best cut, then the best cut of each side, as long as they gain enough and jump far enough. */
function findCuts(blocks: readonly Block[], cycle_s: Seconds): number[] {
  const cuts: number[] = []
  const seek = (from: number, until: number): void => {
    if (until - from < 2 || cuts.length >= MOST_STEPS) return
    const cut = bestCut(blocks, from, until, cycle_s)
    const [before, after] = [blocks.slice(from, cut), blocks.slice(cut, until)]
    const jump = wrap(meanShift(after, cycle_s) - meanShift(before, cycle_s), cycle_s)
    const gain = cost(blocks.slice(from, until), cycle_s, () => 0) - cost(before, cycle_s, () => 0) - cost(after, cycle_s, () => 0)
    const tells = (side: readonly Block[]): boolean => side.length >= LEAST_SIDE_BLOCKS && side.at(-1)!.until - side[0]!.from >= LEAST_SIDE_STARTS
    if (Math.abs(jump) < LEAST_STEP_S || gain < STEP_GAIN || !tells(before) || !tells(after)) return
    cuts.push(cut)
    seek(from, cut)
    seek(cut, until)
  }
  seek(0, blocks.length)
  return cuts.sort((a, b) => a - b)
}

/** By resultants of both sides, from running sums. */
function bestCut(blocks: readonly Block[], from: number, until: number, cycle_s: Seconds): number {
  const turn = (2 * Math.PI) / cycle_s
  let [re, im] = [0, 0]
  const sums = blocks.slice(from, until).map((block): [number, number] => {
    re += weightOf(block) * Math.cos(turn * block.shift_s)
    im += weightOf(block) * Math.sin(turn * block.shift_s)
    return [re, im]
  })
  let [best, most] = [from + 1, -1]
  for (let k = 0; k + 1 < sums.length; k++) {
    const [x, y] = sums[k]!
    const here = Math.hypot(x, y) + Math.hypot(re - x, im - y)
    if (here > most) [best, most] = [from + k + 1, here]
  }
  return best
}
