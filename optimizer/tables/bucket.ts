/**
 * Costs of a signal and up to three neighbours, as functions of differences alone: nothing changes when all turn together. With
 * d_i = offset of neighbour i − own offset, a bucket is the sum of tables of one d and of two. Passing up minimises over the own offset.
 */

export interface Bucket {
  readonly node: number
  /** In the order in which they leave. */
  readonly near: readonly number[]
  /** Least cost of the signal and all below it, by (offset of near[1] − offset of near[0], and near[2] likewise), the last fastest. */
  readonly up: Float64Array
  /** Of those whose near[0] is this signal. */
  readonly below: Bucket[]
}

export interface Room {
  readonly cycle: number
  /** u[i][d_i]. */
  readonly single: readonly Float64Array[]
  /** Of near[0] and near[1], [x][s]: d_0 = s, d_1 = s + x, their singles included. */
  readonly first: Float64Array
  /** Of near[0] and near[2], [y][s]: d_0 = s, d_2 = s + y, the single of near[2] included. */
  readonly second: Float64Array
  /** Of near[1] and near[2], [z][t], twice over t: d_1 = t, d_2 = t + z. */
  readonly third: Float64Array
  readonly line: Float64Array
  readonly sheet: Float64Array
  count: number
  hasThird: boolean
  addSingle(at: number, table: Float64Array, along: boolean, share: number): void
}

export function roomFor(cycle: number): Room {
  const C = cycle
  const room: Room = {
    cycle, single: [0, 1, 2].map(() => new Float64Array(C)), first: new Float64Array(C * C), second: new Float64Array(C * C), third: new Float64Array(2 * C * C),
    line: new Float64Array(2 * C), sheet: new Float64Array(C * C), count: 0, hasThird: false,
    addSingle: (at, table, along, share) => {
      const turned = room.line
      for (let φ = 0; φ < C; φ++) turned[φ] = share * table[along || φ === 0 ? φ : C - φ]!
      addLine(room, at, turned)
    },
  }
  return room
}

/** A table of d_at. */
function addLine(room: Room, at: number, line: Float64Array): void {
  const { cycle: C, single, first, second, count } = room
  for (let d = 0; d < C; d++) single[at]![d]! += line[d]!
  if (count < 2) return
  if (at === 2) {
    for (let y = 0; y < C; y++) for (let s = 0, d = y; s < C; s++, d = d + 1 === C ? 0 : d + 1) second[y * C + s]! += line[d]!
    return
  }
  for (let x = 0; x < C; x++) for (let s = 0, d = at === 0 ? 0 : x; s < C; s++, d = d + 1 === C ? 0 : d + 1) first[x * C + s]! += line[d]!
}

/** Fills the room with what came up to a bucket; singles of its own are added after. */
export function totalOf(room: Room, { node, near, below }: Bucket): void {
  const { cycle: C, single, first, second, third } = room
  room.count = near.length
  room.hasThird = false
  for (const table of single) table.fill(0)
  first.fill(0)
  if (near.length > 2) second.fill(0)
  for (const child of below) {
    const [i, j] = child.near.slice(1).map((other) => near.indexOf(other))
    if (child.near[0] !== node || i === undefined) continue
    if (j === undefined) addLine(room, i, child.up)
    else if (i === 0) addSheet(j === 1 ? first : second, child.up, C)
    else {
      if (!room.hasThird) third.fill(0)
      room.hasThird = true
      for (let z = 0; z < C; z++) for (let t = 0, d = z; t < C; t++, d = d + 1 === C ? 0 : d + 1) third[2 * z * C + t] = third[(2 * z + 1) * C + t] = third[2 * z * C + t]! + child.up[t * C + d]!
    }
  }
}

/** [d_0][d_i] as [x][s]. */
function addSheet(into: Float64Array, table: Float64Array, C: number): void {
  for (let x = 0; x < C; x++) for (let s = 0, d = x; s < C; s++, d = d + 1 === C ? 0 : d + 1) into[x * C + s]! += table[s * C + d]!
}

