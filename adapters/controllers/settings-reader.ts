// The settings of a controller, value by value: each refusal names the place and what it must be.
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId } from '../../model/signal.ts'
import type { DriverContext } from '../../plans/ports/controllers.ts'

type Values = Readonly<Record<string, unknown>>

export class SettingsReader {
  readonly #values: Values
  readonly #place: string

  /** Throws input.value for a name that is not known, as all of it does for a value that is not as it must be. */
  constructor(values: Values, place: string, known: readonly string[]) {
    this.#values = values
    this.#place = place
    for (const name of Object.keys(values)) if (!known.includes(name)) this.refuse(name, `one of ${known.join(', ')}`)
  }

  refuse(name: string, wanted: string): never { throw new GreenwaveError('input.value', `${this.#place}: ${name} is ${JSON.stringify(this.#values[name])}; it must be ${wanted}`) }

  text(name: string, usual?: string): string {
    const value = this.#values[name] ?? usual
    return typeof value === 'string' && value !== '' && value.length <= 255 ? value : this.refuse(name, 'a text')
  }

  whole(name: string, usual: number | undefined, least: number, most: number): number {
    const value = this.#values[name] ?? usual
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : this.refuse(name, `a whole number from ${least} to ${most}`)
  }

  choice<T extends string | number | boolean>(name: string, among: readonly T[], usual: T): T {
    const value = this.#values[name] ?? usual
    return among.find((one) => one === value) ?? this.refuse(name, `one of ${among.join(', ')}`)
  }

  /** Undefined where there is none. */
  numbers(name: string, most: number): number[] | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (!Array.isArray(value) || !value.every((one) => Number.isInteger(one) && one >= 1 && one <= most)) return this.refuse(name, `a list of whole numbers from 1 to ${most}`)
    return value as number[]
  }

  object(name: string): Values {
    const value = this.#values[name] ?? {}
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : this.refuse(name, 'an object')
  }
}

/** Our group -> phase of the controller. Phases are numbers, and many networks call their groups by them. */
export function phasesOf(values: SettingsReader, { groups }: DriverContext['signal'], most: number): Map<GroupId, number> {
  const phases = new Map<GroupId, number>()
  for (const [group, phase] of Object.entries(values.object('groups'))) {
    if (!groups.some(({ id }) => id === group)) values.refuse('groups', `of groups of the signal; "${group}" is none`)
    if (typeof phase !== 'number' || !Number.isInteger(phase) || phase < 1 || phase > most) return values.refuse('groups', `of phases from 1 to ${most}`)
    phases.set(group, phase)
  }
  if (phases.size === 0) for (const { id } of groups) if (/^[1-9]\d?$/.test(id) && Number(id) <= most) phases.set(id, Number(id))
  if (new Set(phases.values()).size < phases.size) values.refuse('groups', 'a phase of its own for each group')
  return phases
}
