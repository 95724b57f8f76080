// The report of a diagnosis: a map, then one card a place, with find, analyse and treat as three tabs that need no script and print one
// below the other. Every string of the input is escaped. Same input, same bytes.
import type { NetworkMapScene } from '../diagram/network-map.ts'
import { paintNetworkMap } from '../diagram/paint-network-map.ts'
import type { Cause, CostClass, Effect, EvidenceRow, Finding, PlaceCard, Treatment, Trial, WorkStatus } from '../model/diagnosis.ts'
import type { LinkId, MovementId } from '../model/network.ts'
import type { SignalId } from '../model/signal.ts'
import type { Estimate } from '../model/traffic-state.ts'
import { drawn } from './drawn.ts'
import { fixed, plain, signed } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import { page } from './page.ts'
import { gradeMark } from './section-state-movements.ts'
import { STATE_STYLE } from './state-style.ts'
import { GROWTH, KIND, minuteOf, NATURE } from './place-words.ts'
import type { Drawn } from './state-report-input.ts'
import { counted, cut, estimate, figure, known, NO_DATA } from './state-words.ts'

export interface DiagnosisReportInput {
  scenario_name: string
  period_name: string
  /** `YYYY-MM-DD`. */
  date: string
  version: string
  /** The costliest first. */
  places: readonly PlaceCard[]
  sound: readonly SignalId[]
  unknown: readonly SignalId[]
  signal_names: ReadonlyMap<SignalId, string>
  link_names: ReadonlyMap<LinkId, string>
  movement_names: ReadonlyMap<MovementId, string>
  /** Links by their index, with the numbers of the cards. */
  map?: Drawn<NetworkMapScene>
}

/** The alarm words that control rooms use stand beside the causes that have one. */
const CAUSE: Record<Cause, readonly [en: string, zh?: string]> = {
  'equipment': ['Equipment'], 'incident': ['Incident'], 'capacity': ['Over capacity'], 'split-imbalance': ['Split imbalance', '失衡'], 'green-wasted': ['Wasted green', '空放'], 'offset': ['Offset'],
  'cycle-too-long': ['Cycle too long'], 'short-bay': ['Bay too short'], 'lane-use': ['Lane use'], 'tidal-demand': ['Tidal demand', '潮汐'], 'spillback': ['Spillback', '溢流'], 'left-storage': ['Storage of left turns'],
  'friction': ['Friction'], 'mid-block': ['Mid-block friction'], 'demand-peak': ['Peak of demand'], 'lane-drop': ['Lane drop', '车道缩减'], 'merge': ['Merge', '合流'],
}
const COST: Record<CostClass, string> = { 'timing': 'timing: tonight', 'operations': 'operations: days', 'paint': 'paint: weeks', 'civil-works': 'civil works: years' }
const STATUS: Record<WorkStatus, string> = { found: 'found', analysed: 'analysed', tried: 'tried in simulation', proposed: 'proposed', approved: 'approved', treated: 'treated', measured: 'effect measured', dismissed: 'dismissed' }
const VERDICT: Record<Trial['verdict'], readonly [word: string, style: string]> = { 'better': ['better', 'better'], 'no worse': ['no worse', 'undecided'], 'worse': ['worse', 'worse'], 'undecided': ['undecided', 'undecided'] }
const EFFECT = { 'better': 'better than before', 'worse': 'worse than before', 'cannot tell': 'no difference can be told' } as const
const MOST_NAMED = 30

