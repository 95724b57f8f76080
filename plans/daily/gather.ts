// The input of a daily or weekly report: minutes of the days and of days of the same kind before, measured states, nights, the worklist. What is not
// known stays null. A week is compared with the week before, a day with the same weekday of four weeks.
import type { DailyReportInput } from '../../model/daily.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, LocalTime, parseDay } from '../../model/local-time.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import type { MetresPerSecond, TimeOfDay } from '../../model/units.ts'
import { classify, getScale } from '../../state/congestion/index.ts'
import { dayTypeOf } from '../workflow/index.ts'
import { againstDays } from './against.ts'
import { corridorRows } from './corridor-rows.ts'
import { DayCells, readDays } from './day-cells.ts'
import { measuredPlaceRows, placeRows } from './places.ts'
import type { DailySources } from './sources.ts'

export interface ReportRequest {
  /** Local date; of a week the first. */
  day: string
  week?: boolean
  /** Of greenwave. */
  version: string
}

const WEEKS = 4
const EVENING: readonly [TimeOfDay, TimeOfDay] = [17 * 3600, 19 * 3600]
const SCALE = 'nav-delay-index'
/** Share of a movement's vehicles that need a second green, from which it is an alarm. */
const SPLIT_FAILURES = 0.2
const MINUTE_S = 60

/** Throws `request.invalid` for what is no date. */
export async function gatherReport(sources: DailySources, { day, week = false, version }: ReportRequest): Promise<DailyReportInput> {
  const first = parseDay(day)
  if (first === undefined) throw new GreenwaveError('request.invalid', `the day is ${JSON.stringify(day)}; it must be a date such as 2026-11-21`)
  const { network, scenario } = sources.scenario
  const local = new LocalTime(scenario.time_zone)
  const graph = new RoadGraph(network)
  const wanted = week ? Array.from({ length: 7 }, (_, i) => first + i) : [first]
  const kinds = new Set(wanted.map((one) => dayTypeOf(sources.calendar, one)))
  const before = (week ? wanted.map((one) => one - 7) : Array.from({ length: WEEKS }, (_, i) => first - 7 * (i + 1))).filter((one) => kinds.has(dayTypeOf(sources.calendar, one)))
  const cells = new DayCells(network, local)
  await readDays(cells, [...wanted, ...before], local, sources.minutes)
  const [own, others] = [wanted, before].map((days) => days.filter((one) => cells.hasDay(one))) as [number[], number[]]
  const states = await statesOf(sources, wanted)
  const free_mps = freeSpeeds(sources, states)
  const cards = await sources.cards()
  return {
    format: 'greenwave.daily-input/1', scenario_name: sources.name, day, ...(week ? { until_day: formatDay(first + 6) } : {}), version,
    headline: headlineOf(sources, cells, own, others, free_mps, states), health: { ...healthOf(cells, own, states), ...(week ? { days_heard: own.length > 0 ? own.length : states.length } : {}) },
    clusters: own.length > 0 ? placeRows({ graph, cells, own, others, free_mps, cards }) : states.length > 0 ? measuredPlaceRows(graph, states.at(-1)!, cards) : [],
    corridors: own.length > 0 || states.length > 0 ? await corridorRows({ sources, graph, cells, own: own.length > 0 ? own : wanted, states }) : [],
    alarms: alarmsOf(graph, states), actions: await actionsOf(sources, wanted), today: await noticesOf(sources, local, wanted.at(-1)! + 1),
  }
}

async function statesOf(sources: DailySources, days: readonly number[]): Promise<TrafficState[]> {
  const states = await Promise.all(days.map((day) => sources.state(formatDay(day))))
  return [...new Set(states.filter((state) => state !== undefined))]
}

/** As measured where it was; else the limit. Never below what was measured on any of the days. */
function freeSpeeds({ scenario: { network } }: DailySources, states: readonly TrafficState[]): MetresPerSecond[] {
  const measured = new Map(states.flatMap((state) => state.links.map((link) => [link.link, link.free_speed_mps] as const)))
  return network.links.map(({ id, speed_mps }) => measured.get(id) ?? speed_mps)
}

function headlineOf({ calendar }: DailySources, cells: DayCells, own: readonly number[], others: readonly number[], free_mps: readonly MetresPerSecond[], states: readonly TrafficState[]): DailyReportInput['headline'] {
  const scale = getScale(SCALE)
  // Of a week its working days count, as far as it has any: a weekend's evening is no peak.
  const working = (days: readonly number[]): number[] => {
    const weekdays = days.filter((day) => dayTypeOf(calendar, day) === 'weekday')
    return own.length > 1 && weekdays.length > 0 ? weekdays : [...days]
  }
  const indices = (days: readonly number[]): number[] => working(days).flatMap((day) => cells.index(day, EVENING, free_mps).index ?? [])
  const [now, before] = [indices(own), indices(others)]
  const measured = own.length === 0 ? states.at(-1)?.areas.find(({ kind }) => kind === 'city')?.index ?? null : null
  const value = now.length > 0 ? now.reduce((sum, one) => sum + one, 0) / now.length : measured
  return {
    what: 'Congestion index', period: now.length > 0 ? 'evening peak 17:00–19:00' : measured === null ? 'evening peak' : 'whole observation', value: { value, low: null, high: null },
    scale: { id: scale.id, version: scale.version, status: scale.status }, level: value === null ? null : levelName(scale, value), weather: null, comparison: againstDays(now, before),
  }
}

