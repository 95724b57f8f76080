// What the audit says of one movement, in figures and in a sentence.
import { formatDay, type LocalTime } from '../../model/local-time.ts'
import type { Movement } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { SignalAudit } from '../../model/traffic-state.ts'
import { formatTimeOfDay, modulo, type Seconds } from '../../model/units.ts'
import type { GreenClock } from '../signals/greens.ts'
import type { Audited } from './audit.ts'
import { wrap } from './circular.ts'
import type { Evidence } from './evidence.ts'
import { middleOf, plannedGreen, sameCycle, type PlannedGreen, type Response } from './response.ts'
import type { SignalHours } from './signal-hours.ts'
import type { MovementTiming } from './signal-timing.ts'

export interface Subject {
  graph: RoadGraph
  movement: Movement
  local: LocalTime
  planned: GreenClock | undefined
  control: 'fixed' | 'actuated' | 'coordinated'
}

/** 5 % of a normal distribution lie beyond. */
const NINETY = 1.645
/** What remains between seconds of the street and of the model, whatever the number of starts. */
const SYSTEMATIC_S: Seconds = 0.3
/** Starts that keep to no place of a known cycle. */
const ENOUGH_TO_DENY = 13
/** Less than this from the plan is no fault of a clock. */
const LEAST_DIFFERENCE_S: Seconds = 1.5
const DAY_S = 86_400

