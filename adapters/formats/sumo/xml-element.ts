// One XML element with checked access to its attributes: a value that doesn't fit is an error with file and line.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ErrorCode, Place } from '../../../model/errors.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** SUMO writes times as seconds or as [days:]hours:minutes:seconds. */
const CLOCK = /^(?:(\d+):)?(\d+):(\d+):(\d+(?:\.\d+)?)$/

export interface NumberLimits {
  min?: number
  /** Exclusive lower limit. */
  above?: number
}

/** A number from text, or undefined where the text is none. NaN and infinities are none. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim()
  if (!NUMBER.test(trimmed)) return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : undefined
}

/** A copy that doesn't hang on to the chunk of the file it was cut from (V8 keeps the whole parent of a slice). */
export const keep = (text: string): string => (text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8'))

export class XmlElement {
  readonly file: string
  readonly name: string
  readonly line: number
  readonly #attributes: Record<string, string>

  constructor(file: string, name: string, attributes: Record<string, string>, line: number) {
    this.file = file
    this.name = name
    this.line = line
    this.#attributes = attributes
  }

  place(): Place {
    const id = this.#attributes.id
    return { file: this.file, line: this.line, element: id === undefined ? `<${this.name}>` : `<${this.name} id="${id}">` }
  }

  error(code: ErrorCode, sentence: string): GreenwaveError {
    return new GreenwaveError(code, sentence, this.place())
  }

  findText(attribute: string): string | undefined {
    return this.#attributes[attribute]
  }

  getText(attribute: string): string {
    const value = this.#attributes[attribute]
    if (value === undefined) throw this.error('input.value', `attribute "${attribute}" is missing`)
    return keep(value)
  }

  listWords(attribute: string): string[] {
    return (this.#attributes[attribute] ?? '').split(/[\s,]+/).filter((word) => word !== '').map(keep)
  }

  findNumber(attribute: string, limits: NumberLimits = {}): number | undefined {
    const text = this.#attributes[attribute]
    if (text === undefined) return undefined
    const value = parseNumber(text)
    if (value === undefined) throw this.error('input.value', `${attribute} is "${text}"; it must be a number`)
    if (limits.above !== undefined && value <= limits.above) throw this.error('input.value', `${attribute} is ${text}; it must be above ${limits.above}`)
    if (limits.min !== undefined && value < limits.min) throw this.error('input.value', `${attribute} is ${text}; it must be at least ${limits.min}`)
    return value
  }

  getNumber(attribute: string, limits: NumberLimits = {}): number {
    const value = this.findNumber(attribute, limits)
    if (value === undefined) throw this.error('input.value', `attribute "${attribute}" is missing`)
    return value
  }

  findIndex(attribute: string): number | undefined {
    const value = this.findNumber(attribute, { min: 0 })
    if (value !== undefined && !Number.isSafeInteger(value)) throw this.error('input.value', `${attribute} is ${value}; it must be a whole number`)
    return value
  }

  getIndex(attribute: string): number {
    const value = this.findIndex(attribute)
    if (value === undefined) throw this.error('input.value', `attribute "${attribute}" is missing`)
    return value
  }

  /** A time in seconds; SUMO also writes clock times. Undefined where the attribute is absent or a word such as "triggered". */
  findTime(attribute: string): number | undefined {
    const text = this.#attributes[attribute]
    if (text === undefined) return undefined
    return parseTime(text)
  }
}

/** Seconds from "25200", "07:00:00" or "1:07:00:00"; undefined if it is none of them. */
export function parseTime(text: string): number | undefined {
  const clock = CLOCK.exec(text.trim())
  if (clock === null) return parseNumber(text)
  const [days, hours, minutes, seconds] = [clock[1] ?? '0', clock[2], clock[3], clock[4]].map(Number) as [number, number, number, number]
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}
