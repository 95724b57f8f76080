// How far a plan is from what runs now: offsets, greens, cycle.
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal, Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo, type Seconds } from '../../model/units.ts'
import { patternOf } from '../street.ts'
import type { NightRules } from './rules.ts'

export interface Change {
  /** Of the start of the corridor's green, the largest of all signals. */
  offset_s: Seconds
  cycle_s: Seconds
  /** The green that changes most, against what its group has now. */
  split_s: Seconds
  split_from_s: Seconds
  /** Whether every group's change keeps within the rules. */
  splits_within: boolean
  signals: number
}

/** Nearest way round the cycle, -C/2 to C/2. */
const around = (seconds: Seconds, cycle_s: Seconds): Seconds => modulo(seconds + cycle_s / 2, cycle_s) - cycle_s / 2

/** Master time at which the corridor's green begins; offsets by different reference points are not comparable. */
function mainStart({ cycle_s, offset_s, groups }: CompiledSignal, { coordinated }: Pattern): Seconds {
  const main = groups.find(({ id }) => coordinated.includes(id)) ?? groups[0]
  return modulo(offset_s + (main?.green_windows_s[0]?.[0] ?? 0), cycle_s)
}

const greenOf = (groups: CompiledSignal['groups'], id: string): Seconds => groups.find((group) => group.id === id)?.green_windows_s.reduce((sum, [from, to]) => sum + to - from, 0) ?? 0

/** The same plan, all its offsets moved together so that the largest change is least: a corridor's waves don't feel it, its drivers and cabinets do. */
export function aligned(graph: RoadGraph, plan: Plan, running: ReadonlyMap<SignalId, Pattern>): Plan {
  const shifts = plan.intersections.flatMap((one) => {
    const now = running.get(one.signal)
    return now === undefined ? [] : [{ from: shiftOf(graph, one, now), cycle_s: one.cycle_s }]
  })
  let [best, least] = [0, Infinity]
  // Signals may have cycles of their own, so that a shift by nearly a cycle is none by a little.
  for (let shift = -Math.floor(plan.cycle_s / 2); shift <= plan.cycle_s / 2; shift++) {
    const most = Math.max(0, ...shifts.map(({ from, cycle_s }) => Math.abs(around(from + shift, cycle_s))))
    if (most < least || (most === least && Math.abs(shift) < Math.abs(best))) [best, least] = [shift, most]
  }
  if (best === 0) return plan
  return {
    ...plan,
    intersections: plan.intersections.map((one) => ({ ...one, offset_s: modulo(one.offset_s + best, one.cycle_s) })),
    bands: plan.bands.map((band) => ({ ...band, front_s: band.front_s.map((front) => ({ ...front, time_s: front.time_s + best })) })),
  }
}

const shiftOf = (graph: RoadGraph, planned: Plan['intersections'][number], now: Pattern): Seconds => {
  const signal = graph.getSignal(planned.signal)
  return mainStart(compileSignal(signal, patternOf(planned)), planned) - mainStart(compileSignal(signal, now), now)
}

export function changeOf(graph: RoadGraph, plan: Plan, running: ReadonlyMap<SignalId, Pattern>, rules: NightRules): Change {
  const change: Change = { offset_s: 0, cycle_s: 0, split_s: 0, split_from_s: 0, splits_within: true, signals: 0 }
  for (const one of plan.intersections) {
    const now = running.get(one.signal)
    if (now === undefined) continue
    const [before, after] = [compileSignal(graph.getSignal(one.signal), now), compileSignal(graph.getSignal(one.signal), patternOf(one))]
    const offset_s = Math.abs(around(shiftOf(graph, one, now), one.cycle_s))
    const greens = before.groups.map(({ id }) => ({ from_s: greenOf(before.groups, id), by_s: Math.abs(greenOf(after.groups, id) - greenOf(before.groups, id)) }))
    const widest = greens.reduce((a, b) => (b.by_s > a.by_s ? b : a), { from_s: 0, by_s: 0 })
    if (offset_s > 0 || widest.by_s > 0 || before.cycle_s !== after.cycle_s) change.signals++
    change.offset_s = Math.max(change.offset_s, offset_s)
    change.cycle_s = Math.max(change.cycle_s, Math.abs(after.cycle_s - before.cycle_s))
    if (widest.by_s > change.split_s) [change.split_s, change.split_from_s] = [widest.by_s, widest.from_s]
    if (greens.some(({ from_s, by_s }) => by_s > Math.max(rules.most_split_s, rules.most_split_share * from_s))) change.splits_within = false
  }
  return change
}

/** What goes further than may go into the street without a person. */
export function listLeaps(change: Change, rules: NightRules): string[] {
  return [
    ...(change.offset_s > rules.most_offset_s ? [`an offset moves by ${show(change.offset_s)}, more than ${show(rules.most_offset_s)}`] : []),
    ...(change.cycle_s > rules.most_cycle_s ? [`the cycle changes by ${show(change.cycle_s)}, more than ${show(rules.most_cycle_s)}`] : []),
    ...(change.splits_within ? [] : [`a green of ${show(change.split_from_s)} changes by ${show(change.split_s)}, more than ${show(rules.most_split_s)} or ${Math.round(100 * rules.most_split_share)} %`]),
  ]
}

export const changeSentence = ({ signals, offset_s, split_s, cycle_s }: Change): string =>
  signals === 0 ? 'nothing changes' : `${signals} ${signals === 1 ? 'signal changes' : 'signals change'}: offsets by up to ${show(offset_s)}, greens by up to ${show(split_s)}, cycle by up to ${show(cycle_s)}`

const show = (seconds: Seconds): string => `${Math.round(10 * seconds) / 10} s`
