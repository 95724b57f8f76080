// The fixed parts of a ring-and-barrier controller, in ticks: its phases in their places, and where in the cycle each
// may start and must end. Cycle positions count from the yield point, the first end of a coordinated green.
import type { GroupId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'

/** One phase in its place; times in ticks. */
export interface RingPhase {
  group: GroupId
  barrier: number
  ring: number
  /** In its ring between its barriers. */
  place: number
  min: number
  max: number
  passage: number
  minGap: number
  beforeReduce: number
  reduce: number
  perVehicle: number
  maxInitial: number
  recall: 'none' | 'min' | 'max' | 'ped' | 'soft'
  locking: boolean
  dualEntry: boolean
  conditionalService: boolean
  simultaneousGap: boolean
  restInWalk: boolean
  redRevert: number
  walk: number
  clearance: number
  /** How far beyond the end of green its pedestrian clearance may run. */
  clearanceBeyondGreen: number
  yellow: number
  red: number
  coordinated: boolean
  /** Green first when the controller starts. */
  startUp: boolean
}

/** Time of a phase from yellow to the end of red clearance. */
export const change = (phase: RingPhase): number => phase.yellow + phase.red

export interface PhaseSchedule {
  /** Ticks after sequence start. */
  start: number
  split: number
}

export interface RingCoordination {
  cycle: number
  /** Master tick of sequence start. */
  zero: number
  /** By phase. */
  schedule: readonly PhaseSchedule[]
  fixedForceOff: boolean
  inhibitMax: boolean
  /** Ticks after the yield point in which calls may take the signal out of coordinated green. */
  permissive: number
}

/** Where phases start and must end in a cycle of a given length; ticks after the yield point. */
export class CyclePositions {
  readonly #plan: RingCoordination
  readonly #phases: readonly RingPhase[]
  /** Sequence position of the yield point, and the change of the phase that ends there. */
  readonly yieldAt: number
  readonly #firstChange: number
  readonly #start: Float64Array
  readonly #end: Float64Array
  readonly start: Float64Array
  readonly forceOff: Float64Array
  /** Latest start of green that leaves the minimum before the force-off; Infinity where the phase spans the yield point. */
  readonly latest: Float64Array
  /** 1 = its green spans the yield point: the force-off lies in the next cycle. */
  readonly spans: Uint8Array
  /** Length of the present cycle. */
  length: number

  constructor(plan: RingCoordination, phases: readonly RingPhase[]) {
    this.#plan = plan
    this.#phases = phases
    const n = phases.length
    const first = firstToYield(plan, phases)
    this.#firstChange = change(phases[first]!)
    this.yieldAt = modulo(plan.schedule[first]!.start + plan.schedule[first]!.split - this.#firstChange, plan.cycle)
    this.#start = Float64Array.from(plan.schedule, ({ start }) => modulo(start - this.yieldAt, plan.cycle))
    this.#end = Float64Array.from(plan.schedule, ({ start, split }) => {
      const end = modulo(start + split - this.yieldAt, plan.cycle)
      return end === 0 ? plan.cycle : end
    })
    this.start = new Float64Array(n)
    this.forceOff = new Float64Array(n)
    this.latest = new Float64Array(n)
    this.spans = new Uint8Array(n)
    this.length = plan.cycle
    this.setLength(plan.cycle, false)
  }

  /** Shortest cycle that leaves every phase its minimum: all of it but the first change is scaled. */
  shortest(): number {
    const { cycle, schedule } = this.#plan
    let scale = 0
    this.#phases.forEach((phase, p) => {
      const { split } = schedule[p]!
      const walking = phase.recall === 'ped' ? phase.walk + phase.clearance - phase.clearanceBeyondGreen : 0
      if (split > 0) scale = Math.max(scale, (Math.max(phase.min, walking) + change(phase)) / split)
    })
    // A tick for each boundary that is rounded.
    return this.#firstChange + Math.min(1, scale) * (cycle - this.#firstChange) + this.#phases.length
  }

  /** Lays the positions out in a cycle of that length: stretched splits, or the coordinated green held (dwell). */
  setLength(length: number, dwell: boolean): void {
    const { cycle } = this.#plan
    this.length = length
    const scale = dwell ? 1 : (length - this.#firstChange) / (cycle - this.#firstChange)
    const place = (position: number): number => (position <= this.#firstChange ? position : Math.round(this.#firstChange + (position - this.#firstChange) * scale))
    this.#phases.forEach((phase, p) => {
      const start = place(this.#start[p]!)
      const forceOff = modulo(place(this.#end[p]!) - change(phase), length)
      this.start[p] = start
      this.forceOff[p] = forceOff
      this.spans[p] = forceOff <= start ? 1 : 0
      this.latest[p] = this.spans[p] === 1 ? Infinity : Math.max(forceOff - phase.min, start)
    })
  }
}

/** The coordinated phase whose green ends first, read forward from the widest gap between the ends. */
function firstToYield(plan: RingCoordination, phases: readonly RingPhase[]): number {
  const ends = phases.flatMap((phase, p) => (phase.coordinated ? [{ p, at: modulo(plan.schedule[p]!.start + plan.schedule[p]!.split - change(phase), plan.cycle) }] : []))
    .sort((a, b) => a.at - b.at)
  let best = 0
  let widest = -1
  ends.forEach(({ at }, i) => {
    const gap = i === 0 ? at - ends.at(-1)!.at + plan.cycle : at - ends[i - 1]!.at
    if (gap > widest) [widest, best] = [gap, i]
  })
  return ends[best]!.p
}

/** What may not be green together, by phase index: own ring, other barriers, and the conflicts of the signal. */
export function conflictMasks(phases: readonly RingPhase[], conflicts: readonly [GroupId, GroupId][]): Int32Array {
  const pairs = new Set(conflicts.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]))
  return Int32Array.from(phases, (p, i) => phases.reduce((mask, q, j) => {
    const conflicting = i !== j && p.group !== q.group && (p.barrier !== q.barrier || p.ring === q.ring || pairs.has(`${p.group} ${q.group}`))
    return conflicting ? mask | (1 << j) : mask
  }, 0))
}
