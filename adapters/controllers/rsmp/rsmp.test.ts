import { describe, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { controllerConformance, type MakeRig } from '../conformance.ts'
import { rsmpRig } from './testing.ts'

const makeRig: MakeRig = (options) => rsmpRig(dualRingSignal(), dualRingPattern(), options)

describe('RSMP', () => {
  controllerConformance('the RSMP adapter', makeRig, it)
})
