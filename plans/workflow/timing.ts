// What a cabinet must run: the scheduled plan where one is in force and its evidence holds, else the timing that was there before greenwave.
import { compileSignal } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'
import { hashOf } from '../ports/canonical.ts'
import type { PlanRecord, ScheduleRecord } from '../ports/plans.ts'
import type { Stores } from '../ports/store.ts'
import { patternOf } from '../street.ts'
import { dayTypeOf, NO_HOLIDAYS, type Calendar } from './calendar.ts'
import { findDoubt, listEvidence } from './evidence.ts'
import { entriesOn, entryAt } from './schedules.ts'
import { RUNNABLE } from './stages.ts'
import { StreetCache, type Streets } from './streets.ts'
import { sameJunctions } from './same-junctions.ts'

export interface SignalTiming {
  signal: SignalId
  pattern: Pattern
  compiled: CompiledSignal
  /** Absent: the timing of before. */
  plan?: string
  /** SHA-256 of the pattern: the same timing, the same tag. */
  hash: string
  /** The next switch of a schedule that this signal stands in, or the end of the next day. */
  until_s: Instant
  /** Why a plan of the schedule does not run. */
  doubts: string[]
}

export interface TimingReader {
  /** Throws `request.unknown` for a network or signal that there is not; `input.reference` where it has no timing at all. */
  currentTiming(network: string, signal: SignalId, at: Instant): Promise<SignalTiming>
  /** Of every signal that has a timing. */
  currentTimings(network: string, at: Instant): Promise<SignalTiming[]>
}

export interface TimingReaderOptions {
  /** By network; none has no holidays. */
  calendarOf?: (network: string) => Calendar | Promise<Calendar>
  /** What was read is believed this long without asking the store again, s; 0 by default. Cabinets ask thousands of times a second. */
  fresh_s?: number
  /** A plan in one version, once proven, is believed this long without its evidence being read again, s; ten minutes by default. */
  prove_s?: number
  /** Monotonic, s. */
  watch?: () => number
}

interface Corridor {
  id: string
  entries: ScheduleRecord[]
  plans: Map<string, Runnable>
}

/** A plan that may run, or why it may not. */
type Runnable = { patterns: Map<SignalId, Pattern> } | { doubt: string }

interface Read {
  read_at: number
  streets: Streets
  local: LocalTime
  corridors: Corridor[]
  /** What was answered, with the instant from which on it holds. */
  answers: Map<SignalId, { from_s: Instant; timing: SignalTiming }>
}

/** Plans by id and versions, with when they were proven. */
type Verified = Map<string, { runs: Runnable; proven_at: number }>
/** Plans of a city's schedules, several times over. */
const MOST_VERIFIED = 5000

const DAY_S = 86_400

export function timingReader(stores: Pick<Stores, 'networks' | 'plans' | 'schedules' | 'audit'>, { calendarOf = () => NO_HOLIDAYS, fresh_s = 0, prove_s = 600, watch = () => performance.now() / 1000 }: TimingReaderOptions = {}): TimingReader {
  const cache = new StreetCache()
  const known = new Map<string, Promise<Read>>()
  const verified: Verified = new Map()
  const get = async (network: string): Promise<Read> => {
    const before = known.get(network)
    if (before !== undefined && fresh_s > 0 && watch() - (await before).read_at < fresh_s) return before
    const next = read(stores, { cache, verified, prove_s, now: watch() }, network)
    known.set(network, next)
    next.catch(() => { if (known.get(network) === next) known.delete(network) })
    return next
  }
  return {
    currentTiming: async (network, signal, at) => timingOf(await get(network), await calendarOf(network), signal, at),
    currentTimings: async (network, at) => {
      const whole = await get(network)
      const calendar = await calendarOf(network)
      const { time } = localOf(whole, at)
      return [...runningPatterns(whole.streets.scenario.timing, time).keys()].map((signal) => timingOf(whole, calendar, signal, at))
    },
  }
}

interface Kept { cache: StreetCache; verified: Verified; prove_s: number; now: number }

async function read(stores: Pick<Stores, 'networks' | 'plans' | 'schedules' | 'audit'>, kept: Kept, network: string): Promise<Read> {
  const record = await stores.networks.get(network)
  if (record === undefined) throw new GreenwaveError('request.unknown', `there is no network "${network}"`)
  const streets = await kept.cache.get(stores, network, record.version)
  const corridors: Corridor[] = []
  for (const { id } of streets.scenario.scenario.corridors) {
    const { entries } = await stores.schedules.get(network, id)
    const plans = new Map<string, Runnable>()
    for (const plan of new Set(entries.flatMap((entry) => entry.plan ?? []))) plans.set(plan, await runnable(stores, kept, { network, version: record.version, streets }, plan))
    corridors.push({ id, entries, plans })
  }
  return { read_at: kept.now, streets, local: new LocalTime(record.time_zone), corridors, answers: new Map() }
}

