/** From a chain of window pairs back to offsets in the street. */
import { asksFor, type BandProblem, type Direction } from './problem.ts'
import { listUsable, travelTarget, type UsableWindow } from './chain.ts'
import { objectiveOf } from './division.ts'
import type { AnglePreference, Demand, PairChain, Reach } from './reach.ts'
import type { Setting } from './score.ts'
import { divisionOf, type TwoWay, type Widest } from './widest.ts'

/**
 * Settings that reach the real optimum: chains that keep to the middle of the freedom, and chains near the target
 * speeds. One-way problems, and problems where one direction alone is better, get the centred one-way wave.
 */
export function listRealSettings(problem: BandProblem, widest: Widest): Setting[] {
  const { twoWay } = widest
  const settings: Setting[] = []
  if (twoWay) {
    for (const preference of ['target', 'middle'] as const) settings.push(recover(problem, twoWay, preference))
  }
  const division = divisionOf(problem)
  const alone = [
    { direction: 'outbound' as const, value: objectiveOf(division, widest.outboundCap, 0) },
    { direction: 'inbound' as const, value: objectiveOf(division, 0, widest.inboundCap) },
  ]
  alone.sort((a, b) => b.value - a.value)
  for (const { direction, value } of alone) {
    if (!asksFor(problem, direction)) continue
    if (!twoWay || value > widest.value - 1e-6 * problem.cycle_s) settings.push(oneWaySetting(problem, direction))
  }
  return settings
}

function recover(problem: BandProblem, { reach, demand }: TwoWay, preference: AnglePreference): Setting {
  const wish = Float64Array.from(problem.links, (link) => targetSum(link.outbound) + targetSum(link.inbound))
  return settingOf(reach, demand, reach.readChain(demand, preference, wish))
}

function targetSum(travel: Parameters<typeof travelTarget>[0] | undefined): number {
  return travel ? travelTarget(travel) : 0
}

/** Offsets from the angles: band starts in the middle of what each signal allows, travel times in proportion. */
function settingOf({ chain }: Reach, demand: Demand, { pairs, angles, lifts }: PairChain): Setting {
  const outbound = demand.outboundWidth
  const inbound = demand.sum - outbound
  const offsets: number[] = []
  const patterns: number[] = []
  let front = 0
  for (let i = 0; i < chain.n; i++) {
    const k = pairs[i]
    const outStart = chain.outStart[k]
    const inStart = chain.inStart[k]
    // The angle relative to this pair's own, unreduced arc start e − ē − L̄.
    const raw = outStart - inStart - chain.inLength[k]
    const angle = raw + (angles[i] - chain.low[k] - lifts[i] * chain.circle)
    const from = Math.max(outStart, inStart + angle + inbound)
    const to = Math.min(outStart + chain.outLength[k] - outbound, inStart + chain.inLength[k] + angle)
    const local = (from + to) / 2
    if (i > 0) front += outboundTime(chain, i - 1, angles[i] - angles[i - 1])
    offsets.push(front - local)
    patterns.push(chain.pattern[k])
  }
  return { offsets, patterns }
}

/** Share of a step of the angle that the outbound direction travels: in proportion to the room both have. */
function outboundTime(chain: Reach['chain'], link: number, step: number): number {
  const low = chain.stepLow[link]
  const room = chain.stepHigh[link] - low
  const share = room > 0 ? Math.min(1, Math.max(0, (step - low) / room)) : 0
  return chain.outLow[link] + share * (chain.outHigh[link] - chain.outLow[link])
}

/** A wave at target speed through the middle of the longest window of every signal. */
function oneWaySetting(problem: BandProblem, direction: Direction): Setting {
  const sign = direction === 'outbound' ? 1 : -1
  const offsets: number[] = []
  const patterns: number[] = []
  let centre = 0
  problem.signals.forEach((signal, i) => {
    if (i > 0) centre += sign * targetSum(problem.links[i - 1][direction])
    const [pattern, window] = longest(signal.patterns.map((p) => listUsable(p[direction], problem.cycle_s)))
    offsets.push(centre - window.start - window.length / 2)
    patterns.push(pattern)
  })
  return { offsets, patterns }
}

function longest(patterns: readonly (readonly UsableWindow[])[]): [number, UsableWindow] {
  let found: [number, UsableWindow] = [0, { start: 0, length: 0 }]
  patterns.forEach((windows, p) => {
    for (const window of windows) if (window.length > found[1].length) found = [p, window]
  })
  return found
}
