// How many follow an advice: a Beta distribution of the share, learned from flows at the point where the ways part.

/** Share of all who would go that way when the strongest advice stands on all signs, before anything was learned; weight in vehicles. */
export const PRIOR = { descriptive: 0.15, incident: 0.6, weight_veh: 40 } as const

export interface Response {
  /** Parameters of the Beta distribution. */
  followed: number
  ignored: number
}

export const priorResponse = (share: number = PRIOR.descriptive): Response => ({ followed: share * PRIOR.weight_veh, ignored: (1 - share) * PRIOR.weight_veh })

export const compliance = ({ followed, ignored }: Response): number => followed / (followed + ignored)

/**
 * `vehicles` passed while an advice of `strength` (0 to 1) stood there, `diverted` of them went the way that it named, `base_share` of them do
 * without any. Those who would have gone there anyway tell nothing; without strength nothing is learned. An observed share below the base counts as nobody.
 */
export function learn(response: Response, { vehicles, diverted, base_share, strength }: { vehicles: number; diverted: number; base_share: number; strength: number }): Response {
  const free = vehicles * (1 - base_share) * strength
  if (!(free > 0)) return response
  const followed = Math.min(free, Math.max(0, diverted - vehicles * base_share))
  return { followed: response.followed + followed, ignored: response.ignored + free - followed }
}

/** Share that takes the way named. */
export const shareOf = (base_share: number, response: Response, strength: number): number => base_share + (1 - base_share) * compliance(response) * strength
