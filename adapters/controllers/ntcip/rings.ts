// A controller's own pattern as rings and barriers: which phases run in which order, how long, and what the lamps then do. It reads nothing but
// ids and values, so that it says of a write set what the controller will show, whoever made it.
import { GreenwaveError } from '../../../model/errors.ts'
import { lampTimingOf, withLocalZero } from '../../../model/device/lamp-timing.ts'
import type { LampTiming, Tenths } from '../../../model/device/device.ts'
import { phaseStarts } from '../../../model/compile.ts'
import type { BarrierGroup, GroupId, RingPattern, Signal, SignalGroup } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import type { Settings, SyncPoint } from './config.ts'
import { COLUMN, SCALAR } from './objects.ts'

/** splitMode phaseOmitted: the phase is left out while the pattern runs. */
export const OMITTED = 7
const ENABLED = 1
/** overlapType normal. */
const NORMAL_OVERLAP = 2
/** timebaseAscPatternSync: the system cycle begins with the action, whose instant the controller keeps to itself. */
const SYNC_WITH_ACTION = 65_535
const SECOND: Tenths = 10

export type Image = Readonly<Record<string, string>>

const unreadable = (sentence: string): never => { throw new GreenwaveError('controller.unfit', sentence) }

export function findNumber(image: Image, base: string, ...index: number[]): number | undefined {
  const text = image[[base, ...index].join('.')]
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text)
}

export const getNumber = (image: Image, base: string, ...index: number[]): number => findNumber(image, base, ...index) ?? unreadable(`the controller does not tell ${[base, ...index].join('.')}`)

export function getOctets(image: Image, base: string, ...index: number[]): number[] {
  const text = image[[base, ...index].join('.')]
  return text === undefined || !text.startsWith('0x') ? unreadable(`the controller does not tell ${[base, ...index].join('.')}`) : [...Buffer.from(text.slice(2), 'hex')]
}

export interface DevicePhase {
  phase: number
  /** Of ours; undefined = nobody said which. */
  group: GroupId | undefined
  ring: number
  yellow: Tenths
  red_clearance: Tenths
  concurrent: number[]
}

/** Phases that are switched on and stand in a ring. */
export function listPhases(image: Image, { phases }: Pick<Settings, 'phases'>): DevicePhase[] {
  const groupOf = new Map([...phases].map(([group, phase]) => [phase, group]))
  return Array.from({ length: getNumber(image, SCALAR.maxPhases) }, (_, i) => i + 1).flatMap((phase) => {
    const ring = findNumber(image, COLUMN.phaseRing, phase) ?? 0
    // A controller without options has every phase that stands in a ring.
    if (ring === 0 || ((findNumber(image, COLUMN.phaseOptions, phase) ?? ENABLED) & ENABLED) === 0) return []
    return [{
      phase, group: groupOf.get(phase), ring,
      yellow: getNumber(image, COLUMN.phaseYellowTenths, phase), red_clearance: getNumber(image, COLUMN.phaseRedClearTenths, phase),
      concurrent: getOctets(image, COLUMN.phaseConcurrency, phase),
    }]
  })
}

/** Whether two phases may be green together: both rows must say so. */
export const areConcurrent = (a: DevicePhase, b: DevicePhase): boolean => a.ring !== b.ring && a.concurrent.includes(b.phase) && b.concurrent.includes(a.phase)

/** For each ring its phases in the order of a sequence row, of those given. */
export function sequenceOf(image: Image, sequence: number, phases: readonly DevicePhase[]): DevicePhase[][] {
  return Array.from({ length: Math.max(...phases.map(({ ring }) => ring)) }, (_, i) => i + 1).map((ring) => {
    const inRing = phases.filter((one) => one.ring === ring)
    if (inRing.length === 0) return []
    const order = getOctets(image, COLUMN.sequenceData, sequence, ring).flatMap((phase) => inRing.filter((one) => one.phase === phase))
    if (order.length !== inRing.length || new Set(order).size !== order.length) return unreadable(`sequence ${sequence} has not each phase of ring ${ring} once`)
    return order
  })
}

