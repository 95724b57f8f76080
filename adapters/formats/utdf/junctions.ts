// Movements and connections of every node, with the phases that govern them.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import { buildConnections } from '../../../model/junction.ts'
import type { JunctionArm, JunctionMovement } from '../../../model/junction.ts'
import type { Connection, Link, Movement, Network, NetworkNode } from '../../../model/network.ts'
import type { Approach, ApproachMovement } from './approaches.ts'
import type { UtdfDocument } from './document.ts'
import type { Layout } from './layout.ts'
import { resolveRightOfWay } from './right-of-way.ts'
import type { ControllerTiming } from './phases.ts'
import { roadKey } from './roads.ts'
import type { FieldUnits } from './units.ts'

export interface JunctionsInput {
  document: UtdfDocument
  layout: Layout
  approaches: ReadonlyMap<string, Approach[]>
  /** Timing of each signalised node. */
  timings: ReadonlyMap<string, ControllerTiming>
  units: FieldUnits
  driving_side: Network['driving_side']
  notes: ImportNote[]
}

export interface MovementVolume { movement: string; volume_vph: number }

export interface Junctions {
  movements: Movement[]
  connections: Connection[]
  /** Design volumes of the file. */
  volumes: MovementVolume[]
}

interface LinkIndex {
  byId: Map<string, Link>
  into: Map<string, Link[]>
  outOf: Map<string, Link[]>
}

export function buildJunctions(input: JunctionsInput): Junctions {
  const result: Junctions = { movements: [], connections: [], volumes: [] }
  const links = indexLinks(input.layout.links)
  for (const node of input.layout.nodes) {
    if (node.kind === 'boundary') continue
    const approaches = input.approaches.get(node.id)
    if (approaches === undefined) addBend(input, node, links, result)
    else addJunction(input, node, approaches, links, result)
  }
  return result
}

function indexLinks(links: Link[]): LinkIndex {
  const index: LinkIndex = { byId: new Map(), into: new Map(), outOf: new Map() }
  for (const link of links) {
    index.byId.set(link.id, link)
    index.into.set(link.to, [...(index.into.get(link.to) ?? []), link])
    index.outOf.set(link.from, [...(index.outOf.get(link.from) ?? []), link])
  }
  return index
}

function armsOf(input: JunctionsInput, node: string, links: LinkIndex): { incoming: JunctionArm[]; outgoing: JunctionArm[] } {
  const arm = (link: Link, other: string, end: 'first' | 'last'): JunctionArm => {
    const shape = link.shape_m ?? []
    const place = input.layout.arms.get(roadKey(node, other))
    return { link, at_m: (end === 'first' ? shape[0] : shape.at(-1)) ?? [0, 0], outward_rad: place?.outward_rad ?? 0, two_way: place?.two_way ?? true }
  }
  return {
    incoming: (links.into.get(node) ?? []).map((link) => arm(link, link.from, 'last')),
    outgoing: (links.outOf.get(node) ?? []).map((link) => arm(link, link.to, 'first')),
  }
}

function addJunction(input: JunctionsInput, node: NetworkNode, approaches: Approach[], links: LinkIndex, result: Junctions): void {
  const timing = input.timings.get(node.id)
  const specs: JunctionMovement[] = []
  for (const approach of approaches) {
    const from = links.byId.get(`${approach.up}-${node.id}`)
    if (from === undefined) continue
    for (const entry of approach.movements) {
      const to = links.byId.get(`${node.id}-${entry.dest}`)
      if (to === undefined) continue
      const movement = describe(node, timing, approach, entry, from, to)
      specs.push({
        movement, from_lanes: entry.lanes,
        ...(entry.turn === 'through' || entry.turningSpeed === undefined ? {} : { turning_speed_mps: input.units.speed(entry.turningSpeed) }),
        ...(timing === undefined || entry.free ? {} : { groups: groupsOf(input, node.id, timing, approach, entry), turn_on_red: entry.turnOnRed }),
      })
      result.volumes.push({ movement: movement.id, volume_vph: entry.volume })
    }
  }
  noteOddities(input, node.id, specs, links)
  const connections = buildConnections({
    driving_side: input.driving_side, control: timing === undefined ? 'sign' : 'signal', ...armsOf(input, node.id, links), movements: specs,
    onward: onwardLanes(input, node.id, links),
    // SignControl: 0 free, 1 stop, 2 yield; the rank of giving way puts stop last.
    give_way: new Map(approaches.map((approach) => [`${approach.up}-${node.id}`, [0, 2, 1][approach.signControl ?? 0] ?? 2])),
  })
  if (timing !== undefined) resolveRightOfWay(input, node.id, timing, specs.map((spec) => spec.movement), connections)
  result.movements.push(...specs.map((spec) => spec.movement))
  result.connections.push(...connections)
}

/** Lanes of the links that leave a node which carry through traffic at their far ends. */
function onwardLanes(input: JunctionsInput, node: string, links: LinkIndex): Map<string, Set<number>> {
  return new Map((links.outOf.get(node) ?? []).flatMap((link): [string, Set<number>][] => {
    const approach = input.approaches.get(link.to)?.find(({ up }) => up === node)
    const through = approach?.movements.filter(({ turn }) => turn === 'through').flatMap(({ lanes }) => lanes) ?? []
    return through.length === 0 ? [] : [[link.id, new Set(through)]]
  }))
}

