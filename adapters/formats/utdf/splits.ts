// Splits that close the ring-and-barrier diagram. UTDF gives a greatest green per phase and, in most exports, start
// and end in the cycle. Neither need add up, so they are corrected in this order, each correction noted:
//   1. start and end are used where they tile the diagram; else split = MaxGreen + Yellow + AllRed;
//   2. a ring that reaches a barrier early extends its coordinated phase, or else its last;
//   3. what the barriers lack to the cycle goes to the coordinated phases; what they exceed is taken there down to
//      the minimum, then from the other phases in proportion to what they have above theirs.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { BarrierGroup, SignalGroup } from '../../../model/signal.ts'
import { modulo, tidySeconds } from '../../../model/units.ts'
import type { RecordReader } from './document.ts'

export interface TimedPhase {
  group: SignalGroup
  barrier: number
  ring: number
  position: number
  max_green_s: number
  start_s?: number
  end_s?: number
}

interface Task {
  reader: RecordReader
  cycle: number
  phases: TimedPhase[]
  coordinated: string[]
  notes: ImportNote[]
}

/** Differences up to this are rounding: exports print tenths. */
const TOLERANCE_S = 0.051

const clearance = (phase: TimedPhase): number => phase.group.yellow_s + phase.group.red_clearance_s
const minimum = (phase: TimedPhase): number => phase.group.min_green_s + clearance(phase)

export function closeSplits(task: Task): BarrierGroup[] {
  const layout = layOut(task)
  checkMinimums(task, layout)
  const splits = new Map(task.phases.map((phase) => [phase.group.id, Math.max(phase.max_green_s + clearance(phase), minimum(phase))]))
  if (!tileByStart(task, layout, splits)) {
    const lengths = layout.map((rings) => fillBarrier(task, rings, splits))
    closeCycle(task, layout, lengths, splits)
  }
  return layout.map((rings) => ({
    rings: rings.map((ring) => ring.map((phase) => ({ phase: phase.group.id, split_s: tidySeconds(splits.get(phase.group.id) ?? 0) }))),
  }))
}

/** Barriers of rings of phases in order. Throws where two phases claim one place. */
function layOut(task: Task): TimedPhase[][][] {
  const barriers = [...new Set(task.phases.map((phase) => phase.barrier))].sort((a, b) => a - b)
  const rings = [...new Set(task.phases.map((phase) => phase.ring))].sort((a, b) => a - b)
  const places = new Map<string, TimedPhase>()
  for (const phase of task.phases) {
    const key = `${phase.barrier}${phase.ring}${phase.position}`
    const other = places.get(key)
    if (other !== undefined) throw new GreenwaveError('input.duplicate', `phases ${other.group.id} and ${phase.group.id} have the same BRP ${key}`, task.reader.place('BRP'))
    places.set(key, phase)
  }
  return barriers.map((barrier) => rings.map((ring) =>
    task.phases.filter((phase) => phase.barrier === barrier && phase.ring === ring).sort((a, b) => a.position - b.position)))
}

const sum = (ring: TimedPhase[], value: (phase: TimedPhase) => number): number => ring.reduce((total, phase) => total + value(phase), 0)

function checkMinimums(task: Task, layout: TimedPhase[][][]): void {
  const least = layout.reduce((total, rings) => total + Math.max(...rings.map((ring) => sum(ring, minimum))), 0)
  if (least > task.cycle + TOLERANCE_S) {
    throw new GreenwaveError('network.signal', `signal ${task.reader.set.id} has a cycle of ${task.cycle} s, shorter than its minimums of ${tidySeconds(least)} s`, task.reader.place('MinGreen'))
  }
}

