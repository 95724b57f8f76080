// From a timing to the rows of a slot, and nothing else. Pure.
import type { Baseline, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { spareSlot, writeSet } from '../write-set.ts'
import { encodeRequest } from './codec.ts'
import { NEVER, timingOfRow } from './config.ts'

/** All that is ever written: no minimum, no clearance, no conflict has a word here. */
const WRITABLE = ['cycle', 'offset', 'greens'] as const
type Writable = (typeof WRITABLE)[number]

/** What the controller keeps: cycles to 255 s in tenths. */
const MOST_CYCLE = 2550

/** Slot and name of an item, for example `4 greens 2`. */
export const itemId = (slot: number, name: Writable, group = ''): string => `${slot} ${name}${group === '' ? '' : ` ${group}`}`
export const nameOf = (id: string): string => id.slice(id.indexOf(' ') + 1)
export const isWritable = (id: string): boolean => WRITABLE.some((name) => new RegExp(`^\\d+ ${name}( .+)?$`).test(id))

/** Throws controller.unfit. */
export function planWrites(base: Baseline, want: WantedTiming): WriteSet {
  const timing = lampTimingOf(want.signal, want.pattern)
  if (timing.cycle > MOST_CYCLE) throw new GreenwaveError('controller.unfit', `a cycle of ${timing.cycle / 10} s; controller ${base.device} keeps at most ${MOST_CYCLE / 10} s`)
  const slot = spareSlot(base.config)
  if (slot === undefined) throw new GreenwaveError('controller.unfit', `controller ${base.device} has no spare slot`)
  const item = (id: string, value: string, unit?: string): WriteItem => ({ id, name: `slot ${id}`, old: base.image[id] ?? null, new: value, ...(unit === undefined ? {} : { unit }) })
  const items = [
    item(itemId(slot, 'cycle'), String(timing.cycle), '0.1 s'), item(itemId(slot, 'offset'), String(timing.offset), '0.1 s'),
    ...timing.groups.map(({ group, greens }) => item(itemId(slot, 'greens', group), greens.map(([start, end]) => `${start}-${end}`).join(',') || NEVER, '0.1 s')),
  ]
  const decoded = timingOfRow(Object.fromEntries(items.map(({ id, new: value }) => [nameOf(id), value])), base.config.groups)
  if (decoded === undefined) throw new GreenwaveError('controller.unfit', `controller ${base.device} can't keep these greens`)
  // The id of a message is the session's own: 0 stands for it.
  const frames = [{ title: `write slot ${slot}`, hex: encodeRequest(0, { op: 'write', slot, items: pairsOf(items) }).toString('hex') }]
  return writeSet(base, want, { protocol: 'demo', slot, items, frames, timing: decoded, residual: [] })
}

export const pairsOf = (items: readonly Pick<WriteItem, 'id' | 'new'>[]): [string, string][] => items.map(({ id, new: value }) => [nameOf(id), value])

/** What only this protocol knows, beside the common rules. */
export function checkWrites(base: Baseline, { items, slot, timing }: WriteSet): WriteFinding[] {
  const foreign = items.filter(({ id }) => !isWritable(id) || Number(id.split(' ')[0]) !== slot)
  const findings: WriteFinding[] = foreign.map(({ id }) => ({ rule: 'never-written', weight: 'hard', device: base.device, sentence: `"${id}" is not what is written for slot ${slot}` }))
  if (timing.cycle > MOST_CYCLE) findings.push({ rule: 'range', weight: 'hard', device: base.device, sentence: `the cycle is ${timing.cycle / 10} s; this protocol carries at most ${MOST_CYCLE / 10} s`, value: timing.cycle / 10, limit: MOST_CYCLE / 10 })
  return findings
}
