// What the terminal can show, and the seeds of a command.
import type { Options } from './arguments.ts'

const DEFAULT_WIDTH = 100

/** Width in columns, and whether to colour: never where NO_COLOR is set (no-color.org) or nobody looks. */
export function terminalOf(stream: NodeJS.WritableStream): { width: number; color: boolean } {
  const terminal = stream as NodeJS.WriteStream
  return {
    width: terminal.columns ?? DEFAULT_WIDTH,
    color: terminal.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb',
  }
}

export function seedFrom(options: Options): number {
  return options.number('seed', 1, { least: 0, most: 2 ** 31, whole: true })
}

/** `--seeds` runs, numbered from `--seed` upwards. */
export function seedsFrom(options: Options, fallback: number): number[] {
  const runs = options.number('seeds', fallback, { least: 1, most: 1000, whole: true })
  const first = seedFrom(options)
  return Array.from({ length: runs }, (_, i) => first + i)
}
