/**
 * Loops next to each other joined to long narrow regions, whose least cost is found exactly: signals leave one by one, none of them
 * with more than three neighbours that are still there (bucket elimination; Dechter 1999). In a grid: strips of three rows.
 */

/** Of one signal that leaves: those still there that share a cost with it, in the order in which they will leave. */
export interface Leaving {
  readonly node: number
  readonly near: readonly number[]
}

export interface Region {
  /** Numbers of its loops in the list, and of its pairs. */
  readonly loops: readonly number[]
  readonly pairs: readonly number[]
  readonly order: readonly Leaving[]
}

/** Neighbours of a signal that leaves: a table of all their differences has cycle² entries and takes cycle³ steps. */
const MOST_NEAR = 3
/** Streets from side to side of a strip of loops. */
const WIDTH = 2

/** Every loop is in one region. `pairsOf[k]`: pairs of loop k; `ends[pair]`: its two signals. */
export function listRegions(pairsOf: readonly (readonly number[])[], ends: readonly (readonly [number, number])[]): Region[] {
  const touching = touchingLoops(pairsOf)
  const strips = stripsOf(pairsOf, ends)
  const open = new Set(pairsOf.keys())
  const regions: Region[] = []
  // Strips from one side to the other, so that a strip touches only the one before and the one after.
  for (const strip of [...new Set(strips)].sort((a, b) => a - b)) {
    const inside = new Set([...open].filter((k) => strips[k] === strip))
    while (inside.size > 0) {
      const seed = [...inside].reduce((a, b) => (countOpen(touching[b]!, inside) < countOpen(touching[a]!, inside) ? b : a))
      const region = grow(seed, { pairsOf, ends, touching, open: inside })
      for (const k of region.loops) open.delete(k)
      regions.push(region)
    }
  }
  return regions
}

/** The strip of each loop: by how far it is from one side of the network, the shortest way between two of its corners. */
function stripsOf(pairsOf: readonly (readonly number[])[], ends: readonly (readonly [number, number])[]): number[] {
  const around = new Map<number, number[]>()
  for (const [u, v] of new Set(pairsOf.flat().map((pair) => ends[pair]!))) {
    around.set(u, [...(around.get(u) ?? []), v])
    around.set(v, [...(around.get(v) ?? []), u])
  }
  const level = new Map<number, number>()
  for (const node of around.keys()) if (!level.has(node)) for (const [other, far] of distances(around, sideOf(around, node))) level.set(other, far)
  return pairsOf.map((pairs) => Math.floor(Math.min(...pairs.flatMap((pair) => ends[pair]!.map((node) => level.get(node)!))) / WIDTH))
}

/** Two signals far from each other are corners, one far from both a third: the side is the way from the first to the third. */
function sideOf(around: ReadonlyMap<number, readonly number[]>, node: number): number[] {
  const farthest = (far: ReadonlyMap<number, number>): number => [...far].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
  const first = farthest(distances(around, [node]))
  const fromFirst = distances(around, [first])
  const fromSecond = distances(around, [farthest(fromFirst)])
  const third = farthest(new Map([...fromFirst].map(([other, far]) => [other, Math.min(far, fromSecond.get(other)!)])))
  const side = [third]
  for (let at = third; at !== first; side.push(at)) at = around.get(at)!.find((other) => fromFirst.get(other)! < fromFirst.get(at)!)!
  return side
}

/** Streets from the nearest of `from`. */
function distances(around: ReadonlyMap<number, readonly number[]>, from: readonly number[]): Map<number, number> {
  const far = new Map(from.map((node) => [node, 0]))
  for (const [node, own] of far) for (const other of around.get(node)!) if (!far.has(other)) far.set(other, own + 1)
  return far
}

interface Growth {
  readonly pairsOf: readonly (readonly number[])[]
  readonly ends: readonly (readonly [number, number])[]
  readonly touching: readonly (readonly number[])[]
  readonly open: Set<number>
}

const countOpen = (loops: readonly number[], open: ReadonlySet<number>): number => loops.reduce((count, k) => count + (open.has(k) ? 1 : 0), 0)

function touchingLoops(pairsOf: readonly (readonly number[])[]): number[][] {
  const holders = new Map<number, number[]>()
  for (const [k, pairs] of pairsOf.entries()) for (const pair of pairs) holders.set(pair, [...(holders.get(pair) ?? []), k])
  return pairsOf.map((pairs, k) => [...new Set(pairs.flatMap((pair) => holders.get(pair)!))].filter((other) => other !== k))
}

function grow(seed: number, growth: Growth): Region {
  const { pairsOf, ends, open } = growth
  const loops = [seed]
  const pairs = new Set(pairsOf[seed])
  // Signals of a ring leave with two neighbours, however long it is.
  let order = leave(pairs, ends)!
  open.delete(seed)
  const refused = new Set<number>()
  for (let next = nextLoop(loops, pairs, refused, growth); next !== undefined; next = nextLoop(loops, pairs, refused, growth)) {
    const wider = new Set([...pairs, ...pairsOf[next]!])
    const found = leave(wider, ends)
    if (found === undefined) {
      refused.add(next)
      continue
    }
    order = found
    for (const pair of wider) pairs.add(pair)
    loops.push(next)
    open.delete(next)
  }
  return { loops, pairs: [...pairs], order }
}

/** The open loop that shares most pairs with those that are in; of equals one that touches the last. */
function nextLoop(loops: readonly number[], pairs: ReadonlySet<number>, refused: ReadonlySet<number>, { pairsOf, touching, open }: Growth): number | undefined {
  let best: number | undefined, most = 0
  for (const inside of loops.toReversed()) {
    for (const k of touching[inside]!) {
      if (!open.has(k) || refused.has(k)) continue
      const shared = pairsOf[k]!.reduce((count, pair) => count + (pairs.has(pair) ? 1 : 0), 0)
      if (shared > most) [best, most] = [k, shared]
    }
  }
  return best
}

/** The signal with the fewest neighbours leaves first; undefined where one would leave with too many. */
function leave(pairs: Iterable<number>, ends: readonly (readonly [number, number])[]): Leaving[] | undefined {
  const near = new Map<number, Set<number>>()
  const at = (node: number): Set<number> => near.get(node) ?? near.set(node, new Set()).get(node)!
  for (const pair of pairs) {
    const [u, v] = ends[pair]!
    at(u).add(v)
    at(v).add(u)
  }
  const left: { node: number; near: Set<number> }[] = []
  while (near.size > 0) {
    let node = -1, fewest = Infinity
    for (const [candidate, others] of near) if (others.size < fewest) [node, fewest] = [candidate, others.size]
    if (fewest > MOST_NEAR) return undefined
    const others = near.get(node)!
    near.delete(node)
    for (const a of others) {
      near.get(a)!.delete(node)
      for (const b of others) if (a !== b) near.get(a)!.add(b)
    }
    left.push({ node, near: others })
  }
  const place = new Map(left.map(({ node }, k) => [node, k]))
  return left.map(({ node, near: others }) => ({ node, near: [...others].sort((a, b) => place.get(a)! - place.get(b)!) }))
}
