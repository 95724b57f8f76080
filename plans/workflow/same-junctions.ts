// Whether a signal and all that a plan's rules ask about it are the same in two versions of a network.
import type { Network } from '../../model/network.ts'
import type { SignalId } from '../../model/signal.ts'
import { hashOf } from '../ports/canonical.ts'

/** Signal with groups, minimums and conflicts; its movements; their lane connections; the links they come from and go to. */
function junctionOf({ signals, movements, connections, links }: Network, id: SignalId): unknown {
  const own = movements.filter(({ signal }) => signal === id)
  const ids = new Set(own.map((movement) => movement.id))
  const touched = new Set(own.flatMap(({ from, to }) => [from, to]))
  return { signal: signals.find((signal) => signal.id === id), movements: own, connections: connections.filter(({ movement }) => ids.has(movement)), links: links.filter((link) => touched.has(link.id)) }
}

export const sameJunctions = (a: Network, b: Network, signal: SignalId): boolean => hashOf(junctionOf(a, signal)) === hashOf(junctionOf(b, signal))
