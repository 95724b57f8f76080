// Map matching online: fixes of many vehicles in, in any mixture but each vehicle's in order of time; matched fixes out, at most
// 30 s or six fixes later. Hidden Markov model after Newson and Krumm 2009 with a fixed lag; see window.ts.
import type { Fix } from '../../model/feed.ts'
import type { Instant, MetresPerSecond, Seconds } from '../../model/units.ts'
import { Candidates } from './candidates.ts'
import { Emitter, type Chain, type MatchTotals } from './emitter.ts'
import { Heard, type Entry } from './heard.ts'
import type { MatchedFix, MatchSink } from './matched-fix.ts'
import { SourceNoise } from './noise.ts'
import { MatchRoad, wrap } from './road.ts'
import type { TileResidual } from './tiles.ts'
import { ancestor, bestOf, cameFrom, converged, OFFSET, POSITION, POSTERIOR, prune, restart, survivorShare, VITERBI, WAY, Window, type Step } from './window.ts'

/** Committed at the latest after so many fixes, or so long. */
const LAG_FIXES = 6
const LAG_S = 30
/**
 * A vehicle that moved less than two sigma, by its fixes or by the speeds that it tells, is matched again only after so long:
 * noise is no travel. Of fixes closer than three seconds one is enough: nobody passes a junction unseen meanwhile, and the lag of
 * six fixes then sees far enough ahead.
 */
const STANDING_SIGMAS = 2
const STANDING_S = 10
const SPACING_S = 2.9
/** Slower is standing: the speed of a standing receiver is never quite 0, and would add up. */
const CREEPING_MPS = 1.4
/** What drives slower than that shows by its fixes all the same: two fixes of one place lie further apart once in 10,000. */
const CREPT_SIGMAS = 6
/** A chain whose survivors stand for less than this has taken a wrong turn before it could know. */
const LOCKED_IN = 0.001
/** After a longer silence a new chain begins: too many ways fit. */
const SILENCE_S = 120
/** What a device says of its accuracy is believed within these. */
const ACCURACY_RANGE_M = [2, 50] as const
const MOST_VEHICLES = 100_000
/** Where only `provisional` is asked, noise is learned from the first vehicles of a source, and of the others from every so manieth. */
const FIRST_TOLD = 1000
const TOLD_EVERY = 8

export interface MatcherOptions {
  /** Fixes that lie on no road, contradict those around them, or come out of order; each vehicle's in order of time. */
  unmatched?: (vehicle: string, fix: Fix) => void
  /** Vehicles followed at once; beyond it the one silent for longest is finished. */
  vehicles?: number
  /** Only `provisional` is asked, and nobody takes what is committed: of many vehicles most are then not followed up, and the noise of a source is learned from the others. */
  provisional?: boolean
}

interface Track extends Chain, Entry<Track> {
  /** As its source calls it. */
  name: string
  of: Source
  last_s: Instant
  /** Since the head, by the speeds told; Infinity where one is missing. */
  driven_m: number
  speed_mps: number
  steps: Step[]
  /** The fix that contradicted the head, set aside once. */
  aside: Fix | undefined
  /** What is committed of it is told and learned from. */
  told: boolean
}

interface Source {
  name: string
  /** Vehicles that it had. */
  begun: number
  tracks: Map<string, Track>
  noise: SourceNoise
}

const drivenAt = (speed_mps: MetresPerSecond): MetresPerSecond => (speed_mps < CREEPING_MPS ? 0 : speed_mps)

/** Since the first step, standing left out: while a vehicle stands nothing is learned of where it turns. */
function lagOf(steps: readonly Step[]): Seconds {
  let lag = 0
  for (let k = 1; k < steps.length; k++) lag += steps[k]!.fix.time_s - (steps[k - 1]!.held.at(-1)?.fix ?? steps[k - 1]!.fix).time_s
  return lag
}

/** Deterministic: the same fixes in the same order give the same matches. */
export class Matcher {
  readonly road: MatchRoad
  readonly #window: Window
  readonly #candidates: Candidates
  readonly #emitter: Emitter
  readonly #most: number
  readonly #provisional: boolean
  readonly #sources = new Map<string, Source>()
  readonly #heard = new Heard<Track>()
  #recent: Track | undefined

  constructor(road: MatchRoad, sink: MatchSink, options: MatcherOptions = {}) {
    this.road = road
    this.#window = new Window(road)
    this.#candidates = new Candidates(road)
    this.#emitter = new Emitter(road, sink, options.unmatched)
    this.#most = options.vehicles ?? MOST_VEHICLES
    this.#provisional = options.provisional ?? false
  }

