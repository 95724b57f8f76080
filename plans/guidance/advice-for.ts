// The advice of a sign for this minute: its ways as its settings name them, their state as it is published, and the text that says it. A way of which
// a part is not known, is old or is closed ends all advice; then only times of ways that are known stand there.
import { GreenwaveError } from '../../model/errors.ts'
import type { Publication, SegmentCondition } from '../../model/publication.ts'
import type { Instant, Seconds, VehiclesPerHour } from '../../model/units.ts'
import { mayShowTimes } from '../publication/display.ts'
import { chooseAdvice, type AdviceChoice, type AdviceState } from './choose.ts'
import type { RouteNow } from './predict.ts'
import { PRIOR, priorResponse, type Response } from './response.ts'

export interface GuidedWay {
  id: string
  /** As it stands on the sign. */
  name: string
  /** Published segments from the sign to the destination, in order of travel. */
  segments: readonly string[]
  /** One of them: the queue stands at its end. */
  bottleneck: string
  capacity_vph: VehiclesPerHour
  /** What comes to the bottleneck from elsewhere; 0 where absent. */
  other_vph: VehiclesPerHour
  /** Of the traffic at the sign, without any advice. */
  base_share: number
  /** Share of its length that the usual way has too. */
  overlap: number
  /** Leads through residential or school streets, or against a restriction. */
  barred: boolean
}

/** `settings.guidance` of a screen. */
export interface GuidanceSettings {
  /** Passing the sign. */
  demand_vph: VehiclesPerHour
  usual: GuidedWay
  alternatives: readonly GuidedWay[]
  /** Signs upstream that show it; 5 where absent. */
  signs?: number
  /** Who answers for advice on this sign; without somebody only times are shown. */
  approver?: string
  /** Share that follows the strongest advice, as learned; a cautious one where absent. */
  response?: Response
}

export interface GuidanceAdvice extends AdviceChoice {
  /** Lines for the sign; none where nothing may be said. */
  pages: string[][]
  /** Where the text names a way to take. */
  approver?: string
}

const MINUTE_S = 60

/** Of a screen's settings; undefined where it guides nobody. Throws request.invalid naming the place. */
export function findGuidance(settings: Readonly<Record<string, unknown>>): GuidanceSettings | undefined {
  const given = settings['guidance']
  if (given === undefined) return undefined
  const at = new Reader('/settings/guidance', given)
  const usual = wayOf(at.object('usual'))
  const alternatives = at.list('alternatives').map(wayOf)
  const all = [usual, ...alternatives]
  if (alternatives.length === 0) at.refuse('alternatives', 'hold at least one way')
  if (new Set(all.map(({ id }) => id)).size !== all.length) at.refuse('alternatives', 'have ids that differ from each other and from the usual way')
  if (alternatives.reduce((sum, { base_share }) => sum + base_share, 0) >= 1) at.refuse('alternatives', 'leave some of the traffic to the usual way: their base_share must add up to less than 1')
  const approver = at.findText('approver')
  const signs = at.findNumber('signs', 1, 100)
  const follow = at.findNumber('compliance', 0.01, 0.95)
  return {
    demand_vph: at.number('demand_vph', 0, 20_000), usual, alternatives, ...(approver === undefined ? {} : { approver }), ...(signs === undefined ? {} : { signs: Math.round(signs) }),
    ...(follow === undefined ? {} : { response: priorResponse(follow) }),
  }
}

function wayOf(at: Reader): GuidedWay {
  const segments = at.texts('segments')
  const bottleneck = at.findText('bottleneck') ?? segments.at(-1)!
  if (!segments.includes(bottleneck)) at.refuse('bottleneck', 'be one of the segments')
  return {
    id: at.text('id'), name: at.text('name'), segments, bottleneck, capacity_vph: at.number('capacity_vph', 60, 20_000), other_vph: at.findNumber('other_vph', 0, 20_000) ?? 0,
    base_share: at.findNumber('base_share', 0, 1) ?? 0, overlap: at.findNumber('overlap', 0, 1) ?? 0, barred: at.flag('barred'),
  }
}

