// The street below emulated controllers of any protocol: what their lamps show is set at SUMO's traffic lights before each step, so that a whole
// corridor can be rehearsed with vehicles. Not part of the adapter, which never sets lamps.
import type { Lamp } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId, SignalId } from '../../../model/signal.ts'
import { LIGHT, setLight } from './codec.ts'
import type { LightLink } from './program.ts'
import type { TraciStreet } from './street.ts'

export interface PlantLight {
  /** Id of the traffic light in SUMO. */
  light: string
  links: LightLink[]
}

type Lamps = readonly { group: GroupId; lamp: Lamp }[]

const GREEN: readonly Lamp[] = ['green', 'green-flashing']
/** Lamps that all groups of a connection share when they are not green, the strongest first. */
const OTHERS: readonly [Lamp, string][] = [['yellow', 'y'], ['red-yellow', 'u'], ['yellow-flashing', 'o'], ['dark', 'O']]

/** State of a light under the lamps of its groups. */
export function stateOf(links: readonly LightLink[], lamps: Lamps): string {
  const of = new Map(lamps.map(({ group, lamp }) => [group, lamp]))
  const letters = links.map(({ groups, rest }) => {
    const green = groups.filter(({ group }) => GREEN.includes(of.get(group) ?? 'red'))
    if (green.length > 0) return green.some(({ right_of_way }) => right_of_way === 'protected') ? 'G' : 'g'
    return OTHERS.find(([lamp]) => groups.some(({ group }) => of.get(group) === lamp))?.[1] ?? rest
  })
  return letters.map((letter, i) => (letter === 's' && links[i]?.rests_for?.some((other) => letters[other] === 'g') === true ? 'r' : letter)).join('')
}

export class TraciPlant {
  readonly #lights: ReadonlyMap<SignalId, PlantLight>
  readonly #waiting = new Map<string, string>()
  readonly #stop: () => void

  /** From now on lamps are set before every step of the street, until `close`. */
  constructor(street: TraciStreet, lights: ReadonlyMap<SignalId, PlantLight>) {
    this.#lights = lights
    this.#stop = street.beforeStep(async () => {
      if (this.#waiting.size === 0) return
      const states = [...this.#waiting]
      this.#waiting.clear()
      const answers = await street.ask(states.map(([light, state]) => setLight(light, LIGHT.state, { type: 'text', value: state })))
      const refused = answers.find(({ result }) => result !== 0)
      if (refused !== undefined) throw new GreenwaveError('controller.refused', `SUMO does not show the lamps: ${refused.text}`)
    })
  }

  /** What the groups of a signal show from the next step on. A signal that is not in this street changes nothing. */
  setLamps(signal: SignalId, lamps: Lamps): void {
    const light = this.#lights.get(signal)
    if (light !== undefined) this.#waiting.set(light.light, stateOf(light.links, lamps))
  }

  close(): void {
    this.#stop()
  }
}
