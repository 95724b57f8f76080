// Signals that cannot serve everybody. Equal degrees of saturation are fair there and waste green: a second is worth more where it serves two lanes,
// or where a queue blocks the junction behind it. Green goes, second by second, where the whole network waits least; nobody who was served becomes overfull.
import type { CompiledSignal } from '../../model/plan.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { SignalChoices } from './choices.ts'
import type { NetworkModel, NetworkState } from './model.ts'

export interface EasedPlan {
  patterns: Pattern[]
  state: NetworkState
  /** Whose splits are others than those of least largest degree of saturation. */
  signals: SignalId[]
}

/** Seconds that move at once, and how often every signal is asked. */
const STEPS_S = [4, 2, 1]
const SWEEPS = 4

/** Signals asked in a sweep; in large networks those where most wait. */
const MOST_SIGNALS = 40

/** What is saved must be more than this share of the cost: less is not worth that some wait longer. */
const WORTH = 0.01

/** In: a plan of whole-second offsets. Out: one of the same cycles, offsets and orders that costs no more; the same where too little is saved. */
export function easeOverload(model: NetworkModel, choices: readonly SignalChoices[], { patterns, state: start }: Pick<EasedPlan, 'patterns' | 'state'>, goOn?: () => boolean): EasedPlan {
  const at = [...patterns]
  let state = start
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const before = state
    for (const i of busiest(state, at, choices)) {
      for (const by_s of STEPS_S) {
        if (goOn?.() === false) break
        const found = bestOf(model, choices[i] as SignalChoices, { i, by_s }, at[i] as Pattern, state)
        if (found === undefined) continue
        at[i] = found.pattern
        state = found.state
      }
    }
    if (state === before) break
  }
  if (state.cost >= start.cost * (1 - WORTH)) return { patterns: [...patterns], state: start, signals: [] }
  return { patterns: at, state, signals: at.flatMap((pattern, i) => (pattern === patterns[i] ? [] : [pattern.signal])) }
}

/** Where most wait first. */
function busiest(state: NetworkState, patterns: readonly Pattern[], choices: readonly SignalChoices[]): number[] {
  return listOverfull(state, patterns, choices).sort((a, b) => (state.costs[b] as number) - (state.costs[a] as number)).slice(0, MOST_SIGNALS)
}

/** Signals that keep a time and cannot serve everybody, by number. */
export function listOverfull({ areas, compiled }: Pick<NetworkState, 'areas' | 'compiled'>, patterns: readonly Pattern[], choices: readonly SignalChoices[]): number[] {
  return patterns.flatMap((pattern, i) => ((areas[i] as number) >= 0 && choices[i]?.isOverfull({ pattern, compiled: compiled[i] as CompiledSignal }) === true ? [i] : []))
}

function bestOf(model: NetworkModel, choices: SignalChoices, { i, by_s }: { i: number; by_s: number }, pattern: Pattern, state: NetworkState): { pattern: Pattern; state: NetworkState } | undefined {
  let best: { pattern: Pattern; state: NetworkState } | undefined
  for (const { pattern: changed, compiled: own } of choices.splitsOf({ pattern, compiled: state.compiled[i] as CompiledSignal }, by_s)) {
    const compiled = [...state.compiled]
    compiled[i] = { ...own, offset_s: (state.compiled[i] as CompiledSignal).offset_s }
    const next = model.evaluate(compiled, state.areas, state)
    if (next.cost < (best ?? { state }).state.cost * (1 - SAME)) best = { pattern: changed, state: next }
  }
  return best
}

/** An improvement by a smaller share is none. */
const SAME = 1e-7
