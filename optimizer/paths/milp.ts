/**
 * The same problem as a mixed-integer model in seconds, after the multi-path progression model of Yang, Cheng, Chang
 * 2015: band b of a path, y = 1 if it has one, front x in the local clock of each step, m whole cycles of each link; the
 * rows of travel are relaxed by a cycle where y = 0. Witness and peer of the labels.
 */
import { ModelBuilder, type Term } from '../solver/builder.ts'
import type { Model } from '../solver/solver.ts'
import { type BandPath, type PathProblem, travelRange } from './problem.ts'

/** Objective as in PathCertificate. Offsets are integer variables named o0, o1, ... */
export function pathModel(problem: PathProblem): Model {
  const build = new ModelBuilder()
  const cycle = problem.cycle_s
  const offsets = problem.signals.map((_, i) => build.add(`o${i}`, 0, i === 0 ? 0 : cycle - 1, { integer: true }))
  const chosen = problem.signals.map(({ patterns }, i) => {
    const options = patterns.map((_, k) => build.add(`s${i}_${k}`, 0, 1, { integer: true }))
    build.row(`one${i}`, 1, options.map((option) => [option, 1]), 1)
    return options
  })
  problem.paths.forEach((path, p) => { addPath(build, problem, path, p, offsets, chosen) })
  return build.build()
}

function addPath(build: ModelBuilder, problem: PathProblem, path: BandPath, p: number, offsets: readonly number[], chosen: readonly (readonly number[])[]): void {
  const cycle = problem.cycle_s
  const band = build.add(`b${p}`, 0, cycle, { objective: path.persons_h })
  const has = build.add(`y${p}`, 0, 1, { integer: true })
  build.row(`cap${p}`, -Infinity, [[band, 1], [has, -cycle]], 0)
  build.row(`least${p}`, 0, [[band, 1], [has, -problem.least_band_s]], Infinity)
  const fronts = path.steps.map(({ signal, movement }, j) => {
    const front = build.add(`x${p}_${j}`, 0, 2 * cycle)
    const begins: Term[] = [[front, 1]]
    const ends: Term[] = [[front, 1], [band, 1]]
    const taken: Term[] = [[has, -1]]
    problem.signals[signal]!.patterns.forEach(({ windows }, k) => {
      const own: Term[] = [[chosen[signal]![k]!, -1]]
      for (const [w, { start_s, length_s, clearance_s }] of (windows[movement] ?? []).entries()) {
        const endless = length_s >= cycle * (1 - 1e-9)
        if (!endless && length_s <= clearance_s) continue
        const use = build.add(`w${p}_${j}_${k}_${w}`, 0, 1, { integer: true })
        const from = endless ? 0 : (((start_s + clearance_s) % cycle) + cycle) % cycle
        begins.push([use, -from])
        ends.push([use, -(endless ? 2 * cycle : from + length_s - clearance_s)])
        own.push([use, 1])
        taken.push([use, 1])
      }
      build.row(`use${p}_${j}_${k}`, -Infinity, own, 0)
    })
    build.row(`begin${p}_${j}`, 0, begins, Infinity)
    build.row(`end${p}_${j}`, -Infinity, ends, 0)
    build.row(`taken${p}_${j}`, 0, taken, Infinity)
    return front
  })
  path.links.forEach((link, j) => {
    const [least, most] = travelRange(link)
    const turns = build.add(`m${p}_${j}`, Math.ceil(least / cycle) - 4, Math.floor(most / cycle) + 4, { integer: true })
    const [a, b] = [path.steps[j]!.signal, path.steps[j + 1]!.signal]
    const drive: Term[] = [[fronts[j + 1]!, 1], [offsets[b]!, 1], [fronts[j]!, -1], [offsets[a]!, -1], [turns, cycle]]
    build.row(`soon${p}_${j}`, least - cycle, [...drive, [has, -cycle]], Infinity)
    build.row(`late${p}_${j}`, -Infinity, [...drive, [has, cycle]], most + cycle)
  })
}
