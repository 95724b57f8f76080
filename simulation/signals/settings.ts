// From control settings with gaps to complete ones in ticks: the defaults are said at the fields of model/control.ts.
import type { PhaseControl, Recall, SignalControl } from '../../model/control.ts'
import { compileSignal, getGroup, phaseStarts, referencePoint } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId, RingPattern, Signal } from '../../model/signal.ts'
import { ticks } from './controller.ts'
import type { RingCoordination, RingPhase } from './ring-plan.ts'

/** Maximum allowable headway, s, and length of a vehicle, m: Signal Timing Manual practice, HCM. */
const [ALLOWABLE_HEADWAY_S, VEHICLE_M] = [3, 6.1]
/** Share of the 85th percentile speed at which vehicles cross a detector. */
const CROSSING_SHARE = 0.88
/** 85th percentile above the limit, m/s: 11 km/h (7 mph), NCHRP 03-95. */
const ABOVE_LIMIT_MPS = 11 / 3.6

/**
 * Passage time of a presence detector, s: PT = MAH - (L_v + L_d) / v_a with v_a = 0.88 v85.
 * In: length of the detector, m, and 85th percentile speed, m/s. Never below 0.
 */
export const passageTime = (detector_m: number, v85_mps: number, headway_s = ALLOWABLE_HEADWAY_S): number =>
  Math.max(0, headway_s - (VEHICLE_M + detector_m) / (CROSSING_SHARE * v85_mps))

/** Where only the speed limit is known. */
export const passageAtLimit = (detector_m: number, limit_mps: number): number => passageTime(detector_m, limit_mps + ABOVE_LIMIT_MPS)

/** What stands in for the settings that are absent. */
export interface PhaseDefaults {
  /** Passage of each group by the detectors that extend it, s; without entry there is none. */
  passage_s: ReadonlyMap<GroupId, number>
  /** Groups that some detector calls. */
  called: ReadonlySet<GroupId>
  /** Green of each group in the pattern, s. */
  green_s: ReadonlyMap<GroupId, number>
  coordinated: ReadonlySet<GroupId>
}

/** Over the green of the pattern, for a maximum: Signal Timing Manual gives 1.25 to 1.5. */
const MAX_OVER_SPLIT = 1.25

export interface ResolvedPhase extends Omit<RingPhase, 'barrier' | 'ring' | 'place'> {}

/** One phase or group with all its settings. Throws input.value, naming signal and phase, for values that cannot be. */
export function resolvePhase(signal: Signal, control: SignalControl, id: GroupId, defaults: PhaseDefaults): ResolvedPhase {
  const group = getGroup(signal, id)
  const given: PhaseControl = control.phases?.find(({ phase }) => phase === id) ?? { phase: id }
  const min = given.min_green_s ?? group.min_green_s
  const usual = group.max_green_s ?? MAX_OVER_SPLIT * (defaults.green_s.get(id) ?? min)
  const chosen = control.max_set === 2 ? given.max_green_2_s ?? given.max_green_s : given.max_green_s
  const passage = given.passage_s ?? defaults.passage_s.get(id) ?? 0
  const { gap_reduction: reduction, added_initial: initial } = given
  const [walk, clearance] = [given.walk_s ?? group.walk_s ?? 0, given.pedestrian_clearance_s ?? group.pedestrian_clearance_s ?? 0]
  const beyond = { green: 0, yellow: group.yellow_s, red: group.yellow_s + group.red_clearance_s }[given.pedestrian_clearance_until ?? 'red']
  const coordinated = control.type === 'coordinated' && defaults.coordinated.has(id)
  for (const [name, value] of Object.entries({ min_green_s: min, passage_s: passage, walk_s: walk, pedestrian_clearance_s: clearance, max_green_s: chosen ?? usual })) {
    if (!Number.isFinite(value) || value < 0) throw new GreenwaveError('input.value', `signal ${signal.id}: ${name} of phase ${id} is ${value}; it must be a number of at least 0 s`)
  }
  return {
    group: id, min: ticks(min), max: ticks(Math.max(min, chosen ?? usual)), passage: ticks(passage),
    minGap: ticks(Math.min(passage, reduction?.min_gap_s ?? passage)), beforeReduce: ticks(reduction?.before_s ?? 0), reduce: ticks(reduction?.reduce_s ?? 0),
    perVehicle: ticks(initial?.per_vehicle_s ?? 0), maxInitial: ticks(initial?.max_initial_s ?? 0),
    recall: recallOf(given, defaults.called.has(id) || (walk > 0 && group.kind === 'pedestrian'), defaults.passage_s.has(id)),
    locking: given.locking ?? false, dualEntry: given.dual_entry ?? (coordinated || Number(id) % 2 === 0),
    conditionalService: given.conditional_service ?? false, simultaneousGap: given.simultaneous_gap ?? true, restInWalk: given.rest_in_walk ?? false,
    redRevert: ticks(given.red_revert_s ?? 2), walk: ticks(walk), clearance: ticks(clearance), clearanceBeyondGreen: ticks(beyond),
    yellow: ticks(group.yellow_s), red: ticks(group.red_clearance_s), coordinated, startUp: defaults.coordinated.has(id),
  }
}

