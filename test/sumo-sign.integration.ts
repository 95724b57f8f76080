// The decision that matters: does SUMO, with the same trips, see the same sign of change from the plan now running to ours?
// Half an hour of one seed; an hour of three: GREENWAVE_RUNS=long.
import { describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import { importUtdf } from '../adapters/formats/utdf/index.ts'
import { resolveCorridor } from '../model/corridor.ts'
import type { PairedDifference } from '../model/evaluation.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import { getCorridor, planScenario, withPlan } from '../plans/index.ts'
import { buildTrips, resolvePeriod } from '../simulation/demand/index.ts'
import { crossCheck } from './cross-check.ts'
import { isLong } from './runs.ts'
import { sharedData, sharedDataNote } from './shared-data.ts'
import { hasSumo, sumoNote, type SumoResult } from './sumo.ts'

const SEEDS = isLong ? [11, 12, 13] : [11]
const DRIVEN_S = isLong ? 3600 : 1800

interface Case {
  scenario: () => Promise<Scenario>
  period: string
  net?: string | undefined
}

async function shallowford(): Promise<Scenario> {
  const { scenario } = await importUtdf(sharedData('shallowford/Synchro_signal.csv')!, { counts: sharedData('shallowford/turning_counts_15min_2023-07-11.csv')! })
  return scenario
}

/** Mean over vehicles that travel the corridor from end to end, in both directions and over seeds. */
function throughMean(runs: readonly SumoResult[], through: readonly Set<string>[], value: (trip: SumoResult['trips'][number]) => number): number {
  const values = runs.flatMap((run, i) => run.trips.filter(({ id }) => through[i]?.has(id)).map(value))
  return values.reduce((sum, one) => sum + one, 0) / values.length
}

/**
 * Share of vehicles, over all runs of a case, that SUMO may teleport: it does so with who stood for 300 s, which happens
 * to one or the other where more traffic comes than the signals can serve. So few do not carry the sign of a change.
 */
const MOST_TELEPORTS = 0.001

function countTeleports(runs: readonly SumoResult[]): { teleports: number; vehicles: number } {
  return { teleports: runs.reduce((sum, run) => sum + run.teleports, 0), vehicles: runs.reduce((sum, run) => sum + run.trips.length, 0) }
}

interface Change {
  stops: number
  delay_s: number
}

/** Of ours; `stops_decided`: the interval of the change does not hold 0, so a sign is claimed. */
interface OwnChange extends Change {
  stops_decided: boolean
}

/** Ours and SUMO's; SUMO drives the plan now running while ours is still being made. */
async function changes({ scenario: load, period, net }: Case): Promise<{ ours: OwnChange; sumo: Change; taken: { teleports: number; vehicles: number } }> {
  const scenario = await load()
  const graph = new RoadGraph(scenario.network)
  const span = resolvePeriod(scenario, period)
  const running = runningPatterns(scenario.timing, span.start_s)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario))
  const seconds = { from_s: span.start_s, until_s: span.start_s + DRIVEN_S }
  const { before, after, simulation } = await crossCheck({ scenario, running, ...seconds, period: span, seeds: SEEDS, ...(net === undefined ? {} : { net }) }, async (drive) => {
    const [before, { plan, simulation }] = await Promise.all([
      drive('before', running),
      planScenario({ scenario, scenario_name: 'check', period, options: {}, runs: 3, seed: 1, version: 'test', inputs: {} }),
    ])
    return { before, after: await drive('after', withPlan(graph, running, plan)), simulation }
  })
  const ways = [corridor.outbound, corridor.inbound].flatMap((way) => (way === undefined ? [] : [way.links]))
  const through = SEEDS.map((seed) => {
    const trips = buildTrips(graph, scenario.demand, { seed, ...seconds, period: span })
    const ids = trips.map(({ links }) => links.map((link) => scenario.network.links[link]!.id))
    return new Set(ids.flatMap((links, i) => (ways.some((way) => way.every((link) => links.includes(link))) ? [String(i)] : [])))
  })
  const difference = (value: (trip: SumoResult['trips'][number]) => number): number => throughMean(after, through, value) - throughMean(before, through, value)
  const ours = (measure: string): PairedDifference => simulation!.differences.find((candidate) => candidate.measure === measure)!
  return {
    ours: { stops: ours('corridor_stops').difference.mean, stops_decided: ['better', 'worse'].includes(ours('corridor_stops').verdict), delay_s: ours('corridor_delay_s').difference.mean },
    sumo: { stops: difference(({ waitingCount }) => waitingCount), delay_s: difference(({ timeLoss }) => timeLoss) },
    taken: countTeleports([...before, ...after]),
  }
}

const cases: [string, Case, boolean][] = [
  ['Nanhu Avenue off-peak', { scenario: async () => (await readScenario('scenarios/nanhu-avenue')).scenario, period: 'off-peak' }, true],
  ['Shallowford Road at 17:00', { scenario: shallowford, period: '17:00' }, sharedData('shallowford') !== undefined],
  ['Shallowford Road at 10:00', { scenario: shallowford, period: '10:00' }, sharedData('shallowford') !== undefined],
  ['cologne3', {
    scenario: async () => (await importSumo(sharedData('sumo/cologne3/cologne3.net.xml')!, { routes: [sharedData('sumo/cologne3/cologne3.rou.xml')!] })).scenario,
    period: '07:00', net: sharedData('sumo/cologne3/cologne3.net.xml'),
  }, sharedData('sumo/cologne3') !== undefined],
]

describe.skipIf(!hasSumo)(`SUMO sees what we see${sumoNote}${sharedDataNote}`, () => {
  for (const [name, input, there] of cases) {
    it.skipIf(!there)(`on ${name}: corridor stops and delay change in the same direction`, async () => {
      const { ours, sumo, taken: { teleports, vehicles } } = await changes(input)
      process.stdout.write(`${name}: stops ${ours.stops.toFixed(2)} ours, ${sumo.stops.toFixed(2)} SUMO; delay ${ours.delay_s.toFixed(1)} s ours, ${sumo.delay_s.toFixed(1)} s SUMO; ${teleports} of ${vehicles} vehicles taken out by SUMO\n`)
      expect(ours.delay_s).toBeLessThan(0)
      expect(sumo.delay_s).toBeLessThan(0)
      // SUMO counts every halt within a queue, we count them once per queue: where we see no change there is no sign to confirm.
      expect(ours.stops_decided ? Math.sign(sumo.stops) : 0).toBe(ours.stops_decided ? Math.sign(ours.stops) : 0)
      expect(teleports / vehicles).toBeLessThanOrEqual(MOST_TELEPORTS)
    })
  }
})
