// Congested places of the days of a report, from five-minute cells; or from a measured state where minutes were not kept.
import type { DailyReportInput } from '../../model/daily.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { PlaceState, TrafficState } from '../../model/traffic-state.ts'
import { formatTimeOfDay, modulo, type MetresPerSecond, type TimeOfDay } from '../../model/units.ts'
import { CONGESTION_DEFAULTS, findClusters, linkNeighbours, mergePlaces, natureOf, SLOT_S, type CongestedPlace, type CongestionCluster } from '../../state/congestion/index.ts'
import { againstDays, scoreOf } from './against.ts'
import type { DayCells } from './day-cells.ts'

export type PlaceRow = DailyReportInput['clusters'][number]

export interface PlaceRequest {
  graph: RoadGraph
  cells: DayCells
  /** Days of the report, and those that they are compared with. */
  own: readonly number[]
  others: readonly number[]
  free_mps: readonly MetresPerSecond[]
  cards: readonly PlaceCard[]
}

/** Places that were congested on one of the days of the report. Delays are of the vehicles seen, a day. */
export function placeRows({ graph, cells, own, others, free_mps, cards }: PlaceRequest): PlaceRow[] {
  const { links } = graph.network
  const neighbours = linkNeighbours(graph)
  const options = { ...CONGESTION_DEFAULTS, free_mps }
  const lengths = links.map(({ length_m }) => length_m)
  const days = [...others, ...own].sort((a, b) => a - b)
  const places = mergePlaces(days.flatMap((day) => findClusters(cells.table, day, neighbours, lengths, options)), days, neighbours)
  return places.flatMap((place): PlaceRow[] => {
    const seen = place.clusters.filter(({ day }) => own.includes(day))
    if (seen.length === 0) return []
    const ids = place.links.map((link) => links[link]!.id)
    const delayOf = (day: number): number => place.clusters.filter((cluster) => cluster.day === day).reduce((sum, { delay_veh_h }) => sum + delay_veh_h, 0)
    const [before, after] = [others.map(delayOf), own.map(delayOf)]
    const span = (pick: (cluster: CongestionCluster) => number): number => pick(seen.reduce((a, b) => (pick(b) > pick(a) ? b : a)))
    return [{
      ...namesOf(graph, ids, place.head === undefined ? undefined : links[place.head]!.id), start: clock(-span(({ from_slot }) => -from_slot) * SLOT_S), end: clock(span(({ until_slot }) => until_slot) * SLOT_S),
      length_m: span(({ length_m }) => length_m), delay_veh_h: after.reduce((sum, one) => sum + one, 0) / own.length, vehicles: fewest(place, seen), comparison: againstDays(after, before), z: scoreOf(after, before),
      kind: natureOf(place, cells.table, days, neighbours, options), ...workOf(cards, ids),
    }]
  })
}

/** Of a measured state; what it says is of all its days together, and compares with none. */
export function measuredPlaceRows(graph: RoadGraph, state: TrafficState, cards: readonly PlaceCard[]): PlaceRow[] {
  const bySource = new Map(graph.network.links.map((link) => [link.source_id, link.id]))
  const probes = new Map(state.links.map((link) => [link.id, link.probes]))
  return state.places.map((place: PlaceState): PlaceRow => {
    const ids = place.links.flatMap((id) => bySource.get(id) ?? [])
    return {
      ...namesOf(graph, ids, place.head === undefined ? undefined : bySource.get(place.head)), start: clock(place.start_s), end: clock(place.end_s), length_m: place.length_m, delay_veh_h: place.delay_veh_h_per_day,
      vehicles: Math.min(...place.links.map((id) => probes.get(id) ?? 0)), comparison: null, z: null, kind: place.nature, ...workOf(cards, ids),
    }
  })
}

const clock = (time: TimeOfDay): string => formatTimeOfDay(60 * Math.round(time / 60)).slice(0, 5)

/** Street and head junction in the words of the network. */
function namesOf(graph: RoadGraph, ids: readonly string[], head: string | undefined): Pick<PlaceRow, 'name' | 'head'> {
  const link = head ?? ids.at(-1)
  if (link === undefined) return { name: 'unnamed', head: null }
  const { name, source_id, to } = graph.getLink(link)
  const signal = graph.findSignalOfNode(to)
  const street = name ?? ids.map((id) => graph.getLink(id).name).find((one) => one !== undefined) ?? `link ${source_id}`
  return { name: `${street}, ${boundOf(graph.heading(link, 'end'))}`, head: head === undefined ? null : (signal?.name ?? signal?.source_id ?? to) }
}

const BOUND = ['eastbound', 'northbound', 'westbound', 'southbound'] as const
/** Counter-clockwise from east. */
const boundOf = (heading: number): string => BOUND[Math.round(modulo(heading, 2 * Math.PI) / (Math.PI / 2)) % 4]!

/** Passages of the link on which the fewest were seen, whole ones. */
function fewest(place: CongestedPlace, clusters: readonly CongestionCluster[]): number {
  const passages = new Map<number, number>()
  for (const { cells } of clusters) for (const cell of cells) passages.set(cell.link, (passages.get(cell.link) ?? 0) + cell.passages)
  const counts = place.links.flatMap((link) => passages.get(link) ?? [])
  return counts.length === 0 ? 0 : Math.floor(Math.min(...counts))
}

/** What the worklist says of a place: the card that shares most links with it. */
function workOf(cards: readonly PlaceCard[], ids: readonly string[]): Pick<PlaceRow, 'cause' | 'policy' | 'status'> {
  const shared = (card: PlaceCard): number => card.links.filter((id) => ids.includes(id)).length
  const best = cards.filter((card) => shared(card) > 0).sort((a, b) => shared(b) - shared(a) || (a.id < b.id ? -1 : 1))[0]
  const finding = best?.findings[0]
  return { cause: finding?.cause ?? null, policy: finding?.treatment.kind ?? null, status: best?.status ?? null }
}
