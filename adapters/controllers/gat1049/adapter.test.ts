import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { controllerConformance } from '../conformance.ts'
import { gat1049Driver } from './adapter.ts'
import { isWritable } from './plan.ts'
import { makeRig, message, type RigOptions, wanted } from './testing.ts'

const never = (): AbortSignal => new AbortController().signal
const rigOf = (own: RigOptions) => (options: RigOptions = {}): ReturnType<typeof makeRig> => makeRig({ ...own, ...options })

describe('GA/T 1049 as a client', () => {
  controllerConformance('of 2024', rigOf({}), it)
  controllerConformance('of 2013, in segments of 100 characters', rigOf({ edition: '2013', segment: 100 }), it)

  it('proves effective stages and cycles, level 4, where no lamp is told, and not while another plan runs', async () => {
    const rig = await makeRig({ settings: { profile: { lamps: 'no', clock: 'unread' } } })
    const adapter = gat1049Driver.open(rig.record, rig.context)
    const base = await adapter.readConfig(never())
    expect(base.clock_skew_s).toBeUndefined()
    const writes = adapter.plan(base, rig.good)
    await adapter.push(writes, never())
    await adapter.activate(writes, rig.clock.now(), undefined, never())
    expect(await adapter.observe(writes, 2, never())).toMatchObject({ level: 4, cycles: 2, active_slot: 2, sentences: [] })
    await adapter.rollback(base, writes, never())
    await adapter.push(writes, never())
    rig.device.faults.echo_without_effect = true
    await adapter.activate(writes, rig.clock.now(), undefined, never())
    const seen = await adapter.observe(writes, 2, never())
    expect(seen.level).toBe(3)
    expect(seen.sentences[0]).toMatch(/the last cycle was 90 s, not 102 s|stage 1 was 40 s, not 52 s/)
    await adapter.close()
    await rig.close()
  })

  it('logs in again when its token is lost, asks again, and sends no write twice', async () => {
    const rig = await makeRig()
    const adapter = gat1049Driver.open(rig.record, rig.context)
    const base = await adapter.readConfig(never())
    rig.utcs.forgetTokens()
    expect((await adapter.readConfig(never())).hash).toBe(base.hash)
    expect(rig.utcs.logins).toBe(2)
    rig.utcs.forgetTokens()
    const writes = adapter.plan(base, rig.good)
    expect((await adapter.push(writes, never()))[0]).toMatchObject({ acknowledged: false, sentence: expect.stringContaining('SDE_Token') })
    expect(rig.utcs.asked.filter((one) => one.startsWith('Set SetPlanParam'))).toHaveLength(1)
    expect((await adapter.push(writes, never())).every(({ acknowledged }) => acknowledged)).toBe(true)
    await adapter.close()
    await rig.close()
  })

  it('goes on watching over a connection that broke', async () => {
    const rig = await makeRig()
    const adapter = gat1049Driver.open(rig.record, rig.context)
    const base = await adapter.readConfig(never())
    const writes = adapter.plan(base, rig.good)
    await adapter.push(writes, never())
    await adapter.activate(writes, rig.clock.now(), undefined, never())
    const watching = adapter.observe(writes, 2, never())
    await rig.clock.wait(150)
    rig.utcs.hangUp()
    expect(await watching).toMatchObject({ level: 5, sentences: [] })
    await adapter.close()
    await rig.close()
  })

  it('reaches many intersections of one system over one connection, and ends it with the last', async () => {
    const rig = await makeRig({ crosses: 3 })
    const adapters = ['1', '2', '3'].map((i) => gat1049Driver.open({ ...rig.record, id: `d${i}`, settings: { ...rig.record.settings, cross_id: `9999010000000${i}` } }, rig.context))
    const bases = await Promise.all(adapters.map((adapter) => adapter.readConfig(never())))
    expect(bases.map(({ active_slot, mode }) => [active_slot, mode])).toEqual([[1, 'coordinated'], [1, 'coordinated'], [1, 'coordinated']])
    expect(rig.utcs.logins).toBe(1)
    expect(new Set(rig.wire.map(({ device }) => device))).toEqual(new Set(['d1', 'd2', 'd3']))
    await adapters[0].close()
    expect((await adapters[1].readConfig(never())).hash).toBe(bases[1].hash)
    expect(rig.utcs.logins).toBe(1)
    for (const adapter of adapters) await adapter.close()
    await rig.close()
  })

  it('says why it cannot log in and waits before it tries again', async () => {
    const rig = await makeRig({ settings: { user: 'somebody' } })
    const adapter = gat1049Driver.open(rig.record, rig.context)
    await expect(adapter.readConfig(never())).rejects.toThrow('the login was refused: SDO_User SDE_UserName who?')
    await expect(adapter.readConfig(never())).rejects.toThrow('the last attempts failed; the next one is made in 1 s')
    expect(rig.utcs.logins).toBe(0)
    await adapter.close()
    await rig.close()
  })

  it('does not take control from somebody on the spot', async () => {
    const rig = await makeRig()
    const adapter = gat1049Driver.open(rig.record, rig.context)
    const base = await adapter.readConfig(never())
    rig.device.setMode('manual')
    const seen = await adapter.rollback(base, undefined, never())
    expect(seen.sentences).toEqual(['it is manual: control was not released, somebody else has it'])
    expect(rig.utcs.asked.filter((one) => one.startsWith('Set CrossCtrlInfo'))).toEqual([])
    await adapter.close()
    await rig.close()
  })

  it('copies yellow and all red from the plans of the controller, whatever is wanted, and writes nothing off its list', async () => {
    const rig = await makeRig()
    const adapter = gat1049Driver.open(rig.record, rig.context)
    const base = await adapter.readConfig(never())
    fc.assert(fc.property(fc.integer({ min: -20, max: 300 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 500 }), (by, early, offset) => {
      const { items, frames, timing } = adapter.plan(base, wanted({ by, early, offset }))
      for (const { id } of items) expect(isWritable(id)).toBe(true)
      const text = Buffer.from(frames[0].hex, 'hex').toString()
      expect(text.match(/<Operation order="1" name="Set"><SetPlanParam>/g)).toHaveLength(1)
      expect(text.match(/<(Yellow|AllRed)>\d+</g)).toEqual(['<Yellow>3<', '<AllRed>2<', '<Yellow>3<', '<AllRed>2<', '<Yellow>3<', '<AllRed>2<'])
      expect(timing.cycle).toBe(lampTimingOf(rig.good.signal, wanted({ by, early, offset }).pattern).cycle)
    }))
    expect(isWritable('PlanParam/2/StageTiming/1/Yellow')).toBe(false)
    const writes = adapter.plan(base, rig.good)
    const forged = { ...writes, frames: [{ ...writes.frames[0], hex: Buffer.from(Buffer.from(writes.frames[0].hex, 'hex').toString().replace('<Yellow>3<', '<Yellow>1<')).toString('hex') }] }
    expect(adapter.check(base, forged)).toMatchObject([{ rule: 'clearance', weight: 'hard' }])
    await adapter.close()
    await rig.close()
  })

  it('measures offsets from the stage that the plans coordinate by, and only reads where that is unknown', async () => {
    const rig = await makeRig()
    const offsetOf = async (offset_reference: string): Promise<[string | undefined, string[]]> => {
      const adapter = gat1049Driver.open({ ...rig.record, settings: { ...rig.record.settings, profile: { offset_reference } } }, rig.context)
      const base = await adapter.readConfig(never())
      const writes = adapter.plan(base, wanted({ offset: 10 }))
      await adapter.close()
      return [writes.items.find(({ id }) => id === 'PlanParam/2/Offset')?.new, adapter.check(base, writes).map(({ rule }) => rule)]
    }
    // Stage 2 begins 40 s after the first.
    expect(await offsetOf('coordinated-stage')).toEqual(['50', []])
    expect(await offsetOf('first-stage')).toEqual(['10', []])
    expect((await offsetOf('unknown'))[1]).toEqual(['profile'])
    await rig.close()
  })

  it('refuses leases that CenterPlan has no word for', async () => {
    const rig = await makeRig()
    const adapter = gat1049Driver.open(rig.record, rig.context)
    const writes = adapter.plan(await adapter.readConfig(never()), rig.good)
    for (const seconds of [10, 1441 * 60]) await expect(adapter.renew(writes, { expires_at: rig.clock.now() + seconds }, never())).rejects.toThrow(`a lease of ${seconds} s; CenterPlan runs 1 to 1440 minutes`)
    await adapter.close()
    await rig.close()
  })

  it.each([
    [{ port: 70_000 }, 'settings.port is 70000'], [{ cross_id: '' }, 'settings.cross_id is ""'], [{ plan_numbers: [4, 1] }, 'settings.plan_numbers is [4,1]'], [{ edition: '2020' }, 'settings.edition is "2020"'],
    [{ groups: { 9: 1 } }, 'settings.groups is "9"'], [{ groups: { 1: 2 } }, 'settings.groups.2 is 2'], [{ profile: { adjust: 'maybe' } }, 'settings.profile.adjust is "maybe"'], [{ password: 'x' }, 'settings.password is "x"; it must be left out'],
  ])('refuses the settings %j with place and value', async (settings, sentence) => {
    const rig = await makeRig()
    expect(() => gat1049Driver.open({ ...rig.record, settings: { ...rig.record.settings, ...settings } }, rig.context)).toThrow(sentence)
    await rig.close()
  })

  it('believes no push without its token', async () => {
    const rig = await makeRig()
    const adapter = gat1049Driver.open(rig.record, rig.context)
    await adapter.readConfig(never())
    rig.utcs.shout(message('PUSH', '', '<CrossState><CrossID>99990100000001</CrossID><Value>Error</Value></CrossState>'))
    expect((await adapter.readConfig(never())).mode).toBe('coordinated')
    expect(rig.counted(adapter)).toBe(1)
    await adapter.close()
    await rig.close()
  })
})
