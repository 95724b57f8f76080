import { describe, it } from 'vitest'
import { CONTROLLER_FAULTS, controllerFaults } from '../../adapters/controllers/conformance-faults.ts'
import { pullRig } from '../../adapters/controllers/pull/testing.ts'
import { deployByDeployer } from './deploy.ts'

/** Every bundle brings its plans with it: what somebody else wrote is written over again when the plan begins, so a run may also end well. */
const HEALED = 'somebody writes between write and read-back'
const CASES = CONTROLLER_FAULTS.map(({ ends, ...fault }) => (fault.title === HEALED || ends === undefined ? fault : { ...fault, ends }))

describe('a deployment to a cabinet that fetches its timings', () => {
  controllerFaults('it', pullRig, deployByDeployer, it, CASES)
})
