// A traffic light of a running SUMO behind the contract of all controllers. See README.md for what SUMO keeps and what it does not.
import { AsRunRecorder, judgeLamps } from '../../../model/device/as-run.ts'
import type { Baseline, Capabilities, ControlLease, DeviceGroup, DeviceMode, Difference, Identity, ItemResult, LampTiming, LiveSample, Observation, WantedTiming, WriteFinding, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { LocalTime } from '../../../model/local-time.ts'
import { modulo, type Instant, type Seconds } from '../../../model/units.ts'
import type { ControllerAdapter, DriverContext } from '../../../plans/ports/controllers.ts'
import { imageHash } from '../write-set.ts'
import { decodeValue, getLight, LIGHT } from './codec.ts'
import type { TraciSettings } from './config.ts'
import { findChangeover, linkRules, play } from './changeover.ts'
import { longestTransition_s, tenths } from './control.ts'
import type { Goal } from './control.ts'
import type { Heard, LightKeeper } from './keeper.ts'
import { cycleOf, HAND_PROGRAM, lampOf, OFFSET_PARAMETER, programsOf, startOf, timingOf, visibleGroups } from './program.ts'
import type { LightProgram } from './program.ts'
import type { LightSample, TraciStreet } from './street.ts'
import { findProgram, foreignItems, imageText, makeWriteSet, nextSlot, ownProgram, programOfItems, pushCommands, readItem, slotsOf } from './write-set.ts'

const CAPABILITIES: Capabilities = {
  read_config: { can: 'approximate', because: 'SUMO keeps programs, but no minimum greens, conflicts or clearances; those of the network are taken' },
  new_plans: { can: 'yes' }, splits: { can: 'yes' }, cycle: { can: 'yes' }, select_plan: { can: 'yes' }, lamps: { can: 'yes' },
  offset: { can: 'approximate', because: 'SUMO keeps no offset of a program that comes from outside; this service moves phases until it stands' },
  schedule: { can: 'no', because: 'switch times of SUMO stand in its files' },
  lease: { can: 'approximate', because: 'this service gives control back when the lease ends; when it dies SUMO runs on with what it had, or ends' },
}

const LAMP_TOLERANCE_S = 1
/** How often something is read where what comes is no answer to it. */
const READ_TRIES = 3

export class TraciAdapter implements ControllerAdapter {
  readonly #device: string
  readonly #context: DriverContext
  readonly #street: TraciStreet
  readonly #keeper: LightKeeper
  readonly #settings: TraciSettings
  readonly #local: LocalTime
  readonly #release: () => void
  readonly #hear = (entry: Heard): void => this.#context.wire({ ...entry, device: this.#device })

  constructor(device: string, context: DriverContext, settings: TraciSettings, { street, keeper, release }: { street: TraciStreet; keeper: LightKeeper; release: () => void }) {
    this.#device = device
    this.#context = context
    this.#street = street
    this.#keeper = keeper
    this.#settings = settings
    this.#local = new LocalTime(context.time_zone)
    this.#release = release
    keeper.hearers.add(this.#hear)
  }

  /** Messages of this SUMO that could not be believed. */
  get counters(): { unbelieved: number } {
    return { unbelieved: this.#street.unbelieved }
  }

  async identify(signal: AbortSignal): Promise<Identity> {
    signal.throwIfAborted()
    await this.#keeper.watch()
    const { name, api } = this.#street.version
    return { vendor: 'Eclipse SUMO', model: 'SUMO', firmware: name, protocol: 'traci', profile: `TraCI API ${api}`, clock_skew_s: this.#skew(), capabilities: CAPABILITIES }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    signal.throwIfAborted()
    const { now, programs } = await this.#look()
    const slots = slotsOf(programs.map(({ id }) => id))
    const active = programs.find(({ id }) => id === now.program)
    // Programs of ours that don't run can't be deleted from SUMO and mean nothing to it.
    const kept = programs.filter((one) => ownProgram(one.id) === undefined || one === active)
    const image = Object.fromEntries(kept.map((one) => [`program ${one.id}`, imageText(one)]))
    const spare = nextSlot(programs.map(({ id }) => id))
    return {
      device: this.#device, read_at: this.#street.now(), hash: imageHash(image), image, mode: this.#modeOf(now, active), clock_skew_s: this.#skew(),
      ...(active === undefined ? {} : { active_slot: slots.get(active.id) as number }),
      config: {
        groups: this.#groups(active),
        conflicts: this.#context.signal.conflicts,
        intergreens: (this.#context.signal.intergreens ?? []).map(({ from, to, seconds }) => ({ from, to, time: tenths(seconds) })),
        slots: [
          ...programs.map((program) => {
            const timing = this.#timingOf(program, program === active ? now : undefined)
            return { slot: slots.get(program.id) as number, ...(timing === undefined ? {} : { timing }), used_by: program === active ? ['it runs now'] : ownProgram(program.id) === undefined ? ['it belongs to the network'] : ['it was stored before'] }
          }).sort((a, b) => a.slot - b.slot),
          { slot: spare, used_by: [] },
        ],
      },
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet {
    return makeWriteSet(base, want, this.#settings)
  }

  check(base: Baseline, writes: WriteSet): WriteFinding[] {
    const hard = (rule: WriteFinding['rule'], sentence: string): WriteFinding => ({ rule, weight: 'hard', device: this.#device, sentence: `controller ${this.#device}: ${sentence}` })
    const foreign = foreignItems(writes.items)
    if (foreign.length > 0) return foreign.map(({ id }) => hard('never-written', `${id} is nothing that is ever written to a traffic light of SUMO`))
    const running = findProgram(base, base.active_slot)
    if (running === undefined) return [hard('mode', 'none of its programs runs')]
    if (running.type !== 0) return [hard('profile', `program ${running.id} is no fixed time program (type ${running.type}): when it changes can't be told, so it is never changed over`)]
    const ours = programOfItems(writes.items)
    const way = (from: LightProgram, to: LightProgram): WriteFinding[] => (this.#findWay(from, to) === undefined
      ? [hard('intergreen', `program ${to.id} may nowhere follow program ${from.id} without cutting a yellow, a minimum green or an intergreen`)] : [])
    return [...way(running, ours), ...way(ours, running)]
  }

  async push(writes: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    signal.throwIfAborted()
    const { program } = await this.#keeper.watch()
    const { meanwhile, id } = programOfItems(writes.items)
    if (program !== meanwhile) throw new GreenwaveError('controller.refused', `traffic light ${this.#settings.light}: program ${program} runs now, not ${meanwhile} as when the write set was made`)
    const statuses = await this.#keeper.send(pushCommands(this.#settings.light, writes.items), `stores program ${id}`, this.#hear, false)
    const failed = statuses.find(({ result }) => result !== 0)
    return writes.items.map((item) => ({ id: item.id, acknowledged: failed === undefined, ...(failed === undefined ? {} : { sentence: failed.text }) }))
  }

  async verify(writes: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    signal.throwIfAborted()
    const { now: { program: running }, programs } = await this.#look()
    const ours = programOfItems(writes.items)
    const stored = programs.find(({ id }) => id === ours.id)
    const differences = writes.items.flatMap((item): Difference[] => {
      const found = readItem(item, stored, running)
      return found === item.new ? [] : [{ id: item.id, name: item.name, expected: item.new, found }]
    })
    const more = (stored?.phases.length ?? 0) - ours.phases.length
    return more <= 0 ? differences : [...differences, { id: 'complete program 0x2c', name: `phases of program ${ours.id}`, expected: String(ours.phases.length), found: String(stored?.phases.length) }]
  }

  async activate(writes: WriteSet, at: Instant, lease: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = await this.#keeper.watch()
    const programs = await this.#programs()
    const { offset, meanwhile, id } = programOfItems(writes.items)
    const [stored, running] = [programs.find((one) => one.id === id), programs.find((one) => one.id === now.program)]
    if (stored === undefined) throw new GreenwaveError('controller.refused', `traffic light ${this.#settings.light}: program ${id} is not stored there`)
    const before = programs.find((one) => one.id === meanwhile)
    this.#keeper.lease = lease === undefined || before === undefined ? undefined : { expires_at: lease.expires_at, back: this.#goalOf(before, now) }
    this.#keeper.control.reachFor({ program: stored, offset, from_s: at }, running)
  }

  renew(_writes: WriteSet, lease: ControlLease, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#keeper.lease === undefined) return Promise.reject(new GreenwaveError('controller.refused', `traffic light ${this.#settings.light}: there is no lease that could be renewed`))
    this.#keeper.lease.expires_at = lease.expires_at
    return Promise.resolve()
  }

  async observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    const { id, phases } = programOfItems(writes.items)
    const from_s = this.#street.now()
    const now = await this.#keeper.watch()
    const goal = this.#keeper.control.goal
    if (goal?.program.id !== id && now.program !== id) return this.#observation(0, from_s, [`program ${now.program} runs and program ${id} is not on its way`])
    const until_s = Math.max(from_s, goal?.from_s ?? 0) + longestTransition_s(this.#keeper.control.longestCycle, writes.timing.cycle)
    const waited = await this.#settled(until_s, signal)
    if (waited !== undefined) return this.#observation(this.#street.findLast(this.#settings.light)?.program === id ? 3 : 0, from_s, [waited])
    return this.#watchCycles(writes, phases, cycles, signal)
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#street.now()
    const now = await this.#keeper.watch()
    const back = findProgram(base, base.active_slot)
    // A lease that ran out may have it on its way back already, not yet where it should be.
    const underway = this.#keeper.control.goal?.program.id === back?.id && this.#keeper.control.settled_s === undefined
    this.#keeper.lease = undefined
    this.#keeper.control.letGo()
    if (back === undefined) return this.#observation(0, from_s, ['nothing ran when it was read, so there is nothing to go back to'])
    if (now.program !== back.id || underway) {
      const running = (await this.#programs()).find(({ id }) => id === now.program)
      const ours = writes === undefined ? undefined : programOfItems(writes.items).id
      if (running === undefined || (running.id !== ours && running.id !== back.id && ownProgram(running.id) === undefined)) return this.#observation(0, from_s, [`program ${now.program} runs, which is not ours: it is left as it is`])
      const offset = base.config.slots.find(({ slot }) => slot === base.active_slot)?.timing?.offset
      this.#keeper.control.reachFor({ program: back, offset, from_s }, running)
      const waited = await this.#settled(from_s + longestTransition_s(cycleOf(running.phases), cycleOf(back.phases)), signal)
      if (waited !== undefined) return this.#observation(0, from_s, [waited])
      this.#keeper.control.letGo()
    }
    const found = await this.readConfig(signal)
    return found.hash === base.hash ? this.#observation(3, from_s, []) : this.#observation(0, from_s, ['its programs are not what they were when they were read'])
  }

  async *live(signal: AbortSignal): AsyncIterable<LiveSample> {
    await this.#keeper.watch()
    while (!signal.aborted) {
      try {
        await this.#street.wait(this.#settings.step_s, signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      const last = this.#street.findLast(this.#settings.light)
      if (last !== undefined) yield this.#liveSample(last)
    }
  }

  /** What is on its way goes on: the street keeps its lights. */
  close(): Promise<void> {
    this.#keeper.hearers.delete(this.#hear)
    this.#release()
    return Promise.resolve()
  }

  async #programs(): Promise<LightProgram[]> {
    const { light } = this.#settings
    const [answer] = await this.#keeper.send([getLight(light, LIGHT.programs)], 'reads all programs', this.#hear)
    if (answer?.content === undefined) throw new GreenwaveError('controller.malformed', `traffic light ${light}: no programs in the answer`)
    return programsOf(decodeValue(answer.content, LIGHT.programs, light)).filter(({ id }) => id !== HAND_PROGRAM)
  }

  /** What runs and what is stored. What can't be read ends the connection; it is read again over a new one, since nothing was written. */
  async #look(): Promise<{ now: LightSample; programs: LightProgram[] }> {
    for (let tries = 1; ; tries++) {
      try {
        const now = await this.#keeper.watch()
        return { now, programs: await this.#programs() }
      } catch (error) {
        if (tries === READ_TRIES || !(error instanceof GreenwaveError) || error.code !== 'controller.malformed') throw error
      }
    }
  }

  #skew(): Seconds {
    return this.#street.now() - this.#context.now()
  }

  #modeOf(sample: LightSample, active: LightProgram | undefined): DeviceMode {
    const goal = this.#keeper.control.goal
    if (goal !== undefined && sample.program === goal.program.id && this.#keeper.control.settled_s === undefined) return 'transition'
    if (/^O+$/.test(sample.state)) return 'dark'
    if (/^[oO]+$/.test(sample.state)) return 'flash'
    if (active === undefined || sample.program === HAND_PROGRAM) return 'manual'
    return ownProgram(active.id) !== undefined ? 'coordinated' : active.type === 0 ? 'fixed' : 'free'
  }

  /** Minimums are the network's; yellow is what the running program shows. */
  #groups(active: LightProgram | undefined): DeviceGroup[] {
    const { signal } = this.#context
    const shown = active === undefined || active.phases.length === 0 ? undefined : timingOf(active.phases, 0, this.#settings.links, signal)
    return signal.groups.map((group): DeviceGroup => ({
      group: group.id, name: group.name ?? group.id, kind: group.kind, min_green: tenths(group.min_green_s),
      yellow: shown?.groups.find((one) => one.group === group.id)?.yellow ?? tenths(group.yellow_s), red_clearance: tenths(group.red_clearance_s),
      ...(group.max_green_s === undefined ? {} : { max_green: tenths(group.max_green_s) }), ...(group.walk_s === undefined ? {} : { walk: tenths(group.walk_s) }),
      ...(group.pedestrian_clearance_s === undefined ? {} : { pedestrian_clearance: tenths(group.pedestrian_clearance_s) }),
    }))
  }

  /** Where the offset of a program can be told: ours carry it, and that which runs shows it. */
  #timingOf(program: LightProgram, running: LightSample | undefined): LampTiming | undefined {
    const offset = this.#offsetOf(program, running)
    return offset === undefined || program.type !== 0 || program.phases.length === 0 ? undefined : timingOf(program.phases, offset, this.#settings.links, this.#context.signal)
  }

  #offsetOf({ phases, parameters }: LightProgram, running: LightSample | undefined): number | undefined {
    const stored = parameters.get(OFFSET_PARAMETER)
    if (stored !== undefined) return tenths(Number(stored))
    if (running === undefined) return undefined
    const left = tenths(running.next_switch_s - running.time_s)
    const position = startOf(phases, running.phase) + (phases[running.phase]?.duration ?? 0) - left
    return modulo(tenths(this.#local.timeOfDay(this.#settings.starts_at + running.time_s)) - position, cycleOf(phases))
  }

  /** The program as it runs now, to come back to. */
  #goalOf(program: LightProgram, now: LightSample): Goal {
    return { program, offset: this.#offsetOf(program, now.program === program.id ? now : undefined), from_s: 0 }
  }

  #findWay(from: LightProgram, to: LightProgram): unknown {
    const { signal } = this.#context
    return findChangeover({ now: 0, current: { phases: from.phases, position: 0 }, target: to.phases, rules: linkRules(signal, this.#settings.links), from: 0, step: tenths(this.#settings.step_s) })
  }

  /** Waits until the goal stands where it should; a sentence where it did not. */
  async #settled(until_s: Instant, signal: AbortSignal): Promise<string | undefined> {
    const began_s = this.#street.now()
    while (this.#keeper.control.settled_s === undefined) {
      if (this.#keeper.control.failure !== undefined) return `it was not reached: ${(this.#keeper.control.failure as Error).message}`
      if (this.#keeper.control.goal === undefined) return 'nothing is on its way'
      if (this.#street.now() >= until_s) return `it did not stand where it should within ${Math.round(until_s - began_s)} s`
      if (signal.aborted) return 'the watch was ended'
      await this.#street.wait(this.#settings.step_s, signal).catch((error: unknown) => { if (!signal.aborted) throw error })
    }
    return undefined
  }

  async #watchCycles(writes: WriteSet, phases: LightProgram['phases'], cycles: number, signal: AbortSignal): Promise<Observation> {
    const { id } = programOfItems(writes.items)
    const recorder = new AsRunRecorder()
    const from_s = this.#street.now()
    const cycle_s = writes.timing.cycle / 10
    let [wrong, samples, other] = [0, 0, '']
    const listener = (sample: LightSample): void => {
      recorder.add(this.#liveSample(sample))
      samples++
      if (sample.program !== id) other = sample.program
      if (!this.#isExpected(writes.timing, phases, sample)) wrong++
    }
    this.#keeper.listeners.add(listener)
    try {
      // One step more, so that the last cycle is whole by its samples.
      await this.#street.wait(cycles * cycle_s + 2 * this.#settings.step_s, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      this.#keeper.listeners.delete(listener)
    }
    const visible = visibleGroups(writes.timing.groups.map(({ group }) => group), this.#settings.links, phases)
    const greens = recorder.greens().filter(({ group }) => visible.includes(group))
    const day = this.#local.day(from_s)
    const judged = judgeLamps({ ...writes.timing, groups: writes.timing.groups.filter(({ group }) => visible.includes(group)) }, greens, {
      midnight_s: this.#local.instant(day, 0), from_s: recorder.from_s ?? from_s, until_s: recorder.until_s ?? from_s, tolerance_s: LAMP_TOLERANCE_S, widest_gap_s: recorder.widest_gap_s,
    })
    const sentences = [
      ...(other === '' ? [] : [`program ${other} ran in between`]),
      ...(wrong === 0 ? [] : [`in ${wrong} of ${samples} steps the lamps were not those of program ${id}`]), ...judged.sentences,
    ]
    const level = other !== '' ? 0 : wrong === 0 && judged.followed ? 5 : wrong === 0 && samples > 0 ? 4 : 3
    return { ...this.#observation(level, from_s, sentences), cycles: judged.cycles, greens }
  }

  /** Whether what was shown is what the plan shows at that time, give or take a second. */
  #isExpected({ offset, cycle }: LampTiming, phases: LightProgram['phases'], sample: LightSample): boolean {
    const middle = tenths(this.#local.timeOfDay(this.#settings.starts_at + sample.time_s)) - Math.round(this.#settings.step_s * 5)
    return [0, -LAMP_TOLERANCE_S * 10, LAMP_TOLERANCE_S * 10].some((shift) => play(phases, modulo(middle + shift - offset, cycle), 0, 1)[0]?.state === sample.state)
  }

  /** A sample tells of the step that ended with it: its middle is the time that it is true for. */
  #liveSample(sample: LightSample): LiveSample {
    const { links, step_s, starts_at } = this.#settings
    const number = ownProgram(sample.program)
    return {
      time_s: starts_at + sample.time_s - step_s / 2, stage: sample.phase + 1, mode: this.#modeOf(sample, { id: sample.program, type: 0, phases: [], parameters: new Map() }),
      lamps: this.#context.signal.groups.flatMap(({ id }) => { const lamp = lampOf(id, links, sample.state); return lamp === undefined ? [] : [{ group: id, lamp }] }),
      ...(number === undefined ? {} : { active_slot: slotsOf([sample.program]).get(sample.program) as number }),
    }
  }

  #observation(level: Observation['level'], from_s: Instant, sentences: string[]): Observation {
    const last = this.#street.findLast(this.#settings.light)
    const number = last === undefined ? undefined : ownProgram(last.program)
    return {
      level, cycles: 0, greens: [], sentences, from_s, until_s: this.#street.now(),
      mode: last === undefined ? 'unknown' : this.#modeOf(last, { id: last.program, type: 0, phases: [], parameters: new Map() }),
      ...(last === undefined || number === undefined ? {} : { active_slot: slotsOf([last.program]).get(last.program) as number }),
    }
  }
}
