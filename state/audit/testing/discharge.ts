// Queues that form and discharge at a signal, made up vehicle by vehicle, as runs of probes with the errors of their fixes: what
// the audit sees of a signal whose truth is known.
import type { Run } from '../../runs/run.ts'
import type { RunSource } from '../../movements/measure.ts'

export interface MovementTruth {
  movement: number
  /** After the start of the signal's cycle. */
  green_from_s: number
  green_s: number
  volume_vph: number
}

export interface DischargeOptions {
  seed: number
  /** Instants. */
  from_s: number
  until_s: number
  penetration: number
  interval_s: number
  movements: readonly MovementTruth[]
  /** Instants at which cycles begin, ascending, to beyond the end. */
  cycles_s: readonly number[]
  motion_s?: number
  wave_spm?: number
  /** Share of starts that have nothing to do with the signal. */
  stray?: number
}

const SPACING_M = 7
const HEADWAY_S = 2
const PASSES_YELLOW_S = 2

/** 32-bit mix of a counter: the same seed gives the same traffic. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = Math.imul(state ^ (state >>> 15), state | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

export function gaussOf(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function discharge(options: DischargeOptions): RunSource {
  const runs = new Map(options.movements.map((truth): [number, Run[]] => [truth.movement, runsOf(truth, options)]))
  return { listMovements: () => [...runs.keys()], listRuns: (movement) => runs.get(movement) ?? [] }
}

function runsOf({ movement, green_from_s, green_s, volume_vph }: MovementTruth, options: DischargeOptions): Run[] {
  const { seed, from_s, until_s, penetration, interval_s, cycles_s, motion_s = 1, wave_spm = 1.25 / SPACING_M, stray = 0.03 } = options
  const random = randomOf(seed * 7919 + movement * 104_729)
  const gauss = gaussOf(random)
  // What the fixes leave open of a start: driver, and where between two fixes it was.
  const scatter = (): number => gauss() * Math.hypot(0.8, 0.22 * interval_s)
  const runs: Run[] = []
  let next = 0
  let free_s = -Infinity
  let behind = 0
  let queued_cycle = -1
  for (let t = from_s; t < until_s;) {
    t += -Math.log(1 - random()) * (3600 / volume_vph)
    while (next < cycles_s.length - 1 && cycles_s[next]! + green_from_s + green_s + PASSES_YELLOW_S < Math.max(t, free_s)) next++
    const green = cycles_s[next]! + green_from_s
    if (queued_cycle !== next) [queued_cycle, behind] = [next, 0]
    const waits = t < green || free_s > t + 1
    const distance = waits ? 1.5 + SPACING_M * behind++ : 0
    const crossing = waits ? Math.max(green + motion_s + 1.5 + HEADWAY_S * (behind - 1), free_s) : Math.max(t, free_s)
    free_s = crossing + HEADWAY_S
    if (random() >= penetration) continue
    const departure = random() < stray ? t + random() * Math.max(1, crossing - t) : Math.max(t, green + motion_s + wave_spm * distance) + scatter()
    const stopped = waits && departure - t > 3
    runs.push({
      vehicle: `${movement} ${t}`, movement, start_m: -300, whole: true, in_s: t - 25, crossing_s: crossing + gauss() * 0.1 * interval_s, out_s: crossing + 5, running_mps: 14, control_delay_s: crossing - t,
      stops: stopped ? [{ time_s: t - distance / 14, s_m: -distance + 2 * gauss(), duration_s: departure - t }] : [], departure_s: stopped ? departure : undefined,
      arrival_s: t + gauss() * 0.1 * interval_s, blocked: false, interval_s, posterior: 1,
    })
  }
  return runs.sort((a, b) => a.crossing_s - b.crossing_s)
}

/** Cycles of a fixed-time signal counted from midnight of each day in UTC; `clockAt`: how far its clock is behind. */
export function fixedCycles(cycle_s: number, offset_s: number, from_s: number, until_s: number, clockAt: (time_s: number) => number = () => 0): number[] {
  const cycles: number[] = []
  for (let midnight = Math.floor(from_s / 86_400) * 86_400; midnight < until_s; midnight += 86_400) {
    for (let k = -1; k * cycle_s < 86_400; k++) {
      const start = midnight + k * cycle_s + offset_s
      const at = start + clockAt(start)
      if (at > from_s - 2 * cycle_s && at < until_s + 2 * cycle_s && at > (cycles.at(-1) ?? -Infinity) + cycle_s / 2) cycles.push(at)
    }
  }
  return cycles
}
