// The wall as elements: a head with index, age and clock, the town, what to avoid, what is wrong, and one corridor after another.
import { buildSchematic, paintSchematic } from '../../diagram/schematic.ts'
import type { TownDrawing } from '../../plans/publication/town-drawing.ts'
import type { WallCorridor, WallPlace, WallState, WallWay } from '../../plans/publication/wall-view.ts'
import { hide, look, make, say } from './dom.ts'
import { corridorAt, dataAge_s, lookOf, type Connection } from './shown.ts'
import { ageText, namedIn, type Language, WORDS, type Words } from './words.ts'

const PLACES = 5
const INCIDENTS = 3
/** Of the drawing's own pixels; shown at about one for one at 1080p. */
const MAP = { width: 1060, height: 600, margin: 34, aside: 9, text: 29 } as const
const MPS_IN_KMH = 3.6

export interface WallParts {
  root: HTMLElement
  paint(shown: { state: WallState | undefined; connection: Connection; now_ms: number; silent_ms: number; trouble: number }): void
  draw(drawing: TownDrawing, state: WallState): void
}

export function buildWall(root: HTMLElement, language: Language): WallParts {
  const words: Words = WORDS[language]
  const name = (text: string): string => namedIn(language, text)
  const head = headOf(words)
  const map = make('section', 'wall-map')
  const places = listOf(words.places, PLACES)
  const incidents = listOf(words.incidents, INCIDENTS)
  const corridor = corridorOf()
  const legend = make('p', 'wall-legend', ...(['free', 'slow', 'congested', 'severe'] as const).flatMap((level, i) => [make('i', `wall-swatch ${level}`, String(i + 1)), ` ${words.levels[level]!} `]), make('i', 'wall-swatch grey', '–'), ` ${words.none} `, make('span', 'wall-scale'))
  const veil = make('div', 'wall-veil', make('p', 'wall-veil-what'), make('p', 'wall-veil-why'))
  veil.setAttribute('role', 'alert')
  root.replaceChildren(head.element, make('div', 'wall-middle', make('div', 'wall-town', map, legend), make('div', 'wall-side', places.element, incidents.element)), corridor.element, veil)
  let clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
  let [zone, drawn, corridorShown] = ['', new Map<string, Element[]>(), '']

  const paintMap = (state: WallState, lost: boolean): void => {
    for (const segment of state.segments) {
      const { name: className, numeral } = lookOf(lost ? null : segment.level, segment.freshness)
      for (const element of drawn.get(segment.id) ?? []) {
        look(element, `${element instanceof SVGPathElement ? 'schematic-line' : 'schematic-mark'} ${className}${!lost && segment.closed ? ' closed' : ''}`)
        if (!(element instanceof SVGPathElement)) say(element.lastElementChild!, segment.closed && !lost ? '×' : numeral)
      }
    }
  }

  return {
    root,
    draw(drawing, state) {
      const schematic = buildSchematic({ ...MAP, segments: drawing.segments, signals: drawing.signals, names: state.corridors.map((one) => ({ name: name(one.name), segments: one.ways[0]!.segments.map(({ id }) => id) })), driving_side: drawing.driving_side })
      const holder = document.createElement('template')
      holder.innerHTML = paintSchematic(schematic, { classOf: () => ({ name: 'grey', numeral: '–' }), title: name(state.network.name), description: '', text: MAP.text })
      map.replaceChildren(holder.content)
      drawn = new Map()
      for (const element of map.querySelectorAll('[data-segment]')) drawn.set(element.getAttribute('data-segment')!, [...drawn.get(element.getAttribute('data-segment')!) ?? [], element])
    },
    paint({ state, connection, now_ms, silent_ms, trouble }) {
      if (state !== undefined && state.network.time_zone !== zone) {
        zone = state.network.time_zone
        clock = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false, timeZone: zone })
      }
      const at = (time_s: number): string => clock.format(time_s * 1000)
      const lost = connection !== 'live'
      root.classList.toggle('lost', lost)
      paintVeil(veil, words, connection, { trouble, since: Number.isFinite(silent_ms) ? at((now_ms - silent_ms) / 1000) : at((now_ms - performance.now()) / 1000) })
      paintHead(head, words, { state, lost, now_ms, at, name })
      if (state === undefined) return
      paintMap(state, lost)
      paintPlaces(places, words, state, { lost, name })
      paintIncidents(incidents, words, state, { lost, name, at: (time_s) => at(time_s).slice(0, 5) })
      const shown = corridorAt(state.corridors, now_ms)
      hide(corridor.element, shown === undefined)
      const { id, version } = state.publication.scale
      say(legend.lastElementChild!, words.scale(id, version))
      if (shown === undefined) return
      const key = JSON.stringify([shown.id, lost, state.publication.id, Math.floor(now_ms / 60_000)])
      if (key === corridorShown) return
      corridorShown = key
      paintCorridor(corridor, words, { state, corridor: shown, lost, name, at: (time_s) => at(time_s).slice(0, 5) })
    },
  }
}

