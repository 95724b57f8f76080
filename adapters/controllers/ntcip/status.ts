// What a controller does now, from its status objects.
import type { DeviceMode, Lamp, LiveSample } from '../../../model/device/device.ts'
import type { GroupId } from '../../../model/signal.ts'
import type { Settings } from './config.ts'
import { COLUMN, SCALAR } from './objects.ts'
import { findNumber, type Image } from './rings.ts'
import type { SnmpSession } from './session.ts'

/** unitFlashStatus 2: not flashing. The others by what they are. */
const FLASH: Record<number, DeviceMode> = { 1: 'flash', 3: 'flash', 4: 'flash', 5: 'fault', 6: 'fault', 7: 'starting', 8: 'preempted' }
/** localFreeStatus 2: coordinated. 7 to 10: it refused the plan and runs free. */
const FREE: Record<number, DeviceMode> = { 2: 'coordinated', 3: 'free', 4: 'transition', 5: 'free', 6: 'free', 7: 'free', 8: 'free', 9: 'free', 10: 'free', 11: 'fault' }
export const REFUSED: Record<number, string> = { 7: 'bad plan', 8: 'bad cycle time', 9: 'split overrun', 10: 'invalid offset', 11: 'coordination failed' }
const MANUAL_CONTROL = [5, 9, 10]
const NOT_FLASHING = 2
const NO_PREEMPTION = 2
const LARGEST_PATTERN = 253
/** coordOperationalMode: 255 manual flash. */
const MANUAL_FLASH = 255

export interface Status {
  mode: DeviceMode
  active_slot: number | undefined
  /** localFreeStatus. */
  free: number | undefined
}

const STATE = [SCALAR.patternStatus, SCALAR.freeStatus, SCALAR.flashStatus, SCALAR.controlStatus, SCALAR.operationalMode]

const bit = (number: number): { group: number; mask: number } => ({ group: Math.floor((number - 1) / 8) + 1, mask: 1 << ((number - 1) % 8) })

/** What tells the lamps of one group: output, overlap or phase. */
function lampRows(settings: Settings, group: GroupId): { reds: string; yellows: string; greens: string; mask: number } | undefined {
  const rows = (columns: [string, string, string], number: number): { reds: string; yellows: string; greens: string; mask: number } => {
    const { group: row, mask } = bit(number)
    return { reds: `${columns[0]}.${row}`, yellows: `${columns[1]}.${row}`, greens: `${columns[2]}.${row}`, mask }
  }
  const [channel, overlap, phase] = [settings.channels.get(group), settings.overlaps.get(group), settings.phases.get(group)]
  if (channel !== undefined) return rows([COLUMN.channelReds, COLUMN.channelYellows, COLUMN.channelGreens], channel)
  if (overlap !== undefined) return rows([COLUMN.overlapReds, COLUMN.overlapYellows, COLUMN.overlapGreens], overlap)
  return phase === undefined ? undefined : rows([COLUMN.groupReds, COLUMN.groupYellows, COLUMN.groupGreens], phase)
}

function statusOf(found: Image): Status {
  const [pattern, free, flash, control, operational] = STATE.map((scalar) => findNumber(found, scalar))
  const active_slot = pattern !== undefined && pattern >= 1 && pattern <= LARGEST_PATTERN ? pattern : undefined
  const mode = modeOf(free, flash, control, operational, Object.entries(found).filter(([oid]) => oid.startsWith(`${COLUMN.preemptState}.`)).map(([, value]) => Number(value)))
  return { mode, active_slot, free }
}

function modeOf(free: number | undefined, flash: number | undefined, control: number | undefined, operational: number | undefined, preempts: number[]): DeviceMode {
  if (flash !== undefined && flash !== NOT_FLASHING) return FLASH[flash] ?? 'unknown'
  if (operational === MANUAL_FLASH) return 'flash'
  if (preempts.some((state) => state !== NO_PREEMPTION)) return 'preempted'
  if ((control !== undefined && MANUAL_CONTROL.includes(control)) || (operational !== undefined && operational !== 0)) return 'manual'
  return FREE[free ?? 0] ?? 'unknown'
}

export async function readStatus(session: SnmpSession, signal: AbortSignal): Promise<Status> {
  const found = Object.fromEntries(await session.read([...STATE, SCALAR.maxPreempts], signal))
  const preempts = Array.from({ length: findNumber(found, SCALAR.maxPreempts) ?? 0 }, (_, i) => `${COLUMN.preemptState}.${i + 1}`)
  return statusOf({ ...found, ...Object.fromEntries(await session.read(preempts, signal)) })
}

/** Lamps of all groups that somebody said where to find, with the status, at the middle of the time that reading took. */
export async function sampleLamps(session: SnmpSession, settings: Settings, groups: readonly GroupId[], now: () => number, signal: AbortSignal): Promise<LiveSample & Pick<Status, 'free'>> {
  const rows = groups.flatMap((group) => { const of = lampRows(settings, group); return of === undefined ? [] : [{ group, ...of }] })
  // Greens first: one request holds them all at most junctions, so that they are of one instant.
  const lamps = [...new Set([...rows.map(({ greens }) => greens), ...rows.map(({ yellows }) => yellows), ...rows.map(({ reds }) => reds)])]
  const before = now()
  const found = Object.fromEntries(await session.read(lamps, signal))
  const time_s = (before + now()) / 2
  const state = await session.read([...STATE, SCALAR.syncStatus], signal)
  const status = statusOf(Object.fromEntries(state))
  const position = findNumber(Object.fromEntries(state), SCALAR.syncStatus)
  return {
    time_s, mode: status.mode, free: status.free,
    ...(status.active_slot === undefined ? {} : { active_slot: status.active_slot }),
    ...(position === undefined ? {} : { cycle_position_s: position }),
    lamps: rows.map(({ group, reds, yellows, greens, mask }) => ({ group, lamp: lampOf(found, { reds, yellows, greens }, mask) })),
  }
}

function lampOf(found: Image, { reds, yellows, greens }: { reds: string; yellows: string; greens: string }, mask: number): Lamp {
  const isOn = (oid: string): boolean => ((findNumber(found, oid) ?? 0) & mask) !== 0
  if (found[greens] === undefined) return 'unknown'
  return isOn(greens) ? 'green' : isOn(yellows) ? 'yellow' : isOn(reds) ? 'red' : 'dark'
}
