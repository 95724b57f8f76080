// Small networks for tests: built from roads, so that right of way and geometry follow from one description.
import type { VehicleType } from '../../model/demand.ts'
import { PASSENGER_CAR } from '../../model/demand.ts'
import type { Connection, Lane, Link, Movement, Network, NetworkNode, Point, RightOfWay, Turn } from '../../model/network.ts'
import type { CompiledSignal, GreenWindow } from '../../model/plan.ts'
import type { Signal } from '../../model/signal.ts'
import type { SimulationInput, SimulationOptions, Trip } from '../input.ts'

export const SPEED_50 = 50 / 3.6

interface LinkSpec { id: string; from: string; to: string; length: number; lanes?: number; speed?: number; pockets?: { index: number; length: number }[]; shape?: Point[]; allow?: Record<number, string[]> }
interface ConnectionSpec {
  from: string
  to: string
  lane: [number, number]
  turn?: Turn
  length?: number
  speed?: number
  shape?: Point[]
  groups?: [string, RightOfWay][]
  signal?: string
  yields?: string[]
  conflicts?: string[]
  waiting?: number
  turnOnRed?: boolean
}

/** Puts a network together; connection ids are `<from>:<lane>-><to>:<lane>`, conflicts are made symmetric. */
export class NetworkBuilder {
  readonly #nodes = new Map<string, NetworkNode>()
  readonly #links: Link[] = []
  readonly #movements = new Map<string, Movement>()
  readonly #connections: Connection[] = []
  readonly #signals = new Map<string, Signal>()

  link(spec: LinkSpec): this {
    for (const id of [spec.from, spec.to]) {
      if (!this.#nodes.has(id)) this.#nodes.set(id, { id, source_id: id, kind: 'priority', x_m: 0, y_m: 0 })
    }
    const speed = spec.speed ?? SPEED_50
    const allow = (index: number): Pick<Lane, 'allow'> => (spec.allow?.[index] === undefined ? {} : { allow: spec.allow[index] })
    const lanes: Lane[] = Array.from({ length: spec.lanes ?? 1 }, (_, index) => ({
      index, width_m: 3.2, speed_mps: speed,
      length_m: spec.pockets?.find((pocket) => pocket.index === index)?.length ?? spec.length, ...allow(index),
    }))
    this.#links.push({ id: spec.id, source_id: spec.id, from: spec.from, to: spec.to, length_m: spec.length, speed_mps: speed, lanes, ...(spec.shape ? { shape_m: spec.shape } : {}) })
    return this
  }

  /** What rules at a node; `priority` where this is not called. After its links. */
  rule(id: string, kind: NetworkNode['kind']): this {
    this.#nodes.set(id, { ...this.#nodes.get(id)!, kind })
    return this
  }

  connect(spec: ConnectionSpec): this {
    const node = this.#links.find((link) => link.id === spec.from)!.to
    const movement = `${spec.from}->${spec.to}`
    if (!this.#movements.has(movement)) {
      this.#movements.set(movement, { id: movement, node, from: spec.from, to: spec.to, turn: spec.turn ?? 'through', ...(spec.signal ? { signal: spec.signal } : {}) })
    }
    if (spec.signal && !this.#signals.has(spec.signal)) this.#signals.set(spec.signal, { id: spec.signal, source_id: spec.signal, nodes: [node], groups: [], conflicts: [] })
    const joined = spec.signal === undefined ? undefined : this.#signals.get(spec.signal)
    if (joined !== undefined && !joined.nodes.includes(node)) joined.nodes.push(node)
    this.#connections.push({
      id: `${spec.from}:${spec.lane[0]}->${spec.to}:${spec.lane[1]}`, movement, from_lane: spec.lane[0], to_lane: spec.lane[1],
      length_m: spec.length ?? 15, speed_mps: spec.speed ?? SPEED_50,
      conflicts_with: [...(spec.conflicts ?? []), ...(spec.yields ?? [])], yields_to: spec.yields ?? [],
      ...(spec.shape ? { shape_m: spec.shape } : {}),
      ...(spec.groups ? { groups: spec.groups.map(([group, right_of_way]) => ({ group, right_of_way })) } : {}),
      ...(spec.waiting === undefined ? {} : { waiting_m: spec.waiting }),
      ...(spec.turnOnRed ? { turn_on_red: true } : {}),
    })
    return this
  }

