// What is written to a light, as items that a person can read, and as the message that they make. The timing of a write set is read back from its
// own items, so that a slip in making them is seen before anything is sent.
import type { Baseline, LampTiming, Tenths, WantedTiming, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { spareSlot, writeSet } from '../write-set.ts'
import { encodeMessage, LIGHT, setLight } from './codec.ts'
import type { TraciCommand } from './codec.ts'
import type { TraciSettings } from './config.ts'
import { OFFSET_PARAMETER, phasesOf, timingOf, valueOf } from './program.ts'
import type { LightProgram, ProgramPhase } from './program.ts'

/** All that is ever set of a traffic light: a complete program, which program runs, its phase, and how long that phase still lasts. Never the lamps themselves (0x20). */
export const WRITABLE = [LIGHT.complete, LIGHT.program, LIGHT.index, LIGHT.remaining] as const
export type Writable = (typeof WRITABLE)[number]

type Settable = { variable: typeof LIGHT.complete; program: LightProgram } | { variable: typeof LIGHT.program; id: string } | { variable: typeof LIGHT.index; phase: number } | { variable: typeof LIGHT.remaining; left: Tenths }

/** The only maker of set commands of the adapter. */
export function setting(light: string, one: Settable): TraciCommand {
  const variable: Writable = one.variable
  switch (one.variable) {
    case LIGHT.complete: return setLight(light, variable, valueOf(one.program))
    case LIGHT.program: return setLight(light, variable, { type: 'text', value: one.id })
    case LIGHT.index: return setLight(light, variable, { type: 'int', value: one.phase })
    case LIGHT.remaining: return setLight(light, variable, { type: 'double', value: one.left / 10 })
  }
}

const ITEM = { phase: 'complete program 0x2c', offset: `complete program 0x2c, parameter ${OFFSET_PARAMETER}`, runs: 'program 0x23' } as const
/** Slots of our own programs: gw1 is slot 101. Those of the network come first, in the order of their ids. */
const OWN_SLOTS = 100

export const ownProgram = (id: string): number | undefined => { const match = /^gw([1-9]\d{0,5})$/.exec(id); return match === null ? undefined : Number(match[1]) }

/** In: ids of all programs. Out: the slot of each. */
export function slotsOf(ids: readonly string[]): Map<string, number> {
  const foreign = ids.filter((id) => ownProgram(id) === undefined).sort()
  return new Map(ids.map((id) => [id, OWN_SLOTS + (ownProgram(id) ?? foreign.indexOf(id) + 1 - OWN_SLOTS)]))
}

/** The slot that our next program takes: SUMO forgets none, so each has a new one. */
export const nextSlot = (ids: readonly string[]): number => OWN_SLOTS + 1 + Math.max(0, ...ids.map((id) => ownProgram(id) ?? 0))

export const phaseText = ({ duration, state }: ProgramPhase): string => `${duration / 10} s ${state}`
export const imageText = ({ type, phases, parameters }: LightProgram): string => [`type ${type}`, ...[...parameters].map(([key, value]) => `${key}=${value}`), ...phases.map(phaseText)].join('\n')

/** A program of a baseline's image. Undefined where it is not there. */
export function findProgram(base: Baseline, slot: number | undefined): LightProgram | undefined {
  const ids = Object.keys(base.image).map((key) => key.replace(/^program /, ''))
  const slots = slotsOf(ids)
  const id = ids.find((one) => slots.get(one) === slot)
  const [type, ...lines] = base.image[`program ${id}`]?.split('\n') ?? []
  if (id === undefined || type === undefined) return undefined
  const isPhase = (line: string): boolean => /^[\d.]+ s [A-Za-z]+$/.test(line)
  return {
    id, type: Number(type.replace('type ', '')), phases: lines.filter(isPhase).map(parsePhase),
    parameters: new Map(lines.filter((line) => !isPhase(line)).map((line): [string, string] => { const at = line.indexOf('='); return [line.slice(0, at), line.slice(at + 1)] })),
  }
}

function parsePhase(line: string): ProgramPhase {
  const [duration, , state = ''] = line.split(' ')
  return { duration: Math.round(Number(duration) * 10), state }
}

/** Throws `controller.unfit`. */
export function makeWriteSet(base: Baseline, want: WantedTiming, { light, links, step_s }: TraciSettings): WriteSet {
  const unfit = (sentence: string): GreenwaveError => new GreenwaveError('controller.unfit', `traffic light ${light}: ${sentence}`)
  const running = findProgram(base, base.active_slot)
  if (running === undefined) throw unfit('none of its programs runs, so there is none to go on with while ours is stored')
  const wanted = lampTimingOf(want.signal, want.pattern, Math.round(step_s * 10))
  const phases = phasesOf(wanted, links)
  const letters = running.phases[0]?.state.length ?? 0
  if (letters !== links.length) throw unfit(`it has ${letters} connections, the settings name ${links.length}`)
  const odd = phases.find(({ duration }) => duration % Math.round(step_s * 10) !== 0)
  if (odd !== undefined) throw unfit(`a phase would last ${odd.duration / 10} s; in steps of ${step_s} s lamps can't change then`)
  const slot = spareSlot(base.config)
  if (slot === undefined) throw unfit('no name is left for a program')
  const id = `gw${slot - OWN_SLOTS}`
  const items: WriteItem[] = [
    ...phases.map((phase, i): WriteItem => ({ id: `${ITEM.phase}, phase ${i + 1}`, name: `program ${id} phase ${i + 1}`, old: null, new: phaseText(phase) })),
    { id: ITEM.offset, name: `program ${id} offset`, unit: 's', old: null, new: String(wanted.offset / 10) },
    { id: ITEM.runs, name: 'program that runs meanwhile', old: running.id, new: running.id },
  ]
  const timing = timingOfItems(items, base, want, { links }, wanted)
  const hidden = want.signal.groups.filter(({ id: group }) => !links.some(({ groups }) => groups.some((one) => one.group === group)))
  return writeSet(base, want, {
    protocol: 'traci', slot, items, timing,
    frames: [{ title: `stores program ${id} and lets program ${running.id} go on`, hex: encodeMessage(pushCommands(light, items)).toString('hex') }],
    residual: hidden.map(({ id: group }) => ({ group, sentence: `SUMO has no lamp of group ${group}`, error_s: 0 })),
  })
}

/** What the items say, as a program. */
export function programOfItems(items: readonly WriteItem[]): LightProgram & { offset: Tenths; meanwhile: string } {
  const phases = items.filter(({ id }) => id.startsWith(`${ITEM.phase}, phase `)).map((item) => parsePhase(item.new))
  const id = /^program (\S+) phase /.exec(items[0]?.name ?? '')?.[1] ?? ''
  const offset_s = items.find((item) => item.id === ITEM.offset)?.new ?? ''
  return { id, type: 0, phases, parameters: new Map([[OFFSET_PARAMETER, offset_s]]), offset: Math.round(Number(offset_s) * 10), meanwhile: items.find((item) => item.id === ITEM.runs)?.new ?? '' }
}

/** A program that SUMO does not know yet becomes active at once; the one that ran gets control back in the same message, before any lamp changes. */
export function pushCommands(light: string, items: readonly WriteItem[]): TraciCommand[] {
  const { offset: _, meanwhile, ...program } = programOfItems(items)
  return [setting(light, { variable: LIGHT.complete, program }), setting(light, { variable: LIGHT.program, id: meanwhile })]
}

function timingOfItems(items: readonly WriteItem[], base: Baseline, want: WantedTiming, { links }: Pick<TraciSettings, 'links'>, hint: LampTiming): LampTiming {
  const { phases, offset } = programOfItems(items)
  const timing = timingOf(phases, offset, links, want.signal, hint)
  // SUMO keeps no red clearance: it is what lies between greens, and its name is the baseline's.
  const kept = new Map(base.config.groups.map((group) => [group.group, group]))
  return { ...timing, groups: timing.groups.map((group) => ({ ...group, red_clearance: kept.get(group.group)?.red_clearance ?? group.red_clearance })) }
}

/** Whether an item is part of a program of ours. */
export const isWritableItem = (id: string): boolean => id === ITEM.offset || id === ITEM.runs || /^complete program 0x2c, phase [1-9]\d*$/.test(id)
/** What this adapter never writes. */
export const foreignItems = (items: readonly WriteItem[]): WriteItem[] => items.filter(({ id }) => !isWritableItem(id))

/** The value of each item in a program as it was read; null where it is not there. */
export function readItem(item: WriteItem, stored: LightProgram | undefined, running: string): string | null {
  if (item.id === ITEM.runs) return running
  if (item.id === ITEM.offset) return stored?.parameters.get(OFFSET_PARAMETER) ?? null
  const phase = stored?.phases[Number(item.id.slice(`${ITEM.phase}, phase `.length)) - 1]
  return phase === undefined ? null : phaseText(phase)
}
