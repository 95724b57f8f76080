/**
 * Memory of the integer closure: prefixes that led nowhere, seen from the signal they ended at. A new prefix whose rides
 * all lie inside those of a dead end, and are no wider, is one too, whatever its offsets were.
 */
import type { RideState } from './score.ts'

/** Rides of one prefix in local time of its last signal: from, to, width, flat. */
type Rides = Float64Array

/** Rides of every direction searched. */
type DeadEnd = readonly Rides[]

/** Beyond this many a scan costs more than the branch it would cut; the oldest are overwritten. */
const REMEMBERED = 128

/** Dead ends may differ by rounding of sums of offsets (s). */
const ROUNDING_S = 1e-9

export class DeadEnds {
  private readonly circle: number
  private readonly lists = new Map<number, DeadEnd[]>()
  private added = 0

  constructor(circle: number) {
    this.circle = circle
  }

  /** True if a remembered dead end at this signal and pattern covers the prefix, given by its rides in each direction. */
  covers(signal: number, pattern: number, offset: number, states: readonly (readonly RideState[])[]): boolean {
    const list = this.lists.get(keyOf(signal, pattern))
    if (list === undefined) return false
    const rides = states.map((own) => this.localRides(own, offset))
    return list.some((dead) => rides.every((own, k) => within(own, dead[k])))
  }

  add(signal: number, pattern: number, offset: number, states: readonly (readonly RideState[])[]): void {
    const key = keyOf(signal, pattern)
    const list = this.lists.get(key) ?? []
    this.lists.set(key, list)
    const dead = states.map((own) => this.localRides(own, offset))
    if (list.length < REMEMBERED) list.push(dead)
    else list[this.added++ % REMEMBERED] = dead
  }

  private localRides(states: readonly RideState[], offset: number): Rides {
    const rides = new Float64Array(3 * states.length)
    states.forEach(({ from, to, width }, k) => {
      const local = from - offset
      const lift = Math.floor((local + ROUNDING_S) / this.circle) * this.circle
      rides[3 * k] = local - lift
      rides[3 * k + 1] = to - offset - lift
      rides[3 * k + 2] = width
    })
    return rides
  }
}

/** No corridor has 64 patterns at a signal. */
function keyOf(signal: number, pattern: number): number {
  return signal * 64 + pattern
}

/** Every ride of `a` lies inside some ride of `b`. */
function within(a: Rides, b: Rides): boolean {
  for (let i = 0; i < a.length; i += 3) {
    let found = false
    for (let j = 0; j < b.length && !found; j += 3) {
      found = a[i] >= b[j] - ROUNDING_S && a[i + 1] <= b[j + 1] + ROUNDING_S && a[i + 2] <= b[j + 2] + ROUNDING_S
    }
    if (!found) return false
  }
  return true
}
