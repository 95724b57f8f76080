// The worklist: places congested now, and the cards of those that come again and again.
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { PublishedPlace } from '../../model/publication.ts'
import { useResource } from '../shell/resource.ts'
import { look, query } from '../shell/location.ts'
import { Button } from '../shell/parts/button.tsx'
import { Field } from '../shell/parts/field.tsx'
import { Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { me, town } from '../shell/session.ts'
import { Refused } from '../service/service.ts'
import { count, distance, seconds, timeOfDay } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { Card } from './card.tsx'
import { FILTERS, filtered, isOverdue, STATUSES } from './cards.ts'
import { Diagnosing } from './diagnosing.tsx'
import { CorridorEffects } from './effects.tsx'
import { words } from './words.ts'
import './worklist.css'

const localDay = (at_ms: number, time_zone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone }).format(at_ms)

export default function WorklistPage() {
  const at = town.value
  return at === undefined ? null : <Worklist key={at.id} network={at.id} time_zone={at.time_zone} />
}

function Worklist({ network, time_zone }: { network: string; time_zone: string }) {
  const found = useResource('/networks/{network}/treatments', { network }, { query: { limit: 1000 }, events: ['treatment.'] })
  const search = query.value.get('search') ?? ''
  const filter = FILTERS.find((one) => one === query.value.get('show')) ?? 'open'
  const today = localDay(Date.now(), time_zone)
  const all = (found.data?.items ?? []) as (PlaceCard & { version: number })[]
  const cards = filtered(all, { filter, search, me: me.value?.name ?? '', today })
  const picked = all.find(({ id }) => id === query.value.get('card'))
  return (
    <article class="wk-page">
      <header><h1>{words().title}</h1><p class="wk-quiet">{words().hint}</p></header>
      <Now network={network} time_zone={time_zone} cards={all} />
      <section class="wk-section" aria-labelledby="wk-cards">
        <h2 id="wk-cards">{words().cards}</h2>
        <Diagnosing network={network} />
        <div class="wk-filters">
          <div class="wk-chips" role="group" aria-label={words().cards}>
            {FILTERS.map((one) => <Button key={one} pressed={filter === one} onPress={() => look({ show: one === 'open' ? undefined : one })}>{one === 'overdue' ? words().overdueOnly : words()[one]}</Button>)}
          </div>
          <Field label={words().search} type="search" value={search} onType={(text) => look({ search: text === '' ? undefined : text })} />
        </div>
        {standIn(found) ?? (
          <div class={picked === undefined ? '' : 'wk-columns'}>
            <Table<PlaceCard>
              caption={words().cards} rows={cards} keyOf={(one) => one.id} picked={picked?.id} onPick={(one) => look({ card: one.id === picked?.id ? undefined : one.id }, { push: true })} empty={all.length === 0 ? words().noCards : words().noMatch} sort={{ by: 'avoidable', down: true }}
              columns={[
                { id: 'place', title: words().place, head: true, cell: (one) => named(one.name), by: (one) => one.name },
                { id: 'cause', title: words().cause, cell: (one) => (one.findings[0] === undefined ? '' : words().causes[one.findings[0].cause]), by: (one) => one.findings[0]?.cause },
                { id: 'delay', title: words().delay, numeric: true, cell: (one) => words().perDay(count(one.delay_veh_h_per_day, 1)), by: (one) => one.delay_veh_h_per_day },
                { id: 'avoidable', title: words().avoidable, numeric: true, cell: (one) => words().perDay(count(one.avoidable_veh_h_per_day, 1)), by: (one) => one.avoidable_veh_h_per_day },
                { id: 'status', title: words().status, cell: (one) => <span class={`wk-step wk-step-${one.status}`}>{words().statuses[one.status]}</span>, by: (one) => STATUSES.indexOf(one.status) },
                { id: 'owner', title: words().owner, cell: (one) => one.owner ?? <span class="wk-quiet">{words().nobody}</span>, by: (one) => one.owner },
                { id: 'due', title: words().due, cell: (one) => <>{one.due ?? ''} {isOverdue(one, today) ? <strong class="wk-overdue">{words().overdue}</strong> : null}</>, by: (one) => one.due },
              ]}
            />
            {picked === undefined ? null : <Card key={picked.id} network={network} card={picked} />}
          </div>
        )}
      </section>
      <CorridorEffects network={network} />
    </article>
  )
}

function Now({ network, time_zone, cards }: { network: string; time_zone: string; cards: readonly PlaceCard[] }) {
  const found = useResource('/networks/{network}/congestion/places', { network }, { events: ['state.'], every_ms: 60_000 })
  const places = (found.data?.items ?? []) as unknown as PublishedPlace[]
  const cardOf = (place: PublishedPlace): PlaceCard | undefined => cards.find((card) => place.segments.some((segment) => card.links.includes(segment) || card.links.includes(segment.replace(/^segment[:-]/, ''))) || card.name === place.name)
  const unpublished = found.error instanceof Refused && found.error.status === 404
  return (
    <section class="wk-section" aria-labelledby="wk-now">
      <h2 id="wk-now">{words().now} {found.data === undefined ? null : <small class="wk-quiet">{words().nowHint(timeOfDay(Date.parse(found.data.computed_at), time_zone))}</small>}</h2>
      {unpublished ? <p class="wk-quiet">{words().noNow}</p> : standIn(found) ?? (
        <Table<PublishedPlace>
          caption={words().now} rows={places} keyOf={(one) => one.id} empty={words().nothingNow}
          columns={[
            { id: 'place', title: words().place, head: true, cell: (one) => named(one.name), by: (one) => one.name },
            { id: 'length', title: words().length, numeric: true, cell: (one) => distance(one.length_m), by: (one) => one.length_m },
            { id: 'delay', title: words().delay, numeric: true, cell: (one) => (one.delay_s === null ? '–' : seconds(one.delay_s)), by: (one) => one.delay_s ?? undefined },
            { id: 'trend', title: words().trend, cell: (one) => <><span aria-hidden="true">{{ growing: '▲', stable: '＝', shrinking: '▼', unknown: '' }[one.trend]}</span> {words().trends[one.trend]}</>, by: (one) => one.trend },
            { id: 'card', title: words().card, cell: (one) => { const card = cardOf(one); return card === undefined ? '' : <button type="button" onClick={() => look({ card: card.id, show: 'all' }, { push: true })}>{words().statuses[card.status]}</button> } },
          ]}
        />
      )}
    </section>
  )
}
