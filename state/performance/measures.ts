// Measures of phases from sums: of one bin, or of all bins with data together.
import type { PhaseMeasures } from '../../model/traffic-state.ts'
import type { DeviceLog } from './device-log.ts'
import type { PerformanceOptions } from './options.ts'
import { meanOf, PhaseBin, quantileOf } from './phase-bin.ts'
import type { PhaseLog } from './phase-log.ts'

/** Per phase and bin, in order of phase and time; bins whose events span too little are left out. */
export function binMeasures(device: DeviceLog, options: PerformanceOptions): PhaseMeasures[] {
  return phasesOf(device).flatMap((log) => binsWithData(device, log, options).map(([key, bin]) => measuresOf(device.device, log, bin, key * options.bin_s, (key + 1) * options.bin_s)))
}

/** Per phase over everything with data. */
export function totalMeasures(device: DeviceLog, options: PerformanceOptions): PhaseMeasures[] {
  return phasesOf(device).flatMap((log) => {
    const bins = binsWithData(device, log, options)
    if (bins.length === 0) return []
    const [first, last] = [bins[0]![0], bins.at(-1)![0]]
    const total = new PhaseBin(first * options.bin_s)
    for (const [, bin] of bins) total.add(bin)
    return [measuresOf(device.device, log, total, first * options.bin_s, (last + 1) * options.bin_s, bins.reduce((sum, [key]) => sum + device.spanOf(key), 0))]
  })
}

const phasesOf = (device: DeviceLog): PhaseLog[] => [...device.phases.values()].sort((a, b) => a.phase - b.phase)

const binsWithData = (device: DeviceLog, log: PhaseLog, { least_data_s }: PerformanceOptions): [number, PhaseBin][] =>
  [...log.bins].filter(([key]) => device.spanOf(key) >= least_data_s).sort(([a], [b]) => a - b)

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

function measuresOf(device: string, { phase, has }: PhaseLog, bin: PhaseBin, from_s: number, until_s: number, observed_s = until_s - from_s): PhaseMeasures {
  const greens = bin.greens.length
  const { green, yellow, red } = bin.arrivals
  const arrivals = green + yellow + red
  const on_green = has.advance ? share(green, arrivals) : null
  const green_ratio = bin.cycles.length === 0 ? null : Math.min(1, meanOf(bin.greens)! / meanOf(bin.cycles)!)
  const counted = has.count || has.crossing
  return {
    device, phase, from_s, until_s, greens,
    cycle_s: quantileOf(bin.cycles, 0.5), green_median_s: quantileOf(bin.greens, 0.5), green_p85_s: quantileOf(bin.greens, 0.85), split_p85_s: quantileOf(bin.splits, 0.85),
    terminations: greens === 0 ? null : { gap: bin.terminations.gap / greens, max: bin.terminations.max / greens, force: bin.terminations.force / greens, unknown: bin.terminations.unknown / greens },
    arrivals_on_green: on_green, arrivals_on_red: on_green === null ? null : 1 - on_green,
    platoon_ratio: on_green === null || green_ratio === null || green_ratio === 0 ? null : on_green / green_ratio,
    volume_vph: has.count ? (bin.volume * 3600) / observed_s : null,
    approach_delay_s: has.advance ? share(bin.delay_s, arrivals) : null,
    split_failures: has.presence ? bin.failures : null, split_failure_share: has.presence ? share(bin.failures, bin.judged) : null,
    yellow_actuations: counted ? bin.crossings.yellow : null, red_actuations: counted ? bin.crossings.red + bin.crossings.red_clearance : null, severe_red_actuations: counted ? bin.crossings.severe : null,
    pedestrian_calls: has.pedestrian || bin.pedestrian_calls > 0 ? bin.pedestrian_calls : null, pedestrian_wait_s: meanOf(bin.pedestrian_waits),
    phase_wait_s: meanOf(bin.phase_waits), phase_wait_max_s: bin.phase_waits.length === 0 ? null : Math.max(...bin.phase_waits), skips: bin.skips,
  }
}
