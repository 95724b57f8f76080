// How the feeds are, for those who look after them.
import { useResource } from '../shell/resource.ts'
import { may, type Town } from '../shell/session.ts'
import { count } from '../shell/units.ts'
import type { Answer } from '../service/service.ts'
import { words } from './words.ts'

type Feed = Answer<'GET /feeds'>['items'][number]

const SLOW_MS = 60_000
const DAY_MS = 86_400_000

function OneFeed({ feed }: { feed: Feed }) {
  const from = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10)
  const { data } = useResource('/feeds/{feed}/health', { feed: feed.id }, { query: { from }, every_ms: SLOW_MS })
  const accepted = data?.days.reduce((sum, { health }) => sum + health.accepted, 0)
  const aside = data?.days.reduce((sum, { health }) => sum + health.issues.filter(({ verdict }) => verdict !== 'repair').reduce((all, { records }) => all + records, 0), 0) ?? 0
  const good = feed.enabled && (accepted ?? 0) > 0
  return (
    <li class="ov-row">
      <i class={`ov-dot ${good ? 'ov-level-0' : 'ov-unknown'}`} role="img" aria-label={good ? words().good : words().silent} data-good={good} />
      <span class="ov-grow">{feed.id}<small>{[feed.settings['simulated'] === true ? words().simulated : undefined, !feed.enabled ? words().off : accepted === undefined ? undefined : words().accepted(count(accepted)), aside > 0 ? words().set_aside(count(aside)) : undefined].filter((one) => one !== undefined).join(' · ')}</small></span>
    </li>
  )
}

export function Feeds({ town }: { town: Town }) {
  const sees = may('engineer')
  const { data } = useResource('/feeds', sees ? {} : undefined, { query: { network: town.id }, every_ms: SLOW_MS, events: ['feed.'] })
  return (
    <section class="ov-panel" id="feeds" aria-labelledby="ov-feeds">
      <h2 id="ov-feeds">{words().feeds}</h2>
      {sees ? <ul>{data?.items.map((feed) => <OneFeed key={feed.id} feed={feed} />)}</ul> : <p class="sh-quiet">{words().feeds_hidden}</p>}
    </section>
  )
}
