/**
 * Input and output types of bands along paths: origin-destination paths that turn on and off a corridor, buses with
 * dwell, bicycles, at one cycle. Seconds, metres, metres per second, persons per hour. After the multi-path progression
 * model of Yang, Cheng, Chang 2015: every path has a band of its own or none.
 */
import { GreenwaveError } from '../../model/errors.ts'
import type { PathMode } from '../../model/part-bands.ts'
import type { LinkTravel, Window } from '../bands/index.ts'
import type { Certified } from '../certified.ts'

/** One permitted phase sequence: the usable greens of every movement that a path uses, in the signal's local clock. */
export interface PathPattern {
  readonly id: string
  /** By movement; a movement that is absent or has no window is never served by this pattern. */
  readonly windows: Readonly<Record<string, readonly Window[]>>
}

export interface PathSignal {
  readonly id: string
  readonly patterns: readonly PathPattern[]
  /** The offset in the street: the plan is turned as a whole to lie nearest to it. */
  readonly current_offset_s?: number
}

export interface PathStep {
  /** Index of the signal in the corridor's order. */
  readonly signal: number
  readonly movement: string
}

export interface BandPath {
  readonly id: string
  readonly name: string
  readonly mode: PathMode
  /** What one second of its band counts, persons/h. */
  readonly persons_h: number
  /** In order of travel: signals all rising or all falling; a signal may be left out. */
  readonly steps: readonly PathStep[]
  /** From each step to the next. */
  readonly links: readonly LinkTravel[]
}

export interface PathProblem {
  /** Whole seconds. */
  readonly cycle_s: number
  readonly signals: readonly PathSignal[]
  readonly paths: readonly BandPath[]
  /** A band narrower than this carries nobody and counts as none. */
  readonly least_band_s: number
}

export interface PathBand {
  readonly path: string
  /** 0 if the path has no band. */
  readonly width_s: number
  /** Times at which the band's front passes the steps, not reduced to the cycle; empty without a band. */
  readonly fronts_s: readonly number[]
}

/** What the checker re-scores. */
export interface PathPlan {
  readonly cycle_s: number
  readonly patterns: readonly string[]
  /** Master time of local 0 at each signal: whole seconds in [0, cycle). */
  readonly offsets_s: readonly number[]
  readonly bands: readonly PathBand[]
}

/** Objective: the sum of persons/h times band seconds. It holds in the model of bands, not for the street. */
export type PathCertificate = Certified

export interface PathSolution extends PathPlan {
  readonly certificate: PathCertificate
}

/** Earliest and latest time along a link, dwell included. */
export function travelRange({ distance_m, speed_min_mps, speed_max_mps, dwell_min_s, dwell_max_s }: LinkTravel): readonly [number, number] {
  return [distance_m / speed_max_mps + dwell_min_s, distance_m / speed_min_mps + dwell_max_s]
}

/** @throws GreenwaveError input.value at the first thing that the model cannot hold. */
export function assertPathProblem({ cycle_s, signals, paths, least_band_s }: PathProblem): void {
  if (!(Number.isInteger(cycle_s) && cycle_s > 0)) refuse(`the cycle is ${cycle_s} s; bands along paths need whole seconds above 0`)
  if (!(least_band_s >= 0 && least_band_s <= cycle_s)) refuse(`the least band is ${least_band_s} s, outside 0 to the cycle of ${cycle_s} s`)
  if (signals.length === 0) refuse('there is no signal')
  for (const { id, patterns } of signals) {
    if (patterns.length === 0) refuse(`signal ${id} has no pattern`)
    for (const pattern of patterns) for (const [movement, windows] of Object.entries(pattern.windows)) for (const window of windows) assertWindow(`signal ${id}, pattern ${pattern.id}, movement ${movement}`, window, cycle_s)
  }
  const ids = paths.map(({ id }) => id)
  if (new Set(ids).size < ids.length) refuse(`two paths have the id ${ids.find((id, i) => ids.indexOf(id) < i)}`)
  for (const path of paths) assertPath(path, signals.length)
}

function assertWindow(place: string, { start_s, length_s, clearance_s }: Window, cycle_s: number): void {
  if (!Number.isFinite(start_s) || !(length_s >= 0 && length_s <= cycle_s) || !(clearance_s >= 0 && clearance_s < Infinity)) {
    refuse(`${place}: a green from ${start_s} s for ${length_s} s, clearance ${clearance_s} s, does not fit a cycle of ${cycle_s} s`)
  }
}

function assertPath({ id, persons_h, steps, links }: BandPath, signals: number): void {
  if (!(persons_h >= 0 && persons_h < Infinity)) refuse(`path ${id} carries ${persons_h} persons/h`)
  if (steps.length === 0) refuse(`path ${id} passes no signal`)
  if (links.length !== steps.length - 1) refuse(`path ${id} has ${links.length} links for ${steps.length} steps`)
  for (const { signal } of steps) if (!(Number.isInteger(signal) && signal >= 0 && signal < signals)) refuse(`path ${id} passes signal ${signal} of ${signals}`)
  const turns = steps.slice(1).map(({ signal }, i) => Math.sign(signal - (steps[i] as PathStep).signal))
  if (turns.some((turn) => turn === 0 || turn !== turns[0])) refuse(`path ${id} turns back on the corridor or passes a signal twice`)
  for (const [i, link] of links.entries()) {
    const [least, most] = travelRange(link)
    if (!(least >= 0 && least <= most && most < Infinity)) refuse(`path ${id}, link ${i + 1}: travel takes ${least} to ${most} s`)
  }
}

function refuse(sentence: string): never {
  throw new GreenwaveError('input.value', sentence)
}
