// The settings of a controller that speaks GB/T 20999-2007, checked once: where it is, which of our groups is which phase, and what differs between vendors
// (the profile). What is `unknown` there and changes the meaning of a write makes the controller read-only.
import type { GroupId } from '../../../model/signal.ts'
import type { DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { phasesOf, SettingsReader } from '../settings-reader.ts'

export interface Link {
  host: string
  port: number
  /** 0 = any; a fixed one lets late answers to an earlier question in. */
  local_port: number
  /** Of the computer's clock, for one answer. */
  timeout_ms: number
}

export interface Profile {
  /** Which writes of tables it takes. */
  writes: 'unknown' | 'table' | 'row'
  /** What the offset of a pattern is the master time of: the begin of its first stage, or of its coordinated phase. The text says neither. */
  offset_reference: 'unknown' | 'first_stage' | 'coordinated_phase'
  /** Whether it runs the pattern of 0xB6; where it has no effect, the row of the pattern that runs is pointed to our stages instead. */
  system_pattern: 'works' | 'no_effect'
  /** What it tells in 0xBE: whole stages, or their greens. */
  effective: 'stage' | 'green'
  /** Whether 0x96 tells lamps, in rows of eight phases: without, no more than level 4 is reached. */
  lamps: 'none' | 'phase_output'
}

export interface Settings {
  link: Link
  /** Our group -> phase of the controller. */
  phases: ReadonlyMap<GroupId, number>
  /** Patterns and stage tables that may be used; undefined = every spare one. */
  patterns: number[] | undefined
  stage_tables: number[] | undefined
  profile: Profile
  profile_name: string
}

const KNOWN = ['host', 'port', 'local_port', 'timeout_ms', 'groups', 'patterns', 'stage_tables', 'profile', 'profile_name']
const KNOWN_PROFILE = ['writes', 'offset_reference', 'system_pattern', 'effective', 'lamps']
/** Bits of a mask of phases. */
const MOST_PHASES = 32

/** Throws input.value with place and value. */
export function readSettings({ id, settings }: DeviceRecord, signal: DriverContext['signal']): Settings {
  const values = new SettingsReader(settings, `settings of controller ${id}`, KNOWN)
  const profile = new SettingsReader(values.object('profile'), `profile of controller ${id}`, KNOWN_PROFILE)
  return {
    link: {
      host: values.text('host'), port: values.whole('port', undefined, 1, 65_535), local_port: values.whole('local_port', 0, 0, 65_535), timeout_ms: values.whole('timeout_ms', 2000, 50, 60_000),
    },
    phases: phasesOf(values, signal, MOST_PHASES), patterns: values.numbers('patterns', 32), stage_tables: values.numbers('stage_tables', 255),
    profile: {
      writes: profile.choice('writes', ['unknown', 'table', 'row'], 'unknown'), offset_reference: profile.choice('offset_reference', ['unknown', 'first_stage', 'coordinated_phase'], 'unknown'),
      system_pattern: profile.choice('system_pattern', ['works', 'no_effect'], 'works'), effective: profile.choice('effective', ['stage', 'green'], 'stage'),
      lamps: profile.choice('lamps', ['none', 'phase_output'], 'none'),
    },
    profile_name: values.text('profile_name', 'GB/T 20999-2007'),
  }
}
