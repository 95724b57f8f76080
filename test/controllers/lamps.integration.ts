// The watch of lamps over the demo protocol and its emulated controller: beside a deployment, under drift, and when another plan runs.
import { afterEach, describe, expect, it } from 'vitest'
import type { ControllerRig } from '../../adapters/controllers/conformance.ts'
import { demoRig } from '../../adapters/controllers/skeleton/testing.ts'
import { greensOfLog, lampFeedOf, LampWatch } from '../../plans/lamps/index.ts'
import type { ServiceEvent } from '../../plans/ports/event-log.ts'
import type { SignalEvent } from '../../model/feed.ts'
import { phaseNumbers } from '../../simulation/observe/index.ts'
import { dualRingPattern, dualRingSignal } from '../dual-ring.ts'
import { approvedPlan, centreOf, streetOf } from './deploy.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close() })

/** A centre that deploys to one controller and watches its lamps all the while. */
async function watched() {
  const rig: ControllerRig = await demoRig(dualRingSignal(), dualRingPattern(), {})
  closing.push(() => rig.close())
  const { signal, secret, time_zone } = rig.context
  const street = streetOf(signal, time_zone)
  const clock = { now: () => rig.clock.now(), wait: (seconds: number, aborted: AbortSignal) => rig.clock.wait(seconds, aborted) }
  const { deployer } = await centreOf('n', street, [rig.record], { clock, drivers: [rig.driver], secret: (_, name) => secret(name) })
  const { store } = deployer.desk
  const troubles: string[] = []
  const watch = new LampWatch({ deployer, network: 'n', onTrouble: (_, sentence) => troubles.push(sentence) })
  const abort = new AbortController()
  const running = watch.run(abort.signal)
  const stop = async (): Promise<void> => { abort.abort(); await running }
  closing.push(stop)
  const deploy = (mode: 'temporary' | 'permanent') => deployer.run({ plan: approvedPlan('n', 'main', [{ signal, pattern: rig.good.pattern }]), mode, by: 'li', lease_s: 36_000 })
  const told = async (kind: string): Promise<ServiceEvent[]> => (await store.events.since(0, 100_000)).filter((event) => event.kind === kind)
  const log = async (): Promise<SignalEvent[]> => {
    const rows: SignalEvent[] = []
    for await (const some of store.observations.events('n', 0, Number.MAX_SAFE_INTEGER)) rows.push(...some)
    return rows
  }
  return { rig, street, deployer, store, watch, troubles, stop, deploy, told, log }
}

describe('the watch of lamps', () => {
  it('stands aside for a deployment, then keeps what the lamps did as the log of the controller', async () => {
    const { rig, street, troubles, stop, deploy, told, log, store, watch } = await watched()
    await rig.clock.wait(30)
    expect(watch.figures()).toEqual({ followed: 1, lost: 0, alarms: 0 })
    const { effective } = await deploy('temporary')
    expect(effective).toBe(true)
    const since = rig.clock.now()
    await rig.clock.wait(600)
    await stop()
    const greens = greensOfLog((await log()).filter(({ time_s }) => time_s > since + 130), phaseNumbers(street.network))
    // Phase 2 is green once a cycle of 110 s for as long as the emulated controller says.
    const own = greens.filter(({ group }) => group === '2')
    const truth = rig.device.greens().filter(({ group }) => group === '2')
    expect(own.length).toBeGreaterThanOrEqual(3)
    for (const { start_s, end_s } of own) expect(truth.some((green) => Math.abs(green.start_s - start_s) <= 0.5 && Math.abs(green.end_s - end_s) <= 0.5)).toBe(true)
    const starts = own.map(({ start_s }) => start_s)
    expect(starts.slice(1).map((start, i) => Math.round(start - starts[i]!))).toEqual(starts.slice(1).map(() => 110))
    // Each edge once, each batch under a name of its own.
    const rows = (await log()).map((row) => JSON.stringify(row))
    expect(new Set(rows).size).toBe(rows.length)
    expect(await store.feeds.get(lampFeedOf('n'))).toMatchObject({ kind: 'events', network: 'n' })
    expect([await told('controller.mismatch'), await told('controller.drift'), troubles]).toEqual([[], [], []])
    // Listeners hear of changes, at most once a second.
    const lamps = await told('controller.lamps')
    expect(lamps.length).toBeGreaterThan(20)
    expect(lamps.slice(1).every(({ time_s }, i) => time_s - lamps[i]!.time_s >= 1 - 1e-6)).toBe(true)
  })

  it.each(['temporary', 'permanent'] as const)('raises one alarm when another plan runs, and takes the run back (%s)', async (mode) => {
    const { rig, store, deploy, told } = await watched()
    const { run, effective } = await deploy(mode)
    expect(effective).toBe(true)
    await rig.clock.wait(400)
    expect(await told('controller.mismatch')).toEqual([])
    // Somebody at the cabinet.
    rig.device.release()
    for (let i = 0; i < 120 && (await store.deployments.list({ run, state: 'ROLLED_BACK' }, { limit: 9 })).items.length === 0; i++) await rig.clock.wait(20)
    expect((await store.deployments.list({ run }, { limit: 9 })).items.map(({ state }) => state)).toEqual(['ROLLED_BACK'])
    await rig.clock.wait(400)
    expect((await told('controller.mismatch')).map(({ body }) => (body as { raised: boolean }).raised)).toEqual([true, false])
  })

  it('tells how late a plan runs, and when it no longer does, and leaves it running', async () => {
    const { rig, store, deploy, told } = await watched()
    const { run } = await deploy('temporary')
    rig.device.setClock(rig.clock.now() - 3)
    await rig.clock.wait(1200)
    const [first] = (await told('controller.drift')).map(({ body }) => body as { raised: boolean; controller: string; drift_s: number; sentences: string[] })
    expect(first).toMatchObject({ raised: true, controller: 'd', sentences: [expect.stringMatching(/^the plan runs [23](\.\d)? s late$/)] })
    // Known to a quarter of a second at each end.
    expect(Math.abs(first!.drift_s - 3)).toBeLessThanOrEqual(0.5)
    rig.device.setClock(rig.clock.now())
    await rig.clock.wait(1200)
    expect((await told('controller.drift')).map(({ body }) => (body as { raised: boolean }).raised)).toEqual([true, false])
    expect((await store.deployments.list({ run }, { limit: 9 })).items.map(({ state }) => state)).toEqual(['LEASED'])
  })
})
