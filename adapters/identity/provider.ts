// OpenID Connect: sends a browser to the identity provider, and believes what comes back only where the provider signed it for us and for this login.
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, EncryptJWT, errors, jwtDecrypt, jwtVerify, type JWTPayload, type RemoteJWKSet } from 'jose'
import { GreenwaveError } from '../../model/errors.ts'
import type { Clock } from '../../plans/ports/clock.ts'

export interface ProviderSettings {
  /** Exactly as the provider calls itself. */
  issuer: string
  client_id: string
  client_secret: string
  /** Where the provider sends browsers back to. */
  redirect: string
  /** Words with spaces; `openid` among them. */
  scope: string
}

/** What the browser keeps from the beginning of a login until its end. */
interface Begun {
  state: string
  nonce: string
  verifier: string
}

/** As it stood in the address that the provider sent the browser to. */
export interface Returned {
  state?: string | undefined
  code?: string | undefined
  error?: string | undefined
  iss?: string | undefined
}

/** Who it is, in the provider's words. */
export type Claims = JWTPayload & { sub: string }

interface Discovered {
  authorization_endpoint: string
  token_endpoint: string
  jwks_uri: string
  token_endpoint_auth_methods_supported?: string[]
  authorization_response_iss_parameter_supported?: boolean
}

/** A person types a password and perhaps a second factor meanwhile. */
export const LOGIN_S = 600
const CLOCK_TOLERANCE_S = 60
const DISCOVERED_MS = 3_600_000
const PATIENCE_MS = 8000
/** Signed with the provider's private key: neither `none` nor what a shared secret could forge. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Of jose: keys could not be had, which says nothing of the token. */
const NO_KEYS = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const random = (): string => randomBytes(32).toString('base64url')
const refused = (why: string): GreenwaveError => new GreenwaveError('request.unauthenticated', why)

/** Whoever can change what comes over plain HTTP could let in anybody. */
export const isGuarded = (address: string): boolean => URL.canParse(address) && (new URL(address).protocol === 'https:' || (new URL(address).protocol === 'http:' && LOOPBACK.includes(new URL(address).hostname)))

export class IdentityProvider {
  readonly #settings: ProviderSettings
  readonly #clock: Clock
  /** From the secret, so that a login that began at one process can end at another. */
  readonly #seal: Uint8Array
  #found: { at_ms: number; what: Promise<Discovered> } | undefined
  #keys: { uri: string; get: RemoteJWKSet } | undefined

  constructor(settings: ProviderSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#seal = new Uint8Array(hkdfSync('sha256', settings.client_secret, settings.issuer, `greenwave login of ${settings.client_id}`, 32))
  }

