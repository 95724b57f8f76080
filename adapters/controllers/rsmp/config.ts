// Settings of a site, and what its statuses say. RSMP tells neither greens nor clearances: those of the engineered programs are typed from the controller's configuration.
import type { DeviceConfig, DeviceGroup, DeviceMode, Lamp, LampTiming, Tenths } from '../../../model/device/device.ts'
import { tenthsOf } from '../../../model/device/lamp-timing.ts'
import { type DeviceStage, lampTimingOfStages, type StageAdjustment } from '../../../model/device/stages.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { modulo } from '../../../model/units.ts'
import type { DeviceRecord } from '../../../plans/ports/controllers.ts'

/** Core editions, oldest first. */
const CORES = ['3.1.2', '3.1.3', '3.1.4', '3.1.5', '3.2.0', '3.2.1', '3.2.2'] as const

/** A dynamic band: by how many whole seconds it lengthens which stage. Stages are counted from 1. */
export interface Band { no: number; stage: number; min: number; max: number }

/** A plan as it is engineered in the controller, all bands at 0. */
export interface Program {
  plan: number
  /** Made for us: it may be written. */
  spare: boolean
  /** Cycle counter at which the first stage begins. */
  first: Tenths
  stages: DeviceStage[]
  bands: Band[]
}

export interface Settings {
  /** Of the Version, for example `KK+AG9998=001TC000`. */
  site: string
  component: string
  /** Which of several intersections of the controller; undefined: all of them must be well. */
  intersection: string | undefined
  host: string
  port: number
  /** With certificates of both ends, ours out of the secrets. */
  tls: 'no' | 'mutual'
  core: string[]
  sxl: string
  /** All by the computer's clock. */
  answer_ms: number
  connect_ms: number
  watchdog_ms: number
  silence_ms: number
  boolean_form: 'boolean' | 'text'
  /** Master time, s, at which the base cycle counter is a multiple of every cycle; undefined while nobody knows. */
  base_counter_zero_s: number | undefined
  /** Minutes after which the controller goes back to its own plan without us. */
  timeout_min: number
  /** Largest error of a group that may be sent, s. */
  residual_s: number
  /** Name of the secret that holds security code 2. */
  code: string
  groups: (DeviceGroup & { no: number })[]
  conflicts: DeviceConfig['conflicts']
  intergreens: DeviceConfig['intergreens']
  programs: Program[]
}

/** Throws input.value with place and value. */
export function readSettings({ id, settings }: DeviceRecord): Settings {
  const read = new SettingsReader(`controller ${id}: settings`, settings)
  const site = read.text('site')
  const zero = settings.base_counter_zero_s
  const groups = read.list('groups').map(groupOf)
  const known = (place: SettingsReader, name: string): string => { const group = place.text(name); return groups.some((one) => one.group === group) ? group : place.refuse(name, 'a group of settings.groups') }
  return {
    site, component: read.text('component', site), intersection: settings.intersection === undefined ? undefined : read.text('intersection'),
    host: read.text('host', '127.0.0.1'), port: read.whole('port', 1, 65_535, 12_111), tls: read.some('tls', ['no', 'mutual'], ['no'])[0] as 'no' | 'mutual',
    core: settings.core === undefined ? [...CORES] : read.some('core', CORES), sxl: read.text('sxl', '1.2.1'),
    answer_ms: read.whole('answer_ms', 50, 120_000, 30_000), connect_ms: read.whole('connect_ms', 50, 600_000, 30_000),
    watchdog_ms: read.whole('watchdog_ms', 1000, 600_000, 60_000), silence_ms: read.whole('silence_ms', 2000, 1_800_000, 150_000),
    boolean_form: read.some('boolean_form', ['boolean', 'text'], ['boolean'])[0] as 'boolean' | 'text',
    base_counter_zero_s: zero === 'unknown' ? undefined : read.whole('base_counter_zero_s', 0, 86_399, 0),
    timeout_min: read.whole('timeout_min', 1, 65_535, 10), residual_s: read.number('residual_s', 0, 10, 0), code: read.text('code', 'rsmp-code-2'),
    groups,
    conflicts: read.list('conflicts', []).map((pair) => [known(pair, '0'), known(pair, '1')]),
    intergreens: read.list('intergreens', []).map((one) => ({ from: known(one, 'from'), to: known(one, 'to'), time: one.tenths('time_s') })),
    programs: read.list('programs', []).map((program) => programOf(program, known)),
  }
}

