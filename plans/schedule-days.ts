// Schedules for types of days: which kinds of days share one, by the counts of many days, and for each type the periods of its median day with their plans.
import { resolveCorridor } from '../model/corridor.ts'
import { type Demand, emptyDemand } from '../model/demand.ts'
import { GreenwaveError } from '../model/errors.ts'
import { parseDay, weekdayOf } from '../model/local-time.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario, Timing } from '../model/scenario.ts'
import { formatTimeOfDay } from '../model/units.ts'
import { type DayKind, type DayTypeFound, type DayTypesFound, findDayTypes, type SlotVolumes } from '../optimizer/periods/index.ts'
import { type DayVolumes, medianVolumes } from './median-volumes.ts'
import { planSchedule, QUARTER_S, quarterVolumes, type SchedulePlan, type ScheduleRequest } from './schedule-scenario.ts'
import { getCorridor } from './street.ts'

/** What was counted on one local date, `2026-11-21`. */
export interface DayDemand {
  day: string
  demand: Demand
}

export interface DaysScheduleRequest extends ScheduleRequest {
  days: readonly DayDemand[]
  /** Local dates that are holidays, whatever their weekday. */
  holidays?: readonly string[]
}

export interface DayTypeSchedule extends DayTypeFound {
  /** `mon-tue-wed-thu-fri`. */
  id: string
  /** `Monday to Friday`. */
  name: string
  schedule: SchedulePlan
}

export interface DaysSchedule {
  corridor: string
  corridor_name: string
  types: DayTypeSchedule[]
  curve: DayTypesFound['curve']
  notes: string[]
}

/** As many days make a median that one odd day does not move. */
const DAYS_ASKED = 10
const NAMES: Readonly<Record<DayKind, string>> = { 1: 'Monday', 2: 'Tuesday', 3: 'Wednesday', 4: 'Thursday', 5: 'Friday', 6: 'Saturday', 7: 'Sunday', holiday: 'holidays' }

/** Volumes of the scenario stand where a movement was never counted. Throws input.value for what is no date, input.reference where the corridor was not counted, and as `planSchedule`. */
export async function planDaySchedules(request: DaysScheduleRequest): Promise<DaysSchedule> {
  const { scenario, days, holidays = [], ...rest } = request
  const corridor = getCorridor(scenario.scenario, request.corridor)
  const graph = new RoadGraph(scenario.network)
  const counted = days.map(({ day, demand }) => ({ kind: kindOf(day, holidays), volumes: volumesOf(quarterVolumes(graph, { demand })) }))
  const movements = corridorMovements(graph, scenario, request.corridor)
  if (!counted.some(({ volumes }) => [...volumes.keys()].some((movement) => movements.has(movement)))) {
    throw new GreenwaveError('input.reference', `the counted days hold no movement of the corridor ${JSON.stringify(corridor.id)}`)
  }
  const found = findDayTypes(counted.map(({ kind, volumes }) => ({ kind, counts: inQuarters(volumes, movements) })))
  const fallback = quarterVolumes(graph, scenario)
  const types: DayTypeSchedule[] = []
  for (const [i, type] of found.types.entries()) {
    const own = counted.filter(({ kind }) => type.kinds.includes(kind))
    const schedule = await planSchedule({
      ...rest, scenario: { ...scenario, timing: timingOf(scenario.timing, type.kinds), demand: demandOf(scenario, medianVolumes(own.map(({ volumes }) => volumes), fallback)) },
      onProgress: (share, label) => request.onProgress?.((i + share) / found.types.length, `${nameKinds(type.kinds)}, ${label}`),
    })
    const id = type.kinds.map((kind) => (kind === 'holiday' ? kind : NAMES[kind].slice(0, 3).toLowerCase())).join('-')
    // Plans of the same hours of other days are others.
    const periods = schedule.periods.map((period) => ({ ...period, plan: { ...period.plan, id: `${id}-${period.plan.id}` } }))
    types.push({ ...type, id, name: nameKinds(type.kinds), schedule: { ...schedule, periods } })
  }
  return { corridor: corridor.id, corridor_name: corridor.name, types, curve: found.curve, notes: notesOf(found) }
}

