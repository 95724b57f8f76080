// An emulated controller of GB/T 20999-2017: its tables over the device core. What lamps do under a plan is painted second by second.
import { isDeepStrictEqual } from 'node:util'
import type { LampTiming } from '../../../../model/device/device.ts'
import { LocalTime } from '../../../../model/local-time.ts'
import { type EmulatedController, Refusal } from '../../emulator/controller.ts'
import type { RequestKind } from '../../emulator/faults.ts'
import type { Dialect, Message, Value } from './wire.ts'

export interface EmulatedPhase {
  phase: number
  group: string
  lamp_group: number
  /** Minimum right of way, s. */
  minimum: number
  /** Colour and seconds, up to three, after right of way. */
  losing: readonly (readonly [colour: number, seconds: number])[]
  conflicts: readonly number[]
  /** To other phases, s. */
  intergreens: Readonly<Record<number, number>>
}

export interface EmulatedStage {
  stage: number
  phases: readonly number[]
  late?: Readonly<Record<number, number>>
  early?: Readonly<Record<number, number>>
}

/** A plan in element order. */
export interface EmulatedPlan {
  cycle: number
  offset: number
  stages: readonly (readonly [stage: number, seconds: number])[]
}

export interface EmulatedTables {
  phases: readonly EmulatedPhase[]
  stages: readonly EmulatedStage[]
}

type Row = Record<number, string>

const FLASHING_GREEN = 0x21
const WIDTH: Readonly<Record<number, number>> = { 2: 1, 3: 4, 4: 1, 5: 2, 6: 16, 7: 32, 8: 16 }
const MODE_BYTE: Readonly<Record<string, number>> = { coordinated: 0x23, transition: 0x23, fixed: 0x21, free: 0x22, manual: 0x25, preempted: 0x25, flash: 0x31, fault: 0x31, dark: 0x33, 'all-red': 0x32, starting: 0x32 }
const LAMP_BYTE: Readonly<Record<string, number>> = { red: 0x10, 'red-flashing': 0x11, green: 0x20, 'green-flashing': 0x21, yellow: 0x30, 'yellow-flashing': 0x31, 'red-yellow': 0x40 }

const hexOf = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, '0')

/** What lamps do under a plan. Undefined where its parts don't fit. */
export function paintPlan({ phases, stages }: EmulatedTables, plan: EmulatedPlan, isSumFree = false): LampTiming | undefined {
  const parts = plan.stages.map(([number, seconds]) => ({ stage: stages.find(({ stage }) => stage === number), seconds }))
  const cycle = parts.reduce((sum, { seconds }) => sum + seconds, 0)
  if (parts.length === 0 || (cycle !== plan.cycle && !isSumFree)) return undefined
  const green = new Map(phases.map(({ phase }) => [phase, Array.from({ length: cycle }, () => false)]))
  let begin = 0
  for (const [i, { stage, seconds }] of parts.entries()) {
    const next = parts[(i + 1) % parts.length]!.stage
    if (stage === undefined || next === undefined) return undefined
    const stays = (phase: number): boolean => stage.phases.includes(phase) && next.phases.includes(phase) && !stage.early?.[phase] && !next.late?.[phase]
    let clear = 0
    for (const phase of phases.filter((one) => stage.phases.includes(one.phase) && !stays(one.phase))) {
      clear = Math.max(clear, phase.losing.reduce((sum, [, time]) => sum + time, 0))
      for (const to of next.phases) if (!stays(to)) clear = Math.max(clear, phase.intergreens[to] ?? 0)
    }
    if (clear >= seconds) return undefined
    for (const phase of stage.phases) {
      for (let second = stage.late?.[phase] ?? 0; second < (stays(phase) ? seconds : seconds - clear - (stage.early?.[phase] ?? 0)); second++) green.get(phase)![begin + second] = true
    }
    begin += seconds
  }
  return {
    cycle: cycle * 10, offset: (plan.offset * 10) % (cycle * 10),
    groups: phases.map(({ phase, group, losing }) => {
      const lasting = (colours: number[]): number => losing.reduce((sum, [colour, time]) => sum + (colours.includes(colour) ? time * 10 : 0), 0)
      return { group, greens: windowsOf(green.get(phase)!).map(([a, b]): [number, number] => (b - a >= cycle ? [0, cycle * 10] : [a * 10, b * 10 + lasting([FLASHING_GREEN])])), yellow: lasting([0x30, 0x31]), red_clearance: lasting([0x10]) }
    }),
  }
}

