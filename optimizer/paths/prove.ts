/**
 * Exact bands along paths by labels from the first signal to the last. A label holds the reaches of all open paths behind
 * one signal and what the ended paths are worth; offsets count only relative to the signal, so the corridor can be built
 * one signal at a time. A label is dropped if another one is at least as good in every path (exact), if its bound does not
 * pass the best plan known (exact), or if a level is full: then its bound stays in the answer's bound. The bound of a
 * label adds the smaller of what its open paths still carry and what the rest of the corridor can carry at all, solved
 * before by the same means (Verfaillie, Lemaitre, Schiex 1996: Russian doll search).
 */
import type { Setting } from './rate.ts'
import type { SearchTask } from './search.ts'
import { OPEN, pass, type Reaches, type Track } from './tracks.ts'

interface Label {
  /** Reaches of each track at this signal; undefined if not begun or ended, empty if it has no band. */
  readonly reaches: readonly (Reaches | undefined)[]
  readonly ended: number
  readonly bound: number
  readonly offset: number
  readonly pattern: number
  readonly before: Label | undefined
}

export interface Proof {
  /** No plan is worth more. */
  readonly bound: number
  readonly setting: Setting | undefined
  readonly value: number
  /** Labels that were expanded. */
  readonly expanded: number
}

export interface ProofLimits {
  /** Labels kept at a signal. */
  readonly beam: number
  readonly goOn: () => boolean
}

/** @param incumbent value of a plan in hand. @param tails bound of the problem from signal i on, of every i > 0. */
export function prove(task: SearchTask, incumbent: number, tails: readonly number[], { beam, goOn }: ProofLimits): Proof {
  const level = new Level(task, tails)
  let best = { value: incumbent, label: undefined as Label | undefined }
  let dropped = 0
  let expanded = 0
  let labels: Label[] = [level.origin()]
  for (let signal = 0; signal < task.patterns.length; signal++) {
    const next: Label[] = []
    const last = signal === task.patterns.length - 1
    for (const label of labels) {
      if (label.bound <= best.value + tolerance(best.value)) continue
      if (!goOn()) { dropped = Math.max(dropped, label.bound); continue }
      expanded++
      for (const child of level.expand(label, signal, best.value)) {
        if (!last) next.push(child)
        else if (child.ended > best.value) best = { value: child.ended, label: child }
      }
    }
    const kept = undominated(next.sort((a, b) => b.bound - a.bound || b.ended - a.ended), task.cycle_s)
    for (const label of kept.slice(beam)) dropped = Math.max(dropped, label.bound)
    labels = kept.slice(0, beam)
  }
  return { bound: Math.max(best.value, dropped), value: best.value, expanded, setting: best.label === undefined ? undefined : settingOf(best.label, task) }
}

/** Values nearer than this are the same. */
export const tolerance = (value: number): number => 1e-9 * (1 + Math.abs(value))

class Level {
  private readonly task: SearchTask
  private readonly tails: readonly number[]
  private readonly scratch: Reaches[]
  private readonly stopAt: (Track['stops'][number] | undefined)[][]
  private readonly first: number[]
  private readonly last: number[]

  constructor(task: SearchTask, tails: readonly number[]) {
    this.task = task
    this.tails = tails
    this.scratch = task.tracks.map(() => [])
    this.stopAt = task.tracks.map(({ stops }) => task.patterns.map((_, signal) => stops.find((stop) => stop.signal === signal)))
    this.first = task.tracks.map(({ stops }) => stops[0]!.signal)
    this.last = task.tracks.map(({ stops }) => stops.at(-1)!.signal)
  }

  origin(): Label {
    const { tracks } = this.task
    return { reaches: tracks.map(() => undefined), ended: 0, bound: tracks.reduce((sum, { weight, cap }) => sum + weight * cap, 0), offset: 0, pattern: 0, before: undefined }
  }

