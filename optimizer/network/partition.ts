// Which signals keep time together: each takes the cycle that pays, counting what it would wait alone at that cycle and what
// coordination with neighbours of the same cycle saves. Vehicles (veh·h/h).

/** What the cycles tried cost: `alone[k][i]` signal i uncoordinated at cycle k; `gains[k]` what a street saves with both its ends at it. */
export interface CycleCosts {
  cycles_s: readonly number[]
  alone: readonly (readonly number[])[]
  gains: readonly (readonly { from: number; to: number; gain: number }[])[]
}

export interface Partition {
  /** By signal, an index of `cycles_s`. */
  labels: number[]
  /** The best cycle for all, and what that costs beside this partition. */
  uniform: number
  uniform_cost: number
  cost: number
}

/** A cycle of its own must save this share of all cost: each border is one more thing to keep in mind. */
const WORTH_SHARE = 0.002

/** An area grows by one signal at a time to at most so many before it is judged. */
const MOST_GROWN = 24

export function partitionOf(costs: CycleCosts): Partition {
  const n = costs.alone[0]?.length ?? 0
  const streets = costs.gains.map((own) => neighboursOf(own, n))
  const uniformCosts = costs.cycles_s.map((_, k) => energy(costs, Array.from({ length: n }, (): number => k)))
  const uniform = uniformCosts.indexOf(Math.min(...uniformCosts))
  const labels = Array.from({ length: n }, (): number => uniform)
  const worth = WORTH_SHARE * costs.alone[uniform]!.reduce((a, b) => a + b, 0)
  for (let sweep = 0; sweep < 10; sweep++) {
    const best = bestGrowth(costs, streets, labels)
    if (best === undefined || best.delta > -worth) break
    for (const i of best.members) labels[i] = best.label
  }
  return { labels, uniform, uniform_cost: uniformCosts[uniform] as number, cost: energy(costs, labels) }
}

type Streets = Map<number, number>[]

function neighboursOf(gains: CycleCosts['gains'][number], n: number): Streets {
  const streets: Streets = Array.from({ length: n }, () => new Map())
  for (const { from, to, gain } of gains) {
    streets[from]?.set(to, (streets[from].get(to) ?? 0) + gain)
    streets[to]?.set(from, (streets[to].get(from) ?? 0) + gain)
  }
  return streets
}

function energy({ alone, gains }: CycleCosts, labels: readonly number[]): number {
  const own = labels.reduce((sum, label, i) => sum + (alone[label]?.[i] as number), 0)
  return own - gains.reduce((sum, streets, k) => sum + streets.reduce((all, { from, to, gain }) => all + (labels[from] === k && labels[to] === k ? gain : 0), 0), 0)
}

/** The change of cost when a signal takes a label, its neighbours keeping theirs. */
function change({ alone }: CycleCosts, streets: readonly Streets[], labels: readonly number[], i: number, label: number): number {
  const was = labels[i] as number
  let delta = (alone[label]?.[i] as number) - (alone[was]?.[i] as number)
  for (const [j, gain] of streets[was]?.[i] ?? []) if (labels[j] === was) delta += gain
  for (const [j, gain] of streets[label]?.[i] ?? []) if (labels[j] === label) delta -= gain
  return delta
}

function bestGrowth(costs: CycleCosts, streets: readonly Streets[], labels: readonly number[]): { members: number[]; label: number; delta: number } | undefined {
  let best: { members: number[]; label: number; delta: number } | undefined
  labels.forEach((_, seed) => costs.cycles_s.forEach((_, label) => {
    if (labels[seed] === label) return
    const trial = [...labels]
    const members: number[] = []
    let delta = 0
    for (let next: number | undefined = seed; next !== undefined && members.length < MOST_GROWN;) {
      delta += change(costs, streets, trial, next, label)
      trial[next] = label
      members.push(next)
      if (best === undefined || delta < best.delta - 1e-9) best = { members: [...members], label, delta }
      next = cheapest(costs, streets, trial, members, label)
    }
  }))
  return best
}

/** The neighbour of an area that joins it at the least cost. */
function cheapest(costs: CycleCosts, streets: readonly Streets[], trial: readonly number[], members: readonly number[], label: number): number | undefined {
  let [found, least]: [number | undefined, number] = [undefined, Infinity]
  for (const i of members) {
    for (const j of streets[label]?.[i]?.keys() ?? []) {
      if (trial[j] === label) continue
      const delta = change(costs, streets, trial, j, label)
      if (delta < least) [found, least] = [j, delta]
    }
  }
  return found
}
