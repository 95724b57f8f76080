/**
 * Heat-bath annealing on exact band widths (Geman and Geman 1984): a node draws its offset and pattern from all of them
 * at once, with probability exp(gain / temperature); rows of nodes draw a common shift. It starts on bands over short runs
 * of signals, which a few signals can satisfy, and lets the runs grow to whole arteries.
 */
import { Field, type NetworkSetting } from './field.ts'
import { type Lane, runOf } from './lanes.ts'

export interface AnnealOptions {
  readonly random: () => number
  /** Share of the search that is over after this many sweeps over all nodes, never falling; at 1 it ends. */
  readonly pace: (sweeps: number) => number
  /** Offsets to choose from, evenly over the cycle. */
  readonly steps: number
  /** Temperatures as shares of the cycle; from hot to cold. */
  readonly hot: number
  readonly cold: number
  /** Run lengths before whole arteries. */
  readonly runs: readonly number[]
  readonly goOn?: () => boolean
}

/** Widths below zero count down to this share of the cycle while a band is sought. */
const FLOOR_SHARE = -0.15

export interface Annealed {
  readonly setting: NetworkSetting
  /** Objective in seconds. */
  readonly value: number
}

/** Share of the search that goes to each length of runs before whole arteries, all together. */
const RUNS_SHARE = 0.35

/** The best setting met. `start` is where it begins. */
export function anneal(lanes: readonly Lane[], circle: number, start: NetworkSetting, options: AnnealOptions): Annealed {
  const longest = Math.max(...lanes.map((lane) => lane.nodes.length))
  const lengths = options.runs.filter((length) => length < longest)
  const clock = { sweeps: 0 }
  let setting = start
  lengths.forEach((length, k) => {
    const runs = lanes.flatMap((lane) => listRuns(lane, length))
    const stage = { clock, from: (RUNS_SHARE * k) / lengths.length, to: (RUNS_SHARE * (k + 1)) / lengths.length, hot: k === 0 ? options.hot * 3 : options.hot }
    setting = cool(new Field(runs, circle, setting), options, stage).setting
  })
  return cool(new Field(lanes, circle, setting), options, { clock, from: lengths.length === 0 ? 0 : RUNS_SHARE, to: 1, hot: options.hot })
}

/** All runs of a lane of this many signals, together with the weight of the lane. */
function listRuns(lane: Lane, length: number): Lane[] {
  const count = Math.max(1, lane.nodes.length - length + 1)
  const last = Math.min(length, lane.nodes.length) - 1
  return Array.from({ length: count }, (_, k) => runOf(lane, k, k + last, lane.weight / count))
}

/** One temperature ramp between two shares of the search; `clock` counts the sweeps of all of them. */
interface Stage {
  readonly clock: { sweeps: number }
  readonly from: number
  readonly to: number
  readonly hot: number
}

/** At least one sweep, so that a pace that has run out still gives a setting. */
function cool(field: Field, options: AnnealOptions, { clock, from, to, hot }: Stage): Annealed {
  const { circle, setting } = field
  const walk = new Walk(field, options)
  let best: Annealed = { setting: copyOf(setting), value: field.value() }
  let now = options.pace(clock.sweeps)
  do {
    const share = Math.min(1, Math.max(0, (now - from) / (to - from)))
    walk.sweep(circle * hot * (options.cold / hot) ** share, share < 0.7 ? FLOOR_SHARE * circle : 0)
    clock.sweeps++
    const value = field.value()
    if (value > best.value + 1e-9) best = { setting: copyOf(setting), value }
    now = options.pace(clock.sweeps)
  } while (now < to && (options.goOn?.() ?? true))
  return best
}

function copyOf({ offsets, patterns }: NetworkSetting): NetworkSetting {
  return { offsets: offsets.slice(), patterns: patterns.slice() }
}

class Walk {
  private readonly field: Field
  private readonly options: AnnealOptions
  private readonly table: Float64Array
  private readonly scratch: Float64Array
  private readonly patterns: number[]

  constructor(field: Field, options: AnnealOptions) {
    this.field = field
    this.options = options
    this.patterns = field.visits.map((own) => own[0]?.lane.windows[own[0].at].length ?? 1)
    const most = options.steps * Math.max(...this.patterns)
    this.table = new Float64Array(most)
    this.scratch = new Float64Array(most)
  }

  sweep(temperature: number, floor: number): void {
    const { field, options } = this
    const n = this.patterns.length
    for (let k = 0; k < n; k++) this.drawNode(Math.floor(options.random() * n), temperature, floor)
    const whole = field.lanes.length
    for (let k = 0; k < Math.ceil(n / 8); k++) this.drawShift(field.lanes[Math.floor(options.random() * whole)], temperature, floor)
  }

  private drawNode(v: number, temperature: number, floor: number): void {
    const { steps } = this.options
    const size = steps * this.patterns[v]
    this.table.fill(0, 0, size)
    this.field.addTable(v, steps, floor, this.table, this.scratch)
    const pick = this.draw(size, temperature)
    this.field.setting.patterns[v] = Math.floor(pick / steps)
    this.field.setting.offsets[v] = ((pick % steps) * this.field.circle) / steps
  }

  /** Shifts a run of nodes of one artery together: the lanes across see one changed node each. */
  private drawShift(lane: Lane, temperature: number, floor: number): void {
    const { field } = this
    const { steps, random } = this.options
    const { offsets } = field.setting
    const n = lane.nodes.length
    const whole = random() < 0.5
    const [i, j] = whole ? [0, n - 1] : [Math.floor(random() * n), Math.floor(random() * n)]
    const nodes = lane.nodes.subarray(Math.min(i, j), Math.max(i, j) + 1)
    this.table.fill(0, 0, steps)
    for (const v of nodes) field.addShifts(v, steps, floor, this.table, this.scratch, lane.artery)
    const step = field.circle / steps
    if (nodes.length < n) this.addOwn(lane.artery, nodes, step, floor)
    const pick = this.draw(steps, temperature)
    for (const v of nodes) offsets[v] = (offsets[v] + pick * step) % field.circle
  }

  private addOwn(artery: number, nodes: Int32Array, step: number, floor: number): void {
    const { field } = this
    const { offsets } = field.setting
    const own = field.lanes.filter((lane) => lane.artery === artery)
    for (let o = 0; o < this.options.steps; o++) {
      for (const lane of own) this.table[o] += lane.weight * field.width(lane, floor)
      for (const v of nodes) offsets[v] += step
    }
    for (const v of nodes) offsets[v] -= this.options.steps * step
  }

  /** An index with probability in proportion to exp(table / temperature). */
  private draw(size: number, temperature: number): number {
    const { table } = this
    let most = Number.NEGATIVE_INFINITY
    for (let k = 0; k < size; k++) if (table[k] > most) most = table[k]
    const least = most - 16 * temperature
    let total = 0
    for (let k = 0; k < size; k++) {
      table[k] = table[k] > least ? Math.exp((table[k] - most) / temperature) : 0
      total += table[k]
    }
    let left = this.options.random() * total
    let last = 0
    for (let k = 0; k < size; k++) {
      if (table[k] === 0) continue
      last = k
      left -= table[k]
      if (left <= 0) break
    }
    return last
  }
}
