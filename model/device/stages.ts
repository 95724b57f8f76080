// Between what lamps do and the stages of a controller that is told "stage n is green for g seconds, then yellow, then all red". Whole tenths of a second.
// A group that is in a stage and in the next stays green through the change; one that is not in the next ends with the stage.
import { GreenwaveError } from '../errors.ts'
import type { GroupId } from '../signal.ts'
import { modulo } from '../units.ts'
import type { LampGroup, LampTiming, Tenths } from './device.ts'

/** What a stage gives to groups that don't keep its whole green. */
export interface StageAdjustment {
  group: GroupId
  by: Tenths
}

export interface DeviceStage {
  /** Green at some time of it. */
  groups: GroupId[]
  /** Until the last of the groups that end in it turns yellow; the whole stage where none ends. */
  green: Tenths
  /** Of the groups that end in it; 0 where none ends. */
  yellow: Tenths
  /** The rest until the next stage begins. */
  red_clearance: Tenths
  /** Groups that turn green so long after the stage begins. */
  late_start: StageAdjustment[]
  /** Groups that end so long before the stage's green does. */
  early_end: StageAdjustment[]
}

export interface DeviceStages {
  /** Local time at which the first stage begins: master time of its begin is offset + first. */
  first: Tenths
  stages: DeviceStage[]
}

export interface StageForm {
  /** A group that turns green no more than so long after a stage begins, while no group has ended in it, joins it; all else begins a stage of its own. Default 0: each green begins a stage. */
  late_start?: Tenths
  /** Whether the controller can end groups before their stage. Default true. */
  early_end?: boolean
}

interface Green {
  group: LampGroup
  start: Tenths
  length: Tenths
}

const seconds = (tenths: Tenths): string => `${tenths / 10} s`

/** The stages of a timing. Throws `controller.unfit` where stages can't say it, with the group and the times. */
export function deviceStagesOf(timing: LampTiming, form: StageForm = {}): DeviceStages {
  const { cycle } = timing
  const greens: Green[] = timing.groups
    .flatMap((group) => group.greens.map(([start, end]) => ({ group, start: modulo(start, cycle), length: end - start })))
  const begins = stageBegins(greens.filter(({ length }) => length < cycle), cycle, form.late_start ?? 0)
  if (begins.length === 0) throw new GreenwaveError('controller.unfit', 'no group ever turns green: there is no stage to make of this')
  const stages = begins.map((begin, i): DeviceStage => stageOf(timing, greens, begin, modulo((begins[(i + 1) % begins.length] as Tenths) - begin - 1, cycle) + 1))
  const adjusted = form.early_end === false ? stages.findIndex(({ early_end }) => early_end.length > 0) : -1
  if (adjusted >= 0) {
    const [{ group, by }] = (stages[adjusted] as DeviceStage).early_end as [StageAdjustment]
    throw new GreenwaveError('controller.unfit', `group ${group} ends ${seconds(by)} before stage ${adjusted + 1}; this controller ends all groups of a stage together`)
  }
  return { first: begins[0] as Tenths, stages }
}

/** Local times at which stages begin, sorted. */
function stageBegins(greens: Green[], cycle: Tenths, late: Tenths): Tenths[] {
  const starts = [...new Set(greens.map(({ start }) => start))].sort((a, b) => a - b)
  const ends = greens.map(({ start, length }) => modulo(start + length, cycle))
  const endsWithin = (from: Tenths, length: Tenths): boolean => ends.some((end) => { const after = modulo(end - from, cycle); return after > 0 && after <= length })
  // The first begin must be one that joins no earlier stage, or the result would depend on where local zero lies.
  const previous = (i: number): Tenths => starts.at(i - 1) as Tenths
  const own = starts.findIndex((start, i) => { const since = modulo(start - previous(i) - 1, cycle) + 1; return since > late || endsWithin(previous(i), since) })
  const from = Math.max(0, own)
  const begins: Tenths[] = []
  for (const start of [...starts.slice(from), ...starts.slice(0, from)]) {
    const begin = begins.at(-1)
    const since = begin === undefined ? cycle : modulo(start - begin, cycle)
    if (begin === undefined || since > late || endsWithin(begin, since)) begins.push(start)
  }
  return begins.sort((a, b) => a - b)
}

