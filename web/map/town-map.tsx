// The map of a town: start here. Streets by what is known of them, signals with their offsets, corridors, congested places, and the corridor that is being drawn.
import { useComputed, useSignal, useSignalEffect, type ReadonlySignal, type Signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { cursor } from '../shell/cursor.ts'
import { go, look, query } from '../shell/location.ts'
import { named } from '../words/language.ts'
import { buildScene } from './build-scene.ts'
import { coverageClass, STYLES, THEMES, type Theme } from './classes.ts'
import { Detail, FigureTable, treatmentOf } from './detail.tsx'
import type { Point } from '../../model/network.ts'
import type { TrafficOnMapProps } from '../playback/on-map.tsx'
import type { Compute } from '../corridors/compute.tsx'
import type { DrawCorridorProps } from './draw-corridor.tsx'
import { count, percent, span } from '../shell/units.ts'
import { offsetText } from './figures.ts'
import { hitAt, type Hit } from './hit.ts'
import { Legend } from './legend.tsx'
import { hasWebgl, Stage } from './stage.tsx'
import { NO_WAY, type Way } from './scene.ts'
import { useTown, type TownData } from './town-data.ts'
import type { Streets } from './streets.ts'
import { boxOf, fitView, parseView, viewText, zoomed, type Size, type View } from './view.ts'
import { words } from './words.ts'

export interface TownMapProps {
  network: string
  /** Whoever may change the network may draw corridors; the service has the last word. */
  mayDraw?: boolean
  /** Told what was clicked, beside what the map shows of it. */
  onPick?: (hit: Hit | undefined) => void
}

const ME = 'map'

export function TownMap({ network, mayDraw = false, onPick }: TownMapProps) {
  const town = useTown(network)
  const streets = town.streets.value
  if (town.trouble.value !== undefined) return <div class="map-town map-message" role="alert"><p>{words().failed} {town.trouble.value}</p><button type="button" onClick={() => void town.reload()}>{words().again}</button></div>
  if (streets === undefined) return <div class="map-town map-message" role="status">{words().loading}</div>
  if (streets.drawing.links.length === 0) return <div class="map-town map-message">{words().empty}</div>
  return <Drawn town={town} streets={streets} mayDraw={mayDraw} onPick={onPick} />
}

const isTheme = (text: string | null): text is Theme => THEMES.includes(text as Theme)
/** What is shown beside the streets; an address names what is not as usual. */
const USUAL = { places: true, treatments: false, offsets: true, simulated: false } as const
type Shown = keyof typeof USUAL
const SHOWN = Object.keys(USUAL) as Shown[]
const FIRST: Size = { width: 800, height: 500 }
/** The address follows the view when it has come to rest. */
const REST_MS = 400

function Drawn({ town, streets, mayDraw, onPick }: { town: TownData; streets: Streets; mayDraw: boolean; onPick: TownMapProps['onPick'] }) {
  const size = useSignal<Size>(FIRST)
  const view = useSignal<View>(parseView(query.value.get('at')) ?? fitView(streets.box, FIRST))
  const chosen = useSignal<Hit | undefined>(undefined)
  const drawing = useSignal(false)
  const way = useSignal<Way>(NO_WAY)
  const drawer = useSignal<{ Drawer: ComponentType<DrawCorridorProps> } | undefined>(undefined)
  const clicked = useSignal<{ signal: string } | undefined>(undefined)
  const corridor = useSignal<string | undefined>(query.value.get('corridor') ?? undefined)
  const said = useSignal('')
  const traffic = useSignal<{ OnMap: ComponentType<TrafficOnMapProps> } | undefined>(undefined)
  const claims = useRef<((at: Point) => boolean) | undefined>(undefined)
  const planning = useSignal<{ corridor: string; Dialog: typeof Compute } | undefined>(undefined)
  const theme = useComputed((): Theme => { const named = query.value.get('by'); return isTheme(named) ? named : 'now' })
  const show = useComputed(() => Object.fromEntries(SHOWN.map((one) => [one, (query.value.get(one) ?? (USUAL[one] ? 'yes' : 'no')) === 'yes'])) as Record<Shown, boolean>)
  const picked = usePickedWay(useComputed(() => town.streets.value ?? streets), corridor)
  const highlighted = useComputed(() => (drawing.value ? way.value : picked.value))
  const scene = useComputed(() => buildScene({
    streets: town.streets.value ?? streets, theme: theme.value, live: town.live.value, published: town.published.value, day: town.day.value, timings: town.timings.value, cards: town.cards.value, show: show.value,
    way: highlighted.value, marked: cursor.value ?? {}, offset: (offset_s) => words().offset(offsetText(offset_s)),
  }))
  const fit = (): void => { view.value = fitView(streets.box, size.value) }
  useWholeTown(streets, view, size)
  useAddress(view, () => fitView(streets.box, size.value))
  const point = (hit: Hit | undefined): void => {
    const { signal, link, movement } = cursor.value ?? {}
    if (hit?.signal === signal && hit?.link === link && hit?.movement === movement) return
    cursor.value = hit === undefined || hit.place !== undefined ? undefined : { ...hit, from: ME }
  }
  const click = (hit: Hit | undefined): void => {
    if (drawing.value) {
      if (hit?.signal !== undefined) clicked.value = { signal: hit.signal }
      return
    }
    chosen.value = hit
    onPick?.(hit)
  }
  const clickAt = (at: Point): void => {
    // A corridor is drawn by signals, though a number may stand before one.
    if (drawing.value) click(hitAt({ ...scene.value, places: [] }, at, view.value.scale))
    else if (claims.current?.(at) !== true) click(hitAt(scene.value, at, view.value.scale))
  }
  const draw = (): void => {
    drawing.value = true
    chosen.value = undefined
    clicked.value = undefined
    way.value = NO_WAY
    said.value = ''
    import('./draw-corridor.tsx').then(({ DrawCorridor }) => { drawer.value = { Drawer: DrawCorridor } }, () => {
      drawing.value = false
      said.value = words().lost
    })
  }
  const plan = (corridor: string): void => {
    import('../corridors/compute.tsx').then(({ Compute }) => { planning.value = { corridor, Dialog: Compute } }, () => { said.value = words().lost })
  }
  useEffect(() => {
    if (show.value.simulated) import('../playback/on-map.tsx').then(({ TrafficOnMap }) => { traffic.value = { OnMap: TrafficOnMap } }, () => { said.value = words().lost })
  }, [show.value.simulated])
  const nameOf = (id: string): string => named((town.streets.value ?? streets).drawing.corridors.find((one) => one.id === id)?.name ?? id)
  const t = words()
  const engine = query.value.get('map') === 'canvas' || !hasWebgl() ? 'canvas' : 'library'
  return (
    <div class="map-town">
      <div class="map-bar">
        <label>{t.colour_by} <select value={theme.value} onChange={({ currentTarget }) => look({ by: currentTarget.value === 'now' ? undefined : currentTarget.value })}>{THEMES.map((one) => <option key={one} value={one}>{t.themes[one]}</option>)}</select></label>
        <fieldset><legend class="sh-hidden">{t.show}</legend>{SHOWN.map((one) => <label key={one}><input type="checkbox" checked={show.value[one]} onChange={({ currentTarget }) => look({ [one]: currentTarget.checked === USUAL[one] ? undefined : currentTarget.checked ? 'yes' : 'no' })} />{t[one]}</label>)}</fieldset>
        <span class="map-age" role="status">{ageOf(town, theme.value)}</span>
        {mayDraw && !drawing.value && <button type="button" onClick={draw}>{t.draw}</button>}
      </div>
      <Chips town={town} streets={town.streets.value ?? streets} picked={corridor.value} plan={mayDraw ? plan : undefined} pick={(id) => { corridor.value = corridor.value === id ? undefined : id; look({ corridor: corridor.value }); zoomTo(town.streets.value ?? streets, corridor.value, view, size.value) }} />
      {said.value !== '' && <p class="map-said" role="status">{said.value}</p>}
      <div class="map-body">
        <div class="map-field">
          <Stage scene={scene} view={view} size={size} engine={engine} tiles={streets.drawing.tiles} fit={fit}
            onHover={(at) => point(at === undefined ? undefined : hitAt(scene.value, at, view.value.scale))} onClick={clickAt} />
          <div class="map-zoom">
            <button type="button" aria-label={t.zoom_in} onClick={() => { view.value = zoomed(view.value, size.value, [size.value.width / 2, size.value.height / 2], 1.6) }}>+</button>
            <button type="button" aria-label={t.zoom_out} onClick={() => { view.value = zoomed(view.value, size.value, [size.value.width / 2, size.value.height / 2], 1 / 1.6) }}>−</button>
            <button type="button" aria-label={t.fit} title={t.fit} onClick={fit}>⤢</button>
          </div>
          <Legend theme={theme.value} source={theme.value === 'movements' ? serviceSource(town) : theme.value === 'coverage' ? seenShare(town) : undefined} places={show.value.places && (town.published.value?.document.places.length ?? 0) > 0} cards={show.value.treatments && town.cards.value.length > 0} />
          {show.value.simulated && traffic.value !== undefined && <traffic.value.OnMap network={town.network} drivingSide={streets.drawing.driving_side} view={view} size={size} claims={claims} />}
          {chosen.value !== undefined && <Detail town={town} hit={chosen.value} close={() => click(undefined)} />}
        </div>
        {drawing.value && drawer.value !== undefined && <drawer.value.Drawer town={town} way={way} clicked={clicked} marked={(signal) => point(signal === undefined ? undefined : { signal })} close={() => { drawing.value = false; way.value = NO_WAY }}
          done={(id, next) => { drawing.value = false; way.value = NO_WAY; corridor.value = id; look({ corridor: id }); said.value = words().saved(nameOf(id)); if (next === 'plan') plan(id) }} />}
      </div>
      {planning.value !== undefined && <planning.value.Dialog network={town.network} corridor={planning.value.corridor} name={nameOf(planning.value.corridor)} onClose={() => { planning.value = undefined }} />}
      <PlaceList town={town} show={show.value} />
      <FigureTable town={town} theme={theme.value} />
    </div>
  )
}

/** Who sees the whole town goes on seeing it when the drawing gets another size: its first one, or room given to a list. */
function useWholeTown(streets: Streets, view: Signal<View>, size: Signal<Size>): void {
  const before = useRef(size.value)
  useSignalEffect(() => {
    const now = size.value
    if (viewText(view.peek()) === viewText(fitView(streets.box, before.current))) view.value = fitView(streets.box, now)
    before.current = now
  })
}

function useAddress(view: { value: View }, home: () => View): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      const at = viewText(view.value)
      look({ at: at === viewText(home()) ? undefined : at })
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [view.value])
}

