// Everything that a baseline rests on: phases, conflicts, schedule, timetables, patterns and stage tables, each whole.
import type { DeviceConfig, DeviceSlot } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Signal } from '../../../model/signal.ts'
import type { ObjectValue } from './codec.ts'
import type { Settings } from './config.ts'
import { type Facts, type Image, timingOfPattern } from './facts.ts'
import { decodeStage, objectOf } from './objects.ts'
import type { Session } from './session.ts'

const NEEDED = [0x95, 0x97, 0xc0, 0xc1] as const
const WELCOME = [0x8d, 0x8e] as const
/** Of a row of a timetable. */
const PATTERN_OF_EVENT = 5

const malformed = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `the controller sent ${what}`)

/** Throws controller.malformed where what it tells can't be read as its tables, controller.refused where it does not tell them. */
export async function readImage(session: Session, signal: AbortSignal): Promise<Image> {
  const image = await readTables(session, [...NEEDED, ...WELCOME], signal)
  const command = (await session.read([0xb6], signal)).get(0xb6)?.data[0]
  return { ...image, ...(command === undefined ? {} : { b6: String(command) }) }
}

/** Rows of patterns or stages, to be compared with what was written. */
export const readRows = (session: Session, table: 'c0' | 'c1', signal: AbortSignal): Promise<Image> => readTables(session, [table === 'c0' ? 0xc0 : 0xc1], signal)

/** By which is told what runs: patterns, stages and timetables. */
export const readPatterns = (session: Session, signal: AbortSignal): Promise<Image> => readTables(session, [0xc0, 0xc1, 0x8e], signal)

/** Each by itself: together they are more than one datagram should be. */
async function readTables(session: Session, ids: readonly (typeof NEEDED | typeof WELCOME)[number][], signal: AbortSignal): Promise<Image> {
  const image: Record<string, string> = {}
  for (const id of ids) {
    const value = (await session.read([id], signal)).get(id)
    if (value !== undefined) Object.assign(image, rowsIn(value))
    else if (NEEDED.some((one) => one === id)) throw new GreenwaveError('controller.refused', `the controller does not tell its ${objectOf(id)!.name}`)
  }
  return image
}

/** Rows by number; of patterns and stages also how they are ordered, because they are written whole. */
function rowsIn({ id, counts, data }: ObjectValue): Record<string, string> {
  const { bytes, name } = objectOf(id)!
  const table = id.toString(16)
  const rows = Array.from({ length: data.length / bytes }, (_, i) => data.subarray(i * bytes, (i + 1) * bytes))
  const ids = rows.map((row, i) => (counts.length === 1 ? String(row[0]! || i + 1) : `${Math.floor(i / counts[1]!) + 1}.${(i % counts[1]!) + 1}`))
  if (new Set(ids).size < ids.length) throw malformed(`two rows of ${name} with one number`)
  if (id === 0xc1) {
    const misplaced = rows.map(decodeStage).findIndex(({ table: own, stage, phases }, i) => `${own}.${stage}` !== ids[i] && (phases !== 0 || own !== 0 || stage !== 0))
    if (misplaced >= 0) throw malformed(`the row of another stage in the place of ${ids[misplaced]}`)
  }
  const image = Object.fromEntries(rows.map((row, i) => [`${table}.${ids[i]}`, Buffer.from(row).toString('hex')]))
  if (id === 0xc0) image['c0'] = ids.join(' ')
  if (id === 0xc1) image['c1'] = counts.join(' ')
  return image
}

/** Timetables count whether or not the schedule names them: tomorrow it may. */
export const isNamed = (image: Image, pattern: number): boolean => namingOf(image, pattern).length > 0

function namingOf(image: Image, pattern: number): string[] {
  const events = Object.keys(image).filter((id) => id.startsWith('8e.') && Number.parseInt(image[id]!.slice(PATTERN_OF_EVENT * 2, PATTERN_OF_EVENT * 2 + 2), 16) === pattern)
  return [...new Set(events.map((id) => `timetable ${id.split('.')[1]}`))]
}

export function configOf(image: Image, facts: Facts, settings: Settings, signal: Signal, active: number | undefined): DeviceConfig {
  const groupOf = new Map(facts.phases.map(({ phase, group }) => [phase, group]))
  return {
    groups: facts.phases.map(({ phase, group, min_green, walk, pedestrian_clearance, yellow, red }) => {
      const kind = signal.groups.find(({ id }) => id === group)?.kind ?? 'vehicle'
      const base = { group, name: `phase ${phase}`, kind, yellow, red_clearance: red }
      return kind === 'pedestrian' && walk > 0 ? { ...base, min_green: Math.max(min_green, walk + pedestrian_clearance), walk, pedestrian_clearance } : { ...base, min_green }
    }),
    conflicts: [...facts.conflicts].flatMap(([from, others]) => others.filter((to) => to > from && groupOf.has(from) && groupOf.has(to)).map((to): [string, string] => [groupOf.get(from)!, groupOf.get(to)!])),
    intergreens: [],
    slots: facts.patterns.filter(({ pattern }) => pattern > 0).map((row): DeviceSlot => {
      const timing = timingOfPattern(facts, row, facts.tables.get(row.stage_table) ?? [], settings)
      const named = image['b6'] === String(row.pattern) ? ['commanded'] : []
      return { slot: row.pattern, used_by: [...(active === row.pattern ? ['runs now'] : []), ...named, ...namingOf(image, row.pattern)], ...(timing === undefined ? {} : { timing }) }
    }),
  }
}
