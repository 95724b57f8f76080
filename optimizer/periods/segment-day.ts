// The day cut into periods: exact, around midnight. A dynamic programme over the slots from every possible first break, so that no break is forced
// at midnight; the answer for each number of periods shows what one more buys.

export interface SegmentTask {
  /** Slots of the day, for example 96 quarters of an hour. */
  slots: number
  /** What the slots from `start` on, `length` of them around midnight, cost when one plan runs in all of them. */
  cost: (start: number, length: number) => number
  /** Of each change of plan; a day with one plan has none. */
  change_cost: number
  /** No period is shorter, in slots. */
  least: number
  /** Most periods. */
  most: number
}

export interface Segment {
  start: number
  length: number
  cost: number
}

export interface Segmentation {
  periods: number
  /** Without the changes. */
  cost: number
  /** With them. */
  total: number
  /** In order of their start; the last may run past midnight. */
  segments: Segment[]
}

/** The best segmentation for each number of periods, from 1; and the best of all, the one of fewer periods where two are as good. */
export function segmentDay(task: SegmentTask): { curve: Segmentation[]; best: Segmentation } {
  const { slots, least, most } = task
  if (!(Number.isInteger(slots) && slots >= 1 && Number.isInteger(least) && least >= 1 && least <= slots && most >= 1)) {
    throw new RangeError(`a day of ${slots} slots with periods of at least ${least} and at most ${most} of them cannot be cut`)
  }
  const costs = Array.from({ length: slots }, (_, start) => Float64Array.from({ length: slots + 1 }, (_, length) => (length >= least ? task.cost(start, length) : Infinity)))
  const curve: Segmentation[] = [whole(costs)]
  const counts = Math.min(most, Math.floor(slots / least))
  const cuts = Array.from({ length: slots }, (_, first) => cutFrom(costs, first, task, counts))
  for (let periods = 2; periods <= counts; periods++) {
    let first = 0
    for (let i = 1; i < slots; i++) if (cuts[i]!.cost(periods) < cuts[first]!.cost(periods)) first = i
    const cost = cuts[first]!.cost(periods)
    curve.push({ periods, cost, total: cost + periods * task.change_cost, segments: cuts[first]!.segments(periods) })
  }
  return { curve, best: curve.reduce((a, b) => (b.total < a.total ? b : a)) }
}

function whole(costs: readonly Float64Array[]): Segmentation {
  const cost = costs[0]![costs.length]!
  return { periods: 1, cost, total: cost, segments: [{ start: 0, length: costs.length, cost }] }
}

interface Cut {
  cost(periods: number): number
  segments(periods: number): Segment[]
}

/** The least cost of the day from a first break on, by number of periods. */
function cutFrom(costs: readonly Float64Array[], first: number, { least }: SegmentTask, counts: number): Cut {
  const slots = costs.length
  const width = slots + 1
  const best = new Float64Array((counts + 1) * width).fill(Infinity)
  const from = new Int32Array((counts + 1) * width)
  best[0] = 0
  for (let k = 1; k <= counts; k++) {
    for (let end = k * least; end <= slots; end++) {
      for (let start = (k - 1) * least; start <= end - least; start++) {
        const before = best[(k - 1) * width + start]!
        if (before === Infinity) continue
        const cost = before + costs[(first + start) % slots]![end - start]!
        if (cost < best[k * width + end]!) {
          best[k * width + end] = cost
          from[k * width + end] = start
        }
      }
    }
  }
  return {
    cost: (periods) => best[periods * width + slots]!,
    segments(periods) {
      const found: Segment[] = []
      for (let k = periods, end = slots; k > 0; k--) {
        const start = from[k * width + end]!
        const at = (first + start) % slots
        found.push({ start: at, length: end - start, cost: costs[at]![end - start]! })
        end = start
      }
      return found.sort((a, b) => a.start - b.start)
    },
  }
}