/** Of the corridor that is picked, as soon as it is found; its signals at once. */
function usePickedWay(streets: ReadonlySignal<Streets>, id: ReadonlySignal<string | undefined>): ReadonlySignal<Way> {
  const way = useSignal<Way>(NO_WAY)
  useSignalEffect(() => {
    const { drawing } = streets.value
    const corridor = drawing.corridors.find((one) => one.id === id.value)
    way.value = corridor === undefined ? NO_WAY : { ...NO_WAY, signals: corridor.intersections }
    if (corridor === undefined) return undefined
    let stale = false
    // Where it does not come the signals are marked all the same.
    import('./way.ts').then(({ wayOfCorridor }) => { if (!stale) way.value = wayOfCorridor(drawing, corridor) }, () => undefined)
    return () => { stale = true }
  })
  return way
}

function zoomTo(streets: Streets, id: string | undefined, view: { value: View }, size: Size): void {
  const signals = streets.drawing.corridors.find((one) => one.id === id)?.intersections ?? []
  const places = signals.flatMap((signal) => { const at = streets.signals.get(signal)?.at_m; return at === undefined ? [] : [at] })
  if (places.length > 0) view.value = fitView(boxOf(places), size, 90)
}

function Chips({ town, streets, picked, pick, plan }: { town: TownData; streets: Streets; picked: string | undefined; pick: (id: string) => void; plan: ((id: string) => void) | undefined }) {
  const { corridors } = streets.drawing
  if (corridors.length === 0) return null
  const t = words()
  return (
    <ul class="map-chips" aria-label={t.corridors}>
      {corridors.map(({ id, name, intersections }) => {
        const planned = intersections.filter((signal) => town.timings.value.get(signal)?.plan !== undefined).length
        return (
          <li key={id} class={picked === id ? 'map-picked' : ''}>
            <button type="button" aria-pressed={picked === id} title={t.corridor_of(named(name), intersections.length)} onClick={() => pick(id)}><i class={planned > 0 ? 'map-dot map-planned' : 'map-dot'} aria-hidden="true" />{named(name)} <small>{intersections.length}</small></button>
            <a href={`/corridors/${encodeURIComponent(id)}?town=${encodeURIComponent(town.network)}`} aria-label={`${t.diagram}: ${named(name)}`} onClick={(event) => { event.preventDefault(); go(event.currentTarget.pathname + event.currentTarget.search) }}>↗</a>
            {picked === id && plan !== undefined && <button type="button" class="map-plan" aria-label={t.compute_for(named(name))} onClick={() => plan(id)}>{t.compute}</button>}
          </li>
        )
      })}
    </ul>
  )
}

