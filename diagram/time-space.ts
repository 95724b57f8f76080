// The time-space diagram as data: what each signal of a corridor shows to both directions, the bands through the
// greens, and the vehicles. Seconds of master time and metres along the outbound direction; painters add pixels.
import { GreenwaveError } from '../model/errors.ts'
import type { Band, CompiledSignal, Direction, GreenWindow } from '../model/plan.ts'
import type { GroupId, OffsetReference, SignalId } from '../model/signal.ts'
import { modulo } from '../model/units.ts'
import type { Metres, Seconds } from '../model/units.ts'
import { repeatBand } from './bands.ts'
import type { SceneBand } from './bands.ts'
import { mergeWindows, tileIndications } from './indications.ts'
import type { IndicationInterval } from './indications.ts'
import { clipLine } from './polyline.ts'
import type { ScenePoint } from './polyline.ts'

export const DIRECTIONS = ['outbound', 'inbound'] as const satisfies Direction[]

/** Green for the through traffic of one direction, in the local clock of its signal. */
export interface ThroughGreen {
  green_windows_s: GreenWindow[]
  yellow_s: Seconds
}

export interface TimeSpaceStation {
  signal: SignalId
  name: string
  /** Along the outbound direction. */
  position_m: Metres
  cycle_s: Seconds
  /** Master time of local zero, drawn as a tick. */
  offset_s: Seconds
  offset_reference?: OffsetReference
  /** Absent where the street is one-way against it. */
  outbound?: ThroughGreen
  inbound?: ThroughGreen
}

/** Positions are metres along the outbound direction for both directions of travel; times never decrease. */
export interface Trajectory {
  direction: Direction
  points: { times_s: ArrayLike<number>; positions_m: ArrayLike<number> }
}

export interface TimeSpaceInput {
  stations: TimeSpaceStation[]
  /** With which the bands repeat; absent when the signals have no common cycle (then no band is drawn). */
  cycle_s?: Seconds
  bands: Band[]
  /** Bands of single links or paths, drawn behind the others. */
  part_bands?: Band[]
  trajectories?: Trajectory[]
  /** Master time. */
  range_s: readonly [start: Seconds, end: Seconds]
}

export interface SceneStation {
  signal: SignalId
  name: string
  position_m: number
  cycle_s: number
  offset_s: number
  offset_reference: OffsetReference | undefined
  bars: { direction: Direction; intervals: IndicationInterval[] }[]
  /** Master times of local zero inside the range. */
  references_s: number[]
}

export interface TimeSpaceScene {
  range_s: readonly [number, number]
  /** Stations with some room before the first and after the last. */
  extent_m: readonly [number, number]
  /** Along the outbound direction. */
  stations: SceneStation[]
  cycle_s: number | undefined
  bands: SceneBand[]
  part_bands: SceneBand[]
  trajectories: SceneTrajectory[]
}

/** One visible stretch of a vehicle. */
export interface SceneTrajectory {
  direction: Direction
  /** Rank of the vehicle among those of its direction that are seen. */
  vehicle: number
  points: ScenePoint[]
}

/** Share of the corridor's length shown before the first and after the last stop line, where queues stand. */
const MARGIN = 0.07
const LEAST_MARGIN_M = 40
/** About the longest queue worth its paper. */
const MOST_MARGIN_M = 250

/**
 * A station from a compiled signal. The through movement of a direction is green while any of its groups is; leave a
 * direction out where the street is one-way. Throws input.reference for a group that the signal does not have.
 */
export function stationFromCompiled(
  compiled: CompiledSignal,
  place: { name: string; position_m: Metres; outbound?: GroupId[]; inbound?: GroupId[]; offset_reference?: OffsetReference },
): TimeSpaceStation {
  const through = (ids: GroupId[]): ThroughGreen => {
    const groups = ids.map((id) => {
      const group = compiled.groups.find((candidate) => candidate.id === id)
      if (group === undefined) throw new GreenwaveError('input.reference', `signal ${compiled.signal} has no group "${id}"`)
      return group
    })
    return {
      green_windows_s: mergeWindows(groups.flatMap((group) => group.green_windows_s), compiled.cycle_s),
      yellow_s: Math.max(0, ...groups.map((group) => group.yellow_s)),
    }
  }
  return {
    signal: compiled.signal,
    name: place.name,
    position_m: place.position_m,
    cycle_s: compiled.cycle_s,
    offset_s: compiled.offset_s,
    ...(place.offset_reference === undefined ? {} : { offset_reference: place.offset_reference }),
    ...(place.outbound === undefined ? {} : { outbound: through(place.outbound) }),
    ...(place.inbound === undefined ? {} : { inbound: through(place.inbound) }),
  }
}

