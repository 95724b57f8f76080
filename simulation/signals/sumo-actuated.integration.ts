// Our actuated stages beside SUMO's own actuated controller: one generated junction, the same trips, fixed and actuated.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { compileStreet } from '../../plans/street.ts'
import { controlStreet } from '../../plans/control.ts'
import { hasSumo, inTemporaryFolder, runNetconvert, runSumo, sumoNote } from '../../test/sumo.ts'
import { buildTrips, vehicleTypes } from '../demand/index.ts'
import { prepareNetwork, simulate } from '../index.ts'
import { uniform } from '../kernel/random.ts'

const ARMS = ['n', 'e', 's', 'w']

const PLAIN = {
  nod: `<nodes><node id="x" x="0" y="0" type="traffic_light"/>${[['n', 0, 300], ['e', 300, 0], ['s', 0, -300], ['w', -300, 0]].map(([id, x, y]) => `<node id="${id}" x="${x}" y="${y}"/>`).join('')}</nodes>`,
  edg: `<edges>${ARMS.map((arm) => `<edge id="${arm}in" from="${arm}" to="x" numLanes="2" speed="13.89"/><edge id="${arm}out" from="x" to="${arm}" numLanes="2" speed="13.89"/>`).join('')}</edges>`,
}

/** Poisson arrivals, `vph` per arm: three fifths straight on, a fifth each way. */
function routesOf(vph: number): string {
  const trips: { depart: number; from: string; to: string }[] = []
  ARMS.forEach((from, k) => {
    let t = 0
    for (let i = 0; t < 1800; i++) {
      t += (-Math.log(1 - uniform(7, k, i, 1)) * 3600) / vph
      const way = uniform(7, k, i, 2)
      trips.push({ depart: t, from, to: ARMS[(k + (way < 0.6 ? 2 : way < 0.8 ? 1 : 3)) % 4]! })
    }
  })
  return `<routes>${trips.sort((a, b) => a.depart - b.depart).map(({ depart, from, to }, i) => `<trip id="${i}" depart="${depart.toFixed(1)}" from="${from}in" to="${to}out" departSpeed="max" departLane="best"/>`).join('')}</routes>`
}

interface Delays { fixed: number; actuated: number }

async function delays(vph: number): Promise<{ ours: Delays; sumo: Delays }> {
  return inTemporaryFolder(async (folder) => {
    const routes = join(folder, 'trips.rou.xml')
    await writeFile(routes, routesOf(vph))
    const nets = { fixed: join(folder, 'static.net.xml'), actuated: join(folder, 'actuated.net.xml') }
    await writeFile(nets.fixed, (await runNetconvert(PLAIN, ['--no-turnarounds', 'true'])).net)
    await writeFile(nets.actuated, (await runNetconvert(PLAIN, ['--no-turnarounds', 'true', '--tls.default-type', 'actuated'])).net)
    const sumo = async (net: string): Promise<number> => (await runSumo({ net, routes: [routes], seed: 3, options: ['--step-length', '0.5', '--end', '3600'] })).means.timeLoss
    const { scenario } = await importSumo(nets.actuated, { routes: [routes] })
    expect(scenario.timing.control?.map(({ type }) => type)).toEqual(['actuated'])
    const graph = new RoadGraph(scenario.network)
    const running = runningPatterns(scenario.timing, 0)
    const prepared = prepareNetwork(scenario.network)
    const trips = buildTrips(graph, scenario.demand, { seed: 3, from_s: 0, until_s: 1800 })
    const ours = (mode: 'street' | 'fixed'): number => {
      const { vehicles } = simulate(prepared, {
        network: scenario.network, signals: compileStreet(graph, running), control: controlStreet(graph, running, scenario.timing, mode), trips, vehicle_types: vehicleTypes(scenario.demand),
        options: { seed: 3, step_s: 0.5, model: 'krauss', rules: 'sumo', start_s: 0, measure_from_s: 0, measure_until_s: 1800, stop_at_s: 3600 },
      })
      return vehicles.delay_s.reduce((sum, d) => sum + d, 0) / vehicles.delay_s.length
    }
    return { ours: { fixed: ours('fixed'), actuated: ours('street') }, sumo: { fixed: await sumo(nets.fixed), actuated: await sumo(nets.actuated) } }
  })
}

describe.skipIf(!hasSumo)(`actuated stages beside SUMO${sumoNote}`, () => {
  it.each([100, 250, 400])('gain against fixed time what SUMO\'s do, at %i vehicles an hour on each arm', async (vph) => {
    const { ours, sumo } = await delays(vph)
    expect(ours.actuated).toBeLessThan(ours.fixed)
    expect(sumo.actuated).toBeLessThan(sumo.fixed)
    const [gain, theirs] = [1 - ours.actuated / ours.fixed, 1 - sumo.actuated / sumo.fixed]
    expect(Math.abs(gain - theirs)).toBeLessThan(0.12)
  })
})
