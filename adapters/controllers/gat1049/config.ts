// Settings of an intersection behind a signal system, checked once. No secrets: the password is found by its name.
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId } from '../../../model/signal.ts'
import type { DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import type { Address, Edition } from './envelope.ts'

/** How a signal system is reached: the same for all its intersections. */
export interface Link {
  host: string
  port: number
  user: string
  password: string
  edition: Edition
  from: Address
  to: Address
  /** All of the computer's clock. */
  timeout_ms: number
  heartbeat_s: number
  silence_s: number
  /** Whether answers and pushes must carry our token. */
  answer_token: 'same' | 'any'
}

/** What the text leaves open or vendors do in their own way. Unknown values that change the meaning of a write make the intersection read-only. */
export interface Profile {
  /** What an offset speaks of: the begin of green of the coordinated stage, or the begin of the first stage. */
  offset_reference: 'coordinated-stage' | 'first-stage' | 'unknown'
  /** Whether AdjustList is obeyed: groups late into a stage or early out of it. */
  adjust: 'yes' | 'no'
  /** Longest late start that is said by Adjust instead of by a stage of its own, s. */
  late_start_s: number
  /** ControlMode of CenterPlan. */
  center_mode: '21' | '31' | '53'
  /** ControlMode of a plan that is selected without a lease. */
  select_mode: '21' | '31' | '53'
  /** Whether lamp states are told. */
  lamps: 'yes' | 'no'
  /** Whether LampStatusTime in an answer is the controller's clock at that moment. */
  clock: 'lamp-time' | 'unread'
}

export interface Settings {
  link: Link
  cross: string
  /** Our group -> SignalGroupNo. */
  groups: ReadonlyMap<GroupId, number>
  /** Plan numbers that greenwave may use, lowest and highest. */
  plans: [number, number]
  profile: Profile
  profile_name: string
}

const PROFILE: Profile = { offset_reference: 'coordinated-stage', adjust: 'yes', late_start_s: 0, center_mode: '31', select_mode: '53', lamps: 'yes', clock: 'lamp-time' }
const CHOICES = {
  offset_reference: ['coordinated-stage', 'first-stage', 'unknown'], adjust: ['yes', 'no'], center_mode: ['21', '31', '53'], select_mode: ['21', '31', '53'], lamps: ['yes', 'no'],
  clock: ['lamp-time', 'unread'],
} as const satisfies Partial<Record<keyof Profile, readonly string[]>>
const KNOWN = new Set([
  'host', 'port', 'user', 'password_secret', 'edition', 'subsystem', 'instance', 'timeout_ms', 'heartbeat_s', 'silence_s', 'answer_token', 'cross_id', 'groups', 'plan_numbers', 'profile', 'profile_name',
])

/** Throws input.value with place and value. */
export function readSettings({ id, settings }: DeviceRecord, context: Pick<DriverContext, 'signal' | 'secret'>): Settings {
  const at = new Values(`controller ${id}: settings`, settings)
  at.only(KNOWN)
  const edition = at.choice('edition', ['2013', '2024'], '2024')
  const address = (sys: string): Address => ({ sys, subsystem: at.text('subsystem', ''), instance: at.text('instance', '') })
  const secret = at.text('password_secret', 'gat1049-password')
  const link: Link = {
    host: at.text('host'), port: at.whole('port', 1, 65_535), user: at.text('user'), password: context.secret(secret) ?? '', edition, from: address('TICP'),
    to: { sys: 'UTCS', subsystem: '', instance: '' }, timeout_ms: at.whole('timeout_ms', 50, 60_000, 5000), heartbeat_s: at.whole('heartbeat_s', 1, 300, 30),
    silence_s: at.whole('silence_s', 1, 900, 90), answer_token: at.choice('answer_token', ['same', 'any'], 'same'),
  }
  const plans = at.value('plan_numbers', [1, 32])
  if (!Array.isArray(plans) || plans.length !== 2 || !plans.every((one) => Number.isInteger(one) && one >= 1 && one <= 999) || plans[0] > plans[1]) {
    return at.refuse('plan_numbers', plans, 'a pair [lowest, highest] of whole numbers from 1 to 999')
  }
  return {
    link, cross: at.text('cross_id'), groups: groupsOf(at, context.signal.groups.map((one) => one.id)), plans: [plans[0] as number, plans[1] as number],
    profile: profileOf(new Values(`controller ${id}: settings.profile`, at.object('profile'))), profile_name: at.text('profile_name', 'as written'),
  }
}

function profileOf(at: Values): Profile {
  at.only(new Set(Object.keys(PROFILE)))
  return {
    offset_reference: at.choice('offset_reference', CHOICES.offset_reference, PROFILE.offset_reference), adjust: at.choice('adjust', CHOICES.adjust, PROFILE.adjust),
    late_start_s: at.whole('late_start_s', 0, 60, PROFILE.late_start_s), center_mode: at.choice('center_mode', CHOICES.center_mode, PROFILE.center_mode),
    select_mode: at.choice('select_mode', CHOICES.select_mode, PROFILE.select_mode), lamps: at.choice('lamps', CHOICES.lamps, PROFILE.lamps), clock: at.choice('clock', CHOICES.clock, PROFILE.clock),
  }
}

/** Groups that are numbers need no entry. */
function groupsOf(at: Values, groups: readonly GroupId[]): Map<GroupId, number> {
  const given = at.object('groups')
  const stranger = Object.keys(given).find((group) => !groups.includes(group))
  if (stranger !== undefined) return at.refuse('groups', stranger, `a group of the signal: ${groups.join(', ')}`)
  const map = new Map<GroupId, number>()
  for (const group of groups) {
    const value = given[group] ?? (/^\d{1,4}$/.test(group) ? Number(group) : undefined)
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 9999) return at.refuse(`groups.${group}`, value, 'a SignalGroupNo')
    if ([...map.values()].includes(value)) return at.refuse(`groups.${group}`, value, 'a SignalGroupNo that no other group has')
    map.set(group, value)
  }
  return map
}

class Values {
  readonly #place: string
  readonly #values: Record<string, unknown>

  constructor(place: string, values: Record<string, unknown>) {
    this.#place = place
    this.#values = values
  }

  refuse(name: string, value: unknown, wanted: string): never { throw new GreenwaveError('input.value', `${this.#place}.${name} is ${JSON.stringify(value)}; it must be ${wanted}`) }

  only(known: ReadonlySet<string>): void {
    const name = Object.keys(this.#values).find((one) => !known.has(one))
    if (name !== undefined) this.refuse(name, this.#values[name], `left out; there are ${[...known].join(', ')}`)
  }

  value(name: string, fallback?: unknown): unknown { return this.#values[name] ?? fallback }

  text(name: string, fallback?: string): string {
    const value = this.value(name, fallback)
    return typeof value === 'string' && (value !== '' || fallback !== undefined) && value.length <= 200 ? value : this.refuse(name, value, 'text')
  }

  whole(name: string, least: number, most: number, fallback?: number): number {
    const value = this.value(name, fallback)
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : this.refuse(name, value, `a whole number from ${least} to ${most}`)
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.value(name, fallback)
    return choices.find((one) => one === value) ?? this.refuse(name, value, `one of ${choices.join(', ')}`)
  }

  object(name: string): Record<string, unknown> {
    const value = this.value(name, {})
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : this.refuse(name, value, 'an object')
  }
}
