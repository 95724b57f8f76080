import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfiguration, shownValue } from './load.ts'
import { oidcOf } from './oidc.ts'
import { configurationSchema, SETTINGS } from './settings.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'greenwave-configuration-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A folder with this as its greenwave.config.json. */
function folderWith(content: unknown): string {
  const own = mkdtempSync(join(folder, 'x'))
  writeFileSync(join(own, 'greenwave.config.json'), typeof content === 'string' ? content : JSON.stringify(content))
  return own
}
const load = (content: unknown, { env = {}, flags = {} }: { env?: NodeJS.ProcessEnv; flags?: Record<string, string> } = {}) => loadConfiguration({ folder: folderWith(content), env, flags })

describe('the configuration', () => {
  it('is taken from the file, over it the environment, over that the flags, and remembers from where', () => {
    const { configuration, origins } = load({ port: 1, session_hours: 2, connections: 3 }, { env: { GREENWAVE_PORT: '4', GREENWAVE_CONNECTIONS: '5', GREENWAVE_HOST: '' }, flags: { port: '6' } })
    expect(configuration).toMatchObject({ port: 6, session_hours: 2, connections: 5, host: '127.0.0.1', rate_per_minute: 1200 })
    expect(origins).toMatchObject({ port: 'flag --port', session_hours: expect.stringMatching(/^file .*greenwave\.config\.json$/) as string, connections: 'environment GREENWAVE_CONNECTIONS', host: 'default' })
  })

  it.each<[string, unknown, NodeJS.ProcessEnv, Record<string, string>, RegExp]>([
    ['a setting that is none', { prot: 1 }, {}, {}, /greenwave\.config\.json: "prot" is no setting; there are .*port/],
    ['a port that is none', { port: 70_000 }, {}, {}, /port \(file .*\) is 70000; it must be a whole number from 0 to 65535/],
    ['a variable that is no number', {}, { GREENWAVE_PORT: '80a' }, {}, /port \(environment GREENWAVE_PORT\) is "80a"/],
    ['a flag that is no level', {}, {}, { 'log-level': 'loud' }, /log_level \(flag --log-level\) is "loud"; it must be one of debug, info/],
    ['a role that is none', { roles: ['web', 'sleep'] }, {}, {}, /roles .* is \["web","sleep"\]; it must be some of web, ingest, work/],
    ['no roles', {}, {}, { roles: ',' }, /roles \(flag --roles\) is ","/],
    ['a time that is none', { night_at: '24:00' }, {}, {}, /night_at .* is "24:00"; it must be a time such as 02:30/],
    ['text where a yes belongs', { secure: 'perhaps' }, {}, {}, /secure .* is "perhaps"; it must be true or false/],
    ['a mapping onto a role that is none', { oidc_roles: { heads: 'king' } }, {}, {}, /oidc_roles .* is \{"heads":"king"\}; it must be an object such as/],
    ['a mapping that is no JSON', {}, { GREENWAVE_OIDC_ROLES: 'heads=approver' }, {}, /oidc_roles \(environment GREENWAVE_OIDC_ROLES\) is "heads=approver"/],
    ['a mapping of nothing', { oidc_roles: {} }, {}, {}, /oidc_roles .* is \{\}/],
    ['the secret of an identity provider in the file', { oidc_client_secret: 'secret@' }, {}, {}, /oidc_client_secret must not stand here/],
    ['what is no JSON', '{"port": }', {}, {}, /greenwave\.config\.json: is no JSON/],
    ['a list', [1], {}, {}, /must be an object of settings/],
    ['a secret in the file', { admin_password: 'a long enough one' }, {}, {}, /admin_password must not stand here/],
    ['a password in the file', { database_url: 'postgres://me:secret@db/x' }, {}, {}, /has a password in it/],
    ['a password among the flags', {}, {}, { db: 'postgres://db/x?password=secret' }, /--db: .* has a password in it; give it by GREENWAVE_DATABASE_URL/],
    ['a password among the addresses of a stream', {}, {}, { nats: 'nats://a:4222,nats://me:secret@b:4222' }, /--nats: .* has a password in it; give it by GREENWAVE_NATS_URL or/],
    ['another broker', { nats_url: 'nats://a:4222, mqtt://b' }, {}, {}, /nats_url .* is no such value; it must be an address such as nats:/],
    ['another database', {}, { GREENWAVE_DATABASE_URL: 'mysql://me:secret@db/x' }, {}, /database_url \(environment GREENWAVE_DATABASE_URL\) is no such value/],
    ['a secret file that is not there', {}, { GREENWAVE_ADMIN_PASSWORD_FILE: '/nowhere/x' }, {}, /\/nowhere\/x, which environment GREENWAVE_ADMIN_PASSWORD_FILE names, cannot be read/],
  ])('refuses %s with the setting, the value and where it stood, and never shows a secret', (_, content, env, flags, sentence) => {
    let refused: unknown
    try {
      load(content, { env, flags })
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({ name: 'GreenwaveError', message: expect.stringMatching(sentence) as string })
    expect(String(refused)).not.toContain('secret@')
    expect(String(refused)).not.toContain('=secret')
  })

  it('takes roles as a list and by commas, each once and in their order', () => {
    expect(load({ roles: ['work', 'web'] }).configuration.roles).toEqual(['web', 'work'])
    expect(load({}, { env: { GREENWAVE_ROLES: 'ingest, ingest' } }).configuration.roles).toEqual(['ingest'])
    expect(load({}).configuration.roles).toEqual(['web', 'ingest', 'work'])
  })

  it('takes secrets from files that are named, and shows none', () => {
    const own = folderWith({ admin_password_file: 'password', data: 'town' })
    writeFileSync(join(own, 'password'), 'from a file\n')
    const loaded = loadConfiguration({ folder: '/', file: join(own, 'greenwave.config.json'), flags: {}, env: { DATABASE_URL: 'postgres://me:secret@db:5433/town' } })
    expect(loaded.configuration).toMatchObject({ admin_password: 'from a file', database_url: 'postgres://me:secret@db:5433/town', data: join(own, 'town') })
    expect(loaded.origins).toMatchObject({ database_url: 'environment DATABASE_URL', admin_password: expect.stringContaining(`which names ${join(own, 'password')}`) as string })
    const shown = SETTINGS.map((setting) => shownValue(setting, loaded.configuration)).join(' ')
    expect(shown).toContain('postgres://me:***@db:5433/town')
    expect(shown).not.toMatch(/secret|from a file/)
  })

  it('takes an identity provider whole or not at all, and over https or from this computer only', () => {
    const whole = { oidc_issuer: 'https://login.example/town', oidc_client_id: 'greenwave', oidc_redirect: 'https://greenwave.example/api/v1/sessions/oidc/callback', oidc_roles: { heads: 'approver' } }
    const env = { GREENWAVE_OIDC_CLIENT_SECRET: 'hidden' }
    const oidc = (content: object, by: NodeJS.ProcessEnv = env) => oidcOf(load(content, { env: by }).configuration)
    expect(oidc({}, {})).toBeUndefined()
    expect(oidc(whole)).toEqual({
      settings: { issuer: whole.oidc_issuer, client_id: 'greenwave', client_secret: 'hidden', redirect: whole.oidc_redirect, scope: 'openid profile email' }, mapping: { claim: 'roles', roles: { heads: 'approver' } },
    })
    expect(oidc(whole, { ...env, GREENWAVE_OIDC_ROLES: '{"lookers": "viewer"}' })?.mapping.roles).toEqual({ lookers: 'viewer' })
    expect(oidc({ ...whole, oidc_issuer: 'http://127.0.0.1:9000' })).toBeDefined()
    expect(() => oidc(whole, {})).toThrow(/needs oidc_client_secret too/)
    expect(() => oidc({ ...whole, oidc_issuer: 'http://login.example/town' })).toThrow(/oidc_issuer is http:.*https/)
    expect(() => oidc({ ...whole, oidc_redirect: 'https://greenwave.example/' })).toThrow(/path must be \/api\/v1\/sessions\/oidc\/callback/)
    expect(() => oidc({ ...whole, oidc_scope: 'profile' })).toThrow(/openid must be among it/)
  })

  it('names variables that look like settings and are none', () => {
    expect(load({}, { env: { GREENWAVE_PROT: '1', GREENWAVE_PORT: '1', HOME: 'x' } }).unknown).toEqual(['GREENWAVE_PROT'])
  })

  it('has a published schema that is up to date', () => {
    expect(JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'deploy', 'greenwave.config.schema.json'), 'utf8'))).toEqual(configurationSchema())
  })
})
