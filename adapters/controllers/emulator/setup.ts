// An emulated controller for a signal of a network, on the patterns that the street runs; and what rigs want of it.
import type { DeviceGroup, WantedTiming } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Pattern, RingPattern, Signal } from '../../../model/signal.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { EmulatedSetup } from './controller.ts'

const tenths = (seconds: number): number => Math.round(seconds * 10)

export const deviceGroupsOf = (signal: Signal): DeviceGroup[] => signal.groups.map(({ id, name, kind, min_green_s, max_green_s, yellow_s, red_clearance_s, walk_s, pedestrian_clearance_s }) => ({
  group: id, name: name ?? `group ${id}`, kind, min_green: tenths(min_green_s), yellow: tenths(yellow_s), red_clearance: tenths(red_clearance_s),
  ...(max_green_s === undefined ? {} : { max_green: tenths(max_green_s) }), ...(walk_s === undefined ? {} : { walk: tenths(walk_s) }),
  ...(pedestrian_clearance_s === undefined ? {} : { pedestrian_clearance: tenths(pedestrian_clearance_s) }),
}))

/** Slot 1 holds the pattern and runs all day; two more are empty. */
export function setupOf(signal: Signal, running: Pattern, more: Partial<EmulatedSetup> = {}): EmulatedSetup {
  return {
    id: signal.id, signal: signal.id, groups: deviceGroupsOf(signal), conflicts: signal.conflicts,
    intergreens: (signal.intergreens ?? []).map(({ from, to, seconds }) => ({ from, to, time: tenths(seconds) })),
    slots: new Map([[1, lampTimingOf(signal, running)], [2, undefined], [3, undefined]]), day_plan: [{ from: 0, slot: 1 }], time_zone: 'UTC', ...more,
  }
}

/** The pattern with its first barrier `by` seconds longer. */
export function wantedOf(signal: Signal, running: RingPattern, { by = 0, offset_s = running.offset_s }: { by?: number; offset_s?: number }): WantedTiming {
  const pattern = structuredClone(running)
  pattern.cycle_s += by
  pattern.offset_s = offset_s
  for (const ring of pattern.barriers[0]?.rings ?? []) (ring.at(-1) as { split_s: number }).split_s += by
  return { signal, pattern, hash: hashOf(pattern), plan: 'plan-1', name: 'afternoon' }
}
