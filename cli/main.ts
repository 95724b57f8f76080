#!/usr/bin/env node
// The `greenwave` command: data on stdout, progress and notes on stderr, one exit code per kind of failure.
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EXIT, GreenwaveError } from '../model/errors.ts'
import { parseCommand, type Command } from './arguments.ts'
import { commandHelp, helpText } from './help.ts'
import { VERSION } from './version.ts'

/** Each command is loaded when it is asked for, so that `help` does not pay for the solvers. */
const COMMANDS: Record<string, () => Promise<{ command: Command }>> = {
  import: () => import('./commands/import.ts'),
  plan: () => import('./commands/plan.ts'),
  schedule: () => import('./commands/schedule.ts'),
  dynamic: () => import('./commands/dynamic.ts'),
  simulate: () => import('./commands/simulate.ts'),
  export: () => import('./commands/export.ts'),
  measure: () => import('./commands/measure.ts'),
  match: () => import('./commands/match.ts'),
  diagnose: () => import('./commands/diagnose.ts'),
  report: () => import('./commands/report.ts'),
  push: () => import('./commands/push.ts'),
  controllers: () => import('./commands/controllers.ts'),
  replan: () => import('./commands/replan.ts'),
  serve: () => import('./commands/serve.ts'),
  doctor: () => import('./commands/doctor.ts'),
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
  demo: () => import('./commands/demo.ts'),
}

async function loadAll(): Promise<Command[]> {
  return Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).command))
}

/** Runs one command line; resolves to the exit code. Never throws. */
export async function main(words: readonly string[], out: NodeJS.WritableStream, err: NodeJS.WritableStream, signal: AbortSignal): Promise<number> {
  const [name, ...rest] = words
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      out.write(helpText(await loadAll()))
      return EXIT.ok
    }
    if (name === '--version' || name === 'version') {
      out.write(`${VERSION}\n`)
      return EXIT.ok
    }
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (load === undefined) throw new GreenwaveError('usage.unknown-command', `"${name}" is no command of greenwave`)
    const { command } = await load()
    const { positionals, options } = parseCommand(command, rest)
    if (options.flag('help')) {
      out.write(commandHelp(command))
      return EXIT.ok
    }
    await command.run({ positionals, options, signal, out, err })
    return EXIT.ok
  } catch (error) {
    if (signal.aborted) {
      err.write('greenwave: interrupted; nothing was written\n')
      return EXIT.interrupted
    }
    if (error instanceof GreenwaveError) {
      err.write(`greenwave: ${error.message}\n  ${error.next}\n`)
      return error.exitCode
    }
    err.write(`greenwave: this is a defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return EXIT.failure
  }
}

const self = fileURLToPath(import.meta.url)
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === self) {
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  // A reader that closes the pipe early (head) ends the output, not the program's honour.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok)
  })
  const code = process.exitCode = await main(process.argv.slice(2), process.stdout, process.stderr, abort.signal)
  // What failed may have left a thread behind, which would keep the process for ever.
  if (code !== EXIT.ok) setTimeout(() => process.exit(code), 1000).unref()
}