  /** The next fix of a vehicle. Sources have noise of their own, and their vehicles other names. */
  push(fix: Fix, source = ''): void {
    const track = this.#track(fix.vehicle, source, fix.time_s)
    if (!(fix.time_s > track.last_s) || !Number.isFinite(fix.x_m) || !Number.isFinite(fix.y_m)) {
      this.#emitter.refuse(track.vehicle, fix)
      return
    }
    const silence_s = fix.time_s - track.last_s
    track.driven_m += fix.speed_mps === undefined ? Infinity : drivenAt(Math.max(fix.speed_mps, track.speed_mps)) * silence_s
    track.speed_mps = fix.speed_mps ?? 0
    track.last_s = fix.time_s
    const head = track.steps.at(-1)
    if (head === undefined) this.#start(track, fix)
    else if (silence_s > SILENCE_S) {
      this.#close(track)
      this.#start(track, fix)
    } else this.#follow(track, head, fix)
  }

  /** No more fixes of this vehicle: all of it is committed. */
  finish(vehicle: string, source = ''): void {
    const track = this.#known(vehicle, source)
    if (track === undefined) return
    this.#forget(track)
    if (this.#recent === track) this.#recent = undefined
  }

  /** No more fixes at all. */
  end(): void {
    while (this.#heard.eldest !== undefined) this.#forget(this.#heard.eldest)
    this.#recent = undefined
  }

  /** Where a vehicle most likely is, before that is sure: at its last matched fix, since when it may stand; undefined where nothing is known. */
  provisional(vehicle: string, source = ''): MatchedFix | undefined {
    const track = this.#known(vehicle, source)
    const head = track?.steps.at(-1)
    if (track === undefined || head === undefined) return undefined
    this.#window.smoothHead(head)
    const i = bestOf(head)
    const { data } = head
    const { link, movement, position_m } = this.#emitter.placeOf(data[WAY + i]!, data[POSITION + i]!)
    return {
      vehicle: track.vehicle, time_s: head.fix.time_s, link, movement, position_m, offset_m: data[OFFSET + i]!, speed_mps: head.fix.speed_mps,
      posterior: this.#emitter.agreeing(head, i), route: [], first: track.at === undefined,
    }
  }

  /** Sigma and beta as learned so far, by source. */
  noise(source = ''): SourceNoise | undefined {
    return this.#sources.get(source)?.noise
  }

  totals(): MatchTotals {
    return this.#emitter.totals()
  }

  residuals(): TileResidual[] {
    return this.#emitter.tiles.list()
  }

  #known(vehicle: string, source: string): Track | undefined {
    const recent = this.#recent
    return recent?.name === vehicle && recent.of.name === source ? recent : this.#sources.get(source)?.tracks.get(vehicle)
  }

  #track(name: string, source: string, time_s: Instant): Track {
    const recent = this.#recent
    if (recent?.name === name && recent.of.name === source) return recent
    const of = this.#source(source)
    let track = of.tracks.get(name)
    if (track === undefined) {
      const vehicle = source === '' ? name : `${source} ${name}`
      const told = !this.#provisional || ++of.begun <= FIRST_TOLD || of.begun % TOLD_EVERY === 0
      track = { name, of, told, vehicle, last_s: -Infinity, driven_m: 0, speed_mps: 0, steps: [], aside: undefined, at: undefined, held: [], older: undefined, newer: undefined }
      of.tracks.set(name, track)
    } else this.#heard.remove(track)
    // The least recently heard of comes first: gone silent, or one too many.
    const { eldest } = this.#heard
    if (eldest !== undefined && (eldest.last_s < time_s - SILENCE_S || this.#heard.size >= this.#most)) this.#forget(eldest)
    this.#heard.add(track)
    this.#recent = track
    return track
  }

  #forget(track: Track): void {
    this.#close(track)
    this.#heard.remove(track)
    track.of.tracks.delete(track.name)
  }

  #source(name: string): Source {
    let source = this.#sources.get(name)
    if (source === undefined) {
      source = { name, begun: 0, tracks: new Map(), noise: new SourceNoise() }
      this.#sources.set(name, source)
    }
    return source
  }

