// The public page as HTML, complete without any script: it is read on slow phones. What is estimated or usual is outlined and says so.
import { buildSchematic, paintSchematic } from '../../diagram/schematic.ts'
import type { Publication, SegmentCondition } from '../../model/publication.ts'
import { formatTimeOfDay, kmhFromMps } from '../../model/units.ts'
import { QUARTER_S } from '../../plans/publication/course.ts'
import { webLook } from '../../plans/publication/display.ts'
import type { TownDrawing } from '../../plans/publication/town-drawing.ts'
import type { WallPlace, WallState, WallWay } from '../../plans/publication/wall-view.ts'
import { html, paintedMarkup, table, type Content } from '../../reports/html.ts'
import { courseChart } from './course-chart.ts'
import type { Outlook, WayOutlook } from './outlook.ts'
import { namedIn, PUBLIC_WORDS, type PublicLanguage, type PublicWords } from './words.ts'

export interface PublicPage {
  state: WallState
  publication: Publication
  drawing: TownDrawing
  outlook: Outlook
  language: PublicLanguage
  /** Local time now. */
  time_of_day_s: number
  clock: (instant: number) => string
}

/** Names stay readable on a phone, where it is half as wide. */
const MAP = { width: 560, height: 420, margin: 16, aside: 6.5, text: 20 } as const

interface Speech { words: PublicWords; name: (text: string) => string; page: PublicPage }

/** What stands in the document's `main`. */
export function publicMain(page: PublicPage): string {
  const { state, language } = page
  const speech: Speech = { words: PUBLIC_WORDS[language], name: (text) => namedIn(language, text), page }
  return html`${head(speech)}${now(speech)}${avoid(speech)}${corridors(speech)}${notices(speech)}${streets(speech)}${openData(speech, state.network.id)}`.text
}

export function publicEmpty(language: PublicLanguage, why: 'published_not' | 'nothing'): string {
  const words = PUBLIC_WORDS[language]
  return html`<h1>${words.title}</h1><p class="pub-empty">${words[why]}</p>`.text
}

const ageText = (words: PublicWords, seconds: number): string => (seconds < 90 ? words.seconds(Math.round(seconds)) : words.whole_minutes(Math.round(seconds / 60)))
const localTime = (seconds: number): string => formatTimeOfDay(seconds).slice(0, 5)

/** A numeral and a word beside every colour. */
function chip(words: PublicWords, shown: Pick<SegmentCondition, 'level' | 'freshness'>): Content {
  const look = webLook(shown)
  return look.colour === 'grey' ? html`<span class="pub-chip grey">– ${words.no_data}</span>` : html`<span class="pub-chip ${shown.level ?? 'grey'}">${look.numeral} ${words.levels[shown.level!] ?? shown.level!}</span>`
}

function head({ words, name, page: { state, language, clock } }: Speech): Content {
  const { publication, now: at, network } = state
  const age = publication.age_s === null ? words.no_data : words.oldest(ageText(words, publication.age_s + Math.max(0, at - publication.computed_at)))
  return html`<header><p class="pub-tools"><a href="?${language === 'en' ? 'lang=zh' : 'lang=en'}" hreflang="${language === 'en' ? 'zh' : 'en'}" lang="${language === 'en' ? 'zh' : 'en'}">${words.other}</a></p>
<h1>${words.title} · ${name(network.name)}</h1>
<p class="pub-age" data-computed="${publication.computed_at}"><strong>${words.data_of(clock(publication.computed_at))}</strong> · ${age} · ${words.known(`${Math.round(100 * publication.coverage)} %`)}</p></header>\n`
}

