// Which intersection each site of a count file is. Names rarely agree, so the traffic tells: which movements exist and
// how their volumes relate. Distance of a pair: squared Hellinger distance of the shares of the movements (0 same, 1
// nothing in common); it compares shares, so the year and the hour of the volumes do not matter. Neighbours must agree as
// well: what one site sends down a road between two counted intersections, the other should receive.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import { assign } from './assignment.ts'
import type { CountSite, CountTable } from './read.ts'

export interface CountedNode {
  id: string
  name?: string
  /** Design volume by movement key. */
  volumes: Map<string, number>
}

/** A road between two intersections, and the movements that feed and leave it. */
export interface CountedRoad {
  from: string
  to: string
  /** Keys at `from` whose movements enter the road. */
  entering: string[]
  /** Keys at `to` of the movements that come from it. */
  leaving: string[]
}

/** A pair farther apart than this shares too little traffic to be one place. */
const FARTHEST_PAIR = 0.25
/** Weight of a road whose ends disagree wholly: driveways and lost counts make even neighbours differ by a quarter. */
const ROAD_WEIGHT = 0.5
/** Exchanging any two sites must make the whole this much worse, or the traffic does not tell. */
const LEAST_MARGIN = 0.05

/** Site name to node id. Throws input.reference where a site is of no intersection or the choice is not clear. */
export function matchSites(table: CountTable, nodes: CountedNode[], roads: CountedRoad[], map: Readonly<Record<string, string>>, notes: ImportNote[]): Map<string, string> {
  const named = matchByName(table, nodes, map)
  const taken = new Set(named.values())
  const sites = table.sites.filter(({ site }) => !named.has(site))
  const free = nodes.filter(({ id }) => !taken.has(id))
  const margin = sites.length === 0 ? undefined : matchByTraffic(table, sites, free, roads, named)
  const pairs = table.sites.map(({ site }) => `${site} = ${named.get(site)}`).join(', ')
  notes.push({
    kind: 'assumed', place: { file: table.file },
    message: `sites of the counts are the intersections ${pairs}${margin === undefined ? ' (by name)' : ` (by movements and volumes; ${margin})`}`,
  })
  return named
}

function matchByName(table: CountTable, nodes: CountedNode[], map: Readonly<Record<string, string>>): Map<string, string> {
  const named = new Map<string, string>()
  for (const [site, id] of Object.entries(map)) {
    if (!table.sites.some((entry) => entry.site === site)) throw new GreenwaveError('input.reference', `the mapping names site "${site}", which the counts do not have; they have ${table.sites.map((entry) => `"${entry.site}"`).join(', ')}`, { file: table.file })
    if (!nodes.some((node) => node.id === id)) throw new GreenwaveError('input.reference', `the mapping gives site "${site}" to intersection "${id}", which the network does not have`, { file: table.file })
    named.set(site, id)
  }
  const same = (a: string, b: string | undefined): boolean => b !== undefined && a.trim().toLowerCase() === b.trim().toLowerCase()
  const find = (site: CountSite): CountedNode | undefined => nodes.find((node) => [site.site, site.intersection].some((name) => same(name, node.id) || same(name, node.name)))
  const byName = table.sites.filter((site) => find(site) !== undefined)
  for (const site of table.sites) {
    if (named.has(site.site)) continue
    const node = find(site)
    if (node !== undefined) named.set(site.site, node.id)
    else if (byName.length > 0) unknown(table, site, `counts of site "${site.site}", which is no intersection of the network (other sites are named as it names them)`)
  }
  const owner = new Map<string, string>()
  for (const [site, id] of named) {
    const other = owner.get(id)
    if (other !== undefined) throw new GreenwaveError('input.duplicate', `the sites "${other}" and "${site}" are both intersection ${id}`, { file: table.file })
    owner.set(id, site)
  }
  return named
}

function unknown(table: CountTable, site: CountSite, sentence: string): never {
  throw new GreenwaveError('input.reference', `${sentence}; name the intersection of each site (site=id)`, { file: table.file, line: site.line })
}

