// A link with turn pockets becomes several SUMO edges in a row, one for each place where lanes begin; SUMO has no lane
// that starts in the middle of an edge.
import type { Link, Point } from '../../../model/network.ts'

/** Pockets that begin closer than this to one another, or to the start of the link, begin at the same place; m. */
const SHORTEST_PART_M = 5

export interface EdgePart {
  edge: string
  /** Where it begins and ends, metres from the start of the link. */
  start_m: number
  end_m: number
  /** Indices of our lanes in the order of SUMO's. */
  lanes: number[]
}

/** Parts in order of travel; the last one, at the stop line, carries the plain name. */
export function partsOf(link: Link, name: string): EdgePart[] {
  const starts = pocketStarts(link)
  return starts.map((start_m, i) => {
    const end_m = starts[i + 1] ?? link.length_m
    const lanes = link.lanes.filter((lane) => link.length_m - lane.length_m <= start_m + SHORTEST_PART_M).map((lane) => lane.index)
    return { edge: i === starts.length - 1 ? name : `${name}.part${i + 1}`, start_m, end_m, lanes }
  })
}

function pocketStarts(link: Link): number[] {
  const starts = [0]
  for (const start of link.lanes.map((lane) => Math.max(0, link.length_m - lane.length_m)).sort((a, b) => a - b)) {
    if (start - (starts.at(-1) ?? 0) > SHORTEST_PART_M && link.length_m - start > SHORTEST_PART_M) starts.push(start)
  }
  // A link whose every lane is short has no full lane: then all of them run through.
  return link.lanes.some((lane) => link.length_m - lane.length_m <= SHORTEST_PART_M) ? starts : [0]
}

/** Lane-to-lane pairs from one part to the next: each lane goes on, and a new lane is entered from its nearest neighbour. */
export function laneJoins(before: EdgePart, after: EdgePart): [from: number, to: number][] {
  return after.lanes.map((lane, to): [number, number] => {
    const nearest = before.lanes.reduce((best, candidate) => (Math.abs(candidate - lane) < Math.abs(best - lane) ? candidate : best), before.lanes[0] ?? 0)
    return [before.lanes.indexOf(nearest), to]
  })
}

/** The point at a share of the length of a line. */
export function pointAlong(line: readonly Point[], share: number): Point {
  const lengths = line.slice(1).map((point, i) => Math.hypot(point[0] - (line[i]?.[0] ?? 0), point[1] - (line[i]?.[1] ?? 0)))
  let left = share * lengths.reduce((sum, length) => sum + length, 0)
  for (const [i, length] of lengths.entries()) {
    const [a, b] = [line[i] as Point, line[i + 1] as Point]
    if (left <= length && length > 0) return [a[0] + (b[0] - a[0]) * left / length, a[1] + (b[1] - a[1]) * left / length]
    left -= length
  }
  return line.at(-1) ?? [0, 0]
}
