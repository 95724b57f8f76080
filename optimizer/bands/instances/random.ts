/** Seeded random numbers: mulberry32, 32 bits of state, the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items]
  for (let k = out.length - 1; k > 0; k--) {
    const j = Math.floor(random() * (k + 1))
    ;[out[k], out[j]] = [out[j]!, out[k]!]
  }
  return out
}
