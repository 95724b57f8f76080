import { COMMON_OPTIONS, type Command, type OptionSpec } from './arguments.ts'
import { VERSION } from './version.ts'

const COLUMN = 28

function optionLines(options: Record<string, OptionSpec>): string {
  return Object.entries(options)
    .map(([name, { value, help }]) => `  ${`--${name}${value === undefined ? '' : ` <${value}>`}`.padEnd(COLUMN)} ${help}\n`)
    .join('')
}

export function commandHelp(command: Command): string {
  return `greenwave ${command.name} ${command.positionals}\n\n${command.summary}\n\n${optionLines(command.options)}${optionLines(COMMON_OPTIONS)}`
}

export function helpText(commands: readonly Command[]): string {
  const list = commands.map(({ name, positionals, summary }) => `  ${`${name} ${positionals}`.padEnd(COLUMN)} ${summary}\n`).join('')
  return `greenwave ${VERSION}: coordinated signal plans, proven and simulated\n\n${list}\n` +
    'Options of a command: greenwave <command> --help\n' +
    'Exit codes: 0 ok, 1 failure, 2 usage, 3 invalid input, 4 infeasible, 5 refused by a safety check, 6 peer unreachable, 130 interrupted\n'
}
