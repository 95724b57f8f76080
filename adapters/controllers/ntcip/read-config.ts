// Everything that decides what the lamps do, read into one image of ids and values, and told in common terms.
import { createHash } from 'node:crypto'
import type { Baseline, DeviceConfig, DeviceGroup, DeviceSlot, Tenths } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId, Signal } from '../../../model/signal.ts'
import type { Settings } from './config.ts'
import { COLUMN, SCALAR } from './objects.ts'
import { areConcurrent, findNumber, getNumber, listPhases, parentsOf, patternTiming, type DevicePhase, type Image } from './rings.ts'
import type { SnmpSession } from './session.ts'

const SECOND: Tenths = 10
/** Longest tables that are read; a controller that claims more is not one of this standard. */
const MOST_ROWS = 255

const SCALARS = [
  SCALAR.maxPhases, SCALAR.maxRings, SCALAR.maxSequences, SCALAR.maxPatterns, SCALAR.maxSplits, SCALAR.maxActions, SCALAR.patternTableType, SCALAR.patternSync,
  SCALAR.operationalMode, SCALAR.correctionMode, SCALAR.maximumMode, SCALAR.forceMode, SCALAR.unitSyncPoint, SCALAR.backupTime, SCALAR.userBackupTime, SCALAR.patternControl, SCALAR.transaction,
]
const PHASE_COLUMNS = [
  COLUMN.phaseWalk, COLUMN.phasePedestrianClear, COLUMN.phaseMinimumGreen, COLUMN.phaseMaximum1, COLUMN.phaseMaximum2, COLUMN.phaseMaximum3, COLUMN.phaseYellowTenths, COLUMN.phaseRedClearTenths,
  COLUMN.phaseOptions, COLUMN.phaseRing, COLUMN.phaseConcurrency,
]
const PATTERN_COLUMNS = [COLUMN.patternCycle, COLUMN.patternOffset, COLUMN.patternSplit, COLUMN.patternSequence, COLUMN.patternSyncPoint, COLUMN.patternOptions]
const SPLIT_COLUMNS = [COLUMN.splitTime, COLUMN.splitMode, COLUMN.splitCoordinated]
const OVERLAP_COLUMNS = [COLUMN.overlapType, COLUMN.overlapPhases, COLUMN.overlapModifiers, COLUMN.overlapTrailGreen, COLUMN.overlapTrailYellowTenths, COLUMN.overlapTrailRedTenths]

/** What the controller changes by itself when a lease runs out, and how far a transaction of anybody is: in the image, not in its hash. */
const VOLATILE: readonly string[] = [SCALAR.patternControl, SCALAR.transaction]

/** Read where a controller does not tell how many it has; rows that are not there are left out. */
export const USUAL_SEQUENCES = 16

const rows = (count: number): number[] => Array.from({ length: Math.min(count, MOST_ROWS) }, (_, i) => i + 1)

/** Which split rows patterns name, and how many patterns each. */
export function splitUse(image: Image): Map<number, number[]> {
  const use = new Map<number, number[]>()
  for (const pattern of rows(getNumber(image, SCALAR.maxPatterns))) {
    const split = findNumber(image, COLUMN.patternSplit, pattern)
    if (split !== undefined && split > 0) use.set(split, [...use.get(split) ?? [], pattern])
  }
  return use
}

/** Reads all of it. Throws `controller.malformed` where the controller lacks what the standard makes mandatory. */
export async function readImage(session: SnmpSession, settings: Settings, signal: AbortSignal): Promise<Record<string, string>> {
  const image: Record<string, string> = {}
  const add = async (oids: string[]): Promise<void> => { for (const [oid, value] of await session.read(oids, signal)) image[oid] = value }
  const table = (columns: readonly string[], indexes: readonly (readonly number[])[]): string[] => indexes.flatMap((index) => columns.map((column) => [column, ...index].join('.')))
  await add(SCALARS)
  const size = (scalar: string, usual?: number): number[] => {
    const count = findNumber(image, scalar) ?? usual
    if (count === undefined || count < 1) throw new GreenwaveError('controller.malformed', `the controller does not tell ${scalar}; it is no actuated controller of NTCIP 1202`)
    return rows(count)
  }
  const [phases, rings, patterns] = [size(SCALAR.maxPhases), size(SCALAR.maxRings), size(SCALAR.maxPatterns)]
  await add(table(PHASE_COLUMNS, phases.map((phase) => [phase])))
  await add(table([COLUMN.sequenceData], size(SCALAR.maxSequences, USUAL_SEQUENCES).flatMap((sequence) => rings.map((ring) => [sequence, ring]))))
  await add(table(await presentColumns(session, PATTERN_COLUMNS, signal), patterns.map((pattern) => [pattern])))
  await add(table(OVERLAP_COLUMNS, [...settings.overlaps.values()].map((overlap) => [overlap])))
  if (findNumber(image, SCALAR.maxActions) !== undefined) await add(table([COLUMN.actionPattern], size(SCALAR.maxActions).map((action) => [action])))
  const named = splitUse(image)
  // Beside the rows that patterns name, the first that none does: a place for a new one.
  const unnamed = size(SCALAR.maxSplits).find((split) => !named.has(split))
  const splits = [...named.keys(), ...(unnamed === undefined ? [] : [unnamed])].sort((a, b) => a - b)
  const used = phases.filter((phase) => (findNumber(image, COLUMN.phaseRing, phase) ?? 0) > 0)
  await add(table(SPLIT_COLUMNS, splits.flatMap((split) => used.map((phase) => [split, phase]))))
  return image
}

