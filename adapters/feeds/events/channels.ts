// What the channels and phases of a log are, from the tables that agencies keep: `DeviceId,Phase,Parameter,Function` as CSV, and
// the XML exports of ATSPM (detectors, approaches, kinds of detection).
import { FeedAccount } from '../../../model/feed-account.ts'
import type { FeedHealth, LogChannel } from '../../../model/feed.ts'
import type { LinkId } from '../../../model/network.ts'
import type { PhaseNumber } from '../../../model/observation.ts'
import { metresFromFeet, mpsFromMph } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import { nameOf } from '../ndjson.ts'
import { type FeedRecord, quantityOf, type RecordDecoder, RecordFeed } from '../records.ts'
import type { Aliases } from '../table.ts'

export interface ChannelTable {
  channels: LogChannel[]
  health: FeedHealth
}

/** What a phase number of a log stands for. */
export type LogPhase = Omit<PhaseNumber, 'signal'>

const CHANNEL_COLUMNS = {
  device: ['device_id', 'signal_id', 'device', 'signal'],
  phase: ['phase', 'phase_number', 'protected_phase_number'],
  channel: ['parameter', 'channel', 'det_channel', 'detector'],
  function: ['function', 'detector_function', 'type'],
  link: ['link'],
  lane: ['lane', 'lane_number'],
  distance_m: ['distance_m'],
  distance_ft: ['distance_ft', 'distance_from_stop_bar'],
  length_m: ['length_m'],
  latency_s: ['latency_s', 'latency_correction'],
  speed_mps: ['speed_mps'],
  speed_mph: ['mph', 'speed_mph'],
} as const

const FUNCTIONS: ReadonlyMap<string, LogChannel['function']> = new Map([
  ['presence', 'presence'], ['stopbarpresence', 'presence'], ['advance', 'advance'], ['advanced', 'advance'], ['advancecount', 'advance'], ['advancedcount', 'advance'],
  ['count', 'count'], ['stopbarcount', 'count'], ['lanebylanecount', 'count'], ['yellowred', 'yellow-red'], ['pedestrian', 'pedestrian'], ['ped', 'pedestrian'],
])

/** Kinds of detection of ATSPM by number: 2 advance count, 3 advance speed, 4 lane by lane count, 5 the same with speed, 6 presence at the stop bar, 7 advance presence. */
const DETECTION_TYPES: ReadonlyMap<number, LogChannel['function']> = new Map([[2, 'advance'], [3, 'advance'], [4, 'count'], [5, 'count'], [6, 'presence'], [7, 'advance']])

/** Channels of a table; `linkOf` gives the link that the table calls by its source's name. Throws input.format for another layout. */
export async function readChannels(source: ByteSource, linkOf: (name: string) => LinkId | undefined = () => undefined): Promise<ChannelTable> {
  const seen = new Set<string>()
  return table(source, CHANNEL_COLUMNS, (account) => ({
    begin: (has) => (has('phase') && has('channel') && has('function') ? undefined : 'a table of channels needs DeviceId, Phase, Parameter and Function'),
    push({ place, values }, out) {
      const device = nameOf(values.device) ?? ''
      const [phase, channel] = [wholeOf(values.phase), wholeOf(values.channel)]
      const role = FUNCTIONS.get(String(values.function).toLowerCase().replaceAll(/[\s_-]/g, ''))
      if (device === '' || phase === undefined || channel === undefined) return account.count('drop', 'channel-not-understood', () => `${place}: device ${JSON.stringify(device)}, phase ${JSON.stringify(values.phase ?? null)}, channel ${JSON.stringify(values.channel ?? null)}`)
      if (role === undefined) return account.count('drop', 'function-not-understood', () => `${place}: channel ${channel} of device ${device} has the function ${JSON.stringify(values.function ?? null)}`)
      const key = `${device} ${channel} ${phase} ${role}`
      if (seen.has(key)) return account.count('drop', 'duplicate', () => `${place}: channel ${channel} of device ${device} stands twice for ${role} of phase ${phase}`)
      seen.add(key)
      const name = nameOf(values.link)
      const link = name === undefined ? undefined : linkOf(name)
      if (name !== undefined && link === undefined) account.count('repair', 'link-unknown', () => `${place}: the link "${name}" is not in the network; left out`)
      const feet = nonNegative(values.distance_ft)
      const mph = nonNegative(values.speed_mph)
      account.accept(Number.NaN)
      out.push({
        device, phase, channel, function: role, link, lane: wholeOf(values.lane), distance_m: nonNegative(values.distance_m) ?? (feet === undefined ? undefined : metresFromFeet(feet)),
        length_m: nonNegative(values.length_m), latency_s: finite(values.latency_s), speed_mps: nonNegative(values.speed_mps) ?? (mph === undefined ? undefined : mpsFromMph(mph)),
      })
    },
  }))
}