export function rowOf(subject: Subject, evidence: Evidence, audited: Audited, response: Response): SignalAudit {
  const { movement, graph, planned, local } = subject
  const own = audited.hours.filter(({ starts }) => starts.has(evidence.movement)).sort((a, b) => sizeOf(b, evidence) - sizeOf(a, evidence))
  const base = { intersection: graph.getSignal(audited.signal).source_id, signal: audited.signal, movement: movement.id, events: evidence.starts.length }
  const timing = audited.timings.filter((one) => one.movement === evidence.movement && one.sure).sort((a, b) => b.events - a.events)[0]
  const main = timing?.hours ?? own[0]
  const plan = main === undefined ? undefined : plannedGreen(evidence.movement, middleOf({ movement: evidence.movement, hours: main }), timing?.motion_s, planned, local)
  const none = { green_start_s: null, green_s: null, drift_s_per_day: null, green_start_error_s: null }
  if (timing === undefined || main === undefined) {
    const untold = audited.timings.find((one) => one.movement === evidence.movement && one.hours === main)
    const found = main?.found ?? 'few'
    const verdict = found === 'incoherent' || (untold !== undefined && untold.events >= ENOUGH_TO_DENY && (movement.turn === 'through' || subject.control !== 'fixed')) ? 'actuated' : 'unknown'
    return {
      ...base, ...none, cycle_s: typeof found === 'string' || verdict === 'actuated' ? null : found.cycle_s, confidence: round(untold?.confidence ?? 0, 3), verdict,
      ...(plan === undefined ? {} : { planned: { ...rounded(plan), difference_s: null } }), sentence: whyNot(subject, base, main, untold),
    }
  }
  const { motion_s } = response
  const green_start_s = modulo(timing.motion_s - motion_s.value, timing.cycle_s)
  const error = NINETY * Math.hypot(timing.deviation_s / Math.sqrt(timing.n), SYSTEMATIC_S, motion_s.deviation_s)
  const green_s = greenOf(timing, response)
  const difference = plan !== undefined && sameCycle(plan.cycle_s, timing.cycle_s) ? wrap(green_start_s - plan.green_start_s, timing.cycle_s) : null
  const changed = timing.shifts.kind === 'stepped' || (main.plan >= 0 || audited.timings.every(({ hours }) => hours.plan < 0)) && cyclesOf(audited, main.plan).length > 1
  return {
    ...base, cycle_s: timing.cycle_s, green_start_s: round(green_start_s, 2), green_s: green_s === null ? null : round(green_s, 1),
    drift_s_per_day: timing.shifts.drift_s_per_day === null ? null : round(timing.shifts.drift_s_per_day, 3), green_start_error_s: round(error, 2), confidence: round(timing.confidence, 3),
    verdict: timing.shifts.kind === 'drifting' ? 'drifting' : changed ? 'plan-changed' : 'fixed',
    ...(plan === undefined ? {} : { planned: { ...rounded(plan), difference_s: difference === null ? null : round(difference, 2) } }),
    sentence: tell(subject, base, timing, { green_start_s, error, difference, plan, audited }),
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
const rounded = ({ cycle_s, green_start_s, green_s }: PlannedGreen): PlannedGreen => ({ cycle_s, green_start_s: round(green_start_s, 2), green_s: round(green_s, 2) })
const sizeOf = ({ starts }: SignalHours, { movement }: Evidence): number => starts.get(movement)?.length ?? 0

function greenOf({ passing, cycle_s }: MovementTiming, { motion_s, passing_s }: Response): Seconds | null {
  return passing === undefined ? null : Math.min(cycle_s, Math.max(1, passing.after_s + motion_s.value - passing_s.value))
}

/** Cycles of one plan, or of no plan, in the order of the day. */
function cyclesOf({ hours }: Audited, plan: number): { from_s: number; until_s: number; cycle_s: number }[] {
  const list = hours.flatMap(({ plan: own, from_s, until_s, found }) => (own !== plan || typeof found === 'string' ? [] : [{ from_s, until_s, cycle_s: found.cycle_s }]))
  return list.filter(({ cycle_s }, k) => k === 0 || !sameCycle(cycle_s, list[k - 1]!.cycle_s))
}

const placeOf = ({ movement, graph }: Subject, { intersection }: { intersection: string }): string =>
  `signal ${intersection}, ${movement.name ?? `${graph.getLink(movement.from).source_id} > ${graph.getLink(movement.to).source_id}`}`

function whyNot(subject: Subject, base: { intersection: string; events: number }, hours: SignalHours | undefined, untold: MovementTiming | undefined): string {
  const place = placeOf(subject, base)
  const found = hours?.found ?? 'few'
  if (found === 'incoherent') return `${place}: its queues start at no fixed cycle (${base.events} starts): actuated, or more than one plan`
  if (found === 'ambiguous') return `${place}: several cycles fit its ${base.events} starts about equally well`
  if (found === 'few' || untold === undefined || untold.events < ENOUGH_TO_DENY) return `${place}: ${base.events} starts of queues are too few to tell its signal`
  return `${place}: the signal keeps a cycle of ${round(found.cycle_s, 1)} s, but these starts do not (resultant ${untold.confidence.toFixed(2)} of ${untold.events}): turning in gaps, actuated, or two greens a cycle`
}

interface Told { green_start_s: Seconds; error: Seconds; difference: Seconds | null; plan: PlannedGreen | undefined; audited: Audited }

function tell(subject: Subject, base: { intersection: string }, timing: MovementTiming, { green_start_s, error, difference, plan, audited }: Told): string {
  const { cycle_s, shifts, events, hours } = timing
  const parts = [`${placeOf(subject, base)}: cycle ${round(cycle_s, 2)} s, green starts at ${green_start_s.toFixed(1)} s of it (±${error.toFixed(1)} s, ${events} starts)`]
  if (difference !== null) {
    parts.push(Math.abs(difference) <= Math.max(error, LEAST_DIFFERENCE_S) ? 'as planned' : `${Math.abs(difference).toFixed(1)} s ${difference > 0 ? 'later' : 'earlier'} than planned`)
  } else if (plan !== undefined) parts.push(`planned is a cycle of ${round(plan.cycle_s, 1)} s`)
  if (shifts.kind === 'drifting') parts.push(`its clock drifts by ${shifts.drift_s_per_day!.toFixed(2)} s a day`)
  for (const { at_day, by_s } of shifts.steps) {
    parts.push(`its green came ${Math.abs(by_s).toFixed(1)} s ${by_s > 0 ? 'later' : 'earlier'} from ${formatDay(Math.floor(at_day))} ${formatTimeOfDay(Math.floor(((at_day % 1) * DAY_S) / 60) * 60)} on`)
  }
  const cycles = cyclesOf(audited, hours.plan)
  if (cycles.length > 1) parts.push(`cycles by hours: ${cycles.map(({ from_s, cycle_s: cycle }) => `${round(cycle, 1)} s from ${formatTimeOfDay(from_s)}`).join(', ')}`)
  return parts.join('; ')
}
