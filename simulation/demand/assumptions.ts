// What was assumed to make vehicles of counts, in plain words for the reader of a report.
import type { Demand } from '../../model/demand.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { balanceFlows } from './flow-field.ts'
import { hasVehicles } from './trips.ts'
import { listMissingVolumes, movementVolumes, type TimeSpan } from './volumes.ts'

/** Vehicles per hour and lane at steady green: HCM 7 chapter 19, base saturation flow. */
const SATURATION_VPH = 1900
/** So many movements or links are named in one sentence. */
const NAMED = 6
/** Differences below this between neighbouring counts are not worth a sentence, veh/h. */
const WORTH_SAYING_VPH = 1

/** Sentences on the demand of a period; `growth` as for the trips. */
export function listDemandAssumptions(graph: RoadGraph, demand: Demand, period: TimeSpan, growth = 1): string[] {
  const grown = growth === 1 ? [] : [`The demand is multiplied by ${growth}.`]
  if (hasVehicles(demand)) return [...grown, 'Vehicles drive the routes and set off at the times of the scenario.']
  const volumes = new Map([...movementVolumes(graph, demand, period)].map(([id, vph]) => [id, vph * growth]))
  const field = balanceFlows(graph, volumes)
  const inside = (flow: Float64Array, open: Uint8Array): number => flow.reduce((sum, vph, link) => sum + (open[link] === 1 ? 0 : vph), 0)
  const [begin, end] = [inside(field.source_vph, field.open_start), inside(field.sink_vph, field.open_end)].map(Math.round) as [number, number]
  const sentences = [...grown]
  if (begin + end > WORTH_SAYING_VPH) sentences.push(`Counts of neighbouring intersections differ: ${begin} veh/h begin and ${end} veh/h end between intersections, so that every counted movement keeps its volume.`)
  const missing = listMissingVolumes(graph, demand, period)
  if (missing.length > 0) sentences.push(`${missing.length} signalised movements have no volume in the period: ${named(missing)}; they carry what the counts around them ask for.`)
  if (field.undrivable.length > 0) sentences.push(`${field.undrivable.length} counted movements have no lane that a car may use and are left out: ${named(field.undrivable)}.`)
  const over = overfull(graph, volumes)
  if (over.length > 0) sentences.push(`More is counted than lanes can carry even at steady green (${SATURATION_VPH} veh/h each): ${named(over)}.`)
  return sentences
}

const named = (things: readonly string[]): string => `${things.slice(0, NAMED).join(', ')}${things.length > NAMED ? ` and ${things.length - NAMED} more` : ''}`

function overfull(graph: RoadGraph, volumes: ReadonlyMap<MovementId, number>): string[] {
  return graph.network.links.flatMap((link) => {
    const vph = graph.listMovementsFrom(link.id).reduce((sum, { id }) => sum + (volumes.get(id) ?? 0), 0)
    return vph > SATURATION_VPH * link.lanes.length ? [`${Math.round(vph)} veh/h on the ${link.lanes.length} lanes of link ${link.source_id}`] : []
  })
}
