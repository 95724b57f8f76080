/** Arterials with known optima, as data that every solver gets alike. Objective: band sum in cycles. */
import { type BandProblem, EQUAL_BANDS } from '../../optimizer/bands/index.ts'
import { LITTLE_SLOWNESS_CHANGE, littleArterial, syntheticArterial, textbookArterial } from '../../optimizer/bands/instances/arterials.ts'

export interface BandInstance {
  readonly id: string
  /** Windows in cycles; `cycle_s` is 1. */
  readonly problem: BandProblem
  readonly cycle_min_s: number
  readonly cycle_max_s: number
  /** Largest change of slowness between consecutive links (s/m); only the models know it. */
  readonly slowness_change?: number
  /** Certified optimum, and to how many cycles it is known. */
  readonly optimum: number
  readonly tolerance: number
}

/** Up to 40 signals by MILP, beyond by branch and bound with a gap of 1e-6; all known to six digits. */
const SIX_DIGITS = 2e-6

export function listInstances(): BandInstance[] {
  const little = { problem: littleArterial(), cycle_min_s: 55, cycle_max_s: 75 }
  const synthetic = (n: number, seed: number, optimum: number, tolerance: number): BandInstance => ({
    id: `E arterial(${n}, ${seed})`, problem: syntheticArterial(n, seed), cycle_min_s: 80, cycle_max_s: 140, optimum, tolerance,
  })
  return [
    { id: 'A Little 1966', ...little, optimum: 0.571031, tolerance: SIX_DIGITS },
    { id: 'A with speed change', ...little, slowness_change: LITTLE_SLOWNESS_CHANGE, optimum: 0.562827, tolerance: SIX_DIGITS },
    { id: 'D textbook', problem: { ...textbookArterial(), division: EQUAL_BANDS }, cycle_min_s: 60, cycle_max_s: 100, optimum: 0.748507, tolerance: SIX_DIGITS },
    synthetic(6, 1, 0.788089, SIX_DIGITS),
    synthetic(6, 2, 0.750624, SIX_DIGITS),
    synthetic(10, 1, 0.772651, SIX_DIGITS),
    synthetic(10, 2, 0.695924, SIX_DIGITS),
    synthetic(20, 1, 0.734508, SIX_DIGITS),
    synthetic(20, 2, 0.68359, SIX_DIGITS),
    synthetic(40, 1, 0.645306, SIX_DIGITS),
    synthetic(40, 2, 0.619142, SIX_DIGITS),
    synthetic(80, 1, 0.629612, SIX_DIGITS),
    synthetic(80, 2, 0.649087, SIX_DIGITS),
    synthetic(200, 1, 0.614371, SIX_DIGITS),
    synthetic(200, 2, 0.605576, SIX_DIGITS),
    synthetic(500, 1, 0.57515, SIX_DIGITS),
  ]
}
