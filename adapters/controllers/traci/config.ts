// Settings of a traffic light in SUMO: where SUMO listens, which light it is, and which connection belongs to which of our groups.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Signal } from '../../../model/signal.ts'
import type { DeviceRecord } from '../../../plans/ports/controllers.ts'
import type { LightLink } from './program.ts'
import type { StreetSettings } from './street.ts'

export interface TraciSettings extends StreetSettings {
  /** Id of the traffic light in SUMO. */
  light: string
  /** Its connections in SUMO's order. */
  links: LightLink[]
  /** Length of a step, s: lamps change at whole steps only. Default 1. */
  step_s: number
  /** How the offset is reached after a change of program. Default `shortway`. */
  transition: 'dwell' | 'shortway'
}

const DEFAULT_TIMEOUT_MS = 10_000
const LONGEST_TIMEOUT_MS = 600_000
/** As many connections no traffic light has. */
const MOST_LINKS = 1000

/** Throws `input.value` with place and value. */
export function parseSettings({ id, settings }: DeviceRecord, signal: Signal): TraciSettings {
  const refuse = (name: string, wanted: string): GreenwaveError =>
    new GreenwaveError('input.value', `controller ${id}: ${name} is ${JSON.stringify(settings[name]) ?? 'missing'}; it must be ${wanted}`)
  const number = (name: string, fallback: number | undefined, least: number, most: number, whole = false): number => {
    const value = settings[name] ?? fallback
    if (typeof value !== 'number' || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) throw refuse(name, `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`)
    return value
  }
  const words = (name: string, fallback?: string): string => {
    const value = settings[name] ?? fallback
    if (typeof value !== 'string' || value === '') throw refuse(name, 'a text')
    return value
  }
  const transition = words('transition', 'shortway')
  if (transition !== 'dwell' && transition !== 'shortway') throw refuse('transition', '"dwell" or "shortway"')
  const step_s = number('step_s', 1, 0.1, 1)
  if (Math.abs(step_s * 10 - Math.round(step_s * 10)) > 1e-9) throw refuse('step_s', 'whole tenths of a second')
  return {
    host: words('host', '127.0.0.1'), port: number('port', undefined, 1, 65_535, true), starts_at: number('starts_at', undefined, 0, 4e9),
    timeout_ms: number('timeout_ms', DEFAULT_TIMEOUT_MS, 1, LONGEST_TIMEOUT_MS), step_s, transition, light: words('light'),
    ...(settings.steps_per_s === undefined ? {} : { steps_per_s: number('steps_per_s', undefined, 0.01, 10_000) }),
    ...(settings.client_order === undefined ? {} : { client_order: number('client_order', undefined, -1000, 1000, true) }),
    links: parseLinks(settings.links, signal, refuse),
  }
}

function parseLinks(value: unknown, signal: Signal, refuse: (name: string, wanted: string) => GreenwaveError): LightLink[] {
  const known = new Set(signal.groups.map(({ id }) => id))
  const isLink = (one: unknown): one is LightLink => {
    if (typeof one !== 'object' || one === null) return false
    const { groups, rest, rests_for } = one as Partial<LightLink>
    return (rest === 'r' || rest === 's') && Array.isArray(groups)
      && groups.every((part) => typeof part === 'object' && part !== null && known.has(part.group) && (part.right_of_way === 'protected' || part.right_of_way === 'permissive'))
      && (rests_for === undefined || (Array.isArray(rests_for) && rests_for.every((index) => Number.isInteger(index) && index >= 0)))
  }
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_LINKS || !value.every(isLink)) {
    throw refuse('links', `a list, one entry { groups: [{ group, right_of_way }], rest: "r" | "s" } a connection, with groups of signal ${signal.id} (${[...known].join(', ')})`)
  }
  return value
}
