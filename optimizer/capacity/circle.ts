// Sets of instants on the circle of a cycle: windows [start, end) whose end may pass the cycle, s.
import type { GreenWindow } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'

/** Sorted disjoint pieces inside [0, cycle]. */
export function piecesOf(windows: readonly (readonly [number, number])[], cycle: number): GreenWindow[] {
  const [only] = windows
  if (only !== undefined && windows.length === 1 && only[0] >= 0 && only[1] <= cycle) return only[1] > only[0] ? [[only[0], only[1]]] : []
  const cut = windows.flatMap(([start, end]): GreenWindow[] => {
    const length = Math.min(end - start, cycle)
    if (length <= 0) return []
    const from = modulo(start, cycle)
    return from + length <= cycle ? [[from, from + length]] : [[from, cycle], [0, from + length - cycle]]
  })
  cut.sort((a, b) => a[0] - b[0])
  const merged: GreenWindow[] = []
  for (const [from, to] of cut) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1] + 1e-9) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export const totalOf = (pieces: readonly (readonly [number, number])[]): number => pieces.reduce((sum, [from, to]) => sum + to - from, 0)

/** What `a` has and `b` does not; both as pieces. */
export function without(a: readonly GreenWindow[], b: readonly GreenWindow[]): GreenWindow[] {
  return a.flatMap(([from, to]) => {
    const rest: GreenWindow[] = []
    let at = from
    for (const [start, end] of b) {
      if (end <= at || start >= to) continue
      if (start > at) rest.push([at, start])
      at = Math.max(at, end)
    }
    if (at < to) rest.push([at, to])
    return rest
  })
}

/** What both have; both as pieces. */
export function common(a: readonly GreenWindow[], b: readonly GreenWindow[]): GreenWindow[] {
  return a.flatMap(([from, to]) => b.flatMap(([start, end]): GreenWindow[] => {
    const [low, high] = [Math.max(from, start), Math.min(to, end)]
    return high > low ? [[low, high]] : []
  }))
}

/** Pieces as windows: a green over the end of the cycle is one window again. */
export function windowsOf(pieces: readonly GreenWindow[], cycle: number): GreenWindow[] {
  const [first, last] = [pieces[0], pieces.at(-1)]
  if (first === undefined || last === undefined || pieces.length < 2) return pieces.map(([a, b]) => [a, b])
  if (first[0] > 1e-9 || last[1] < cycle - 1e-9) return pieces.map(([a, b]) => [a, b])
  return [...pieces.slice(1, -1).map(([a, b]): GreenWindow => [a, b]), [last[0], cycle + first[1]]]
}
