// What a wall shows: the latest publication arranged by corridors and places, and, for those who may see more than the public, what runs and what is wrong.
import { resolveCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CorridorCondition, Publication, PublicNotice, PublishedPlace, SegmentCondition } from '../../model/publication.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Corridor } from '../../model/scenario.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { classify, SCALES } from '../../state/congestion/index.ts'

export type WallSegment = Pick<SegmentCondition, 'id' | 'level' | 'freshness' | 'closed' | 'incident'>

/** One direction of a corridor. */
export interface WallWay extends Pick<CorridorCondition, 'freshness' | 'index' | 'travel_time_s' | 'typical' | 'coverage' | 'age_s' | 'length_m'> {
  id: string
  direction?: 'outbound' | 'inbound'
  /** Name of its last signal. */
  towards?: string
  level: string | null
  speed_mps: number | null
  segments: { id: string; length_m: number }[]
}

/** What the signals of a corridor run now, as far as somebody may know. */
export interface WallPlan {
  /** Absent: the timing of before greenwave. */
  plan?: string
  signals: number
  /** Of those, how many run the plan. */
  following: number
  cycle_s: Seconds[]
  bands: { direction: 'outbound' | 'inbound'; width_s: Seconds }[]
  until: Instant
}

export interface WallCorridor {
  id: string
  name: string
  ways: WallWay[]
  plan?: WallPlan
  /** Stops a run makes at its signals, as measured on that day. */
  stops?: { day: string; outbound: number | null; inbound: number | null }
}

export interface WallPlace extends PublishedPlace {
  level: string | null
  /** The street that crosses at its head. */
  before?: string
  /** How many signals its queue has grown back past: a queue within one block has passed none. */
  past_signals: number
}

/** Of a controller whose lamps are not those of its plan. */
export interface WallAlarm {
  signal: string
  name: string
  kind: string
  since: Instant
}

export interface WallState {
  format: 'greenwave.wall/1'
  /** By the clock of the service. */
  now: Instant
  network: { id: string; name: string; time_zone: string; version: number }
  publication: Pick<Publication, 'id' | 'computed_at' | 'scale' | 'index' | 'coverage' | 'age_s'> & { level: string | null }
  segments: WallSegment[]
  corridors: WallCorridor[]
  /** Worst first. */
  places: WallPlace[]
  notices: PublicNotice[]
  /** Absent for the public. */
  alarms?: WallAlarm[]
}

export interface WallViewInput {
  network: WallState['network']
  graph: RoadGraph
  corridors: readonly Corridor[]
  /** As it may be shown now. */
  publication: Publication
  now: Instant
  duty?: { plans: ReadonlyMap<string, WallPlan>; stops: ReadonlyMap<string, WallCorridor['stops']>; alarms: WallAlarm[] }
}

export const MOST_WALL_PLACES = 8

export function wallView({ network, graph, corridors, publication, now, duty }: WallViewInput): WallState {
  const { id, computed_at, scale, index, coverage, age_s, segments, places, notices } = publication
  const byId = new Map(segments.map((segment) => [segment.id, segment]))
  return {
    format: 'greenwave.wall/1', now, network,
    publication: { id, computed_at, scale, index, coverage, age_s, level: levelOf(publication, index) },
    segments: segments.map(({ id, level, freshness, closed, incident }) => ({ id, level, freshness, closed, incident })),
    corridors: arranged(publication, corridors, graph, byId).map((corridor) => {
      const [plan, stops] = [duty?.plans.get(corridor.id), duty?.stops.get(corridor.id)]
      return { ...corridor, ...(plan === undefined ? {} : { plan }), ...(stops === undefined ? {} : { stops }) }
    }),
    places: places.slice(0, MOST_WALL_PLACES).map((place) => ({ ...place, ...crossingAt(graph, byId.get(place.segments.at(-1) ?? '')), level: worstLevel(publication, place.segments.map((one) => byId.get(one)?.level ?? null)), past_signals: Math.max(0, place.segments.length - 1) })),
    notices, ...(duty === undefined ? {} : { alarms: duty.alarms }),
  }
}

