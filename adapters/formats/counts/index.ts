// Turning counts of a day, or of several, as demand: veh/h per movement and interval.
import { emptyDemand } from '../../../model/demand.ts'
import type { Demand } from '../../../model/demand.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Movement, Network } from '../../../model/network.ts'
import { formatTimeOfDay } from '../../../model/units.ts'
import { movementKeys } from './keys.ts'
import { matchSites } from './match.ts'
import type { CountedNode, CountedRoad } from './match.ts'
import { readCountDays, readCounts } from './read.ts'
import type { CountSite, CountTable } from './read.ts'

export interface CountsContext {
  network: Network
  /** Volumes of the network file, for telling which site is which. */
  design: readonly { movement: string; volume_vph: number }[]
  /** Site to intersection, where the user says it. */
  map: Readonly<Record<string, string>>
  notes: ImportNote[]
}

/**
 * Reads a file of counts into demand for the movements of a network, veh/h per interval, null where nothing was counted.
 * Also gives the names that the counts have for intersections. Throws input.* with file, line and value.
 */
export async function importCounts(file: string, context: CountsContext): Promise<{ demand: Demand; names: Map<string, string> }> {
  const table = await readCounts(file, context.notes)
  const place = placeSites(table, context)
  const demand = demandOf(table, table.sites, place)
  const nodeOf = new Map(context.network.movements.map(({ id, node }) => [id, node]))
  const uncounted = demand.volumes.flatMap(({ movement, volume_vph }) => (volume_vph.some((volume) => volume !== null) ? [] : [`${nodeOf.get(movement)!} ${place.keys.get(movement)!}`]))
  if (uncounted.length > 0) {
    context.notes.push({ kind: 'assumed', place: { file, element: `movements ${uncounted.slice(0, 12).join(', ')}${uncounted.length > 12 ? ' ...' : ''}` }, message: `${uncounted.length} movements have no counts` })
  }
  // "0412) First St & Main St": the number is the counter's own.
  const names = new Map(table.sites.map((site) => [place.nodes.get(site.site) as string, site.intersection.replace(/^\w+\)\s*/, '')]))
  return { demand, names }
}

/**
 * The same of several days, with a date at every time: demand of each day, in order, null where nothing
 * was counted. Which site is which is told from all days together. Throws input.* with file, line and value.
 */
export async function importCountDays(files: readonly string[], context: CountsContext): Promise<{ day: string; demand: Demand }[]> {
  const { all, days } = await readCountDays(files, context.notes)
  const place = placeSites(all, context)
  return days.map(({ day, sites }) => ({ day, demand: demandOf(all, sites, place) }))
}

/** What sites and their movements are in the network. */
interface SitePlaces {
  movements: readonly Movement[]
  /** By movement. */
  keys: ReadonlyMap<string, string>
  /** By site. */
  nodes: ReadonlyMap<string, string>
}

function placeSites(table: CountTable, context: CountsContext): SitePlaces {
  const keys = movementKeys(context.network)
  const nodes = matchSites(table, countedNodes(context, keys), countedRoads(context.network, keys), context.map, context.notes)
  noteLeftOvers(table, nodes, context, keys)
  return { movements: context.network.movements, keys, nodes }
}

function demandOf({ starts_s, interval_s }: CountTable, sites: readonly CountSite[], { movements, keys, nodes }: SitePlaces): Demand {
  const siteOf = new Map(sites.map((site) => [nodes.get(site.site), site]))
  const perHour = 3600 / interval_s
  const volumes = movements.filter(({ id }) => keys.has(id)).map(({ id, node }) => {
    const series = siteOf.get(node)?.counts.get(keys.get(id)!)
    return { movement: id, volume_vph: starts_s.map((start) => scaled(series?.get(start), perHour)) }
  })
  const intervals = starts_s.map((start_s) => ({ id: formatTimeOfDay(start_s), start_s, end_s: Math.min(86_400, start_s + interval_s) }))
  return { ...emptyDemand(), intervals, volumes }
}

const scaled = (count: number | undefined, perHour: number): number | null => (count === undefined ? null : Math.round(count * perHour * 1e6) / 1e6)

/** Intersections that may have been counted: signals first of all; others only where there are no signals. */
function countedNodes(context: CountsContext, keys: ReadonlyMap<string, string>): CountedNode[] {
  const { network } = context
  const design = new Map(context.design.map(({ movement, volume_vph }) => [movement, volume_vph]))
  const byNode = new Map<string, Movement[]>()
  for (const movement of network.movements) if (keys.has(movement.id)) byNode.set(movement.node, [...(byNode.get(movement.node) ?? []), movement])
  const junctions = network.nodes.filter((node) => byNode.has(node.id))
  const signals = junctions.filter((node) => node.kind === 'signal')
  return (signals.length > 0 ? signals : junctions).map((node) => ({
    id: node.id,
    ...(node.name === undefined ? {} : { name: node.name }),
    volumes: new Map((byNode.get(node.id) ?? []).map((movement) => [keys.get(movement.id) as string, design.get(movement.id) ?? 0])),
  }))
}

/** Links from one junction to the next with the movements at both ends; bends in between are passed. */
function countedRoads(network: Network, keys: ReadonlyMap<string, string>): CountedRoad[] {
  const into = new Map<string, Movement[]>()
  const outOf = new Map<string, Movement[]>()
  for (const movement of network.movements) {
    into.set(movement.to, [...(into.get(movement.to) ?? []), movement])
    outOf.set(movement.from, [...(outOf.get(movement.from) ?? []), movement])
  }
  const keyed = (movements: Movement[] | undefined): string[] => (movements ?? []).flatMap((movement) => keys.get(movement.id) ?? [])
  return network.links.flatMap((link): CountedRoad[] => {
    const entering = keyed(into.get(link.id))
    if (entering.length === 0) return []
    let end = link.id
    const seen = new Set([end])
    for (let next = outOf.get(end); next !== undefined && keyed(next).length === 0; next = outOf.get(end)) {
      end = next[0]?.to ?? end
      if (seen.has(end)) return []
      seen.add(end)
    }
    const leaving = keyed(outOf.get(end))
    const to = outOf.get(end)?.[0]?.node
    return leaving.length === 0 || to === undefined ? [] : [{ from: link.from, to, entering, leaving }]
  })
}

/** Counts of movements that the network does not have are listed, site by site. */
function noteLeftOvers(table: CountTable, sites: ReadonlyMap<string, string>, context: CountsContext, keys: ReadonlyMap<string, string>): void {
  const known = new Set(context.network.movements.map((movement) => `${movement.node} ${keys.get(movement.id)}`))
  for (const site of table.sites) {
    const missing = [...site.counts].filter(([key]) => !known.has(`${sites.get(site.site)} ${key}`)).map(([key, series]) => ({ key, vehicles: total(series) })).filter(({ vehicles }) => vehicles > 0)
    if (missing.length === 0) continue
    const all = [...site.counts.values()].reduce((sum, series) => sum + total(series), 0)
    const left = missing.reduce((sum, { vehicles }) => sum + vehicles, 0)
    context.notes.push({
      kind: 'not-understood', place: { file: table.file, line: site.line, element: `site "${site.site}"` },
      message: `${left} of ${all} vehicles (${missing.map(({ key, vehicles }) => `${key} ${vehicles}`).join(', ')}) make movements that the network does not have; left out`,
    })
  }
}

const total = (series: CountSite['counts'] extends Map<string, infer S> ? S : never): number => [...series.values()].reduce((a, b) => a + b, 0)
