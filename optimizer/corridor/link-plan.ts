// Whole-second offsets whose links carry the widest bands of their own (MULTIBAND), weighted by the links' volumes.
import { GreenwaveError } from '../../model/errors.ts'
import type { Direction } from '../../model/plan.ts'
import type { BandProblem } from '../bands/index.ts'
import { checkLinkPlan, type LinkBandAnswer, type LinkBandPlan, type LinkBandProblem, type RunBand, solveLinkBands } from '../link-bands/index.ts'
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
  /** For the reader: the widths and what was proven. */
  sentences: string[]
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
  return { setting: { offsets: [...best.offsets_s], patterns }, sentences: sentencesOf(asked, best, answer, street) }
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
    `Weighted by volume the links carry bands of ${seconds(value * cycle_s)} in the mean, measured by an independent check; with these splits, speeds and ${cycle_s} s of cycle no offsets, whole or real, give more than ${seconds(bound)} about one line per direction${certificate.bound - value > 1e-6 ? `: ${seconds(bound - value * cycle_s)} are lost to whole seconds or left unproven` : ''}.`,
  ]
}

/** Rounds of prices for comparing cycles, and for the cycle that is chosen. */
export const ROUNDS = { compare: 24, final: 800 } as const

export const linkBandsAt = (asked: LinkBandProblem, rounds: number): LinkBandAnswer => solveLinkBands(asked, { rounds })
