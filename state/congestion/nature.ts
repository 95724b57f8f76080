// Whether a place comes on most days, comes more and more, came once, or was an incident. Days are compared with days of the same
// kind: working days with working days, the others with the others.
import { weekdayOf } from '../../model/local-time.ts'
import { quantile } from '../statistics.ts'
import { cellIndex, SLOT_S, type CellTable, type CongestionOptions } from './cells.ts'
import type { CongestionCluster, LinkNeighbours } from './clusters.ts'
import type { CongestedPlace } from './places.ts'
import { classifyIncident, classifyRecurrence, travelTimeScore, type Recurrence } from './recurrence.ts'

export type PlaceNature = Recurrence | 'incident'

const isWorkday = (day: number): boolean => weekdayOf(day) < 6

/** `observed`: days with records, ascending. */
export function natureOf(place: CongestedPlace, table: CellTable, observed: readonly number[], neighbours: LinkNeighbours, options: CongestionOptions): PlaceNature {
  const last = place.clusters.reduce((latest, cluster) => (cluster.day > latest.day ? cluster : latest))
  const alike = observed.filter((day) => isWorkday(day) === isWorkday(last.day))
  const link = place.head ?? place.links[0]!
  const came = new Set(place.days)
  const history = alike.map((day) => ({ day, congested: came.has(day) ? true : isKnown(table, link, day, place, options) ? false : undefined }))
  const recurrence = classifyRecurrence(history)
  if (recurrence === 'recurrent') return recurrence
  return isIncident(last, link, table, alike, neighbours, options) ? 'incident' : recurrence
}

/** Whether half of the slots in which the place usually is congested are known on that day. */
function isKnown(table: CellTable, link: number, day: number, { start_s, end_s }: CongestedPlace, { free_mps, least_vehicles }: CongestionOptions): boolean {
  let [known, all] = [0, 0]
  for (let slot = Math.floor(start_s / SLOT_S); slot * SLOT_S < end_s; slot++) {
    all++
    if (cellIndex(table.find(link, day, slot), free_mps[link]!, least_vehicles) !== undefined) known++
  }
  return known * 2 >= all
}

/** Far above the same slots of other days for two slots in a row, with free road beyond: an accident, not a rush hour. */
function isIncident(cluster: CongestionCluster, link: number, table: CellTable, days: readonly number[], neighbours: LinkNeighbours, { least_vehicles }: CongestionOptions): boolean {
  const pace = (of: number, day: number, slot: number): number | undefined => {
    const cell = table.find(of, day, slot)
    return cell === undefined || cell.vehicles < least_vehicles || !(cell.distance_m > 0) ? undefined : cell.time_s / cell.distance_m
  }
  const score = (of: number, slot: number): number | undefined => {
    const now = pace(of, cluster.day, slot)
    return now === undefined ? undefined : travelTimeScore(now, days.flatMap((day) => (day === cluster.day ? [] : pace(of, day, slot) ?? [])))
  }
  for (let slot = cluster.from_slot + 1; slot < cluster.until_slot; slot++) {
    const here = pace(link, cluster.day, slot)
    const scores = [score(link, slot - 1), score(link, slot)]
    if (here === undefined || scores.some((one) => one === undefined)) continue
    // The same figure for the rest of the town: snow slows every street.
    const others = Array.from({ length: table.links }, (_, i) => i).flatMap((i) => (i === link ? [] : score(i, slot) ?? []))
    const town = others.length === 0 ? 0 : quantile(others, 0.5)
    const beyond = neighbours.down[link]!.flatMap((next) => pace(next, cluster.day, slot) ?? [])
    const evidence = {
      scores: scores.map((one) => one! - town), speed_mps: 1 / here, downstream_mps: beyond.length === 0 ? undefined : beyond.length / beyond.reduce((sum, one) => sum + one, 0),
      downstream_anomalous: neighbours.down[link]!.some((next) => (score(next, slot) ?? 0) - town > 3), explained: false,
    }
    if (classifyIncident(evidence) === 'originates-here') return true
  }
  return false
}
