// Do the compiled signals fit the network, and does each turn green for whoever drives there?
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { PreparedNetwork } from '../prepare.ts'
import type { UsedConnections } from './trips.ts'
import { requireKnown, requireUnique, requireWithin } from './values.ts'

/** A signal with a longer cycle is a schedule. */
const LONGEST_CYCLE_S = 86_400

/** Values and references of the signals alone. */
export function checkSignals(prepared: PreparedNetwork, signals: readonly CompiledSignal[]): void {
  requireUnique(signals.map(({ signal }) => signal), 'compiled signal')
  const known = new Set(prepared.network.signals.map(({ id }) => id))
  for (const compiled of signals) {
    const element = `signal ${compiled.signal}`
    requireKnown(known.has(compiled.signal), 'the list of compiled signals', 'signal', compiled.signal)
    requireWithin(compiled.cycle_s, 1, LONGEST_CYCLE_S, element, 'a cycle of', 's')
    requireWithin(compiled.offset_s, -1e9, 1e9, element, 'an offset of', 's')
    requireUnique(compiled.groups.map(({ id }) => id), `${element}: group`)
    for (const group of compiled.groups) {
      const of = `group ${group.id} of ${element}`
      requireWithin(group.yellow_s, 0, compiled.cycle_s, of, 'a yellow of', 's')
      requireWithin(group.red_clearance_s, 0, compiled.cycle_s, of, 'a red clearance of', 's')
      for (const [start, end] of group.green_windows_s) {
        requireWithin(start, 0, compiled.cycle_s, of, 'a green that starts at', 's')
        requireWithin(end, start, start + compiled.cycle_s, of, 'a green that ends at', 's')
      }
    }
  }
  const bySignal = new Map(signals.map((compiled) => [compiled.signal, new Set(compiled.groups.map(({ id }) => id))]))
  prepared.network.connections.forEach((connection, c) => {
    const signal = prepared.network.movements[prepared.connMovement[c]!]!.signal
    const groups = signal === undefined ? undefined : bySignal.get(signal)
    if (groups === undefined) return
    for (const { group } of connection.groups ?? []) {
      if (!groups.has(group)) throw new GreenwaveError('input.reference', `connection ${connection.id} names group "${group}" of signal ${signal}, which its plan does not have`)
    }
  })
}

/** Every movement that somebody drives is green at some time under some plan of the run, or may be turned on red. Signals whose control makes its own greens are `adaptive`. */
export function checkGreens(prepared: PreparedNetwork, plans: readonly (readonly CompiledSignal[])[], adaptive: ReadonlySet<string>, used: UsedConnections): void {
  const { network } = prepared
  const green = new Map<string, Set<string>>()
  for (const compiled of plans.flat()) {
    if (adaptive.has(compiled.signal)) continue
    const groups = green.get(compiled.signal) ?? new Set()
    green.set(compiled.signal, groups)
    for (const { id, green_windows_s } of compiled.groups) if (green_windows_s.some(([start, end]) => end > start)) groups.add(id)
  }
  for (const { connections, trip } of used) {
    const opens = connections.some((c) => {
      const { groups, turn_on_red } = network.connections[c]!
      const signal = network.movements[prepared.connMovement[c]!]!.signal
      const ofSignal = signal === undefined ? undefined : green.get(signal)
      return ofSignal === undefined || groups === undefined || groups.length === 0 || turn_on_red === true || groups.some(({ group }) => ofSignal.has(group))
    })
    if (!opens) {
      const movement = network.movements[prepared.connMovement[connections[0]!]!]!
      throw new GreenwaveError('input.value', `signal ${movement.signal} never turns green for movement ${movement.id}, which trip ${trip} drives`)
    }
  }
}
