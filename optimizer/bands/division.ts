/**
 * How a band sum is divided: the objective in figures, and the corners of the attainable set.
 * With thresholds (G_j, Ḡ_k), only windows at least that long count, and every b <= G_j, b̄ <= Ḡ_k with b + b̄ <= B is
 * attained; the attainable set is the union over thresholds.
 */
import type { Chain } from './chain.ts'
import type { BandDivision } from './problem.ts'
import type { Demand, PairChain } from './reach.ts'

/** Objective of two band widths: the weighted sum, or the sum of the part in proportion. */
export function objectiveOf(division: BandDivision, outbound: number, inbound: number): number {
  if (division.kind === 'weighted') return division.outbound * outbound + division.inbound * inbound
  const k = division.inbound_per_outbound
  return (1 + k) * Math.min(outbound, inbound / k)
}

/** One piece of the attainable set on which the objective is a monotone function of the band sum. */
export interface Corner {
  /** No plan of this corner has a larger objective. */
  readonly cap: number
  /** The demand that a plan of this objective makes on the chain; undefined above the cap. */
  demandAt(value: number): Demand | undefined
  /** Objective that a chain of pairs reaches: at least the one it was found with. */
  valueOf(chain: PairChain): number
}

/** Distinct usable lengths that can be the shortest window of a band, longest first; the cap G comes first. */
export function listThresholds(chain: Chain, lengths: Float64Array): number[] {
  let cap = chain.circle
  for (let i = 0; i < chain.n; i++) {
    let longest = 0
    for (let k = chain.first[i]; k < chain.first[i + 1]; k++) longest = Math.max(longest, lengths[k])
    cap = Math.min(cap, longest)
  }
  const values = new Set<number>([cap])
  for (const length of lengths) if (length < cap) values.add(length)
  return [...values].sort((a, b) => b - a)
}

/** Every corner of the objective, the most promising first. */
export function listCorners(chain: Chain, division: BandDivision): Corner[] {
  const outs = listThresholds(chain, chain.outLength)
  const ins = listThresholds(chain, chain.inLength)
  if (division.kind === 'ratio') return [ratioCorner(chain, division.inbound_per_outbound, outs[0], ins[0])]
  const corners: Corner[] = []
  for (const out of outs) for (const back of ins) corners.push(thresholdCorner(division.outbound, division.inbound, out, back))
  return corners.sort((a, b) => b.cap - a.cap)
}

function ratioCorner(chain: Chain, k: number, out: number, back: number): Corner {
  const cap = (1 + k) * Math.min(out, back / k)
  return {
    cap,
    demandAt: (value) => {
      if (value > cap) return undefined
      const outbound = value / (1 + k)
      return { sum: value, outbound, inbound: k * outbound, outboundWidth: outbound }
    },
    valueOf: ({ pairs, sum }) => {
      let least = sum
      for (const pair of pairs) least = Math.min(least, (1 + k) * chain.outLength[pair], (1 + 1 / k) * chain.inLength[pair])
      return least
    },
  }
}

/** Weighted sum under one pair of thresholds: the direction with the larger weight is filled to its threshold first. */
export function thresholdCorner(outWeight: number, inWeight: number, outbound: number, inbound: number): Corner {
  const outFirst = outWeight >= inWeight
  const [major, minor] = outFirst ? [outWeight, inWeight] : [inWeight, outWeight]
  const [wide, rest] = outFirst ? [outbound, inbound] : [inbound, outbound]
  const cap = major * wide + minor * rest
  return {
    cap,
    demandAt: (value) => {
      if (value > cap) return undefined
      const first = Math.min(wide, value / major)
      const second = minor === 0 ? 0 : Math.max(0, (value - major * first) / minor)
      return { sum: first + second, outbound, inbound, outboundWidth: outFirst ? first : second }
    },
    valueOf: ({ sum }) => {
      const first = Math.min(wide, sum)
      return major * first + minor * Math.min(rest, sum - first)
    },
  }
}
