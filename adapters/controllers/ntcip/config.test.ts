import { describe, expect, it } from 'vitest'
import { readSettings, type Settings } from './config.ts'
import { SECRETS, SETTINGS, SIGNAL } from './testing.ts'

const read = (changes: Record<string, unknown> = {}, secret = (name: string): string | undefined => SECRETS[name]): Settings =>
  readSettings({ id: 'd1', network: 'n', signal: 'S', protocol: 'ntcip', settings: { ...SETTINGS, ...changes }, enabled: true, version: 1 }, { signal: SIGNAL, secret })

describe('the settings of a controller', () => {
  it('are SNMPv3 with SHA-256 and AES, and read-only where nobody knows, unless they say otherwise', () => {
    const { link, profile, phases } = read()
    expect([link.version, link.auth, link.privacy, link.port]).toEqual(['v3', 'SHA-256', 'AES', 161])
    expect(profile).toEqual({ max_varbinds: 10, split_number_writable: 'unknown', sync_point: 'unknown', sync_minutes: undefined })
    expect(phases.get('8')).toBe(8)
    expect(read({ groups: undefined }).phases.get('7')).toBe(7)
  })

  it('want somebody who answers for less protection', () => {
    const waiver = { by: 'A. Engineer', reason: 'speaks nothing newer' }
    for (const weak of [{ version: 'v1' }, { version: 'v2c' }, { auth: 'SHA' }]) {
      expect(() => read(weak)).toThrow(/waiver must say by whom/)
      expect(() => read({ ...weak, waiver: { by: 'A. Engineer', reason: ' ' } })).toThrow(/waiver/)
      expect(read({ ...weak, waiver }).link).toMatchObject(weak)
    }
  })

  it('are refused with place and value', () => {
    const wrong: [Record<string, unknown>, RegExp][] = [
      [{ host: '' }, /d1: host must be a text, is ""/], [{ port: 0 }, /port must be a whole number from 1 to 65535, is 0/], [{ version: 'v4' }, /one of v1, v2c, v3/], [{ password: 'x' }, /password is not known/],
      [{ groups: { 9: 1 } }, /group "9", which the signal does not have/], [{ groups: { 1: 2, 2: 2 } }, /two groups the number 2/], [{ groups: { 1: 0 } }, /number 0/], [{ patterns: [254] }, /patterns from 1 to 253/],
      [{ engine_id: 'zz' }, /engine_id/], [{ profile: { max_varbinds: 11 } }, /from 1 to 10, is 11/], [{ profile: { sync_minutes: 1440 } }, /from 0 to 1439/], [{ profile: { sync_point: 'begin' } }, /sync_point/],
    ]
    for (const [changes, sentence] of wrong) expect(() => read(changes)).toThrow(sentence)
    expect(() => read({}, () => undefined)).toThrow(/auth_secret names the secret "d1-auth", which is not there/)
  })
})
