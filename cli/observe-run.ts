// One run of a plan as its sensors would tell it, streamed to files: what `simulate --observations` writes.
import { mkdir } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { createClock, detectorFormat, eventFormat, phaseFormat, probeFormat, radarFormat, RowFile, trajectoryFormat, type RowContext } from '../adapters/formats/observations/index.ts'
import { GreenwaveError } from '../model/errors.ts'
import { findProjection } from '../model/projection.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { PlanToSimulate, SimulationWindow } from '../simulation/batch/index.ts'
import { drawTripTable, tripSources, vehicleTypes, type TimeSpan } from '../simulation/demand/index.ts'
import { createRun, prepareNetwork, type DrivingRules, type FollowingModel } from '../simulation/index.ts'
import { ControllerLog, detectorChannels, observed, phaseNumbers, Places, Probes, Radar, Trajectories, type ProbeOptions, type RadarOptions } from '../simulation/observe/index.ts'
import type { Options, OptionSpec } from './arguments.ts'

/** What `simulate` understands of observations. */
export const OBSERVATION_OPTIONS: Record<string, OptionSpec> = {
  'observations': { type: 'string', value: 'dir', help: 'write what probes, radar and controllers would tell of the first seed' },
  'probe-share': { type: 'string', value: 'x', help: 'share of vehicles that are probes (default 0.1)' },
  'probe-interval': { type: 'string', value: 's', help: 'between the fixes of a probe (default 1)' },
  'probe-noise': { type: 'string', value: 'm', help: 'standard deviation of their positions (default 5)' },
  'radar-range': { type: 'string', value: 'm', help: 'range of the radar of each approach (default 200)' },
  'radar-missed': { type: 'string', value: 'x', help: 'share of objects that it misses (default 0)' },
  'radar-false': { type: 'string', value: 'x', help: 'ghosts per sensor and frame (default 0)' },
  'date': { type: 'string', value: 'YYYY-MM-DD', help: 'day of the observations (default 2026-01-05, a Monday)' },
}

/** What was asked for; undefined without `--observations`. Throws usage. */
export function observationFrom(options: Options): (Pick<ObservedRun, 'probes' | 'radar' | 'date'> & { folder: string }) | undefined {
  const folder = options.findText('observations')
  const asked = Object.keys(OBSERVATION_OPTIONS).find((name) => name !== 'observations' && options.findText(name) !== undefined)
  if (folder === undefined) {
    if (asked !== undefined) throw new GreenwaveError('usage', `--${asked} says how to observe, but --observations is missing`)
    return undefined
  }
  const share = { least: 0, most: 1 }
  return {
    folder,
    probes: {
      share: options.number('probe-share', 0.1, share), interval_s: options.number('probe-interval', 1, { least: 0.1, most: 3600 }),
      position_sigma_m: options.number('probe-noise', 5, { least: 0, most: 100 }),
    },
    radar: { range_m: options.number('radar-range', 200, { least: 10, most: 1000 }), missed_rate: options.number('radar-missed', 0, share), false_rate: options.number('radar-false', 0, share) },
    date: options.findText('date') ?? '2026-01-05',
  }
}

export interface ObservedRun {
  scenario: Scenario
  graph: RoadGraph
  plan: PlanToSimulate
  period: TimeSpan
  window: SimulationWindow
  seed: number
  model: FollowingModel
  rules: DrivingRules
  step_s: number
  growth: number
  probes: ProbeOptions
  radar: RadarOptions
  /** Day of the observations, `YYYY-MM-DD`. */
  date: string
}

/** Rows by file. */
export type ObservationFiles = Record<string, { path: string; rows: number }>

/** Steps between two looks at the disk and at the signal. */
const STEPS_PER_LOOK = 50

/** Writes all files or none. Throws input.value for a wrong rate, interval or date, and the reason of an abort. */
export async function writeObservations(folder: string, observation: ObservedRun, signal?: AbortSignal): Promise<ObservationFiles> {
  const { scenario: { scenario, network, demand }, graph, window, step_s, plan, seed } = observation
  const sources = tripSources(graph, demand, { from_s: window.start_s, until_s: window.measure_until_s, period: observation.period, growth: observation.growth })
  const vehicle_types = vehicleTypes(demand)
  const prepared = prepareNetwork(network)
  const run = createRun(prepared, {
    network, signals: plan.compiled, ...(plan.control === undefined ? {} : { control: plan.control }),
    ...(plan.plan_changes === undefined ? {} : { plan_changes: plan.plan_changes }), trips: drawTripTable(graph, vehicle_types, sources, seed), vehicle_types,
    options: { seed, step_s, model: observation.model, rules: observation.rules, start_s: window.start_s, measure_from_s: window.measure_from_s, measure_until_s: window.measure_until_s, stop_at_s: window.stop_at_s },
  })
  const context: RowContext = {
    clock: createClock(observation.date, scenario.time_zone), projection: findProjection(network.coordinate_reference), sourceOf: (id) => graph.getLink(id).source_id,
  }
  await mkdir(folder, { recursive: true })
  const files = openFiles(folder, context)
  try {
    const places = new Places(prepared)
    files.detectors.write(detectorChannels(run.world))
    files.phases.write(phaseNumbers(network))
    const whole = observed(run, [
      new Probes(run.world, places, observation.probes, files.probes.write), new Radar(run.world, places, observation.radar, files.radar.write),
      new ControllerLog(run.world, files.events.write), new Trajectories(places, 1, files.trajectories.write),
    ])
    for (let step = 1; whole.step(); step++) {
      if (step % STEPS_PER_LOOK !== 0) continue
      await Promise.all(Object.values(files).map((file) => file.ready()))
      await setImmediate()
      signal?.throwIfAborted()
    }
    for (const file of Object.values(files)) await file.finish()
  } catch (error) {
    await Promise.all(Object.values(files).map((file) => file.discard()))
    throw error
  }
  return Object.fromEntries(Object.entries(files).map(([name, { path, rows }]) => [name, { path, rows }]))
}

function openFiles(folder: string, context: RowContext) {
  return {
    probes: new RowFile(folder, probeFormat(context)), radar: new RowFile(folder, radarFormat(context)), events: new RowFile(folder, eventFormat(context)),
    trajectories: new RowFile(folder, trajectoryFormat(context)), detectors: new RowFile(folder, detectorFormat(context)), phases: new RowFile(folder, phaseFormat()),
  }
}
