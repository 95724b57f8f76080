// Which timing plan of each controller runs when: plans of the street and their schedule. GMNS writes days as a bitmap from
// Sunday to Saturday and holidays, then start and end; outside them a controller runs its plan without times, or its first.
import type { Timing, TimingPlan } from '../../../model/scenario.ts'
import type { Pattern, RingPattern } from '../../../model/signal.ts'
import { parseTimeOfDay } from '../../../model/units.ts'
import type { Notes } from '../sumo/notes.ts'
import type { GmnsPlan } from './signals.ts'
import type { Row, Tables } from './tables.ts'

interface Times { weekdays: number[]; start_s: number; end_s: number }

const DAY_S = 86_400
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]
const COLUMNS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** Plans and schedule from the patterns of the plans; `assumed` are those of signals without timing, which always run. */
export function buildTiming(tables: Tables, plans: readonly GmnsPlan[], patterns: ReadonlyMap<string, RingPattern>, assumed: readonly Pattern[], notes: Notes): Timing {
  const timed = plans.filter(({ id }) => patterns.has(id))
  if (timed.length === 0) {
    return { format: 'greenwave.timing/1', plans: [{ id: 'assumed', name: 'Assumed plan', patterns: [...assumed] }], schedule: [{ weekdays: WEEKDAYS, start_s: 0, plan: 'assumed' }] }
  }
  const times = new Map(timed.map((plan) => [plan.id, readTimes(plan.row, tables, notes)]))
  const byController = new Map<string, GmnsPlan[]>()
  for (const plan of timed) byController.set(plan.controller, [...(byController.get(plan.controller) ?? []), plan])
  const running = (weekday: number, at_s: number): GmnsPlan[] => [...byController.values()].map((own) =>
    own.find(({ id }) => times.get(id)?.some(({ weekdays, start_s, end_s }) => weekdays.includes(weekday) && at_s >= start_s && at_s < end_s) === true)
    ?? own.find(({ id }) => times.get(id)?.length === 0) ?? (own[0] as GmnsPlan))
  const built = new Map<string, TimingPlan>()
  const entries = new Map<string, { weekdays: number[]; start_s: number; plan: string }>()
  for (const weekday of WEEKDAYS) {
    const starts = [...new Set([0, ...[...times.values()].flat().filter(({ weekdays }) => weekdays.includes(weekday)).flatMap(({ start_s, end_s }) => [start_s, end_s])])].filter((s) => s < DAY_S).sort((a, b) => a - b)
    let last: string | undefined
    for (const start_s of starts) {
      const chosen = running(weekday, start_s)
      const key = chosen.map(({ id }) => id).join(',')
      if (key === last) continue
      last = key
      const plan = built.get(key) ?? { id: `plan-${built.size + 1}`, name: `Timing plans ${key}`, patterns: [...chosen.map(({ id }) => patterns.get(id) as RingPattern), ...assumed] }
      built.set(key, plan)
      const entry = entries.get(`${start_s} ${plan.id}`) ?? { weekdays: [], start_s, plan: plan.id }
      entry.weekdays.push(weekday)
      entries.set(`${start_s} ${plan.id}`, entry)
    }
  }
  return { format: 'greenwave.timing/1', plans: [...built.values()], schedule: [...entries.values()] }
}

/** When a plan runs; empty = whenever no other does. */
function readTimes(row: Row, tables: Tables, notes: Notes): Times[] {
  const text = row.find('time_day')
  if (text !== undefined) {
    const match = /^([01]{7})[01]?[01]?_(\d{1,2}:?\d{2})_(\d{1,2}:?\d{2})$/.exec(text)
    const [start, end] = [timeOf(match?.[2]), timeOf(match?.[3])]
    if (match === null || start === undefined || end === undefined) {
      notes.count('time day', 'not-understood', row.place, (n) => `${n} timing plan(s) have a time_day that is not understood (the first "${text.slice(0, 40)}"); they run whenever no other does`)
      return []
    }
    // Sunday comes first in the file, last in a week of ISO.
    return withoutMidnight([...(match[1] as string)].flatMap((bit, i) => (bit === '1' ? [i === 0 ? 7 : i] : [])), start, end)
  }
  const id = row.find('timeday_id', 'time_day_id')
  const set = id === undefined ? undefined : tables.find('time_set_definitions')?.find((candidate) => candidate.find('timeday_id') === id)
  if (set === undefined) return []
  const [start, end] = [timeOf(set.find('start_time')), timeOf(set.find('end_time'))]
  if (start === undefined || end === undefined) return []
  return withoutMidnight(COLUMNS.flatMap((column, i) => (set.findFlag(column) === true ? [i + 1] : [])), start, end)
}

function timeOf(text: string | undefined): number | undefined {
  const match = /^(\d{1,2}):?(\d{2})(:\d{2})?$/.exec(text ?? '')
  return match === null ? undefined : parseTimeOfDay(`${match[1]}:${match[2]}`)
}

/** 23:59 is the end of the day; an end before the start lies on the next day. */
function withoutMidnight(weekdays: number[], start_s: number, end: number): Times[] {
  const end_s = end >= DAY_S - 60 ? DAY_S : end
  if (end_s > start_s) return [{ weekdays, start_s, end_s }]
  return [{ weekdays, start_s, end_s: DAY_S }, { weekdays: weekdays.map((day) => (day % 7) + 1), start_s: 0, end_s }]
}
