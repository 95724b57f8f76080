import { afterEach, expect, it } from 'vitest'
import { byLeapingClock } from '../../adapters/controllers/around.ts'
import { LeapingClock } from '../../adapters/controllers/emulator/clock.ts'
import { LocalTime } from '../../model/local-time.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { Deployer } from '../../plans/deployment/index.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { personOf } from '../../plans/testing/records.ts'
import { timingReader } from '../../plans/workflow/index.ts'
import { approvedPlan } from '../../test/controllers/deploy.ts'
import { controllerOf, emulatedTown, type EmulatedTown } from './controllers.ts'
import { DEMO_NETWORK, demoTown } from './town.ts'
import { withDeployed } from './timings.ts'

const scenario = demoTown('Asia/Shanghai')
let town: EmulatedTown | undefined
afterEach(() => town?.stop())

it('takes a plan to the lamps of emulated controllers, drives it in the street, and brings all back within five seconds of their time', async () => {
  const clock = new LeapingClock(new LocalTime('Asia/Shanghai').instant(20_600, 10 * 3600))
  const store = memoryStore(clock)
  await store.networks.put(DEMO_NETWORK, scenario, 'li', 0)
  await store.people.put(personOf('li'), 0)
  town = emulatedTown()
  const deployer = new Deployer({ store, clock: { now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal) }, drivers: [byLeapingClock(town.driver, clock)] })
  await town.start({ store, clock, deployer, network: DEMO_NETWORK, scenario })
  expect(await store.devices.list(DEMO_NETWORK)).toHaveLength(16)

  const running = runningPatterns(scenario.timing, 10 * 3600)
  const corridor = scenario.scenario.corridors.find(({ id }) => id === 'zhongshan-road')!
  const timings = corridor.intersections.map((id, i) => ({ signal: scenario.network.signals.find((one) => one.id === id)!, pattern: { ...running.get(id)!, offset_s: (running.get(id)!.offset_s + 13 * (i + 1)) % running.get(id)!.cycle_s } }))
  const plan = approvedPlan(DEMO_NETWORK, corridor.id, timings)
  const [rehearsal] = await deployer.rehearse({ plan })
  expect([rehearsal?.identity?.model, rehearsal?.now?.mode, rehearsal?.now?.as_accepted, rehearsal?.obstacles]).toEqual(['emulated', 'coordinated', true, []])
  const report = await deployer.run({ plan, mode: 'temporary', by: 'li' })
  expect(report.members.map(({ device, state, level }) => [device, state, level])).toEqual(corridor.intersections.map((id) => [controllerOf(id), 'LEASED', 5]))

  const street = withDeployed(store, timingReader(store))
  const offsets = async (): Promise<number[]> => (await street.currentTimings(DEMO_NETWORK, clock.now())).filter(({ signal }) => corridor.intersections.includes(signal)).map(({ pattern }) => pattern.offset_s)
  expect((await offsets()).toSorted()).toEqual(timings.map(({ pattern }) => pattern.offset_s).toSorted())
  const before = clock.now()
  expect((await deployer.release(report.run, 'li', 'enough')).map(({ state }) => state)).toEqual(corridor.intersections.map(() => 'ROLLED_BACK'))
  expect(clock.now() - before).toBeLessThan(5)
  expect((await offsets()).toSorted()).toEqual(corridor.intersections.map((id) => running.get(id)!.offset_s).toSorted())
}, 30_000)
