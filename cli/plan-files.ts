// From a planned corridor to the files that people open: plan.json, plan.csv, report.html.
import { join } from 'node:path'
import { writeWhole } from '../adapters/formats/scenario/write.ts'
import type { Trajectory } from '../diagram/time-space.ts'
import type { MovementId } from '../model/network.ts'
import type { Scenario } from '../model/scenario.ts'
import { corridorPosition, type PlanFront, type PlanOutcome } from '../plans/index.ts'
import { planCsv } from '../reports/plan-csv.ts'
import { planReport, type PlanReportInput } from '../reports/plan-report.ts'
import type { SimulatedPlan } from '../simulation/batch/index.ts'

/** Vehicles of the first seed on the corridor's own axis. */
function trajectoriesOf(outcome: PlanOutcome, plan: SimulatedPlan): Trajectory[] {
  const { trajectories } = plan
  if (trajectories === undefined) return []
  const place = { outbound: corridorPosition(outcome.corridor, outcome.stations, 'outbound'), inbound: corridorPosition(outcome.corridor, outcome.stations, 'inbound') }
  return Array.from(trajectories.trip, (_, i): Trajectory => {
    const direction = trajectories.direction[i] === 0 ? 'outbound' : 'inbound'
    const [from, to] = [trajectories.start[i] ?? 0, trajectories.start[i + 1] ?? trajectories.time_s.length]
    return { direction, points: { times_s: trajectories.time_s.subarray(from, to), positions_m: trajectories.position_m.subarray(from, to).map(place[direction]) } }
  })
}

export function reportInput(outcome: PlanOutcome, scenario: Scenario, units: 'metric' | 'us'): PlanReportInput {
  const { plan, simulation, candidates } = outcome
  const ids = new Set(plan.intersections.map(({ id }) => id))
  const saturation: Record<MovementId, { after: number }> = Object.fromEntries([...outcome.candidate.saturation].map(([movement, after]) => [movement, { after }]))
  const chosen = plan.bands.find(({ direction }) => direction === 'outbound')?.width_s ?? 0
  const chosenBack = plan.bands.find(({ direction }) => direction === 'inbound')?.width_s ?? 0
  const { description } = scenario.scenario
  return {
    corridor_name: outcome.corridor.corridor.name,
    period_name: outcome.period.name ?? outcome.period.id,
    scenario_name: scenario.scenario.name,
    ...(description === undefined ? {} : { description }),
    plan,
    signals: outcome.graph.network.signals.filter(({ id }) => ids.has(id)),
    stations: outcome.stations,
    running: { name: 'now running', compiled: outcome.running_compiled, patterns: [...outcome.running.values()].filter(({ signal }) => ids.has(signal)) },
    ...(simulation === undefined ? {} : {
      simulation: { before: simulation.before.evaluation, after: simulation.after.evaluation, differences: simulation.differences },
      trajectories: { before: trajectoriesOf(outcome, simulation.before), after: trajectoriesOf(outcome, simulation.after) },
    }),
    saturation,
    candidates: candidates.map(({ candidate, verdict, chosen: isChosen }) => ({
      cycle_s: candidate.cycle_s, chosen: isChosen,
      outbound_s: candidate.bands.find(({ direction }) => direction === 'outbound')?.width_s ?? 0,
      inbound_s: candidate.bands.find(({ direction }) => direction === 'inbound')?.width_s ?? 0,
      ...(verdict === undefined || !Number.isFinite(verdict.cost_s) ? {} : { cost_s: verdict.cost_s }),
      note: noteOf(candidate.kind, verdict?.cost_s),
    })),
    pareto: [...outcome.pareto, { outbound_s: chosen, inbound_s: chosenBack, chosen: true }],
    import_notes: scenario.scenario.import_notes ?? [],
    notes: outcome.notes,
    units,
  }
}

function noteOf(kind: string, cost: number | undefined): string {
  const name = { band: 'widest bands of any cycle', compromise: 'widest bands at a cycle of little delay', delay: 'least predicted delay', 'link-band': 'widest bands of the single links', paths: 'widest bands along paths, by persons' }[kind] ?? kind
  return cost === Infinity ? `${name}; gridlocked in simulation` : name
}

/** Writes plan.json, plan.csv and report.html into a folder, and front.json where there is a front, all or none. Out: their paths by name. */
export async function writePlanFiles(folder: string, input: PlanReportInput, front?: PlanFront): Promise<Record<string, string>> {
  const paths = { plan: join(folder, 'plan.json'), report: join(folder, 'report.html'), csv: join(folder, 'plan.csv') }
  const asked: Record<string, string> = front === undefined ? {} : { front: join(folder, 'front.json') }
  await writeWhole(new Map([
    [paths.plan, `${JSON.stringify(input.plan, null, 2)}\n`],
    [paths.report, planReport(input)],
    [paths.csv, planCsv(input.plan, input.signals)],
    ...Object.values(asked).map((path) => [path, `${JSON.stringify(front, null, 2)}\n`] as const),
  ]))
  return { ...paths, ...asked }
}