function groupOf(read: SettingsReader): Settings['groups'][number] {
  const optional = (name: string, key: string): Record<string, Tenths> => (read.has(name) ? { [key]: read.tenths(name) } : {})
  const group = read.text('group')
  return {
    group, no: read.whole('no', 1, 255), name: read.text('name', group), kind: read.some('kind', ['vehicle', 'pedestrian'], ['vehicle'])[0] as 'vehicle' | 'pedestrian',
    min_green: read.tenths('min_green_s'), yellow: read.tenths('yellow_s'), red_clearance: read.tenths('red_clearance_s'),
    ...optional('max_green_s', 'max_green'), ...optional('walk_s', 'walk'), ...optional('pedestrian_clearance_s', 'pedestrian_clearance'),
  }
}

function programOf(read: SettingsReader, known: (place: SettingsReader, name: string) => string): Program {
  const adjustments = (place: SettingsReader, name: string): StageAdjustment[] => place.list(name, []).map((one) => ({ group: known(one, 'group'), by: one.tenths('by_s') }))
  const stages = read.list('stages').map((stage): DeviceStage => ({
    groups: stage.list('groups').map((group) => known(group, '')), green: stage.tenths('green_s'), yellow: stage.tenths('yellow_s'), red_clearance: stage.tenths('red_clearance_s'),
    late_start: adjustments(stage, 'late_start'), early_end: adjustments(stage, 'early_end'),
  }))
  return {
    plan: read.whole('plan', 1, 255), spare: read.some('use', ['spare', 'own'], ['own'])[0] === 'spare', first: read.tenths('first_s', 0), stages,
    // Read-back says bands with two digits.
    bands: read.list('bands', []).map((band) => ({ no: band.whole('no', 1, 10), stage: band.whole('stage', 1, stages.length), min: band.whole('min', 0, 99, 0), max: band.whole('max', 0, 99) })),
  }
}

/** One place of the settings, with its name for whoever typed it. */
class SettingsReader {
  readonly #place: string
  readonly #value: unknown

  constructor(place: string, value: unknown) {
    this.#place = place
    this.#value = value
  }

