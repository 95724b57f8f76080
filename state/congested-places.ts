// Congested places of a measurement, with what they cost all vehicles: cells say where and when, movements how many vehicles a
// probe stands for and what the signal must cost at that load.
import { controlDelay } from '../model/hcm/delay.ts'
import type { LocalTime } from '../model/local-time.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { MovementState, PlaceState } from '../model/traffic-state.ts'
import type { Instant, MetresPerSecond } from '../model/units.ts'
import { CONGESTION_DEFAULTS, findClusters, linkNeighbours, mergePlaces, natureOf, SLOT_S, worthOf, type CellTable, type CongestedPlace, type LinkLoad } from './congestion/index.ts'
import type { GreenClock } from './signals/greens.ts'

export interface PlaceSources {
  graph: RoadGraph
  local: LocalTime
  cells: CellTable
  clock: GreenClock
  /** Free speed by link. */
  free_mps: readonly MetresPerSecond[]
  /** Over everything observed. */
  movements: readonly MovementState[]
}

/** The most avoidable delay first; of all vehicles where that is known. */
export function congestedPlaces({ graph, local, cells, clock, free_mps, movements }: PlaceSources): PlaceState[] {
  const { links } = graph.network
  const neighbours = linkNeighbours(graph)
  const lengths = links.map(({ length_m }) => length_m)
  const days = cells.listDays()
  const loads = new LinkLoads(graph, clock, movements, free_mps)
  const options = { ...CONGESTION_DEFAULTS, free_mps, limitOf: (link: number, slot: number): number => loads.limit(link, slot, days.at(-1)!, local) }
  const id = (link: number): string => links[link]!.source_id
  const places = mergePlaces(days.flatMap((day) => findClusters(cells, day, neighbours, lengths, options)), days, neighbours)
  return places.map((place): PlaceState => {
    const { clusters: _clusters, days: on, head, links: own, ...rest } = place
    return { ...rest, ...worthOf(place, days, loads.during(place, local)), links: own.map(id), days: on.length, ...(head === undefined ? {} : { head: id(head) }), nature: natureOf(place, cells, days, neighbours, options) }
  }).sort((a, b) => avoidableOf(b) - avoidableOf(a) || b.delay_veh_h_per_day - a.delay_veh_h_per_day)
}

const avoidableOf = ({ all, avoidable_veh_h_per_day }: PlaceState): number => all?.avoidable_veh_h_per_day ?? avoidable_veh_h_per_day

/** Five minutes hold few probes, and whoever meets red waits twice the mean: only well above what the signal needs is congestion. */
const ABOVE_NEEDED = 1.5
const SLOTS_PER_HOUR = 3600 / SLOT_S

class LinkLoads {
  readonly #graph: RoadGraph
  readonly #clock: GreenClock
  readonly #free: readonly MetresPerSecond[]
  readonly #byLink = new Map<string, MovementState[]>()
  readonly #index: ReadonlyMap<string, number>
  readonly #limits = new Map<number, number>()
  /** Of the whole network, for links whose own share is unknown. */
  readonly #town: number | undefined

  constructor(graph: RoadGraph, clock: GreenClock, movements: readonly MovementState[], free: readonly MetresPerSecond[]) {
    this.#graph = graph
    this.#clock = clock
    this.#free = free
    this.#index = new Map(graph.network.movements.map(({ id }, i) => [id, i]))
    for (const one of movements) (this.#byLink.get(one.from_link) ?? this.#byLink.set(one.from_link, []).get(one.from_link)!).push(one)
    this.#town = perSeen(movements)
  }

  /** Of the place's links, by index, at the middle of the place's usual hours of its last day. */
  during({ days, start_s, end_s, links, clusters }: CongestedPlace, local: LocalTime): LinkLoad[] {
    const at = local.instant(days.at(-1)!, (start_s + end_s) / 2)
    // The clusters of single days may hold links that the place does not.
    const loads: LinkLoad[] = []
    for (const link of new Set([...links, ...clusters.flatMap(({ links: own }) => own)])) loads[link] = this.#load(link, at)
    return loads
  }

  /** Index from which a link is congested, by the plan of that hour. */
  limit(link: number, slot: number, day: number, local: LocalTime): number {
    const hour = Math.floor(slot / SLOTS_PER_HOUR)
    const key = link * 24 + hour
    const known = this.#limits.get(key)
    if (known !== undefined) return known
    const { needed_s, needed_known } = this.#load(link, local.instant(day, hour * 3600 + 1800))
    const limit = needed_known ? 1 + (ABOVE_NEEDED * needed_s * this.#free[link]!) / this.#graph.network.links[link]!.length_m : 0
    this.#limits.set(key, limit)
    return limit
  }

  #load(link: number, at: Instant): LinkLoad {
    const { id, length_m } = this.#graph.network.links[link]!
    const own = this.#byLink.get(id) ?? []
    const vehicles_per_seen = perSeen(own) ?? this.#town
    if (this.#graph.listMovementsFrom(id).every(({ signal }) => signal === undefined)) return { vehicles_per_seen, needed_s: 0, needed_known: true }
    let [sum, weight] = [0, 0]
    for (const movement of own) {
      const delay = this.#needed(movement, at)
      if (delay === undefined) continue
      sum += movement.probes * delay
      weight += movement.probes
    }
    // Nothing known of its greens: what signalised streets lose when nothing is wrong.
    if (weight === 0) return { vehicles_per_seen, needed_s: ((CONGESTION_DEFAULTS.limit - 1) * length_m) / this.#free[link]!, needed_known: false }
    return { vehicles_per_seen, needed_s: sum / weight, needed_known: own.every(({ volume_vph }) => volume_vph.value !== null) }
  }

  /** HCM control delay under the greens that run, with no more than full use of them: a queue that grows is no need. */
  #needed({ movement, volume_vph, saturation_flow_vphpl }: MovementState, at: Instant): number | undefined {
    const index = this.#index.get(movement)
    const green = index === undefined ? undefined : this.#clock.find(index, at)
    const cycle_s = index === undefined ? undefined : this.#clock.cycle(index, at)
    if (green === undefined || cycle_s === undefined) return undefined
    const green_s = Math.min(cycle_s, green.end_s - green.start_s)
    const lanes = new Set(this.#graph.listConnections(movement).map(({ from_lane }) => from_lane)).size
    const saturation_vph = Math.max(1, lanes) * (saturation_flow_vphpl.value ?? BASE_SATURATION_VPHPL)
    const capacity = (saturation_vph * green_s) / cycle_s
    return controlDelay({ cycle_s, green_s, saturation_vph, volume_vph: Math.min(capacity, volume_vph.value ?? capacity) })
  }
}

/** HCM base saturation flow, a city below a quarter of a million. */
const BASE_SATURATION_VPHPL = 1750

/** Probes behind movements whose share is known, over the vehicles that they stand for. */
function perSeen(movements: readonly MovementState[]): number | undefined {
  let [probes, vehicles] = [0, 0]
  for (const { probes: n, penetration: { value } } of movements) {
    if (value === null || !(value > 0) || n === 0) continue
    probes += n
    vehicles += n / value
  }
  return probes > 0 ? vehicles / probes : undefined
}
