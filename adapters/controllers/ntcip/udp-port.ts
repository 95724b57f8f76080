// SNMP over UDP with net-snmp. The library gets a socket of ours, so that every datagram is screened and kept before it is believed, and so that
// whatever a hostile one makes it throw ends here. It never sends twice: whether to ask again is for the session above to say.
import { createSocket, type RemoteInfo } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import snmp, { type DatagramSocket, type RequestFailed, type Session, type VarBind } from 'net-snmp'
import { GreenwaveError } from '../../../model/errors.ts'
import type { WireEntry } from '../../../plans/ports/controllers.ts'
import type { Link } from './config.ts'
import { checkRange, oidOf, type WriteValue } from './objects.ts'
import { SnmpRefusal, type Counters, type Found, type SnmpPort } from './port.ts'
import { screen } from './screen.ts'

export type Keep = (entry: Pick<WireEntry, 'direction' | 'hex' | 'note'>) => void

const AUTH = { 'SHA': 'sha', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const
const PRIVACY = { 'AES': 'aes', 'AES-256': 'aes256b', 'AES-256-R': 'aes256r' } as const
/** Beyond the library's own time-out, in case it lost a request to a datagram that made it throw. */
const GRACE_MS = 500

export class UdpPort implements SnmpPort {
  readonly #link: Link
  readonly #keep: Keep
  readonly #counters: Counters
  #session: Promise<Session> | undefined
  #address = ''
  #engine: string | undefined
  /** Engine of the datagram that is being handled. */
  #heard: string | undefined
  /** Why the last datagram was not believed: told if nothing better comes in time. */
  #refused: string | undefined

  constructor(link: Link, keep: Keep, counters: Counters) {
    this.#link = link
    this.#keep = keep
    this.#counters = counters
    this.#engine = link.engine_id
  }

  async get(oids: string[]): Promise<Found[]> {
    const found = await this.#ask((session, answer) => session.get(oids, answer), oids)
    return found.map((bind, i) => {
      if (bind.oid !== oids[i]) throw new GreenwaveError('controller.malformed', `asked for ${oids[i]}, answered was ${bind.oid}`)
      return { oid: bind.oid, value: textOf(bind) }
    })
  }

  async set(items: WriteValue[]): Promise<void> {
    for (const item of items) checkRange(item)
    const binds = items.map(({ object, index, value }) => ({ oid: oidOf(object, index), type: snmp.ObjectType.Integer, value }))
    await this.#ask((session, answer) => session.set(binds, answer), binds.map(({ oid }) => oid))
  }

  close(): void {
    const session = this.#session
    this.#session = undefined
    // A session that never opened has told its reason to whoever asked.
    session?.then((open) => open.close(), () => undefined)
  }

  async #ask(send: (session: Session, answer: (error: RequestFailed | null, binds?: VarBind[]) => void) => void, oids: string[]): Promise<VarBind[]> {
    this.#session ??= this.#open()
    const session = await this.#session.catch((error: unknown) => {
      this.#session = undefined
      throw error
    })
    this.#refused = undefined
    return new Promise<VarBind[]>((resolve, reject) => {
      const guard = setTimeout(() => reject(this.#silence()), this.#link.timeout_s * 1000 + GRACE_MS)
      const answer = (error: RequestFailed | null, binds?: VarBind[]): void => {
        clearTimeout(guard)
        if (error === null) {
          // The library calls while it handles the datagram that was screened last, and proved that it is this engine's: from now on no other is listened to.
          this.#engine ??= this.#heard
          resolve(binds ?? [])
        } else reject(this.#reasonOf(error, oids))
      }
      try {
        send(session, answer)
      } catch (error) {
        clearTimeout(guard)
        reject(new GreenwaveError('controller.malformed', `the request can't be sent: ${String(error)}`))
      }
    })
  }

  #silence(): GreenwaveError {
    this.#counters.unanswered++
    const why = this.#refused === undefined ? '' : `; what came was not believed: ${this.#refused}`
    return new GreenwaveError('controller.unreachable', `no answer from ${this.#link.host}:${this.#link.port} within ${this.#link.timeout_s} s${why}`)
  }

  #reasonOf(error: RequestFailed, oids: string[]): GreenwaveError {
    if (error.name === 'RequestTimedOutError') return this.#silence()
    if (error.name === 'RequestFailedError' && error.status !== undefined) {
      return new SnmpRefusal(error.status, oids.findIndex((oid) => error.message.endsWith(`: ${oid}`)) + 1)
    }
    // Wrong password, wrong user, another engine, a time outside the window: nothing that it says is believed.
    if (error.name === 'ResponseInvalidError') {
      this.#counters.unexpected++
      return new GreenwaveError('controller.unreachable', `${this.#link.host}:${this.#link.port} can't be believed: ${withoutKeys(error.message)}`)
    }
    return new GreenwaveError('controller.unreachable', `${this.#link.host}:${this.#link.port}: ${error.message}`)
  }

  async #open(): Promise<Session> {
    const { host, port, version, timeout_s, user, auth, privacy, keys } = this.#link
    try {
      this.#address = (await lookup(host, 4)).address
    } catch (error) {
      throw new GreenwaveError('controller.unreachable', `the address ${host} is not known`, undefined, error)
    }
    const options = { port, timeout: timeout_s * 1000, retries: 0, reportOidMismatchErrors: true, strictIntRangeChecks: true, dgramModule: { createSocket: () => this.#socket() } }
    const session = version === 'v3'
      ? snmp.createV3Session(this.#address, { name: user, level: snmp.SecurityLevel.authPriv, authProtocol: snmp.AuthProtocols[AUTH[auth]], authKey: keys.auth, privProtocol: snmp.PrivProtocols[PRIVACY[privacy]], privKey: keys.privacy }, options)
      : snmp.createSession(this.#address, keys.community, { ...options, version: version === 'v1' ? snmp.Version1 : snmp.Version2c })
    session.on('error', () => { this.#counters.malformed++ })
    return session
  }

  #socket(): DatagramSocket {
    const socket = createSocket('udp4')
    return {
      on: (event, listener) => socket.on(event, event === 'message' ? (bytes: Buffer, from: RemoteInfo) => this.#receive(bytes, from, listener as unknown as (bytes: Buffer) => void) : listener as () => void),
      send: (bytes, offset, length, port, address, done) => {
        this.#keep({ direction: 'sent', hex: this.#hexOf(bytes), note: this.#note() })
        socket.send(bytes, offset, length, port, address, done)
      },
      close: () => socket.close(),
      ref: () => socket.ref(),
      unref: () => socket.unref(),
    }
  }

  #receive(bytes: Buffer, from: RemoteInfo, pass: (bytes: Buffer) => void): void {
    const hex = this.#hexOf(bytes)
    const refuse = (counter: 'malformed' | 'unexpected', sentence: string): void => {
      this.#counters[counter]++
      this.#refused = sentence
      this.#keep({ direction: 'received', hex, note: `not believed: ${sentence}` })
    }
    if (from.address !== this.#address || from.port !== this.#link.port) return refuse('unexpected', `it comes from ${from.address}:${from.port}`)
    try {
      this.#heard = screen(bytes, { version: this.#link.version, ...(this.#engine === undefined ? {} : { engine: this.#engine }) })
      this.#keep({ direction: 'received', hex, note: this.#note() })
      pass(bytes)
    } catch (error) {
      if (error instanceof GreenwaveError) refuse('malformed', error.message)
      else refuse('malformed', `it can't be read (${error instanceof Error ? error.name : 'error'})`)
    }
  }

  /** Without the community, which is a password, wherever it stands: a datagram that is no message may hold it too. */
  #hexOf(bytes: Buffer): string {
    const { version, keys } = this.#link
    const secret = Buffer.from(keys.community)
    if (version === 'v3' || secret.length === 0) return bytes.toString('hex')
    const copy = Buffer.from(bytes)
    for (let at = copy.indexOf(secret); at >= 0; at = copy.indexOf(secret, at + secret.length)) copy.fill(0, at, at + secret.length)
    return copy.toString('hex')
  }

  #note(): string {
    return this.#link.version === 'v3' ? 'SNMPv3, encrypted' : `SNMP${this.#link.version}, community as zeros`
  }
}

/** The library puts digests into its sentence; a log needs neither. */
const withoutKeys = (message: string): string => (message.startsWith('Authentication digest') ? 'the authentication of the answer is wrong' : message)

function textOf({ oid, type, value }: VarBind): string | undefined {
  const { NoSuchObject, NoSuchInstance, EndOfMibView, Null } = snmp.ObjectType
  if (type === NoSuchObject || type === NoSuchInstance || type === EndOfMibView) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex')}`
  if (typeof value === 'string' && type === snmp.ObjectType.OID) return value
  throw new GreenwaveError('controller.malformed', `${oid} has a value of type ${type === Null ? 'null' : type}`)
}
