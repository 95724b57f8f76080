// Which stretch of a path two crossing or merging streams must not share. Metres after the stop line.
import { pathLength } from '../../model/lines.ts'
import type { Connection, Network, Point } from '../../model/network.ts'
import { CROSSING, MERGING, YIELD_ONLY, type ConnectionColumns } from '../prepare.ts'
import { commonEnd, findMeeting, headingAtStart } from './geometry.ts'

export interface ConflictZone {
  foe: number
  kind: number
  yields: boolean
  from: number
  to: number
  foeFrom: number
  foeTo: number
}

/** Half of the width that two vehicles need side by side with a hand's breadth between, m. */
const HALF_WIDTH_M = 1
/** Centre lines nearer than this cannot both be used, m: a car is 1.8 m wide. */
const MERGE_WIDTH_M = 2.5
/** Where no drawing says where two paths meet: half of the stretch around the middle, m. */
const UNKNOWN_HALF_M = 2.5
const UNKNOWN_MERGE_M = 6

/** Per connection the zones it shares with others. Opposing lefts pass each other and share none. */
export function findConflictZones(network: Network, index: Map<string, number>, columns: ConnectionColumns): ConflictZone[][] {
  const zones: ConflictZone[][] = network.connections.map(() => [])
  const yields = network.connections.map((connection) => new Set(connection.yields_to.map((id) => index.get(id))))
  const foes = network.connections.map((connection) => new Set([...connection.conflicts_with, ...connection.yields_to].map((id) => index.get(id))))
  network.connections.forEach((connection, i) => {
    for (const j of foes[i] ?? []) {
      if (j === undefined || j <= i && foes[j]?.has(i)) continue
      const other = network.connections[j]!
      if (i === j || columns.connFrom[i] === columns.connFrom[j]) continue
      if (areOpposingLefts(network, connection, other, i, j, columns, yields)) continue
      const zone = locate(connection, other, columns.connTo[i] === columns.connTo[j])
      const iYields = yields[i]!.has(j)
      const jYields = yields[j]!.has(i)
      if (zone.kind === YIELD_ONLY && !iYields && !jYields) continue
      zones[i]!.push({ ...zone, foe: j, yields: iYields })
      zones[j]!.push({ foe: i, kind: zone.kind, yields: jYields, from: zone.foeFrom, to: zone.foeTo, foeFrom: zone.from, foeTo: zone.to })
    }
  })
  return zones
}

type Place = Omit<ConflictZone, 'foe' | 'yields'>

function locate(a: Connection, b: Connection, sameTarget: boolean): Place {
  const [p, q] = [usable(a.shape_m), usable(b.shape_m)]
  if (p === undefined || q === undefined) return unknownPlace(a, b, sameTarget)
  const [scaleA, scaleB] = [a.length_m / pathLength(p), b.length_m / pathLength(q)]
  if (sameTarget) {
    const common = Math.max(commonEnd(p, q, MERGE_WIDTH_M), 1)
    return { kind: MERGING, from: Math.max(0, a.length_m - common * scaleA), to: a.length_m, foeFrom: Math.max(0, b.length_m - common * scaleB), foeTo: b.length_m }
  }
  const meeting = findMeeting(p, q)
  if (meeting === undefined) return { kind: YIELD_ONLY, from: a.length_m / 2, to: a.length_m, foeFrom: b.length_m / 2, foeTo: b.length_m }
  const half = (HALF_WIDTH_M * (1 + meeting.cos)) / Math.max(meeting.sin, 0.2)
  const [ca, cb] = [meeting.a * scaleA, meeting.b * scaleB]
  return {
    kind: CROSSING,
    from: Math.max(0, ca - half), to: Math.min(a.length_m, ca + half),
    foeFrom: Math.max(0, cb - half), foeTo: Math.min(b.length_m, cb + half),
  }
}

const usable = (shape: Point[] | undefined): Point[] | undefined =>
  shape !== undefined && shape.length >= 2 && pathLength(shape) > 0.05 ? shape : undefined

function unknownPlace(a: Connection, b: Connection, sameTarget: boolean): Place {
  if (sameTarget) return { kind: MERGING, from: Math.max(0, a.length_m - UNKNOWN_MERGE_M), to: a.length_m, foeFrom: Math.max(0, b.length_m - UNKNOWN_MERGE_M), foeTo: b.length_m }
  const around = (length: number): [number, number] => [Math.max(0, length / 2 - UNKNOWN_HALF_M), Math.min(length, length / 2 + UNKNOWN_HALF_M)]
  const [from, to] = around(a.length_m)
  const [foeFrom, foeTo] = around(b.length_m)
  return { kind: CROSSING, from, to, foeFrom, foeTo }
}

const LEFT = 1
/** Approaches that point against each other within this angle are opposing. */
const OPPOSING_RAD = (3 * Math.PI) / 4

function areOpposingLefts(network: Network, a: Connection, b: Connection, i: number, j: number, columns: ConnectionColumns, yields: Set<number | undefined>[]): boolean {
  if (columns.connTurn[i] !== LEFT || columns.connTurn[j] !== LEFT || columns.connTo[i] === columns.connTo[j]) return false
  const [p, q] = [usable(a.shape_m), usable(b.shape_m)]
  if (p !== undefined && q !== undefined) {
    const turn = Math.abs(headingAtStart(p) - headingAtStart(q))
    return Math.min(turn, 2 * Math.PI - turn) > OPPOSING_RAD
  }
  // Without a drawing: each yields to the through traffic of the other's approach.
  const link = (c: number): string | undefined => network.movements[columns.connMovement[c]!]?.from
  const yieldsToApproach = (c: number, approach: string | undefined): boolean =>
    [...yields[c]!].some((foe) => foe !== undefined && columns.connTurn[foe] !== LEFT && link(foe) === approach)
  return yieldsToApproach(i, link(j)) && yieldsToApproach(j, link(i))
}
