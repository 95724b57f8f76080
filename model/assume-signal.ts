// A signal and a fixed plan for an intersection of which a source says only that it is signalised: groups, conflicts,
// minimums, change intervals, and a pattern by turn and opposing approaches. Everything in it is an assumption, and
// `assumed` says so in sentences.
//
// How to use it: build the junction as for `buildConnections` (model/junction.ts): arms cut at the stop lines, movements
// with their lanes; set `movement.signal` of each movement that the signal governs (a slip lane keeps none) and leave
// `groups` out. One call gives connections (with groups and right of way), signal and pattern. Several nodes under one
// signal must be drawn as one junction: each incoming link is an approach.
//
// Rules. Opposing approaches share a barrier group and run as dual ring (NEMA TS 2): 1+2 and 5+6 on the main road, 3+4 and
// 7+8 across; any approach without an opposite, and opposite ones whose through paths cross or whose turns share a lane
// with the through while several lanes turn, run by themselves. A turn across opposing traffic from lanes of its own leads
// as a protected phase; from a shared lane it is permissive with its through.
// Sources: yellow = 1 s + v / (2 x 3.05 m/s2), red clearance = (way to the far edge of the last crossing path + 6.1 m) / v
// - 1 s (ITE Guidelines for Determining Traffic Signal Change and Clearance Intervals, 2020); least greens after the
// Signal Timing Manual 2nd ed. (NCHRP 812), chapter 6; walk 7 s, people walk 1.07 m/s (MUTCD 2009, 4E.06).
import { crossingDistance } from './junction-paths.ts'
import { buildConnections } from './junction.ts'
import type { Junction, JunctionArm, JunctionMovement } from './junction.ts'
import type { Connection, Link, LinkId, MovementId, NodeId } from './network.ts'
import type { BarrierGroup, GroupId, RingPattern, Signal, SignalGroup, SignalId } from './signal.ts'

export interface UntimedJunction {
  id: SignalId
  source_id?: string
  name?: string
  nodes: NodeId[]
  junction: Omit<Junction, 'control'>
  /** Wanted cycle, s; longer where the minimums need it. Absent = 90. */
  cycle_s?: number
  /** Whether people walk across the arm of a link, at the stop line. Absent = across every arm. */
  crossed?: (link: Link) => boolean
}

export interface AssumedSignal {
  signal: Signal
  pattern: RingPattern
  connections: Connection[]
  /** What was assumed, in sentences for import notes. */
  assumed: string[]
}

const DEFAULT_CYCLE_S = 90
/** Cycles are written in tens. */
const CYCLE_STEP_S = 10
const REACTION_S = 1
const DECELERATION_MPS2 = 3.05
/** Limits of MUTCD 2009, 4D.26. */
const YELLOW_S = { least: 3, most: 6 }
const RED_CLEARANCE_S = { least: 1, most: 6 }
const VEHICLE_M = 6.1
const HALF_LANE_M = 1.75
const LEAST_GREEN_S = { turn: 5, minor: 7, main: 10 }
const WALK_S = 7
const WALKING_MPS = 1.07
/** Greens that are wanted where the cycle has room, s. */
const WANTED_GREEN_S = { turn: 10, through: 20 }
/** Opposite means within 45 degrees of head on. */
const OPPOSITE_COSINE = -Math.SQRT1_2

interface Approach {
  arm: JunctionArm
  specs: JunctionMovement[]
  /** Turns that lead in a phase of their own. */
  turning: Set<MovementId>
  weight: number
}

/** One approach, or two that face each other and run side by side. */
type Street = [Approach] | [Approach, Approach]

interface Phase {
  id: GroupId
  barrier: number
  ring: number
  turn: boolean
  main: boolean
  specs: JunctionMovement[]
}

/** Signal, pattern and connections of an intersection without timing. The junction has at least one governed movement. */
export function assumeSignal(input: UntimedJunction): AssumedSignal {
  const approaches = listApproaches(input)
  const split = new Set<LinkId>(approaches.filter(sharesItsTurningLanes(input)).map(({ arm }) => arm.link.id))
  for (;;) {
    const streets = pairOpposite(approaches, split)
    const phases = listPhases(input, streets)
    const connections = connect(input, phases)
    const crossing = yieldWhereTogether(input, phases, connections)
    if (crossing === undefined) return finish(input, streets, phases, connections)
    // Opposite approaches whose through paths meet cannot run side by side.
    split.add(crossing)
  }
}

