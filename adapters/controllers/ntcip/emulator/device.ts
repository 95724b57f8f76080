// An emulated controller that speaks the objects of NTCIP 1202 and 1201: rows and transaction on top of the controller without a protocol. It refuses
// what a real one refuses and runs free on a bad plan. Ids are written here anew, from the standard; nothing of the adapter is imported.
import type { LampTiming } from '../../../../model/device/device.ts'
import { LocalTime } from '../../../../model/local-time.ts'
import type { DeviceClock } from '../../emulator/clock.ts'
import { EmulatedController, type EmulatedSetup } from '../../emulator/controller.ts'
import { walkPattern, type PhaseRow, type SplitRow } from './ring-walk.ts'

const A = '1.3.6.1.4.1.1206.4.2.1.'
const G = '1.3.6.1.4.1.1206.4.2.6.'

export interface NtcipSetup {
  id: string
  phases: PhaseRow[]
  /** Orders of the rings, from sequence 1 on; each from ring 1 on. */
  sequences: number[][][]
  patterns: { pattern: number; cycle_s: number; offset_s: number; split: number; sequence: number }[]
  splits: { split: number; rows: Record<number, Partial<SplitRow>> }[]
  /** Rows of the action table: which pattern each runs; the first is what the day plan runs all day. */
  actions: number[]
  conflicts: EmulatedSetup['conflicts']
  time_zone: string
  max_patterns?: number
  /** Version 3 of the standard has the sync points. Default. */
  version?: 2 | 3
  /** Whether it has the database transaction. Default. */
  transaction?: boolean
  split_number_writable?: boolean
  /** unitCoordSyncPoint. Default 2: first green begin. */
  sync_point?: number
  sync_minutes?: number
}

export type Value = { type: 'integer' | 'counter'; value: number } | { type: 'octet'; value: number[] } | { type: 'string'; value: string }
/** Words of snmpd's pass_persist. */
export type SetAnswer = 'DONE' | 'wrong-value' | 'not-writable' | 'inconsistent-value' | 'wrong-type'

interface Pattern {
  cycle_s: number
  offset_s: number
  split: number
  sequence: number
}

const NORMAL = 1
const TRANSACTION = 2
const VERIFY = 3
const DONE = 6
/** How long it verifies, s. */
const VERIFIES_S = 2
const integer = (value: number): Value => ({ type: 'integer', value })

export class EmulatedNtcip {
  readonly controller: EmulatedController
  readonly setup: NtcipSetup
  readonly #clock: DeviceClock
  readonly #patterns = new Map<number, Pattern>()
  readonly #splits = new Map<string, SplitRow>()
  readonly #count: number
  /** What each pattern made when its rows were last taken over. */
  readonly #stored = new Map<number, LampTiming | undefined>()
  #restarts = 0
  #setId = 4711
  #backup_s = 0
  #control = 0
  #until = Number.POSITIVE_INFINITY
  /** localFreeStatus while a plan was refused. */
  #free: number | undefined
  #state = NORMAL
  #verified_at = 0
  #verdict = ''
  #buffer: [string, number][] = []

