// What stands above every page: where one is, how old the data is, and who looks.
import { useEffect, useState } from 'preact/hooks'
import { DEMO_TOWN, logOut } from '../service/service.ts'
import { LANGUAGES, language, type Language, named } from '../words/language.ts'
import { connection } from './connection.ts'
import { keyboardMapOpen } from './keyboard-map.tsx'
import { path } from './location.ts'
import { PAGES } from './pages.ts'
import { paletteOpen } from './palette.tsx'
import { Button } from './parts/button.tsx'
import { Choice } from './parts/field.tsx'
import { useResource } from './resource.ts'
import { chooseTown, me, town, towns } from './session.ts'
import { THEMES, theme } from './theme.ts'
import { UNITS } from './unit-values.ts'
import { ago, clock, units } from './units.ts'
import { words } from './words.ts'

/** Nothing on the screen may look like now when it is older. */
export const TOO_OLD_S = 60
const LIVE_MS = 15_000
const SECOND_MS = 1000

/** Ticks by the second, for what says how old something is. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}

function Age() {
  const now = useNow()
  const { data, told_ms } = useResource('/networks/{network}/live', town.value === undefined ? undefined : { network: town.value.id }, { every_ms: LIVE_MS })
  if (town.value === undefined) return null
  const told_s = (now - told_ms) / 1000
  const heard = data?.links.filter(({ freshness }) => freshness !== 'no-data').map(({ age_s }) => age_s) ?? []
  const age_s = heard.length === 0 ? undefined : Math.min(...heard) + told_s
  const old = data === undefined || told_s > TOO_OLD_S
  const said = data === undefined ? words().no_data : old ? `${words().no_data} · ${ago(told_s)}` : age_s === undefined ? words().none_heard : words().newest(ago(age_s))
  return (
    <span class={`sh-age ${old || age_s === undefined || age_s > TOO_OLD_S ? 'sh-old' : ''}`} data-age={age_s === undefined || old ? '' : Math.round(age_s)} title={`${said} · ${clock(now, town.value.time_zone)}`}>
      {said}{connection.value === 'lost' ? <span class="sh-line" role="img" aria-label={words().no_line} title={words().no_line} /> : null}
    </span>
  )
}

function Menu() {
  const title = { en: 'English', zh: '中文' } satisfies Record<Language, string>
  return (
    <>
      <button type="button" class="sh-who" popovertarget="sh-menu" aria-label={`${words().menu}: ${me.value?.name ?? ''}`} title={words().menu}><span class="sh-initial" aria-hidden="true">{[...(me.value?.name ?? '?')][0]?.toUpperCase()}</span></button>
      <div id="sh-menu" popover="auto" class="sh-menu">
        <p><b>{me.value?.name}</b><br /><span class="sh-quiet">{me.value?.role === undefined ? '' : words().roles[me.value.role]}</span></p>
        {(towns.value?.length ?? 0) < 2 ? null : <Choice label={words().town} value={town.value?.id ?? ''} options={towns.value!.map(({ id, name }) => ({ value: id, title: named(name) }))} onChoose={chooseTown} />}
        <Choice label={words().language_of} value={language.value} options={LANGUAGES.map((one) => ({ value: one, title: title[one] }))} onChoose={(one) => { language.value = one }} />
        <Choice label={words().units} value={units.value} options={UNITS.map((one) => ({ value: one, title: words()[one] }))} onChoose={(one) => { units.value = one }} />
        <Choice label={words().theme} value={theme.value} options={THEMES.map((one) => ({ value: one, title: words().themes[one] }))} onChoose={(one) => { theme.value = one }} />
        <Button onPress={() => { document.getElementById('sh-menu')?.hidePopover(); keyboardMapOpen.value = true }}>{words().keys} <kbd>?</kbd></Button>
        <Button onPress={() => void logOut()}>{words().log_out}</Button>
      </div>
    </>
  )
}

const isWithin = (at: string, place: string): boolean => at === place || (place !== '/' && at.startsWith(`${place}/`))

export function Header() {
  const other: Language = language.value === 'en' ? 'zh' : 'en'
  const links = PAGES.filter((page) => page.nav !== undefined && !page.path.includes(':')).sort((a, b) => a.nav! - b.nav!)
  return (
    <header class="sh-header">
      <a class="sh-brand" href="/" aria-label={`greenwave, ${words().overview}`}><span class="sh-mark" aria-hidden="true" /></a>
      <span class="sh-town"><span class="sh-town-name" title={town.value === undefined ? undefined : named(town.value.name)}>{town.value === undefined ? 'greenwave' : named(town.value.name)}</span>{town.value?.id === DEMO_TOWN ? <span class="sh-badge" id="badge">{words().simulated}</span> : null}</span>
      {me.value === undefined ? null : (
        <nav aria-label={words().pages}>
          {links.map((page) => <a key={page.path} href={page.path} {...(isWithin(path.value, page.path) ? { 'aria-current': 'page' as const } : {})} {...(page.bare === true ? { target: '_blank' } : {})}>{page.title()}</a>)}
        </nav>
      )}
      <span class="sh-right">
        {me.value === undefined ? null : <Age />}
        {me.value === undefined ? null : <button type="button" class="sh-search" aria-keyshortcuts="Control+K" onClick={() => { paletteOpen.value = true }}><span>{words().search}</span> <kbd>Ctrl K</kbd></button>}
        <button type="button" class="sh-language" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => { language.value = other }}>{words().other}</button>
        {me.value === undefined ? null : <Menu />}
      </span>
    </header>
  )
}
