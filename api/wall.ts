// What the wall is told: the latest publication, and for those who may see more, the plans that run, the stops that were measured, and controllers in alarm.
import { GreenwaveError } from '../model/errors.ts'
import type { Publication } from '../model/publication.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Corridor, Scenario } from '../model/scenario.ts'
import type { TrafficState } from '../model/traffic-state.ts'
import type { Instant } from '../model/units.ts'
import type { ServiceEvent } from '../plans/ports/event-log.ts'
import type { NetworkRecord } from '../plans/ports/networks.ts'
import { publishedStreets } from '../plans/publication/streets.ts'
import { townDrawing, type TownDrawing } from '../plans/publication/town-drawing.ts'
import { corridorMovements, wallView, type WallAlarm, type WallCorridor, type WallPlan, type WallState } from '../plans/publication/wall-view.ts'
import { latestPublished, publicationOf } from './published.ts'
import type { Service } from './server.ts'

/** With the drawing where the asker has not that of this version. */
export type WallAnswer = WallState & { drawing?: TownDrawing }

export interface WallView {
  state: WallState
  publication: Publication
  graph: RoadGraph
  drawing: () => TownDrawing
}

/** What a graphic panel is drawn from: the stretches that are published, and where the name of a street stands. */
export interface PanelStreets {
  segments: TownDrawing['segments']
  names: { name: string; segments: string[] }[]
  driving_side: TownDrawing['driving_side']
}

/** What changes by the hour is not read for every wall and minute, s. */
const BELIEVE_S = 30
const KEPT_NETWORKS = 8
/** Of the event log when the process begins: alarms are raised and cleared within hours. */
const LOOK_BACK_EVENTS = 20_000
const CHUNK = 1000

interface KnownTown {
  record: NetworkRecord
  scenario: Scenario
  graph: RoadGraph
  drawing?: TownDrawing
  streets?: PanelStreets
  duty?: { read_s: Instant; plans: Map<string, WallPlan>; stops: Map<string, WallCorridor['stops']> }
}

export class WallDesk {
  readonly #service: Service
  readonly #towns = new Map<string, KnownTown>()
  /** By network and controller. */
  readonly #alarms = new Map<string, WallAlarm & { network: string }>()
  #seen: number | undefined

  constructor(service: Service) {
    this.#service = service
  }

  /** `known`: version of the network that the asker has drawn. Throws `request.unknown` where nothing is published. */
  async state(network: NetworkRecord, { duty, known }: { duty: boolean; known: number | undefined }): Promise<WallAnswer> {
    const { state, drawing } = await this.view(network, duty)
    return known === state.network.version ? state : { ...state, drawing: drawing() }
  }