/** Takes splits from start and end where every ring runs without a gap between common barriers. */
function tileByStart(task: Task, layout: TimedPhase[][][], splits: Map<string, number>): boolean {
  const { cycle } = task
  if (task.phases.some((phase) => phase.start_s === undefined || phase.end_s === undefined)) return false
  const near = (a: number, b: number): boolean => Math.abs(modulo(a - b + cycle / 2, cycle) - cycle / 2) <= 0.15
  const found = new Map<string, number>()
  let total = 0
  let barrierStart: number | undefined
  for (const rings of layout) {
    let end: number | undefined
    let length: number | undefined
    for (const ring of rings) {
      let t: number | undefined = barrierStart
      let ringLength = 0
      for (const phase of ring) {
        const [start, stop] = [phase.start_s as number, phase.end_s as number]
        if (t !== undefined && !near(start, t)) return false
        barrierStart ??= start
        const split = task.phases.length === 1 ? cycle : modulo(stop - start, cycle)
        if (split < clearance(phase)) return false
        found.set(phase.group.id, split)
        ringLength += split
        t = stop
      }
      if (ring.length === 0) continue
      if (end !== undefined && t !== undefined && !near(end, t)) return false
      end ??= t
      length = Math.max(length ?? 0, ringLength)
    }
    total += length ?? 0
    barrierStart = end
  }
  if (Math.abs(total - cycle) > 0.3) return false
  if ([...found].some(([id, split]) => Math.abs(split - (splits.get(id) ?? split)) > 2 * TOLERANCE_S)) {
    task.notes.push({ kind: 'corrected', place: task.reader.place('MaxGreen'), message: 'MaxGreen + Yellow + AllRed does not fill the cycle; splits are those of Start and End' })
  }
  for (const [id, split] of found) splits.set(id, split)
  // Tenths that rounding lost at a barrier.
  const lengths = layout.map((rings) => fillBarrier({ ...task, notes: [] }, rings, splits))
  closeCycle({ ...task, notes: [] }, layout, lengths, splits)
  return true
}

/** The phase of a ring that gives or takes time. */
const flexible = (task: Task, ring: TimedPhase[]): TimedPhase | undefined => ring.find((phase) => task.coordinated.includes(phase.group.id)) ?? ring.at(-1)

function fillBarrier(task: Task, rings: TimedPhase[][], splits: Map<string, number>): number {
  const lengths = rings.map((ring) => sum(ring, (phase) => splits.get(phase.group.id) ?? 0))
  const length = Math.max(...lengths)
  rings.forEach((ring, i) => {
    const phase = flexible(task, ring)
    const gap = length - (lengths[i] ?? 0)
    if (phase === undefined || gap === 0) return
    splits.set(phase.group.id, (splits.get(phase.group.id) ?? 0) + gap)
    if (gap > TOLERANCE_S) {
      task.notes.push({ kind: 'corrected', place: task.reader.place('MaxGreen'), message: `ring ${phase.ring} of signal ${task.reader.set.id} reaches its barrier ${tidySeconds(gap)} s early; phase ${phase.group.id} is extended` })
    }
  })
  return length
}

function closeCycle(task: Task, layout: TimedPhase[][][], lengths: number[], splits: Map<string, number>): void {
  const total = lengths.reduce((a, b) => a + b, 0)
  const gap = task.cycle - total
  if (gap === 0) return
  if (Math.abs(gap) > TOLERANCE_S) {
    task.notes.push({ kind: 'corrected', place: task.reader.place('MaxGreen'), message: `the splits of signal ${task.reader.set.id} add up to ${tidySeconds(total)} s, its cycle is ${task.cycle} s; ${gap > 0 ? 'the coordinated phases are extended' : 'phases are shortened, the coordinated ones first'}` })
  }
  const home = Math.max(0, layout.findIndex((rings) => rings.flat().some((phase) => task.coordinated.includes(phase.group.id))))
  if (gap > 0) {
    stretch(task, layout[home] ?? [], gap, splits)
    return
  }
  let missing = -gap
  const order = [home, ...layout.map((_, i) => i).filter((i) => i !== home)]
  for (const i of order) {
    if (missing <= 0) return
    missing -= shorten(task, layout[i] ?? [], missing, splits)
  }
}

function stretch(task: Task, rings: TimedPhase[][], gap: number, splits: Map<string, number>): void {
  for (const ring of rings) {
    const phase = flexible(task, ring)
    if (phase !== undefined) splits.set(phase.group.id, (splits.get(phase.group.id) ?? 0) + gap)
  }
}

/** Shortens a barrier group by up to `wanted`; returns by how much it could. */
function shorten(task: Task, rings: TimedPhase[][], wanted: number, splits: Map<string, number>): number {
  const slack = (phase: TimedPhase): number => Math.max(0, (splits.get(phase.group.id) ?? 0) - minimum(phase))
  const used = rings.filter((ring) => ring.length > 0)
  const amount = Math.min(wanted, ...used.map((ring) => sum(ring, slack)))
  for (const ring of used) {
    const phase = flexible(task, ring) as TimedPhase
    const first = Math.min(amount, slack(phase))
    splits.set(phase.group.id, (splits.get(phase.group.id) ?? 0) - first)
    const rest = amount - first
    const others = sum(ring, slack)
    for (const other of ring) if (rest > 0 && others > 0) splits.set(other.group.id, (splits.get(other.group.id) ?? 0) - (rest * slack(other)) / others)
  }
  return amount
}
