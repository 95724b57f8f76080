// From feeds to traffic state, in one pass: probes are screened, matched and cut into runs; controller logs become phase measures.
// What is kept is bounded or grows with movements, links and days, not with records.
import type { Fix, FeedHealth, LogChannel, RadarTarget, SignalEvent } from '../model/feed.ts'
import { GreenwaveError } from '../model/errors.ts'
import { formatDay, type LocalTime } from '../model/local-time.ts'
import { levelOfService } from '../model/evaluation.ts'
import { listCrossings, resolveCorridor } from '../model/corridor.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Corridor, Period, Timing } from '../model/scenario.ts'
import type { DayState, Estimate, LinkState, MovementState, PeriodState, TrafficState } from '../model/traffic-state.ts'
import type { Instant } from '../model/units.ts'
import { auditSignals } from './audit/index.ts'
import { congestedPlaces } from './congested-places.ts'
import { areaStates, classify, getScale, linkIndices } from './congestion/index.ts'
import { ProbeAnchor, withRadar } from './fusion/index.ts'
import { LinkRecord } from './link-record.ts'
import { judgeDatum, Matcher, MatchRoad, type MatchTotals } from './matching/index.ts'
import { measureDays } from './movements/days.ts'
import { measureMovements, runsOf, type ProbeMeasures, type RunSource } from './movements/measure.ts'
import { samplesByDay } from './movements/sample.ts'
import { Performance, SideEvents, type PerformanceResult } from './performance/index.ts'
import { clockOffset, measureRadar, RadarStation, SLOT_S, type Sensor } from './radar/index.ts'
import { RunBuilder } from './runs/run-builder.ts'
import { RunStore } from './runs/run-store.ts'
import { ProbeScreen, screenedHealth } from './screen/index.ts'
import { FirstKnown } from './signals/first-known.ts'
import type { GreenClock } from './signals/greens.ts'
import { PlanClock } from './signals/plan-clock.ts'
import { measureVolumes, ObservedTime, type VolumeMeasures } from './volume/index.ts'

export interface MeasurementOptions {
  graph: RoadGraph
  timing: Timing
  local: LocalTime
  scenario: string
  periods: readonly Period[]
  /** Movements along them lend each other strength, apart from turns and side streets. */
  corridors?: readonly Corridor[]
  /** By which rules the vehicles drive; as people do where absent. */
  driving?: 'field' | 'sumo' | undefined
  /** Keep what coordination diagrams are drawn from. */
  diagrams?: boolean
}

/** Takes the fixes of one source, in the order of the source. */
export interface ProbeSource {
  push(fix: Fix): void
  /** Nothing more comes; the account of the feed gives that of the source. Throws input.value for a source that lies off the roads as another datum does. */
  end(feed: FeedHealth): void
}

const NONE: Estimate = { value: null, low: null, high: null }

export class Measurement {
  readonly store: RunStore
  readonly links: LinkRecord
  /** Greens of the plan; from `finish` on also those of the audit, where the plan has none. */
  clock: GreenClock
  readonly #options: MeasurementOptions
  readonly #builder: RunBuilder
  readonly #feeds: FeedHealth[] = []
  readonly #days = new Set<number>()
  readonly #totals: MatchTotals[] = []
  /** In which probes were heard of. */
  readonly #heard = new ObservedTime()
  #road: MatchRoad | undefined
  #performance: Performance | undefined
  /** What virtual loops of radars tell beside the logs. */
  #loops: SideEvents | undefined
  #radar: RadarStation | undefined
  readonly #kindOf: (movement: number) => string
  #sources = 0
  #from: Instant = Infinity
  #until: Instant = -Infinity

  constructor(options: MeasurementOptions) {
    this.#options = options
    this.#kindOf = kindsOf(options)
    const { graph, timing, local } = options
    const clock = new PlanClock(graph.network, timing, local)
    this.clock = clock
    this.store = new RunStore({ cycleOf: (movement, time) => Math.floor(time / (clock.cycle(movement, time) ?? 90)) })
    this.links = new LinkRecord(graph.network.links.length, local)
    this.#builder = new RunBuilder(graph, { speeds: this.links }, (run) => this.store.push(run))
  }

