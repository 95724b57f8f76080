// Answers cabinets: GET /v1/cabinets/{id}/timing and POST /v1/cabinets/{id}/report, on a listener of their own, because it asks for certificates and
// because nothing else of the service may stand in the way of twenty thousand cabinets that ask each minute.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { parseReport, MOST_REPORT_BYTES } from '../../adapters/controllers/pull/report.ts'
import { MEDIA_TYPE, sha256Hex } from '../../adapters/controllers/pull/bundle.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CabinetPost } from '../../plans/ports/cabinets.ts'
import type { CabinetDesk, ReadyCabinet } from './desk.ts'
import type { CabinetIdentity, Proof } from './identity.ts'

export interface CabinetListenerOptions {
  desk: CabinetDesk
  post: CabinetPost
  identity: CabinetIdentity
  now(): number
  base_s: number
  /** PEM; without it plain HTTP, for a proxy that ends TLS. */
  tls?: { cert: Buffer; key: Buffer; ca: Buffer }
  onFailure(error: unknown): void
}

/** What came of requests, for the metrics. */
export interface CabinetCounts {
  unchanged: number
  bundles: number
  reports: number
  refused: number
  replayed: number
}

const ADDRESS = /^\/v1\/cabinets\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(timing|report)$/
const EMPTY_HASH = sha256Hex('')
const MOST_WAIT_S = 25
const OFTEN_S = 5
/** More would be a city that comes every five seconds. */
const MOST_OFTEN = 500
const MOST_A_MINUTE = 120
/** Requests for which the store is asked, at a time. */
const MOST_AT_WORK = 200
const STATUS: Record<Exclude<Proof, 'proven'>, number> = { unproven: 401, replayed: 401, skewed: 409 }
const SENTENCE: Record<number, string> = {
  400: 'not a report', 401: 'not proven to be this cabinet', 404: 'no such cabinet or address', 405: 'method not used here', 409: 'clock skew too large', 410: 'this cabinet was revoked', 413: 'too large', 429: 'too many requests', 503: 'not now',
}

export class CabinetListener {
  readonly server: Server
  readonly counts: CabinetCounts = { unchanged: 0, bundles: 0, reports: 0, refused: 0, replayed: 0 }
  readonly #of: CabinetListenerOptions
  #atWork = 0
  #isOften = true
  #stopping = false

  constructor(options: CabinetListenerOptions) {
    this.#of = options
    const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000, maxHeaderSize: 8192 }
    this.server = options.tls === undefined ? createServer(limits, this.#answer) : createTlsServer({ ...limits, ...options.tls, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' }, this.#answer)
  }

  /** After each look of the desk. */
  looked(): void { this.#isOften = this.#of.desk.watched(this.#of.now()) <= MOST_OFTEN }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#of.desk.release()
    await new Promise<void>((resolve) => { this.server.close(() => resolve()); this.server.closeIdleConnections() })
  }

  readonly #answer: RequestListener = (request, response) => {
    const found = ADDRESS.exec(request.url ?? '')
    if (found === null) { refuse(response, 404); return }
    const [path, cabinet, what] = found as unknown as [string, string, 'timing' | 'report']
    if (what === 'timing' ? request.method !== 'GET' : request.method !== 'POST') { refuse(response, 405); return }
    if (what === 'report') { this.#apart(response, () => this.#report(request, response, cabinet, path)); return }
    const proof = this.#of.identity.prove(request, cabinet, path, EMPTY_HASH)
    if (proof === undefined) { this.#apart(response, async () => { this.#timing(request, response, cabinet, await this.#proveByKey(request, cabinet)) }); return }
    this.#timing(request, response, cabinet, proof)
  }

  #timing(request: IncomingMessage, response: ServerResponse, cabinet: string, proof: Proof): void {
    const ready = this.#admitted(response, cabinet, proof)
    if (ready === undefined) return
    const seen = request.headers['if-none-match']
    if (ready.etag === undefined || seen !== ready.etag) { this.#sendTiming(response, ready); return }
    const wait_s = Math.min(MOST_WAIT_S, Number(/(?:^|[,\s])wait=(\d{1,3})(?:$|[,;\s])/.exec(request.headers.prefer as string | undefined ?? '')?.[1] ?? 0))
    if (wait_s === 0 || this.#stopping) this.#sendUnchanged(response, ready)
    else this.#wait(response, cabinet, ready.etag, wait_s)
  }

  #wait(response: ServerResponse, cabinet: string, seen: string, wait_s: number): void {
    const end = (): void => {
      clearTimeout(timer)
      forget()
      const ready = this.#of.desk.get(cabinet)
      if (response.destroyed) return
      if (ready === undefined) refuse(response, 404)
      else if (ready.etag === seen) this.#sendUnchanged(response, ready)
      else this.#sendTiming(response, ready)
    }
    const timer = setTimeout(end, wait_s * 1000)
    const forget = this.#of.desk.onChange(cabinet, end)
    response.on('close', () => { clearTimeout(timer); forget() })
  }

  /** Undefined where a refusal was sent. */
  #admitted(response: ServerResponse, cabinet: string, proof: Proof): ReadyCabinet | undefined {
    if (proof !== 'proven') {
      this.counts[proof === 'replayed' ? 'replayed' : 'refused']++
      refuse(response, STATUS[proof])
      return undefined
    }
    const ready = this.#of.desk.get(cabinet)
    const now = this.#of.now()
    if (ready === undefined) { refuse(response, 404); return undefined }
    if (!ready.device.enabled) { refuse(response, 410); return undefined }
    const minute = Math.floor(now / 60)
    if (ready.minute !== minute) [ready.minute, ready.requests] = [minute, 0]
    if (++ready.requests > MOST_A_MINUTE) { refuse(response, 429, 60 - Math.floor(now % 60)); return undefined }
    return ready
  }