/** The phases of a log: `DeviceId,Phase,Kind,Group`. */
export async function readPhases(source: ByteSource): Promise<{ phases: LogPhase[]; health: FeedHealth }> {
  const columns = { device: ['device_id', 'device'], phase: ['phase'], kind: ['kind'], group: ['group'] } as const
  const { channels: phases, health } = await table<keyof typeof columns, LogPhase>(source, columns, (account) => ({
    begin: (has) => (has('device') && has('phase') && has('kind') && has('group') ? undefined : 'a table of phases needs DeviceId, Phase, Kind and Group'),
    push({ place, values }, out) {
      const [device, phase, group, kind] = [nameOf(values.device), wholeOf(values.phase), nameOf(values.group), nameOf(values.kind)]
      if (device === undefined || phase === undefined || group === undefined || (kind !== 'phase' && kind !== 'overlap' && kind !== 'pedestrian')) {
        return account.count('drop', 'phase-not-understood', () => `${place}: phase ${JSON.stringify(values.phase ?? null)} of kind ${JSON.stringify(values.kind ?? null)}`)
      }
      account.accept(Number.NaN)
      out.push({ device, phase, kind, group })
    },
  }))
  return { phases, health }
}

export interface AtspmTables {
  detectors: ByteSource
  approaches: ByteSource
  /** Which kinds of detection each detector does. */
  detection_types: ByteSource
}

/** Channels from the XML exports of ATSPM. A detector that does several kinds is one channel for each function. */
export async function readAtspmChannels(sources: AtspmTables): Promise<ChannelTable> {
  const approaches = new Map((await rows(sources.approaches, APPROACH_COLUMNS)).map(({ values }) => [nameOf(values.approach), values] as const))
  const kinds = new Map<string, Set<LogChannel['function']>>()
  for (const { values } of await rows(sources.detection_types, { detector: ['id'], kind: ['detection_type_id'] } as const)) {
    const [detector, kind] = [nameOf(values.detector), DETECTION_TYPES.get(quantityOf(values.kind) ?? Number.NaN)]
    if (detector !== undefined && kind !== undefined) kinds.set(detector, (kinds.get(detector) ?? new Set()).add(kind))
  }
  return table(sources.detectors, DETECTOR_COLUMNS, (account) => ({
    push({ place, values }, out) {
      const [id, channel] = [nameOf(values.detector), wholeOf(values.channel)]
      const approach = approaches.get(nameOf(values.approach))
      const device = nameOf(approach?.device)
      const [own, permitted] = [wholeOf(approach?.protected_phase) ?? 0, wholeOf(approach?.permissive_phase) ?? 0]
      const roles = kinds.get(id ?? '')
      if (id === undefined || channel === undefined) return account.count('drop', 'channel-not-understood', () => `${place}: detector ${JSON.stringify(values.detector ?? null)} has the channel ${JSON.stringify(values.channel ?? null)}`)
      if (device === undefined || own + permitted === 0) return account.count('drop', 'approach-unknown', () => `${place}: detector ${id} belongs to approach ${JSON.stringify(values.approach ?? null)}, which has no phase`)
      if (roles === undefined) return account.count('drop', 'function-not-understood', () => `${place}: nobody says what detector ${id} detects`)
      const [feet, mph] = [nonNegative(values.distance_ft), nonNegative(approach!.mph)]
      account.accept(Number.NaN)
      for (const role of roles) {
        out.push({
          device, phase: own || permitted, channel, function: role, link: undefined, lane: wholeOf(values.lane), distance_m: feet === undefined ? undefined : metresFromFeet(feet), length_m: undefined,
          latency_s: finite(values.latency), speed_mps: mph === undefined ? undefined : mpsFromMph(mph), protected: own > 0,
        })
      }
    },
  }))
}

const APPROACH_COLUMNS = { approach: ['approach_id'], device: ['signal_id'], protected_phase: ['protected_phase_number'], permissive_phase: ['permissive_phase_number'], mph: ['mph'] } as const
const DETECTOR_COLUMNS = { detector: ['id'], channel: ['det_channel'], approach: ['approach_id'], lane: ['lane_number'], distance_ft: ['distance_from_stop_bar'], latency: ['latency_correction'] } as const

const wholeOf = (value: unknown): number | undefined => {
  const number = quantityOf(value)
  return number !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined
}
const nonNegative = (value: unknown): number | undefined => {
  const number = quantityOf(value)
  return number !== undefined && number >= 0 ? number : undefined
}
const finite = (value: unknown): number | undefined => {
  const number = quantityOf(value)
  return number !== undefined && Number.isFinite(number) ? number : undefined
}

async function table<Column extends string, Row>(source: ByteSource, columns: Aliases<Column>, decoder: (account: FeedAccount) => RecordDecoder<Column, Row>): Promise<{ channels: Row[]; health: FeedHealth }> {
  const feed = new RecordFeed<Column, Row>(source.name, [source], columns, decoder)
  const channels: Row[] = []
  for await (const batch of feed.batches()) channels.push(...batch)
  return { channels, health: feed.account.health() }
}

async function rows<Column extends string>(source: ByteSource, columns: Aliases<Column>): Promise<FeedRecord<Column>[]> {
  const { channels } = await table<Column, FeedRecord<Column>>(source, columns, (account) => ({
    push(record, out) {
      account.accept(Number.NaN)
      out.push(record)
    },
  }))
  return channels
}
