// What a controller logs of its groups: greens, yellows, clearances, walks, in codes of the Indiana enumerations.
// Phases are numbered as their source does where that is a number, else in order.
import type { ControllerEvent, PhaseNumber } from '../../model/observation.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { Network } from '../../model/network.ts'
import type { Signal, SignalGroup } from '../../model/signal.ts'

export const EVENT = {
  phase_on: 0, green_begins: 1, green_terminates: 7, yellow_begins: 8, yellow_ends: 9, red_clearance_begins: 10, red_clearance_ends: 11, phase_inactive: 12,
  pedestrian_call: 45,
  walk_begins: 21, pedestrian_clearance_begins: 22, dont_walk: 23,
  overlap_green: 61, overlap_yellow: 63, overlap_red_clearance: 64, overlap_off: 65,
  detector_off: 81, detector_on: 82,
} as const

/** The last number in a name. */
const DIGITS = /(\d+)\D*$/

/** Numbers of all groups of all signals, unique by kind within a device. */
export function phaseNumbers(network: Network): PhaseNumber[] {
  return network.signals.flatMap((signal) => {
    const overlaps = new Set((signal.overlaps ?? []).map(({ group }) => group))
    const taken = new Map<PhaseNumber['kind'], Set<number>>()
    return signal.groups.map((group): PhaseNumber => {
      const kind = overlaps.has(group.id) ? 'overlap' : group.kind === 'pedestrian' ? 'pedestrian' : 'phase'
      const used = taken.get(kind) ?? new Set<number>()
      taken.set(kind, used)
      const named = DIGITS.exec(group.source_id ?? group.id)?.[1]
      // Without a number of its own it takes one that nobody's name holds.
      const taboo = named === undefined ? new Set([...used, ...signal.groups.map((other) => Number(DIGITS.exec(other.source_id ?? other.id)?.[1] ?? 0))]) : used
      let phase = Math.max(1, Number(named ?? 1))
      while (taboo.has(phase)) phase++
      used.add(phase)
      return { device: signal.source_id, signal: signal.id, group: group.id, phase, kind }
    })
  })
}

/** A row within a cycle of its signal. */
interface CycleEvent { local_s: number; event: number; parameter: number }

/** Says which rows the groups of all signals add to the log; rows of one instant with endings first. */
export interface PhaseEventSource {
  /** Rows with `after_s < time <= until_s`, in order of time. */
  between(after_s: number, until_s: number): ControllerEvent[]
}

/** The log of signals that run fixed: exact instants out of the compiled windows, whatever the step of the simulation. */
export function fixedTimeEvents(network: Network, signals: readonly CompiledSignal[]): PhaseEventSource {
  const numbers = new Map(phaseNumbers(network).map((number) => [`${number.signal} ${number.group}`, number]))
  const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
  const logs = signals.flatMap((compiled) => {
    const signal = byId.get(compiled.signal)
    return signal === undefined ? [] : [{ compiled, device: signal.source_id, events: cycleEvents(signal, compiled, numbers) }]
  })
  return {
    between(after_s, until_s) {
      const rows = logs.flatMap(({ compiled, device, events }) => events.flatMap(({ local_s, event, parameter }) => {
        const base = compiled.offset_s + local_s
        const found: ControllerEvent[] = []
        for (let k = Math.floor((after_s - base) / compiled.cycle_s) + 1; base + k * compiled.cycle_s <= until_s + 1e-9; k++) {
          const time_s = Math.round((base + k * compiled.cycle_s) * 1e6) / 1e6
          if (time_s > after_s + 1e-9) found.push({ time_s, device, event, parameter })
        }
        return found
      }))
      return rows.sort(inLogOrder)
    },
  }
}

/** Endings come before beginnings within a tick. */
const ENDINGS = new Set<number>([EVENT.green_terminates, EVENT.yellow_begins, EVENT.yellow_ends, EVENT.red_clearance_begins, EVENT.red_clearance_ends, EVENT.phase_inactive, EVENT.overlap_yellow, EVENT.overlap_red_clearance, EVENT.overlap_off])
const rank = (event: number): number => (event >= EVENT.detector_off ? 2 : ENDINGS.has(event) ? 0 : 1)

export const inLogOrder = (a: ControllerEvent, b: ControllerEvent): number =>
  a.time_s - b.time_s || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0) || rank(a.event) - rank(b.event) || a.parameter - b.parameter || a.event - b.event

function cycleEvents(signal: Signal, compiled: CompiledSignal, numbers: ReadonlyMap<string, PhaseNumber>): CycleEvent[] {
  return compiled.groups.flatMap(({ id, green_windows_s, yellow_s, red_clearance_s }) => {
    const group = signal.groups.find((candidate) => candidate.id === id)
    const number = numbers.get(`${signal.id} ${id}`)
    if (group === undefined || number === undefined) return []
    return green_windows_s
      // A green that never ends never begins either.
      .filter(([start, end]) => end - start < compiled.cycle_s)
      .flatMap(([start, end]) => windowEvents(group, number, start, end, yellow_s, red_clearance_s))
  })
}

function windowEvents(group: SignalGroup, { kind, phase: parameter }: PhaseNumber, start: number, end: number, yellow: number, clearance: number): CycleEvent[] {
  const row = (event: number, local_s: number): CycleEvent => ({ local_s, event, parameter })
  if (kind === 'pedestrian') return [row(EVENT.walk_begins, start), row(EVENT.pedestrian_clearance_begins, end), row(EVENT.dont_walk, end + (group.pedestrian_clearance_s ?? 0))]
  const [red, off] = [end + yellow, end + yellow + clearance]
  if (kind === 'overlap') return [row(EVENT.overlap_green, start), row(EVENT.overlap_yellow, end), row(EVENT.overlap_red_clearance, red), row(EVENT.overlap_off, off)]
  const walk = group.walk_s === undefined ? [] : [
    row(EVENT.walk_begins, start), row(EVENT.pedestrian_clearance_begins, start + group.walk_s), row(EVENT.dont_walk, start + group.walk_s + (group.pedestrian_clearance_s ?? 0)),
  ]
  return [
    row(EVENT.phase_on, start), row(EVENT.green_begins, start), ...walk,
    row(EVENT.green_terminates, end), row(EVENT.yellow_begins, end), row(EVENT.yellow_ends, red), row(EVENT.red_clearance_begins, red), row(EVENT.red_clearance_ends, off), row(EVENT.phase_inactive, off),
  ]
}
