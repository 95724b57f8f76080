// One intersection behind a signal system that speaks GA/T 1049: a plan on a spare number, run under the system's own lease where it has one.
import type { Baseline, Capabilities, ControlLease, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { Instant } from '../../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { pollLamps, watchLamps } from '../watch.ts'
import { imageHash } from '../write-set.ts'
import { configOf, type CrossConfig, imageOf, imageOfPlan, planOfImage } from './baseline.ts'
import { readSettings, type Settings } from './config.ts'
import { decodeMessage, encodeMessage } from './envelope.ts'
import { decodeObject, encodeObject, type ObjectName, type ObjectOf, type PlanParam } from './objects.ts'
import { checkWrites, type CommandMode, OPER, planWrites, setPlanFrame } from './plan.ts'
import { RunState, StageJudge } from './run-state.ts'
import { type Answer, type Counters, type GatSession, type Listener, shareSession } from './session.ts'
import { unfit } from './stages.ts'
import { formatTime } from './time.ts'
import { malformed } from './xml.ts'

const POLL_S = 0.5
/** What was not told for so long is asked for: a push may have been lost. */
const STALE_S = 5
const LONGEST_LEASE_MIN = 1440
/** Cycles that a released plan, or one that begins, may take to change. */
const PATIENCE_CYCLES = 11
/** Somebody on the spot holds it: not ours to end. */
const HELD: readonly string[] = ['manual', 'dark', 'all-red', 'flash']
const yes = { can: 'yes' } as const

export class Gat1049Adapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #settings: Settings
  readonly #local: LocalTime
  readonly #run: RunState
  readonly #listener: Listener
  #held: { session: GatSession; release(): void } | undefined
  /** Of the login at which lamps were asked to be told. */
  #reporting = -1
  #looked_s = Number.NEGATIVE_INFINITY

  constructor(device: DeviceRecord, context: DriverContext) {
    this.#device = device
    this.#context = context
    this.#settings = readSettings(device, context)
    this.#local = new LocalTime(context.time_zone)
    this.#run = new RunState(this.#settings, this.#local)
    const pushed: Listener['pushed'] = (object) => { if (!this.#run.take(object, context.now())) throw malformed(`${object.name.slice(0, 40)}, which was not subscribed to`) }
    this.#listener = { cross: this.#settings.cross, device: device.id, context, pushed }
  }

  get counters(): Counters { return this.#session.counters }

  async identify(signal: AbortSignal): Promise<Identity> {
    const { SysName, SysVersion, Supplier } = await this.#get('SysInfo', '', signal)
    await this.#look(signal)
    const { edition } = this.#settings.link
    return {
      vendor: Supplier, model: SysName, firmware: SysVersion, protocol: 'gat1049', profile: `${this.#settings.profile_name}, edition ${edition}`,
      ...(this.#run.skew_s === undefined ? {} : { clock_skew_s: this.#run.skew_s }), capabilities: this.#capabilities,
    }
  }

  get #capabilities(): Capabilities {
    const { link, profile } = this.#settings
    const writes = profile.offset_reference === 'unknown' ? { can: 'no', because: 'it is not known what its offsets speak of' } as const : yes
    return {
      read_config: yes, new_plans: writes, splits: writes, offset: writes, cycle: writes, select_plan: yes, schedule: { can: 'no', because: 'greenwave does not write day plans and schedules over this protocol' },
      lease: link.edition === '2024' ? yes : { can: 'no', because: 'the edition of 2013 has no MaxRunTime' },
      lamps: profile.lamps === 'yes' ? yes : { can: 'no', because: 'its profile says that lamp states are not told' },
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const cross = await this.#get('CrossParam', '', signal)
    const all = async <N extends ObjectName>(type: N, numbers: readonly number[]): Promise<ObjectOf<N>[]> => {
      const objects: ObjectOf<N>[] = []
      for (const number of numbers) objects.push(await this.#get(type, String(number), signal))
      return objects
    }
    const read: CrossConfig = {
      cross, groups: await all('SignalGroupParam', cross.SignalGroupNoList), stages: await all('StageParam', cross.StageNoList), plans: await all('PlanParam', cross.PlanNoList),
      days: await all('DayPlanParam', cross.DayPlanNoList), schedules: await all('ScheduleParam', cross.ScheduleNoList),
    }
    await this.#look(signal)
    const { mode, active_slot, skew_s } = this.#run
    const image = imageOf(read)
    return {
      device: this.#device.id, read_at: this.#context.now(), hash: imageHash(image), config: configOf(read, active_slot, this.#settings, this.#context.signal), image, mode,
      ...(active_slot === undefined ? {} : { active_slot }), ...(skew_s === undefined ? {} : { clock_skew_s: skew_s }),
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet { return planWrites(base, want, this.#settings) }

  check(base: Baseline, writes: WriteSet): WriteFinding[] { return checkWrites(base, writes, this.#settings) }

  async push({ frames, items }: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    for (const { hex } of frames) {
      const answer = await this.#session.ask(Buffer.from(hex, 'hex').toString(), 'write', this.#listener, signal)
      // One message, one answer: all of it or nothing.
      if ('refusal' in answer) return [{ id: items[0].id, acknowledged: false, sentence: answer.refusal.sentence }]
    }
    return items.map(({ id }) => ({ id, acknowledged: true }))
  }

  async verify(writes: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    const [sent, found] = [imageOfPlan(planOfFrame(writes)), await this.#storedImage(writes.slot, signal)]
    const known = new Map(writes.items.map((item) => [item.id, item]))
    const ids = [...new Set([...known.keys(), ...Object.keys(sent)])]
    return ids.filter((id) => (found[id] ?? '') !== (sent[id] ?? '')).map((id) => ({ id, name: known.get(id)?.name ?? id, expected: sent[id] ?? '', found: found[id] ?? null }))
  }

  async activate(writes: WriteSet, at: Instant, lease: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    // The controller changes at a cycle end after the command: the command itself waits for the instant.
    await this.#context.wait(Math.max(0, at - this.#context.now()), signal)
    if (lease !== undefined && this.#settings.link.edition === '2024') await this.#hold(writes, lease, signal)
    else await this.#select(this.#settings.profile.select_mode, writes.slot, signal)
  }

  async renew(writes: WriteSet, lease: ControlLease, signal: AbortSignal): Promise<void> {
    if (this.#settings.link.edition !== '2024') throw unfit('the edition of 2013 has no lease to prolong')
    await this.#hold(writes, lease, signal)
  }

  async observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    const { slot, timing } = writes
    const judge = new StageJudge(planOfFrame(writes))
    const isOurs = (): boolean => this.#run.active_slot === slot
    this.#run.onCycle = (cycle) => (isOurs() ? judge.cycle(cycle) : judge.restart())
    this.#run.onStage = (stage) => { if (isOurs()) judge.stage(stage) }
    try {
      if (this.#settings.profile.lamps === 'yes') return await watchLamps({ slot, timing, cycles, every_s: POLL_S, sample: (aborted) => this.#sample(aborted) }, this.#context, signal)
      return await this.#watchStages(writes, judge, cycles, signal)
    } finally {
      this.#run.onCycle = undefined
      this.#run.onStage = undefined
    }
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    await this.#look(signal)
    const sentences: string[] = []
    if (HELD.includes(this.#run.mode)) sentences.push(`it is ${this.#run.mode}: control was not released, somebody else has it`)
    else await this.#select('00', 0, signal)
    if (writes !== undefined) sentences.push(...await this.#restore(base, writes, from_s, signal))
    await this.#look(signal)
    const { mode, active_slot } = this.#run
    const level = sentences.length > 0 ? 1 : active_slot === base.active_slot ? 3 : 2
    return { level, mode, ...(active_slot === undefined ? {} : { active_slot }), cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now() }
  }

  live(signal: AbortSignal): AsyncIterable<LiveSample> { return pollLamps((aborted) => this.#sample(aborted), this.#context, POLL_S, signal) }

  async close(): Promise<void> {
    this.#held?.session.detach(this.#listener)
    this.#held?.release()
    this.#held = undefined
  }

  get #session(): GatSession {
    if (this.#held === undefined) {
      this.#held = shareSession(this.#settings.link, this.#context)
      this.#held.session.attach(this.#listener)
    }
    return this.#held.session
  }

  // Asking.

  #refused(what: string, sentence: string): GreenwaveError { return new GreenwaveError('controller.refused', `controller ${this.#device.id}: ${what} is refused: ${sentence}`) }

  async #ask(operation: 'Get' | 'Set', objects: string, kind: 'read' | 'write', signal: AbortSignal): Promise<Answer> {
    return this.#session.ask(encodeMessage({ ...this.#settings.link, type: 'REQUEST' }, operation, objects), kind, this.#listener, signal)
  }

  /** One object of this intersection. Throws controller.refused, controller.malformed. */
  async #get<N extends ObjectName>(type: N, number: string, signal: AbortSignal): Promise<ObjectOf<N>> {
    const ID = type === 'SysInfo' ? '' : this.#settings.cross
    const answer = await this.#ask('Get', encodeObject('TSCCmd', { ObjName: type, ID, No: number }), 'read', signal)
    if ('refusal' in answer) throw this.#refused(`Get ${type} ${number}`, answer.refusal.sentence)
    const objects = answer.objects.filter((element) => element.name === type).map((element) => decodeObject(type, element) as ObjectOf<N> & Record<string, unknown>)
    const found = objects.find((object) => (ID === '' || object.CrossID === ID) && (number === '' || String(object[NUMBER[type] ?? '']) === number))
    if (found === undefined) throw malformed(`no ${type} ${number} of ${ID} when it was asked for it`)
    return found
  }

  /** Of a plan number; empty where nothing is stored there. */
  async #storedImage(number: number, signal: AbortSignal): Promise<Record<string, string>> {
    const { PlanNoList } = await this.#get('CrossParam', '', signal)
    return PlanNoList.includes(number) ? imageOfPlan(await this.#get('PlanParam', String(number), signal)) : {}
  }

  /** Asks for all that runs. */
  async #look(signal: AbortSignal): Promise<void> {
    const control = this.#settings.link.edition === '2024' ? 'CrossCtrlInfo' : 'CrossModePlan'
    for (const type of ['CrossState', control, 'CrossCycle', ...(this.#settings.profile.lamps === 'yes' ? ['CrossSignalGroupStatus'] : [])]) {
      const answer = await this.#ask('Get', encodeObject('TSCCmd', { ObjName: type, ID: this.#settings.cross, No: '' }), 'read', signal)
      if ('refusal' in answer) throw this.#refused(`Get ${type}`, answer.refusal.sentence)
      for (const element of answer.objects) this.#run.take(element, this.#context.now())
    }
    this.#looked_s = this.#context.now()
  }

  /** Of what was pushed, or, where that is old or the connection new, of what is asked. */
  async #sample(signal: AbortSignal): Promise<LiveSample> {
    signal.throwIfAborted()
    const isStale = this.#context.now() - Math.max(this.#run.heard_s, this.#looked_s) > STALE_S
    if (!this.#session.isActive || this.#reporting !== this.#session.generation) await this.#report(signal)
    else if (isStale) await this.#look(signal)
    return this.#run.sample(this.#context.now())
  }

  /** Has what runs pushed on this connection. A system that refuses is asked again and again instead. */
  async #report(signal: AbortSignal): Promise<void> {
    for (const Type of ['CrossCycle', 'CrossStage', 'CrossSignalGroupStatus']) {
      await this.#ask('Set', encodeObject('CrossReportCtrl', { Cmd: 'Start', Type, CrossIDList: [this.#settings.cross] }), 'read', signal)
    }
    await this.#look(signal)
    this.#reporting = this.#session.generation
  }

  // Commanding.

  async #command(objects: string, what: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask('Set', objects, 'write', signal)
    if ('refusal' in answer) throw this.#refused(what, answer.refusal.sentence)
  }

  #select(mode: CommandMode, plan: number, signal: AbortSignal): Promise<void> {
    const type = this.#settings.link.edition === '2024' ? 'CrossCtrlInfo' : 'CrossModePlan'
    const command = { CrossID: this.#settings.cross, ControlMode: mode, PlanNo: plan, Time: formatTime(this.#local, this.#context.now()) }
    return this.#command(encodeObject(type, command), `${type} ${mode}`, signal)
  }

  /** Throws controller.unfit for a lease that the protocol can't say. */
  #hold(writes: WriteSet, { expires_at }: ControlLease, signal: AbortSignal): Promise<void> {
    const MaxRunTime = Math.round((expires_at - this.#context.now()) / 60)
    if (MaxRunTime < 1 || MaxRunTime > LONGEST_LEASE_MIN) throw unfit(`a lease of ${Math.round(expires_at - this.#context.now())} s; CenterPlan runs 1 to ${LONGEST_LEASE_MIN} minutes`)
    const mode: CommandMode = this.#settings.profile.center_mode
    return this.#command(encodeObject('CenterPlan', { ControlMode: mode, MaxRunTime, PlanParam: planOfFrame(writes) }), 'CenterPlan', signal)
  }

  /** Puts the slot back once it is left. Out: what is not as before. */
  async #restore(base: Baseline, writes: WriteSet, from_s: Instant, signal: AbortSignal): Promise<string[]> {
    const { slot, timing } = writes
    const until = from_s + (PATIENCE_CYCLES * timing.cycle) / 10
    while (this.#run.active_slot === slot && base.active_slot !== slot && this.#context.now() < until) {
      await this.#context.wait(1, signal)
      await this.#look(signal)
    }
    if (this.#run.active_slot === slot && base.active_slot !== slot) return [`plan ${slot} still runs; it was not touched`]
    const old = planOfImage(base.image, this.#settings.cross, slot)
    const before = old === undefined ? {} : imageOfPlan(old)
    let found = await this.#storedImage(slot, signal)
    if (!isSame(before, found)) {
      const frame = old !== undefined ? setPlanFrame(this.#settings.link, Object.keys(found).length === 0 ? OPER.add : OPER.modify, old) : setPlanFrame(this.#settings.link, OPER.delete, planOfFrame(writes))
      const answer = await this.#session.ask(frame, 'write', this.#listener, signal)
      if ('refusal' in answer) return [`plan ${slot} could not be put back: ${answer.refusal.sentence}`]
      found = await this.#storedImage(slot, signal)
    }
    return [...new Set([...Object.keys(before), ...Object.keys(found)])].filter((id) => before[id] !== found[id]).map((id) => `${id} is ${found[id] ?? 'nothing'}, not ${before[id] ?? 'nothing'} as before`)
  }

  /** Level 4 where no lamp can be read: effective cycles and stages. */
  async #watchStages({ slot, timing }: WriteSet, judge: StageJudge, cycles: number, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    const until = from_s + ((PATIENCE_CYCLES + cycles) * timing.cycle) / 10
    let has_run = false
    while (!signal.aborted && judge.cycles < cycles && this.#context.now() < until && ![...HELD, 'fault'].includes(this.#run.mode)) {
      await this.#sample(signal).catch((error: unknown) => { if (!signal.aborted) throw error })
      has_run ||= this.#run.active_slot === slot
      await this.#context.wait(POLL_S, signal).catch((error: unknown) => { if (!signal.aborted) throw error })
    }
    const { mode, active_slot } = this.#run
    const isProven = judge.cycles >= cycles
    const sentences = isProven ? [] : [judge.sentence ?? (signal.aborted ? 'the watch was ended before enough cycles were seen' : has_run ? `it never was in step: mode ${mode}` : `plan ${active_slot ?? 'unknown'} runs, not ${slot}`)]
    return { level: isProven ? 4 : active_slot === slot ? 3 : 2, mode, ...(active_slot === undefined ? {} : { active_slot }), cycles: judge.cycles, greens: [], sentences, from_s, until_s: this.#context.now() }
  }
}

/** Which field numbers an object within its intersection. */
const NUMBER: Readonly<Partial<Record<ObjectName, string>>> = { SignalGroupParam: 'SignalGroupNo', StageParam: 'StageNo', PlanParam: 'PlanNo', DayPlanParam: 'DayPlanNo', ScheduleParam: 'ScheduleNo' }

/** The plan as it is sent, decoded from the very bytes. */
function planOfFrame({ frames }: WriteSet): PlanParam {
  const [set] = decodeMessage(Buffer.from(frames[0].hex, 'hex')).operations[0].objects
  return decodeObject('SetPlanParam', set).PlanParam
}

const isSame = (a: Record<string, string>, b: Record<string, string>): boolean => imageHash(a) === imageHash(b)

export const gat1049Driver: ControllerDriver = { protocol: 'gat1049', open: (device, context) => new Gat1049Adapter(device, context) }
