/** Smaller band problems cut out of a larger one: some of its signals, with the links between them merged. */
import { travelRange } from './chain.ts'
import type { BandLink, BandProblem, LinkTravel } from './problem.ts'

/** The problem of the signals at these ascending indices; at least one. */
export function onlySignals(problem: BandProblem, indices: readonly number[]): BandProblem {
  return {
    ...problem,
    signals: indices.map((i) => problem.signals[i]),
    links: indices.slice(1).map((to, k) => mergedLink(problem.links.slice(indices[k], to))),
  }
}

export function withoutSignal(problem: BandProblem, index: number): BandProblem {
  return onlySignals(problem, problem.signals.flatMap((_, i) => (i === index ? [] : [i])))
}

/** Travel over several links at once: ranges add up. All of it counts as dwell, since the links' speeds may differ. */
function mergedLink(links: readonly BandLink[]): BandLink {
  if (links.length === 1) return links[0]
  const outbound = mergedTravel(links.map((link) => link.outbound))
  const inbound = mergedTravel(links.map((link) => link.inbound))
  return { ...(outbound && { outbound }), ...(inbound && { inbound }) }
}

function mergedTravel(parts: readonly (LinkTravel | undefined)[]): LinkTravel | undefined {
  let dwell_min_s = 0
  let dwell_max_s = 0
  for (const part of parts) {
    if (part === undefined) return undefined
    const [low, high] = travelRange(part)
    dwell_min_s += low
    dwell_max_s += high
  }
  return { distance_m: 0, speed_min_mps: 1, speed_max_mps: 1, speed_target_mps: 1, dwell_min_s, dwell_max_s }
}
