/**
 * Sets of angles as sorted, disjoint arcs [from, to] inside [0, circle]; an arc over the seam is cut in two.
 * Columns that grow but never shrink: one set is reused for every pass, so a pass allocates nothing.
 */
export class ArcSet {
  from = new Float64Array(16)
  to = new Float64Array(16)
  size = 0
  readonly circle: number
  /** Arcs nearer than this are merged, and arcs that miss each other by this still meet in a point. */
  readonly tolerance: number

  constructor(circle: number) {
    this.circle = circle
    this.tolerance = circle * 1e-12
  }

  clear(): void {
    this.size = 0
  }

  /** Adds the arc of that length from `start`, which may lie anywhere; call `settle` after the last one. */
  add(start: number, length: number): void {
    const { circle } = this
    if (length >= circle) {
      this.append(0, circle)
      return
    }
    let from = start % circle
    if (from < 0) from += circle
    const to = from + length
    if (to <= circle) {
      this.append(from, to)
      return
    }
    this.append(from, circle)
    this.append(0, to - circle)
  }

  /** Sorts and merges what was added. Insertion sort: the arcs come almost in order and are few. */
  settle(): void {
    const { from, to, size } = this
    for (let i = 1; i < size; i++) {
      const a = from[i]
      const c = to[i]
      let j = i - 1
      for (; j >= 0 && from[j] > a; j--) {
        from[j + 1] = from[j]
        to[j + 1] = to[j]
      }
      from[j + 1] = a
      to[j + 1] = c
    }
    let last = 0
    for (let i = 1; i < size; i++) {
      if (from[i] <= to[last] + this.tolerance) {
        if (to[i] > to[last]) to[last] = to[i]
      } else {
        last++
        from[last] = from[i]
        to[last] = to[i]
      }
    }
    if (size > 0) this.size = last + 1
  }

  /** Becomes `source` moved by every step of [low, high]. */
  setMoved(source: ArcSet, low: number, high: number): void {
    this.size = 0
    for (let i = 0; i < source.size; i++) this.add(source.from[i] + low, source.to[i] - source.from[i] + high - low)
    this.settle()
  }

  /** Becomes the intersection of two settled sets. */
  setMeet(a: ArcSet, b: ArcSet): void {
    this.size = 0
    let i = 0
    let j = 0
    while (i < a.size && j < b.size) {
      const from = Math.max(a.from[i], b.from[j])
      const to = Math.min(a.to[i], b.to[j])
      if (from <= to) this.append(from, to)
      else if (from - to <= this.tolerance) this.append((from + to) / 2, (from + to) / 2)
      if (a.to[i] < b.to[j]) i++
      else j++
    }
  }

  private append(from: number, to: number): void {
    const k = this.size
    if (k === this.from.length) {
      this.from = grown(this.from)
      this.to = grown(this.to)
    }
    this.from[k] = from
    this.to[k] = to
    this.size = k + 1
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(2 * column.length)
  wider.set(column)
  return wider
}
