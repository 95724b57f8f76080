// The audit against SUMO: a street of three signals, two on fixed time with offsets of their own and one actuated, two hours,
// floating cars with noise; matched, cut into runs and audited as `measure` does.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import type { FeedHealth } from '../model/feed.ts'
import { LocalTime } from '../model/local-time.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { SignalAudit } from '../model/traffic-state.ts'
import { randomOf } from '../state/audit/testing/discharge.ts'
import { fixesOf, type Drive } from '../state/matching/testing/drive.ts'
import { Measurement } from '../state/measurement.ts'
import type { GreenClock } from '../state/signals/greens.ts'
import { sumoDrives } from './sumo-fixes.ts'
import { hasSumo, inTemporaryFolder, sumoNote } from './sumo.ts'

const run = promisify(execFile)
const MIDNIGHT = 978_307_200
const HOURS = 2
const NO_FEED = { source: 'sumo', records: 0, accepted: 0, issues: [] } as unknown as FeedHealth
const around = (difference: number, cycle: number): number => ((difference % cycle) + 1.5 * cycle) % cycle - cycle / 2
const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

let scenario: Scenario
let drives: Drive[]

async function build(folder: string): Promise<void> {
  const [net, trips, routes] = ['net.xml', 'trips.xml', 'routes.xml'].map((name) => join(folder, name)) as [string, string, string]
  await run('netgenerate', ['--grid', '--grid.x-number', '3', '--grid.y-number', '1', '--grid.length', '350', '--grid.attach-length', '300', '--default.lanenumber', '2', '--default.speed', '13.9', '--default-junction-type', 'traffic_light', '--no-turnarounds', '-X', 'never', '-o', net])
  const random = randomOf(5)
  let k = 0
  const text = (await readFile(net, 'utf8')).replaceAll(/<tlLogic [\s\S]*?<\/tlLogic>/g, (logic) => (k++ === 1
    ? logic.replace('static', 'actuated').replaceAll(/duration="(\d\d)"/g, 'duration="$1" minDur="5" maxDur="60"')
    : logic.replace(/offset="[^"]*"/, `offset="${Math.floor(90 * random())}"`)))
  await writeFile(net, text)
  const edges = [...text.matchAll(/<edge id="([^":]+)" from="([^"]+)" to="([^"]+)"/g)].map(([, id, from, to]) => ({ id, from, to }))
  const ends = (at: string | undefined): boolean => edges.filter(({ from }) => from === at).length === 1
  const [entries, exits] = [edges.filter(({ from }) => ends(from)), edges.filter(({ to }) => ends(to))]
  const rows: string[] = []
  for (let t = 0; t < HOURS * 3600; t += -Math.log(1 - random()) * 1.6) {
    const [from, to] = [entries[Math.floor(random() * entries.length)]!, exits[Math.floor(random() * exits.length)]!]
    if (from.from !== to.to) rows.push(`<trip id="v${rows.length}" depart="${t.toFixed(1)}" from="${from.id}" to="${to.id}" departLane="best" departSpeed="max"/>`)
  }
  await writeFile(trips, `<routes>${rows.join('\n')}</routes>`)
  await run('duarouter', ['-n', net, '-r', trips, '-o', routes, '--xml-validation', 'never', '--ignore-errors', '--no-warnings'])
  const imported = await importSumo(net, { routes: [routes], additional: [] })
  scenario = imported.scenario
  drives = await sumoDrives(scenario.network, ['-n', net, '-r', routes], 0, HOURS * 3600)
}

function audit(interval_s: number, share: number, sigma_m: number): { signals: SignalAudit[]; plan: GreenClock; graph: RoadGraph } {
  const graph = new RoadGraph(scenario.network)
  const measurement = new Measurement({ graph, timing: scenario.timing, local: new LocalTime('UTC'), scenario: 'street', periods: [], driving: scenario.scenario.driving })
  const plan = measurement.clock
  const source = measurement.openProbes('sumo')
  const random = randomOf(77)
  const fixes = drives.filter(() => random() < share).flatMap((drive) => fixesOf(drive, { seed: 1, interval_s, sigma_m, correlation_s: 30 })).map(({ fix }) => ({ ...fix, time_s: fix.time_s + MIDNIGHT }))
  for (const fix of fixes.sort((a, b) => a.time_s - b.time_s)) source.push(fix)
  source.end(NO_FEED)
  return { signals: measurement.finish().state.signals, plan, graph }
}

describe.skipIf(!hasSumo)(`signals of SUMO from its floating cars${sumoNote}`, () => {
  beforeAll(() => inTemporaryFolder(build), 300_000)

  it.each([[1, 0.1, 4, 0.5], [3, 0.1, 5, 0.6], [10, 0.1, 8, 1.2], [3, 0.05, 5, 0.8]])('a fix every %d s of a share of %d, noise %d m: cycles exact and greens start within %d s; the actuated signal has none', (interval_s, share, sigma_m, most) => {
    const { signals, plan, graph } = audit(interval_s, share, sigma_m)
    const actuated = new Set((scenario.timing.control ?? []).filter(({ type }) => type === 'actuated').map(({ signal }) => signal))
    expect(actuated.size).toBe(1)
    const errors: number[] = []
    for (const { signal, movement, cycle_s, green_start_s } of signals) {
      if (actuated.has(signal)) expect([cycle_s, green_start_s]).toEqual([null, null])
      else if (cycle_s !== null) {
        const green = plan.find(graph.network.movements.findIndex(({ id }) => id === movement), MIDNIGHT + 3600)!
        expect(cycle_s).toBe(green.next_s - green.start_s)
        if (green_start_s !== null) errors.push(around(green_start_s - (green.start_s - MIDNIGHT), cycle_s))
      }
    }
    expect(errors.length).toBeGreaterThanOrEqual(10)
    expect(rms(errors)).toBeLessThan(most)
  })
})
