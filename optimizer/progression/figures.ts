// From platoons to what people read: means of the corridor, one row a movement, queues before the stop lines.
import type { Direction } from '../../model/plan.ts'
import { QUEUE_SPACE_M } from '../corridor/reaches.ts'
import type { GroupProgression, Progression } from './progression.ts'

/** Of all movements at the corridor's own signals, or of its through movements alone; means per vehicle and stop line. */
export interface DelayFigures {
  /** Control delay: uniform by platoons, and the incremental delay of HCM 7. */
  delay_s_per_veh: number
  stops_per_veh: number
  through_delay_s_per_veh: number
  through_stops_per_veh: number
  /** Share of the through vehicles that come while it is green. */
  arrivals_on_green: Record<Direction, number>
}

/** The same of one movement. Movements of a lane group share its figures. */
export interface MovementFigures {
  signal: string
  movement: string
  /** Carries the corridor on in this direction. */
  direction?: Direction
  volume_vph: number
  delay_s: number
  stops: number
  arrivals_on_green: number
  /** Volume over capacity; absent where there is no capacity at all. */
  saturation?: number
  /** Most vehicles that wait at a moment of the cycle, a lane; chance and overflow included. */
  queue_veh_per_lane: number
}

/** The queue of a usual cycle before a stop line of the corridor, by steps of what its row of signals has in common; then it begins anew. */
export interface QueueProfile {
  signal: string
  direction: Direction
  /** Master time of the first step. */
  start_s: number
  step_s: number
  /** Metres upstream of the stop line: who has left since the queue began, and who has joined it; it stands between the two. */
  front_m: Float32Array
  back_m: Float32Array
  /** A queue longer than this stands across the junction before. */
  room_m: number
}

export const delayOf = ({ passage }: GroupProgression): number => passage.uniform_s + passage.incremental_s

const wanted = ({ served }: GroupProgression): number => served.group.volume_vph

export function delayFigures({ groups }: Progression): DelayFigures {
  const through = groups.filter(({ main }) => main)
  const onGreen = (direction: Direction): number => mean(through.filter((group) => group.direction === direction), ({ passage }) => passage.on_green)
  return {
    delay_s_per_veh: mean(groups, delayOf),
    stops_per_veh: mean(groups, ({ passage }) => passage.stops),
    through_delay_s_per_veh: mean(through, delayOf),
    through_stops_per_veh: mean(through, ({ passage }) => passage.stops),
    arrivals_on_green: { outbound: onGreen('outbound'), inbound: onGreen('inbound') },
  }
}

/** Weighted by demand; 0 for nobody. */
function mean(groups: readonly GroupProgression[], value: (group: GroupProgression) => number): number {
  let [sum, all] = [0, 0]
  for (const group of groups) {
    if (wanted(group) === 0) continue
    sum += wanted(group) * value(group)
    all += wanted(group)
  }
  return all > 0 ? sum / all : 0
}

export function movementFigures({ layout, groups }: Progression): MovementFigures[] {
  const onward = new Map(layout.ways.flatMap(({ direction, stops }) => stops.map(({ movement }) => [movement.id, direction] as const)))
  return groups.flatMap((group) => {
    const { signal, served, passage } = group
    const { saturation, capacity_vph } = served.state
    const lanes = Math.max(1, served.group.lanes.length)
    const waiting = passage.waits.reduce((most, value) => Math.max(most, value), 0)
    return served.group.movements.map((movement): MovementFigures => {
      const direction = onward.get(movement)
      return {
        signal: layout.ids[signal] as string, movement, ...(direction === undefined ? {} : { direction }),
        volume_vph: layout.volumes.get(movement) ?? 0,
        delay_s: delayOf(group), stops: passage.stops, arrivals_on_green: passage.on_green,
        ...(Number.isFinite(saturation) ? { saturation } : {}),
        queue_veh_per_lane: (waiting + (capacity_vph * passage.incremental_s) / 3600) / lanes,
      }
    })
  })
}

/** Of the corridor's through movements. */
export function queueProfiles({ layout, groups, compiled, clocks }: Progression): QueueProfile[] {
  return groups.flatMap(({ signal, served, passage, direction, main }): QueueProfile[] => {
    if (!main || direction === undefined) return []
    const metres = QUEUE_SPACE_M / Math.max(1, served.group.lanes.length)
    return [{
      signal: layout.ids[signal] as string, direction, start_s: compiled[signal]?.offset_s ?? 0, step_s: clocks[signal]?.step_s ?? 1,
      ...edges(passage.departures, passage.waits, metres), room_m: layout.graph.getLink(served.group.approach).length_m,
    }]
  })
}

/** Fewer than this have no queue yet. */
const NOBODY = 1e-6

function edges(departures: Float64Array, waits: Float64Array, metres: number): { front_m: Float32Array; back_m: Float32Array } {
  const steps = waits.length
  const [front_m, back_m] = [new Float32Array(steps), new Float32Array(steps)]
  let gone = 0
  // The second round knows what the first left standing.
  for (let k = 0; k < 2 * steps; k++) {
    const t = k % steps
    const waiting = waits[t] as number
    gone = waiting > NOBODY ? ((waits[(t + steps - 1) % steps] as number) > NOBODY ? gone + (departures[t] as number) : 0) : 0
    front_m[t] = gone * metres
    back_m[t] = waiting > NOBODY ? (gone + waiting) * metres : 0
  }
  return { front_m, back_m }
}
