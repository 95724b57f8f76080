// Which movements there are at a node and which lanes carry them, where the source does not say. Turns by the angle
// between the directions of the lines; lanes by their arrows, else the turn at the kerb from the kerb lane, the turn
// across from the innermost, which it has to itself where there are three or more lanes.
import type { Network, Turn } from '../network.ts'
import type { CutLink, DrawnLane, DrawnMovement, LaneMovement } from './drawn.ts'

/** A change of direction up to this is straight on, radians. */
const STRAIGHT_RAD = (40 / 180) * Math.PI
/** Beyond this, back to where it came from, it is a u-turn. */
const U_TURN_RAD = (150 / 180) * Math.PI

export interface NodeTurns {
  movements: LaneMovement[]
  /** Arrows that point where no link leads, by link. */
  pointless: { link: string; turns: Turn[] }[]
  /** Links of which no lane's arrows were known. */
  assumed: number
}

/** Movements of one node. `listed` are those of the source from links that end here. */
export function listTurns(node: string, incoming: readonly CutLink[], outgoing: readonly CutLink[], listed: readonly DrawnMovement[], side: Network['driving_side']): NodeTurns {
  const result: NodeTurns = { movements: [], pointless: [], assumed: 0 }
  for (const from of incoming) {
    const own = listed.filter((movement) => movement.from === from.drawn.id)
    const turns = own.length > 0 ? ofSource(from, outgoing, own) : byAngle(from, outgoing)
    if (turns.length === 0) continue
    const lanes = from.drawn.lanes
    const arrows = lanes.some((lane) => lane.turns !== undefined)
    const kept = arrows && own.length === 0 ? withArrows(lanes, turns) : turns
    if (arrows) {
      const pointless = [...new Set(lanes.flatMap((lane) => lane.turns ?? []))].filter((turn) => !kept.some((entry) => entry.turn === turn))
      if (pointless.length > 0) result.pointless.push({ link: from.drawn.id, turns: pointless })
    } else if (lanes.length > 1 && own.every(({ from_lanes }) => from_lanes === undefined)) result.assumed++
    const assigned = assignLanes(from, kept.map(({ turn }) => turn), side)
    kept.forEach(({ to, turn, drawn }, i) => {
      const from_lanes = drawn?.from_lanes ?? (assigned[i] as number[])
      result.movements.push({
        movement: {
          id: drawn?.id ?? `${from.drawn.id}>${to.drawn.id}`, node, from: from.drawn.id, to: to.drawn.id, turn,
          ...(drawn?.name === undefined ? {} : { name: drawn.name }),
          ...(drawn?.saturation_flow_vph === undefined ? {} : { saturation_flow_vph: drawn.saturation_flow_vph }),
        },
        ...(drawn === undefined ? {} : { drawn }), from_lanes,
        ...(drawn?.to_lanes === undefined ? {} : { to_lanes: drawn.to_lanes }),
      })
    })
  }
  return result
}

interface Turning { to: CutLink; turn: Turn; angle: number; drawn?: DrawnMovement }

function ofSource(from: CutLink, outgoing: readonly CutLink[], own: readonly DrawnMovement[]): Turning[] {
  return own.flatMap((drawn): Turning[] => {
    const to = outgoing.find((link) => link.drawn.id === drawn.to)
    if (to === undefined) return []
    const angle = turned(from, to)
    return [{ to, angle, turn: drawn.turn ?? named(angle, to.drawn.to === from.drawn.from), drawn }]
  })
}

/** Left positive, in (-pi, pi]. */
function turned(from: CutLink, to: CutLink): number {
  const angle = to.start_rad - (from.end_rad + Math.PI)
  return Math.atan2(Math.sin(angle), Math.cos(angle))
}

function named(angle: number, back: boolean): Turn {
  if (back && Math.abs(angle) > U_TURN_RAD) return 'u-turn'
  return Math.abs(angle) <= STRAIGHT_RAD ? 'through' : angle > 0 ? 'left' : 'right'
}

