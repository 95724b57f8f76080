// Drives a town, tells its fixes to a matcher, and scores what comes back.
import type { Fix } from '../../../model/feed.ts'
import type { Network } from '../../../model/network.ts'
import type { MatchedFix, MatchSink } from '../matched-fix.ts'
import { fixesOf, type Drive, type NoiseOptions } from './drive.ts'
import { addTrace, emptyScore, type Score, type TraceTruth } from './score.ts'
import { kindOf } from './town.ts'

export interface Trace { fixes: Fix[]; truth: TraceTruth }

/** What a matcher of this bench can do; the sink takes the fixes of each vehicle in order. */
export type MatchAll = (traces: readonly Fix[][], sink: MatchSink) => void

export function tracesOf(network: Network, drives: readonly Drive[], noise: NoiseOptions): Trace[] {
  const index = new Map(network.links.map(({ id }, l) => [id, l]))
  const next = network.movements.map(({ to }) => index.get(to)!)
  const onward = new Map<number, number[]>()
  network.movements.forEach(({ from }, m) => onward.set(index.get(from)!, [...(onward.get(index.get(from)!) ?? []), next[m]!]))
  return drives.flatMap((drive) => {
    const rows = fixesOf(drive, noise)
    if (rows.length < 2) return []
    const route: number[] = []
    for (let s = rows[0]!.second; s <= rows.at(-1)!.second; s++) {
      if (!isNewLink(drive, s, rows[0]!.second)) continue
      const passed = route.length === 0 ? undefined : shortBetween(network, onward, route.at(-1)!, drive.link[s]!)
      if (passed !== undefined) route.push(passed)
      route.push(drive.link[s]!)
    }
    return [{
      fixes: rows.map(({ fix }) => fix),
      truth: { route, fixes: new Map(rows.map(({ fix, second }) => [fix.time_s, { link: drive.link[second]!, next: drive.movement[second]! < 0 ? -1 : next[drive.movement[second]!]! }])) },
    }]
  })
}

/** A link is left for another, or, around a block shorter than a second, for itself. */
const isNewLink = ({ link, position_m }: Drive, s: number, first: number): boolean => s === first || link[s] !== link[s - 1] || position_m[s]! < position_m[s - 1]! - 1

/** A link so short that it was passed within a second, between two that do not meet. */
function shortBetween(network: Network, onward: ReadonlyMap<number, readonly number[]>, from: number, to: number): number | undefined {
  if (onward.get(from)?.includes(to) === true) return undefined
  return onward.get(from)?.find((link) => network.links[link]!.length_m < 40 && onward.get(link)?.includes(to) === true)
}

export function scoreTraces(network: Network, traces: readonly Trace[], match: MatchAll): Score {
  const found = new Map<string, MatchedFix[]>(traces.map(({ fixes }) => [fixes[0]!.vehicle, []]))
  match(traces.map(({ fixes }) => fixes), (fix) => found.get(fix.vehicle)!.push(fix))
  const score = emptyScore()
  const isBeside = network.links.map(({ id }) => kindOf(id) !== 'street')
  for (const { fixes, truth } of traces) addTrace(score, truth, found.get(fixes[0]!.vehicle)!, (link) => network.links[link]!.length_m, (link) => isBeside[link]!)
  return score
}
