// Turn restrictions (wiki page "Relation:restriction"): from a way over a node, or over ways inside a junction, to a way.
import type { Arc } from './arcs.ts'
import type { OsmNotes } from './notes.ts'
import type { OsmRelation } from './osm-data.ts'
import type { Piece } from './roads.ts'

interface Restriction {
  id: number
  only: boolean
  uturn: boolean
  from: Set<number>
  via: { node?: number; ways: Set<number> }
  to: Set<number>
}

const KIND = /^(no|only)_(left_turn|right_turn|straight_on|u_turn|entry|exit)$/
/** Vehicles that a car is. */
const CAR = new Set(['motorcar', 'motor_vehicle', 'vehicle'])

export class Restrictions {
  readonly #byNode = new Map<number, Restriction[]>()
  readonly #overWays: Restriction[] = []

  constructor(relations: readonly OsmRelation[], notes: OsmNotes) {
    for (const relation of relations) {
      const restriction = read(relation, notes)
      if (restriction === undefined) continue
      const { node } = restriction.via
      if (node === undefined) this.#overWays.push(restriction)
      else this.#byNode.set(node, [...(this.#byNode.get(node) ?? []), restriction])
    }
  }

  /** Ways over which restrictions lead; what no junction swallows is not understood. */
  noteUnused(inside: ReadonlySet<number>, notes: OsmNotes): void {
    for (const { id, only, via } of this.#overWays) {
      if (only || ![...via.ways].every((way) => inside.has(way))) notes.count('via way', 'not-understood', `relation ${id}`, (n) => `${n} turn restriction(s) lead over a way and not a node; they are left out`)
    }
  }

  /** Whether a piece may go over into another at a vertex. `options` = all pieces that leave the vertex. */
  allows(from: Piece, to: Piece, vertex: number, options: readonly Piece[]): boolean {
    const [fromWay, toWay] = [from.segment.street.way.id, to.segment.street.way.id]
    const back = from.segment === to.segment
    return (this.#byNode.get(vertex) ?? []).filter((entry) => entry.from.has(fromWay)).every((entry) => {
      // A restriction from a way onto itself speaks of turning around there.
      const meant = (piece: Piece): boolean => entry.to.has(piece.segment.street.way.id) && (piece.segment.street.way.id !== fromWay || (piece.segment === from.segment) === entry.uturn)
      if (entry.only) return meant(to) || !options.some(meant)
      return !(entry.uturn && toWay === fromWay ? back : meant(to))
    })
  }

  /** Whether a path through a junction is forbidden as a whole. */
  forbidsPath(path: readonly Arc[]): boolean {
    if (path.length < 3) return false
    const [first, last] = [path[0]?.pieces.at(-1)?.segment.street.way.id ?? 0, path.at(-1)?.pieces[0]?.segment.street.way.id ?? 0]
    const over = this.#overWays.filter(({ only, from, to }) => !only && from.has(first) && to.has(last))
    if (over.length === 0) return false
    const inside = new Set(path.slice(1, -1).flatMap(({ pieces }) => pieces.map(({ segment }) => segment.street.way.id)))
    return over.some(({ via }) => [...via.ways].every((way) => inside.has(way)))
  }
}

function read({ id, tags, members }: OsmRelation, notes: OsmNotes): Restriction | undefined {
  const except = (tags.get('except') ?? '').split(';').map((word) => word.trim())
  if (except.some((word) => CAR.has(word))) return undefined
  const kind = tags.get('restriction') ?? tags.get('restriction:motorcar') ?? tags.get('restriction:motor_vehicle')
  if (kind === undefined) {
    const conditional = [...tags.keys()].some((key) => key.endsWith(':conditional'))
    if (conditional) notes.count('conditional', 'not-understood', `relation ${id}`, (n) => `${n} turn restriction(s) hold at certain times only; they are left out`)
    return undefined
  }
  const match = KIND.exec(kind)
  const role = (name: string, type: 'node' | 'way'): number[] => members.filter((member) => member.role === name && member.type === type).map(({ ref }) => ref)
  const [from, to, nodes, ways] = [role('from', 'way'), role('to', 'way'), role('via', 'node'), role('via', 'way')]
  if (match === null || from.length === 0 || to.length === 0 || nodes.length + ways.length === 0 || nodes.length > 1) {
    notes.count('restriction', 'not-understood', `relation ${id}`, (n) => `${n} turn restriction(s) are of no known kind or lack from, via or to, such as ${JSON.stringify(kind.slice(0, 30))}; they are left out`)
    return undefined
  }
  const [node] = nodes
  return { id, only: match[1] === 'only', uturn: match[2] === 'u_turn', from: new Set(from), via: { ...(node === undefined || ways.length > 0 ? {} : { node }), ways: new Set(ways) }, to: new Set(to) }
}
