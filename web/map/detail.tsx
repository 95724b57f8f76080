// What is known of the street, the turn or the signal that was picked; and all streets in figures.
import type { SignalId } from '../../model/signal.ts'
import { named } from '../words/language.ts'
import { movementDelay } from './build-scene.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { treatmentText } from '../worklist/card.tsx'
import { delayClass, indexClass, SERVICE_LETTERS, type Theme } from './classes.ts'
import { count, seconds, span, speed } from '../shell/units.ts'
import { indexText, length, offsetText } from './figures.ts'
import type { Hit } from './hit.ts'
import type { ScenePlace } from './scene.ts'
import { destination, type Streets } from './streets.ts'
import type { TownData } from './town-data.ts'
import { words } from './words.ts'

type Row = [name: string, value: string]

export function Detail({ town, hit, close }: { town: TownData; hit: Hit; close: () => void }) {
  const streets = town.streets.value
  if (streets === undefined) return null
  const { title, sub, rows, corridor, card } = hit.place !== undefined ? ofPlace(town, hit.place) : hit.signal !== undefined ? ofSignal(town, streets, hit.signal) : hit.movement !== undefined ? ofMovement(town, streets, hit.movement) : ofLink(town, streets, hit.link ?? '')
  return (
    <section class="map-detail" aria-label={title}>
      <h3>{title}{sub !== undefined && <small> {sub}</small>}</h3>
      <dl>{rows.map(([name, value]) => [<dt key={`${name}-t`}>{name}</dt>, <dd key={name}>{value}</dd>])}</dl>
      {corridor !== undefined && <p><a class="button" href={`/corridors/${encodeURIComponent(corridor.id)}?town=${encodeURIComponent(town.network)}`}>{words().diagram}: {named(corridor.name)}</a></p>}
      {card !== undefined && <p><a class="button" href={`/worklist?card=${encodeURIComponent(card)}&show=all`}>{words().to_card}</a></p>}
      <button type="button" class="map-close" aria-label={words().close} onClick={close}>×</button>
    </section>
  )
}

interface Told { title: string; sub?: string; rows: Row[]; corridor?: { id: string; name: string } | undefined; card?: string }

/** The most likely cause first: what is done about it, and what its trial said. */
export const treatmentOf = ({ findings: [first] }: PlaceCard): string | undefined => (first === undefined ? undefined : treatmentText(first.treatment))

function ofPlace({ cards, published }: TownData, { id, kind, number }: ScenePlace): Told {
  const t = words()
  if (kind === 'place') {
    const place = published.value?.document.places.find((one) => one.id === id)
    return { title: t.place_of(number, named(place?.name ?? id)), rows: place === undefined ? [] : [...(place.delay_s === null ? [] : [[t.lost_delay, t.delay_of(count(Math.round(place.delay_s)))] as Row]), [t.trend, t.trends[place.trend]]] }
  }
  const card = cards.value.find((one) => one.id === id)
  if (card === undefined) return { title: id, rows: [] }
  const [treatment, verdict] = [treatmentOf(card), card.findings[0]?.trial?.verdict]
  return {
    title: t.treatment_of(number, named(card.name)), card: id,
    rows: [[t.status, t.statuses[card.status]], [t.lost_delay, t.veh_h(count(card.delay_veh_h_per_day, 1))], ...(treatment === undefined ? [] : [[t.treatment, treatment] as Row]), ...(verdict === undefined ? [] : [[t.trial, t.verdicts[verdict]] as Row])],
  }
}

function ofSignal({ timings }: TownData, { signals, drawing }: Streets, id: SignalId): Told {
  const timing = timings.value.get(id)
  const t = words()
  return {
    title: named(signals.get(id)?.name ?? id), corridor: drawing.corridors.find(({ intersections }) => intersections.includes(id)),
    rows: timing === undefined ? [[t.signals, t.states.unknown]] : [
      [t.signals, timing.doubted ? t.states.doubted : timing.plan === undefined ? t.states.before : t.states.planned], [t.cycle, seconds(timing.cycle_s)],
      [t.offsets, t.offset_long(offsetText(timing.offset_s), t.references[timing.offset_reference] ?? timing.offset_reference)],
    ],
  }
}

