// Movements that share lanes queue together and leave together: a lane group.
import type { Network } from '../../model/network.ts'

export interface LaneGroup {
  /** Indices in `network.movements`. */
  movements: number[]
  /** Index in `network.links`. */
  link: number
  lanes: number[]
  /** Lanes of each of the movements, in their order. */
  lanesOf: number[][]
  /** Every movement has green of its own, gives way to nobody while it lasts, and passes at no other time. */
  protected: boolean
  /** Its most common turn. */
  turn: string
}

/** Groups of movements at signals, in the order of their first movement. */
export function laneGroups({ links, movements, connections }: Network): LaneGroup[] {
  const index = new Map(movements.map(({ id }, m) => [id, m]))
  const link = new Map(links.map(({ id }, l) => [id, l]))
  const lanes = movements.map(() => new Set<number>())
  const gives = movements.map(() => false)
  for (const { movement, from_lane, groups = [], yields_to, turn_on_red } of connections) {
    const m = index.get(movement)
    if (m === undefined) continue
    lanes[m]!.add(from_lane)
    // Who may pass on red leaves in no order of green; who is not held by the signal has none.
    if (turn_on_red === true || groups.length === 0 || (yields_to.length > 0 && groups.some(({ right_of_way }) => right_of_way === 'permissive'))) gives[m] = true
  }
  const group = new Map<number, LaneGroup>()
  const groups: LaneGroup[] = []
  movements.forEach(({ from, signal, turn }, m) => {
    if (signal === undefined || lanes[m]!.size === 0) return
    const at = link.get(from)!
    const joined = groups.filter((each) => each.link === at && each.lanes.some((lane) => lanes[m]!.has(lane)))
    const whole: LaneGroup = joined[0] ?? { movements: [], link: at, lanes: [], lanesOf: [], protected: true, turn }
    for (const other of joined.slice(1)) {
      whole.movements.push(...other.movements)
      whole.lanesOf.push(...other.lanesOf)
      whole.lanes.push(...other.lanes)
      whole.protected &&= other.protected
      groups.splice(groups.indexOf(other), 1)
    }
    if (joined.length === 0) groups.push(whole)
    whole.movements.push(m)
    whole.lanesOf.push([...lanes[m]!].sort((a, b) => a - b))
    whole.lanes = [...new Set([...whole.lanes, ...lanes[m]!])].sort((a, b) => a - b)
    whole.protected &&= !gives[m]!
    const widest = whole.movements[whole.lanesOf.reduce((best, own, k) => (own.length > whole.lanesOf[best]!.length ? k : best), 0)]!
    whole.turn = movements[widest]!.turn
    for (const each of whole.movements) group.set(each, whole)
  })
  return groups
}
