// The settings of a controller that speaks NTCIP, checked once: address, keys by name, which of our groups is which phase, and what differs from
// device to device (the profile). What is unknown there and matters to a write makes the controller read-only.
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId } from '../../../model/signal.ts'
import type { DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'

export type Version = 'v1' | 'v2c' | 'v3'
export type Auth = 'SHA' | 'SHA-256' | 'SHA-384' | 'SHA-512'
/** AES-256 with keys lengthened after Blumenthal; `-R` after Reeder, as some vendors do. */
export type Privacy = 'AES' | 'AES-256' | 'AES-256-R'

/** How it is reached. */
export interface Link {
  host: string
  port: number
  version: Version
  /** Of the network, not of the emulated clock. */
  timeout_s: number
  user: string
  auth: Auth
  privacy: Privacy
  engine_id: string | undefined
  keys: { auth: string; privacy: string; community: string }
}

/** Where an offset is measured: of the coordinated phases the first or the last, at its green begin, green end or yellow end. */
export const SYNC_POINTS = ['first-green-begin', 'last-green-begin', 'first-green-end', 'last-green-end', 'first-yellow-end', 'last-yellow-end'] as const
export type SyncPoint = (typeof SYNC_POINTS)[number]

export interface Profile {
  /** Items in one PDU; 10 fits the 484 bytes that every SNMPv1 agent takes. */
  max_varbinds: number
  /** The MIB says read-only, most devices take it. Unless `yes`, only patterns with a split row of their own are used. */
  split_number_writable: 'unknown' | 'yes' | 'no'
  /** For devices that don't tell (before v03 of NTCIP 1202): `unknown` = read-only. */
  sync_point: SyncPoint | 'unknown'
  /** Minutes after local midnight at which the system cycle begins, for devices that don't tell it truly; undefined = as it is read. */
  sync_minutes: number | undefined
}

export interface Settings {
  link: Link
  /** Our group -> phase of the controller. */
  phases: ReadonlyMap<GroupId, number>
  overlaps: ReadonlyMap<GroupId, number>
  /** Output whose lamps are read instead of those of the phase or overlap. */
  channels: ReadonlyMap<GroupId, number>
  /** Patterns that may be used; undefined = every spare one. */
  patterns: number[] | undefined
  profile: Profile
  profile_name: string
}

type Values = Record<string, unknown>
const KNOWN = ['host', 'port', 'version', 'timeout_s', 'user', 'auth', 'privacy', 'engine_id', 'auth_secret', 'privacy_secret', 'community_secret', 'waiver', 'groups', 'overlaps', 'channels', 'patterns', 'profile', 'profile_name']
const KNOWN_PROFILE = ['max_varbinds', 'split_number_writable', 'sync_point', 'sync_minutes']

/** Throws input.value with place and value. Keys are looked up by name and never stand in the settings. */
export function readSettings(device: DeviceRecord, context: Pick<DriverContext, 'signal' | 'secret'>): Settings {
  const values = new Reader(device.settings, `settings of controller ${device.id}`)
  values.only(KNOWN)
  const profile = new Reader(values.object('profile'), `profile of controller ${device.id}`)
  profile.only(KNOWN_PROFILE)
  const groups = context.signal.groups.map(({ id }) => id)
  const overlaps = values.numbers('overlaps', groups)
  const phases = values.numbers('groups', groups)
  // A phase of the standard is a number, and most networks call their groups by it.
  if (phases.size === 0) for (const id of groups) if (!overlaps.has(id) && /^[1-9]\d?$/.test(id)) phases.set(id, Number(id))
  const channels = values.numbers('channels', groups)
  return {
    link: readLink(device, values, context),
    phases, overlaps, channels,
    patterns: values.list('patterns'),
    profile: {
      max_varbinds: profile.whole('max_varbinds', 10, 1, 10),
      split_number_writable: profile.choice('split_number_writable', ['unknown', 'yes', 'no'], 'unknown'),
      sync_point: profile.choice('sync_point', [...SYNC_POINTS, 'unknown'], 'unknown'),
      sync_minutes: profile.has('sync_minutes') ? profile.whole('sync_minutes', 0, 0, 1439) : undefined,
    },
    profile_name: values.text('profile_name', 'NTCIP 1202'),
  }
}

function readLink(device: DeviceRecord, values: Reader, { secret }: Pick<DriverContext, 'secret'>): Link {
  const version = values.choice('version', ['v1', 'v2c', 'v3'], 'v3')
  const keyOf = (field: string, usual: string): string => {
    const name = values.text(field, usual)
    return secret(name) ?? values.refuse(field, `names the secret "${name}", which is not there`)
  }
  const auth = values.choice('auth', ['SHA-256', 'SHA-384', 'SHA-512', 'SHA'], 'SHA-256')
  if (version !== 'v3') values.waiver(`SNMP${version} sends its password in the clear`)
  else if (auth === 'SHA') values.waiver('SHA-1 is weaker than the default')
  return {
    host: values.text('host'),
    port: values.whole('port', 161, 1, 65_535),
    version,
    timeout_s: values.number('timeout_s', 2, 0.1, 30),
    user: version === 'v3' ? values.text('user') : '',
    auth,
    privacy: values.choice('privacy', ['AES', 'AES-256', 'AES-256-R'], 'AES'),
    engine_id: values.hex('engine_id'),
    keys: version === 'v3'
      ? { auth: keyOf('auth_secret', `${device.id}-auth`), privacy: keyOf('privacy_secret', `${device.id}-privacy`), community: '' }
      : { auth: '', privacy: '', community: keyOf('community_secret', `${device.id}-community`) },
  }
}

/** Fields of one object, each checked when it is asked for. */
class Reader {
  readonly #values: Values
  readonly #place: string

  constructor(values: Values, place: string) {
    this.#values = values
    this.#place = place
  }

  refuse(field: string, sentence: string): never {
    throw new GreenwaveError('input.value', `${this.#place}: ${field} ${sentence}`)
  }

  only(known: readonly string[]): void {
    for (const field of Object.keys(this.#values)) if (!known.includes(field)) this.refuse(field, `is not known; there are ${known.join(', ')}`)
  }

  has(field: string): boolean { return this.#values[field] !== undefined }

  text(field: string, usual?: string): string {
    const value = this.#values[field] ?? usual
    return typeof value === 'string' && value !== '' && value.length <= 255 ? value : this.refuse(field, `must be a text, is ${JSON.stringify(value)}`)
  }

  whole(field: string, usual: number, min: number, max: number): number {
    const value = this.#values[field] ?? usual
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : this.refuse(field, `must be a whole number from ${min} to ${max}, is ${JSON.stringify(value)}`)
  }

  number(field: string, usual: number, min: number, max: number): number {
    const value = this.#values[field] ?? usual
    return typeof value === 'number' && value >= min && value <= max ? value : this.refuse(field, `must be a number from ${min} to ${max}, is ${JSON.stringify(value)}`)
  }

  choice<T extends string>(field: string, choices: readonly T[], usual: T): T {
    const value = this.#values[field] ?? usual
    return choices.find((choice) => choice === value) ?? this.refuse(field, `must be one of ${choices.join(', ')}, is ${JSON.stringify(value)}`)
  }

  object(field: string): Values {
    const value = this.#values[field] ?? {}
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Values : this.refuse(field, `must be an object, is ${JSON.stringify(value)}`)
  }

  hex(field: string): string | undefined {
    const value = this.#values[field]
    if (value === undefined) return undefined
    return typeof value === 'string' && /^([0-9a-f]{2}){5,32}$/i.test(value) ? value.toLowerCase() : this.refuse(field, `must be 5 to 32 bytes as hex, is ${JSON.stringify(value)}`)
  }

  list(field: string): number[] | undefined {
    const value = this.#values[field]
    if (value === undefined) return undefined
    const isPattern = (one: unknown): one is number => typeof one === 'number' && Number.isInteger(one) && one >= 1 && one <= 253
    return Array.isArray(value) && value.length > 0 && value.every(isPattern) ? value : this.refuse(field, `must be a list of patterns from 1 to 253, is ${JSON.stringify(value)}`)
  }

  /** Our groups to numbers of the controller, each number once. */
  numbers(field: string, groups: readonly GroupId[]): Map<GroupId, number> {
    const map = new Map<GroupId, number>()
    for (const [group, number] of Object.entries(this.object(field))) {
      if (!groups.includes(group)) this.refuse(field, `names the group "${group}", which the signal does not have`)
      if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 255) this.refuse(field, `gives group ${group} the number ${JSON.stringify(number)}, not one from 1 to 255`)
      if ([...map.values()].includes(number as number)) this.refuse(field, `gives two groups the number ${String(number)}`)
      map.set(group, number as number)
    }
    return map
  }

  /** Weaker protection than the default needs somebody who answers for it. */
  waiver(because: string): void {
    const { by, reason } = this.object('waiver')
    const isSaid = (one: unknown): boolean => typeof one === 'string' && one.trim() !== ''
    if (!isSaid(by) || !isSaid(reason)) this.refuse('waiver', `must say by whom and for what reason: ${because}`)
  }
}
