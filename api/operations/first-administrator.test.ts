import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { verifyPassword } from '../security/secrets.ts'
import { ensureAdministrator, firstLoginFile } from './first-administrator.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'greenwave-first-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const clock = { now: () => 1_800_000_000 }

describe('the first administrator', () => {
  it('is made once, with a password that only its file knows', async () => {
    const store = memoryStore(clock)
    const own = join(folder, 'one')
    const { path, tell } = firstLoginFile(own)
    const made = await ensureAdministrator(store, { login: 'root', clock, tell })
    const { login, password } = JSON.parse(readFileSync(path, 'utf8')) as { login: string; password: string }
    expect([login, password]).toEqual(['root', made?.made_up])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const person = await store.people.byLogin('root')
    expect(person?.role).toBe('administrator')
    expect(await verifyPassword(password, person?.password_hash)).toBe(true)
    rmSync(path)
    expect(await ensureAdministrator(store, { login: 'root', clock, tell })).toBeUndefined()
    expect(readdirSync(own)).toEqual([])
  })

  it('has the password that was chosen, which must be long enough and is written nowhere', async () => {
    const store = memoryStore(clock)
    const { path, tell } = firstLoginFile(join(folder, 'two'))
    await expect(ensureAdministrator(store, { login: 'root', password: 'short', clock, tell })).rejects.toMatchObject({ code: 'usage' })
    expect(await ensureAdministrator(store, { login: 'root', password: 'correct horse battery', clock, tell })).toEqual({})
    expect(await verifyPassword('correct horse battery', (await store.people.byLogin('root'))?.password_hash)).toBe(true)
    expect(existsSync(path)).toBe(false)
  })

  it('takes no login of somebody else, and leaves no file where it fails', async () => {
    const store = memoryStore(clock)
    await store.people.put({ id: 'v', login: 'root', name: 'Viewer', role: 'viewer', disabled: false, version: 0 }, 0)
    const own = join(folder, 'three')
    await expect(ensureAdministrator(store, { login: 'root', clock, tell: firstLoginFile(own).tell })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('"root"') as string })
    expect(readdirSync(own)).toEqual([])
  })
})
