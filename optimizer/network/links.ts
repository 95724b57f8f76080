// A network as the planner sees it: signals with their lane groups, and for each approach the platoons that reach it, by
// whatever streets lie between two stop lines. Junctions without a signal pass on what the counts say, or straight on where
// nobody counted. Metres, s, veh/h unless named.
import type { LinkId, Movement, MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Signal, SignalId } from '../../model/signal.ts'
import { type LaneGroup, listLaneGroups } from '../capacity/index.ts'
import { DISPERSION, type PlatoonDispersion } from '../corridor/profile.ts'
import { QUEUE_SPACE_M } from '../corridor/reaches.ts'

/** What comes from one signal by one way. */
export interface Stream {
  /** Index of the signal that it leaves. */
  signal: number
  /** Lane groups that send it, and the share of each that takes this way. */
  parts: { group: number; share: number }[]
  /** Time of the head of a platoon from stop line to stop line. */
  lag_s: number
  /** Mean time by which the others come after the head, s. */
  spread_s: number
  distance_m: number
  volume_vph: number
}

export interface Approach {
  signal: number
  link: LinkId
  /** Its lane groups, by their number at the signal. */
  groups: number[]
  streams: Stream[]
  /** Share of what the streams send that arrives here, and what joins evenly, veh/s. */
  scale: number
  extra: number
  /** Vehicles that fit before each of the lane groups. */
  storage: number[]
}

export interface NetworkLayout {
  graph: RoadGraph
  ids: SignalId[]
  signals: Signal[]
  laneGroups: LaneGroup[][]
  approaches: Approach[]
  /** Approaches that hear of a signal, by its index. */
  downstream: number[][]
  volumes: ReadonlyMap<MovementId, number>
}

/** Beyond two minutes of way, or for less than one car in fifty, a platoon is no longer one. */
const LONGEST_WAY_S = 120
const LEAST_SHARE = 0.02

/**
 * Platoons as in networks: between the 0.35 of TRANSYT-7F and what HCM 7 makes of a platoon (0.138). Beta is 1 / (1 + alpha), so that the mean of a platoon
 * takes the mean time of the way, and the speed is that of cars from a queue. 0.8 beside 0.35 brings the head ten seconds early on 500 m: greens of a
 * long cycle forgive that, those of a 34 s cycle do not (docs/decisions/0028-platoons-of-networks.md). A corridor's own plan, which begins at 60 s, stays with DISPERSION.
 */
export const NETWORK_DISPERSION: PlatoonDispersion = { alpha: 0.2, beta: 1 / 1.2, speed_share: 0.9 }

/** In: signals to look at; what comes from others comes evenly. Throws input.reference for a signal the network does not have. */
export function networkLayout(graph: RoadGraph, ids: readonly SignalId[], volumes: ReadonlyMap<MovementId, number>, dispersion: PlatoonDispersion = DISPERSION): NetworkLayout {
  const signals = ids.map((id) => graph.getSignal(id))
  const laneGroups = ids.map((id) => listLaneGroups(graph, id, volumes))
  const walk = new Walk(graph, new Map(ids.map((id, i) => [id, i])), laneGroups, volumes, dispersion)
  const approaches = laneGroups.flatMap((groups, signal) => [...new Set(groups.map(({ approach }) => approach))].map((link) => walk.approach(signal, link)))
  const downstream = ids.map((_, i) => approaches.flatMap(({ streams }, a) => (streams.some(({ signal }) => signal === i) ? [a] : [])))
  return { graph, ids: [...ids], signals, laneGroups, approaches, downstream, volumes }
}

interface Way { link: LinkId; weight: number; time_s: number; distance_m: number; passed: readonly LinkId[] }

class Walk {
  readonly #graph: RoadGraph
  readonly #index: ReadonlyMap<SignalId, number>
  readonly #laneGroups: readonly LaneGroup[][]
  readonly #volumes: ReadonlyMap<MovementId, number>
  readonly #dispersion: PlatoonDispersion

  constructor(graph: RoadGraph, index: ReadonlyMap<SignalId, number>, laneGroups: readonly LaneGroup[][], volumes: ReadonlyMap<MovementId, number>, dispersion: PlatoonDispersion) {
    this.#dispersion = dispersion
    this.#graph = graph
    this.#index = index
    this.#laneGroups = laneGroups
    this.#volumes = volumes
  }

