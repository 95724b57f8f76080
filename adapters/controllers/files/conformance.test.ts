import { describe, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { controllerConformance } from '../conformance.ts'
import { filesRig } from './testing.ts'

describe('a controller behind sheets, with somebody who types them in', () => {
  controllerConformance('the adapter', () => filesRig(dualRingSignal(), dualRingPattern()), it)
})