function levelName(scale: ReturnType<typeof getScale>, value: number): string {
  const { zh, en } = classify(scale, value)
  return `${en} ${zh}`
}

const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length)

function healthOf(cells: DayCells, own: readonly number[], states: readonly TrafficState[]): DailyReportInput['health'] {
  const runs = states.flatMap(({ runs }) => runs?.seen ?? [])
  const penetrations = states.flatMap(({ movements }) => movements.flatMap(({ penetration }) => penetration.value ?? []))
  const sensors = states.flatMap((state) => (state.sensors ?? []).map(({ silences }) => {
    const silent = silences.reduce((sum, { from_s, until_s = state.until_s }) => sum + until_s - from_s, 0)
    return Math.max(0, 1 - silent / Math.max(1, state.until_s - state.from_s))
  }))
  const worst = new Map<string, DailyReportInput['health']['sources'][number]>()
  for (const { source, refused, read, accepted } of states.flatMap(({ feeds }) => feeds)) {
    if (refused !== undefined) worst.set(source, { source, state: 'refused', why: refused })
    else if (!worst.has(source)) worst.set(source, { source, state: 'used', why: `${accepted} of ${read} records` })
  }
  return {
    probe_runs: runs.length === 0 ? null : runs.reduce((sum, one) => sum + one, 0), penetration: mean(penetrations), radar_up: mean(sensors),
    segments_unknown: own.length > 0 ? mean(own.map((day) => cells.unknownShare(day))) : states.length > 0 ? 1 - states.at(-1)!.coverage : null, sources: [...worst.values()],
  }
}

/** Split failures by movement and spillbacks by link, the longest first. */
function alarmsOf(graph: RoadGraph, states: readonly TrafficState[]): DailyReportInput['alarms'] {
  const nameOf = (id: string): string => {
    const signal = graph.network.signals.find((one) => one.id === id || one.source_id === id)
    return signal?.name ?? signal?.source_id ?? id
  }
  const alarms: DailyReportInput['alarms'] = []
  for (const { movements, spillbacks = [] } of states) {
    for (const { signal, split_failure_share: { value } } of movements) {
      if (signal !== undefined && value !== null && value >= SPLIT_FAILURES) alarms.push({ junction: nameOf(signal), kind: 'split-failure', value: 100 * value, unit: '% of vehicles', minutes: null })
    }
    const spilled = new Map<string, { times: number; seconds: number }>()
    for (const { movement, from_s, until_s } of spillbacks) {
      const signal = graph.getMovement(movement).signal ?? movement
      const known = spilled.get(signal) ?? { times: 0, seconds: 0 }
      spilled.set(signal, { times: known.times + 1, seconds: known.seconds + until_s - from_s })
    }
    for (const [signal, { times, seconds }] of spilled) alarms.push({ junction: nameOf(signal), kind: 'spillback', value: times, unit: 'times', minutes: seconds / MINUTE_S })
  }
  return alarms.sort((a, b) => (b.minutes ?? 0) - (a.minutes ?? 0) || (b.value ?? 0) - (a.value ?? 0) || (a.junction < b.junction ? -1 : 1))
}

/** Nights before and after the days: what they did, and what the simulation said of the plans. */
async function actionsOf(sources: DailySources, days: readonly number[]): Promise<DailyReportInput['actions']> {
  const actions: DailyReportInput['actions'] = []
  for (const day of [...days, days.at(-1)! + 1]) {
    for (const { corridor, verdict, plans, sentences } of await sources.nights(formatDay(day))) {
      if (verdict === 'kept' || verdict === 'held-out') continue
      const plan = plans[0] === undefined ? undefined : await sources.plan(plans[0])
      const delay = plan?.evaluation?.differences.find(({ measure }) => measure === 'delay_s')?.difference
      actions.push({
        when: day > days.at(-1)! ? 'last night' : 'yesterday', what: `${corridor}: ${verdict}`, why: sentences.join(' '), unit: 's per vehicle',
        predicted: delay === undefined ? { value: null, low: null, high: null } : { value: delay.mean, low: delay.ci95 === null ? null : delay.mean - delay.ci95, high: delay.ci95 === null ? null : delay.mean + delay.ci95 }, observed: null,
      })
    }
  }
  return actions
}

async function noticesOf(sources: DailySources, local: LocalTime, day: number): Promise<DailyReportInput['today']> {
  const [from, until] = [local.instant(day, 0), local.instant(day + 1, 0)]
  const clock = (time: number): string => new Date((time + local.offset(time)) * 1000).toISOString().slice(0, 16).replace('T', ' ')
  return (await sources.notices()).filter((one) => one.from < until && (one.until === null || one.until > from))
    .map((one) => ({ what: one.text === '' ? one.kind : `${one.kind}: ${one.text}`, from: clock(one.from), until: one.until === null ? null : clock(one.until), plan: null }))
}
