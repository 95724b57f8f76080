/** From lines in cycles to a plan in seconds that the checker can judge, and the certificate with the checker's figure. */
import { modulo } from '../../model/units.ts'
import { problemAtCycle } from '../bands/cycle-range.ts'
import type { BandProblem } from '../bands/problem.ts'
import { gapShare } from '../certified.ts'
import type { LinkChain, Pair } from './chain.ts'
import { checkLinkPlan } from './checker.ts'
import type { Lines } from './lines.ts'
import type { LinkBandAnswer, LinkBandPlan, LinkBandProblem, PricedBox } from './problem.ts'

/** The problem with windows in seconds at the plan's cycle. */
export function inSeconds(problem: BandProblem, cycle_s: number): BandProblem {
  return problem.cycle_s === 1 ? problemAtCycle(problem, cycle_s) : problem
}

export interface Found {
  asked: LinkBandProblem
  chain: LinkChain
  lines: Lines
  /** Outbound and inbound width of each band, cycles. */
  widths: readonly (readonly [number, number])[]
  boxes: readonly PricedBox[]
  gap_share: number
  rounds: number
}

export function answerOf({ asked, chain, lines, widths, boxes, gap_share, rounds }: Found): LinkBandAnswer {
  const plan = planOf(asked, chain, lines, widths)
  const value = checkLinkPlan({ ...asked, problem: inSeconds(asked.problem, plan.cycle_s) }, plan).value
  const bound = Math.max(value, ...boxes.map((box) => box.bound))
  const gap = bound - value
  const proven = gap <= gap_share * value * (1 + 1e-9)
  return { plan, rounds, certificate: { value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort', boxes } }
}

function planOf({ problem }: LinkBandProblem, chain: LinkChain, lines: Lines, widths: Found['widths']): LinkBandPlan {
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
