// The outlook of this moment, with the wall's figures of the same publication.
import { LocalTime } from '../../model/local-time.ts'
import type { NetworkRecord } from '../../plans/ports/networks.ts'
import type { Service } from '../server.ts'
import { wallDeskOf, type WallView } from '../wall.ts'
import { Courses, kindOf, type DayKind } from './courses.ts'
import { outlookOf, type Outlook } from './outlook.ts'

const known = new WeakMap<Service, Courses>()

export function coursesOf(service: Service): Courses {
  let courses = known.get(service)
  if (courses === undefined) known.set(service, courses = new Courses(service))
  return courses
}

/** `asked`: kind of day whose usual course is wanted; today's by default. Throws `request.unknown` where nothing is published. */
export async function outlookNow(service: Service, network: NetworkRecord, asked: DayKind | undefined): Promise<WallView & { outlook: Outlook; local: LocalTime }> {
  const view = await wallDeskOf(service).view(network, false)
  const { state, publication, graph } = view
  const local = new LocalTime(network.time_zone)
  const today = kindOf(local.day(state.now))
  const kind = asked ?? today
  const links = new Map(publication.segments.map((segment) => [segment.id, segment.links]))
  const ways = publication.corridors.map(({ id, segments }) => ({ id, links: segments.flatMap((segment) => links.get(segment) ?? []) }))
  const { days, today: course, reading } = coursesOf(service).get({ network: network.id, version: network.version, streets: graph.network, ways, local, kind })
  return { ...view, local, outlook: outlookOf({ state, publication, graph, days, today: course, reading, kind, applies: kind === today, time_of_day_s: local.timeOfDay(state.now) }) }
}
