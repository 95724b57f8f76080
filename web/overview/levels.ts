// Travel time over free travel time, in the classes of the scale that the service publishes (nav-delay-index).
import type { LiveLink } from '../service/service.ts'

export type KnownLink = LiveLink & { index: number; speed_mps: number; travel_time_s: number }

const BOUNDARIES = [1.5, 1.8, 2.2] as const

/** 0 to 3; undefined where nothing is known. */
export const levelOf = (index: number | undefined): number | undefined => (index === undefined ? undefined : BOUNDARIES.filter((boundary) => index > boundary).length)

export const RANGES = ['≤ 1.5', '1.5–1.8', '1.8–2.2', '> 2.2'] as const
/** Above it a link counts as congested. */
export const CONGESTED = BOUNDARIES[1]

/** Where everybody stands, the index has no end. */
export const MOST = 10

export const indexText = (index: number, decimals = 1): string => (index >= MOST ? `> ${MOST}` : index.toFixed(decimals))

export const isKnown = (link: LiveLink | undefined): link is KnownLink => link !== undefined && link.freshness !== 'no-data' && link.index !== undefined && link.speed_mps !== undefined && link.travel_time_s !== undefined
