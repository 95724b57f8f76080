// One figure for each corridor and its directions, for the corridor with its side streets, and for everything: weighted by
// vehicle-kilometres where enough volumes are known, else by length.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { LinkId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { AreaState, LinkState, MovementState } from '../../model/traffic-state.ts'
import { congestionIndex, LEAST_COVERAGE, type IndexPart } from './index-of.ts'
import { classify, getScale } from './scales.ts'

/** The table by which an index is told. */
const TABLE = 'nav-delay-index'

export function areaStates(graph: RoadGraph, corridors: readonly ResolvedCorridor[], links: readonly LinkState[], movements: readonly MovementState[]): AreaState[] {
  const states = new Map(links.map((state) => [state.link, state]))
  const volumes = linkVolumes(graph, movements)
  const area = (kind: AreaState['kind'], id: string, name: string, ids: readonly LinkId[]): AreaState => ({ kind, id, name, links: ids.length, ...indexOf(graph, ids, states, volumes) })
  return [
    ...corridors.flatMap(({ corridor, outbound, inbound }) => {
      const ways = [outbound, inbound].flatMap((way) => (way === undefined ? [] : [way]))
      const along = [...new Set(ways.flatMap(({ links: own }) => own))]
      const around = [...new Set([...along, ...corridor.intersections.flatMap((signal) => graph.listApproaches(signal).map(({ id }) => id))])]
      return [
        area('corridor', corridor.id, corridor.name, along),
        ...(ways.length < 2 ? [] : ways.map((way) => area('direction', `${corridor.id}/${way.direction}`, `${corridor.name}, ${way.direction}`, [...new Set(way.links)]))),
        area('area', `${corridor.id}/side-streets`, `${corridor.name} with its side streets`, around),
      ]
    }),
    area('city', 'city', graph.network.name, graph.network.links.map(({ id }) => id)),
  ]
}

/** Vehicles an hour at the end of a link; absent where one of its movements that were seen is not known. */
export function linkVolumes(graph: RoadGraph, movements: readonly MovementState[]): Map<LinkId, number> {
  const byLink = new Map<LinkId, number | undefined>()
  for (const { from_link, volume_vph } of movements) {
    const before = byLink.has(from_link) ? byLink.get(from_link) : 0
    byLink.set(from_link, before === undefined || volume_vph.value === null ? undefined : before + volume_vph.value)
  }
  return new Map(graph.network.links.flatMap(({ id }) => {
    const volume = byLink.get(id)
    return volume === undefined ? [] : [[id, volume]]
  }))
}

function indexOf(graph: RoadGraph, ids: readonly LinkId[], states: ReadonlyMap<LinkId, LinkState>, volumes: ReadonlyMap<LinkId, number>): Pick<AreaState, 'index' | 'coverage' | 'weighted_by' | 'level' | 'scale' | 'length_m' | 'driven_veh_km_per_h'> {
  const part = (id: LinkId): IndexPart => ({ length_m: graph.getLink(id).length_m, free_mps: states.get(id)?.free_speed_mps ?? graph.getLink(id).speed_mps, speed_mps: states.get(id)?.speed_mps.value ?? undefined, volume_vph: 1 })
  const parts = ids.map(part)
  const length = parts.reduce((sum, { length_m }) => sum + length_m, 0)
  const measured = parts.reduce((sum, { length_m, speed_mps }) => sum + (speed_mps === undefined ? 0 : length_m), 0)
  // A link with a speed and no volume would have no weight: where too many are so, all links weigh by their length alone.
  const counted = ids.map((id, i): IndexPart => (volumes.has(id) ? { ...parts[i]!, volume_vph: volumes.get(id)! } : { ...parts[i]!, speed_mps: undefined }))
  const weighed = counted.reduce((sum, { length_m, speed_mps }) => sum + (speed_mps === undefined ? 0 : length_m), 0)
  const by_volume = measured > 0 && weighed >= LEAST_COVERAGE * measured
  const { index, coverage } = congestionIndex(by_volume ? counted : parts)
  const scale = getScale(TABLE)
  return {
    index, coverage, weighted_by: by_volume ? 'vehicle-km' : 'length', scale: `${scale.id}/${scale.version}`, length_m: length, ...(index === null ? {} : { level: classify(scale, index).id }),
    driven_veh_km_per_h: by_volume ? counted.reduce((sum, { length_m, speed_mps, volume_vph }) => sum + (speed_mps === undefined ? 0 : (volume_vph * length_m) / 1000), 0) : null,
  }
}
