// Every setting of the service, once: where it may stand, what it may be, what it is without.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ROLES as PERSON_ROLES, type Role as PersonRole } from '../../plans/ports/people.ts'
import { ROLES, type Role } from '../parts/part.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Configuration {
  host: string
  /** 0 takes any free one. */
  port: number
  /** What this process does. */
  roles: readonly Role[]
  /** PostgreSQL; without it the embedded database in `data`. */
  database_url?: string
  /** Connections to PostgreSQL at most. */
  connections: number
  /** Directory of the embedded database and of what the service leaves for its administrator. */
  data: string
  /** NATS with JetStream, between processes that take batches and those that store them. */
  nats_url?: string
  nats_ca_file?: string
  /** Of batches that wait, at most. */
  nats_keep_mb: number
  /** Of each stream in a cluster. */
  nats_replicas: number
  /** File of MQTT brokers by name, with what lets one in. */
  mqtt_brokers?: string
  published: boolean
  secure: boolean
  trust_proxy: boolean
  rate_per_minute: number
  session_hours: number
  /** Local time of each network, `02:30`, where an administrator set no other. */
  night_at: string
  /** Observations and minutes of older days go. */
  keep_days: number
  admin_login: string
  admin_password?: string
  /** Identity provider (OpenID Connect); without it people log in with passwords only. */
  oidc_issuer?: string
  oidc_client_id?: string
  oidc_client_secret?: string
  oidc_redirect?: string
  oidc_scope: string
  oidc_role_claim: string
  oidc_roles?: Readonly<Record<string, PersonRole>>
  /** For cabinets that fetch their timings; without it nobody listens for them. */
  cabinets_port?: number
  /** PEM files: with them cabinets come over TLS and prove themselves by certificates. */
  cabinets_cert_file?: string
  cabinets_key_file?: string
  cabinets_ca_file?: string
  /** How often they come, s. */
  cabinets_poll_s: number
  /** Pictures of an own tile server under the streets of the map, `{z}`, `{x}` and `{y}` in its address; without it no other host is ever asked. */
  map_tiles?: string
  log_level: LogLevel
}

export const OIDC_CALLBACK = '/api/v1/sessions/oidc/callback'

/** Of a day, local. */
export const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

export type Key = keyof Configuration
export type Kind = { type: 'text' } | { type: 'path' } | { type: 'address'; protocols: readonly string[]; example: string; many?: true } | { type: 'time' } | { type: 'whole'; least: number; most: number } | { type: 'boolean' } | { type: 'choice' | 'choices' | 'mapping'; choices: readonly string[] }

export interface Setting {
  key: Key
  kind: Kind
  /** Never in the file or among the flags: by the environment, or in a file that `<key>_file` names. An address is only without its password there. */
  secret?: true
  flag?: string
  help: string
}

