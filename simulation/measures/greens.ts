// When each movement had green, as the signals really showed it: noted step by step, so that it holds for any control.
// Connections of one movement with the same groups share a head. Yellow is no green.
import { BY_RANK, PERMISSIVE } from '../kernel/signals.ts'
import type { World } from '../kernel/world.ts'

/** Told at the step in which a head turns green or ends its green. */
export interface GreenListener {
  greenStarted(head: number): void
  greenEnded(head: number): void
}

export class Greens {
  /** Head of each connection, -1 without signal. */
  readonly headOf: Int32Array
  /** Per head: its movement and its connections. */
  readonly movement: number[] = []
  readonly connections: number[][] = []
  readonly #w: World
  readonly #listener: GreenListener
  /** Instants of change, starting with a start of green. */
  readonly #changes: number[][] = []
  readonly #green: Uint8Array
  /** State of the signals' count of changes when looked at last. */
  #seen = -1

  constructor(w: World, listener: GreenListener) {
    this.#w = w
    this.#listener = listener
    const known = new Map<string, number>()
    const { connections, movements } = w.p.network
    this.headOf = Int32Array.from(connections, (connection, c) => {
      const m = w.p.connMovement[c]!
      if (movements[m]!.signal === undefined || w.signals.shows[c] === BY_RANK) return -1
      const key = `${m} ${(connection.groups ?? []).map(({ group, right_of_way }) => `${group} ${right_of_way}`).join()}`
      const head = known.get(key) ?? known.size
      known.set(key, head)
      if (head === this.movement.length) {
        this.movement.push(m)
        this.connections.push([])
        this.#changes.push([])
      }
      this.connections[head]!.push(c)
      return head
    })
    this.#green = new Uint8Array(this.movement.length)
  }

  /** Once a step, when the signals show what holds from `now` on. */
  look(now: number): void {
    const { changes } = this.#w.signals
    if (changes === this.#seen) return
    this.#seen = changes
    for (let head = 0; head < this.movement.length; head++) {
      const shows = this.#w.signals.shows[this.connections[head]![0]!]!
      const green = shows >= PERMISSIVE && shows !== BY_RANK ? 1 : 0
      if (green === this.#green[head]) continue
      this.#green[head] = green
      this.#changes[head]!.push(now)
      if (green === 1) this.#listener.greenStarted(head)
      else this.#listener.greenEnded(head)
    }
  }

  /** Was it green at an instant of the past? */
  wasGreen(head: number, time: number): boolean {
    return countUpTo(this.#changes[head]!, time) % 2 === 1
  }

  /** Seconds of green between two instants, of which the later one has passed. */
  greenBetween(head: number, from: number, until: number): number {
    const changes = this.#changes[head]!
    let sum = 0
    for (let i = 0; i < changes.length; i += 2) sum += Math.max(0, Math.min(changes[i + 1] ?? until, until) - Math.max(changes[i]!, from))
    return sum
  }
}

/** How many of the sorted instants lie at or before `time`; instants of a step and of a projection meet to the microsecond. */
function countUpTo(sorted: readonly number[], time: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= time + 1e-6) low = middle + 1
    else high = middle
  }
  return low
}
