// From a measurement to its files: state.json and report.html in a folder; the same for a diagnosis.
import { join } from 'node:path'
import { writeWhole } from '../adapters/formats/scenario/write.ts'
import type { Period } from '../model/scenario.ts'
import type { Diagnosis } from '../plans/diagnosis/index.ts'
import { diagnosisReport } from '../reports/diagnosis-report.ts'
import { stateReport, type StateReportInput } from '../reports/state-report.ts'
import { CONGESTION_DEFAULTS, getScale } from '../state/congestion/index.ts'
import type { Measurement } from '../state/measurement.ts'
import type { PerformanceResult } from '../state/performance/index.ts'
import { diagnosisMap, measuredMaps } from './congestion-maps.ts'
import { heatMaps, levelsOf } from './state-heat-maps.ts'
import { coordinationPictures, corridorPicture, corridorsOf, probePictures, type PictureSources } from './state-pictures.ts'
import { VERSION } from './version.ts'

export interface Measured extends Pick<PictureSources, 'scenario' | 'graph' | 'local' | 'state'> {
  measurement: Measurement
  performance: PerformanceResult | undefined
}

/** What the report of a measurement shows. */
export function stateReportInput({ scenario, graph, local, state, measurement, performance }: Measured): StateReportInput {
  const { network } = graph
  const sources: PictureSources = { scenario, graph, local, state, store: measurement.store, cells: measurement.links.cells, clock: measurement.clock, diagrams: performance?.diagrams ?? [] }
  const corridors = corridorsOf(sources)
  const scale = getScale('nav-delay-index')
  const { description } = scenario.scenario
  return {
    state, scenario_name: scenario.scenario.name, ...(description === undefined ? {} : { description }), time_zone: local.time_zone, version: VERSION, ...namesOf(network),
    period_names: new Map(scenario.scenario.periods.map(({ id, name }) => [id, name ?? id])),
    scale: { id: scale.id, version: scale.version, status: scale.status, source: scale.source, levels: levelsOf(scale) },
    parameters: parametersOf(performance), maps: measuredMaps(network, state, scenario.scenario.periods),
    corridors: corridors.flatMap((corridor) => corridorPicture(sources, corridor) ?? []), heat_maps: corridors.flatMap((corridor) => heatMaps(sources, corridor)),
    coordination: coordinationPictures(sources), probes: probePictures(sources),
  }
}

function namesOf({ signals, links }: Measured['graph']['network']): Pick<StateReportInput, 'signal_names' | 'link_names'> {
  return { signal_names: new Map(signals.map(({ id, name, source_id }) => [id, name ?? source_id])), link_names: new Map(links.map(({ id, name, source_id }) => [id, name ?? source_id])) }
}

function parametersOf(performance: PerformanceResult | undefined): StateReportInput['parameters'] {
  const { limit, hysteresis, least_vehicles } = CONGESTION_DEFAULTS
  const congestion = [
    { name: 'A link is congested from this index on', value: String(limit) }, { name: 'and free again below', value: String(Math.round((limit - hysteresis) * 100) / 100) }, { name: 'Vehicles that five minutes need to be known', value: String(least_vehicles) },
  ]
  if (performance === undefined) return congestion
  const { options } = performance
  return [
    ...congestion, { name: 'Split failure: first part of red, s', value: String(options.red_part_s) }, { name: 'Split failure: occupied share', value: String(options.occupancy) }, { name: 'Late red begins after, s', value: String(options.severe_red_s) },
    { name: 'A wait of more cycles than this is a skip', value: String(options.skip_cycles) }, { name: 'Silence of a device that is missing data, s', value: String(options.silence_s) }, { name: 'Set aside after pre-emption, s', value: String(options.recovery_s) },
  ]
}

/** Out: the paths written, both or none. */
export async function writeStateFiles(folder: string, measured: Measured): Promise<string[]> {
  const paths = [join(folder, 'state.json'), join(folder, 'report.html')] as const
  await writeWhole(new Map([[paths[0], `${JSON.stringify(measured.state)}\n`], [paths[1], stateReport(stateReportInput(measured))]]))
  return [...paths]
}

/** Out: the paths written, both or none. `document` is what `--json` prints. */
export async function writeDiagnosisFiles(folder: string, { scenario, state, found, period, date }: Pick<Measured, 'scenario' | 'state'> & { found: Diagnosis; period: Period; date: string }, document: unknown): Promise<string[]> {
  const { network } = scenario
  const names = namesOf(network)
  const report = diagnosisReport({
    ...found, ...names, map: diagnosisMap(network, state, period, found.places), scenario_name: scenario.scenario.name, period_name: period.name ?? period.id, date, version: VERSION,
    movement_names: new Map(network.movements.map(({ id, name, from, to }) => [id, name ?? `${names.link_names.get(from) ?? from} to ${names.link_names.get(to) ?? to}`])),
  })
  const paths = [join(folder, 'diagnosis.json'), join(folder, 'report.html')] as const
  await writeWhole(new Map([[paths[0], `${JSON.stringify(document)}\n`], [paths[1], report]]))
  return [...paths]
}