function listApproaches({ junction }: UntimedJunction): Approach[] {
  return junction.incoming.flatMap((arm): Approach[] => {
    const specs = junction.movements.filter(({ movement }) => movement.from === arm.link.id && movement.signal !== undefined)
    if (specs.length === 0) return []
    const weight = (arm.link.priority ?? 0) * 1e4 + arm.link.lanes.length * arm.link.speed_mps
    return [{ arm, specs, turning: new Set(), weight }]
  })
}

const across = ({ junction }: UntimedJunction, { movement }: JunctionMovement): boolean => movement.turn !== 'through' && movement.turn !== junction.driving_side

const sharedWith = (spec: JunctionMovement, others: readonly JunctionMovement[]): boolean =>
  others.some((other) => other !== spec && other.from_lanes.some((lane) => spec.from_lanes.includes(lane)))

/** Several lanes turn across, one of them together with the through: only a green without opposing traffic serves them. */
const sharesItsTurningLanes = (input: UntimedJunction) => ({ specs }: Approach): boolean => {
  const onward = specs.filter((spec) => !across(input, spec))
  return specs.some((spec) => across(input, spec) && spec.from_lanes.length > 1 && sharedWith(spec, onward))
}

/** Main road first: the pairs and single approaches in order of their weight. */
function pairOpposite(approaches: readonly Approach[], split: ReadonlySet<LinkId>): Street[] {
  const cosine = (a: Approach, b: Approach): number => Math.cos(a.arm.outward_rad - b.arm.outward_rad)
  const free = new Set(approaches.filter(({ arm }) => !split.has(arm.link.id)))
  const candidates = [...free].flatMap((a, i) => [...free].slice(i + 1).map((b) => ({ a, b, cosine: cosine(a, b) })))
    .filter((pair) => pair.cosine < OPPOSITE_COSINE).sort((p, q) => p.cosine - q.cosine)
  const streets: Street[] = []
  for (const { a, b } of candidates) {
    if (!free.has(a) || !free.has(b)) continue
    free.delete(a)
    free.delete(b)
    streets.push([a, b])
  }
  const paired = new Set(streets.flat())
  streets.push(...approaches.filter((approach) => !paired.has(approach)).map((approach): Street => [approach]))
  const weight = (street: Street): number => street.reduce((sum, approach) => sum + approach.weight, 0)
  return streets.sort((a, b) => weight(b) - weight(a))
}

/** Numbers of the first two streets as the field has them; further ones count on from 9. */
const NUMBERS = [{ left: ['5', '1'], through: ['2', '6'] }, { left: ['7', '3'], through: ['4', '8'] }] as const

function listPhases(input: UntimedJunction, streets: readonly Street[]): Phase[] {
  let next = 9
  return streets.flatMap((street, barrier) => street.flatMap((approach, side): Phase[] => {
    const facing = street[1 - side]
    const onward = approach.specs.filter((spec) => !across(input, spec))
    const own = facing === undefined || facing.specs.every((spec) => across(input, spec)) ? []
      : approach.specs.filter((spec) => across(input, spec) && !sharedWith(spec, onward))
    approach.turning = new Set(own.map(({ movement }) => movement.id))
    const rest = approach.specs.filter(({ movement }) => !approach.turning.has(movement.id))
    const numbers = NUMBERS[barrier]
    const id = (kind: 'left' | 'through'): GroupId => numbers?.[kind][side] ?? String(next++)
    const base = { barrier, main: barrier === 0 }
    return [
      // The turn leads in the ring of the through that it crosses.
      ...(own.length === 0 ? [] : [{ ...base, id: id('left'), ring: 1 - side, turn: true, specs: own }]),
      ...(rest.length === 0 ? [] : [{ ...base, id: id('through'), ring: side, turn: false, specs: rest }]),
    ]
  }))
}

function connect({ junction }: UntimedJunction, phases: readonly Phase[]): Connection[] {
  const groupOf = new Map(phases.flatMap(({ id, specs }) => specs.map(({ movement }) => [movement.id, id] as const)))
  return buildConnections({
    ...junction, control: 'signal',
    movements: junction.movements.map((spec) => {
      const group = groupOf.get(spec.movement.id)
      return group === undefined ? spec : { ...spec, groups: [{ group, right_of_way: 'protected' as const }] }
    }),
  })
}

