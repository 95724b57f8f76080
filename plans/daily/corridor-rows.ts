// Corridors of a report, both ways by period: run times by quarter-hours, stops, arrivals on green, the plan in force.
import { resolveCorridor, type CorridorDirection } from '../../model/corridor.ts'
import type { DailyReportInput } from '../../model/daily.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Period } from '../../model/scenario.ts'
import type { MovementState, TrafficState } from '../../model/traffic-state.ts'
import { formatTimeOfDay } from '../../model/units.ts'
import { quantile } from '../../state/statistics.ts'
import type { DayCells } from './day-cells.ts'
import type { DailySources } from './sources.ts'

export type CorridorRow = DailyReportInput['corridors'][number]

/** Where a scenario names none. */
const PEAKS: readonly Period[] = [{ id: 'morning', start_s: 7 * 3600, end_s: 9 * 3600 }, { id: 'evening', start_s: 17 * 3600, end_s: 19 * 3600 }]

export interface CorridorRequest {
  sources: DailySources
  graph: RoadGraph
  cells: DayCells
  own: readonly number[]
  /** Measured states of these days, as far as there are any; the newest counts. */
  states: readonly TrafficState[]
}

export async function corridorRows({ sources, graph, cells, own, states }: CorridorRequest): Promise<CorridorRow[]> {
  const { scenario } = sources.scenario
  const index = new Map(graph.network.links.map(({ id }, i) => [id, i]))
  const periods = scenario.periods.length > 0 ? scenario.periods : PEAKS
  const rows: CorridorRow[] = []
  for (const corridor of scenario.corridors) {
    const ways = resolveCorridor(graph, corridor)
    for (const period of periods) {
      const plan = await sources.scheduled(corridor.id, own[0]!, period.start_s)
      for (const way of [ways.outbound, ways.inbound]) {
        if (way === undefined) continue
        const links = way.links.map((id) => index.get(id)!)
        const runs = own.map((day) => cells.runTimes(links, day, [period.start_s, period.end_s]))
        const run_s = runs.flatMap((run) => run.run_s)
        const passages = Math.floor(runs.reduce((sum, run) => sum + run.passages, 0))
        const measured = measuredOf(way, period, states.at(-1))
        rows.push({
          name: corridor.name, direction: way.direction, period: `${formatTimeOfDay(period.start_s).slice(0, 5)}–${formatTimeOfDay(period.end_s).slice(0, 5)}`, runs: Math.max(passages, measured?.probes ?? 0),
          run_p50_s: run_s.length === 0 ? null : quantile(run_s, 0.5), run_p95_s: run_s.length === 0 ? null : quantile(run_s, 0.95), stops_per_run: measured?.stops ?? null, one_stop_share: null, no_stop_share: null,
          arrivals_on_green: measured?.on_green ?? null, plan: plan ?? null, drift_s: driftOf(way, states.at(-1)), failed: null,
        })
      }
    }
  }
  return rows
}

/** Stops add up over the signals, arrivals on green are their mean; neither where a signal of the way was not measured. */
function measuredOf({ crossings }: CorridorDirection, period: Period, state: TrafficState | undefined): { stops: number | null; on_green: number | null; probes: number } | undefined {
  if (state === undefined) return undefined
  const measured = state.periods.find((one) => one.period === period.id)?.movements ?? (state.periods.length === 0 ? state.movements : [])
  const states = new Map(measured.map((movement) => [movement.movement, movement]))
  const along = crossings.map(({ movements }) => movements.flatMap(({ id }) => states.get(id) ?? [])[0])
  const all = (pick: (state: MovementState) => number | null): number[] | undefined => {
    const values = along.flatMap((one) => (one === undefined ? [] : (pick(one) ?? [])))
    return values.length === along.length && values.length > 0 ? values : undefined
  }
  const stops = all((one) => one.stops.value)
  const greens = all((one) => one.arrival_on_green.value)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    stops: stops === undefined ? null : sum(stops), on_green: greens === undefined ? null : sum(greens) / greens.length,
    probes: along.length === 0 ? 0 : Math.min(...along.map((one) => one?.probes ?? 0)),
  }
}

/** The largest difference between a green as measured and as planned; null where none was measured. */
function driftOf({ crossings }: CorridorDirection, state: TrafficState | undefined): number | null {
  const own = new Set(crossings.map(({ signal }) => signal))
  const drifts = (state?.signals ?? []).flatMap(({ signal, planned }) => (own.has(signal) && planned !== undefined && planned.difference_s !== null ? [planned.difference_s] : []))
  return drifts.length === 0 ? null : drifts.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst))
}
