// Which lanes of an approach carry which of its turns, where arrows say so. Lanes kerb first.
import type { Turn } from '../../../model/network.ts'
import type { LaneSpec, Mark } from './lanes.ts'

export interface Choice {
  /** Of each turn its lanes; undefined = no arrow allows it. */
  lanes: (number[] | undefined)[]
  /** Whether arrows pointed where no road leads. */
  strange: boolean
}

/** In: lanes with marks, turns with their angles (left positive). Out: undefined where there are no arrows at all. */
export function lanesByMarks(lanes: readonly LaneSpec[], turns: readonly { turn: Turn; angle: number }[], side: 'left' | 'right'): Choice | undefined {
  if (!lanes.some(({ marks }) => (marks ?? []).length > 0)) return undefined
  const chosen: number[][] = turns.map(() => [])
  let strange = false
  lanes.forEach(({ marks = [], allow }, lane) => {
    const served = marks.length === 0 ? serving('through', turns) : marks.flatMap((mark) => serving(mark, turns))
    if (served.length === 0 && marks.length > 0) strange = true
    for (const turn of new Set(served)) if (allow === undefined || turns[turn]?.turn === 'through') chosen[turn]?.push(lane)
  })
  const usable = lanes.flatMap(({ allow }, i) => (allow === undefined ? [i] : []))
  const idle = usable.filter((lane) => !chosen.some((list) => list.includes(lane)))
  const complete = lanes.every(({ marks, allow }) => allow !== undefined || (marks ?? []).length > 0)
  for (const lane of idle) {
    // A lane without a way on goes with its neighbour towards the middle, else with that at the kerb.
    const turn = nearest(chosen, lane)
    if (turn === undefined) continue
    chosen[turn] = [...(chosen[turn] ?? []), lane].sort((a, b) => a - b)
  }
  return {
    strange,
    lanes: turns.map(({ turn }, i) => {
      const own = chosen[i] as number[]
      if (own.some((lane) => usable.includes(lane))) return own
      const edge = turn === 'through' ? usable : turn === side ? usable.slice(0, 1) : usable.slice(-1)
      return complete && !strange && chosen.some((list) => list.length > 0) ? undefined : [...new Set([...own, ...edge])].sort((a, b) => a - b)
    }),
  }
}

/** Turns that an arrow means: slight and sharp ones part two turns to one side; a slight one alone may be the way straight on. */
function serving(mark: Mark, turns: readonly { turn: Turn; angle: number }[]): number[] {
  const wanted: Turn = mark === 'reverse' ? 'u-turn' : mark === 'through' ? 'through' : mark.endsWith('left') ? 'left' : 'right'
  const same = turns.flatMap(({ turn, angle }, i) => (turn === wanted ? [{ i, bend: Math.abs(angle) }] : [])).sort((a, b) => a.bend - b.bend)
  if (same.length > 1 && mark.startsWith('slight')) return same.slice(0, 1).map(({ i }) => i)
  if (same.length > 1 && mark.startsWith('sharp')) return same.slice(-1).map(({ i }) => i)
  if (same.length > 0) return same.map(({ i }) => i)
  return mark.startsWith('slight') ? turns.flatMap(({ turn }, i) => (turn === 'through' ? [i] : [])) : []
}

function nearest(chosen: readonly number[][], lane: number): number | undefined {
  const best = chosen.map((list, turn) => ({ turn, away: Math.min(...list.map((other) => Math.abs(other - lane))) })).filter(({ away }) => Number.isFinite(away)).sort((a, b) => a.away - b.away)[0]
  return best?.turn
}
