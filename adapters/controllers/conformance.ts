// The suite that every controller adapter passes, as a function of a rig: driver, device, an emulated controller with its faults, a clock. It knows no
// test runner: `test` registers a titled case, and a case fails by throwing. The runs under faults stand in conformance-faults.ts.
import assert from 'node:assert/strict'
import { judgeLamps } from '../../model/device/as-run.ts'
import type { Baseline, LampTiming, LiveSample, Observation, WantedTiming, WriteSet } from '../../model/device/device.ts'
import { compareLamps, lampTimingOf } from '../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext, WireEntry } from '../../plans/ports/controllers.ts'
import type { DeviceClock } from './emulator/clock.ts'
import type { EmulatedController } from './emulator/controller.ts'
import type { RequestKind } from './emulator/faults.ts'

/** What the suite asks of an emulated controller: what runs and what stands in it by its own account, and its faults. */
export interface RigDevice extends Pick<EmulatedController, 'timing' | 'store' | 'lamps' | 'greens' | 'faults'> {
  cycle(): { readonly slot: number } | undefined
}

export interface ControllerRig<Device extends RigDevice = EmulatedController> {
  driver: ControllerDriver
  record: DeviceRecord
  /** `wire` of it collects into the rig's. */
  context: DriverContext
  wire: WireEntry[]
  /** In step, on its own plan, with a spare slot. */
  device: Device
  clock: DeviceClock
  /** The highest level that the protocol can show of a plan, where that is not what its lamps make it. */
  proof?: Observation['level']
  /** Another timing than runs; passes all checks. */
  good: WantedTiming
  /** At the ends of what the protocol carries: taken. */
  edges: readonly { title: string; want: WantedTiming }[]
  /** One step beyond: refused by plan() with controller.unfit and a sentence like this. */
  unfit: readonly { title: string; want: WantedTiming; sentence: RegExp }[]
  /** Whether an id may be written, told apart from the adapter's own list. */
  isWritable(id: string): boolean
  /** What a message that was sent asks for, read by the emulator's codec. */
  kindOf(entry: WireEntry): RequestKind
  /** Without what the session puts into each message. */
  mask(hex: string): string
  /** Words that must never be in a wire entry. */
  secrets: readonly string[]
  /** Bytes that the adapter gets without having asked; each must be counted. */
  hostile: readonly { title: string; bytes: string | Uint8Array }[]
  shout(bytes: string | Uint8Array): void
  counted(adapter: ControllerAdapter): number
  close(): Promise<void>
}

/** A fresh rig; with a skew, one whose controller's clock is wrong by so much. */
export type MakeRig<Device extends RigDevice = EmulatedController> = (options?: { skew_s?: number }) => Promise<ControllerRig<Device>>
type Rig = ControllerRig<RigDevice>
export type RegisterTest = (title: string, run: () => Promise<void>) => void

const never = (): AbortSignal => new AbortController().signal

/** Runs a case with a rig and an adapter, and closes both. */
async function using(makeRig: MakeRig<RigDevice>, run: (rig: Rig, adapter: ControllerAdapter) => Promise<void>): Promise<void> {
  const rig = await makeRig()
  const adapter = rig.driver.open(rig.record, rig.context)
  try {
    await run(rig, adapter)
  } finally {
    await adapter.close()
    await rig.close()
  }
}

export function controllerConformance(name: string, makeRig: MakeRig<RigDevice>, test: RegisterTest): void {
  const titled = (title: string, run: (rig: Rig, adapter: ControllerAdapter) => Promise<void>): void => test(`${name} ${title}`, () => using(makeRig, run))
  titled('says what the controller is and what it can', identifies)
  titled('reads the same hash while nobody writes, and another once somebody did', readsStably)
  titled('plans the same for the same, without a message, and exactly what was approved', plansPurely)
  titled('takes what stands at the ends of its ranges and refuses one step beyond, never clipping', refusesBeyond)
  titled('finds fault with a write set that names what is never written', findsForeign)
  titled('sends what the dry run showed and nothing else, and reads it back', sendsAsShown)
  titled('changes at a cycle end, follows within a second for two cycles, and gives control back', runsAndReleases)
  titled('lets the controller end its control when nobody renews, and not while somebody does', leases)
  titled('shows lamps as they are', showsLive)
  titled('tells when an acknowledged command has no effect', seesNoEffect)
  titled('tells when acknowledged writes were not kept', seesIgnored)
  titled('says unreachable when no answer comes, writes nothing twice, and works again afterwards', survivesSilence)
  titled('counts what it did not ask for and believes none of it', survivesHostile)
  titled('keeps secrets out of what it tells of the wire', keepsSecrets)
  titled('ends at once when it is aborted', endsAborted)
}

