import { describe, it } from 'vitest'
import { controllerConformance } from '../../adapters/controllers/conformance.ts'
import { controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { gbRig, OTHER } from '../../adapters/controllers/gbt20999-2017/testing.ts'
import { deployByDeployer } from './deploy.ts'

describe('a deployment over GB/T 20999-2017', () => {
  controllerFaults('over TCP, arrays last element first, it', (options) => gbRig(options), deployByDeployer, it)
})

describe('GB/T 20999-2017 of another vendor', () => {
  controllerConformance('over UDP, with another CRC and length, arrays first element first, yes without values,', (options) => gbRig({ ...options, dialect: OTHER, transport: 'udp' }), it)
})
