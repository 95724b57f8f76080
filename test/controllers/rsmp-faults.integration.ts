import { describe, it } from 'vitest'
import { controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { rsmpRig } from '../../adapters/controllers/rsmp/testing.ts'
import { dualRingPattern, dualRingSignal } from '../dual-ring.ts'
import { deployByDeployer } from './deploy.ts'

describe('a deployment over RSMP', () => {
  controllerFaults('it', (options) => rsmpRig(dualRingSignal(), dualRingPattern(), options), deployByDeployer, it)
})
