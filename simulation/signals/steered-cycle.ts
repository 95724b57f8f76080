// A fixed-time plan as a steered signal runs it: its stages from yield point to yield point, and how a cycle in transition is
// laid out. A longer cycle stretches steady stages alike. A shorter one takes from them in proportion, and no more from a green that
// has come down to its least; the others give the rest. Changes of colour keep their lengths. Ticks.
import type { Signal } from '../../model/signal.ts'
import type { Transition } from '../../model/control.ts'
import { CoordinationClock } from './coordination-clock.ts'
import type { ControlledStage } from './stage-controller.ts'
import type { StagePlan } from './stages.ts'

/** A stage keeps this share of its length however short the cycle: none is skipped. */
const KEPT_SHARE = 0.5
/** Rounding of sums, ticks. */
const HAIR = 1e-6

/** Stages in a row (by place) that together last at least so long. */
export interface Least {
  places: readonly number[]
  least: number
}

/** Every green of every group (by its place in the signal) as the stages that it lies in. */
function greenRuns(stages: readonly ControlledStage[], signal: Signal): { group: number; places: number[] }[] {
  const n = stages.length
  const runs: { group: number; places: number[] }[] = []
  for (const [group, { id }] of signal.groups.entries()) {
    const has = (i: number): boolean => stages[((i % n) + n) % n]!.green.includes(id)
    const first = stages.findIndex((_, i) => has(i) && !has(i - 1))
    if (first === -1) continue
    let places: number[] = []
    for (let i = first; i < first + n; i++) {
      if (!has(i)) continue
      if (!has(i - 1)) runs.push({ group, places: (places = []) })
      places.push(i % n)
    }
  }
  return runs
}

/**
 * Lengths of the stages in a cycle of a given length.
 * In: the stages, what has to last how long, and the length. Out: their lengths in ticks, not rounded; longer in all than asked for where
 * nothing more can be taken.
 */
export function stretch(stages: readonly ControlledStage[], leasts: readonly Least[], length: number): number[] {
  const lengths = stages.map(({ duration }) => duration)
  const steady = stages.flatMap(({ steady: is, duration }, i) => (is && duration > 0 ? [i] : []))
  const sum = (places: Iterable<number>): number => [...places].reduce((total, i) => total + lengths[i]!, 0)
  let surplus = sum(lengths.keys()) - length
  if (surplus <= 0) {
    const scale = steady.length === 0 ? 1 : 1 - surplus / sum(steady)
    return lengths.map((duration, i) => (stages[i]!.steady ? duration * scale : duration))
  }
  const limits: Least[] = [...leasts, ...steady.map((i) => ({ places: [i], least: KEPT_SHARE * lengths[i]! }))]
  const free = new Set(steady)
  while (surplus > HAIR && free.size > 0) {
    const giving = limits.map(({ places, least }) => ({ slack: sum(places) - least, gives: sum(places.filter((i) => free.has(i))), places })).filter(({ gives }) => gives > 0)
    const share = Math.min(surplus / sum(free), ...giving.map(({ slack, gives }) => Math.max(0, slack / gives)))
    surplus -= share * sum(free)
    for (const i of free) lengths[i]! *= 1 - share
    for (const { slack, gives, places } of giving) if (slack - share * gives <= HAIR) for (const i of places) free.delete(i)
  }
  return lengths
}

export interface SteeredPlan extends StagePlan {
  transition: Transition
}

export class SteeredCycle {
  readonly clock: CoordinationClock
  /** By place from the yield point on: which groups are green. The last is the coordinated stage. */
  readonly greens: readonly Uint8Array[]
  /** Least green by group: what it needs, or what the plan gives it where that is less. */
  readonly least: Int32Array
  readonly #stages: readonly ControlledStage[]
  readonly #leasts: readonly Least[]
  readonly #end: Float64Array

  /** `least` is the least green of each group of the signal, ticks. */
  constructor(signal: Signal, { stages, coordinated, coordination, transition }: SteeredPlan, least: Int32Array) {
    this.#stages = [...stages.slice(coordinated + 1), ...stages.slice(0, coordinated + 1)]
    this.greens = this.#stages.map(({ green }) => Uint8Array.from(signal.groups, ({ id }) => (green.includes(id) ? 1 : 0)))
    // A plan of the street may be below a minimum: it runs as it is, and no shorter.
    this.least = least.slice()
    this.#leasts = greenRuns(this.#stages, signal).map(({ group, places }) => {
      const own = Math.min(least[group]!, places.reduce((sum, i) => sum + this.#stages[i]!.duration, 0))
      this.least[group] = Math.min(this.least[group]!, own)
      return { places, least: own }
    })
    this.#end = new Float64Array(stages.length)
    const yieldAt = stages.slice(0, coordinated + 1).reduce((sum, { duration }) => sum + duration, 0)
    this.clock = new CoordinationClock({
      cycle: coordination.cycle, target: coordination.zero + yieldAt, transition,
      shortest: stretch(this.#stages, this.#leasts, 0).reduce((sum, length) => sum + length, 0) + stages.length,
      setLength: (length, dwell) => this.#layOut(length, dwell),
    })
  }

  #layOut(length: number, dwell: boolean): void {
    const lengths = dwell ? this.#stages.map(({ duration }) => duration) : stretch(this.#stages, this.#leasts, length)
    let t = 0
    lengths.forEach((each, i) => {
      t += each
      this.#end[i] = Math.round(t)
    })
    this.#end[this.#stages.length - 1] = length
  }

  /** The groups to be green at the present place of the clock. */
  wanted(): Uint8Array {
    const { now } = this.clock
    const place = this.#end.findIndex((end) => now < end)
    return this.greens[place === -1 ? this.greens.length - 1 : place]!
  }
}
