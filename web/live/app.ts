// The page: asks for what is now every few seconds, says how old it is, and never shows an old picture as new.
import './style.css'
import { button, byId, fill, make } from './dom.ts'
import { indexText, isKnown, levelOf, MOST, RANGES } from './levels.ts'
import { readTown, TownMap, type Town } from './map.ts'
import { corridorPanel, destination, feedPanel, kmh, minutes, nightPanel, slowest, tablePanel } from './panels.ts'
import { ask, DEMO_TOWN, dropToken, hasToken, listen, logIn, logOut, otherWay, Refused, takeToken, text, type Corridor, type Feature, type Feed, type FeedDay, type Job, type Live, type LiveLink, type Named, type Night, type Person, type Timing } from '../service/service.ts'
import { firstLanguage, keepLanguage, LANGUAGES, named, type Language } from './words.ts'

const LIVE_MS = 4000
const SLOW_MS = 30_000
/** Nothing on the screen may look like now when it is older. */
const TOO_OLD_S = 60

const wall = location.pathname === '/wall'
const state: {
  language: Language
  me: Person | undefined
  network: Named | undefined
  town: Town | undefined
  corridors: Corridor[]
  live: Map<string, LiveLink>
  /** When the service said it, by this computer's clock. */
  told_ms: number
  timings: Map<string, Timing>
  feeds: { feed: Feed; days: FeedDay[] }[] | undefined
  past: Job | undefined
  jobs: Job[]
  night: Night | undefined
  trouble: string | undefined
  nightTrouble: string | undefined
  picked: string | undefined
} = { language: firstLanguage(), me: undefined, network: undefined, town: undefined, corridors: [], live: new Map(), told_ms: 0, timings: new Map(), feeds: undefined, past: undefined, jobs: [], night: undefined, trouble: undefined, nightTrouble: undefined, picked: undefined }
let map: TownMap | undefined
let listening: AbortController | undefined

const words = () => LANGUAGES[state.language]
const isEngineer = (): boolean => state.me !== undefined && state.me.role !== 'viewer'
const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: state.network!.time_zone }).format(Date.now())

async function open(): Promise<void> {
  state.me = await ask<Person>('/me')
  const { items } = await ask<{ items: Named[] }>('/networks')
  state.network = items[0]
  if (state.network === undefined) return
  const [{ features }, { items: corridors }] = await Promise.all([ask<{ features: Feature[] }>(`/networks/${state.network.id}/geojson`), ask<{ items: Corridor[] }>(`/networks/${state.network.id}/corridors`)])
  state.corridors = corridors
  state.town = readTown(features)
  draw(state.town)
  document.title = `${state.network.name} · greenwave`
  listening = new AbortController()
  listen('job.,schedule.', hear, listening.signal)
  void slow()
}

function draw(town: Town): void {
  map = new TownMap(town, byId('drawing'), pick, (name) => named(name, state.language))
  showPlans()
}

const showPlans = (): void => map?.showPlans(new Set([...state.timings.values()].filter(({ plan }) => plan !== undefined).map(({ signal }) => signal)))

function hear({ kind, body }: { kind: string; body: unknown }): void {
  if (kind === 'schedule.changed') return void slow()
  const job = body as Job
  if (job.kind === 'demo.past-day') state.past = job
  const known = state.jobs.findIndex(({ id }) => id === job.id)
  if (known >= 0) state.jobs[known] = job
  if (job.kind === 'night' && job.state !== 'running' && job.state !== 'queued') void slow()
  paint()
}

async function live(): Promise<void> {
  try {
    if (!hasToken()) return paint()
    if (state.town === undefined) await open()
    if (state.network === undefined) return
    const { links } = await ask<Live>(`/networks/${state.network.id}/live`)
    state.live = new Map(links.map((link) => [link.link, link]))
    state.told_ms = Date.now()
    state.trouble = undefined
  } catch (error) {
    failed(error)
  }
  paint()
}

function failed(error: unknown): void {
  const opened = state.town !== undefined
  if (!(error instanceof Refused)) state.trouble = words().lost
  // A link that was just printed is good only when the town is open.
  else if (error.status === 503 || (error.status === 401 && !opened && performance.now() < 90_000)) state.trouble = words().starting
  else if (error.status === 401) {
    forget()
  } else state.trouble = error.message
}

function forget(): void {
  dropToken()
  listening?.abort()
  Object.assign(state, { me: undefined, town: undefined, network: undefined, live: new Map(), timings: new Map(), feeds: undefined, past: undefined, jobs: [], night: undefined, trouble: undefined, picked: undefined })
  map = undefined
  byId('drawing').replaceChildren()
}