  /** Where to send the browser, and what it has to bring back in a cookie. Throws `login.unreachable`. */
  async begin(): Promise<{ address: string; sealed: string }> {
    const { authorization_endpoint } = await this.#discover()
    const begun: Begun = { state: random(), nonce: random(), verifier: random() }
    const { client_id, redirect, scope } = this.#settings
    const address = new URL(authorization_endpoint)
    const asked = { response_type: 'code', client_id, redirect_uri: redirect, scope, state: begun.state, nonce: begun.nonce, code_challenge: createHash('sha256').update(begun.verifier).digest('base64url'), code_challenge_method: 'S256' }
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value)
    const sealed = await new EncryptJWT({ ...begun }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).setExpirationTime(Math.floor(this.#clock.now()) + LOGIN_S).encrypt(this.#seal)
    return { address: address.href, sealed }
  }

  /**
   * Who came back. `once` is asked with the state before the provider is, and says whether it is the first time. Throws `request.malformed` for a login
   * that was not begun by this browser, `request.unauthenticated` for one that the provider did not vouch for, `login.unreachable`.
   */
  async finish(returned: Returned, sealed: string | undefined, once: (state: string) => Promise<boolean>): Promise<Claims> {
    const begun = await this.#unseal(sealed)
    if (begun === undefined || returned.state !== begun.state) throw new GreenwaveError('request.malformed', `This login was not begun in this browser, or more than ${LOGIN_S / 60} minutes ago; begin anew`)
    if (!(await once(begun.state))) throw new GreenwaveError('request.malformed', 'This login was ended before; begin anew')
    const discovered = await this.#discover()
    const { issuer } = this.#settings
    // RFC 9207: a code of another provider must not be brought to this one.
    if (returned.iss === undefined ? discovered.authorization_response_iss_parameter_supported === true : returned.iss !== issuer) throw refused(`The answer does not come from ${issuer}`)
    if (returned.error !== undefined) throw refused(`${issuer} refused the login: ${wordOf(returned.error)}`)
    if (returned.code === undefined) throw refused(`${issuer} sent no code`)
    return this.#believe(await this.#exchange(discovered, returned.code, begun.verifier), begun.nonce, discovered.jwks_uri)
  }

  /** Throws `login.unreachable` with what is wrong: for who sets it up. */
  async probe(): Promise<void> {
    const { jwks_uri } = await this.#discover()
    const keys = await this.#ask(jwks_uri)
    if (!Array.isArray(keys['keys']) || keys['keys'].length === 0) throw this.#away('it has no keys')
  }

  async #unseal(sealed: string | undefined): Promise<Begun | undefined> {
    if (sealed === undefined) return undefined
    try {
      const { payload } = await jwtDecrypt<Begun>(sealed, this.#seal, { currentDate: this.#today(), requiredClaims: ['exp'], keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] })
      return payload
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }

  #today(): Date {
    return new Date(this.#clock.now() * 1000)
  }

  async #believe(token: string, nonce: string, uri: string): Promise<Claims> {
    const { issuer, client_id } = this.#settings
    if (this.#keys?.uri !== uri) this.#keys = { uri, get: createRemoteJWKSet(new URL(uri), { timeoutDuration: PATIENCE_MS }) }
    let claims: JWTPayload
    try {
      claims = (await jwtVerify(token, this.#keys.get, { issuer, audience: client_id, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_S, maxTokenAge: LOGIN_S, currentDate: this.#today(), requiredClaims: ['sub', 'exp', 'iat', 'nonce'] })).payload
    } catch (error) {
      if (error instanceof errors.JOSEError && !NO_KEYS.includes(error.code)) throw refused(`The token of ${issuer} is not good: ${error.message}`)
      throw this.#away(`its keys cannot be read: ${(error as Error).message}`, error)
    }
    if (claims['nonce'] !== nonce) throw refused(`The token of ${issuer} is of another login`)
    // OpenID Connect Core 3.1.3.7, steps 4 and 5.
    const { azp } = claims
    if (azp === undefined ? Array.isArray(claims.aud) && claims.aud.length > 1 : azp !== client_id) throw refused(`The token of ${issuer} was made for another service`)
    if (typeof claims.sub !== 'string' || claims.sub === '') throw refused(`The token of ${issuer} does not say whose it is`)
    return { ...claims, sub: claims.sub }
  }

  async #exchange({ token_endpoint, token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: Discovered, code: string, verifier: string): Promise<string> {
    const { issuer, client_id, client_secret, redirect } = this.#settings
    const form = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier })
    const headers: Record<string, string> = {}
    if (methods.includes('client_secret_basic')) headers['authorization'] = `Basic ${Buffer.from(`${formEncoded(client_id)}:${formEncoded(client_secret)}`).toString('base64')}`
    else for (const [name, value] of Object.entries({ client_id, client_secret })) form.set(name, value)
    const answer = await this.#ask(token_endpoint, { method: 'POST', headers, body: form })
    if (answer['error'] === 'invalid_client') throw this.#away('it does not take our client id and secret')
    if (answer['error'] !== undefined) throw refused(`${issuer} did not take the code: ${wordOf(String(answer['error']))}`)
    if (typeof answer['id_token'] !== 'string') throw refused(`${issuer} sent no id_token`)
    return answer['id_token']
  }

  /** Kept for an hour; a failure is not kept. */
  #discover(): Promise<Discovered> {
    const now = performance.now()
    if (this.#found !== undefined && now - this.#found.at_ms < DISCOVERED_MS) return this.#found.what
    const found = { at_ms: now, what: this.#readDiscovery() }
    this.#found = found
    found.what.catch(() => { if (this.#found === found) this.#found = undefined })
    return found.what
  }

  async #readDiscovery(): Promise<Discovered> {
    const { issuer } = this.#settings
    const document = await this.#ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    if (document['issuer'] !== issuer) throw this.#away(`it calls itself ${wordOf(String(document['issuer']))}; the setting must be exactly that`)
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) if (!isGuarded(String(document[name]))) throw this.#away(`its ${name} is no https address`)
    return document as unknown as Discovered
  }

  /** A refusal that is a JSON object is an answer. */
  async #ask(address: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
    let answer: Response
    let body: unknown
    try {
      answer = await fetch(address, { ...init, headers: { accept: 'application/json', ...init.headers as Record<string, string> }, redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) })
      body = await answer.json()
    } catch (error) {
      throw this.#away(`${address}: ${(error as Error).message}`, error)
    }
    const refusal = answer.status >= 400 && answer.status < 500 && init.method === 'POST'
    if ((!answer.ok && !refusal) || typeof body !== 'object' || body === null) throw this.#away(`${address} answered ${answer.status}`)
    if (refusal && !('error' in body)) throw this.#away(`${address} answered ${answer.status}`)
    return body as Record<string, unknown>
  }

  #away(why: string, cause?: unknown): GreenwaveError {
    return new GreenwaveError('login.unreachable', `The identity provider ${this.#settings.issuer} can't be used: ${why}`, undefined, cause)
  }
}

/** Of a stranger: short and printable. */
const wordOf = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)

/** RFC 6749, 2.3.1: both are encoded as in a form before they are joined. */
const formEncoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)
