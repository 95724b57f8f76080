// Which program runs when: the last one loaded, or what a WAUT (SUMO's weekly switch table) says. Gives the plans and the
// schedule of the street.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Place } from '../../../model/errors.ts'
import type { ScheduleEntry, Timing, TimingPlan } from '../../../model/scenario.ts'
import type { Pattern, StagePattern } from '../../../model/signal.ts'
import { formatTimeOfDay, modulo } from '../../../model/units.ts'
import type { Notes } from './notes.ts'

export interface SwitchTable {
  id: string
  /** Program before the first switch. */
  start: string
  refTime: number
  switches: { time: number; to: string; place: Place }[]
  place: Place
}

export interface SwitchTables {
  tables: Map<string, SwitchTable>
  /** Traffic light to table. */
  junctions: Map<string, { table: string; place: Place }>
}

const DAY_S = 86_400
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]

/** Programs by traffic light, each by its id in loading order. */
export type ProgramPatterns = ReadonlyMap<string, ReadonlyMap<string, StagePattern>>

export function timingFrom(programs: ProgramPatterns, tables: SwitchTables, notes: Notes): Timing {
  const last = new Map([...programs].map(([tl, byId]) => [tl, [...byId.keys()].at(-1) ?? '']))
  const day = daySwitches(programs, tables, notes)
  const times = [...new Set([0, ...[...day.values()].flatMap((entries) => entries.map(({ time }) => time))])].sort((a, b) => a - b)
  const plans: TimingPlan[] = []
  const schedule: ScheduleEntry[] = []
  const byContent = new Map<string, string>()
  for (const time of times) {
    const active = new Map([...last].map(([tl, program]) => [tl, activeAt(day.get(tl), time) ?? program]))
    const content = JSON.stringify([...active])
    let plan = byContent.get(content)
    if (plan === undefined) {
      plan = planId(active, times.length > 1 ? formatTimeOfDay(time) : 'running', plans)
      byContent.set(content, plan)
      plans.push({ id: plan, name: 'as it runs', patterns: patternsOf(programs, active) })
    }
    if (schedule.at(-1)?.plan !== plan) schedule.push({ weekdays: EVERY_DAY, start_s: time, plan })
  }
  return { format: 'greenwave.timing/1', plans: [...plans, ...otherPlans(programs, plans)], schedule }
}

const activeAt = (entries: { time: number; program: string }[] | undefined, time: number): string | undefined =>
  entries?.filter((entry) => entry.time <= time).at(-1)?.program

/** The programs' common id where all signals run the same one, else the fallback. */
function planId(active: ReadonlyMap<string, string>, fallback: string, taken: readonly TimingPlan[]): string {
  const ids = new Set(active.values())
  const [only] = ids
  const wanted = ids.size === 1 && only !== undefined && fallback === 'running' ? only : fallback
  return taken.some(({ id }) => id === wanted) ? `${wanted} (${taken.length + 1})` : wanted
}

function patternsOf(programs: ProgramPatterns, active: ReadonlyMap<string, string>): Pattern[] {
  return [...active].flatMap(([tl, program]) => {
    const pattern = programs.get(tl)?.get(program)
    return pattern === undefined ? [] : [pattern]
  })
}

/** Programs that no switch ever runs, one plan per program id. */
function otherPlans(programs: ProgramPatterns, running: readonly TimingPlan[]): TimingPlan[] {
  const used = new Set(running.flatMap((plan) => plan.patterns))
  const byId = new Map<string, Pattern[]>()
  for (const patterns of programs.values()) {
    for (const [id, pattern] of patterns) if (!used.has(pattern)) byId.set(id, [...(byId.get(id) ?? []), pattern])
  }
  const taken = new Set(running.map((plan) => plan.id))
  return [...byId].map(([id, patterns]) => ({ id: taken.has(id) ? `program ${id}` : id, name: 'not running', patterns }))
}

/** For each traffic light with a table its program from each time of day on, sorted, beginning at 0. */
function daySwitches(programs: ProgramPatterns, { tables, junctions }: SwitchTables, notes: Notes): Map<string, { time: number; program: string }[]> {
  const result = new Map<string, { time: number; program: string }[]>()
  for (const [tl, { table: id, place }] of junctions) {
    const table = tables.get(id)
    if (table === undefined) throw new GreenwaveError('input.reference', `traffic light "${tl}" names WAUT "${id}", which does not exist`, place)
    const known = programs.get(tl)
    if (known === undefined) {
      notes.count('waut junction', 'not-understood', place, (n) => `${n} switch table(s) speak of traffic lights that the network doesn't have`)
      continue
    }
    for (const { to, place: at } of [{ to: table.start, place: table.place }, ...table.switches]) {
      if (!known.has(to)) throw new GreenwaveError('input.reference', `WAUT "${id}" switches traffic light "${tl}" to program "${to}", which does not exist`, at)
    }
    if (table.switches.some(({ time }) => table.refTime + time >= DAY_S)) {
      notes.count('waut day', 'assumed', table.place, (n) => `${n} switch table(s) go beyond one day; the time of day is taken`)
    }
    const entries = table.switches.map(({ time, to }) => ({ time: modulo(table.refTime + time, DAY_S), program: to })).sort((a, b) => a.time - b.time)
    result.set(tl, [{ time: 0, program: table.start }, ...entries])
  }
  return result
}