/** A phase that no detector and no button can call would never be served: it is recalled, to its maximum where nothing extends it either. */
const recallOf = ({ recall = 'none' }: PhaseControl, canBeCalled: boolean, canBeExtended: boolean): Recall =>
  (recall !== 'none' || canBeCalled ? recall : canBeExtended ? 'min' : 'max')

/** Green of each group under a pattern, s: its longest window. */
export function greensOf(signal: Signal, pattern: SignalControl['pattern']): Map<GroupId, number> {
  if (pattern === undefined) return new Map()
  return new Map(compileSignal(signal, pattern).groups.map(({ id, green_windows_s }) => [id, Math.max(0, ...green_windows_s.map(([start, end]) => end - start))]))
}

/** Phases of a ring pattern in their places, those without green left out. */
export function ringPhases(signal: Signal, control: SignalControl, pattern: RingPattern, defaults: PhaseDefaults): { phases: RingPhase[]; schedule: { start: number; split: number }[] } {
  const phases: RingPhase[] = []
  const schedule: { start: number; split: number }[] = []
  const places = new Map<string, number>()
  for (const { phase: id, start_s, split_s, barrier, ring } of phaseStarts(pattern)) {
    const group = getGroup(signal, id)
    if (split_s <= group.yellow_s + group.red_clearance_s) continue
    const key = `${barrier} ${ring}`
    const place = places.get(key) ?? 0
    places.set(key, place + 1)
    phases.push({ ...resolvePhase(signal, control, id, defaults), barrier, ring, place })
    const start = ticks(start_s)
    schedule.push({ start, split: ticks(start_s + split_s) - start })
  }
  return { phases, schedule }
}

/** Coordination of a ring pattern. Throws input.value where no coordinated phase ever turns green. */
export function ringCoordination(signal: Signal, control: SignalControl, pattern: RingPattern, ring: ReturnType<typeof ringPhases>): RingCoordination {
  if (!ring.phases.some(({ coordinated }) => coordinated)) {
    throw new GreenwaveError('input.value', `signal ${signal.id} is coordinated, but none of its coordinated phases [${pattern.coordinated.join(', ')}] has green`)
  }
  const { coordination = {} } = control
  return {
    cycle: pattern.cycle_s * 10, zero: (pattern.offset_s - referencePoint(signal, pattern, pattern.offset_reference)) * 10,
    schedule: ring.schedule, fixedForceOff: coordination.force_off === 'fixed', inhibitMax: coordination.inhibit_max ?? true,
    permissive: coordination.permissive_s === undefined ? Infinity : ticks(coordination.permissive_s),
  }
}