  approach(signal: number, link: LinkId): Approach {
    const all = this.#laneGroups[signal] as LaneGroup[]
    const groups = all.flatMap((group, g) => (group.approach === link ? [g] : []))
    const { streams, even } = this.#upstream(link)
    const sent = streams.reduce((sum, { volume_vph }) => sum + volume_vph, 0)
    const wanted = groups.reduce((sum, g) => sum + (all[g] as LaneGroup).volume_vph, 0)
    const scale = sent + even > 0 ? Math.min(1, wanted / (sent + even)) : 0
    const { length_m } = this.#graph.getLink(link)
    return {
      signal, link, groups, streams, scale, extra: (Math.max(0, wanted - sent - even) + even * scale) / 3600,
      storage: groups.map((g) => ((all[g] as LaneGroup).lanes.length * length_m) / QUEUE_SPACE_M),
    }
  }

  /** Platoons that come down a link, and what comes evenly, veh/h. */
  #upstream(link: LinkId): { streams: Stream[]; even: number } {
    const { length_m, speed_mps } = this.#graph.getLink(link)
    const open: Way[] = [{ link, weight: 1, time_s: length_m / speed_mps, distance_m: length_m, passed: [link] }]
    const streams: Stream[] = []
    let even = 0
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const into = this.#graph.listMovementsInto(way.link)
      const crossing_m = this.#crossing(into)
      const time_s = way.time_s + crossing_m / this.#graph.getLink(way.link).speed_mps
      const found = new Map<number, Stream>()
      for (const movement of into) {
        const volume = (this.#volumes.get(movement.id) ?? 0) * way.weight
        const sender = this.#sender(movement)
        if (sender === undefined) this.#further(movement, { ...way, time_s, distance_m: way.distance_m + crossing_m }, open)
        else if (sender === 'even') even += volume
        else if (volume > 0) {
          const { alpha, beta, speed_share } = this.#dispersion
          const lag_s = (beta * time_s) / speed_share
          const stream = found.get(sender.signal) ?? { signal: sender.signal, parts: [], lag_s, spread_s: alpha * lag_s, distance_m: way.distance_m + crossing_m, volume_vph: 0 }
          stream.parts.push({ group: sender.group, share: (sender.share * volume) / (this.#volumes.get(movement.id) as number) })
          stream.volume_vph += volume
          found.set(sender.signal, stream)
        }
      }
      streams.push(...found.values())
    }
    return { streams, even }
  }

  /** Of those into a link the fullest: platoons are timed by it. */
  #crossing(into: readonly Movement[]): number {
    let [most, length_m] = [-1, 0]
    for (const { id } of into) {
      const volume = this.#volumes.get(id) ?? 0
      if (volume > most) [most, length_m] = [volume, this.#graph.movementLength(id)]
    }
    return length_m
  }

  /** The lane group that sends a movement on; evenly where it needs no green or its signal is none of ours; undefined without a signal. */
  #sender(movement: Movement): { signal: number; group: number; share: number } | 'even' | undefined {
    if (movement.signal === undefined) return undefined
    const signal = this.#index.get(movement.signal)
    if (signal === undefined) return 'even'
    const groups = this.#laneGroups[signal] as LaneGroup[]
    const group = groups.findIndex(({ movements }) => movements.includes(movement.id))
    const own = this.#volumes.get(movement.id) ?? 0
    const all = groups[group]?.movements.reduce((sum, id) => sum + (this.#volumes.get(id) ?? 0), 0) ?? 0
    return group === -1 || all <= 0 ? 'even' : { signal, group, share: own / all }
  }

  /** Up the street behind a junction without a signal. */
  #further(movement: Movement, way: Way, open: Way[]): void {
    const weight = way.weight * this.#turnShare(movement)
    const { length_m, speed_mps } = this.#graph.getLink(movement.from)
    const time_s = way.time_s + length_m / speed_mps
    if (weight < LEAST_SHARE || time_s > LONGEST_WAY_S || way.passed.includes(movement.from)) return
    open.push({ link: movement.from, weight, time_s, distance_m: way.distance_m + length_m, passed: [...way.passed, movement.from] })
  }

  /** Share of those on its link who make the movement: as counted, else straight on, else evenly. */
  #turnShare(movement: Movement): number {
    const onward = this.#graph.listMovementsFrom(movement.from).filter(({ turn }) => turn !== 'u-turn')
    const counted = onward.reduce((sum, { id }) => sum + (this.#volumes.get(id) ?? 0), 0)
    if (counted > 0) return (this.#volumes.get(movement.id) ?? 0) / counted
    const straight = onward.filter(({ turn }) => turn === 'through')
    const likely = straight.length > 0 ? straight : onward
    return likely.includes(movement) ? 1 / likely.length : 0
  }
}
