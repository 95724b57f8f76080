/**
 * Independent judge of network band plans: each artery's geometry from the plan's offsets, patterns and travel times, and
 * each part of the bound by a forward pass of its own. Shares types with the solver and the arterial geometry of
 * bands/checker.ts, which no solver uses.
 */
import { verifyBandPlan } from '../bands/checker.ts'
import type { BandProblem } from '../bands/problem.ts'
import { refuteWider } from './refute.ts'
import type { NetworkBandCertificate, NetworkBandPlan, NetworkBandProblem } from './problem.ts'

/** Sums over many arteries may differ by this share of a cycle each. */
const TOLERANCE = 1e-6

/**
 * Refuses a plan whose bands, offsets or travel times are not what it says. Patterns are compared by id.
 * @returns the checked objective, weighted seconds of band.
 * @throws Error with the place and the value
 */
export function verifyNetworkPlan(problem: NetworkBandProblem, plan: NetworkBandPlan): number {
  const { nodes, arteries } = problem
  if (Math.abs(plan.cycle_s - problem.cycle_s) > TOLERANCE) throw new Error(`the plan runs at ${plan.cycle_s} s, the problem at ${problem.cycle_s} s`)
  for (const list of [plan.offsets_s, plan.patterns]) {
    if (list.length !== nodes.length) throw new Error(`the plan has ${list.length} offsets or patterns for ${nodes.length} signals`)
  }
  if (plan.arteries.length !== arteries.length) throw new Error(`the plan has ${plan.arteries.length} arteries of ${arteries.length}`)
  let value = 0
  arteries.forEach((artery, a) => {
    const places = artery.nodes.map((id) => nodes.findIndex((node) => node.id === id))
    const own = {
      ...plan.arteries[a],
      cycle_s: plan.cycle_s,
      offsets_s: places.map((v) => plan.offsets_s[v]),
      patterns: places.map((v) => plan.patterns[v]),
    }
    const bands = verifyBandPlan(alone(problem, a), own)
    value += artery.weights.outbound * bands.outbound.width_s + artery.weights.inbound * bands.inbound.width_s
  })
  return value
}

/** The artery as a problem of its own, read off the network anew. */
function alone({ cycle_s, nodes, arteries }: NetworkBandProblem, a: number): BandProblem {
  const { id, links, directions, weights } = arteries[a]
  const signals = arteries[a].nodes.map((name) => {
    const node = nodes.filter((each) => each.id === name)[0]
    const patterns = []
    for (const pattern of node.patterns) {
      const found = pattern.windows.filter((each) => each.artery === id)
      patterns.push({ id: pattern.id, outbound: found.flatMap((w) => w.outbound), inbound: found.flatMap((w) => w.inbound) })
    }
    return { id: name, patterns, ...(node.offset_step_s === undefined ? {} : { offset_step_s: node.offset_step_s }) }
  })
  return { cycle_s, signals, links, directions, division: { kind: 'weighted', ...weights } }
}

/**
 * Refuses a certificate that does not follow: boxes that leave out a cycle, a part of the bound that a wider band could
 * pass, sums that do not add up, a claim of proof without one. Where a box names a solver, its word is taken. `problem` counts in cycles if the certificate does.
 */
export function verifyNetworkCertificate(
  problem: NetworkBandProblem,
  certificate: NetworkBandCertificate,
  checked_value: number,
  range: { readonly cycle_min_s: number; readonly cycle_max_s: number },
): void {
  const { boxes, bound, value, gap, gap_share, proven, stopped, unit } = certificate
  const slack = TOLERANCE * (unit === 's' ? problem.cycle_s : 1) * Math.max(1, problem.arteries.length)
  if (!(Math.abs(value - checked_value) <= slack)) throw new Error(`the certificate claims ${value}, the plan gives ${checked_value}`)
  let reached = range.cycle_min_s
  let most = Number.NEGATIVE_INFINITY
  for (const box of [...boxes].sort((a, b) => a.cycle_min_s - b.cycle_min_s)) {
    if (box.cycle_min_s > reached + 1e-9 * reached) throw new Error(`no box covers the cycles ${reached} to ${box.cycle_min_s} s`)
    reached = Math.max(reached, box.cycle_max_s)
    if (box.arteries.length !== problem.arteries.length) throw new Error(`a box bounds ${box.arteries.length} arteries of ${problem.arteries.length}`)
    box.arteries.forEach((width, a) => {
      const [low, high] = unit === 's' ? [1, 1] : [1 / box.cycle_max_s, 1 / box.cycle_min_s]
      if (!refuteWider(alone(problem, a), width, low, high)) {
        throw new Error(`artery ${problem.arteries[a].id} may do better than ${width} at cycles ${box.cycle_min_s} to ${box.cycle_max_s} s`)
      }
    })
    most = Math.max(most, Math.min(box.arteries.reduce((sum, width) => sum + width, 0), box.solver?.bound ?? Number.POSITIVE_INFINITY))
  }
  if (reached < range.cycle_max_s * (1 - 1e-9)) throw new Error(`no box covers the cycles ${reached} to ${range.cycle_max_s} s`)
  if (!(bound >= most - 1e-9) || !(value <= bound + slack)) throw new Error(`the bound ${bound} does not follow from its boxes (${most}) or the value ${value}`)
  if (!(Math.abs(gap - Math.max(0, bound - value)) <= slack) || !(Math.abs(gap_share - (bound > 0 ? gap / bound : 0)) <= TOLERANCE)) {
    throw new Error(`the gap ${gap} (${gap_share}) is not that of ${value} and ${bound}`)
  }
  if (proven !== (gap <= slack) || stopped !== (proven ? 'proven' : 'effort')) throw new Error(`a gap of ${gap} is ${proven ? 'no' : 'a'} proof`)
}

