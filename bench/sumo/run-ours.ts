// Our side of a comparison: one run, measured as SUMO's is. Also the body of the worker threads.
import { parentPort } from 'node:worker_threads'
import { compileSignal } from '../../model/compile.ts'
import type { Pattern } from '../../model/signal.ts'
import { createRun, prepareNetwork, type DrivingRules, type SimulationInput, type Trip } from '../../simulation/index.ts'
import { CLEAR_OUT_S, type CheckCase, type DrivingModel, type RunMeasures } from './check-case.ts'

/** A case without its functions, as a worker gets it. */
export type SentCase = Pick<CheckCase, 'name' | 'network' | 'vehicle_types' | 'from_s' | 'until_s'>

export interface OurJob extends DrivingModel {
  seed: number
  patterns: readonly Pattern[]
  trips: Trip[]
  rules: DrivingRules
}

export type Runner = (job: OurJob) => RunMeasures & { gridlock?: string }

export function inputOf(of: SentCase, job: OurJob): SimulationInput {
  const byId = new Map(of.network.signals.map((signal) => [signal.id, signal]))
  return {
    network: of.network, trips: job.trips, vehicle_types: [...of.vehicle_types],
    signals: job.patterns.map((pattern) => compileSignal(byId.get(pattern.signal)!, pattern)),
    options: {
      seed: job.seed, step_s: job.step_s, model: job.model, rules: job.rules, start_s: of.from_s,
      measure_from_s: of.from_s, measure_until_s: of.until_s, stop_at_s: of.until_s + CLEAR_OUT_S,
    },
  }
}

/** Prepares the network once. */
export function runnerOf(of: SentCase): Runner {
  const prepared = prepareNetwork(of.network)
  return (job) => {
    const run = createRun(prepared, inputOf(of, job))
    while (run.step());
    const result = run.result()
    const measures = { travel_s: new Float64Array(job.trips.length).fill(NaN), insertion_s: new Float64Array(job.trips.length).fill(NaN) }
    const { trip, travel_time_s, insertion_delay_s, completed } = result.vehicles
    for (let i = 0; i < trip.length; i++) {
      if (completed[i] === 1) measures.travel_s[trip[i]!] = travel_time_s[i]!
      measures.insertion_s[trip[i]!] = insertion_delay_s[i]!
    }
    return {
      ...measures, entered: countEntries(of, job.trips, measures.insertion_s, result.movements.count), teleports: 0,
      gridlocked: result.gridlocked, ...(result.gridlock === undefined ? {} : { gridlock: result.gridlock.where }),
    }
  }
}

/** Movements into a link, and departures on it, within the span of departures. */
function countEntries({ network, until_s }: SentCase, trips: readonly Trip[], insertion_s: Float64Array, passed: Int32Array): Float64Array {
  const index = new Map(network.links.map((link, i) => [link.id, i]))
  const entered = new Float64Array(network.links.length)
  network.movements.forEach((movement, m) => { entered[index.get(movement.to)!]! += passed[m]! })
  trips.forEach((trip, i) => { if (trip.depart_s + insertion_s[i]! < until_s) entered[trip.links[0]!]!++ })
  return entered
}

export type ToRunner = { of: SentCase } | { job: OurJob }

if (parentPort !== null) {
  const port = parentPort
  let runner: Runner | undefined
  port.on('message', (message: ToRunner) => {
    if ('of' in message) runner = runnerOf(message.of)
    else {
      try {
        port.postMessage({ result: runner!(message.job) })
      } catch (error) {
        port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
      }
    }
  })
}
