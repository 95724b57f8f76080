// A day of plans where a change costs what it costs between these two plans at that time: exact, around midnight. A dynamic programme over the
// slots whose state is the running plan and how long it has run, until it may be changed; for every state that midnight may find it in.

export interface DayTask {
  /** Of each plan in each slot; at least 0. */
  delay: readonly Float64Array[]
  /** What the change from one plan to another at the start of a slot costs; at least 0. */
  changeCost: (from: number, to: number, slot: number) => number
  /** No plan runs shorter, in slots. */
  least: number
  /** Most periods. */
  most: number
}

export interface PlannedRun {
  start: number
  length: number
  plan: number
}

export interface PlannedDay {
  periods: number
  /** Without the changes. */
  cost: number
  /** With them. */
  total: number
  /** In order of their start; the last may run past midnight. Neighbours have different plans. */
  runs: PlannedRun[]
}

/** The day of least total for each number of periods that there is, from 1; and the best of all, the one of fewer periods where two are as good. */
export function planDay(task: DayTask): { curve: PlannedDay[]; best: PlannedDay } {
  const { delay, least, most } = task
  const slots = delay[0]?.length ?? 0
  if (!(slots >= 1 && delay.every((own) => own.length === slots) && Number.isInteger(least) && least >= 1 && least <= slots && Number.isInteger(most) && most >= 1)) {
    throw new RangeError(`${delay.length} plans for a day of ${slots} slots, each for at least ${least} of them, at most ${most} periods, cannot be laid`)
  }
  const sums = delay.map((own) => own.reduce((sum, each) => sum + each, 0))
  const alone = sums.indexOf(Math.min(...sums))
  const curve: PlannedDay[] = [{ periods: 1, cost: sums[alone]!, total: sums[alone]!, runs: [{ start: 0, length: slots, plan: alone }] }]
  const counts = Math.min(most, Math.floor(slots / least))
  if (counts >= 2 && delay.length >= 2) {
    const sweep = new Sweep(task, slots, counts)
    const found = sweep.listBest()
    for (let k = 2; k <= counts; k++) if (found[k] !== undefined) curve.push(sweep.trace(k, found[k]!.plan, found[k]!.age))
  }
  return { curve, best: curve.reduce((a, b) => (b.total < a.total - 1e-9 ? b : a)) }
}

/** At midnight: the plan that runs, and for how many slots, no more counted than it must run. */
interface Midnight {
  plan: number
  age: number
  total: number
}

class Sweep {
  private readonly task: DayTask
  private readonly slots: number
  private readonly counts: number
  private readonly plans: number
  /** By slot, then plan after, then plan before. */
  private readonly changes: Float64Array[]
  private readonly width: number

  constructor(task: DayTask, slots: number, counts: number) {
    this.task = task
    this.slots = slots
    this.counts = counts
    this.plans = task.delay.length
    this.width = this.plans * task.least
    this.changes = Array.from({ length: slots }, (_, slot) => Float64Array.from({ length: this.plans ** 2 }, (_each, i) => {
      const [to, from] = [Math.floor(i / this.plans), i % this.plans]
      return to === from ? Infinity : task.changeCost(from, to, slot)
    }))
  }

  /** By number of periods, the state at midnight with the least total. */
  listBest(): (Midnight | undefined)[] {
    const best: (Midnight | undefined)[] = Array.from({ length: this.counts + 1 })
    for (let plan = 0; plan < this.plans; plan++) {
      for (let age = 1; age <= this.task.least; age++) {
        // A way that already costs as much as what is known for its number of periods, or more, leads nowhere.
        const limits = best.map((known) => known?.total ?? Infinity)
        limits[0] = limits[1] = 0
        for (let k = this.counts; k > 0; k--) limits[k - 1] = Math.max(limits[k - 1]!, limits[k]!)
        const end = this.run(plan, age, limits)
        for (let k = 2; k <= this.counts; k++) {
          const total = end[k * this.width + plan * this.task.least + age - 1]!
          // Of ways that only rounding tells apart the first found is kept.
          if (total < (best[k]?.total ?? Infinity) - 1e-12) best[k] = { plan, age, total }
        }
      }
    }
    return best
  }

  /**
   * Least cost of every state at the end of the day, by number of changes, if midnight found this one before it.
   * `kept`: the state before each state, by slot, is written here.
   */
  private run(plan: number, age: number, limits: readonly number[], kept?: Int32Array[]): Float64Array {
    const { plans, width, counts, task: { delay, least } } = this
    let now = new Float64Array((counts + 1) * width).fill(Infinity)
    let next = new Float64Array(now.length)
    now[plan * least + age - 1] = 0
    for (let slot = 0; slot < this.slots; slot++) {
      next.fill(Infinity)
      const change = this.changes[slot]!
      for (let k = 0; k <= Math.min(counts, slot + 1); k++) {
        const [at, before] = [k * width, (k - 1) * width]
        for (let p = 0; p < plans; p++) {
          const own = delay[p]![slot]!
          const state = at + p * least
          for (let a = 0; a < least; a++) {
            const cost = now[state + a]! + own
            const to = state + Math.min(a + 1, least - 1)
            if (!(cost < next[to]! && cost <= limits[k]!)) continue
            next[to] = cost
            if (kept !== undefined) kept[slot]![to] = state + a
          }
        }
        if (k === 0) continue
        for (let q = 0; q < plans; q++) {
          let [cost, from] = [Infinity, -1]
          for (let p = 0; p < plans; p++) {
            const through = now[before + p * least + least - 1]! + change[q * plans + p]!
            if (through < cost) [cost, from] = [through, p]
          }
          cost += delay[q]![slot]!
          const to = at + q * least
          if (!(cost < next[to]! && cost <= limits[k]!)) continue
          next[to] = cost
          if (kept !== undefined) kept[slot]![to] = before + from * least + least - 1
        }
      }
      [now, next] = [next, now]
    }
    return now
  }

  /** The day behind a state at midnight, backwards. */
  trace(periods: number, plan: number, age: number): PlannedDay {
    const { least, delay } = this.task
    const kept = Array.from({ length: this.slots }, () => new Int32Array((this.counts + 1) * this.width).fill(-1))
    const end = periods * this.width + plan * least + age - 1
    const total = this.run(plan, age, Array.from({ length: this.counts + 1 }, () => Infinity), kept)[end]!
    const starts: { slot: number; plan: number }[] = []
    for (let slot = this.slots - 1, state = end; slot >= 0; slot--) {
      const before = kept[slot]![state]!
      if (Math.floor(before / this.width) < Math.floor(state / this.width)) starts.unshift({ slot, plan: Math.floor((state % this.width) / least) })
      state = before
    }
    const runs = starts.map(({ slot, plan: own }, i): PlannedRun => ({ start: slot, length: (starts[i + 1]?.slot ?? starts[0]!.slot + this.slots) - slot, plan: own }))
    const cost = runs.reduce((sum, { start, length, plan: own }) => {
      for (let i = 0; i < length; i++) sum += delay[own]![(start + i) % this.slots]!
      return sum
    }, 0)
    return { periods, cost, total, runs }
  }
}
