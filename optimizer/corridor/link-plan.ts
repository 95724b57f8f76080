// Whole-second offsets whose links carry the widest bands of their own (MULTIBAND), weighted by the links' volumes.
import { GreenwaveError } from '../../model/errors.ts'
import type { LinkBand, LinkBands } from '../../model/part-bands.ts'
import type { Direction } from '../../model/plan.ts'
import type { BandProblem } from '../bands/index.ts'
import { checkLinkPlan, type LinkBandAnswer, type LinkBandPlan, type LinkBandProblem, type RunBand, solveLinkBands } from '../link-bands/index.ts'
import { gapShare } from '../certified.ts'
import type { Solver } from '../solver/solver.ts'
import type { Offsets } from './descent.ts'
import type { Street } from './street.ts'

/** What the links of a direction carry, veh/h, by link in outbound order: the flow over the stop line that the link leads to. */
function flows(street: Street, direction: Direction): number[] {
  const stops = street.ways.find((way) => way.direction === direction)?.stops ?? []
  return street.ids.slice(1).map((_, i) => {
    const at = direction === 'outbound' ? i + 1 : i
    return stops.filter(({ signal }) => signal === at).reduce((most, { movement }) => Math.max(most, street.volumes.get(movement.id) ?? 0), 0)
  })
}

/** Weights are shares of all flow, so that the objective is the mean band of a vehicle on a link; equal without volumes. */
export function linkTask(street: Street, problem: BandProblem): LinkBandProblem {
  if (problem.directions !== 'both') throw new GreenwaveError('input.value', `link bands need a corridor with bands in both directions; this one has only ${problem.directions} at a cycle of ${problem.cycle_s} s`)
  const [out, back] = [flows(street, 'outbound'), flows(street, 'inbound')]
  const total = [...out, ...back].reduce((sum, flow) => sum + flow, 0)
  const share = (flow: number): number => (total > 0 ? flow / total : 1 / (2 * out.length))
  const bands = out.map((flow, i): RunBand => ({ from: i, to: i + 1, outbound: share(flow), inbound: share(back[i] as number) }))
  return { problem, bands, style: 'symmetric' }
}

export interface LinkSetting {
  setting: Offsets
  link_bands: LinkBands
}

/** Rounded, then moved a second at a time while the independent checker measures more about the same lines. */
export function wholeSeconds(asked: LinkBandProblem, answer: LinkBandAnswer, street: Street): LinkSetting {
  const { problem } = asked
  const { cycle_s } = problem
  const value = (plan: LinkBandPlan): number => checkLinkPlan(asked, plan).value
  let best: LinkBandPlan = { ...answer.plan, offsets_s: answer.plan.offsets_s.map((offset) => Math.round(offset) % cycle_s) }
  let worth = value(best)
  for (let gained = true; gained;) {
    gained = false
    for (let i = 0; i < best.offsets_s.length; i++) {
      for (const move of [-1, 1]) {
        const next = { ...best, offsets_s: best.offsets_s.map((offset, j) => (j === i ? (offset + move + cycle_s) % cycle_s : offset)) }
        const found = value(next)
        if (found > worth + 1e-9) [best, worth, gained] = [next, found, true]
      }
    }
  }
  const patterns = best.patterns.map((id, i) => problem.signals[i]?.patterns.findIndex((pattern) => pattern.id === id) ?? 0)
  return { setting: { offsets: [...best.offsets_s], patterns }, link_bands: linkBandsOf(asked, best, answer, street) }
}