  #sendUnchanged(response: ServerResponse, ready: ReadyCabinet): void {
    this.counts.unchanged++
    response.writeHead(304, { 'etag': ready.etag, 'x-gw-next-poll': this.#nextPoll(ready) })
    response.end()
  }

  #sendTiming(response: ServerResponse, ready: ReadyCabinet): void {
    const { bundle, etag } = ready
    const next = { 'x-gw-next-poll': this.#nextPoll(ready), 'cache-control': 'no-store' }
    if (bundle === undefined) { response.writeHead(204, next).end(); return }
    this.counts.bundles++
    response.writeHead(200, { ...next, 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(bundle.body), 'etag': etag, 'x-gw-signature': bundle.signature })
    response.end(bundle.body)
  }

  #nextPoll({ bundle }: ReadyCabinet): number {
    return this.#isOften && (bundle?.watched_until_s ?? 0) > this.#of.now() ? OFTEN_S : this.#of.base_s
  }

  async #report(request: IncomingMessage, response: ServerResponse, cabinet: string, path: string): Promise<void> {
    const text = await readBody(request)
    if (text === undefined) { refuse(response, 413); return }
    const proof = this.#of.identity.prove(request, cabinet, path, sha256Hex(text)) ?? await this.#proveByKey(request, cabinet)
    if (this.#admitted(response, cabinet, proof) === undefined) return
    const report = parseReport(text)
    if (report.bundleId !== '0' && !(await this.#of.post.ids(cabinet)).includes(report.bundleId)) { refuse(response, 409, undefined, `bundle ${report.bundleId} is not known`); return }
    await this.#of.post.report(cabinet, { received_s: this.#of.now(), bundle_id: report.bundleId, text }, report.config !== undefined)
    this.counts.reports++
    response.writeHead(202).end()
  }

  async #proveByKey(request: IncomingMessage, cabinet: string): Promise<Proof> {
    const device = this.#of.desk.get(cabinet)?.device
    return device === undefined ? 'unproven' : this.#of.identity.proveByKey(request, device)
  }

  /** For what may have to wait for the store; no more of it at a time than that bears. */
  #apart(response: ServerResponse, work: () => Promise<void>): void {
    if (this.#atWork >= MOST_AT_WORK || this.#stopping) { refuse(response, 503, 5 + Math.floor(Math.random() * 25)); return }
    this.#atWork++
    work().catch((error: unknown) => {
      if (error instanceof GreenwaveError && error.code === 'controller.malformed') { refuse(response, 400, undefined, error.message); return }
      this.#of.onFailure(error)
      refuse(response, 503, 5 + Math.floor(Math.random() * 25))
    }).finally(() => { this.#atWork-- })
  }
}

/** As text; undefined for more than a report may have. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_REPORT_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function refuse(response: ServerResponse, status: number, after_s?: number, sentence = SENTENCE[status]): void {
  if (response.headersSent || response.destroyed) return
  const body = JSON.stringify({ status, detail: sentence })
  response.writeHead(status, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body), ...(after_s === undefined ? {} : { 'retry-after': String(after_s) }), ...(status === 413 ? { 'connection': 'close' } : {}) } as Record<string, string | number>)
  response.end(body)
}