  /** Every pattern and offset of the next signal that may lead to more than `best`. */
  expand(label: Label, signal: number, best: number): Label[] {
    const children: Label[] = []
    // Only differences of offsets count, so the first signal stays where it is.
    const turns = signal === 0 ? 1 : this.task.cycle_s
    for (let pattern = 0; pattern < this.task.patterns[signal]!; pattern++) {
      for (let turn = 0; turn < turns; turn++) {
        const child = this.child(label, signal, pattern, turn, best)
        if (child !== undefined) children.push(child)
      }
    }
    return children
  }

  private child(label: Label, signal: number, pattern: number, turn: number, best: number): Label | undefined {
    const { tracks, cycle_s, least_band_s } = this.task
    let ended = label.ended
    let unended = 0
    for (const [k, track] of tracks.entries()) {
      if (this.first[k]! > signal) unended += track.weight * track.cap
      if (this.first[k]! > signal || this.last[k]! < signal) continue
      const held = label.reaches[k] ?? OPEN(cycle_s)
      const stop = this.stopAt[k]![signal]
      const [greens, low, high] = stop === undefined ? ['always' as const, 0, 0] : [stop.greens[pattern]!, stop.low, stop.high]
      const width = pass(held, greens, low - turn, high - turn, cycle_s, least_band_s, this.scratch[k]!)
      const worth = track.weight * Math.min(width, track.cap)
      if (this.last[k] === signal) ended += worth
      else unended += worth
    }
    const bound = Math.min(label.bound, ended + Math.min(unended, this.tails[signal + 1] ?? Infinity))
    if (bound <= best + tolerance(best)) return undefined
    const reaches = tracks.map((_, k) => (this.first[k]! <= signal && this.last[k]! > signal ? turned(this.scratch[k]!, cycle_s) : undefined))
    return { reaches, ended, bound, offset: turn, pattern, before: label }
  }
}

/** A copy with every reach in the first cycle, where labels can be compared. */
function turned(reaches: Reaches, cycle: number): Reaches {
  const copy = reaches.slice()
  for (let i = 0; i < copy.length; i += 3) {
    if (copy[i] === -Infinity) continue
    const back = Math.floor(copy[i]! / cycle) * cycle
    copy[i]! -= back
    copy[i + 1]! -= back
  }
  return copy
}

/** A label is compared with this many better ones at most. */
const RIVALS = 300

/** Labels in order of their bounds, without those that another one dominates. */
function undominated(labels: readonly Label[], cycle: number): Label[] {
  const kept: Label[] = []
  for (const label of labels) {
    let dominated = false
    for (let i = 0; i < Math.min(kept.length, RIVALS) && !dominated; i++) dominated = dominates(kept[i]!, label, cycle)
    if (!dominated) kept.push(label)
  }
  return kept
}

function dominates(a: Label, b: Label, cycle: number): boolean {
  if (a.ended < b.ended) return false
  return b.reaches.every((reaches, k) => reaches === undefined || covers(a.reaches[k]!, reaches, cycle))
}

/** Whether every reach of `b` lies within one of `a` that is as wide. */
function covers(a: Reaches, b: Reaches, cycle: number): boolean {
  for (let j = 0; j < b.length; j += 3) {
    let found = false
    for (let i = 0; i < a.length && !found; i += 3) {
      if (a[i + 2]! < b[j + 2]!) continue
      for (let turn = -cycle; turn <= cycle && !found; turn += cycle) found = a[i]! + turn <= b[j]! && a[i + 1]! + turn >= b[j + 1]!
    }
    if (!found) return false
  }
  return true
}

function settingOf(label: Label, { cycle_s }: SearchTask): Setting {
  const chain: Label[] = []
  for (let each: Label | undefined = label; each?.before !== undefined; each = each.before) chain.unshift(each)
  let clock = 0
  return { patterns: chain.map(({ pattern }) => pattern), offsets: chain.map(({ offset }) => (clock = (clock + offset) % cycle_s)) }
}
