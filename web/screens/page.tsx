// Screens: what stands on each of them now, and of one of them what it was sent, on which data, and what it said to it.
import { useState } from 'preact/hooks'
import type { SignBasis, SignContent } from '../../plans/publication/signs/index.ts'
import { addressOf, type Answer, bytes, text } from '../service/service.ts'
import { save } from '../measures/save.ts'
import { useCommands } from '../shell/commands.ts'
import { look, query } from '../shell/location.ts'
import { Button } from '../shell/parts/button.tsx'
import { Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { town } from '../shell/session.ts'
import { dateAndTime, span, timeOfDay } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { lampsInWords, Picture, type Screen, type Shown, useInView, useShown } from './preview.tsx'
import './screens.css'
import { words } from './words.ts'

type Message = Answer<'GET /screens/{screen}/messages'>['items'][number]
/** Newest first; older ones are asked of the service. */
const LATEST = 20

export default function ScreensPage() {
  const at = town.value
  return at === undefined ? null : <Screens key={at.id} network={at.id} time_zone={at.time_zone} />
}

function Screens({ network, time_zone }: { network: string; time_zone: string }) {
  const found = useResource('/screens', {}, { query: { network }, events: ['screen.changed'] })
  const all = found.data?.items ?? []
  const at = all.findIndex(({ id }) => id === query.value.get('screen'))
  const pick = (screen: Screen | undefined): void => look({ screen: screen?.id, page: undefined }, { push: true })
  useCommands([
    { id: 'screens.next', title: () => `${words().title} ›`, keys: ['.'], run: () => pick(all[(at + 1) % all.length]) },
    { id: 'screens.previous', title: () => `${words().title} ‹`, keys: [','], run: () => pick(all.at(at <= 0 ? -1 : at - 1)) },
  ], [all, at])
  return (
    <article class="sn-page">
      <header><h1>{words().title}</h1><p class="sn-quiet">{words().hint}</p></header>
      {standIn(found) ?? (all.length === 0 ? <p>{words().none}</p> : (
        <div class="sn-columns">
          <ul class="sn-list" aria-label={words().all}>{all.map((screen) => <li key={screen.id}><Card screen={screen} time_zone={time_zone} picked={screen.id === all[at]?.id} onPick={() => pick(screen)} /></li>)}</ul>
          {all[at] === undefined ? <p class="sn-quiet">{words().pick}</p> : <Details key={all[at].id} screen={all[at]} time_zone={time_zone} />}
        </div>
      ))}
    </article>
  )
}

function Card({ screen, time_zone, picked, onPick }: { screen: Screen; time_zone: string; picked: boolean; onPick: () => void }) {
  const { at, inView } = useInView<HTMLButtonElement>()
  const shown = useShown(screen.id, time_zone, inView)
  return (
    <button type="button" ref={at} class="sn-card" aria-pressed={picked} onClick={onPick}>
      <Picture screen={screen} content={shown.content} />
      <span><b>{named(screen.name)}</b> <span class="sn-kind">{words().kinds[screen.kind]}</span></span>
      <span class={shown.lost ? 'sn-fault' : 'sn-quiet'}>{shown.said}</span>
    </button>
  )
}

function Details({ screen, time_zone }: { screen: Screen; time_zone: string }) {
  const shown = useShown(screen.id, time_zone)
  const pages = Math.max(1, shown.content?.pages.length ?? 1)
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(query.value.get('page') ?? 1)) || 1))
  const turn = (to: number): void => look({ page: to === 1 ? undefined : String(to) })
  return (
    <section class="sn-details" aria-labelledby="sn-name">
      <h2 id="sn-name">{named(screen.name)} <span class="sn-kind">{words().kinds[screen.kind]}</span></h2>
      <Picture screen={screen} content={shown.content} page={page} />
      <Says shown={shown} page={page} />
      {pages === 1 ? null : (
        <p class="sn-row"><Button disabled={page === 1} onPress={() => turn(page - 1)}>{words().previous}</Button><span role="status">{words().page_of(page, pages)}</span><Button disabled={page === pages} onPress={() => turn(page + 1)}>{words().next}</Button><span class="sn-quiet">{words().turns}</span></p>
      )}
      <Ways screen={screen} page={page} />
      <Messages screen={screen.id} time_zone={time_zone} />
      <details><summary>{words().settings}</summary><pre class="sn-settings" tabIndex={0} role="region" aria-label={words().settings}>{JSON.stringify(screen.settings, null, 2)}</pre></details>
    </section>
  )
}

