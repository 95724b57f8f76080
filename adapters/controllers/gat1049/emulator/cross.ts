// An intersection of the emulated signal system: its plans in stages over the common emulated controller. Written from the tables of the protocol, with an arithmetic of its own.
import { isDeepStrictEqual } from 'node:util'
import type { DeviceMode, Lamp, LampTiming } from '../../../../model/device/device.ts'
import { type EmulatedController, Refusal } from '../../emulator/controller.ts'
import { down, type Tree, xml } from './text.ts'

export interface PlanRow {
  stage: number
  green: number
  yellow: number
  red: number
  least?: number
  most?: number
  adjust: { oper: number; group: number; length: number }[]
}

export interface StagePlan {
  name: string
  cycle: number
  coordinated: number
  offset: number
  rows: PlanRow[]
}

export interface CrossSetup {
  id: string
  device: EmulatedController
  /** Number of each group, in order. */
  numbers: ReadonlyMap<string, number>
  /** Groups that are green in each stage. */
  stages: ReadonlyMap<number, readonly number[]>
  plans: ReadonlyMap<number, StagePlan>
}

const STATUS: Readonly<Record<Lamp, string>> = {
  red: '211', 'red-yellow': '221', green: '112', 'green-flashing': '113', yellow: '121', 'yellow-flashing': '131', 'red-flashing': '311', dark: '111', unknown: '000',
}
const MODE: Partial<Record<DeviceMode, string>> = { manual: '51', flash: '13', dark: '11', 'all-red': '12', free: '22', fixed: '21' }

export class Cross {
  readonly setup: CrossSetup
  readonly #plans: Map<number, StagePlan>
  /** Mode that was commanded with the plan. */
  #mode = '31'
  /** By what the controller holds: looked at twice a second. */
  readonly #found = new WeakMap<LampTiming, StagePlan>()

  constructor(setup: CrossSetup) {
    this.setup = setup
    this.#plans = new Map(setup.plans)
  }

  get #device(): EmulatedController { return this.setup.device }

  /** What is stored under a number; where somebody moved its offset on the spot, that. */
  plan(number: number): StagePlan | undefined {
    const timing = this.#device.timing(number)
    if (timing === undefined) return undefined
    const found = this.#found.get(timing) ?? this.#find(number, timing)
    if (found !== undefined) this.#found.set(timing, found)
    return found
  }