/** What changes by the minute. */
async function slow(): Promise<void> {
  const { network } = state
  if (network === undefined) return
  const signals = state.corridors.flatMap(({ intersections }) => intersections)
  const none = (): undefined => undefined
  const [timings, past, night, nights, feeds] = await Promise.all([
    Promise.all(signals.map((signal) => ask<Timing>(`/networks/${network.id}/signals/${encodeURIComponent(signal)}/timing`).catch(none))),
    ask<{ items: Job[] }>('/jobs?kind=demo.past-day&limit=1').catch(none), ask<Night>(`/networks/${network.id}/nights/${today()}`).catch(none),
    state.jobs.length === 0 ? undefined : Promise.all(state.jobs.map(({ id }) => ask<Job>(`/jobs/${id}`))).catch(none), isEngineer() ? readFeeds(network.id).catch(none) : undefined,
  ])
  state.timings = new Map(timings.flatMap((timing) => (timing === undefined ? [] : [[timing.signal, timing] as const])))
  state.past = past?.items[0] ?? state.past
  state.night = night ?? state.night
  state.jobs = nights ?? state.jobs
  state.feeds = feeds
  showPlans()
  paint()
}

async function readFeeds(network: string): Promise<{ feed: Feed; days: FeedDay[] }[]> {
  const { items } = await ask<{ items: Feed[] }>(`/feeds?network=${network}`)
  const from = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  return Promise.all(items.map(async (feed) => ({ feed, days: (await ask<{ days: FeedDay[] }>(`/feeds/${feed.id}/health?from=${from}`)).days })))
}

async function replan(): Promise<void> {
  try {
    const { jobs } = await ask<{ jobs: string[] }>(`/networks/${state.network!.id}/nights`, 'POST', { day: today() })
    state.nightTrouble = undefined
    state.jobs = await Promise.all(jobs.map((id) => ask<Job>(`/jobs/${id}`)))
  } catch (error) {
    state.nightTrouble = error instanceof Refused ? error.message : words().lost
  }
  paint()
}

async function showReport(): Promise<void> {
  const tab = window.open('', '_blank')
  const html = await text(`/networks/${state.network!.id}/nights/${today()}/report`)
  // Fetched with the token, which an address could not carry.
  const address = URL.createObjectURL(new Blob([html], { type: 'text/html' }))
  if (tab === null) location.assign(address)
  else tab.location.replace(address)
}

function pick(link: string | undefined): void {
  state.picked = link
  paint()
}

function paint(): void {
  const { town, network, me } = state
  document.documentElement.lang = state.language === 'zh' ? 'zh-CN' : 'en'
  document.body.classList.toggle('wall', wall)
  document.body.classList.toggle('out', me === undefined && !hasToken())
  const trouble = byId('trouble')
  trouble.hidden = state.trouble === undefined
  trouble.textContent = state.trouble ?? ''
  byId('town').textContent = network?.name ?? 'greenwave'
  byId('badge').hidden = network?.id !== DEMO_TOWN
  byId('badge').textContent = words().simulated
  paintControls()
  paintAge()
  if (town === undefined || network === undefined) return paintOutside(me === undefined && !hasToken())
  map?.show(state.live)
  map?.select(state.picked)
  paintLegend()
  paintDetail(town)
  const speech = { words: words(), language: state.language }
  const night = nightPanel(speech, { may: isEngineer(), isDemo: network.id === DEMO_TOWN, past: state.past, jobs: state.jobs, night: state.night, corridors: state.corridors, start: () => void replan(), report: () => void showReport(), trouble: state.nightTrouble })
  const list = [slowest(speech, town, state.live, pick), corridorPanel(speech, network, town, state.live, state.corridors, state.timings)]
  replacePanels(wall ? list : [...list, night, feedPanel(speech, state.feeds), tablePanel(speech, town, state.live)])
}

/** One by one, and only those that differ: what is open or pressed stays so. */
function replacePanels(list: readonly HTMLElement[]): void {
  const panels = byId('panels')
  const known = new Map([...panels.children].map((child) => [child.id, child]))
  if (known.size !== list.length || list.some(({ id }) => !known.has(id))) return panels.replaceChildren(...list)
  for (const next of list) {
    const old = known.get(next.id)!
    const opened = [...old.querySelectorAll('details[open]'), ...(old.matches('details[open]') ? [old] : [])].map((one) => one.querySelector('summary')?.textContent)
    for (const details of [next, ...next.querySelectorAll('details')]) if (details instanceof HTMLDetailsElement && opened.includes(details.querySelector('summary')?.textContent)) details.open = true
    if (old.outerHTML === next.outerHTML) continue
    const focused = [...old.querySelectorAll('button, summary')].indexOf(document.activeElement as Element)
    old.replaceWith(next)
    if (focused >= 0) next.querySelectorAll<HTMLElement>('button, summary')[focused]?.focus()
  }
}

function paintControls(): void {
  const other: Language = state.language === 'en' ? 'zh' : 'en'
  const language = button(LANGUAGES[other].language, () => { state.language = other; keepLanguage(other); byId('panels').replaceChildren(); if (state.town !== undefined) draw(state.town); paint() }, { lang: other })
  const leave = button(words().log_out, () => void logOut().then(() => { forget(); paint() }))
  const enter = button(words().log_in, () => { forget(); paint(); document.querySelector<HTMLInputElement>('#login input')?.focus() }, { class: 'main' })
  const controls = byId('controls')
  const signs = `${state.language} ${state.me?.role ?? ''}`
  if (controls.dataset['signs'] === signs) return
  controls.dataset['signs'] = signs
  controls.replaceChildren(...(wall ? [] : [...(state.me === undefined ? [] : [make('span', { class: 'who' }, state.me.name), make('a', { href: '/wall', class: 'button' }, words().wall), state.me.role === 'viewer' ? enter : leave]), language]))
}