async function identifies({ driver, record }: Rig, adapter: ControllerAdapter): Promise<void> {
  const identity = await adapter.identify(never())
  assert.equal(identity.protocol, driver.protocol)
  assert.equal(record.protocol, driver.protocol)
  for (const [what, capability] of Object.entries(identity.capabilities)) if (capability.can !== 'yes') assert.ok(capability.because.length > 0, `${what} is not there, without a reason`)
}

async function readsStably({ device, clock }: Rig, adapter: ControllerAdapter): Promise<void> {
  const first = await adapter.readConfig(never())
  await clock.wait(130)
  const second = await adapter.readConfig(never())
  assert.equal(second.hash, first.hash, 'the hash changes by itself')
  assert.deepEqual(second.image, first.image)
  assert.ok(first.active_slot === undefined || first.config.slots.find(({ slot }) => slot === first.active_slot)?.used_by.length, 'the slot that runs is told to be spare')
  const spare = first.config.slots.find(({ used_by }) => used_by.length === 0)
  const running = device.timing(device.cycle()?.slot as number) as LampTiming
  device.store(spare?.slot as number, { ...running, offset: (running.offset + 10) % running.cycle }, 'cabinet')
  assert.notEqual((await adapter.readConfig(never())).hash, first.hash, 'somebody else wrote and the hash did not change')
}

async function planned(rig: Rig, adapter: ControllerAdapter): Promise<{ base: Baseline; writes: WriteSet }> {
  const base = await adapter.readConfig(never())
  return { base, writes: adapter.plan(base, rig.good) }
}

async function plansPurely(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const base = await adapter.readConfig(never())
  const [before, sent] = [structuredClone(base), rig.wire.length]
  const writes = adapter.plan(base, rig.good)
  assert.deepEqual(adapter.plan(structuredClone(base), structuredClone(rig.good)), writes)
  assert.deepEqual(base, before, 'plan() changed the baseline')
  assert.equal(rig.wire.length, sent, 'plan() sent something')
  assert.deepEqual(adapter.check(base, writes), [])
  assert.equal(writes.baseline_hash, base.hash)
  assert.equal(writes.wanted_hash, rig.good.hash)
  assert.deepEqual(base.config.slots.find(({ slot }) => slot === writes.slot)?.used_by ?? [], [], 'it is not a spare slot')
  for (const { id } of writes.items) assert.ok(rig.isWritable(id), `${id} is written`)
  if (writes.residual.length === 0) assert.deepEqual(compareLamps(lampTimingOf(rig.good.signal, rig.good.pattern), writes.timing), [])
  for (const { group, yellow, red_clearance } of writes.timing.groups) {
    const own = base.config.groups.find((one) => one.group === group)
    assert.deepEqual([yellow, red_clearance], [own?.yellow, own?.red_clearance], `clearance of group ${group} is not the controller's own`)
  }
}

async function refusesBeyond({ edges, unfit }: Rig, adapter: ControllerAdapter): Promise<void> {
  const base = await adapter.readConfig(never())
  for (const { title, want } of edges) {
    const { timing, residual } = adapter.plan(base, want)
    if (residual.length === 0) assert.deepEqual(compareLamps(lampTimingOf(want.signal, want.pattern), timing), [], title)
  }
  for (const { title, want, sentence } of unfit) {
    assert.throws(() => adapter.plan(base, want), (error) => {
      assert.ok(error instanceof GreenwaveError, `${title}: ${String(error)}`)
      assert.equal(error.code, 'controller.unfit', title)
      assert.match(error.message, sentence)
      return true
    }, title)
  }
}

async function findsForeign(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { base, writes } = await planned(rig, adapter)
  const foreign = { ...writes, items: [...writes.items, { id: 'minimum green of everything', name: 'minimum green', old: '5', new: '1' }] }
  assert.ok(adapter.check(base, foreign).some(({ rule, weight }) => rule === 'never-written' && weight === 'hard'))
}

