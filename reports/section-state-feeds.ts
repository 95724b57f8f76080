// Where the values come from: feeds and what was set aside by cause, definitions.
import type { FeedHealth, FeedIssue } from '../model/feed.ts'
import { formatDay, LocalTime } from '../model/local-time.ts'
import { formatTimeOfDay } from '../model/units.ts'
import { fixed, NOTHING } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import type { StateReportInput } from './state-report-input.ts'
import { NO_DATA, whole } from './state-words.ts'

const VERDICT: Record<FeedIssue['verdict'], string> = { repair: 'repaired', drop: 'dropped', quarantine: 'held back' }

export function feedsSection(input: StateReportInput): Markup {
  const { feeds, matching, runs } = input.state
  const local = new LocalTime(input.time_zone)
  const when = (time_s: number | undefined): string => (time_s === undefined ? NOTHING : `${formatDay(local.day(time_s))} ${formatTimeOfDay(Math.floor(local.timeOfDay(time_s)))}`)
  const share = ({ read, accepted }: FeedHealth): Content => (read === 0 ? NO_DATA : `${fixed((100 * accepted) / read, accepted === read ? 0 : 1)} %`)
  const columns: Column[] = [{ head: 'Feed' }, { head: 'Records', numeric: true }, { head: 'Believed', numeric: true }, { head: 'Share', numeric: true }, { head: 'From', group: true }, { head: 'Until' }]
  const aside = feeds.flatMap(({ source, issues }) => issues.map((issue) => ({ source, ...issue })))
  return html`<section id="feeds">
<h2>Feeds</h2>
${runs === undefined ? undefined : html`<p>Figures are made of ${whole(runs.kept)} of ${whole(runs.seen)} passages of stop lines: of ${whole(runs.movements_thinned)} busy movements only some of the cycles, drawn by a hash, were kept and stand for the others.</p>`}
${matching === undefined ? undefined : html`<p>Of the fixes that were believed, ${whole(matching.matched)} were matched to the road, ${whole(matching.withheld)} were too ambiguous to be used, ${whole(matching.unmatched)} belong to no road. ${fixed(matching.distance_m / 1000, 0)} km were driven, with ${fixed(matching.breaks_per_100_km, 1)} breaks of the way in 100 km.</p>`}
${feeds.length === 0 ? html`<p>${NO_DATA}</p>` : table('What came in', columns, feeds.map((feed): Content[] => [feed.source, whole(feed.read), whole(feed.accepted), share(feed), when(feed.from_s), when(feed.until_s)]))}
${feeds.flatMap(({ source, refused }) => (refused === undefined ? [] : [html`<p class="warning"><span aria-hidden="true">⚠</span> ${source} was refused: ${refused}</p>\n`]))}
${aside.length === 0 ? feeds.length === 0 ? undefined : html`<p>Every record was believed as it came.</p>` : table('What was not simply believed', [{ head: 'Feed' }, { head: 'Cause' }, { head: 'Became' }, { head: 'Records', numeric: true }, { head: 'First case' }], aside.map(({ source, cause, verdict, records, example }): Content[] => [source, html`<span class="cause">${cause}</span>`, VERDICT[verdict], whole(records), html`<span class="example">${example}</span>`]), 'compact')}
</section>`
}

const DEFINITIONS: readonly (readonly [word: string, meaning: string])[] = [
  ['Interval', 'Holds the truth with 90 %. It is that of sampling: what the vehicles seen say of all vehicles of the same time.'],
  ['Control delay', 'Time over the approach and 40 m beyond the stop line, less the time at the vehicle’s own running speed. Level: A to F by the limits of the HCM at signals, 10, 20, 35, 55 and 80 s.'],
  ['Stops', 'Rests of at least 3 s before the stop line; rests less than 10 s and 20 m apart are one.'],
  ['Arrivals on green', 'From probes: share that would have reached the stop line, without a queue, in green or 3 s after it. From logs: share of advance detections in green only.'],
  ['Second green', 'Share of vehicles that need a second green: two stops in the same queue, or a crossing after two starts of green.'],
  ['Platoon ratio', 'Share of arrivals on green over the share of green in the cycle; 1 is no coordination.'],
  ['Queue', 'Farthest back of queue of a cycle, metres from the stop line; the 95th percentile over cycles.'],
  ['Index', 'Travel time over free travel time. Free speed: the 85th percentile of the nights where there are enough, else the limit.'],
  ['Index of an area', 'The same over all its links: vehicle-kilometres weigh where the volumes of 60 % of the measured length are known, else every metre weighs alike. Without a figure below 60 % of the length.'],
  ['Congested place', 'Links that are slow together, junction to junction and five minutes to five minutes, on one or more days. Head: the link beyond which traffic is free. Recurrent: on 60 % of the last 20 days of its kind; incident: far above the same hours of other days, with free road beyond.'],
  ['Avoidable delay', 'Over five days and more: above the 15th percentile of the place’s own days. Over fewer: above what the signal must cost at this load with just enough green (HCM control delay); a lower grade.'],
  ['Split failure (logs)', 'Stop-line detection occupied for 80 % of green and of the first 5 s of red.'],
  ['Grade', 'A: radar and probes, both healthy. B: radar or detectors only. C: probes of five days or more with an interval within target. D: a wide interval, few days, or a provider’s index. E: history only, or an interval too wide to act on.'],
]

export function definitionsSection({ scale, parameters, time_zone }: StateReportInput): Markup {
  return html`<section id="definitions">
<h2>Definitions and parameters</h2>
<dl class="definitions">${DEFINITIONS.map(([word, meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>\n`)}<dt>Classes of links</dt><dd>Table ${scale.id}, version ${scale.version} (${scale.status}: ${scale.source}): ${scale.levels.map(({ en, zh, range }, i) => html`${i === 0 ? '' : '; '}${en} <span lang="zh">${zh}</span> ${range}`)}.</dd>
<dt>Times</dt><dd>Local time, ${time_zone}.</dd></dl>
${parameters.length === 0 ? undefined : table('Parameters', [{ head: 'Parameter' }, { head: 'Value', numeric: true }], parameters.map(({ name, value }): Content[] => [name, value]), 'compact')}
</section>`
}
