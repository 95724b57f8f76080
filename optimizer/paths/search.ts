/** Plans by search: every position of one signal, or of all signals from one on, until nothing gains; seeded restarts. */
import { widthOf, type Setting } from './rate.ts'
import type { Track } from './tracks.ts'

export interface SearchTask {
  readonly cycle_s: number
  readonly least_band_s: number
  /** Patterns of each signal. */
  readonly patterns: readonly number[]
  readonly tracks: readonly Track[]
}

interface Found {
  setting: Setting
  value: number
}

/** Climbs from a setting; never worse. */
export function climb(task: SearchTask, start: Setting, goOn: () => boolean): Found {
  const { tracks, patterns, cycle_s, least_band_s } = task
  let setting: Setting = { offsets: [...start.offsets], patterns: [...start.patterns] }
  const widths = tracks.map((track) => widthOf(track, setting, cycle_s, least_band_s))
  const touching = patterns.map((_, i) => tracks.flatMap((track, k) => (track.stops.some(({ signal }) => signal === i) ? [k] : [])))
  const spanning = patterns.map((_, i) => tracks.flatMap((track, k) => (track.stops[0]!.signal < i && track.stops.at(-1)!.signal >= i ? [k] : [])))
  const gainOf = (trial: Setting, affected: readonly number[]): number => {
    let gain = 0
    for (const k of affected) gain += tracks[k]!.weight * (widthOf(tracks[k]!, trial, cycle_s, least_band_s) - widths[k]!)
    return gain
  }
  for (let improved = true; improved && goOn(); ) {
    improved = false
    for (let i = 0; i < patterns.length; i++) {
      let best: { gain: number; trial: Setting; affected: readonly number[] } | undefined
      const consider = (trial: Setting, affected: readonly number[]): void => {
        const gain = gainOf(trial, affected)
        if (gain > (best?.gain ?? 0) + 1e-7) best = { gain, trial: { offsets: [...trial.offsets], patterns: [...trial.patterns] }, affected }
      }
      for (const alone of [true, false]) {
        const affected = alone ? touching[i]! : spanning[i]!
        if (affected.length === 0) continue
        const trial: Setting = { offsets: [...setting.offsets], patterns: [...setting.patterns] }
        for (let turn = 0; turn < cycle_s; turn++) {
          for (let j = i; j < (alone ? i + 1 : patterns.length); j++) trial.offsets[j] = (setting.offsets[j]! + turn) % cycle_s
          if (!alone) { consider(trial, affected); continue }
          for (let pattern = 0; pattern < patterns[i]!; pattern++) { trial.patterns[i] = pattern; consider(trial, affected) }
        }
      }
      if (best === undefined) continue
      setting = best.trial
      for (const k of best.affected) widths[k] = widthOf(tracks[k]!, setting, cycle_s, least_band_s)
      improved = true
    }
  }
  return { setting, value: tracks.reduce((sum, { weight }, k) => sum + weight * widths[k]!, 0) }
}

/** The best climb from the given starts and from `restarts` seeded ones. */
export function search(task: SearchTask, starts: readonly Setting[], restarts: number, goOn: () => boolean): Found {
  const random = seeded(task.patterns.length * 7919 + task.cycle_s)
  const drawn = Array.from({ length: restarts }, (): Setting => ({
    offsets: task.patterns.map(() => Math.floor(random() * task.cycle_s)), patterns: task.patterns.map((count) => Math.floor(random() * count)),
  }))
  let best: Found | undefined
  for (const start of [...starts, ...drawn]) {
    if (best !== undefined && !goOn()) break
    const found = climb(task, start, goOn)
    if (best === undefined || found.value > best.value + 1e-7) best = found
  }
  return best!
}

/** A small multiplicative generator (Park and Miller 1988): enough to scatter starts. */
function seeded(seed: number): () => number {
  let state = (seed % 2147483646) + 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
