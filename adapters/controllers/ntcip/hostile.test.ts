import { describe, expect, it } from 'vitest'
import type { ControllerAdapter } from '../../../plans/ports/controllers.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { SnmpAgent } from './emulator/agent.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { ntcipDriver } from './adapter.ts'
import type { Counters } from './port.ts'
import { contextFor, deviceSetup, MORNING, runningDevice, SECRETS, SETTINGS, wantedTiming } from './testing.ts'

const never = new AbortController().signal

/** The same bytes every time: a small linear congruence (Numerical Recipes). */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return Math.floor((state / 2 ** 32) * sides) }
}

describe('answers that are spoiled on the line', () => {
  it('never crash the adapter, never make it write, and are counted', async () => {
    const clock = new LeapingClock(MORNING)
    const device = runningDevice(deviceSetup(), clock)
    const agent = new SnmpAgent(device, SECRETS['d1-community']!)
    const settings = { host: '127.0.0.1', port: await agent.listen(), timeout_s: 0.1, version: 'v2c', waiver: { by: 'nobody', reason: 'test' }, groups: SETTINGS.groups }
    const adapter = ntcipDriver().open({ id: 'd1', network: 'n', signal: 'S', protocol: 'ntcip', settings, enabled: true, version: 1 }, contextFor(clock, [])) as ControllerAdapter & { counters: Counters }
    const base = await adapter.readConfig(never)
    const roll = dice(4)
    agent.spoil = (reply) => {
      const bytes = Buffer.from(reply.subarray(0, roll(8) === 0 ? roll(reply.length) : reply.length))
      for (let i = roll(4); i >= 0 && bytes.length > 0; i--) bytes[roll(bytes.length)] = roll(256)
      return bytes
    }
    const failures: unknown[] = []
    const refused = (error: unknown): void => { failures.push(error) }
    for (let round = 0; round < 3; round++) {
      await adapter.identify(never).catch(refused)
      await adapter.readConfig(never).catch(refused)
      for (let i = 0; i < 60; i++) await agent.shout(Buffer.from(Array.from({ length: roll(60) }, () => roll(256))))
    }
    expect(failures.length).toBeGreaterThan(0)
    expect(failures.filter((error) => !(error instanceof GreenwaveError))).toEqual([])
    expect(adapter.counters.malformed + adapter.counters.unexpected).toBeGreaterThan(50)
    agent.spoil = (reply) => reply
    const after = await adapter.readConfig(never)
    expect(after.hash).toBe(base.hash)
    expect(adapter.plan(after, wantedTiming())).toEqual(adapter.plan(base, wantedTiming()))
    await adapter.close()
    agent.close()
  })
})
