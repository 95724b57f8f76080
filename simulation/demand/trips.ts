// Which vehicles drive, when and along which links: the trips of a run. From vehicles with routes where the demand has them,
// else from turning volumes. Master time, seconds; the same seed gives the same trips under any plan.
import type { Demand, VehicleType } from '../../model/demand.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { checkDemand } from '../check/demand.ts'
import type { Trip } from '../input.ts'
import { listTrips, TripTableBuilder, type TripTable } from '../trip-table.ts'
import { createDraws, type Stratum } from './draws.ts'
import { drawVehicles, isFixed, vehicleSource, type VehicleSource } from './from-vehicles.ts'
import { drawTrips, tripSource, type TripSource } from './from-volumes.ts'
import { vehicleTypes } from './vehicle-class.ts'
import { movementVolumes, type TimeSpan } from './volumes.ts'

export interface TripOptions {
  seed: number
  /** Trips that depart in [from_s, until_s). */
  from_s: TimeOfDay
  until_s: TimeOfDay
  /** Turning volumes are averaged over it and held for the whole span; absent = each interval at its own time. */
  period?: TimeSpan
  /** Factor on the demand; 1 by default. */
  growth?: number
}

/** Whether trips come from given vehicles, which win over volumes. */
export const hasVehicles = (demand: Demand): boolean => demand.vehicles.depart_s.length > 0

/** What the trips of any seed are drawn from; plain values and typed arrays, so that threads can be given it. */
export type TripSources = { kind: 'vehicles'; source: VehicleSource } | { kind: 'volumes'; pieces: VolumePiece[] }

/**
 * Balances the volumes, or picks the vehicles, once for all seeds. Throws period.unknown where the demand says nothing of the
 * time, input.value for a growth below 0, input.reference for a route that the network does not join.
 */
export function tripSources(graph: RoadGraph, demand: Demand, { from_s, until_s, period, growth = 1 }: Omit<TripOptions, 'seed'>): TripSources {
  checkDemand(graph.network, demand, from_s, until_s, growth)
  if (hasVehicles(demand)) return { kind: 'vehicles', source: vehicleSource(graph, demand, { from_s, until_s }, growth) }
  return { kind: 'volumes', pieces: volumePieces(graph, demand, { start_s: from_s, end_s: until_s }, period, growth) }
}

/** Whether every seed has the same trips; only drivers differ. */
export const hasFixedTrips = (sources: TripSources): boolean => sources.kind === 'vehicles' && isFixed(sources.source)

/** The trips of one run, in order of departure. */
export function drawTripTable(graph: RoadGraph, types: readonly VehicleType[], sources: TripSources, seed: number, stratum?: Stratum): TripTable {
  const draws = createDraws(seed, stratum)
  if (sources.kind === 'vehicles') return drawVehicles(sources.source, draws)
  const trips = new TripTableBuilder()
  for (const { source, span } of sources.pieces) drawTrips(source, { graph, types, draws, from_s: span.start_s, until_s: span.end_s }, trips)
  return trips.finish()
}

/** Trips in order of departure, one by one. Throws as `tripSources` does. */
export function buildTrips(graph: RoadGraph, demand: Demand, options: TripOptions): Trip[] {
  return tripBuilder(graph, demand, options)(options.seed)
}

/** The same for many seeds: balances the volumes once. */
export function tripBuilder(graph: RoadGraph, demand: Demand, options: Omit<TripOptions, 'seed'>): (seed: number) => Trip[] {
  const sources = tripSources(graph, demand, options)
  const types = vehicleTypes(demand)
  return (seed) => listTrips(drawTripTable(graph, types, sources, seed))
}

export interface VolumePiece {
  span: TimeSpan
  source: TripSource
}

/** Spans of constant volumes in order of time, each with its flow field. */
function volumePieces(graph: RoadGraph, demand: Demand, span: TimeSpan, period: TimeSpan | undefined, growth: number): VolumePiece[] {
  const source = (over: TimeSpan): TripSource => {
    const volumes = movementVolumes(graph, demand, over)
    return tripSource(graph, new Map([...volumes].map(([id, vph]) => [id, vph * growth])))
  }
  if (period !== undefined) return [{ span, source: source(period) }]
  const times = new Set<TimeOfDay>([span.start_s, span.end_s])
  for (const { start_s, end_s } of demand.intervals) for (const t of [start_s, end_s]) if (t > span.start_s && t < span.end_s) times.add(t)
  const sorted = [...times].sort((a, b) => a - b)
  return sorted.slice(1).flatMap((end_s, i) => {
    const piece = { start_s: sorted[i]!, end_s }
    const covered = demand.intervals.some((interval) => interval.start_s < end_s && interval.end_s > piece.start_s)
    return covered ? [{ span: piece, source: source(piece) }] : []
  })
}
