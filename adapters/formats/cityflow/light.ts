// Traffic lights of CityFlow: phases with a time and the road links that may go. There is no yellow; phases in which only
// what is always allowed may go (mostly right turns) stand for the change between two greens.
import type { Connection } from '../../../model/network.ts'
import type { Signal, SignalGroup, Stage, StagePattern } from '../../../model/signal.ts'
import { tidySeconds } from '../../../model/units.ts'
import type { Notes } from '../sumo/notes.ts'
import { leastGreens, SHORTEST_GREEN_S } from '../sumo/stages.ts'
import type { CityMovement } from './movements.ts'
import type { Intersection, LightPhase } from './roadnet.ts'

const YELLOW_S = 3
/** The change between two greens where the file has none: yellow and 2 s all red. */
const CHANGE_S = 5

export interface Light {
  /** Phases that last, in order, with their number in the file. */
  timed: { index: number; time: number }[]
  /** Of each movement that the light governs, the positions in `timed` in which it may go. */
  phases: Map<string, number[]>
  /** Movements that may never go. */
  never: Set<string>
}

/** What the light says of each movement. A right turn that may always go is governed by nobody and yields. */
export function readLight(intersection: Intersection, movements: readonly CityMovement[], notes: Notes): Light {
  const { place, phases } = intersection
  const timed = phases.flatMap(({ time }, index) => (time > 0 ? [{ index, time }] : []))
  for (let i = timed.length; i < phases.length; i++) notes.count('no time', 'corrected', place, (n) => `${n} phase(s) last 0 s and are left out`)
  const light: Light = { timed, phases: new Map(), never: new Set() }
  if (timed.length === 0) {
    notes.count('no light', 'assumed', place, (n) => `${n} intersection(s) have no light phases; straight goes before left before right there`)
    return light
  }
  const open = new Map(movements.map((movement) => [movement.id, timed.flatMap(({ index }, i) => (movement.indices.some((link) => (phases[index] as LightPhase).available.has(link)) ? [i] : []))]))
  for (const [id, when] of open) {
    if (when.length > 0) continue
    light.never.add(id)
    notes.count('never', 'not-understood', place, (n) => `${n} movement(s) get green in no phase and are left out`)
  }
  if ([...open.values()].every((when) => when.length === 0 || when.length === timed.length)) {
    notes.count('always', 'assumed', place, (n) => `${n} light(s) show green to the same road links in every phase; these intersections are taken as having no signal`)
    return light
  }
  for (const movement of movements) {
    const when = open.get(movement.id) ?? []
    if (when.length === timed.length && movement.type === 'turn_right') {
      notes.count('free', 'assumed', place, (n) => `${n} right turn(s) may go in every phase; they are free turns that yield without stopping`)
    } else if (when.length > 0) light.phases.set(movement.id, when)
  }
  return light
}

export const isSignalised = (light: Light, movements: readonly CityMovement[]): boolean => movements.some(({ id }) => light.phases.has(id))

/**
 * Gives the connections of one intersection their groups. Movements with the same phases are one group. Green is
 * permissive where somebody who goes first may have green in the same phase. Out: signal and pattern.
 */
export function buildSignal(intersection: Intersection, movements: readonly CityMovement[], light: Light, connections: readonly Connection[], notes: Notes): { signal: Signal; pattern: StagePattern } {
  const groups = groupMovements(movements, light)
  const groupOf = new Map(groups.flatMap(({ id, members }) => members.map((movement) => [movement.id, id] as const)))
  assignRights(intersection, movements, light, connections, groupOf, notes)
  const conflicts = groupConflicts(groups, connections)
  const change = changeTime(light, groups)
  const stages = buildStages({ intersection, light, groups, conflicts, change, notes })
  const pattern: StagePattern = {
    kind: 'stages', signal: intersection.id, cycle_s: tidySeconds(stages.reduce((sum, { duration_s }) => sum + duration_s, 0)),
    offset_s: 0, offset_reference: 'sequence_start', coordinated: [], stages,
  }
  const signal: Signal = {
    id: intersection.id, source_id: intersection.id, nodes: [intersection.id], conflicts,
    groups: groups.map(({ id, members }): SignalGroup => ({
      id, name: members.map((movement) => `${movement.from.id} ${movement.turn}`).join(', '), kind: 'vehicle',
      source_id: `${intersection.id}:${members.flatMap(({ indices }) => indices).join(',')}`,
      min_green_s: Math.min(...leastGreens(pattern, id)), yellow_s: YELLOW_S, red_clearance_s: tidySeconds(change - YELLOW_S),
    })),
  }
  notes.count('yellow', 'assumed', intersection.place, (n) => `CityFlow has no yellow: at ${n} signal(s) the change between two greens is ${YELLOW_S} s of yellow and the rest all red`)
  notes.count('minimum', 'assumed', intersection.place, (n) => `${n} signal(s) have no minimum greens; ${SHORTEST_GREEN_S} s or the shortest green seen is taken`)
  return { signal, pattern }
}

interface Group {
  id: string
  members: CityMovement[]
  when: ReadonlySet<number>
}

function groupMovements(movements: readonly CityMovement[], light: Light): Group[] {
  const groups = new Map<string, Group>()
  for (const movement of movements) {
    const when = light.phases.get(movement.id)
    if (when === undefined) continue
    const key = when.join(',')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { id: `g${groups.size + 1}`, members: [movement], when: new Set(when) })
    else known.members.push(movement)
  }
  return [...groups.values()]
}

