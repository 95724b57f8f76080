import { describe, expect, it } from 'vitest'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { checkWrite } from '../../../model/device/check-write.ts'
import { SnmpRefusal } from './port.ts'
import { controllerConformance } from '../conformance.ts'
import { MORNING, NEXT, ntcipConformanceRig, ntcipRig, SIGNAL, wantedTiming, type Rig } from './testing.ts'

const never = new AbortController().signal
const A = '1.3.6.1.4.1.1206.4.2.1'

async function pushed(rig: Rig, splits = NEXT) {
  const base = await rig.adapter.readConfig(never)
  const writes = rig.adapter.plan(base, wantedTiming(splits))
  return { base, writes, results: await rig.adapter.push(writes, never) }
}

describe('reading a controller', () => {
  it('tells who it is and what its clock shows', async () => {
    const { adapter, device } = ntcipRig()
    device.controller.setClock(MORNING + 2.5)
    const identity = await adapter.identify(never)
    expect([identity.vendor, identity.profile, identity.capabilities.lease.can]).toEqual(['greenwave', 'NTCIP 1202, v03, SNMPv3', 'yes'])
    expect(identity.clock_skew_s).toBeGreaterThan(2.2)
    expect(identity.clock_skew_s).toBeLessThan(2.8)
  })

  it('finds minimums, clearances, conflicts, the plan that runs, and the same hash twice', async () => {
    const { adapter } = ntcipRig()
    const base = await adapter.readConfig(never)
    expect([base.mode, base.active_slot, base.config.slots.length]).toEqual(['coordinated', 1, 16])
    expect(base.config.groups.find(({ group }) => group === '2')).toMatchObject({ min_green: 100, yellow: 40, red_clearance: 10 })
    expect(base.config.conflicts.length).toBe(SIGNAL.conflicts.length)
    expect(base.config.slots[0]?.timing?.cycle).toBe(900)
    expect(base.config.slots[0]?.used_by).toEqual(['runs now', 'action 1'])
    expect((await adapter.readConfig(never)).hash).toBe(base.hash)
    expect(Math.abs(base.clock_skew_s ?? 9)).toBeLessThan(0.3)
  })

  it('sees the hash change when somebody edits at the cabinet', async () => {
    const { adapter, device } = ntcipRig()
    const before = await adapter.readConfig(never)
    device.edit(`${A}.4.7.1.3.1`, 5)
    expect((await adapter.readConfig(never)).hash).not.toBe(before.hash)
  })

  it('takes a controller of version 2 that has no sync points, and writes to it only when the profile knows them', async () => {
    const rig = ntcipRig({ version: 2 })
    const base = await rig.adapter.readConfig(never)
    expect(base.config.slots[0]?.timing).toBeUndefined()
    expect(() => rig.adapter.plan(base, wantedTiming())).toThrow(/sync_point/)
    const known = ntcipRig({ version: 2 }, { profile: { sync_point: 'first-green-begin' } })
    expect(known.adapter.plan(await known.adapter.readConfig(never), wantedTiming()).items.length).toBeGreaterThan(0)
  })
})

