// The audit of running signals from probes alone: cycle, start and length of green, drift of clocks, and where they differ from
// the plan that should run. Needs no detector. Signals without a fixed cycle are named as such and given no figures.
import type { LocalTime } from '../../model/local-time.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Timing } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import type { SignalAudit } from '../../model/traffic-state.ts'
import { modulo, type Seconds } from '../../model/units.ts'
import { runsOf, type RunSource } from '../movements/measure.ts'
import type { GreenClock } from '../signals/greens.ts'
import { AuditClock, type AuditedGreen } from './audit-clock.ts'
import { evidenceOf, type Evidence } from './evidence.ts'
import { PlanHours } from './plan-hours.ts'
import { lendStarts, yieldsAlways } from './shared-starts.ts'
import { learnResponse, type Response } from './response.ts'
import { rowOf, type Subject } from './rows.ts'
import { findHours, type SignalHours } from './signal-hours.ts'
import { learnWave, timeSignal, WAVE_SPM, type MovementTiming } from './signal-timing.ts'

export interface AuditOptions {
  timing: Timing
  local: LocalTime
  /** When the plan gives green, for the comparison. */
  planned?: GreenClock
  /** By which rules the vehicles seen drive; as people do where absent. */
  driving?: 'field' | 'sumo' | undefined
}

export interface AuditResult {
  signals: SignalAudit[]
  /** Greens of movements of which the audit is sure. */
  clock: GreenClock
  /** What was learned of the drivers: s/m of the start wave, and seconds from green to motion and from its end to the last that pass. */
  wave_spm: number
  response: Response
}

export interface Audited {
  signal: SignalId
  evidence: Evidence[]
  hours: SignalHours[]
  timings: MovementTiming[]
}

/** In the order of signals, then movements; only movements at which a stopped vehicle was seen to get under way. */
export function auditSignals(graph: RoadGraph, source: RunSource, { timing, local, planned, driving = 'field' }: AuditOptions): AuditResult {
  const plans = new PlanHours(timing)
  const audited = gather(graph, source, local).map(({ signal, evidence }): Audited => {
    const cycleOf = (plan: number): Seconds | undefined => plans.cycle(plan)
    return { signal, evidence, timings: [], hours: findHours(evidence, { planOf: (day, time) => plans.find(signal, day, time), cycleOf, isIrregular: (movement) => yieldsAlways(graph, movement), wave_spm: WAVE_SPM }) }
  })
  const timeAll = (wave_spm: number, ends: boolean): MovementTiming[] => audited.flatMap((one) => (one.timings = one.hours.flatMap((hours) => lendStarts(graph, timeSignal(hours, one.evidence, wave_spm, ends)))))
  const wave_spm = [1, 2].reduce((wave) => learnWave(timeAll(wave, false), wave), WAVE_SPM)
  timeAll(wave_spm, true)
  const response = learnResponse(audited, planned, local, driving)
  const signals = audited.flatMap((one) => one.evidence.filter(({ starts }) => starts.length > 0).map((evidence): SignalAudit => {
    const movement = graph.network.movements[evidence.movement]!
    const subject: Subject = { graph, movement, local, planned, control: timing.control?.find(({ signal }) => signal === one.signal)?.type ?? 'fixed' }
    return rowOf(subject, evidence, one, response)
  }))
  return { signals, clock: clockOf(graph, audited, local, plans, response), wave_spm, response }
}

function gather(graph: RoadGraph, source: RunSource, local: LocalTime): { signal: SignalId; evidence: Evidence[] }[] {
  const order = new Map(graph.network.signals.map(({ id }, k) => [id, k]))
  const signals = new Map<SignalId, Evidence[]>()
  for (const movement of source.listMovements()) {
    const signal = graph.network.movements[movement]?.signal
    if (signal === undefined) continue
    const list = signals.get(signal) ?? []
    signals.set(signal, list)
    list.push(evidenceOf(movement, runsOf(source, movement), local))
  }
  return [...signals].sort((a, b) => (order.get(a[0]) ?? 0) - (order.get(b[0]) ?? 0)).map(([signal, evidence]) => ({ signal, evidence }))
}

/** An error beyond this is no help to arrivals on green. */
const MOST_ERROR_S: Seconds = 2.5

function clockOf(graph: RoadGraph, audited: readonly Audited[], local: LocalTime, plans: PlanHours, { motion_s, passing_s }: Response): AuditClock {
  const greens = new Map<number, AuditedGreen[]>()
  for (const { movement, hours, shifts, cycle_s, motion_s: seen, passing, sure, deviation_s, n } of audited.flatMap(({ timings }) => timings)) {
    if (!sure || passing === undefined || deviation_s / Math.sqrt(n) > MOST_ERROR_S || passing.error_s > MOST_ERROR_S) continue
    const green_s = Math.min(cycle_s, Math.max(1, passing.after_s + motion_s.value - passing_s.value))
    const list = greens.get(movement) ?? []
    greens.set(movement, list)
    list.push({ plan: hours.plan, from_s: hours.from_s, until_s: hours.until_s, cycle_s, green_start_s: modulo(seen - motion_s.value, cycle_s), green_s, shifts })
  }
  return new AuditClock(local, greens, (movement, day, time) => {
    const signal = graph.network.movements[movement]?.signal
    return signal === undefined ? -1 : plans.find(signal, day, time).plan
  })
}

