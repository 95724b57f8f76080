// A way around links that are closed or restricted: from where one would have entered them to where one would have left, by the time that each link takes now.
import type { LinkId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds } from '../../model/units.ts'

export interface Detour {
  /** Streets in order, each once in a row. */
  streets: string[]
  travel_time_s: Seconds
}

/** Links taken off by turns, never u-turns; undefined where there is no way. `timeOf` gives seconds for a link. */
export function detourAround(graph: RoadGraph, closed: readonly LinkId[], timeOf: (link: LinkId) => Seconds): Detour | undefined {
  const shut = new Set(closed)
  const [first, last] = [closed[0], closed.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const starts = graph.listMovementsInto(first).filter(({ turn, from }) => turn === 'through' && !shut.has(from)).map(({ from }) => from)
  const ends = new Set(graph.listMovementsFrom(last).filter(({ turn, to }) => turn === 'through' && !shut.has(to)).map(({ to }) => to))
  const times = new Map<LinkId, Seconds>(starts.map((link) => [link, 0]))
  const before = new Map<LinkId, LinkId>()
  const done = new Set<LinkId>()
  for (;;) {
    let link: LinkId | undefined
    for (const [id, time_s] of times) if (!done.has(id) && (link === undefined || time_s < times.get(link)!)) link = id
    if (link === undefined) return undefined
    done.add(link)
    if (ends.has(link)) return { streets: streetsOf(graph, pathTo(link, before).slice(1)), travel_time_s: times.get(link)! - timeOf(link) }
    for (const { to, turn } of graph.listMovementsFrom(link)) {
      const time_s = times.get(link)! + timeOf(to)
      if (turn === 'u-turn' || shut.has(to) || time_s >= (times.get(to) ?? Infinity)) continue
      times.set(to, time_s)
      before.set(to, link)
    }
  }
}

function pathTo(end: LinkId, before: ReadonlyMap<LinkId, LinkId>): LinkId[] {
  const path = [end]
  for (let link = before.get(end); link !== undefined; link = before.get(link)) path.unshift(link)
  return path
}

const streetsOf = (graph: RoadGraph, links: readonly LinkId[]): string[] => links.map((id) => graph.getLink(id).name ?? graph.getLink(id).source_id).filter((name, i, all) => name !== all[i - 1])