/**
 * Builds the scene. Bars tile the range; bands repeat with `cycle_s` and are clipped to the range; trajectories are
 * clipped to range and extent. Throws internal for a range without length or a position that is no number.
 */
export function buildTimeSpaceScene(input: TimeSpaceInput): TimeSpaceScene {
  const { range_s, cycle_s } = input
  if (!(range_s[1] > range_s[0])) throw new GreenwaveError('internal', `time range [${range_s.join(', ')}] of a diagram has no length`)
  const extent_m = extentOf(input.stations)
  const stations = [...input.stations].sort((a, b) => a.position_m - b.position_m)
  const position = new Map(stations.map((station) => [station.signal, station.position_m]))
  const repeated = (bands: readonly Band[]): SceneBand[] => (cycle_s === undefined ? [] : bands.flatMap((band) => repeatBand(band, cycle_s, position, range_s)))
  return {
    range_s,
    extent_m,
    stations: stations.map((station) => sceneStation(station, range_s)),
    cycle_s,
    bands: repeated(input.bands),
    part_bands: repeated(input.part_bands ?? []),
    trajectories: sceneTrajectories(input.trajectories ?? [], range_s, extent_m),
  }
}

function extentOf(stations: readonly TimeSpaceStation[]): [number, number] {
  if (stations.length === 0) throw new GreenwaveError('internal', 'a time-space diagram needs at least one station')
  for (const { signal, position_m } of stations) {
    if (!Number.isFinite(position_m)) throw new GreenwaveError('internal', `signal ${signal} has position ${position_m}`)
  }
  const low = Math.min(...stations.map((station) => station.position_m))
  const high = Math.max(...stations.map((station) => station.position_m))
  const margin = Math.min(MOST_MARGIN_M, Math.max(LEAST_MARGIN_M, MARGIN * (high - low)))
  return [low - margin, high + margin]
}

function sceneStation(station: TimeSpaceStation, range_s: readonly [number, number]): SceneStation {
  const { signal, name, position_m, cycle_s } = station
  const offset_s = modulo(station.offset_s, cycle_s)
  const references_s: number[] = []
  for (let k = Math.ceil((range_s[0] - offset_s) / cycle_s); offset_s + k * cycle_s <= range_s[1]; k++) references_s.push(offset_s + k * cycle_s)
  const bars = DIRECTIONS.flatMap((direction) => {
    const green = station[direction]
    if (green === undefined) return []
    return [{ direction, intervals: tileIndications(green.green_windows_s, green.yellow_s, station, range_s) }]
  })
  return { signal, name, position_m, cycle_s, offset_s, offset_reference: station.offset_reference, bars, references_s }
}

function sceneTrajectories(trajectories: readonly Trajectory[], range_s: readonly [number, number], extent_m: readonly [number, number]): SceneTrajectory[] {
  const seen: Record<Direction, number> = { outbound: 0, inbound: 0 }
  return trajectories.flatMap((trajectory) => {
    const parts = visibleParts(trajectory, range_s, extent_m)
    if (parts.length === 0) return []
    const vehicle = seen[trajectory.direction]++
    return parts.map((points): SceneTrajectory => ({ direction: trajectory.direction, vehicle, points }))
  })
}

/** Stretches of a trajectory inside the picture; a vehicle that leaves and comes back gives several. */
function visibleParts({ points }: Trajectory, range_s: readonly [number, number], extent_m: readonly [number, number]): ScenePoint[][] {
  const parts: ScenePoint[][] = []
  let current: ScenePoint[] = []
  const close = (): void => {
    const clipped = clipLine(current, range_s)
    if (clipped.length > 1) parts.push(clipped)
    current = []
  }
  for (let i = 0; i < points.times_s.length; i++) {
    const point = { time_s: points.times_s[i] as number, position_m: points.positions_m[i] as number }
    // Samples outside the extent are left out rather than cut: sampling is finer than the margin.
    if (point.position_m >= extent_m[0] && point.position_m <= extent_m[1]) current.push(point)
    else close()
  }
  close()
  return parts
}
