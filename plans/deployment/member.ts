// One controller on its way: read, check, send, read back, arm, watch, keep; and back from wherever it is. Each step stands in the journal before
// its first byte is sent.
import { checkWrite, type WriteHistory, type WriteLimits } from '../../model/device/check-write.ts'
import type { Baseline, Identity, VerifyLevel, WriteFinding, WriteSet } from '../../model/device/device.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'
import type { ControllerAdapter } from '../ports/controllers.ts'
import type { DeviceLock } from '../ports/devices.ts'
import type { Journal } from './journal.ts'
import { listObstacles, type DeploymentRules, type Override, watchSpan } from './rules.ts'
import { CLOSED, wasSent } from './states.ts'

export interface MemberTools {
  now(): Instant
  wait(seconds: number, signal: AbortSignal): Promise<void>
  rules: DeploymentRules
  limits: Partial<WriteLimits>
  history(): Promise<WriteHistory>
  /** Local date of now. */
  today(): string
  /** Undefined where somebody else has the controller. */
  lock(device: string, deployment: string, force: boolean): Promise<DeviceLock | undefined>
  unlock(lock: Pick<DeviceLock, 'device' | 'token'>): Promise<void>
}

/** Between tries to reach a controller that was lost, s: soon at first, then once a minute. */
const BACK_OFF_S = [2, 5, 10, 20, 40, 60] as const

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
/** What controllers and their adapters say; all else (the store, a takeover, a bug) ends the work on this controller at once. */
const isOfController = (error: unknown): boolean =>
  error instanceof GreenwaveError && error.code !== 'controller.busy' && (error.code.startsWith('controller.') || error.code.startsWith('input.'))

export class Member {
  readonly journal: Journal
  readonly #adapter: ControllerAdapter
  readonly #tools: MemberTools
  #identity: Identity | undefined
  /** What stands against it, once it was looked at. */
  obstacles: WriteFinding[] = []
  /** Of the failure that stopped it. */
  code: string | undefined

  constructor(journal: Journal, adapter: ControllerAdapter, tools: MemberTools) {
    this.journal = journal
    this.#adapter = adapter
    this.#tools = tools
  }

  get device(): string {
    return this.journal.record.device
  }

  get writes(): WriteSet {
    return this.journal.record.writes!
  }

