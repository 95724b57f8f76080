/**
 * Offsets and patterns of all nodes with the lanes they serve: exact band widths, and for one node or one row of nodes the
 * objective under every offset at once. A move of one node touches only the lanes through it.
 */
import { enter, type Lane, meetSides, pass, States } from './lanes.ts'

/** Offsets (s) and pattern indices by node. */
export interface NetworkSetting {
  readonly offsets: Float64Array
  readonly patterns: Int32Array
}

export class Field {
  readonly lanes: readonly Lane[]
  readonly circle: number
  readonly setting: NetworkSetting
  /** Lanes through each node with the node's position in them. */
  readonly visits: readonly (readonly { readonly lane: Lane; readonly at: number }[])[]
  private readonly buffers = [new States(), new States(), new States(), new States()] as const
  private readonly both = new States()

  constructor(lanes: readonly Lane[], circle: number, setting: NetworkSetting) {
    this.lanes = lanes
    this.circle = circle
    this.setting = { offsets: setting.offsets.slice(), patterns: setting.patterns.slice() }
    const visits: { lane: Lane; at: number }[][] = Array.from(setting.offsets, () => [])
    for (const lane of lanes) lane.nodes.forEach((v, at) => visits[v].push({ lane, at }))
    this.visits = visits
  }

  /** Widest band of a lane (s), no less than `floor`. */
  width(lane: Lane, floor = 0): number {
    return this.forward(lane, lane.nodes.length - 1, floor).widest(floor)
  }

  value(floor = 0): number {
    let sum = 0
    for (const lane of this.lanes) sum += lane.weight * this.width(lane, floor)
    return sum
  }

  /** States at a position, its own windows included. */
  private forward({ road, nodes, windows }: Lane, at: number, floor: number): States {
    const { offsets, patterns } = this.setting
    let [now, next] = [this.buffers[0], this.buffers[1]]
    enter(now, windows[0][patterns[nodes[0]]], offsets[nodes[0]], this.circle)
    for (let k = 1; k <= at && now.size > 0; k++) {
      const v = nodes[k]
      pass(next, now, road.low[k - 1], road.high[k - 1], windows[k][patterns[v]], offsets[v], this.circle, floor)
      ;[now, next] = [next, now]
    }
    return now
  }

  /** The same from the far end back. */
  private backward({ road, nodes, windows }: Lane, at: number, floor: number): States {
    const { offsets, patterns } = this.setting
    let [now, next] = [this.buffers[2], this.buffers[3]]
    const last = nodes.length - 1
    enter(now, windows[last][patterns[nodes[last]]], offsets[nodes[last]], this.circle)
    for (let k = last - 1; k >= at && now.size > 0; k--) {
      const v = nodes[k]
      pass(next, now, -road.high[k], -road.low[k], windows[k][patterns[v]], offsets[v], this.circle, floor)
      ;[now, next] = [next, now]
    }
    return now
  }

  /** What the rest of the lane allows at a position. */
  private sides(lane: Lane, at: number, floor: number): States {
    const { road, nodes } = lane
    const before = at > 0 ? widen(this.forward(lane, at - 1, floor), road.low[at - 1], road.high[at - 1]) : undefined
    const after = at < nodes.length - 1 ? widen(this.backward(lane, at + 1, floor), -road.high[at], -road.low[at]) : undefined
    if (!before || !after) return (before ?? after)!
    meetSides(this.both, before, after, this.circle, floor)
    return this.both
  }

  /** Adds to `table[p * steps + o]` the weighted width of every lane through node v under pattern p and offset o * step. */
  addTable(v: number, steps: number, floor: number, table: Float64Array, scratch: Float64Array): void {
    const step = this.circle / steps
    for (const { lane, at } of this.visits[v]) {
      const sides = this.sides(lane, at, floor)
      const windows = lane.windows[at]
      const same = lane.same[at]
      for (let p = 0; p < windows.length; p++) {
        const own = p * steps
        const first = same[p] * steps
        if (first === own) fillWidths(scratch, own, steps, step, this.circle, sides, windows[p], 0, floor)
        for (let o = 0; o < steps; o++) table[own + o] += lane.weight * scratch[first + o]
      }
    }
  }

  /** The same under the node's own pattern for its offset plus o * step, lanes of the artery `except` left out. */
  addShifts(v: number, steps: number, floor: number, table: Float64Array, scratch: Float64Array, except: number): void {
    const { offsets, patterns } = this.setting
    for (const { lane, at } of this.visits[v]) {
      if (lane.artery === except) continue
      const sides = this.sides(lane, at, floor)
      fillWidths(scratch, 0, steps, this.circle / steps, this.circle, sides, lane.windows[at][patterns[v]], offsets[v], floor)
      for (let o = 0; o < steps; o++) table[o] += lane.weight * scratch[o]
    }
  }
}

/** States as seen `low` to `high` later. */
function widen(states: States, low: number, high: number): States {
  for (let k = 0; k < states.size; k++) {
    states.from[k] += low
    states.to[k] += high
  }
  return states
}

/** Width of the band for each offset: overlap of what the sides allow with the two nearest copies of each window. */
function fillWidths(
  widths: Float64Array, first: number, steps: number, step: number, circle: number,
  sides: States, windows: Float64Array, origin: number, floor: number,
): void {
  const end = first + steps
  widths.fill(floor, first, end)
  for (let s = 0; s < sides.size; s++) {
    const room = sides.to[s] - sides.from[s]
    const most = sides.width[s]
    for (let k = 0; k < windows.length; k += 2) {
      const length = windows[k + 1]
      let ahead = (origin + windows[k] - sides.from[s]) % circle
      if (ahead < 0) ahead += circle
      for (let o = first; o < end; o++) {
        let width = length < room - ahead ? length : room - ahead
        const earlier = room < ahead - circle + length ? room : ahead - circle + length
        if (earlier > width) width = earlier
        if (width > most) width = most
        if (width > widths[o]) widths[o] = width
        ahead += step
        if (ahead >= circle) ahead -= circle
      }
    }
  }
}
