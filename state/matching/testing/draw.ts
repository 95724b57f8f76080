// Counter-based random numbers for the generated town and its drivers: a draw depends on its four integers only.

function mix(x: number): number {
  let h = x
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Uniform in (0, 1). Finaliser of MurmurHash3 (Appleby 2011, public domain). */
export function draw(seed: number, object: number, count: number, purpose: number): number {
  const h = mix(mix(mix(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(object + 1, 0xc2b2ae35)) ^ Math.imul(count + 1, 0x27d4eb2f)) ^ Math.imul(purpose, 0x165667b1))
  return ((h >>> 0) + 0.5) / 4294967296
}

/** Standard normal (Box and Muller 1958). */
export const drawNormal = (seed: number, object: number, count: number, purpose: number): number =>
  Math.sqrt(-2 * Math.log(draw(seed, object, count, purpose))) * Math.cos(2 * Math.PI * draw(seed, object, count, purpose + 1000))
