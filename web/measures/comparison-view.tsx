// A plan beside what ran before it, by simulation: all measures, then movements with their intervals, who wins and who loses first.
import { useMemo } from 'preact/hooks'
import type { ComparisonRow, MovementRow } from '../../reports/comparison.ts'
import { fixed, plusMinus, signed } from '../../reports/format.ts'
import { look, query } from '../shell/location.ts'
import { named } from '../words/language.ts'
import type { At } from './heat-view.tsx'
import { PlanExport } from './plan-export.tsx'
import { useAnswer } from './use-answer.ts'
import { measureWords, words } from './words.ts'

interface PlanSummary { id: string; corridor: string; period: string; stage: string; reason: string; cycle_s: number }
interface Comparison { plan: string; version: number; hash: string; runs: number; measures: ComparisonRow[]; movements: MovementRow[] }
const FILTERS = ['all', 'losers', 'winners', 'side'] as const
const SIGN = { better: '✓', worse: '✗', undecided: '?' } as const

export function ComparisonView({ corridor, network }: At & { network: string }) {
  const t = words()
  const plans = useAnswer<{ items: PlanSummary[] }>(`/plans?network=${network}&corridor=${encodeURIComponent(corridor)}&limit=100`)
  const items = (plans.data?.items ?? []).filter(({ corridor: of }) => of === corridor)
  const chosen = items.find(({ id }) => id === query.value.get('plan')) ?? items.find(({ stage }) => stage !== 'draft' && stage !== 'checked') ?? items[0]
  const { data, error, loading } = useAnswer<Comparison>(chosen === undefined ? undefined : `/plans/${chosen.id}/comparison`)
  if (plans.error !== undefined) return <p role="alert" class="ms-fault">{t.failed(plans.error)}</p>
  if (plans.data === undefined) return <p role="status">{t.loading}</p>
  if (chosen === undefined) return <p>{t.no_plans}</p>
  const path = `/plans/${chosen.id}`
  const file = `${corridor}-${chosen.id.slice(0, 8)}`
  return (
    <>
      <div class="ms-tools">
        <label>{t.choose_plan} <select onChange={({ currentTarget }) => look({ plan: currentTarget.value }, { push: true })}>{items.map(({ id, period, stage, reason, cycle_s }) => <option key={id} value={id} selected={id === chosen.id}>{`${period} · ${fixed(cycle_s, 0)} s · ${stage} · ${reason.slice(0, 40)}`}</option>)}</select></label>
        <PlanExport path={path} file={file} />
      </div>
      {error === undefined ? null : <p role="alert" class="ms-fault">{t.failed(error)}</p>}
      {data === undefined || data.plan !== chosen.id ? (loading ? <p role="status">{t.loading}</p> : null) : data.runs === 0 ? <p>{t.no_plans}</p> : <Tables data={data} />}
    </>
  )
}

const figure = (value: number | null, decimals: number): string => fixed(value ?? undefined, decimals)
const changed = ({ change, half, decimals }: ComparisonRow): string => (change === null ? '–' : `${signed(change, decimals)}${plusMinus(half, decimals)}`)

function Verdict({ verdict }: { verdict: ComparisonRow['verdict'] }) {
  return <td class={`ms-verdict ms-${verdict}`}><span aria-hidden="true">{SIGN[verdict]}</span> {words().verdicts[verdict]}</td>
}

function Tables({ data }: { data: Comparison }) {
  const t = words()
  const filter = FILTERS.find((one) => one === query.value.get('who')) ?? 'all'
  const rows = useMemo(() => {
    const wanted = data.movements.filter(({ total_veh_h, on_corridor }) => filter === 'all' || (filter === 'side' ? !on_corridor : filter === 'losers' ? (total_veh_h ?? 1) > 0 : (total_veh_h ?? 1) < 0))
    // Whoever wins or loses most stands first, whichever it is.
    return wanted.toSorted((a, b) => Math.abs(b.total_veh_h ?? Infinity) - Math.abs(a.total_veh_h ?? Infinity) || (a.id < b.id ? -1 : 1))
  }, [data, filter])
  return (
    <>
      <section class="ms-card" aria-labelledby="ms-all">
        <header><h2 id="ms-all">{t.all_measures}</h2><p class="ms-quiet">{data.runs === 1 ? t.one_run : t.runs(data.runs)}</p></header>
        <div class="ms-scroll"><table class="ms-table" id="ms-measures">
          <thead><tr><th scope="col">{t.measure}</th><th scope="col" class="n">{t.before}</th><th scope="col" class="n">{t.after}</th><th scope="col" class="n">{t.delay_change}</th><th scope="col" class="n">%</th><th scope="col">{t.verdict}</th></tr></thead>
          <tbody>{data.measures.map((row) => {
            const name = measureWords()[row.id] ?? row
            return <tr key={row.id} data-id={row.id}><th scope="row">{name.label} <span class="ms-quiet">{name.unit}</span></th><td class="n">{figure(row.before, row.decimals)}</td><td class="n">{figure(row.after, row.decimals)}</td><td class="n">{changed(row)}</td><td class="n">{row.percent === null ? '–' : signed(row.percent, Math.abs(row.percent) < 10 ? 1 : 0)}</td><Verdict verdict={row.verdict} /></tr>
          })}</tbody>
        </table></div>
      </section>
      <section class="ms-card" aria-labelledby="ms-who">
        <header><h2 id="ms-who">{t.winners}</h2>
          <label class="ms-quiet">{t.filter} <select onChange={({ currentTarget }) => look({ who: currentTarget.value === 'all' ? undefined : currentTarget.value })}>{FILTERS.map((one) => <option key={one} value={one} selected={one === filter}>{t.filters[one]}</option>)}</select></label>
        </header>
        <div class="ms-scroll" tabIndex={0} role="region" aria-labelledby="ms-who"><table class="ms-table" id="ms-movements">
          <thead><tr><th scope="col">{t.movement}</th><th scope="col">{t.where}</th><th scope="col" class="n">{t.volume}</th><th scope="col" class="n">{t.delay}, s: {t.before}</th><th scope="col" class="n">{t.after}</th><th scope="col" class="n">{t.delay_change}</th><th scope="col" class="n">{t.veh_h}</th><th scope="col">{t.verdict}</th><th scope="col" class="n">{t.stops}</th><th scope="col" class="n">{t.queue}</th><th scope="col">{t.level}</th></tr></thead>
          <tbody>{rows.map((row) => (
            <tr key={row.id} data-id={row.id}>
              <th scope="row">{row.on_corridor ? <strong>{named(row.label)}</strong> : named(row.label)}</th><td>{named(row.signal)}</td><td class="n">{figure(row.volume_vph, 0)}</td><td class="n">{figure(row.before, 1)}</td><td class="n">{figure(row.after, 1)}</td><td class="n">{changed(row)}</td><td class="n">{row.total_veh_h === null ? '–' : signed(row.total_veh_h, 2)}</td>
              <Verdict verdict={row.verdict} /><td class="n">{figure(row.stops_before, 2)} → {figure(row.stops_after, 2)}</td><td class="n">{figure(row.queue_before_m, 0)} → {figure(row.queue_after_m, 0)}</td><td><span class="ms-los">{row.level_before}</span> → <span class="ms-los">{row.level_after}</span></td>
            </tr>
          ))}</tbody>
        </table></div>
      </section>
    </>
  )
}
