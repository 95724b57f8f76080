// Link pivot (Day & Bullock): along a corridor, shift each signal and everything beyond it so that most arrivals of both
// directions at the link's two ends meet green. Exact for a chain while arrival profiles keep their shape.
import { modulo } from '../../model/units.ts'
import { wrap } from '../audit/circular.ts'

/** Arrivals at one end of a link over the cycle, bin 0 at the start of green there, and how long that green is. */
export interface PivotProfile {
  /** Arrivals per bin; bins share the cycle out evenly. */
  arrivals: readonly number[]
  green_s: number
}

export interface PivotLink {
  /** At the downstream signal in corridor order, and at the upstream one for the way back; undefined where not measured. */
  outbound: PivotProfile | undefined
  inbound: PivotProfile | undefined
}

export interface PivotStep {
  /** Shift of the downstream signal and all beyond, s, in [-C/2, C/2). */
  shift_s: number
  /** Arrivals on green of both directions before and after, shares. */
  before: number
  after: number
}

export interface Pivot {
  links: PivotStep[]
  /** Change of the offset of every signal, the first being 0, s in [-C/2, C/2). */
  offsets_s: number[]
}

/** Whole seconds of shift are tried; the smallest change wins a draw. */
export function linkPivot(cycle_s: number, links: readonly PivotLink[]): Pivot {
  const steps = links.map((link) => pivotLink(cycle_s, link))
  const offsets = [0]
  for (const { shift_s } of steps) offsets.push(wrap(offsets.at(-1)! + shift_s, cycle_s))
  return { links: steps, offsets_s: offsets }
}

function pivotLink(cycle_s: number, { outbound, inbound }: PivotLink): PivotStep {
  const total = [outbound, inbound].reduce((sum, profile) => sum + (profile?.arrivals.reduce((a, b) => a + b, 0) ?? 0), 0)
  if (total <= 0) return { shift_s: 0, before: 0, after: 0 }
  // A later green downstream meets outbound arrivals earlier in its cycle; inbound arrivals come that much later at the other end.
  const met = (shift: number): number => (onGreen(cycle_s, outbound, -shift) + onGreen(cycle_s, inbound, shift)) / total
  const half = Math.floor(cycle_s / 2)
  const shifts = Array.from({ length: Math.ceil(cycle_s) }, (_, i) => i - half).sort((a, b) => Math.abs(a) - Math.abs(b) || a - b)
  let best = { shift_s: 0, after: met(0) }
  for (const shift of shifts) {
    const after = met(shift)
    if (after > best.after + 1e-9) best = { shift_s: shift, after }
  }
  return { ...best, before: met(0) }
}

/** Arrivals that meet green when all come `later` seconds later. */
function onGreen(cycle_s: number, profile: PivotProfile | undefined, later: number): number {
  if (profile === undefined) return 0
  const width = cycle_s / profile.arrivals.length
  return profile.arrivals.reduce((sum, count, bin) => sum + (modulo((bin + 0.5) * width + later, cycle_s) < profile.green_s ? count : 0), 0)
}
