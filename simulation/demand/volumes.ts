// Volumes of movements over a period, veh/h: the mean of the intervals that overlap it, weighted by overlap, or counted from
// vehicles and their routes where no volumes exist.
import type { Demand, DemandInterval, TurningVolume } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { formatTimeOfDay, type TimeOfDay } from '../../model/units.ts'

export interface TimeSpan {
  start_s: TimeOfDay
  end_s: TimeOfDay
}

const overlap = (a: TimeSpan, b: TimeSpan): number => Math.max(0, Math.min(a.end_s, b.end_s) - Math.max(a.start_s, b.start_s))

const hasVolumes = (demand: Demand): boolean => demand.volumes.length > 0 && demand.intervals.length > 0

/**
 * Volume by movement over the period, veh/h; a movement for which nothing was measured then is absent. Vehicles with
 * routes count for a movement when they depart in the period. Throws period.unknown where the demand says nothing of it.
 */
export function movementVolumes(graph: RoadGraph, demand: Demand, period: TimeSpan): Map<MovementId, number> {
  if (!hasVolumes(demand)) return volumesFromVehicles(graph, demand, period)
  const weights = intervalWeights(demand.intervals, period)
  if (weights.every((weight) => weight === 0)) throw nothingKnown(period, 'no interval of the counts overlaps it')
  const volumes = new Map<MovementId, number>()
  for (const volume of demand.volumes) {
    const mean = weightedMean(volume, weights)
    // Several rows of one movement (two detectors, two lanes) are parts of it.
    if (mean !== undefined) volumes.set(volume.movement, (volumes.get(volume.movement) ?? 0) + mean)
  }
  return volumes
}

/**
 * Seconds for which each interval speaks for the period. Intervals may lie within each other (an hour and its quarters): the
 * period's own interval is taken if there is one, else the finest.
 */
function intervalWeights(intervals: readonly DemandInterval[], period: TimeSpan): number[] {
  const same = (a: TimeSpan, b: TimeSpan): boolean => a.start_s === b.start_s && a.end_s === b.end_s
  const within = (inner: TimeSpan, outer: TimeSpan): boolean => inner.start_s >= outer.start_s && inner.end_s <= outer.end_s && !same(inner, outer)
  const own = intervals.some((interval) => same(interval, period))
  const seconds = intervals.map((interval) => overlap(interval, period))
  const finest = seconds.map((weight, i) => (weight > 0 && !intervals.some((other) => within(other, intervals[i]!)) ? weight : 0))
  if (own) return seconds.map((weight, i) => (same(intervals[i]!, period) ? weight : 0))
  return finest.some((weight) => weight > 0) ? finest : seconds
}

function weightedMean({ volume_vph }: TurningVolume, weights: number[]): number | undefined {
  let [sum, time] = [0, 0]
  volume_vph.forEach((value, i) => {
    if (value === null) return
    sum += value * weights[i]!
    time += weights[i]!
  })
  return time > 0 ? sum / time : undefined
}

function volumesFromVehicles(graph: RoadGraph, demand: Demand, period: TimeSpan): Map<MovementId, number> {
  const { depart_s, route } = demand.vehicles
  const times = new Map<number, number>()
  depart_s.forEach((depart, i) => {
    if (depart >= period.start_s && depart < period.end_s) times.set(route[i]!, (times.get(route[i]!) ?? 0) + 1)
  })
  if (times.size === 0) throw nothingKnown(period, depart_s.length === 0 ? 'the scenario has neither counts nor vehicles' : 'no vehicle departs in it')
  const perHour = 3600 / (period.end_s - period.start_s)
  const volumes = new Map(graph.network.movements.map(({ id }) => [id, 0]))
  for (const [number, count] of times) {
    const { links } = demand.routes[number]!
    links.forEach((link, i) => {
      const movement = links[i + 1] === undefined ? undefined : graph.findMovement(link, links[i + 1]!)
      if (movement !== undefined) volumes.set(movement.id, volumes.get(movement.id)! + count * perHour)
    })
  }
  return volumes
}

/** Signalised movements (U-turns apart) without any measured volume in the period: planning takes them for 0. */
export function listMissingVolumes(graph: RoadGraph, demand: Demand, period: TimeSpan): MovementId[] {
  const volumes = movementVolumes(graph, demand, period)
  return graph.network.movements.filter(({ id, signal, turn }) => signal !== undefined && turn !== 'u-turn' && !volumes.has(id)).map(({ id }) => id)
}

function nothingKnown(period: TimeSpan, why: string): GreenwaveError {
  return new GreenwaveError('period.unknown', `there is no demand for ${formatTimeOfDay(period.start_s)}-${formatTimeOfDay(period.end_s)}: ${why}`)
}
