// The cheapest partition of a small set into each number of blocks, where the cost of a partition is the sum of those of its blocks. Exact: a dynamic
// programme over subsets, each extended by the block that holds its lowest member.

export interface Partition {
  cost: number
  /** Each by the bits of its members. */
  blocks: number[]
}

/** Members of a block, ascending. */
export const memberships = (block: number): number[] => Array.from({ length: 32 }, (_, i) => i).filter((i) => (block >>> i) & 1)

/** By number of blocks less one. `costs` is by set of members (bits), of `size` members; one of equal partitions is kept, always the same. */
export function bestPartitions(costs: Float64Array, size: number): Partition[] {
  const sets = 2 ** size
  if (!(Number.isInteger(size) && size >= 1 && size <= 16 && costs.length === sets)) throw new RangeError(`${costs.length} costs are not those of the sets of ${size} members`)
  let least = Float64Array.from(costs)
  const chosen: Int32Array[] = [Int32Array.from({ length: sets }, (_, set) => set)]
  const partitions: Partition[] = [{ cost: costs[sets - 1]!, blocks: [sets - 1] }]
  for (let count = 2; count <= size; count++) {
    const next = new Float64Array(sets).fill(Infinity)
    const blocks = new Int32Array(sets)
    for (let set = 1; set < sets; set++) {
      const first = set & -set
      const rest = set ^ first
      if (rest === 0) continue
      // Every part of the rest beside the lowest member, but for the whole.
      let part = rest
      do {
        part = (part - 1) & rest
        const cost = costs[first | part]! + least[rest ^ part]!
        if (cost < next[set]!) {
          next[set] = cost
          blocks[set] = first | part
        }
      } while (part !== 0)
    }
    least = next
    chosen.push(blocks)
    partitions.push({ cost: least[sets - 1]!, blocks: trace(chosen, sets - 1) })
  }
  return partitions
}

function trace(chosen: readonly Int32Array[], whole: number): number[] {
  const blocks: number[] = []
  for (let [set, count] = [whole, chosen.length]; count > 0; count--) {
    const block = chosen[count - 1]![set]!
    blocks.push(block)
    set ^= block
  }
  return blocks
}