function stageOf({ cycle }: LampTiming, greens: Green[], begin: Tenths, total: Tenths): DeviceStage {
  const within = greens.flatMap(({ group, start, length }) => {
    if (length >= cycle) return [{ group, from: 0, to: Number.POSITIVE_INFINITY }]
    const after = modulo(start - begin, cycle)
    // Begun in this stage, or in one before and still green.
    if (after < total) return [{ group, from: after, to: after + length }]
    const left = after + length - cycle
    return left > 0 ? [{ group, from: 0, to: left }] : []
  })
  const ending = within.filter(({ to }) => to <= total)
  const green = ending.length === 0 ? total : Math.max(...ending.map(({ to }) => to))
  const yellow = Math.max(0, ...ending.filter(({ to }) => to === green).map(({ group }) => group.yellow))
  if (green + yellow > total) {
    const { group } = ending.find(({ to }) => to === green) as (typeof ending)[number]
    throw new GreenwaveError('controller.unfit', `group ${group.group} is yellow until ${seconds(modulo(begin + green + yellow, cycle))} of the cycle, but the next stage begins at ${seconds(modulo(begin + total, cycle))}`)
  }
  for (const { group, to } of ending) {
    const again = modulo(begin + total, cycle)
    if (to === green && group.greens.some(([start]) => modulo(start, cycle) === again)) {
      throw new GreenwaveError('controller.unfit', `group ${group.group} ends with its stage and turns green with the next: a controller of stages would keep it green between`)
    }
  }
  return {
    groups: [...new Set(within.map(({ group }) => group.group))], green, yellow, red_clearance: total - green - yellow,
    late_start: within.filter(({ from }) => from > 0).map(({ group, from }) => ({ group: group.group, by: from })),
    early_end: ending.filter(({ to }) => to < green).map(({ group, to }) => ({ group: group.group, by: green - to })),
  }
}

/**
 * What lamps do when a controller runs these stages, the first at local zero.
 * In: stages; the master time at which the first begins; the groups with their yellow and red clearance (a group in no stage stays red).
 */
export function lampTimingOfStages(stages: readonly DeviceStage[], offset: Tenths, groups: readonly Omit<LampGroup, 'greens'>[]): LampTiming {
  const totals = stages.map(({ green, yellow, red_clearance }) => green + yellow + red_clearance)
  const cycle = totals.reduce((sum, total) => sum + total, 0)
  const starts = totals.map((_, i) => totals.slice(0, i).reduce((sum, total) => sum + total, 0))
  return {
    cycle, offset: modulo(offset, cycle),
    groups: groups.map(({ group, yellow, red_clearance }) => ({ group, greens: greensOfGroup(group, stages, starts, cycle), yellow, red_clearance })),
  }
}

function greensOfGroup(group: GroupId, stages: readonly DeviceStage[], starts: readonly Tenths[], cycle: Tenths): [Tenths, Tenths][] {
  const adjusted = (list: StageAdjustment[]): Tenths => list.find((one) => one.group === group)?.by ?? 0
  const isIn = (i: number): boolean => (stages[i] as DeviceStage).groups.includes(group)
  const next = (i: number): number => (i + 1) % stages.length
  const runsOn = (i: number): boolean => isIn(i) && isIn(next(i)) && adjusted((stages[i] as DeviceStage).early_end) === 0 && adjusted((stages[next(i)] as DeviceStage).late_start) === 0
  const indices = stages.map((_, i) => i)
  if (indices.every(runsOn)) return [[0, cycle]]
  return indices.filter((i) => isIn(i) && !runsOn((i + stages.length - 1) % stages.length)).map((i): [Tenths, Tenths] => {
    const start = (starts[i] as Tenths) + adjusted((stages[i] as DeviceStage).late_start)
    let [last, turns] = [i, 0]
    while (runsOn(last)) {
      last = next(last)
      if (last === 0) turns++
    }
    const { green, early_end } = stages[last] as DeviceStage
    return [start, turns * cycle + (starts[last] as Tenths) + green - adjusted(early_end)]
  }).sort((a, b) => a[0] - b[0])
}
