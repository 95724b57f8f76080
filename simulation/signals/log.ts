// What was shown: a listener for every change of colour, and a recorder that keeps them as columns.
import type { GroupId, SignalId } from '../../model/signal.ts'
import type { Display } from '../../model/compile.ts'
import type { CycleCount } from './controller.ts'

/** Told of every change of what a group shows, in order of time; master time, s. */
export interface SignalLog {
  record(time_s: number, signal: SignalId, group: GroupId, shows: Display): void
}

/** What one signal showed in a run. */
export interface ShownSignal {
  signal: SignalId
  groups: GroupId[]
  /** Changes in order of time: when, which group (index in `groups`), and what it shows from then on: 0 red, 1 yellow, 2 green. */
  time_s: Float64Array
  group: Uint16Array
  shows: Uint8Array
  /** Yield points passed and cycles begun out of step; zeros for a signal that runs free or as its windows say. */
  cycles: number
  cycles_out_of_step: number
  /** Greens that ended, and their mean, by group; NaN where none ended. */
  greens: Int32Array
  mean_green_s: Float64Array
}

const CODE: Record<Display, number> = { red: 0, yellow: 1, green: 2 }

/** Keeps what was shown by signal. */
export class SignalRecorder implements SignalLog {
  readonly #signals = new Map<SignalId, { groups: GroupId[]; index: Map<GroupId, number>; events: [number, number, number][]; last: number[] }>()

  record(time_s: number, signal: SignalId, group: GroupId, shows: Display): void {
    let own = this.#signals.get(signal)
    if (own === undefined) {
      own = { groups: [], index: new Map(), events: [], last: [] }
      this.#signals.set(signal, own)
    }
    let g = own.index.get(group)
    if (g === undefined) {
      g = own.groups.push(group) - 1
      own.index.set(group, g)
    }
    if (own.last[g] === CODE[shows]) return
    own.last[g] = CODE[shows]
    own.events.push([time_s, g, CODE[shows]])
  }

  result(countOf: (signal: SignalId) => CycleCount | undefined): ShownSignal[] {
    return [...this.#signals].map(([signal, { groups, events }]) => {
      const sorted = [...events].sort((a, b) => a[0] - b[0])
      const greens = new Int32Array(groups.length)
      const sum = new Float64Array(groups.length)
      const began = new Float64Array(groups.length).fill(Number.NaN)
      for (const [t, g, shows] of sorted) {
        if (shows !== CODE.green && !Number.isNaN(began[g]!)) {
          greens[g]!++
          sum[g]! += t - began[g]!
        }
        began[g] = shows === CODE.green ? t : Number.NaN
      }
      const count = countOf(signal)
      return {
        signal, groups, greens, mean_green_s: sum.map((total, g) => total / greens[g]!),
        time_s: Float64Array.from(sorted, ([t]) => t), group: Uint16Array.from(sorted, ([, g]) => g), shows: Uint8Array.from(sorted, ([, , shows]) => shows),
        cycles: count?.cycles ?? 0, cycles_out_of_step: count?.out_of_step ?? 0,
      }
    })
  }
}
