// Where cards come from: congested places of the measurement that fall into the period, by the signal at their head or, where there is
// none, by the link; and every signal that no place belongs to. Each movement counts for one site only.
import type { LinkId, MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Period } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import type { PlaceState } from '../../model/traffic-state.ts'
import { placeHead, placeLinks } from './clusters.ts'

export interface Site {
  /** Absent at a lane drop, a merge or any other head without a signal. */
  signal?: SignalId
  /** Of the costliest place; absent for a signal without one. */
  head?: LinkId
  /** The costliest first. */
  places: PlaceState[]
  /** Filled by the places, without the approaches of the signal that stay free. */
  links: Set<LinkId>
  movements: Set<MovementId>
}

export const avoidableOf = ({ all, avoidable_veh_h_per_day }: PlaceState): number => all?.avoidable_veh_h_per_day ?? avoidable_veh_h_per_day

export function listSites(graph: RoadGraph, places: readonly PlaceState[], signals: readonly SignalId[], { start_s, end_s }: Period): Site[] {
  const sites = new Map<string, Site>()
  const during = places.filter((place) => place.start_s < end_s && place.end_s > start_s).sort((a, b) => avoidableOf(b) - avoidableOf(a))
  for (const place of during) {
    const head = placeHead(graph.network, place)
    if (head === undefined) continue
    const signal = graph.listMovementsFrom(head).find((movement) => movement.signal !== undefined)?.signal
    const key = signal === undefined ? `link ${head}` : `signal ${signal}`
    const site = sites.get(key) ?? { ...(signal === undefined ? {} : { signal }), head, places: [], links: new Set<LinkId>(), movements: new Set<MovementId>() }
    site.places.push(place)
    for (const link of placeLinks(graph.network, place)) site.links.add(link)
    sites.set(key, site)
  }
  for (const signal of signals) {
    const key = `signal ${signal}`
    if (!sites.has(key)) sites.set(key, { signal, places: [], links: new Set(), movements: new Set() })
  }
  claimMovements(graph, [...sites.values()])
  return [...sites.values()]
}

/** The queue of a place reaches over junctions: what waits in it waits for the head, not for the signals on its way. The rest waits for its own signal. */
function claimMovements(graph: RoadGraph, sites: readonly Site[]): void {
  const taken = new Set<MovementId>()
  const claim = (site: Site, ids: readonly MovementId[]): void => {
    for (const id of ids) {
      if (taken.has(id)) continue
      taken.add(id)
      site.movements.add(id)
    }
  }
  // A head keeps its own approaches whoever queues back over it.
  for (const site of sites) if (site.signal !== undefined && site.places.length > 0) claim(site, graph.listMovementsOfSignal(site.signal).map(({ id }) => id))
  for (const site of sites) for (const link of site.links) claim(site, graph.listMovementsFrom(link).map(({ id }) => id))
  for (const site of sites) if (site.signal !== undefined) claim(site, graph.listMovementsOfSignal(site.signal).map(({ id }) => id))
}