  /** Vehicles of different sources are different vehicles. */
  openProbes(source: string): ProbeSource {
    this.#road ??= new MatchRoad(this.#options.graph)
    const matcher = new Matcher(this.#road, (fix) => this.#builder.push(fix))
    // A short name: it is looked up with every fix.
    const name = String(++this.#sources)
    const screen = new ProbeScreen(source, (fix, first) => {
      this.#seen(fix.time_s)
      this.#heard.add(fix.time_s)
      // Another trip of the vehicle may lie earlier in time.
      if (first) matcher.finish(fix.vehicle, name)
      matcher.push(fix, name)
    })
    return {
      push: (fix) => screen.push(fix),
      end: (feed) => {
        screen.end()
        matcher.end()
        this.#builder.end()
        this.#totals.push(matcher.totals())
        const datum = judgeDatum(matcher.residuals())
        if (datum.level === 'alarm') throw new GreenwaveError('input.value', datum.sentence, { file: source })
        if (datum.level === 'warning') screen.account.count('repair', 'beside-the-roads', () => datum.sentence, 0)
        this.#feeds.push(screenedHealth(feed, screen.account.health()))
      },
    }
  }

  /** The logs of controllers, each device's in order of time. `channels`: what their detectors are. */
  openEvents(channels: readonly LogChannel[]): (event: SignalEvent) => void {
    const performance = new Performance(channels, { diagrams: this.#options.diagrams === true })
    this.#performance = performance
    const loops = this.#loops = new SideEvents((event) => performance.take(event))
    return (event) => {
      this.#seen(event.time_s)
      loops.take(event)
    }
  }

  /**
   * Objects of any number of radars, each sensor's in order of time. Where logs were opened before and radar runs some seconds
   * ahead of them, loops at the stop lines that only radar sees are detectors of the logs.
   */
  openRadar(): (target: RadarTarget) => void {
    const station = this.#radar ??= this.#openStation()
    return (target) => {
      this.#seen(target.time_s)
      station.push(target)
    }
  }

  #openStation(): RadarStation {
    const [performance, loops] = [this.#performance, this.#loops]
    if (performance === undefined || loops === undefined) return new RadarStation(this.#options.graph.network, this.clock)
    const key = (device: string, channel: number): string => `${device} ${channel}`
    const used = new Map<string, boolean>()
    // A loop that nobody ever drove over may lie where no radar looks: it is no detector that counts nothing.
    const station: RadarStation = new RadarStation(this.#options.graph.network, this.clock, {
      event: (event) => {
        const name = key(event.device, event.parameter)
        let isUsed = used.get(name)
        if (isUsed === undefined) used.set(name, isUsed = channels.has(name) && performance.configure(channels.get(name)!))
        if (isUsed) loops.add(event)
      },
    })
    const channels = new Map(station.channels.map((channel) => [key(channel.device, channel.channel), channel]))
    return station
  }

  addFeed(health: FeedHealth): void {
    this.#feeds.push(health)
  }

  finish(): { state: TrafficState; performance: PerformanceResult | undefined } {
    const { graph, scenario, periods } = this.#options
    this.#radar?.end()
    const performance = this.#performance?.finish()
    const audit = auditSignals(graph, this.store, { timing: this.#options.timing, local: this.#options.local, planned: this.clock, driving: this.#options.driving })
    this.clock = new FirstKnown([this.clock, audit.clock])
    const movements = this.#movements(this.store, this.#heard.hours())
    const states = this.#links()
    const measured = periods.map((period) => this.#period(period)).filter(({ movements: rows }) => rows.length > 0)
    const length = graph.network.links.reduce((sum, { length_m }) => sum + length_m, 0)
    const covered = states.reduce((sum, { link }) => sum + graph.getLink(link).length_m, 0)
    const state: TrafficState = {
      format: 'greenwave.state/1', scenario, from_s: Number.isFinite(this.#from) ? this.#from : 0, until_s: Number.isFinite(this.#until) ? this.#until : 0,
      days: [...this.#days].sort((a, b) => a - b).map(formatDay), movements, periods: measured, daily: this.#daily(), links: states,
      places: congestedPlaces({ graph, local: this.#options.local, cells: this.links.cells, clock: this.clock, free_mps: this.#freeSpeeds(), movements }),
      areas: areaStates(graph, (this.#options.corridors ?? []).map((corridor) => resolveCorridor(graph, corridor)), states, movements), signals: audit.signals, phases: performance?.phases ?? [], feeds: this.#feeds,
      ...this.#radars(), coverage: length > 0 ? covered / length : 0, ...this.#thinned(), ...this.#matching(),
    }
    return { state, performance }
  }

  #seen(time_s: Instant): void {
    if (time_s < this.#from) this.#from = time_s
    if (time_s > this.#until) this.#until = time_s
    this.#days.add(this.#options.local.day(time_s))
  }

  /** `inside`: instants that count, of radar; runs are chosen by the source. */
  #movements(source: RunSource, hours: number, inside?: (time_s: Instant) => boolean): MovementState[] {
    const { graph, local } = this.#options
    const weight = (movement: number): number => this.store.weight(movement)
    const radar = this.#radar === undefined ? [] : measureRadar(graph.network, this.#radar, inside)
    // Radar counts where lanes begin, too; probes are counted at lines only.
    const anchor = radar.length === 0 ? undefined : new ProbeAnchor({ radar: radar.filter(({ movement }) => this.#builder.tells(movement)), runsOf: (movement) => source.listRuns(movement), weight, heard: this.#heard.aliveIn(SLOT_S), hourOf: (time_s) => Math.floor(local.timeOfDay(time_s) / 3600) })
    const volumes = new Map(measureVolumes(graph, source, { clock: this.clock, hours, weight, anchor: anchor && ((movement) => anchor.shareOf(movement)) }).map((each) => [each.movement, each]))
    // Of vehicles whose runs are kept.
    const penetration = (movement: number): number | undefined => {
      const share = volumes.get(movement)?.penetration.value ?? undefined
      return share === undefined ? undefined : share / weight(movement)
    }
    const states = measureMovements(graph, source, { clock: this.clock, local, until_s: this.#until, penetration, kindOf: this.#kindOf }).map((measures) => movementState(graph, measures, volumes.get(measures.movement)))
    const crossingsOf = (movement: number): number[] => source.listRuns(movement).map(({ crossing_s }) => crossing_s)
    return radar.length === 0 ? states : withRadar(graph, states, radar, { crossingsOf, observed_s: hours * 3600, until_s: this.#until, dayOf: (time_s) => local.day(time_s) })
  }

  #period({ id, start_s, end_s }: Period): PeriodState {
    const { local } = this.#options
    const inside = (time_s: Instant): boolean => {
      const time = local.timeOfDay(time_s)
      return time >= start_s && time < end_s
    }
    const source = this.store.within(inside)
    return { period: id, start_s, end_s, movements: this.#movements(source, this.#heard.hours(local, start_s, end_s), inside), daily: this.#daily(source), links: linkIndices(this.links.cells, this.#options.graph.network.links, this.#freeSpeeds(), start_s, end_s) }
  }

  #daily(source: RunSource = this.store): DayState[] {
    const { graph, local } = this.#options
    if (this.#days.size < 2) return []
    const samples = source.listMovements().flatMap((movement) => samplesByDay(movement, runsOf(source, movement), this.clock, (time_s) => local.day(time_s)))
    const rows = measureDays(samples, local)
    return [...this.#days].sort((a, b) => a - b).map((day) => ({
      day: formatDay(day),
      movements: rows.filter((row) => row.day === day).map(({ movement, day: _day, ...row }) => {
        const { id, from, to } = graph.network.movements[movement]!
        return { movement: id, from: graph.getLink(from).source_id, to: graph.getLink(to).source_id, ...row }
      }),
    }))
  }

  #links(): LinkState[] {
    const { network } = this.#options.graph
    const scale = getScale('nav-delay-index')
    return network.links.flatMap((link, i) => {
      const probes = this.links.passages(i)
      const speed_mps = this.links.speed(i)
      if (probes === 0 || speed_mps.value === null) return []
      const free_speed_mps = this.#freeSpeed(i)
      const index = free_speed_mps / speed_mps.value
      const time = (speed: number | null): number | null => (speed === null || !(speed > 0) ? null : link.length_m / speed)
      return [{
        link: link.id, id: link.source_id, speed_mps, travel_time_s: { value: time(speed_mps.value), low: time(speed_mps.high), high: time(speed_mps.low) }, free_speed_mps, index,
        level: classify(scale, index).id, probes, grade: probes >= 100 ? 'C' as const : probes >= 10 ? 'D' as const : 'E' as const,
      }]
    })
  }

  /** Learned from the nights, else the limit. */
  #freeSpeed(link: number): number {
    const limit = this.#options.graph.network.links[link]!.speed_mps
    return this.links.learnedFreeSpeed(link, limit) ?? limit
  }

  readonly #freeSpeeds = (): number[] => this.#options.graph.network.links.map((_, i) => this.#freeSpeed(i))

  #thinned(): Pick<TrafficState, 'runs'> {
    const { seen, kept, thinned } = this.store.totals()
    return thinned === 0 ? {} : { runs: { seen, kept, movements_thinned: thinned } }
  }

  #radars(): Pick<TrafficState, 'spillbacks' | 'sensors'> {
    const station = this.#radar
    if (station === undefined) return {}
    const { movements } = this.#options.graph.network
    const source = (link: string): string => this.#options.graph.getLink(link).source_id
    const spillbacks = station.spillbacks.map(({ movement, level, from_s, until_s = this.#until }) => {
      const { id, from, to } = movements[movement]!
      return { movement: id, from: source(from), to: source(to), level, from_s, until_s }
    })
    const silences = station.silences()
    const sensors = [...station.sensors.values()].map((sensor) => {
      const calibration = sensor.places.fit(station.map)
      const clock_offset_s = this.#clockOffset(sensor)
      return {
        sensor: sensor.id, counted: sensor.counted(), silences: silences.filter((silence) => silence.sensor === sensor.id).map(({ sensor: _sensor, ...span }) => span),
        ...(calibration === undefined ? {} : { calibration }), ...(clock_offset_s === undefined ? {} : { clock_offset_s }),
      }
    })
    return { spillbacks: spillbacks.sort((a, b) => a.from_s - b.from_s), sensors: sensors.sort((a, b) => (a.sensor < b.sensor ? -1 : 1)) }
  }

  #clockOffset({ crossings }: Sensor): number | undefined {
    const { graph: { network } } = this.#options
    return clockOffset([...crossings].map(([link, times]) => {
      const until = times.at(-1)! + 60
      const movements = network.movements.flatMap(({ from }, m) => (from === network.links[link]!.id ? [m] : []))
      return {
        radar: [...times].sort((a, b) => a - b),
        probes: movements.flatMap((movement) => this.store.listRuns(movement, times[0]! - 60, until).map(({ crossing_s }) => crossing_s)).sort((a, b) => a - b),
      }
    }))
  }

  #matching(): Pick<TrafficState, 'matching'> {
    if (this.#totals.length === 0) return {}
    const sum = (pick: (totals: MatchTotals) => number): number => this.#totals.reduce((total, one) => total + pick(one), 0)
    const distance_m = sum((one) => one.distance_m)
    return {
      matching: {
        matched: sum((one) => one.matched), withheld: sum((one) => one.withheld), unmatched: sum((one) => one.unmatched), distance_m,
        breaks_per_100_km: distance_m > 0 ? sum((one) => one.breaks_per_100_km * one.distance_m) / distance_m : 0,
      },
    }
  }
}

/** Through along a corridor, or the turn, at signals and elsewhere. */
function kindsOf({ graph, corridors = [] }: MeasurementOptions): (movement: number) => string {
  const along = new Set(corridors.flatMap((corridor) => listCrossings(resolveCorridor(graph, corridor))).flatMap(({ movements }) => movements.map(({ id }) => id)))
  return (index) => {
    const { id, turn, signal } = graph.network.movements[index]!
    return `${signal === undefined ? 'sign' : 'signal'} ${along.has(id) ? 'along' : turn}`
  }
}

function movementState(graph: RoadGraph, { movement: index, crossings: _crossings, ...measures }: ProbeMeasures, volumes: VolumeMeasures | undefined): MovementState {
  const { id, from, to, turn, name, signal } = graph.network.movements[index]!
  const delay = measures.control_delay_s.value
  return {
    movement: id, from: graph.getLink(from).source_id, to: graph.getLink(to).source_id, from_link: from, to_link: to, turn, ...(name === undefined ? {} : { name }), ...(signal === undefined ? {} : { signal }),
    volume_vph: volumes?.volume_vph ?? NONE, ...(volumes?.volume_vph.value == null ? {} : { volume_method: volumes.anchored ? 'fused' as const : 'probes' as const }), queue_max_m: volumes?.queue_max_m ?? NONE, queue_p95_m: volumes?.queue_p95_m ?? NONE, penetration: volumes?.penetration ?? NONE,
    saturation_flow_vphpl: volumes?.saturation_flow_vphpl ?? NONE,
    level_of_service: delay === null ? null : levelOfService(delay), counted: 0, method: 'probes', ...measures,
  }
}
