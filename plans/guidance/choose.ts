// Which advice stands on the signs: as strong as it helps and no stronger, so that those who follow never lose, and calm.
import type { Instant, Seconds, VehiclesPerHour } from '../../model/units.ts'
import { forecast, type RouteNow } from './predict.ts'
import { shareOf, type Response } from './response.ts'

export type AdviceLevel = 'none' | 'descriptive' | 'soft' | 'strong'

export interface Advice {
  level: AdviceLevel
  /** Route that it names; absent for none. */
  route?: string
  /** Share of the upstream signs that show it. */
  signs: number
}

/** What each level does beside the strongest one, on the same signs (default). */
export const STRENGTH: Readonly<Record<AdviceLevel, number>> = { none: 0, descriptive: 0.3, soft: 0.6, strong: 1 }
export const LIMITS = { saturation: 0.9, lead: 0.05, begin_s: 120, begin_share: 0.15, hold_s: 360, changes_per_hour: 6, routes: 3, overlap: 0.6 } as const
/** Signs upstream that can show an advice or not; fewer make it coarser. */
const SIGNS = 5
const NONE: Advice = { level: 'none', signs: 0 }

export const strengthOf = ({ level, signs }: Advice): number => STRENGTH[level] * signs

/** What has been shown; the caller keeps it. */
export interface AdviceState {
  advice: Advice
  since: Instant
  /** Times of the changes of the last hour. */
  changes: readonly Instant[]
}

export interface Candidate extends RouteNow {
  /** Share of its length that the usual way has too. */
  overlap: number
  /** Leads through residential or school streets, or against a restriction. */
  barred: boolean
  /** Of the traffic at the sign, without any advice. */
  base_share: number
}

export interface AdviceInput {
  now: Instant
  usual: RouteNow
  candidates: readonly Candidate[]
  demand_vph: VehiclesPerHour
  response: Response
  /** Signs upstream; 5 where absent. */
  signs?: number
  before?: AdviceState
}

export interface AdviceChoice {
  state: AdviceState
  changed: boolean
  /** Routes whose times may be shown. */
  times: { route: string; travel_s: Seconds }[]
  why: string
}

/** At most two alternatives beside the usual way: allowed, different enough, the quickest without queues first. */
export const usableCandidates = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({ barred, overlap }) => !barred && overlap <= LIMITS.overlap).sort((a, b) => a.free_s - b.free_s || (a.id < b.id ? -1 : 1)).slice(0, LIMITS.routes - 1)

/** Pure. Without data of any candidate there is no advice, only the times of the ways that are known. */
export function chooseAdvice(input: AdviceInput): AdviceChoice {
  const { now, usual, before } = input
  const candidates = usableCandidates(input.candidates)
  const routes = [usual, ...candidates]
  const idle = forecasts(input, candidates, NONE)
  const times = routes.flatMap(({ id, known }, i) => (known ? [{ route: id, travel_s: idle.travel_s[i]! }] : []))
  const state: AdviceState = { advice: before?.advice ?? NONE, since: before?.since ?? -Infinity, changes: (before?.changes ?? []).filter((time) => now - time < 3600) }
  const settle = (advice: Advice, why: string): AdviceChoice => ({ state: { advice, since: now, changes: [...state.changes, now] }, changed: true, times, why })
  if (routes.some(({ known }) => !known)) return state.advice.level === 'none' ? { state, changed: false, times, why: 'a way is not known' } : settle(NONE, 'a way is not known')
  const best = bestAdvice(input, candidates)
  if (same(best, state.advice)) return { state, changed: false, times, why: 'it is the best one' }
  const shown = forecasts(input, candidates, state.advice)
  // Who follows must not lose: an advice that no longer leads is changed however little that saves.
  const harmful = state.advice.level !== 'none' && leads(input, candidates, state.advice) === undefined
  if (state.changes.length >= LIMITS.changes_per_hour) return { state, changed: false, times, why: 'six changes within the hour' }
  if (now - state.since < LIMITS.hold_s) return { state, changed: false, times, why: 'it is held' }
  if (state.advice.level === 'none') {
    const at = routes.findIndex(({ id }) => id === best.route)
    const gain = shown.travel_s[0]! - shown.travel_s[at]!
    if (gain < LIMITS.begin_s && gain < LIMITS.begin_share * shown.travel_s[0]!) return { state, changed: false, times, why: 'the other way is not clearly quicker' }
  } else if (!harmful && best.level !== 'none') {
    const after = forecasts(input, candidates, best)
    if (after.delay_veh_s > (1 - LIMITS.begin_share) * shown.delay_veh_s) return { state, changed: false, times, why: 'another advice would hardly help more' }
  }
  return settle(best, best.level === 'none' ? 'no other way is clearly quicker' : 'it saves most delay')
}

const same = (a: Advice, b: Advice): boolean => a.level === b.level && a.route === b.route && a.signs === b.signs

function bestAdvice(input: AdviceInput, candidates: readonly Candidate[]): Advice {
  const signs = input.signs ?? SIGNS
  let [best, least] = [NONE, forecasts(input, candidates, NONE).delay_veh_s]
  for (const { id } of candidates) for (const level of ['descriptive', 'soft', 'strong'] as const) for (let shown = 1; shown <= signs; shown++) {
    const advice: Advice = { level, route: id, signs: shown / signs }
    const then = leads(input, candidates, advice)
    if (then !== undefined && then.delay_veh_s < least - 1e-9) [best, least] = [advice, then.delay_veh_s]
  }
  return best
}

/** What follows, if the way named has room for who follows, and stays quicker for who starts while the advice is held. */
function leads(input: AdviceInput, candidates: readonly Candidate[], advice: Advice): ReturnType<typeof forecasts> | undefined {
  const at = candidates.findIndex(({ id }) => id === advice.route)
  const route = candidates[at]
  if (route === undefined) return undefined
  const flow = input.demand_vph * shareOf(route.base_share, input.response, strengthOf(advice))
  if (flow + route.other_vph > LIMITS.saturation * route.capacity_vph) return undefined
  const then = forecasts(input, candidates, advice)
  return then.travel_s[at + 1]! <= (1 - LIMITS.lead) * then.travel_s[0]! ? then : undefined
}

/** Travel times of the usual way and the candidates, as means over the departures of one hold, and the delay of all. */
function forecasts({ usual, demand_vph, response }: AdviceInput, candidates: readonly Candidate[], advice: Advice): { travel_s: Seconds[]; delay_veh_s: number } {
  const base = candidates.reduce((sum, { base_share }) => sum + base_share, 0)
  const named = candidates.find(({ id }) => id === advice.route)
  const target = named === undefined ? 0 : shareOf(named.base_share, response, strengthOf(advice))
  // Who follows comes from all other ways alike.
  const rest = named === undefined || named.base_share >= 1 ? 1 : (1 - target) / (1 - named.base_share)
  const flows = [(1 - base) * rest, ...candidates.map((one) => (one === named ? target : one.base_share * rest))].map((share) => share * demand_vph)
  const all = [usual, ...candidates].map((route, i) => forecast(route, flows[i]!))
  const hold = LIMITS.hold_s / 60
  return { travel_s: all.map(({ travel_s }) => travel_s.slice(0, hold).reduce((sum, one) => sum + one, 0) / hold), delay_veh_s: all.reduce((sum, one) => sum + one.delay_veh_s, 0) }
}