/** Minimises over the own offset; constants of signals without neighbours go to up[0], as do those of children. */
export function passUp(room: Room, { node, near, up, below }: Bucket): void {
  const { cycle: C, single, first } = room
  // Children with no neighbour but this one send a number.
  let constant = 0
  for (const child of below) if (child.near[0] === node && child.near.length === 1) constant += child.up[0]!
  if (near.length === 0) up[0] = constant
  else if (near.length === 1) up[0] = constant + least(single[0]!)
  else if (near.length === 2) for (let x = 0; x < C; x++) up[x] = constant + least(first.subarray(x * C, (x + 1) * C))
  else {
    if (room.hasThird) upWithThird(room, up)
    else upOfTwo(room, up)
    if (constant !== 0) for (let k = 0; k < up.length; k++) up[k]! += constant
  }
}

function least(values: Float64Array): number {
  let found = Infinity
  for (const x of values) if (x < found) found = x
  return found
}

/** up[x][y] = min over s of first[x][s] + second[y][s]; four y at a time. */
function upOfTwo({ cycle: C, first, second }: Room, up: Float64Array): void {
  for (let y = 0; y < C; y += 4) {
    const y1 = Math.min(y + 1, C - 1), y2 = Math.min(y + 2, C - 1), y3 = Math.min(y + 3, C - 1)
    const b0 = y * C, b1 = y1 * C, b2 = y2 * C, b3 = y3 * C
    for (let x = 0; x < C; x++) {
      const a = x * C
      let m0 = Infinity, m1 = Infinity, m2 = Infinity, m3 = Infinity
      for (let s = 0; s < C; s++) {
        const p = first[a + s]!
        const s0 = p + second[b0 + s]!, s1 = p + second[b1 + s]!, s2 = p + second[b2 + s]!, s3 = p + second[b3 + s]!
        if (s0 < m0) m0 = s0
        if (s1 < m1) m1 = s1
        if (s2 < m2) m2 = s2
        if (s3 < m3) m3 = s3
      }
      up[a + y] = m0
      up[a + y1] = m1
      up[a + y2] = m2
      up[a + y3] = m3
    }
  }
}

function upWithThird({ cycle: C, first, second, third }: Room, up: Float64Array): void {
  for (let x = 0; x < C; x++) {
    for (let y = 0; y < C; y++) {
      const a = x * C, b = y * C, c = 2 * C * (y < x ? y - x + C : y - x) + x
      let found = Infinity
      for (let s = 0; s < C; s++) {
        const cost = first[a + s]! + second[b + s]! + third[c + s]!
        if (cost < found) found = cost
      }
      up[a + y] = found
    }
  }
}

/**
 * out: the least of all, everything above included, at each difference of one neighbour or of two (`at`, rising), the last fastest.
 * `above[x][y]` as of `up`: least cost of everything but the bucket and what is below it.
 */
export function leastOver(room: Room, { near }: Bucket, at: readonly number[], above: Float64Array | undefined, out: Float64Array): void {
  const { cycle: C, single, sheet } = room
  if (near.length === 1) {
    out.set(single[0]!)
    return
  }
  const [i, j] = at as [number, number?]
  // Over which differences the sheet is: [0, 1], [0, 2] or [1, 2].
  const sides = j !== undefined ? [i, j] : i === 2 ? [0, 2] : [0, 1]
  if (near.length === 2) overNone(room, above!, sheet)
  else if (sides[0] === 1) overFirst(room, above!, sheet)
  else if (sides[1] === 1) overLast(room, above!, sheet)
  else overMiddle(room, above!, sheet)
  // sheet[w][s]: the first side at s, the other at s + w.
  if (j !== undefined) {
    for (let w = 0; w < C; w++) for (let s = 0, d = w; s < C; s++, d = d + 1 === C ? 0 : d + 1) out[s * C + d] = sheet[w * C + s]!
    return
  }
  out.fill(Infinity)
  for (let w = 0; w < C; w++) {
    for (let s = 0, d = i === sides[0] ? 0 : w; s < C; s++, d = d + 1 === C ? 0 : d + 1) if (sheet[w * C + s]! < out[d]!) out[d] = sheet[w * C + s]!
  }
}

