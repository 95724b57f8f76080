// serve: the service, until it is told to stop.
import { EXIT, GreenwaveError } from '../../model/errors.ts'
import type { Command, CommandContext } from '../arguments.ts'
import { configurationFrom, SERVICE_OPTIONS } from '../service-options.ts'
import { VERSION } from '../version.ts'

export const command: Command = {
  name: 'serve',
  positionals: '',
  summary: 'the service: HTTP API over PostgreSQL or the embedded database',
  options: SERVICE_OPTIONS,
  run,
}

async function run({ positionals, options, signal, err }: CommandContext): Promise<void> {
  if (positionals[0] !== undefined) throw new GreenwaveError('usage', `"${positionals[0]}" is one argument too many`)
  const { configuration, unknown } = configurationFrom(options)
  const told = toldToStop(signal)
  // Here and not above: the help of all commands must not pay for the service.
  const { serve } = await import('../../api/serve.ts')
  const seen = (err as NodeJS.WriteStream).isTTY === true && !options.flag('quiet')
  const service = await serve({ configuration, version: VERSION, log: err, ...(seen ? { notice: (text: string) => err.write(text) } : {}) })
  for (const name of unknown) service.server.log.warn(`the environment has ${name}, which is no setting`)
  await Promise.race([told, service.failed])
  const clean = await service.stop()
  // Nothing may keep the process now: neither what hangs nor a database that is still being opened.
  process.exit(clean ? EXIT.ok : EXIT.failure)
}

/** Ctrl-C, or SIGTERM as init systems and containers send it; a second one ends the process at once. */
export function toldToStop(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    process.once('SIGTERM', () => resolve())
  })
}
