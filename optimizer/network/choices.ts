// The patterns that a signal may run at a cycle: splits that leave the fullest least full, or those in the street where the
// cycle is theirs. Whole seconds; nothing that breaks a rule that the street keeps.
import { checkChange } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { GroupId, Pattern, SignalId } from '../../model/signal.ts'
import { isolatedDelay, type LaneGroup, laneGroupState } from '../capacity/index.ts'
import { listSequences, SignalSplits, splitMoves } from '../splits/index.ts'

export interface Choice {
  pattern: Pattern
  compiled: CompiledSignal
}

export class SignalChoices {
  readonly running: Choice
  readonly #graph: RoadGraph
  readonly #laneGroups: readonly LaneGroup[]
  readonly #target: number
  readonly #splits: SignalSplits | undefined
  readonly #known = new Map<number, Choice | undefined>()

  constructor(graph: RoadGraph, running: Pattern, laneGroups: readonly LaneGroup[], target_saturation: number) {
    const signal = graph.getSignal(running.signal)
    this.#graph = graph
    this.#laneGroups = laneGroups
    this.#target = target_saturation
    this.running = { pattern: running, compiled: compileSignal(signal, running) }
    this.#splits = refusedAs(undefined, () => new SignalSplits({ signal, running, laneGroups, through: [], target_saturation }))
  }

  /** Of least delay with even arrivals; undefined where the minimums don't fit. Offset 0, or the street's where the cycle is. */
  at(cycle_s: number): Choice | undefined {
    if (!this.#known.has(cycle_s)) this.#known.set(cycle_s, this.#find(cycle_s))
    return this.#known.get(cycle_s)
  }

  /**
   * A choice, first, and with the same splits every other order of phases that the signal may run in its place: none that the model of the signal
   * does not allow, none that breaks a rule, none that leaves anybody fuller than the target or than the choice does.
   */
  ordersOf(choice: Choice): Choice[] {
    const { pattern } = choice
    if (pattern.kind !== 'rings') return [choice]
    const signal = this.#graph.getSignal(pattern.signal)
    const states = this.#laneGroups.map((group) => laneGroupState(choice.compiled, group).saturation)
    return listSequences(this.#graph, signal, pattern, throughGroups(this.#graph, pattern.signal)).flatMap((turned, k): Choice[] => {
      if (k === 0) return [choice]
      if (!this.#keepsRules(turned)) return []
      const compiled = compileSignal(signal, turned)
      const fuller = this.#laneGroups.some((group, g) => laneGroupState(compiled, group).saturation > Math.max(this.#target, states[g] as number) + 1e-9)
      return fuller ? [] : [{ pattern: turned, compiled }]
    })
  }

  /** Whether somebody is fuller than the target: then who waits how long is a choice, and nobody's right. */
  isOverfull({ compiled }: Choice): boolean {
    return this.#laneGroups.some((group) => this.#isAbove(compiled, group))
  }

  /** The choice with so many seconds of green moved: nothing that breaks a rule, nothing that makes anybody fuller than the target who is not yet. */
  splitsOf({ pattern, compiled }: Choice, by_s: number): Choice[] {
    const signal = this.#graph.getSignal(pattern.signal)
    const kept = this.#laneGroups.filter((group) => !this.#isAbove(compiled, group))
    return splitMoves(pattern, by_s).flatMap(({ pattern: changed }): Choice[] => {
      if (!this.#keepsRules(changed)) return []
      const own = compileSignal(signal, changed)
      return kept.some((group) => this.#isAbove(own, group)) ? [] : [{ pattern: changed, compiled: own }]
    })
  }

  #isAbove(compiled: CompiledSignal, group: LaneGroup): boolean {
    return laneGroupState(compiled, group).saturation > this.#target + 1e-9
  }

  #keepsRules(pattern: Pattern): boolean {
    const { pattern: street } = this.running
    return checkChange(this.#graph, [pattern], new Map([[street.signal, street]])).length === 0
  }

  #find(cycle_s: number): Choice | undefined {
    const { pattern: street } = this.running
    const found: Choice[] = []
    // The street itself may break a rule that no plan may.
    const offer = (pattern: Pattern): void => {
      if (this.#keepsRules(pattern)) found.push({ pattern, compiled: compileSignal(this.#graph.getSignal(street.signal), pattern) })
    }
    const offset_s = street.cycle_s === cycle_s ? Math.round(street.offset_s) % cycle_s : 0
    if (street.cycle_s === cycle_s) offer({ ...street, offset_s })
    const splits = this.#splits
    if (splits !== undefined && cycle_s >= splits.minimum_cycle_s) offer({ ...splits.solve(cycle_s).pattern, offset_s })
    const delays = found.map(({ compiled }) => this.#delay(compiled))
    return found[delays.indexOf(Math.min(...delays))]
  }

  #delay(compiled: CompiledSignal): number {
    return this.#laneGroups.reduce((sum, group) => sum + group.volume_vph * isolatedDelay(compiled.cycle_s, group, laneGroupState(compiled, group)), 0)
  }
}

/** In a network every street has its platoons: the lefts of all of them may lead or lag. */
const throughGroups = (graph: RoadGraph, signal: SignalId): GroupId[] => [...new Set(graph.listMovementsOfSignal(signal).flatMap(({ id, turn }) => (
  turn === 'through' ? graph.listConnections(id).flatMap(({ groups }) => (groups ?? []).map(({ group }) => group)) : [])))]

/** A structure that the split optimizer refuses keeps the timing that it has. */
function refusedAs<T>(instead: T, of: () => T): T {
  try {
    return of()
  } catch (error) {
    if (error instanceof GreenwaveError) return instead
    throw error
  }
}