function matchByTraffic(table: CountTable, sites: CountSite[], nodes: CountedNode[], roads: CountedRoad[], named: Map<string, string>): string {
  const shares = sites.map(siteShares)
  const targets = nodes.map((node) => normalise(node.volumes))
  const silent = nodes.filter((node) => [...node.volumes.values()].every((volume) => volume === 0))
  const first = sites[0] as CountSite
  if (silent.length === nodes.length) unknown(table, first, `site "${first.site}" cannot be told from its traffic, because the network file has no volumes`)
  // A dummy intersection at the limit takes a site that is none of them.
  const cost = shares.map((share) => [...targets.map((target) => hellinger(share, target)), ...sites.map(() => FARTHEST_PAIR)])
  const best = assign(cost)
  if (best === undefined) unknown(table, first, `site "${first.site}" matches no intersection`)
  sites.forEach((site, i) => {
    const column = best.columns[i] as number
    if (column < nodes.length) return
    const nearest = targets.map((target, j) => ({ id: nodes[j]?.id, distance: hellinger(shares[i] as Map<string, number>, target) })).sort((a, b) => a.distance - b.distance)[0]
    unknown(table, site, `counts of site "${site.site}", which matches no free intersection of the network${nearest === undefined ? '' : ` (nearest is ${nearest.id}, distance ${nearest.distance.toFixed(3)})`}`)
  })
  const fit = (choice: number[]): number => choice.reduce((sum, column, i) => sum + (cost[i]?.[column] ?? 1), 0) + roadMisfit(table, sites, nodes, roads, choice, named)
  const choice = [...best.columns]
  let value = fit(choice)
  let runnerUp = nearestOther(choice, nodes.length, fit)
  // Exchange pairs while that helps; every round is strictly better, so it ends.
  while (runnerUp !== undefined && runnerUp.value < value - 1e-9) {
    choice.splice(0, choice.length, ...runnerUp.choice)
    value = runnerUp.value
    runnerUp = nearestOther(choice, nodes.length, fit)
  }
  if (runnerUp !== undefined && runnerUp.value - value < LEAST_MARGIN) {
    const other = runnerUp.choice
    const i = other.findIndex((column, at) => column !== choice[at])
    const site = sites[i] as CountSite
    unknown(table, site, `site "${site.site}" may be intersection ${nodes[choice[i] as number]?.id} or ${nodes[other[i] as number]?.id}: the volumes do not tell (misfit ${value.toFixed(3)} and ${runnerUp.value.toFixed(3)})`)
  }
  sites.forEach((site, i) => named.set(site.site, (nodes[choice[i] as number] as CountedNode).id))
  return `misfit ${value.toFixed(3)}, next best ${runnerUp === undefined ? 'none' : runnerUp.value.toFixed(3)}`
}

/** The best choice that exchanges two sites or moves one to a free intersection. */
function nearestOther(choice: number[], nodes: number, fit: (choice: number[]) => number): { choice: number[]; value: number } | undefined {
  let nearest: { choice: number[]; value: number } | undefined
  const consider = (other: number[]): void => {
    const value = fit(other)
    if (nearest === undefined || value < nearest.value) nearest = { choice: other, value }
  }
  for (let i = 0; i < choice.length; i++) {
    for (let j = i + 1; j < choice.length; j++) consider(choice.map((column, at) => (at === i ? choice[j] as number : at === j ? choice[i] as number : column)))
    for (let free = 0; free < nodes; free++) if (!choice.includes(free)) consider(choice.map((column, at) => (at === i ? free : column)))
  }
  return nearest
}

/** How much the sites at both ends of the roads between them disagree, weighted. */
function roadMisfit(table: CountTable, sites: CountSite[], nodes: CountedNode[], roads: CountedRoad[], choice: number[], named: Map<string, string>): number {
  const siteAt = new Map<string, CountSite>()
  for (const site of table.sites) {
    const id = named.get(site.site)
    if (id !== undefined) siteAt.set(id, site)
  }
  choice.forEach((column, i) => siteAt.set(nodes[column]?.id ?? '', sites[i] as CountSite))
  let misfit = 0
  for (const road of roads) {
    const [from, to] = [siteAt.get(road.from), siteAt.get(road.to)]
    if (from === undefined || to === undefined) continue
    const sent = road.entering.reduce((sum, key) => sum + totalOf(from, key), 0)
    const received = road.leaving.reduce((sum, key) => sum + totalOf(to, key), 0)
    if (sent + received > 0) misfit += ROAD_WEIGHT * (Math.abs(sent - received) / Math.max(sent, received))
  }
  return misfit
}

const totalOf = (site: CountSite, key: string): number => totals(site).get(key) ?? 0

const remembered = new WeakMap<CountSite, Map<string, number>>()

function totals(site: CountSite): Map<string, number> {
  let known = remembered.get(site)
  if (known === undefined) {
    known = new Map([...site.counts].map(([key, series]) => [key, [...series.values()].reduce((a, b) => a + b, 0)]))
    remembered.set(site, known)
  }
  return known
}

const siteShares = (site: CountSite): Map<string, number> => normalise(totals(site))

function normalise(volumes: ReadonlyMap<string, number>): Map<string, number> {
  const total = [...volumes.values()].reduce((a, b) => a + b, 0)
  return new Map([...volumes].map(([key, volume]) => [key, total === 0 ? 0 : volume / total]))
}

function hellinger(p: ReadonlyMap<string, number>, q: ReadonlyMap<string, number>): number {
  let common = 0
  for (const [key, share] of p) common += Math.sqrt(share * (q.get(key) ?? 0))
  return Math.max(0, 1 - common)
}
