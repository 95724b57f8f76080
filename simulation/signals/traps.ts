// Yellow trap under actuation: a permissive left ends with its phase while the opposing through stays green.
// Signal Timing Manual 2nd ed. (NCHRP 812) section 4; a flashing yellow arrow, which follows the opposing through, avoids it.
import type { GroupId, Signal } from '../../model/signal.ts'
import type { PreparedNetwork } from '../prepare.ts'
import type { RingPhase } from './ring-plan.ts'

/** Straight on, whose rank a turn across takes: code of `connTurn`'s through is not needed, the movement says it. */
const isThrough = (p: PreparedNetwork, c: number): boolean => p.network.movements[p.connMovement[c]!]!.turn === 'through'

/** Groups of the throughs that a connection gives way to while it is only permissive. */
export function opposingGroups(p: PreparedNetwork, c: number): GroupId[] {
  const own = p.network.movements[p.connMovement[c]!]!
  return p.network.connections[c]!.yields_to.flatMap((id) => {
    const foe = p.connectionIndex.get(id)
    if (foe === undefined || !isThrough(p, foe) || p.network.movements[p.connMovement[foe]!]!.from === own.from) return []
    return (p.network.connections[foe]!.groups ?? []).filter(({ right_of_way }) => right_of_way === 'protected').map(({ group }) => group)
  })
}

/** By phase: the phases whose green would outlast a permissive green of it, as bits. */
export function trapMasks(p: PreparedNetwork, signal: Signal, phases: readonly RingPhase[]): Int32Array {
  const masks = new Int32Array(phases.length)
  const arrows = new Set(signal.groups.filter(({ flashing_yellow_arrow }) => flashing_yellow_arrow === true).map(({ id }) => id))
  p.network.connections.forEach(({ groups = [] }, c) => {
    if (p.network.movements[p.connMovement[c]!]!.signal !== signal.id) return
    for (const { group, right_of_way } of groups) {
      if (right_of_way !== 'permissive' || arrows.has(group)) continue
      const opposing = new Set(opposingGroups(p, c))
      phases.forEach((phase, i) => {
        if (phase.group === group) phases.forEach((other, j) => { if (opposing.has(other.group)) masks[i] = masks[i]! | (1 << j) })
      })
    }
  })
  return masks
}
