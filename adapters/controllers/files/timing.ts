// A pattern as items of a sheet, in the words of controllers: cycle, offset, sequence and splits of rings, or stages. And back.
import type { WriteItem } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { BarrierGroup, GroupId, OffsetReference, Pattern, Stage } from '../../../model/signal.ts'

/** All that is ever asked for. No minimum, clearance, conflict or detector has a word here. */
export const WRITABLE = ['form', 'cycle', 'offset', 'offset reference', 'coordinated', 'sequence', 'split', 'stage'] as const
type Writable = (typeof WRITABLE)[number]

export interface SheetItem {
  id: string
  value: string
  unit?: string
}

const REFERENCES: readonly OffsetReference[] = ['sequence_start', 'begin_of_green', 'first_green', 'begin_of_yellow', 'begin_of_red', 'begin_of_clearance']
/** An id that stands in a list must not hold what parts the list. */
const PLAIN_ID = /^[^\s,"|/+]+$/

const itemId = (slot: number, name: Writable, rest = ''): string => `plan ${slot} ${name}${rest === '' ? '' : ` ${rest}`}`
export const isWritable = (id: string, slot: number): boolean => WRITABLE.some((name) => id === itemId(slot, name) || ((name === 'split' || name === 'stage') && id.startsWith(`${itemId(slot, name)} `)))

/** Throws `controller.unfit` where a sheet can't say it. */
export function itemsOf(slot: number, pattern: Pattern): SheetItem[] {
  const unfit = (sentence: string): GreenwaveError => new GreenwaveError('controller.unfit', `the timing of signal ${pattern.signal}: ${sentence}`)
  const list = (ids: readonly GroupId[]): string => {
    const odd = ids.find((id) => !PLAIN_ID.test(id))
    if (odd !== undefined) throw unfit(`the name "${odd}" of a group can't stand in a list of a sheet`)
    return ids.join('+')
  }
  const head: SheetItem[] = [
    { id: itemId(slot, 'form'), value: pattern.kind }, { id: itemId(slot, 'cycle'), value: String(pattern.cycle_s), unit: 's' }, { id: itemId(slot, 'offset'), value: String(pattern.offset_s), unit: 's' },
    { id: itemId(slot, 'offset reference'), value: pattern.offset_reference }, { id: itemId(slot, 'coordinated'), value: list(pattern.coordinated) },
  ]
  if (pattern.kind === 'stages') {
    return [...head, ...pattern.stages.flatMap(({ green, duration_s, kind }, i): SheetItem[] => [
      { id: itemId(slot, 'stage', `${i + 1} kind`), value: kind }, { id: itemId(slot, 'stage', `${i + 1} groups`), value: list(green) }, { id: itemId(slot, 'stage', `${i + 1} duration`), value: String(duration_s), unit: 's' },
    ])]
  }
  const phases = pattern.barriers.flatMap(({ rings }) => rings.flat())
  const twice = phases.find(({ phase }, i) => phases.findIndex((other) => other.phase === phase) !== i)
  if (twice !== undefined) throw unfit(`phase ${twice.phase} has two places in the rings`)
  const sequence = pattern.barriers.map(({ rings }) => rings.map((ring) => list(ring.map(({ phase }) => phase))).join('/')).join('|')
  return [...head, { id: itemId(slot, 'sequence'), value: sequence }, ...phases.map(({ phase, split_s }): SheetItem => ({ id: itemId(slot, 'split', phase), value: String(split_s), unit: 's' }))]
}

/** The pattern that a sheet holds in a slot; undefined where it holds none, or not all of it. */
export function findPattern(signal: string, slot: number, values: ReadonlyMap<string, string>): Pattern | undefined {
  const text = (name: Writable, rest = ''): string | undefined => values.get(itemId(slot, name, rest))
  const number = (name: Writable, rest = ''): number => { const found = text(name, rest); return found === undefined || !/^-?\d+(\.\d+)?$/.test(found) ? Number.NaN : Number(found) }
  const list = (found: string): GroupId[] => (found === '' ? [] : found.split('+'))
  const [cycle_s, offset_s, reference] = [number('cycle'), number('offset'), REFERENCES.find((one) => one === text('offset reference'))]
  if (!(cycle_s > 0) || Number.isNaN(offset_s) || reference === undefined) return undefined
  const head = { signal, cycle_s, offset_s, offset_reference: reference, coordinated: list(text('coordinated') ?? '') }
  if (text('form') === 'rings') {
    const barriers = (text('sequence') ?? '').split('|').map((barrier): BarrierGroup => ({ rings: barrier.split('/').map((ring) => list(ring).map((phase) => ({ phase, split_s: number('split', phase) }))) }))
    return barriers.some(({ rings }) => rings.flat().some(({ split_s }) => !(split_s > 0))) || text('sequence') === undefined ? undefined : { kind: 'rings', ...head, barriers }
  }
  const stages: Stage[] = []
  for (let i = 1; text('stage', `${i} kind`) !== undefined; i++) {
    const [kind, groups, duration_s] = [text('stage', `${i} kind`), text('stage', `${i} groups`), number('stage', `${i} duration`)]
    if ((kind !== 'stage' && kind !== 'interstage') || groups === undefined || !(duration_s >= 0)) return undefined
    stages.push({ id: String(i), kind, green: list(groups), duration_s })
  }
  return text('form') === 'stages' && stages.length > 0 ? { kind: 'stages', ...head, stages } : undefined
}

export const valuesOf = (items: readonly WriteItem[]): Map<string, string> => new Map(items.map(({ id, new: value }) => [id, value]))
/** Numbers of all slots that a sheet speaks of. */
export const slotsIn = (values: ReadonlyMap<string, string>): number[] => [...new Set([...values.keys()].flatMap((id) => { const match = /^plan ([1-9]\d{0,2}) /.exec(id); return match === null ? [] : [Number(match[1])] }))].sort((a, b) => a - b)
