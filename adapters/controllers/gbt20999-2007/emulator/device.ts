// An emulated controller of GB/T 20999-2007: its tables over the device core. What lamps do under a pattern is painted second by second. It checks no sums, takes no rows
// unless told to, and stays in download mode until that is ended: while it is, what was written is kept apart and no pattern can be commanded.
import { isDeepStrictEqual } from 'node:util'
import type { LampTiming } from '../../../../model/device/device.ts'
import { LocalTime } from '../../../../model/local-time.ts'
import { type EmulatedController, Refusal } from '../../emulator/controller.ts'
import type { RequestKind } from '../../emulator/faults.ts'
import { type Asked, type Request, sayError, saySet, sayValues } from './wire.ts'

export interface EmulatedStage {
  phases: readonly number[]
  green: number
  yellow: number
  red: number
}

export interface EmulatedPattern {
  cycle: number
  offset: number
  coordinated: number
  table: number
}

export interface EmulatedTables {
  phases: readonly { phase: number; group: string; walk: number; clearance: number; minimum: number; conflicts: readonly number[] }[]
  stages: ReadonlyMap<number, readonly EmulatedStage[]>
  patterns: ReadonlyMap<number, EmulatedPattern>
}

export interface Dialect {
  takes: 'table' | 'row'
  offset: 'first_stage' | 'coordinated_phase'
  effective: 'stage' | 'green'
}

interface Memory {
  /** pattern -> five bytes. */
  patterns: Map<number, string>
  /** `table.stage` -> ten bytes. */
  stages: Map<string, string>
}

const SIDE = 16
const two = (value: number): string => value.toString(16).padStart(2, '0')
const bytesIn = (hex: string): number[] => (hex.match(/../g) ?? []).map((one) => Number.parseInt(one, 16))
const maskOf = (phases: readonly number[]): string => phases.reduce((sum, one) => sum + 2 ** (one - 1), 0).toString(16).padStart(8, '0')
const emptyPattern = (pattern: number): string => `${two(pattern)}00000000`
const emptyStage = (place: string): string => place.split('.').map((one) => two(Number(one))).join('').padEnd(20, '0')
const MODES: Readonly<Record<string, number>> = { dark: 1, flash: 2, fault: 2, 'all-red': 3, starting: 3 }

export class Gb2007Device {
  readonly device: EmulatedController
  readonly dialect: Dialect
  readonly #tables: EmulatedTables
  readonly #local: LocalTime
  #memory: Memory
  #download: Memory | undefined
  #restarts = 0
  /** Of ended downloads, for tests. */
  ended = 0

  constructor(device: EmulatedController, tables: EmulatedTables, dialect: Dialect) {
    this.device = device
    this.dialect = dialect
    this.#tables = tables
    this.#local = new LocalTime(device.setup.time_zone)
    this.#memory = memoryOf(tables, device.slots)
  }

  kindOf({ operation, asked }: Request): RequestKind {
    if (operation === 'query') return 'read'
    return asked[0]!.id === 'b6' ? 'command' : 'write'
  }

  /** Also when it lost power since. */
  get isDownloading(): boolean {
    if (this.device.restarts !== this.#restarts) {
      this.#restarts = this.device.restarts
      this.#download = undefined
    }
    return this.#download !== undefined
  }

