// A town whose controllers are emulated ones, by a clock that leaps while they have nothing to do; and a simulation that is told its result, losers included.
import { byLeapingClock } from '../../adapters/controllers/around.ts'
import { LeapingClock } from '../../adapters/controllers/emulator/clock.ts'
import { emulatedTown } from '../../api/demo/controllers.ts'
import { compileSignal } from '../../model/compile.ts'
import { resolveCorridor, type ResolvedCorridor } from '../../model/corridor.ts'
import { levelOfService, type MovementMeasures } from '../../model/evaluation.ts'
import type { Movement } from '../../model/network.ts'
import type { Plan, PlannedIntersection } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { Deployer } from '../../plans/deployment/index.ts'
import { getCorridor, losersOf, patternOf } from '../../plans/index.ts'
import type { PlanEvaluation } from '../../plans/ports/plans.ts'
import { evaluationOf, runningDocument } from '../../plans/workflow/testing.ts'
import { NOW_S, serveTown, type TownOptions, type WebTown } from './serve.ts'

/** As the demo town's administrator has set them; tenths of seconds. */
const DEMO_LIMITS = { green_change: 2, cycle_change: 600 } as const

/** Faster than life by so much, and no more: what happens on the way can be seen. */
const SPEED = 400

export interface EmulatedWebTown extends WebTown {
  clock: LeapingClock
  /** A draft by which the whole corridor runs one cycle, as controllers ask for. */
  coordinated: string
}

/** What runs now, at the longest cycle of its signals, each a little later than the one before. */
function coordinatedDocument(scenario: Scenario): Plan {
  const running = runningDocument(scenario)
  const cycle_s = Math.max(...running.intersections.map((one) => one.cycle_s))
  const graph = new RoadGraph(scenario.network)
  const intersections = running.intersections.map((one, i): PlannedIntersection => {
    const next = structuredClone(one) as PlannedIntersection & { kind: 'rings' }
    for (const ring of next.barriers[0]!.rings) ring.at(-1)!.split_s += cycle_s - one.cycle_s
    Object.assign(next, { cycle_s, offset_s: (one.offset_s + 9 * (i + 1)) % cycle_s })
    return { ...next, signal_groups: compileSignal(graph.getSignal(one.signal), patternOf(next)).groups }
  })
  return { ...running, cycle_s, intersections }
}

const measured = (signal: string, { id, from, to, name }: Movement, on_corridor: boolean, delay_s: number, volume_vph: number): MovementMeasures => ({
  movement: id, from, to, from_link: from, to_link: to, name: name ?? `${from} to ${to}`, signal, on_corridor, volume_vph, delay_s, stops: 1, queue_p95_m: 40, level_of_service: levelOfService(delay_s),
})

/** Two win on the avenue, a side street loses more than the limit, a left turn less. */
function toldEvaluation(graph: RoadGraph, corridor: ResolvedCorridor, runs: number, seed: number): PlanEvaluation {
  const own = new Set([corridor.outbound, corridor.inbound].flatMap((way) => way?.links ?? []))
  const [first, second, third, fourth] = corridor.corridor.intersections
  const find = (signal: string, turn: Movement['turn'], inside: boolean): Movement => graph.listMovementsOfSignal(signal).find((one) => one.turn === turn && own.has(one.from) === inside)!
  const rows = [
    { signal: first!, movement: find(first!, 'through', true), on: true, delays: [38.6, 14.2], volume: 980 }, { signal: second!, movement: find(second!, 'through', true), on: true, delays: [33.1, 19.7], volume: 870 },
    { signal: third!, movement: find(third!, 'through', false), on: false, delays: [48.2, 83.4], volume: 210 }, { signal: fourth!, movement: find(fourth!, 'left', true), on: false, delays: [31.5, 44.1], volume: 160 },
  ] as const
  const [before, after] = [0, 1].map((which) => ({ ...evaluationOf(0, runs), movements: rows.map(({ signal, movement, on, delays, volume }) => measured(signal, movement, on, delays[which as 0], volume)) }))
  const figure = (mean: number, ci95 = 0.8) => ({ mean, ci95 })
  const differences = [
    { measure: 'corridor_stops', before: 2.31, after: 0.84, difference: figure(-1.47, 0.12), percent: -63.6, verdict: 'better' as const }, { measure: 'delay_s', before: 41.8, after: 36.9, difference: figure(-4.9), percent: -11.7, verdict: 'better' as const },
    { measure: 'side_street_delay_s', before: 36.2, after: 38.9, difference: figure(2.7), percent: 7.5, verdict: 'worse' as const }, { measure: 'split_failure_share', before: 0.04, after: 0.041, difference: figure(0.001, 0.006), percent: 2.5, verdict: 'undecided' as const },
  ]
  return { before: before!, after: after!, differences, runs, seed }
}

export async function serveEmulatedTown({ built = false }: Pick<TownOptions, 'built'> = {}): Promise<EmulatedWebTown> {
  const clock = new LeapingClock(NOW_S, SPEED)
  const emulated = emulatedTown()
  const town = await serveTown({
    clock, traffic: false, built,
    deployer: (store) => new Deployer({ store, clock: { now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal) }, drivers: [byLeapingClock(emulated.driver, clock)], limitsOf: async () => DEMO_LIMITS }),
    simulate: async ({ graph, scenario, document, runs, seed }) => {
      const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, document.corridor))
      const evaluation = toldEvaluation(graph, corridor, runs, seed)
      return { evaluation, losers: losersOf(graph, corridor, document, evaluation) }
    },
  })
  const { store, server: { service }, network, scenario } = town
  // The one of the examples speaks to nobody.
  for (const device of await store.devices.list(network)) await store.devices.remove(device.id, device.version)
  await emulated.start({ store, clock, deployer: service.deployer, network, scenario })
  const coordinated = '33333333-1f1c-4f0e-9a53-000000000003'
  await town.workflow.draft({ id: coordinated, network, document: coordinatedDocument(scenario), actor: 'engineer', reason: 'one green wave through all six' })
  return { ...town, clock, coordinated, async stop() { await town.stop(); await emulated.stop() } }
}
