// What an intersection holds, read object by object: as an image (each value by its place) and as the common form.
import type { Baseline, DeviceConfig, DeviceGroup, DeviceSlot, Tenths } from '../../../model/device/device.ts'
import type { GroupId, Signal } from '../../../model/signal.ts'
import type { Settings } from './config.ts'
import type { ObjectOf, PlanParam } from './objects.ts'
import { type Clearance, type StageTable, timingOfPlan } from './stages.ts'
import { malformed } from './xml.ts'

/** All that is read of an intersection. */
export interface CrossConfig {
  cross: ObjectOf<'CrossParam'>
  groups: ObjectOf<'SignalGroupParam'>[]
  stages: ObjectOf<'StageParam'>[]
  plans: PlanParam[]
  days: ObjectOf<'DayPlanParam'>[]
  schedules: ObjectOf<'ScheduleParam'>[]
}

const PER_S = 10
type Image = Baseline['image']

/** Where a value of a plan stands. */
export const planId = (plan: number, field: string): string => `PlanParam/${plan}/${field}`
export const rowId = (plan: number, row: number, field: string): string => planId(plan, `StageTiming/${row}/${field}`)

/** Values of a plan by their place; absent ones are left out. Adjustments as `oper:group:seconds`, in order. */
export function imageOfPlan(plan: PlanParam): Image {
  const { PlanNo, CrossID: _, StageTimingList, ...fields } = plan
  const rows = StageTimingList.flatMap(({ AdjustList, ...row }, i) => {
    const adjust = AdjustList.map(({ Oper, SignalGroupNo, Len }) => `${Oper}:${SignalGroupNo}:${Len}`).sort().join(' ')
    return [...Object.entries(row).map(([field, value]) => [rowId(PlanNo, i + 1, field), value] as const), [rowId(PlanNo, i + 1, 'Adjust'), adjust] as const]
  })
  const entries = [...Object.entries(fields).map(([field, value]) => [planId(PlanNo, field), value] as const), ...rows].filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries.map(([id, value]) => [id, String(value)]))
}

/** The way back; undefined where no such plan stood. */
export function planOfImage(image: Image, cross: string, number: number): PlanParam | undefined {
  const numberAt = (id: string): number | undefined => (image[id] === undefined ? undefined : Number(image[id]))
  const CycleLen = numberAt(planId(number, 'CycleLen'))
  if (CycleLen === undefined) return undefined
  const StageTimingList: PlanParam['StageTimingList'] = []
  for (let row = 1; image[rowId(number, row, 'StageNo')] !== undefined; row++) {
    const at = (field: string): number | undefined => numberAt(rowId(number, row, field))
    const AdjustList = (image[rowId(number, row, 'Adjust')] ?? '').split(' ').filter((one) => one !== '').map((one) => { const [Oper, SignalGroupNo, Len] = one.split(':').map(Number); return { Oper, SignalGroupNo, Len } })
    StageTimingList.push({ StageNo: at('StageNo')!, Green: at('Green')!, Yellow: at('Yellow')!, AllRed: at('AllRed')!, MaxGreen: at('MaxGreen'), MinGreen: at('MinGreen'), AdjustList })
  }
  return { CrossID: cross, PlanNo: number, PlanName: image[planId(number, 'PlanName')] ?? '', CycleLen, CoordStageNo: numberAt(planId(number, 'CoordStageNo')), Offset: numberAt(planId(number, 'Offset')), StageTimingList }
}

export function imageOf({ cross, groups, stages, plans, days, schedules }: CrossConfig): Image {
  const rows: [string, object][] = [
    ['CrossParam', cross], ...groups.map((one): [string, object] => [`SignalGroupParam/${one.SignalGroupNo}`, one]), ...stages.map((one): [string, object] => [`StageParam/${one.StageNo}`, steady(one)]),
    ...days.map((one): [string, object] => [`DayPlanParam/${one.DayPlanNo}`, one]), ...schedules.map((one): [string, object] => [`ScheduleParam/${one.ScheduleNo}`, one]),
  ]
  const flat = rows.flatMap(([place, object]) => Object.entries(object).filter(([field, value]) => field !== 'CrossID' && value !== undefined).map(([field, value]) => [`${place}/${field}`, typeof value === 'object' ? JSON.stringify(value) : String(value)]))
  return Object.assign(Object.fromEntries(flat) as Image, ...plans.map(imageOfPlan))
}

/** Without what counts down. */
const steady = (stage: ObjectOf<'StageParam'>): object => ({ ...stage, SignalGroupStatusList: stage.SignalGroupStatusList.map(({ SignalGroupNo, LampStatus }) => ({ SignalGroupNo, LampStatus })) })

/** Third lamp lit or flashing. */
export const isGreen = (status: string): boolean => status[2] === '2' || status[2] === '3'

const greensOf = (stages: CrossConfig['stages']): Map<number, number[]> =>
  new Map(stages.map(({ StageNo, SignalGroupStatusList }) => [StageNo, SignalGroupStatusList.filter(({ LampStatus }) => isGreen(LampStatus)).map(({ SignalGroupNo }) => SignalGroupNo)]))