  #find(number: number, timing: LampTiming): StagePlan | undefined {
    const own = this.#plans.get(number)
    if (own !== undefined && isDeepStrictEqual(timing, timingOf(own, this.setup))) return own
    for (const one of this.#plans.values()) {
      const same = timingOf(one, this.setup)
      if (isDeepStrictEqual({ ...timing, offset: 0 }, { ...same, offset: 0 })) return { ...one, offset: (one.offset + (timing.offset - same.offset) / 10 + one.cycle) % one.cycle }
    }
    return undefined
  }

  get planNumbers(): number[] { return this.#device.slots.filter((slot) => this.plan(slot) !== undefined) }

  /** SetPlanParam: 1 add, 2 modify, 3 delete. Throws Refusal. */
  setPlan(oper: string, number: number, tree: Tree): void {
    const stands = this.plan(number) !== undefined
    if (oper === '1' && stands) throw new Refusal('slot-in-use', `plan ${number} exists`)
    if (oper !== '1' && !stands) throw new Refusal('no-such-slot', `there is no plan ${number}`)
    if (this.#device.faults.partial_after !== undefined) throw new Refusal('refused', 'not all of it')
    const plan = oper === '3' ? undefined : planOf(tree)
    this.#device.store(number, plan && this.#checked(plan))
    if (this.#device.faults.ignores_writes) return
    if (plan === undefined) this.#plans.delete(number)
    else this.#plans.set(number, plan)
  }

  #checked(plan: StagePlan): LampTiming {
    const sum = plan.rows.reduce((total, { green, yellow, red }) => total + green + yellow + red, 0)
    if (sum !== plan.cycle && !this.#device.faults.sum_unchecked) throw new Refusal('sum', `the stages last ${sum} s, the cycle ${plan.cycle} s`)
    const stranger = plan.rows.find(({ stage }) => !this.setup.stages.has(stage))
    if (stranger !== undefined) throw new Refusal('refused', `no stage ${stranger.stage}`)
    return timingOf(plan, this.setup)
  }

  run(mode: string, number: number, lease_s?: number): void {
    if (mode === '00') { this.#device.release(); return }
    this.#device.select(number, lease_s)
    this.#mode = mode
  }

  /** Of CenterPlan: the plan that travels with it must be the stored one. */
  runWith(mode: string, tree: Tree, minutes: number): void {
    const number = Number(down(tree, 'PlanNo').value)
    const stored = this.plan(number)
    if (stored === undefined || !isDeepStrictEqual(timingOf(planOf(tree), this.setup), timingOf(stored, this.setup))) throw new Refusal('refused', 'it is not the plan that is stored')
    this.run(mode, number, minutes * 60)
  }

  // What it tells.

  control(name: string, time: string): string {
    const mode = MODE[this.#device.mode] ?? (this.#device.commanded === undefined ? '31' : this.#mode)
    return xml({ [name]: [xml({ CrossID: this.setup.id, ControlMode: mode, PlanNo: this.#device.told_slot ?? 0, Time: time })] })
  }

  state(time: string): string { return xml({ CrossState: [xml({ CrossID: this.setup.id, Value: this.#device.mode === 'fault' ? 'Error' : 'Online', Time: time })] }) }

  lamps(time: string): string {
    const statuses = this.#device.lamps().map(({ group, lamp }) => xml({ SignalGroupStatus: [xml({ SignalGroupNo: this.setup.numbers.get(group), LampStatus: STATUS[lamp] })] }))
    return xml({ CrossSignalGroupStatus: [xml({ CrossID: this.setup.id, LampStatusTime: time, SignalGroupStatusList: statuses })] })
  }

  cycle(time: (instant: number) => string): string {
    const running = this.#device.cycle()
    const last = this.#device.lastCycle
    return xml({ CrossCycle: [xml({
      CrossID: this.setup.id, StartTime: time((running?.began ?? 0) / 10), LastCycleLen: Math.round((last?.length ?? 0) / 10), AdjustFlag: running?.isCorrecting === false ? 0 : 1,
    })] })
  }

  /** Number of the row that runs, how long it lasts and since when, s; stretched as the cycle is. */
  row(): { index: number; stage: number; length: number; began: number; cycle_began: number } | undefined {
    const running = this.#device.cycle()
    const plan = running && this.plan(running.slot)
    if (running === undefined || plan === undefined) return undefined
    const stretch = running.length / (plan.cycle * 10)
    let began = 0
    for (const [index, { stage, green, yellow, red }] of plan.rows.entries()) {
      const length = (green + yellow + red) * stretch
      if (running.position / 10 < began + length || index === plan.rows.length - 1) return { index, stage, length: Math.round(length), began: running.began / 10 + began, cycle_began: running.began }
      began += length
    }
    return undefined
  }

  planXml(number: number): string | undefined {
    const plan = this.plan(number)
    if (plan === undefined) return undefined
    const rows = plan.rows.map(({ stage, green, yellow, red, least, most, adjust }) => xml({ StageTiming: [
      xml({ StageNo: stage, Green: green, Yellow: yellow, AllRed: red, MaxGreen: most, MinGreen: least }),
      `<AdjustList>${adjust.map(({ oper, group, length }) => `<Adjust Oper="${oper}" SignalGroupNo="${group}" Len="${length}"/>`).join('')}</AdjustList>`,
    ] }))
    return xml({ PlanParam: [xml({ CrossID: this.setup.id, PlanNo: number, PlanName: plan.name, CycleLen: plan.cycle, CoordStageNo: plan.coordinated, Offset: plan.offset, StageTimingList: rows })] })
  }

  crossXml(): string {
    const { setup } = this.#device
    const groups = [...this.setup.numbers.keys()]
    const meets = (a: string, b: string): boolean => setup.conflicts.some(([one, other]) => (one === a && other === b) || (one === b && other === a))
    const numbered = (name: string, numbers: Iterable<number>): string[] => [...numbers].map((number) => xml({ [name]: number }))
    return xml({ CrossParam: [xml({
      CrossID: this.setup.id, CrossName: 'a & b', Feature: '24', Grade: '11', SignalGroupNoList: numbered('SignalGroupNo', this.setup.numbers.values()),
      GreenConflictMatrix: groups.map((a) => groups.map((b) => (meets(a, b) ? '1' : '0')).join('')).join(''), StageNoList: numbered('StageNo', this.setup.stages.keys()),
      PlanNoList: numbered('PlanNo', this.planNumbers), DayPlanNoList: numbered('DayPlanNo', [1]), ScheduleNoList: numbered('ScheduleNo', [1]), Longitude: '120.1', Latitude: '30.2', Altitude: 9,
    })] })
  }

  groupXml(number: number): string | undefined {
    const id = [...this.setup.numbers].find(([, one]) => one === number)?.[0]
    const own = this.#device.setup.groups.find(({ group }) => group === id)
    return own && xml({ SignalGroupParam: [xml({ CrossID: this.setup.id, SignalGroupNo: number, Name: own.name, MinGreen: own.min_green / 10, MaxGreen: own.max_green === undefined ? undefined : own.max_green / 10 })] })
  }

  stageXml(number: number): string | undefined {
    const greens = this.setup.stages.get(number)
    const statuses = [...this.setup.numbers.values()].map((group) => xml({ SignalGroupStatus: [xml({ SignalGroupNo: group, LampStatus: greens?.includes(group) ? '112' : '211' })] }))
    return greens && xml({ StageParam: [xml({ CrossID: this.setup.id, StageNo: number, StageName: `stage ${number}`, Attribute: 0, SignalGroupStatusList: statuses })] })
  }

  dayXml(): string {
    const two = (value: number): string => String(value).padStart(2, '0')
    const periods = this.#device.setup.day_plan.map(({ from, slot }) => xml({ Period: [xml({ StartTime: `${two(Math.floor(from / 3600))}:${two(Math.floor(from / 60) % 60)}`, PlanNo: slot, CtrlMode: '31' })] }))
    return xml({ DayPlanParam: [xml({ CrossID: this.setup.id, DayPlanNo: 1, DayPlanName: 'all days', PeriodList: periods })] })
  }

  scheduleXml(): string { return xml({ ScheduleParam: [xml({ CrossID: this.setup.id, ScheduleNo: 1, Type: 3, StartDay: '01-01', EndDay: '12-31', WeekDay: 1, DayPlanNo: 1 })] }) }
}

function planOf(tree: Tree): StagePlan {
  const number = (at: Tree, name: string): number => Number(down(at, name).value)
  const some = (at: Tree, name: string): number | undefined => (down(at, name).value === '' ? undefined : number(at, name))
  return {
    name: down(tree, 'PlanName').value, cycle: number(tree, 'CycleLen'), coordinated: number(tree, 'CoordStageNo'), offset: number(tree, 'Offset'),
    rows: down(tree, 'StageTimingList').kids.map((row) => ({
      stage: number(row, 'StageNo'), green: number(row, 'Green'), yellow: number(row, 'Yellow'), red: number(row, 'AllRed'), least: some(row, 'MinGreen'), most: some(row, 'MaxGreen'),
      adjust: down(row, 'AdjustList').kids.map(({ attributes }) => ({ oper: Number(attributes.get('Oper')), group: Number(attributes.get('SignalGroupNo')), length: Number(attributes.get('Len')) })),
    })),
  }
}

/** Second by second: a group is green from its (late) start in a stage to the (early) end of the stage's green, and on through the change to a next stage that has it too. */
export function timingOf({ rows, cycle, coordinated, offset }: StagePlan, { numbers, stages, device }: Pick<CrossSetup, 'numbers' | 'stages' | 'device'>): LampTiming {
  const lengths = rows.map(({ green, yellow, red }) => green + yellow + red)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const coordinatedAt = rows.findIndex(({ stage }) => stage === coordinated)
  const first = offset - lengths.slice(0, Math.max(0, coordinatedAt)).reduce((sum, length) => sum + length, 0)
  const groups = device.setup.groups.map(({ group, yellow, red_clearance }) => {
    const number = numbers.get(group)!
    const lit = rows.flatMap((row, i) => {
      const by = (at: PlanRow, oper: number): number => at.adjust.find((one) => one.oper === oper && one.group === number)?.length ?? 0
      const next = rows[(i + 1) % rows.length]
      const isIn = (one: PlanRow): boolean => stages.get(one.stage)!.includes(number)
      const until = isIn(next) && by(row, 2) === 0 && by(next, 1) === 0 ? lengths[i] : row.green - by(row, 2)
      return Array.from({ length: lengths[i] }, (_, second) => isIn(row) && second >= by(row, 1) && second < until)
    })
    return { group, greens: windowsOf(lit), yellow, red_clearance }
  })
  return { cycle: total * 10, offset: ((((first % total) + total) % total) * 10) % (cycle * 10), groups }
}

function windowsOf(lit: readonly boolean[]): [number, number][] {
  if (lit.every(Boolean)) return [[0, lit.length * 10]]
  return lit.flatMap((isLit, start): [number, number][] => {
    if (!isLit || lit.at(start - 1)) return []
    let end = start
    while (lit[end % lit.length]) end++
    return [[start * 10, end * 10]]
  })
}
