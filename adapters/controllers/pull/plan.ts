// From a timing to the plan of a bundle and back. Pure.
import type { Baseline, DeviceConfig, LampTiming, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { type DeviceStage, deviceStagesOf, lampTimingOfStages } from '../../../model/device/stages.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { modulo } from '../../../model/units.ts'
import { spareSlot, writeSet } from '../write-set.ts'
import { type Bundle, type BundlePlan, canonical, planOf, SCHEMA } from './bundle.ts'
import type { CabinetConfig } from './report.ts'

/** All that a bundle says of a plan. Yellow and all red travel in its rows; they are the cabinet's own. */
const WRITABLE = ['cycleS', 'offsetS', 'stages'] as const
type Writable = (typeof WRITABLE)[number]

/** Whole seconds travel. */
const UNIT = 10
const CONFIG = 'config'

export const itemId = (planNo: number, name: Writable): string => `plan ${planNo} ${name}`
export const isWritable = (id: string): boolean => WRITABLE.some((name) => new RegExp(`^plan \\d+ ${name}$`).test(id))

const unfit = (sentence: string): never => { throw new GreenwaveError('controller.unfit', sentence) }

/** In the words of every controller. `bundle`: what was last laid ready for it. */
export function deviceConfigOf(config: CabinetConfig, bundle: Bundle | undefined): DeviceConfig {
  const groups = config.groups.map(({ group, name, kind, minGreenS, maxGreenS, yellowS, allRedS, walkS, pedClearanceS }) => ({
    group, name, kind, min_green: minGreenS * 10, yellow: yellowS * 10, red_clearance: allRedS * 10, ...(maxGreenS === undefined ? {} : { max_green: maxGreenS * 10 }),
    ...(walkS === undefined ? {} : { walk: walkS * 10 }), ...(pedClearanceS === undefined ? {} : { pedestrian_clearance: pedClearanceS * 10 }),
  }))
  const numbers = new Set([...config.plans.map(({ planNo }) => planNo), ...Array.from({ length: Math.min(256, config.bundlePlans.most - config.bundlePlans.least + 1) }, (_, i) => config.bundlePlans.least + i)])
  const slots = [...numbers].map((slot) => {
    const own = config.plans.find(({ planNo }) => planNo === slot)
    const timing = own === undefined ? undefined : timingOfPlan(own, config)
    const named = config.daily.filter(({ planNo }) => planNo === slot).map(({ from }) => `day plan from ${from}`)
    const scheduled = bundle?.schedule.some(({ planNo }) => planNo === slot) === true ? [`bundle ${bundle.bundleId}`] : []
    const kept = slot < config.bundlePlans.least || slot > config.bundlePlans.most ? ['the cabinet\'s own'] : []
    return { slot, used_by: [...named, ...scheduled, ...kept], ...(timing === undefined ? {} : { timing }) }
  })
  return { groups, conflicts: config.conflicts, intergreens: config.intergreens.map(({ from, to, seconds }) => ({ from, to, time: seconds * 10 })), slots }
}

/** What lamps do when the cabinet runs a plan; undefined where it names a stage that there is not. */
export function timingOfPlan({ offsetS, stages }: BundlePlan, config: CabinetConfig): LampTiming | undefined {
  const own = stages.map(({ stageNo, greenS, yellowS, allRedS }): DeviceStage | undefined => {
    const groups = config.stages.find((stage) => stage.stageNo === stageNo)?.groups
    return groups === undefined ? undefined : { groups, green: greenS * 10, yellow: yellowS * 10, red_clearance: allRedS * 10, late_start: [], early_end: [] }
  })
  if (own.length === 0 || own.includes(undefined)) return undefined
  return lampTimingOfStages(own as DeviceStage[], offsetS * 10, config.groups.map(({ group, yellowS, allRedS }) => ({ group, yellow: yellowS * 10, red_clearance: allRedS * 10 })))
}

/** The configuration as text: what the baseline is over. */
export const imageOf = (config: CabinetConfig): Record<string, string> => ({ [CONFIG]: canonical(config) })
const configOfImage = ({ image }: Baseline): CabinetConfig => JSON.parse(image[CONFIG] ?? '{}') as CabinetConfig

/** Throws controller.unfit. */
export function planWrites(base: Baseline, want: WantedTiming, cabinet: string, baselineHash: string): WriteSet {
  const config = configOfImage(base)
  const { least, most } = config.bundlePlans
  const slot = spareSlot(base.config, (one) => one >= least && one <= most) ?? unfit(`cabinet ${cabinet} has no spare plan among ${least} to ${most}`)
  const plan = bundlePlanOf(lampTimingOf(want.signal, want.pattern, UNIT), slot, config, cabinet)
  const timing = timingOfPlan(plan, config) as LampTiming
  const own = config.plans.find(({ planNo }) => planNo === slot)
  const item = (name: Writable, unit?: string): WriteItem => ({
    id: itemId(slot, name), name: `plan ${slot} ${name}`, old: own === undefined ? null : valueOf(own, name), new: valueOf(plan, name), ...(unit === undefined ? {} : { unit }),
  })
  const items = [item('cycleS', 's'), item('offsetS', 's'), item('stages')]
  const frames = [{ title: `bundle with plan ${slot}`, hex: Buffer.from(canonical(bundleOf({ cabinet, baselineHash, plans: [plan] }))).toString('hex') }]
  return writeSet(base, want, { protocol: 'pull', slot, items, frames, timing, residual: [] })
}

const valueOf = (plan: BundlePlan, name: Writable): string => (name === 'stages' ? canonical(plan.stages) : String(plan[name]))

function bundlePlanOf(timing: LampTiming, planNo: number, config: CabinetConfig, cabinet: string): BundlePlan {
  if (timing.cycle > 36_000) unfit(`a cycle of ${timing.cycle / 10} s; bundles carry at most 3600 s`)
  const { first, stages } = deviceStagesOf(timing, { early_end: false })
  const names = (groups: readonly string[]): string => [...groups].sort().join(', ')
  const rows = stages.map(({ groups, green, yellow, red_clearance }) => {
    const own = config.stages.find((stage) => names(stage.groups) === names(groups)) ?? unfit(`cabinet ${cabinet} has no stage with the groups ${names(groups)}`)
    const wrong = [green, yellow, red_clearance].find((one) => one % UNIT !== 0)
    if (wrong !== undefined) unfit(`stage ${own.stageNo} has a time of ${wrong / 10} s; bundles carry whole seconds`)
    return { stageNo: own.stageNo, greenS: green / 10, yellowS: yellow / 10, allRedS: red_clearance / 10 }
  })
  return { planNo, cycleS: timing.cycle / 10, offsetS: modulo(timing.offset + first, timing.cycle) / 10, stages: rows }
}

/** The plan that the items say. Throws controller.malformed for what is none. */
export function planOfItems({ slot, items }: Pick<WriteSet, 'slot' | 'items'>): BundlePlan {
  const value = (name: Writable): unknown => JSON.parse(items.find(({ id }) => id === itemId(slot, name))?.new ?? 'null')
  return planOf({ planNo: slot, cycleS: value('cycleS'), offsetS: value('offsetS'), stages: value('stages') })
}

/** What only this protocol knows, beside the common rules: ids, and clearances that travel in rows. */
export function checkWrites(base: Baseline, { slot, items }: WriteSet): WriteFinding[] {
  const hard = (rule: WriteFinding['rule'], sentence: string): WriteFinding => ({ rule, weight: 'hard', device: base.device, sentence })
  const foreign = items.filter(({ id }) => !isWritable(id) || !id.startsWith(`plan ${slot} `)).map(({ id }) => hard('never-written', `"${id}" is not what is written of plan ${slot}`))
  if (foreign.length > 0) return foreign
  const config = configOfImage(base)
  const { stages } = planOfItems({ slot, items })
  const greenIn = stages.map(({ stageNo }) => config.stages.find((stage) => stage.stageNo === stageNo)?.groups ?? [])
  return stages.flatMap(({ stageNo, yellowS }, i) => {
    const next = greenIn[(i + 1) % stages.length] as string[]
    const ending = config.groups.filter(({ group }) => greenIn[i]?.includes(group) === true && !next.includes(group))
    const own = Math.max(...ending.map((group) => group.yellowS))
    return ending.length === 0 || yellowS === own ? [] : [hard('clearance', `stage ${stageNo} ends with ${yellowS} s of yellow; the cabinet's own is ${own} s`)]
  })
}

export interface BundleParts {
  cabinet: string
  baselineHash: string
  plans: BundlePlan[]
  schedule?: Bundle['schedule']
  mode?: Bundle['mode']
  /** The session's own: zeros where a dry run shows them. */
  bundleId?: string
  notBefore?: string
  expiresAt?: string
}

const ZERO_TIME = '1970-01-01T00:00:00Z'

export const bundleOf = ({ cabinet, baselineHash, plans, schedule = [], mode = 'temporary', bundleId = '0', notBefore = ZERO_TIME, expiresAt = ZERO_TIME }: BundleParts): Bundle =>
  ({ schema: SCHEMA, cabinetId: cabinet, bundleId, baselineHash, notBefore, expiresAt, mode, plans, schedule, fallback: 'local' })
