// Which cabinet asks: by its certificate, by a MAC under the key that was installed, or by a key of the service.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ApiKey } from '../../plans/ports/people.ts'
import { sha256, keyIdOf, sameHash } from '../security/secrets.ts'
import { Nonces } from './nonces.ts'

/** Of the time in a MAC. */
const WINDOW_S = 60
const MAC = /^GW-HMAC-SHA256 cabinet=([A-Za-z0-9][A-Za-z0-9._-]{0,63}),time=(\d{1,12}),nonce=([A-Za-z0-9_-]{16,64}),mac=([A-Za-z0-9_-]{43})$/

export type Proof = 'proven' | 'unproven' | 'replayed' | 'skewed'

export interface IdentityOptions {
  /** Base64url; undefined where none was installed. */
  macKey(cabinet: string): Buffer | undefined
  /** A key of the service, by id. */
  key(id: string): Promise<ApiKey | undefined>
  /** s since 1970. */
  now(): number
  /** Monotonic, s. */
  watch(): number
}

export class CabinetIdentity {
  readonly #options: IdentityOptions
  // A request may be ahead of our clock by the window and is good until as long after: twice the window.
  readonly #nonces = new Nonces(2 * WINDOW_S)
  readonly #names = new WeakMap<Socket, string>()

  constructor(options: IdentityOptions) {
    this.#options = options
  }

  /** Without asking anybody; undefined where a key of the service must be looked up. `body`: hex hash. */
  prove(request: IncomingMessage, cabinet: string, path: string, bodyHash: string): Proof | undefined {
    const { authorization } = request.headers
    if (authorization === undefined) return this.#certificateName(request.socket) === cabinet ? 'proven' : 'unproven'
    const found = MAC.exec(authorization)
    if (found === null) return authorization.startsWith('Bearer ') ? undefined : 'unproven'
    const [, name, time, nonce, mac] = found as unknown as [string, string, string, string, string]
    const key = name === cabinet ? this.#options.macKey(cabinet) : undefined
    if (key === undefined) return 'unproven'
    const expected = createHmac('sha256', key).update(`${time}\n${nonce}\n${request.method}\n${path}\n${bodyHash}`).digest()
    const given = Buffer.from(mac, 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'unproven'
    if (Math.abs(Number(time) - this.#options.now()) > WINDOW_S) return 'skewed'
    return this.#nonces.isNew(`${cabinet} ${nonce}`, this.#options.watch()) ? 'proven' : 'replayed'
  }

  async proveByKey({ headers }: IncomingMessage, { network, signal }: { network: string; signal: string }): Promise<Proof> {
    const secret = (headers.authorization ?? '').slice('Bearer '.length)
    const id = keyIdOf(secret)
    const key = id === undefined ? undefined : await this.#options.key(id)
    const good = key !== undefined && sameHash(key.secret_hash, sha256(secret)) && key.revoked_at === undefined && (key.expires_at ?? Infinity) > this.#options.now()
    return good && key.scopes.some((scope) => scope.do === 'cabinet' && scope.network === network && scope.signal === signal) ? 'proven' : 'unproven'
  }

  /** Of a certificate that the listener's authority signed. */
  #certificateName(socket: Socket): string | undefined {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
    let name = this.#names.get(socket)
    if (name === undefined) this.#names.set(socket, name = socket.getPeerCertificate().subject?.CN?.toString() ?? '')
    return name
  }
}