function assignRights(intersection: Intersection, movements: readonly CityMovement[], light: Light, connections: readonly Connection[], groupOf: ReadonlyMap<string, string>, notes: Notes): void {
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  const turnOf = new Map(movements.map((movement) => [movement.id, movement.turn]))
  for (const connection of connections) {
    const group = groupOf.get(connection.movement)
    if (group === undefined) continue
    const own = light.phases.get(connection.movement) ?? []
    const meets = (phase: number): boolean => connection.yields_to.some((id) => {
      const other = byId.get(id) as Connection
      return other.movement !== connection.movement && light.phases.get(other.movement)?.includes(phase) === true
    })
    const hindered = own.filter(meets)
    connection.groups = [{ group, right_of_way: hindered.length > 0 ? 'permissive' : 'protected' }]
    if (hindered.length === 0) delete connection.waiting_m
    else if (hindered.length < own.length) notes.count('mixed', 'assumed', intersection.place, (n) => `${n} path(s) are hindered in some of their phases and not in others; they are permissive in all`)
    if (hindered.length > 0 && turnOf.get(connection.movement) === 'through') {
      notes.count('crossing', 'not-understood', intersection.place, (n) => `${n} straight path(s) have green together with others that they cross; they yield`)
    }
  }
}

/** Groups whose paths meet, one of them with priority, and that no phase shows green together. */
function groupConflicts(groups: readonly Group[], connections: readonly Connection[]): [string, string][] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  const whenOf = new Map(groups.map(({ id, when }) => [id, when]))
  const pairs = new Map<string, [string, string]>()
  for (const connection of connections) {
    for (const other of connection.conflicts_with.map((id) => byId.get(id) as Connection)) {
      const [own, theirs] = [connection.groups?.[0], other.groups?.[0]]
      if (own === undefined || theirs === undefined || own.group >= theirs.group) continue
      if (own.right_of_way === 'permissive' && theirs.right_of_way === 'permissive') continue
      if ([...(whenOf.get(own.group) ?? [])].some((phase) => whenOf.get(theirs.group)?.has(phase) === true)) continue
      pairs.set(`${own.group} ${theirs.group}`, [own.group, theirs.group])
    }
  }
  return [...pairs.values()].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1))
}

/** A phase in which no group may go but those that always may. */
const isChange = (phase: number, light: Light, groups: readonly Group[]): boolean => groups.every(({ when }) => !when.has(phase) || when.size === light.timed.length)

/** Yellow and all red of a signal, s: as the shortest change of the file, within 3 to 5 s; 5 s where it has none. */
function changeTime(light: Light, groups: readonly Group[]): number {
  const changes = light.timed.filter((_, i) => isChange(i, light, groups)).map(({ time }) => time)
  return Math.max(YELLOW_S, Math.min(CHANGE_S, ...changes))
}

interface StageInput {
  intersection: Intersection
  light: Light
  groups: readonly Group[]
  conflicts: readonly [string, string][]
  change: number
  notes: Notes
}

/**
 * Every phase becomes a stage or an interstage. Where a green follows a conflicting one too soon, an interstage is put
 * between: cutting it from the greens would leave little of the short ones that such files have.
 */
function buildStages({ intersection, light, groups, conflicts, change, notes }: StageInput): Stage[] {
  const n = light.timed.length
  const greenIn = (phase: number): string[] => groups.filter(({ when }) => when.has(phase)).map(({ id }) => id)
  const changes = light.timed.map((_, i) => isChange(i, light, groups))
  const stages: Stage[] = []
  light.timed.forEach(({ index, time }, i) => {
    if (changes[i] === true) {
      stages.push({ id: String(index), kind: 'interstage', green: greenIn(i), duration_s: time })
      return
    }
    let [before, cleared] = [(i + n - 1) % n, 0]
    while (changes[before] === true) {
      cleared += light.timed[before]?.time ?? 0
      before = (before + n - 1) % n
    }
    const [ended, now] = [greenIn(before), greenIn(i)]
    const meet = conflicts.some(([a, b]) => (ended.includes(a) && now.includes(b)) || (ended.includes(b) && now.includes(a)))
    const missing = meet ? tidySeconds(Math.max(0, change - cleared)) : 0
    if (missing > 0) {
      const kept = cleared > 0 ? greenIn(i).filter((group) => groups.some(({ id, when }) => id === group && when.size === n)) : now.filter((group) => ended.includes(group))
      stages.push({ id: `${light.timed[before]?.index}-${index}`, kind: 'interstage', green: kept, duration_s: missing })
      notes.count('direct', 'corrected', intersection.place, (count) => `${count} phase(s) follow conflicting ones without enough of a change; yellow and all red are put before them, and the cycle becomes longer`)
    }
    stages.push({ id: String(index), kind: 'stage', green: now, duration_s: time, min_s: Math.min(SHORTEST_GREEN_S, time) })
  })
  return stages
}


/** Groups of the longest stage, for signals that no corridor passes. */
export function longestStage(pattern: StagePattern): string[] {
  const stages = pattern.stages.filter(({ kind }) => kind === 'stage')
  return [...stages].sort((a, b) => b.duration_s - a.duration_s)[0]?.green ?? []
}
