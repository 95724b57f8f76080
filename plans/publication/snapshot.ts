// The publication of one minute: pure, immutable, and the only thing that anything shown outside may read.
import { GreenwaveError } from '../../model/errors.ts'
import type { Link, LinkId, Network } from '../../model/network.ts'
import type { CorridorCondition, Publication, PublicNotice, PublishedPlace, SegmentCondition, TypicalTime } from '../../model/publication.ts'
import type { Grade } from '../../model/traffic-state.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { congestionIndex, getScale, LEAST_COVERAGE, type IndexPart } from '../../state/congestion/index.ts'
import { hashOf } from '../ports/canonical.ts'
import type { LinkMinute } from '../ports/states.ts'
import { nextLevel } from './calm.ts'
import { lessFresh, linkNow, type LinkNow } from './freshness.ts'

export interface SegmentPlan {
  id: string
  name: string
  links: readonly LinkId[]
}

export interface SnapshotInput {
  network_id: string
  network_version: number
  network: Network
  /** In the order in which they are shown. */
  segments: readonly SegmentPlan[]
  /** One direction each, its segments in order of travel. */
  corridors: readonly { id: string; name: string; segments: readonly string[] }[]
  /** At least those of the last ten minutes. */
  minutes: readonly LinkMinute[]
  /** By corridor, for the time of day and the kind of day of `now`. */
  typical: ReadonlyMap<string, TypicalTime>
  places: readonly { id: string; name: string; segments: readonly string[]; trend: PublishedPlace['trend'] }[]
  notices: readonly PublicNotice[]
  /** What the source of a link is late itself, and how good it is; 0 s and D where absent. */
  sources?: ReadonlyMap<LinkId, { latency_s: Seconds; grade: Grade; refused?: boolean }>
  /** By link; the limit where absent. */
  free_mps?: ReadonlyMap<LinkId, number>
  /** The publication before, so that colours stay calm. */
  previous?: Publication
  now: Instant
}

const SCALE = 'nav-delay-index'

/** Throws input.reference for a segment of unknown links, a corridor or place of unknown segments; input.duplicate for a segment twice. */
export function snapshot(input: SnapshotInput): Publication {
  const view = new View(input)
  const segments = input.segments.map((plan) => view.segment(plan))
  const byId = new Map(segments.map((segment) => [segment.id, segment]))
  if (byId.size !== segments.length) throw new GreenwaveError('input.duplicate', `the publication of "${input.network_id}" names a segment twice`)
  const find = (owner: string) => (id: string): SegmentCondition => {
    const found = byId.get(id)
    if (found === undefined) throw new GreenwaveError('input.reference', `${owner} names segment "${id}", which is not published`)
    return found
  }
  const corridors = input.corridors.map((corridor) => view.corridor(corridor, corridor.segments.map(find(`corridor "${corridor.id}"`))))
  const places = input.places.map((place) => view.place(place, place.segments.map(find(`place "${place.id}"`))))
  const whole = congestionIndex([...new Set(input.segments.flatMap(({ links }) => links))].map((id) => view.part(id)))
  const document: Omit<Publication, 'id'> = {
    format: 'greenwave.publication/1', network: input.network_id, network_version: input.network_version, computed_at: input.now,
    scale: { id: view.scale.id, version: view.scale.version, status: view.scale.status }, free_speed: input.free_mps === undefined ? 'speed-limit' : 'off-peak-p85-capped-by-limit',
    index: whole.index, coverage: whole.coverage, age_s: largest(segments.map(({ age_s }) => age_s)), segments, corridors, places, notices: view.notices,
  }
  return freeze({ ...document, id: `${input.network_id}-${new Date(Math.floor(input.now / 60) * 60_000).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z-${hashOf(document).slice(0, 12)}` })
}

const largest = (values: readonly (number | null)[]): number | null => values.reduce<number | null>((most, value) => (value === null ? most : Math.max(most ?? value, value)), null)
const GRADES: readonly Grade[] = ['A', 'B', 'C', 'D', 'E']
const worstGrade = (grades: readonly (Grade | null)[]): Grade | null => {
  const known = grades.filter((grade) => grade !== null)
  return known.length === 0 ? null : GRADES[Math.max(...known.map((grade) => GRADES.indexOf(grade)))]!
}

class View {
  readonly scale = getScale(SCALE)
  readonly notices: PublicNotice[]
  readonly #input: SnapshotInput
  readonly #links: ReadonlyMap<LinkId, Link>
  readonly #now = new Map<LinkId, LinkNow | undefined>()
  readonly #minutes = new Map<LinkId, LinkMinute[]>()
  readonly #before: ReadonlyMap<string, SegmentCondition>

