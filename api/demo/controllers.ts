// Controllers of the demo town: emulated ones, each with what its signal runs, reached over TCP on this computer and by the clock of the service. Their
// lamps are real in everything but glass; in no street stands one of them, and they say so of themselves.
import { setTimeout as sleep } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import { EmulatedController } from '../../adapters/controllers/emulator/controller.ts'
import { setupOf } from '../../adapters/controllers/emulator/setup.ts'
import { demoDriver } from '../../adapters/controllers/skeleton/adapter.ts'
import { DemoController } from '../../adapters/controllers/skeleton/emulator/server.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { SignalId } from '../../model/signal.ts'
import { acceptBaseline, type Deployer } from '../../plans/deployment/index.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { ControllerAdapter, ControllerDriver } from '../../plans/ports/controllers.ts'
import type { Store } from '../../plans/ports/store.ts'
import { SERVICE_ACTOR } from '../../plans/workflow/index.ts'

export const EMULATED = 'emulated'
/** Nobody listens there: a controller that is not running can't be reached. */
const NOBODY = 1
/** They have been at it for so long when they are first asked: nobody waits for them to come in step. */
const RUNNING_S = 1800
/** What an emulated controller does while the computer is busy with simulations. */
const TIMEOUT_MS = 10_000

export interface EmulatedTown {
  /** Of all controllers of this process. */
  driver: ControllerDriver
  /** One controller a signal, set up in the store and accepted as they stand. Those of an earlier start are the same ones, without what they were commanded. */
  start(of: { store: Store; clock: Clock; deployer: Deployer; network: string; scenario: Scenario }): Promise<void>
  stop(): Promise<void>
}

export const controllerOf = (signal: SignalId): string => `${EMULATED}-${signal}`

export function emulatedTown(): EmulatedTown {
  const key = randomBytes(9).toString('base64url')
  const ports = new Map<string, number>()
  const servers: DemoController[] = []
  return {
    driver: {
      protocol: EMULATED,
      open: (device, context) => named(demoDriver.open({ ...device, settings: { host: '127.0.0.1', port: ports.get(device.id) ?? NOBODY, timeout_ms: TIMEOUT_MS } }, { ...context, secret: () => key })),
    },
    async start({ store, clock, deployer, network, scenario }) {
      const running = runningPatterns(scenario.timing, 12 * 3600)
      for (const signal of scenario.network.signals) {
        const pattern = running.get(signal.id)
        if (pattern === undefined) continue
        let behind = RUNNING_S
        const own = { now: () => clock.now() - behind, wait: (seconds: number, aborted?: AbortSignal) => sleep(seconds * 1000, undefined, aborted === undefined ? {} : { signal: aborted }) }
        const device = new EmulatedController(setupOf(signal, pattern, { time_zone: scenario.scenario.time_zone, changes: 'at-once' }), own)
        behind = 0
        const server = new DemoController(device, key)
        servers.push(server)
        ports.set(controllerOf(signal.id), await server.listen())
      }
      await setUp(store, deployer, network, [...running.keys()])
    },
    async stop() {
      await Promise.all(servers.splice(0).map((server) => server.close()))
      ports.clear()
    },
  }
}

function named(adapter: ControllerAdapter): ControllerAdapter {
  const identify = adapter.identify.bind(adapter)
  adapter.identify = async (signal) => ({ ...await identify(signal), model: EMULATED, protocol: EMULATED, profile: EMULATED })
  return adapter
}

/** Whoever took one out, or put another in its place, meant it. */
async function setUp(store: Store, deployer: Deployer, network: string, signals: readonly SignalId[]): Promise<void> {
  const known = await store.devices.list(network)
  if (known.length === 0) for (const signal of signals) await store.devices.put({ id: controllerOf(signal), network, signal, protocol: EMULATED, settings: {}, enabled: true, version: 0 }, 0)
  for (const device of await store.devices.list(network)) {
    if (device.protocol !== EMULATED || await store.devices.accepted(device.id) !== undefined) continue
    await acceptBaseline(deployer, device, SERVICE_ACTOR, 'an emulated controller as it was set up')
  }
}