export const SETTINGS: readonly Setting[] = [
  { key: 'host', flag: 'host', kind: { type: 'text' }, help: 'address to listen on; 0.0.0.0 for all' },
  { key: 'port', flag: 'port', kind: { type: 'whole', least: 0, most: 65_535 }, help: 'port to listen on; 0 takes a free one' },
  { key: 'roles', flag: 'roles', kind: { type: 'choices', choices: ROLES }, help: `what this process does, by commas: ${ROLES.join(', ')}; fewer than all only on PostgreSQL` },
  { key: 'database_url', flag: 'db', kind: { type: 'address', protocols: ['postgres:', 'postgresql:'], example: 'postgres://user@host:5432/greenwave' }, secret: true, help: 'PostgreSQL with PostGIS; without it the embedded database' },
  { key: 'connections', kind: { type: 'whole', least: 2, most: 200 }, help: 'connections to PostgreSQL at most' },
  { key: 'data', flag: 'data', kind: { type: 'path' }, help: 'directory of the embedded database' },
  { key: 'nats_url', flag: 'nats', kind: { type: 'address', protocols: ['nats:', 'tls:'], example: 'nats://host:4222, several by commas', many: true }, secret: true, help: 'NATS with JetStream between processes; without it batches go straight into the process that they came to' },
  { key: 'nats_ca_file', kind: { type: 'path' }, help: 'certificate (PEM) of who signed that of NATS' },
  { key: 'nats_keep_mb', kind: { type: 'whole', least: 10, most: 10_000_000 }, help: 'megabytes of batches that may wait in the stream when it is made' },
  { key: 'nats_replicas', kind: { type: 'whole', least: 1, most: 5 }, help: 'copies of each stream in a cluster of NATS when it is made' },
  { key: 'mqtt_brokers', kind: { type: 'path' }, help: 'JSON file of MQTT brokers by name: url, username, password_file, ca_file; feeds name them' },
  { key: 'published', kind: { type: 'boolean' }, help: 'everybody may read congestion and signs without a login' },
  { key: 'secure', kind: { type: 'boolean' }, help: 'reached over TLS: cookies and HSTS are for it only' },
  { key: 'trust_proxy', kind: { type: 'boolean' }, help: 'behind a proxy whose X-Forwarded headers are believed' },
  { key: 'rate_per_minute', kind: { type: 'whole', least: 10, most: 1_000_000 }, help: 'requests a minute of one person, key or address' },
  { key: 'session_hours', kind: { type: 'whole', least: 1, most: 720 }, help: 'how long a login lasts' },
  { key: 'night_at', kind: { type: 'time' }, help: 'local time at which the nights of a network are computed, where its own settings name no other' },
  { key: 'keep_days', kind: { type: 'whole', least: 2, most: 3660 }, help: 'days for which observations and minutes are kept' },
  { key: 'admin_login', kind: { type: 'text' }, help: 'login of the first administrator' },
  { key: 'admin_password', kind: { type: 'text' }, secret: true, help: 'password of the first administrator; without it a random one is made and told once' },
  { key: 'oidc_issuer', kind: { type: 'address', protocols: ['https:', 'http:'], example: 'https://login.example/realms/town' }, help: 'identity provider (OpenID Connect) that people may log in with, exactly as it calls itself' },
  { key: 'oidc_client_id', kind: { type: 'text' }, help: 'name of greenwave at the identity provider' },
  { key: 'oidc_client_secret', kind: { type: 'text' }, secret: true, help: 'secret of greenwave at the identity provider' },
  { key: 'oidc_redirect', kind: { type: 'address', protocols: ['https:', 'http:'], example: `https://greenwave.example${OIDC_CALLBACK}` }, help: `where the identity provider sends browsers back to: this service as people reach it, with ${OIDC_CALLBACK}` },
  { key: 'oidc_scope', kind: { type: 'text' }, help: 'what is asked of the identity provider; openid must be among it' },
  { key: 'oidc_role_claim', kind: { type: 'text' }, help: 'claim that has the roles, or the way to it such as realm_access.roles' },
  { key: 'oidc_roles', kind: { type: 'mapping', choices: PERSON_ROLES }, help: `an object from values of that claim to ${PERSON_ROLES.join(', ')}; who has none is refused` },
  { key: 'cabinets_port', kind: { type: 'whole', least: 0, most: 65_535 }, help: 'port for cabinets that fetch signed timings; without it none' },
  { key: 'cabinets_cert_file', kind: { type: 'path' }, help: 'certificate (PEM) that cabinets are shown; with cabinets_key_file and cabinets_ca_file' },
  { key: 'cabinets_key_file', kind: { type: 'path' }, help: 'private key (PEM) of that certificate' },
  { key: 'cabinets_ca_file', kind: { type: 'path' }, help: 'certificate (PEM) of who signs those of cabinets; their common name is the id of the cabinet' },
  { key: 'cabinets_poll_s', kind: { type: 'whole', least: 5, most: 3600 }, help: 'seconds after which cabinets come again' },
  { key: 'map_tiles', kind: { type: 'address', protocols: ['https:', 'http:'], example: 'https://tiles.example/{z}/{x}/{y}.png' }, help: 'background pictures of the map: address of an own tile server with {z}, {x} and {y} in it; without it browsers ask no other host' },
  { key: 'log_level', flag: 'log-level', kind: { type: 'choice', choices: LOG_LEVELS }, help: `least level that is logged: ${LOG_LEVELS.join(', ')}` },
]

export const defaultsFor = (env: NodeJS.ProcessEnv): Configuration => ({
  host: '127.0.0.1', port: 8080, roles: ROLES, connections: 10, data: join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'greenwave'),
  nats_keep_mb: 4000, nats_replicas: 1, published: false, secure: false, trust_proxy: false, rate_per_minute: 1200, session_hours: 12, night_at: '02:30', keep_days: 35, admin_login: 'administrator', oidc_scope: 'openid profile email', oidc_role_claim: 'roles', cabinets_poll_s: 60, log_level: 'info',
})

export const environmentName = (key: Key): string => `GREENWAVE_${key.toUpperCase()}`

/** JSON Schema of greenwave.config.json, from the same table. */
export function configurationSchema(): Record<string, unknown> {
  const defaults = defaultsFor({ XDG_DATA_HOME: '~/.local/share' }) as unknown as Record<string, unknown>
  const typeOf = (kind: Kind): Record<string, unknown> => {
    switch (kind.type) {
      case 'whole': return { type: 'integer', minimum: kind.least, maximum: kind.most }
      case 'boolean': return { type: 'boolean' }
      case 'choice': return { enum: kind.choices }
      case 'choices': return { type: 'array', items: { enum: kind.choices }, minItems: 1, uniqueItems: true }
      case 'mapping': return { type: 'object', additionalProperties: { enum: kind.choices }, minProperties: 1 }
      case 'time': return { type: 'string', pattern: TIME.source }
      default: return { type: 'string', minLength: 1 }
    }
  }
  const properties: Record<string, unknown> = { $schema: { type: 'string' } }
  for (const { key, kind, secret, help } of SETTINGS) {
    if (secret !== true || kind.type === 'address') properties[key] = { ...typeOf(kind), description: secret === true ? `${help}; no password in it` : help, ...(defaults[key] === undefined ? {} : { default: defaults[key] }) }
    if (secret === true) properties[`${key}_file`] = { type: 'string', minLength: 1, description: `a file that holds it: ${help}` }
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'greenwave.config.json', description: 'Settings of the greenwave service', type: 'object', additionalProperties: false, properties }
}
