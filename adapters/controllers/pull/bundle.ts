// What a cabinet is told: a document of whole numbers and texts in its one canonical form (RFC 8785), hashed for its ETag and signed once (RFC 7515, 7797, 8032).
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant } from '../../../model/units.ts'
import { canonicalJson } from '../../../plans/ports/canonical.ts'
import { type Fields, fieldsOf, isWhole, listOf, textOf, wholeOf } from './fields.ts'

export const SCHEMA = 'greenwave.timing/1'
export const MEDIA_TYPE = 'application/vnd.greenwave.timing+json'

/** Green, then yellow, then all red, in whole seconds. */
export interface BundleStage {
  stageNo: number
  greenS: number
  yellowS: number
  allRedS: number
}

/** The first stage begins at `offsetS` of master time (s since local midnight) modulo the cycle. */
export interface BundlePlan {
  planNo: number
  cycleS: number
  offsetS: number
  stages: BundleStage[]
}

/** A plan runs from the first cycle end at or after `at`, until the next entry or the end of the bundle. */
export interface BundleEntry {
  at: string
  planNo: number
}

export interface Bundle {
  schema: typeof SCHEMA
  cabinetId: string
  /** u64, decimal, without leading zeros; only grows. */
  bundleId: string
  /** `sha256:` and hex, of the cabinet's own configuration. */
  baselineHash: string
  /** RFC 3339 in UTC, whole seconds. */
  notBefore: string
  expiresAt: string
  /** At `expiresAt` a temporary bundle ends and the cabinet's own plan runs; a permanent one goes on, its window only says when it may be accepted. */
  mode: 'temporary' | 'permanent'
  plans: BundlePlan[]
  /** Empty: plans are stored and none of them runs. */
  schedule: BundleEntry[]
  fallback: 'local'
  /** What the cabinet must check by itself; it refuses a bundle with a word that it doesn't know. */
  checks?: string[]
}

/** As it travels. */
export interface SignedBundle {
  cabinet: string
  bundle_id: string
  /** Canonical. */
  body: string
  /** Hex; the ETag is this in quotes. */
  etag: string
  /** Detached JWS. */
  signature: string
}

const MOST_U64 = 18_446_744_073_709_551_615n
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const HASH = /^sha256:[0-9a-f]{64}$/
export const CABINET_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** Of a bundle's bytes. */
export const MOST_BYTES = 64 * 1024

export const timeText = (at: Instant): string => new Date(Math.floor(at) * 1000).toISOString().replace('.000Z', 'Z')
export const instantOf = (time: string): Instant => Date.parse(time) / 1000
export const sha256Hex = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const configHash = (config: unknown): string => `sha256:${sha256Hex(canonical(config))}`

/** RFC 8785 for what we send: whole numbers and texts without broken surrogate pairs. Throws controller.malformed for anything else. */
export function canonical(value: unknown): string {
  requireCanonical(value, 0)
  return canonicalJson(value)
}

function requireCanonical(value: unknown, depth: number): void {
  if (depth > 32) throw new GreenwaveError('controller.malformed', 'a document deeper than 32')
  if (typeof value === 'string') { if (!isWhole(value)) throw new GreenwaveError('controller.malformed', 'a text with half a surrogate pair') }
  else if (typeof value === 'number') { if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new GreenwaveError('controller.malformed', `the number ${value}; only whole ones are signed`) }
  else if (Array.isArray(value)) for (const item of value) requireCanonical(item, depth + 1)
  else if (typeof value === 'object' && value !== null) for (const [name, item] of Object.entries(value)) { requireCanonical(name, depth); requireCanonical(item, depth + 1) }
  else if (typeof value !== 'boolean' && value !== null) throw new GreenwaveError('controller.malformed', `a ${typeof value} in a document`)
}

/** Throws controller.malformed for what is no bundle, is not canonical, or has one word more or less. */
export function parseBundle(body: string): Bundle {
  if (body.length > MOST_BYTES) throw new GreenwaveError('controller.malformed', `a bundle of ${body.length} bytes; at most ${MOST_BYTES}`)
  const value = parseJson(body)
  const bundle = bundleOf(fieldsOf(value, 'the bundle', ['schema', 'cabinetId', 'bundleId', 'baselineHash', 'notBefore', 'expiresAt', 'mode', 'plans', 'schedule', 'fallback'], ['checks']))
  if (canonical(bundle) !== body) throw new GreenwaveError('controller.malformed', 'a bundle that is not in its canonical form')
  return bundle
}

