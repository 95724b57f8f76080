// From a timing to one SetPlanParam on a spare plan number, and nothing else. Pure.
import type { Baseline, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { spareSlot, writeSet } from '../write-set.ts'
import { imageOfPlan, planId, planOfImage, rowId, stageTableOf } from './baseline.ts'
import type { Link, Settings } from './config.ts'
import { encodeMessage } from './envelope.ts'
import { encodeObject, type PlanParam } from './objects.ts'
import { requireSame, rowsOfTiming, timingOfPlan, unfit } from './stages.ts'

/** All that greenwave decides in a plan. Yellow, AllRed, MaxGreen and MinGreen travel with a row and are the baseline's. */
const WRITABLE_FIELDS = ['PlanName', 'CycleLen', 'CoordStageNo', 'Offset'] as const
const WRITABLE_OF_ROW = ['StageNo', 'Green', 'Adjust'] as const
const COPIED_OF_ROW = ['Yellow', 'AllRed', 'MaxGreen', 'MinGreen'] as const

/** All that is ever commanded: no dark, all red, flash, manual or locked stage has a word here. 00 release, 21 fixed, 31 coordinated, 53 named plan. */
export type CommandMode = '00' | '21' | '31' | '53'
export const OPER = { add: 1, modify: 2, delete: 3 } as const

export const isWritable = (id: string): boolean => new RegExp(`^PlanParam/\\d+/(${WRITABLE_FIELDS.join('|')}|StageTiming/\\d+/(${WRITABLE_OF_ROW.join('|')}))$`).test(id)

/** The only message that changes what is stored. */
export const setPlanFrame = (link: Link, oper: (typeof OPER)[keyof typeof OPER], plan: PlanParam): string =>
  encodeMessage({ ...link, type: 'REQUEST' }, 'Set', encodeObject('SetPlanParam', { Oper: oper, PlanParam: plan }))

/** Throws controller.unfit. */
export function planWrites(base: Baseline, want: WantedTiming, settings: Settings): WriteSet {
  const table = stageTableOf(base, settings.cross)
  const PlanNo = spareSlot(base.config, (slot) => slot >= settings.plans[0] && slot <= settings.plans[1])
  if (PlanNo === undefined) throw unfit(`controller ${base.device} has no spare plan among ${settings.plans[0]} to ${settings.plans[1]}`)
  const running = base.active_slot === undefined ? undefined : planOfImage(base.image, settings.cross, base.active_slot)
  const rows = rowsOfTiming(want, table, running?.CoordStageNo, settings)
  const confused = rows.StageTimingList.find(({ StageNo }) => table.unclear.includes(StageNo))
  if (confused !== undefined) throw unfit(`stage ${confused.StageNo} has another yellow or all red from plan to plan, so that it is not known which to copy`)
  if (rows.CycleLen > 3600) throw unfit(`a cycle of ${rows.CycleLen} s; a plan carries at most 3600 s`)
  const plan: PlanParam = { CrossID: settings.cross, PlanNo, PlanName: `gw-${want.hash.slice(0, 12)}`, ...rows }
  const timing = requireSame(want, timingOfPlan(plan, table, settings))
  const stood = planOfImage(base.image, settings.cross, PlanNo)
  const frame = setPlanFrame(settings.link, stood === undefined ? OPER.add : OPER.modify, plan)
  return writeSet(base, want, {
    protocol: 'gat1049', slot: PlanNo, items: itemsOf(base, plan, stood), timing, residual: [],
    frames: [{ title: `SetPlanParam ${stood === undefined ? 'add' : 'modify'} plan ${PlanNo}`, hex: Buffer.from(frame).toString('hex') }],
  })
}

/** An empty new value: there is nothing at that place any more. */
function itemsOf({ image }: Baseline, plan: PlanParam, stood: PlanParam | undefined): WriteItem[] {
  const news = imageOfPlan(plan)
  const unitOf = (field: string): { unit?: string } => (['CycleLen', 'Offset', 'Green'].includes(field) ? { unit: 's' } : {})
  const item = (id: string, field: string, name: string): WriteItem => ({ id, name, ...unitOf(field), old: image[id] ?? null, new: news[id] ?? '' })
  const rows = Array.from({ length: Math.max(plan.StageTimingList.length, stood?.StageTimingList.length ?? 0) }, (_, i) => i + 1)
  return [
    ...WRITABLE_FIELDS.map((field) => item(planId(plan.PlanNo, field), field, `plan ${plan.PlanNo} ${field}`)),
    ...rows.flatMap((row) => WRITABLE_OF_ROW.map((field) => item(rowId(plan.PlanNo, row, field), field, `plan ${plan.PlanNo} row ${row} ${field}`))),
  ]
}

/** The plan that a write set stores, of its items and the baseline's clearances. */
export function planOfWrites(base: Baseline, { slot, items }: Pick<WriteSet, 'slot' | 'items'>, cross: string): PlanParam | undefined {
  const { clearance } = stageTableOf(base, cross)
  const image = Object.fromEntries(items.filter(({ new: value }) => value !== '').map(({ id, new: value }) => [id, value]))
  for (let row = 1; image[rowId(slot, row, 'StageNo')] !== undefined; row++) {
    const own = clearance.get(Number(image[rowId(slot, row, 'StageNo')]))
    for (const field of COPIED_OF_ROW) if (own?.[field] !== undefined) image[rowId(slot, row, field)] = String(own[field])
  }
  return planOfImage(image, cross, slot)
}

/** What only this protocol knows, beside the common rules. */
export function checkWrites(base: Baseline, writes: WriteSet, settings: Settings): WriteFinding[] {
  const { items, slot, timing, frames } = writes
  const report = (rule: WriteFinding['rule'], sentence: string): WriteFinding => ({ rule, weight: 'hard', device: base.device, sentence: `controller ${base.device}: ${sentence}` })
  const findings = items.filter(({ id }) => !isWritable(id) || !id.startsWith(`PlanParam/${slot}/`)).map(({ id }) => report('never-written', `"${id}" is not what is written for plan ${slot}`))
  if (settings.profile.offset_reference === 'unknown') findings.push(report('profile', 'it is not known what its offsets speak of; it is only read until the profile says so'))
  const longest = timing.cycle / 10
  if (longest > 3600) findings.push({ ...report('range', `the cycle is ${longest} s; a plan carries at most 3600 s`), value: longest, limit: 3600 })
  const plan = findings.length === 0 ? planOfWrites(base, writes, settings.cross) : undefined
  if (plan !== undefined) {
    for (const { StageNo, Green, MinGreen = 0, MaxGreen = Green } of plan.StageTimingList) {
      if (Green < MinGreen) findings.push({ ...report('minimum-green', `stage ${StageNo} would be green for ${Green} s; its plans keep at least ${MinGreen} s`), value: Green, limit: MinGreen })
      if (Green > MaxGreen) findings.push({ ...report('range', `stage ${StageNo} would be green for ${Green} s; its plans keep at most ${MaxGreen} s`), value: Green, limit: MaxGreen })
    }
    const stood = planOfImage(base.image, settings.cross, slot)
    const expected = Buffer.from(setPlanFrame(settings.link, stood === undefined ? OPER.add : OPER.modify, plan)).toString('hex')
    if (frames.length !== 1 || frames[0].hex !== expected) findings.push(report('clearance', 'the frame is not the items with the yellow and all red of the baseline'))
  }
  return findings
}