/** Null for a scale of which we no longer have the table. */
export function levelOf({ scale }: Pick<Publication, 'scale'>, index: number | null): string | null {
  const table = SCALES.find(({ id, version }) => id === scale.id && version === scale.version)
  return index === null || table === undefined ? null : classify(table, index).id
}

function worstLevel({ scale }: Publication, levels: readonly (string | null)[]): string | null {
  const order = SCALES.find(({ id, version }) => id === scale.id && version === scale.version)?.levels.map(({ id }) => id) ?? []
  return levels.reduce((worst, level) => (order.indexOf(level ?? '') > order.indexOf(worst ?? '') ? level : worst), null)
}

/** Directions of one corridor together, in the order of the scenario; what is published under another name stands by itself. */
function arranged(publication: Publication, corridors: readonly Corridor[], graph: RoadGraph, byId: ReadonlyMap<string, SegmentCondition>): WallCorridor[] {
  const taken = new Set<string>()
  const known = corridors.flatMap((corridor): WallCorridor[] => {
    const ways = (['outbound', 'inbound'] as const).flatMap((direction): WallWay[] => {
      const found = publication.corridors.find((one) => one.id === `${corridor.id}:${direction}` || one.id === `${corridor.id}/${direction}`)
      if (found === undefined) return []
      taken.add(found.id)
      const towards = endOf(corridor, direction, graph)
      return [{ ...wayOf(publication, found, byId), direction, ...(towards === undefined ? {} : { towards }) }]
    })
    return ways.length === 0 ? [] : [{ id: corridor.id, name: corridor.name, ways }]
  })
  return [...known, ...publication.corridors.filter(({ id }) => !taken.has(id)).map((one) => ({ id: one.id, name: one.name, ways: [wayOf(publication, one, byId)] }))]
}

function endOf({ intersections, name }: Corridor, direction: 'outbound' | 'inbound', graph: RoadGraph): string | undefined {
  const last = direction === 'outbound' ? intersections.at(-1) : intersections[0]
  return withoutStreet(graph.network.signals.find(({ id }) => id === last)?.name, name)
}

function crossingAt(graph: RoadGraph, head: SegmentCondition | undefined): { before?: string } {
  const last = head?.links.at(-1)
  if (head === undefined || last === undefined) return {}
  const signal = graph.findSignalOfNode(graph.getLink(last).to)
  const before = withoutStreet(signal?.name, head.name)
  return before === undefined ? {} : { before }
}

/** Of a junction's name (`Nanhu Avenue / Hexing Road`) what is not the street one is on; the whole where it names no street. */
function withoutStreet(junction: string | undefined, street: string): string | undefined {
  const others = junction?.split(' / ').filter((part) => part !== street) ?? []
  return others.length === 0 ? undefined : others.join(' / ')
}

function wayOf(publication: Publication, corridor: CorridorCondition, byId: ReadonlyMap<string, SegmentCondition>): WallWay {
  const { id, freshness, index, travel_time_s, typical, coverage, age_s, length_m } = corridor
  return {
    id, freshness, index, travel_time_s, typical, coverage, age_s, length_m, level: freshness === 'no-data' ? null : levelOf(publication, index), speed_mps: travel_time_s === null ? null : length_m / travel_time_s,
    segments: corridor.segments.map((segment) => ({ id: segment, length_m: byId.get(segment)?.length_m ?? 0 })),
  }
}

/** Movements that a run passes at the signals of each direction; none where the corridor leads nowhere. */
export function corridorMovements(graph: RoadGraph, corridor: Corridor): Record<'outbound' | 'inbound', string[][]> {
  try {
    const { outbound, inbound } = resolveCorridor(graph, corridor)
    const through = (way: typeof outbound): string[][] => (way?.crossings ?? []).map(({ movements }) => movements.map(({ id }) => id))
    return { outbound: through(outbound), inbound: through(inbound) }
  } catch (error) {
    if (error instanceof GreenwaveError) return { outbound: [], inbound: [] }
    throw error
  }
}
