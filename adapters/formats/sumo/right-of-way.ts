// Who conflicts with whom and who goes first, from the right-of-way tables of a SUMO network. Row i of a table belongs
// to the i-th entry of the junction's intLanes; bit strings read from right to left. For a path with a waiting place
// inside the junction, intLanes names its last lane, and the foes at the waiting place are those of the internal
// junction there: opposite lefts are none of them.
import { GreenwaveError } from '../../../model/errors.ts'
import type { SumoJunction, SumoNet } from './net-document.ts'
import type { Notes } from './notes.ts'
import type { Paths, SumoPath } from './paths.ts'

export interface RightOfWay {
  /** For each path its conflicting paths; symmetric. */
  conflicts: Map<string, Set<string>>
  /** For each path those that go first. */
  yields: Map<string, Set<string>>
  /** For each crossing (by its lane) the paths that it meets. */
  crossingFoes: Map<string, Set<string>>
}

type Member = { path: SumoPath } | { crossing: string }

export function deriveRightOfWay(net: SumoNet, { paths, crossings }: Paths, notes: Notes): RightOfWay {
  const rights: RightOfWay = { conflicts: new Map(), yields: new Map(), crossingFoes: new Map() }
  const byJunction = new Map<string, SumoPath[]>()
  for (const path of paths) {
    const members = byJunction.get(path.junction)
    if (members === undefined) byJunction.set(path.junction, [path])
    else members.push(path)
  }
  const byLane = new Map(paths.flatMap((path) => path.chain.map((lane) => [lane.id, path] as const)))
  const crossingLanes = new Set(crossings.map((crossing) => crossing.lane))
  for (const path of paths) {
    rights.conflicts.set(path.id, new Set())
    rights.yields.set(path.id, new Set())
  }
  for (const [id, members] of byJunction) {
    const junction = net.junctions.get(id)
    if (junction === undefined) continue
    const rows = rowMembers(junction, members, byLane, crossingLanes)
    if (junction.requests.size === 0 && members.length > 1) {
      notes.count('no table', 'not-understood', junction.place, (n) => `${n} junction(s) with several connections have no right-of-way table; their paths are taken as free of conflict`)
    }
    readTable(junction, rows, rights)
  }
  for (const members of byJunction.values()) {
    const inside = new Map(members.filter((path) => path.waiting !== undefined).map((path) => [path, waitingFoes(net, path, byLane)]))
    for (const [path, foes] of inside) applyWaitingPlace(path, foes, inside, rights)
  }
  return rights
}

/** What each row of the table speaks of. */
function rowMembers(junction: SumoJunction, paths: SumoPath[], byLane: ReadonlyMap<string, SumoPath>, crossings: ReadonlySet<string>): (Member | undefined)[] {
  if (junction.intLanes.length > 0) {
    return junction.intLanes.map((lane) => {
      const path = byLane.get(lane)
      if (path !== undefined) return { path }
      return crossings.has(lane) ? { crossing: lane } : undefined
    })
  }
  // Networks built without internal links: rows follow the incoming lanes and, in a lane, the order of the file.
  const order = new Map(junction.incLanes.map((lane, i) => [lane, i]))
  const place = (path: SumoPath): number => order.get(`${path.connection.from}_${path.connection.fromLane}`) ?? order.size
  return [...paths].sort((a, b) => place(a) - place(b)).map((path) => ({ path }))
}

/** Indices of the bits that are set; bit 0 is the last character. */
function setBits(bits: string): number[] {
  const found: number[] = []
  for (let i = 0; i < bits.length; i++) if (bits[bits.length - 1 - i] === '1') found.push(i)
  return found
}

function readTable(junction: SumoJunction, rows: (Member | undefined)[], rights: RightOfWay): void {
  for (const [index, request] of junction.requests) {
    if (index >= rows.length) {
      throw new GreenwaveError('input.value', `request ${index} of junction "${junction.id}" is beyond its ${rows.length} links`, junction.place)
    }
    const own = rows[index]
    if (own === undefined) continue
    for (const foe of setBits(request.foes)) addConflict(own, rows[foe], rights)
    for (const foe of setBits(request.response)) {
      addConflict(own, rows[foe], rights)
      const other = rows[foe]
      if ('path' in own && other !== undefined && 'path' in other && own.path.id !== other.path.id) rights.yields.get(own.path.id)?.add(other.path.id)
    }
  }
}

function addConflict(own: Member, other: Member | undefined, rights: RightOfWay): void {
  if (other === undefined) return
  if ('path' in own && 'path' in other) {
    if (own.path.id === other.path.id) return
    rights.conflicts.get(own.path.id)?.add(other.path.id)
    rights.conflicts.get(other.path.id)?.add(own.path.id)
  } else {
    const crossing = 'crossing' in own ? own.crossing : 'crossing' in other ? other.crossing : undefined
    const path = 'path' in own ? own.path.id : 'path' in other ? other.path.id : undefined
    if (crossing === undefined || path === undefined) return
    rights.crossingFoes.set(crossing, (rights.crossingFoes.get(crossing) ?? new Set()).add(path))
  }
}

interface WaitingFoes {
  /** Paths that cross beyond the waiting place. */
  beyond: Set<string>
  /** Those of them that approach on a lane which goes first. */
  first: Set<string>
}

function waitingFoes(net: SumoNet, path: SumoPath, byLane: ReadonlyMap<string, SumoPath>): WaitingFoes {
  const junction = net.junctions.get(path.chain.at(-1)?.id ?? '')
  const foes: WaitingFoes = { beyond: new Set(), first: new Set() }
  // The first incoming lane is the waiting place itself; the others are approaches that go first.
  const approaches = new Set(junction?.incLanes.slice(1) ?? [])
  for (const lane of junction?.intLanes ?? []) {
    const foe = byLane.get(lane)
    if (foe === undefined || foe.id === path.id) continue
    foes.beyond.add(foe.id)
    if (approaches.has(`${foe.connection.from}_${foe.connection.fromLane}`)) foes.first.add(foe.id)
  }
  return foes
}

/** At a waiting place the internal junction decides; two paths that wait past each other are no conflict. */
function applyWaitingPlace(path: SumoPath, own: WaitingFoes, all: ReadonlyMap<SumoPath, WaitingFoes>, rights: RightOfWay): void {
  const conflicts = rights.conflicts.get(path.id)
  if (conflicts === undefined) return
  for (const [other, foes] of all) {
    if (other !== path && !own.beyond.has(other.id) && !foes.beyond.has(path.id) && conflicts.delete(other.id)) {
      rights.conflicts.get(other.id)?.delete(path.id)
      rights.yields.get(other.id)?.delete(path.id)
    }
  }
  for (const foe of own.beyond) {
    conflicts.add(foe)
    rights.conflicts.get(foe)?.add(path.id)
  }
  rights.yields.set(path.id, new Set(own.first))
}
