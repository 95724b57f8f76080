// Events of detectors that the log of a controller does not tell of itself, put in among its rows in order of time. They run ahead
// of the log; the log's own order is never touched, since a clock that steps back shows in it.
import type { SignalEvent } from '../../model/feed.ts'
import type { Instant, Seconds } from '../../model/units.ts'

/** A row so much older than the last would look like a clock that was set back. */
const LATE_S: Seconds = 1

interface Device { waiting: SignalEvent[]; from: number; sorted: boolean; last_s: Instant }

export class SideEvents {
  /** Events that came too late to be put in. */
  late = 0
  readonly #tell: (event: SignalEvent) => void
  readonly #devices = new Map<string, Device>()

  constructor(tell: (event: SignalEvent) => void) {
    this.#tell = tell
  }

  /** Of a detector; in about the order of time. */
  add(event: SignalEvent): void {
    const device = this.#device(event.device)
    if (event.time_s < device.last_s - LATE_S) {
      this.late++
      return
    }
    device.sorted &&= device.waiting.length === device.from || event.time_s >= device.waiting.at(-1)!.time_s
    device.waiting.push(event)
  }

  /** A row of the log, after whatever is older. */
  take(event: SignalEvent): void {
    const device = this.#device(event.device)
    this.#release(device, event.time_s)
    device.last_s = event.time_s
    this.#tell(event)
  }

  /** What is later than the last row of its log belongs to no green. */
  end(): void {
    this.#devices.clear()
  }

  #device(name: string): Device {
    let device = this.#devices.get(name)
    if (device === undefined) this.#devices.set(name, device = { waiting: [], from: 0, sorted: true, last_s: -Infinity })
    return device
  }

  #release(device: Device, until_s: Instant): void {
    if (!device.sorted) {
      device.waiting = device.waiting.slice(device.from).sort((a, b) => a.time_s - b.time_s)
      device.from = 0
      device.sorted = true
    }
    while (device.from < device.waiting.length && device.waiting[device.from]!.time_s <= until_s) {
      const event = device.waiting[device.from++]!
      // Before the log begins nobody knows the greens.
      if (device.last_s !== -Infinity) this.#tell(event)
    }
    if (device.from > 1000 && device.from * 2 > device.waiting.length) {
      device.waiting = device.waiting.slice(device.from)
      device.from = 0
    }
  }
}
