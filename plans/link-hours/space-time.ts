// How fast a corridor was over a day, link by link: speeds and travel time over free travel time, from the stored minutes.
import { resolveCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { CorridorDay, SpaceTimeCell } from '../../model/link-hours.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Seconds } from '../../model/units.ts'
import { DayCells } from '../daily/day-cells.ts'
import { classify, getScale } from '../../state/congestion/index.ts'
import type { Stores } from '../ports/store.ts'
import { getCorridor } from '../street.ts'

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
  const scale = getScale('nav-delay-index')
  return {
    corridor: corridor.corridor.id, name: corridor.corridor.name, day: date, column_s, columns,
    scale: { id: scale.id, version: scale.version, status: scale.status, levels: scale.levels, limits: scale.boundaries['all'] ?? [] },
    ways: ways.map(({ direction, links }) => ({
      direction,
      links: links.map((link) => {
        const { name, source_id, length_m, speed_mps } = graph.getLink(link)
        return { link, name: name ?? source_id, length_m, free_speed_mps: measured.get(link) ?? speed_mps }
      }),
      cells: links.map((link) => Array.from({ length: columns }, (_, column): SpaceTimeCell | null => {
        const found = cells.speed(index.get(link)!, day, [column * column_s, Math.min(DAY_S, (column + 1) * column_s)])
        if (found === undefined) return null
        const ratio = (measured.get(link) ?? graph.getLink(link).speed_mps) / found.speed_mps
        return { ...found, index: ratio, level: scale.levels.indexOf(classify(scale, ratio)) }
      })),
    })),
  }
}
