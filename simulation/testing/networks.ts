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
