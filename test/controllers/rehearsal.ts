// A city of emulated controllers: each signal of a scenario becomes a controller with the timing that runs there, reached over TCP by the demo protocol, and a centre
// that deploys to them. Time leaps, so that cycles cost no waiting.
import { byLeapingClock } from '../../adapters/controllers/around.ts'
import { LeapingClock } from '../../adapters/controllers/emulator/clock.ts'
import { EmulatedController } from '../../adapters/controllers/emulator/controller.ts'
import { setupOf } from '../../adapters/controllers/emulator/setup.ts'
import { demoDriver } from '../../adapters/controllers/skeleton/adapter.ts'
import { DemoController } from '../../adapters/controllers/skeleton/emulator/server.ts'
import { judgeLamps } from '../../model/device/as-run.ts'
import { lampTimingOf } from '../../model/device/lamp-timing.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, RingPattern, Signal, SignalId } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'
import type { DeviceRecord } from '../../plans/ports/controllers.ts'
import type { ApprovedPlan } from '../../plans/workflow/stages.ts'
import type { DeskOptions } from '../../plans/deployment/desk.ts'
import { approvedPlan, type Centre, centreOf } from './deploy.ts'

const KEY = 'rehearsal'
export const NETWORK = 'n'

export interface Rehearsal extends Centre {
  clock: LeapingClock
  controllers: Map<SignalId, EmulatedController>
  /** A plan for each corridor of the scenario: one cycle, and offsets `step_s` apart. */
  plans: ApprovedPlan[]
  close(): Promise<void>
}

/** On a weekday at a local time of day. Corridors run the longest cycle of theirs in the plans, the time added to the first barrier. */
export async function rehearse(scenario: Scenario, time_of_day: number, step_s: number, rules: Pick<DeskOptions, 'rules'> = {}): Promise<Rehearsal> {
  const { time_zone, corridors } = scenario.scenario
  const local = new LocalTime(time_zone)
  const clock = new LeapingClock(local.instant(20_458, time_of_day))
  const running = runningPatterns(scenario.timing, time_of_day)
  const controllers = new Map<SignalId, EmulatedController>()
  const servers: DemoController[] = []
  const records: DeviceRecord[] = []
  for (const signal of scenario.network.signals) {
    const pattern = running.get(signal.id)
    if (pattern === undefined) continue
    const device = new EmulatedController(setupOf(signal, pattern, { time_zone }), clock)
    const server = new DemoController(device, KEY)
    controllers.set(signal.id, device)
    servers.push(server)
    // Nobody here is deaf: whoever is slow is the computer, with hundreds of controllers in one process.
    records.push({ id: `c${signal.id}`, network: NETWORK, signal: signal.id, protocol: 'demo', settings: { host: '127.0.0.1', port: await server.listen(), timeout_ms: 30_000 }, enabled: true, version: 0 })
  }
  const centre = await centreOf(NETWORK, scenario, records, {
    clock: { now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal) }, drivers: [byLeapingClock(demoDriver, clock)], secret: () => KEY, ...rules,
  })
  const plans = corridors.map(({ id, intersections }) => approvedPlan(NETWORK, id, coordinated(intersections.map((one) => signalOf(scenario, one)), running, step_s)))
  // In step before anybody looks.
  await clock.wait(900)
  return { ...centre, clock, controllers, plans, close: async () => { for (const server of servers) await server.close() } }
}

const signalOf = ({ network }: Scenario, id: SignalId): Signal => network.signals.find((one) => one.id === id) as Signal

function coordinated(signals: readonly Signal[], running: ReadonlyMap<SignalId, Pattern>, step_s: number): { signal: Signal; pattern: Pattern }[] {
  const patterns = signals.map(({ id }) => running.get(id) as RingPattern)
  const cycle_s = Math.max(...patterns.map((one) => one.cycle_s))
  return signals.map((signal, i) => {
    const pattern = structuredClone(patterns[i] as RingPattern)
    for (const ring of pattern.barriers[0]?.rings ?? []) (ring.at(-1) as { split_s: number }).split_s += cycle_s - pattern.cycle_s
    return { signal, pattern: { ...pattern, cycle_s, offset_s: (pattern.offset_s + step_s * (i + 1)) % cycle_s } }
  })
}

/** What the lamps of the controllers of a plan did over the last cycles, by themselves and not by what the adapter saw; empty = all follow. */
export function strays({ controllers, clock }: Pick<Rehearsal, 'controllers' | 'clock'>, scenario: Scenario, plan: ApprovedPlan, from_s: Instant): string[] {
  const local = new LocalTime(scenario.scenario.time_zone)
  const midnight_s = local.instant(local.day(from_s), 0)
  return plan.document.intersections.flatMap((one) => {
    const expected = lampTimingOf(signalOf(scenario, one.signal), one)
    return judgeLamps(expected, controllers.get(one.signal)?.greens() ?? [], { midnight_s, from_s, until_s: clock.now() }).sentences.map((sentence) => `signal ${one.signal}: ${sentence}`)
  })
}