/** Throws controller.malformed for a conflict matrix of another size than its groups. */
export function configOf(read: CrossConfig, active: number | undefined, settings: Settings, signal: Signal): DeviceConfig {
  const greens = greensOf(read.stages)
  const groups = groupsOf(read, greens, settings, signal)
  return { groups, conflicts: conflictsOf(read.cross, settings), intergreens: [], slots: slotsOf(read, { greens, groups }, active, settings) }
}

function groupsOf({ groups, plans }: CrossConfig, greens: StageTable['greens'], { groups: numbers }: Settings, signal: Signal): DeviceGroup[] {
  return [...numbers].flatMap(([group, number]): DeviceGroup[] => {
    const own = groups.find(({ SignalGroupNo }) => SignalGroupNo === number)
    // Without a minimum of its own nothing is known to be safe: checks then say that it was not read.
    if (own?.MinGreen === undefined) return []
    const { kind } = signal.groups.find(({ id }) => id === group)!
    return [{
      group, name: own.Name || String(number), kind, min_green: own.MinGreen * PER_S, ...(own.MaxGreen === undefined ? {} : { max_green: own.MaxGreen * PER_S }), ...endOf(number, plans, greens),
      ...(kind === 'pedestrian' && own.GreenFlashLen !== undefined ? { pedestrian_clearance: own.GreenFlashLen * PER_S } : {}),
    }]
  })
}

/** Yellow and all red after a group, of the stages that it ends with; of several the longest. The protocol keeps them by stage. */
function endOf(number: number, plans: readonly PlanParam[], greens: StageTable['greens']): { yellow: Tenths; red_clearance: Tenths } {
  const rows = plans.flatMap(({ StageTimingList }) => StageTimingList.filter((row, i) => {
    const next = StageTimingList[(i + 1) % StageTimingList.length]
    return greens.get(row.StageNo)?.includes(number) === true && greens.get(next.StageNo)?.includes(number) !== true
  }))
  return { yellow: Math.max(0, ...rows.map(({ Yellow }) => Yellow)) * PER_S, red_clearance: Math.max(0, ...rows.map(({ AllRed }) => AllRed)) * PER_S }
}

function conflictsOf({ SignalGroupNoList: numbers, GreenConflictMatrix }: CrossConfig['cross'], { groups }: Settings): [GroupId, GroupId][] {
  const matrix = GreenConflictMatrix.replaceAll(/\s/g, '')
  if (!/^[01]*$/.test(matrix) || matrix.length !== numbers.length ** 2) throw malformed(`a GreenConflictMatrix of ${matrix.length} characters for ${numbers.length} groups`)
  const meets = (a: number, b: number): boolean => matrix[a * numbers.length + b] === '1' || matrix[b * numbers.length + a] === '1'
  const known = [...groups].map(([group, number]) => ({ group, at: numbers.indexOf(number) })).filter(({ at }) => at >= 0)
  return known.flatMap((a, i) => known.slice(i + 1).filter((b) => meets(a.at, b.at)).map((b): [GroupId, GroupId] => [a.group, b.group]))
}

function slotsOf({ cross, plans, days }: CrossConfig, table: Pick<StageTable, 'greens' | 'groups'>, active: number | undefined, settings: Settings): DeviceSlot[] {
  const [lowest, highest] = settings.plans
  const free = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i)
  return [...new Set([...free, ...cross.PlanNoList])].sort((a, b) => a - b).map((slot): DeviceSlot => {
    const plan = plans.find(({ PlanNo }) => PlanNo === slot)
    const timing = plan && timingOfPlan(plan, table, settings)
    const named = days.flatMap(({ DayPlanNo, PeriodList }) => PeriodList.filter(({ PlanNo }) => PlanNo === slot).map(({ StartTime }) => `day plan ${DayPlanNo} from ${StartTime}`))
    const used_by = [...(slot === active ? ['runs now'] : []), ...named, ...(slot < lowest || slot > highest ? [`greenwave may use plans ${lowest} to ${highest} only`] : [])]
    return { slot, used_by, ...(timing === undefined ? {} : { timing }) }
  })
}

/** The stage table that a baseline holds. */
export function stageTableOf({ image, config }: Baseline, cross: string): StageTable & { unclear: number[] } {
  const numbersOf = (field: string): number[] => JSON.parse(image[`CrossParam/${field}`] ?? '[]') as number[]
  const stages = numbersOf('StageNoList').map((StageNo) => ({ StageNo, SignalGroupStatusList: JSON.parse(image[`StageParam/${StageNo}/SignalGroupStatusList`] ?? '[]') as { SignalGroupNo: number; LampStatus: string }[] }))
  const rows = numbersOf('PlanNoList').flatMap((number) => planOfImage(image, cross, number)?.StageTimingList ?? [])
  const [clearance, unclear] = [new Map<number, Clearance>(), [] as number[]]
  for (const { StageNo, Yellow, AllRed, MaxGreen, MinGreen } of rows) {
    const known = clearance.get(StageNo)
    if (known === undefined) clearance.set(StageNo, { Yellow, AllRed, MaxGreen, MinGreen })
    else if (known.Yellow !== Yellow || known.AllRed !== AllRed) unclear.push(StageNo)
  }
  const greens = new Map(stages.map(({ StageNo, SignalGroupStatusList }) => [StageNo, SignalGroupStatusList.filter(({ LampStatus }) => isGreen(LampStatus)).map(({ SignalGroupNo }) => SignalGroupNo)]))
  return { greens, clearance, groups: config.groups, unclear: [...new Set(unclear)] }
}