/** Throws controller.malformed. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new GreenwaveError('controller.malformed', 'what is no JSON')
  }
}

function bundleOf(fields: Fields): Bundle {
  const expect = (name: string, fits: (text: string) => boolean): string => {
    const text = textOf(fields[name], name)
    if (!fits(text)) throw new GreenwaveError('controller.malformed', `${name} is ${JSON.stringify(text.slice(0, 80))}`)
    return text
  }
  const time = (name: string): string => expect(name, isTime)
  return {
    schema: expect('schema', (text) => text === SCHEMA) as typeof SCHEMA, cabinetId: expect('cabinetId', (text) => CABINET_ID.test(text)), bundleId: expect('bundleId', isBundleId),
    baselineHash: expect('baselineHash', (text) => HASH.test(text)), notBefore: time('notBefore'), expiresAt: time('expiresAt'),
    mode: expect('mode', (text) => text === 'temporary' || text === 'permanent') as Bundle['mode'], fallback: expect('fallback', (text) => text === 'local') as 'local',
    plans: listOf(fields['plans'], 'plans', 64).map(planOf),
    schedule: listOf(fields['schedule'], 'schedule', 256).map((item): BundleEntry => {
      const entry = fieldsOf(item, 'schedule', ['at', 'planNo'])
      const at = textOf(entry['at'], 'at')
      if (!isTime(at)) throw new GreenwaveError('controller.malformed', `schedule: at is ${JSON.stringify(at.slice(0, 40))}`)
      return { at, planNo: wholeOf(entry['planNo'], 'planNo', 1, 65_535) }
    }),
    ...(fields['checks'] === undefined ? {} : { checks: listOf(fields['checks'], 'checks', 16).map((one) => textOf(one, 'checks')) }),
  }
}

export const isBundleId = (text: string): boolean => /^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) <= MOST_U64
const isTime = (text: string): boolean => TIME.test(text) && !Number.isNaN(Date.parse(text)) && timeText(instantOf(text)) === text

/** As it stands in a bundle and in a cabinet's configuration. Throws controller.malformed. */
export function planOf(item: unknown): BundlePlan {
  const plan = fieldsOf(item, 'a plan', ['planNo', 'cycleS', 'offsetS', 'stages'])
  return {
    planNo: wholeOf(plan['planNo'], 'planNo', 1, 65_535), cycleS: wholeOf(plan['cycleS'], 'cycleS', 1, 3600), offsetS: wholeOf(plan['offsetS'], 'offsetS', 0, 3599),
    stages: listOf(plan['stages'], 'stages', 64).map((one): BundleStage => {
      const stage = fieldsOf(one, 'a stage', ['stageNo', 'greenS', 'yellowS', 'allRedS'])
      return {
        stageNo: wholeOf(stage['stageNo'], 'stageNo', 1, 65_535), greenS: wholeOf(stage['greenS'], 'greenS', 0, 3600),
        yellowS: wholeOf(stage['yellowS'], 'yellowS', 0, 60), allRedS: wholeOf(stage['allRedS'], 'allRedS', 0, 3600),
      }
    }),
  }
}

export interface SigningKey {
  kid: string
  key: KeyObject
}

/** From PEM (PKCS #8). Without a kid the first half of the hash of the public key. Throws input.value. */
export function signingKeyOf(pem: string, kid?: string): SigningKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new GreenwaveError('input.value', 'the key that signs bundles is no private key in PEM')
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new GreenwaveError('input.value', `the key that signs bundles is ${key.asymmetricKeyType}; it must be ed25519`)
  return { kid: kid ?? sha256Hex(createPublicKey(key).export({ type: 'spki', format: 'der' })).slice(0, 32), key }
}

/** As cabinets pin it: base64url of 32 bytes. */
export const publicText = ({ key }: SigningKey): string => (createPublicKey(key).export({ format: 'jwk' }) as { x: string }).x
export const publicKeyOf = (x: string): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })

const headerText = (kid: string): string => Buffer.from(`{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":${JSON.stringify(kid)}}`).toString('base64url')

/** Canonical bytes, their hash and a detached JWS. The same bundle and key give the same bytes. */
export function signBundle(bundle: Bundle, { kid, key }: SigningKey): SignedBundle {
  const body = canonical(bundle)
  const header = headerText(kid)
  const signature = sign(null, Buffer.from(`${header}.${body}`), key).toString('base64url')
  return { cabinet: bundle.cabinetId, bundle_id: bundle.bundleId, body, etag: sha256Hex(body), signature: `${header}..${signature}` }
}

export type SignatureVerdict = 'good' | 'malformed' | 'unknown-key' | 'bad'

/** `keys`: those that are pinned, by kid; two while one follows another. */
export function verifySignature(body: string, jws: string, keys: ReadonlyMap<string, KeyObject>): SignatureVerdict {
  const found = /^([A-Za-z0-9_-]{1,1000})\.\.([A-Za-z0-9_-]{86})$/.exec(jws)
  if (found === null) return 'malformed'
  const [, header, signature] = found as unknown as [string, string, string]
  const kid = kidOf(header)
  if (kid === undefined) return 'malformed'
  const key = keys.get(kid)
  if (key === undefined) return 'unknown-key'
  return verify(null, Buffer.from(`${header}.${body}`), key, Buffer.from(signature, 'base64url')) ? 'good' : 'bad'
}

/** Only the header that we write: `alg` and `crit` are nobody's choice. */
function kidOf(header: string): string | undefined {
  try {
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: unknown }
    return typeof kid === 'string' && headerText(kid) === header ? kid : undefined
  } catch {
    return undefined
  }
}
