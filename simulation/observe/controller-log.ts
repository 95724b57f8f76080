// The high-resolution log of every controller: phases and detectors in order of time, to a tenth of a second.
import type { ControllerEvent, DetectorChannel, RowSink } from '../../model/observation.ts'
import type { World } from '../kernel/world.ts'
import { ButtonLog } from './button-log.ts'
import { detectorChannels, DetectorWatch } from './detectors.ts'
import type { Fleet, Observer } from './observer.ts'
import { EVENT, fixedTimeEvents, inLogOrder, type PhaseEventSource } from './phase-events.ts'
import { signalEvents } from './signal-log.ts'

const TICKS_PER_S = 10

export class ControllerLog implements Observer {
  readonly channels: DetectorChannel[]
  readonly #sink: RowSink<ControllerEvent>
  readonly #phases: PhaseEventSource
  readonly #watch: DetectorWatch
  readonly #buttons: ButtonLog
  readonly #rows: ControllerEvent[] = []
  #told: number

  /** To be made before the first step. Phases are told of fixed signals by their windows, else as they happen. */
  constructor(world: World, sink: RowSink<ControllerEvent>, phases: PhaseEventSource = phaseEvents(world)) {
    this.channels = detectorChannels(world)
    this.#sink = sink
    this.#buttons = new ButtonLog(world)
    this.#phases = phases
    // The instant of the start belongs to the log.
    this.#told = world.now - 1e-6
    this.#watch = new DetectorWatch(world, this.channels, (channel, time_s, on) => {
      const { device, channel: parameter } = this.channels[channel]!
      this.#rows.push({ time_s: Math.round(time_s * TICKS_PER_S) / TICKS_PER_S, device, event: on ? EVENT.detector_on : EVENT.detector_off, parameter })
    })
  }

  observe(fleet: Fleet): void {
    const { now } = fleet.world
    this.#rows.length = 0
    this.#buttons.observe(fleet.world, this.#rows)
    this.#watch.look(fleet)
    const detected = this.#rows.length
    this.#rows.push(...this.#phases.between(this.#told, now))
    this.#told = now
    if (this.#rows.length === 0) return
    if (this.#rows.length > detected && detected > 0 || detected > 1) this.#rows.sort(inLogOrder)
    this.#sink(this.#rows)
  }
}

function phaseEvents(world: World): PhaseEventSource {
  const { control = [], plan_changes = [], signals } = world.input
  const fixed = plan_changes.length === 0 && control.every(({ type }) => type === 'fixed')
  return fixed ? fixedTimeEvents(world.p.network, signals) : signalEvents(world)
}
