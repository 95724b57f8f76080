// Signal performance measures of any number of devices from their event logs, in one pass.
import type { LogChannel, SignalEvent } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import type { PhaseMeasures } from '../../model/traffic-state.ts'
import { DeviceLog, type DeviceFacts } from './device-log.ts'
import type { ChannelHealth } from './health.ts'
import { binMeasures, totalMeasures } from './measures.ts'
import { PERFORMANCE_DEFAULTS, type PerformanceOptions } from './options.ts'
import type { PhaseCycle } from './phase-timeline.ts'

/** Coordination diagram of one phase: its greens, and a dot per arrival. */
export interface CoordinationDiagram {
  device: string
  phase: number
  cycles: PhaseCycle[]
  arrivals: { time_s: Instant; colour: 'green' | 'yellow' | 'red'; since_green_s: number }[]
}

export interface PerformanceResult {
  options: PerformanceOptions
  /** Per phase over all data. */
  phases: PhaseMeasures[]
  bins: PhaseMeasures[]
  devices: (DeviceFacts & { device: string; incomplete_greens: number; channels: (ChannelHealth & { channel: number; configured: boolean })[] })[]
  diagrams: CoordinationDiagram[]
}

/** Feed it the events of each device in order of time; devices may be mixed. */
export class Performance {
  readonly options: PerformanceOptions
  readonly #given: readonly LogChannel[]
  readonly #channels: LogChannel[]
  readonly #devices = new Map<string, DeviceLog>()
  readonly #diagrams: CoordinationDiagram[] = []
  readonly #drawn: boolean

  /** `diagrams`: keep what coordination diagrams are drawn from; it grows with the log. */
  constructor(channels: readonly LogChannel[], { diagrams = false, ...options }: Partial<PerformanceOptions> & { diagrams?: boolean } = {}) {
    this.options = { ...PERFORMANCE_DEFAULTS, ...options }
    this.#given = channels
    this.#channels = [...channels]
    this.#drawn = diagrams
  }

  /** A channel that is known only now. False, and not taken, where its phase has one of the kind already. */
  configure(channel: LogChannel): boolean {
    if (this.#given.some((one) => one.device === channel.device && one.phase === channel.phase && one.function === channel.function)) return false
    this.#channels.push(channel)
    this.#devices.get(channel.device)?.configure(channel)
    return true
  }

  take(event: SignalEvent): void {
    let device = this.#devices.get(event.device)
    if (device === undefined) this.#devices.set(event.device, device = new DeviceLog(event.device, this.#channels, this.options, this.#drawn ? (phase) => this.#draw(event.device, phase) : undefined))
    device.take(event)
  }

  finish(): PerformanceResult {
    const devices = [...this.#devices.values()].sort((a, b) => (a.device < b.device ? -1 : 1))
    for (const device of devices) device.end()
    return {
      options: this.options, phases: devices.flatMap((device) => totalMeasures(device, this.options)), bins: devices.flatMap((device) => binMeasures(device, this.options)),
      devices: devices.map((device) => ({ device: device.device, ...device.facts, incomplete_greens: [...device.phases.values()].reduce((sum, { timeline }) => sum + timeline.incomplete, 0), channels: device.listChannels() })),
      diagrams: this.#diagrams.filter(({ cycles }) => cycles.length > 0).sort((a, b) => (a.device === b.device ? a.phase - b.phase : a.device < b.device ? -1 : 1)),
    }
  }

  #draw(device: string, phase: number): { cycle(cycle: PhaseCycle): void; arrival(time_s: Instant, colour: 'green' | 'yellow' | 'red', since_green_s: number): void } {
    const diagram: CoordinationDiagram = { device, phase, cycles: [], arrivals: [] }
    this.#diagrams.push(diagram)
    return { cycle: (cycle) => diagram.cycles.push(cycle), arrival: (time_s, colour, since_green_s) => diagram.arrivals.push({ time_s, colour, since_green_s }) }
  }
}
