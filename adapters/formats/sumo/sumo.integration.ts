// Against SUMO itself: what we read of a program and write back must drive exactly as the original.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../../model/compile.ts'
import type { Network } from '../../../model/network.ts'
import { runningPatterns } from '../../../model/schedule.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { hasSumo, inTemporaryFolder, runNetconvert, runSumo, sumoNote } from '../../../test/sumo.ts'
import type { Pattern } from '../../../model/signal.ts'
import { exportSumoPatterns } from './export-additional.ts'
import { exportSumoNetwork } from './export-network.ts'
import { exportSumoRoutes } from './export-routes.ts'
import { letterAt, linkDisplays } from './display.ts'
import { STREET } from './fixtures/street.ts'
import { importSumo } from './import-sumo.ts'
import { readConfig } from './read-config.ts'

const SAMPLES = ['cologne3/cologne3.sumocfg', 'ingolstadt1/ingolstadt1.sumocfg', 'bologna-acosta/run.sumocfg']

describe.skipIf(!hasSumo || sharedDataNote !== '')(`the exported additional file in SUMO${sumoNote}${sharedDataNote}`, () => {
  for (const sample of SAMPLES) {
    it(`drives ${sample} with the running plan exactly as the network alone`, async () => {
      const config = sharedData(`sumo/${sample}`) ?? ''
      const { net, routes, additional, begin = 0, end = 3600 } = await readConfig(config)
      const { scenario } = await importSumo(config)
      const patterns = [...runningPatterns(scenario.timing, begin).values()]
      const text = exportSumoPatterns(scenario.network, patterns)
      await inTemporaryFolder(async (folder) => {
        const plan = join(folder, 'plan.add.xml')
        await writeFile(plan, text)
        const run = { net, routes, begin, end, seed: 42 }
        const alone = await runSumo({ ...run, additional })
        const withPlan = await runSumo({ ...run, additional: [...additional, plan] })
        expect(alone.trips.length).toBeGreaterThan(1000)
        expect(withPlan.trips).toEqual(alone.trips)
        // The file must matter: a shifted plan drives otherwise.
        await writeFile(plan, exportSumoPatterns(scenario.network, patterns.map((pattern) => ({ ...pattern, offset_s: pattern.offset_s + 20 }))))
        const shifted = await runSumo({ ...run, additional: [...additional, plan] })
        expect(shifted.trips).not.toEqual(alone.trips)
      })
    }, 900_000)
  }
})

/** Signal states as SUMO showed them, as "signal time state". */
async function shownBySumo(net: string, additional: string, routes: string, begin: number): Promise<string[]> {
  return inTemporaryFolder(async (folder) => {
    const [plan, events, states] = [join(folder, 'plan.add.xml'), join(folder, 'events.add.xml'), join(folder, 'states.xml')]
    await writeFile(plan, additional)
    const lights = [...additional.matchAll(/<tlLogic id="([^"]*)"/g)].map(([, id]) => id)
    await writeFile(events, `<additional>${lights.map((id) => `<timedEvent type="SaveTLSStates" source="${id}" dest="${states}"/>`).join('')}</additional>`)
    const { trips } = await runSumo({ net, routes: [routes], additional: [plan, events], begin, end: begin + 400 })
    expect(trips.length).toBeGreaterThan(0)
    return [...(await readFile(states, 'utf8')).matchAll(/<tlsState time="([\d.]+)" id="([^"]*)"[^>]* state="(\w+)"/g)]
      .map(([, time, id, state]) => `${id} ${Number(time)} ${state}`)
      .sort()
  })
}

/** The same as our model shows it. */
function shownByUs(network: Network, patterns: readonly Pattern[], begin: number, seconds: number): string[] {
  return patterns.flatMap((pattern) => {
    const signal = network.signals.find(({ id }) => id === pattern.signal) ?? expect.fail(`no signal ${pattern.signal}`)
    const [compiled, links] = [compileSignal(signal, pattern), linkDisplays(network, signal)]
    return Array.from({ length: seconds }, (_, i) => `${signal.source_id} ${begin + i} ${links.map((link) => letterAt(compiled, link, begin + i + 0.5)).join('')}`)
  }).sort()
}

const TRIPS = '<routes><flow id="f" begin="100" end="400" period="20" from="W-A" to="B-E"/><flow id="g" begin="100" end="400" period="20" from="E-B" to="A-W"/></routes>'

describe.skipIf(!hasSumo)(`signal states in SUMO${sumoNote}`, () => {
  it('are ours second by second, with offsets, whenever the run begins', async () => {
    const { scenario: { network, timing } } = await importSumo(STREET)
    const patterns = (timing.plans[0]?.patterns ?? []).map((pattern, i) => ({ ...pattern, offset_s: 17 + 40 * i }))
    await inTemporaryFolder(async (folder) => {
      const routes = join(folder, 'trips.rou.xml')
      await writeFile(routes, TRIPS)
      const shown = await shownBySumo(STREET, exportSumoPatterns(network, patterns), routes, 100)
      expect(shown.length).toBe(2 * 400)
      expect(shown).toEqual(shownByUs(network, patterns, 100, 400))
    })
  })

  it('are ours on a network that we exported, with turn pockets', async () => {
    const { scenario: { network: original, timing } } = await importSumo(STREET)
    const network: Network = { ...original, links: original.links.map((link) => (link.lanes.length < 3 ? link : { ...link, lanes: link.lanes.map((lane, i) => (i === 2 ? { ...lane, length_m: 60 } : lane)) })) }
    const patterns = (timing.plans[0]?.patterns ?? []).map((pattern) => ({ ...pattern, offset_s: 33 }))
    const plain = exportSumoNetwork(network, { patterns })
    const { net } = await runNetconvert(plain.files, plain.options)
    expect(net).toContain('<edge id="W-A.part1"')
    await inTemporaryFolder(async (folder) => {
      const [file, routes] = [join(folder, 'out.net.xml'), join(folder, 'trips.rou.xml')]
      await writeFile(file, net)
      const links = ['W-A', 'A-M', 'M-B', 'B1-B2', 'B-E'].map((id) => network.links.findIndex((link) => link.id === id))
      const type = { id: 'car', vehicle_class: 'passenger', length_m: 5, min_gap_m: 2.5, accel_mps2: 2.6, decel_mps2: 4.5, max_speed_mps: 50, speed_factor: 1, speed_deviation: 0, headway_s: 1, sigma: 0.5, share: 1 }
      const trips = Array.from({ length: 20 }, (_, i) => ({ depart_s: 100 + 10 * i, links, type: 0 }))
      await writeFile(routes, exportSumoRoutes(network, trips, [type], { edges: plain.edges }))
      const shown = await shownBySumo(file, exportSumoPatterns(plain.network, patterns), routes, 100)
      expect(shown).toEqual(shownByUs(plain.network, patterns, 100, 400))
      // And back again: the network that SUMO built is one that we can read, of the same lengths.
      const again = (await importSumo(file)).scenario.network
      const length = (id: string): number => again.links.filter((link) => link.id === id || link.id === `${id}.part1`).reduce((sum, link) => sum + link.length_m, 0)
      for (const link of network.links) expect(length(link.id)).toBeCloseTo(link.length_m, 1)
    })
  })
})
