/** CPU seconds of a piece of work in this process: warm-up, repeats, minimum and mean ± standard deviation. */

export interface Timing {
  readonly min_s: number
  readonly mean_s: number
  readonly sd_s: number
  readonly repeats: number
}

/** Runs `work` and keeps its last result, so that nothing is optimised away. User and system time of all threads. */
export function timeCpu<T>(work: () => T, options: { warmups: number; repeats: number }): { result: T; timing: Timing } {
  for (let k = 0; k < options.warmups; k++) work()
  const samples: number[] = []
  let result: T | undefined
  for (let k = 0; k < options.repeats; k++) {
    const start = process.cpuUsage()
    result = work()
    const { user, system } = process.cpuUsage(start)
    samples.push((user + system) / 1e6)
  }
  if (result === undefined) throw new Error(`timeCpu needs at least one repeat and a result, got ${options.repeats} repeats`)
  return { result, timing: summarize(samples) }
}

export function summarize(samples_s: readonly number[]): Timing {
  const mean_s = samples_s.reduce((sum, x) => sum + x, 0) / samples_s.length
  const variance = samples_s.reduce((sum, x) => sum + (x - mean_s) ** 2, 0) / Math.max(1, samples_s.length - 1)
  return { min_s: Math.min(...samples_s), mean_s, sd_s: Math.sqrt(variance), repeats: samples_s.length }
}

/** For instance "0.0212 (0.0231 ± 0.0015, 10)": minimum (mean ± deviation, repeats), in seconds. */
export function formatTiming({ min_s, mean_s, sd_s, repeats }: Timing): string {
  if (repeats === 1) return min_s.toFixed(4)
  return `${min_s.toFixed(4)} (${mean_s.toFixed(4)} ± ${sd_s.toFixed(4)}, ${repeats})`
}
