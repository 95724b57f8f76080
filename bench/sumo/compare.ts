// What both simulators say about one network, plan, model and step, over the same seeds, set side by side and judged.
// Limits: docs say why in bench/README.md.
import { geh, mean, studentT } from '../../simulation/batch/statistics.ts'
import type { CheckCase, RunMeasures } from './check-case.ts'

/** Completed vehicles of ours over SUMO's. */
const LEAST_COMPLETED = 0.995
const TRAVEL_TIME = 0.05
const RMSPE = 0.1
const GEH = 5
const LEAST_GEH_SHARE = 0.95
/** Change from plan to plan, in points of per cent as a share. */
const DECISION = 0.03
/** A route counts on its own with so many vehicles in a run. */
const ROUTE_VEHICLES = 30

export interface Estimate {
  value: number
  /** Half width of the 95 % interval over seeds; NaN for one seed. */
  ci95: number
}

export interface Side {
  /** Share of demanded vehicles, over all runs. */
  completed: number
  gridlocked: number
  teleports: number
  /** Mean over runs of the mean over completed vehicles, s. */
  travel_s: number
  /** Mean over runs of the mean over vehicles that entered, s. */
  insertion_s: number
}

export interface Comparison {
  vehicles: number
  seeds: number
  ours: Side
  sumo: Side
  /** Ours over SUMO's minus 1, per seed. */
  difference: Estimate
  /** Root mean square error of mean travel times of routes, as a share: weighted by vehicles, and over busy routes alike. */
  rmspe: { weighted: number; busy: number; busyRoutes: number; /** Half of SUMO's runs against the other half. */ own: number }
  /** Share of links with GEH below 5, of those that either simulator uses. */
  geh: { share: number; links: number }
}

export interface Change {
  ours: Estimate
  sumo: Estimate
}

export function compareRuns(of: Pick<CheckCase, 'from_s' | 'until_s'>, routes: readonly (readonly string[])[], ours: readonly RunMeasures[], sumo: readonly RunMeasures[]): Comparison {
  const perSeed = ours.map((run, i) => meanOf(run.travel_s) / meanOf(sumo[i]!.travel_s) - 1)
  return {
    vehicles: mean(routes.map(({ length }) => length)), seeds: ours.length, ours: sideOf(ours), sumo: sideOf(sumo), difference: estimate(perSeed),
    rmspe: routeErrors(routes, ours, sumo), geh: compareFlows(of, ours, sumo),
  }
}

/** Change of mean travel time from the first plan to the second, per seed, as a share. */
export function changeOf(first: readonly RunMeasures[], second: readonly RunMeasures[]): Estimate {
  return estimate(first.map((run, i) => meanOf(second[i]!.travel_s) / meanOf(run.travel_s) - 1))
}

export type Gate = 'completed' | 'gridlock' | 'travel time' | 'routes' | 'flows'

/** The gates that fail. */
export function failedGates({ ours, sumo, difference, rmspe, geh }: Comparison): Gate[] {
  const failed: Gate[] = []
  // Written so that NaN fails.
  if (!(ours.completed >= LEAST_COMPLETED * sumo.completed)) failed.push('completed')
  if (ours.gridlocked > 0 && sumo.gridlocked === 0) failed.push('gridlock')
  if (!(Math.abs(difference.value) <= TRAVEL_TIME)) failed.push('travel time')
  if (!(rmspe.weighted <= RMSPE)) failed.push('routes')
  if (!(geh.share >= LEAST_GEH_SHARE)) failed.push('flows')
  return failed
}

/** Whether both see the same change. Where SUMO's own interval contains 0 there is no sign to agree on. */
export function sameDecision({ ours, sumo }: Change): boolean {
  const undecided = Math.abs(sumo.value) <= sumo.ci95
  return Math.abs(ours.value - sumo.value) <= DECISION && (undecided || Math.sign(ours.value) === Math.sign(sumo.value))
}

