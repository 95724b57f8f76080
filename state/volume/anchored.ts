// A share of probes that was measured by counting vehicles, beside the one that the order of leaving shows.
import type { Share } from './penetration.ts'

/** Share of a movement's vehicles that are probes, where somebody counted vehicles. */
export interface AnchoredShare extends Share {
  /** Relative variance, by chance, of a volume that is reckoned with it: that of the vehicles nobody counted. */
  sampling: number
}

/**
 * By how much the order of leaving may be wrong of itself, relative: few queues, headways and lanes that are not as reckoned. Its
 * own error is that of sampling.
 */
const ORDER_ERROR = 0.2

/** By inverse variance of their logarithms; as unsure as they contradict each other (Birge 1932). `sampling` stays. */
export function joinShares(anchored: AnchoredShare | undefined, own: Share | undefined): (Share & { sampling?: number }) | undefined {
  if (anchored === undefined || own === undefined) return anchored ?? own
  const order = Math.hypot(own.error, ORDER_ERROR)
  const [wa, wb] = [1 / anchored.error ** 2, 1 / order ** 2]
  const log = (wa * Math.log(anchored.value) + wb * Math.log(own.value)) / (wa + wb)
  const apart = (Math.log(anchored.value) - Math.log(own.value)) ** 2 / (anchored.error ** 2 + order ** 2)
  return { value: Math.min(1, Math.exp(log)), error: Math.sqrt(Math.max(1, apart) / (wa + wb)), sampling: anchored.sampling }
}