function ofMovement({ live, day }: TownData, { movements, links }: Streets, id: string): Told {
  const t = words()
  const movement = movements.find((one) => one.id === id)
  const delay = movementDelay(id, live.value, day.value)
  const [from, to] = [links.get(movement?.from ?? ''), links.get(movement?.to ?? '')]
  return {
    title: named(movement?.name ?? from?.name ?? id), ...(to?.name === undefined ? {} : { sub: t.towards(named(to.name)) }),
    rows: delay === undefined ? [[t.no_data, '–']] : [[t.delay, `${seconds(delay.delay_s, 1)} · ${SERVICE_LETTERS[delayClass(delay.delay_s)!]!}`], [t.age, delay.source === 'live' ? t.service_live : t.service_day(day.value?.day ?? '')]],
  }
}

function ofLink({ live }: TownData, streets: Streets, id: string): Told {
  const t = words()
  const link = streets.links.get(id)
  if (link === undefined) return { title: id, rows: [] }
  const now = live.value?.links.get(id)
  const known = now !== undefined && now.freshness !== 'no-data' && now.speed_mps !== undefined
  const to = destination(streets, link)
  return {
    title: named(link.name ?? id), ...(to === undefined ? {} : { sub: t.towards(named(to)) }),
    rows: [
      [t.length, length(link.length_m)],
      ...(known ? [
        [t.speed, `${speed(now.speed_mps!)} (${t.free} ${speed(link.speed_mps)})`], [t.travel_time, seconds(now.travel_time_s ?? 0)], [t.index, `${indexText(now.index ?? 0)} · ${t.levels[indexClass(now.index) ?? 0]!}`],
        [t.vehicles, count(now.vehicles)], [t.age, span(now.age_s)],
      ] as Row[] : [[t.speed, t.unknown_now], [t.vehicles, String(now?.vehicles ?? 0)]] as Row[]),
    ],
  }
}

/** For who does not see the drawing: the same in figures. */
export function FigureTable({ town, theme }: { town: TownData; theme: Theme }) {
  return theme === 'movements' ? <MovementTable town={town} /> : <StreetTable town={town} />
}

function MovementTable({ town: { streets, live, day } }: { town: TownData }) {
  if (streets.value === undefined) return null
  const { links, movements, signals } = streets.value
  const t = words()
  const streetOf = (id: string): string => named(links.get(id)?.name ?? id)
  return (
    <details class="map-table">
      <summary>{t.table_movements}</summary>
      <div class="map-scroll" tabIndex={0} role="group" aria-label={t.table_movements}>
        <table>
          <thead><tr>{[t.movement, t.signals, t.delay, t.level, t.source].map((head) => <th scope="col" key={head}>{head}</th>)}</tr></thead>
          <tbody>
            {movements.flatMap(({ id, from, to, turn, signal }) => {
              if (signal === undefined) return []
              const delay = movementDelay(id, live.value, day.value)
              const cells = delay === undefined ? [t.no_data, '', ''] : [seconds(delay.delay_s, 1), SERVICE_LETTERS[delayClass(delay.delay_s)!]!, delay.source === 'live' ? t.service_live : t.service_day(day.value?.day ?? '')]
              return [<tr key={id} data-movement={id}><th scope="row">{streetOf(from)} → {streetOf(to)} · {t.turns[turn]}</th><td>{named(signals.get(signal)?.name ?? signal)}</td>{cells.map((cell, i) => <td key={i}>{cell}</td>)}</tr>]
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}

function StreetTable({ town }: { town: TownData }) {
  const streets = town.streets.value
  if (streets === undefined) return null
  const t = words()
  return (
    <details class="map-table">
      <summary>{t.table}</summary>
      <div class="map-scroll" tabIndex={0} role="group" aria-label={t.table}>
        <table>
          <thead><tr>{[t.street, t.speed, t.index, t.vehicles, t.age].map((head) => <th scope="col" key={head}>{head}</th>)}</tr></thead>
          <tbody>
            {streets.drawing.links.map((link) => {
              const now = town.live.value?.links.get(link.id)
              const known = now !== undefined && now.freshness !== 'no-data' && now.speed_mps !== undefined
              const to = destination(streets, link)
              return (
                <tr key={link.id} data-link={link.id}>
                  <th scope="row">{named(link.name ?? link.id)}{to === undefined ? '' : ` → ${named(to)}`}</th>
                  {(known ? [speed(now.speed_mps!), `${indexText(now.index ?? 0)} ${t.levels[indexClass(now.index) ?? 0]!}`, count(now.vehicles), span(now.age_s)] : [t.no_data, '', String(now?.vehicles ?? 0), '']).map((cell, i) => <td key={i}>{cell}</td>)}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}
