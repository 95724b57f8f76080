// Options of a command: declared once, parsed strictly, every mistake a sentence with the word that was wrong.
import { parseArgs } from 'node:util'
import { GreenwaveError } from '../model/errors.ts'

export interface OptionSpec {
  type: 'string' | 'boolean'
  multiple?: boolean
  /** How the value is shown in the help, for example `f` or `60:140`. */
  value?: string
  help: string
}

export interface Command {
  name: string
  /** Positional arguments as the help shows them. */
  positionals: string
  summary: string
  options: Record<string, OptionSpec>
  run(context: CommandContext): Promise<void>
}

export interface CommandContext {
  positionals: string[]
  options: Options
  /** Aborts on SIGINT. */
  signal: AbortSignal
  out: NodeJS.WritableStream
  err: NodeJS.WritableStream
}

/** Options that every command understands. */
export const COMMON_OPTIONS: Record<string, OptionSpec> = {
  json: { type: 'boolean', help: 'print one JSON document on stdout' },
  quiet: { type: 'boolean', help: 'no progress and no notes on stderr' },
  seed: { type: 'string', value: 'n', help: 'seed of everything random (default 1)' },
  help: { type: 'boolean', help: 'show this help' },
}

export class Options {
  readonly #values: Record<string, string | boolean | (string | boolean)[] | undefined>

  constructor(values: Record<string, string | boolean | (string | boolean)[] | undefined>) {
    this.#values = values
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }

  findText(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  getText(name: string): string {
    const value = this.findText(name)
    if (value === undefined) throw new GreenwaveError('usage', `--${name} is missing`)
    return value
  }

  list(name: string): string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.map(String) : []
  }

  /** A number within limits, or the default. */
  number(name: string, fallback: number, limits: { least: number; most: number; whole?: boolean }): number {
    const text = this.findText(name)
    if (text === undefined) return fallback
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value < limits.least || value > limits.most || (limits.whole === true && !Number.isInteger(value))) {
      throw new GreenwaveError('usage', `--${name} is "${text}"; it must be a ${limits.whole === true ? 'whole ' : ''}number from ${limits.least} to ${limits.most}`)
    }
    return value
  }

  choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.findText(name)
    if (text === undefined) return fallback
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw new GreenwaveError('usage', `--${name} is "${text}"; it must be one of ${choices.join(', ')}`)
    return found
  }

  /** '60:140' or '90' as whole seconds, least and most. */
  range(name: string, fallback: [number, number], limits: { least: number; most: number }): [number, number] {
    const text = this.findText(name)
    if (text === undefined) return fallback
    const match = /^(\d+)(?::(\d+))?$/.exec(text)
    const [low, high] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])]
    if (match === null || low > high || low < limits.least || high > limits.most) {
      throw new GreenwaveError('usage', `--${name} is "${text}"; it must be seconds such as 90 or 60:140, from ${limits.least} to ${limits.most}`)
    }
    return [low, high]
  }
}

/** Parses the words after the command's name. Throws usage errors. */
export function parseCommand(command: Command, words: readonly string[]): { positionals: string[]; options: Options } {
  const declared = { ...command.options, ...COMMON_OPTIONS }
  const options = Object.fromEntries(
    Object.entries(declared).map(([name, { type, multiple }]) => [name, { type, ...(multiple === true ? { multiple: true } : {}) }]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
    return { positionals, options: new Options(values as ConstructorParameters<typeof Options>[0]) }
  } catch (error) {
    const sentence = (error as Error).message.split('\n')[0]?.replace(/\. To specify.*$/, '') ?? 'the options cannot be read'
    throw new GreenwaveError('usage', sentence, undefined, error)
  }
}

/** Exactly one positional argument. */
export function onlyPositional(context: CommandContext, what: string): string {
  const [first, second] = context.positionals
  if (first === undefined) throw new GreenwaveError('usage', `${what} is missing`)
  if (second !== undefined) throw new GreenwaveError('usage', `"${second}" is one argument too many`)
  return first
}
