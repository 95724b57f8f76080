// From compiled windows to what lamps do in whole tenths, and back to the difference between two of them.
import { GreenwaveError } from '../errors.ts'
import { compileSignal } from '../compile.ts'
import type { CompiledSignal } from '../plan.ts'
import type { Pattern, Signal } from '../signal.ts'
import { modulo } from '../units.ts'
import type { LampTiming, Tenths } from './device.ts'

const PER_S = 10

/** Seconds as tenths. Throws `controller.unfit` for what is no multiple of a unit of so many tenths: a controller is told exactly what was approved, or nothing. */
export function tenthsOf(seconds: number, what: string, unit: Tenths = 1): Tenths {
  const tenths = Math.round(seconds * PER_S)
  if (Math.abs(tenths - seconds * PER_S) > 1e-6 || tenths % unit !== 0) {
    throw new GreenwaveError('controller.unfit', `${what} is ${seconds} s; the controller keeps whole multiples of ${unit / PER_S} s`)
  }
  return tenths
}

/** What a pattern makes the lamps of its signal do. Throws `controller.unfit` where a time is no multiple of the controller's unit. */
export const lampTimingOf = (signal: Signal, pattern: Pattern, unit: Tenths = 1): LampTiming => lampTimingOfCompiled(compileSignal(signal, pattern), unit)

export function lampTimingOfCompiled({ signal, cycle_s, offset_s, groups }: CompiledSignal, unit: Tenths = 1): LampTiming {
  const cycle = tenthsOf(cycle_s, `the cycle of signal ${signal}`, unit)
  return {
    cycle,
    offset: modulo(tenthsOf(offset_s, `the offset of signal ${signal}`, unit), cycle),
    groups: groups.map(({ id, green_windows_s, yellow_s, red_clearance_s }) => ({
      group: id,
      greens: green_windows_s.map(([start, end]) => [tenthsOf(start, `a green start of group ${id} of signal ${signal}`, unit), tenthsOf(end, `a green end of group ${id} of signal ${signal}`, unit)]),
      yellow: tenthsOf(yellow_s, `yellow of group ${id} of signal ${signal}`),
      red_clearance: tenthsOf(red_clearance_s, `red clearance of group ${id} of signal ${signal}`),
    })),
  }
}

/** The same lamps told from another local zero, `shift` later. */
export function withLocalZero({ cycle, offset, groups }: LampTiming, shift: Tenths): LampTiming {
  return {
    cycle,
    offset: modulo(offset + shift, cycle),
    groups: groups.map((one) => ({
      ...one,
      greens: one.greens.map(([start, end]): [Tenths, Tenths] => { const local = modulo(start - shift, cycle); return [local, local + end - start] }).sort((a, b) => a[0] - b[0]),
    })),
  }
}

/** Where two timings of the same groups show something else in master time, as sentences; empty = the same lamps at every instant. */
export function compareLamps(expected: LampTiming, found: LampTiming): string[] {
  if (expected.cycle !== found.cycle) return [`the cycle is ${found.cycle / PER_S} s, not ${expected.cycle / PER_S} s`]
  const greensOf = ({ offset, cycle, groups }: LampTiming, id: string): string => (groups.find(({ group }) => group === id)?.greens ?? [])
    .map(([start, end]): [number, number] => (end - start >= cycle ? [0, cycle] : [modulo(offset + start, cycle), end - start])).sort((a, b) => a[0] - b[0])
    .map(([start, length]) => `${start / PER_S} s for ${length / PER_S} s`).join(' and ')
  const names = new Set([...expected.groups, ...found.groups].map(({ group }) => group))
  return [...names].flatMap((id) => {
    const [a, b] = [greensOf(expected, id), greensOf(found, id)]
    return a === b ? [] : [`group ${id} turns green at ${b || 'no time'}, not at ${a || 'no time'} of the system cycle`]
  })
}