const concurrent = (a: Phase, b: Phase): boolean => a === b || (a.barrier === b.barrier && a.ring !== b.ring)

/**
 * A green that shows together with one that goes first becomes permissive. Out: an approach whose through path meets
 * another through path of the same barrier, which has to run by itself.
 */
function yieldWhereTogether(input: UntimedJunction, phases: readonly Phase[], connections: readonly Connection[]): LinkId | undefined {
  const phaseOf = new Map(phases.map((phase) => [phase.id, phase]))
  const specOf = new Map(input.junction.movements.map((spec) => [spec.movement.id, spec]))
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  for (const connection of connections) {
    const [own, phase] = [specOf.get(connection.movement) as JunctionMovement, phaseOf.get(connection.groups?.[0]?.group ?? '')]
    if (phase === undefined) continue
    for (const other of connection.conflicts_with.map((id) => byId.get(id) as Connection)) {
      const [against, theirs] = [specOf.get(other.movement) as JunctionMovement, phaseOf.get(other.groups?.[0]?.group ?? '')]
      if (theirs === undefined || !concurrent(phase, theirs) || own.movement.from === against.movement.from) continue
      if (own.movement.turn === 'through' && against.movement.turn === 'through') return own.movement.from
      if (connection.yields_to.includes(other.id)) connection.groups = [{ group: phase.id, right_of_way: 'permissive' }]
    }
  }
  for (const connection of connections) if (connection.groups?.[0]?.right_of_way === 'protected') delete connection.waiting_m
  return undefined
}

function finish(input: UntimedJunction, streets: readonly Street[], phases: Phase[], connections: Connection[]): AssumedSignal {
  const groups = phases.map((phase) => groupFor(input, phase, streets, connections))
  alignChanges(phases, groups)
  const walkers = streets.length === 1 ? walkersOnly(input, streets[0] as Street) : undefined
  if (walkers !== undefined) {
    groups.push(walkers)
    phases.push({ id: walkers.id, barrier: 1, ring: 0, turn: false, main: false, specs: [] })
  }
  const { cycle_s, barriers } = timePhases(input, phases, new Map(groups.map((group) => [group.id, group])))
  const permissive = new Set(connections.flatMap(({ groups }) => (groups ?? []).filter(({ right_of_way }) => right_of_way === 'permissive').map(({ group }) => group)))
  const movable = barriers.filter(({ rings }) => rings.some((ring) => ring.length > 1)).flatMap(({ rings }) => rings.flat().map(({ phase }) => phase))
  const signal: Signal = {
    id: input.id, source_id: input.source_id ?? input.id, ...(input.name === undefined ? {} : { name: input.name }), nodes: [...input.nodes],
    groups, conflicts: conflictsOf(phases), sequence_free: !movable.some((phase) => permissive.has(phase)),
  }
  const through = phases.filter(({ main, turn }) => main && !turn).map(({ id }) => id)
  const coordinated = through.length > 0 ? through : phases.filter(({ main }) => main).map(({ id }) => id)
  return {
    signal, connections,
    pattern: { kind: 'rings', signal: input.id, cycle_s, offset_s: 0, offset_reference: 'begin_of_green', coordinated, barriers },
    assumed: [
      'no timing is given: opposing approaches run together, turns across from lanes of their own lead protected, from shared lanes they are permissive',
      `yellow by the speed limit, red clearance by the width of the junction (ITE 2020), least greens ${LEAST_GREEN_S.turn} s for turns, ${LEAST_GREEN_S.minor} to ${LEAST_GREEN_S.main} s for the through`,
      ...(groups.some(({ walk_s }) => walk_s !== undefined) ? [`people walk across every arm: walk ${WALK_S} s, then ${WALKING_MPS} m/s`] : []),
    ],
  }
}

function conflictsOf(phases: readonly Phase[]): [GroupId, GroupId][] {
  const pairs = phases.flatMap((a) => phases.flatMap((b): [GroupId, GroupId][] => (a.id < b.id && !concurrent(a, b) ? [[a.id, b.id]] : [])))
  return pairs.sort((p, q) => (p.join(' ') < q.join(' ') ? -1 : 1))
}

