// Settings of a device, and what the protocol tells of it. A protocol with variants has its profile here too: an unknown value that changes the meaning of a write makes it read-only.
import { GreenwaveError } from '../../../model/errors.ts'
import type { DeviceGroup, DeviceMode, Lamp, LampTiming, LiveSample } from '../../../model/device/device.ts'
import type { DeviceRecord } from '../../../plans/ports/controllers.ts'
import { malformed } from './codec.ts'

export interface Settings {
  host: string
  port: number
  /** Of the computer's clock, for one answer. */
  timeout_ms: number
}

/** Throws input.value with place and value. */
export function readSettings({ id, settings }: DeviceRecord): Settings {
  const { host, port, timeout_ms = 2000 } = settings
  const refuse = (name: string, value: unknown, wanted: string): never => { throw new GreenwaveError('input.value', `controller ${id}: settings.${name} is ${JSON.stringify(value)}; it must be ${wanted}`) }
  if (typeof host !== 'string' || host === '') return refuse('host', host, 'a name or an address')
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return refuse('port', port, 'a whole number from 1 to 65535')
  if (typeof timeout_ms !== 'number' || !(timeout_ms >= 50 && timeout_ms <= 60_000)) return refuse('timeout_ms', timeout_ms, 'a number from 50 to 60000')
  return { host, port, timeout_ms }
}

/** What it answers to `read`, checked. */
export interface DemoConfig {
  groups: DeviceGroup[]
  conflicts: [string, string][]
  /** Row by row as it is stored; used_by tells who names it. */
  rows: { slot: number; used_by: string[]; values: Record<string, string> }[]
  time_s: number
}

/** Throws controller.malformed. */
export function decodeConfig(data: Record<string, unknown>): DemoConfig {
  return { groups: listOf(data.groups, 'groups').map(groupOf), conflicts: listOf(data.conflicts, 'conflicts').map(pairOf), rows: listOf(data.rows, 'rows').map(rowOf), time_s: numberOf(data.time_s, 'time_s') }
}

const MODES: readonly DeviceMode[] = ['coordinated', 'fixed', 'free', 'transition', 'manual', 'preempted', 'flash', 'dark', 'all-red', 'fault', 'door-open', 'starting', 'unknown']
const LAMPS: readonly Lamp[] = ['red', 'red-yellow', 'green', 'green-flashing', 'yellow', 'yellow-flashing', 'red-flashing', 'dark', 'unknown']

/** Throws controller.malformed. */
export function decodeStatus(data: Record<string, unknown>): LiveSample {
  const mode = MODES.find((one) => one === data.mode)
  if (mode === undefined) throw malformed(`the mode ${JSON.stringify(data.mode)}`)
  const lamps = listOf(data.lamps, 'lamps').map((item) => {
    const lamp = LAMPS.find((one) => one === recordOf(item, 'lamps').lamp)
    if (lamp === undefined) throw malformed('a lamp that is no colour')
    return { group: textOf(recordOf(item, 'lamps').group, 'group'), lamp }
  })
  return { time_s: numberOf(data.time_s, 'time_s'), mode, lamps, ...(data.slot === undefined ? {} : { active_slot: numberOf(data.slot, 'slot') }) }
}

/** Of a group that is never green. */
export const NEVER = 'none'

/** What the rows of a slot make the lamps do: the way back of `itemsOf` in plan.ts. Undefined where they are no plan. */
export function timingOfRow(values: Readonly<Record<string, string>>, groups: readonly DeviceGroup[]): LampTiming | undefined {
  const whole = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined)
  const [cycle, offset] = [whole(values.cycle), whole(values.offset)]
  if (cycle === undefined || offset === undefined || cycle === 0) return undefined
  const lamps = groups.map(({ group, yellow, red_clearance }) => {
    const text = values[`greens ${group}`] ?? NEVER
    const windows = text === NEVER ? [] : text.split(',').map((part) => part.split('-').map(whole))
    return { group, greens: windows as [number, number][], yellow, red_clearance }
  })
  const isWhole = lamps.every(({ greens }) => greens.every((window) => window.length === 2 && window.every((edge) => edge !== undefined) && window[1] > window[0]))
  return isWhole ? { cycle, offset, groups: lamps } : undefined
}

function groupOf(item: unknown): DeviceGroup {
  const value = recordOf(item, 'groups')
  return {
    group: textOf(value.group, 'group'), name: textOf(value.name, 'name'), kind: value.kind === 'pedestrian' ? 'pedestrian' : 'vehicle',
    min_green: numberOf(value.min_green, 'min_green'), yellow: numberOf(value.yellow, 'yellow'), red_clearance: numberOf(value.red_clearance, 'red_clearance'),
  }
}

function pairOf(item: unknown): [string, string] {
  const [a, b] = listOf(item, 'conflicts')
  return [textOf(a, 'conflicts'), textOf(b, 'conflicts')]
}

function rowOf(item: unknown): DemoConfig['rows'][number] {
  const { slot, used_by, values } = recordOf(item, 'rows')
  const texts = Object.entries(recordOf(values, 'values')).map(([name, value]): [string, string] => [name, textOf(value, name)])
  return { slot: numberOf(slot, 'slot'), used_by: listOf(used_by, 'used_by').map((one) => textOf(one, 'used_by')), values: Object.fromEntries(texts) }
}

/** More than any controller has of anything. */
const MOST = 4096

function listOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value) || value.length > MOST) throw malformed(`"${name}" that is no list of at most ${MOST}`)
  return value
}
function recordOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`"${name}" that is no object`)
  return value as Record<string, unknown>
}
function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.length > 1000) throw malformed(`"${name}" that is no short text`)
  return value
}
function numberOf(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(`"${name}" that is no number`)
  return value
}
