// All radars of a network: their objects in, measures of movements out.
import type { LogChannel, RadarTarget, SignalEvent } from '../../model/feed.ts'
import type { Network } from '../../model/network.ts'
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import type { GreenClock } from '../signals/greens.ts'
import { givesWay, LaneMap } from './lane-map.ts'
import type { LaneCycle, LaneWatch } from './lane-watch.ts'
import { VirtualLoops } from './loops.ts'
import { Sensor, type Surroundings } from './sensor.ts'
import { SilenceWatch, type Silence } from './silence.ts'
import { type Spillback, SpillbackWatch } from './spillback.ts'
import type { Vehicle } from './vehicle.ts'

/** A queue that was looked at longer ago is not known. */
const FRESH_S: Seconds = 5
/** Who stands nearer to the line waits at it. */
const PAST_LINE_M: Metres = 4
/** Beyond the place where a lane's turning vehicles wait inside the junction. */
const WAITING_M: Metres = 8
/** A vehicle that was not seen for longer is not believed to stand in the junction. */
const UNSEEN_S: Seconds = 1.5
const USUAL_CYCLE_S: Seconds = 90

export interface StationOptions {
  /** Whether a sensor that tells nothing at an instant should tell something; absent = always. */
  isDay?: (time_s: Instant) => boolean
  event?: (event: SignalEvent) => void
  spillback?: (spillback: Spillback) => void
}

export class RadarStation {
  readonly map: LaneMap
  readonly spillbacks: Spillback[] = []
  readonly sensors = new Map<string, Sensor>()
  readonly #network: Network
  readonly #clock: GreenClock
  readonly #loops: VirtualLoops
  readonly #silence: SilenceWatch
  readonly #links: ReadonlyMap<string, number>
  readonly #main: Int32Array
  /** Lanes by signal. */
  readonly #signals = new Map<string, LaneWatch[]>()
  readonly #spillback = new Map<number, SpillbackWatch[]>()
  readonly #watched = new Map<number, LaneWatch[]>()
  readonly #tellSpillback: ((spillback: Spillback) => void) | undefined
  #lanes = 0

  constructor(network: Network, clock: GreenClock, options: StationOptions = {}) {
    this.#network = network
    this.#clock = clock
    this.map = new LaneMap(network)
    this.#links = new Map(network.links.map(({ id }, l) => [id, l]))
    this.#loops = new VirtualLoops(network, this.map, options.event ?? (() => undefined))
    this.#silence = new SilenceWatch(options.isDay)
    this.#tellSpillback = options.spillback
    this.#main = Int32Array.from(this.map.lanes, ({ out }) => mainMovement(network, out.map((path) => this.map.paths[path]!.movement)))
  }

  /** What the channels of the events are. */
  get channels(): readonly LogChannel[] {
    return this.#loops.channels
  }