/** Throughs that end together at a barrier change together: else a permissive turn would be trapped by the longer green across. */
function alignChanges(phases: readonly Phase[], groups: readonly SignalGroup[]): void {
  phases.forEach((phase, i) => {
    if (phase.turn) return
    const beside = groups.filter((_, j) => phases[j]?.barrier === phase.barrier && phases[j]?.turn === false)
    const group = groups[i] as SignalGroup
    group.yellow_s = Math.max(...beside.map(({ yellow_s }) => yellow_s))
    group.red_clearance_s = Math.max(...beside.map(({ red_clearance_s }) => red_clearance_s))
  })
}

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10
const clamp = (value: number, { least, most }: { least: number; most: number }): number => Math.min(most, Math.max(least, value))

function groupFor(input: UntimedJunction, phase: Phase, streets: readonly Street[], connections: readonly Connection[]): SignalGroup {
  const links = new Map(input.junction.incoming.map(({ link }) => [link.id, link]))
  const limit = Math.max(...phase.specs.map(({ movement }) => links.get(movement.from)?.speed_mps ?? 0))
  const least = phase.turn ? LEAST_GREEN_S.turn : phase.main ? LEAST_GREEN_S.main : LEAST_GREEN_S.minor
  const width = phase.turn ? 0 : walkedWidth(input, phase, streets)
  return {
    id: phase.id, kind: 'vehicle', name: [...new Set(phase.specs.map(({ movement }) => movement.name ?? `${movement.from} ${movement.turn}`))].join(', '),
    min_green_s: least,
    // Rounded up: half a tenth of yellow more harms nobody.
    yellow_s: tenth(clamp(Math.ceil((REACTION_S + limit / (2 * DECELERATION_MPS2)) * 10) / 10, YELLOW_S)),
    red_clearance_s: redClearance(phase, connections),
    ...(width === 0 ? {} : { walk_s: WALK_S, pedestrian_clearance_s: Math.ceil(width / WALKING_MPS) }),
  }
}

/**
 * The last vehicle at yellow's end leaves the last path that it crosses before that path gets green. Where a phase has
 * a through, the through decides: turns beside it have cleared or waited in the junction.
 */
function redClearance(phase: Phase, connections: readonly Connection[]): number {
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  const straight = phase.specs.filter(({ movement }) => movement.turn === 'through')
  const moved = new Set((straight.length > 0 ? straight : phase.specs).map(({ movement }) => movement.id))
  const times = connections.filter(({ movement }) => moved.has(movement)).map((connection) => {
    const ways = connection.conflicts_with.map((id) => byId.get(id) as Connection).filter(({ groups }) => groups?.[0]?.group !== phase.id)
      .map((other) => crossingDistance(connection.shape_m ?? [], other.shape_m ?? []) ?? connection.length_m)
    return (Math.max(0, ...ways) + HALF_LANE_M + VEHICLE_M) / connection.speed_mps - REACTION_S
  })
  return tenth(clamp(Math.ceil(Math.max(0, ...times) * 10) / 10, RED_CLEARANCE_S))
}

/** Widest arm that people walk across beside a green: those at either hand of its approaches, kerb to kerb, m. */
function walkedWidth(input: UntimedJunction, phase: Phase, streets: readonly Street[]): number {
  const street = streets[phase.barrier] as Street
  const approach = street.find(({ specs }) => specs.some((spec) => phase.specs.includes(spec))) as Approach
  return widestArm(input, ({ outward_rad }) => {
    const side = Math.sin(outward_rad - approach.arm.outward_rad)
    if (Math.abs(side) < Math.SQRT1_2) return false
    // Seen outwards, the kerb lies at the left hand in right-hand traffic; without an opposite approach both hands walk.
    return street.length === 1 || (input.junction.driving_side === 'right' ? side > 0 : side < 0)
  })
}

