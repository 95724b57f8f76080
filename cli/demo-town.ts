// The demo town on the embedded database, in a folder of its own. Nothing of a real service's configuration is read: the people of a demo must not get
// into its database.
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { defaultsFor, LOG_LEVELS } from '../api/configuration/settings.ts'
import type { DemoLogins } from '../api/demo/logins.ts'
import { EXIT, GreenwaveError } from '../model/errors.ts'
import type { CommandContext, OptionSpec } from './arguments.ts'
import { toldToStop } from './commands/serve.ts'
import { seedFrom } from './terminal.ts'
import { VERSION } from './version.ts'

export const DEMO_OPTIONS: Record<string, OptionSpec> = {
  'host': { type: 'string', value: 'name', help: 'address to listen on (default 127.0.0.1: this computer alone)' },
  'port': { type: 'string', value: 'n', help: 'port to listen on (default 8080, or the next one that is free)' },
  'data': { type: 'string', value: 'dir', help: 'where the town is kept (default out/demo); a later start goes on from there' },
  'log-level': { type: 'string', value: 'word', help: `least level that is logged: ${LOG_LEVELS.join(', ')} (default warn)` },
}

const PORT = 8080
const PORTS_TRIED = 50

export async function serveDemo({ options, signal, out, err }: CommandContext): Promise<void> {
  const host = options.findText('host') ?? '127.0.0.1'
  const asked = options.findText('port') === undefined ? undefined : options.number('port', PORT, { least: 0, most: 65_535, whole: true })
  const data = resolve(options.findText('data') ?? 'out/demo')
  const told = toldToStop(signal)
  // Here and not above: the help of all commands must not pay for the service.
  const [{ serve }, { allParts }, { DEMO_NIGHTS, demoTownPart }, { emulatedTown }, { demoLogins }, { newToken }] = await Promise.all([
    import('../api/serve.ts'), import('../api/parts/index.ts'), import('../api/parts/demo-town.ts'), import('../api/demo/controllers.ts'), import('../api/demo/logins.ts'), import('../api/security/secrets.ts'),
  ])
  const { path, logins } = demoLogins(data)
  const { secret: viewer_token } = newToken()
  const port = asked ?? await freePort(host, PORT)
  const controllers = emulatedTown()
  const part = demoTownPart({ logins, viewer_token, controllers, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, seed: seedFrom(options) })
  const service = await serve({
    configuration: { ...defaultsFor({}), published: true, host, port, data, log_level: options.choice('log-level', LOG_LEVELS, 'warn'), admin_password: logins.administrator },
    version: VERSION, log: err, nights: DEMO_NIGHTS, drivers: [controllers.driver],
    // Nights begin when somebody asks for one: by themselves they would judge a yesterday that is being made up yet.
    parts: [...allParts.filter(({ name }) => name !== 'nights'), part],
  })
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${service.port}/`
  if (asked === undefined && service.port !== PORT) err.write(`port ${PORT} is taken; ${service.port} is free\n`)
  out.write(options.flag('json') ? `${JSON.stringify({ address, enter: `${address}#enter=${viewer_token}`, data, logins: path })}\n` : welcome(address, viewer_token, logins, path))
  await Promise.race([told, service.failed])
  err.write('stopping\n')
  const clean = await service.stop()
  // Nothing may keep the process now: neither what hangs nor a database that is still being opened.
  process.exit(clean ? EXIT.ok : EXIT.failure)
}

function welcome(address: string, viewer_token: string, logins: DemoLogins, path: string): string {
  return [
    '', 'The demo town: three avenues, sixteen signals, simulated traffic, emulated controllers. Nothing in it was measured.', '',
    `  look around     ${address}#enter=${viewer_token}`,
    ...(['engineer', 'approver', 'administrator'] as const).map((role) => `  ${role.padEnd(14)}  log in as ${role}, password ${logins[role]}`), '',
    `The passwords were made up for this town and are kept in ${path}. Ctrl-C stops it; the next start goes on from here.`, '', '',
  ].join('\n')
}

/** The first from `first` on that nobody listens on. */
async function freePort(host: string, first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED; port++) if (await isFree(host, port)) return port
  throw new GreenwaveError('usage', `the ports ${first} to ${first + PORTS_TRIED - 1} of ${host} are all taken; name another --port`)
}

const isFree = (host: string, port: number): Promise<boolean> => new Promise((answer) => {
  const probe = createServer()
  probe.once('error', () => answer(false))
  probe.listen({ host, port }, () => probe.close(() => answer(true)))
})
