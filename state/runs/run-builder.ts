// Cuts the ways of vehicles into runs, one for each stop line passed, and gathers the speeds of links. Takes the fixes of each
// vehicle in order of time; those of different vehicles may come in any order without changing a run.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Metres, Seconds } from '../../model/units.ts'
import type { MatchedFix } from '../matching/matched-fix.ts'
import type { LinkSpeeds } from './link-speeds.ts'
import { reckonRun, type Frame } from './reckon-run.ts'
import type { Run } from './run.ts'
import { DOWNSTREAM_M, StopLines, type FreeSpeed } from './stop-lines.ts'
import { VehicleWay, type Line } from './vehicle-way.ts'

export type RunSink = (run: Run) => void

export interface RunBuilderOptions {
  /** Free speed of a link by its index; the limit where absent. */
  freeSpeed?: FreeSpeed
  /** Takes the passages of links. */
  speeds?: LinkSpeeds
  /** One sigma of positions along the way. */
  noise_m?: Metres
  /** Vehicles followed at once; beyond it the one not heard of longest ends. */
  most_vehicles?: number
}

/** What became of crossings that gave no run, and of ways that could not be followed. */
export interface RunCounts {
  runs: number
  /** Too ambiguous a way: gave speeds only. */
  withheld: number
  /** The record ends before 40 m beyond the line. */
  unfinished: number
  /** A jump of the match where the network has no movement. */
  broken: number
  /** Fixes no later than the one before them. */
  out_of_order: number
}

const NOISE_M: Metres = 5
const MOST_VEHICLES = 200_000
/** A vehicle not heard of for longer begins anew. */
const LONGEST_GAP_S: Seconds = 180
const LEAST_POSTERIOR = 0.8

export class RunBuilder {
  readonly counts: RunCounts = { runs: 0, withheld: 0, unfinished: 0, broken: 0, out_of_order: 0 }
  readonly #lines: StopLines
  readonly #freeSpeed: FreeSpeed
  readonly #noise: Metres
  readonly #most: number
  readonly #speeds: LinkSpeeds | undefined
  readonly #sink: RunSink
  readonly #ways = new Map<string, VehicleWay>()

  constructor(graph: RoadGraph, options: RunBuilderOptions, sink: RunSink) {
    this.#lines = new StopLines(graph)
    this.#freeSpeed = options.freeSpeed ?? ((link) => this.#lines.limit_mps[link]!)
    this.#noise = options.noise_m ?? NOISE_M
    this.#most = options.most_vehicles ?? MOST_VEHICLES
    this.#speeds = options.speeds
    this.#sink = sink
  }

  /** Whether vehicles have runs there: a movement without a line of its own lies within the frame of the next. */
  tells(movement: number): boolean {
    return this.#lines.line[movement] === 1
  }

  push(fix: MatchedFix): void {
    let way = this.#ways.get(fix.vehicle)
    if (way !== undefined) {
      if (fix.time_s <= way.last_s) {
        this.counts.out_of_order++
        return
      }
      this.#ways.delete(fix.vehicle)
      if (fix.first || fix.time_s - way.last_s > LONGEST_GAP_S || !way.follow(fix, this.#speeds)) {
        if (!fix.first && fix.time_s - way.last_s <= LONGEST_GAP_S) this.counts.broken++
        this.#finish(way)
        way = undefined
      }
    }
    way ??= new VehicleWay(this.#lines, fix)
    this.#ways.set(fix.vehicle, way)
    while (way.ready()) this.#emit(way)
    if (this.#ways.size > this.#most) for (const vehicle of this.#ways.keys()) {
      this.finish(vehicle)
      break
    }
  }

  /** Nothing more comes of this vehicle. */
  finish(vehicle: string): void {
    const way = this.#ways.get(vehicle)
    this.#ways.delete(vehicle)
    if (way !== undefined) this.#finish(way)
  }

  end(): void {
    for (const vehicle of this.#ways.keys()) this.finish(vehicle)
  }

  #finish(way: VehicleWay): void {
    while (way.lines.length > 0) this.#emit(way)
    way.flush(this.#speeds)
  }

  /** The first line of the way that has not been told. */
  #emit(way: VehicleWay): void {
    const line = way.lines[0]!
    if (line.posterior < LEAST_POSTERIOR) this.counts.withheld++
    else {
      const frame = this.#frame(way, line)
      const run = frame === undefined ? undefined : reckonRun(frame, way.trace(line.at_m, frame.start_m, Math.max(frame.end_m, frame.blocked_m)), this.#noise)
      if (run === undefined) this.counts.unfinished++
      else {
        this.counts.runs++
        this.#sink(run)
      }
    }
    way.passed()
  }

  #frame(way: VehicleWay, line: Line): Frame | undefined {
    const gap = (way.lines[1]?.at_m ?? Infinity) - line.at_m
    const seen_from = way.start_m()
    let from = way.before_m === undefined ? -Infinity : way.before_m + Math.min(DOWNSTREAM_M, (line.at_m - way.before_m) / 2)
    const followed = from > -Infinity && seen_from <= from
    from = Math.max(from, seen_from)
    if (from >= line.at_m) return undefined
    return {
      vehicle: way.vehicle, movement: line.movement, start_m: from - line.at_m, end_m: Math.min(DOWNSTREAM_M, gap / 2), before_m: way.before_m === undefined ? undefined : way.before_m - line.at_m,
      free_mps: way.freeSpeed(from, line.at_m, this.#freeSpeed), clear_m: line.turns ? line.path_m : 0, blocked_m: gap / 2,
      followed: followed ? 'from-before' : way.entered(this.#freeSpeed, this.#noise) ? 'entry' : 'midway', posterior: line.posterior,
    }
  }
}
