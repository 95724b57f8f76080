// Between the stages of a PlanParam and what lamps do. Yellow and all red of a stage are the controller's own: copied from its plans, never computed.
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { DeviceGroup, LampTiming, WantedTiming } from '../../../model/device/device.ts'
import { type DeviceStage, deviceStagesOf, lampTimingOfStages } from '../../../model/device/stages.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import type { Settings } from './config.ts'
import type { PlanParam, StageTiming } from './objects.ts'

/** Adjust @Oper. */
const LATE_START = 1
const EARLY_END = 2
const PER_S = 10

/** What of a controller's set-up a plan rests on. */
export interface StageTable {
  /** StageNo -> SignalGroupNo that are green in it. */
  greens: ReadonlyMap<number, readonly number[]>
  /** StageNo -> as every plan has it. */
  clearance: ReadonlyMap<number, Clearance>
  groups: readonly DeviceGroup[]
}

/** What travels in a row beside the green; s. */
export type Clearance = Pick<StageTiming, 'Yellow' | 'AllRed' | 'MaxGreen' | 'MinGreen'>

const groupOf = ({ groups }: Settings, number: number): GroupId | undefined => [...groups].find(([, one]) => one === number)?.[0]

/** What the lamps of a plan do. Undefined where it is none: a stage that isn't known, or parts that are not its cycle. */
export function timingOfPlan({ CycleLen, CoordStageNo, Offset, StageTimingList }: PlanParam, { greens, groups }: Pick<StageTable, 'greens' | 'groups'>, settings: Settings): LampTiming | undefined {
  if (StageTimingList.length === 0 || StageTimingList.some(({ StageNo }) => !greens.has(StageNo))) return undefined
  const stages = StageTimingList.map((row): DeviceStage => {
    const adjusted = (oper: number): DeviceStage['late_start'] => row.AdjustList.filter(({ Oper }) => Oper === oper)
      .flatMap(({ SignalGroupNo, Len }) => { const group = groupOf(settings, SignalGroupNo); return group === undefined ? [] : [{ group, by: Len * PER_S }] })
    return {
      groups: greens.get(row.StageNo)!.flatMap((number) => groupOf(settings, number) ?? []),
      green: row.Green * PER_S, yellow: row.Yellow * PER_S, red_clearance: row.AllRed * PER_S, late_start: adjusted(LATE_START), early_end: adjusted(EARLY_END),
    }
  })
  const first = (Offset ?? 0) * PER_S - coordinatedStart(StageTimingList, CoordStageNo, settings)
  const timing = lampTimingOfStages(stages, first, groups.map(({ group, yellow, red_clearance }) => ({ group, yellow, red_clearance })))
  const isPlan = timing.cycle === CycleLen * PER_S && timing.groups.every(({ greens }) => greens.every(([start, end]) => end > start && start < timing.cycle))
  return isPlan ? timing : undefined
}

/** From the begin of the first stage to the instant that the offset speaks of, tenths. */
function coordinatedStart(rows: readonly StageTiming[], coordinated: number | undefined, { profile }: Settings): number {
  const at = profile.offset_reference === 'first-stage' ? 0 : rows.findIndex(({ StageNo }) => StageNo === coordinated)
  return rows.slice(0, Math.max(0, at)).reduce((sum, { Green, Yellow, AllRed }) => sum + (Green + Yellow + AllRed) * PER_S, 0)
}

export interface PlanRows {
  CycleLen: number
  CoordStageNo: number
  Offset: number
  StageTimingList: StageTiming[]
}

/**
 * The rows of a timing, of stages that the controller has. `coordinated`: the stage that its plans coordinate by.
 * Throws controller.unfit with the stage where it has none, or where its clearances make another timing of it.
 */