async function sendsAsShown(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { base, writes } = await planned(rig, adapter)
  const from = rig.wire.length
  const results = await adapter.push(writes, never())
  const sent = rig.wire.slice(from).filter((entry) => entry.direction === 'sent' && rig.kindOf(entry) === 'write')
  assert.deepEqual(sent.map(({ hex }) => rig.mask(hex)), writes.frames.map(({ hex }) => rig.mask(hex)))
  assert.deepEqual(results.map(({ id, acknowledged }) => [id, acknowledged]), writes.items.map(({ id }) => [id, true]))
  assert.deepEqual(await adapter.verify(writes, never()), [])
  const after = await adapter.readConfig(never())
  assert.deepEqual(after.config.groups, base.config.groups, 'minimums or clearances changed')
  assert.deepEqual(after.config.conflicts, base.config.conflicts)
  const stored = after.config.slots.find(({ slot }) => slot === writes.slot)?.timing
  if (stored !== undefined) assert.deepEqual(compareLamps(writes.timing, stored), [])
}

async function runsAndReleases(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { base, writes } = await planned(rig, adapter)
  const own = rig.device.cycle()?.slot
  await adapter.push(writes, never())
  const at = rig.clock.now() + 10
  await adapter.activate(writes, at, undefined, never())
  // Whoever arms at once must wait all the same: nothing changes before.
  await rig.clock.wait(Math.max(0, at - 1 - rig.clock.now()))
  assert.equal(rig.device.cycle()?.slot, own, 'it changed before its instant')
  const seen = await adapter.observe(writes, 2, never())
  assert.equal(seen.level, rig.proof ?? ((await adapter.identify(never())).capabilities.lamps.can === 'no' ? 4 : 5), seen.sentences.join('\n'))
  if (seen.level >= 4) {
    assert.ok(seen.cycles >= 2)
    assert.deepEqual(await truth(rig, writes.timing), [], 'it said that the lamps follow, and they do not')
  } else {
    assert.ok(seen.sentences.length > 0, 'it does not say what nobody has seen')
    assert.equal(rig.device.cycle()?.slot === own, false, 'it said that the plan runs, and it does not')
  }
  const back = await adapter.rollback(base, writes, never())
  assert.deepEqual(back.sentences, [])
  await rig.clock.wait(2 * (writes.timing.cycle / 10))
  assert.equal(rig.device.cycle()?.slot, own, 'it does not run its own plan again')
  assert.deepEqual((await adapter.readConfig(never())).image, base.image, 'something is not as it was')
}

/** What the lamps really do over the next two cycles, by the controller itself. */
export async function truth({ device, clock, context }: Rig, expected: LampTiming): Promise<string[]> {
  const [local, from_s] = [new LocalTime(context.time_zone), clock.now()]
  await clock.wait((2 * expected.cycle) / 10 + 1)
  return judgeLamps(expected, device.greens(), { midnight_s: local.instant(local.day(from_s), 0), from_s, until_s: clock.now() }).sentences
}

async function leases(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { writes } = await planned(rig, adapter)
  if ((await adapter.identify(never())).capabilities.lease.can === 'no') {
    await assert.rejects(adapter.renew(writes, { expires_at: rig.clock.now() + 600 }, never()), (error) => error instanceof GreenwaveError && error.message.includes(rig.record.id), 'what it can\'t is not refused')
    return
  }
  const own = rig.device.cycle()?.slot
  await adapter.push(writes, never())
  const lease_s = 600
  await adapter.activate(writes, rig.clock.now(), { expires_at: rig.clock.now() + lease_s }, never())
  await rig.clock.wait(lease_s * 0.6)
  await adapter.renew(writes, { expires_at: rig.clock.now() + lease_s }, never())
  await rig.clock.wait(lease_s * 0.8)
  assert.notEqual(rig.device.cycle()?.slot, own, 'the lease ended although it was renewed')
  await rig.clock.wait(lease_s + (4 * writes.timing.cycle) / 10)
  assert.equal(rig.device.cycle()?.slot, own, 'it still runs our plan although nobody renewed the lease')
}

