import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { accept, backOffS, keep, nextPollS, phaseOf, recall } from '../../../deploy/cabinet-agent.mjs'
import { type Bundle, configHash, instantOf, parseBundle, publicText, signBundle, signingKeyOf, type SigningKey } from './bundle.ts'
import type { CabinetConfig } from './report.ts'
import { BODY, CONFIG, KEY, PUBLIC } from './vectors.ts'

const GOOD: Bundle = { ...parseBundle(BODY), baselineHash: configHash(CONFIG), schedule: [{ at: '2026-01-01T00:10:00Z', planNo: 4 }] }
const FROM = instantOf(GOOD.notBefore)

interface Told {
  bundle?: Partial<Bundle>
  key?: SigningKey
  jws?: string
  body?: string
  cabinet?: string
  last?: string
  now?: number
  config?: CabinetConfig
  keys?: Record<string, string>
}

/** What a cabinet makes of it; the good bundle where nothing else is said. */
function told({ bundle = {}, key = KEY, jws, body, cabinet = 'cab-0001', last = '41', now = FROM + 60, config = CONFIG, keys = { 'test-1': PUBLIC } }: Told = {}): string {
  const signed = signBundle({ ...GOOD, ...bundle }, key)
  const taken = accept({ body: body ?? signed.body, jws: jws ?? signed.signature, cabinet, keys, last, now: now * 1000, config })
  return taken.refused ?? `taken ${taken.bundle?.bundleId}`
}

/** The plan of the bundle with one stage changed, the cycle as it then adds up. */
function planWith(i: number, change: Partial<Bundle['plans'][number]['stages'][number]>): Partial<Bundle> {
  const [plan] = GOOD.plans
  const stages = plan!.stages.map((stage, k) => (k === i ? { ...stage, ...change } : stage))
  return { plans: [{ ...plan!, stages, cycleS: stages.reduce((sum, { greenS, yellowS, allRedS }) => sum + greenS + yellowS + allRedS, 0) }] }
}

describe('a cabinet', () => {
  it('takes what is for it, signed, new, in time and on its own configuration', () => {
    expect(told()).toBe('taken 42')
    expect(told({ now: FROM })).toBe('taken 42')
    expect(told({ now: FROM + 3600 })).toBe('taken 42')
  })

  it('refuses the same again and everything older, also beyond what numbers of programs can tell apart', () => {
    expect(told({ last: '42' })).toBe('old-bundle')
    expect(told({ last: '100' })).toBe('old-bundle')
    expect(told({ bundle: { bundleId: '9007199254740992' }, last: '9007199254740993' })).toBe('old-bundle')
    expect(told({ bundle: { bundleId: '18446744073709551615' }, last: '18446744073709551614' })).toBe('taken 18446744073709551615')
  })

  it('refuses what is for another cabinet', () => {
    expect(told({ cabinet: 'cab-0002' })).toBe('other-cabinet')
  })

  it('refuses what nobody whom it knows has signed, and what was changed since', () => {
    const stranger = signingKeyOf(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'test-1')
    const next = { ...stranger, kid: 'test-2' }
    expect(told({ key: stranger })).toBe('signature-bad')
    expect(told({ key: next })).toBe('key-unknown')
    expect(told({ key: next, keys: { 'test-1': PUBLIC, 'test-2': publicText(next) } })).toBe('taken 42')
    const signed = signBundle(GOOD, KEY)
    expect(told({ body: signed.body.replace('"bundleId":"42"', '"bundleId":"43"') })).toBe('signature-bad')
    expect(told({ jws: '' })).toBe('signature-malformed')
    const header = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const own = signed.signature.split('.')[2]
    expect(told({ jws: `${header({ alg: 'none', b64: false, crit: ['b64'], kid: 'test-1' })}..${own}` })).toBe('signature-malformed')
    expect(told({ jws: `${header({ alg: 'EdDSA', b64: false, crit: ['b64'], kid: 'constructor' })}..${own}` })).toBe('key-unknown')
  })

  it('refuses what is not yet or no longer good', () => {
    expect(told({ now: FROM - 1 })).toBe('too-early')
    expect(told({ now: FROM + 3601 })).toBe('expired')
  })

  it('refuses what was made for another configuration than it has', () => {
    expect(told({ config: { ...CONFIG, groups: CONFIG.groups.map((one) => ({ ...one, minGreenS: 6 })) } })).toBe('baseline')
    expect(told({ bundle: { baselineHash: `sha256:${'0'.repeat(64)}` } })).toBe('baseline')
  })

  it('refuses what its own checks find', () => {
    expect(told({ bundle: planWith(1, { greenS: 7 }) })).toBe('taken 42')
    expect(told({ bundle: planWith(1, { greenS: 6 }) })).toBe('plan 4: group 2 green for 6 s, least 7 s')
    expect(told({ bundle: planWith(3, { allRedS: 1 }) })).toBe('plan 4: 4 s from group 4 to 1, not 5 s')
    expect(told({ bundle: planWith(0, { yellowS: 4 }) })).toBe('plan 4: yellow of 4 s after stage 1')
    expect(told({ bundle: planWith(0, { stageNo: 5 }) })).toBe('plan 4: conflicting greens in stage 5')
    expect(told({ bundle: planWith(0, { stageNo: 9 }) })).toBe('plan 4: a stage that this cabinet does not have')
    expect(told({ bundle: { plans: [{ ...GOOD.plans[0]!, cycleS: 99 }] } })).toBe('plan 4: stages of 100 s, cycle 99 s, offset 37 s')
    expect(told({ bundle: { plans: [{ ...GOOD.plans[0]!, offsetS: 100 }] } })).toBe('plan 4: stages of 100 s, cycle 100 s, offset 100 s')
    expect(told({ bundle: { schedule: [{ at: GOOD.notBefore, planNo: 5 }] } })).toBe('plan 5 missing')
    expect(told({ bundle: { checks: ['minimum-green', 'weather'] } })).toBe('check-unknown weather')
  })

  it('remembers over a loss of power what it took last, and does not begin anew where that is broken', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cabinet-'))
    try {
      const file = join(folder, 'state.json')
      expect(recall(file)).toEqual({ last: '0' })
      keep(file, { last: '42', hash: 'x' })
      expect(recall(file)).toEqual({ last: '42', hash: 'x' })
      writeFileSync(file, '{"last":')
      expect(() => recall(file)).toThrow(SyntaxError)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('spreads its polls over the period, and waits for a random part of ever longer times when nobody answers', () => {
    const phases = Array.from({ length: 6000 }, (_, i) => phaseOf(`cab-${i}`, 60))
    const busiest = Math.max(...Array.from({ length: 60 }, (_, s) => phases.filter((one) => one === s).length))
    expect(busiest).toBeLessThan(150)
    expect([nextPollS(60, 0), nextPollS(60, 0.5)]).toEqual([48, 60])
    expect([0, 1, 2, 7, 8, 50].map((failures) => backOffS(failures, 1))).toEqual([5, 10, 20, 640, 900, 900])
    expect(backOffS(50, 0)).toBe(0)
  })
})
