// A simulated run under the dynamic mode: what the radars of the approaches tell is judged every few cycles, and the plans that the
// rolling optimizer answers with are handed to the signals, which take them over without a break.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern } from '../../model/signal.ts'
import type { Seconds, TimeOfDay } from '../../model/units.ts'
import { type MeasuredApproach, type RollingDecision, RollingOptimizer, type RollingOptions } from '../../optimizer/dynamic/index.ts'
import { changePlans, createRun, type PreparedNetwork, type RunResult, type SimulationInput } from '../../simulation/index.ts'
import { ApproachWatch, observed } from '../../simulation/observe/index.ts'

/** What comes of the radars' words on the way: later, spoilt, or nothing at all. */
export type Feed = (now_s: TimeOfDay, approaches: readonly MeasuredApproach[]) => readonly MeasuredApproach[]

/** All radars fall silent at this time: what was said last is all that is known, and it grows old. */
export function cutOff(at_s: TimeOfDay): Feed {
  let last: readonly MeasuredApproach[] = []
  return (now_s, approaches) => {
    if (now_s < at_s) last = approaches
    return last
  }
}

export interface DynamicRunTask {
  prepared: PreparedNetwork
  /** Its signals run the schedule. */
  input: SimulationInput
  graph: RoadGraph
  corridor: ResolvedCorridor
  /** Of the corridor's signals, of one cycle. */
  schedule: readonly Pattern[]
  /** What the schedule was made for, veh/h. */
  volumes: ReadonlyMap<MovementId, number>
  /** Between decisions, cycles of the schedule. */
  every_cycles: number
  options?: Partial<RollingOptions>
  feed?: Feed
  signal?: AbortSignal
}

export interface DynamicRun {
  result: RunResult
  decisions: RollingDecision[]
}

/** Steps between looks at whether somebody aborted. */
const STEPS_A_LOOK = 1000

/** Throws input.value where the schedule has no common cycle, and as `createRun`; the reason of an abort. */
export function runDynamic({ prepared, input, graph, corridor, schedule, volumes, every_cycles, options, feed = (_now, approaches) => approaches, signal }: DynamicRunTask): DynamicRun {
  const every_s = every_cycles * commonCycle(schedule)
  const optimizer = new RollingOptimizer({ graph, corridor, schedule, volumes, ...(options === undefined ? {} : { options }) })
  const run = createRun(prepared, { ...input, steered: true })
  const watch = new ApproachWatch(run.world, { window_s: every_s })
  const seen = observed(run, [watch])
  const decisions: RollingDecision[] = []
  let state = optimizer.begin(run.world.now)
  let due_s = run.world.now + every_s
  while (seen.step()) {
    const { now, step } = run.world
    if (step % STEPS_A_LOOK === 0) signal?.throwIfAborted()
    if (now < due_s) continue
    due_s += every_s
    const found = optimizer.decide(state, now, feed(now, watch.read()))
    state = found.state
    decisions.push(found.decision)
    const { patterns, moved } = found.decision
    if (moved.length > 0) changePlans(run, { patterns: patterns.filter((pattern) => moved.includes(pattern.signal)) })
  }
  return { result: seen.result(), decisions }
}

function commonCycle(schedule: readonly Pattern[]): Seconds {
  const [first, ...others] = schedule
  const other = others.find(({ cycle_s }) => cycle_s !== first?.cycle_s)
  if (first === undefined || other !== undefined) throw new GreenwaveError('input.value', first === undefined ? 'the schedule of the corridor has no patterns' : `signals ${first.signal} and ${other!.signal} of the schedule have cycles of ${first.cycle_s} s and ${other!.cycle_s} s; the dynamic mode needs one`)
  return first.cycle_s
}
