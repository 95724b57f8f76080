/**
 * One direction of one artery in flat columns, and the starts a band can have at each of its signals. A state [from, to]
 * with `width` says: a band of width b <= width may start anywhere in [from, to - b]. Widths below 0 tell how far the
 * windows are from letting a band pass, which gives the search a slope where there is no band yet.
 */
import { asksFor } from '../bands/problem.ts'
import { type Road, roadOf } from '../bands/road.ts'
import { arteryProblem, type NetworkBandProblem } from './problem.ts'

export interface Lane {
  readonly artery: number
  readonly direction: 'outbound' | 'inbound'
  readonly weight: number
  readonly road: Road
  /** Index of the node at each position. */
  readonly nodes: Int32Array
  /** By position, then pattern: start, length, start, length … of usable windows. */
  readonly windows: readonly (readonly Float64Array[])[]
  /** By position, then pattern: the first pattern with the same windows, whose figures serve for both. */
  readonly same: readonly Int32Array[]
}

/** Every direction that carries weight. The problem must have passed `assertNetworkBandProblem`. */
export function lanesOf(problem: NetworkBandProblem): Lane[] {
  const index = new Map(problem.nodes.map(({ id }, v) => [id, v]))
  const lanes: Lane[] = []
  problem.arteries.forEach((artery, a) => {
    const own = arteryProblem(problem, artery)
    for (const direction of ['outbound', 'inbound'] as const) {
      const weight = artery.weights[direction]
      if (weight === 0 || !asksFor(own, direction)) continue
      const road = roadOf(own, direction)
      const windows = road.windows.map((patterns) =>
        patterns.map((list) => Float64Array.from(list.flatMap(({ start, length }) => [start, length]))),
      )
      const same = windows.map((list) => Int32Array.from(list, (one) => list.findIndex((other) => equal(one, other))))
      lanes.push({ artery: a, direction, weight, road, nodes: Int32Array.from(artery.nodes, (id) => index.get(id)!), windows, same })
    }
  })
  return lanes
}

function equal(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k])
}

/** The part of a lane between two positions, both included: a lane of its own. */
export function runOf(lane: Lane, from: number, to: number, weight: number): Lane {
  const { road } = lane
  return {
    ...lane,
    weight,
    nodes: lane.nodes.slice(from, to + 1),
    windows: lane.windows.slice(from, to + 1),
    same: lane.same.slice(from, to + 1),
    road: {
      ...road,
      n: to - from + 1,
      windows: road.windows.slice(from, to + 1),
      low: road.low.slice(from, to),
      high: road.high.slice(from, to),
      target: road.target.slice(from, to),
    },
  }
}

/** More states than this at once do not occur on streets; the narrowest are dropped, which can only understate. */
const MOST_STATES = 16

/** States without one that another covers. */
export class States {
  readonly from = new Float64Array(MOST_STATES)
  readonly to = new Float64Array(MOST_STATES)
  readonly width = new Float64Array(MOST_STATES)
  size = 0

  add(from: number, to: number, width: number): void {
    let narrowest = 0
    for (let k = 0; k < this.size; k++) {
      if (this.from[k] <= from && this.to[k] >= to && this.width[k] >= width) return
      if (this.width[k] < this.width[narrowest]) narrowest = k
    }
    let k = this.size
    if (k === MOST_STATES) {
      if (this.width[narrowest] >= width) return
      k = narrowest
    } else {
      this.size++
    }
    this.from[k] = from
    this.to[k] = to
    this.width[k] = width
  }

  widest(floor: number): number {
    let best = floor
    for (let k = 0; k < this.size; k++) if (this.width[k] > best) best = this.width[k]
    return best
  }
}

/** States at a first signal. */
export function enter(into: States, windows: Float64Array, offset: number, circle: number): void {
  into.size = 0
  for (let k = 0; k < windows.length; k += 2) {
    const from = offset + windows[k]
    into.add(from, from + windows[k + 1], Math.min(windows[k + 1], circle))
  }
}

/** States at the next signal, `low` to `high` after the last; those not wider than `floor` are dropped. */
export function pass(
  into: States, source: States, low: number, high: number, windows: Float64Array, offset: number, circle: number, floor: number,
): void {
  into.size = 0
  for (let s = 0; s < source.size; s++) {
    const early = source.from[s] + low
    const late = source.to[s] + high
    for (let k = 0; k < windows.length; k += 2) {
      const length = windows[k + 1]
      if (length >= 2 * circle) {
        into.add(early, late, Math.min(source.width[s], late - early))
        continue
      }
      const base = offset + windows[k]
      let from = base + (Math.floor((early + floor - base - length) / circle) + 1) * circle
      for (; late - from > floor; from += circle) {
        const a = early > from ? early : from
        const c = late < from + length ? late : from + length
        const width = Math.min(source.width[s], c - a)
        if (width > floor) into.add(a, c, width)
      }
    }
  }
}

/** What both sides of a signal allow, each seen at the signal itself but without its own windows. */
export function meetSides(into: States, before: States, after: States, circle: number, floor: number): void {
  into.size = 0
  for (let i = 0; i < before.size; i++) {
    for (let j = 0; j < after.size; j++) {
      let lift = (Math.floor((before.from[i] + floor - after.to[j]) / circle) + 1) * circle
      for (; before.to[i] - after.from[j] - lift > floor; lift += circle) {
        const a = Math.max(before.from[i], after.from[j] + lift)
        const c = Math.min(before.to[i], after.to[j] + lift)
        const width = Math.min(before.width[i], after.width[j], c - a)
        if (width > floor) into.add(a, c, width)
      }
    }
  }
}
