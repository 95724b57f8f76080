/** Minima over differences that add up round a circle of whole seconds: the one operation search and bound are made of. */

/** Room for one convolution at one cycle, made once. */
export interface Circle {
  readonly cycle: number
  /** Twice the second operand, so that no index wraps. */
  readonly twice: Float64Array
  readonly result: Float64Array
}

export const createCircle = (cycle: number): Circle => ({ cycle, twice: new Float64Array(2 * cycle + 4), result: new Float64Array(cycle) })

/** out[k] = min over i of a[i] + b[(k − i) mod C]; out may be a or b. Four results at a time: their operands overlap. */
export function convolve(circle: Circle, a: Float64Array, b: Float64Array, out: Float64Array): void {
  const { cycle: C, twice } = circle
  for (let j = 0; j < C; j++) twice[j] = twice[C + j] = b[j]!
  twice[2 * C] = b[0]!
  twice[2 * C + 1] = b[1 % C]!
  twice[2 * C + 2] = b[2 % C]!
  let k = 0
  const result = out === a ? circle.result : out
  for (; k < C; k += 4) {
    let m0 = Infinity, m1 = Infinity, m2 = Infinity, m3 = Infinity
    let at = k + C
    let b1 = twice[at + 1]!, b2 = twice[at + 2]!, b3 = twice[at + 3]!
    for (let i = 0; i < C; i++, at--) {
      const x = a[i]!
      const b0 = twice[at]!
      const s0 = x + b0, s1 = x + b1, s2 = x + b2, s3 = x + b3
      if (s0 < m0) m0 = s0
      if (s1 < m1) m1 = s1
      if (s2 < m2) m2 = s2
      if (s3 < m3) m3 = s3
      b3 = b2
      b2 = b1
      b1 = b0
    }
    result[k] = m0
    if (k + 1 < C) result[k + 1] = m1
    if (k + 2 < C) result[k + 2] = m2
    if (k + 3 < C) result[k + 3] = m3
  }
  if (result !== out) out.set(result)
}

/** out[φ] = table[−φ]: the same differences seen from the other signal. */
export function mirror(table: Float64Array, out: Float64Array): Float64Array {
  const C = table.length
  out[0] = table[0]!
  for (let k = 1; k < C; k++) out[k] = table[C - k]!
  return out
}

export function minimumOf(table: Float64Array): number {
  let least = Infinity
  for (const x of table) if (x < least) least = x
  return least
}

/** The first place of the minimum. */
export function placeOfMinimum(table: Float64Array): number {
  let place = 0
  for (let k = 1; k < table.length; k++) if (table[k]! < table[place]!) place = k
  return place
}
