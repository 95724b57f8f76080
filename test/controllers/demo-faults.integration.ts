import { describe, it } from 'vitest'
import { controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { demoRig } from '../../adapters/controllers/skeleton/testing.ts'
import { dualRingPattern, dualRingSignal } from '../dual-ring.ts'
import { deployByDeployer } from './deploy.ts'

describe('a deployment over the demo protocol', () => {
  controllerFaults('it', (options) => demoRig(dualRingSignal(), dualRingPattern(), options), deployByDeployer, it)
})