function now({ words, name, page: { state, publication, drawing } }: Speech): Content {
  const { index, level } = state.publication
  const looks = new Map(publication.segments.map((segment) => [segment.id, segment]))
  const svg = paintSchematic(buildSchematic({ ...MAP, segments: drawing.segments, signals: drawing.signals, names: state.corridors.map((one) => ({ name: name(one.name), segments: one.ways[0]!.segments.map(({ id }) => id) })), driving_side: drawing.driving_side }), {
    title: words.map(name(state.network.name)), description: words.numerals, text: MAP.text,
    classOf: (id) => {
      const segment = looks.get(id)
      const look = webLook(segment ?? { level: null, freshness: 'no-data' })
      return { name: `${look.colour === 'grey' ? 'grey' : segment!.level!}${look.hatched ? ' hatched' : ''}${segment?.closed === true ? ' closed' : ''}`, numeral: segment?.closed === true ? '×' : look.numeral }
    },
  })
  return html`<section aria-labelledby="pub-now"><h2 id="pub-now">${words.now}</h2>
<p class="pub-index">${words.index} <b>${index === null ? '–' : index.toFixed(2)}</b> ${chip(words, { level, freshness: index === null ? 'no-data' : 'live' })} <small>${words.index_means} ${words.classes(state.publication.scale.id, state.publication.scale.version)}</small></p>
<figure>${paintedMarkup(svg)}<figcaption>${['free', 'slow', 'congested', 'severe'].map((one) => html`${chip(words, { level: one, freshness: 'live' })} `)}${chip(words, { level: null, freshness: 'no-data' })} <span>${words.numerals}</span></figcaption></figure></section>\n`
}

function avoid({ words, name, page: { state } }: Speech): Content {
  const known = state.places.filter(({ level }) => level !== null)
  const item = (place: WallPlace): Content => html`<li>${chip(words, { level: place.level, freshness: 'live' })} <b>${place.before === undefined ? name(place.name) : words.before(name(place.name), name(place.before))}</b> ${place.delay_s === null ? '' : words.extra(words.minutes(place.delay_s))}${words.trends[place.trend] === '' ? '' : ` · ${words.trends[place.trend]}`}</li>`
  return html`<section aria-labelledby="pub-avoid"><h2 id="pub-avoid">${words.avoid}</h2>${known.length > 0 ? html`<ol class="pub-places">${known.map(item)}</ol>` : html`<p>${state.publication.index === null ? words.nobody_knows : words.none_to_avoid}</p>`}</section>\n`
}

function corridors(speech: Speech): Content {
  const { words, name, page: { state, outlook, language } } = speech
  const other = outlook.day_kind === 'working' ? 'weekend' : 'working'
  const about = outlook.days < 3 ? `${words.too_few}${outlook.reading ? ` ${words.reading}` : ''}` : `${words.course(words.kinds[outlook.day_kind], outlook.days)}${outlook.reading ? `. ${words.reading}` : ''}`
  return html`<section aria-labelledby="pub-corridors"><h2 id="pub-corridors">${words.corridors}</h2>
<p class="pub-about">${about} · <a href="?lang=${language}&amp;day=${other}">${words.course_other(words.kinds[other])}</a></p>
${state.corridors.map((corridor) => html`<article><h3>${name(corridor.name)}</h3>${corridor.ways.map((way) => wayCard(speech, way, outlook.ways.find(({ id }) => id === way.id)))}</article>\n`)}</section>\n`
}

function wayCard({ words, name, page: { time_of_day_s } }: Speech, way: WallWay, outlook: WayOutlook | undefined): Content {
  const told = way.travel_time_s !== null && (way.freshness === 'live' || way.freshness === 'ageing')
  const { later, better } = outlook ?? {}
  // Of the publication; where no day was measured whole, of the minutes of earlier days.
  const usual = way.typical ?? outlook?.usual[Math.floor(time_of_day_s / QUARTER_S)]
  const applies = (outlook?.today.length ?? 0) > 0
  const title = way.towards === undefined ? words[way.direction ?? 'outbound'] : words.towards(name(way.towards))
  const known = outlook?.usual.some((one) => one !== null) === true
  return html`<div class="pub-way"><h4>${title}</h4><dl>
<div><dt>${words.run_now}</dt><dd>${told ? html`<b>${words.minutes(way.travel_time_s!)}</b> ` : way.freshness === 'old' ? `${words.old} ` : ''}${chip(words, way)}</dd></div>
<div class="pub-guess"><dt>${words.later} <small>${words.estimate}</small></dt><dd>${later === undefined ? words.no_estimate : html`<b>${words.minutes(later.travel_time_s)}</b> (${words.range(later.low_s, later.high_s)}) ${chip(words, { level: later.level, freshness: later.level === null ? 'no-data' : 'live' })}`}</dd></div>
<div class="pub-guess"><dt>${words.usually} <small>${words.typical}</small></dt><dd>${!applies || usual === undefined || usual === null ? words.no_data : html`${words.minutes(usual.travel_time_s)} (${words.range(usual.low_s, usual.high_s)})`}</dd></div></dl>
${applies && known ? html`<p>${better === undefined ? words.no_better : words.better(localTime(better.at_s), words.range(better.low_s, better.high_s), words.minutes(better.saves_s))}</p>` : ''}
${known ? courseDetails(words, title, outlook!, applies ? time_of_day_s : undefined) : ''}</div>\n`
}

