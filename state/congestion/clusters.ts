// Where congestion begins and how far it reaches: connected congested cells of one day, and the bottleneck at their head.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Metres, Seconds } from '../../model/units.ts'
import { linkStatus, SLOTS_PER_DAY, type CellStatus, type CellTable, type CongestionOptions } from './cells.ts'

/** Neighbours of links by index: where traffic goes on to, and where it comes from. */
export interface LinkNeighbours {
  down: readonly (readonly number[])[]
  up: readonly (readonly number[])[]
}

export function linkNeighbours(graph: RoadGraph): LinkNeighbours {
  const { links, movements } = graph.network
  const index = new Map(links.map(({ id }, i) => [id, i]))
  const down = links.map((): number[] => [])
  const up = links.map((): number[] => [])
  for (const { from, to, turn } of movements) {
    const [a, b] = [index.get(from)!, index.get(to)!]
    if (turn === 'u-turn' || down[a]!.includes(b)) continue
    down[a]!.push(b)
    up[b]!.push(a)
  }
  return { down, up }
}

export interface ClusterCell {
  link: number
  slot: number
  /** Seconds lost per vehicle against free flow, and vehicles that were seen. */
  delay_s: number
  vehicles: number
  /** What they drove there in lengths of the link: who was seen on half of it is half a passage. */
  passages: number
}

/** Congested cells of one day that hang together: over a junction in the same slot, or on one link from slot to slot. */
export interface CongestionCluster {
  day: number
  cells: ClusterCell[]
  links: number[]
  /** First slot and the one after the last. */
  from_slot: number
  until_slot: number
  /** The most downstream congested link whose way on is free for most of the cluster's life; undefined where none is. */
  head: number | undefined
  /** Lost by the vehicles seen, hours; divide by the penetration for all vehicles. */
  delay_veh_h: number
  /** Greatest length of links that were congested at the same time, m. */
  length_m: Metres
  /** How the tail moved: metres of queue an hour, positive where congestion grows upstream. */
  growth_m_per_h: number
}

/** Share of the cluster's slots in which the way on must be free for a link to be its head. */
const HEAD_FREE_SHARE = 0.7

/** All clusters of a day, the costliest first. */
export function findClusters(table: CellTable, day: number, neighbours: LinkNeighbours, lengths: readonly Metres[], options: CongestionOptions): CongestionCluster[] {
  const status = lengths.map((_, link) => linkStatus(table, link, day, options))
  const seen = new Set<number>()
  const clusters: CongestionCluster[] = []
  for (let link = 0; link < lengths.length; link++) {
    for (let slot = 0; slot < SLOTS_PER_DAY; slot++) {
      if (status[link]![slot] !== 'congested' || seen.has(link * SLOTS_PER_DAY + slot)) continue
      clusters.push(describe(day, flood(link, slot, status, neighbours, seen), { table, status, neighbours, lengths, options }))
    }
  }
  return clusters.sort((a, b) => b.delay_veh_h - a.delay_veh_h || a.from_slot - b.from_slot || a.links[0]! - b.links[0]!)
}

function flood(link: number, slot: number, status: readonly (readonly CellStatus[])[], { down, up }: LinkNeighbours, seen: Set<number>): [number, number][] {
  const open: [number, number][] = [[link, slot]]
  const cells: [number, number][] = []
  seen.add(link * SLOTS_PER_DAY + slot)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    cells.push(next)
    const [l, s] = next
    const around: [number, number][] = [[l, s - 1], [l, s + 1], ...down[l]!.map((d): [number, number] => [d, s]), ...up[l]!.map((u): [number, number] => [u, s])]
    for (const [other, at] of around) {
      const key = other * SLOTS_PER_DAY + at
      if (at < 0 || at >= SLOTS_PER_DAY || seen.has(key) || status[other]![at] !== 'congested') continue
      seen.add(key)
      open.push([other, at])
    }
  }
  return cells
}

interface Surroundings {
  table: CellTable
  status: readonly (readonly CellStatus[])[]
  neighbours: LinkNeighbours
  lengths: readonly Metres[]
  options: CongestionOptions
}