async function runnable(stores: Pick<Stores, 'networks' | 'plans' | 'audit'>, { cache, verified, prove_s, now: at }: Kept, now: { network: string; version: number; streets: Streets }, id: string): Promise<Runnable> {
  const plan = await stores.plans.get(id)
  if (plan === undefined) return { doubt: `the schedule names plan "${id}", which there is not` }
  if (!RUNNABLE.has(plan.stage)) return { doubt: `plan "${id}" is ${plan.stage}` }
  if (plan.network !== now.network) return { doubt: `plan "${id}" is of the network "${plan.network}"` }
  const key = JSON.stringify([id, plan.version, now.version])
  const before = verified.get(key)
  if (before !== undefined && at - before.proven_at < prove_s) return before.runs
  const doubt = findDoubt(plan, await listEvidence(stores, id), 'approved') ?? await findDoubtOfNetwork(stores, cache, now, plan)
  if (doubt !== undefined) return { doubt }
  const runs: Runnable = { patterns: new Map(plan.document.intersections.map((one) => [one.signal, patternOf(one)])) }
  if (verified.size >= MOST_VERIFIED) verified.delete(verified.keys().next().value!)
  verified.set(key, { runs, proven_at: at })
  return runs
}

/** A later version of the network may have other demand or other streets elsewhere; what the plan was checked on must be as it was. */
async function findDoubtOfNetwork(stores: Pick<Stores, 'networks'>, cache: StreetCache, now: { network: string; version: number; streets: Streets }, plan: PlanRecord): Promise<string | undefined> {
  if (plan.network_version === now.version) return undefined
  const then = await cache.get(stores, plan.network, plan.network_version)
  const changed = plan.document.intersections.find(({ signal }) => !sameJunctions(then.graph.network, now.streets.graph.network, signal))
  return changed === undefined ? undefined : `signal "${changed.signal}" is not the one that plan "${plan.id}" was approved for, on version ${plan.network_version} of the network`
}

function localOf({ local }: Read, at: Instant): { day: number; time: number } {
  return { day: local.day(at), time: local.timeOfDay(at) }
}

/** A day type of the scenario's own schedule: Sunday's on holidays. */
const weekdayFor = (calendar: Calendar, day: number): number => ({ weekday: 1, saturday: 6, sunday: 7, holiday: 7 })[dayTypeOf(calendar, day)]

function timingOf(whole: Read, calendar: Calendar, signal: SignalId, at: Instant): SignalTiming {
  const before = whole.answers.get(signal)
  if (before !== undefined && at >= before.from_s && at < before.timing.until_s) return before.timing
  const timing = findTiming(whole, calendar, signal, at)
  whole.answers.set(signal, { from_s: at, timing })
  return timing
}

function findTiming(whole: Read, calendar: Calendar, signal: SignalId, at: Instant): SignalTiming {
  const { streets: { scenario, graph }, corridors, local } = whole
  const own = graph.network.signals.find(({ id }) => id === signal)
  if (own === undefined) throw new GreenwaveError('request.unknown', `there is no signal "${signal}"`)
  const { day, time } = localOf(whole, at)
  const doubts: string[] = []
  let found: { plan: string; pattern: Pattern } | undefined
  for (const { entries, plans } of corridors) {
    const plan = entryAt(entries, calendar, day, time)?.plan
    const runs = plan === undefined ? undefined : plans.get(plan)
    if (plan === undefined || runs === undefined) continue
    if ('doubt' in runs) doubts.push(runs.doubt)
    else {
      const pattern = runs.patterns.get(signal)
      if (pattern !== undefined) found ??= { plan, pattern }
    }
  }
  const pattern = found?.pattern ?? runningPatterns(scenario.timing, time, weekdayFor(calendar, day)).get(signal)
  if (pattern === undefined) throw new GreenwaveError('input.reference', `signal "${signal}" has no timing at that time`)
  return { signal, pattern, compiled: compileSignal(own, pattern), ...(found === undefined ? {} : { plan: found.plan }), hash: hashOf(pattern), until_s: nextSwitch({ scenario: whole.streets.scenario.timing.schedule.map(({ start_s }) => start_s), corridors, local, calendar }, day, time), doubts }
}

function nextSwitch({ scenario, corridors, local, calendar }: { scenario: readonly number[]; corridors: readonly Corridor[]; local: LocalTime; calendar: Calendar }, day: number, time: number): Instant {
  const today = [...scenario, ...corridors.flatMap(({ entries }) => entriesOn(entries, dayTypeOf(calendar, day)).map(({ start_s }) => start_s))].filter((start_s) => start_s > time && start_s < DAY_S)
  return today.length === 0 ? local.instant(day + 1, 0) : local.instant(day, Math.min(...today))
}
