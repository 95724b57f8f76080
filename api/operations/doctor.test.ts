import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIssuer } from '../../adapters/identity/testing.ts'
import { lockDirectory } from '../../adapters/store/data-lock.ts'
import { loadConfiguration } from '../configuration/load.ts'
import { examine, type Finding } from './doctor.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'greenwave-doctor-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function findings(flags: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<Record<string, Finding>> {
  const found = await examine(loadConfiguration({ folder, env, flags: { port: '0', data: join(folder, 'new'), ...flags } }))
  return Object.fromEntries(found.map((one) => [one.matter, one]))
}

describe('the doctor', () => {
  it('finds nothing wrong with an empty place, and leaves it empty', async () => {
    const found = await findings({})
    expect(Object.values(found).filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(found['database']?.says).toContain('made at the first start')
    expect(Object.keys(found)).toEqual(['Node.js', 'memory', 'time zones', 'roles', 'transport', 'logins', 'data directory', 'database', 'port'])
  })

  it('asks the identity provider, and says what is missing where it is half set up', async () => {
    const provider = await startIssuer(() => Date.now() / 1000)
    const env = { GREENWAVE_OIDC_ISSUER: provider.issuer, GREENWAVE_OIDC_CLIENT_ID: 'greenwave', GREENWAVE_OIDC_CLIENT_SECRET: 'x', GREENWAVE_OIDC_REDIRECT: 'https://greenwave.example/api/v1/sessions/oidc/callback', GREENWAVE_OIDC_ROLES: '{"heads":"approver"}' }
    expect((await findings({}, env))['logins']).toMatchObject({ verdict: 'warn', next: 'Set secure.' })
    expect((await findings({}, { ...env, GREENWAVE_SECURE: 'true' }))['logins']).toMatchObject({ verdict: 'ok', says: `with passwords, and through ${provider.issuer}` })
    expect((await findings({}, { ...env, GREENWAVE_OIDC_ISSUER: `${provider.issuer}/` }))['logins']).toMatchObject({ verdict: 'fail', says: expect.stringContaining(`it calls itself ${provider.issuer};`) as string })
    await provider.close()
    expect((await findings({}, env))['logins']).toMatchObject({ verdict: 'fail', next: expect.stringContaining('reaches it') as string })
    expect((await findings({}, { ...env, GREENWAVE_OIDC_ROLES: '' }))['logins']).toMatchObject({ verdict: 'fail', says: expect.stringContaining('needs oidc_roles too') as string })
  })

  it('finds a port that is taken, a variable that is none, an open door, a held directory and one that cannot be', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const { port } = server.address() as { port: number }
    expect((await findings({ port: String(port) }, { GREENWAVE_PROT: 'x' }))).toMatchObject({ port: { verdict: 'warn', says: `127.0.0.1:${port} is in use` }, environment: { verdict: 'warn', says: 'GREENWAVE_PROT is no setting' } })
    await new Promise((resolve) => { server.close(resolve) })
    expect((await findings({ host: '0.0.0.0' }))['transport']).toMatchObject({ verdict: 'warn', next: expect.stringContaining('TLS') as string })
    const held = join(folder, 'held')
    const lock = lockDirectory(held)
    expect((await findings({ data: held }))['database']).toMatchObject({ verdict: 'warn', says: expect.stringContaining('is held by process') as string })
    lock.release()
    expect((await findings({ data: held }))['database']).toMatchObject({ verdict: 'ok' })
    writeFileSync(join(folder, 'file'), '')
    expect((await findings({ data: join(folder, 'file', 'x') }))['data directory']).toMatchObject({ verdict: 'fail', says: expect.stringContaining('is no directory') as string })
  })
})
