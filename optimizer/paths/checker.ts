/**
 * Independent judge of bands along paths: it drives the front and the rear of every claimed band from green to green on
 * the plan's own times. Shares no code with the solver, only the input types. It confirms the value; that nothing is
 * better than the bound rests on the solver's exhaustive search, which brute force and a MILP witness in the tests.
 */
import type { BandPath, PathBand, PathPlan, PathProblem, PathSolution } from './problem.ts'

const TOLERANCE_S = 1e-6

/** What is wrong with a solution, as sentences; none if all holds. */
export function checkPaths(problem: PathProblem, solution: PathSolution): string[] {
  const faults = checkPlan(problem, solution)
  const { value, bound, gap, gap_share, proven, stopped } = solution.certificate
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE_S * (1 + Math.abs(b))
  let worth = 0
  for (const band of solution.bands) worth += band.width_s * (problem.paths.find(({ id }) => id === band.path)?.persons_h ?? 0)
  if (!near(value, worth)) faults.push(`the certificate claims ${value}, the bands are worth ${worth}`)
  if (!(bound >= value - TOLERANCE_S)) faults.push(`the bound ${bound} is below the value ${value}`)
  if (!near(gap, bound - value)) faults.push(`the gap ${gap} is not ${bound} - ${value}`)
  if (!near(gap_share, bound === 0 ? 0 : (bound - value) / bound)) faults.push(`the share of the gap, ${gap_share}, is not that of ${gap}`)
  if (proven !== near(bound, value)) faults.push(`the plan says ${proven ? 'proven' : 'unproven'} with a gap of ${bound - value}`)
  if ((stopped === 'proven') !== proven) faults.push(`the search says that it stopped by ${stopped}`)
  return faults
}

function checkPlan(problem: PathProblem, plan: PathPlan): string[] {
  const faults: string[] = []
  if (plan.cycle_s !== problem.cycle_s) faults.push(`the cycle is ${plan.cycle_s} s, not ${problem.cycle_s} s`)
  for (let i = 0; i < problem.signals.length; i++) {
    const { id, patterns } = problem.signals[i]!
    const offset = plan.offsets_s[i]
    if (offset === undefined || Math.floor(offset) !== offset || offset < 0 || offset >= problem.cycle_s) faults.push(`signal ${id}: offset ${offset} s is not a whole second of the cycle`)
    if (!patterns.some((pattern) => pattern.id === plan.patterns[i])) faults.push(`signal ${id} has no pattern ${plan.patterns[i]}`)
  }
  if (plan.bands.length !== problem.paths.length) faults.push(`there are ${plan.bands.length} bands for ${problem.paths.length} paths`)
  if (faults.length > 0) return faults
  problem.paths.forEach((path, i) => { checkBand(problem, plan, path, plan.bands[i]!, faults) })
  return faults
}

function checkBand(problem: PathProblem, plan: PathPlan, path: BandPath, { path: named, width_s, fronts_s }: PathBand, faults: string[]): void {
  if (named !== path.id) { faults.push(`a band of ${named} stands in the place of ${path.id}`); return }
  if (width_s === 0) return
  if (!(width_s > 0 && width_s >= problem.least_band_s - TOLERANCE_S && width_s <= problem.cycle_s + TOLERANCE_S)) faults.push(`path ${named}: a band of ${width_s} s does not count`)
  if (fronts_s.length !== path.steps.length) { faults.push(`path ${named}: ${fronts_s.length} times for ${path.steps.length} steps`); return }
  path.steps.forEach(({ signal, movement }, i) => {
    const place = problem.signals[signal]!
    const windows = place.patterns.find(({ id }) => id === plan.patterns[signal])?.windows[movement] ?? []
    const front = fronts_s[i]!
    const inside = windows.some(({ start_s, length_s, clearance_s }) => {
      if (length_s >= problem.cycle_s * (1 - 1e-9)) return true
      let wait = (front - plan.offsets_s[signal]! - start_s - clearance_s) % problem.cycle_s
      if (wait < 0) wait += problem.cycle_s
      if (wait > problem.cycle_s - TOLERANCE_S) wait -= problem.cycle_s
      return wait + width_s <= length_s - clearance_s + TOLERANCE_S
    })
    if (!inside) faults.push(`path ${named}: the band of ${width_s} s meets red at signal ${place.id}`)
    if (i === 0) return
    const { distance_m, speed_min_mps, speed_max_mps, dwell_min_s, dwell_max_s } = path.links[i - 1]!
    const drive = front - fronts_s[i - 1]!
    if (!(drive >= distance_m / speed_max_mps + dwell_min_s - TOLERANCE_S && drive <= distance_m / speed_min_mps + dwell_max_s + TOLERANCE_S)) {
      faults.push(`path ${named}: ${drive} s to signal ${place.id} is outside what its speeds and stops allow`)
    }
  })
}