  /** With what it was made of, all of the same publication. */
  async view(network: NetworkRecord, duty: boolean): Promise<WallView> {
    const { publication } = await latestPublished(this.#service, network.id)
    const town = await this.#town(network)
    const now = this.#service.clock.now()
    const { id, name, time_zone, version } = town.record
    const state = wallView({
      network: { id, name, time_zone, version }, graph: town.graph, corridors: town.scenario.scenario.corridors, publication, now,
      ...(duty ? { duty: { ...await this.#duty(town, now), alarms: await this.#alarmsOf(town) } } : {}),
    })
    return { state, publication, graph: town.graph, drawing: () => (town.drawing ??= townDrawing(town.scenario.network, version, publication.segments)) }
  }

  /** Also before anything is published. */
  async streets(network: NetworkRecord): Promise<PanelStreets> {
    const town = await this.#town(network)
    return town.streets ??= panelStreets(town)
  }

  /** The network asked for, or the first of which something is published. Throws `request.unknown`. */
  async networkOf(asked: string | undefined): Promise<NetworkRecord> {
    const { networks, snapshots } = this.#service.store
    for (const network of await networks.list()) {
      if (asked !== undefined ? network.id === asked : await snapshots.latest(network.id).then((found) => found !== undefined && publicationOf(found) !== undefined)) return network
    }
    throw new GreenwaveError('request.unknown', asked === undefined ? 'Nothing has been published of any network' : `There is no network ${JSON.stringify(asked)}`)
  }

  async #town(record: NetworkRecord): Promise<KnownTown> {
    const known = this.#towns.get(record.id)
    if (known?.record.version === record.version) return known
    const scenario = (await this.#service.store.networks.scenario(record.id, record.version))!
    const town: KnownTown = { record, scenario, graph: new RoadGraph(scenario.network) }
    this.#towns.delete(record.id)
    if (this.#towns.size >= KEPT_NETWORKS) this.#towns.delete(this.#towns.keys().next().value!)
    this.#towns.set(record.id, town)
    return town
  }

  async #duty(town: KnownTown, now: Instant): Promise<NonNullable<KnownTown['duty']>> {
    if (town.duty !== undefined && now >= town.duty.read_s && now - town.duty.read_s < BELIEVE_S) return town.duty
    const { corridors } = town.scenario.scenario
    const state = await this.#newestState(town.record.id)
    const plans = new Map<string, WallPlan>()
    const stops = new Map<string, WallCorridor['stops']>()
    for (const corridor of corridors) {
      const plan = await this.#planOf(town.record.id, corridor)
      if (plan !== undefined) plans.set(corridor.id, plan)
      if (state !== undefined) stops.set(corridor.id, stopsOf(town.graph, corridor, state))
    }
    return town.duty = { read_s: now, plans, stops }
  }

  async #newestState(network: string): Promise<{ day: string; state: TrafficState } | undefined> {
    const { states } = this.#service.store
    const [day] = await states.days(network, 1)
    const state = day === undefined ? undefined : await states.day(network, day)
    return state === undefined ? undefined : { day: day!, state }
  }

  /** A signal without any timing is none that runs something. */
  async #planOf(network: string, { intersections }: Corridor): Promise<WallPlan | undefined> {
    const { timings, store } = this.#service
    const read: { plan?: string; valid_until: string; pattern: { cycle_s: number } }[] = []
    for (const signal of intersections) {
      try {
        read.push(JSON.parse((await timings.get(network, signal)).body) as (typeof read)[number])
      } catch (error) {
        if (!(error instanceof GreenwaveError)) throw error
      }
    }
    if (read.length === 0) return undefined
    const plan = read.find((one) => one.plan !== undefined)?.plan
    const document = plan === undefined ? undefined : (await store.plans.get(plan))?.document
    return {
      ...(plan === undefined ? {} : { plan }), signals: read.length, following: plan === undefined ? 0 : read.filter((one) => one.plan === plan).length,
      cycle_s: [...new Set(read.map(({ pattern }) => pattern.cycle_s))].sort((a, b) => a - b), bands: (document?.bands ?? []).map(({ direction, width_s }) => ({ direction, width_s })),
      until: Math.min(...read.map(({ valid_until }) => Date.parse(valid_until) / 1000)),
    }
  }

  async #alarmsOf({ record, scenario }: KnownTown): Promise<WallAlarm[]> {
    const { events } = this.#service.store
    this.#seen ??= Math.max(0, await events.last() - LOOK_BACK_EVENTS)
    for (let more = true; more;) {
      const found = await events.since(this.#seen, CHUNK)
      for (const event of found) this.#hear(event)
      this.#seen = found.at(-1)?.seq ?? this.#seen
      more = found.length === CHUNK
    }
    const names = new Map(scenario.network.signals.map(({ id, name, source_id }) => [id, name ?? source_id]))
    return [...this.#alarms.values()].filter(({ network }) => network === record.id).map(({ signal, kind, since }) => ({ signal, kind, since, name: names.get(signal) ?? signal }))
  }

  #hear({ kind, network, body, time_s }: ServiceEvent): void {
    const { controller, signal, raised } = (body ?? {}) as { controller?: string; signal?: string; raised?: boolean }
    if (network === undefined || controller === undefined || signal === undefined || raised === undefined) return
    const key = JSON.stringify([network, controller])
    if (raised) this.#alarms.set(key, { network, signal, name: signal, kind: kind.slice('controller.'.length), since: time_s })
    else this.#alarms.delete(key)
  }
}

const desks = new WeakMap<Service, WallDesk>()

/** The one of this service. */
export function wallDeskOf(service: Service): WallDesk {
  let desk = desks.get(service)
  if (desk === undefined) desks.set(service, desk = new WallDesk(service))
  return desk
}

/** Of a run past all signals of a direction; null where one was not measured. */
function stopsOf(graph: RoadGraph, corridor: Corridor, { day, state }: { day: string; state: TrafficState }): NonNullable<WallCorridor['stops']> {
  const measured = new Map(state.movements.map((movement) => [movement.movement, movement.stops.value]))
  const sum = (crossings: readonly string[][]): number | null => {
    const each = crossings.map((movements) => movements.map((id) => measured.get(id)).find((value) => value !== undefined && value !== null))
    return each.length > 0 && each.every((value) => typeof value === 'number') ? each.reduce((all, value) => all + value, 0) : null
  }
  const { outbound, inbound } = corridorMovements(graph, corridor)
  return { day, outbound: sum(outbound), inbound: sum(inbound) }
}

/** A corridor by its name in both directions, other stretches by their own. */
function panelStreets({ record, scenario }: KnownTown): PanelStreets {
  const { segments } = publishedStreets(scenario)
  const { segments: drawn, driving_side } = townDrawing(scenario.network, record.version, segments)
  const of = (start: string): string[] => segments.filter(({ id }) => id.startsWith(start)).map(({ id }) => id)
  const corridors = scenario.scenario.corridors.flatMap(({ id, name }) => ['outbound', 'inbound'].map((direction) => ({ name, segments: of(`${id}:${direction}:`) })))
  return { segments: drawn, driving_side, names: [...corridors, ...segments.filter(({ id }) => id.startsWith('link:')).map(({ id, name }) => ({ name, segments: [id] }))] }
}
