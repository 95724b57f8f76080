// Pedestrians who push buttons: a Poisson stream per phase. Whether somebody comes in a step depends on (seed, signal,
// phase, step) only, so that every plan meets the same pedestrians.
import type { PedestrianDemand } from '../../model/control.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId, SignalId } from '../../model/signal.ts'
import { uniform } from '../kernel/random.ts'
import type { Actuations } from './controller.ts'

/** Purpose of the draw, apart from those of the drivers (simulation/kernel/random.ts). */
const BUTTON = 101

/** A number for a name: FNV-1a (Fowler, Noll, Vo), public domain. */
export function numberOf(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return h & 0x7fffffff
}

export class Buttons {
  readonly #streams: { phases: number[]; key: number; chance: number }[]
  readonly #seed: number

  /** Throws input.value or input.reference, naming signal and phase, for volumes that cannot be. */
  constructor(signal: SignalId, demand: readonly PedestrianDemand[], phases: readonly GroupId[], seed: number, step_s: number) {
    this.#seed = seed
    this.#streams = demand.map(({ phase, volume_ph }) => {
      if (!(volume_ph >= 0) || !Number.isFinite(volume_ph)) throw new GreenwaveError('input.value', `signal ${signal}: ${volume_ph} pedestrians per hour at phase ${phase}; it must be a number of at least 0`)
      const own = phases.flatMap((id, p) => (id === phase ? [p] : []))
      if (own.length === 0) throw new GreenwaveError('input.reference', `signal ${signal}: pedestrians push the button of phase "${phase}", which never runs`)
      return { phases: own, key: numberOf(`${signal} ${phase}`), chance: 1 - Math.exp((-volume_ph / 3600) * step_s) }
    })
  }

  read(step: number, seen: Actuations): void {
    for (const { phases, key, chance } of this.#streams) {
      if (uniform(this.#seed, key, step, BUTTON) < chance) for (const p of phases) seen.pedestrians[p] = 1
    }
  }
}
