// Keeps runs by movement in bounded memory. Where a movement has more than its share, whole cycles are left out by a hash of
// the cycle, half of what is left at a time; each run that stays then stands for that many more. What stays of a movement does not
// depend on the order in which runs came, unless all movements together are too many.
import type { Instant, Seconds } from '../../model/units.ts'
import { hashText, RunColumns } from './run-columns.ts'
import type { Run } from './run.ts'

export interface RunStoreOptions {
  /** Most runs kept of one movement; the default keeps twenty days of a thousand probes a day: means are known to 1 % from fewer. */
  runs_per_movement?: number
  /** Most runs kept in all, about 80 bytes each; the movement with most gives way. */
  runs?: number
  /**
   * What belongs together when runs are left out: the number of the cycle, for example. Default: quarters of an hour, of
   * which few cycles are cut by their ends.
   */
  cycleOf?: (movement: number, crossing_s: Instant) => number
}

const RUNS_PER_MOVEMENT = 20_000
const RUNS = 500_000
const SLOT_S: Seconds = 900

interface Kept {
  columns: RunColumns
  /** Every 2 to this power-th cycle stays. */
  level: number
  seen: number
}

/** Some runs of a store. */
export type RunView = Pick<RunStore, 'listMovements'> & { listRuns(movement: number): Run[]; eachRun(movement: number): Iterable<Run>; countRuns(movement: number): number }

/** A RunSink that can be asked: `runs.push(run)`, then `listRuns`. */
export class RunStore {
  readonly #most: number
  readonly #mostInAll: number
  #size = 0
  readonly #cycleOf: (movement: number, crossing_s: Instant) => number
  readonly #movements = new Map<number, Kept>()

  constructor({ runs_per_movement = RUNS_PER_MOVEMENT, runs = RUNS, cycleOf = (_, time) => Math.floor(time / SLOT_S) }: RunStoreOptions = {}) {
    this.#most = runs_per_movement
    this.#mostInAll = runs
    this.#cycleOf = cycleOf
  }

  push(run: Run): void {
    let kept = this.#movements.get(run.movement)
    if (kept === undefined) this.#movements.set(run.movement, kept = { columns: new RunColumns(), level: 0, seen: 0 })
    kept.seen++
    if (!this.#stays(run.movement, run.crossing_s, kept.level)) return
    kept.columns.push(run)
    this.#size++
    // A single cycle with more runs than allowed cannot be halved for ever: hashes have 32 bits.
    while (kept.columns.size > this.#most && kept.level < 31) this.#halve(run.movement, kept)
    while (this.#size > this.#mostInAll) {
      const [movement, largest] = [...this.#movements].reduce((most, one) => (one[1].level < 31 && one[1].columns.size > most[1].columns.size ? one : most), [run.movement, kept])
      if (largest.level >= 31) break
      this.#halve(movement, largest)
    }
  }

  #halve(movement: number, kept: Kept): void {
    const level = ++kept.level
    const before = kept.columns.size
    kept.columns = kept.columns.filter((crossing_s) => this.#stays(movement, crossing_s, level))
    this.#size += kept.columns.size - before
  }

  /** Indices of movements with runs, ascending. */
  listMovements(): number[] {
    return [...this.#movements.keys()].sort((a, b) => a - b)
  }

  /** In order of crossing, of crossings in [from_s, until_s). */
  listRuns(movement: number, from_s: Instant = -Infinity, until_s: Instant = Infinity): Run[] {
    const columns = this.#movements.get(movement)?.columns
    if (columns === undefined) return []
    const runs: Run[] = []
    for (const i of columns.order()) {
      const time = columns.crossing_s[i]!
      if (time >= from_s && time < until_s) runs.push(columns.at(i, movement))
    }
    return runs
  }

  /** The same one by one: nothing but the columns is held. */
  *eachRun(movement: number, counts: (crossing_s: Instant) => boolean = () => true): Generator<Run> {
    const columns = this.#movements.get(movement)?.columns
    if (columns !== undefined) for (const i of columns.order()) if (counts(columns.crossing_s[i]!)) yield columns.at(i, movement)
  }

  countRuns(movement: number, counts?: (crossing_s: Instant) => boolean): number {
    const columns = this.#movements.get(movement)?.columns
    return columns === undefined ? 0 : counts === undefined ? columns.size : columns.crossing_s.subarray(0, columns.size).reduce((sum, time_s) => sum + Number(counts(time_s)), 0)
  }

  /** Its runs with a crossing that counts. */
  within(counts: (crossing_s: Instant) => boolean): RunView {
    return {
      listMovements: () => this.listMovements(), listRuns: (movement) => [...this.eachRun(movement, counts)],
      eachRun: (movement) => this.eachRun(movement, counts), countRuns: (movement) => this.countRuns(movement, counts),
    }
  }

  /** Of all runs that came, and how many of them are kept. */
  totals(): { seen: number; kept: number; thinned: number } {
    const all = [...this.#movements.values()]
    return { seen: all.reduce((sum, { seen }) => sum + seen, 0), kept: this.#size, thinned: all.filter(({ level }) => level > 0).length }
  }

  /** How many runs each kept run of a movement stands for. */
  weight(movement: number): number {
    return 2 ** (this.#movements.get(movement)?.level ?? 0)
  }

  /** Runs that came, kept or not. */
  seen(movement: number): number {
    return this.#movements.get(movement)?.seen ?? 0
  }

  get size(): number {
    return this.#size
  }

  #stays(movement: number, crossing_s: Instant, level: number): boolean {
    return level === 0 || hashText(`${movement} ${this.#cycleOf(movement, crossing_s)}`) % 2 ** level === 0
  }
}
