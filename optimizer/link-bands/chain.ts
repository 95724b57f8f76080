/** A link-band problem in cycles: window pairs of each signal and steps of ψ, the angle between the lines, per second of z. */
import { GreenwaveError } from '../../model/errors.ts'
import { chainOf } from '../bands/chain.ts'
import { assertBandProblem } from '../bands/validate.ts'
import type { LinkBandProblem, RunBand } from './problem.ts'

/** One permitted pair of windows, clearance cut off; lengths and starts in cycles. */
export interface Pair {
  readonly pattern: number
  readonly out_start: number
  readonly out_length: number
  readonly in_start: number
  readonly in_length: number
  /** ψ at which both lines run through the middles. */
  readonly centre: number
  /** Half of each window, at most half a cycle: the most that one part of a band can get. */
  readonly out_half: number
  readonly in_half: number
  /** By this much ψ may leave the centre before anything is lost: only windows without end leave room. */
  readonly room: number
}

export interface LinkChain {
  readonly n: number
  readonly pairs: readonly (readonly Pair[])[]
  /** Seconds; times z is the step of ψ along the link. */
  readonly step_low: Float64Array
  readonly step_high: Float64Array
  readonly out_low: Float64Array
  readonly out_high: Float64Array
  readonly bands: readonly RunBand[]
}

/** Half a cycle: a band as wide as the cycle has that on either side of its line. */
const MOST_HALF = 0.5

/** Throws problem errors of the bands room, and input.value for a band that no run of signals carries. */
export function linkChainOf({ problem, bands }: LinkBandProblem): LinkChain {
  assertBandProblem(problem)
  if (problem.directions !== 'both') throw new GreenwaveError('input.value', `link bands need both directions, the problem asks for ${problem.directions}`)
  const chain = chainOf(problem)
  const { circle, n } = chain
  for (const [r, band] of bands.entries()) assertBand(band, r, n)
  const pairs = Array.from({ length: n }, (_, i) => Array.from({ length: (chain.first[i + 1] as number) - (chain.first[i] as number) }, (_, q): Pair => {
    const k = (chain.first[i] as number) + q
    const [out_start, out_length] = [(chain.outStart[k] as number) / circle, (chain.outLength[k] as number) / circle]
    const [in_start, in_length] = [(chain.inStart[k] as number) / circle, (chain.inLength[k] as number) / circle]
    const [out_half, in_half] = [Math.min(out_length / 2, MOST_HALF), Math.min(in_length / 2, MOST_HALF)]
    const centre = out_start + out_length / 2 - in_start - in_length / 2
    return {
      pattern: chain.pattern[k] as number, out_start, out_length, in_start, in_length, out_half, in_half,
      centre: centre - Math.floor(centre), room: (out_length + in_length) / 2 - out_half - in_half,
    }
  }))
  const blocked = pairs.findIndex((own) => own.length === 0)
  if (blocked >= 0) throw new GreenwaveError('plan.infeasible', `signal ${problem.signals[blocked]?.id} has no pattern with a green in both directions`)
  return { n, pairs, bands, step_low: chain.stepLow, step_high: chain.stepHigh, out_low: chain.outLow, out_high: chain.outHigh }
}

function assertBand({ from, to, outbound, inbound, inbound_per_outbound: k }: RunBand, r: number, n: number): void {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to < n)) throw new GreenwaveError('input.value', `band ${r} runs from signal ${from} to ${to}; it needs two or more of the ${n} signals, in outbound order`)
  if (!(outbound >= 0 && inbound >= 0 && Number.isFinite(outbound + inbound))) throw new GreenwaveError('input.value', `band ${r} has the weights ${outbound} and ${inbound}; they must be numbers of at least 0`)
  if (k !== undefined && !(k > 0 && Number.isFinite(k))) throw new GreenwaveError('input.value', `band ${r} asks for ${k} of inbound to outbound width; it must be a number above 0`)
}
