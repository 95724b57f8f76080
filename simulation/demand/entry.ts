// Where a vehicle can set out: sources begin routes on pieces of road (in front of a stop line, between two nodes) that are shorter than the vehicle.
import { ENTRY_GAP_M } from '../../model/demand.ts'
import type { RoadGraph } from '../../model/road-graph.ts'

/** Index in the route of the first link on which a vehicle of that length fits; 0 where it fits on none, which the check of trips refuses. */
export function entryLeg({ network }: RoadGraph, links: readonly number[], length_m: number): number {
  return Math.max(0, links.findIndex((link) => length_m + ENTRY_GAP_M <= network.links[link]!.length_m))
}