/** In seconds, of the plan in whole seconds, with the proof of the answer that it was rounded from. */
function linkBandsOf(asked: LinkBandProblem, plan: LinkBandPlan, answer: LinkBandAnswer, street: Street): LinkBands {
  const { cycle_s } = asked.problem
  const checked = checkLinkPlan(asked, plan)
  const bands = (['outbound', 'inbound'] as const).flatMap((direction) => asked.bands.map((run, i): LinkBand => {
    const width_s = checked.bands_s[direction][i] as number
    const bound_s = Math.min(longestGreen(asked.problem, run.from, direction), longestGreen(asked.problem, run.to, direction))
    const [from, to] = direction === 'outbound' ? [run.from, run.to] : [run.to, run.from]
    // Bands lie about the line, half before and half after it.
    const front = (at: number): LinkBand['front_s'][number] => ({ signal: street.ids[at] as string, time_s: lineAt(plan, direction, at) - width_s / 2 })
    return {
      direction, from: street.ids[from] as string, to: street.ids[to] as string, width_s, bound_s: Math.max(bound_s, width_s), gap_s: Math.max(0, bound_s - width_s), weight: run[direction],
      front_s: width_s > 0 ? [front(from), front(to)] : [],
    }
  }))
  const [value, bound] = [checked.value * cycle_s, Math.max(answer.certificate.bound, checked.value) * cycle_s]
  const gap = bound - value
  const proven = gap <= PROVEN_SHARE * bound
  return {
    bands, certificate: { value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort' },
    sentences: sentencesOf(asked, plan, answer, street),
  }
}

/** The proof of link bands ends at this share of the value. */
const PROVEN_SHARE = 1e-4

const longestGreen = ({ signals, cycle_s }: BandProblem, at: number, direction: Direction): number =>
  Math.max(0, ...(signals[at]?.patterns ?? []).flatMap((pattern) => pattern[direction].map(({ length_s, clearance_s }) => (length_s >= cycle_s * (1 - 1e-9) ? cycle_s : length_s - clearance_s))))

/** Master time at which a direction's line passes a signal. */
function lineAt({ lines_s, travel_times_s }: LinkBandPlan, direction: Direction, at: number): number {
  const since = travel_times_s[direction].slice(0, at).reduce((sum, time) => sum + time, 0)
  return direction === 'outbound' ? lines_s.outbound + since : lines_s.inbound - since
}

/** Links in a sentence. */
const LISTED = 15

function sentencesOf(asked: LinkBandProblem, plan: LinkBandPlan, { certificate }: LinkBandAnswer, street: Street): string[] {
  const { bands_s, value } = checkLinkPlan(asked, plan)
  const { cycle_s } = asked.problem
  const seconds = (width: number): string => `${Math.round(width * 10) / 10} s`
  const share = (width: number): string => `${Math.round(100 * width / cycle_s)} %`
  const listed = (direction: Direction): string[] => {
    const each = bands_s[direction].map((width, i) => {
      const [a, b] = direction === 'outbound' ? [i, i + 1] : [i + 1, i]
      return `${street.ids[a]} to ${street.ids[b]} ${seconds(width)} (${share(width)})`
    })
    return Array.from({ length: Math.ceil(each.length / LISTED) }, (_, k) => `Link bands ${direction}, s and share of the cycle: ${each.slice(k * LISTED, (k + 1) * LISTED).join(', ')}.`)
  }
  const bound = certificate.bound * cycle_s
  return [
    ...listed('outbound'), ...listed('inbound'),
    `Weighted by volume the links carry bands of ${seconds(value * cycle_s)} in the mean, measured by an independent check; with these splits, speeds and ${cycle_s} s of cycle no offsets, whole or real, give more than ${seconds(bound)} about one line per direction${certificate.solver === undefined ? '' : `, says the solver ${certificate.solver.name}`}${certificate.bound - value > 1e-6 ? `: ${seconds(bound - value * cycle_s)} are lost to whole seconds or left unproven` : ''}.`,
  ]
}

/** Rounds of prices for comparing cycles, and for the cycle that is chosen. */
export const ROUNDS = { compare: 24, final: 800 } as const

/** Nodes of a solver's branching at the cycle that is chosen: streets of 20 signals took 30 to 340, some seconds. */
const NODES = 400

export const linkBandsAt = (asked: LinkBandProblem, rounds: number, solver?: Solver): LinkBandAnswer =>
  solveLinkBands(asked, { rounds, ...(solver !== undefined && { solver, solver_limits: () => ({ node_limit: NODES }) }) })
