/** Rates settings on the exact geometric score and orders them: objective, band sum, firmness, speeds, least change. */
import { modulo } from '../../model/units.ts'
import { objectiveOf } from './division.ts'
import { asksFor, type BandProblem } from './problem.ts'
import { type Road, roadOf } from './road.ts'
import { driveRide, marginOf, rideWidth, type Setting } from './score.ts'
import { divisionOf } from './widest.ts'

export interface Rated {
  readonly setting: Setting
  readonly outbound: number
  readonly inbound: number
  /** Objective, then band sum (s). */
  readonly value: number
  readonly sum: number
}

/** The finer points of a setting, asked for only among settings of equal bands. */
export interface Manner {
  /** Firmness, see `marginOf` (s). */
  readonly margin: number
  /** Distance of travel times from their targets (s). */
  readonly deviation: number
  /** Sum of circular distances from the offsets in the street (s). */
  readonly change: number
}

/** Differences below this are rounding (s). */
const SAME_S = 1e-7

export class Rater {
  readonly problem: BandProblem
  readonly out: Road | undefined
  readonly back: Road | undefined

  constructor(problem: BandProblem) {
    this.problem = problem
    this.out = asksFor(problem, 'outbound') ? roadOf(problem, 'outbound') : undefined
    this.back = asksFor(problem, 'inbound') ? roadOf(problem, 'inbound') : undefined
  }

  rate(setting: Setting): Rated {
    const outbound = this.out ? rideWidth(this.out, setting) : 0
    const inbound = this.back ? rideWidth(this.back, setting) : 0
    const value = objectiveOf(divisionOf(this.problem), outbound, inbound)
    return { setting, outbound, inbound, value, sum: outbound + inbound }
  }

  manner(setting: Setting): Manner {
    let margin = 0
    let deviation = 0
    for (const road of [this.out, this.back]) {
      const ride = road && driveRide(road, setting)
      if (!ride) continue
      margin += marginOf(road, setting, ride)
      deviation += ride.deviation
    }
    return { margin, deviation, change: changeOf(this.problem, setting) }
  }
}

/** Positive if `a` has the wider bands. */
export function compareBands(a: Rated, b: Rated): number {
  if (Math.abs(a.value - b.value) > SAME_S) return a.value - b.value
  return Math.abs(a.sum - b.sum) > SAME_S ? a.sum - b.sum : 0
}

/** Positive if `a` is the better of two settings with equal bands. */
export function compareManner(a: Manner, b: Manner): number {
  if (Math.abs(a.margin - b.margin) > SAME_S) return a.margin - b.margin
  if (Math.abs(a.deviation - b.deviation) > SAME_S) return b.deviation - a.deviation
  return Math.abs(a.change - b.change) > SAME_S ? b.change - a.change : 0
}

/** Sum over signals with a known offset in the street of the circular distance to it (s). */
function changeOf(problem: BandProblem, setting: Setting): number {
  let total = 0
  problem.signals.forEach(({ current_offset_s }, i) => {
    if (current_offset_s === undefined) return
    const apart = modulo(setting.offsets[i] - current_offset_s, problem.cycle_s)
    total += Math.min(apart, problem.cycle_s - apart)
  })
  return total
}