function PlaceList({ town, show }: { town: TownData; show: Record<Shown, boolean> }) {
  const t = words()
  const places = show.places ? town.published.value?.document.places ?? [] : []
  const cards = show.treatments ? town.cards.value : []
  if (places.length + cards.length === 0) return null
  return (
    <ul class="map-places" aria-label={t.places_list}>
      {places.map(({ id, name, delay_s, trend }, i) => <li key={id}><b class="map-number">{i + 1}</b>{named(name)} <small>{[...(delay_s === null ? [] : [t.delay_of(count(Math.round(delay_s)))]), t.trends[trend]].join(' · ')}</small></li>)}
      {cards.map((card, i) => <li key={card.id}><b class="map-number map-card">{i + 1}</b><a href={`/worklist?card=${encodeURIComponent(card.id)}&show=all`}>{named(card.name)}</a> <small>{[t.statuses[card.status], ...[treatmentOf(card) ?? []].flat(), t.veh_h(count(card.delay_veh_h_per_day, 1))].join(' · ')}</small></li>)}
    </ul>
  )
}

function ageOf({ live, published, day, lost }: TownData, theme: Theme): string {
  const t = words()
  if (lost.value) return t.lost
  if (theme === 'published') return published.value === undefined ? t.nothing_published : t.told(span(Math.max(0, Date.now() / 1000 - published.value.document.computed_at)))
  if (theme === 'movements' && live.value === undefined && day.value === undefined) return t.no_day
  const ages = [...(live.value?.links.values() ?? [])].filter(({ freshness }) => freshness !== 'no-data').map(({ age_s }) => age_s)
  return ages.length === 0 ? t.no_vehicles : t.newest(span(Math.min(...ages) + Math.max(0, (Date.now() - live.value!.told_ms) / 1000)))
}

/** How much of the streets feeds tell of now, by length of lanes. */
function seenShare({ streets, live }: TownData): string | undefined {
  if (streets.value === undefined || live.value === undefined) return undefined
  let [all, some, much] = [0, 0, 0]
  for (const { id, length_m, lanes } of streets.value.links.values()) {
    const seen = coverageClass(live.value.links.get(id))
    all += length_m * lanes
    if (seen !== undefined) some += length_m * lanes
    if (seen === STYLES.coverage.length - 1) much += length_m * lanes
  }
  return words().seen_share(percent(much / all), percent(some / all))
}

function serviceSource({ live, day }: TownData): string {
  const t = words()
  const now = [...(live.value?.movements.values() ?? [])].some(({ delay_s }) => delay_s !== undefined)
  return [...(now ? [t.service_live] : []), ...(day.value === undefined ? [] : [t.service_day(day.value.day)])].join(' · ') || t.no_day
}
