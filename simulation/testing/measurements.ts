// Field measurements on a running simulation: discharge headways at a stop line and counts over it.
import { modulo } from '../../model/units.ts'
import type { Run } from '../simulate.ts'

/** Times at which the rear of each vehicle passes the end of a lane, s, with the connection it took. */
export function rearPassages(run: Run, lane: number): { time_s: number; connection: number }[] {
  const w = run.world
  const line = new Map<number, { odo: number; connection: number }>()
  const passages: { time_s: number; connection: number }[] = []
  const done = new Set<number>()
  const before = new Map<number, number>()
  while (run.step()) {
    if (w.lastOut[lane]! >= 0 && !line.has(w.lastOut[lane]!)) line.set(w.lastOut[lane]!, { odo: w.lastOutLine[lane]!, connection: w.lastOutConnection[lane]! })
    for (const [v, at] of line) {
      if (done.has(v)) continue
      const rear = w.odo[v]! - w.len[v]!
      if (rear >= at.odo) {
        const last = before.get(v) ?? rear - w.spd[v]! * w.dt
        const share = rear > last ? (at.odo - last) / (rear - last) : 1
        passages.push({ time_s: w.now - w.dt * (1 - share), connection: at.connection })
        done.add(v)
      }
      before.set(v, rear)
    }
  }
  return passages
}

export interface Discharge {
  saturation_vph: number
  /** Start-up lost time: what the first four headways lose against saturation, s. */
  startup_lost_s: number
  /** Green, yellow and all-red less the time used at saturation flow, s per cycle. */
  lost_s: number
  headways_s: number[]
}

/** HCM field method: saturation headway from the fifth vehicle on, over full cycles with a queue. Green begins at `start_s`. */
export function discharge(times: number[], cycle_s: number, start_s: number, green_s: number, intergreen_s: number, skip: number): Discharge {
  const cycles = new Map<number, number[]>()
  for (const t of times) {
    const k = Math.floor((t - start_s) / cycle_s)
    cycles.set(k, [...(cycles.get(k) ?? []), modulo(t - start_s, cycle_s)])
  }
  const full = [...cycles.entries()].filter(([k, list]) => k >= skip && list.length > 8).map(([, list]) => list)
  const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
  const headway = mean(full.map((list) => {
    const inGreen = list.filter((t) => t < green_s)
    return (inGreen.at(-1)! - inGreen[3]!) / (inGreen.length - 4)
  }))
  return {
    saturation_vph: 3600 / headway,
    startup_lost_s: mean(full.map((list) => list[3]! - 4 * headway)),
    lost_s: green_s + intergreen_s - mean(full.map((list) => list.length)) * headway,
    headways_s: Array.from({ length: 10 }, (_, i) => mean(full.filter((list) => list.length > i).map((list) => list[i]! - (i === 0 ? 0 : list[i - 1]!)))),
  }
}
