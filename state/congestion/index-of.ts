// Congestion of links, corridors, areas and cities as one figure: travel time over free travel time, weighted by volume
// and length. What covers too little of the length is no figure.

export interface IndexPart {
  length_m: number
  free_mps: number
  /** Harmonic mean; undefined where nobody was measured. */
  speed_mps: number | undefined
  /** Any measure of how much is driven there; equal weights where volumes are not known. */
  volume_vph: number
}

export interface CongestionIndex {
  /** null where less than the least share of the length is covered. */
  index: number | null
  /** Share of the length that was measured. */
  coverage: number
}

export const LEAST_COVERAGE = 0.6

/** Sum of w t over sum of w t_free, w the vehicle-kilometres and t the time per metre: parts without data count only in the coverage. */
export function congestionIndex(parts: readonly IndexPart[], least_coverage = LEAST_COVERAGE): CongestionIndex {
  let [time, free, covered, length] = [0, 0, 0, 0]
  for (const part of parts) {
    length += part.length_m
    if (part.speed_mps === undefined || !(part.speed_mps > 0)) continue
    covered += part.length_m
    const weight = part.volume_vph * part.length_m
    time += weight / part.speed_mps
    free += weight / part.free_mps
  }
  const coverage = length > 0 ? covered / length : 0
  return { index: coverage >= least_coverage && free > 0 ? time / free : null, coverage }
}
