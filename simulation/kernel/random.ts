// Counter-based random numbers: a draw depends on (seed, vehicle, step, purpose) only, never on what was drawn before.
// So results do not depend on order, and the same vehicle has the same driver under every plan.

export const PURPOSE = { speedFactor: 1, speedFactor2: 2, dawdle: 3 } as const

/** Mixes four integers to 32 well-scattered bits (finaliser of MurmurHash3, Appleby 2011, public domain). */
export function hash(seed: number, vehicle: number, step: number, purpose: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  h = mix(h ^ Math.imul(vehicle + 1, 0xc2b2ae35))
  h = mix(h ^ Math.imul(step + 1, 0x27d4eb2f))
  return mix(h ^ Math.imul(purpose, 0x165667b1)) >>> 0
}

function mix(x: number): number {
  let h = x
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Uniform in [0, 1). */
export const uniform = (seed: number, vehicle: number, step: number, purpose: number): number => hash(seed, vehicle, step, purpose) / 4294967296

/** Standard normal (Box and Muller 1958). */
export function normal(seed: number, vehicle: number): number {
  const u = (hash(seed, vehicle, 0, PURPOSE.speedFactor) + 0.5) / 4294967296
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * uniform(seed, vehicle, 0, PURPOSE.speedFactor2))
}
