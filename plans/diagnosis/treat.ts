// A treatment laid over the street: the patterns or the network as they would be. Several variants where its size is open;
// a sentence where the simulation has nothing to show it with.
import type { Treatment } from '../../model/diagnosis.ts'
import type { Demand } from '../../model/demand.ts'
import type { Connection, Link, Lane, MovementId, Network } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { MovementState } from '../../model/traffic-state.ts'
import { modulo } from '../../model/units.ts'
import { listLaneGroups } from '../../optimizer/capacity/index.ts'
import { listSequences, SignalSplits } from '../../optimizer/splits/index.ts'

export interface Street {
  graph: RoadGraph
  patterns: ReadonlyMap<SignalId, Pattern>
  demand: Demand
  /** Volume of every movement that is known, veh/h. */
  volumes: ReadonlyMap<MovementId, number>
  states: ReadonlyMap<MovementId, MovementState>
  /** Signals that must keep their common cycle. */
  coordinated: ReadonlySet<SignalId>
}

export interface Variant {
  label: string
  graph: RoadGraph
  patterns: Map<SignalId, Pattern>
  demand: Demand
}

const TARGET_SATURATION = 0.9

/** Variants to try, or why there are none. */
export function applyTreatment(street: Street, treatment: Treatment): Variant[] | string {
  switch (treatment.kind) {
    case 'retime-splits':
    case 'trim-green': return [withPattern(street, 'green by demand', resplit(street, treatment.signal, street.volumes))]
    case 'gate': return [withPattern(street, 'less green upstream', resplit(street, treatment.signal, gated(street, treatment)))]
    case 'change-cycle': return changeCycle(street, treatment.signal, treatment.cycle_s)
    case 'shift-offset': return shiftOffset(street, treatment.signal)
    case 'resequence': return resequence(street, treatment.signal)
    case 'lengthen-bay': return [withNetwork(street, `bay of ${treatment.length_m} m`, (network) => lengthenBay(network, treatment.link, treatment.movement, treatment.length_m))]
    case 'lane-function': return laneFunction(street, treatment.movement)
    case 'divert': return divert(street, treatment.movement, treatment.volume_vph)
    case 'waiting-area': return 'a waiting area beyond the stop line is not part of the simulated junction'
    case 'tidal-lane': return 'a lane that changes direction needs a network of its own for each direction'
    case 'stop-line': return 'pedestrians and two-wheelers in the junction are not simulated'
    case 'add-lane': return 'a lane more changes the junction beyond, too: it must be drawn first'
    case 'merge-control': return 'how streams take turns where they merge is not open to a plan'
    case 'kerb': return 'what stands at the kerb is not simulated'
    case 'special-plan': return 'a special plan is made by `plan` for the demand of such days'
    case 'maintenance': return 'a controller that does not follow its plan must be mended, not simulated'
  }
}

const withPattern = ({ graph, patterns, demand }: Street, label: string, pattern: Pattern): Variant => ({ label, graph, demand, patterns: new Map([...patterns, [pattern.signal, pattern]]) })

function withNetwork({ graph, patterns, demand }: Street, label: string, change: (network: Network) => Network): Variant {
  return { label, graph: new RoadGraph(change(graph.network)), patterns: new Map(patterns), demand }
}

/** Green of one signal shared out anew at its own cycle; offset, reference and order stay. */
function resplit({ graph, patterns }: Street, signal: SignalId, volumes: ReadonlyMap<MovementId, number>, cycle_s = patterns.get(signal)!.cycle_s): Pattern {
  const running = patterns.get(signal)!
  return new SignalSplits({ signal: graph.getSignal(signal), running, laneGroups: listLaneGroups(graph, signal, volumes), through: [], target_saturation: TARGET_SATURATION }).solve(cycle_s).pattern
}

/** Volumes with the movements of the gated group scaled to what shall pass. */
function gated({ graph, volumes }: Street, { signal, group, green_s, from_s }: Extract<Treatment, { kind: 'gate' }>): Map<MovementId, number> {
  const served = new Set(graph.listMovementsOfSignal(signal).filter(({ id }) => graph.listConnections(id).some(({ groups = [] }) => groups.some((one) => one.group === group))).map(({ id }) => id))
  return new Map([...volumes].map(([id, volume]) => [id, served.has(id) ? (volume * green_s) / from_s : volume]))
}

function changeCycle(street: Street, signal: SignalId, cycle_s: number): Variant[] | string {
  if (street.coordinated.has(signal)) return 'its corridor shares one cycle: `plan --cycle` finds a shorter one for all its signals'
  return [withPattern(street, `cycle ${cycle_s} s`, resplit(street, signal, street.volumes, cycle_s))]
}

/** Steps in which an offset is tried, as shares of the cycle, beside the shift that the measured arrivals ask for. */
const OFFSET_STEPS = [-0.25, -0.125, 0.125, 0.25] as const

function shiftOffset(street: Street, signal: SignalId): Variant[] {
  const pattern = street.patterns.get(signal)!
  const wanted = bestShift(street, signal, pattern.cycle_s)
  const shifts = [...new Set([...(wanted === undefined ? [] : [wanted]), ...OFFSET_STEPS.map((share) => Math.round(share * pattern.cycle_s))])].filter((shift) => shift !== 0)
  return shifts.map((shift) => withPattern(street, `offset ${shift > 0 ? '+' : ''}${shift} s`, { ...pattern, offset_s: modulo(pattern.offset_s + shift, pattern.cycle_s) }))
}

