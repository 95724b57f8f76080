// Fixes of vehicles as they come, screened, matched and placed at once: where each most likely is, before later fixes make that sure. What is stored
// are the places of that moment; the night matches again with what came later. One thread's share of the vehicles; see matching-threads.ts.
import { apart } from '../../model/apart.ts'
import { FeedAccount } from '../../model/feed-account.ts'
import type { Fix, FeedIssue } from '../../model/feed.ts'
import { findProjection, type Projection } from '../../model/projection.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { Matcher, MatchRoad, WITHHELD_BELOW } from '../../state/matching/index.ts'
import { ProbeScreen } from '../../state/screen/index.ts'
import { fixAt, type FixColumns } from './fix-columns.ts'
import { newTrace, Passages, type Trace } from './passages.ts'

/** Not placed, but kept: late, off the roads, or two ways are as likely. */
export const NOWHERE = -1
/** Not believed. */
export const LEFT_OUT = -2

/** What became of the fixes of one batch, in their order. */
export interface PlacedFixes {
  /** Index of the link, NOWHERE or LEFT_OUT. */
  link: Int32Array<ArrayBuffer>
  /** position_m, offset_m, longitude, latitude of each; in a network without projection its x_m and y_m stand for the latter two. */
  places: Float64Array<ArrayBuffer>
  accepted: number
  issues: FeedIssue[]
  links: Float64Array<ArrayBuffer>
  movements: Float64Array<ArrayBuffer>
}

/** Between two fixes that the matcher weighed, one that lies this near the way of the first is taken to be on it. */
const NEAR_M = 15
const MOST_VEHICLES = 100_000

interface FeedTracks {
  screen: ProbeScreen
  traces: Map<string, Trace>
  older: Map<string, Trace>
  /** Why none of its fixes can be believed any more. */
  refused: unknown
}

export class LiveMatcher {
  readonly #road: MatchRoad
  readonly #projection: Projection | undefined
  readonly #matcher: Matcher
  readonly #passages: Passages
  readonly #feeds = new Map<string, FeedTracks>()
  #believed: 'no' | 'yes' | 'first' = 'no'

  constructor(graph: RoadGraph) {
    this.#road = new MatchRoad(graph)
    this.#projection = findProjection(graph.network.coordinate_reference)
    this.#matcher = new Matcher(this.#road, () => {}, { provisional: true })
    this.#passages = new Passages(this.#road)
  }

  /** The next fixes of a feed, each vehicle's in about their order: late ones are kept without a place. Throws input.value where their speeds are in another unit. */
  take(feed: string, columns: FixColumns): PlacedFixes {
    const tracks = this.#tracksOf(feed)
    if (tracks.refused !== undefined) throw tracks.refused
    const n = columns.vehicles.length
    const link = new Int32Array(n)
    const places = new Float64Array(4 * n)
    const account = new FeedAccount(feed)
    tracks.screen.account = account
    let accepted = 0
    try {
      for (let i = 0; i < n; i++) {
        const trace = traceOf(tracks, columns.vehicles[i]!)
        link[i] = this.#place(feed, tracks, trace, fixAt(columns, i, trace.vehicle), account, places, 4 * i)
        if (link[i] !== LEFT_OUT) accepted++
      }
    } catch (error) {
      tracks.refused = error
      throw error
    }
    return { link, places, accepted, issues: account.health().issues, ...this.#passages.take() }
  }

  #place(feed: string, tracks: FeedTracks, trace: Trace, fix: Fix, account: FeedAccount, places: Float64Array, at: number): number {
    const [lon, lat] = this.#projection?.toLonLat([fix.x_m, fix.y_m]) ?? [fix.x_m, fix.y_m]
    places[at] = places[at + 1] = Number.NaN
    places[at + 2] = lon
    places[at + 3] = lat
    if (fix.time_s === trace.time_s) {
      account.count('drop', 'duplicate', () => `vehicle "${fix.vehicle}": the fix of ${new Date(fix.time_s * 1000).toISOString()} was there already`)
      return LEFT_OUT
    }
    if (fix.time_s < trace.time_s) {
      account.count('repair', 'late', () => `vehicle "${fix.vehicle}": the fix of ${new Date(fix.time_s * 1000).toISOString()} comes after a later one; kept, but not for the state of now`)
      return NOWHERE
    }
    trace.time_s = fix.time_s
    this.#believed = 'no'
    tracks.screen.push(fix)
    // The sink has just said so.
    const believed = this.#believed as FeedBelief
    if (believed === 'no') return LEFT_OUT
    if (believed === 'first') this.#matcher.finish(fix.vehicle, feed)
    this.#matcher.push(fix, feed)
    return this.#locate(feed, trace, fix, believed === 'first', places, at)
  }

  #locate(feed: string, trace: Trace, fix: Fix, first: boolean, places: Float64Array, at: number): number {
    const match = this.#matcher.provisional(fix.vehicle, feed)
    if (match === undefined || match.posterior < WITHHELD_BELOW) return NOWHERE
    let { position_m, offset_m } = match
    if (match.time_s !== fix.time_s) {
      const road = this.#road
      road.project(match.movement < 0 ? match.link : road.links + match.movement, fix.x_m, fix.y_m)
      if (road.distance_m > NEAR_M) return NOWHERE
      position_m = match.movement < 0 ? road.position_m : road.length_m[match.link]! + road.position_m
      offset_m = road.offset_m
    }
    places[at] = position_m
    places[at + 1] = offset_m
    this.#passages.add(trace, match.link, position_m, fix.time_s, first)
    return match.link
  }

  #tracksOf(feed: string): FeedTracks {
    let tracks = this.#feeds.get(feed)
    if (tracks === undefined) {
      // Nothing waits to be sorted: whoever sends wants an answer, and late fixes are told apart here.
      const screen = new ProbeScreen(feed, (_, first) => { this.#believed = first ? 'first' : 'yes' }, { lag_s: -1 })
      tracks = { screen, traces: new Map(), older: new Map(), refused: undefined }
      this.#feeds.set(feed, tracks)
    }
    return tracks
  }
}

type FeedBelief = 'no' | 'yes' | 'first'

/** Vehicles not heard of for the longest are forgotten. */
function traceOf(tracks: FeedTracks, vehicle: string): Trace {
  let trace = tracks.traces.get(vehicle)
  if (trace !== undefined) return trace
  trace = tracks.older.get(vehicle) ?? newTrace(apart(vehicle))
  tracks.traces.set(trace.vehicle, trace)
  if (tracks.traces.size >= MOST_VEHICLES) {
    tracks.older = tracks.traces
    tracks.traces = new Map()
  }
  return trace
}