/** Two columns for one turn, and roads whose traffic no lane of the junction takes on. */
function noteOddities(input: JunctionsInput, node: string, specs: JunctionMovement[], links: LinkIndex): void {
  const place = { file: input.document.file, element: `intersection ${node}` }
  const seen = new Map<string, string>()
  for (const { movement } of specs) {
    const key = `${movement.from} ${movement.to}`
    const other = seen.get(key)
    if (other !== undefined) input.notes.push({ kind: 'assumed', place, message: `${other} and ${movement.name} both lead from link ${movement.from} to ${movement.to}` })
    seen.set(key, movement.name ?? movement.id)
  }
  for (const link of links.into.get(node) ?? []) {
    if (!specs.some(({ movement }) => movement.from === link.id)) input.notes.push({ kind: 'not-understood', place, message: `link ${link.id} ends here, but no lane takes its traffic on` })
  }
}

function describe(node: NetworkNode, timing: ControllerTiming | undefined, approach: Approach, entry: ApproachMovement, from: Link, to: Link): Movement {
  const group = laneGroup(approach, entry)
  return {
    id: `${node.id}_${entry.column}`, node: node.id, from: from.id, to: to.id, turn: entry.turn, name: entry.column,
    ...(timing === undefined || entry.free ? {} : { signal: timing.id }),
    ...(entry.saturation_flow_vph === undefined ? {} : { saturation_flow_vph: entry.saturation_flow_vph }),
    lane_group: `${node.id}_${group}`,
  }
}

/** Movements that share lanes, directly or through a third, are one lane group; named after the first of them. */
function laneGroup(approach: Approach, entry: ApproachMovement): string {
  const members = new Set<ApproachMovement>([entry])
  let size = 0
  while (members.size > size) {
    size = members.size
    for (const other of approach.movements) {
      if ([...members].some((member) => member.lanes.some((lane) => other.lanes.includes(lane)))) members.add(other)
    }
  }
  return approach.movements.filter((movement) => members.has(movement)).map((movement) => movement.column).join('+')
}

/** Phases of a movement; one without any goes with the movement whose lane it shares, or else with the through. */
function groupsOf(input: JunctionsInput, node: string, timing: ControllerTiming, approach: Approach, entry: ApproachMovement): NonNullable<Connection['groups']> {
  const has = (movement: ApproachMovement): boolean => movement.protectedPhases.length + movement.permissivePhases.length > 0
  const sharers = approach.movements.filter((other) => has(other) && other.lanes.some((lane) => entry.lanes.includes(lane)))
  const byTurn = (turn: string): ApproachMovement | undefined => sharers.find((other) => other.turn === turn) ?? approach.movements.find((other) => has(other) && other.turn === turn)
  const source = has(entry) ? entry : byTurn('through') ?? sharers[0] ?? byTurn('left') ?? byTurn('right')
  const timed = (phase: string): boolean => timing.phases.some(({ group }) => group.id === phase)
  const named = [...(source?.protectedPhases ?? []), ...(source?.permissivePhases ?? [])]
  if (source === undefined || !named.some(timed)) {
    throw new GreenwaveError('network.signal', named.length === 0 ? `${entry.column} is governed by no phase` : `${entry.column} is governed by phase ${named.join(', ')}, which has no green time`, {
      file: input.document.file, line: input.document.lanes?.get(node)?.records.get('phase1')?.line ?? input.document.lanes?.get(node)?.line ?? 1, element: `record Phase1 of ${node}`,
    })
  }
  const across = entry.turn === 'u-turn' || (entry.turn !== 'through' && entry.turn !== input.driving_side)
  const groups = new Map<string, 'protected' | 'permissive'>()
  // Only turns across traffic are permissive by record: a through or kerb turn has the road to itself among cars.
  for (const phase of source.permissivePhases.filter(timed)) groups.set(phase, across ? 'permissive' : 'protected')
  for (const phase of source.protectedPhases.filter(timed)) groups.set(phase, 'protected')
  return [...groups].map(([group, right_of_way]) => ({ group, right_of_way }))
}

/** A node without [Lanes]: each road goes on into the straightest other one, lane by lane. */
function addBend(input: JunctionsInput, node: NetworkNode, links: LinkIndex, result: Junctions): void {
  const { incoming, outgoing } = armsOf(input, node.id, links)
  const movements = incoming.flatMap((arm): JunctionMovement[] => {
    const onward = outgoing.filter((other) => other.link.to !== arm.link.from)
    if (onward.length === 0) return []
    const bend = (other: JunctionArm): number => Math.cos(other.outward_rad - arm.outward_rad)
    const target = onward.reduce((a, b) => (bend(b) < bend(a) ? b : a))
    const movement: Movement = { id: `${node.id}_${arm.link.from}-${target.link.to}`, node: node.id, from: arm.link.id, to: target.link.id, turn: 'through' }
    return [{ movement, from_lanes: arm.link.lanes.map((lane) => lane.index), turning_speed_mps: Math.min(arm.link.speed_mps, target.link.speed_mps) }]
  })
  const connections = buildConnections({ driving_side: input.driving_side, control: 'sign', incoming, outgoing, movements })
  result.movements.push(...movements.map((spec) => spec.movement))
  result.connections.push(...connections)
}

