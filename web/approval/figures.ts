// Figures of a plan as whoever decides about it wants them: who wins, what comes nearest to its limit, what changes in a controller. Pure.
import type { LampTiming, Tenths } from '../../model/device/device.ts'
import type { Evaluation, MovementMeasures } from '../../model/evaluation.ts'
import { modulo } from '../../model/units.ts'
import { FELT_S, FELT_SHARE, LEAST_VPH } from '../../plans/losers.ts'
import type { DeviceNow } from '../../plans/deployment/rehearsal.ts'
import type { Compared, ComparedRule } from '../../plans/workflow/compared.ts'

export const RULES: readonly ComparedRule[] = ['conflict', 'intergreen', 'minimum-green', 'pedestrian']

/** Of all that one rule compared at one place. */
export interface Tightest {
  rule: ComparedRule
  compared: number
  broken: number
  /** Nearest to its limit. */
  row: Compared
}

const margin = ({ rule, value_s, limit_s }: Compared): number => (rule === 'conflict' ? limit_s - value_s : value_s - limit_s)

export function tightestOf(rows: readonly Compared[]): Tightest[] {
  return RULES.flatMap((rule) => {
    const own = rows.filter((row) => row.rule === rule)
    if (own.length === 0) return []
    const row = own.reduce((least, one) => (margin(one) < margin(least) ? one : least))
    return [{ rule, compared: own.length, broken: own.filter(({ holds }) => !holds).length, row }]
  })
}

export interface Winner {
  movement: string
  name: string
  signal: string | undefined
  before: number
  after: number
  volume_vph: number
  grades: readonly [string, string]
}

/** As much must be gained as must be lost to be named a loser. Most vehicle-hours first. */
export function winnersOf(before: Pick<Evaluation, 'movements'>, after: Pick<Evaluation, 'movements'>): Winner[] {
  const earlier = new Map(before.movements.map((one) => [one.movement, one]))
  return after.movements.flatMap((now): { winner: Winner; weight: number }[] => {
    const was = earlier.get(now.movement)
    if (was === undefined || now.volume_vph < LEAST_VPH) return []
    const gained = was.delay_s - now.delay_s
    if (gained <= FELT_S || gained <= FELT_SHARE * was.delay_s) return []
    return [{ winner: winnerOf(was, now), weight: gained * now.volume_vph }]
  }).sort((a, b) => b.weight - a.weight).map(({ winner }) => winner)
}

const winnerOf = (was: MovementMeasures, now: MovementMeasures): Winner => ({
  movement: now.movement, name: now.name ?? `${now.from} → ${now.to}`, signal: now.signal, before: was.delay_s, after: now.delay_s, volume_vph: now.volume_vph, grades: [was.level_of_service, now.level_of_service],
})

/** One line of what changes in a controller; s. */
export interface TimingChange {
  what: 'cycle' | 'offset' | 'green'
  group?: string
  name?: string
  now: number | undefined
  next: number
  /** Green: from and until in the controller's own cycle, now and next. */
  windows?: readonly [now: string, next: string]
}

const s = (tenths: Tenths): number => tenths / 10
const greenOf = (timing: LampTiming | undefined, id: string): LampTiming['groups'][number]['greens'] => timing?.groups.find(({ group }) => group === id)?.greens ?? []
const lengthOf = (greens: LampTiming['groups'][number]['greens']): number => s(greens.reduce((sum, [start, end]) => sum + end - start, 0))
/** `12.0–48.5`: when it turns green, and where its force-off lies. */
const windowText = (timing: LampTiming | undefined, id: string): string => (timing === undefined ? '' : greenOf(timing, id).map(([start, end]) => `${s(start).toFixed(1)}–${s(modulo(end, timing.cycle) || timing.cycle).toFixed(1)}`).join(', '))

export function timingChanges(now: DeviceNow | undefined, next: LampTiming): TimingChange[] {
  const before = now?.timing
  const names = new Map(now?.groups.map(({ group, name }) => [group, name]))
  return [
    { what: 'cycle', now: before === undefined ? undefined : s(before.cycle), next: s(next.cycle) },
    { what: 'offset', now: before === undefined ? undefined : s(before.offset), next: s(next.offset) },
    ...next.groups.filter(({ group, greens }) => greens.length > 0 || greenOf(before, group).length > 0).map(({ group, greens }): TimingChange => ({
      what: 'green', group, name: names.get(group) ?? group, now: before === undefined ? undefined : lengthOf(greenOf(before, group)), next: lengthOf(greens), windows: [windowText(before, group), windowText(next, group)],
    })),
  ]
}

/** The change on a circle of one cycle, as short as it can be: an offset from 2 s to 108 s of 110 s comes 4 s sooner. */
export function shiftOf(now: number, next: number, cycle: number): number {
  const later = modulo(next - now, cycle)
  return later > cycle / 2 ? later - cycle : later
}

/** Level to which a run is proven at all of its controllers. */
export const levelOfRun = (levels: readonly number[]): number => (levels.length === 0 ? 0 : Math.min(...levels))

const DAY_S = 86_400
/** `07:30` as seconds of the day; `24:00` is its end. Undefined where it is no time. */
export function secondsOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  const seconds = Number(hours) * 3600 + Number(minutes) * 60
  return Number(minutes) < 60 && seconds <= DAY_S ? seconds : undefined
}

export const timeText = (seconds: number): string => `${String(Math.floor(seconds / 3600)).padStart(2, '0')}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}`

interface Watched { state: string; watch?: { begins_at: string; ends_at: string; cycle_s: number; cycles: number } | undefined }

/** What the members of a run are waiting for; times in ms since 1970. */
export interface Wait {
  /** Members that are through: written, or once they are watched, proven at their lamps. */
  done: number
  of: number
  /** From when to when lamps are watched; undefined while members are written. `earliest_ms`: were all in step at once. */
  watch?: { begins_ms: number; earliest_ms: number; latest_ms: number; cycle_s: number; cycles: number }
}

const WRITTEN: ReadonlySet<string> = new Set(['STORED', 'ARMED', 'EFFECTIVE', 'LEASED', 'PERMANENT'])
const PROVEN: ReadonlySet<string> = new Set(['EFFECTIVE', 'LEASED', 'PERMANENT'])
const ON_THE_WAY: ReadonlySet<string> = new Set(['DRAFT', 'CHECKED', 'APPROVED', 'SENDING', 'PARTIAL', 'STORED', 'ARMED'])

/** undefined where nothing is on its way. */
export function waitOf(members: readonly Watched[]): Wait | undefined {
  if (!members.some(({ state }) => ON_THE_WAY.has(state))) return undefined
  const watched = members.flatMap(({ watch }) => watch ?? [])
  const count = (states: ReadonlySet<string>): number => members.filter(({ state }) => states.has(state)).length
  if (watched.length === 0) return { done: count(WRITTEN), of: members.length }
  const begins = watched.map(({ begins_at }) => Date.parse(begins_at))
  return {
    done: count(PROVEN), of: members.length,
    watch: {
      begins_ms: Math.min(...begins), earliest_ms: Math.max(...watched.map(({ cycles, cycle_s }, i) => begins[i]! + 1000 * cycles * cycle_s)), latest_ms: Math.max(...watched.map(({ ends_at }) => Date.parse(ends_at))),
      cycle_s: Math.max(...watched.map(({ cycle_s }) => cycle_s)), cycles: Math.max(...watched.map(({ cycles }) => cycles)),
    },
  }
}