  build(): Network {
    for (const connection of this.#connections) {
      for (const foe of connection.conflicts_with) {
        const other = this.#connections.find((candidate) => candidate.id === foe)
        if (other === undefined) throw new Error(`no connection ${foe}`)
        if (!other.conflicts_with.includes(connection.id)) other.conflicts_with.push(connection.id)
      }
    }
    return {
      format: 'greenwave.network/1', name: 'test', driving_side: 'right', coordinate_reference: { kind: 'local' },
      nodes: [...this.#nodes.values()], links: this.#links, movements: [...this.#movements.values()], connections: this.#connections, signals: [...this.#signals.values()],
    }
  }
}

export function compiled(signal: string, cycle: number, offset: number, groups: Record<string, GreenWindow[]>, yellow = 3): CompiledSignal {
  return {
    signal, cycle_s: cycle, offset_s: offset,
    groups: Object.entries(groups).map(([id, green_windows_s]) => ({ id, green_windows_s, yellow_s: yellow, red_clearance_s: 2 })),
  }
}

export const options = (changes: Partial<SimulationOptions> = {}): SimulationOptions =>
  ({ seed: 1, step_s: 0.5, model: 'idm', start_s: 0, measure_from_s: 0, measure_until_s: 1e9, stop_at_s: 3600, ...changes })

export function inputFor(network: Network, signals: CompiledSignal[], trips: Trip[], changes: Partial<SimulationOptions> = {}, types: VehicleType[] = [PASSENGER_CAR]): SimulationInput {
  return { network, signals, trips: [...trips].sort((a, b) => a.depart_s - b.depart_s), vehicle_types: types, options: options(changes) }
}

/** Trips along named links, one every `headway` seconds. */
export function flow(network: Network, links: string[], from: number, until: number, headway: number, extra: Partial<Trip> = {}): Trip[] {
  const route = links.map((id) => network.links.findIndex((link) => link.id === id))
  const trips: Trip[] = []
  for (let t = from; t < until; t += headway) trips.push({ depart_s: t, links: route, type: 0, ...extra })
  return trips
}

/** One lane, one signal: links `in` (700 m) and `out` (400 m), group `g`. */
export function oneLaneSignal(speed = SPEED_50): Network {
  return new NetworkBuilder()
    .link({ id: 'in', from: 'a', to: 'x', length: 700, speed })
    .link({ id: 'out', from: 'x', to: 'b', length: 400, speed })
    .connect({ from: 'in', to: 'out', lane: [0, 0], signal: 'x', groups: [['g', 'protected']], speed })
    .build()
}

/**
 * Roads `a` and `b` lead into one lane each, right and left, of the road `weave`, whose lanes lead to `right` and `left`.
 * The builder, so that more can be joined to it.
 */
export function weave(length: number): NetworkBuilder {
  return new NetworkBuilder()
    .link({ id: 'a', from: 'na', to: 'x', length: 100 })
    .link({ id: 'b', from: 'nb', to: 'x', length: 100 })
    .link({ id: 'weave', from: 'x', to: 'y', length, lanes: 2 })
    .link({ id: 'right', from: 'y', to: 'nr', length: 100 })
    .link({ id: 'left', from: 'y', to: 'nl', length: 100 })
    .connect({ from: 'a', to: 'weave', lane: [0, 0] })
    .connect({ from: 'b', to: 'weave', lane: [0, 1] })
    .connect({ from: 'weave', to: 'right', lane: [0, 0], turn: 'right' })
    .connect({ from: 'weave', to: 'left', lane: [1, 0], turn: 'left' })
}

/**
 * A street `in`, `mid` (100 m), `out` whose second signal is red for 200 s while the first lets traffic in, and a street
 * `side`, `sideout` that crosses at the first: the queue on `mid` spills back.
 */
export function spillingStreet(): { network: Network; signals: CompiledSignal[]; trips: Trip[] } {
  const network = new NetworkBuilder()
    .link({ id: 'in', from: 'a', to: 'x', length: 400 }).link({ id: 'mid', from: 'x', to: 'y', length: 100 }).link({ id: 'out', from: 'y', to: 'b', length: 200 })
    .link({ id: 'side', from: 'c', to: 'x', length: 200 }).link({ id: 'sideout', from: 'x', to: 'd', length: 200 })
    .connect({ from: 'side', to: 'sideout', lane: [0, 0], signal: 'x', groups: [['s', 'protected']] })
    .connect({ from: 'in', to: 'mid', lane: [0, 0], signal: 'x', groups: [['g', 'protected']], conflicts: ['side:0->sideout:0'] })
    .connect({ from: 'mid', to: 'out', lane: [0, 0], signal: 'y', groups: [['h', 'protected']] })
    .build()
  return {
    network,
    signals: [compiled('x', 60, 0, { g: [[0, 30]], s: [[35, 55]] }), compiled('y', 300, 0, { h: [[200, 290]] })],
    trips: [...flow(network, ['in', 'mid', 'out'], 0, 300, 4), ...flow(network, ['side', 'sideout'], 0, 300, 10)],
  }
}