describe('a timing that is pushed', () => {
  it('is what was approved in the arithmetic of the controller, and passes the common checks', async () => {
    const rig = ntcipRig()
    const { base, writes, results } = await pushed(rig)
    expect(compareLamps(lampTimingOf(SIGNAL, wantedTiming().pattern), writes.timing)).toEqual([])
    expect(checkWrite({ device: 'd1', base, writes, want: wantedTiming(), now: MORNING })).toEqual([])
    expect(rig.adapter.check(base, writes)).toEqual([])
    expect(results.every(({ acknowledged }) => acknowledged)).toBe(true)
    expect(await rig.adapter.verify(writes, never)).toEqual([])
    // The emulator decodes its rows by an arithmetic of its own.
    expect(compareLamps(writes.timing, rig.device.controller.timing(writes.slot)!)).toEqual([])
  })

  it('sends the frames of the dry run and nothing else', async () => {
    const rig = ntcipRig()
    const base = await rig.adapter.readConfig(never)
    const writes = rig.adapter.plan(base, wantedTiming())
    expect(rig.adapter.plan(base, wantedTiming())).toEqual(writes)
    rig.wire.length = 0
    await rig.adapter.push(writes, never)
    expect(rig.wire.filter(({ direction }) => direction === 'sent').map(({ hex }) => hex)).toEqual(writes.frames.map(({ hex }) => hex))
  })

  it('stands only once the transaction is made live, and not at all where the controller finds it wrong', async () => {
    const rig = ntcipRig()
    rig.device.verdict = 'split 2 too short'
    const { writes, results } = await pushed(rig)
    expect(results.some(({ acknowledged }) => acknowledged)).toBe(false)
    expect(results[0]?.sentence).toMatch(/split 2 too short/)
    expect((await rig.adapter.verify(writes, never)).length).toBeGreaterThan(0)
    expect(rig.device.controller.timing(writes.slot)).toBeUndefined()
  })

  it('is read back after each PDU where there is no transaction', async () => {
    const rig = ntcipRig({ transaction: false })
    rig.device.controller.faults.ignores_writes = true
    const { results } = await pushed(rig)
    expect(results[0]).toMatchObject({ acknowledged: false, sentence: expect.stringMatching(/reads back as/) })
  })

  it('is refused when somebody changed the controller since it was read', async () => {
    const rig = ntcipRig()
    const base = await rig.adapter.readConfig(never)
    const writes = rig.adapter.plan(base, wantedTiming())
    rig.device.edit(`${A}.4.7.1.3.9`, 5)
    await expect(rig.adapter.push(writes, never)).rejects.toThrow(/somebody changed the controller/)
  })

  it('is refused in flash', async () => {
    const rig = ntcipRig()
    const writes = rig.adapter.plan(await rig.adapter.readConfig(never), wantedTiming())
    rig.device.controller.setMode('flash')
    await expect(rig.adapter.push(writes, never)).rejects.toThrow(/mode flash/)
  })

  it('runs with a lease, is seen to be followed for two cycles, and ends when nobody renews', async () => {
    const rig = ntcipRig()
    const { writes } = await pushed(rig)
    await rig.adapter.activate(writes, rig.clock.now(), { expires_at: rig.clock.now() + 1200 }, never)
    const seen = await rig.adapter.observe(writes, 2, never)
    expect([seen.level, seen.sentences, seen.cycles]).toEqual([5, [], 2])
    await rig.adapter.renew(writes, { expires_at: rig.clock.now() + 300 }, never)
    await rig.clock.wait(500)
    expect(rig.device.controller.told_slot).toBe(1)
    await expect(rig.adapter.renew(writes, { expires_at: rig.clock.now() + 300 }, never)).rejects.toThrow(/lease is over/)
  })

  it('is not believed where the controller acknowledges and does nothing', async () => {
    const rig = ntcipRig()
    const { writes } = await pushed(rig)
    rig.device.controller.faults.ack_without_effect = true
    await rig.adapter.activate(writes, rig.clock.now(), undefined, never)
    const seen = await rig.adapter.observe(writes, 2, never)
    expect([seen.level, seen.sentences[0]]).toEqual([2, expect.stringMatching(/slot 1 runs, not 2/)])
  })

  it('is not believed where the controller tells the new plan and runs the old one', async () => {
    const rig = ntcipRig()
    const { writes } = await pushed(rig)
    rig.device.controller.faults.echo_without_effect = true
    await rig.adapter.activate(writes, rig.clock.now(), undefined, never)
    const seen = await rig.adapter.observe(writes, 2, never)
    expect(seen.level).toBe(3)
    expect(seen.sentences.length).toBeGreaterThan(0)
  })

  it('is told as refused when the controller runs free instead', async () => {
    const rig = ntcipRig()
    const { writes } = await pushed(rig)
    rig.device.edit(`${A}.4.9.1.3.${writes.slot}.2`, 6)
    await rig.adapter.activate(writes, rig.clock.now(), undefined, never)
    const seen = await rig.adapter.observe(writes, 2, never)
    expect([seen.level, seen.sentences[0]]).toEqual([2, expect.stringMatching(/split overrun \(localFreeStatus 9\)/)])
  })
})

