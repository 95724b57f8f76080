// Which stretches of road are shown: along each corridor from signal to signal, and every other link with those that only continue it.
import { resolveCorridor, type CorridorDirection } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { LinkId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { SegmentPlan, SnapshotInput } from './snapshot.ts'

export type PublishedStreets = Pick<SnapshotInput, 'segments' | 'corridors'>

/** Ids last as long as corridors, their signals and the network's links do. A corridor that leads nowhere is left out: its links are shown like any other. */
export function publishedStreets({ network, scenario }: Scenario): PublishedStreets {
  const graph = new RoadGraph(network)
  const taken = new Set<LinkId>()
  const segments: SegmentPlan[] = []
  const corridors: { id: string; name: string; segments: string[] }[] = []
  for (const corridor of scenario.corridors) {
    for (const way of directionsOf(graph, corridor)) {
      const own = stretchesOf(way).map((links, i): SegmentPlan => ({ id: `${corridor.id}:${way.direction}:${i + 1}`, name: graph.getLink(links[0]!).name ?? corridor.name, links }))
      for (const { links } of own) for (const link of links) taken.add(link)
      segments.push(...own)
      corridors.push({ id: `${corridor.id}:${way.direction}`, name: `${corridor.name}, ${way.direction}`, segments: own.map(({ id }) => id) })
    }
  }
  for (const links of chains(graph, taken)) segments.push({ id: `link:${links[0]!}`, name: graph.getLink(links[0]!).name ?? graph.getLink(links[0]!).source_id, links })
  return { segments, corridors }
}

function directionsOf(graph: RoadGraph, corridor: Scenario['scenario']['corridors'][number]): CorridorDirection[] {
  try {
    const { outbound, inbound } = resolveCorridor(graph, corridor)
    return [outbound, inbound].filter((way) => way !== undefined)
  } catch (error) {
    if (error instanceof GreenwaveError) return []
    throw error
  }
}

/** Cut behind each stop line. */
function stretchesOf({ links, crossings }: CorridorDirection): LinkId[][] {
  const ends = new Set(crossings.flatMap(({ movements }) => movements.filter(({ from, to }) => links.includes(from) && links.includes(to)).map(({ from }) => from)))
  const stretches: LinkId[][] = [[]]
  for (const link of links) {
    stretches.at(-1)!.push(link)
    if (ends.has(link)) stretches.push([])
  }
  return stretches.filter((stretch) => stretch.length > 0)
}

/** Links that are not taken, those in one row that have nowhere else to go; in the order of the network. */
function chains(graph: RoadGraph, taken: ReadonlySet<LinkId>): LinkId[][] {
  const onward = (link: LinkId): LinkId | undefined => {
    const [next, ...others] = graph.listMovementsFrom(link).filter(({ turn }) => turn !== 'u-turn')
    if (next === undefined || others.length > 0 || next.signal !== undefined || taken.has(next.to)) return undefined
    const into = graph.listMovementsInto(next.to).filter(({ turn }) => turn !== 'u-turn')
    return into.length === 1 && graph.getLink(next.to).name === graph.getLink(link).name ? next.to : undefined
  }
  const free = graph.network.links.map(({ id }) => id).filter((id) => !taken.has(id))
  const continued = new Set(free.map(onward).filter((id) => id !== undefined))
  const rows: LinkId[][] = []
  const placed = new Set<LinkId>()
  // Second the rings, of which each link continues another.
  for (const first of [...free.filter((id) => !continued.has(id)), ...free]) {
    const row: LinkId[] = []
    for (let link: LinkId | undefined = first; link !== undefined && !placed.has(link); link = onward(link)) {
      placed.add(link)
      row.push(link)
    }
    if (row.length > 0) rows.push(row)
  }
  return rows
}
