// The TCP ports that sites connect to, with TLS where the settings say so. Open as long as somebody attends a site of it.
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { GreenwaveError } from '../../../model/errors.ts'
import type { DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { decodeMessage, encodeMessage, FormFeedCutter, type FromSite, idOf } from './codec.ts'
import { readSettings, type Settings } from './config.ts'
import { type Door, RsmpSite } from './session.ts'

/** Until its Version nobody knows whose a connection is. */
const INTRODUCTION_MS = 30_000

const ADDRESSES = new Map<string, RsmpListener>()

/** The site of these settings, shared by all who attend to it. Throws input.value where the port can't be opened as they say. */
export function siteOf(settings: Settings, secret: DriverContext['secret']): RsmpSite {
  const key = `${settings.host}:${settings.port}`
  let listener = ADDRESSES.get(key)
  if (listener === undefined) {
    listener = new RsmpListener(key, settings, secret)
    ADDRESSES.set(key, listener)
  }
  return listener.site(settings)
}

export interface HeldSite {
  readonly site: RsmpSite
  /** No longer held: where nobody else attends to it, its connection ends. */
  release(): void
}

/** Lets the site of a controller connect although nobody asks it anything yet. Throws input.value for settings that are wrong. */
export function holdSite(device: DeviceRecord, context: Pick<DriverContext, 'now' | 'wait' | 'secret'>): HeldSite {
  const site = siteOf(readSettings(device), context.secret)
  return { site, release: site.join({ device: device.id, context: { now: context.now, wait: context.wait } }) }
}

class RsmpListener implements Door {
  readonly #key: string
  readonly #settings: Settings
  readonly #sites = new Map<string, RsmpSite>()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #listening: Promise<void> | undefined

  constructor(key: string, settings: Settings, secret: DriverContext['secret']) {
    this.#key = key
    this.#settings = settings
    this.#server = settings.tls === 'mutual' ? tlsServer(settings, secret, (socket) => this.#accept(socket)) : createServer((socket) => this.#accept(socket))
    // A handshake that fails, or a connection that could not be accepted, ends nothing but itself.
    this.#server.on('tlsClientError', (_: Error, socket: Socket) => socket.destroy()).on('error', () => {})
    this.listening.catch(() => {})
  }

  site(settings: Settings): RsmpSite {
    if (settings.tls !== this.#settings.tls) throw new GreenwaveError('input.value', `port ${settings.port} is open for another site with tls "${this.#settings.tls}"; site ${settings.site} has "${settings.tls}"`)
    const site = this.#sites.get(settings.site) ?? new RsmpSite(settings, this)
    this.#sites.set(settings.site, site)
    return site
  }

  get listening(): Promise<void> {
    this.#listening ??= new Promise<void>((resolve, reject) => {
      const server = this.#server
      const end = (act: () => void): void => { server.off('error', failed).off('listening', begun); act() }
      const failed = (error: Error): void => end(() => { this.#listening = undefined; reject(error) })
      const begun = (): void => end(resolve)
      server.on('error', failed).on('listening', begun).listen(this.#settings.port, this.#settings.host)
    })
    return this.#listening
  }

  leave(site: RsmpSite): void {
    if (this.#sites.get(site.id) === site) this.#sites.delete(site.id)
    if (this.#sites.size > 0) return
    if (ADDRESSES.get(this.#key) === this) ADDRESSES.delete(this.#key)
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    const cutter = new FormFeedCutter()
    let site: RsmpSite | undefined
    const patience = setTimeout(() => { if (site === undefined) socket.destroy() }, INTRODUCTION_MS)
    socket.setNoDelay(true).on('error', () => socket.destroy()).on('close', () => { clearTimeout(patience); this.#sockets.delete(socket); site?.lost(socket) })
    socket.on('data', (bytes) => {
      try {
        for (const message of cutter.push(bytes)) {
          if (site === undefined) site = this.#introduce(socket, message)
          else site.receive(socket, message)
        }
      } catch {
        site?.tellOversize()
        socket.destroy()
      }
    })
  }

  #introduce(socket: Socket, bytes: Buffer): RsmpSite | undefined {
    const refuse = (id: string | undefined, rea: string): undefined => { if (id !== undefined) socket.write(encodeMessage('MessageNotAck', { oMId: id, rea })); socket.end() }
    let message: FromSite
    try {
      message = decodeMessage(bytes)
    } catch {
      return refuse(idOf(bytes), 'not understood')
    }
    if (message.type !== 'Version') return refuse('mId' in message ? message.mId : undefined, 'Version comes first')
    const site = message.sites.map((id) => this.#sites.get(id)).find((one) => one !== undefined)
    if (site === undefined) return refuse(message.mId, 'unknown site')
    const why = nameOf(socket) === undefined || nameOf(socket) === site.id ? site.refusal(message) : 'the certificate is of another site'
    if (why !== undefined) return refuse(message.mId, why)
    site.adopt(socket, message, bytes)
    return site
  }
}

/** Common name of the certificate; undefined without TLS. Whoever has none got no connection. */
const nameOf = (socket: Socket): string | undefined => (socket instanceof TLSSocket ? [socket.getPeerCertificate().subject?.CN ?? ''].flat().join() : undefined)

/** The PEMs of the first site open the port for all of it. */
function tlsServer({ site }: Settings, secret: DriverContext['secret'], accept: (socket: Socket) => void): Server {
  const pem = (name: string): string => {
    const text = secret(name)
    if (text === undefined || text === '') throw new GreenwaveError('input.value', `site ${site} has tls "mutual", but there is no secret ${name}`)
    return text
  }
  const given = { cert: pem('rsmp-tls-cert'), key: pem('rsmp-tls-key'), ca: pem('rsmp-tls-ca') }
  try {
    return createTlsServer({ ...given, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, accept)
  } catch {
    // What OpenSSL says may show what is in the files.
    throw new GreenwaveError('input.value', `the secrets rsmp-tls-cert, rsmp-tls-key and rsmp-tls-ca of site ${site} are no certificate, its key and an authority (PEM)`)
  }
}
