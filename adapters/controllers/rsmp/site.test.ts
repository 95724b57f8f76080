import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkWrite } from '../../../model/device/check-write.ts'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { wantedOf } from '../emulator/setup.ts'
import { rsmpDriver } from './adapter.ts'
import { commandOf, planWrites } from './plan.ts'
import { readSettings } from './config.ts'
import { schemaJudge } from './schemas.testing.ts'
import { type RsmpRig, rsmpRig } from './testing.ts'

const SIGNAL = dualRingSignal()
const never = (): AbortSignal => new AbortController().signal
type Adapter = ReturnType<RsmpRig['driver']['open']>

async function using(options: Parameters<typeof rsmpRig>[2], run: (rig: RsmpRig, adapter: Adapter) => Promise<void>): Promise<void> {
  const rig = await rsmpRig(SIGNAL, dualRingPattern(), options)
  const adapter = rig.driver.open(rig.record, rig.context)
  try {
    await run(rig, adapter)
  } finally {
    await adapter.close()
    await rig.close()
  }
}

const messagesOf = ({ wire }: RsmpRig): { direction: string; message: { type: string } }[] => wire.map(({ direction, hex }) => ({ direction, message: JSON.parse(Buffer.from(hex, 'hex').toString().replaceAll('\0', '0').replace('\f', '')) as { type: string } }))
const sentOf = (rig: RsmpRig, type: string): unknown[] => messagesOf(rig).filter(({ direction, message }) => direction === 'sent' && message.type === type)