function courseDetails(words: PublicWords, title: string, outlook: WayOutlook, now_s: number | undefined): Content {
  const rows = outlook.usual.flatMap((one, quarter): Content[][] => (one === null || quarter % 2 === 1 ? [] : [[localTime(quarter * QUARTER_S), words.minutes(one.travel_time_s), words.range(one.low_s, one.high_s), outlook.today[quarter] === null || outlook.today[quarter] === undefined ? '–' : words.minutes(outlook.today[quarter])]]))
  return html`<details><summary>${words.course_show}</summary>${paintedMarkup(courseChart({ usual: outlook.usual, today: outlook.today, now_s, title: `${title}: ${words.usual}`, minutes: (time_s) => words.minutes(time_s) }))}
${table(`${title}: ${words.usual}`, [{ head: words.time }, { head: words.usual, numeric: true }, { head: words.from_to, numeric: true }, { head: words.today, numeric: true }], rows)}</details>`
}

function notices({ words, name, page: { state, outlook, clock } }: Speech): Content {
  const item = (notice: WallState['notices'][number]): Content => {
    const around = outlook.around.find((one) => one.notice === notice.id)
    const way = around === undefined ? '' : around.streets === undefined ? words.no_way : `${words.around(around.streets.map(name).join(' → '))}${around.extra_s === undefined ? '' : ` (${words.around_extra(words.minutes(Math.max(60, around.extra_s)))})`}`
    return html`<li><b>${words.kinds_of[notice.kind] ?? notice.kind}</b> ${notice.text}${notice.until === null ? '' : ` · ${words.until(clock(notice.until))}`}${way === '' ? '' : html`<br>${way}`}</li>`
  }
  return html`<section aria-labelledby="pub-notices"><h2 id="pub-notices">${words.notices}</h2>${state.notices.length === 0 ? html`<p>${words.no_notices}</p>` : html`<ul>${state.notices.map(item)}</ul>`}</section>\n`
}

function streets({ words, name, page: { publication } }: Speech): Content {
  const rows = publication.segments.map((segment) => [name(segment.name), chip(words, segment), segment.speed_mps === null || segment.freshness === 'old' ? '–' : String(Math.round(kmhFromMps(segment.speed_mps))), segment.age_s === null ? '–' : ageText(words, segment.age_s)])
  return html`<section><details><summary>${words.streets}</summary>${table(words.streets, [{ head: words.street }, { head: words.class }, { head: words.speed, numeric: true }, { head: words.age, numeric: true }], rows)}</details></section>\n`
}

function openData({ words, page: { state } }: Speech, network: string): Content {
  const base = `/api/v1/networks/${encodeURIComponent(network)}`
  const links = [[`${base}/index`, 'JSON'], [`${base}/index.csv`, 'CSV'], [`${base}/outlook`, 'JSON (30 min)'], [`${base}/datex/situations.xml`, 'DATEX II'], [`${base}/datex/elaborated-data.xml`, 'DATEX II']] as const
  return html`<section aria-labelledby="pub-open"><h2 id="pub-open">${words.open}</h2><p>${words.open_says} ${links.map(([href, label], i) => html`${i === 0 ? '' : ' · '}<a href="${href}">${label} <small>${href.slice(base.length + 1)}</small></a>`)}</p><p>${words.privacy}</p><p><small>${words.publication(state.publication.id)}</small></p></section>`
}
