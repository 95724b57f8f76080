import { describe, it } from 'vitest'
import { controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { ntcipConformanceRig } from '../../adapters/controllers/ntcip/testing.ts'
import { deployByDeployer } from './deploy.ts'

describe('a deployment over NTCIP', () => {
  controllerFaults('it', ntcipConformanceRig, deployByDeployer, it)
})