  constructor(setup: NtcipSetup, clock: DeviceClock) {
    this.setup = setup
    this.#clock = clock
    this.#count = setup.max_patterns ?? 16
    for (let pattern = 1; pattern <= this.#count; pattern++) {
      const { cycle_s = 0, offset_s = 0, split = pattern, sequence = 1 } = setup.patterns.find((one) => one.pattern === pattern) ?? {}
      this.#patterns.set(pattern, { cycle_s, offset_s, split, sequence })
      for (const { phase } of setup.phases) this.#splits.set(`${pattern}.${phase}`, { time_s: 0, mode: 2, coordinated: false })
    }
    for (const { split, rows } of setup.splits) for (const [phase, row] of Object.entries(rows)) this.#splits.set(`${split}.${phase}`, { time_s: 0, mode: 2, coordinated: false, ...row })
    this.controller = new EmulatedController({
      id: setup.id, signal: setup.id, conflicts: setup.conflicts, time_zone: setup.time_zone, day_plan: [{ from: 0, slot: setup.actions[0] ?? 1 }],
      groups: setup.phases.map(({ phase, minimum_green_s, yellow_tenths, red_clear_tenths }) => ({ group: String(phase), name: `phase ${phase}`, kind: 'vehicle', min_green: minimum_green_s * 10, yellow: yellow_tenths, red_clearance: red_clear_tenths })),
      slots: new Map([...this.#patterns.keys()].map((pattern) => [pattern, this.#store(pattern)])),
      refuses: { used_slot: false, minimum: false, conflict: false },
    }, clock)
  }

  get #isV3(): boolean { return (this.setup.version ?? 3) === 3 }
  get #hasTransaction(): boolean { return this.setup.transaction ?? true }

  #walk(pattern: number): LampTiming | number {
    const row = this.#patterns.get(pattern)
    const order = this.setup.sequences[(row?.sequence ?? 0) - 1]
    if (row === undefined || order === undefined) return 7
    return walkPattern({
      ...row, phases: this.setup.phases, sync_point: this.setup.sync_point ?? 2, sync_minutes: this.setup.sync_minutes ?? 0,
      sequence: new Map(order.map((phases, i) => [i + 1, phases])), split: new Map(this.setup.phases.map(({ phase }) => [phase, this.#splits.get(`${row.split}.${phase}`)!])),
    })
  }

  /** What the rows make, kept beside them. */
  #store(pattern: number): LampTiming | undefined {
    const walked = this.#walk(pattern)
    const timing = typeof walked === 'number' ? undefined : walked
    this.#stored.set(pattern, timing)
    return timing
  }

  // What it tells.

  /** The object at an id, without a leading dot; undefined = there is none. */
  get(oid: string): Value | undefined {
    this.#tick()
    return oid.startsWith(A) ? this.#getController(oid.slice(A.length)) : oid.startsWith(G) ? this.#getGlobal(oid.slice(G.length)) : undefined
  }

  #getGlobal(id: string): Value | undefined {
    const now = this.controller.now()
    switch (id) {
      case '1.1.0': return integer(this.#setId)
      case '1.2.0': return integer(1)
      case '1.3.1.3.1': return { type: 'string', value: 'greenwave' }
      case '1.3.1.4.1': return { type: 'string', value: 'emulated controller' }
      case '1.3.1.5.1': return { type: 'string', value: '1.0' }
      case '1.3.1.6.1': return integer(3)
      case '3.1.0': return integer(Math.floor(now))
      case '3.6.0': return { type: 'counter', value: Math.floor(now) + new LocalTime(this.setup.time_zone).offset(now) }
    }
    if (!this.#hasTransaction) return undefined
    switch (id) {
      case '2.1.0': return integer(this.#state)
      case '2.6.0': return integer(this.#state !== DONE ? 1 : this.#verdict === '' ? 3 : 2)
      case '2.7.0': return { type: 'string', value: this.#verdict }
    }
    return undefined
  }

  #getController(id: string): Value | undefined {
    const parts = id.split('.').map(Number)
    const table = parts.slice(0, 3).join('.')
    if (table === '1.2.1') return this.#getPhase(parts[3]!, parts[4]!)
    if (table === '1.4.1') return this.#getLamps(parts[3]!, parts[4]!)
    if (id.startsWith('4.7.1.')) return this.#getPattern(parts[3]!, parts[4]!)
    if (id.startsWith('4.9.1.')) return this.#getSplit(parts[3]!, parts[4]!, parts[5]!)
    if (id.startsWith('5.3.1.2.')) { const pattern = this.setup.actions[parts[4]! - 1]; return pattern === undefined ? undefined : integer(pattern) }
    if (id.startsWith('6.2.1.16.')) return parts[4] === 1 ? integer(this.controller.mode === 'preempted' ? 5 : 2) : undefined
    if (id.startsWith('7.3.1.3.')) { const phases = this.setup.sequences[parts[4]! - 1]?.[parts[5]! - 1]; return phases === undefined ? undefined : { type: 'octet', value: phases } }
    return this.#getScalar(id)
  }

  #getScalar(id: string): Value | undefined {
    const { controller } = this
    const mode = controller.mode
    const cycle = controller.cycle()
    const position = Math.floor((cycle?.position ?? 0) / 10)
    const values: Record<string, number | undefined> = {
      '1.1.0': Math.max(...this.setup.phases.map(({ phase }) => phase)), '1.3.0': Math.ceil(Math.max(...this.setup.phases.map(({ phase }) => phase)) / 8),
      '3.3.0': this.#backup_s,
      '3.5.0': mode === 'manual' ? 5 : this.#control > 0 ? 2 : 6,
      '3.6.0': { flash: 4, fault: 5, starting: 7 }[mode as string] ?? 2,
      '3.19.0': this.#isV3 ? 0 : undefined,
      '4.1.0': 0, '4.2.0': 3, '4.3.0': 4, '4.4.0': 3, '4.5.0': this.#count, '4.6.0': 2, '4.8.0': this.#count,
      '4.10.0': mode === 'flash' || mode === 'fault' ? 255 : this.#free === undefined ? controller.told_slot ?? 254 : 254,
      '4.11.0': this.#free ?? (mode === 'transition' ? 4 : mode === 'free' ? 6 : 2),
      '4.12.0': cycle === undefined ? 0 : Math.ceil((cycle.length - cycle.position) / 10), '4.13.0': position,
      '4.14.0': this.#control, '4.15.0': 255,
      '4.16.0': this.#isV3 ? this.setup.sync_point ?? 2 : undefined,
      '5.1.0': this.setup.sync_minutes ?? 0, '5.2.0': this.setup.actions.length, '6.1.0': 1,
      '7.1.0': this.setup.sequences[0]?.length, '7.2.0': this.setup.sequences.length,
    }
    const value = values[id]
    return value === undefined ? undefined : integer(value)
  }

  #getPhase(column: number, phase: number): Value | undefined {
    const row = this.setup.phases.find((one) => one.phase === phase)
    if (row === undefined) return undefined
    const values: Record<number, number | undefined> = {
      2: row.walk_s ?? 0, 3: row.pedestrian_clear_s ?? 0, 4: row.minimum_green_s, 6: row.maximum_1_s ?? 60, 7: 60, 8: row.yellow_tenths, 9: row.red_clear_tenths,
      21: 1, 22: row.ring, 24: this.#isV3 ? 60 : undefined,
    }
    if (column === 23) return { type: 'octet', value: row.concurrent }
    const value = values[column]
    return value === undefined ? undefined : integer(value)
  }

  /** Eight phases a row; reds, yellows, greens. */
  #getLamps(column: number, group: number): Value | undefined {
    const isShown = { 2: (lamp: string) => lamp.startsWith('red'), 3: (lamp: string) => lamp.startsWith('yellow'), 4: (lamp: string) => lamp.startsWith('green') }[column]
    if (isShown === undefined) return undefined
    const bits = this.controller.lamps().map(({ group: name, lamp }) => ({ phase: Number(name), on: isShown(lamp) })).filter(({ phase }) => Math.ceil(phase / 8) === group)
    return integer(bits.reduce((sum, { phase, on }) => (on ? sum | (1 << ((phase - 1) % 8)) : sum), 0))
  }

  #getPattern(column: number, pattern: number): Value | undefined {
    const row = this.#patterns.get(pattern)
    if (row === undefined) return undefined
    const values: Record<number, number | undefined> = { 2: row.cycle_s, 3: row.offset_s, 4: row.split, 5: row.sequence, 6: this.#isV3 ? 2 : undefined, 7: this.#isV3 ? 2 : undefined }
    const value = values[column]
    return value === undefined ? undefined : integer(value)
  }

  #getSplit(column: number, split: number, phase: number): Value | undefined {
    const row = this.#splits.get(`${split}.${phase}`)
    const value = row === undefined ? undefined : { 3: row.time_s, 4: row.mode, 5: row.coordinated ? 1 : 0 }[column]
    return value === undefined ? undefined : integer(value)
  }

  // What it is told.

  set(oid: string, value: number): SetAnswer {
    this.#tick()
    switch (oid) {
      case `${A}3.3.0`: return this.#inRange(value, 0, 65_535, () => { this.#backup_s = value; this.#setId++ })
      case `${A}4.14.0`: return this.controller.faults.refuses_commands ? 'inconsistent-value' : this.#inRange(value, 0, 255, () => this.#command(value))
      case `${G}2.1.0`: return this.#hasTransaction ? this.#transact(value) : 'not-writable'
    }
    const answer = this.#checkRow(oid, value)
    if (answer !== 'DONE') return answer
    if (this.controller.faults.refuses_writes) return 'inconsistent-value'
    if (this.controller.faults.ignores_writes) return 'DONE'
    if (!this.#hasTransaction) this.#apply(oid, value)
    else if (this.#state === TRANSACTION) this.#buffer.push([oid, value])
    else return 'inconsistent-value'
    return 'DONE'
  }

  /** Somebody at the cabinet, whom no transaction binds. */
  edit(oid: string, value: number): void {
    this.#apply(oid, value)
  }

  #inRange(value: number, min: number, max: number, act: () => void): SetAnswer {
    if (!Number.isInteger(value) || value < min || value > max) return 'wrong-value'
    act()
    return 'DONE'
  }

  #checkRow(oid: string, value: number): SetAnswer {
    const id = oid.startsWith(A) ? oid.slice(A.length) : ''
    if (this.#getController(id) === undefined) return 'not-writable'
    const ranges: [prefix: string, min: number, max: number][] = [['4.7.1.2.', 0, 255], ['4.7.1.3.', 0, 255], ['4.7.1.5.', 1, 255], ['4.9.1.3.', 0, 255], ['4.9.1.4.', 1, 8], ['4.9.1.5.', 0, 1]]
    if (this.setup.split_number_writable ?? false) ranges.push(['4.7.1.4.', 1, 255])
    const range = ranges.find(([prefix]) => id.startsWith(prefix))
    return range === undefined ? 'not-writable' : this.#inRange(value, range[1], range[2], () => undefined)
  }

  #apply(oid: string, value: number): void {
    const [, table, , column, row, phase] = oid.slice(A.length).split('.').map(Number)
    if (table === 7) {
      const pattern = this.#patterns.get(row!)!
      const field = ({ 2: 'cycle_s', 3: 'offset_s', 4: 'split', 5: 'sequence' } as const)[column as 2 | 3 | 4 | 5]
      pattern[field] = value
    } else {
      const split = this.#splits.get(`${row}.${phase}`)!
      if (column === 3) split.time_s = value
      else if (column === 4) split.mode = value
      else split.coordinated = value === 1
    }
    this.#setId = (this.#setId + 1) % 65_536
    for (const [pattern, { split }] of this.#patterns) if ((table === 7 && pattern === row) || (table !== 7 && split === row)) this.controller.store(pattern, this.#store(pattern), 'cabinet')
  }

  #command(pattern: number): void {
    // A system that lives restarts the backup timer with each command.
    this.#until = this.#backup_s === 0 ? Number.POSITIVE_INFINITY : this.#clock.now() + this.#backup_s
    const { faults } = this.controller
    this.#free = undefined
    this.#control = pattern
    if (pattern === 0) { this.controller.release(); this.controller.setMode(undefined); return }
    const walked = this.#walk(pattern)
    if (typeof walked !== 'number') {
      this.controller.setMode(undefined)
      this.controller.select(pattern, this.#until - this.#clock.now())
    } else if (!faults.ack_without_effect) this.#runFree(walked)
  }

  #runFree(reason: number): void {
    this.#free = reason
    this.controller.release()
    this.controller.setMode('free')
  }

  #transact(to: number): SetAnswer {
    if (this.#state === NORMAL && to === TRANSACTION) { this.#state = TRANSACTION; this.#buffer = [] } else if (this.#state === TRANSACTION && to === VERIFY) {
      this.#state = VERIFY
      this.#verified_at = this.#clock.now() + VERIFIES_S
    } else if (this.#state === DONE && to === NORMAL) {
      if (this.#verdict === '') for (const [oid, value] of this.#buffer) this.#apply(oid, value)
      this.#state = NORMAL
    } else if (this.#state === DONE && this.#verdict !== '' && to === TRANSACTION) { this.#state = TRANSACTION; this.#buffer = [] } else if (this.#state === TRANSACTION && to === NORMAL) this.#state = NORMAL
    else if (this.#state !== to || to !== NORMAL) return 'wrong-value'
    if (this.#state === NORMAL) this.#buffer = []
    return 'DONE'
  }

  /** What it does by itself as time passes, or is done to it at the cabinet. */
  #tick(): void {
    if (this.controller.restarts !== this.#restarts) this.#forget()
    for (const pattern of this.#patterns.keys()) this.#takeFromCabinet(pattern)
    if (this.#state === VERIFY && this.#clock.now() >= this.#verified_at) {
      this.#state = DONE
      this.#verdict = this.verdict
    }
    if (this.#control > 0 && this.#clock.now() >= this.#until) {
      this.#control = 0
      this.#until = Number.POSITIVE_INFINITY
      if (this.#free !== undefined) { this.#free = undefined; this.controller.setMode(undefined) }
    }
  }

  /** What its next verification finds wrong; empty = nothing. */
  verdict = ''

  /** Power was off: rows stay, what was commanded or buffered is gone. */
  #forget(): void {
    this.#restarts = this.controller.restarts
    this.#state = NORMAL
    this.#buffer = []
    this.#control = 0
    this.#until = Number.POSITIVE_INFINITY
    this.#free = undefined
  }

  /** Somebody put a plan there without the rows: its cycle and offset are told as they are now. */
  #takeFromCabinet(pattern: number): void {
    const timing = this.controller.timing(pattern)
    if (timing === this.#stored.get(pattern)) return
    this.#stored.set(pattern, timing)
    const row = this.#patterns.get(pattern)!
    row.cycle_s = Math.floor((timing?.cycle ?? 0) / 10)
    row.offset_s = Math.floor((timing?.offset ?? 0) / 10)
    this.#setId = (this.#setId + 1) % 65_536
  }
}
