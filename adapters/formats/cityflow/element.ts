// One object of a CityFlow file with its place, and reading of its members: each refusal names the element, the member
// and the value.
import { GreenwaveError, type ErrorCode, type Place } from '../../../model/errors.ts'

/** Far beyond any coordinate, length or time of a street; larger numbers are slips. */
const LARGEST = 1e9
const LONGEST_SHOWN = 60

export interface NumberLimits {
  /** Least value that is allowed. */
  min?: number
  /** The value must be larger than this. */
  above?: number
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The kind of a value in the words of JSON, with the value where it is short. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text
}

export class Element {
  readonly place: Place
  readonly #members: Record<string, unknown>

  /** Throws input.value where the value is no object. */
  constructor(value: unknown, place: Place) {
    this.place = place
    if (!isObject(value)) throw new GreenwaveError('input.value', `it is ${describe(value)}; it must be an object`, place)
    this.#members = value
  }

  /** The same object under a better name, once its id is known. */
  named(name: string): Element {
    return new Element(this.#members, { ...this.place, element: name })
  }

  error(code: ErrorCode, sentence: string): GreenwaveError {
    return new GreenwaveError(code, sentence, this.place)
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  getText(name: string): string {
    const value = this.#get(name)
    if (typeof value !== 'string') throw this.error('input.value', `${name} is ${describe(value)}; it must be a text`)
    if (value === '') throw this.error('input.value', `${name} is empty`)
    return value
  }

  getFlag(name: string): boolean {
    const value = this.#get(name)
    if (typeof value !== 'boolean') throw this.error('input.value', `${name} is ${describe(value)}; it must be true or false`)
    return value
  }

  getNumber(name: string, limits: NumberLimits = {}): number {
    return this.#number(name, this.#get(name), limits)
  }

  findNumber(name: string, limits: NumberLimits = {}): number | undefined {
    const value = this.#find(name)
    return value === undefined ? undefined : this.#number(name, value, limits)
  }

  /** A whole number from 0 to below `count`. */
  getIndex(name: string, count: number): number {
    return this.index(name, this.#get(name), count)
  }

  /** The same for a member of a list. */
  index(name: string, value: unknown, count: number): number {
    if (typeof value !== 'number' || !Number.isInteger(value)) throw this.error('input.value', `${name} is ${describe(value)}; it must be a whole number`)
    if (value < 0 || value >= count) throw this.error('input.reference', `${name} is ${value}; there are ${count}, counted from 0`)
    return value
  }

  getList(name: string): unknown[] {
    const value = this.#get(name)
    if (!Array.isArray(value)) throw this.error('input.value', `${name} is ${describe(value)}; it must be a list`)
    return value
  }

  /** Objects of a list, each with a place of its own. */
  listElements(name: string, one: string): Element[] {
    return this.getList(name).map((value, i) => new Element(value, { ...this.place, element: this.#inside(`${one} ${i}`) }))
  }

  getElement(name: string): Element {
    return new Element(this.#get(name), { ...this.place, element: this.#inside(name) })
  }

  getPoint(): [x: number, y: number] {
    return [this.getNumber('x'), this.getNumber('y')]
  }

  #inside(name: string): string {
    return this.place.element === undefined ? name : `${this.place.element}, ${name}`
  }

  #find(name: string): unknown {
    const value = Object.hasOwn(this.#members, name) ? this.#members[name] : undefined
    return value === null ? undefined : value
  }

  #get(name: string): unknown {
    const value = this.#find(name)
    if (value === undefined) throw this.error('input.value', `${name} is missing`)
    return value
  }

  #number(name: string, value: unknown, { min, above }: NumberLimits): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.error('input.value', `${name} is ${describe(value)}; it must be a number`)
    if (min !== undefined && value < min) throw this.error('input.value', `${name} is ${value}; it must be at least ${min}`)
    if (above !== undefined && value <= above) throw this.error('input.value', `${name} is ${value}; it must be above ${above}`)
    if (Math.abs(value) > LARGEST) throw this.error('input.value', `${name} is ${value}; more than ${LARGEST} is no measure of a street`)
    return value
  }
}
