// Computes what follows from an edit, without any globals of a worker: windows, faults, bands, delay, losers. What was computed of a signal or
// a stretch of the street is kept until its timing changes, so that a drag costs what lies downstream of it.
import { checkChange, type Violation } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import { resolveCorridor, type ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal, Plan, PlannedIntersection } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { delayFigures, type Progression, progressionLosers, ProgressionModel, queueProfiles } from '../../optimizer/progression/index.ts'
import { getCorridor, patternOf } from '../../plans/street.ts'
import { deriveFrom } from '../../plans/workflow/derived.ts'
import { applyEdits, type PlanEdit } from '../../plans/workflow/edits.ts'
import { movementVolumes, resolvePeriod } from '../../simulation/demand/index.ts'
import { BandMeter } from './band-figures.ts'
import type { EngineInput, Fault, Measured } from './protocol.ts'

interface Compiled {
  key: string
  /** Absent where the pattern can't be compiled; the faults say why. */
  signal?: CompiledSignal
  faults: Fault[]
}

export class Previewer {
  readonly graph: RoadGraph
  readonly corridor: ResolvedCorridor
  readonly #input: EngineInput
  readonly #running: Map<SignalId, Pattern>
  readonly #compiled = new Map<SignalId, Compiled>()
  readonly #model: ProgressionModel
  readonly #original: Progression | undefined
  readonly #bands: BandMeter
  readonly #patterns = new WeakMap<PlannedIntersection, Compiled>()
  readonly #originalText: string

  /** Throws corridor.unknown, period.unknown, corridor.disconnected. */
  constructor(input: EngineInput) {
    const { scenario } = input
    this.#input = input
    this.graph = new RoadGraph(scenario.network)
    this.corridor = resolveCorridor(this.graph, getCorridor(scenario.scenario, input.corridor))
    const period = resolvePeriod(scenario, input.period)
    this.#bands = new BandMeter(this.graph, this.corridor)
    this.#originalText = timingText(input.original)
    this.#running = runningPatterns(scenario.timing, period.start_s)
    this.#model = new ProgressionModel(this.graph, this.corridor, movementVolumes(this.graph, scenario.demand, period))
    this.#original = this.#progression(input.original.intersections.map((one) => this.#compile(one)))
  }

  /** Throws store.conflict and input.* for edits that do not fit the original. */
  preview(request: number, what: { edits: PlanEdit[] } | { document: Plan }): Measured {
    const { original } = this.#input
    const plan = 'document' in what ? what.document : applyEdits(original, what.edits)
    const parts = plan.intersections.map((one) => this.#compile(one))
    const compiled = parts.flatMap(({ signal }) => signal ?? [])
    const faults = [...foreign(plan, this.corridor), ...parts.flatMap((part) => part.faults)]
    // What nobody touched keeps the bands that it was planned and proven with.
    const document = compiled.length < parts.length || this.#untouched(plan) ? plan : deriveFrom(this.graph, this.corridor, plan, compiled)
    const bands = this.#bands.of(document, compiled)
    const progression = faults.length > 0 ? undefined : this.#progression(parts)
    const before = this.#original
    return {
      request, document, compiled, faults, ...bands, apart: apartIn(progression),
      ...(progression === undefined ? {} : { figures: delayFigures(progression) }),
      ...(before === undefined ? {} : { original: delayFigures(before) }),
      queues: progression === undefined ? [] : queueProfiles(progression),
      losers: progression === undefined || before === undefined ? [] : progressionLosers(before, progression),
    }
  }

  /** Signals that the plan leaves out run as in the street. */
  #progression(parts: readonly Compiled[]): Progression | undefined {
    const planned = new Map(parts.flatMap(({ signal }) => (signal === undefined ? [] : [[signal.signal, signal] as const])))
    const all = this.#model.layout.ids.flatMap((id) => {
      const running = this.#running.get(id)
      return planned.get(id) ?? (running === undefined ? [] : compileSignal(this.graph.getSignal(id), running))
    })
    return all.length < this.#model.layout.ids.length ? undefined : this.#model.evaluate(all)
  }

  /** The very same object needs no look at its timing. */
  #compile(one: PlannedIntersection): Compiled {
    const known = this.#patterns.get(one) ?? this.#compilePattern(one)
    this.#patterns.set(one, known)
    return known
  }

  /** Same patterns and same speeds as the original. */
  #untouched(plan: Plan): boolean {
    return plan === this.#input.original || timingText(plan) === this.#originalText
  }

  #compilePattern(one: PlannedIntersection): Compiled {
    const pattern = patternOf(one)
    const key = JSON.stringify(pattern)
    const kept = this.#compiled.get(one.signal)
    if (kept?.key === key) return kept
    const made = this.#compileAnew(pattern, key)
    this.#compiled.set(one.signal, made)
    return made
  }

  #compileAnew(pattern: Pattern, key: string): Compiled {
    try {
      const faults = checkChange(this.graph, [pattern], this.#running).map(faultOf)
      return { key, faults, ...(faults.some(({ code }) => code === 'number') ? {} : { signal: compileSignal(this.graph.getSignal(pattern.signal), pattern) }) }
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      return { key, faults: [{ signal: pattern.signal, code: error.code, sentence: error.message }] }
    }
  }
}

const faultOf = ({ rule, signal, sentence, value, limit, subject }: Violation): Fault => ({ signal, code: rule, sentence, value, limit, ...(subject === undefined ? {} : { part: subject }) })

function foreign({ intersections }: Plan, { corridor }: ResolvedCorridor): Fault[] {
  return intersections.filter(({ id, signal }) => id !== signal || !corridor.intersections.includes(signal))
    .map(({ id, signal }) => ({ signal, code: 'input.reference', sentence: `intersection "${id}" with the pattern of signal "${signal}" is none of the corridor "${corridor.id}"` }))
}

/** Both ways once. */
function apartIn(progression: Progression | undefined): { from: string; to: string }[] {
  const pairs = progression?.apart ?? []
  return pairs.filter(({ from, to }, i) => pairs.findIndex((one) => (one.from === from && one.to === to) || (one.from === to && one.to === from)) === i).map(({ from, to }) => ({ from, to }))
}

const timingText = ({ cycle_s, intersections, bands }: Plan): string =>
  JSON.stringify([cycle_s, intersections.map(patternOf), bands.map(({ direction, links }) => [direction, links.map(({ to, speed_mps }) => [to, speed_mps])])])
