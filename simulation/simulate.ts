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
  const { options } = input
  checkSimulationInput(prepared, input)
  const world = new World(prepared, input)
  const meter = new Meter(world)
  const lanes = new LaneChanger(world)
  const entries = new Entries(world, meter)
  const watch = new GridlockWatch(world, options.gridlock_after_s ?? 300)
  let gridlock: Gridlock | undefined
  const step = (): boolean => {
    if (gridlock !== undefined || world.now >= options.stop_at_s - 1e-9) return false
    if (world.driving === 0 && !entries.pending) return false
    updateSignalHeads(world.signals, world.now, world, world.step)
    meter.signalsSet()
    sweepReservations(world)
    planSpeeds(world)
    moveAll(world, meter)
    meter.moved()
    lanes.changeAll()
    entries.insert()
    world.step++
    world.now = options.start_s + world.step * options.step_s
    meter.stepped()
    rerouteStranded(world, meter)
    gridlock = findGridlock(world, watch)
    return gridlock === undefined
  }
  return { world, step, result: () => summarise(world, meter, gridlock) }
}

function summarise(world: World, meter: Meter, gridlock: Gridlock | undefined): RunResult {
  return {
    seed: world.seed,
    vehicles_demanded: world.n,
    inserted: world.inserted,
    completed: world.completed,
    inside: world.driving,
    waiting: world.n - world.inserted,
    gridlocked: gridlock !== undefined,
    ...(gridlock === undefined ? {} : { gridlock }),
    updates: world.updates,
    end_s: world.now,
    missed_turns: world.missedTurns,
    grants: world.grants,
    ...listShown(world.signals),
    ...meter.result(),
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
