// Small changes of a plan: an offset, or those of a block of neighbours; seconds of green from one part of a signal's cycle to
// another; another order of phases. Seconds throughout.
import { checkChange } from '../../model/check-plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { listSequences, nameOrder, splitMoves } from '../../optimizer/splits/index.ts'

export interface Move {
  /** In words, the same for the same change. */
  name: string
  kind: 'offset' | 'block' | 'split' | 'order' | 'several'
  /** The patterns that take the place of those before. */
  changed: Pattern[]
}

export type Patterns = ReadonlyMap<SignalId, Pattern>

export const moved = (patterns: Patterns, { changed }: Move): Map<SignalId, Pattern> => new Map([...patterns, ...changed.map((pattern) => [pattern.signal, pattern] as const)])

/** Beyond these a step is no polishing. */
export const OFFSET_STEPS_S = [1, 2, 3, 5, 8]
export const SPLIT_STEPS_S = [1, 2, 3]

const shifted = (pattern: Pattern, by_s: number): Pattern => ({ ...pattern, offset_s: modulo(pattern.offset_s + by_s, pattern.cycle_s) })

const signed = (seconds: number): string => (seconds > 0 ? `+${seconds} s` : `−${-seconds} s`)

/** In: a signal, or several that turn together. */
export function offsetMoves(patterns: Patterns, signals: readonly SignalId[]): Move[] {
  const own = signals.flatMap((id) => patterns.get(id) ?? [])
  const place = own.length > 2 ? `signals ${signals[0]} to ${signals.at(-1)}` : `${own.length > 1 ? 'signals' : 'signal'} ${signals.join(' and ')}`
  return OFFSET_STEPS_S.flatMap((step) => [step, -step]).map((by_s) => ({
    name: `offset of ${place} ${signed(by_s)}`, kind: own.length > 1 ? 'block' : 'offset', changed: own.map((pattern) => shifted(pattern, by_s)),
  }))
}

/** Splits and orders that keep every rule; what the street's own order allows is allowed. */
export function signalMoves(graph: RoadGraph, running: Patterns, pattern: Pattern): Move[] {
  const splits = SPLIT_STEPS_S.flatMap((by_s) => splitMoves(pattern, by_s)).map(({ name, pattern: changed }): Move => ({ name: `signal ${pattern.signal}: ${name}`, kind: 'split', changed: [changed] }))
  const moves = [...splits, ...orders(graph, pattern)]
  return moves.filter(({ changed }) => checkChange(graph, changed, running).length === 0)
}

function orders(graph: RoadGraph, pattern: Pattern): Move[] {
  if (pattern.kind !== 'rings') return []
  return listSequences(graph, graph.getSignal(pattern.signal), pattern, pattern.coordinated).slice(1).map((turned): Move => ({
    name: `signal ${pattern.signal}: order ${nameOrder(turned)}`, kind: 'order', changed: [turned],
  }))
}
