import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical as agentCanonical } from '../../../deploy/cabinet-agent.mjs'
import { GreenwaveError } from '../../../model/errors.ts'
import { canonical, isBundleId, parseBundle, publicKeyOf, publicText, signBundle, signingKeyOf, verifySignature } from './bundle.ts'
import { fuzzTarget } from './fuzz.ts'
import { BODY, HASH, JWS, KEY, PUBLIC } from './vectors.ts'

const pinned = new Map([['test-1', publicKeyOf(PUBLIC)]])

describe('a bundle', () => {
  it('has the bytes, the hash and the signature of the description', () => {
    expect(Buffer.byteLength(BODY)).toBe(541)
    const signed = signBundle(parseBundle(BODY), KEY)
    expect(signed).toEqual({ cabinet: 'cab-0001', bundle_id: '42', body: BODY, etag: HASH, signature: JWS })
    expect(publicText(KEY)).toBe(PUBLIC)
    expect(verifySignature(BODY, JWS, pinned)).toBe('good')
  })

  it('is proven by openssl as well', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
    try {
      const [header, , signature] = JWS.split('.') as [string, string, string]
      writeFileSync(join(folder, 'key.pem'), publicKeyOf(PUBLIC).export({ type: 'spki', format: 'pem' }).toString())
      writeFileSync(join(folder, 'sig'), Buffer.from(signature, 'base64url'))
      const said = (body: string): string => {
        writeFileSync(join(folder, 'input'), `${header}.${body}`)
        try {
          return execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'input', '-sigfile', 'sig'], { cwd: folder, stdio: 'pipe', encoding: 'utf8' })
        } catch (error) {
          return (error as { stdout?: string }).stdout ?? String(error)
        }
      }
      expect(said(BODY)).toMatch(/Verified Successfully/)
      expect(said(BODY.replace('"greenS":29', '"greenS":28'))).toMatch(/Failure/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is refused where one byte of it or of its signature is another', () => {
    fc.assert(fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 127 }), (at, by) => {
      const bytes = Buffer.from(BODY)
      bytes[at] = bytes[at]! ^ by
      return verifySignature(bytes.toString('latin1'), JWS, pinned) === 'bad'
    }), { numRuns: 100 })
    expect(verifySignature(BODY, JWS.replace('..7D', '..7E'), pinned)).toBe('bad')
    expect(verifySignature(BODY, JWS, new Map<string, KeyObject>())).toBe('unknown-key')
    expect(verifySignature(BODY, `${Buffer.from('{"alg":"none","kid":"test-1"}').toString('base64url')}..${JWS.split('.')[2]}`, pinned)).toBe('malformed')
  })

  it('is good under the old and the new key while one follows the other', () => {
    const next = signingKeyOf(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    const both = new Map([...pinned, [next.kid, publicKeyOf(publicText(next))]])
    const bundle = parseBundle(BODY)
    expect([KEY, next].map((key) => verifySignature(BODY, signBundle(bundle, key).signature, both))).toEqual(['good', 'good'])
    expect(verifySignature(BODY, signBundle(bundle, next).signature, pinned)).toBe('unknown-key')
  })

  it('holds whole numbers and texts only, in the one order that RFC 8785 gives them', () => {
    // RFC 8785, 3.2.3: by UTF-16 units, not by code points.
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
    const text = canonical(Object.fromEntries(names.map((name, i) => [name, i])))
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'])
    for (const value of [1.5, NaN, -0, 2 ** 53, '\ud800', undefined]) expect(() => canonical({ value })).toThrow(GreenwaveError)
    const whole = fc.letrec((tie) => ({ value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.string({ unit: 'grapheme' }), fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))) })).value
    fc.assert(fc.property(whole, (value) => canonical(value) === agentCanonical(value)), { numRuns: 300 })
  })

  it('counts to the last of 64 bits', () => {
    expect(['0', '1', '18446744073709551615'].every(isBundleId)).toBe(true)
    expect(['', '01', '-1', '1.0', '18446744073709551616', '1e3'].some(isBundleId)).toBe(false)
  })

  it('throws only its own errors at whatever comes', () => {
    let refused = 0
    const target = (bytes: Uint8Array): void => {
      try {
        fuzzTarget(bytes)
      } catch (error) {
        if (!(error instanceof GreenwaveError)) throw error
        refused++
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), target))
    fc.assert(fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(2), (at, value, how) => {
      const bytes = Buffer.concat([Buffer.from([how]), Buffer.from(BODY)])
      bytes[at + 1] = value
      target(bytes)
    }), { numRuns: 500 })
    expect(refused).toBeGreaterThan(100)
  })

  it('is refused with a field more, a field less, a value beyond its range or blanks', () => {
    const changed = (change: (value: Record<string, unknown>) => void): string => { const value = JSON.parse(BODY) as Record<string, unknown>; change(value); return canonical(value) }
    for (const body of [
      `${BODY} `, changed((value) => { value['extra'] = 1 }), changed((value) => { delete value['mode'] }), changed((value) => { value['bundleId'] = 42 }), changed((value) => { value['expiresAt'] = '2026-02-30T00:00:00Z' }),
      changed((value) => { value['baselineHash'] = 'sha256:00' }), changed((value) => { (value['plans'] as { cycleS: number }[])[0]!.cycleS = 0 }), changed((value) => { value['fallback'] = 'flash' }), changed((value) => { value['mode'] = 'forever' }),
    ]) expect(() => parseBundle(body)).toThrow(GreenwaveError)
  })
})