/** Barriers are nowhere in the tables: phases that may run together, and those that may run with them, lie between the same two. */
export function barriersOf(rings: readonly DevicePhase[][]): DevicePhase[][][] {
  const all = rings.flat()
  const component = new Map<DevicePhase, number>()
  all.forEach((start, id) => {
    const open = component.has(start) ? [] : [start]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      component.set(one, id)
      const phase = one
      open.push(...all.filter((other) => !component.has(other) && areConcurrent(phase, other)))
    }
  })
  const orders = rings.map((ring) => ring.map((one) => component.get(one) as number).filter((id, i, ids) => id !== ids[i - 1]))
  const order = [...orders].sort((a, b) => b.length - a.length)[0] ?? []
  const isWithin = (ids: number[]): boolean => { let at = -1; return ids.every((id) => (at = order.indexOf(id, at + 1)) >= 0) }
  if (new Set(order).size !== order.length || !orders.every(isWithin)) return unreadable('the rings of the sequence do not meet at common barriers')
  return order.map((id) => rings.map((ring) => ring.filter((one) => component.get(one) === id)))
}

const POINTS: Record<number, SyncPoint> = { 2: 'first-green-begin', 3: 'last-green-begin', 4: 'first-green-end', 5: 'last-green-end', 6: 'first-yellow-end', 7: 'last-yellow-end' }
const OF_UNIT = 2

/** Where the offset of a pattern is measured; undefined = the controller does not tell and the profile does not know. */
export function syncPointOf(image: Image, pattern: number, { profile }: Pick<Settings, 'profile'>): SyncPoint | undefined {
  const own = findNumber(image, COLUMN.patternSyncPoint, pattern)
  // The values of a pattern are those of the unit, one higher.
  const told = own === undefined || own === OF_UNIT ? findNumber(image, SCALAR.unitSyncPoint) : own - 1
  return (told === undefined ? undefined : POINTS[told]) ?? (profile.sync_point === 'unknown' ? undefined : profile.sync_point)
}

/** Minutes after local midnight at which the system cycle begins: of the profile before what is told, midnight where nothing is; undefined where nobody knows. */
export function systemZero(image: Image, { profile }: Pick<Settings, 'profile'>): number | undefined {
  const minutes = profile.sync_minutes ?? findNumber(image, SCALAR.patternSync) ?? 0
  return minutes === SYNC_WITH_ACTION ? undefined : minutes
}

/** Names in a synthetic signal, so that phases of which nobody said which group they are can be told apart. */
const idOf = ({ group, phase }: DevicePhase): string => group ?? `phase ${phase}`

/**
 * What a pattern of the controller makes the lamps of our groups do; undefined where it holds none (cycle 0).
 * Throws `controller.unfit` where the pattern is no whole plan: rings of different length, barriers that do not meet, no sync point.
 */
export function patternTiming(image: Image, pattern: number, settings: Settings, signal: Signal): LampTiming | undefined {
  const cycle = getNumber(image, COLUMN.patternCycle, pattern)
  if (cycle === 0) return undefined
  const split = getNumber(image, COLUMN.patternSplit, pattern)
  const served = listPhases(image, settings).filter(({ phase }) => getNumber(image, COLUMN.splitMode, split, phase) !== OMITTED)
  const barriers = barriersOf(sequenceOf(image, getNumber(image, COLUMN.patternSequence, pattern), served))
    .map((rings): BarrierGroup => ({ rings: rings.map((ring) => ring.map((one) => ({ phase: idOf(one), split_s: getNumber(image, COLUMN.splitTime, split, one.phase) }))) }))
  checkSums(barriers, cycle, pattern)
  const rings: RingPattern = { kind: 'rings', signal: signal.id, cycle_s: cycle, offset_s: 0, offset_reference: 'sequence_start', coordinated: [], barriers }
  const point = syncPointOf(image, pattern, settings) ?? unreadable(`the controller does not tell where the offset of pattern ${pattern} is measured`)
  const coordinated = served.filter(({ phase }) => findNumber(image, COLUMN.splitCoordinated, split, phase) === 1)
  const sync = syncInstant(rings, coordinated, point)
  const timing = lampTimingOf(syntheticSignal(image, served, settings, signal), rings)
  const offset = getNumber(image, COLUMN.patternOffset, pattern)
  if (offset >= cycle) return unreadable(`the offset of pattern ${pattern} is ${offset} s, its cycle ${cycle} s`)
  const reference = systemZero(image, settings) ?? unreadable('the system cycle begins with the action of the time base (timebaseAscPatternSync 65535), whose instant is not told')
  const local = withLocalZero({ ...timing, offset: 0 }, sync)
  const ours = new Set(signal.groups.map(({ id }) => id))
  return { ...local, offset: modulo(offset * SECOND + reference * 60 * SECOND, local.cycle), groups: local.groups.filter(({ group }) => ours.has(group)) }
}

