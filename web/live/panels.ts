// What stands beside the map: what is congested, what runs in the corridors, how the feeds are, and the night.
import { button, make } from './dom.ts'
import { CONGESTED, indexText, isKnown, levelOf, MOST } from './levels.ts'
import type { Street, Town } from './map.ts'
import type { Corridor, Feed, FeedDay, Job, LiveLink, Named, Night, Timing } from '../service/service.ts'
import { named, type Language, type Words } from './words.ts'

/** What a panel speaks. */
export interface Speech { words: Words; language: Language }

const MOST_SHOWN = 8
const MPS_IN_KMH = 3.6

export const kmh = (mps: number): string => `${Math.round(mps * MPS_IN_KMH)} km/h`

export const minutes = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`

export const panel = (id: string, title: string, ...children: (Node | string | undefined)[]): HTMLElement => make('section', { id, class: 'panel' }, make('h2', {}, title), ...children)

/** Where a link leads: the other street at its end. */
export function destination({ streets }: Town, { to, name }: Street): string | undefined {
  return [...streets.values()].find((other) => (other.from === to || other.to === to) && other.name !== name)?.name
}

export function slowest({ words, language }: Speech, town: Town, live: ReadonlyMap<string, LiveLink>, pick: (link: string) => void): HTMLElement {
  const places = [...live.values()].filter(isKnown).filter(({ index }) => index > CONGESTED).map((link) => {
    const street = town.streets.get(link.link)!
    return { link, street, lost_s: (street.length_m / street.free_mps) * (Math.min(link.index, MOST) - 1) }
  }).sort((a, b) => b.lost_s * b.link.vehicles - a.lost_s * a.link.vehicles).slice(0, MOST_SHOWN)
  const list = make('ol', { class: 'places' }, ...places.map(({ link, street, lost_s }) => {
    const to = destination(town, street)
    const row = button('', () => pick(link.link), { class: 'row' })
    row.append(make('i', { class: `dot level-${levelOf(link.index)}` }), make('span', { class: 'grow' }, named(street.name, language), ...(to === undefined ? [] : [make('small', {}, words.towards(named(to, language)))])), make('b', {}, words.lost_time(lost_s)), make('small', { class: 'right' }, kmh(link.speed_mps)))
    return make('li', {}, row)
  }))
  return panel('slowest', words.slowest, places.length === 0 ? make('p', {}, words.nothing_slow) : list)
}

/** Free and present time along the links between its signals, each way; the index is unknown where half of it is. */
export function corridorIndex(town: Town, live: ReadonlyMap<string, LiveLink>, { intersections }: Corridor): (number | undefined)[] {
  return [intersections, intersections.toReversed()].map((nodes) => {
    let [free, now, whole] = [0, 0, 0]
    for (let i = 1; i < nodes.length; i++) {
      const street = [...town.streets.values()].find(({ from, to }) => from === nodes[i - 1] && to === nodes[i])
      if (street === undefined) continue
      whole += street.length_m
      const link = live.get(street.id)
      if (!isKnown(link)) continue
      free += street.length_m
      now += street.length_m * Math.min(link.index, MOST)
    }
    return free > whole / 2 ? now / free : undefined
  })
}

export function corridorPanel({ words, language }: Speech, { time_zone }: Named, town: Town, live: ReadonlyMap<string, LiveLink>, corridors: readonly Corridor[], timings: ReadonlyMap<string, Timing>): HTMLElement {
  const at = (time: string): string => new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: time_zone }).format(new Date(time))
  return panel('corridors', words.corridors, ...corridors.map((corridor) => {
    const own = corridor.intersections.flatMap((signal) => timings.get(signal) ?? [])
    const cycles = [...new Set(own.map(({ pattern }) => Math.round(pattern.cycle_s)))].sort((a, b) => a - b)
    const planned = own.filter(({ plan }) => plan !== undefined)
    const ends = planned[0]?.valid_until
    return make('div', { class: 'corridor' },
      make('span', { class: 'grow' }, named(corridor.name, language), make('small', {}, [words.signals(corridor.intersections.length), ...(cycles.length === 0 ? [] : [words.cycle(cycles.join(', '))])].join(' · ')),
        make('small', planned.length > 0 ? { class: 'good' } : {}, planned.length === 0 ? words.before : `${words.plan_runs}${ends === undefined ? '' : ` ${words.until(at(ends))}`}`)),
      ...corridorIndex(town, live, corridor).map((index, i) => make('span', { class: 'figure' }, make('i', { class: `dot ${index === undefined ? 'unknown' : `level-${levelOf(index)}`}` }), make('b', {}, index === undefined ? '–' : indexText(index)), make('small', {}, i === 0 ? words.outbound : words.inbound))))
  }))
}

export function feedPanel({ words, language }: Speech, feeds: readonly { feed: Feed; days: FeedDay[] }[] | undefined): HTMLElement {
  if (feeds === undefined) return panel('feeds', words.feeds, make('p', { class: 'quiet' }, words.feeds_hidden))
  const n = (value: number): string => new Intl.NumberFormat(language).format(value)
  return panel('feeds', words.feeds, ...feeds.map(({ feed, days }) => {
    const accepted = days.reduce((sum, { health }) => sum + health.accepted, 0)
    const aside = days.reduce((sum, { health }) => sum + health.issues.filter(({ verdict }) => verdict !== 'repair').reduce((all, { records }) => all + records, 0), 0)
    return make('div', { class: 'corridor' }, make('i', { class: `dot ${feed.enabled && accepted > 0 ? 'level-0' : 'unknown'}` }),
      make('span', { class: 'grow' }, feed.id, make('small', {}, [...(feed.settings.simulated === true ? [words.simulated] : []), feed.enabled ? words.accepted(n(accepted)) : words.off, ...(aside > 0 ? [words.set_aside(n(aside))] : [])].join(' · '))))
  }))
}

export interface NightView {
  may: boolean
  /** Yesterday must be made up before it can be planned from. */
  isDemo: boolean
  past: Job | undefined
  jobs: readonly Job[]
  night: Night | undefined
  corridors: readonly Corridor[]
  start: () => void
  report: () => void
  trouble: string | undefined
}

const bar = (share: number): HTMLElement => make('progress', { max: '1', value: String(Math.round(share * 1000) / 1000) })

export function nightPanel(speech: Speech, view: NightView): HTMLElement {
  const { words } = speech
  const { isDemo, past, jobs, night, may } = view
  const ready = !isDemo || (past !== undefined && past.state !== 'queued' && past.state !== 'running')
  const begun = jobs.length > 0 || (night?.records.length ?? 0) > 0
  const done = new Map((night?.report.corridors ?? []).map((corridor) => [corridor.corridor, corridor]))
  return panel('night', words.night, make('p', { class: 'quiet' }, words.night_words),
    ...(ready ? [] : [make('div', { class: 'job' }, make('span', {}, words.past_day), make('b', {}, `${Math.round((past?.progress ?? 0) * 100)} %`), bar(past?.progress ?? 0))]),
    ...(begun ? [] : [may ? button(words.replan, view.start, { id: 'replan', class: 'main', disabled: !ready }) : make('p', { class: 'quiet' }, words.night_login)]),
    ...(view.trouble === undefined ? [] : [make('p', { class: 'bad' }, view.trouble)]),
    ...(begun ? view.corridors.map((corridor, i) => corridorNight(speech, corridor, jobs[i], done.get(corridor.id))) : []),
    ...((night?.records.length ?? 0) > 0 ? [button(words.whole_report, view.report, { id: 'report', class: 'main' })] : []))
}

function corridorNight({ words, language }: Speech, corridor: Corridor, job: Job | undefined, done: Night['report']['corridors'][number] | undefined): HTMLElement {
  const name = named(corridor.name, language)
  const verdict = done?.verdict
  if (verdict !== undefined) {
    return make('details', { class: 'verdict' }, make('summary', {}, make('span', { class: 'grow' }, name), make('b', { class: `verdict-${verdict}` }, words.verdicts[verdict] ?? verdict)),
      ...done!.sentences.map((sentence) => make('p', {}, sentence)), ...done!.plans.map(({ period, stage, reason }) => make('p', {}, make('b', {}, `${period} · ${stage} `), reason)))
  }
  const state = job === undefined ? words.queued : { queued: words.queued, running: job.label || words.running, done: words.done, failed: words.failed, cancelled: words.cancelled }[job.state]
  return make('div', { class: 'job' }, make('span', {}, name), make('b', {}, state), ...(job?.state === 'failed' ? [make('p', { class: 'bad' }, job.problem?.detail ?? '')] : [bar(job?.progress ?? 0)]))
}

export function tablePanel({ words, language }: Speech, town: Town, live: ReadonlyMap<string, LiveLink>): HTMLElement {
  const rows = [...town.streets.values()].map((street) => {
    const link = live.get(street.id)
    const to = destination(town, street)
    const cells = isKnown(link) ? [kmh(link.speed_mps), indexText(link.index, 2), String(link.vehicles), `${Math.round(link.age_s)} s`] : [words.no_data, '', '', '']
    return make('tr', {}, make('th', { scope: 'row' }, `${named(street.name, language)}${to === undefined ? '' : ` → ${named(to, language)}`}`), ...cells.map((cell) => make('td', {}, cell)))
  })
  const table = make('table', {}, make('thead', {}, make('tr', {}, ...[words.street, words.speed, words.index, words.vehicles, words.age].map((head) => make('th', { scope: 'col' }, head)))), make('tbody', {}, ...rows))
  return make('details', { id: 'table', class: 'panel' }, make('summary', {}, words.table), make('div', { class: 'scroll' }, table))
}