function Says({ shown: { content, said, lost }, page }: { shown: Shown; page: number }) {
  const lines = content?.pages[page - 1] ?? []
  const lamps = lampsInWords(content)
  return <p class="sn-says" role="status"><span class={lost ? 'sn-fault' : 'sn-quiet'}>{said}</span>{lines.length === 0 ? null : <span lang="zh-CN">{lines.join(' / ')}</span>}{lamps === '' ? null : <span>{words().lamps}: {lamps}</span>}</p>
}

/** Out of the workbench: as the screen's own page, and as files. */
function Ways({ screen, page }: { screen: Screen; page: number }) {
  const [failed, setFailed] = useState('')
  const at = (form: 'svg' | 'png'): string => addressOf(`/screens/{screen}/picture.${form}`, { screen: screen.id }, { page })
  const keep = async (work: () => Promise<void>): Promise<void> => {
    setFailed('')
    await work().catch((error: unknown) => setFailed(words().failed((error as Error).message)))
  }
  return (
    <p class="sn-row">
      <a class="button" href={`/screens/${encodeURIComponent(screen.id)}`}>{words().own_page}</a>
      <Button onPress={() => void keep(async () => save(`${screen.id}.png`, await bytes(at('png')), 'image/png'))}>{words().png}</Button>
      <Button onPress={() => void keep(async () => save(`${screen.id}.svg`, await text(at('svg')), 'image/svg+xml'))}>{words().svg}</Button>
      {failed === '' ? null : <span class="sn-fault" role="alert">{failed}</span>}
    </p>
  )
}

function Messages({ screen, time_zone }: { screen: string; time_zone: string }) {
  const found = useResource('/screens/{screen}/messages', { screen }, { query: { limit: LATEST }, every_ms: 30_000, events: ['screen.'] })
  return (
    <>
      <h3>{words().messages}</h3>
      {standIn(found) ?? (
        <Table<Message>
          caption={words().messages} rows={found.data?.items ?? []} keyOf={(one) => one.id} empty={words().no_messages}
          columns={[
            { id: 'sent', title: words().sent, head: true, cell: (one) => dateAndTime(Date.parse(one.sent_at), time_zone), by: (one) => one.sent_at },
            { id: 'until', title: words().until, cell: (one) => timeOfDay(Date.parse(one.expires_at), time_zone), by: (one) => one.expires_at },
            { id: 'says', title: words().says, cell: (one) => contentInWords(one.content as SignContent) },
            { id: 'told', title: words().told, cell: (one) => (one.acknowledged_at === undefined ? <span class="sn-quiet">{words().unconfirmed}</span> : <span class={one.read_back === 'different' ? 'sn-fault' : ''}>{words().read_backs[one.read_back ?? 'not-possible']} <span class="sn-quiet">{timeOfDay(Date.parse(one.acknowledged_at), time_zone)}</span></span>), by: (one) => one.read_back ?? '' },
            { id: 'data', title: words().data, cell: (one) => basisInWords(one.basis as Partial<SignBasis>) },
            { id: 'approver', title: words().approver, cell: (one) => one.approver ?? <span class="sn-quiet">{words().by_itself}</span>, by: (one) => one.approver },
          ]}
        />
      )}
    </>
  )
}

function contentInWords(content: SignContent): string {
  const text = content.pages.map((page) => page.join(' / ')).filter((page) => page !== '').join(' | ')
  return [text, lampsInWords(content)].filter((part) => part !== '').join(' · ') || words().blank
}

function basisInWords({ values = [], withheld = [] }: Partial<SignBasis>): string {
  const ages = values.flatMap(({ age_s }) => (age_s === null ? [] : [age_s]))
  const grades = values.flatMap(({ grade }) => (grade === null ? [] : [grade])).sort()
  return [ages.length === 0 ? words().no_basis : words().basis(ages.length, span(Math.max(...ages)), grades.at(-1) ?? '–'), ...withheld.map((what) => words().withheld(what))].join('; ')
}