interface Head { element: HTMLElement; town: HTMLElement; index: HTMLElement; level: HTMLElement; coverage: HTMLElement; age: HTMLElement; clock: HTMLElement }

function headOf(words: Words): Head {
  const [town, index, level, coverage, age, clock] = [make('h1', 'wall-name'), make('b', 'wall-index'), make('span', 'wall-level'), make('p', 'wall-coverage'), make('p', 'wall-age'), make('time', 'wall-clock')]
  return { town, index, level, coverage, age, clock, element: make('header', 'wall-head', town, make('div', 'wall-index-box', make('span', '', words.index), index, level), make('div', 'wall-told', age, coverage), clock) }
}

interface Painting { lost: boolean; name: (text: string) => string }

function paintHead({ town, index, level, coverage, age, clock }: Head, words: Words, { state, lost, now_ms, at, name }: Painting & { state: WallState | undefined; now_ms: number; at: (time_s: number) => string }): void {
  say(clock, at(now_ms / 1000))
  say(town, state === undefined ? 'greenwave' : name(state.network.name))
  const shown = state === undefined || lost ? undefined : state
  const value = shown?.publication.index ?? null
  const { name: className, numeral } = lookOf(shown?.publication.level ?? null, value === null ? 'no-data' : 'live')
  say(index, value === null ? '–' : value.toFixed(2))
  look(index, `wall-index ${className}`)
  say(level, value === null ? words.none : `${numeral} ${words.levels[shown!.publication.level ?? ''] ?? ''}`)
  say(coverage, shown === undefined ? '' : words.coverage(`${Math.round(100 * shown.publication.coverage)} %`))
  const data_s = shown === undefined ? undefined : dataAge_s(shown, now_ms / 1000)
  say(age, shown === undefined ? words.none : `${words.age} ${words.as_of(at(shown.publication.computed_at).slice(0, 5))} · ${data_s === undefined ? words.none : words.oldest(ageText(words, data_s))}`)
}

function paintVeil(veil: HTMLElement, words: Words, connection: Connection, { trouble, since }: { trouble: number; since: string }): void {
  hide(veil, connection === 'live')
  if (connection === 'live') return
  const refused = trouble === 401 || trouble === 403
  say(veil.firstElementChild!, connection === 'lost' ? words.gone(since) : refused ? words.none : trouble === 404 ? words.nothing : words.waiting)
  say(veil.lastElementChild!, refused ? words.refused : connection === 'lost' ? words.gone_why : '')
}

interface List { element: HTMLElement; rows: { row: HTMLElement; mark: HTMLElement; what: HTMLElement; more: HTMLElement }[]; none: HTMLElement }

function listOf(title: string, most: number): List {
  const rows = Array.from({ length: most }, () => {
    const [mark, what, more] = [make('i', 'wall-swatch'), make('p', 'wall-what'), make('p', 'wall-more')]
    return { mark, what, more, row: make('li', '', mark, make('div', '', what, more)) }
  })
  const none = make('p', 'wall-none')
  return { rows, none, element: make('section', 'wall-list', make('h2', '', title), make('ol', '', ...rows.map(({ row }) => row)), none) }
}

interface Line { mark: string; className: string; what: string; more: string }

function paintList({ rows, none }: List, lines: readonly Line[], empty: string): void {
  rows.forEach(({ row, mark, what, more }, i) => {
    const line = lines[i]
    hide(row, line === undefined)
    if (line === undefined) return
    say(mark, line.mark)
    look(mark, `wall-swatch ${line.className}`)
    say(what, line.what)
    say(more, line.more)
  })
  say(none, lines.length === 0 ? empty : '')
}

const seconds = (words: Words, value: number): string => ageText(words, value)

/** A place of which nothing is known any more is no place to avoid, nor one that is free. */
const knownPlaces = (state: WallState): WallPlace[] => state.places.filter(({ level }) => level !== null)

const placeName = (words: Words, place: WallPlace, name: (text: string) => string): string => (place.before === undefined ? name(place.name) : words.before_cross(name(place.name), name(place.before)))

function paintPlaces(list: List, words: Words, state: WallState, { lost, name }: Painting): void {
  const lines = lost ? [] : knownPlaces(state).slice(0, PLACES).map((place: WallPlace): Line => {
    const { name: className, numeral } = lookOf(place.level, 'live')
    return { mark: numeral, className, what: placeName(words, place, name), more: [...(place.delay_s === null ? [] : [words.lost(seconds(words, place.delay_s))]), words[place.trend]].filter((one) => one !== '').join(' · ') }
  })
  paintList(list, lines, lost || state.publication.index === null ? words.places_unknown : words.no_places)
}

