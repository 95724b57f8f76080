// Looks whether the service could run here with this configuration: one verdict a matter, each with what to do next.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { IdentityProvider } from '../../adapters/identity/provider.ts'
import { lockDirectory } from '../../adapters/store/data-lock.ts'
import { inspectPostgres, type Inspection } from '../../adapters/store/inspect.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { LoadedConfiguration } from '../configuration/load.ts'
import { oidcOf } from '../configuration/oidc.ts'
import type { Configuration } from '../configuration/settings.ts'
import { requireRoles } from '../parts/roles.ts'
import { ROLES } from '../parts/part.ts'
import { wordsOf } from '../configuration/store-address.ts'

export type Verdict = 'ok' | 'warn' | 'fail'

export interface Finding {
  matter: string
  verdict: Verdict
  says: string
  /** What to do; absent where all is well. */
  next?: string
}

const LEAST_NODE = [20, 19] as const
const LEAST_POSTGRES = 150_000
const ROOM = { fail: 200e6, warn: 5e9 } as const
/** The embedded database alone takes one. */
const LEAST_MEMORY = 2e9
const CLOCK_S = { warn: 2, fail: 60 } as const
/** Winter and summer of a zone that changes, so that a system without its tables is found. */
const ZONE_PROBE = { zone: 'Europe/Berlin', winter: Date.UTC(2026, 0, 15, 12), summer: Date.UTC(2026, 6, 15, 12), hours: ['13', '14'] } as const

/** Never throws: what can't be found out is a finding. */
export async function examine({ configuration, unknown }: LoadedConfiguration): Promise<Finding[]> {
  return [
    node(), memory(), zones(), ...unknown.map(strayVariable), roles(configuration), cookies(configuration), await logins(configuration), room(configuration), ...await database(configuration), await port(configuration),
  ]
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const good = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  return { matter: 'Node.js', verdict: good ? 'ok' : 'fail', says: `${process.versions.node} on ${process.platform} ${process.arch}`, ...(good ? {} : { next: `Install Node.js ${LEAST_NODE.join('.')} or newer.` }) }
}

function memory(): Finding {
  const total = totalmem()
  const says = `${(total / 1e9).toFixed(1)} GB, ${availableParallelism()} processors`
  return total >= LEAST_MEMORY ? { matter: 'memory', verdict: 'ok', says } : { matter: 'memory', verdict: 'warn', says, next: 'The embedded database needs about 1 GB; use PostgreSQL, or a larger computer.' }
}

function zones(): Finding {
  const hour = (at: number): string => new Intl.DateTimeFormat('en-GB', { timeZone: ZONE_PROBE.zone, hour: '2-digit', hour12: false }).format(at)
  const good = hour(ZONE_PROBE.winter) === ZONE_PROBE.hours[0] && hour(ZONE_PROBE.summer) === ZONE_PROBE.hours[1]
  const says = `this computer is in ${Intl.DateTimeFormat().resolvedOptions().timeZone}; networks have their own`
  return good ? { matter: 'time zones', verdict: 'ok', says } : { matter: 'time zones', verdict: 'fail', says: `${ZONE_PROBE.zone} has no summer time here`, next: 'Install a Node.js with full ICU data.' }
}

const strayVariable = (name: string): Finding => ({ matter: 'environment', verdict: 'warn', says: `${name} is no setting`, next: 'Correct its name; the settings are listed above.' })

function roles(configuration: Configuration): Finding {
  const matter = 'roles'
  const missing = ROLES.filter((role) => !configuration.roles.includes(role))
  try {
    requireRoles(configuration)
  } catch (error) {
    return { matter, verdict: 'fail', says: (error as Error).message, next: 'Take all roles, or name a PostgreSQL.' }
  }
  if (missing.length === 0) return { matter, verdict: 'ok', says: 'all' }
  return { matter, verdict: 'ok', says: `${configuration.roles.join(', ')}; another process on this database must do ${missing.join(' and ')}` }
}

function cookies({ host, secure }: Configuration): Finding {
  const local = ['127.0.0.1', 'localhost', '::1'].includes(host)
  if (local || secure) return { matter: 'transport', verdict: 'ok', says: secure ? 'reached over TLS' : 'reached from this computer only' }
  return { matter: 'transport', verdict: 'warn', says: `listens on ${host} without TLS: passwords can be read on the way`, next: 'Put a proxy with TLS before it and set secure and trust_proxy.' }
}

async function logins(configuration: Configuration): Promise<Finding> {
  const matter = 'logins'
  try {
    const oidc = oidcOf(configuration)
    if (oidc === undefined) return { matter, verdict: 'ok', says: 'with passwords; no identity provider' }
    await new IdentityProvider(oidc.settings, { now: () => Date.now() / 1000 }).probe()
    const says = `with passwords, and through ${oidc.settings.issuer}`
    if (oidc.settings.redirect.startsWith('https:') && !configuration.secure) return { matter, verdict: 'warn', says: `${says}; cookies would go without TLS too`, next: 'Set secure.' }
    return { matter, verdict: 'ok', says }
  } catch (error) {
    const known = error instanceof GreenwaveError ? error : new GreenwaveError('internal', String(error), undefined, error)
    return { matter, verdict: 'fail', says: known.message, next: known.code === 'login.unreachable' ? 'Check oidc_issuer, and that this computer reaches it.' : 'Complete the settings that begin with oidc_, or leave all of them out.' }
  }
}