/** Throws input.value. */
function kindOf(date: string, holidays: readonly string[]): DayKind {
  const day = parseDay(date)
  if (day === undefined) throw new GreenwaveError('input.value', `the counts name the day ${JSON.stringify(date)}; it must be a date such as 2026-11-21`)
  return holidays.includes(date) ? 'holiday' : weekdayOf(day) as DayKind
}

/** Only the corridor's own traffic tells which days are alike on it. */
function corridorMovements(graph: RoadGraph, { network, scenario }: Scenario, id: string | undefined): ReadonlySet<string> {
  const signals = new Set(resolveCorridor(graph, getCorridor(scenario, id)).corridor.intersections)
  return new Set(network.movements.filter(({ signal }) => signal !== undefined && signals.has(signal)).map((movement) => movement.id))
}

/** By movement, null where nothing was counted. */
function volumesOf(slots: readonly SlotVolumes[]): DayVolumes {
  const movements = new Set(slots.flatMap((volumes) => [...volumes?.keys() ?? []]))
  return new Map([...movements].map((movement) => [movement, slots.map((volumes) => volumes?.get(movement) ?? null)]))
}

const inQuarters = (volumes: DayVolumes, movements: ReadonlySet<string>): Map<string, (number | null)[]> =>
  new Map([...volumes].filter(([movement]) => movements.has(movement)).map(([movement, series]) => [movement, series.map((volume) => (volume === null ? null : (volume * QUARTER_S) / 3600))]))

/** What runs now on the type's first weekday, as if it ran every day; holidays run as Sundays. */
function timingOf(timing: Timing, kinds: readonly DayKind[]): Timing {
  const weekday = kinds.find((kind) => kind !== 'holiday') ?? 7
  const own = timing.schedule.filter(({ weekdays }) => weekdays.includes(weekday as number))
  return own.length === 0 ? timing : { ...timing, schedule: own.map((entry) => ({ ...entry, weekdays: [1, 2, 3, 4, 5, 6, 7] })) }
}

function demandOf({ demand }: Scenario, slots: readonly SlotVolumes[]): Demand {
  const known = slots.flatMap((volumes, i) => (volumes === undefined ? [] : [{ start_s: i * QUARTER_S, volumes }]))
  const movements = [...new Set(known.flatMap(({ volumes }) => [...volumes.keys()]))].sort()
  return {
    ...emptyDemand(), ...(demand.vehicle_types.length === 0 ? {} : { vehicle_types: demand.vehicle_types }),
    intervals: known.map(({ start_s }) => ({ id: formatTimeOfDay(start_s), start_s, end_s: start_s + QUARTER_S })),
    volumes: movements.map((movement) => ({ movement, volume_vph: known.map(({ volumes }) => volumes.get(movement) ?? null) })),
  }
}

/** `Monday to Friday`, `Saturday, Sunday and holidays`. */
function nameKinds(kinds: readonly DayKind[]): string {
  const parts: string[] = []
  for (let i = 0; i < kinds.length;) {
    let end = i
    while (kinds[end] !== 'holiday' && kinds[end + 1] === (kinds[end] as number) + 1) end++
    const names = kinds.slice(i, end + 1).map((kind) => NAMES[kind])
    parts.push(...(names.length >= 3 ? [`${names[0]!} to ${names.at(-1)!}`] : names))
    i = end + 1
  }
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`
}

function notesOf({ types, curve, pooled }: DayTypesFound): string[] {
  const notes: string[] = []
  if (curve.length === 0) notes.push('Types of days cannot be told apart: at least two kinds of days must be counted, on two days each. One schedule serves all.')
  for (const kinds of pooled) notes.push(`${nameKinds(kinds)} were counted on one day each and are taken as one kind.`)
  for (const { kinds, days, assumed } of types) {
    if (assumed.length > 0 && curve.length > 0) notes.push(`${nameKinds(assumed)}: counted on fewer than two days; by convention in one type with ${nameKinds(kinds.filter((kind) => !assumed.includes(kind)))}.`)
    if (days < DAYS_ASKED) notes.push(`${nameKinds(kinds)}: the schedule is made of ${days} ${days === 1 ? 'day' : 'days'}; ${DAYS_ASKED} make a reliable median.`)
  }
  return notes
}
