// The adapter against SUMO itself: timing goes to running lights, lamps and vehicles obey it, and everything comes back.
import { rm, writeFile, readFile } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driveStreet, EmulatedController } from '../../adapters/controllers/emulator/controller.ts'
import { setupOf } from '../../adapters/controllers/emulator/setup.ts'
import { lightDevices } from '../../adapters/controllers/traci/devices.ts'
import { TraciStreets, traciDriver } from '../../adapters/controllers/traci/driver.ts'
import { LIGHT, setLight } from '../../adapters/controllers/traci/codec.ts'
import { play } from '../../adapters/controllers/traci/changeover.ts'
import { TraciPlant } from '../../adapters/controllers/traci/plant.ts'
import { phasesOf, type LightLink } from '../../adapters/controllers/traci/program.ts'
import { TraciStreet } from '../../adapters/controllers/traci/street.ts'
import { exportSumoRoutes, importSumo } from '../../adapters/formats/sumo/index.ts'
import { builtNet, corridorStreets, corridorTrips } from '../../bench/sumo/corridors.ts'
import { runnerOf } from '../../bench/sumo/run-ours.ts'
import { PASSENGER_CAR } from '../../model/demand.ts'
import { checkWrite } from '../../model/device/check-write.ts'
import type { Baseline, WriteSet } from '../../model/device/device.ts'
import { lampTimingOf } from '../../model/device/lamp-timing.ts'
import type { Network } from '../../model/network.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { planScenario } from '../../plans/plan-scenario.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { ControllerAdapter, DeviceRecord, WireEntry } from '../../plans/ports/controllers.ts'
import type { Trip } from '../../simulation/index.ts'
import { sharedData, sharedDataNote } from '../shared-data.ts'
import { hasSumo, sumoNote } from '../sumo.ts'
import { approvedPlan, centreOf } from './deploy.ts'
import { serveSumo, streetContext, type ServedSumo } from './sumo-street.ts'

/** A Monday at 10:00 UTC. */
const STARTS_AT = 1_767_607_200
const never = new AbortController().signal

interface Light {
  device: DeviceRecord
  adapter: ControllerAdapter
  wire: WireEntry[]
}

/** A running SUMO with an adapter a light. */
async function streetOf(net: string, network: Network, options: string[], more: Record<string, unknown> = {}): Promise<{ sumo: ServedSumo; street: TraciStreet; lights: Light[]; end: () => Promise<number | null> }> {
  const sumo = await serveSumo(net, options)
  const streets = new TraciStreets()
  const driver = traciDriver(streets)
  const devices = lightDevices(network, 'sumo', sumo.port, { starts_at: STARTS_AT, ...more })
  const street = streets.at({ host: '127.0.0.1', port: sumo.port, starts_at: STARTS_AT, timeout_ms: 10_000, ...more })
  const lights = devices.map((device, i): Light => {
    const wire: WireEntry[] = []
    return { device, wire, adapter: driver.open(device, streetContext(network.signals[i]!, street, wire)) }
  })
  // Its only client gone, SUMO ends.
  return { sumo, street, lights, end: async () => { await Promise.all(lights.map(({ adapter }) => adapter.close())); await streets.close(); return sumo.ended } }
}

async function written(light: Light, network: Network, pattern: Pattern): Promise<{ base: Baseline; writes: WriteSet }> {
  const signal = network.signals.find(({ id }) => id === pattern.signal)!
  const base = await light.adapter.readConfig(never)
  const want = { signal, pattern, hash: hashOf(pattern), plan: 'plan-1' }
  const writes = light.adapter.plan(base, want)
  // A wider change than a real street would be given in one step is what the test is about.
  const hard = [...checkWrite({ device: light.device.id, base, writes, want, now: base.read_at }), ...light.adapter.check(base, writes)].filter(({ weight }) => weight === 'hard')
  expect(hard).toEqual([])
  expect((await light.adapter.push(writes, never)).every(({ acknowledged }) => acknowledged)).toBe(true)
  expect(await light.adapter.verify(writes, never)).toEqual([])
  return { base, writes }
}

const patternOf = (network: Network, timing: Scenario['timing'], index: number): Pattern => runningPatterns(timing, 0).get(network.signals[index]!.id)!

let [folder, net] = ['', '']
let [network, timing, scenario] = [undefined as unknown as Network, undefined as unknown as Scenario['timing'], undefined as unknown as Scenario]
let [routes, trips]: [string, Trip[]] = ['', []]