  constructor(input: SnapshotInput) {
    this.#input = input
    this.#links = new Map(input.network.links.map((link) => [link.id, link]))
    for (const minute of input.minutes) {
      const list = this.#minutes.get(minute.link)
      if (list === undefined) this.#minutes.set(minute.link, [minute])
      else list.push(minute)
    }
    this.notices = input.notices.filter(({ from, until }) => from <= input.now && (until === null || input.now < until))
    // A publication from the future, or of another edition of the scale, says nothing about what was shown.
    const previous = input.previous?.scale.id === this.scale.id && input.previous.scale.version === this.scale.version && input.previous.computed_at <= input.now ? input.previous : undefined
    this.#before = new Map((previous?.segments ?? []).map((segment) => [segment.id, segment]))
  }

  part(id: LinkId): IndexPart {
    const link = this.#link(id)
    return { length_m: link.length_m, free_mps: this.#input.free_mps?.get(id) ?? link.speed_mps, speed_mps: this.#of(id)?.speed_mps, volume_vph: 1 }
  }

  segment({ id, name, links }: SegmentPlan): SegmentCondition {
    const parts = links.map((link) => this.part(link))
    const length_m = parts.reduce((sum, part) => sum + part.length_m, 0)
    const { index, coverage } = congestionIndex(parts)
    const used = index === null ? [] : links.map((link) => this.#of(link)).filter((now) => now !== undefined)
    const on = this.notices.filter((notice) => notice.links.some((link) => links.includes(link)))
    const closed = on.some(({ kind }) => kind === 'closure')
    const incident = on.some(({ kind }) => kind === 'accident' || kind === 'breakdown' || kind === 'obstruction')
    const before = this.#before.get(id)
    const shown = nextLevel(this.scale, before, index, this.#input.now, (closed && before?.closed !== true) || (incident && before?.incident !== true))
    const covered_m = parts.reduce((sum, part) => sum + (part.speed_mps === undefined ? 0 : part.length_m), 0)
    const covered_s = parts.reduce((sum, part) => sum + (part.speed_mps === undefined ? 0 : part.length_m / part.speed_mps), 0)
    return {
      id, name, links: [...links], length_m, freshness: used.length === 0 ? 'no-data' : used.map(({ freshness }) => freshness).reduce<SegmentCondition['freshness']>(lessFresh, 'live'), ...shown,
      index, speed_mps: index === null ? null : covered_m / covered_s, travel_time_s: index !== null && used.length === links.length ? covered_s : null, coverage,
      age_s: largest(used.map(({ age_s }) => age_s)), vehicles: used.length === 0 ? null : Math.min(...used.map(({ vehicles }) => vehicles)),
      grade: index === null ? null : worstGrade(links.filter((link) => this.#of(link) !== undefined).map((link) => this.#input.sources?.get(link)?.grade ?? 'D')), closed, incident,
    }
  }

  corridor({ id, name }: { id: string; name: string }, segments: readonly SegmentCondition[]): CorridorCondition {
    const { index, coverage } = congestionIndex(segments.flatMap(({ links }) => links.map((link) => this.part(link))))
    const shown = index === null ? [] : segments.filter(({ freshness }) => freshness !== 'no-data')
    const whole = shown.length === segments.length && shown.length > 0 && shown.every(({ travel_time_s, closed }) => travel_time_s !== null && !closed)
    return {
      id, name, segments: segments.map((segment) => segment.id), length_m: segments.reduce((sum, { length_m }) => sum + length_m, 0),
      freshness: shown.length === 0 ? 'no-data' : shown.map(({ freshness }) => freshness).reduce(lessFresh, 'live'), index: shown.length === 0 ? null : index,
      travel_time_s: whole ? shown.reduce((sum, { travel_time_s }) => sum + travel_time_s!, 0) : null, typical: this.#input.typical.get(id) ?? null, coverage,
      age_s: largest(shown.map(({ age_s }) => age_s)), grade: worstGrade(shown.map(({ grade }) => grade)),
    }
  }

  place({ id, name, trend }: SnapshotInput['places'][number], segments: readonly SegmentCondition[]): PublishedPlace {
    const known = segments.length > 0 && segments.every(({ travel_time_s, index }) => travel_time_s !== null && index !== null)
    return {
      id, name, segments: segments.map((segment) => segment.id), length_m: segments.reduce((sum, { length_m }) => sum + length_m, 0),
      delay_s: known ? segments.reduce((sum, { travel_time_s, index }) => sum + Math.max(0, travel_time_s! - travel_time_s! / index!), 0) : null, trend: known ? trend : 'unknown',
    }
  }

  #link(id: LinkId): Link {
    const link = this.#links.get(id)
    if (link === undefined) throw new GreenwaveError('input.reference', `a segment names link "${id}", which network "${this.#input.network_id}" does not have`)
    return link
  }

  #of(id: LinkId): LinkNow | undefined {
    if (!this.#now.has(id)) {
      const source = this.#input.sources?.get(id)
      this.#now.set(id, source?.refused === true ? undefined : linkNow(this.#minutes.get(id) ?? [], this.#input.now, source?.latency_s ?? 0))
    }
    return this.#now.get(id)
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}

export { LEAST_COVERAGE }