/** The shift, in whole seconds, after which most of the measured arrivals meet green, all movements with a profile together (link pivot, Day & Bullock). */
function bestShift({ graph, states }: Street, signal: SignalId, cycle_s: number): number | undefined {
  const profiles = graph.listMovementsOfSignal(signal).flatMap(({ id }) => {
    const state = states.get(id)
    const profile = state?.arrival_profile
    if (state === undefined || profile === undefined || state.arrival_on_green.value === null || state.platoon_ratio === null || !(state.platoon_ratio > 0)) return []
    // Platoon ratio is arrivals on green over the share of green.
    return [{ profile, green_s: (state.arrival_on_green.value / state.platoon_ratio) * cycle_s, volume: state.volume_vph.value ?? state.probes }]
  })
  if (profiles.length === 0) return undefined
  let [best, most] = [0, -Infinity]
  for (let shift = -Math.floor(cycle_s / 2); shift < cycle_s / 2; shift++) {
    const met = profiles.reduce((sum, { profile, green_s, volume }) => sum + volume * profile.share.reduce((share, part, bin) => share + (modulo((bin + 0.5) * profile.bin_s - shift, cycle_s) < green_s ? part : 0), 0), 0)
    if (met > most + 1e-9) [best, most] = [shift, met]
  }
  return best
}

function resequence(street: Street, signal: SignalId): Variant[] | string {
  const pattern = street.patterns.get(signal)!
  if (pattern.kind !== 'rings') return 'stages are left in their order'
  const others = listSequences(street.graph, street.graph.getSignal(signal), pattern, pattern.coordinated).slice(1)
  return others.length === 0 ? 'no other order of its phases is permitted' : others.map((other, i) => withPattern(street, `sequence ${i + 2}`, other))
}

function lengthenBay(network: Network, link: string, movement: MovementId, length_m: number): Network {
  const lanes = new Set(network.connections.filter((connection) => connection.movement === movement).map(({ from_lane }) => from_lane))
  const longer = (lane: Lane, of: Link): Lane => (lanes.has(lane.index) && lane.length_m < of.length_m ? { ...lane, length_m: Math.min(of.length_m, Math.max(lane.length_m, length_m)) } : lane)
  return { ...network, links: network.links.map((one) => (one.id === link ? { ...one, lanes: one.lanes.map((lane) => longer(lane, one)) } : one)) }
}

/** A lane beside those of the movement changes hands: from a neighbour that keeps at least one. */
function laneFunction(street: Street, movement: MovementId): Variant[] | string {
  const { graph } = street
  const own = graph.listConnections(movement)
  const lanes = own.map(({ from_lane }) => from_lane)
  const from = graph.getMovement(movement).from
  const exit = graph.getLink(graph.getMovement(movement).to)
  const neighbours = [Math.min(...lanes) - 1, Math.max(...lanes) + 1].flatMap((lane) => {
    const users = graph.listMovementsFrom(from).flatMap(({ id }) => graph.listConnections(id)).filter(({ from_lane }) => from_lane === lane)
    const giver = users[0]
    if (giver === undefined || users.some((user) => user.movement !== giver.movement) || graph.listConnections(giver.movement).every(({ from_lane }) => from_lane === lane)) return []
    return [{ lane, givers: users }]
  })
  if (neighbours.length === 0) return 'no neighbouring lane can be given up: its movement would have none left'
  return neighbours.map(({ lane, givers }) => {
    const like = own.reduce((nearest, connection) => (Math.abs(connection.from_lane - lane) < Math.abs(nearest.from_lane - lane) ? connection : nearest))
    const to = like.to_lane + Math.sign(lane - like.from_lane)
    const free = exit.lanes.some(({ index }) => index === to) && own.every(({ to_lane }) => to_lane !== to)
    return withNetwork(street, `lane ${lane} for it`, (network) => reassign(network, givers, like, lane, free ? to : like.to_lane))
  })
}

function reassign(network: Network, givers: readonly Connection[], like: Connection, lane: number, to_lane: number): Network {
  const gone = new Set(givers.map(({ id }) => id))
  const { shape_m: _shape, ...path } = like
  const merges = to_lane === like.to_lane ? [like.id] : []
  const added: Connection = { ...path, id: `${like.id} from lane ${lane}`, from_lane: lane, to_lane, conflicts_with: [...like.conflicts_with.filter((id) => !gone.has(id)), ...merges], yields_to: like.yields_to.filter((id) => !gone.has(id)) }
  const kept = network.connections.filter(({ id }) => !gone.has(id)).map((connection): Connection => {
    const conflicts = connection.conflicts_with.filter((id) => !gone.has(id))
    const yields = connection.yields_to.filter((id) => !gone.has(id))
    const touches = connection.conflicts_with.includes(like.id) || (connection.id === like.id && merges.length > 0)
    return { ...connection, conflicts_with: touches ? [...conflicts, added.id] : conflicts, yields_to: connection.yields_to.includes(like.id) ? [...yields, added.id] : yields }
  })
  return { ...network, connections: [...kept, added] }
}

function divert(street: Street, movement: MovementId, volume_vph: number): Variant[] | string {
  const { demand, graph, patterns } = street
  if (demand.volumes.length === 0) return 'the demand of this scenario is single trips: a diversion must be drawn as other routes'
  const volumes = demand.volumes.map((one) => (one.movement === movement ? { ...one, volume_vph: one.volume_vph.map((volume) => (volume === null ? null : Math.max(0, volume - volume_vph))) } : one))
  return [{ label: `${volume_vph} veh/h less`, graph, patterns: new Map(patterns), demand: { ...demand, volumes } }]
}
