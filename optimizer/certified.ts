export type { Proof as Certified } from '../model/proof.ts'

export const gapShare = (gap: number, bound: number): number => (bound === 0 ? 0 : gap / Math.abs(bound))
