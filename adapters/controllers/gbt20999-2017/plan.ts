// From a timing to one SET of a spare plan, and nothing else. Pure.
import type { Baseline, LampTiming, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { type DeviceStage, deviceStagesOf } from '../../../model/device/stages.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { spareSlot, writeSet } from '../write-set.ts'
import { arrayOf, CHAIN, type Order } from './arrays.ts'
import { addressOf, encodeFrame, type Field, TYPE } from './codec.ts'
import type { Settings } from './config.ts'
import { bytesOfText, type Facts, factsOf, planFacts, type StageFacts, textOf, timeAt, timingOfPlan, withTransitions } from './facts.ts'
import { attributeOf, bytesOf, type CommandAttribute, isPlanAttribute, type PlanAttribute, type Writable } from './objects.ts'

const PER_S = 10
const MOST_SECONDS = 65_535
const FIXED = 0x10
const INTEGER_BYTES = 4

/** The only way to a value that is set: what may not be written has no type here. */
export const setField = (attribute: Writable, element: number, data: Uint8Array, index: number): Field => ({ index, ...addressOf(`${attribute}.${element}`), data })
export const commandField = (attribute: CommandAttribute, intersection: number, value: number, index: number): Field => setField(attribute, intersection, Uint8Array.of(value), index)

/** Fields of a write set's items; only of the plan `slot`. Throws controller.unfit for any other id. */
export function fieldsOf(items: readonly Pick<WriteItem, 'id' | 'new'>[], slot: number): Field[] {
  return items.map(({ id, new: value }, i) => {
    const attribute = planAttributeOf(id, slot)
    if (attribute === undefined) throw new GreenwaveError('controller.unfit', `"${id}" is not what is written for plan ${slot}`)
    return setField(attribute, slot, bytesOfText(value, bytesOf(attribute)), i + 1)
  })
}

function planAttributeOf(id: string, slot: number): PlanAttribute | undefined {
  const [attribute, element] = [id.slice(0, id.lastIndexOf('.')), id.slice(id.lastIndexOf('.') + 1)]
  return isPlanAttribute(attribute) && element === String(slot) ? attribute : undefined
}

/** The session puts its own sequence in the place of 0, and the CRC that goes with it. */
export const frameOf = (fields: Field[], { host_id: host, controller_id: controller, intersection, profile }: Settings): string =>
  encodeFrame({ host, controller, intersection, sequence: 0, type: TYPE.set, fields }, profile).toString('hex')

/** Throws controller.unfit. */
export function planWrites(base: Baseline, want: WantedTiming, settings: Settings): WriteSet {
  const unfit = (sentence: string): GreenwaveError => new GreenwaveError('controller.unfit', `controller ${base.device}: ${sentence}`)
  const facts = factsOf(base.image, settings)
  const [reason] = readOnlyBecause(facts, settings)
  if (reason !== undefined) throw unfit(reason)
  const order = settings.profile.array_order as Order
  const wanted = lampTimingOf(want.signal, want.pattern, PER_S)
  const strange = wanted.groups.find(({ group, greens }) => greens.length > 0 && !facts.phases.some((one) => one.group === group))
  if (strange !== undefined) throw unfit(`group ${strange.group} is no phase of it by the settings`)
  const chain = chainOf(wanted, facts, settings, unfit)
  const slot = spareSlot(base.config, (plan) => settings.plans?.includes(plan) ?? true)
  if (slot === undefined) throw unfit('no plan of it is spare')
  const items = itemsOf(chain, settings, order).map(({ attribute, data }): WriteItem => {
    const id = `${attribute}.${slot}`
    return { id, name: `plan ${slot}: ${attributeOf(attribute)!.name}`, old: base.image[id] ?? null, new: textOf(data) }
  })
  const written = planFacts({ ...base.image, ...Object.fromEntries(items.map(({ id, new: value }) => [id, value])) }, slot, order)
  const timing = written === undefined ? undefined : timingOfPlan(facts, written, settings.profile)
  if (timing === undefined) throw unfit('its stages can\'t show this plan: a stage is shorter than its intergreen')
  const [difference] = compareLamps(wanted, timing)
  if (difference !== undefined) throw unfit(`with its stages and intergreens ${difference}`)
  return writeSet(base, want, { protocol: 'gbt20999-2017', slot, items, frames: [{ title: `set of plan ${slot}`, hex: frameOf(fieldsOf(items, slot), settings) }], timing, residual: [] })
}

interface Chain {
  cycle: number
  offset: number
  stages: { stage: number; seconds: number }[]
}

/** Stages that the controller has, for those that the timing asks for. */
function chainOf(wanted: LampTiming, facts: Facts, { profile }: Settings, unfit: (sentence: string) => GreenwaveError): Chain {
  const late_start = Math.max(0, ...facts.stages.flatMap(({ late }) => late))
  const { first, stages } = deviceStagesOf(withTransitions(wanted, facts, profile.gaining_in, -1), { late_start })
  if (stages.length > CHAIN) throw unfit(`the timing has ${stages.length} stages; a plan has at most ${CHAIN}`)
  const chain = stages.map((stage) => {
    const own = facts.stages.find((one) => isSame(one, stage, facts))
    if (own === undefined) throw unfit(`no stage of it gives green to groups ${stage.groups.join(', ')} alone, with the same late starts and early ends; stages are not written`)
    const seconds = (stage.green + stage.yellow + stage.red_clearance) / PER_S
    if (seconds > MOST_SECONDS) throw unfit(`a stage of ${seconds} s; it keeps at most ${MOST_SECONDS} s`)
    return { stage: own.stage, seconds }
  })
  const offset = ((wanted.offset + first) % wanted.cycle) / PER_S
  if (offset > MOST_SECONDS) throw unfit(`an offset of ${offset} s; it keeps at most ${MOST_SECONDS} s`)
  return { cycle: wanted.cycle / PER_S, offset, stages: chain }
}

/** Whether a stage of the controller gives the same groups green, as much later and earlier than each other. */
function isSame({ phases, late, early }: StageFacts, wanted: DeviceStage, facts: Facts): boolean {
  const numbers = wanted.groups.map((group) => facts.phases.find((one) => one.group === group)!.phase)
  if (phases.length !== numbers.length || !numbers.every((phase) => phases.includes(phase))) return false
  const by = (list: DeviceStage['late_start'], i: number): number => list.find(({ group }) => group === wanted.groups[i])?.by ?? 0
  const least = Math.min(...numbers.map((phase) => timeAt(early, phase)))
  return numbers.every((phase, i) => timeAt(late, phase) === by(wanted.late_start, i) && timeAt(early, phase) - least === by(wanted.early_end, i))
}

/** All of a plan, in the order of the standard. */
function itemsOf({ cycle, offset, stages }: Chain, { intersection, profile }: Settings, order: Order): { attribute: PlanAttribute; data: Uint8Array }[] {
  const number = (attribute: PlanAttribute, value: number): { attribute: PlanAttribute; data: Uint8Array } => ({ attribute, data: bytesOfText(String(value), Math.min(INTEGER_BYTES, bytesOf(attribute))) })
  return [
    number('9.2.2', intersection), number('9.2.3', cycle), number('9.2.4', profile.reference_number === 'position' ? 1 : stages[0]!.stage), number('9.2.5', offset),
    { attribute: '9.2.6', data: arrayOf(stages.map(({ stage }) => stage), CHAIN, 1, order) }, { attribute: '9.2.7', data: arrayOf(stages.map(({ seconds }) => seconds), CHAIN, 2, order) },
    { attribute: '9.2.8', data: arrayOf(stages.map(() => FIXED), CHAIN, 1, order) },
  ]
}

/** Unknown profile values that change the meaning of a write. */
export function readOnlyBecause({ probe, phases }: Facts, { profile }: Settings): string[] {
  const reasons: string[] = []
  if (profile.array_order === 'unknown') {
    reasons.push(`the order of its arrays is not confirmed, so nothing is written; what it holds says ${probe.order === 'unknown' ? 'nothing certain' : `"${probe.order}"`} (${probe.evidence.join('; ')}): a person sets profile.array_order`)
  } else if (probe.order !== 'unknown' && probe.order !== profile.array_order) {
    reasons.push(`by its profile the first byte of an array is the ${profile.array_order} element, by what it holds the ${probe.order} one (${probe.evidence.join('; ')})`)
  }
  const early = phases.find(({ gaining }) => gaining > 0)
  if (profile.gaining_in === 'unknown' && early !== undefined) reasons.push(`phase ${early.phase} shows other colours for ${early.gaining / PER_S} s before green, and profile.gaining_in does not say whether its stage has begun by then`)
  return reasons
}

/** What only this protocol knows, beside the common rules. */
export function checkWrites(base: Baseline, { items, slot, timing, frames }: WriteSet, settings: Settings): WriteFinding[] {
  const hard = (rule: WriteFinding['rule'], sentence: string): WriteFinding => ({ rule, weight: 'hard', device: base.device, sentence: `controller ${base.device}: ${sentence}` })
  const foreign = items.filter(({ id }) => planAttributeOf(id, slot) === undefined)
  const findings = [...foreign.map(({ id }) => hard('never-written', `"${id}" is not what is written for plan ${slot}`)), ...readOnlyBecause(factsOf(base.image, settings), settings).map((sentence) => hard('profile', sentence))]
  if (foreign.length === 0 && (frames.length !== 1 || frames[0]!.hex !== frameOf(fieldsOf(items, slot), settings))) findings.push(hard('not-as-approved', 'the frames of the write set are not those of its items'))
  if (settings.plans !== undefined && !settings.plans.includes(slot)) findings.push(hard('spare-slot', `plan ${slot} is not among those that greenwave may use (${settings.plans.join(', ')})`))
  if (timing.cycle % PER_S !== 0 || timing.offset % PER_S !== 0) findings.push(hard('range', `its cycle of ${timing.cycle / PER_S} s and offset of ${timing.offset / PER_S} s are no whole seconds`))
  return findings
}