  /** Objects in order of time by sensor; pedestrians and two-wheelers keep their classes and are no vehicles. */
  push(target: RadarTarget): void {
    let sensor = this.sensors.get(target.sensor)
    if (sensor === undefined) this.sensors.set(target.sensor, sensor = new Sensor(target.sensor, this.map, this.#loops, this.#around()))
    this.#silence.see(target.sensor, target.time_s)
    sensor.push(target)
  }

  end(): void {
    for (const sensor of this.sensors.values()) sensor.end()
    for (const watches of this.#spillback.values()) for (const watch of watches) watch.end(Math.max(...[...this.sensors.values()].map(({ last_s }) => last_s)))
  }

  /** Hours in which a sensor told nothing while others did: no count of 0. */
  silences(): Silence[] {
    return this.#silence.list()
  }

  /** Movement for which a lane is measured: straight on before others. */
  mainOf(lane: number): number {
    return this.#main[lane]!
  }

  /** The sensor that sees most of the vehicles of a link; undefined where none sees its line. */
  sensorOf(link: number): Sensor | undefined {
    let best: Sensor | undefined
    let most = 0
    for (const sensor of this.sensors.values()) {
      if (!sensor.seesLine(link)) continue
      const seen = this.lanesOf(link).reduce((sum, lane) => sum + [...(sensor.counts.get(lane)?.values() ?? [])].reduce((total, { vehicles }) => total + [...vehicles.values()].reduce((a, b) => a + b, 0), 0), 0)
      if (best === undefined || seen > most) [best, most] = [sensor, seen]
    }
    return best
  }

  lanesOf(link: number): number[] {
    return this.#network.links[link]!.lanes.flatMap((_, k) => this.map.laneOf(link, k) ?? [])
  }

  /** Cycles of a lane that its sensor watched. */
  cyclesOf(lane: number): LaneCycle[] {
    const sensor = this.sensorOf(this.map.lanes[lane]!.link)
    return sensor === undefined ? [] : sensor.cycles.filter((cycle) => cycle.lane === lane)
  }

  linkOf(id: string): number {
    return this.#links.get(id) ?? -1
  }

  #around(): Surroundings {
    return {
      mainOf: (lane) => this.mainOf(lane),
      green: (movement, time_s) => this.#clock.find(movement, time_s),
      elsewhere: (lane, now) => this.#elsewhere(lane, now),
      beyond: (link, now, vehicles) => this.#beyond(link, now, vehicles),
    }
  }

  #elsewhere(lane: number, now: Instant): number {
    this.#register()
    const signal = this.#network.movements[this.mainOf(lane)]?.signal
    let most = 0
    for (const watch of this.#signals.get(signal ?? '') ?? []) if (!watch.is_green && Math.abs(now - watch.now) < FRESH_S && this.map.lanes[watch.lane]!.link !== this.map.lanes[lane]!.link) most = Math.max(most, watch.queue_vehicles)
    return most
  }

  /** Lanes are found as vehicles appear on them. */
  #register(): void {
    let lanes = 0
    for (const sensor of this.sensors.values()) lanes += sensor.lanes.size
    if (lanes === this.#lanes) return
    this.#lanes = lanes
    this.#signals.clear()
    this.#watched.clear()
    for (const sensor of this.sensors.values()) for (const watch of sensor.lanes.values()) {
      const signal = this.#network.movements[this.mainOf(watch.lane)]?.signal
      if (signal !== undefined) append(this.#signals, signal, watch)
      append(this.#watched, this.map.lanes[watch.lane]!.link, watch)
    }
  }

  #beyond(link: number, now: Instant, vehicles: readonly Vehicle[]): void {
    this.#register()
    let watches = this.#spillback.get(link)
    if (watches === undefined) this.#spillback.set(link, watches = this.#spillbackWatches(link))
    for (const watch of watches) {
      const green = this.#clock.find(watch.movement, now)
      const own = vehicles.filter((vehicle) => this.#isHeldUp(vehicle, watch.movement, now))
      const moving = own.filter(({ s }) => s > 5 && s < 40)
      watch.look(now, {
        filled: this.#filled(this.#links.get(this.#network.movements[watch.movement]!.to), now), beyond_mps: moving.length === 0 ? undefined : moving.reduce((sum, { speed_mps }) => sum + speed_mps, 0) / moving.length,
        green: green !== undefined && now >= green.start_s && now < green.end_s, standing_s: Math.max(0, ...own.map(({ slow_since }) => (slow_since === undefined ? 0 : now - slow_since))),
      }, this.#clock.cycle(watch.movement, now) ?? USUAL_CYCLE_S)
      if ((watch.current?.level ?? 0) >= 2) for (const lane of this.#watched.get(link) ?? []) if (this.mainOf(lane.lane) === watch.movement) lane.block()
    }
  }

  /** Beyond the line for a movement and not waiting there for a gap to turn. */
  #isHeldUp(vehicle: Vehicle, movement: number, now: Instant): boolean {
    const { path, s, time_s } = vehicle
    if (path < 0 || s <= PAST_LINE_M || now - time_s > UNSEEN_S) return false
    if (this.map.paths[path]!.movement !== movement || givesWay(this.map.paths[path]!.connection)) return false
    const { out } = this.map.lanes[vehicle.lane]!
    const waits = Math.max(0, ...out.map((each) => this.map.paths[each]!.connection).filter(givesWay).map(({ waiting_m = 0 }) => waiting_m + WAITING_M))
    return s > waits && (waits === 0 || vehicle.movementOf(this.map) === movement)
  }

  /** Queue over length of a link; undefined where no radar sees it now. */
  #filled(link: number | undefined, now: Instant): number | undefined {
    let most: Metres | undefined
    for (const watch of (link === undefined ? undefined : this.#watched.get(link)) ?? []) if (Math.abs(now - watch.now) < FRESH_S) most = Math.max(most ?? 0, watch.queue_m)
    return most === undefined ? undefined : most / Math.max(1, this.#network.links[link!]!.length_m)
  }

  #spillbackWatches(link: number): SpillbackWatch[] {
    const movements = new Set(this.lanesOf(link).flatMap((lane) => this.map.lanes[lane]!.out.map((path) => this.map.paths[path]!.movement)))
    return [...movements].filter((movement) => this.#network.movements[movement]!.signal !== undefined).map((movement) => new SpillbackWatch(movement, (spillback) => {
      const open = this.spillbacks.findLast((one) => one.movement === movement)
      if (open !== undefined && open.until_s === undefined) Object.assign(open, spillback)
      else this.spillbacks.push({ ...spillback })
      this.#tellSpillback?.(spillback)
    }))
  }
}

function mainMovement(network: Network, movements: readonly number[]): number {
  const rank = { 'through': 0, 'left': 1, 'right': 2, 'u-turn': 3 }
  return [...new Set(movements)].sort((a, b) => rank[network.movements[a]!.turn] - rank[network.movements[b]!.turn])[0] ?? -1
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
