// A share of probes that was measured by counting vehicles, beside the one that the order of leaving shows.
import type { Share } from './penetration.ts'

/** Share of a movement's vehicles that are probes, where somebody counted vehicles. */
export interface AnchoredShare extends Share {
  /** Relative variance, by chance, of a volume that is reckoned with it: that of the vehicles nobody counted. */
  sampling: number
}

/** By how much the order of leaving may be wrong of itself, relative: lanes that are not filled as reckoned, greens used otherwise. On simulated roads it is a few percent. */
const ORDER_ERROR = 0.1

/**
 * By inverse variance of their logarithms; as unsure as they contradict each other (Birge 1932). Both volumes are reckoned from the
 * same probes: what is left to chance in the anchored one is in the other, too, and stays. `chance`: relative variance of a volume
 * by the own share; what it has more than the anchored one is an error of the own share.
 */
export function joinShares(anchored: AnchoredShare | undefined, own: Share | undefined, chance: number): (Share & { sampling?: number }) | undefined {
  if (anchored === undefined || own === undefined) return anchored ?? own
  const order = Math.sqrt(own.error ** 2 + ORDER_ERROR ** 2 + Math.max(0, chance - anchored.sampling))
  const [wa, wb] = [1 / anchored.error ** 2, 1 / order ** 2]
  const log = (wa * Math.log(anchored.value) + wb * Math.log(own.value)) / (wa + wb)
  const apart = (Math.log(anchored.value) - Math.log(own.value)) ** 2 / (anchored.error ** 2 + order ** 2)
  return { value: Math.min(1, Math.exp(log)), error: Math.sqrt(Math.max(1, apart) / (wa + wb)), sampling: anchored.sampling }
}