  answer({ operation, asked }: Request): string {
    if (operation === 'query') {
      const values = asked.map((one) => ({ id: one.id, hex: this.#value(one.id) }))
      const absent = values.findIndex(({ hex }) => hex === undefined)
      return absent >= 0 ? sayError(5, absent) : sayValues(values as { id: string; hex: string }[])
    }
    const [one] = asked as [Asked]
    try {
      const error = one.id === 'b6' ? this.#commanded(one.rest) : this.#written(one)
      return error === undefined ? saySet(one.id) : sayError(error, 0)
    } catch (error) {
      if (error instanceof Refusal) return sayError(3, 0)
      throw error
    }
  }

  #commanded(hex: string): number | undefined {
    const pattern = Number.parseInt(hex, 16)
    if (hex.length !== 2 || pattern > 32) return 3
    if (this.isDownloading) return 5
    if (pattern === 0) this.device.release()
    else this.device.select(pattern)
    return undefined
  }

  #written({ id, indexes, rest }: Asked): number | undefined {
    if (id === 'c2') return this.#flag(rest)
    const wanted = id === 'c0' ? 1 : id === 'c1' ? 2 : 0
    if (wanted === 0) return 5
    if (!this.isDownloading || this.device.faults.refuses_writes) return 5
    if ((this.dialect.takes === 'row') !== (indexes.length === wanted)) return 2
    const counts = bytesIn(rest.slice(0, wanted * 2))
    const width = id === 'c0' ? 10 : 20
    const rows = rest.slice(wanted * 2).match(new RegExp(`.{${width}}`, 'g')) ?? []
    if (rows.length !== counts.reduce((product, one) => product * one, 1) || rows.join('').length !== rest.length - wanted * 2) return rows.length * width < rest.length - wanted * 2 ? 1 : 4
    return id === 'c0' ? this.#takePatterns(rows) : this.#takeStages(rows)
  }

  #flag(hex: string): number | undefined {
    if (hex === '01') { this.#download = this.isDownloading ? this.#download! : { patterns: new Map(this.#patterns()), stages: new Map(this.#memory.stages) }; return undefined }
    if (hex !== '00') return 3
    const written = this.isDownloading ? this.#download : undefined
    this.#download = undefined
    this.ended++
    if (written !== undefined) this.#keep(written)
    return undefined
  }

  #takePatterns(rows: readonly string[]): number | undefined {
    for (const row of rows) {
      const [pattern] = bytesIn(row) as [number]
      if (!this.#memory.patterns.has(pattern)) return 3
      if (!this.device.faults.ignores_writes) this.#download!.patterns.set(pattern, row)
    }
    return undefined
  }

  #takeStages(rows: readonly string[]): number | undefined {
    const { partial_after, ignores_writes } = this.device.faults
    let changed = 0
    for (const row of rows) {
      const [table, stage] = bytesIn(row) as [number, number]
      const place = `${table}.${stage}`
      const before = this.#download!.stages.get(place)
      if (before === undefined) return 3
      if (before === row) continue
      if (changed++ === partial_after) return 5
      if (!ignores_writes) this.#download!.stages.set(place, row)
    }
    return undefined
  }

  /** Throws Refusal for what the core does not take; then nothing changes. */
  #keep(written: Memory): void {
    const before = this.#patterns()
    for (const [pattern, row] of written.patterns) {
      const timing = paint(this.#tables, written, row, this.dialect)
      if (before.get(pattern) !== row || !isDeepStrictEqual(this.device.timing(pattern), timing)) this.device.store(pattern, timing)
    }
    this.#memory = written
  }