function room({ data }: Configuration): Finding {
  let there = data
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  try {
    if (!statSync(there).isDirectory()) throw new Error(`${there} is no directory`)
    accessSync(there, constants.W_OK)
    const { bavail, bsize } = statfsSync(there)
    const free = bavail * bsize
    const says = `${data}: ${(free / 1e9).toFixed(1)} GB free`
    if (free < ROOM.fail) return { matter: 'data directory', verdict: 'fail', says, next: 'Make room, or name another directory with --data.' }
    return free < ROOM.warn ? { matter: 'data directory', verdict: 'warn', says, next: 'Observations of a town fill this within days; make room.' } : { matter: 'data directory', verdict: 'ok', says }
  } catch (error) {
    return { matter: 'data directory', verdict: 'fail', says: `${data}: ${(error as Error).message}`, next: 'Give the user of the service the right to write there, or name another directory with --data.' }
  }
}

async function database(configuration: Configuration): Promise<Finding[]> {
  const matter = 'database'
  try {
    if (configuration.database_url !== undefined) return judge(await inspectPostgres(configuration.database_url), wordsOf(configuration))
    if (!existsSync(configuration.data)) return [{ matter, verdict: 'ok', says: `embedded, ${wordsOf(configuration)}; made at the first start` }]
    lockDirectory(configuration.data).release()
    return [{ matter, verdict: 'ok', says: `embedded, ${wordsOf(configuration)}; nobody has it open` }]
  } catch (error) {
    const known = error instanceof GreenwaveError ? error : new GreenwaveError('internal', String(error), undefined, error)
    return [{ matter, verdict: known.code === 'store.locked' ? 'warn' : 'fail', says: known.message, next: known.next }]
  }
}

function judge({ server, version_num, postgis, may_create, migrations, ours, clock_ahead_s, size_bytes }: Inspection, address: string): Finding[] {
  const newest = migrations.at(-1)
  const ahead = Math.abs(clock_ahead_s)
  return [
    version_num >= LEAST_POSTGRES ? { matter: 'database', verdict: 'ok', says: `PostgreSQL ${server} ${address}, ${(size_bytes / 1e6).toFixed(0)} MB` } : { matter: 'database', verdict: 'fail', says: `PostgreSQL ${server} ${address}`, next: 'Use PostgreSQL 15 or newer.' },
    postgis === undefined
      ? { matter: 'PostGIS', verdict: 'fail', says: 'not on the server', next: 'Install the package of PostGIS for this PostgreSQL.' }
      : { matter: 'PostGIS', verdict: 'ok', says: postgis.installed ?? `${postgis.available} available; installed at the first start, which needs the right to` },
    newest !== undefined && newest > ours
      ? { matter: 'tables', verdict: 'fail', says: `migrated to ${newest}; this version ends at ${ours}`, next: 'Start the newer version of greenwave.' }
      : !may_create && newest !== ours
        ? { matter: 'tables', verdict: 'fail', says: `migrated to ${newest ?? 'nothing'}, and this user may not create tables`, next: 'Grant CREATE on the schema.' }
        : { matter: 'tables', verdict: 'ok', says: newest === undefined ? 'none yet; made at the first start' : newest === ours ? `migrated to ${newest}` : `migrated to ${newest}; brought to ${ours} at the next start` },
    ahead < CLOCK_S.warn
      ? { matter: 'clock', verdict: 'ok', says: `${ahead.toFixed(2)} s from the database's` }
      : { matter: 'clock', verdict: ahead < CLOCK_S.fail ? 'warn' : 'fail', says: `the database is ${ahead.toFixed(1)} s ${clock_ahead_s > 0 ? 'ahead' : 'behind'}`, next: 'Let NTP set the clocks of both computers.' },
  ]
}

async function port({ host, port }: Configuration): Promise<Finding> {
  const server = createServer()
  const trouble = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve)
    server.listen(port, host, () => resolve(undefined))
  })
  await new Promise((resolve) => { server.close(resolve) })
  const matter = 'port'
  if (trouble === undefined) return { matter, verdict: 'ok', says: `${host}:${port} is free` }
  if (trouble.code === 'EADDRINUSE') return { matter, verdict: 'warn', says: `${host}:${port} is in use`, next: 'Fine if that is greenwave; else name another --port.' }
  return { matter, verdict: 'fail', says: `${host}:${port}: ${trouble.message}`, next: trouble.code === 'EACCES' ? 'Ports below 1024 need a right; take a higher one behind a proxy.' : 'Name an address of this computer with --host.' }
}
