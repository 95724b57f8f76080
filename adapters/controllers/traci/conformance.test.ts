import { describe, it } from 'vitest'
import type { RingPattern } from '../../../model/signal.ts'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { controllerConformance } from '../conformance.ts'
import { traciRig } from './testing.ts'

/** Short, because each second of it is a step over the wire. */
function pattern(): RingPattern {
  return {
    ...dualRingPattern(), cycle_s: 60,
    barriers: [
      { rings: [[{ phase: '1', split_s: 12 }, { phase: '2', split_s: 18 }], [{ phase: '5', split_s: 11 }, { phase: '6', split_s: 19 }]] },
      { rings: [[{ phase: '3', split_s: 12 }, { phase: '4', split_s: 18 }], [{ phase: '7', split_s: 14 }, { phase: '8', split_s: 16 }]] },
    ],
  }
}

describe('a traffic light of SUMO', () => {
  controllerConformance('the adapter', () => traciRig(dualRingSignal(), pattern()), it)
})
