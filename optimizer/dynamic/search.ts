// The plans of least cost near the schedule's, under the flows of now: moves signal by signal until none helps. Deterministic.
import { checkPattern } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { Pattern, Signal } from '../../model/signal.ts'
import { type CorridorCost, corridorCost, type CostModels } from './cost.ts'
import { listMoves, type MoveRange } from './moves.ts'

export interface SearchTask {
  models: CostModels
  /** In the order of the patterns. */
  signals: readonly Signal[]
  schedule: readonly Pattern[]
  range: MoveRange
  /** Sweeps over all signals at most. */
  sweeps: number
}

export interface RatedPatterns {
  patterns: Pattern[]
  cost: CorridorCost
}

/** Less is rounding. */
const SAME_SHARE = 1e-9

export function rate(models: CostModels, signals: readonly Signal[], patterns: readonly Pattern[]): RatedPatterns {
  return { patterns: [...patterns], cost: corridorCost(models, compileAll(signals, patterns)) }
}

const compileAll = (signals: readonly Signal[], patterns: readonly Pattern[]): CompiledSignal[] => patterns.map((pattern, i) => compileSignal(signals[i]!, pattern))

/** Never worse than `start`, which must lie in range. */
export function improve({ models, signals, schedule, range, sweeps }: SearchTask, start: readonly Pattern[]): RatedPatterns {
  const compiled = compileAll(signals, start)
  let best: RatedPatterns = { patterns: [...start], cost: corridorCost(models, compiled) }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const before = best
    signals.forEach((signal, i) => {
      for (const move of listMoves(signal, best.patterns[i]!, schedule[i]!, range)) {
        const tried = compileSignal(signal, move)
        const cost = corridorCost(models, compiled.with(i, tried))
        if (cost.total >= best.cost.total * (1 - SAME_SHARE) || !isAllowed(signal, move, schedule[i]!)) continue
        best = { patterns: best.patterns.with(i, move), cost }
        compiled[i] = tried
      }
    })
    if (best === before) break
  }
  return best
}

/** Breaks no rule that the schedule's own pattern keeps. */
function isAllowed(signal: Signal, pattern: Pattern, schedule: Pattern): boolean {
  const broken = checkPattern(signal, pattern)
  if (broken.length === 0) return true
  const known = new Set(checkPattern(signal, schedule).map(({ rule, subject }) => `${rule} ${subject ?? ''}`))
  return broken.every(({ rule, subject }) => known.has(`${rule} ${subject ?? ''}`))
}
