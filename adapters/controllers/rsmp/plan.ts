// From a timing to bands, cycle and offset of an engineered plan, and nothing else. Pure.
import type { Baseline, LampTiming, Tenths, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { type DeviceStage, deviceStagesOf } from '../../../model/device/stages.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { modulo } from '../../../model/units.ts'
import { writeSet } from '../write-set.ts'
import { encodeMessage, NO_ID } from './codec.ts'
import { type PlanValues, type Program, type Settings, timingOfProgram } from './config.ts'

/** All that is ever commanded: nothing that flashes, darkens, holds a stage, starts or sets the clock has a word here. */
const COMMANDS = { M0002: 'setPlan', M0014: 'setCommands', M0015: 'setOffset', M0018: 'setCycleTime', M0023: 'setTimeout' } as const
export type Writable = keyof typeof COMMANDS

export type Arguments = Readonly<Record<string, string>>

/** The fields of a command, its security code last. */
export function commandFields(component: string, code: Writable, values: Arguments, securityCode: string): Record<string, unknown> {
  const arg = (n: string, v: string): Record<string, string> => ({ cCI: code, cO: COMMANDS[code], n, v })
  return { cId: component, arg: [...Object.entries(values).map(([n, v]) => arg(n, v)), arg('securityCode', securityCode)] }
}

/** Items: the timeout of the controller, and bands, cycle and offset of one plan. */
const ITEMS = ['M0023', 'M0014', 'M0018', 'M0015'] as const satisfies readonly Writable[]
type Item = (typeof ITEMS)[number]

/** Where each is read again. */
const STATUS: Readonly<Record<Item, string>> = { M0023: 'S0034', M0014: 'S0023', M0018: 'S0028', M0015: 'S0024' }
const TITLE: Readonly<Record<Item, string>> = { M0023: 'timeout of dynamic bands', M0014: 'dynamic bands', M0018: 'cycle', M0015: 'offset' }

const itemId = (code: Item, plan: number): string => (code === 'M0023' ? code : `${code} ${plan}`)
export const codeOf = (id: string): Item | undefined => ITEMS.find((one) => new RegExp(`^${one}${one === 'M0023' ? '' : ' [1-9]\\d{0,2}'}$`).test(id))
const planOf = (id: string): number | undefined => (id.includes(' ') ? Number(id.split(' ')[1]) : undefined)

/** The place of the baseline's image in which an item stands. */
export function imageId(id: string): string {
  const code = codeOf(id)
  return code === undefined ? id : id.replace(code, STATUS[code])
}

/** What is sent for an item. Throws controller.unfit for what is on no list. */
export function commandOf({ id, new: value }: Pick<WriteItem, 'id' | 'new'>): { code: Item; values: Arguments } {
  const code = codeOf(id)
  if (code === undefined) throw new GreenwaveError('controller.unfit', `"${id}" is never written`)
  const plan = planOf(id)
  return { code, values: plan === undefined ? { status: value } : code === 'M0014' ? { plan: String(plan), status: value } : { status: value, plan: String(plan) } }
}

const seconds = (tenths: Tenths): string => `${tenths / 10} s`
const unfit = (sentence: string): GreenwaveError => new GreenwaveError('controller.unfit', sentence)

/** Throws controller.unfit. */
export function planWrites(settings: Settings, base: Baseline, want: WantedTiming): WriteSet {
  if (settings.base_counter_zero_s === undefined) throw unfit('settings.base_counter_zero_s is unknown: without the zero of the base counter no offset can be told')
  const wanted = lampTimingOf(want.signal, want.pattern)
  const isSpare = (plan: number): boolean => base.config.slots.some(({ slot, used_by }) => slot === plan && used_by.length === 0)
  const programs = settings.programs.filter(({ plan, spare }) => spare && isSpare(plan))
  const reasons: string[] = []
  for (const program of programs) {
    try {
      return planProgram(settings, program, wanted, base, want)
    } catch (error) {
      if (!(error instanceof GreenwaveError) || error.code !== 'controller.unfit') throw error
      reasons.push(error.message)
    }
  }
  throw unfit(reasons.join('; ') || `controller ${base.device} has no spare plan that was engineered for us`)
}

function planProgram(settings: Settings, program: Program, wanted: LampTiming, base: Baseline, want: WantedTiming): WriteSet {
  const { plan } = program
  const values = valuesFor(settings, program, wanted)
  const timing = timingOfProgram(settings, program, values)
  if (timing === undefined) throw unfit(`plan ${plan} can't be given a cycle of ${seconds(wanted.cycle)}: its stages with their bands make another`)
  const found = residualOf(wanted, timing)
  const worst = found.toSorted((a, b) => b.error_s - a.error_s)[0]
  if (worst !== undefined && worst.error_s > settings.residual_s) throw unfit(`plan ${plan} with its bands can't show what was approved: group ${worst.group} ${worst.sentence}, at most ${settings.residual_s} s are allowed`)
  const item = (code: Item, value: string, unit: string): WriteItem => {
    const id = itemId(code, plan)
    return { id, name: code === 'M0023' ? TITLE[code] : `plan ${plan} ${TITLE[code]}`, unit, old: base.image[imageId(id)] ?? null, new: value }
  }
  const items = [
    item('M0023', String(settings.timeout_min), 'min'), ...(program.bands.length > 0 ? [item('M0014', values.bands, 's')] : []), item('M0018', values.cycle, 's'), item('M0015', values.offset, 's'),
  ]
  const frames = items.map((one) => {
    const { code, values: told } = commandOf(one)
    // Id and security code are the session's own.
    return { title: `${code} ${one.name}`, hex: encodeMessage('CommandRequest', { mId: NO_ID, ntsOId: '', xNId: '', ...commandFields(settings.component, code, told, '') }).toString('hex') }
  })
  return writeSet(base, want, { protocol: 'rsmp', slot: plan, items, frames, timing, residual: found })
}

/** The values that come closest to the timing, in whole seconds. */
function valuesFor(settings: Settings, { plan, first, stages, bands }: Program, wanted: LampTiming): { [K in keyof PlanValues]-?: string } {
  if (wanted.cycle % 10 !== 0 || wanted.cycle < 10 || wanted.cycle > 2550) throw unfit(`the cycle is ${seconds(wanted.cycle)}; RSMP carries whole seconds from 1 to 255`)
  const late = Math.max(0, ...stages.flatMap(({ late_start }) => late_start.map(({ by }) => by)))
  const { first: begin, stages: told } = deviceStagesOf(wanted, { late_start: late })
  const shift = rotationOf(stages, told)
  if (shift === undefined) throw unfit(`plan ${plan} has the stages ${show(stages)}, the approved timing ${show(told)}`)
  const extensions = new Map(bands.map(({ no }) => [no, 0]))
  stages.forEach((stage, i) => {
    const more = Math.round((lengthOf(told[(i + shift) % told.length] as DeviceStage) - lengthOf(stage)) / 10)
    const band = bands.find((one) => one.stage === i + 1)
    if (band === undefined) {
      if (more !== 0) throw unfit(`stage ${i + 1} of plan ${plan} would have to be ${Math.abs(more)} s ${more > 0 ? 'longer' : 'shorter'}, and no band moves it`)
      return
    }
    if (more < band.min || more > band.max) throw unfit(`stage ${i + 1} of plan ${plan} would have to be extended by ${more} s; band ${band.no} goes from ${band.min} to ${band.max} s`)
    extensions.set(band.no, more)
  })
  const start = told.slice(0, shift).reduce((sum, stage) => sum + lengthOf(stage), wanted.offset + begin)
  const cycle = wanted.cycle / 10
  const offset = modulo(Math.round(((settings.base_counter_zero_s ?? 0) * 10 + first - start) / 10), cycle)
  return { bands: [...extensions].sort(([a], [b]) => a - b).map((pair) => pair.join('-')).join(','), cycle: String(cycle), offset: String(offset) }
}

const lengthOf = ({ green, yellow, red_clearance }: DeviceStage): Tenths => green + yellow + red_clearance
const show = (stages: readonly DeviceStage[]): string => stages.map(({ groups }) => groups.toSorted().join('+')).join(', ')

/** Which of the timing's stages is the program's first. */
function rotationOf(stages: readonly DeviceStage[], told: readonly DeviceStage[]): number | undefined {
  if (stages.length !== told.length) return undefined
  const at = told.findIndex((_, shift) => stages.every((stage, i) => show([stage]) === show([told[(i + shift) % told.length] as DeviceStage])))
  return at < 0 ? undefined : at
}

/** By group, how far its edges lie from what was approved. */
function residualOf(wanted: LampTiming, timing: LampTiming): WriteSet['residual'] {
  const { cycle } = wanted
  const edges = ({ offset, groups }: LampTiming, id: string): [number, number][] => (groups.find(({ group }) => group === id)?.greens ?? []).map(([start, end]) => [modulo(offset + start, cycle), end - start])
  const between = (a: number, b: number): number => Math.min(modulo(a - b, cycle), modulo(b - a, cycle))
  return wanted.groups.flatMap(({ group }) => {
    const [approved, shown] = [edges(wanted, group), edges(timing, group)]
    if (approved.length !== shown.length) return [{ group, sentence: `would be green ${shown.length} times a cycle, not ${approved.length}`, error_s: cycle / 10 }]
    const error = Math.max(0, ...approved.map(([start, length]) => Math.min(...shown.map(([begin, lasts]) => (length >= cycle && lasts >= cycle ? 0 : Math.max(between(start, begin), between(start + length, begin + lasts)))))))
    return error === 0 ? [] : [{ group, sentence: `would be up to ${seconds(error)} beside what was approved`, error_s: error / 10 }]
  })
}

const RANGES: Readonly<Record<Exclude<Item, 'M0014'>, [number, number]>> = { M0023: [0, 65_535], M0018: [1, 255], M0015: [0, 255] }

/** What only this protocol knows, beside the common rules. */
export function checkWrites(settings: Settings, hasCode: boolean, { device }: Baseline, { items, slot, residual }: WriteSet): WriteFinding[] {
  const finding = (rule: WriteFinding['rule'], sentence: string): WriteFinding => ({ rule, weight: 'hard', device, sentence })
  const found = items.flatMap(({ id, new: value }) => {
    const code = codeOf(id)
    if (code === undefined || (planOf(id) ?? slot) !== slot) return [finding('never-written', `"${id}" is not what is written for plan ${slot}`)]
    return isInRange(settings, code, slot, value) ? [] : [finding('range', `${TITLE[code]} "${value}" of plan ${slot} can't be told in RSMP or is beyond its bands`)]
  })
  if (settings.base_counter_zero_s === undefined) found.push(finding('profile', 'settings.base_counter_zero_s is unknown: without the zero of the base counter no offset can be told'))
  if (!hasCode) found.push(finding('profile', `there is no secret "${settings.code}": no command is taken without a security code`))
  if (!settings.programs.some(({ plan, spare }) => plan === slot && spare)) found.push(finding('spare-slot', `plan ${slot} was not engineered for us by settings.programs`))
  const worst = Math.max(0, ...residual.map(({ error_s }) => error_s))
  if (worst > settings.residual_s) found.push({ ...finding('not-as-approved', `a group would be ${worst} s beside what was approved`), value: worst, limit: settings.residual_s })
  return found
}

function isInRange({ programs }: Settings, code: Item, slot: number, value: string): boolean {
  if (code !== 'M0014') { const [from, to] = RANGES[code]; return /^\d{1,5}$/.test(value) && Number(value) >= from && Number(value) <= to }
  const bands = programs.find(({ plan }) => plan === slot)?.bands ?? []
  return value.split(',').every((part) => bands.some(({ no, min, max }) => { const [given, by] = part.split('-').map(Number); return given === no && by !== undefined && by >= min && by <= max }))
}
