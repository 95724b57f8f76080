/**
 * Signals described by common red and protected lefts, as the band literature does. All times in cycles, centre of the
 * common red at local 0. Left turns and their four patterns: Little, Kelson, Gartner 1981 (MAXBAND).
 */
import type { SignalPattern } from '../problem.ts'

export interface LeftTurnSignal {
  /** Common red R, outbound left ℓ, inbound left ℓ̄, clearances τ and τ̄, all in cycles. */
  readonly red: number
  readonly outboundLeft: number
  readonly inboundLeft: number
  readonly outboundClearance: number
  readonly inboundClearance: number
}

/**
 * The four lead-lag patterns at one cycle (pass 1 for windows in cycles); equal ones are given once, so a signal
 * without lefts has one. The id tells outbound, then inbound left.
 */
export function leftTurnPatterns(signal: LeftTurnSignal, cycle_s: number): SignalPattern[] {
  const { red, outboundLeft, inboundLeft } = signal
  const patterns: SignalPattern[] = []
  for (const outboundLags of outboundLeft > 0 ? [0, 1] : [0]) {
    for (const inboundLags of inboundLeft > 0 ? [0, 1] : [0]) {
      const outbound = {
        start_s: (red / 2 + (1 - inboundLags) * inboundLeft) * cycle_s,
        length_s: (1 - red - inboundLeft) * cycle_s,
        clearance_s: signal.outboundClearance * cycle_s,
      }
      const inbound = {
        start_s: (red / 2 + (1 - outboundLags) * outboundLeft) * cycle_s,
        length_s: (1 - red - outboundLeft) * cycle_s,
        clearance_s: signal.inboundClearance * cycle_s,
      }
      patterns.push({ id: `${lagName(outboundLags)}-${lagName(inboundLags)}`, outbound: [outbound], inbound: [inbound] })
    }
  }
  return patterns
}

function lagName(lags: number): string {
  return lags === 1 ? 'lag' : 'lead'
}
