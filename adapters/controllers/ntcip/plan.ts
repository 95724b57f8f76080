// From an approved timing to what is written: the rows of a spare pattern and of a split of its own. Pure. What the standard or this controller can't
// hold is refused; nothing is rounded or clipped. Ring order is chosen among the sequences that the controller has; none is ever written.
import { createHash } from 'node:crypto'
import type { Baseline, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { RingPattern, Signal } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { encodePdu } from './ber.ts'
import type { Settings } from './config.ts'
import { checkRange, COLUMN, nameOf, oidOf, SCALAR, unitOf, writeValueOf, type WriteValue } from './objects.ts'
import { splitUse, USUAL_SEQUENCES } from './read-config.ts'
import { findNumber, getNumber, listPhases, OMITTED, patternTiming, sequenceOf, syncPointOf, systemZero, type DevicePhase, type Image } from './rings.ts'
import { ringsOfStages } from './stage-rings.ts'

/** splitMode: the phase takes all of its split, called or not; with pedestrians where they were recalled before. */
const MAX_RECALL = 4
const PEDESTRIAN_RECALL = 5
const MAX_AND_PEDESTRIAN_RECALL = 6
/** patternTableType: the index is the pattern. */
const PLAIN_PATTERNS = 2
const NORMAL = 1
const BEGIN = 2
const VERIFY = 3
const SECOND = 10

const unfit = (sentence: string): never => { throw new GreenwaveError('controller.unfit', sentence) }

export interface PlanContext {
  device: string
  settings: Settings
  signal: Signal
}

/** The write set. Throws `controller.unfit` where the controller can't hold the timing. */
export function planWrites(base: Baseline, want: WantedTiming, context: PlanContext): WriteSet {
  const { image } = base
  const phases = listPhases(image, context.settings)
  const pattern = ringsOf(want, phases, context.settings)
  const type = findNumber(image, SCALAR.patternTableType)
  if (type !== PLAIN_PATTERNS) return unfit(`its pattern table is of type ${type ?? 'unknown'}; only type ${PLAIN_PATTERNS}, one row a pattern, can be written`)
  if (!Number.isInteger(pattern.cycle_s) || pattern.cycle_s < 1 || pattern.cycle_s > 255) return unfit(`the cycle is ${pattern.cycle_s} s; NTCIP 1202 holds whole seconds from 1 to 255`)
  const { slot, split } = chooseRows(base, context.settings)
  const values = [...splitValues(image, split, phases, pattern, base.active_slot, context.settings), ...patternValues(image, slot, split, phases, pattern, context.settings)]
  for (const value of values) checkRange(value)
  const offset = offsetFor({ ...image, ...textOf([...values, { object: 'patternOffset', index: [slot], value: 0 }]) }, slot, want, context)
  const rows = [...values.filter(({ object }) => object !== 'patternOffset'), { object: 'patternOffset' as const, index: [slot], value: offset }]
  return sealed(base, want, slot, rows, context)
}

function ringsOf(want: WantedTiming, known: readonly DevicePhase[], { phases, overlaps }: Settings): RingPattern {
  const { signal } = want
  const pattern = want.pattern.kind === 'rings' ? want.pattern : ringsOfStages(want, known)
  for (const barrier of pattern.barriers) {
    const sums = barrier.rings.filter((ring) => ring.length > 0).map((ring) => ring.reduce((sum, { split_s }) => sum + split_s, 0))
    if (new Set(sums).size > 1) unfit(`the rings between two barriers of signal ${signal.id} take ${sums.join(' and ')} s; they must meet`)
  }
  const placed = pattern.barriers.flatMap(({ rings }) => rings.flat()).map(({ phase }) => phase)
  if (new Set(placed).size !== placed.length) return unfit(`signal ${signal.id} serves a phase twice in a cycle; a split holds one time for each`)
  for (const id of placed) if (!phases.has(id)) unfit(`nobody said which phase of the controller group ${id} of signal ${signal.id} is`)
  for (const { group } of signal.overlaps ?? []) if (!overlaps.has(group)) unfit(`nobody said which overlap of the controller group ${group} of signal ${signal.id} is`)
  return pattern
}

/** A spare pattern and a split row that no other pattern names; an empty pattern before one that holds a plan, the lowest before higher ones. */
function chooseRows({ image, config }: Baseline, { patterns, profile }: Settings): { slot: number; split: number } {
  const spare = config.slots.filter(({ slot, used_by }) => used_by.length === 0 && (patterns === undefined || patterns.includes(slot)))
  const isEmpty = (slot: number): boolean => findNumber(image, COLUMN.patternCycle, slot) === 0
  const use = splitUse(image)
  const isRead = (split: number): boolean => Object.keys(image).some((oid) => oid.startsWith(`${COLUMN.splitTime}.${split}.`))
  const free = Array.from({ length: getNumber(image, SCALAR.maxSplits) }, (_, i) => i + 1).find((split) => !use.has(split) && isRead(split))
  for (const { slot } of [...spare].sort((a, b) => Number(isEmpty(b.slot)) - Number(isEmpty(a.slot)) || a.slot - b.slot)) {
    const named = findNumber(image, COLUMN.patternSplit, slot)
    if (named !== undefined && named > 0 && use.get(named)?.length === 1) return { slot, split: named }
    if (profile.split_number_writable === 'yes' && free !== undefined) return { slot, split: free }
  }
  return unfit(spare.length === 0
    ? `no pattern is spare${patterns === undefined ? '' : ` among ${patterns.join(', ')}`}`
    : `no spare pattern has a split row of its own${profile.split_number_writable === 'yes' ? ', and no row is free' : ', and whether it may be given another is not known (profile: split_number_writable)'}`)
}

function splitValues(image: Image, split: number, phases: readonly DevicePhase[], pattern: RingPattern, active: number | undefined, { phases: numbers }: Settings): WriteValue[] {
  const splits = new Map(pattern.barriers.flatMap(({ rings }) => rings.flat()).map(({ phase, split_s }) => [numbers.get(phase)!, split_s]))
  for (const [group, phase] of numbers) if (splits.has(phase) && !phases.some((one) => one.phase === phase)) unfit(`phase ${phase} (group ${group}) is not switched on in the controller`)
  const running = active === undefined ? undefined : findNumber(image, COLUMN.patternSplit, active)
  const coordinated = pattern.coordinated.map((group) => numbers.get(group)).filter((phase) => phase !== undefined && splits.has(phase))
  if (coordinated.length === 0) unfit(`none of the coordinated groups ${pattern.coordinated.join(', ')} is a phase of the controller that is served`)
  return phases.flatMap(({ phase, group }): WriteValue[] => {
    if (group === undefined) return unfit(`phase ${phase} is switched on in the controller and no group of the signal is it`)
    const time = splits.get(phase)
    const before = running === undefined ? undefined : findNumber(image, COLUMN.splitMode, running, phase)
    const recall = before === PEDESTRIAN_RECALL || before === MAX_AND_PEDESTRIAN_RECALL ? MAX_AND_PEDESTRIAN_RECALL : MAX_RECALL
    return [
      { object: 'splitTime', index: [split, phase], value: time ?? 0 },
      { object: 'splitMode', index: [split, phase], value: time === undefined ? OMITTED : recall },
      { object: 'splitCoordinated', index: [split, phase], value: coordinated.includes(phase) ? 1 : 0 },
    ]
  })
}

function patternValues(image: Image, slot: number, split: number, phases: readonly DevicePhase[], pattern: RingPattern, { phases: numbers }: Settings): WriteValue[] {
  const sequence = sequenceFor(image, findNumber(image, COLUMN.patternSequence, slot), phases, pattern, numbers)
  return [
    { object: 'patternCycle', index: [slot], value: pattern.cycle_s },
    // Read-only in the text of the MIB: touched only where it must change.
    ...(findNumber(image, COLUMN.patternSplit, slot) === split ? [] : [{ object: 'patternSplit' as const, index: [slot], value: split }]),
    { object: 'patternSequence', index: [slot], value: sequence },
  ]
}

/** The row of the sequence table that has the order of the plan, from whichever barrier it starts; the pattern's own row first. */
function sequenceFor(image: Image, own: number | undefined, phases: readonly DevicePhase[], { barriers, signal }: RingPattern, numbers: ReadonlyMap<string, number>): number {
  const served = phases.filter(({ group }) => group !== undefined && barriers.some(({ rings }) => rings.some((ring) => ring.some(({ phase }) => phase === group))))
  const ordersFrom = (first: number): string => {
    const order = [...barriers.slice(first), ...barriers.slice(0, first)].flatMap(({ rings }) => rings.flat()).map(({ phase }) => numbers.get(phase))
    const rings = [...new Set(served.map(({ ring }) => ring))].sort((a, b) => a - b)
    return JSON.stringify(rings.map((ring) => order.filter((phase) => served.some((one) => one.phase === phase && one.ring === ring))))
  }
  const wanted = new Set(barriers.map((_, first) => ordersFrom(first)))
  const all = Array.from({ length: findNumber(image, SCALAR.maxSequences) ?? USUAL_SEQUENCES }, (_, i) => i + 1)
  const has = (sequence: number): boolean => {
    try {
      return wanted.has(JSON.stringify(sequenceOf(image, sequence, served).filter((ring) => ring.length > 0).map((ring) => ring.map(({ phase }) => phase))))
    } catch (error) {
      // An unused row may hold anything.
      if (error instanceof GreenwaveError) return false
      throw error
    }
  }
  return [...(own !== undefined && own > 0 ? [own] : []), ...all].find(has) ?? unfit(`no sequence of the controller has the order ${[...wanted][0] ?? ''} of signal ${signal}, and sequences are not written`)
}

/** Seconds at the controller's own sync point, so that its lamps are those of the plan at the same instants. */
function offsetFor(image: Image, slot: number, { pattern, signal }: WantedTiming, { settings, signal: own }: PlanContext): number {
  if (systemZero(image, settings) === undefined) return unfit('its system cycle begins with the action of its time base (timebaseAscPatternSync 65535), whose instant is not told: nothing is written until the profile knows it (sync_minutes)')
  if (syncPointOf(image, slot, settings) === undefined) return unfit(`it does not tell where the offset of pattern ${slot} is measured, and the profile does not know (sync_point): nothing is written`)
  const unshifted = patternTiming(image, slot, settings, own)
  const wanted = lampTimingOf(signal, pattern)
  const startOf = ({ offset, groups }: typeof wanted, group: string): number | undefined => { const green = groups.find((one) => one.group === group)?.greens[0]; return green === undefined ? undefined : offset + green[0] }
  const anchor = pattern.coordinated.find((group) => settings.phases.has(group) && startOf(wanted, group) !== undefined)
  const [from, to] = anchor === undefined || unshifted === undefined ? [] : [startOf(unshifted, anchor), startOf(wanted, anchor)]
  if (from === undefined || to === undefined) return unfit(`no coordinated group of signal ${signal.id} turns green`)
  const shift = modulo(to - from, wanted.cycle)
  return shift % SECOND === 0 ? shift / SECOND : unfit(`the offset of signal ${signal.id} would be ${shift / SECOND} s at the sync point of the controller, which holds whole seconds`)
}

const textOf = (values: readonly WriteValue[]): Record<string, string> => Object.fromEntries(values.map(({ object, index, value }) => [oidOf(object, index), String(value)]))

function sealed(base: Baseline, want: WantedTiming, slot: number, values: readonly WriteValue[], { device, settings, signal }: PlanContext): WriteSet {
  const items = values.map(({ object, index, value }): WriteItem => {
    const [id, unit] = [oidOf(object, index), unitOf(object)]
    if (!canBePutBack(object, index, base.image[id])) return unfit(`${nameOf(object, index)} is ${base.image[id] ?? 'not told'} now, which could not be put back`)
    return { id, name: nameOf(object, index), ...(unit === undefined ? {} : { unit }), old: base.image[id] ?? null, new: String(value) }
  })
  const timing = patternTiming({ ...base.image, ...textOf(values) }, slot, settings, signal) ?? unfit('the cycle would be 0')
  const writes = {
    device, protocol: 'ntcip', slot, baseline_hash: base.hash, wanted_hash: want.hash, plan: want.plan,
    items, frames: framesOf(values, base.image[SCALAR.transaction] !== undefined, settings.profile.max_varbinds), timing, residual: [],
  }
  return { ...writes, hash: createHash('sha256').update(JSON.stringify(writes)).digest('hex') }
}

function canBePutBack(object: WriteValue['object'], index: number[], old: string | undefined): boolean {
  try {
    checkRange({ object, index, value: Number(old ?? Number.NaN) })
    return true
  } catch {
    return false
  }
}

/** Split rows first, then the pattern that names them; within a database transaction where the controller has one. */
export function framesOf(values: readonly WriteValue[], transaction: boolean, most: number): WriteSet['frames'] {
  const frame = (title: string, items: readonly WriteValue[]): WriteSet['frames'][number] => ({ title, hex: encodePdu('set', items.map(({ object, index, value }) => ({ oid: oidOf(object, index), value }))).toString('hex') })
  const control = (title: string, value: number): WriteSet['frames'] => (transaction ? [frame(title, [{ object: 'transaction', index: [], value }])] : [])
  const isSplit = ({ object }: WriteValue): boolean => object.startsWith('split')
  const chunks = [values.filter(isSplit), values.filter((value) => !isSplit(value))].flatMap((part) => Array.from({ length: Math.ceil(part.length / most) }, (_, i) => part.slice(i * most, (i + 1) * most)))
  return [
    ...control('begin the transaction', BEGIN),
    ...chunks.map((items) => frame(`${items[0]!.object.startsWith('split') ? 'split' : 'pattern'} ${items[0]!.index[0]}, ${items.length} values`, items)),
    ...control('let it be verified', VERIFY),
    ...control('make it live', NORMAL),
  ]
}

/** coordMaximumMode, and patternOptions one and two higher: which maximum ends a green while coordinated. */
const MAXIMUM_COLUMN: Record<number, string | undefined> = { 2: COLUMN.phaseMaximum1, 3: COLUMN.phaseMaximum2, 5: COLUMN.phaseMaximum3 }
const MAXIMUM_OF_OPTION: Record<number, number> = { 3: 4, 4: 2, 5: 3, 6: 5 }
const INHIBITED = 4

/** What only this protocol knows. */
export function checkWrites(base: Baseline, writes: WriteSet, { device, settings }: Pick<PlanContext, 'device' | 'settings'>): WriteFinding[] {
  const { image } = base
  const report = (rule: WriteFinding['rule'], sentence: string, more: Pick<WriteFinding, 'value' | 'limit'> = {}): WriteFinding => ({ rule, weight: 'hard', device, sentence: `controller ${device}: ${sentence}`, ...more })
  const findings: WriteFinding[] = []
  for (const { id, name, new: value } of writes.items) {
    try {
      writeValueOf(id, Number(value))
    } catch {
      findings.push(report('never-written', `${name} (${id}) is not among what is ever written, or ${value} is no value of it`))
    }
  }
  const manual = findNumber(image, SCALAR.operationalMode)
  if (manual !== undefined && manual !== 0) findings.push(report('mode', `coordOperationalMode is ${manual}; somebody chose a pattern at the controller (0 = automatic)`, { value: manual, limit: 0 }))
  const open = findNumber(image, SCALAR.transaction)
  if (open !== undefined && open !== NORMAL) findings.push(report('mode', `a database transaction of somebody else is open (dbCreateTransaction ${open})`, { value: open, limit: NORMAL }))
  const own = findNumber(image, COLUMN.patternOptions, writes.slot)
  const mode = MAXIMUM_OF_OPTION[own ?? 0] ?? findNumber(image, SCALAR.maximumMode) ?? INHIBITED
  const column = MAXIMUM_COLUMN[mode]
  for (const { group, greens } of writes.timing.groups) {
    const phase = settings.phases.get(group)
    // Maximums end no green of a coordinated phase.
    const isCoordinated = phase !== undefined && writes.items.some(({ id, new: value }) => value === '1' && id.startsWith(`${COLUMN.splitCoordinated}.`) && id.endsWith(`.${phase}`))
    const maximum = phase === undefined || column === undefined || isCoordinated ? undefined : findNumber(image, column, phase)
    const green = Math.max(0, ...greens.map(([start, end]) => end - start)) / SECOND
    if (maximum !== undefined && maximum > 0 && green > maximum) findings.push(report('range', `group ${group} would be green for ${green} s, its maximum in coordination is ${maximum} s (coordMaximumMode ${mode})`, { value: green, limit: maximum }))
  }
  return findings
}
