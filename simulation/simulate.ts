// One run: values in, values out, no clock, no chance but the seed.
import { checkSimulationInput } from './check-input.ts'
import type { SimulationInput } from './input.ts'
import { findGridlock, GridlockWatch } from './kernel/gridlock.ts'
import { Entries } from './kernel/insert.ts'
import { LaneChanger } from './kernel/lane-change.ts'
import { Meter } from './kernel/meter.ts'
import { moveAll } from './kernel/move.ts'
import { planSpeeds } from './kernel/plan.ts'
import { rerouteStranded } from './kernel/reroute.ts'
import { sweepReservations } from './kernel/reservations.ts'
import { listShown, updateSignalHeads } from './kernel/signals.ts'
import { World } from './kernel/world.ts'
import type { PreparedNetwork } from './prepare.ts'
import type { Gridlock, RunResult } from './result.ts'

/** A run that can be looked at between steps; tests check their invariants on it. */
export interface Run {
  readonly world: World
  /** Advances by one step; false once the run is over. */
  step(): boolean
  result(): RunResult
}

export function createRun(prepared: PreparedNetwork, input: SimulationInput): Run {
  checkSimulationInput(prepared, input)
  return new RunInSteps(new World(prepared, input))
}

/** A class, so that the step of every run is one and the same function to the compiler. */
class RunInSteps implements Run {
  readonly world: World
  readonly #meter: Meter
  readonly #lanes: LaneChanger
  readonly #entries: Entries
  readonly #watch: GridlockWatch
  #gridlock: Gridlock | undefined

  constructor(world: World) {
    this.world = world
    this.#meter = new Meter(world)
    this.#lanes = new LaneChanger(world)
    this.#entries = new Entries(world, this.#meter)
    this.#watch = new GridlockWatch(world, world.input.options.gridlock_after_s ?? 300)
  }

  step(): boolean {
    const { world } = this
    const { options } = world.input
    if (this.#gridlock !== undefined || world.now >= options.stop_at_s - 1e-9) return false
    if (world.driving === 0 && !this.#entries.pending) return false
    updateSignalHeads(world.signals, world.now, world, world.step)
    this.#meter.signalsSet()
    sweepReservations(world)
    planSpeeds(world)
    moveAll(world, this.#meter)
    this.#meter.moved()
    this.#lanes.changeAll()
    this.#entries.insert()
    world.step++
    world.now = options.start_s + world.step * options.step_s
    this.#meter.stepped()
    rerouteStranded(world, this.#meter)
    this.#gridlock = findGridlock(world, this.#watch)
    return this.#gridlock === undefined
  }

  result(): RunResult {
    const { world } = this
    return {
      seed: world.seed,
      vehicles_demanded: world.n,
      inserted: world.inserted,
      completed: world.completed,
      inside: world.driving,
      waiting: world.n - world.inserted,
      gridlocked: this.#gridlock !== undefined,
      ...(this.#gridlock === undefined ? {} : { gridlock: this.#gridlock }),
      updates: world.updates,
      end_s: world.now,
      missed_turns: world.missedTurns,
      grants: world.grants,
      ...listShown(world.signals),
      ...this.#meter.result(),
    }
  }
}

/**
 * Runs until every vehicle has left, the hard end, or a gridlock.
 * In: a prepared network and the input. Out: measures in s and m. The same input gives the same bytes.
 * Throws input.reference or input.value, naming the trip, for a trip that cannot be driven.
 */
export function simulate(prepared: PreparedNetwork, input: SimulationInput): RunResult {
  const run = createRun(prepared, input)
  while (run.step());
  return run.result()
}
