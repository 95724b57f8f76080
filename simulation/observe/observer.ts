// Pure observers of a run: told after every step, they read and never write, so a run with them gives the same bytes as
// without. Who drives is listed once a step for all of them.
import { DRIVING, GONE, type World } from '../kernel/world.ts'
import type { Run } from '../simulate.ts'

/** The vehicles in the network at the end of a step, in order of trips: `list[0 .. count]`. */
export interface Fleet {
  readonly world: World
  readonly list: Int32Array
  readonly count: number
}

export interface Observer {
  /** After a step; `fleet.world.now` is its end. */
  observe(fleet: Fleet): void
  /** After the last step. */
  end?(): void
}

class DrivingList implements Fleet {
  readonly world: World
  readonly list: Int32Array
  count = 0
  #first = 0

  constructor(world: World) {
    this.world = world
    this.list = new Int32Array(world.n)
  }

  refresh(): void {
    const { state, n, driving } = this.world
    while (this.#first < n && state[this.#first] === GONE) this.#first++
    this.count = 0
    for (let v = this.#first; v < n && this.count < driving; v++) if (state[v] === DRIVING) this.list[this.count++] = v
  }
}

/** The run with observers: `step` and `result` as before. */
export function observed(run: Run, observers: readonly Observer[]): Run {
  const fleet = new DrivingList(run.world)
  let ended = false
  const step = (): boolean => {
    const before = run.world.step
    const goesOn = run.step()
    if (run.world.step > before) {
      fleet.refresh()
      for (const observer of observers) observer.observe(fleet)
    }
    if (!goesOn && !ended) {
      ended = true
      for (const observer of observers) observer.end?.()
    }
    return goesOn
  }
  return { world: run.world, step, result: () => run.result() }
}
