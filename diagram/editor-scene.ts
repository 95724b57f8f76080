// The time-space diagram as an editor draws it: one cycle of every stop line and one repetition of every band as columns, from which any stretch
// of time is painted and hit without building it anew. Seconds; local time at the stop lines, master time along the bands; metres outbound.
import type { Band, Direction } from '../model/plan.ts'
import type { SignalId } from '../model/signal.ts'
import { modulo } from '../model/units.ts'
import { unwrapFront } from './bands.ts'
import { tileIndications } from './indications.ts'
import type { ThroughGreen, TimeSpaceStation } from './time-space.ts'

/** What a stop line shows to the through traffic of one direction. */
export const SHOWN = { none: 0, green: 1, yellow: 2, clearance: 3, red: 4 } as const

export interface EditorStationInput extends TimeSpaceStation {
  /** Red after yellow in which nobody else is green yet, by direction; s. */
  red_clearance_s?: Partial<Record<Direction, number>>
  /** Runs without coordination: its cycle and offset mean nothing. */
  free?: boolean
  /** Walk and pedestrian clearance beside the through green, local time. */
  walks_s?: { from_s: number; walk_s: number; clearance_s: number }[]
}

export interface EditorStation {
  signal: SignalId
  name: string
  position_m: number
  cycle_s: number
  offset_s: number
  free: boolean
  walks_s: { from_s: number; walk_s: number; clearance_s: number }[]
  /** Local; interval i lasts to the next one, the last to the cycle. */
  starts_s: Float64Array
  outbound: Uint8Array
  inbound: Uint8Array
}

export interface EditorBand {
  direction: Direction
  from: SignalId
  to: SignalId
  /** From the first signal to the last; else from one to the next. */
  whole: boolean
  width_s: number
  share: number
  attainability: number
  speed_mps: number
  limited_by: readonly SignalId[]
  /** The front at each stop line in order of travel, master time without jumps. */
  times_s: Float64Array
  positions_m: Float64Array
  signals: readonly SignalId[]
}

/** As the engine measures them. */
export interface MeasuredBand {
  direction: Direction
  from: SignalId
  to: SignalId
  width_s: number
  share: number
  attainability: number
  speed_mps: number
  limited_by: readonly SignalId[]
  front_s: { signal: SignalId; time_s: number }[]
}

export interface EditorScene {
  /** By position. */
  stations: EditorStation[]
  cycle_s: number | undefined
  bands: EditorBand[]
  extent_m: readonly [number, number]
}

const MARGIN = 0.05
const LEAST_MARGIN_M = 60

export function buildEditorScene(input: { stations: readonly EditorStation[]; cycle_s: number | undefined; links: readonly MeasuredBand[]; ends: readonly MeasuredBand[]; /** For the travel times. */ bands: readonly Band[] }): EditorScene {
  const stations = input.stations.toSorted((a, b) => a.position_m - b.position_m)
  const position = new Map(stations.map(({ signal, position_m }) => [signal, position_m]))
  const { cycle_s } = input
  const bands = cycle_s === undefined ? [] : [...input.ends.map((band) => ({ band, whole: true })), ...input.links.map((band) => ({ band, whole: false }))].flatMap(({ band, whole }) => editorBand(band, whole, cycle_s, position, input.bands))
  const [low, high] = [stations[0]?.position_m ?? 0, stations.at(-1)?.position_m ?? 0]
  const margin = Math.max(LEAST_MARGIN_M, MARGIN * (high - low))
  return { stations, cycle_s, bands, extent_m: [low - margin, high + margin] }
}

/** Stop lines of one cycle: the changes of both directions laid over each other. */
export function editorStation(station: EditorStationInput): EditorStation {
  const { cycle_s } = station
  const sides = (['outbound', 'inbound'] as const).map((direction) => sideOf(station[direction], cycle_s, station.red_clearance_s?.[direction] ?? 0))
  const starts = [...new Set([0, ...sides.flatMap((side) => side.map(({ start_s }) => start_s))])].sort((a, b) => a - b)
  const at = (side: { start_s: number; shown: number }[], time_s: number): number => side.findLast(({ start_s }) => start_s <= time_s)?.shown ?? SHOWN.none
  return {
    signal: station.signal, name: station.name, position_m: station.position_m, cycle_s, offset_s: modulo(station.offset_s, cycle_s), free: station.free ?? false, walks_s: station.walks_s ?? [],
    starts_s: Float64Array.from(starts), outbound: Uint8Array.from(starts, (t) => at(sides[0]!, t)), inbound: Uint8Array.from(starts, (t) => at(sides[1]!, t)),
  }
}

function sideOf(green: ThroughGreen | undefined, cycle_s: number, clearance_s: number): { start_s: number; shown: number }[] {
  if (green === undefined) return [{ start_s: 0, shown: SHOWN.none }]
  const tiles = tileIndications(green.green_windows_s, green.yellow_s, { cycle_s, offset_s: 0 }, [0, cycle_s])
  return tiles.flatMap(({ display, start_s, end_s }, i): { start_s: number; shown: number }[] => {
    if (display !== 'red') return [{ start_s, shown: SHOWN[display] }]
    // A red that runs over the end of the cycle has its clearance before the end only.
    const before = tiles[(i + tiles.length - 1) % tiles.length]!
    const cleared = before.display === 'red' ? 0 : Math.min(clearance_s, end_s - start_s)
    return cleared <= 0 ? [{ start_s, shown: SHOWN.red }] : [{ start_s, shown: SHOWN.clearance }, ...(end_s - start_s > cleared ? [{ start_s: start_s + cleared, shown: SHOWN.red }] : [])]
  })
}

function editorBand(band: MeasuredBand, whole: boolean, cycle_s: number, position: ReadonlyMap<SignalId, number>, planned: readonly Band[]): EditorBand[] {
  if (band.width_s <= 0 || band.front_s.length < 2) return []
  const links = planned.find(({ direction }) => direction === band.direction)?.links ?? []
  const front = unwrapFront({ ...band, links, width_cycle: band.share, limited_by: [...band.limited_by] }, cycle_s).filter(({ signal }) => position.has(signal))
  const { front_s: _front, ...rest } = band
  return front.length < 2 ? [] : [{ ...rest, whole, times_s: Float64Array.from(front, ({ time_s }) => time_s), positions_m: Float64Array.from(front, ({ signal }) => position.get(signal)!), signals: front.map(({ signal }) => signal) }]
}

/** The shifts by whole cycles with which something that lasts from `from_s` to `to_s` touches a range of time. */
export function* repeats(from_s: number, to_s: number, cycle_s: number, [start, end]: readonly [number, number]): Generator<number> {
  for (let k = Math.ceil((start - to_s) / cycle_s); from_s + k * cycle_s < end; k++) yield k * cycle_s + 0
}
