// Turning counts of a day as demand: veh/h per movement and interval.
import { emptyDemand } from '../../../model/demand.ts'
import type { Demand } from '../../../model/demand.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Movement, Network } from '../../../model/network.ts'
import { formatTimeOfDay } from '../../../model/units.ts'
import { movementKeys } from './keys.ts'
import { matchSites } from './match.ts'
import type { CountedNode, CountedRoad } from './match.ts'
import { readCounts } from './read.ts'
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
  const keys = movementKeys(context.network)
  const nodes = countedNodes(context, keys)
  const sites = matchSites(table, nodes, countedRoads(context.network, keys), context.map, context.notes)
  const siteOf = new Map(table.sites.map((site) => [sites.get(site.site), site]))
  noteLeftOvers(table, sites, context, keys)
  const perHour = 3600 / table.interval_s
  const uncounted: string[] = []
  const volumes = context.network.movements.filter((movement) => keys.has(movement.id)).map((movement) => {
    const key = keys.get(movement.id) as string
    const series = siteOf.get(movement.node)?.counts.get(key)
    if (series === undefined) uncounted.push(`${movement.node} ${key}`)
    return { movement: movement.id, volume_vph: table.starts_s.map((start) => scaled(series?.get(start), perHour)) }
  })
  if (uncounted.length > 0) {
    context.notes.push({ kind: 'assumed', place: { file, element: `movements ${uncounted.slice(0, 12).join(', ')}${uncounted.length > 12 ? ' ...' : ''}` }, message: `${uncounted.length} movements have no counts` })
  }
  const intervals = table.starts_s.map((start_s) => ({ id: formatTimeOfDay(start_s), start_s, end_s: Math.min(86_400, start_s + table.interval_s) }))
  // "0412) First St & Main St": the number is the counter's own.
  const names = new Map(table.sites.map((site) => [sites.get(site.site) as string, site.intersection.replace(/^\w+\)\s*/, '')]))
  return { demand: { ...emptyDemand(), intervals, volumes }, names }
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
