// Laying bundles ready and waiting for what the cabinet tells of them: the only two things that can be done with somebody who must call.
import type { Instant, Seconds } from '../../../model/units.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { CabinetPost, CabinetReport } from '../../../plans/ports/cabinets.ts'
import type { DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { type Bundle, CABINET_ID, parseBundle, signBundle, signingKeyOf, timeText } from './bundle.ts'
import { bundleOf, type BundleParts } from './plan.ts'
import { type CabinetConfig, parseReport, type Report } from './report.ts'

export interface PullSettings {
  cabinet: string
  /** Without a word for so long it is away. */
  patience_s: Seconds
  kid?: string
}

/** Of the part of a bundle's window that lies before now: clocks differ. */
const EARLY_S = 30
const LOOK_S = 0.25

/** Throws input.value with place and value. */
export function readSettings({ id, settings }: DeviceRecord): PullSettings {
  const { cabinet = id, patience_s = 180, kid } = settings
  const refuse = (name: string, value: unknown, wanted: string): never => { throw new GreenwaveError('input.value', `controller ${id}: settings.${name} is ${JSON.stringify(value)}; it must be ${wanted}`) }
  if (typeof cabinet !== 'string' || !CABINET_ID.test(cabinet)) return refuse('cabinet', cabinet, 'at most 64 letters, digits, dots, dashes')
  if (typeof patience_s !== 'number' || !(patience_s >= 10 && patience_s <= 7200)) return refuse('patience_s', patience_s, 'a number from 10 to 7200')
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > 100)) return refuse('kid', kid, 'a text of at most 100')
  return { cabinet, patience_s, ...(kid === undefined ? {} : { kid }) }
}

export interface Told {
  at: Instant
  report: Report
}

export class PullSession {
  readonly settings: PullSettings
  readonly counters = { malformed: 0, unexpected: 0 }
  readonly #device: string
  readonly #context: DriverContext
  readonly #post: CabinetPost
  #seen = -1

  constructor(device: DeviceRecord, context: DriverContext, post: CabinetPost) {
    this.settings = readSettings(device)
    this.#device = device.id
    this.#context = context
    this.#post = post
  }

  async current(): Promise<Bundle | undefined> {
    const kept = await this.#post.bundle(this.settings.cabinet)
    return kept === undefined ? undefined : parseBundle(kept.body)
  }

  async etag(): Promise<string | undefined> { return (await this.#post.bundle(this.settings.cabinet))?.etag }

  /** The last configuration that the cabinet told. Throws controller.unreachable where it never did. */
  async config(): Promise<CabinetConfig> {
    const { config } = await this.#post.told(this.settings.cabinet)
    const found = config === undefined ? undefined : parseReport(config.text).config
    if (found === undefined) throw new GreenwaveError('controller.unreachable', `cabinet ${this.settings.cabinet} has never told its configuration`)
    return found
  }

  /** Signs and lays ready. Out: its id. Throws input.value without a key. */
  async publish(parts: Omit<BundleParts, 'cabinet' | 'bundleId' | 'notBefore' | 'expiresAt'>, expires_at: Instant): Promise<string> {
    const { cabinet, kid } = this.settings
    const pem = this.#context.secret('bundle-key')
    if (pem === undefined) throw new GreenwaveError('input.value', `controller ${this.#device} has no secret "bundle-key" to sign bundles with`)
    const now = this.#context.now()
    const last = (await this.#post.ids(cabinet)).at(-1)
    // Not below the time: a database that was put back to an older state must not give ids that the cabinet has seen.
    const next = BigInt(Math.floor(now))
    const bundleId = String(last === undefined || BigInt(last) < next ? next : BigInt(last) + 1n)
    const signed = signBundle(bundleOf({ ...parts, cabinet, bundleId, notBefore: timeText(now - EARLY_S), expiresAt: timeText(expires_at) }), signingKeyOf(pem, kid))
    await this.#post.publish({ ...signed, published_s: now, watched_until_s: now + this.settings.patience_s })
    this.#context.wire({ time_s: now, device: this.#device, direction: 'sent', hex: Buffer.from(signed.body).toString('hex'), note: `bundle ${bundleId}` })
    return bundleId
  }

  /** What the cabinet tells from now on, once `fits`; asks it to come often meanwhile. Throws controller.unreachable when it stays silent, or says nothing that fits, for its patience. */
  async next(fits: (report: Report) => boolean, signal: AbortSignal, since: Instant = this.#context.now()): Promise<Told> {
    signal.throwIfAborted()
    const until = this.#context.now() + this.settings.patience_s
    await this.#post.watch(this.settings.cabinet, until)
    for (;;) {
      const told = await this.look()
      if (told !== undefined && told.at >= since && fits(told.report)) return told
      if (this.#context.now() >= until) throw new GreenwaveError('controller.unreachable', `cabinet ${this.settings.cabinet} told nothing of this within ${this.settings.patience_s} s`)
      await this.#context.wait(LOOK_S, signal)
    }
  }

  /** The last report that makes sense; undefined where the last does not. */
  async look(): Promise<Told | undefined> {
    const { count, last } = await this.#post.told(this.settings.cabinet)
    if (last === undefined) return undefined
    const isNew = count !== this.#seen
    this.#seen = count
    let report: Report
    try {
      report = parseReport(last.text)
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      if (isNew) this.#note(last, `not believed: ${error.message}`, 'malformed')
      return undefined
    }
    if (report.bundleId !== '0' && !(await this.#post.ids(this.settings.cabinet)).includes(report.bundleId)) {
      if (isNew) this.#note(last, `not believed: bundle ${report.bundleId} is none of ours`, 'unexpected')
      return undefined
    }
    if (isNew) this.#note(last, `report on bundle ${report.bundleId}`)
    return { at: last.received_s, report }
  }

  #note(report: CabinetReport, note: string, counter?: keyof PullSession['counters']): void {
    if (counter !== undefined) this.counters[counter]++
    this.#context.wire({ time_s: report.received_s, device: this.#device, direction: 'received', hex: Buffer.from(report.text).toString('hex'), note })
  }
}
