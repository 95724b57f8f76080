// Calls of pedestrians: who pushes which button when is drawn by (seed, signal, phase, step) alone, so it is drawn again here.
import type { ControllerEvent } from '../../model/observation.ts'
import type { World } from '../kernel/world.ts'
import { createActuations, type Actuations } from '../signals/controller.ts'
import { Buttons } from '../signals/pedestrians.ts'
import { EVENT, phaseNumbers } from './phase-events.ts'

interface Crossing { device: string; numbers: number[]; buttons: Buttons; seen: Actuations }

/** Of all signals that are not fixed: on fixed ones nobody's call changes anything. */
export class ButtonLog {
  readonly #crossings: Crossing[]

  constructor(world: World) {
    const { p: { network }, input: { control = [], options } } = world
    const numbers = new Map(phaseNumbers(network).map(({ signal, group, phase, device }) => [`${signal} ${group}`, { phase, device }]))
    this.#crossings = control.flatMap(({ signal, type, pedestrians = [] }) => {
      const phases = [...new Set(pedestrians.map(({ phase }) => phase))].filter((phase) => numbers.has(`${signal} ${phase}`))
      if (type === 'fixed' || phases.length === 0) return []
      const known = phases.map((phase) => numbers.get(`${signal} ${phase}`)!)
      return [{ device: known[0]!.device, numbers: known.map(({ phase }) => phase), buttons: new Buttons(signal, pedestrians, phases, options.seed, options.step_s), seen: createActuations(phases.length) }]
    })
  }

  /** Rows of the step that has just ended, at its start. */
  observe(world: World, rows: ControllerEvent[]): void {
    for (const { device, numbers, buttons, seen } of this.#crossings) {
      seen.pedestrians.fill(0)
      buttons.read(world.step - 1, seen)
      numbers.forEach((parameter, i) => {
        if (seen.pedestrians[i] === 1) rows.push({ time_s: world.now - world.dt, device, event: EVENT.pedestrian_call, parameter })
      })
    }
  }
}
