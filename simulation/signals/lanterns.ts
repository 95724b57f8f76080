// What the groups of a signal show: green, then yellow in full, then red; overlaps with their parents; and whether
// everybody in conflict with a group has cleared. Times in ticks.
import type { GroupId, Signal } from '../../model/signal.ts'
import { SHOWS_GREEN, SHOWS_RED, SHOWS_YELLOW, ticks } from './controller.ts'

interface OverlapState {
  group: number
  parents: number[]
}

export class Lanterns {
  readonly groups: readonly GroupId[]
  readonly shows: Uint8Array
  readonly yellowEnd: Int32Array
  readonly #index: ReadonlyMap<GroupId, number>
  readonly #yellow: Int32Array
  /** Asked for by phases; overlaps follow from it. */
  readonly #green: Uint8Array
  readonly #greenEnd: Int32Array
  readonly #announced: Uint8Array
  /** Tick at which the next yellow ends. */
  #nextRed = Infinity
  readonly #overlaps: OverlapState[]
  /** By group: who conflicts with it, and how long after their green it must wait. */
  readonly #against: { group: number; wait: number }[][]

  constructor(signal: Signal) {
    this.groups = signal.groups.map(({ id }) => id)
    this.#index = new Map(this.groups.map((id, g) => [id, g]))
    const n = this.groups.length
    this.shows = new Uint8Array(n)
    this.yellowEnd = new Int32Array(n)
    this.#yellow = Int32Array.from(signal.groups, ({ yellow_s }) => ticks(yellow_s))
    this.#green = new Uint8Array(n)
    this.#greenEnd = new Int32Array(n).fill(-1_000_000)
    this.#announced = new Uint8Array(n)
    this.#overlaps = (signal.overlaps ?? []).map(({ group, parents }) => ({ group: this.#of(group), parents: parents.map((parent) => this.#of(parent)) }))
    this.#against = conflictsOf(signal, this.#index)
  }

  #of(group: GroupId): number {
    return this.#index.get(group) ?? -1
  }

  begin(group: GroupId, tick: number): void {
    const g = this.#of(group)
    this.#green[g] = 1
    this.shows[g] = SHOWS_GREEN
    this.yellowEnd[g] = Math.min(this.yellowEnd[g]!, tick)
  }

  end(group: GroupId, tick: number): void {
    this.#stop(this.#of(group), tick)
  }

  #stop(g: number, tick: number): void {
    this.#green[g] = 0
    this.#greenEnd[g] = tick
    this.yellowEnd[g] = tick + this.#yellow[g]!
    this.#nextRed = Math.min(this.#nextRed, this.yellowEnd[g]!)
    this.shows[g] = this.#yellow[g] === 0 ? SHOWS_RED : SHOWS_YELLOW
  }

  /** Tells that a group will be green next, so that an overlap of it stays green through the change. */
  announce(group: GroupId): void {
    if (this.#overlaps.length > 0) this.#announced[this.#of(group)] = 1
  }

  /** Whether a group may turn green: neither it nor an overlap of it meets somebody who still goes or clears. */
  isClear(group: GroupId, tick: number): boolean {
    const g = this.#of(group)
    if (!this.#isFree(g, tick)) return false
    for (const overlap of this.#overlaps) if (overlap.parents.includes(g) && !this.#isFree(overlap.group, tick)) return false
    return true
  }

  #isFree(g: number, tick: number): boolean {
    for (const { group, wait } of this.#against[g]!) if (this.shows[group] === SHOWS_GREEN || tick < this.#greenEnd[group]! + wait) return false
    return true
  }

  /** Brings displays to a tick, once all greens of the tick have begun and ended. */
  show(tick: number): void {
    if (this.#overlaps.length > 0) {
      for (const { group, parents } of this.#overlaps) this.#follow(group, parents, tick)
      this.#announced.fill(0)
    }
    if (tick < this.#nextRed) return
    this.#nextRed = Infinity
    for (let g = 0; g < this.shows.length; g++) {
      if (this.shows[g] !== SHOWS_YELLOW) continue
      if (tick >= this.yellowEnd[g]!) this.shows[g] = SHOWS_RED
      else this.#nextRed = Math.min(this.#nextRed, this.yellowEnd[g]!)
    }
  }

  #follow(group: number, parents: readonly number[], tick: number): void {
    const isGreen = this.shows[group] === SHOWS_GREEN
    let [asked, held] = [false, false]
    for (const parent of parents) {
      if (this.#green[parent] === 1) asked = true
      if (this.#announced[parent] === 1) held = true
    }
    // A yellow once begun runs in full before the overlap is green again.
    if (asked && !isGreen && tick >= this.yellowEnd[group]!) {
      this.#green[group] = 1
      this.shows[group] = SHOWS_GREEN
    } else if (isGreen && !asked && !held) this.#stop(group, tick)
  }
}

/** The signal for a controller that runs by green windows: those of overlaps are part of the plan, so they turn like any group. */
export function runByWindows({ overlaps, ...signal }: Signal): Signal {
  return overlaps === undefined ? signal : { ...signal, conflicts: impliedConflicts({ ...signal, overlaps }) }
}

/** Pairs of groups in conflict: those that the signal names, and overlaps with whom all their parents conflict. */
export function impliedConflicts(signal: Signal): [GroupId, GroupId][] {
  const pairs = new Set(signal.conflicts.map(([a, b]) => `${a} ${b}`))
  const all = [...signal.conflicts]
  const conflicting = (a: GroupId, b: GroupId): boolean => pairs.has(`${a} ${b}`) || pairs.has(`${b} ${a}`)
  for (const { group, parents } of signal.overlaps ?? []) {
    for (const { id } of signal.groups) {
      if (id === group || parents.includes(id) || !parents.every((parent) => conflicting(parent, id))) continue
      pairs.add(`${group} ${id}`)
      all.push([group, id])
    }
  }
  return all
}

function conflictsOf(signal: Signal, index: ReadonlyMap<GroupId, number>): { group: number; wait: number }[][] {
  const against: { group: number; wait: number }[][] = signal.groups.map(() => [])
  const given = new Map((signal.intergreens ?? []).map(({ from, to, seconds }) => [`${from} ${to}`, seconds]))
  const pairs = new Set(impliedConflicts(signal).map(([a, b]) => `${a} ${b}`))
  const conflicting = (a: GroupId, b: GroupId): boolean => pairs.has(`${a} ${b}`) || pairs.has(`${b} ${a}`)
  for (const from of signal.groups) {
    for (const to of signal.groups) {
      if (from.id === to.id || !conflicting(from.id, to.id)) continue
      const wait = given.get(`${from.id} ${to.id}`) ?? from.yellow_s + from.red_clearance_s
      against[index.get(to.id)!]!.push({ group: index.get(from.id)!, wait: ticks(wait) })
    }
  }
  return against
}
