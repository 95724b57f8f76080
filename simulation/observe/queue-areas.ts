// Where the street stands: of each link along a way, which stretch its queue covers, looked at every few seconds. Queued is who is
// slow at the stop line or close behind somebody queued, as in kernel/queues.ts; turn lanes that do not lead on are left out.
import type { LinkId } from '../../model/network.ts'
import { STOPPED } from '../kernel/parameters.ts'
import type { Fleet, Observer } from './observer.ts'

/** A slow vehicle this far behind another still belongs to its queue, m. */
const CONTIGUOUS_M = 15
/** No other car fits between a rear and the upstream end of the link below this, m. */
const SPACING_M = 7.5

export interface QueueArea {
  time_s: number
  way: number
  /** Place of the link in its way. */
  place: number
  /** Metres upstream of the stop line. */
  front_m: number
  back_m: number
  /** It reaches the upstream end of its link. */
  full: boolean
}

export class QueueAreas implements Observer {
  readonly areas: QueueArea[] = []
  readonly #every: number
  readonly #ways: readonly (readonly LinkId[])[]
  #links: { way: number; place: number; lanes: number[] }[] | undefined
  #next = -Infinity

  constructor(ways: readonly (readonly LinkId[])[], every_s: number) {
    this.#ways = ways
    this.#every = every_s
  }

  observe({ world }: Fleet): void {
    if (world.now < this.#next - 1e-9) return
    this.#next = world.now + this.#every
    this.#links ??= this.#ways.flatMap((links, way) => links.map((id, place) => ({ way, place, lanes: lanesOnward(world, id, links[place + 1]) })))
    for (const { way, place, lanes } of this.#links) {
      let [front, back, full] = [Infinity, 0, false]
      for (const lane of lanes) {
        const length = world.p.length[lane]!
        let rear = length
        for (let i = 0; i < world.count[lane]!; i++) {
          const v = world.at(lane, i)
          const slow = world.spd[v]! < STOPPED && world.dwellUntil[v]! <= world.now
          if (!slow || rear - world.pos[v]! > CONTIGUOUS_M) {
            // Who has started in front of the queue no longer stands.
            if (rear === length && !slow) continue
            break
          }
          front = Math.min(front, length - world.pos[v]!)
          rear = world.pos[v]! - world.len[v]!
        }
        if (rear < length) {
          back = Math.max(back, length - rear)
          full ||= rear < SPACING_M
        }
      }
      if (back > 0) this.areas.push({ time_s: world.now, way, place, front_m: front, back_m: back, full })
    }
  }
}

function lanesOnward({ p }: Fleet['world'], link: LinkId, next: LinkId | undefined): number[] {
  const index = p.linkIndex.get(link)!
  const lanes = Array.from({ length: p.linkLane[index + 1]! - p.linkLane[index]! }, (_, k) => p.linkLane[index]! + k)
  const onward = lanes.filter((lane) => p.laneOut.subarray(p.laneOutStart[lane]!, p.laneOutStart[lane + 1]!).some((c) => next === undefined || p.laneLink[p.connTo[c]!] === p.linkIndex.get(next)))
  return onward.length > 0 ? onward : lanes
}