async function showsLive(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const stop = new AbortController()
  const samples: LiveSample[] = []
  for await (const sample of adapter.live(stop.signal)) {
    samples.push(sample)
    const shown = new Map(rig.device.lamps().map(({ group, lamp }) => [group, lamp]))
    if (samples.length === 1) for (const { group, lamp } of sample.lamps) assert.equal(lamp === 'unknown' ? shown.get(group) : lamp, shown.get(group), `group ${group}`)
    if (samples.length >= 40) stop.abort()
  }
  // Who sees no lamps may show nothing at all.
  if (samples.length === 0 && (await adapter.identify(never())).capabilities.lamps.can === 'no') return
  assert.equal(samples.length, 40)
  assert.ok(samples.every(({ time_s }, i) => i === 0 || time_s >= (samples[i - 1] as LiveSample).time_s), 'time goes back')
  assert.ok(Math.abs((samples.at(-1) as LiveSample).time_s - rig.clock.now()) < 5)
}

async function seesNoEffect(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  for (const fault of ['ack_without_effect', 'echo_without_effect'] as const) {
    const { base, writes } = await planned(rig, adapter)
    await adapter.push(writes, never())
    rig.device.faults[fault] = true
    await adapter.activate(writes, rig.clock.now(), undefined, never())
    const seen = await adapter.observe(writes, 2, never())
    assert.ok(seen.level <= 3 && seen.sentences.length > 0, `${fault}: level ${seen.level} although the old plan runs`)
    rig.device.faults[fault] = false
    await adapter.rollback(base, writes, never())
  }
}

async function seesIgnored(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { writes } = await planned(rig, adapter)
  rig.device.faults.ignores_writes = true
  await adapter.push(writes, never()).catch(onlyRefused)
  assert.ok((await adapter.verify(writes, never())).length > 0, 'it reads back what was not kept')
}

/** A protocol may notice by itself. */
function onlyRefused(error: unknown): void {
  if (!(error instanceof GreenwaveError)) throw error
}

async function survivesSilence(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { base, writes } = await planned(rig, adapter)
  rig.device.faults.nextReply('dropped', 'write')
  const from = rig.wire.length
  await assert.rejects(adapter.push(writes, never()), (error) => error instanceof GreenwaveError && error.code === 'controller.unreachable')
  const sent = rig.wire.slice(from).filter((entry) => entry.direction === 'sent' && rig.kindOf(entry) === 'write').map(({ hex }) => rig.mask(hex))
  assert.equal(new Set(sent).size, sent.length, 'a write was sent again without a read')
  assert.ok(Array.isArray(await adapter.verify(writes, never())))
  assert.deepEqual((await adapter.rollback(base, writes, never())).sentences, [])
  assert.deepEqual((await adapter.readConfig(never())).image, base.image)
}

async function survivesHostile(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const base = await adapter.readConfig(never())
  for (const { title, bytes } of rig.hostile) {
    const before = rig.counted(adapter)
    rig.shout(bytes)
    assert.equal((await adapter.readConfig(never())).hash, base.hash, title)
    assert.ok(rig.counted(adapter) > before, `${title} was not counted`)
  }
  rig.device.faults.nextReply('duplicated', 'any', 3)
  assert.equal((await adapter.readConfig(never())).hash, base.hash, 'doubled replies were believed')
}

async function keepsSecrets(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { base, writes } = await planned(rig, adapter)
  await adapter.push(writes, never())
  await adapter.rollback(base, writes, never())
  assert.ok(rig.wire.length > 0, 'nothing is told of the wire')
  for (const secret of rig.secrets) {
    const hex = Buffer.from(secret).toString('hex')
    assert.ok(rig.wire.every((entry) => !entry.hex.includes(hex) && !(entry.note ?? '').includes(secret)), 'a secret is in a wire entry')
    assert.ok(!JSON.stringify(writes).includes(secret) && !JSON.stringify(writes).includes(hex), 'a secret is in the write set')
  }
}

async function endsAborted(rig: Rig, adapter: ControllerAdapter): Promise<void> {
  const { writes } = await planned(rig, adapter)
  await adapter.push(writes, never())
  await adapter.activate(writes, rig.clock.now(), undefined, never())
  const stop = new AbortController()
  const watching = adapter.observe(writes, 1000, stop.signal)
  await rig.clock.wait(30)
  const stopped_at = rig.clock.now()
  stop.abort()
  const seen = await watching
  assert.ok(seen.level < 5)
  assert.ok(Math.max(seen.until_s, rig.clock.now()) - stopped_at < 5, 'it went on after it was aborted')
  const done = AbortSignal.abort(new Error('enough'))
  await assert.rejects(adapter.readConfig(done))
}
