// The simulated street in stretches of at most an hour: each fills up before it begins, runs under the timing that was in force, and tells what its probes
// see. The same stretch gives the same fixes. Values in, values out.
import { compileSignal } from '../../model/compile.ts'
import type { SignalControl } from '../../model/control.ts'
import type { ProbeFix } from '../../model/observation.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern } from '../../model/signal.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { buildTrips, vehicleTypes } from '../../simulation/demand/index.ts'
import { createRun, prepareNetwork, type PlanChange, type PreparedNetwork, type Run, type Trip } from '../../simulation/index.ts'
import { observed, Places, Probes } from '../../simulation/observe/index.ts'
import { growthOf, QUARTER_S } from './day.ts'

/** What ran from a time of day on. */
export interface TimingFrom {
  time_s: TimeOfDay
  patterns: Pattern[]
}

export interface Stretch {
  /** From 1970-01-01, local. */
  day: number
  from_s: TimeOfDay
  until_s: TimeOfDay
  /** The first holds at the start; the others change some of the signals on the way. */
  timings: readonly TimingFrom[]
  seed: number
}

/**
 * Two in five vehicles tell where they are, every ten seconds, to about four metres: so many that the index of the town, which wants five vehicles in ten
 * minutes on most of its length, is told at night as well. One in five were enough by day alone.
 */
export const PROBES = { share: 0.4, interval_s: 10, position_sigma_m: 4, speed_sigma_mps: 0.3 } as const
/** Until the longest ways through the town are driven. */
const FILL_S = 600
const STEP_S = 0.5

export class DemoStreet {
  readonly scenario: Scenario
  readonly graph: RoadGraph
  readonly #prepared: PreparedNetwork

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.graph = new RoadGraph(scenario.network)
    this.#prepared = prepareNetwork(scenario.network)
  }

  begin(stretch: Stretch): RunningStretch {
    const { network, demand } = this.scenario
    const { from_s, until_s, timings: [first, ...later], seed, day } = stretch
    const start_s = Math.max(0, from_s - FILL_S)
    const compile = (patterns: readonly Pattern[]) => patterns.map((pattern) => compileSignal(this.graph.getSignal(pattern.signal), pattern))
    const plan_changes = later.map(({ time_s, patterns }): PlanChange => ({
      time_s, patterns, signals: compile(patterns), control: patterns.map((pattern): SignalControl => ({ signal: pattern.signal, type: 'fixed', pattern })),
    }))
    const run = createRun(this.#prepared, {
      network, signals: compile(first!.patterns), plan_changes, trips: this.#trips(seed + day, day, start_s, until_s), vehicle_types: vehicleTypes(demand),
      options: { seed: seed + day, step_s: STEP_S, model: 'idm', start_s, measure_from_s: start_s, measure_until_s: until_s, stop_at_s: until_s },
    })
    return new RunningStretch(run, new Places(this.#prepared), from_s)
  }

  #trips(seed: number, day: number, start_s: TimeOfDay, until_s: TimeOfDay): Trip[] {
    const trips: Trip[] = []
    for (let from_s = start_s; from_s < until_s;) {
      const end_s = Math.min(until_s, (Math.floor(from_s / QUARTER_S) + 1) * QUARTER_S)
      for (const trip of buildTrips(this.graph, this.scenario.demand, { seed, from_s, until_s: end_s, growth: growthOf(seed, day, from_s) })) trips.push(trip)
      from_s = end_s
    }
    return trips
  }
}

export class RunningStretch {
  readonly #run: Run
  readonly #from_s: TimeOfDay
  #fixes: ProbeFix[] = []
  #over = false

  constructor(run: Run, places: Places, from_s: TimeOfDay) {
    this.#from_s = from_s
    this.#run = observed(run, [new Probes(run.world, places, PROBES, (rows) => {
      for (const row of rows) if (row.time_s >= this.#from_s) this.#fixes.push({ ...row })
    })])
  }

  /** Vehicles in the streets now. */
  get driving(): number {
    return this.#run.world.driving
  }

  /** Nothing more comes: the end was reached, or vehicles wait for each other in a circle. */
  get over(): boolean {
    return this.#over
  }

  /** Fixes up to a time of day that were not told before. */
  advance(to_s: TimeOfDay): ProbeFix[] {
    while (!this.#over && this.#run.world.now < to_s - 1e-9) this.#over = !this.#run.step()
    const fixes = this.#fixes
    this.#fixes = []
    return fixes
  }
}