  refuse(name: string, wanted: string): never { throw new GreenwaveError('input.value', `${this.#at(name)} is ${JSON.stringify(this.#get(name)) ?? 'missing'}; it must be ${wanted}`) }
  has(name: string): boolean { return this.#get(name) !== undefined }

  text(name: string, otherwise?: string): string {
    const value = this.#get(name) ?? otherwise
    return typeof value === 'string' && value !== '' && value.length <= 200 ? value : this.refuse(name, 'a text')
  }

  number(name: string, from: number, to: number, otherwise?: number): number {
    const value = this.#get(name) ?? otherwise
    return typeof value === 'number' && value >= from && value <= to ? value : this.refuse(name, `a number from ${from} to ${to}`)
  }

  whole(name: string, from: number, to: number, otherwise?: number): number {
    const value = this.number(name, from, to, otherwise)
    return Number.isInteger(value) ? value : this.refuse(name, `a whole number from ${from} to ${to}`)
  }

  /** Seconds in the settings. */
  tenths(name: string, otherwise?: number): Tenths { return tenthsOf(this.number(name, 0, 1000, otherwise), this.#at(name)) }

  /** One word or a list of words, each on the list; the order is that of `among`. */
  some(name: string, among: readonly string[], otherwise?: string[]): string[] {
    const value = this.#get(name) ?? otherwise
    const words = Array.isArray(value) ? value : [value]
    return words.length > 0 && words.every((one) => among.includes(one as string)) ? among.filter((one) => words.includes(one)) : this.refuse(name, `of ${among.join(', ')}`)
  }

  list(name: string, otherwise?: unknown[]): SettingsReader[] {
    const value = this.#get(name) ?? otherwise
    return Array.isArray(value) && value.length <= 255 ? value.map((item, i) => new SettingsReader(`${this.#at(name)}[${i}]`, item)) : this.refuse(name, 'a list')
  }

  #at(name: string): string { return name === '' ? this.#place : `${this.#place}.${name}` }
  #get(name: string): unknown { return name === '' ? this.#value : (typeof this.#value === 'object' && this.#value !== null ? (this.#value as Record<string, unknown>)[name] : undefined) }
}

/** What is stored for a plan, as its statuses tell it. */
export interface PlanValues { bands: string | undefined; offset: string | undefined; cycle: string | undefined }

/** `dd-ee,…` of a plan, as numbers. Undefined where it is none. */
export function bandsOf(text: string): Map<number, number> | undefined {
  const bands = new Map<number, number>()
  for (const part of text === '' ? [] : text.split(',')) {
    const found = /^(\d{1,2})-(\d{1,2})$/.exec(part)
    if (found === null) return undefined
    bands.set(Number(found[1]), Number(found[2]))
  }
  return bands
}

/** What a program makes the lamps do with these values. Undefined where they say none, or stages don't add up to the cycle: what the controller then does nobody knows. */
export function timingOfProgram(settings: Settings, program: Program, { bands, offset, cycle }: PlanValues): LampTiming | undefined {
  const whole = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined)
  const [extensions, counter, length] = [bandsOf(bands ?? ''), whole(offset), whole(cycle)]
  if (extensions === undefined || counter === undefined || length === undefined || settings.base_counter_zero_s === undefined) return undefined
  if ([...extensions.keys()].some((no) => !program.bands.some((band) => band.no === no))) return undefined
  const stages = program.stages.map((stage, i) => ({ ...stage, green: stage.green + 10 * program.bands.filter((band) => band.stage === i + 1).reduce((sum, { no }) => sum + (extensions.get(no) ?? 0), 0) }))
  // Cycle counter = (base counter + offset) mod cycle: it is 0 as long before the base counter's zero as the offset says.
  const begin = 10 * (settings.base_counter_zero_s - counter) + program.first
  const timing = lampTimingOfStages(stages, begin, settings.groups.map(({ group, yellow, red_clearance }) => ({ group, yellow, red_clearance })))
  return timing.cycle === 10 * length ? { ...timing, offset: modulo(begin, timing.cycle) } : undefined
}

/** One character of S0001 a group; what tells no colour is unknown. */
export function lampOf(char: string | undefined): Lamp {
  if (char === undefined) return 'unknown'
  if (char === '0') return 'red-yellow'
  if (char === '9') return 'green-flashing'
  if (/^[1-8]$/.test(char)) return 'green'
  if (/^[NOf]$/.test(char)) return 'yellow'
  if (/^[A-GPgh]$/.test(char)) return 'red'
  if (/^[abe]$/.test(char)) return 'dark'
  if (char === 'c') return 'yellow-flashing'
  return char === 'd' ? 'red-flashing' : 'unknown'
}

/** While one of these is active nothing is sent: serious hardware, configuration, safety, dead lock, lamp with consequences. */
export const BLOCKING = ['A0001', 'A0003', 'A0006', 'A0008', 'A0201'] as const

const CONTROL_MODES: Readonly<Record<string, DeviceMode>> = { startup: 'starting', standby: 'flash', failure: 'fault', test: 'manual' }

/** Of the values of S0007 to S0012, S0020 and S0032, told as `S0007 status`, and the aggregated status. */
export function modeOf(values: ReadonlyMap<string, string>, aggregated: readonly boolean[], intersection: string | undefined): DeviceMode {
  const all = (code: string, name = 'status'): string[] => entriesOf(values.get(`${code} ${name}`), values.get(`${code} intersection`), intersection)
  if (aggregated[2] === true) return 'fault'
  if (all('S0007').includes('False')) return 'dark'
  if (all('S0011').includes('True')) return 'flash'
  if (all('S0012').includes('True')) return 'all-red'
  if (all('S0008').includes('True') || aggregated[0] === true) return 'manual'
  const control = all('S0020', 'controlmode')
  if (control.length === 0) return 'unknown'
  const other = control.find((one) => one !== 'control')
  if (other !== undefined) return CONTROL_MODES[other] ?? 'unknown'
  if (all('S0010').includes('True')) return 'free'
  return all('S0032').includes('off') ? 'fixed' : 'coordinated'
}

/** What a list by intersections says of ours; `0` stands for all. */
function entriesOf(list: string | undefined, intersections: string | undefined, ours: string | undefined): string[] {
  if (list === undefined) return []
  const numbers = intersections?.split(',') ?? []
  return list.split(',').filter((_, i) => ours === undefined || numbers[i] === undefined || numbers[i] === '0' || numbers[i] === ours)
}
