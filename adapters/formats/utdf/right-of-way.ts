// Whether a green is protected or permissive where UTDF does not say: a green that can show together with the green of
// a crossing path that goes first is permissive, whatever record named the phase.
import { GreenwaveError } from '../../../model/errors.ts'
import { signalConflicts } from '../../../model/junction.ts'
import type { Connection, Movement } from '../../../model/network.ts'
import type { GroupId, Signal } from '../../../model/signal.ts'
import type { JunctionsInput } from './junctions.ts'
import type { ControllerTiming } from './phases.ts'

const RANK: Record<Movement['turn'], number> = { 'through': 0, 'right': 1, 'left': 2, 'u-turn': 3 }

/** Whether two phases can be green together: the same, or in different rings between the same barriers. */
function concurrent(timing: ControllerTiming, a: GroupId, b: GroupId): boolean {
  if (a === b) return true
  const [p, q] = [timing.phases.find(({ group }) => group.id === a), timing.phases.find(({ group }) => group.id === b)]
  return p !== undefined && q !== undefined && p.barrier === q.barrier && p.ring !== q.ring
}

/** Turns protected greens into permissive ones where a conflicting green can show at the same time. */
export function resolveRightOfWay(input: JunctionsInput, node: string, timing: ControllerTiming, movements: Movement[], connections: Connection[]): void {
  const movementOf = new Map(movements.map((movement) => [movement.id, movement]))
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  const kerbTurn = (turn: Movement['turn']): number => (input.driving_side === 'left' && turn !== 'through' && turn !== 'u-turn' ? 3 - RANK[turn] : RANK[turn])
  for (const connection of connections) {
    const own = movementOf.get(connection.movement) as Movement
    for (const other of connection.conflicts_with.map((id) => byId.get(id) as Connection)) {
      const against = movementOf.get(other.movement) as Movement
      if (own.from === against.from) continue
      const together = (connection.groups ?? []).filter(({ group, right_of_way }) => right_of_way === 'protected' &&
        (other.groups ?? []).some((entry) => entry.right_of_way === 'protected' && concurrent(timing, group, entry.group)))
      if (together.length === 0) continue
      const [rank, rankAgainst] = [kerbTurn(own.turn), kerbTurn(against.turn)]
      if (rank < rankAgainst || (rank === rankAgainst && connection.yields_to.includes(other.id) === false)) continue
      for (const entry of together) entry.right_of_way = 'permissive'
      if (rank === 0) {
        input.notes.push({ kind: 'corrected', place: { file: input.document.file, element: `${own.name} and ${against.name} of ${node}` }, message: `phases ${together.map(({ group }) => group).join(', ')} let crossing through movements go together; the first is taken as permissive` })
      }
    }
  }
  for (const connection of connections) {
    const permissive = (connection.groups ?? []).some(({ right_of_way }) => right_of_way === 'permissive')
    if (!permissive && (connection.groups ?? []).length > 0) delete connection.waiting_m
  }
}

/** The signal of a controller, once the connections of all its nodes are known. */
export function buildSignal(input: JunctionsInput, timing: ControllerTiming, movements: Movement[], connections: Connection[], name: string | undefined): Signal {
  const served = new Map<GroupId, Set<string>>()
  const nameOf = new Map(movements.map((movement) => [movement.id, movement.name ?? movement.id]))
  for (const connection of connections) {
    for (const { group } of connection.groups ?? []) served.set(group, (served.get(group) ?? new Set()).add(nameOf.get(connection.movement) as string))
  }
  const groups = timing.groups.flatMap((group) => {
    const users = served.get(group.id)
    if (users === undefined) return [unserved(input, timing, group)]
    return [{ ...group, name: [...users].join(' ') }]
  })
  const conflicts = new Map(signalConflicts(connections).map((pair) => [pair.join(' '), pair]))
  for (const a of timing.phases) {
    for (const b of timing.phases) {
      const pair: [GroupId, GroupId] = [a.group.id, b.group.id]
      if (pair[0] < pair[1] && !concurrent(timing, ...pair)) conflicts.set(pair.join(' '), pair)
    }
  }
  const kept = [...conflicts.values()].filter(([a, b]) => !concurrent(timing, a, b))
  return {
    id: timing.id, source_id: timing.id, ...(name === undefined ? {} : { name }), nodes: timing.nodes,
    groups, conflicts: kept.sort((p, q) => (p.join(' ') < q.join(' ') ? -1 : 1)), sequence_free: sequenceFree(timing, connections),
  }
}

function unserved(input: JunctionsInput, timing: ControllerTiming, group: Signal['groups'][number]): Signal['groups'][number] {
  const { document } = input
  const column = (name: string): boolean => timing.nodes.some((node) => {
    const records = document.lanes?.get(node)?.records
    return [...(records?.values() ?? [])].some((record) => /^(perm)?phase\d$/i.test(record.name) && record.values.get(name) === group.id)
  })
  // A phase that only walkers use, or that holds all traffic (columns PED and HOLD), serves no lane, rightly.
  if (column('PED')) return { ...group, kind: 'pedestrian', name: 'pedestrians' }
  if (column('HOLD')) return { ...group, kind: 'pedestrian', name: 'hold' }
  throw new GreenwaveError('network.signal', `phase ${group.id} has green time but serves no lane`, {
    file: document.file, line: document.phases?.get(timing.id)?.records.get('maxgreen')?.line ?? 1, element: `signal ${timing.id}`,
  })
}

/**
 * Lead and lag may be exchanged where no permissive turn can be trapped: no permissive green on a phase between
 * barriers where some ring has two phases to exchange.
 */
function sequenceFree(timing: ControllerTiming, connections: Connection[]): boolean {
  const movable = new Set(timing.pattern.barriers.filter(({ rings }) => rings.some((ring) => ring.length > 1)).flatMap(({ rings }) => rings.flat().map(({ phase }) => phase)))
  return !connections.some((connection) => (connection.groups ?? []).some(({ group, right_of_way }) => right_of_way === 'permissive' && movable.has(group)))
}