describe('a site of RSMP', () => {
  it('exchanges only messages that are valid by the schemas, from both ends', async () => {
    const judge = schemaJudge()
    await using({}, async (rig, adapter) => {
      rig.site.alarm('A0302', true)
      const base = await adapter.readConfig(never())
      const writes = adapter.plan(base, rig.good)
      await adapter.push(writes, never())
      await adapter.activate(writes, rig.clock.now(), undefined, never())
      const stop = new AbortController()
      for await (const _ of adapter.live(stop.signal)) stop.abort()
      await adapter.rollback(base, writes, never())
      const messages = messagesOf(rig)
      for (const type of ['Version', 'Watchdog', 'AggregatedStatus', 'Alarm', 'StatusRequest', 'StatusResponse', 'StatusSubscribe', 'StatusUpdate', 'StatusUnsubscribe', 'CommandRequest', 'CommandResponse', 'MessageAck']) {
        expect(messages.map(({ message }) => message.type)).toContain(type)
      }
      expect(messages.flatMap(({ message }) => judge(message, '3.2.2').map((why) => `${message.type}: ${why}`))).toEqual([])
    })
  })

  it('sends in the order timeout, bands, cycle, offset, with the offset told before the base counter\'s zero', async () => {
    await using({}, async (rig, adapter) => {
      const { items } = adapter.plan(await adapter.readConfig(never()), rig.good)
      // Local zero 42 s after midnight in a cycle of 110 s: counter 0 is reached where base counter + 68 is a whole cycle.
      expect(items.map(({ id, old, new: value }) => [id, old, value])).toEqual([['M0023', '0', '10'], ['M0014 4', '1-0,2-0', '1-10,2-0'], ['M0018 4', '100', '110'], ['M0015 4', '90', '68']])
    })
  })

  it('stops at a wrong security code and never tries again', async () => {
    await using({ site: { code: 'another' } }, async (rig, adapter) => {
      const base = await adapter.readConfig(never())
      const writes = adapter.plan(base, rig.good)
      expect(await adapter.push(writes, never())).toMatchObject([{ id: 'M0023', acknowledged: false, sentence: expect.stringContaining('wrong security code') as string }])
      await expect(adapter.activate(writes, rig.clock.now(), undefined, never())).rejects.toThrow('no more commands')
      await expect(adapter.rollback(base, writes, never())).rejects.toThrow('no more commands')
      expect(sentOf(rig, 'CommandRequest')).toHaveLength(1)
    })
  })

  it('lets the controller go back to its own plan once it hears no more of us', async () => {
    await using({ settings: { timeout_min: 5 } }, async (rig, adapter) => {
      const writes = adapter.plan(await adapter.readConfig(never()), rig.good)
      await adapter.push(writes, never())
      await adapter.activate(writes, rig.clock.now(), undefined, never())
      await rig.clock.wait(240)
      expect(rig.device.cycle()?.slot).toBe(4)
      await adapter.close()
      await rig.clock.wait(300)
      expect(rig.device.cycle()?.slot).toBe(1)
    })
  })

  it('reads lamps where the plan is not told any more once it is forced, and says that level 3 is unknown', async () => {
    await using({ site: { hides_forced_plan: true } }, async (rig, adapter) => {
      const writes = adapter.plan(await adapter.readConfig(never()), rig.good)
      await adapter.push(writes, never())
      await adapter.activate(writes, rig.clock.now(), undefined, never())
      expect(await adapter.observe(writes, 2, never())).toMatchObject({ level: 5, sentences: ['the controller does not tell which plan it runs: level 3 is unknown'] })
    })
  })

  it('subscribes in the other form of booleans where the first is refused, once', async () => {
    await using({ site: { form: 'text' } }, async (rig, adapter) => {
      for (let turn = 0; turn < 2; turn++) {
        const stop = new AbortController()
        for await (const { lamps } of adapter.live(stop.signal)) {
          expect(lamps).toHaveLength(8)
          stop.abort()
        }
      }
      expect(sentOf(rig, 'StatusSubscribe')).toHaveLength(3)
    })
  })

  it('is in fault while a serious alarm is active, so that nothing may be sent', async () => {
    await using({}, async (rig, adapter) => {
      const modes: string[] = []
      await adapter.identify(never())
      for (const [code, isActive] of [['A0302', true], ['A0006', true], ['A0006', false]] as const) {
        rig.site.alarm(code, isActive)
        modes.push((await adapter.readConfig(never())).mode)
      }
      expect(modes).toEqual(['coordinated', 'fault', 'coordinated'])
      rig.site.alarm('A0006', true)
      const base = await adapter.readConfig(never())
      const writes = adapter.plan(base, rig.good)
      expect(checkWrite({ device: 'd', base, writes, want: rig.good, now: rig.clock.now() })).toMatchObject([{ rule: 'mode', weight: 'hard' }])
    })
  })

  it('does without statuses that a controller lacks, but not without its tables', async () => {
    await using({ site: { lacks: ['S0010', 'S0012', 'S0026', 'S0032', 'S0095', 'S0097'] } }, async (_, adapter) => {
      expect(await adapter.readConfig(never())).toMatchObject({ mode: 'coordinated', active_slot: 1 })
      expect((await adapter.identify(never())).firmware).toBe('unknown')
    })
    await using({ site: { lacks: ['S0023'] } }, async (_, adapter) => {
      await expect(adapter.readConfig(never())).rejects.toMatchObject({ code: 'controller.refused' })
    })
  })

  it('says unreachable while the site has not connected, and refuses a site of another edition', async () => {
    for (const settings of [{ site: 'another' }, { sxl: '1.1' }, { core: ['3.1.2'] }]) {
      await using({ settings: { connect_ms: 150, ...settings } }, async (_, adapter) => {
        await expect(adapter.readConfig(never())).rejects.toMatchObject({ code: 'controller.unreachable', message: expect.stringContaining('has not connected in 150 ms') as string })
      })
    }
  })

  it('goes on after the line was cut', async () => {
    await using({}, async (rig, adapter) => {
      const { hash } = await adapter.readConfig(never())
      rig.site.hangUp()
      expect((await adapter.readConfig(never())).hash).toBe(hash)
    })
  })

  it('tells by how much a group would be beside the plan where that is allowed', async () => {
    await using({ settings: { residual_s: 0.5 } }, async (rig, adapter) => {
      const base = await adapter.readConfig(never())
      const want = wantedOf(SIGNAL, rig.good.pattern as Parameters<typeof wantedOf>[1], { offset_s: 42.4 })
      const writes = adapter.plan(base, want)
      expect(writes.residual.map(({ group, error_s }) => [group, error_s])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'].map((group) => [group, 0.4]))
      expect(writes.timing.offset).toBe(420)
      expect(adapter.check(base, writes)).toEqual([])
    })
  })

  it('reads only where the base counter or the security code is unknown', async () => {
    await using({ settings: { base_counter_zero_s: 'unknown' } }, async (rig, adapter) => {
      const base = await adapter.readConfig(never())
      expect(() => adapter.plan(base, rig.good)).toThrow('base_counter_zero_s is unknown')
    })
    await using({ settings: { code: 'missing' } }, async (rig, adapter) => {
      const base = await adapter.readConfig(never())
      expect(adapter.check(base, adapter.plan(base, rig.good))).toMatchObject([{ rule: 'profile', weight: 'hard' }])
    })
  })

  it('commands nothing outside its list, whatever the plan', async () => {
    await using({}, async (rig, adapter) => {
      const [base, settings] = [await adapter.readConfig(never()), readSettings(rig.record)]
      fc.assert(fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 99 }), (by, offset_s) => {
        const { items, frames } = planWrites(settings, base, wantedOf(SIGNAL, rig.good.pattern as Parameters<typeof wantedOf>[1], { by, offset_s }))
        for (const { id } of items) expect(rig.isWritable(id)).toBe(true)
        for (const { hex } of frames) for (const { cCI } of (JSON.parse(Buffer.from(hex, 'hex').toString().trimEnd()) as { arg: { cCI: string }[] }).arg) expect(cCI).toMatch(/^M00(14|15|18|23)$/)
      }))
    })
    for (const id of ['M0001', 'M0104', 'M0014', 'M0002 4', 'minimum green 1']) expect(() => commandOf({ id, new: '1' })).toThrow('never written')
  })

  it('refuses settings with place and value', async () => {
    const { record, context, close } = await rsmpRig(SIGNAL, dualRingPattern())
    for (const [settings, sentence] of [
      [{ site: '' }, 'settings.site is ""'], [{ port: 0 }, 'settings.port is 0'], [{ core: ['2.0'] }, 'settings.core is ["2.0"]'],
      [{ programs: [{ plan: 4, stages: [{ groups: ['x'], green_s: 1, yellow_s: 3, red_clearance_s: 1 }] }] }, 'settings.programs[0].stages[0].groups[0] is "x"'],
      [{ programs: [{ plan: 4, stages: [], bands: [{ no: 11, stage: 1, max: 5 }] }] }, 'settings.programs[0].bands[0].no is 11'],
    ] as const) expect(() => rsmpDriver.open({ ...record, settings: { ...record.settings, ...settings } }, context)).toThrow(sentence)
    await close()
  })
})
