// What the simulation says: losers first, to be accepted by name where they are over a limit; then the figures with their intervals, and winners.
import type { PairedDifference } from '../../model/evaluation.ts'
import { useSignal } from '@preact/signals'
import { named } from '../words/language.ts'
import { Said } from '../shell/parts/said.tsx'
import { Table } from '../shell/parts/table.tsx'
import { may } from '../shell/session.ts'
import { count, percent, seconds } from '../shell/units.ts'
import { winnersOf } from './figures.ts'
import type { PlanView, Review } from './plan.tsx'
import { words } from './words.ts'

type Loser = Review['losers'][number]
const FIRST = 8

/** A share as per cent, seconds as seconds, all else as it is. */
function figure(measure: string, value: number): string {
  if (/share|arrivals_on_green/.test(measure)) return percent(value, 1)
  return measure.endsWith('_s') ? seconds(value, 1) : count(value, 2)
}

export function SimulationFigures({ view }: { view: PlanView }) {
  const { evaluation, review } = view
  return (
    <section class="ap-section" aria-labelledby="ap-simulation">
      <h2 id="ap-simulation">{words().simulation}</h2>
      {evaluation === undefined ? <p class="ap-quiet">{words().notSimulated}</p> : <p class="ap-quiet">{words().simulationHint(evaluation.runs, evaluation.seed, words().days[(review?.simulated?.day_type ?? 'weekday') as 'weekday'])}</p>}
      {review?.simulated?.refused === undefined ? null : <p role="alert" class="ap-refusal"><Said sentence={review.simulated.refused} code="plan.refused" /></p>}
      {review === undefined ? null : <Losers view={view} losers={review.losers} />}
      {evaluation === undefined ? null : <Differences differences={evaluation.differences} />}
      {evaluation === undefined ? null : <Winners view={view} />}
    </section>
  )
}

function Losers({ view: { accepted, accept, plan, evaluation }, losers }: { view: PlanView; losers: readonly Loser[] }) {
  const all = useSignal(false)
  const deciding = plan.stage === 'simulated' && may('approver')
  const over = losers.filter(({ over_limit }) => over_limit)
  const sorted = [...over, ...losers.filter(({ over_limit }) => !over_limit)]
  const shown = all.value ? sorted : sorted.slice(0, Math.max(FIRST, over.length))
  return (
    <>
      <h3>{words().losers}</h3>
      {losers.length === 0 && evaluation !== undefined ? <p><span class="ap-mark ap-mark-good">{words().holds}</span> {words().noLosers}</p> : null}
      {over.length > 0 ? <p>{words().mustName}</p> : null}
      <ul class="ap-losers">
        {shown.map((loser) => (
          <li key={loser.key} class={loser.over_limit ? 'ap-over' : ''}>
            {deciding && loser.over_limit ? <input type="checkbox" aria-label={words().accept(named(loser.name))} checked={accepted.has(loser.key)} onChange={({ currentTarget }) => accept(loser.key, currentTarget.checked)} /> : null}
            <span>
              <b>{named(loser.name)}</b> {loser.over_limit ? <span class="ap-mark ap-mark-bad">{words().overLimit}</span> : null}
              <span class="ap-bar" aria-hidden="true"><i style={{ inlineSize: `${Math.min(100, loser.before)}%` }} /><i class="ap-bar-after" style={{ inlineSize: `${Math.min(100, loser.after)}%` }} /></span>
              <span class="ap-figures">{figure(loser.measure, loser.before)} → <b>{figure(loser.measure, loser.after)}</b></span>
              <small class="ap-quiet">{loser.sentence}</small>
            </span>
          </li>
        ))}
      </ul>
      {shown.length < losers.length ? <button type="button" onClick={() => { all.value = true }}>{words().showMore(losers.length)}</button> : null}
    </>
  )
}

function Differences({ differences }: { differences: readonly PairedDifference[] }) {
  if (differences.length === 0) return null
  return (
    <Table
      caption={words().simulation} rows={differences} keyOf={(one) => one.measure}
      columns={[
        { id: 'measure', title: words().measure, head: true, cell: (one) => words().measures[one.measure] ?? one.measure },
        { id: 'before', title: words().before, numeric: true, cell: (one) => figure(one.measure, one.before) },
        { id: 'after', title: words().after, numeric: true, cell: (one) => figure(one.measure, one.after) },
        { id: 'difference', title: words().difference95, numeric: true, cell: (one) => (one.difference.ci95 === null ? figure(one.measure, one.difference.mean) : words().interval(figure(one.measure, one.difference.mean), figure(one.measure, one.difference.ci95))) },
        { id: 'percent', title: '%', numeric: true, cell: (one) => (Number.isFinite(one.percent) ? `${one.percent > 0 ? '+' : ''}${count(one.percent, 1)}` : '–'), by: (one) => one.percent },
        { id: 'verdict', title: words().verdict, cell: (one) => <span class={`ap-mark ap-mark-${one.verdict === 'better' ? 'good' : one.verdict === 'worse' ? 'bad' : 'open'}`}>{words()[one.verdict]}</span>, by: (one) => one.verdict },
      ]}
    />
  )
}

function Winners({ view: { evaluation, signalName } }: { view: PlanView }) {
  const all = useSignal(false)
  const winners = winnersOf(evaluation!.before, evaluation!.after)
  const shown = all.value ? winners : winners.slice(0, FIRST)
  return (
    <>
      <h3>{words().winners}</h3>
      {winners.length === 0 ? <p class="ap-quiet">{words().noWinners}</p> : (
        <Table
          caption={words().winners} rows={shown} keyOf={(one) => one.movement}
          columns={[
            { id: 'name', title: words().movement, head: true, cell: (one) => `${named(one.name)}${one.signal === undefined ? '' : ` · ${signalName(one.signal)}`}` },
            { id: 'volume', title: words().volume, numeric: true, cell: (one) => count(one.volume_vph), by: (one) => one.volume_vph },
            { id: 'before', title: words().before, numeric: true, cell: (one) => `${seconds(one.before, 1)} ${one.grades[0]}`, by: (one) => one.before },
            { id: 'after', title: words().after, numeric: true, cell: (one) => `${seconds(one.after, 1)} ${one.grades[1]}`, by: (one) => one.after },
          ]}
        />
      )}
      {shown.length < winners.length ? <button type="button" onClick={() => { all.value = true }}>{words().showMore(winners.length)}</button> : null}
    </>
  )
}
