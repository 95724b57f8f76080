// How fast a corridor was over a day, link by link: speeds and travel time over free travel time, from the stored minutes.
import { resolveCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { Direction } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Metres, MetresPerSecond, Seconds } from '../../model/units.ts'
import { DayCells } from '../daily/day-cells.ts'
import type { Stores } from '../ports/store.ts'
import { getCorridor } from '../street.ts'

export interface SpaceTimeCell {
  speed_mps: MetresPerSecond
  /** Travel time over free travel time. */
  index: number
  /** Passages of the whole link, as far as vehicles were seen. */
  passages: number
}

export interface SpaceTimeWay {
  direction: Direction
  links: { link: string; name: string; length_m: Metres; free_speed_mps: MetresPerSecond }[]
  /** By link, then column; null where too few vehicles were seen. */
  cells: (SpaceTimeCell | null)[][]
}

export interface CorridorDay {
  corridor: string
  name: string
  day: string
  column_s: Seconds
  columns: number
  ways: SpaceTimeWay[]
}

export interface CorridorDayRequest {
  stores: Stores
  network: string
  scenario: Scenario
  graph: RoadGraph
  corridor: string
  /** Local date. */
  day: string
  column_s: Seconds
}

const DAY_S = 86_400

export async function corridorDay({ stores, network, scenario, graph, corridor: id, day: date, column_s }: CorridorDayRequest): Promise<CorridorDay> {
  const day = parseDay(date)
  if (day === undefined) throw new GreenwaveError('request.invalid', `the day is ${JSON.stringify(date)}; it must be a date such as 2026-11-21`)
  const local = new LocalTime(scenario.scenario.time_zone)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, id))
  const ways = (['outbound', 'inbound'] as const).flatMap((direction) => (corridor[direction] === undefined ? [] : [{ direction, links: [...new Set(corridor[direction].links)] }]))
  const cells = new DayCells(scenario.network, local)
  cells.add(await stores.states.minutes(network, local.instant(day, 0), local.instant(day + 1, 0), [...new Set(ways.flatMap(({ links }) => links))]))
  const measured = new Map((await stores.states.day(network, date))?.links.map(({ link, free_speed_mps }) => [link, free_speed_mps]))
  const index = new Map(scenario.network.links.map((link, i) => [link.id, i]))
  const columns = Math.ceil(DAY_S / column_s)
  return {
    corridor: corridor.corridor.id, name: corridor.corridor.name, day: date, column_s, columns,
    ways: ways.map(({ direction, links }) => ({
      direction,
      links: links.map((link) => {
        const { name, source_id, length_m, speed_mps } = graph.getLink(link)
        return { link, name: name ?? source_id, length_m, free_speed_mps: measured.get(link) ?? speed_mps }
      }),
      cells: links.map((link) => Array.from({ length: columns }, (_, column): SpaceTimeCell | null => {
        const found = cells.speed(index.get(link)!, day, [column * column_s, Math.min(DAY_S, (column + 1) * column_s)])
        return found === undefined ? null : { ...found, index: (measured.get(link) ?? graph.getLink(link).speed_mps) / found.speed_mps }
      })),
    })),
  }
}
