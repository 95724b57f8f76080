// One traffic light as this process keeps it: watched at every step, on its way to a program, under a lease. Adapters come and go, one for each errand;
// what they set going goes on here until it is done, runs out or is taken back.
import { LocalTime } from '../../../model/local-time.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Signal } from '../../../model/signal.ts'
import type { Instant } from '../../../model/units.ts'
import type { WireEntry } from '../../../plans/ports/controllers.ts'
import type { TraciAnswer, TraciCommand } from './codec.ts'
import type { TraciSettings } from './config.ts'
import { linkRules } from './changeover.ts'
import { LightControl, tenths } from './control.ts'
import type { Goal } from './control.ts'
import type { LightSample, TraciStreet } from './street.ts'

/** What is told of the wire; whose light it is, the adapter adds. */
export type Heard = Omit<WireEntry, 'device'>

export class LightKeeper {
  readonly control: LightControl
  /** Ends by itself: then the light goes back. */
  lease: { expires_at: Instant; back: Goal } | undefined
  /** Of adapters that are open. */
  readonly hearers = new Set<(entry: Heard) => void>()
  readonly listeners = new Set<(sample: LightSample) => void>()
  readonly #street: TraciStreet
  readonly #settings: TraciSettings
  #unwatch: (() => void) | undefined
  #shown = ''

  constructor(street: TraciStreet, settings: TraciSettings, signal: Signal, local: LocalTime) {
    this.#street = street
    this.#settings = settings
    this.control = new LightControl({
      settings, rules: linkRules(signal, settings.links), masterAt: (time_s) => tenths(local.timeOfDay(time_s)),
      send: async (commands, note) => { await this.send(commands, note, (entry) => { for (const hearer of this.hearers) hearer(entry) }) },
    })
  }

  /** What the light shows now; from the first call on every step is told. */
  async watch(): Promise<LightSample> {
    const { light, links } = this.#settings
    if (this.#unwatch === undefined || this.#street.findLast(light) === undefined) {
      // The SUMO that it was under way in is gone, and with it the programs that were stored there.
      if (this.#unwatch !== undefined) this.control.letGo()
      this.lease = this.#unwatch === undefined ? this.lease : undefined
      this.#unwatch?.()
      this.#unwatch = await this.#street.watch(light, (sample) => this.#onStep(sample))
    }
    const last = this.#street.findLast(light)
    if (last === undefined) throw new GreenwaveError('controller.unreachable', `traffic light ${light}: the connection to SUMO went away`)
    if (last.state.length !== links.length) throw new GreenwaveError('controller.unfit', `traffic light ${light}: it has ${last.state.length} connections, the settings name ${links.length}`)
    return last
  }

  unwatch(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  /** Throws `controller.refused` where one of them is refused, unless `strict` is false. */
  async send(commands: readonly TraciCommand[], note: string, heard: (entry: Heard) => void, strict = true): Promise<TraciAnswer[]> {
    const answers = await this.#street.ask(commands, ({ sent, received }) => {
      heard({ time_s: this.#street.now(), direction: 'sent', hex: sent.toString('hex'), note })
      heard({ time_s: this.#street.now(), direction: 'received', hex: received.toString('hex'), note: `answers: ${note}` })
    })
    const refused = answers.find(({ result }) => result !== 0)
    if (strict && refused !== undefined) throw new GreenwaveError('controller.refused', `traffic light ${this.#settings.light}: ${refused.text}`)
    return answers
  }

  async #onStep(sample: LightSample): Promise<void> {
    const shown = `${sample.program} ${sample.state}`
    if (this.#shown !== shown) for (const hearer of this.hearers) hearer({ time_s: this.#street.now(), direction: 'received', hex: sample.hex, note: 'lamps changed in this step' })
    this.#shown = shown
    if (this.lease !== undefined && this.#street.now() >= this.lease.expires_at) {
      const { back } = this.lease
      this.lease = undefined
      this.control.reachFor({ ...back, from_s: this.#street.now() }, undefined)
    }
    await this.control.onStep(sample)
    for (const listener of this.listeners) listener(sample)
  }
}
