/** Weights of link bands from volumes. */
import type { RunBand } from './problem.ts'

/** Weight of a link's bands, and the ratio b̄ / b they keep at the least in the lighter direction; no ratio if absent. */
export interface LinkWeight {
  readonly outbound: number
  readonly inbound: number
  readonly inbound_per_outbound?: number
}

/** Demand-to-capacity weights (V / S)^p, and ratios of the volumes clipped to [0.4, 2.5] or left out. */
export function volumeWeights(
  volumes_vph: readonly (readonly [number, number])[],
  options: { saturation_vph: number; power: number; ratios: boolean },
): LinkWeight[] {
  const { saturation_vph, power, ratios } = options
  return volumes_vph.map(([out, back]) => ({
    outbound: (out / saturation_vph) ** power,
    inbound: (back / saturation_vph) ** power,
    ...(ratios && { inbound_per_outbound: Math.min(2.5, Math.max(0.4, back / out)) }),
  }))
}

/** MULTIBAND's objective: the mean over links of their weighted bands. */
export function linkBands(weights: readonly LinkWeight[]): RunBand[] {
  return weights.map((weight, i) => ({ ...weight, from: i, to: i + 1, outbound: weight.outbound / weights.length, inbound: weight.inbound / weights.length }))
}
