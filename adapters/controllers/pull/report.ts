// What a cabinet tells: how far it is with a bundle, its lamps, and its own configuration, which no bundle changes.
import type { DeviceMode, Lamp } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { type BundlePlan, isBundleId, parseJson, planOf } from './bundle.ts'
import { choiceOf, fieldsOf, listOf, textOf, wholeOf } from './fields.ts'

export const CONFIG_SCHEMA = 'greenwave.cabinet/1'
export const REPORT_STATES = ['STORED', 'ARMED', 'EFFECTIVE', 'MISMATCH', 'REVERTED', 'REFUSED'] as const
export type ReportState = (typeof REPORT_STATES)[number]

/** Of a report's bytes. */
export const MOST_REPORT_BYTES = 256 * 1024

export interface CabinetGroup {
  group: string
  name: string
  kind: 'vehicle' | 'pedestrian'
  minGreenS: number
  maxGreenS?: number
  yellowS: number
  allRedS: number
  walkS?: number
  pedClearanceS?: number
}

/** The cabinet's own, as somebody on the spot set it up. Plans of bundles are beside it, so that a bundle can follow another on the same baseline. */
export interface CabinetConfig {
  schema: typeof CONFIG_SCHEMA
  vendor: string
  model: string
  firmware: string
  groups: CabinetGroup[]
  conflicts: [string, string][]
  intergreens: { from: string; to: string; seconds: number }[]
  stages: { stageNo: number; groups: string[] }[]
  plans: BundlePlan[]
  /** Own day plan: local time `06:30` and the plan that runs from then on. */
  daily: { from: string; planNo: number }[]
  /** Numbers that bundles may use. */
  bundlePlans: { least: number; most: number }
}

/** Times in whole tenths of a second since 1970. */
export interface CabinetLamps {
  at: number
  mode: DeviceMode
  /** What runs; absent where none does. */
  planNo?: number
  states: { group: string; lamp: Lamp }[]
  /** Greens as they were, the last that are still kept; one that still lasts has no end. */
  from: number
  greens: { group: string; start: number; end?: number }[]
}

export interface Report {
  bundleId: string
  state: ReportState
  level: number
  reason?: string
  /** Hex: of the bundle as the cabinet reads it back from where it keeps it. */
  etag?: string
  clock: { skewMs?: number; source: string }
  lamps?: CabinetLamps
  config?: CabinetConfig
}

const MODES: readonly DeviceMode[] = ['coordinated', 'fixed', 'free', 'transition', 'manual', 'preempted', 'flash', 'dark', 'all-red', 'fault', 'door-open', 'starting', 'unknown']
const LAMPS: readonly Lamp[] = ['red', 'red-yellow', 'green', 'green-flashing', 'yellow', 'yellow-flashing', 'red-flashing', 'dark', 'unknown']
const MOST_S = 3600
const MOST_TENTHS = 10 * 4_102_444_800

/** Throws controller.malformed. */
export function parseReport(text: string): Report {
  if (text.length > MOST_REPORT_BYTES) throw new GreenwaveError('controller.malformed', `a report of ${text.length} bytes; at most ${MOST_REPORT_BYTES}`)
  const fields = fieldsOf(parseJson(text), 'the report', ['bundleId', 'state', 'level', 'clock'], ['reason', 'etag', 'lamps', 'config'])
  const bundleId = textOf(fields['bundleId'], 'bundleId', 20)
  if (!isBundleId(bundleId)) throw new GreenwaveError('controller.malformed', `bundleId is ${JSON.stringify(bundleId)}`)
  const clock = fieldsOf(fields['clock'], 'clock', ['source'], ['skewMs'])
  return {
    bundleId, state: choiceOf(fields['state'], 'state', REPORT_STATES), level: wholeOf(fields['level'], 'level', 0, 5),
    clock: { source: textOf(clock['source'], 'source', 40), ...(clock['skewMs'] === undefined ? {} : { skewMs: wholeOf(clock['skewMs'], 'skewMs', -1e9, 1e9) }) },
    ...(fields['reason'] === undefined ? {} : { reason: textOf(fields['reason'], 'reason', 500) }), ...(fields['etag'] === undefined ? {} : { etag: textOf(fields['etag'], 'etag', 64) }),
    ...(fields['lamps'] === undefined ? {} : { lamps: lampsOf(fields['lamps']) }), ...(fields['config'] === undefined ? {} : { config: configOf(fields['config']) }),
  }
}