function describe(day: number, places: readonly [number, number][], around: Surroundings): CongestionCluster {
  const { table, lengths, options } = around
  const cells = places.map(([link, slot]): ClusterCell => {
    const cell = table.find(link, day, slot)!
    const pace = cell.time_s / cell.distance_m - 1 / options.free_mps[link]!
    return { link, slot, delay_s: pace * lengths[link]!, vehicles: cell.vehicles, passages: cell.distance_m / lengths[link]! }
  }).sort((a, b) => a.slot - b.slot || a.link - b.link)
  const links = [...new Set(cells.map(({ link }) => link))].sort((a, b) => a - b)
  const head = findHead(cells, links, around)
  return {
    day, cells, links, from_slot: cells[0]!.slot, until_slot: cells.at(-1)!.slot + 1, head,
    // What was driven on the cell, not how many were seen on a part of it: every vehicle's loss counts over the metres that it drove.
    delay_veh_h: cells.reduce((sum, cell) => sum + lostOn(cell), 0) / 3600,
    length_m: greatest(cells, lengths),
    growth_m_per_h: head === undefined ? 0 : growth(cells, head, around),
  }
}

/** Seconds that all vehicles seen on a cell lost together. */
export const lostOn = ({ delay_s, passages }: ClusterCell): Seconds => Math.max(0, delay_s * passages)

function greatest(cells: readonly ClusterCell[], lengths: readonly Metres[]): Metres {
  const bySlot = new Map<number, Metres>()
  for (const { link, slot } of cells) bySlot.set(slot, (bySlot.get(slot) ?? 0) + lengths[link]!)
  return Math.max(...bySlot.values())
}

/** Of the links whose way on is known half of the time and free often enough, the one at which most was lost. */
function findHead(cells: readonly ClusterCell[], links: readonly number[], { status, neighbours }: Surroundings): number | undefined {
  let best: { link: number; loss: number } | undefined
  for (const link of links) {
    const own = cells.filter((cell) => cell.link === link)
    const known = own.filter(({ slot }) => neighbours.down[link]!.every((next) => status[next]![slot] !== 'unknown') || neighbours.down[link]!.some((next) => status[next]![slot] === 'congested'))
    const free = known.filter(({ slot }) => !neighbours.down[link]!.some((next) => status[next]![slot] === 'congested'))
    if (known.length * 2 < own.length || free.length < HEAD_FREE_SHARE * known.length) continue
    const loss = own.reduce((sum, { delay_s }) => sum + delay_s, 0)
    if (best === undefined || loss > best.loss) best = { link, loss }
  }
  return best?.link
}

/** Slope of the reach of congestion upstream of the head over time, by least squares. */
function growth(cells: readonly ClusterCell[], head: number, { neighbours, lengths }: Surroundings): number {
  const bySlot = new Map<number, Set<number>>()
  for (const { link, slot } of cells) (bySlot.get(slot) ?? bySlot.set(slot, new Set()).get(slot)!).add(link)
  const points = [...bySlot].map(([slot, links]): [number, number] => [slot / 12, reach(links, head, neighbours.up, lengths)])
  if (points.length < 2) return 0
  const [mx, my] = [points.reduce((sum, [x]) => sum + x, 0) / points.length, points.reduce((sum, [, y]) => sum + y, 0) / points.length]
  const sxx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  return points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx
}

/** Metres from the end of `head` to the farthest end of a congested chain that leads up from it. */
function reach(links: ReadonlySet<number>, head: number, up: LinkNeighbours['up'], lengths: readonly Metres[]): number {
  if (!links.has(head)) return 0
  const far = new Map([[head, lengths[head]!]])
  const open = [head]
  let farthest = lengths[head]!
  for (let link = open.shift(); link !== undefined; link = open.shift()) {
    for (const before of up[link]!) {
      if (!links.has(before) || far.has(before)) continue
      far.set(before, far.get(link)! + lengths[before]!)
      farthest = Math.max(farthest, far.get(before)!)
      open.push(before)
    }
  }
  return farthest
}
