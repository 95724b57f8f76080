// The objects of GB/T 20999-2007 that greenwave knows, with the size of what they hold. Facts of the standard; which of them are written is ours, and the types below keep it.
import { GreenwaveError } from '../../../model/errors.ts'

/** `none`: one value; `row`: a count and rows; `pair`: two counts and their product of rows. */
export type Shape = 'none' | 'row' | 'pair'

interface ObjectFacts {
  readonly id: number
  readonly name: string
  readonly shape: Shape
  /** Of the value or of a row. */
  readonly bytes: number
  /** `plan` into what nothing runs or names; `command` for a time; all else is read only. */
  readonly policy: 'read' | 'plan' | 'command'
}

export const OBJECTS = [
  { id: 0x86, name: 'UTC', shape: 'none', bytes: 4, policy: 'read' },
  { id: 0x88, name: 'local time', shape: 'none', bytes: 4, policy: 'read' },
  { id: 0x8d, name: 'schedule', shape: 'row', bytes: 9, policy: 'read' },
  { id: 0x8e, name: 'timetable', shape: 'pair', bytes: 8, policy: 'read' },
  { id: 0x95, name: 'phase', shape: 'row', bytes: 12, policy: 'read' },
  // Of eight phases each: group, red, yellow, green. The text leaves open how wide its masks are; this is by profile.
  { id: 0x96, name: 'phase output', shape: 'row', bytes: 4, policy: 'read' },
  { id: 0x97, name: 'conflicts', shape: 'row', bytes: 5, policy: 'read' },
  { id: 0xa5, name: 'control state', shape: 'none', bytes: 1, policy: 'read' },
  { id: 0xb0, name: 'channel', shape: 'row', bytes: 4, policy: 'read' },
  { id: 0xb6, name: 'system pattern', shape: 'none', bytes: 1, policy: 'command' },
  { id: 0xb7, name: 'control mode', shape: 'none', bytes: 1, policy: 'read' },
  { id: 0xb8, name: 'common cycle', shape: 'none', bytes: 1, policy: 'read' },
  { id: 0xb9, name: 'offset', shape: 'none', bytes: 1, policy: 'read' },
  { id: 0xba, name: 'stage now', shape: 'none', bytes: 1, policy: 'read' },
  { id: 0xbe, name: 'effective stage durations', shape: 'none', bytes: 16, policy: 'read' },
  { id: 0xbf, name: 'greens of key phases', shape: 'none', bytes: 16, policy: 'read' },
  { id: 0xc0, name: 'pattern', shape: 'row', bytes: 5, policy: 'plan' },
  { id: 0xc1, name: 'stage timing', shape: 'pair', bytes: 10, policy: 'plan' },
  { id: 0xc2, name: 'download flag', shape: 'none', bytes: 1, policy: 'command' },
] as const satisfies readonly ObjectFacts[]

export type ObjectId = (typeof OBJECTS)[number]['id']
/** All that is ever written. */
export type WritableObject = Exclude<(typeof OBJECTS)[number], { policy: 'read' }>['id']

const BY_ID: ReadonlyMap<number, ObjectFacts> = new Map(OBJECTS.map((one) => [one.id, one]))
export const objectOf = (id: number): ObjectFacts | undefined => BY_ID.get(id)

/** What 0xB6 may be told: 0 releases, 253 to 255 would stop traffic. */
export const MOST_PATTERN = 32

export interface PatternRow {
  pattern: number
  cycle: number
  offset: number
  coordinated: number
  stage_table: number
}

export interface StageRow {
  table: number
  stage: number
  /** Bit 0 = phase 1. */
  phases: number
  green: number
  yellow: number
  red: number
  option: number
}

/** Throws controller.unfit for what a byte, or the mask of phases, does not hold. */
export function encodePattern({ pattern, cycle, offset, coordinated, stage_table }: PatternRow): Buffer {
  return Buffer.from([byteOf(pattern, 'a pattern number'), byteOf(cycle, 'a cycle', 's'), byteOf(offset, 'an offset', 's'), byteOf(coordinated, 'a phase'), byteOf(stage_table, 'a stage table')])
}

/** In: five bytes. */
export const decodePattern = (row: Uint8Array): PatternRow => ({ pattern: row[0]!, cycle: row[1]!, offset: row[2]!, coordinated: row[3]!, stage_table: row[4]! })

/**
 * A row of a stage as it was read, with another green and place: phases, yellow, red and option travel in the row and are the controller's own.
 * Throws controller.unfit for a green that a byte does not hold.
 */
export function encodeStage(read: StageRow, { table, stage, green }: Pick<StageRow, 'table' | 'stage' | 'green'>): Buffer {
  const row = Buffer.alloc(10)
  row[0] = byteOf(table, 'a stage table')
  row[1] = byteOf(stage, 'a stage')
  row.writeUInt32BE(read.phases, 2)
  row.set([byteOf(green, 'a green', 's'), read.yellow, read.red, read.option], 6)
  return row
}

/** In: ten bytes. */
export function decodeStage(row: Uint8Array): StageRow {
  const [table, stage, a, b, c, d, green, yellow, red, option] = row as unknown as [number, number, number, number, number, number, number, number, number, number]
  return { table, stage, phases: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0, green, yellow, red, option }
}

function byteOf(value: number, what: string, unit = ''): number {
  if (!Number.isInteger(value) || value < 0 || value > 255) throw new GreenwaveError('controller.unfit', `${what} of ${value}${unit === '' ? '' : ` ${unit}`}; the controller keeps whole numbers from 0 to 255`)
  return value
}
