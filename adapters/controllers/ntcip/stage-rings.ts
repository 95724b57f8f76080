// A plan written in stages as rings of a controller: only where each ring is never without a phase, so that its splits follow from the lamps alone.
import type { LampGroup, WantedTiming } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { RingPattern } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { barriersOf, type DevicePhase } from './rings.ts'

const PER_S = 10

interface Served {
  phase: DevicePhase
  start: number
  /** Green, yellow and red clearance. */
  length: number
}

/** Throws `controller.unfit` where rings and barriers of the controller can't show it. */
export function ringsOfStages({ signal, pattern }: WantedTiming, phases: readonly DevicePhase[]): RingPattern {
  const timing = lampTimingOf(signal, pattern)
  const unfit = (sentence: string): never => { throw new GreenwaveError('controller.unfit', `the plan of signal ${signal.id} is written in stages, and the rings of the controller can't show it: ${sentence}`) }
  const serve = (phase: DevicePhase, { group, greens }: LampGroup): Served[] => {
    if (greens.length > 1) return unfit(`group ${group} is green ${greens.length} times in a cycle`)
    return greens.map(([start, end]) => ({ phase, start, length: end - start + phase.yellow + phase.red_clearance }))
  }
  const served = phases.flatMap((phase) => timing.groups.filter(({ group }) => group === phase.group).flatMap((group) => serve(phase, group)))
  const rings = [...new Set(served.map(({ phase }) => phase.ring))].sort((a, b) => a - b).map((ring) => served.filter(({ phase }) => phase.ring === ring).sort((a, b) => a.start - b.start))
  for (const ring of rings) {
    ring.forEach(({ phase, start, length }, i) => {
      const gap = modulo(ring[(i + 1) % ring.length]!.start - start - length, timing.cycle)
      if (gap !== 0 || length > timing.cycle) unfit(`after phase ${phase.phase} its ring is without a phase for ${gap / PER_S} s`)
    })
  }
  const from = (zero: number): Served[][] => rings.map((ring) => [...ring].sort((a, b) => modulo(a.start - zero, timing.cycle) - modulo(b.start - zero, timing.cycle)))
  const meeting = (rings[0] ?? []).map(({ start }) => start).filter((start) => rings.every((ring) => ring.some((one) => one.start === start)))
  for (const zero of meeting) {
    const barriers = findBarriers(from(zero).map((ring) => ring.map(({ phase }) => phase)))
    if (barriers === undefined) continue
    const split = (phase: DevicePhase): { phase: string; split_s: number } => ({ phase: phase.group!, split_s: served.find((one) => one.phase === phase)!.length / PER_S })
    return {
      kind: 'rings', signal: pattern.signal, cycle_s: pattern.cycle_s, offset_s: pattern.offset_s, offset_reference: pattern.offset_reference, coordinated: pattern.coordinated,
      barriers: barriers.map((barrier) => ({ rings: barrier.map((ring) => ring.map(split)) })),
    }
  }
  return unfit('no order of them meets at common barriers')
}

function findBarriers(rings: DevicePhase[][]): DevicePhase[][][] | undefined {
  try {
    return barriersOf(rings)
  } catch (error) {
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}
