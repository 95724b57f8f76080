// One phase of one device, followed through its log: greens, arrivals, occupancy, crossings in yellow and red, calls, waits.
// What belongs to a green is kept until the next green begins, then told to its bin, so memory does not grow with the log.
import type { LogChannel } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import { ChannelIntervals, coveredSeconds } from './intervals.ts'
import { CODE, type PerformanceOptions } from './options.ts'
import { PhaseBin } from './phase-bin.ts'
import { PhaseTimeline, type PhaseCycle } from './phase-timeline.ts'

/** What a coordination diagram is drawn from. */
export interface DiagramSink {
  cycle(cycle: PhaseCycle): void
  arrival(time_s: Instant, colour: 'green' | 'yellow' | 'red', since_green_s: number): void
}

export class PhaseLog {
  readonly phase: number
  readonly bins = new Map<number, PhaseBin>()
  readonly timeline: PhaseTimeline
  readonly #options: PerformanceOptions
  readonly #diagram: DiagramSink | undefined
  readonly #presence = new Map<number, ChannelIntervals>()
  #arrivals: Instant[] = []
  #crossings: Instant[] = []
  #call: Instant | undefined
  #pedestrian: Instant | undefined
  #lastPush = -Infinity
  #lastCycle = Number.NaN
  #now: Instant = 0

  constructor(phase: number, options: PerformanceOptions, diagram?: DiagramSink) {
    this.phase = phase
    this.#options = options
    this.#diagram = diagram
    this.timeline = new PhaseTimeline((cycle) => this.#onCycle(cycle))
  }

  /** Whether the phase has a channel of a kind at all: without one its measures are missing, not 0. */
  readonly has = { advance: false, presence: false, count: false, pedestrian: false, crossing: false }

  configure(channel: LogChannel): void {
    if (channel.function === 'advance') this.has.advance = true
    if (channel.function === 'presence') this.has.presence = true
    if (channel.function === 'count') this.has.count = true
    if (channel.function === 'pedestrian') this.has.pedestrian = true
    if (channel.function === 'yellow-red') this.has.crossing = true
  }

  /** A phase event. */
  take(event: number, time_s: Instant): void {
    this.#now = time_s
    if (event === CODE.begin_green) this.#served(time_s)
    this.timeline.take(event, time_s)
    if (event === CODE.phase_call && !this.timeline.isGreen) this.#call ??= time_s
    if (event === CODE.call_dropped && !this.timeline.isGreen) this.#call = undefined
    if (event === CODE.pedestrian_call) this.#push(time_s)
    if (event === CODE.walk) this.#walk(time_s)
  }

  /** A detector event of one of its channels, its latency already taken off. */
  detect(channel: LogChannel, on: boolean, time_s: Instant): void {
    this.#now = time_s
    switch (channel.function) {
      case 'advance':
        if (on) this.#arrivals.push(time_s + (channel.distance_m !== undefined && channel.speed_mps !== undefined && channel.speed_mps > 0 ? channel.distance_m / channel.speed_mps : 0))
        break
      case 'count':
        if (on) {
          this.#bin(time_s).volume++
          if (!this.has.crossing) this.#crossings.push(time_s)
        }
        break
      case 'yellow-red':
        if (on) this.#crossings.push(time_s)
        break
      case 'pedestrian':
        if (on) this.#push(time_s)
        break
      case 'presence': {
        const intervals = this.#presence.get(channel.channel) ?? new ChannelIntervals()
        this.#presence.set(channel.channel, intervals)
        if (on) intervals.on(time_s)
        else intervals.off(time_s)
      }
    }
  }

  /** A hole in the log, or a pre-emption: what is open is dropped. */
  break(): void {
    this.timeline.break()
    this.#arrivals = []
    this.#crossings = []
    this.#call = this.#pedestrian = undefined
    for (const intervals of this.#presence.values()) intervals.forget()
  }

  end(): void {
    this.timeline.break()
  }

  #bin(time_s: Instant): PhaseBin {
    const key = Math.floor(time_s / this.#options.bin_s)
    let bin = this.bins.get(key)
    if (bin === undefined) this.bins.set(key, bin = new PhaseBin(key * this.#options.bin_s))
    return bin
  }

  #served(time_s: Instant): void {
    if (this.#call === undefined) return
    const wait = time_s - this.#call
    const bin = this.#bin(time_s)
    if (Number.isFinite(this.#lastCycle) && wait > this.#options.skip_cycles * this.#lastCycle) bin.skips++
    else bin.phase_waits.push(wait)
    this.#call = undefined
  }

  #push(time_s: Instant): void {
    if (time_s - this.#lastPush > this.#options.merge_calls_s) this.#bin(time_s).pedestrian_calls++
    this.#lastPush = time_s
    this.#pedestrian ??= time_s
  }

  #walk(time_s: Instant): void {
    if (this.#pedestrian !== undefined) this.#bin(time_s).pedestrian_waits.push(time_s - this.#pedestrian)
    this.#pedestrian = undefined
  }

  #onCycle(cycle: PhaseCycle): void {
    if (cycle.next_s !== undefined) this.#lastCycle = cycle.next_s - cycle.green_s
    this.#bin(cycle.green_s).addCycle(cycle)
    this.#diagram?.cycle(cycle)
    const until = cycle.next_s ?? cycle.clear_s
    this.#arrivals = this.#judge(this.#arrivals, until, (time) => this.#arrive(time, cycle))
    this.#crossings = this.#judge(this.#crossings, until, (time) => this.#cross(time, cycle))
    this.#judgeOccupancy(cycle, until)
  }

  /** Calls for times before `until`; gives back the later ones. */
  #judge(times: readonly Instant[], until: Instant, each: (time: Instant) => void): Instant[] {
    return times.filter((time) => {
      if (time >= until) return true
      each(time)
      return false
    })
  }

  #arrive(time: Instant, { green_s, yellow_s, red_s, next_s }: PhaseCycle): void {
    // Before this green nothing is known of the colour: the log began in the middle of a red.
    if (time < green_s) return
    const colour = time < yellow_s ? 'green' : time < red_s ? 'yellow' : 'red'
    const bin = this.#bin(time)
    bin.arrivals[colour]++
    if (colour !== 'green' && next_s !== undefined) bin.delay_s += next_s - time
    this.#diagram?.arrival(time, colour, time - green_s)
  }

  #cross(time: Instant, { yellow_s, red_s, clear_s }: PhaseCycle): void {
    if (time < yellow_s) return
    const { crossings } = this.#bin(time)
    if (time < red_s) crossings.yellow++
    else if (time < clear_s) crossings.red_clearance++
    else crossings.red++
    if (time > red_s + this.#options.severe_red_s) crossings.severe++
  }

  #judgeOccupancy({ green_s, yellow_s, red_s, next_s }: PhaseCycle, until: Instant): void {
    if (!this.has.presence) return
    const { red_part_s, occupancy } = this.#options
    const intervals = [...this.#presence.values()].flatMap((channel) => channel.list(green_s, this.#now))
    const green = yellow_s - green_s
    if (next_s !== undefined && until - red_s >= red_part_s && green > 0) {
      const bin = this.#bin(green_s)
      bin.judged++
      if (coveredSeconds(intervals, green_s, yellow_s) >= occupancy * green && coveredSeconds(intervals, red_s, red_s + red_part_s) >= occupancy * red_part_s) bin.failures++
    }
  }
}
