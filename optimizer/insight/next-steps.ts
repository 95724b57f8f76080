// What the smallest changes to a corridor are worth: each is made and the bands are solved again, exactly.
import type { NextChange, NextStep } from '../../model/insight.ts'
import { bandBound, type BandProblem, type LinkTravel, type SignalPattern } from '../bands/index.ts'
import { widened, withPatterns } from '../bands/remedies.ts'

export interface NextStepOptions {
  /** Orders that a signal could run but may not now, by signal. */
  readonly forbidden_patterns?: Readonly<Record<string, readonly SignalPattern[]>>
  /** The corridor's problems at the neighbouring cycles. */
  readonly other_cycles?: readonly BandProblem[]
  /** Speeds are tried this much faster and this much slower; 2 km/h unless given. */
  readonly added_mps?: number
}

const ADDED_MPS = 2 / 3.6
const ADDED_GREEN_S = 1

/** Every single change and its gain, the largest first; equal gains in the order of the corridor. Losses are among them. */
export function listNextSteps(problem: BandProblem, options: NextStepOptions = {}): NextStep[] {
  const now_s = bandBound(problem)
  const steps = listChanges(problem, options).map(([change, changed]): NextStep => {
    const value_s = bandBound(changed)
    return { change, value_s, gain_s: value_s - now_s, share: value_s / changed.cycle_s, gain_share: value_s / changed.cycle_s - now_s / problem.cycle_s }
  })
  return steps.map((step, i) => ({ step, i })).sort((a, b) => rounded(b.step.gain_s) - rounded(a.step.gain_s) || a.i - b.i).map(({ step }) => step)
}

/** Gains that differ by rounding alone are equal. */
const rounded = (gain_s: number): number => Math.round(gain_s * 1e6)

function listChanges(problem: BandProblem, options: NextStepOptions): [NextChange, BandProblem][] {
  const changes: [NextChange, BandProblem][] = []
  problem.signals.forEach((signal, i) => {
    for (const at of ['start', 'end'] as const) {
      const longer = signal.patterns.map((pattern) => widened(pattern, ADDED_GREEN_S, at, problem.cycle_s))
      changes.push([{ kind: 'green', signal: signal.id, added_s: ADDED_GREEN_S, at }, withPatterns(problem, i, longer)])
    }
    for (const pattern of options.forbidden_patterns?.[signal.id] ?? []) {
      changes.push([{ kind: 'pattern', signal: signal.id, pattern: pattern.id }, withPatterns(problem, i, [...signal.patterns, pattern])])
    }
  })
  for (const added_mps of [options.added_mps ?? ADDED_MPS, -(options.added_mps ?? ADDED_MPS)]) {
    problem.links.forEach((_, i) => {
      const [from, to] = [problem.signals[i]!.id, problem.signals[i + 1]!.id]
      changes.push([{ kind: 'link-speed', added_mps, link: { from, to } }, withSpeed(problem, added_mps, i)])
    })
    if (problem.links.length > 1) changes.push([{ kind: 'link-speed', added_mps }, withSpeed(problem, added_mps)])
  }
  for (const other of options.other_cycles ?? []) changes.push([{ kind: 'cycle', cycle_s: other.cycle_s }, other])
  return changes
}

/** Slower than walking is no speed of a street. */
const LEAST_SPEED_MPS = 1.5

/** The problem with one link, or all, faster or slower in both directions. */
export function withSpeed(problem: BandProblem, added_mps: number, link?: number): BandProblem {
  const faster = (speed: number): number => Math.max(Math.min(speed, LEAST_SPEED_MPS), speed + added_mps)
  const change = (travel: LinkTravel): LinkTravel => ({
    ...travel, speed_min_mps: faster(travel.speed_min_mps), speed_max_mps: faster(travel.speed_max_mps), speed_target_mps: faster(travel.speed_target_mps),
  })
  return {
    ...problem,
    links: problem.links.map((own, i) => (link !== undefined && link !== i ? own : { ...(own.outbound && { outbound: change(own.outbound) }), ...(own.inbound && { inbound: change(own.inbound) }) })),
  }
}
