// How far connections of one lane run over the same ground: a leader that turns off still blocks until it is clear of that.
import type { Network } from '../../model/network.ts'
import { commonStart } from './geometry.ts'

/** Lateral distance at which a follower can pass, m. */
const CLEAR_WIDTH_M = 2
/** Where nothing is drawn, m. */
const UNKNOWN_M = 5

export function clearOfSiblings(network: Network, connFrom: Int32Array): Float64Array {
  const siblings = new Map<number, number[]>()
  connFrom.forEach((lane, c) => siblings.set(lane, [...(siblings.get(lane) ?? []), c]))
  return Float64Array.from(network.connections, (connection, c) => {
    let far = 0
    for (const other of siblings.get(connFrom[c]!) ?? []) {
      const sibling = network.connections[other]!
      if (other === c) continue
      const drawn = connection.shape_m !== undefined && sibling.shape_m !== undefined && connection.shape_m.length > 1 && sibling.shape_m.length > 1
      far = Math.max(far, drawn ? commonStart(connection.shape_m!, sibling.shape_m!, CLEAR_WIDTH_M) : UNKNOWN_M)
    }
    return Math.min(far, connection.length_m)
  })
}
