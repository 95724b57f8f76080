/** From lines in cycles to a plan in seconds that the checker can judge, and the certificate with the checker's figure. */
import { modulo } from '../../model/units.ts'
import { problemAtCycle } from '../bands/cycle-range.ts'
import type { BandProblem } from '../bands/problem.ts'
import { gapShare } from '../certified.ts'
import type { LinkChain, Pair } from './chain.ts'
import { type CheckedLinkBands, checkLinkPlan } from './checker.ts'
import type { Lines } from './lines.ts'
import type { LinkBandAnswer, LinkBandPlan, LinkBandProblem, PricedBox, SolverBound } from './problem.ts'

/** The problem with windows in seconds at the plan's cycle. */
export function inSeconds(problem: BandProblem, cycle_s: number): BandProblem {
  return problem.cycle_s === 1 ? problemAtCycle(problem, cycle_s) : problem
}

/** Outbound and inbound width of each band, cycles. */
type Widths = readonly (readonly [number, number])[]

export interface Found {
  asked: LinkBandProblem
  plan: LinkBandPlan
  solver: SolverBound | undefined
  boxes: readonly PricedBox[]
  gap_share: number
  rounds: number
}

/** In cycles, by the checker. */
export function worthOf(asked: LinkBandProblem, plan: LinkBandPlan): CheckedLinkBands {
  return checkLinkPlan({ ...asked, problem: inSeconds(asked.problem, plan.cycle_s) }, plan)
}

/** What is proven of a box, by its prices or by the solver. */
export function provenOf({ z_low, z_high, bound }: Pick<PricedBox, 'z_low' | 'z_high' | 'bound'>, solver: SolverBound | undefined): number {
  return solver !== undefined && z_low >= solver.z_low && z_high <= solver.z_high ? Math.min(bound, solver.bound) : bound
}

export function answerOf({ asked, plan, solver, boxes, gap_share, rounds }: Found): LinkBandAnswer {
  const { value } = worthOf(asked, plan)
  const bound = Math.max(value, ...boxes.map((box) => provenOf(box, solver)))
  const gap = bound - value
  const proven = gap <= gap_share * value * (1 + 1e-9)
  return { plan, rounds, certificate: { value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort', boxes, ...(solver !== undefined && { solver }) } }
}

export function planOf({ problem }: LinkBandProblem, chain: LinkChain, lines: Lines, widths: Widths): LinkBandPlan {
  const cycle_s = 1 / lines.z
  const outTimes: number[] = []
  const inTimes: number[] = []
  for (let i = 0; i + 1 < chain.n; i++) {
    const step = (lines.psi[i + 1] as number) - (lines.psi[i] as number)
    const [low, high] = [(chain.step_low[i] as number) * lines.z, (chain.step_high[i] as number) * lines.z]
    const share = high > low ? Math.min(1, Math.max(0, (step - low) / (high - low))) : 0
    const [outLow, outHigh] = [chain.out_low[i] as number, chain.out_high[i] as number]
    outTimes.push(outLow + share * (outHigh - outLow))
    inTimes.push((chain.step_low[i] as number) - outLow + share * ((chain.step_high[i] as number) - outHigh - (chain.step_low[i] as number) + outLow))
  }
  const pairAt = (i: number): Pair => (chain.pairs[i] as readonly Pair[])[lines.pair[i] as number] as Pair
  const outLocal = (i: number): number => (pairAt(i).out_start + (lines.out[i] as number)) * cycle_s
  let time = outLocal(0)
  const offsets_s = lines.pair.map((_, i) => {
    if (i > 0) time += outTimes[i - 1] as number
    return modulo(time - outLocal(i), cycle_s)
  })
  return {
    cycle_s,
    patterns: lines.pair.map((_, i) => problem.signals[i]?.patterns[pairAt(i).pattern]?.id ?? ''),
    offsets_s,
    travel_times_s: { outbound: outTimes, inbound: inTimes },
    lines_s: { outbound: outLocal(0), inbound: (pairAt(0).in_start + (lines.back[0] as number)) * cycle_s },
    bands_s: { outbound: widths.map(([out]) => out * cycle_s), inbound: widths.map(([, back]) => back * cycle_s) },
  }
}