  get #base(): Baseline {
    return this.journal.record.baseline!
  }

  /** Where no lamp state can be read, the controller's own word about its durations must do. */
  get #needed(): VerifyLevel {
    return this.#identity?.capabilities.lamps.can === 'no' ? 4 : 5
  }

  /** Reads the controller and checks what would be sent. False = rejected. Sends nothing that changes anything. */
  async prepare(overrides: readonly Override[], signal: AbortSignal): Promise<boolean> {
    return this.#rejecting(async () => {
      this.#identity = await this.#adapter.identify(signal)
      const baseline = await this.#adapter.readConfig(signal)
      const { want } = this.journal.record
      const writes = this.#adapter.plan(baseline, want)
      const history = await this.#tools.history()
      const findings = [...this.#adapter.check(baseline, writes), ...checkWrite({ device: this.device, base: baseline, writes, want, now: this.#tools.now(), history, limits: this.#tools.limits })]
      this.obstacles = listObstacles(findings, overrides)
      const change = { baseline, writes, findings }
      if (this.obstacles.length === 0) await this.journal.move('checks-passed', { change })
      else await this.journal.move('check-failed', { change, why: this.obstacles.map(({ sentence }) => sentence).join('; ') })
      return this.obstacles.length === 0
    })
  }

  /** Takes the controller, looks whether it still is what was checked, writes and reads back. False = refused, or it is not what was written. */
  async send(signal: AbortSignal): Promise<boolean> {
    const locked = await this.#rejecting(async () => {
      const lock = await this.#lock(signal)
      if (lock === undefined) throw new GreenwaveError('controller.refused', `controller ${this.device} is being written by another deployment`)
      const now = await this.#adapter.readConfig(signal)
      if (now.hash !== this.#base.hash) throw new GreenwaveError('controller.refused', `controller ${this.device} was changed by somebody else since it was checked`)
      if (now.active_slot === this.writes.slot) throw new GreenwaveError('controller.refused', `controller ${this.device} runs slot ${this.writes.slot} by now, which was spare`)
      await this.journal.move('locked', {
        change: { fencing_token: lock.token, attempts: this.journal.record.attempts + 1 },
        also: (stores) => stores.devices.countWrite(this.device, this.#tools.today()),
      })
      return true
    })
    return locked && this.#told(async () => {
      const progress = await this.#adapter.push(this.writes, signal)
      const refused = progress.filter(({ acknowledged }) => !acknowledged)
      const missing = this.writes.items.length - progress.length
      const doubt = refused.length > 0 || missing > 0
      if (doubt) await this.journal.move('doubted', { change: { progress, level: 0 }, why: refused[0] === undefined ? `${missing} items got no answer` : `${refused[0].id} was not acknowledged: ${refused[0].sentence ?? 'no reason was given'}` })
      else await this.journal.note('acknowledged', { change: { progress, level: 1 } })
      const differences = await this.#adapter.verify(this.writes, signal)
      if (differences.length === 0) {
        await this.journal.move('read-back', { change: { level: 2 } })
        return true
      }
      const [first] = differences
      const why = `${first!.name} reads ${first!.found ?? 'nothing'}, not ${first!.expected} (${differences.length} differ)`
      if (doubt) await this.journal.note('not-read-back', { why })
      else await this.journal.move('doubted', { why })
      return false
    })
  }

  /** A lease that is just being prolonged is done in a moment; another run is not. */
  async #lock(signal: AbortSignal): Promise<DeviceLock | undefined> {
    for (const pause of [2, 4, 8, 0]) {
      const lock = await this.#tools.lock(this.device, this.journal.record.id, false)
      if (lock !== undefined || pause === 0) return lock
      await this.#tools.wait(pause, signal)
    }
    return undefined
  }

  async arm(at: Instant, signal: AbortSignal): Promise<boolean> {
    const { mode } = this.journal.record
    const lease_s = Math.max(this.journal.record.lease_s ?? this.#tools.rules.lease_s, this.watch_s + at - this.#tools.now())
    const lease = mode === 'temporary' ? { expires_at: at + lease_s } : undefined
    return this.#told(async () => {
      await this.journal.note('arming', { change: { arm_at: at, attempts: this.journal.record.attempts + 1, ...(lease === undefined ? {} : { lease_expires_at: lease.expires_at, lease_s }) } })
      await this.#adapter.activate(this.writes, at, lease, signal)
      await this.journal.move('activated', { also: (stores) => stores.devices.noteChange(this.device, at) })
      return true
    })
  }

  /** How long it may take from the instant for which it is armed until lamps were seen to follow. */
  get watch_s(): number {
    return watchSpan(this.#tools.rules, this.#base, this.writes)
  }

  /** Watches the lamps until they follow. False = they don't in time, or it is clear that they will not. */
  async observe(signal: AbortSignal): Promise<boolean> {
    return this.#told(async () => {
      const level = await this.#watch(this.#tools.rules.cycles, (this.journal.record.arm_at ?? this.#tools.now()) - this.#tools.now() + this.watch_s, signal)
      if (level.reached) {
        await this.journal.move('reached', { change: { level: level.level } })
        return true
      }
      await this.journal.move('differs', { change: { level: level.level }, why: level.why })
      return false
    })
  }

  async #watch(cycles: number, limit_s: number, signal: AbortSignal): Promise<{ reached: boolean; level: VerifyLevel; why: string }> {
    const over = new AbortController()
    const both = AbortSignal.any([signal, over.signal])
    // The wait ends with the watching; a run that is called off ends both.
    const limit = this.#tools.wait(Math.max(limit_s, 0), both).then(() => over.abort(new GreenwaveError('controller.unreachable', `controller ${this.device} was not seen to follow within ${limit_s} s`)), () => {})
    try {
      const { level, sentences } = await this.#adapter.observe(this.writes, cycles, both)
      return { reached: level >= this.#needed, level, why: `level ${level} of ${this.#needed} was reached${sentences.length === 0 ? '' : `: ${sentences.join('; ')}`}` }
    } finally {
      over.abort()
      await limit
    }
  }

  /** What was seen to work stays: until its lease runs out, or for good. */
  async keep(signal: AbortSignal): Promise<boolean> {
    return this.#told(async () => {
      if (this.journal.record.mode === 'temporary') await this.journal.move('leased')
      else {
        const baseline = await this.#adapter.readConfig(signal)
        await this.journal.move('made-permanent', { also: (stores) => stores.devices.accept(this.device, { baseline, by: this.journal.record.by, at: this.#tools.now() }) })
      }
      return true
    })
  }

  /** A lease of which a third or less is left, for a controller that is at work and runs what is ours. False = it fell back or is lost. */
  async renew(signal: AbortSignal): Promise<boolean> {
    const { lease_expires_at = 0, lease_s = this.#tools.rules.lease_s } = this.journal.record
    if (lease_expires_at - this.#tools.now() > lease_s / 3) return true
    return this.#told(async () => {
      if (await this.#fellBack(signal)) return false
      const expires_at = this.#tools.now() + lease_s
      await this.journal.note('renewing', { change: { lease_expires_at: expires_at, attempts: this.journal.record.attempts + 1 } })
      this.#identity ??= await this.#adapter.identify(signal)
      if (this.#identity.capabilities.lease.can !== 'no') await this.#adapter.renew(this.writes, { expires_at }, signal)
      await this.journal.note('renewed')
      return true
    })
  }

  async #fellBack(signal: AbortSignal): Promise<boolean> {
    const { active_slot, mode } = await this.#adapter.readConfig(signal)
    if (active_slot === this.writes.slot && (mode === 'coordinated' || mode === 'fixed' || mode === 'transition')) return false
    await this.journal.move('fell-back', { change: { level: 0 }, why: `it is ${mode} and runs ${active_slot === undefined ? 'no plan that can be told' : `slot ${active_slot}`}, not slot ${this.writes.slot}` })
    return true
  }

  /** After contact was lost while it ran under a lease: a full read, then the lamps. False = it is on its own again, or still away. */
  async resume(signal: AbortSignal): Promise<boolean> {
    return this.#told(async () => {
      if (await this.#fellBack(signal)) return false
      if ((await this.#adapter.verify(this.writes, signal)).length > 0) return false
      const seen = await this.#watch(this.#tools.rules.cycles, this.watch_s, signal)
      if (!seen.reached) return false
      await this.journal.move('reached', { change: { level: seen.level } })
      await this.journal.move('leased')
      return true
    })
  }

  /** Back to what ran before, and seen to be. Where it can't be reached it stays UNKNOWN, for the supervisor. */
  async undo(why: string, signal: AbortSignal, patience_s = this.#tools.rules.patience_s): Promise<void> {
    const { state } = this.journal.record
    if (CLOSED.has(state) && state !== 'PERMANENT') return
    if (!wasSent(state)) return this.journal.move('withdrawn', { why })
    const until = this.#tools.now() + patience_s
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#rollBack(why, signal)
      } catch (error) {
        if (!isOfController(error)) throw error
        if (this.journal.record.state !== 'UNKNOWN') await this.journal.move('contact-lost', { why: sentenceOf(error) })
        const pause = BACK_OFF_S[Math.min(attempt, BACK_OFF_S.length - 1)]!
        if (this.#tools.now() + pause > until) return this.journal.note('still-lost', { why: `${why}; it can't be brought back yet: ${sentenceOf(error)}` })
        await this.#tools.wait(pause, signal)
      }
    }
  }

  async #rollBack(why: string, signal: AbortSignal): Promise<void> {
    // After contact was lost nobody knows what it holds: a full read comes before anything is sent.
    if (this.journal.record.state === 'UNKNOWN') {
      const found = await this.#adapter.readConfig(signal)
      if (found.hash === this.#base.hash && found.active_slot !== this.writes.slot) return this.journal.move('rolled-back', { change: { level: 0 }, why: `${why}; it holds and runs what it did before` })
    }
    await this.journal.note('rolling-back', { change: { attempts: this.journal.record.attempts + 1 }, why, also: (stores) => stores.devices.countWrite(this.device, this.#tools.today()) })
    const { sentences } = await this.#adapter.rollback(this.#base, this.writes, signal)
    const after = await this.#adapter.readConfig(signal)
    if (after.active_slot === this.writes.slot && this.#base.active_slot !== this.writes.slot) throw new GreenwaveError('controller.refused', `controller ${this.device} still runs slot ${after.active_slot} after the rollback`)
    const other = after.hash === this.#base.hash ? [] : ['what it holds is not in every value what it held before; somebody should look']
    await this.journal.move('rolled-back', { change: { level: 0 }, why: [...sentences, ...other, `it is ${after.mode}${after.active_slot === undefined ? '' : ` and runs slot ${after.active_slot}`}`].join('; ') })
  }

  /** Before anything was sent: what a controller says against it ends it. */
  async #rejecting(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work()
    } catch (error) {
      if (!isOfController(error)) throw error
      this.code = (error as GreenwaveError).code
      await this.journal.move('check-failed', { why: sentenceOf(error) })
      return false
    }
  }

  /** After something was sent: what a controller says against it, or its silence, is told and leaves it to be brought back. */
  async #told(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work()
    } catch (error) {
      if (!isOfController(error)) throw error
      const { code } = error as GreenwaveError
      this.code = code
      if (code === 'controller.unreachable') await this.journal.move('contact-lost', { why: sentenceOf(error) })
      else if (this.journal.record.state === 'SENDING') await this.journal.move('doubted', { why: sentenceOf(error) })
      else await this.journal.note('failed', { why: sentenceOf(error) })
      return false
    }
  }

  async close(): Promise<void> {
    const { fencing_token: token } = this.journal.record
    if (token !== undefined) await this.#tools.unlock({ device: this.device, token })
    await this.#adapter.close()
  }
}
