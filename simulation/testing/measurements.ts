// Field measurements on a running simulation: discharge headways at a stop line and counts over it.
import { modulo } from '../../model/units.ts'
import type { Run } from '../simulate.ts'
import { watchLines, type Line } from './tracks.ts'

/** Times at which the rear of each vehicle passes the end of a lane, s, with the connection it took. */
export function rearPassages(run: Run, lane: number): { time_s: number; connection: number }[] {
  const w = run.world
  const link = w.p.laneLink[lane]!
  const took = new Map<number, number>()
  const step = run.step.bind(run)
  const noting: Run = {
    world: w,
    step: () => {
      const goesOn = step()
      for (let k = w.p.laneOutStart[lane]!; k < w.p.laneOutStart[lane + 1]!; k++) {
        const c = w.p.laneOut[k]!
        for (let i = 0; i < w.count[w.p.lanes + c]!; i++) took.set(w.at(w.p.lanes + c, i), c)
      }
      return goesOn
    },
    result: () => run.result(),
  }
  const line: Line = { link: w.p.network.links[link]!.id, at_m: w.p.length[lane]!, lane: lane - w.p.linkLane[link]!, part: 'rear' }
  return watchLines(noting, [line])[0]!.map(({ vehicle, time_s }) => ({ time_s, connection: took.get(vehicle) ?? w.p.laneOut[w.p.laneOutStart[lane]!]! }))
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