  #sigma(track: Track, { accuracy_m }: Fix): number {
    return accuracy_m === undefined ? track.of.noise.sigma_m : Math.min(ACCURACY_RANGE_M[1], Math.max(ACCURACY_RANGE_M[0], accuracy_m))
  }

  /** Candidates of a fix; `along_mps` stands in for a speed that the feed does not give. */
  #find(fix: Fix, sigma_m: number, along_mps = Number.NaN): void {
    const heading = fix.heading_deg === undefined ? Number.NaN : wrap(Math.PI / 2 - (fix.heading_deg * Math.PI) / 180)
    this.#candidates.find(fix.x_m, fix.y_m, sigma_m, fix.speed_mps ?? along_mps, heading)
  }

  #start(track: Track, fix: Fix): void {
    this.#candidates.expectNothing()
    this.#find(fix, this.#sigma(track, fix))
    if (this.#candidates.n === 0) this.#emitter.refuse(track.vehicle, fix)
    else {
      track.driven_m = 0
      track.steps.push(this.#window.begin(fix, this.#candidates))
    }
  }

  #follow(track: Track, head: Step, fix: Fix): void {
    const sigma = this.#sigma(track, fix)
    const dt = fix.time_s - head.fix.time_s
    const straight = Math.hypot(fix.x_m - head.fix.x_m, fix.y_m - head.fix.y_m)
    if (dt < SPACING_S || (track.driven_m <= STANDING_SIGMAS * sigma && straight <= CREPT_SIGMAS * sigma) || (straight <= STANDING_SIGMAS * sigma && dt < STANDING_S)) {
      head.held.push({ fix, believed: true })
      return
    }
    this.#candidates.expectNothing()
    for (let i = 0; i < head.n; i++) if (head.data[VITERBI + i]! > 0) this.#candidates.expect(head.data[WAY + i]!)
    this.#find(fix, sigma, straight / dt)
    if (this.#candidates.n === 0) {
      head.held.push({ fix, believed: false })
      return
    }
    const next = this.#window.begin(fix, this.#candidates)
    if (this.#window.extend(head, next, straight, dt, sigma, track.of.noise.beta_m[track.of.noise.classOf(dt)]!)) {
      track.aside = undefined
      track.driven_m = 0
      track.steps.push(next)
      this.#commit(track)
      return
    }
    this.#window.release(next)
    this.#contradicted(track, head, fix)
  }

  /** No way leads from the head to this fix: set aside once; the second time a new chain begins, at the one set aside if it fits. */
  #contradicted(track: Track, head: Step, fix: Fix): void {
    const { aside } = track
    if (aside === undefined) {
      track.aside = fix
      head.held.push({ fix, believed: false })
      return
    }
    const since = head.held.findIndex((held) => held.fix === aside)
    const later = head.held.splice(since).slice(1)
    this.#close(track, true)
    this.#start(track, aside)
    for (const held of later) {
      const first = track.steps.at(-1)
      if (first === undefined) this.#emitter.refuse(track.vehicle, held.fix)
      else first.held.push({ fix: held.fix, believed: false })
    }
    const first = track.steps.at(-1)
    if (first === undefined) this.#start(track, fix)
    else this.#follow(track, first, fix)
  }

  #commit(track: Track): void {
    const { steps } = track
    const sure = converged(steps)
    if (sure.step >= 0) this.#emit(track, sure.step, sure.candidate)
    while (steps.length > LAG_FIXES || (steps.length > 1 && lagOf(steps) > LAG_S)) {
      const candidate = ancestor(steps, bestOf(steps.at(-1)!), 0)
      prune(steps, candidate)
      this.#emit(track, 0, candidate)
    }
    const head = steps.at(-1)!
    if (survivorShare(head) >= LOCKED_IN) return
    // What was committed early has proved wrong, and no way leads from there to where the vehicle is.
    if (steps.length > 1) this.#emit(track, steps.length - 2, ancestor(steps, bestOf(head), steps.length - 2))
    this.#emitter.close(track, true)
    restart(head)
  }

  /** Hands out steps `0 .. until` and lets go of them. */
  #emit(track: Track, until: number, candidate: number): void {
    const { steps } = track
    if (!track.told) {
      this.#emitter.pass(track, steps[until]!, candidate)
      for (const step of steps.splice(0, until + 1)) this.#window.release(step)
      return
    }
    this.#window.smooth(steps, until)
    const chosen = [candidate]
    for (let k = until; k > 0; k--) chosen.push(cameFrom(steps[k]!, chosen.at(-1)!))
    chosen.reverse()
    for (let k = 0; k <= until; k++) {
      const step = steps[k]!
      this.#emitter.step(track, step, chosen[k]!, step.data[POSTERIOR + chosen[k]!]!, track.of.noise)
      this.#window.release(step)
    }
    steps.splice(0, until + 1)
  }

  #close(track: Track, broken = false): void {
    const { steps } = track
    if (steps.length > 0) this.#emit(track, steps.length - 1, bestOf(steps.at(-1)!))
    this.#emitter.close(track, broken)
    track.aside = undefined
  }
}