function checkSums(barriers: readonly BarrierGroup[], cycle: number, pattern: number): void {
  const lengths = barriers.map(({ rings }, i) => {
    const sums = new Set(rings.filter((ring) => ring.length > 0).map((ring) => ring.reduce((sum, { split_s }) => sum + split_s, 0)))
    return sums.size === 1 ? [...sums][0]! : unreadable(`the rings between barriers ${i + 1} and ${i + 2} of pattern ${pattern} are ${[...sums].join(' and ')} s long`)
  })
  const sum = lengths.reduce((total, one) => total + one, 0)
  if (sum !== cycle) unreadable(`the splits of pattern ${pattern} sum to ${sum} s, its cycle is ${cycle} s`)
}

/** Tenths after the start of the sequence. Coordinated phases lie between the same barriers, so first and last need no circle. */
function syncInstant(rings: RingPattern, coordinated: readonly DevicePhase[], point: SyncPoint): Tenths {
  const places = phaseStarts(rings)
  const instants = coordinated.map((one) => {
    const place = places.find(({ phase }) => phase === idOf(one)) ?? unreadable(`the coordinated phase ${one.phase} is not served`)
    const begin = place.start_s * SECOND
    const red = begin + place.split_s * SECOND - one.red_clearance
    return point.endsWith('green-begin') ? begin : point.endsWith('green-end') ? red - one.yellow : red
  })
  if (instants.length === 0) return unreadable('no phase of the split is coordinated, so that its offset is measured nowhere')
  return point.startsWith('first') ? Math.min(...instants) : Math.max(...instants)
}

/** The signal as the controller has it: its own clearances, and overlaps with its own parents. */
function syntheticSignal(image: Image, served: readonly DevicePhase[], settings: Settings, signal: Signal): Signal {
  const ours = (id: GroupId): SignalGroup | undefined => signal.groups.find((group) => group.id === id)
  const overlaps = [...settings.overlaps].map(([group, number]) => ({ group, parents: parentsOf(image, number, served).map(idOf) }))
  const groups: SignalGroup[] = served.map((one) => ({ id: idOf(one), kind: ours(idOf(one))?.kind ?? 'vehicle', min_green_s: 0, yellow_s: one.yellow / SECOND, red_clearance_s: one.red_clearance / SECOND }))
  for (const { group, parents } of overlaps) {
    const last = groups.find(({ id }) => id === parents.at(-1))
    groups.push({ id: group, kind: ours(group)?.kind ?? 'vehicle', min_green_s: 0, yellow_s: last?.yellow_s ?? 0, red_clearance_s: last?.red_clearance_s ?? 0 })
  }
  // Groups that the pattern leaves out are never green, and are told of all the same.
  for (const { id, kind } of signal.groups) {
    if (groups.some((group) => group.id === id)) continue
    const phase = settings.phases.get(id)
    const tenths = (column: string): number => (phase === undefined ? 0 : findNumber(image, column, phase) ?? 0)
    groups.push({ id, kind, min_green_s: 0, yellow_s: tenths(COLUMN.phaseYellowTenths) / SECOND, red_clearance_s: tenths(COLUMN.phaseRedClearTenths) / SECOND })
  }
  return { id: signal.id, source_id: signal.source_id, nodes: signal.nodes, groups, overlaps, conflicts: [] }
}

/** Phases that an overlap is green with. Throws `controller.unfit` for kinds of overlap that are green at other times too. */
export function parentsOf<T extends { phase: number }>(image: Image, overlap: number, phases: readonly T[]): T[] {
  const [type, modifiers] = [getNumber(image, COLUMN.overlapType, overlap), getOctets(image, COLUMN.overlapModifiers, overlap)]
  const trailing = [COLUMN.overlapTrailGreen, COLUMN.overlapTrailYellowTenths, COLUMN.overlapTrailRedTenths].some((column) => (findNumber(image, column, overlap) ?? 0) !== 0)
  if (type !== NORMAL_OVERLAP || modifiers.length > 0 || trailing) return unreadable(`overlap ${overlap} has a type, modifiers or trailing times of its own (type ${type})`)
  const included = getOctets(image, COLUMN.overlapPhases, overlap)
  return phases.filter(({ phase }) => included.includes(phase))
}
