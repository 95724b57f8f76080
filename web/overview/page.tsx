// The start page: what the streets are like now, what runs in the corridors, what is congested, the night and the feeds.
import './overview.css'
import { useMemo, useState } from 'preact/hooks'
import type { DrawnLink, StreetDrawing } from '../../diagram/street-drawing.ts'
import type { Answer, LiveLink } from '../service/service.ts'
import { TOO_OLD_S, useNow } from '../shell/header.tsx'
import { type Column, Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { town, type Town } from '../shell/session.ts'
import { count, minutes, seconds, speed, timeOfDay } from '../shell/units.ts'
import { language, named } from '../words/language.ts'
import { Feeds } from './feeds.tsx'
import { congested, corridorIndex, destination, type LiveById, signalServices, townIndex, type SignalService } from './figures.ts'
import { indexText, isKnown, levelOf, RANGES } from './levels.ts'
import { Night } from './night.tsx'
import { Streets } from './streets.tsx'
import { words } from './words.ts'

const LIVE_MS = 4000
const SLOW_MS = 30_000
const MOST_SHOWN = 8

type Timing = Answer<'GET /networks/{network}/timings'>['items'][number]

const titleOf = (drawing: StreetDrawing, link: DrawnLink): string => {
  const to = destination(drawing, link)
  const name = named(link.name ?? link.id)
  return to === undefined ? name : words().street_to(name, named(to))
}

const Level = ({ index }: { index: number | undefined }) => {
  const level = levelOf(index)
  return <i class={`ov-dot ${level === undefined ? 'ov-unknown' : `ov-level-${level}`}`} role="img" aria-label={level === undefined ? words().no_data : words().levels[level]} />
}

function Congested({ drawing, live, onPick }: { drawing: StreetDrawing; live: LiveById; onPick: (link: string) => void }) {
  const places = congested(drawing, live)
  return (
    <section class="ov-panel" id="slowest" aria-labelledby="ov-slowest">
      <h2 id="ov-slowest">{words().slowest}</h2>
      {places.length === 0 ? <p>{words().nothing_slow}</p> : (
        <ol>
          {places.slice(0, MOST_SHOWN).map(({ street, link, lost_s }) => {
            const to = destination(drawing, street)
            return (
              <li key={street.id}>
                <button type="button" class="ov-row" onClick={() => onPick(street.id)}>
                  <Level index={link.index} /><span class="ov-grow">{named(street.name ?? street.id)}{to === undefined ? null : <small>{words().towards(named(to))}</small>}</span><b>{words().lost_time(seconds(lost_s))}</b><small class="ov-right">{speed(link.speed_mps)}</small>
                </button>
              </li>
            )
          })}
        </ol>
      )}
      {places.length > MOST_SHOWN ? <small>{words().more(places.length - MOST_SHOWN)}</small> : null}
    </section>
  )
}

interface CorridorProps { drawing: StreetDrawing; live: LiveById; timings: readonly Timing[]; services: ReadonlyMap<string, SignalService>; zone: string }

function Corridors({ drawing, live, timings, services, zone }: CorridorProps) {
  const bySignal = new Map(timings.map((one) => [one.signal, one]))
  const names = new Map(drawing.signals.map(({ id, name }) => [id, named(name ?? id)]))
  return (
    <section class="ov-panel" id="corridors" aria-labelledby="ov-corridors">
      <h2 id="ov-corridors">{words().corridors}</h2>
      {drawing.corridors.map((corridor) => {
        const own = corridor.intersections.flatMap((signal) => bySignal.get(signal) ?? [])
        const cycles = [...new Set(own.map(({ cycle_s }) => Math.round(cycle_s)))].sort((a, b) => a - b)
        const planned = own.find(({ plan }) => plan !== undefined)
        const indices = corridorIndex(drawing, live, corridor.intersections)
        return (
          <div key={corridor.id} class="ov-corridor">
            <span class="ov-grow">
              <a href={`/corridors/${encodeURIComponent(corridor.id)}`}>{named(corridor.name)}</a>
              <small>{[words().signals(count(corridor.intersections.length)), ...(cycles.length === 0 ? [] : [words().cycle(cyclesText(cycles))])].join(' · ')}</small>
              <small class={planned === undefined ? '' : 'ov-good'}>{planned === undefined ? words().before : words().plan_until(timeOfDay(Date.parse(planned.valid_until), zone))}</small>
            </span>
            {indices.map((index, i) => <span key={i} class="ov-figure"><Level index={index} /><b>{index === undefined ? '–' : indexText(index)}</b><small>{i === 0 ? words().outbound : words().inbound}</small></span>)}
            <ul class="ov-services" aria-label={words().service}>
              {corridor.intersections.map((signal) => {
                const service = services.get(signal)
                const name = names.get(signal) ?? signal
                return service === undefined ? <li key={signal} title={name}>–<span class="sh-hidden">{name}</span></li> : <li key={signal} title={words().service_of(name, service.level, seconds(service.delay_s))} class={`ov-service-${service.level}`}>{service.level}<span class="sh-hidden"> {words().service_of(name, service.level, seconds(service.delay_s))}</span></li>
              })}
            </ul>
          </div>
        )
      })}
      <a href="/corridors">{words().all_corridors}</a>
    </section>
  )
}

/** `110, 120 s`. */
const cyclesText = (all: readonly number[]): string => [...all.slice(0, -1).map((one) => count(one)), seconds(all.at(-1)!)].join(', ')

function Legend({ drawing, live }: { drawing: StreetDrawing; live: LiveById }) {
  const { index, known, all } = townIndex(drawing, live)
  return (
    <div class="ov-legend" id="legend">
      <div class="ov-whole"><small>{words().town_index}</small><b>{index === undefined ? '–' : indexText(index, 2)}</b><Level index={index} /><small>{words().links_known(count(known), count(all))}</small></div>
      <div class="ov-scale">
        <small>{words().legend}</small>
        {RANGES.map((range, level) => <span key={range}><i class={`ov-swatch ov-level-${level}`} />{words().levels[level]} <small>{range}</small></span>)}
        <span><i class="ov-swatch ov-unknown" /><small>{words().grey}</small></span>
      </div>
    </div>
  )
}

function Detail({ drawing, street, link, onClose }: { drawing: StreetDrawing; street: DrawnLink; link: LiveLink | undefined; onClose: () => void }) {
  const rows: [string, string][] = isKnown(link)
    ? [[words().speed, words().speed_of(speed(link.speed_mps), speed(street.speed_mps))], [words().travel_time, minutes(link.travel_time_s)], [words().index, indexText(link.index, 2)], [words().vehicles, count(link.vehicles)], [words().age, seconds(link.age_s)]]
    : [[words().no_data, words().grey]]
  return (
    <div class="ov-detail" role="status">
      <h2>{titleOf(drawing, street)}</h2>
      <dl>{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <button type="button" class="sh-close" aria-label={words().close} onClick={onClose}>×</button>
    </div>
  )
}

function Links({ drawing, live, picked, onPick }: { drawing: StreetDrawing; live: LiveById; picked: string | undefined; onPick: (link: string) => void }) {
  const known = (id: string) => {
    const link = live.get(id)
    return isKnown(link) ? link : undefined
  }
  const columns: Column<DrawnLink>[] = [
    { id: 'street', title: words().street, head: true, by: (one) => titleOf(drawing, one), cell: (one) => titleOf(drawing, one) },
    { id: 'speed', title: words().speed, numeric: true, by: ({ id }) => known(id)?.speed_mps, cell: ({ id }) => { const link = known(id); return link === undefined ? words().no_data : speed(link.speed_mps) } },
    { id: 'index', title: words().index, numeric: true, by: ({ id }) => known(id)?.index, cell: ({ id }) => { const link = known(id); return link === undefined ? '' : indexText(link.index, 2) } },
    { id: 'vehicles', title: words().vehicles, numeric: true, by: ({ id }) => known(id)?.vehicles, cell: ({ id }) => { const link = known(id); return link === undefined ? '' : count(link.vehicles) } },
    { id: 'age', title: words().age, numeric: true, by: ({ id }) => known(id)?.age_s, cell: ({ id }) => { const link = known(id); return link === undefined ? '' : seconds(link.age_s) } },
  ]
  return <details class="ov-panel" id="table"><summary>{words().table}</summary><div class="ov-table"><Table caption={words().table} columns={columns} rows={drawing.links} keyOf={({ id }) => id} picked={picked} onPick={({ id }) => onPick(id)} sort={{ by: 'index', down: true }} /></div></details>
}

function Overview({ at }: { at: Town }) {
  const place = { network: at.id }
  const ground = useResource('/networks/{network}/drawing', place, { events: ['network.'] })
  const now = useResource('/networks/{network}/live', place, { every_ms: LIVE_MS })
  const timings = useResource('/networks/{network}/timings', place, { every_ms: SLOW_MS, events: ['schedule.', 'plan.'] }).data?.items ?? []
  const [picked, setPicked] = useState<string | undefined>(undefined)
  const clock = useNow()
  const live = useMemo((): LiveById => new Map((now.data?.links ?? []).map((link) => [link.link, link])), [now.data])
  const drawing = ground.data as unknown as StreetDrawing | undefined
  const services = useMemo(() => (drawing === undefined ? new Map<string, SignalService>() : signalServices(drawing, now.data?.movements ?? [])), [drawing, now.data])
  if (drawing === undefined) return <>{standIn(ground)}</>
  const old = now.data === undefined || (clock - now.told_ms) / 1000 > TOO_OLD_S
  const shown = old ? NOTHING : live
  const street = drawing.links.find(({ id }) => id === picked)
  return (
    <div class="ov-page">
      <h1 class="sh-hidden">{words().title}</h1>
      <div class="ov-map">
        <Streets drawing={drawing} live={shown} planned={new Set(timings.filter(({ plan }) => plan !== undefined).map(({ signal }) => signal))} old={old} picked={picked} onPick={setPicked} language={language.value} />
        {street === undefined ? null : <Detail drawing={drawing} street={street} link={shown.get(street.id)} onClose={() => setPicked(undefined)} />}
        <Legend drawing={drawing} live={shown} />
      </div>
      <aside class="ov-panels" aria-label={words().title}>
        <Congested drawing={drawing} live={shown} onPick={setPicked} />
        <Corridors drawing={drawing} live={shown} timings={timings} services={services} zone={at.time_zone} />
        <Night town={at} corridors={drawing.corridors} />
        <Feeds town={at} />
        <Links drawing={drawing} live={shown} picked={picked} onPick={setPicked} />
      </aside>
    </div>
  )
}

const NOTHING: LiveById = new Map()

export default function OverviewPage() {
  return town.value === undefined ? null : <Overview at={town.value} key={town.value.id} />
}