/** Runs of green seconds round the cycle. */
function windowsOf(seconds: readonly boolean[]): [number, number][] {
  const length = seconds.length
  if (seconds.every(Boolean)) return [[0, length]]
  return seconds.flatMap((on, start): [number, number][] => {
    if (!on || seconds[(start + length - 1) % length]) return []
    let end = start
    while (seconds[end % length]) end++
    return [[start, end]]
  })
}

export class GbDevice {
  readonly device: EmulatedController
  readonly dialect: Dialect
  readonly #tables: EmulatedTables
  readonly #rows = new Map<number, Row>()
  /** Painting costs more than looking up, and rows are asked for all the time. */
  readonly #painted = new Map<string, LampTiming | undefined>()
  readonly #local: LocalTime
  /** Byte of 13.1.3. */
  door = 0

  constructor(device: EmulatedController, tables: EmulatedTables, dialect: Dialect, plans: ReadonlyMap<number, EmulatedPlan>) {
    this.device = device
    this.dialect = dialect
    this.#tables = tables
    this.#local = new LocalTime(device.setup.time_zone)
    for (const slot of device.slots) this.#rows.set(slot, this.#rowOf(plans.get(slot)))
  }

  kindOf({ type, values }: Message): RequestKind {
    if (type !== 0x30) return 'read'
    return values.some(({ at }) => at.startsWith('11')) ? 'command' : 'write'
  }