function sideOf(runs: readonly RunMeasures[]): Side {
  const demanded = runs.reduce((sum, run) => sum + run.travel_s.length, 0)
  const done = runs.reduce((sum, run) => sum + countNumbers(run.travel_s), 0)
  const total = (value: (run: RunMeasures) => number): number => runs.reduce((sum, run) => sum + value(run), 0)
  return {
    completed: done / demanded, gridlocked: runs.filter(({ gridlocked }) => gridlocked).length, teleports: total((run) => run.teleports),
    travel_s: mean(runs.map((run) => meanOf(run.travel_s))), insertion_s: mean(runs.map((run) => meanOf(run.insertion_s))),
  }
}

const countNumbers = (values: Float64Array): number => values.reduce((n, value) => n + (Number.isNaN(value) ? 0 : 1), 0)
const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0) / countNumbers(values)

export function estimate(values: readonly number[]): Estimate {
  const value = mean(values)
  if (values.length < 2) return { value, ci95: NaN }
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (values.length - 1)
  return { value, ci95: studentT(values.length - 1) * Math.sqrt(variance / values.length) }
}

/** Sum and number of travel times by route. */
type RouteTimes = Map<string, { sum: number; n: number }>

function routeTimes(routes: readonly (readonly string[])[], runs: readonly RunMeasures[], of: (seedIndex: number) => boolean = () => true): RouteTimes {
  const times: RouteTimes = new Map()
  runs.forEach((run, k) => {
    if (!of(k)) return
    run.travel_s.forEach((time, i) => {
      if (Number.isNaN(time)) return
      const key = routes[k]![i]!
      const entry = times.get(key) ?? { sum: 0, n: 0 }
      entry.sum += time
      entry.n += 1
      times.set(key, entry)
    })
  })
  return times
}

function routeErrors(routes: readonly (readonly string[])[], ours: readonly RunMeasures[], sumo: readonly RunMeasures[]): Comparison['rmspe'] {
  const [a, b] = [routeTimes(routes, ours), routeTimes(routes, sumo)]
  const busy = errorsOf(a, b).filter(({ n }) => n >= ROUTE_VEHICLES * ours.length)
  const halves = [0, 1].map((half) => routeTimes(routes, sumo, (k) => k % 2 === half)) as [RouteTimes, RouteTimes]
  return { weighted: rootMean(errorsOf(a, b), true), busy: rootMean(busy, false), busyRoutes: busy.length, own: sumo.length < 2 ? NaN : rootMean(errorsOf(...halves), true) }
}

function errorsOf(ours: RouteTimes, sumo: RouteTimes): { n: number; error: number }[] {
  return [...sumo].flatMap(([key, { sum, n }]) => {
    const own = ours.get(key)
    return own === undefined ? [] : [{ n, error: own.sum / own.n / (sum / n) - 1 }]
  })
}

function rootMean(errors: readonly { n: number; error: number }[], weighted: boolean): number {
  const weight = (n: number): number => (weighted ? n : 1)
  const total = errors.reduce((sum, { n }) => sum + weight(n), 0)
  return Math.sqrt(errors.reduce((sum, { n, error }) => sum + weight(n) * error ** 2, 0) / total)
}

function compareFlows({ from_s, until_s }: Pick<CheckCase, 'from_s' | 'until_s'>, ours: readonly RunMeasures[], sumo: readonly RunMeasures[]): Comparison['geh'] {
  const perHour = 3600 / (until_s - from_s)
  const flow = (runs: readonly RunMeasures[], link: number): number => mean(runs.map(({ entered }) => entered[link]! * perHour))
  const links = Array.from(ours[0]!.entered.keys()).filter((link) => flow(ours, link) + flow(sumo, link) > 0)
  const good = links.filter((link) => geh(flow(ours, link), flow(sumo, link)) < GEH)
  return { share: good.length / links.length, links: links.length }
}