/** What somebody answers for first, then queues that grow back over signals, then controllers. */
function paintIncidents(list: List, words: Words, state: WallState, { lost, name, at }: Painting & { at: (time_s: number) => string }): void {
  const lines: Line[] = lost ? [] : [
    ...state.notices.map((notice) => ({ mark: '!', className: 'alarm', what: `${words.kinds[notice.kind] ?? notice.kind}: ${notice.text}`, more: words.since(at(notice.from)) })),
    ...knownPlaces(state).filter(({ past_signals }) => past_signals > 0).map((place) => ({ mark: '▲', className: 'alarm', what: `${words.spillback}: ${placeName(words, place, name)}`, more: words.back_past(place.past_signals) })),
    ...(state.alarms ?? []).map((alarm) => ({ mark: '◆', className: 'alarm', what: `${name(alarm.name)}: ${words.alarms[alarm.kind] ?? alarm.kind}`, more: words.since(at(alarm.since)) })),
  ].slice(0, INCIDENTS)
  paintList(list, lines, lost ? words.places_unknown : words.no_incidents)
}

interface Strip { element: HTMLElement; title: HTMLElement; plan: HTMLElement; ways: HTMLElement; note: HTMLElement }

function corridorOf(): Strip {
  const [title, plan, ways, note] = [make('h2', ''), make('p', 'wall-plan'), make('div', 'wall-ways'), make('p', 'wall-note')]
  return { title, plan, ways, note, element: make('section', 'wall-corridor', make('div', 'wall-corridor-head', title, plan), ways, note) }
}

interface CorridorPainting extends Painting { state: WallState; corridor: WallCorridor; at: (time_s: number) => string }

function paintCorridor(strip: Strip, words: Words, { state, corridor, lost, name, at }: CorridorPainting): void {
  say(strip.title, name(corridor.name))
  say(strip.plan, lost || corridor.plan === undefined ? '' : planText(words, corridor.plan, at))
  const levels = new Map(state.segments.map((segment) => [segment.id, segment]))
  strip.ways.replaceChildren(...corridor.ways.map((way) => {
    const bar = make('span', 'wall-bar', ...way.segments.map(({ id, length_m }) => {
      const segment = levels.get(id)
      const { name: className, numeral } = lookOf(lost ? null : segment?.level ?? null, segment?.freshness ?? 'no-data')
      const part = make('i', `wall-part ${className}`, segment?.closed === true && !lost ? '×' : numeral)
      part.style.flexGrow = String(Math.max(1, Math.round(length_m)))
      return part
    }))
    const stops = way.direction === undefined ? null : corridor.stops?.[way.direction] ?? null
    return make('div', 'wall-way', make('span', 'wall-to', way.towards === undefined ? words[way.direction ?? 'outbound'] : words.towards(name(way.towards))), bar, ...figuresOf(words, way, stops, lost))
  }))
  say(strip.note, lost || corridor.stops === undefined || (corridor.stops.outbound === null && corridor.stops.inbound === null) ? '' : words.stops_of(corridor.stops.day))
}

const figure = (value: string, unit: string, more = ''): HTMLElement => make('span', 'wall-figure', make('b', '', value), ` ${unit}`, ...(more === '' ? [] : [make('span', 'wall-usual', more)]))

/** A time that is old is not told: only its colour stands. */
function figuresOf(words: Words, way: WallWay, stops: number | null, lost: boolean): HTMLElement[] {
  const told = !lost && (way.freshness === 'live' || way.freshness === 'ageing')
  const minutes = (time_s: number): string => (time_s / 60).toFixed(1)
  return [
    figure(told && way.speed_mps !== null ? String(Math.round(way.speed_mps * MPS_IN_KMH)) : '–', words.speed),
    figure(told && way.travel_time_s !== null ? minutes(way.travel_time_s) : '–', words.travel, lost || way.typical === null ? '' : words.typical(minutes(way.typical.low_s), minutes(way.typical.high_s))),
    figure(lost || stops === null ? '–' : stops.toFixed(1), words.stops),
  ]
}

function planText(words: Words, plan: NonNullable<WallCorridor['plan']>, at: (time_s: number) => string): string {
  const cycle = words.cycle(plan.cycle_s.map((s) => String(Math.round(s))).join(', '))
  if (plan.plan === undefined) return `${words.before} · ${cycle}`
  const runs = plan.following === plan.signals ? words.plan(at(plan.until)) : words.partly(plan.following, plan.signals)
  const bands = plan.bands.filter(({ width_s }) => width_s > 0).map(({ direction, width_s }) => `${direction === 'outbound' ? '→' : '←'} ${Math.round(width_s)}`).join(' ')
  return [runs, cycle, ...(bands === '' ? [] : [words.band(bands)])].join(' · ')
}
