// What a controller holds, in its own numbers: phases with their transitions, stages, intergreens, plans; and what a plan of it makes the lamps do.
import type { LampTiming, Tenths } from '../../../model/device/device.ts'
import { type DeviceStage, lampTimingOfStages } from '../../../model/device/stages.ts'
import type { GroupId } from '../../../model/signal.ts'
import { CHAIN, elementsOf, type Order, phasesOfMask, probeArrayOrder, type ArrayProbe } from './arrays.ts'
import type { Settings } from './config.ts'

/** id -> value as text, as `textOf` makes it. */
export type Image = Readonly<Record<string, string>>

export interface PhaseFacts {
  phase: number
  group: GroupId
  /** Of the lamp groups that show it, the first. */
  lamp_group: number | undefined
  min_green: Tenths
  /** Losing right of way: flashing green, then yellow, then red before anybody else. Lamps count the flashing as green. */
  flash: Tenths
  yellow: Tenths
  red: Tenths
  /** Colours before green, all together. */
  gaining: Tenths
}

export interface StageFacts {
  stage: number
  phases: number[]
  /** By phase, first one first. */
  late: Tenths[]
  early: Tenths[]
}

export interface Facts {
  /** Arrays are read in this order; what is not confirmed is good for looking at, not for writing. */
  order: Order | undefined
  probe: ArrayProbe
  phases: PhaseFacts[]
  stages: StageFacts[]
  conflicts: ReadonlyMap<number, number[]>
  /** From phase to phases, first one first. */
  intergreens: ReadonlyMap<number, Tenths[]>
}

const S = 10
const FIXED = 0x10
const COLOUR = { red: 0x10, green_flashing: 0x21, yellow: 0x30, yellow_flashing: 0x31 } as const

/** Short values as numbers, longer ones as hex. */
export const textOf = (bytes: Uint8Array): string => (bytes.length > 0 && bytes.length <= 4 ? String(bytes.reduce((sum, byte) => sum * 256 + byte, 0)) : Buffer.from(bytes).toString('hex'))
/** The way back. `length` is that of the attribute. */
export function bytesOfText(text: string, length: number): Uint8Array {
  if (length > 4) return Uint8Array.from(Buffer.from(text, 'hex'))
  const value = Number(text)
  return Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256)
}

export const numberAt = (image: Image, id: string): number | undefined => (image[id] === undefined ? undefined : Number(image[id]))
const hexAt = (image: Image, id: string): Uint8Array | undefined => (image[id] === undefined ? undefined : Uint8Array.from(Buffer.from(image[id], 'hex')))
/** Rows of a table of which anything was read. */
export const rowsOf = (image: Image, attribute: string): number[] => Object.keys(image).filter((id) => id.startsWith(`${attribute}.`)).map((id) => Number(id.slice(attribute.length + 1))).sort((a, b) => a - b)

export function factsOf(image: Image, { phases, profile }: Settings): Facts {
  const probe = probeOf(image)
  const known = profile.array_order === 'unknown' ? probe.order : profile.array_order
  const order = known === 'unknown' ? undefined : known
  const bytes = (id: string, length: number): number[] => (order === undefined ? [] : elementsOf(hexAt(image, id) ?? new Uint8Array(length), 1, order)).map((seconds) => seconds * S)
  return {
    order, probe,
    phases: [...phases].filter(([, phase]) => image[`4.2.27.${phase}`] !== undefined).map(([group, phase]) => phaseFacts(image, group, phase)),
    stages: rowsOf(image, '6.2.2').map((stage) => ({ stage, phases: phasesOfMask(hexAt(image, `6.2.2.${stage}`)!), late: bytes(`6.2.3.${stage}`, 64), early: bytes(`6.2.4.${stage}`, 64) })),
    conflicts: new Map(rowsOf(image, '7.1.2').map((phase) => [phase, phasesOfMask(hexAt(image, `7.1.2.${phase}`)!)])),
    intergreens: new Map(rowsOf(image, '7.2.2').map((phase) => [phase, bytes(`7.2.2.${phase}`, 64)])),
  }
}

function probeOf(image: Image): ArrayProbe {
  const plans = rowsOf(image, '9.2.3').flatMap((plan) => {
    const [chain, times] = [hexAt(image, `9.2.6.${plan}`), hexAt(image, `9.2.7.${plan}`)]
    return chain === undefined || times === undefined ? [] : [{ plan, cycle: numberAt(image, `9.2.3.${plan}`)!, chain, times }]
  })
  const phases = rowsOf(image, '7.2.2').flatMap((phase) => {
    const conflicts = hexAt(image, `7.1.2.${phase}`)
    return conflicts === undefined ? [] : [{ phase, conflicts, intergreens: hexAt(image, `7.2.2.${phase}`)! }]
  })
  return probeArrayOrder(plans, phases)
}

function phaseFacts(image: Image, group: GroupId, phase: number): PhaseFacts {
  const transitions = (first: number): { colour: number; time: Tenths }[] =>
    [0, 2, 4].map((i) => ({ colour: numberAt(image, `4.2.${first + i}.${phase}`) ?? 0, time: (numberAt(image, `4.2.${first + i + 1}.${phase}`) ?? 0) * S }))
  const sum = (list: { colour: number; time: Tenths }[], ...colours: number[]): Tenths => list.reduce((total, { colour, time }) => total + (colours.length === 0 || colours.includes(colour) ? time : 0), 0)
  const losing = transitions(3)
  const lamps = hexAt(image, `4.2.2.${phase}`)
  return {
    phase, group, lamp_group: lamps === undefined ? undefined : phasesOfMask(lamps)[0], min_green: numberAt(image, `4.2.27.${phase}`)! * S,
    flash: sum(losing, COLOUR.green_flashing), yellow: sum(losing, COLOUR.yellow, COLOUR.yellow_flashing), red: sum(losing, COLOUR.red), gaining: sum(transitions(9)),
  }
}

