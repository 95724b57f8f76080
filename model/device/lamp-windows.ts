// Arithmetic on the greens of a cycle that comes again and again, in whole tenths.
import type { GroupId } from '../signal.ts'
import { modulo } from '../units.ts'
import type { DeviceConfig, LampGroup, LampTiming, Tenths } from './device.ts'

export const show = (tenths: Tenths): string => `${tenths / 10} s`
export const isWhole = (tenths: number): boolean => Number.isSafeInteger(tenths)

const greensOf = ({ groups }: LampTiming, id: GroupId): LampGroup['greens'] => groups.find(({ group }) => group === id)?.greens ?? []

/** A cycle's green of a group altogether. */
export const greenOf = (timing: LampTiming, id: GroupId): Tenths => greensOf(timing, id).reduce((sum, [start, end]) => sum + end - start, 0)

/** Pairs that must not follow each other too soon: those of the intergreen matrix, and both ways of each conflict with the clearance of the first where the matrix says nothing. */
export function conflictsIn({ conflicts, intergreens, groups }: DeviceConfig): { from: GroupId; to: GroupId; time: Tenths; conflict: boolean }[] {
  const pairs = new Map<string, { from: GroupId; to: GroupId; time: Tenths; conflict: boolean }>()
  for (const { from, to, time } of intergreens) pairs.set(JSON.stringify([from, to]), { from, to, time, conflict: false })
  for (const [a, b] of conflicts) {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const own = groups.find(({ group }) => group === from)
      const time = pairs.get(JSON.stringify([from, to]))?.time ?? (own === undefined ? 0 : own.yellow + own.red_clearance)
      pairs.set(JSON.stringify([from, to]), { from, to, time, conflict: true })
    }
  }
  return [...pairs.values()]
}

/** After each green of `from` the time until `to` turns green, round the cycle; negative = so long are both green. */
export function gapsBetween(timing: LampTiming, from: GroupId, to: GroupId): Tenths[] {
  const { cycle } = timing
  const others = greensOf(timing, to)
  if (others.length === 0) return []
  return greensOf(timing, from).map(([start, end]) => {
    const length = end - start
    const together = others.reduce((sum, [a, b]) => sum + overlap(start, length, a, b - a, cycle), 0)
    return together > 0 ? -together : Math.min(...others.map(([a]) => modulo(a - end, cycle)))
  })
}

/** Of two pieces of a circle. */
function overlap(a: Tenths, length: Tenths, b: Tenths, other: Tenths, cycle: Tenths): Tenths {
  const after = modulo(b - a, cycle)
  const direct = Math.max(0, Math.min(length, after + other) - after)
  const round = Math.max(0, Math.min(length, after + other - cycle))
  return Math.min(length, other, direct + round)
}

/** The longest time without green of a group that is green at all; a group that never is does not wait for one. */
export function longestRed({ cycle }: LampTiming, { greens }: LampGroup): Tenths {
  return greens.length === 0 ? 0 : Math.max(...greens.map(([, end]) => Math.min(...greens.map(([start]) => modulo(start - end, cycle)))), 0)
}

/** How long before the end of the cycle the group's last green ends, or how long after its beginning the first one starts; 0 = it is green there, undefined = it is never green. */
export function windowsAt(timing: LampTiming, id: GroupId, where: 'start' | 'end'): Tenths | undefined {
  const greens = greensOf(timing, id)
  if (greens.length === 0) return undefined
  if (greens.some(([, end]) => end > timing.cycle)) return 0
  return where === 'start' ? Math.min(...greens.map(([start]) => start)) : Math.min(...greens.map(([, end]) => timing.cycle - end))
}
