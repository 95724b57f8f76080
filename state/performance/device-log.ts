// The log of one device, fed in order of time: its phases, detectors, pre-emptions, holes and clock steps.
import type { LogChannel, SignalEvent } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import { DetectorHealth, type ChannelHealth } from './health.ts'
import { CODE, type PerformanceOptions } from './options.ts'
import { PhaseLog, type DiagramSink } from './phase-log.ts'

/** A step backwards of more than this is the clock, not the order of rows. */
const CLOCK_STEP_S = 1

/** Largest phase number of the enumerations. */
const LAST_PHASE = 40

export interface DeviceFacts {
  holes: number
  clock_steps: number
  preemptions: number
  /** Seconds left out after pre-emptions. */
  left_out_s: number
  /** Changes of pattern, cycle and offset that the log tells. */
  changes: { time_s: Instant; what: 'pattern' | 'cycle' | 'offset'; value: number }[]
  /** Programmed splits, s, by phase, as last told. */
  programmed_splits: Record<number, number>
  /** Cycles and offsets that newer firmware tells itself. */
  actual_cycles: number[]
  actual_offsets: number[]
}

const CHANGES: Readonly<Record<number, DeviceFacts['changes'][number]['what']>> = { [CODE.pattern]: 'pattern', [CODE.cycle]: 'cycle', [CODE.offset]: 'offset' }
/** Changes and cycles kept: a day's worth, the oldest go. */
const MOST_KEPT = 4096

export class DeviceLog {
  readonly device: string
  readonly phases = new Map<number, PhaseLog>()
  readonly facts: DeviceFacts = { holes: 0, clock_steps: 0, preemptions: 0, left_out_s: 0, changes: [], programmed_splits: {}, actual_cycles: [], actual_offsets: [] }
  readonly #options: PerformanceOptions
  readonly #channels = new Map<number, LogChannel[]>()
  readonly #health = new Map<number, DetectorHealth>()
  readonly #spans = new Map<number, [Instant, Instant]>()
  readonly #diagram: ((phase: number) => DiagramSink | undefined) | undefined
  #last = -Infinity
  #blind = -Infinity
  #preempted: Instant | undefined

  constructor(device: string, channels: readonly LogChannel[], options: PerformanceOptions, diagram?: (phase: number) => DiagramSink | undefined) {
    this.device = device
    this.#options = options
    this.#diagram = diagram
    for (const channel of channels) if (channel.device === device) this.configure(channel)
  }

  configure(channel: LogChannel): void {
    const list = this.#channels.get(channel.channel)
    if (list === undefined) this.#channels.set(channel.channel, [channel])
    else list.push(channel)
    this.#phase(channel.phase).configure(channel)
  }

  take({ event, parameter, time_s }: SignalEvent): void {
    this.#checkTime(time_s)
    if (this.#isBlind(event, time_s)) return
    if (event === CODE.detector_on || event === CODE.detector_off) this.#detect(parameter, event === CODE.detector_on, time_s)
    else if (event === CODE.pedestrian_on || event === CODE.pedestrian_off) {
      for (const channel of this.#channels.get(parameter) ?? []) if (channel.function === 'pedestrian') this.#phase(channel.phase).detect(channel, event === CODE.pedestrian_on, time_s)
    } else if (event <= CODE.call_dropped + 1 && parameter >= 1 && parameter <= LAST_PHASE) this.#phase(parameter).take(event, time_s)
    else this.#note(event, parameter, time_s)
  }

  end(): void {
    for (const phase of this.phases.values()) phase.end()
  }

  /** Seconds of a bin between its first and last event. */
  spanOf(bin: number): number {
    const span = this.#spans.get(bin)
    return span === undefined ? 0 : span[1] - span[0]
  }

  listChannels(): (ChannelHealth & { channel: number; configured: boolean })[] {
    return [...this.#health].sort(([a], [b]) => a - b).map(([channel, health]) => ({ channel, configured: this.#channels.has(channel), ...health.judge(this.#last) }))
  }

  #phase(phase: number): PhaseLog {
    let log = this.phases.get(phase)
    if (log === undefined) this.phases.set(phase, log = new PhaseLog(phase, this.#options, this.#diagram?.(phase)))
    return log
  }

  #break(): void {
    for (const phase of this.phases.values()) phase.break()
  }

  #checkTime(time_s: Instant): void {
    if (time_s < this.#last - CLOCK_STEP_S) {
      this.facts.clock_steps++
      this.#break()
    } else if (time_s > this.#last + this.#options.silence_s && Number.isFinite(this.#last)) {
      this.facts.holes++
      this.#break()
    }
    this.#last = time_s
    const bin = Math.floor(time_s / this.#options.bin_s)
    const span = this.#spans.get(bin)
    if (span === undefined) this.#spans.set(bin, [time_s, time_s])
    else if (time_s > span[1]) span[1] = time_s
  }

  /** From a pre-emption's call until its recovery is over nothing is measured. */
  #isBlind(event: number, time_s: Instant): boolean {
    if (event === CODE.preempt_call) {
      this.facts.preemptions++
      this.#preempted ??= time_s
      this.#break()
      return true
    }
    if ((event === CODE.preempt_off || event === CODE.preempt_exit) && this.#preempted !== undefined) {
      this.#blind = time_s + this.#options.recovery_s
      this.facts.left_out_s += this.#blind - this.#preempted
      this.#preempted = undefined
      return true
    }
    return this.#preempted !== undefined || time_s < this.#blind
  }

  #detect(channel: number, on: boolean, time_s: Instant): void {
    let health = this.#health.get(channel)
    if (health === undefined) this.#health.set(channel, health = new DetectorHealth())
    health.take(on, time_s)
    for (const one of this.#channels.get(channel) ?? []) this.#phase(one.phase).detect(one, on, time_s - (one.latency_s ?? 0))
  }

  #note(event: number, parameter: number, time_s: Instant): void {
    const { facts } = this
    const change = CHANGES[event]
    if (change !== undefined) keep(facts.changes, { time_s, what: change, value: parameter })
    else if (event >= CODE.first_split && event <= CODE.last_split) facts.programmed_splits[event - CODE.first_split + 1] = parameter
    else if (event === CODE.actual_cycle) keep(facts.actual_cycles, parameter)
    else if (event === CODE.actual_offset) keep(facts.actual_offsets, parameter)
  }
}

function keep<T>(list: T[], value: T): void {
  list.push(value)
  if (list.length > MOST_KEPT) list.shift()
}
