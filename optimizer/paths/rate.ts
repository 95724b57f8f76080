/** Bands of given offsets and patterns: widths while searching, and the fronts of the widest bands at the end. */
import { GreenwaveError } from '../../model/errors.ts'
import type { PathBand, PathProblem } from './problem.ts'
import { type Green, OPEN, pass, type Reaches, type Track } from './tracks.ts'

/** Offset and pattern index of each signal. */
export interface Setting {
  readonly offsets: number[]
  readonly patterns: number[]
}

/** The widest band of one track, 0 if it is under the least. */
export function widthOf(track: Track, { offsets, patterns }: Setting, cycle: number, least: number): number {
  let reaches = OPEN(cycle)
  let clock = 0
  let widest = cycle
  for (const { signal, greens, low, high } of track.stops) {
    const ahead = offsets[signal]! - clock
    const out: Reaches = []
    widest = pass(reaches, greens[patterns[signal]!]!, low - ahead, high - ahead, cycle, least, out)
    if (widest === 0) return 0
    reaches = out
    clock = offsets[signal]!
  }
  return widest
}

export function valueOf(tracks: readonly Track[], setting: Setting, cycle: number, least: number): number {
  return tracks.reduce((sum, track) => sum + track.weight * widthOf(track, setting, cycle, least), 0)
}

/** The widest band with its fronts in order of travel, as near to the target travel times as it can lie. */
export function bandOf(problem: PathProblem, track: Track, setting: Setting): PathBand {
  const { cycle_s, least_band_s } = problem
  const path = problem.paths[track.path]!.id
  const width = widthOf(track, setting, cycle_s, least_band_s)
  if (width === 0) return { path, width_s: 0, fronts_s: [] }
  const greens = greensOfBand(track, setting, cycle_s, width)
  const room: Green[] = []
  for (const [i, { low, high }] of track.stops.entries()) {
    const own = greens[i]!
    const before = room[i - 1]
    room.push(before === undefined ? { from: own.from, to: own.to - width } : { from: Math.max(own.from, before.from + low), to: Math.min(own.to - width, before.to + high) })
  }
  const fronts: number[] = []
  for (let i = track.stops.length - 1; i >= 0; i--) {
    const { from, to } = room[i]!
    const next = fronts[0]
    const link = track.stops[i + 1]
    const low = next === undefined ? from : Math.max(from, next - link!.high)
    const high = next === undefined ? to : Math.min(to, next - link!.low)
    const wished = next === undefined ? from : next - link!.target
    fronts.unshift(Math.max(low, Math.min(high, wished)))
  }
  return { path, width_s: width, fronts_s: track.backwards ? fronts.toReversed() : fronts }
}

/** One green a stop, in master time, through which a band of this width goes: depth first over the greens. */
function greensOfBand(track: Track, { offsets, patterns }: Setting, cycle: number, width: number): Green[] {
  const found: Green[] = []
  const needed = width - 1e-9
  const descend = (i: number, early: number, late: number): boolean => {
    const stop = track.stops[i]
    if (stop === undefined) return true
    const open = stop.greens[patterns[stop.signal]!]!
    const offset = offsets[stop.signal]!
    const [from, to] = [early + stop.low, late + stop.high]
    const copies = open === 'always' ? [from === -Infinity ? { from: offset, to: offset + 2 * cycle } : { from, to }] : open.flatMap((green) => copiesOf({ from: green.from + offset, to: green.to + offset }, from, to, cycle))
    for (const copy of copies) {
      const [begin, end] = [Math.max(from, copy.from), Math.min(to, copy.to)]
      if (end - begin < needed) continue
      found[i] = copy
      if (descend(i + 1, begin, end)) return true
    }
    return false
  }
  if (!descend(0, -Infinity, Infinity)) throw new GreenwaveError('band.unconfirmed', `path ${track.path}: no greens give the band of ${width} s that was reckoned`)
  return found
}

function copiesOf(green: Green, early: number, late: number, cycle: number): Green[] {
  if (early === -Infinity) return [green]
  const copies: Green[] = []
  for (let turn = Math.ceil((early - green.to) / cycle); turn <= Math.floor((late - green.from) / cycle); turn++) copies.push({ from: green.from + turn * cycle, to: green.to + turn * cycle })
  return copies
}
