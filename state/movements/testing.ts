// A made-up city of fixed-time movements whose every vehicle is known: arrivals in a cycle, uniform discharge, no noise.
import type { Run } from '../runs/run.ts'
import type { Green, GreenClock } from '../signals/greens.ts'

export const CYCLE_S = 100

/** Deterministic uniform numbers in (0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}

/** Every movement has green from 0 to `greens[movement]` of each cycle. */
export function fixedClock(greens: readonly number[]): GreenClock {
  return {
    find(movement, time_s): Green | undefined {
      const start_s = Math.floor(time_s / CYCLE_S) * CYCLE_S
      const green = greens[movement]
      return green === undefined ? undefined : { start_s, end_s: start_s + green, next_s: start_s + CYCLE_S }
    },
    cycle: (movement) => (greens[movement] === undefined ? undefined : CYCLE_S),
  }
}

/** A vehicle that arrives at `arrival_s` and waits so long. */
export function runOf(vehicle: string, movement: number, arrival_s: number, wait_s: number, more: Partial<Run> = {}): Run {
  return {
    vehicle, movement, start_m: -300, whole: true, in_s: arrival_s - 25, crossing_s: arrival_s + wait_s, out_s: arrival_s + wait_s + 4, running_mps: 12,
    control_delay_s: wait_s - 1, stops: wait_s > 4 ? [{ time_s: arrival_s - 2, s_m: -20, duration_s: wait_s - 2 }] : [], departure_s: wait_s > 4 ? arrival_s + wait_s - 3 : undefined,
    arrival_s, blocked: false, interval_s: 3, posterior: 1, ...more,
  }
}

/**
 * All vehicles of an hour on each of the days: a share of them in a platoon at a place of the cycle, the others at random. Who
 * meets red waits for green and for those before him.
 */
export function vehicles(movement: number, { green_s, hourly, days, platoon, at_s, seed }: { green_s: number; hourly: number; days: number; platoon: number; at_s: number; seed: number }): Run[] {
  const draw = uniform(seed)
  const runs: Run[] = []
  for (let day = 0; day < days; day++) {
    const n = Math.round(hourly * (1 + 0.12 * (draw() - 0.5)))
    const arrivals = Array.from({ length: n }, () => day * 86_400 + 36_000 + Math.floor(36 * draw()) * CYCLE_S + (draw() < platoon ? (at_s + 12 * draw()) % CYCLE_S : CYCLE_S * draw())).sort((a, b) => a - b)
    let free = -Infinity
    arrivals.forEach((arrival, i) => {
      const phase = arrival % CYCLE_S
      const open = phase < green_s ? arrival : arrival - phase + CYCLE_S + 2
      const go = Math.max(open, free + 2)
      free = go
      runs.push(runOf(`m${movement} d${day} v${i}`, movement, arrival, go - arrival))
    })
  }
  return runs
}
