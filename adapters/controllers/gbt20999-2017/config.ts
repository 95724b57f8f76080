// The settings of a controller that speaks GB/T 20999-2017, checked once: where it is, which of our groups is which phase, and what differs between vendors
// (the profile). What is `unknown` there and changes the meaning of a write makes the controller read-only.
import type { GroupId } from '../../../model/signal.ts'
import type { DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { phasesOf, SettingsReader } from '../settings-reader.ts'
import type { FrameProfile } from './codec.ts'

export interface Link {
  /** Frames are escaped over TCP, which serial servers speak too, and not over UDP. */
  transport: 'tcp' | 'udp'
  host: string
  port: number
  /** UDP: where controllers send their answers; 0 = any. */
  local_port: number
  /** Of the computer's clock, for one answer. */
  timeout_ms: number
}

/** Local run modes to which control may be given back; nothing that flashes or stops traffic is among them. */
export const RELEASE_MODES = [0x21, 0x22, 0x23, 0x24] as const
export type ReleaseMode = (typeof RELEASE_MODES)[number]

export interface Profile extends FrameProfile {
  /** Which element of an array its first byte is. Implementations disagree: read-only until a person has confirmed it. */
  array_order: 'unknown' | 'first' | 'last'
  /** `hint`: an answer with the number of an earlier request is none, one with a number that was never ours is. */
  sequence_echo: 'yes' | 'no' | 'hint'
  /** What 9.2.4 counts: places of the stage chain, or stages. Either way the offset is the begin of the first stage of the chain. */
  reference_number: 'position' | 'stage'
  /** Where colours before green belong (gaining right of way): to the intergreen before the stage, or to the stage. Matters only where there are any. */
  gaining_in: 'unknown' | 'intergreen' | 'stage'
  /** Local mode that ends our control; undefined = plan 0 does. */
  release_mode: ReleaseMode | undefined
  /** Of the cabinet door (13.1.3); any other value is a door that stands open. */
  door_closed: number
  /** Whether states of lamp groups (3.3.1) can be read: without, no more than level 3 is reached. */
  lamps: boolean
  /** Values in one query. */
  most_values: number
  /** Between heartbeats, s by the computer's clock; 0 = none are sent. */
  heartbeat_s: number
}

export interface Settings {
  link: Link
  host_id: number
  controller_id: number
  intersection: number
  /** Our group -> phase of the controller. */
  phases: ReadonlyMap<GroupId, number>
  /** Plans that may be used; undefined = every spare one of those that it counts. */
  plans: number[] | undefined
  profile: Profile
  profile_name: string
}

const KNOWN = ['transport', 'host', 'port', 'local_port', 'timeout_ms', 'host_id', 'controller_id', 'intersection', 'groups', 'plans', 'profile', 'profile_name']
const KNOWN_PROFILE = [
  'version', 'crc_polynomial', 'crc_initial', 'length_adjust', 'heartbeat_count', 'array_order', 'sequence_echo', 'reference_number', 'gaining_in', 'release_mode', 'door_closed', 'lamps', 'most_values', 'heartbeat_s',
]
/** Bits of a mask of phases. */
const MOST_PHASES = 64

/** Throws input.value with place and value. */
export function readSettings({ id, settings }: DeviceRecord, signal: DriverContext['signal']): Settings {
  const values = new SettingsReader(settings, `settings of controller ${id}`, KNOWN)
  const profile = new SettingsReader(values.object('profile'), `profile of controller ${id}`, KNOWN_PROFILE)
  return {
    link: {
      transport: values.choice('transport', ['tcp', 'udp'], 'tcp'), host: values.text('host'), port: values.whole('port', undefined, 1, 65_535),
      local_port: values.whole('local_port', 0, 0, 65_535), timeout_ms: values.whole('timeout_ms', 2000, 50, 60_000),
    },
    host_id: values.whole('host_id', 1, 0, 255), controller_id: values.whole('controller_id', undefined, 0, 0xff_ff_ff_ff), intersection: values.whole('intersection', 1, 1, 255),
    phases: phasesOf(values, signal, MOST_PHASES), plans: values.numbers('plans', 255), profile: readProfile(profile), profile_name: values.text('profile_name', 'GB/T 20999-2017'),
  }
}

function readProfile(profile: SettingsReader): Profile {
  const release = profile.whole('release_mode', 0, 0, 255)
  const release_mode = RELEASE_MODES.find((mode) => mode === release)
  if (release !== 0 && release_mode === undefined) profile.refuse('release_mode', `0 or one of ${RELEASE_MODES.join(', ')}`)
  return {
    version: profile.choice('version', [0x0100, 0x0102], 0x0100), crc_polynomial: profile.whole('crc_polynomial', 0x1005, 1, 0xffff), crc_initial: profile.whole('crc_initial', 0, 0, 0xffff),
    length_adjust: profile.choice('length_adjust', [0, -2], 0), heartbeat_count: profile.choice('heartbeat_count', [true, false], true),
    array_order: profile.choice('array_order', ['unknown', 'first', 'last'], 'unknown'), sequence_echo: profile.choice('sequence_echo', ['yes', 'no', 'hint'], 'hint'),
    reference_number: profile.choice('reference_number', ['position', 'stage'], 'position'), gaining_in: profile.choice('gaining_in', ['unknown', 'intergreen', 'stage'], 'unknown'),
    release_mode, door_closed: profile.whole('door_closed', 0, 0, 255), lamps: profile.choice('lamps', [true, false], true),
    most_values: profile.whole('most_values', 64, 1, 255), heartbeat_s: profile.whole('heartbeat_s', 5, 0, 60),
  }
}