function overNone({ cycle: C, first }: Room, above: Float64Array, sheet: Float64Array): void {
  for (let x = 0; x < C; x++) for (let s = 0; s < C; s++) sheet[x * C + s] = first[x * C + s]! + above[x]!
}

/** [x][s]: over the last neighbour. */
function overLast({ cycle: C, first, second, third, hasThird, line }: Room, above: Float64Array, sheet: Float64Array): void {
  const found = line
  for (let x = 0; x < C; x++) {
    found.fill(Infinity)
    if (hasThird) {
      for (let y = 0; y < C; y++) {
        const b = y * C, c = 2 * C * (y < x ? y - x + C : y - x) + x, up = above[x * C + y]!
        for (let s = 0; s < C; s++) {
          const cost = second[b + s]! + third[c + s]! + up
          if (cost < found[s]!) found[s] = cost
        }
      }
    } else leastOfRows(second, above, x * C, 1, C, found)
    for (let s = 0; s < C; s++) sheet[x * C + s] = first[x * C + s]! + found[s]!
  }
}

/** [y][s]: over the neighbour in the middle. */
function overMiddle({ cycle: C, first, second, third, hasThird, line }: Room, above: Float64Array, sheet: Float64Array): void {
  const found = line
  for (let y = 0; y < C; y++) {
    found.fill(Infinity)
    if (hasThird) {
      for (let x = 0; x < C; x++) {
        const a = x * C, c = 2 * C * (y < x ? y - x + C : y - x) + x, up = above[x * C + y]!
        for (let s = 0; s < C; s++) {
          const cost = first[a + s]! + third[c + s]! + up
          if (cost < found[s]!) found[s] = cost
        }
      }
    } else leastOfRows(first, above, y, C, C, found)
    for (let s = 0; s < C; s++) sheet[y * C + s] = second[y * C + s]! + found[s]!
  }
}

/** found[s] = min over r of rows[r][s] + numbers[from + r · stride]; four rows at a time. */
function leastOfRows(rows: Float64Array, numbers: Float64Array, from: number, stride: number, C: number, found: Float64Array): void {
  for (let r = 0; r < C; r += 4) {
    const r1 = Math.min(r + 1, C - 1), r2 = Math.min(r + 2, C - 1), r3 = Math.min(r + 3, C - 1)
    const n0 = numbers[from + r * stride]!, n1 = numbers[from + r1 * stride]!, n2 = numbers[from + r2 * stride]!, n3 = numbers[from + r3 * stride]!
    const b0 = r * C, b1 = r1 * C, b2 = r2 * C, b3 = r3 * C
    for (let s = 0; s < C; s++) {
      const c0 = rows[b0 + s]! + n0, c1 = rows[b1 + s]! + n1, c2 = rows[b2 + s]! + n2, c3 = rows[b3 + s]! + n3
      const p = c0 < c1 ? c0 : c1, q = c2 < c3 ? c2 : c3
      const m = p < q ? p : q
      if (m < found[s]!) found[s] = m
    }
  }
}

/** [z][t], t = d of near[1], t + z = d of near[2]: over the first neighbour. */
function overFirst({ cycle: C, first, second, third, hasThird, line }: Room, above: Float64Array, sheet: Float64Array): void {
  const found = line
  for (let z = 0; z < C; z++) {
    found.fill(Infinity)
    for (let x = 0; x < C; x++) {
      const y = x + z < C ? x + z : x + z - C
      const a = x * C, b = y * C, up = above[x * C + y]!
      for (let s = 0, t = x; s < C; s++, t++) {
        const cost = first[a + s]! + second[b + s]! + up
        if (cost < found[t]!) found[t] = cost
      }
    }
    for (let t = 0; t < C; t++) sheet[z * C + t] = Math.min(found[t]!, found[t + C]!) + (hasThird ? third[2 * z * C + t]! : 0)
  }
}