describe.skipIf(!hasSumo)(`traffic lights of SUMO as controllers${sumoNote}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greenwave-traci-'))
    const streets = corridorStreets()
    const built = await builtNet(streets.network, streets.patterns, 'corridor', folder)
    net = built.net
    trips = corridorTrips(streets, { west: 700, east: 350, side: 80 }, 1).filter(({ depart_s }) => depart_s < 2400).map((trip) => ({ ...trip, links: built.translate(trip.links) }))
    routes = join(folder, 'trips.rou.xml')
    await writeFile(routes, exportSumoRoutes(built.network, trips, [PASSENGER_CAR], { model: 'krauss' }))
    const imported = (await importSumo(net, { routes: [routes] })).scenario
    scenario = imported
    network = imported.network
    timing = imported.timing
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('are given a new program without a lamp noticing, and change over only where lamps allow it', async () => {
    const { street, lights, end } = await streetOf(net, network, [])
    const [light] = lights as [Light]
    const { id, source_id } = network.signals[0]!
    const shown: string[] = []
    const unwatch = await street.watch(source_id, ({ state }) => { shown.push(state) })
    await street.wait(100, never)
    const before = patternOf(network, timing, 0)
    if (before.kind !== 'stages') throw new Error('SUMO has stages')
    const pattern = { ...before, offset_s: 41, stages: before.stages.map((stage, i) => ({ ...stage, duration_s: stage.duration_s + (i === 0 ? -6 : i === 3 ? 6 : 0) })) }
    const { base, writes } = await written(light, network, pattern)
    await street.wait(180, never)
    const untouched = (from: number, count: number): string[] => Array.from({ length: count }, (_, t) => shown[(from + t) % 90] as string)
    expect(shown.slice(100)).toEqual(untouched(100, 180))

    await light.adapter.activate(writes, base.read_at, { expires_at: base.read_at + 1200 }, never)
    const observation = await light.adapter.observe(writes, 2, never)
    expect(observation).toMatchObject({ level: 5, sentences: [], mode: 'coordinated', active_slot: 101 })
    expect(observation.cycles).toBeGreaterThanOrEqual(2)
    // Each yellow that was ever shown lasted three seconds, each green at least as long as its group's minimum.
    for (let link = 0; link < shown[0]!.length; link++) {
      const runs = [...shown.map((state) => state[link]).join('').matchAll(/([Gg]+|y+|[rs]+)/g)].map(([run]) => run).slice(1, -1)
      expect(runs.filter((run) => run.startsWith('y')).every((run) => run.length === 3)).toBe(true)
      expect(Math.min(...runs.filter((run) => /[Gg]/.test(run)).map((run) => run.length))).toBeGreaterThanOrEqual(5)
    }
    // Nobody renews: at the end of the lease the street has its own program back, where it would be had nothing happened, also when it is asked for on the way.
    await street.wait(base.read_at + 1200 - street.now(), never)
    while (street.findLast(source_id)!.program !== '0') await street.wait(1, never)
    expect(await light.adapter.rollback(base, writes, never)).toMatchObject({ level: 3, sentences: [] })
    await street.wait(200, never)
    expect(street.findLast(source_id)!.program).toBe('0')
    expect(shown.slice(-180)).toEqual(untouched(shown.length - 180, 180))
    expect((await light.adapter.readConfig(never)).hash).toBe(base.hash)
    expect(id).toBe('c0r0')
    unwatch()
    expect(await end()).toBe(0)
  })

  it('give vehicles less delay with a plan of ours, as our simulation said, and their own program back', async () => {
    const { plan, candidate } = await planScenario({ scenario, scenario_name: 'corridor', period: '00:00-01:00', options: { cycle_min_s: 70, cycle_max_s: 70, objective: 'delay' }, runs: 0, seed: 1, version: 'test', inputs: {} })
    const running = [...runningPatterns(timing, 0).values()]
    expect(plan.intersections.length).toBe(6)

    const drive = async (patterns: readonly Pattern[] | undefined): Promise<number> => {
      const tripinfo = join(folder, `tripinfo-${patterns === undefined ? 'running' : 'pushed'}.xml`)
      const { street, lights, end } = await streetOf(net, network, ['-r', routes, '--tripinfo-output', tripinfo, '--seed', '7'])
      await lights[0]!.adapter.identify(never)
      if (patterns !== undefined) {
        const sets = await Promise.all(lights.map((light, i) => written(light, network, patterns.find(({ signal }) => signal === network.signals[i]!.id)!)))
        const at = STARTS_AT + 60
        await Promise.all(lights.map(({ adapter }, i) => adapter.activate(sets[i]!.writes, at, undefined, never)))
        const seen = await Promise.all(lights.map(({ adapter }, i) => adapter.observe(sets[i]!.writes, 2, never)))
        expect(seen.map(({ level, sentences }) => ({ level, sentences }))).toEqual(seen.map(() => ({ level: 5, sentences: [] })))
        expect(street.now() - STARTS_AT).toBeLessThan(MEASURED_FROM_S)
        await street.wait(2700 - (street.now() - STARTS_AT), never)
        const back = await Promise.all(lights.map(({ adapter }, i) => adapter.rollback(sets[i]!.base, sets[i]!.writes, never)))
        expect(back.map(({ level }) => level)).toEqual(lights.map(() => 3))
      } else await street.wait(2700, never)
      expect(await end()).toBe(0)
      return meanLoss(await readFile(tripinfo, 'utf8'))
    }
    const sumo = [await drive(undefined), await drive(candidate.patterns)] as const

    const simulate = runnerOf({ name: 'corridor', network, vehicle_types: [PASSENGER_CAR], from_s: 0, until_s: 2400 })
    const replaced = new Map<SignalId, Pattern>([...running, ...candidate.patterns].map((pattern) => [pattern.signal, pattern]))
    const ours = [running, [...replaced.values()]].map((patterns) => {
      const { travel_s } = simulate({ model: 'krauss', step_s: 1, seed: 7, patterns, trips, rules: 'sumo' })
      return mean(trips.flatMap((trip, i) => (trip.depart_s >= MEASURED_FROM_S && trip.depart_s < MEASURED_UNTIL_S && !Number.isNaN(travel_s[i]) ? [travel_s[i] as number] : [])))
    })
    const [saidBy, seenIn] = [ours[1]! - ours[0]!, sumo[1] - sumo[0]]
    process.stdout.write(`travel time per vehicle: our simulation ${ours.map((one) => one.toFixed(1)).join(' -> ')} s, SUMO ${sumo.map((one) => one.toFixed(1)).join(' -> ')} s\n`)
    expect(saidBy).toBeLessThan(-3)
    expect(seenIn).toBeLessThan(-3)
    // Two simulators of different drivers: the saving is the same within a third.
    expect(Math.abs(seenIn / saidBy - 1)).toBeLessThan(0.34)
  })

  it('are named when SUMO does not know them, and when settings count other connections', async () => {
    const { lights, end } = await streetOf(net, network, [], { light: 'nope' })
    await expect(lights[0]!.adapter.identify(never)).rejects.toMatchObject({ code: 'controller.refused', message: "SUMO: Traffic light 'nope' is not known" })
    await end()
    const short = await streetOf(net, network, [], { links: [{ groups: [], rest: 'r' }] })
    await expect(short.lights[0]!.adapter.readConfig(never)).rejects.toMatchObject({ code: 'controller.unfit', message: expect.stringMatching(/it has \d+ connections, the settings name 1/) as string })
    await short.end()
  })

  it('are brought a whole corridor by the deployer, kept while it renews and given back when it releases', async () => {
    const sumo = await serveSumo(net, ['-r', routes, '--seed', '7'])
    const streets = new TraciStreets()
    const street = streets.at({ host: '127.0.0.1', port: sumo.port, starts_at: STARTS_AT, timeout_ms: 10_000 })
    const devices = lightDevices(network, 'sumo', sumo.port, { starts_at: STARTS_AT })
    const { deployer, supervisor } = await centreOf('sumo', scenario, devices, {
      clock: { now: () => street.now(), wait: (seconds, signal) => street.wait(seconds, signal ?? never) }, drivers: [traciDriver(streets)],
    })
    // A first look: the clock stands at the street's begin before anybody is connected.
    await street.wait(1, never)
    const timings = network.signals.map((signal, i) => ({ signal, pattern: { ...patternOf(network, timing, i), offset_s: (11 * i) % 90 } }))
    const plan = approvedPlan('sumo', scenario.scenario.corridors[0]!.id, timings)
    const report = await deployer.run({ plan, mode: 'temporary', by: 'li' })
    expect(report.members.map(({ state, level, sentences }) => [state, level, report.effective ? [] : sentences])).toEqual(devices.map(() => ['LEASED', 5, []]))
    for (let looks = 0; looks < 60; looks++) {
      await street.wait(20, never)
      await supervisor.look(never)
    }
    expect(network.signals.map(({ source_id }) => street.findLast(source_id)!.program)).toEqual(devices.map(() => 'gw1'))
    const back = await deployer.release(report.run, 'li', 'the rehearsal is over')
    expect(back.map(({ state }) => state)).toEqual(devices.map(() => 'ROLLED_BACK'))
    expect(network.signals.map(({ source_id }) => street.findLast(source_id)!.program)).toEqual(devices.map(() => '0'))
    await streets.close()
    expect(await sumo.ended).toBe(0)
  })

  it('show what emulated controllers of other protocols show', async () => {
    const { street, lights, end } = await streetOf(net, network, [])
    await street.wait(1, never)
    const clock = { now: () => street.now(), wait: (seconds: number, signal: AbortSignal = never) => street.wait(seconds, signal) }
    const patterns = network.signals.map((_, i): Pattern => ({ ...patternOf(network, timing, i), offset_s: 7 * i }))
    const controllers = network.signals.map((signal, i) => new EmulatedController(setupOf(signal, patterns[i]!, { time_zone: 'UTC' }), clock))
    const linksOf = (i: number): LightLink[] => lights[i]!.device.settings.links as LightLink[]
    const plant = new TraciPlant(street, new Map(network.signals.map((signal, i) => [signal.id, { light: signal.source_id, links: linksOf(i) }])))
    const shown = network.signals.map((): string[] => [])
    await Promise.all(network.signals.map(({ source_id }, i) => street.watch(source_id, ({ state }) => { shown[i]!.push(state) })))
    const stop = new AbortController()
    const driving = driveStreet(controllers, plant, clock, 1, stop.signal)
    await street.wait(1200, never)
    stop.abort()
    await driving
    // By then each is in step with its offset.
    const from = Math.round(street.now() - STARTS_AT) - 180
    const expected = network.signals.map((signal, i) => {
      const phases = phasesOf(lampTimingOf(signal, patterns[i]!), linksOf(i))
      return play(phases, modulo((STARTS_AT % 86_400 + from - 7 * i) * 10, 900), 0, 1800).flatMap(({ start, end: until, state }) => Array.from({ length: (until - start) / 10 }, () => state))
    })
    expect(shown.map((states) => states.slice(-180))).toEqual(expected)
    plant.close()
    expect(await end()).toBe(0)
  })

  it('are unreachable once SUMO dies, in the middle of a push too', async () => {
    const { sumo, lights: [light], end } = await streetOf(net, network, [])
    const pattern = { ...patternOf(network, timing, 0), offset_s: 30 }
    const base = await light!.adapter.readConfig(never)
    const writes = light!.adapter.plan(base, { signal: network.signals[0]!, pattern, hash: hashOf(pattern), plan: 'plan-1' })
    sumo.process.kill('SIGSTOP')
    const pushed = light!.adapter.push(writes, never).catch((error: unknown) => error)
    sumo.process.kill('SIGKILL')
    expect(await pushed).toMatchObject({ code: 'controller.unreachable' })
    for (const call of [() => light!.adapter.verify(writes, never), () => light!.adapter.observe(writes, 2, never), () => light!.adapter.rollback(base, writes, never)]) {
      await expect(call()).rejects.toMatchObject({ code: 'controller.unreachable' })
    }
    await end()
  })

  it('are not believed when they answer too late', async () => {
    const { sumo, lights: [light], end } = await streetOf(net, network, [], { timeout_ms: 300 })
    const base = await light!.adapter.readConfig(never)
    const pattern = { ...patternOf(network, timing, 0), offset_s: 30 }
    const writes = light!.adapter.plan(base, { signal: network.signals[0]!, pattern, hash: hashOf(pattern), plan: 'plan-1' })
    sumo.process.kill('SIGSTOP')
    await expect(light!.adapter.push(writes, never)).rejects.toThrow('no answer within 300 ms')
    sumo.process.kill('SIGCONT')
    // Its only client is gone, so it ends.
    await sumo.ended
    await expect(light!.adapter.verify(writes, never)).rejects.toMatchObject({ code: 'controller.unreachable' })
    await end()
  })

  it('take nothing while another hand sets their lamps, and are left to it', async () => {
    const { street, lights, end } = await streetOf(net, network, [])
    const [{ adapter }] = lights as [Light]
    const { source_id } = network.signals[0]!
    const pattern = { ...patternOf(network, timing, 0), offset_s: 30 }
    const base = await adapter.readConfig(never)
    const writes = adapter.plan(base, { signal: network.signals[0]!, pattern, hash: hashOf(pattern), plan: 'plan-1' })
    await street.wait(5, never)
    const state = street.findLast(source_id)!.state
    await street.ask([setLight(source_id, LIGHT.state, { type: 'text', value: 'r'.repeat(state.length) })])
    await street.wait(1, never)
    expect((await adapter.readConfig(never)).mode).toBe('manual')
    await expect(adapter.push(writes, never)).rejects.toMatchObject({ code: 'controller.refused', message: expect.stringContaining('runs now, not 0') as string })
    expect((await adapter.rollback(base, writes, never)).sentences[0]).toContain('is not ours: it is left as it is')
    expect(street.findLast(source_id)!.state).toBe('r'.repeat(state.length))
    expect(await end()).toBe(0)
  })

  it('follow when another client steps too', async () => {
    const sumo = await serveSumo(net, [], 2)
    const streets = new TraciStreets()
    const settings = { host: '127.0.0.1', port: sumo.port, starts_at: STARTS_AT, timeout_ms: 10_000 }
    const [device] = lightDevices(network, 'sumo', sumo.port, { starts_at: STARTS_AT, client_order: 1 })
    const street = streets.at({ ...settings, client_order: 1 })
    const adapter = traciDriver(streets).open(device!, streetContext(network.signals[0]!, street))
    const other = new TraciStreet({ ...settings, client_order: 2 })
    const ended = new AbortController()
    const drives = other.wait(5000, ended.signal).catch(() => undefined)
    const light: Light = { device: device!, adapter, wire: [] }
    const { base, writes } = await written(light, network, { ...patternOf(network, timing, 0), offset_s: 17 })
    await adapter.activate(writes, base.read_at, undefined, never)
    expect(await adapter.observe(writes, 2, never)).toMatchObject({ level: 5, sentences: [] })
    ended.abort()
    await Promise.all([drives, adapter.close(), streets.close(), other.close(), sumo.ended])
  })

  describe.skipIf(sharedDataNote !== '')(`of real junctions${sharedDataNote}`, () => {
    it.each(['cologne3/cologne3', 'bologna-acosta/acosta_buslanes', 'bologna-pasubio/pasubio_buslanes', 'ingolstadt1/ingolstadt1'])('follow other offsets on %s, light by light, and come back', async (name) => {
      const config = sharedData(`sumo/${name.startsWith('bologna') ? `${name.split('/')[0]}/run` : name}.sumocfg`)!
      const { scenario: { network, timing } } = await importSumo(config)
      const additional = name.startsWith('bologna') ? ['-a', sharedData(`sumo/${name.split('_')[0]}_tls.add.xml`)!] : []
      const { lights, end } = await streetOf(sharedData(`sumo/${name}.net.xml`)!, network, additional)
      const running = runningPatterns(timing, 0)
      const results = await Promise.all(lights.map(async (light, i) => {
        const { base, writes } = await written(light, network, { ...running.get(network.signals[i]!.id)!, offset_s: 13 + 7 * i })
        await light.adapter.activate(writes, base.read_at, undefined, never)
        const { level, sentences } = await light.adapter.observe(writes, 2, never)
        const back = await light.adapter.rollback(base, writes, never)
        return { level, sentences, back: back.level }
      }))
      expect(results.length).toBeGreaterThan(0)
      expect(results).toEqual(results.map(() => ({ level: 5, sentences: [], back: 3 })))
      expect(await end()).toBe(0)
    })
  })
})

/** Vehicles that depart after every light has its plan, and early enough to arrive before the end. */
const [MEASURED_FROM_S, MEASURED_UNTIL_S] = [900, 2300]
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const meanLoss = (xml: string): number => mean([...xml.matchAll(/<tripinfo [^>]*\bdepart="([\d.]+)"[^>]*\bduration="([\d.]+)"/g)]
  .filter(([, depart]) => Number(depart) >= MEASURED_FROM_S && Number(depart) < MEASURED_UNTIL_S).map(([, , duration]) => Number(duration)))
