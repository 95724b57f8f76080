import { describe, it } from 'vitest'
import { controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { makeRig } from '../../adapters/controllers/gat1049/testing.ts'
import { deployByDeployer } from './deploy.ts'

describe('a deployment over GA/T 1049', () => {
  controllerFaults('it', makeRig, deployByDeployer, it)
})
