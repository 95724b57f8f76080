import { describe, it } from 'vitest'
import { controllerConformance } from '../../adapters/controllers/conformance.ts'
import { CONTROLLER_FAULTS, controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { gb2007Rig, OTHER } from '../../adapters/controllers/gbt20999-2007/testing.ts'
import { deployByDeployer } from './deploy.ts'

describe('a deployment over GB/T 20999-2007', () => {
  controllerFaults('with whole tables it', (options) => gb2007Rig(options), deployByDeployer, it)
  controllerFaults('with lamps it', (options) => gb2007Rig({ ...options, profile: { lamps: 'phase_output' } }), deployByDeployer, it, CONTROLLER_FAULTS.slice(0, 1))
})

describe('GB/T 20999-2007 of another vendor', () => {
  controllerConformance('with rows, offsets of the coordinated phase and greens in 0xBE', (options) => gb2007Rig({ ...options, dialect: OTHER }), it)
})
