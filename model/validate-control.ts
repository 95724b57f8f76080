// What must hold for the control settings of a scenario before anything runs with them.
import type { PhaseControl, SignalControl } from './control.ts'
import { GreenwaveError } from './errors.ts'
import type { Network } from './network.ts'

const TYPES = ['fixed', 'actuated', 'coordinated']
const RECALLS = ['none', 'min', 'max', 'ped', 'soft']

/** Throws a GreenwaveError that names the signal and the value; returns nothing. */
export function validateControl(network: Network, control: readonly SignalControl[], file = 'timing.json'): void {
  const seen = new Set<string>()
  const links = new Map(network.links.map((link) => [link.id, link]))
  for (const one of control) {
    const element = `control of signal "${one.signal}"`
    const signal = network.signals.find(({ id }) => id === one.signal)
    if (signal === undefined) throw new GreenwaveError('input.reference', `signal "${one.signal}" does not exist`, { file, element })
    if (seen.has(signal.id)) throw new GreenwaveError('input.duplicate', `signal "${signal.id}" has two controls`, { file, element })
    seen.add(signal.id)
    if (!TYPES.includes(one.type)) throw new GreenwaveError('input.value', `type is "${one.type}"; it must be one of ${TYPES.join(', ')}`, { file, element })
    const requireGroup = (id: string): void => {
      if (!signal.groups.some((group) => group.id === id)) throw new GreenwaveError('input.reference', `it names phase "${id}", which the signal does not have`, { file, element })
    }
    for (const phase of one.phases ?? []) {
      requireGroup(phase.phase)
      validatePhase(phase, file, element)
    }
    for (const { phase, volume_ph } of one.pedestrians ?? []) {
      requireGroup(phase)
      requireAmount('volume_ph', volume_ph, file, element)
    }
    for (const detector of one.detectors ?? []) {
      const lane = links.get(detector.link)?.lanes.find(({ index }) => index === detector.lane)
      if (lane === undefined) throw new GreenwaveError('input.reference', `a detector lies on lane ${detector.lane} of link "${detector.link}", which does not exist`, { file, element })
      for (const id of [...detector.calls, ...detector.extends]) requireGroup(id)
      requireAmount('position_m', detector.position_m, file, element)
      requireAmount('length_m', detector.length_m, file, element)
    }
  }
}

function validatePhase(phase: PhaseControl, file: string, element: string): void {
  for (const [name, value] of Object.entries(phase)) {
    if (typeof value === 'number') requireAmount(`${name} of phase ${phase.phase}`, value, file, element)
  }
  if (phase.recall !== undefined && !RECALLS.includes(phase.recall)) throw new GreenwaveError('input.value', `recall of phase ${phase.phase} is "${phase.recall}"; it must be one of ${RECALLS.join(', ')}`, { file, element })
}

function requireAmount(name: string, value: number, file: string, element: string): void {
  if (!Number.isFinite(value) || value < 0) throw new GreenwaveError('input.value', `${name} is ${value}; it must be a number of at least 0`, { file, element })
}