function newest(): LiveLink | undefined {
  return [...state.live.values()].filter(({ freshness }) => freshness !== 'no-data').reduce<LiveLink | undefined>((best, link) => (best === undefined || link.age_s < best.age_s ? link : best), undefined)
}

function paintAge(): void {
  const age = byId('age')
  const told_s = (Date.now() - state.told_ms) / 1000
  const link = newest()
  const old = state.told_ms > 0 && told_s > TOO_OLD_S
  document.body.classList.toggle('old', old)
  age.textContent = state.town === undefined ? '' : state.told_ms === 0 ? words().wait : old ? `${words().no_data} · ${words().updated(told_s)}` : link === undefined ? words().none_heard : words().newest(link.age_s + told_s)
  age.dataset['age'] = link === undefined ? '' : String(Math.round(link.age_s + told_s))
  age.className = `age ${old || link === undefined ? 'bad' : ''}`
  const zone = state.network?.time_zone
  byId('clock').textContent = zone === undefined ? '' : new Intl.DateTimeFormat(state.language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: zone }).format(Date.now())
}

function paintLegend(): void {
  const known = [...state.live.values()].filter(isKnown)
  const metres = known.map(({ link }) => state.town!.streets.get(link)?.length_m ?? 0)
  const whole = metres.reduce((a, b) => a + b, 0)
  const index = known.reduce((sum, link, i) => sum + Math.min(link.index, MOST) * metres[i]!, 0) / whole
  fill(byId('legend'), make('div', { class: 'whole' }, make('small', {}, `${words().town_index} · ${words().index}`), make('b', { class: whole > 0 ? `level-${levelOf(index)}` : 'unknown' }, whole > 0 ? indexText(index, 2) : '–'), make('small', {}, words().links_known(known.length, state.town!.streets.size))),
    make('div', { class: 'scale' }, make('small', {}, words().legend), ...RANGES.map((range, level) => make('span', {}, make('i', { class: `swatch level-${level}` }), `${words().levels[level]!} `, make('small', {}, range))), make('span', {}, make('i', { class: 'swatch unknown' }), make('small', {}, words().grey))))
}

function paintDetail(town: Town): void {
  const detail = byId('detail')
  const street = state.picked === undefined ? undefined : town.streets.get(state.picked)
  detail.hidden = street === undefined
  if (street === undefined) return
  const link = state.live.get(street.id)
  const to = destination(town, street)
  const rows: [string, string][] = isKnown(link)
    ? [[words().speed, `${kmh(link.speed_mps)} (${words().free} ${kmh(street.free_mps)})`], [words().travel_time, `${minutes(link.travel_time_s)} min`], [words().index, indexText(link.index, 2)], [words().vehicles, String(link.vehicles)], [words().age, `${Math.round(link.age_s)} s`]]
    : [[words().no_data, words().grey]]
  detail.replaceChildren(make('h3', {}, named(street.name, state.language), ...(to === undefined ? [] : [make('small', {}, ` ${words().towards(named(to, state.language))}`)])), make('dl', {}, ...rows.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)])), button('×', () => pick(undefined), { 'class': 'close', 'aria-label': words().close }))
}

/** The form is kept, so that what is being typed stays. */
function paintOutside(asks: boolean): void {
  const [panels, form] = [byId('panels'), document.getElementById('login')]
  if (!asks) panels.replaceChildren()
  else if (form?.dataset['language'] !== state.language) panels.replaceChildren(loginForm())
}

function loginForm(): HTMLElement {
  const [login, password, wrong] = [make('input', { name: 'login', autocomplete: 'username', required: true }), make('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true }), make('p', { class: 'bad', role: 'alert' })]
  const made = make('form', { id: 'login', class: 'panel' }, make('h2', {}, words().enter), make('label', {}, words().login, login), make('label', {}, words().password, password), make('button', { class: 'main' }, words().log_in), wrong, make('p', { class: 'quiet' }, words().enter_hint))
  made.dataset['language'] = state.language
  void otherWay().then((start) => { if (start !== undefined) made.append(make('a', { href: start, class: 'button' }, words().other_way)) }, () => {})
  made.addEventListener('submit', (event) => {
    event.preventDefault()
    logIn(login.value, password.value).then(() => live(), (error: unknown) => { wrong.textContent = error instanceof Refused ? (error.status === 401 ? words().wrong : error.message) : words().lost })
  })
  return made
}

takeToken()
void live()
setInterval(() => void live(), LIVE_MS)
setInterval(() => void slow(), SLOW_MS)
setInterval(paintAge, 1000)