  /** As they are stored; where somebody changed one on the spot, a row that says so. */
  #patterns(): Map<number, string> {
    return new Map([...this.#memory.patterns].map(([pattern, row]) => {
      const timing = this.device.timing(pattern)
      if (isDeepStrictEqual(paint(this.#tables, this.#memory, row, this.dialect), timing)) return [pattern, row]
      const like = [...this.#memory.patterns].find(([other]) => timing !== undefined && isDeepStrictEqual(this.device.timing(other)?.groups, timing.groups) && other !== pattern)
      if (like === undefined) return [pattern, emptyPattern(pattern)]
      const shift = timing!.offset - this.device.timing(like[0])!.offset
      const [, cycle, offset] = bytesIn(like[1]) as [number, number, number]
      return [pattern, two(pattern) + two(cycle) + two(((offset + shift / 10) % cycle + cycle) % cycle) + like[1].slice(6)]
    }))
  }

  /** Undefined = it does not tell. */
  #value(id: string): string | undefined {
    const cycle = this.device.cycle()
    const row = bytesIn(this.#memory.patterns.get(cycle?.slot ?? 0) ?? '')
    switch (id) {
      case '86': return Math.floor(this.device.now()).toString(16).padStart(8, '0')
      case '88': return Math.floor(this.device.now() + this.#local.offset(this.device.now())).toString(16).padStart(8, '0')
      case '8d': return '01011fffffffffffff01'
      case '8e': return `01${two(this.device.setup.day_plan.length)}${this.device.setup.day_plan.map(({ from, slot }, i) => `01${two(i + 1)}${two(Math.floor(from / 3600))}${two(Math.floor(from / 60) % 60)}05${two(slot)}0000`).join('')}`
      case '95': return two(this.#tables.phases.length) + this.#tables.phases.map(({ phase, walk, clearance, minimum }) => [phase, walk, clearance, minimum, 0, 60, 60, 0, 0, 0, 0, 0].map(two).join('')).join('')
      case '96': return this.#lamps()
      case '97': return two(this.#tables.phases.length) + this.#tables.phases.map(({ phase, conflicts }) => two(phase) + maskOf(conflicts)).join('')
      case 'a5': return two(this.device.mode === 'manual' ? 4 : this.device.commanded === undefined ? 5 : 2)
      case 'b6': return two(this.device.commanded ?? (this.device.told_slot === cycle?.slot ? 0 : (this.device.told_slot ?? 0)))
      case 'b7': return two(MODES[this.device.mode] ?? (this.device.commanded === undefined ? 5 : 12))
      case 'b8': return two(row[1] ?? 0)
      case 'b9': return two(row[2] ?? 0)
      case 'ba': return two(this.#stageNow())
      case 'be': return this.#effective()
      case 'c0': { const rows = this.isDownloading ? this.#download!.patterns : this.#patterns(); return two(rows.size) + [...rows.values()].join('') }
      case 'c1': return two(SIDE) + two(SIDE) + [...(this.isDownloading ? this.#download! : this.#memory).stages.values()].join('')
      case 'c2': return two(this.isDownloading ? 1 : 0)
      default: return undefined
    }
  }

  /** One group of eight phases; masks of red, yellow, green. */
  #lamps(): string {
    const lamps = new Map(this.device.lamps().map(({ group, lamp }) => [group, lamp]))
    const mask = (colour: string): string => two(this.#tables.phases.reduce((sum, { phase, group }) => sum + (lamps.get(group) === colour ? 2 ** (phase - 1) : 0), 0))
    return `0101${['red', 'yellow', 'green'].map(mask).join('')}`
  }

  #stagesOf(pattern: number): StageNumbers[] {
    return stagesIn(this.#memory, bytesIn(this.#memory.patterns.get(pattern) ?? '')[4] ?? 0)
  }

  /** Where lamps stand in the cycle, told by stage; local zero of the core need not be the first stage's begin. */
  #stageNow(): number {
    const cycle = this.device.cycle()
    if (cycle === undefined) return 0
    const stages = this.#stagesOf(cycle.slot)
    let left = (cycle.position * cycle.timing.cycle) / cycle.length / 10
    return stages.find((stage) => (left -= lengthOf(stage)) < 0)?.stage ?? 0
  }

  /** Of the last whole cycle: one that was stretched was stretched in its stages. */
  #effective(): string {
    const last = this.device.lastCycle
    const stages = last === undefined ? [] : this.#stagesOf(last.slot)
    const total = stages.reduce((sum, stage) => sum + lengthOf(stage), 0)
    const share = last === undefined || total === 0 ? 1 : last.length / 10 / total
    return stages.map((stage) => two(Math.min(255, Math.round((this.dialect.effective === 'stage' ? lengthOf(stage) : stage.green) * share)))).join('').padEnd(32, '0')
  }
}

interface StageNumbers {
  stage: number
  phases: number[]
  green: number
  yellow: number
  red: number
}

const lengthOf = ({ green, yellow, red }: StageNumbers): number => green + yellow + red

function stagesIn({ stages }: Memory, table: number): StageNumbers[] {
  return Array.from({ length: SIDE }, (_, i) => stages.get(`${table}.${i + 1}`)).flatMap((row) => {
    if (row === undefined || row.slice(4, 12) === '00000000') return []
    const [, stage, , , , , green, yellow, red] = bytesIn(row) as [number, number, number, number, number, number, number, number, number]
    const bits = Number.parseInt(row.slice(4, 12), 16)
    return [{ stage, phases: Array.from({ length: 32 }, (_, i) => i + 1).filter((phase) => Math.floor(bits / 2 ** (phase - 1)) % 2 === 1), green, yellow, red }]
  })
}

/** What lamps do under a pattern, whose cycle is not looked at: the stages are what runs. Undefined where there are none. */
function paint({ phases }: EmulatedTables, memory: Memory, row: string, dialect: Dialect): LampTiming | undefined {
  const [, cycle, offset, coordinated, table] = bytesIn(row) as [number, number, number, number, number]
  const stages = stagesIn(memory, table)
  const total = stages.reduce((sum, stage) => sum + lengthOf(stage), 0)
  if (cycle === 0 || total === 0) return undefined
  const seconds = (phase: number): boolean[] => stages.flatMap((stage, i) => {
    const goesOn = stages[(i + 1) % stages.length]!.phases.includes(phase)
    return Array.from({ length: lengthOf(stage) }, (_, second) => stage.phases.includes(phase) && (goesOn || second < stage.green))
  })
  const begin = seconds(coordinated).findIndex((on, i, all) => on && !all.at(i - 1))
  const first = dialect.offset === 'coordinated_phase' ? offset - Math.max(0, begin) : offset
  return {
    cycle: total * 10, offset: ((first % total + total) % total) * 10,
    groups: phases.map(({ phase, group, walk }) => {
      const ending = stages.find((stage, i) => stage.phases.includes(phase) && !stages[(i + 1) % stages.length]!.phases.includes(phase))
      const [yellow, red] = walk > 0 ? [0, (ending?.yellow ?? 0) + (ending?.red ?? 0)] : [ending?.yellow ?? 0, ending?.red ?? 0]
      return { group, greens: runsOf(seconds(phase)), yellow: yellow * 10, red_clearance: red * 10 }
    }),
  }
}

/** Runs of green seconds round the cycle, tenths. */
function runsOf(seconds: readonly boolean[]): [number, number][] {
  if (seconds.every(Boolean)) return [[0, seconds.length * 10]]
  return seconds.flatMap((on, start): [number, number][] => {
    if (!on || seconds.at(start - 1)) return []
    let end = start
    while (seconds[end % seconds.length]) end++
    return [[start * 10, end * 10]]
  })
}

function memoryOf({ stages, patterns }: EmulatedTables, slots: readonly number[]): Memory {
  const rows = new Map<string, string>()
  for (let table = 1; table <= SIDE; table++) {
    for (let stage = 1; stage <= SIDE; stage++) {
      const own = stages.get(table)?.[stage - 1]
      const place = `${table}.${stage}`
      rows.set(place, own === undefined ? emptyStage(place) : two(table) + two(stage) + maskOf(own.phases) + [own.green, own.yellow, own.red, 0].map(two).join(''))
    }
  }
  return {
    stages: rows,
    patterns: new Map(slots.map((pattern) => { const own = patterns.get(pattern); return [pattern, own === undefined ? emptyPattern(pattern) : [pattern, own.cycle, own.offset, own.coordinated, own.table].map(two).join('')] })),
  }
}

/** What its lamps do under a pattern that it holds from the start. */
export const paintTables = (tables: EmulatedTables, pattern: number, dialect: Dialect): LampTiming | undefined => {
  const memory = memoryOf(tables, [pattern])
  return paint(tables, memory, memory.patterns.get(pattern)!, dialect)
}
