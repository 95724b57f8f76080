// What the public page tells beside the wall's own figures: half an hour ahead, the usual course of the day, and ways around what is closed.
import type { Publication } from '../../model/publication.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { levelOf, type WallState, type WallWay } from '../../plans/publication/wall-view.ts'
import { bestQuarter, halfAnHourLater, persistenceOf, QUARTER_S, usualCourse, type DayCourse, type UsualQuarter } from '../../plans/publication/course.ts'
import { detourAround } from '../../plans/publication/detour.ts'
import type { DayKind } from './courses.ts'

export interface WayOutlook {
  id: string
  /** Estimated: half an hour from now, with the range that holds eight times in ten. */
  later?: { travel_time_s: number; low_s: number; high_s: number; level: string | null }
  /** Usually quicker then, from the quarter of an hour that begins at that local time. */
  better?: { at_s: number; travel_time_s: number; low_s: number; high_s: number; saves_s: number }
  /** By quarters of the local day; null where nobody knows. */
  usual: (Omit<UsualQuarter, 'days'> | null)[]
  today: (number | null)[]
}

export interface Around {
  notice: string
  /** Absent where no way leads around it. */
  streets?: string[]
  /** Above the way that is closed, by the times of now; absent where a part of either is not known. */
  extra_s?: number
}

export interface Outlook {
  format: 'greenwave.outlook/1'
  publication: string
  day_kind: DayKind
  /** Earlier days of that kind behind what is called usual. */
  days: number
  /** Earlier days are still being read. */
  reading: boolean
  ways: WayOutlook[]
  around: Around[]
}

export interface OutlookInput {
  state: WallState
  publication: Publication
  graph: RoadGraph
  days: readonly DayCourse[]
  today: DayCourse | undefined
  reading: boolean
  kind: DayKind
  /** Whether today is such a day: what is usual on others says nothing of now. */
  applies: boolean
  time_of_day_s: number
}

export function outlookOf({ state, publication, graph, days, today, reading, kind, applies, time_of_day_s }: OutlookInput): Outlook {
  const quarter = Math.floor(time_of_day_s / QUARTER_S)
  return {
    format: 'greenwave.outlook/1', publication: state.publication.id, day_kind: kind, days: days.length, reading,
    ways: state.corridors.flatMap(({ ways }) => ways).map((way) => {
      const usual = usualCourse(days, way.id)
      return {
        id: way.id, ...(applies ? ahead(publication, way, usual, days, quarter) : {}), usual: usual.map((one) => (one === undefined ? null : { travel_time_s: one.travel_time_s, low_s: one.low_s, high_s: one.high_s })),
        today: applies ? [...today?.get(way.id) ?? []].map((value) => (Number.isFinite(value) ? value : null)) : [],
      }
    }),
    around: state.notices.filter(({ kind: what, links }) => (what === 'closure' || what === 'restriction') && links.length > 0).map(({ id, links }) => aroundOf(publication, graph, id, links)),
  }
}

function ahead(publication: Publication, way: WallWay, usual: readonly (UsualQuarter | undefined)[], days: readonly DayCourse[], quarter: number): Pick<WayOutlook, 'later' | 'better'> {
  const fresh = way.freshness === 'live' || way.freshness === 'ageing'
  const later = halfAnHourLater(usual, persistenceOf(days, way.id), quarter, fresh ? way.travel_time_s : null)
  const free_s = way.travel_time_s === null || way.index === null ? null : way.travel_time_s / way.index
  const best = bestQuarter(usual, quarter)
  return {
    ...(later === undefined ? {} : { later: { ...later, level: free_s === null ? null : levelOf(publication, later.travel_time_s / free_s) } }),
    ...(best === undefined ? {} : { better: { at_s: best.quarter * QUARTER_S, travel_time_s: best.usual.travel_time_s, low_s: best.usual.low_s, high_s: best.usual.high_s, saves_s: best.saves_s } }),
  }
}

/** By the times of now where they are known; a detour over streets of which nobody knows is told without its time. */
function aroundOf({ segments }: Publication, graph: RoadGraph, notice: string, links: readonly string[]): Around {
  const slow = new Map(segments.flatMap(({ links: own, index }) => (index === null ? [] : own.map((link) => [link, index] as const))))
  const timeOf = (id: string): number => {
    const { length_m, speed_mps } = graph.getLink(id)
    return (length_m / speed_mps) * (slow.get(id) ?? 1.5)
  }
  const known = links.filter((id) => graph.network.links.some((link) => link.id === id))
  const detour = detourAround(graph, known, timeOf)
  if (detour === undefined) return { notice }
  const all = segments.every(({ index }) => index !== null)
  return { notice, streets: detour.streets, ...(all ? { extra_s: Math.max(0, detour.travel_time_s - known.reduce((sum, id) => sum + timeOf(id), 0)) } : {}) }
}