export function rowsOfTiming(want: WantedTiming, table: StageTable, coordinated: number | undefined, settings: Settings): PlanRows {
  const timing = lampTimingOf(want.signal, want.pattern, PER_S)
  const { first, stages } = deviceStagesOf(timing, { late_start: settings.profile.late_start_s * PER_S, early_end: settings.profile.adjust === 'yes' })
  const rows = stages.map((stage): StageTiming => {
    const number = stageNumber(stage, table, settings)
    const clearance = table.clearance.get(number)
    if (clearance === undefined) throw unfit(`stage ${number} is in no plan of the controller, so that its yellow and all red are not known`)
    const total = (stage.green + stage.yellow + stage.red_clearance) / PER_S
    const green = total - clearance.Yellow - clearance.AllRed
    if (green < 0) throw unfit(`stage ${number} would last ${total} s, its yellow and all red alone last ${clearance.Yellow + clearance.AllRed} s`)
    return { StageNo: number, Green: green, ...clearance, AdjustList: adjustments(stage, green, timing, stages, settings) }
  })
  const isUnique = (number: number | undefined): boolean => rows.filter(({ StageNo }) => StageNo === number).length === 1
  const CoordStageNo = [coordinated, ...rows.map(({ StageNo }) => StageNo)].find(isUnique)
  if (CoordStageNo === undefined) throw unfit('every stage comes more than once in the cycle: there is none to coordinate by')
  const start = coordinatedStart(rows, CoordStageNo, settings)
  return { CycleLen: timing.cycle / PER_S, CoordStageNo, Offset: modulo(timing.offset + first + start, timing.cycle) / PER_S, StageTimingList: rows }
}

export const unfit = (sentence: string): GreenwaveError => new GreenwaveError('controller.unfit', sentence)

/** The stage of the controller in which the same groups are green; of several the first. */
function stageNumber({ groups }: DeviceStage, { greens }: StageTable, settings: Settings): number {
  const wanted = groups.map((group) => settings.groups.get(group)!).sort((a, b) => a - b).join()
  const known = [...settings.groups.values()]
  const found = [...greens].find(([, numbers]) => numbers.filter((number) => known.includes(number)).sort((a, b) => a - b).join() === wanted && numbers.every((number) => known.includes(number)))
  if (found === undefined) throw unfit(`the controller has no stage in which groups ${groups.join(', ')} are green and no other`)
  return found[0]
}

/** Groups that don't keep the whole green of their stage. One that ends with the stage ends `green` after its begin, whatever yellow it has. */
function adjustments(stage: DeviceStage, green: number, { cycle }: LampTiming, stages: readonly DeviceStage[], settings: Settings): StageTiming['AdjustList'] {
  const next = stages[(stages.indexOf(stage) + 1) % stages.length]
  const stays = (group: GroupId): boolean => next.groups.includes(group) && !stage.early_end.some((one) => one.group === group)
  const late = stage.late_start.map(({ group, by }) => ({ Oper: LATE_START, SignalGroupNo: settings.groups.get(group)!, Len: by / PER_S }))
  const early = stage.groups.filter((group) => !stays(group)).flatMap((group) => {
    const by = green - (stage.green - (stage.early_end.find((one) => one.group === group)?.by ?? 0)) / PER_S
    if (by < 0) throw unfit(`group ${group} would end ${-by} s after the green of its stage, of a cycle of ${cycle / PER_S} s`)
    if (by > 0 && settings.profile.adjust === 'no') throw unfit(`group ${group} would end ${by} s before its stage; this controller ends all groups of a stage together`)
    return by > 0 ? [{ Oper: EARLY_END, SignalGroupNo: settings.groups.get(group)!, Len: by }] : []
  })
  return [...late, ...early]
}

/** Throws controller.unfit where what would be sent does not make the lamps do what was approved. */
export function requireSame(want: WantedTiming, timing: LampTiming | undefined): LampTiming {
  if (timing === undefined) throw unfit('its stages do not add up to a plan of this controller')
  const [difference] = compareLamps(lampTimingOf(want.signal, want.pattern), timing)
  if (difference !== undefined) throw unfit(`with the controller's own yellow and all red ${difference}`)
  return timing
}