export function diagnosisReport(input: DiagnosisReportInput): string {
  const named = (ids: readonly SignalId[]): string => {
    const { shown, more } = cut(ids, MOST_NAMED)
    return `${shown.map((id) => input.signal_names.get(id) ?? id).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  }
  const body = html`<header>
<p class="eyebrow">Diagnosis · ${input.date}</p>
<h1>${input.scenario_name}<span class="period">${input.period_name}</span></h1>
</header>
<main>
<section id="answer">
<p class="headline">${headline(input)}</p>
${input.map === undefined ? undefined : drawn([input.map], (scene, title) => paintNetworkMap(scene, { title }))}
${input.places.length === 0 ? undefined : overview(input)}
${input.sound.length === 0 ? undefined : html`<p>Nothing to treat at ${counted(input.sound.length, 'signal')}: ${named(input.sound)}.</p>`}
${input.unknown.length === 0 ? undefined : html`<p><span class="none">no data</span> at ${counted(input.unknown.length, 'signal')}: ${named(input.unknown)}.</p>`}
</section>
${input.places.map((card, i) => place(input, card, i + 1))}
<section id="definitions">
<h2>How to read it</h2>
<dl class="definitions"><dt>Confidence</dt><dd>How clearly a rule fired, times how well its evidence is known. Several causes may be true at once.</dd>
<dt>Tried</dt><dd>The treatment against doing nothing, simulated with the same vehicles: change of the mean over all vehicles, with the range that holds the truth with 90 %. Negative is better.</dd>
<dt>Avoidable</dt><dd>Delay of the vehicles that wait in a place, less that of the best timing of their signals alone under the same volumes; without a signal all of it. Where no volume is known, the delay of the place itself above its better days or above what the plan must cost.</dd>
<dt>Place</dt><dd>Links that are congested together, by the signal or the narrowing at their head; what waits in its queue counts for it, not for the signals on the way. A signal that wastes green without a queue has a card, too.</dd>
<dt>No trial</dt><dd>Means that nothing was simulated, not that nothing would happen; the reason stands beside it.</dd></dl>
</section>
</main>`
  return page({ title: `Diagnosis · ${input.scenario_name}`, style: STATE_STYLE, body, footer: `greenwave ${input.version}` })
}

function headline({ places, sound, unknown }: DiagnosisReportInput): string {
  if (places.length === 0) return sound.length === 0 && unknown.length > 0 ? 'Nothing is known of any signal.' : 'No congested place was found.'
  const avoidable = places.reduce((sum, card) => sum + card.avoidable_veh_h_per_day, 0)
  const tried = places.some((card) => card.findings.some(({ trial }) => trial !== undefined))
  const better = places.filter((card) => card.findings.some(({ trial }) => trial?.verdict === 'better')).length
  return `${counted(places.length, 'congested place')} with ${fixed(avoidable, 1)} vehicle hours of avoidable delay a day. ${tried ? better === 0 ? 'No treatment proved better in simulation.' : `For ${counted(better, 'place')} a treatment proved better in simulation.` : 'No treatment was simulated.'}`
}

function overview({ places }: DiagnosisReportInput): Markup {
  return table('The most avoidable first', [{ head: 'Place' }, { head: 'Most likely cause' }, { head: 'Delay, veh h a day', numeric: true }, { head: 'Avoidable', numeric: true }, { head: 'Status' }], places.map((card, i): Content[] => [
    html`<span class="place-number">${i + 1}</span> <a href="#place-${i + 1}">${card.name}</a>`, card.findings[0] === undefined ? html`<span class="none">no cause found</span>` : causeWord(card.findings[0].cause), figure(card.delay_veh_h_per_day, 1), figure(card.avoidable_veh_h_per_day, 1), STATUS[card.status],
  ]))
}

function causeWord(cause: Cause): Markup {
  const [en, zh] = CAUSE[cause] ?? [cause]
  return html`<span class="cause">${en}${zh === undefined ? undefined : html`<span class="zh" lang="zh">${zh}</span>`}</span>`
}

function place(input: DiagnosisReportInput, card: PlaceCard, n: number): Markup {
  const tab = (id: string, label: string, zh: string, checked: boolean): Markup =>
    html`<input type="radio" class="tab tab-${id}" name="tab-${n}" id="tab-${n}-${id}"${checked ? html` checked` : undefined}><label for="tab-${n}-${id}">${label}<span class="zh" lang="zh">${zh}</span></label>\n`
  return html`<article class="card" id="place-${n}">
<h2><span class="place-number">${n}</span> ${card.name}</h2>
<div class="tabs">
${tab('find', 'Find', '寻堵', true)}${tab('analyse', 'Analyse', '析堵', false)}${tab('treat', 'Treat', '治堵', false)}
<div class="panel panel-find"><h3>Find</h3>${find(input, card)}</div>
<div class="panel panel-analyse"><h3>Analyse</h3>${card.findings.length === 0 ? html`<p>No rule fired on what is known.</p>` : card.findings.map((finding) => analysis(input, finding))}</div>
<div class="panel panel-treat"><h3>Treat</h3>${treatments(input, card)}</div>
</div>
</article>
`
}

function find({ link_names }: DiagnosisReportInput, card: PlaceCard): Markup {
  // A street usually has two arms with its name.
  const approach = ({ links }: PlaceCard, id: LinkId): string => {
    const name = link_names.get(id) ?? id
    return name !== id && links.some((other) => other !== id && link_names.get(other) === name) ? `${name} (${id})` : name
  }
  return html`<dl class="facts">
<div><dt>Delay${card.seen_only === true ? ' of those seen' : ''}</dt><dd>${figure(card.delay_veh_h_per_day, 1)} veh h a day</dd></div>
<div><dt>Avoidable</dt><dd>${figure(card.avoidable_veh_h_per_day, 1)} veh h a day</dd></div>
<div><dt>Mean delay, s/veh</dt><dd>${estimate(card.before?.delay_s, 1)}</dd></div>
${card.grade === undefined ? undefined : html`<div><dt>Grade</dt><dd>${gradeMark(card.grade)}</dd></div>
`}${congestion(card)}<div class="broad"><dt>${card.place === undefined ? 'Approaches' : 'Links'}</dt><dd>${card.links.map((id) => approach(card, id)).join(', ')}${card.head === undefined ? undefined : html`; head: ${approach(card, card.head)}`}</dd></div>
</dl>
<h4>Status: ${STATUS[card.status]}</h4>
<p class="small">Owner: ${card.owner ?? 'nobody yet'} · due: ${card.due ?? 'not set'}</p>
${card.effect === undefined ? undefined : effectWords(card.effect)}
<ol class="history">${card.history.map(({ status, date, by, note }) => html`<li><time>${date}</time>${STATUS[status]} by ${by}${note === undefined ? undefined : html`: ${note}`}</li>\n`)}</ol>`
}

/** What the days after the treatment say, or why they say nothing yet. */
function effectWords({ delay_s, change: share, verdict, days_before, days_after, control, baseline, least_detectable }: Effect): Markup {
  const days = `${counted(days_after, 'day')} after against ${counted(days_before, 'day')} before`
  if (!known(delay_s.value)) return html`<p><strong>Effect:</strong> nothing can be told from ${days}; each side needs five of a kind.</p>`
  const percent = { value: share.value === null ? null : 100 * share.value, low: share.low === null ? null : 100 * share.low, high: share.high === null ? null : 100 * share.high }
  return html`<p><strong>Effect:</strong> <span class="verdict ${verdict === 'cannot tell' ? 'undecided' : verdict}">${EFFECT[verdict]}</span>, ${inLine(delay_s, 1)} s/veh, ${inLine(percent, 0)} %</p>
<p class="small">${days}${control ? ', less the change of the control on the same days' : ', without a control'}.${known(least_detectable) ? ` These days would tell a change of ${fixed(100 * least_detectable, 0)} %.` : ''}${baseline === 'choice' ? ' The place was chosen for these days before: a part of a gain may be the return to its mean.' : ''}</p>`
}

/** With its range in the same line. */
const inLine = ({ value, low, high }: Estimate, decimals: number): string => `${known(value) ? signed(value, decimals) : '–'}${known(low) && known(high) ? ` (${signed(low, decimals)} to ${signed(high, decimals)})` : ''}`

/** What was measured in space and time; a signal that only wastes green has none. */
function congestion({ place }: PlaceCard): Markup {
  if (place === undefined) return html`<div><dt>Congestion</dt><dd>no queue that lasts: its signal alone</dd></div>\n`
  const [nature, zh] = NATURE[place.nature]
  return html`<div><dt>Congestion</dt><dd>${KIND[place.kind][0]} <span lang="zh">${KIND[place.kind][1]}</span>, ${nature}${zh === '' ? undefined : html` <span lang="zh">${zh}</span>`}</dd></div>
<div><dt>Time</dt><dd>${minuteOf(place.start_s)} to ${minuteOf(place.end_s)}, ${fixed(place.duration_s / 60, 0)} min a day</dd></div>
<div><dt>On days</dt><dd>${fixed(100 * place.frequency, 0)} % (${place.days})</dd></div>
<div><dt>Reach</dt><dd>${fixed(place.length_m, 0)} m, ${GROWTH[place.growth]}</dd></div>
<div><dt>Vehicles through its head</dt><dd>${known(place.volume_veh) ? fixed(place.volume_veh, 0) : NO_DATA}</dd></div>
`
}

function analysis(input: DiagnosisReportInput, { cause, confidence, grade, evidence, sentence }: Finding): Markup {
  const movement = ({ movement: id }: EvidenceRow): Content => (id === undefined ? '' : input.movement_names.get(id) ?? id)
  return html`<div class="finding"><h4>${causeWord(cause)}</h4>
<p>${sentence}</p>
<p class="small">Confidence ${fixed(100 * confidence, 0)} %, evidence of grade ${grade}.</p>
${evidence.length === 0 ? undefined : table('Evidence', [{ head: 'What' }, { head: 'Movement' }, { head: 'Value', numeric: true }, { head: 'Limit', numeric: true }, { head: 'Unit' }], evidence.map((row): Content[] => [row.what, movement(row), known(row.value) ? plain(Math.round(row.value * 100) / 100) : NO_DATA, plain(row.limit), row.unit]), 'compact')}
</div>
`
}

/** Treatments that proved better come first, the largest gain first; then the rest by confidence. */
function treatments(input: DiagnosisReportInput, { findings }: PlaceCard): Markup {
  if (findings.length === 0) return html`<p>Nothing is proposed without a cause.</p>`
  const gain = ({ trial }: PlaceCard['findings'][number]): number => (trial?.verdict === 'better' ? trial.delay_s.value ?? 0 : Infinity)
  const order = findings.map((finding, i) => ({ finding, i })).sort((a, b) => (gain(a.finding) === gain(b.finding) ? a.i - b.i : gain(a.finding) - gain(b.finding)))
  const runs = Math.max(0, ...findings.map(({ trial }) => trial?.runs ?? 0))
  const columns: Column[] = [{ head: 'Treatment' }, { head: 'Cost' }, { head: 'In simulation' }, { head: 'Delay, s/veh', numeric: true, group: true }, { head: 'Stops per veh', numeric: true }, { head: 'Queue, m', numeric: true }]
  return table(runs === 0 ? 'Nothing was simulated' : `Change against doing nothing, ${counted(runs, 'run')}`, columns, order.map(({ finding }): Content[] => {
    const { trial, treatment, cause, cost, variant } = finding
    return [
      html`<strong>${treatmentWord(input, treatment)}</strong><span class="against">against ${causeWord(cause)}${variant === undefined ? undefined : html`; as tried: ${variant}`}</span>`, html`<span class="cost">${COST[cost]}</span>`, verdictOf(finding),
      ...(trial === undefined ? ['–', '–', '–'] : [change(trial.delay_s, 1), change(trial.stops, 2), change(trial.queue_m, 0)]),
    ]
  }), 'compact')
}

function verdictOf({ trial, not_tried }: PlaceCard['findings'][number]): Markup {
  if (trial === undefined) return html`<span class="none">not tried</span>${not_tried === undefined ? undefined : html`: ${not_tried}`}`
  const [word, style] = VERDICT[trial.verdict]
  return html`<span class="verdict ${style}">${word}</span>`
}

function change({ value, low, high }: Estimate, decimals: number): Content {
  if (!known(value)) return NO_DATA
  return html`${signed(value, decimals)}${known(low) && known(high) ? html` <span class="interval">${signed(low, decimals)} to ${signed(high, decimals)}</span>` : undefined}`
}

function treatmentWord({ movement_names, link_names }: DiagnosisReportInput, one: Treatment): string {
  const movement = (id: MovementId): string => movement_names.get(id) ?? id
  const link = (id: LinkId): string => link_names.get(id) ?? id
  switch (one.kind) {
    case 'retime-splits': return `Share the green anew: ${one.greens.map(({ group, green_s, from_s }) => `group ${group} ${fixed(from_s, 0)} → ${fixed(green_s, 0)} s`).join(', ')}`
    case 'trim-green': return `Trim the green of group ${one.group}: ${fixed(one.from_s, 0)} → ${fixed(one.green_s, 0)} s`
    case 'shift-offset': return `Shift the offset for ${movement(one.movement)}`
    case 'change-cycle': return `Cycle ${fixed(one.from_s, 0)} → ${fixed(one.cycle_s, 0)} s`
    case 'lengthen-bay': return `Lengthen the bay of ${movement(one.movement)}: ${fixed(one.from_m, 0)} → ${fixed(one.length_m, 0)} m`
    case 'resequence': return `Give group ${one.group} its green earlier`
    case 'lane-function': return `${one.variable ? 'Variable lane' : 'Mark lanes anew'} for ${movement(one.movement)} on ${link(one.link)}: ${one.from_lanes} → ${one.lanes} lanes`
    case 'tidal-lane': return `Tidal lane between ${link(one.link)} and ${link(one.opposite)}`
    case 'gate': return `Hold traffic back upstream, group ${one.group}: ${fixed(one.from_s, 0)} → ${fixed(one.green_s, 0)} s`
    case 'waiting-area': return `Waiting area for ${movement(one.movement)}, ${fixed(one.depth_m, 0)} m deep: + ${fixed(one.gain_vph, 0)} veh/h`
    case 'stop-line': return `Second stop line or leading interval for ${movement(one.movement)}`
    case 'divert': return `Divert ${fixed(one.volume_vph, 0)} veh/h of ${movement(one.movement)}`
    case 'add-lane': return `Carry a lane on along ${link(one.link)}: ${one.from_lanes} → ${one.lanes} lanes`
    case 'merge-control': return `Let ${link(one.joining)} join ${link(one.link)} in turn, by markings or metering`
    case 'kerb': return `Manage the kerb of ${link(one.link)}`
    case 'special-plan': return 'A special plan for the event'
    case 'maintenance': return `A ticket for maintenance of signal ${one.signal}`
  }
}
