// Hashes of text: a share in [0, 1) that stands in for chance (same file, same answer), and a set of seen ids that costs
// 8 bytes an id instead of the id.

/** 32-bit FNV-1a, finished by the murmur3 mixer so that short, similar ids scatter. */
export function hash32(text: string, seed = 0): number {
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i)
    h = Math.imul(h, 0x01000193)
  }
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A number in [0, 1) that depends only on the text and the purpose. */
export const share = (text: string, purpose: number): number => hash32(text, purpose) / 2 ** 32

const FIRST_CAPACITY = 1024
const SECOND_SEED = 0x9e3779b9

/**
 * Remembers ids by 64-bit hashes in open addressing. Two different ids of 5 million are taken for the same with a
 * probability below 1e-6.
 */
export class IdSet {
  #slots = new Uint32Array(FIRST_CAPACITY * 2)
  #size = 0

  /** False if the id was there already. */
  add(id: string): boolean {
    const high = hash32(id) || 1
    const low = hash32(id, SECOND_SEED)
    if ((this.#size + 1) * 2 > this.#slots.length / 2) this.#grow()
    if (!insert(this.#slots, high, low)) return false
    this.#size++
    return true
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2)
    for (let i = 0; i < this.#slots.length; i += 2) {
      const high = this.#slots[i] ?? 0
      if (high !== 0) insert(larger, high, this.#slots[i + 1] ?? 0)
    }
    this.#slots = larger
  }
}

/** A slot is a pair; a first half of 0 means empty. */
function insert(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / 2 - 1
  let at = high & mask
  while (slots[at * 2] !== 0) {
    if (slots[at * 2] === high && slots[at * 2 + 1] === low) return false
    at = (at + 1) & mask
  }
  slots[at * 2] = high
  slots[at * 2 + 1] = low
  return true
}