function lampsOf(value: unknown): CabinetLamps {
  const lamps = fieldsOf(value, 'lamps', ['at', 'mode', 'states', 'from', 'greens'], ['planNo'])
  const time = (one: unknown, what: string): number => wholeOf(one, what, 0, MOST_TENTHS)
  return {
    at: time(lamps['at'], 'at'), mode: choiceOf(lamps['mode'], 'mode', MODES), from: time(lamps['from'], 'from'), ...(lamps['planNo'] === undefined ? {} : { planNo: wholeOf(lamps['planNo'], 'planNo', 1, 65_535) }),
    states: listOf(lamps['states'], 'states', 256).map((item) => {
      const one = fieldsOf(item, 'a lamp', ['group', 'lamp'])
      return { group: textOf(one['group'], 'group'), lamp: choiceOf(one['lamp'], 'lamp', LAMPS) }
    }),
    greens: listOf(lamps['greens'], 'greens', 4096).map((item) => {
      const one = fieldsOf(item, 'a green', ['group', 'start'], ['end'])
      const start = time(one['start'], 'start')
      return { group: textOf(one['group'], 'group'), start, ...(one['end'] === undefined ? {} : { end: wholeOf(one['end'], 'end', start, MOST_TENTHS) }) }
    }),
  }
}

/** Throws controller.malformed. */
export function configOf(value: unknown): CabinetConfig {
  const config = fieldsOf(value, 'config', ['schema', 'vendor', 'model', 'firmware', 'groups', 'conflicts', 'intergreens', 'stages', 'plans', 'daily', 'bundlePlans'])
  const numbers = fieldsOf(config['bundlePlans'], 'bundlePlans', ['least', 'most'])
  const least = wholeOf(numbers['least'], 'least', 1, 65_535)
  return {
    schema: choiceOf(config['schema'], 'schema', [CONFIG_SCHEMA]), vendor: textOf(config['vendor'], 'vendor'), model: textOf(config['model'], 'model'), firmware: textOf(config['firmware'], 'firmware'),
    groups: listOf(config['groups'], 'groups', 256).map(groupOf),
    conflicts: listOf(config['conflicts'], 'conflicts', 65_536).map((item): [string, string] => {
      const [a, b] = listOf(item, 'a conflict', 2)
      return [textOf(a, 'a conflict'), textOf(b, 'a conflict')]
    }),
    intergreens: listOf(config['intergreens'], 'intergreens', 65_536).map((item) => {
      const one = fieldsOf(item, 'an intergreen', ['from', 'to', 'seconds'])
      return { from: textOf(one['from'], 'from'), to: textOf(one['to'], 'to'), seconds: wholeOf(one['seconds'], 'seconds', 0, 600) }
    }),
    stages: listOf(config['stages'], 'stages', 256).map((item) => {
      const one = fieldsOf(item, 'a stage', ['stageNo', 'groups'])
      return { stageNo: wholeOf(one['stageNo'], 'stageNo', 1, 65_535), groups: listOf(one['groups'], 'groups', 256).map((group) => textOf(group, 'group')) }
    }),
    plans: listOf(config['plans'], 'plans', 256).map(planOf),
    daily: listOf(config['daily'], 'daily', 256).map((item) => {
      const one = fieldsOf(item, 'daily', ['from', 'planNo'])
      return { from: timeOfDay(one['from']), planNo: wholeOf(one['planNo'], 'planNo', 1, 65_535) }
    }),
    bundlePlans: { least, most: wholeOf(numbers['most'], 'most', least, 65_535) },
  }
}

function timeOfDay(value: unknown): string {
  const text = textOf(value, 'from')
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) throw new GreenwaveError('controller.malformed', `from is ${JSON.stringify(text)}, no time of day`)
  return text
}

function groupOf(item: unknown): CabinetGroup {
  const one = fieldsOf(item, 'a group', ['group', 'name', 'kind', 'minGreenS', 'yellowS', 'allRedS'], ['maxGreenS', 'walkS', 'pedClearanceS'])
  const seconds = (name: string): number => wholeOf(one[name], name, 0, MOST_S)
  const perhaps = <N extends 'maxGreenS' | 'walkS' | 'pedClearanceS'>(name: N): { [K in N]?: number } => (one[name] === undefined ? {} : { [name]: seconds(name) } as { [K in N]: number })
  return {
    group: textOf(one['group'], 'group'), name: textOf(one['name'], 'name'), kind: choiceOf(one['kind'], 'kind', ['vehicle', 'pedestrian']),
    minGreenS: seconds('minGreenS'), yellowS: seconds('yellowS'), allRedS: seconds('allRedS'), ...perhaps('maxGreenS'), ...perhaps('walkS'), ...perhaps('pedClearanceS'),
  }
}
