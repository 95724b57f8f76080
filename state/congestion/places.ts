// The same congestion on several days is one place: a spot, a stretch or an area with a name, a frequency and its usual hours,
// ranked by the delay that could be avoided.
import type { CongestionCluster, LinkNeighbours } from './clusters.ts'
import { SLOT_S } from './cells.ts'
import type { Metres, Seconds, TimeOfDay } from '../../model/units.ts'
import { quantile } from '../statistics.ts'

/** 堵点, 堵段, 堵区: one link, a chain of links, anything that branches. */
export type PlaceKind = 'spot' | 'stretch' | 'area'

export interface CongestedPlace {
  kind: PlaceKind
  /** Links that are congested on at least half of its days. */
  links: number[]
  /** Most frequent head of its clusters. */
  head: number | undefined
  days: number[]
  /** Share of the observed days on which it came. */
  frequency: number
  start_s: TimeOfDay
  end_s: TimeOfDay
  /** Greatest length congested at once, m, and time of congestion a day, s; means over its days. */
  length_m: Metres
  duration_s: Seconds
  /** Of the vehicles seen, mean over the observed days. */
  delay_veh_h_per_day: number
  /** The part above the 15th percentile of the observed days. */
  avoidable_veh_h_per_day: number
  growth: 'upstream' | 'stationary' | 'shrinking'
  clusters: CongestionCluster[]
}

/** Overlap (Jaccard) of the links of two clusters from which they are one place. */
const SAME_PLACE = 0.5
/** Half an hour: what comes back sooner is the same congestion. */
const APART_SLOTS = 6
/** Slower growth than a car length in ten minutes is none. */
const GROWTH_M_PER_H = 42

/** Places over the observed days, the one with most avoidable delay first. `clusters` may come in any order. */
export function mergePlaces(clusters: readonly CongestionCluster[], observedDays: readonly number[], neighbours: LinkNeighbours): CongestedPlace[] {
  const groups: CongestionCluster[][] = []
  const ordered = [...clusters].sort((a, b) => a.day - b.day || b.delay_veh_h - a.delay_veh_h || a.from_slot - b.from_slot || a.links[0]! - b.links[0]!)
  for (const cluster of ordered) {
    let [best, overlap] = [-1, SAME_PLACE]
    groups.forEach((group, i) => {
      if (!group.some((other) => other.from_slot < cluster.until_slot + APART_SLOTS && cluster.from_slot < other.until_slot + APART_SLOTS)) return
      const same = jaccard(core(group), cluster.links)
      if (same >= overlap) [best, overlap] = [i, same]
    })
    if (best === -1) groups.push([cluster])
    else groups[best]!.push(cluster)
  }
  return groups.map((group) => describe(group, observedDays, neighbours)).sort((a, b) => b.avoidable_veh_h_per_day - a.avoidable_veh_h_per_day || b.delay_veh_h_per_day - a.delay_veh_h_per_day)
}

/** Links congested on at least half of the days of a group. */
function core(group: readonly CongestionCluster[]): number[] {
  const days = new Map<number, Set<number>>()
  for (const { links, day } of group) for (const link of links) (days.get(link) ?? days.set(link, new Set()).get(link)!).add(day)
  const all = new Set(group.map(({ day }) => day)).size
  return [...days].filter(([, on]) => on.size * 2 >= all).map(([link]) => link).sort((a, b) => a - b)
}

function jaccard(a: readonly number[], b: readonly number[]): number {
  const set = new Set(a)
  const both = b.filter((link) => set.has(link)).length
  return both / (a.length + b.length - both)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function describe(group: CongestionCluster[], observedDays: readonly number[], neighbours: LinkNeighbours): CongestedPlace {
  const links = core(group)
  const days = [...new Set(group.map(({ day }) => day))].sort((a, b) => a - b)
  const perDay = observedDays.map((day) => group.filter((cluster) => cluster.day === day).reduce((sum, { delay_veh_h }) => sum + delay_veh_h, 0))
  const delay = mean(perDay)
  const growth = mean(group.map(({ growth_m_per_h }) => growth_m_per_h))
  const span = (day: number, pick: (cluster: CongestionCluster) => number, of: (...values: number[]) => number): number => of(...group.filter((cluster) => cluster.day === day).map(pick))
  return {
    kind: kindOf(links, neighbours), links, head: mostFrequent(group.flatMap(({ head }) => (head === undefined ? [] : [head]))), days, frequency: days.length / observedDays.length,
    start_s: mean(days.map((day) => span(day, ({ from_slot }) => from_slot, Math.min))) * SLOT_S,
    end_s: mean(days.map((day) => span(day, ({ until_slot }) => until_slot, Math.max))) * SLOT_S,
    length_m: mean(days.map((day) => span(day, ({ length_m }) => length_m, Math.max))),
    duration_s: mean(days.map((day) => new Set(group.filter((cluster) => cluster.day === day).flatMap(({ cells }) => cells.map(({ slot }) => slot))).size)) * SLOT_S,
    delay_veh_h_per_day: delay, avoidable_veh_h_per_day: delay - quantile(perDay, 0.15),
    growth: growth > GROWTH_M_PER_H ? 'upstream' : growth < -GROWTH_M_PER_H ? 'shrinking' : 'stationary', clusters: group,
  }
}

function kindOf(links: readonly number[], { down, up }: LinkNeighbours): PlaceKind {
  if (links.length === 1) return 'spot'
  const inside = new Set(links)
  const branches = links.some((link) => down[link]!.filter((next) => inside.has(next)).length > 1 || up[link]!.filter((before) => inside.has(before)).length > 1)
  return branches ? 'area' : 'stretch'
}

function mostFrequent(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0]
}