/** Columns that were added to the standard later are asked for once, not for every row. */
async function presentColumns(session: SnmpSession, columns: readonly string[], signal: AbortSignal): Promise<string[]> {
  const found = await session.read(columns.map((column) => `${column}.1`), signal)
  return columns.filter((column) => found.has(`${column}.1`))
}

export function hashOf(image: Image): string {
  const lines = Object.entries(image).filter(([oid]) => !VOLATILE.includes(oid)).map(([oid, value]) => `${oid}=${value}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

export function configOf(image: Image, settings: Settings, signal: Signal, active: Pick<Baseline, 'active_slot'>): DeviceConfig {
  const phases = listPhases(image, settings)
  const members = new Map<GroupId, DevicePhase[]>([
    ...phases.flatMap((phase): [GroupId, DevicePhase[]][] => (phase.group === undefined ? [] : [[phase.group, [phase]]])),
    ...[...settings.overlaps].map(([group, overlap]): [GroupId, DevicePhase[]] => [group, parentsOf(image, overlap, phases)]),
  ])
  const entries = [...members]
  const conflicts = entries.flatMap(([a, ofA], i) => entries.slice(i + 1).filter(([, ofB]) => inConflict(ofA, ofB)).map(([b]): [GroupId, GroupId] => [a, b]))
  const clearance = new Map(entries.map(([group, of]) => [group, Math.max(0, ...of.map((one) => one.yellow + one.red_clearance))]))
  return {
    groups: signal.groups.flatMap(({ id, kind, name }) => { const of = members.get(id); return of === undefined || of.length === 0 ? [] : [groupOf(image, id, name, kind, of)] }),
    conflicts,
    // The next phase begins when yellow and red clearance of the last are over: the standard knows no other intergreen.
    intergreens: conflicts.flatMap(([a, b]) => [{ from: a, to: b, time: clearance.get(a) ?? 0 }, { from: b, to: a, time: clearance.get(b) ?? 0 }]),
    slots: rows(getNumber(image, SCALAR.maxPatterns)).map((slot) => slotOf(image, slot, settings, signal, active)),
  }
}

/** An overlap may be green with what each of its parents may be green with, and with its parents. */
const inConflict = (a: readonly DevicePhase[], b: readonly DevicePhase[]): boolean => a.some((one) => b.some((other) => one !== other && !areConcurrent(one, other) && !b.includes(one) && !a.includes(other)))

function groupOf(image: Image, group: GroupId, name: string | undefined, kind: DeviceGroup['kind'], of: readonly DevicePhase[]): DeviceGroup {
  const lowest = (column: string): number => Math.min(...of.map(({ phase }) => getNumber(image, column, phase)))
  const last = of.at(-1)!
  const [walk, clear] = of.length === 1 ? [lowest(COLUMN.phaseWalk), lowest(COLUMN.phasePedestrianClear)] : [0, 0]
  return {
    group, name: name ?? of.map(({ phase }) => `phase ${phase}`).join(' and '), kind,
    min_green: lowest(COLUMN.phaseMinimumGreen) * SECOND, yellow: last.yellow, red_clearance: last.red_clearance,
    ...(walk > 0 ? { walk: walk * SECOND, pedestrian_clearance: clear * SECOND } : {}),
  }
}

function slotOf(image: Image, slot: number, settings: Settings, signal: Signal, { active_slot }: Pick<Baseline, 'active_slot'>): DeviceSlot {
  const used_by: string[] = []
  if (active_slot === slot) used_by.push('runs now')
  if (findNumber(image, SCALAR.patternControl) === slot) used_by.push('commanded by the system')
  for (const action of rows(findNumber(image, SCALAR.maxActions) ?? 0)) if (findNumber(image, COLUMN.actionPattern, action) === slot) used_by.push(`action ${action}`)
  try {
    const timing = patternTiming(image, slot, settings, signal)
    return timing === undefined ? { slot, used_by } : { slot, timing, used_by }
  } catch (error) {
    // A pattern that is no whole plan may stand in any slot and harms nobody until it is run.
    if (error instanceof GreenwaveError) return { slot, used_by }
    throw error
  }
}