  answer(message: Message): Message | undefined {
    const sequence = this.device.faults.no_sequence_echo ? 0 : message.sequence
    if (message.type === 0x70) return { ...message, sequence, type: 0x80, values: [] }
    if (message.type === 0x10) return { ...message, sequence, ...this.#query(message.values) }
    return message.type === 0x30 ? { ...message, sequence, ...this.#set(message.values) } : undefined
  }

  #query(asked: Value[]): Pick<Message, 'type' | 'values'> {
    const values = asked.map((value) => ({ ...value, hex: this.#value(value.at) }))
    const absent = values.filter(({ hex }) => hex === undefined)
    if (absent.length > 0) return { type: 0x21, values: absent.map((value) => ({ ...value, hex: '30' })) }
    return { type: 0x20, values: values as Value[] }
  }

  #set(values: Value[]): Pick<Message, 'type' | 'values'> {
    const failing = values.some(({ at }) => at.startsWith('11')) ? this.#commanded(values) : this.#written(values)
    if (failing !== undefined) return { type: 0x41, values: [failing] }
    const repeated = values.map((value) => ({ ...value, hex: this.dialect.repeats === 'values' || this.device.faults.wrong_echo ? value.hex : '' }))
    if (this.device.faults.wrong_echo) repeated[0]!.hex = repeated[0]!.hex.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    return { type: 0x40, values: this.dialect.repeats === 'nothing' && !this.device.faults.wrong_echo ? [] : repeated }
  }

  /** The value that fails, with its status. */
  #commanded(values: Value[]): Value | undefined {
    for (const value of values) {
      const number = Number.parseInt(value.hex, 16)
      try {
        if (value.at.startsWith('110301')) { if (number === 0) this.device.release(); else this.device.select(number) }
        else if (value.at.startsWith('110401') && number >= 0x21 && number <= 0x24) this.device.release()
        else if (!value.at.startsWith('110401') || number !== 0x13) return { ...value, hex: '20' }
      } catch (error) {
        if (error instanceof Refusal) return { ...value, hex: '50' }
        throw error
      }
    }
    return undefined
  }

  #written(values: Value[]): Value | undefined {
    const { faults } = this.device
    const slot = Number.parseInt(values[0]!.at.slice(6), 16)
    const row = { ...this.#row(slot) }
    for (const [i, value] of values.entries()) {
      const attribute = Number.parseInt(value.at.slice(4, 6), 16)
      if (!value.at.startsWith('0902') || WIDTH[attribute] === undefined) return { ...value, hex: '20' }
      if (!this.#rows.has(slot) || Number.parseInt(value.at.slice(6), 16) !== slot) return { ...value, hex: '30' }
      if (value.hex.length !== WIDTH[attribute] * 2) return { ...value, hex: '11' }
      if (faults.partial_after === i) { this.#keep(slot, row); return { ...value, hex: '40' } }
      row[attribute] = value.hex
    }
    const isEmpty = /^0*$/.test(row[6]!)
    if (!isEmpty && this.#timingOf(row) === undefined) return { ...values[0]!, hex: '10' }
    try {
      this.#keep(slot, row)
    } catch (error) {
      if (error instanceof Refusal) return { ...values[0]!, hex: error.reason === 'minimum' ? '12' : '40' }
      throw error
    }
    return undefined
  }

  #keep(slot: number, row: Row): void {
    this.device.store(slot, this.#timingOf(row))
    if (!this.device.faults.ignores_writes) this.#rows.set(slot, row)
  }

  /** As it is stored; where somebody changed the plan on the spot, the row that says so. */
  #row(slot: number): Row {
    const [row, timing] = [this.#rows.get(slot) ?? this.#rowOf(undefined), this.device.timing(slot)]
    if (isDeepStrictEqual(this.#timingOf(row), timing)) return row
    const like = timing === undefined ? undefined : [...this.#rows.values()].find((one) => isDeepStrictEqual(this.#timingOf(one)?.groups, timing.groups))
    return like === undefined ? this.#rowOf(undefined) : { ...like, 5: hexOf(timing!.offset / 10, 2) }
  }

  #array(values: readonly number[], length: number, bytes: number): string {
    const all = Array.from({ length }, (_, i) => hexOf(values[i] ?? 0, bytes))
    return (this.dialect.reversed ? all.toReversed() : all).join('')
  }

  #rowOf(plan: EmulatedPlan | undefined): Row {
    const stages = plan?.stages ?? []
    return {
      2: hexOf(plan === undefined ? 0 : 1, 1), 3: hexOf(plan?.cycle ?? 0, 4), 4: hexOf(plan === undefined ? 0 : 1, 1), 5: hexOf(plan?.offset ?? 0, 2),
      6: this.#array(stages.map(([stage]) => stage), 16, 1), 7: this.#array(stages.map(([, seconds]) => seconds), 16, 2), 8: this.#array(stages.map(() => 0x10), 16, 1),
    }
  }

  #planOf(row: Row): EmulatedPlan {
    const list = (hex: string, bytes: number): number[] => {
      const values = hex.match(new RegExp(`.{${bytes * 2}}`, 'g'))!.map((one) => Number.parseInt(one, 16))
      return this.dialect.reversed ? values.toReversed() : values
    }
    const seconds = list(row[7]!, 2)
    return { cycle: Number.parseInt(row[3]!, 16), offset: Number.parseInt(row[5]!, 16), stages: list(row[6]!, 1).map((stage, i) => [stage, seconds[i]!] as const).filter(([stage]) => stage !== 0) }
  }

  #timingOf(row: Row): LampTiming | undefined {
    const isSumFree = this.device.faults.sum_unchecked
    const key = `${isSumFree}${Object.values(row).join(' ')}`
    if (!this.#painted.has(key)) this.#painted.set(key, paintPlan(this.#tables, this.#planOf(row), isSumFree))
    return this.#painted.get(key)
  }

  /** Undefined = absent. */
  #value(at: string): string | undefined {
    const [group, object, attribute, element] = at.match(/../g)!.map((one) => Number.parseInt(one, 16)) as [number, number, number, number]
    const { phases, stages } = this.#tables
    switch (`${group}.${object}`) {
      case '1.1': return Buffer.from('模拟信号机').toString('hex')
      case '1.2': return Buffer.from('2.0').toString('hex')
      case '1.3': return Buffer.from('EM-1').toString('hex')
      case '3.3': return this.#lamp(element)
      case '4.1': return hexOf(phases.length, 1)
      case '4.2': return phaseValue(phases.find(({ phase }) => phase === element), attribute)
      case '6.1': return hexOf(stages.length, 1)
      case '6.2': return this.#stage(stages.find(({ stage }) => stage === element), attribute)
      case '7.1': return attribute === 2 ? mask(phases.find(({ phase }) => phase === element)?.conflicts) : undefined
      case '7.2': return this.#intergreens(phases.find(({ phase }) => phase === element))
      case '9.1': return hexOf(this.#rows.size, 1)
      case '9.2': return this.#rows.has(element) ? this.#row(element)[attribute] : undefined
      case '10.1': return attribute === 2 ? hexOf(0, 64) : undefined
      case '11.1': case '12.1': return '01'
      case '11.2': return element === 1 ? this.#dayPlan(attribute) : undefined
      case '12.2': return element === 1 ? { 2: '01', 3: '01', 4: 'fe', 5: '1ffe', 6: 'fffffffe', 7: '01' }[attribute] : undefined
      case '13.1': return attribute === 3 ? hexOf(this.door, 1) : attribute === 11 ? this.#time() : undefined
      case '13.2': return element === 1 ? this.#run(attribute) : undefined
      default: return undefined
    }
  }

  #stage(stage: EmulatedStage | undefined, attribute: number): string | undefined {
    if (stage === undefined) return undefined
    const times = (given: Readonly<Record<number, number>> = {}): string => this.#array(Array.from({ length: 64 }, (_, i) => given[i + 1] ?? 0), 64, 1)
    return { 2: mask(stage.phases), 3: times(stage.late), 4: times(stage.early) }[attribute]
  }

  #intergreens(phase: EmulatedPhase | undefined): string | undefined {
    return phase === undefined ? undefined : this.#array(Array.from({ length: 64 }, (_, i) => phase.intergreens[i + 1] ?? 0), 64, 1)
  }

  #dayPlan(attribute: number): string | undefined {
    const { day_plan } = this.device.setup
    switch (attribute) {
      case 2: return '01'
      case 3: return this.#array(day_plan.map(({ from }) => Math.floor(from / 3600) * 256 + Math.floor(from / 60) % 60), 48, 2)
      case 4: return this.#array(day_plan.map(({ slot }) => slot), 48, 1)
      case 5: return this.#array(day_plan.map(() => 0x23), 48, 1)
      default: return attribute <= 13 ? hexOf(0, 96) : undefined
    }
  }

  #lamp(element: number): string | undefined {
    const phase = this.#tables.phases.find(({ lamp_group }) => lamp_group === element)
    const shown = this.device.lamps().find(({ group }) => group === phase?.group)
    return phase === undefined ? undefined : hexOf(LAMP_BYTE[shown?.lamp ?? ''] ?? 0, 1)
  }

  #time(): string {
    const now = this.device.now()
    const local = new Date(Math.floor(now + this.#local.offset(now)) * 1000)
    return hexOf(local.getUTCFullYear(), 2) + [local.getUTCMonth() + 1, local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map((part) => hexOf(part, 1)).join('')
  }

  #run(attribute: number): string | undefined {
    if (attribute === 2) return hexOf(this.device.commanded !== undefined && this.device.mode === 'coordinated' ? 0x13 : (MODE_BYTE[this.device.mode] ?? 0), 1)
    if (attribute === 3) return hexOf(this.device.told_slot ?? 0, 1)
    return attribute === 4 ? hexOf(this.#stageNow(), 1) : undefined
  }

  #stageNow(): number {
    const cycle = this.device.cycle()
    if (cycle === undefined) return 0
    const { stages } = this.#planOf(this.#row(cycle.slot))
    let left = (cycle.position * cycle.timing.cycle) / cycle.length / 10
    return stages.find(([, seconds]) => (left -= seconds) < 0)?.[0] ?? 0
  }
}

/** 64 bits, the lowest for the first. */
const mask = (numbers: readonly number[] | undefined): string | undefined => numbers?.reduce((sum, one) => sum | (1n << BigInt(one - 1)), 0n).toString(16).padStart(16, '0')

function phaseValue(phase: EmulatedPhase | undefined, attribute: number): string | undefined {
  if (phase === undefined || attribute > 31) return undefined
  if (attribute === 2) return mask([phase.lamp_group])
  if (attribute === 31) return hexOf(0, 8)
  if (attribute >= 27) return hexOf(attribute === 27 ? phase.minimum : 60, 2)
  const [colour, seconds] = attribute <= 8 ? (phase.losing[Math.floor((attribute - 3) / 2)] ?? [0, 0]) : [0, 0]
  return hexOf(attribute % 2 === 1 ? colour : seconds, 1)
}
