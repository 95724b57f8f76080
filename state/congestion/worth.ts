// What a congested place costs all vehicles, and how much of that need not be. Over five days or more the better days of the place
// itself say what is avoidable; fewer days are judged by what the plan that runs must cost at its load.
import type { Grade } from '../../model/traffic-state.ts'
import type { Seconds } from '../../model/units.ts'
import { quantile } from '../statistics.ts'
import { lostOn, type ClusterCell, type CongestionCluster } from './clusters.ts'
import type { CongestedPlace } from './places.ts'

/** What is known of the traffic of a link while it is congested. */
export interface LinkLoad {
  /** Vehicles for each one that was seen; undefined where nobody knows. */
  vehicles_per_seen: number | undefined
  /** Delay of a vehicle that its signal must cost with just enough green for this load; 0 without a signal. */
  needed_s: Seconds
  /** Whether `needed_s` comes from greens and a volume that are known. */
  needed_known: boolean
}

export interface PlaceWorth {
  /** Of the vehicles seen, vehicle hours a day. */
  avoidable_veh_h_per_day: number
  /** Of all vehicles: those through the head while it is congested on a day on which it is, and delays a day; null where the share of vehicles seen is unknown. */
  all: { volume_veh: number; delay_veh_h_per_day: number; avoidable_veh_h_per_day: number } | null
  avoidable_by: 'better-days' | 'plan'
  grade: Grade
}

/** Days from which a 15th percentile says more than the best of a few. */
export const LEAST_DAYS = 5
const BETTER_DAYS = 0.15

/** `observed` days, all of them; `loads` by link. */
export function worthOf(place: CongestedPlace, observed: readonly number[], loads: readonly LinkLoad[]): PlaceWorth {
  const byDays = observed.length >= LEAST_DAYS
  const seen = (): number => 1
  const expanded = place.links.every((link) => loads[link]!.vehicles_per_seen !== undefined)
  const all = (link: number): number => loads[link]!.vehicles_per_seen ?? 1
  const avoidable = byDays ? aboveBetterDays : aboveNeeded
  return {
    avoidable_veh_h_per_day: avoidable(place, observed, loads, seen),
    all: expanded ? { volume_veh: throughHead(place, all), delay_veh_h_per_day: mean(perDay(place, observed, all)), avoidable_veh_h_per_day: avoidable(place, observed, loads, all) } : null,
    avoidable_by: byDays ? 'better-days' : 'plan',
    grade: byDays ? 'C' : place.links.every((link) => loads[link]!.needed_known) ? 'D' : 'E',
  }
}

type Factor = (link: number) => number

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const hours = (cells: readonly ClusterCell[], factor: Factor): number => cells.reduce((sum, cell) => sum + factor(cell.link) * lostOn(cell), 0) / 3600
const cellsOf = (clusters: readonly CongestionCluster[], day: number): ClusterCell[] => clusters.filter((cluster) => cluster.day === day).flatMap(({ cells }) => cells)

/** Delay by observed day; 0 on days on which it did not come. */
const perDay = ({ clusters }: CongestedPlace, observed: readonly number[], factor: Factor): number[] => observed.map((day) => hours(cellsOf(clusters, day), factor))

function aboveBetterDays(place: CongestedPlace, observed: readonly number[], _loads: readonly LinkLoad[], factor: Factor): number {
  const delays = perDay(place, observed, factor)
  return Math.max(0, mean(delays) - quantile(delays, BETTER_DAYS))
}

/** By link and day, since what a link needs is a mean over its vehicles and no limit for each five minutes. */
function aboveNeeded({ clusters }: CongestedPlace, observed: readonly number[], loads: readonly LinkLoad[], factor: Factor): number {
  let sum = 0
  for (const day of observed) {
    const byLink = new Map<number, { lost: number; passages: number }>()
    for (const cell of cellsOf(clusters, day)) {
      const own = byLink.get(cell.link) ?? { lost: 0, passages: 0 }
      byLink.set(cell.link, { lost: own.lost + lostOn(cell), passages: own.passages + cell.passages })
    }
    for (const [link, { lost, passages }] of byLink) sum += (factor(link) * Math.max(0, lost - passages * loads[link]!.needed_s)) / 3600
  }
  return sum / observed.length
}

/** Where no head is known, the link that most vehicles drove. */
function throughHead({ clusters, days, head, links }: CongestedPlace, factor: Factor): number {
  const through = (link: number): number => mean(days.map((day) => cellsOf(clusters, day).reduce((sum, cell) => sum + (cell.link === link ? factor(link) * cell.passages : 0), 0)))
  return head === undefined ? Math.max(...links.map(through)) : through(head)
}