/** Into every other road; back only where there is no other. Of several that are nearly straight on, the straightest is. */
function byAngle(from: CutLink, outgoing: readonly CutLink[]): Turning[] {
  const all = outgoing.map((to): Turning => ({ to, angle: turned(from, to), turn: named(turned(from, to), to.drawn.to === from.drawn.from) }))
  const onward = all.filter(({ to }) => to.drawn.to !== from.drawn.from)
  // A street that goes on round a bend goes through, whatever the angle.
  if (onward.length === 1) return onward.map((entry) => ({ ...entry, turn: 'through' }))
  const turns = onward.length > 0 ? onward : all.map((entry) => ({ ...entry, turn: 'u-turn' as const }))
  const straight = turns.filter(({ turn }) => turn === 'through').sort((a, b) => Math.abs(a.angle) - Math.abs(b.angle))
  for (const entry of straight.slice(1)) entry.turn = entry.angle > (straight[0] as Turning).angle ? 'left' : 'right'
  return turns.sort((a, b) => a.angle - b.angle)
}

const ORDER: Turn[] = ['right', 'through', 'left']

/** Only where arrows point. Where their names do not fit the angles but their number does, they are taken in order from the right. */
function withArrows(lanes: readonly DrawnLane[], turns: Turning[]): Turning[] {
  const arrows = new Set(lanes.flatMap((lane) => lane.turns ?? ['through' as const]))
  const shown = ORDER.filter((turn) => arrows.has(turn))
  const onward = turns.filter(({ turn }) => turn !== 'u-turn')
  const fits = shown.every((turn) => onward.some((entry) => entry.turn === turn))
  if (!fits && shown.length === onward.length) return onward.map((entry, i) => ({ ...entry, turn: shown[i] as Turn }))
  const kept = turns.filter(({ turn }) => arrows.has(turn))
  return kept.length > 0 ? kept : turns
}

/** Lanes of each turn of one link, kerb first. Every lane serves some turn and every turn has a lane. */
export function assignLanes({ drawn, lanes }: Pick<CutLink, 'drawn' | 'lanes'>, turns: readonly Turn[], side: Network['driving_side']): number[][] {
  const all = drawn.lanes.map((_, i) => i)
  const usable = all.filter((i) => isForCars(drawn.lanes[i] as DrawnLane))
  const mine = usable.length > 0 ? usable : all
  if (drawn.lanes.some((lane) => lane.turns !== undefined)) return turns.map((turn) => byArrows(drawn.lanes, mine, turn, side))
  const kerb: Turn = side
  const [hasKerb, hasThrough, hasAcross] = [turns.includes(kerb), turns.includes('through'), turns.some((turn) => isAcross(turn, side))]
  const [first, last, n] = [mine[0] as number, mine.at(-1) as number, mine.length]
  const isPocket = (i: number): boolean => (lanes[i]?.length_m ?? Infinity) < Math.max(...lanes.map(({ length_m }) => length_m)) - 1e-6
  const acrossAlone = hasAcross && n > 1 && (n >= 3 || isPocket(last))
  const kerbAlone = hasKerb && n > 1 && isPocket(first) && (n > 2 || !acrossAlone)
  const through = mine.filter((i) => !(acrossAlone && i === last) && !(kerbAlone && i === first))
  const half = Math.ceil(n / 2)
  return turns.map((turn) => {
    if (turn === 'through') return through
    if (hasThrough) return isAcross(turn, side) ? [last] : [first]
    // At the end of a street the lanes part to both sides.
    if (hasKerb && hasAcross && n > 1) return isAcross(turn, side) ? mine.slice(half) : mine.slice(0, half)
    return mine
  })
}

const isAcross = (turn: Turn, side: Network['driving_side']): boolean => turn !== 'through' && turn !== side

/** A lane for buses or bicycles alone takes no part in assumptions about cars. */
export const isForCars = ({ allow, disallow }: Pick<DrawnLane, 'allow' | 'disallow'>): boolean =>
  (allow === undefined || allow.includes('passenger') || allow.includes('all')) && disallow?.includes('passenger') !== true && disallow?.includes('all') !== true

function byArrows(lanes: readonly DrawnLane[], usable: readonly number[], turn: Turn, side: Network['driving_side']): number[] {
  const named = usable.filter((i) => (lanes[i]?.turns ?? ['through']).includes(turn))
  if (named.length > 0) return named
  const edge = isAcross(turn, side) ? usable.at(-1) : usable[0]
  return turn === 'through' ? [...usable] : [edge as number]
}