/** Pure. `before` is the state that the last call gave. Throws input.reference for a segment that is not published. */
export function adviceFor(guidance: GuidanceSettings, publication: Publication, { now, before }: { now: Instant; before?: AdviceState }): GuidanceAdvice {
  const segments = new Map(publication.segments.map((segment) => [segment.id, segment]))
  const { usual, alternatives, demand_vph, approver, response = priorResponse(PRIOR.descriptive), signs } = guidance
  const usualShare = 1 - alternatives.reduce((sum, { base_share }) => sum + base_share, 0)
  const choice = chooseAdvice({
    now, usual: routeNow(usual, segments, demand_vph * usualShare), demand_vph, response, ...(signs === undefined ? {} : { signs }), ...(before === undefined ? {} : { before }),
    candidates: alternatives.map((way) => ({ ...routeNow(way, segments, demand_vph * way.base_share), overlap: way.overlap, barred: way.barred, base_share: way.base_share })),
  })
  const named = [usual, ...alternatives].find(({ id }) => id === choice.state.advice.route)
  const advised = approver !== undefined && named !== undefined && choice.state.advice.level !== 'descriptive'
  const times = choice.times.map(({ route, travel_s }) => `${[usual, ...alternatives].find(({ id }) => id === route)!.name} 约${Math.max(1, Math.round(travel_s / MINUTE_S))}分`)
  const advice = advised ? [`${choice.state.advice.level === 'strong' ? '请走' : '建议走'}${named.name}`] : []
  const lines = [...advice, ...times].slice(0, 2)
  return { ...choice, pages: lines.length === 0 ? [] : [lines], ...(advised ? { approver } : {}) }
}

/**
 * What is lost before the bottleneck is its queue: at a point queue one waits for queue over capacity. `inflow_vph` is what has passed the sign onto
 * this way until now, and so is under way.
 */
function routeNow({ id, segments: ids, bottleneck, capacity_vph, other_vph }: GuidedWay, published: ReadonlyMap<string, SegmentCondition>, inflow_vph: VehiclesPerHour): RouteNow {
  const segments = ids.map((segment) => {
    const found = published.get(segment)
    if (found === undefined) throw new GreenwaveError('input.reference', `way "${id}" names segment "${segment}", which is not published`)
    return found
  })
  const known = segments.every(({ travel_time_s, index, freshness, closed }) => travel_time_s !== null && index !== null && mayShowTimes(freshness) && !closed)
  const free = (list: readonly SegmentCondition[]): Seconds => list.reduce((sum, { travel_time_s, index }) => sum + (travel_time_s ?? 0) / Math.max(1, index ?? 1), 0)
  const before = segments.slice(0, ids.indexOf(bottleneck) + 1)
  const lost_s = before.reduce((sum, { travel_time_s }) => sum + (travel_time_s ?? 0), 0) - free(before)
  const to_bottleneck_s = free(before)
  return {
    id, to_bottleneck_s, free_s: free(segments), capacity_vph, other_vph, known, queue_veh: (lost_s * capacity_vph) / 3600,
    under_way_veh: Array.from({ length: Math.round(to_bottleneck_s / MINUTE_S) }, () => inflow_vph / MINUTE_S),
  }
}

/** Reads values with the place in every refusal. */
class Reader {
  readonly #pointer: string
  readonly #value: Readonly<Record<string, unknown>>

  constructor(pointer: string, value: unknown) {
    this.#pointer = pointer
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GreenwaveError('request.invalid', `${pointer} must be an object`)
    this.#value = value as Readonly<Record<string, unknown>>
  }

  refuse(name: string, must: string): never {
    throw new GreenwaveError('request.invalid', `${this.#pointer}/${name} must ${must}`)
  }

  object(name: string): Reader {
    return new Reader(`${this.#pointer}/${name}`, this.#value[name])
  }

  list(name: string): Reader[] {
    const list = this.#value[name]
    if (!Array.isArray(list) || list.length > 10) return this.refuse(name, 'be a list of at most ten')
    return list.map((value, i) => new Reader(`${this.#pointer}/${name}/${i}`, value))
  }

  findText(name: string): string | undefined {
    const value = this.#value[name]
    if (value === undefined) return undefined
    return typeof value === 'string' && value.trim() !== '' && value.length <= 200 ? value : this.refuse(name, 'be a text of at most 200 characters')
  }

  text(name: string): string {
    return this.findText(name) ?? this.refuse(name, 'be there')
  }

  texts(name: string): string[] {
    const list = this.#value[name]
    if (!Array.isArray(list) || list.length === 0 || list.length > 200 || list.some((one) => typeof one !== 'string')) return this.refuse(name, 'be a list of 1 to 200 ids')
    return list as string[]
  }

  findNumber(name: string, least: number, most: number): number | undefined {
    const value = this.#value[name]
    if (value === undefined) return undefined
    return typeof value === 'number' && value >= least && value <= most ? value : this.refuse(name, `be a number from ${least} to ${most}`)
  }

  number(name: string, least: number, most: number): number {
    return this.findNumber(name, least, most) ?? this.refuse(name, 'be there')
  }

  flag(name: string): boolean {
    const value = this.#value[name]
    return value === undefined || typeof value === 'boolean' ? value === true : this.refuse(name, 'be true or false')
  }
}
