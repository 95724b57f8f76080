// A dual-ring signal for tests: the worked example of the Signal Timing Manual's form. Cycle 100 s, yellow 4 and red
// clearance 1 s; ring 1 splits 20, 40 | 15, 25, ring 2 splits 15, 45 | 20, 20; coordinated 2 and 6.
import type { RingPattern, Signal } from '../model/signal.ts'

const NEMA_CONFLICTS: [string, string][] = [
  ['1', '2'], ['5', '6'], ['3', '4'], ['7', '8'],
  ...['1', '2', '5', '6'].flatMap((a) => ['3', '4', '7', '8'].map((b): [string, string] => [a, b])),
]

export function dualRingSignal(id = 'S'): Signal {
  return {
    id, source_id: id, nodes: [id], conflicts: NEMA_CONFLICTS, sequence_free: true,
    groups: ['1', '2', '3', '4', '5', '6', '7', '8'].map((group) => ({
      id: group, kind: 'vehicle' as const, min_green_s: Number(group) % 2 === 0 ? 10 : 5, yellow_s: 4, red_clearance_s: 1,
    })),
  }
}

export function dualRingPattern(signal = 'S'): RingPattern {
  return {
    kind: 'rings', signal, cycle_s: 100, offset_s: 10, offset_reference: 'sequence_start', coordinated: ['2', '6'],
    barriers: [
      { rings: [[{ phase: '1', split_s: 20 }, { phase: '2', split_s: 40 }], [{ phase: '5', split_s: 15 }, { phase: '6', split_s: 45 }]] },
      { rings: [[{ phase: '3', split_s: 15 }, { phase: '4', split_s: 25 }], [{ phase: '7', split_s: 20 }, { phase: '8', split_s: 20 }]] },
    ],
  }
}