describe('a rollback', () => {
  it('releases, waits until the plan runs no more, and puts the rows back as they were', async () => {
    const rig = ntcipRig()
    const { base, writes } = await pushed(rig)
    await rig.adapter.activate(writes, rig.clock.now(), { expires_at: rig.clock.now() + 1200 }, never)
    await rig.adapter.observe(writes, 2, never)
    const back = await rig.adapter.rollback(base, writes, never)
    expect([back.sentences, back.active_slot, back.level]).toEqual([[], 1, 3])
    const after = await rig.adapter.readConfig(never)
    expect(after.hash).toBe(base.hash)
    expect(after.image[`${A}.3.3.0`]).toBe('0')
  })

  it('undoes half a write without a transaction', async () => {
    const rig = ntcipRig({ transaction: false })
    rig.device.controller.faults.partial_after = 2
    const { base, writes, results } = await pushed(rig)
    expect(results[0]).toMatchObject({ acknowledged: false, sentence: expect.stringMatching(/wrongValue for item 3/) })
    rig.device.controller.faults.partial_after = undefined
    expect((await rig.adapter.readConfig(never)).hash).not.toBe(base.hash)
    expect((await rig.adapter.rollback(base, writes, never)).sentences).toEqual([])
    expect((await rig.adapter.readConfig(never)).hash).toBe(base.hash)
  })

  it('ends a transaction that a broken push left open', async () => {
    const rig = ntcipRig()
    const base = await rig.adapter.readConfig(never)
    const writes = rig.adapter.plan(base, wantedTiming())
    const { faults } = rig.device.controller
    faults.atRequest('write', () => { faults.link_down = true }, 3)
    await expect(rig.adapter.push(writes, never)).rejects.toThrow(/no answer/)
    faults.link_down = false
    expect(rig.device.get('1.3.6.1.4.1.1206.4.2.6.2.1.0')).toEqual({ type: 'integer', value: 2 })
    expect((await rig.adapter.rollback(base, writes, never)).sentences).toEqual([])
    expect(rig.device.get('1.3.6.1.4.1.1206.4.2.6.2.1.0')).toEqual({ type: 'integer', value: 1 })
    expect((await rig.adapter.readConfig(never)).hash).toBe(base.hash)
  })

  it('leaves alone what somebody else commands in the meantime', async () => {
    const rig = ntcipRig({ transaction: false })
    const { base, writes } = await pushed(rig)
    rig.device.set(`${A}.4.14.0`, 1)
    await rig.adapter.rollback(base, writes, never)
    expect(rig.device.get(`${A}.4.14.0`)).toEqual({ type: 'integer', value: 1 })
  })
})

describe('the lamps', () => {
  it('are told live as they change', async () => {
    const rig = ntcipRig()
    const abort = new AbortController()
    const seen = new Set<string>()
    for await (const sample of rig.adapter.live(abort.signal)) {
      for (const { group, lamp } of sample.lamps) seen.add(`${group} ${lamp}`)
      if (sample.time_s > MORNING + 120) abort.abort()
    }
    expect([...seen].filter((one) => one.startsWith('2 ')).sort()).toEqual(['2 green', '2 red', '2 yellow'])
    expect([...seen].some((one) => one.endsWith('unknown'))).toBe(false)
  })
})

describe('a refusal', () => {
  it('names the error of the standard and the item', () => {
    expect(new SnmpRefusal(10, 3).message).toBe('the controller answers wrongValue for item 3')
  })
})

describe('over UDP', () => {
  controllerConformance('the adapter', ntcipConformanceRig, it)
})
