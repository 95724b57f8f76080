// Periods of a scenario: which there are, which one a user means, and which is the busiest.
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import { formatTimeOfDay, parseTimeOfDay } from '../../model/units.ts'
import { movementVolumes, type TimeSpan } from './volumes.ts'

/** So many periods are named in a complaint. */
const NAMED = 8
const HOUR_S = 3600
/** The busiest quarter of an hour is chance; a plan is made for longer. */
const LEAST_BUSIEST_S = 1800

const describe = ({ start_s, end_s }: TimeSpan): string => `${formatTimeOfDay(start_s)}-${formatTimeOfDay(end_s)}`

/** The periods of the scenario; where it names none, its counting intervals; where it has none, the time its vehicles depart in. */
export function listPeriods({ scenario, demand }: Scenario): Period[] {
  if (scenario.periods.length > 0) return scenario.periods
  if (demand.intervals.length > 0) return demand.intervals.map(({ id, start_s, end_s }) => ({ id, start_s, end_s }))
  const span = vehicleSpan(demand)
  return span === undefined ? [] : [{ id: describe(span), ...span }]
}

/** From the first to just after the last departure, in whole minutes. */
function vehicleSpan({ vehicles: { depart_s } }: Demand): TimeSpan | undefined {
  if (depart_s.length === 0) return undefined
  let [first, last] = [Infinity, -Infinity]
  for (const depart of depart_s) {
    first = Math.min(first, depart)
    last = Math.max(last, depart)
  }
  return { start_s: Math.floor(first / 60) * 60, end_s: (Math.floor(last / 60) + 1) * 60 }
}

/**
 * The period that a user means: an id; 'HH:MM', the period that starts then (the one nearest to an hour, where several do);
 * 'HH:MM-HH:MM', any time that the demand covers; nothing, the busiest period of at least half an hour by the sum of all
 * volumes.
 * Throws period.unknown with the text and some of the periods.
 */
export function resolvePeriod(scenario: Scenario, text?: string): Period {
  const periods = listPeriods(scenario)
  if (text === undefined) return busiest(scenario, periods)
  const named = periods.find(({ id }) => id === text)
  if (named !== undefined) return named
  const start = parseTimeOfDay(text)
  const startsThen = periods.filter(({ start_s }) => start_s === start)
  const nearHour = (period: Period): number => Math.abs(period.end_s - period.start_s - HOUR_S)
  if (startsThen.length > 0) return startsThen.reduce((a, b) => (nearHour(b) < nearHour(a) ? b : a))
  const range = parseRange(text)
  if (range !== undefined) {
    if (covers(scenario.demand, range)) return { id: describe(range), ...range }
    throw unknown(periods, `the demand does not cover the period "${text}"`)
  }
  throw unknown(periods, `there is no period "${text}"`)
}

function parseRange(text: string): TimeSpan | undefined {
  const parts = text.split(/[-–]/)
  const [start_s, end_s] = parts.map(parseTimeOfDay)
  return parts.length === 2 && start_s !== undefined && end_s !== undefined && end_s > start_s ? { start_s, end_s } : undefined
}

/** Every instant of the range lies in an interval; or, with vehicles, some of it between first and last departure. */
function covers(demand: Demand, range: TimeSpan): boolean {
  const span = vehicleSpan(demand)
  if (span !== undefined && span.start_s < range.end_s && span.end_s > range.start_s) return true
  let reached = range.start_s
  for (const { start_s, end_s } of [...demand.intervals].sort((a, b) => a.start_s - b.start_s)) {
    if (start_s <= reached) reached = Math.max(reached, end_s)
  }
  return reached >= range.end_s
}

function busiest({ network, demand }: Scenario, periods: Period[]): Period {
  const graph = new RoadGraph(network)
  const volume = (period: Period): number => {
    try {
      return [...movementVolumes(graph, demand, period).values()].reduce((sum, vph) => sum + vph, 0)
    } catch (error) {
      // A period that the scenario names but no demand covers is the least busy one.
      if (error instanceof GreenwaveError && error.code === 'period.unknown') return -1
      throw error
    }
  }
  const long = periods.filter(({ start_s, end_s }) => end_s - start_s >= LEAST_BUSIEST_S)
  const ranked = (long.length > 0 ? long : periods).map((period) => ({ period, vph: volume(period) })).filter(({ vph }) => vph >= 0)
  const best = ranked.reduce<(typeof ranked)[number] | undefined>((a, b) => (a === undefined || b.vph > a.vph ? b : a), undefined)
  if (best === undefined && demand.volumes.length === 0 && demand.vehicles.depart_s.length === 0) {
    throw new GreenwaveError('period.unknown', 'the scenario has no traffic: demand.json holds neither volumes nor vehicles; add turning volumes with their intervals, or vehicles with routes')
  }
  if (best === undefined) throw unknown(periods, 'the scenario has no period with any demand')
  return best.period
}

function unknown(periods: readonly Period[], sentence: string): GreenwaveError {
  const names = periods.slice(0, NAMED).map((period) => (period.id === describe(period) ? period.id : `${period.id} (${describe(period)})`))
  const more = periods.length > NAMED ? ` and ${periods.length - NAMED} more` : ''
  return new GreenwaveError('period.unknown', `${sentence}; ${names.length === 0 ? 'there are no periods' : `there are ${names.join(', ')}${more}`}`)
}