/** A plan in order, unused places left out. */
export interface PlanFacts {
  cycle: number
  reference: number
  offset: number
  stages: { stage: number; seconds: number; kind: number }[]
}

/** Undefined where nothing is stored, or where the order of arrays is not known. */
export function planFacts(image: Image, plan: number, order: Order | undefined): PlanFacts | undefined {
  const [chain, times, kinds] = [6, 7, 8].map((attribute) => hexAt(image, `9.2.${attribute}.${plan}`))
  const [cycle, reference, offset] = [3, 4, 5].map((attribute) => numberAt(image, `9.2.${attribute}.${plan}`))
  if (order === undefined || chain === undefined || times === undefined || kinds === undefined || cycle === undefined || reference === undefined || offset === undefined || cycle === 0) return undefined
  const [stages, seconds, kind] = [elementsOf(chain, 1, order), elementsOf(times, 2, order), elementsOf(kinds, 1, order)]
  const used = stages.indexOf(0)
  const length = used < 0 ? CHAIN : used
  return { cycle, reference, offset, stages: stages.slice(0, length).map((stage, i) => ({ stage, seconds: seconds[i]!, kind: kind[i]! })) }
}

/** What the lamps do under a plan. Undefined where it names stages that are not there, skips stages on demand, or does not add up. */
export function timingOfPlan(facts: Facts, plan: PlanFacts, { gaining_in, reference_number }: Settings['profile']): LampTiming | undefined {
  const rows = plan.stages.map(({ stage }) => facts.stages.find((one) => one.stage === stage))
  const total = plan.stages.reduce((sum, { seconds }) => sum + seconds, 0)
  if (rows.length === 0 || rows.includes(undefined) || total !== plan.cycle || plan.offset >= plan.cycle || plan.stages.some(({ kind }) => kind !== FIXED)) return undefined
  const stages = rows as StageFacts[]
  const at = reference_number === 'position' ? plan.reference - 1 : plan.stages.findIndex(({ stage }) => stage === plan.reference)
  if (at < 0 || at >= stages.length) return undefined
  const before = plan.stages.slice(0, at).reduce((sum, { seconds }) => sum + seconds, 0)
  const device = stages.map((stage, i): DeviceStage | undefined => deviceStageOf(facts, stage, stages[(i + 1) % stages.length]!, plan.stages[i]!.seconds * S))
  if (device.includes(undefined)) return undefined
  const timing = lampTimingOfStages(device as DeviceStage[], (plan.offset - before) * S, facts.phases.map(({ group, yellow, red }) => ({ group, yellow, red_clearance: red })))
  return withTransitions(timing, facts, gaining_in, 1)
}

function deviceStageOf(facts: Facts, stage: StageFacts, next: StageFacts, total: Tenths): DeviceStage | undefined {
  const green = total - intergreenAfter(facts, stage, next)
  if (green <= 0) return undefined
  const own = facts.phases.filter(({ phase }) => stage.phases.includes(phase))
  const listed = (times: readonly Tenths[]): { group: GroupId; by: Tenths }[] => own.flatMap(({ group, phase }) => (timeAt(times, phase) > 0 ? [{ group, by: timeAt(times, phase) }] : []))
  return { groups: own.map(({ group }) => group), green, yellow: 0, red_clearance: total - green, late_start: listed(stage.late), early_end: listed(stage.early) }
}

export const timeAt = (times: readonly Tenths[], phase: number): Tenths => times[phase - 1] ?? 0

/** From the end of a stage's right of way to the next stage: the longest of what its ending phases need, each for itself and towards those that begin. */
function intergreenAfter({ phases, intergreens }: Facts, stage: StageFacts, next: StageFacts): Tenths {
  const runsOn = (phase: number): boolean => stage.phases.includes(phase) && next.phases.includes(phase) && timeAt(stage.early, phase) === 0 && timeAt(next.late, phase) === 0
  const begins = next.phases.filter((phase) => !runsOn(phase))
  return Math.max(0, ...stage.phases.filter((phase) => !runsOn(phase)).flatMap((phase) => {
    const own = phases.find((one) => one.phase === phase)
    return [own === undefined ? 0 : own.flash + own.yellow + own.red, ...begins.map((to) => timeAt(intergreens.get(phase) ?? [], to))]
  }))
}

/** Between right of way, which stages give (`by` -1), and the green of lamps (1): flashing green is green, colours before green may be within the stage. */
export function withTransitions(timing: LampTiming, { phases }: Facts, gaining_in: Settings['profile']['gaining_in'], by: 1 | -1): LampTiming {
  return {
    ...timing,
    groups: timing.groups.map((one) => {
      const own = phases.find(({ group }) => group === one.group)
      const late = gaining_in === 'stage' ? (own?.gaining ?? 0) * by : 0
      const flash = (own?.flash ?? 0) * by
      return { ...one, greens: one.greens.map(([start, end]): [Tenths, Tenths] => {
        if (end - start >= timing.cycle) return [start, end]
        const begin = ((start + late) % timing.cycle + timing.cycle) % timing.cycle
        return [begin, begin + end + flash - start - late]
      }) }
    }),
  }
}