/** Kerb to kerb over the widest of some arms, both carriageways, m; 0 where nobody walks. */
function widestArm({ junction, crossed }: UntimedJunction, matches: (arm: JunctionArm) => boolean): number {
  const arms = [...junction.incoming, ...junction.outgoing].filter(matches).filter(({ link }) => crossed?.(link) !== false)
  const widths = arms.map((arm) => arms.filter((other) => Math.cos(other.outward_rad - arm.outward_rad) > Math.SQRT1_2)
    .reduce((sum, { link }) => sum + link.lanes.reduce((total, { width_m }) => total + width_m, 0), 0))
  return Math.max(0, ...widths)
}

/** A signal on a road that nothing crosses serves people who walk: they get a phase of their own. */
function walkersOnly(input: UntimedJunction, street: Street): SignalGroup | undefined {
  const width = widestArm(input, ({ outward_rad }) => Math.cos(outward_rad - street[0].arm.outward_rad) > Math.SQRT1_2)
  if (width === 0) return undefined
  const clearance = Math.ceil(width / WALKING_MPS)
  // Clearance runs from the end of the walk to the start of traffic: it is all change, no green.
  return { id: '4', kind: 'pedestrian', name: 'people who walk across', min_green_s: WALK_S, yellow_s: 0, red_clearance_s: clearance }
}

/** Splits in whole seconds, at least the minimums; what the cycle has left goes to the throughs by their lanes. */
function timePhases(input: UntimedJunction, phases: readonly Phase[], groups: ReadonlyMap<GroupId, SignalGroup>): { cycle_s: number; barriers: BarrierGroup[] } {
  const change = (phase: Phase): number => { const { yellow_s, red_clearance_s } = groups.get(phase.id) as SignalGroup; return yellow_s + red_clearance_s }
  const least = (phase: Phase): number => {
    const { min_green_s, walk_s, pedestrian_clearance_s } = groups.get(phase.id) as SignalGroup
    return Math.ceil(Math.max(min_green_s + change(phase), (walk_s ?? 0) + (pedestrian_clearance_s ?? 0)) - 1e-6)
  }
  const wanted = (phase: Phase): number => (phase.specs.length === 0 ? least(phase) : Math.max(least(phase), Math.ceil(WANTED_GREEN_S[phase.turn ? 'turn' : 'through'] + change(phase) - 1e-6)))
  const numbers = [...new Set(phases.map(({ barrier }) => barrier))]
  const ringsOf = (barrier: number): Phase[][] => [0, 1].map((ring) => phases.filter((phase) => phase.barrier === barrier && phase.ring === ring).sort((a, b) => Number(b.turn) - Number(a.turn)))
  const lengths = (need: (phase: Phase) => number): number[] => numbers.map((barrier) => Math.max(...ringsOf(barrier).map((ring) => ring.reduce((sum, phase) => sum + need(phase), 0))))
  const total = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
  const needed = lengths(least)
  const cycle_s = Math.max(Math.round(input.cycle_s ?? DEFAULT_CYCLE_S), Math.ceil(total(needed) / CYCLE_STEP_S) * CYCLE_STEP_S)
  const fits = total(lengths(wanted)) <= cycle_s
  const need = fits ? wanted : least
  const sized = share(lengths(need), cycle_s, numbers.map((barrier) => laneWeight(phases.filter((phase) => phase.barrier === barrier))))
  const barriers = numbers.map((barrier, i): BarrierGroup => ({
    rings: ringsOf(barrier).map((ring) => ring.map((phase, j) => {
      const others = ring.filter((_, k) => k !== j).reduce((sum, other) => sum + need(other), 0)
      return { phase: phase.id, split_s: j === ring.length - 1 ? (sized[i] as number) - others : need(phase) }
    })),
  }))
  return { cycle_s, barriers }
}

const laneWeight = (phases: readonly Phase[]): number => Math.max(0, ...phases.filter(({ turn }) => !turn).map(({ specs }) => new Set(specs.flatMap(({ from_lanes }) => from_lanes)).size))

/** Hands out what the cycle has left in whole seconds, by weight; the first takes what rounding leaves. */
function share(lengths: number[], cycle_s: number, weights: number[]): number[] {
  const [left, all] = [cycle_s - lengths.reduce((a, b) => a + b, 0), weights.reduce((a, b) => a + b, 0)]
  const given = lengths.map((length, i) => length + (all === 0 ? 0 : Math.floor((left * (weights[i] as number)) / all)))
  given[0] = (given[0] as number) + cycle_s - given.reduce((a, b) => a + b, 0)
  return given
}
