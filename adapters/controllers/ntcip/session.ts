// A polite conversation with one controller: one request at a time, a tenth of a second between them, reads asked again, writes never.
import { GreenwaveError } from '../../../model/errors.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { encodePdu } from './ber.ts'
import { oidOf, type WriteValue } from './objects.ts'
import { SnmpRefusal, type Found, type SnmpPort } from './port.ts'

/** Between two requests to one device, by the emulated clock: controllers are slow and have other things to do. */
const SPACING_S = 0.1
/** How often a read is asked again, with twice as long a pause each time. */
const RETRIES = 3
const BACK_OFF_S = 0.5
const NO_SUCH_NAME = 2
const TOO_BIG = 1

export class SnmpSession {
  readonly #port: SnmpPort
  readonly #context: DriverContext
  readonly #device: string
  readonly #most: number
  #free: Promise<unknown> = Promise.resolve()
  #last = Number.NEGATIVE_INFINITY

  constructor(port: SnmpPort, context: DriverContext, device: string, most: number) {
    this.#port = port
    this.#context = context
    this.#device = device
    this.#most = most
  }

  /** What stands at all these ids; those that the controller does not have are not in the map. */
  async read(oids: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    for (let at = 0; at < oids.length; at += this.#most) {
      for (const { oid, value } of await this.#readSome(oids.slice(at, at + this.#most), signal)) if (value !== undefined) found.set(oid, value)
    }
    return found
  }

  /** One SET, sent once. Throws SnmpRefusal, or `controller.unreachable` where nobody knows whether it was taken. */
  async write(items: WriteValue[], signal: AbortSignal): Promise<void> {
    await this.#inTurn(signal, async () => {
      this.#keep('sent', encodePdu('set', items.map(({ object, index, value }) => ({ oid: oidOf(object, index), value }))).toString('hex'), 'SET in clear, request id 0')
      await this.#port.set(items)
    })
  }

  close(): void {
    this.#port.close()
  }

  async #readSome(oids: readonly string[], signal: AbortSignal): Promise<Found[]> {
    if (oids.length === 0) return []
    for (let attempt = 0; ; attempt++) {
      try {
        const found = await this.#inTurn(signal, () => this.#port.get([...oids]))
        if (found.length !== oids.length) throw new GreenwaveError('controller.malformed', `asked for ${oids.length} objects, ${found.length} were answered`)
        this.#keep('received', '', found.map(({ oid, value }) => `${oid} = ${value ?? 'none'}`).join(', '))
        return found
      } catch (error) {
        if (error instanceof SnmpRefusal) return this.#readAround(error, oids, signal)
        if (attempt === RETRIES || !(error instanceof GreenwaveError) || signal.aborted) throw error
        await this.#context.wait(BACK_OFF_S * 2 ** attempt, signal)
      }
    }
  }

  /** SNMPv1 refuses the whole request for one object that is not there; small agents refuse one that is too large. */
  async #readAround(refusal: SnmpRefusal, oids: readonly string[], signal: AbortSignal): Promise<Found[]> {
    const { status, index } = refusal
    const missing = oids[index - 1]
    if (status === NO_SUCH_NAME && (missing !== undefined || oids.length === 1)) {
      return this.#readSome(oids.filter((oid) => oid !== (missing ?? oids[0])), signal)
    }
    if ((status === TOO_BIG || status === NO_SUCH_NAME) && oids.length > 1) {
      const half = oids.length >> 1
      return [...await this.#readSome(oids.slice(0, half), signal), ...await this.#readSome(oids.slice(half), signal)]
    }
    throw refusal
  }

  async #inTurn<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    const before = this.#free
    let release = (): void => undefined
    this.#free = new Promise<void>((resolve) => { release = resolve })
    try {
      await before
      signal.throwIfAborted()
      const pause = this.#last + SPACING_S - this.#context.now()
      if (pause > 0) await this.#context.wait(Math.min(pause, SPACING_S), signal)
      return await request()
    } finally {
      this.#last = this.#context.now()
      release()
    }
  }

  #keep(direction: 'sent' | 'received', hex: string, note: string): void {
    this.#context.wire({ time_s: this.#context.now(), device: this.#device, direction, hex, note })
  }
}
