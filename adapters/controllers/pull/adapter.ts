// A cabinet that fetches its timings, as a controller: what is pushed is laid ready, and what is known of it is what it tells.
import { judgeLamps } from '../../../model/device/as-run.ts'
import type { AsRunGreen, Baseline, ControlLease, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { Instant } from '../../../model/units.ts'
import type { CabinetPost } from '../../../plans/ports/cabinets.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { BROKEN } from '../watch.ts'
import { imageHash } from '../write-set.ts'
import { type Bundle, configHash, instantOf, timeText } from './bundle.ts'
import { checkWrites, deviceConfigOf, imageOf, planOfItems, planWrites } from './plan.ts'
import type { CabinetLamps, Report } from './report.ts'
import { PullSession, type Told } from './session.ts'

/** For what is stored and not run, and for going back. */
const STORE_S = 3600
/** A permanent bundle must be fetched within. */
const PERMANENT_S = 7 * 86_400
/** As in watch.ts: three cycles until a plan begins, eight to come into step. */
const [START_CYCLES, PATIENCE_CYCLES] = [3, 8]
const LOOK_S = 0.25
const yes = { can: 'yes' } as const

class PullAdapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #session: PullSession

  constructor(device: DeviceRecord, context: DriverContext, post: CabinetPost) {
    this.#device = device
    this.#context = context
    this.#session = new PullSession(device, context, post)
  }

  get counters(): PullSession['counters'] { return this.#session.counters }

  async identify(signal: AbortSignal): Promise<Identity> {
    const { report } = await this.#session.next(() => true, signal)
    const { vendor, model, firmware, schema } = await this.#session.config()
    const lamps = report.lamps === undefined ? { can: 'no', because: 'the cabinet tells no lamps' } as const : yes
    return {
      vendor, model, firmware, protocol: 'pull', profile: schema, ...skewOf(report),
      capabilities: { read_config: yes, new_plans: yes, splits: yes, offset: yes, cycle: yes, select_plan: { can: 'no', because: 'a bundle brings the plan that it runs' }, schedule: yes, lease: yes, lamps },
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const { report } = await this.#session.next(() => true, signal)
    const config = await this.#session.config()
    const image = imageOf(config)
    const own = deviceConfigOf(config, await this.#session.current())
    const active = report.lamps?.planNo
    return {
      device: this.#device.id, read_at: this.#context.now(), hash: imageHash(image), image, mode: report.lamps?.mode ?? 'unknown',
      config: { ...own, slots: own.slots.map((slot) => (slot.slot === active ? { ...slot, used_by: [...slot.used_by, 'runs now'] } : slot)) },
      ...(active === undefined ? {} : { active_slot: active }), ...skewOf(report),
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet { return planWrites(base, want, this.#session.settings.cabinet, baselineOf(base)) }

  check(base: Baseline, writes: WriteSet): WriteFinding[] { return checkWrites(base, writes) }

  async push(writes: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    signal.throwIfAborted()
    const kept = await this.#running()
    const bundleId = await this.#session.publish({
      baselineHash: configHash(await this.#session.config()), plans: [...kept?.plans ?? [], planOfItems(writes)], ...(kept === undefined ? {} : { schedule: kept.schedule, mode: kept.mode }),
    }, kept === undefined ? this.#context.now() + STORE_S : instantOf(kept.expiresAt))
    const { report } = await this.#answer(bundleId, signal)
    if (report.state === 'REFUSED') return [{ id: writes.items[0]?.id ?? '', acknowledged: false, sentence: report.reason ?? 'refused without a reason' }]
    return writes.items.map(({ id }) => ({ id, acknowledged: true }))
  }

  async verify(writes: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    const { report } = await this.#session.next(() => true, signal)
    const current = await this.#session.current()
    const plan = current?.plans.find(({ planNo }) => planNo === writes.slot)
    const isKept = report.bundleId === current?.bundleId && report.level >= 2 && report.etag === await this.#session.etag() && ['STORED', 'ARMED', 'EFFECTIVE'].includes(report.state)
    const found = (name: string): string | null => {
      if (!isKept || plan === undefined) return null
      return name.endsWith(' stages') ? JSON.stringify(plan.stages) : String(name.endsWith(' cycleS') ? plan.cycleS : plan.offsetS)
    }
    return writes.items.map(({ id, name, new: expected }) => ({ id, name, expected, found: found(id) })).filter(({ id, expected, found: value }) => {
      // As documents: the order of names is no difference.
      return value === null || (id.endsWith(' stages') ? JSON.stringify(planOfItems(writes).stages) !== value : value !== expected)
    })
  }

  async activate(writes: WriteSet, at: Instant, lease: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await this.#told({
      baselineHash: configHash(await this.#session.config()), plans: [planOfItems(writes)], schedule: [{ at: timeText(Math.ceil(at)), planNo: writes.slot }], mode: lease === undefined ? 'permanent' : 'temporary',
    }, lease?.expires_at ?? this.#context.now() + PERMANENT_S, signal)
    await this.#context.wait(Math.max(0, at - this.#context.now()), signal)
  }

  async renew(writes: WriteSet, lease: ControlLease, signal: AbortSignal): Promise<void> {
    const current = await this.#session.current()
    if (current?.schedule.some(({ planNo }) => planNo === writes.slot) !== true) throw new GreenwaveError('controller.refused', `no bundle runs plan ${writes.slot}; there is nothing to prolong`)
    const { baselineHash, plans, schedule } = current
    await this.#told({ baselineHash, plans, schedule, mode: 'temporary' }, lease.expires_at, signal)
  }

  async observe({ slot, timing }: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    const [from_s, cycle_s, local] = [this.#context.now(), timing.cycle / 10, new LocalTime(this.#context.time_zone)]
    let [patience, judged, step_s]: [number, number, number | undefined] = [START_CYCLES, 0, undefined]
    let [sentences, last]: [string[], CabinetLamps | undefined] = [[], undefined]
    const seen = (level: 2 | 3 | 5): Observation => ({
      level, mode: last?.mode ?? 'unknown', ...(last?.planNo === undefined ? {} : { active_slot: last.planNo }), cycles: judged, greens: last === undefined ? [] : greensOf(last), sentences: level === 5 ? [] : sentences, from_s, until_s: this.#context.now(),
    })
    while (!signal.aborted && this.#context.now() - from_s < patience * cycle_s) {
      const told = await this.#next(signal)
      if (told === undefined) break
      last = told.report.lamps
      if (last === undefined) { sentences = ['the cabinet tells no lamps']; break }
      if (BROKEN.includes(last.mode)) { sentences = [`the controller is in mode ${last.mode}`]; break }
      const runs = last.planNo === slot
      if (runs) patience = PATIENCE_CYCLES + cycles + 1
      const isInStep = runs && last.mode === 'coordinated'
      step_s = isInStep ? step_s ?? last.at / 10 : undefined
      sentences = [runs ? `it is not in step: mode ${last.mode}` : `plan ${last.planNo ?? 'unknown'} runs, not ${slot}`]
      if (step_s === undefined) continue
      const until_s = last.at / 10
      const window_s = Math.max(step_s, last.from / 10, until_s - cycles * cycle_s - 0.5)
      judged = Math.floor((until_s - window_s) / cycle_s + 1e-6)
      sentences = [`${judged} whole cycles were seen, not ${cycles}`]
      if (judged < cycles) continue
      const judgement = judgeLamps(timing, greensOf(last), { midnight_s: local.instant(local.day(window_s), 0), from_s: window_s, until_s })
      sentences = judgement.sentences
      if (judgement.followed) return seen(5)
    }
    if (signal.aborted) sentences = ['the watch was ended before enough cycles were seen']
    return seen(last?.planNo === slot ? 3 : 2)
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    let told = await this.#session.next(() => true, signal)
    if (await this.#session.current() !== undefined) told = await this.#told({ baselineHash: configHash(await this.#session.config()), plans: [] }, from_s + STORE_S, signal)
    const until = this.#context.now() + 3 * ((writes?.timing.cycle ?? 1200) / 10)
    if (writes !== undefined) while (told.report.lamps?.planNo === writes.slot && this.#context.now() < until) told = await this.#session.next(() => true, signal, told.at + LOOK_S)
    const active = told.report.lamps?.planNo
    const sentences = writes !== undefined && active === writes.slot ? [`plan ${writes.slot} still runs`] : []
    const level = sentences.length > 0 ? 1 : active !== undefined && active === base.active_slot ? 3 : 2
    return { level, mode: told.report.lamps?.mode ?? 'unknown', ...(active === undefined ? {} : { active_slot: active }), cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now() }
  }

  async* live(signal: AbortSignal): AsyncIterable<LiveSample> {
    while (!signal.aborted) {
      const told = await this.#next(signal)
      if (told === undefined) return
      const { lamps } = told.report
      if (lamps !== undefined) yield { time_s: lamps.at / 10, lamps: lamps.states, mode: lamps.mode, ...(lamps.planNo === undefined ? {} : { active_slot: lamps.planNo }) }
    }
  }

  async close(): Promise<void> {}

  /** What still runs of the last bundle: a new one takes its place and must bring it along. */
  async #running(): Promise<Bundle | undefined> {
    const current = await this.#session.current()
    if (current === undefined || current.schedule.length === 0) return undefined
    if (current.mode === 'temporary' && instantOf(current.expiresAt) <= this.#context.now()) return undefined
    return { ...current, plans: current.plans.filter(({ planNo }) => current.schedule.some((entry) => entry.planNo === planNo)) }
  }

  #answer(bundleId: string, signal: AbortSignal): Promise<Told> { return this.#session.next((report) => report.bundleId === bundleId, signal) }

  /** Throws controller.refused. */
  async #told(parts: Parameters<PullSession['publish']>[0], expires_at: Instant, signal: AbortSignal): Promise<Told> {
    signal.throwIfAborted()
    const told = await this.#answer(await this.#session.publish(parts, expires_at), signal)
    if (told.report.state === 'REFUSED') throw new GreenwaveError('controller.refused', `cabinet ${this.#session.settings.cabinet}: ${told.report.reason ?? 'refused without a reason'}`)
    return told
  }

  /** The next report after now; undefined where the signal ended the wait. */
  async #next(signal: AbortSignal): Promise<Told | undefined> {
    try {
      return await this.#session.next(() => true, signal, this.#context.now() + LOOK_S)
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    }
  }
}

const baselineOf = ({ image }: Baseline): string => configHash(JSON.parse(image['config'] ?? 'null'))
const skewOf = ({ clock }: Report): { clock_skew_s?: number } => (clock.skewMs === undefined ? {} : { clock_skew_s: clock.skewMs / 1000 })
const greensOf = ({ at, greens }: CabinetLamps): AsRunGreen[] => greens.map(({ group, start, end }) => ({ group, start_s: start / 10, end_s: (end ?? at) / 10 }))

/** Bundles are signed with the secret `bundle-key` of the controller. */
export const pullDriver = (post: CabinetPost): ControllerDriver => ({ protocol: 'pull', open: (device, context) => new PullAdapter(device, context, post) })
