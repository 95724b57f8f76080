// The page of a corridor: its plans, and the one that is looked at as a time-space diagram that is the editor.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { resolveCorridor } from '../../model/corridor.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { useSession, type EditingSession, type PlanRecord } from '../editing/session.ts'
import { PlanExport } from '../measures/plan-export.tsx'
import { ask, Refused, type Named } from '../service/service.ts'
import { useCommands } from '../shell/commands.ts'
import { go, look, query } from '../shell/location.ts'
import type { PageProps } from '../shell/pages.ts'
import { may, town } from '../shell/session.ts'
import { percent, plainSeconds } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { cancelWork, compare, draftRunning, optimize, path, work } from './actions.ts'
import { Diagram } from './diagram.tsx'
import { openDesk } from './desk.ts'
import { nowOf } from './now.ts'
import { Panel } from './panel.tsx'
import { openSources } from './sources.ts'
import { Toolbar } from './toolbar.tsx'
import { openVehicles } from './vehicles.ts'
import { words } from './words.ts'
import './style.css'

type Summary = Omit<PlanRecord, 'document'> & { cycle_s: number }
interface Place { network: Named; corridor: { id: string; name: string }; scenario: Scenario; plans: Summary[] }

async function findPlace(corridor: string, wanted: string | undefined): Promise<Place | undefined> {
  const { items } = await ask<{ items: Named[] }>('/networks')
  // The town that one looks at first; a link may lead to another.
  for (const network of items.toSorted((a, b) => Number(b.id === wanted) - Number(a.id === wanted))) {
    const scenario = await ask<Scenario>(`${path('networks', network.id)}/scenario`)
    const found = scenario.scenario.corridors.find(({ id }) => id === corridor)
    if (found === undefined) continue
    const { items: plans } = await ask<{ items: Summary[] }>(`/plans?network=${encodeURIComponent(network.id)}&corridor=${encodeURIComponent(corridor)}&limit=100`)
    return { network, corridor: found, scenario, plans }
  }
  return undefined
}

export default function TimeSpacePage({ fields }: PageProps) {
  const corridor = fields['corridor']!
  const place = useSignal<Place | 'none' | undefined>(undefined)
  const trouble = useSignal<string | undefined>(undefined)
  const load = async (): Promise<void> => {
    try {
      place.value = (await findPlace(corridor, town.peek()?.id)) ?? 'none'
      trouble.value = undefined
    } catch (error) {
      trouble.value = error instanceof Refused && error.status === 403 ? words().engineersOnly : error instanceof Error ? error.message : words().loading
    }
  }
  useEffect(() => void load(), [corridor])
  const chosen = query.value.get('plan') ?? undefined
  const known = place.value === undefined || place.value === 'none' ? undefined : place.value
  const plan = chosen ?? known?.plans.find(({ stage }) => stage !== 'retired')?.id
  const { session, trouble: lost } = useSession(plan, (id) => {
    look({ plan: id })
    void load()
  })
  if (trouble.value !== undefined) return <p class="ts-notice" role="alert">{trouble.value}</p>
  if (place.value === 'none') return <p class="ts-notice" role="alert">{words().unknownCorridor}</p>
  if (known === undefined) return <p class="ts-notice" role="status">{words().loading}</p>
  return (
    <div class="ts-page">
      <Bar place={known} session={session} plan={plan} reload={load} />
      {lost !== undefined ? <p class="ts-notice" role="alert">{lost instanceof Error ? lost.message : String(lost)}</p>
        : session !== undefined ? <Editor session={session} network={known.network} key={session.record.peek().network + session.original.id} />
          : <p class="ts-notice" role="status">{plan === undefined ? words().noPlans : words().loading}</p>}
    </div>
  )
}

function Editor({ session, network }: { session: EditingSession; network: Named }) {
  const parts = useMemo(() => {
    const desk = openDesk(session)
    return { desk, vehicles: openVehicles(desk), sources: openSources(desk), now: nowOf(network.time_zone) }
  }, [session])
  useEffect(() => () => {
    parts.vehicles.close()
    parts.sources.close()
    parts.now.close()
    parts.desk.close()
  }, [parts])
  return (
    <>
      <Toolbar desk={parts.desk} vehicles={parts.vehicles} sources={parts.sources} />
      <Diagram desk={parts.desk} vehicles={parts.vehicles} sources={parts.sources} now_s={parts.now.time_s} />
      <Panel desk={parts.desk} />
    </>
  )
}

function Bar({ place, session, plan, reload }: { place: Place; session: EditingSession | undefined; plan: string | undefined; reload: () => Promise<void> }) {
  const { network, corridor, scenario, plans } = place
  const period = useSignal(scenario.scenario.periods[0]?.id ?? '')
  const shownPeriod = session?.original.period
  useEffect(() => { if (shownPeriod !== undefined) period.value = shownPeriod }, [shownPeriod])
  const open = async (id: string | undefined): Promise<void> => {
    if (id === undefined) return
    await reload()
    look({ plan: id, view: undefined }, { push: true })
  }
  const trouble = (error: unknown): void => { work.value = { job: undefined, label: '', share: 0, trouble: error instanceof Error ? error.message : words().jobFailed } }
  const fresh = (): void => {
    const graph = new RoadGraph(scenario.network)
    const own = scenario.scenario.corridors.find(({ id }) => id === corridor.id)!
    draftRunning(network.id, { scenario, graph, corridor: resolveCorridor(graph, own) }, period.value).then(open).catch(trouble)
  }
  const best = (): void => void optimize(network.id, corridor.id, period.value).then(open).catch(trouble)
  const simulate = (): void => {
    if (session === undefined) return
    void compare(session).then(async () => {
      await session.refresh()
      await reload()
    }).catch(trouble)
  }
  const saved = session?.state.value === 'saved'
  const engineer = may('engineer')
  const busy = work.value !== undefined && work.value.trouble === undefined
  const stage = session?.record.value.stage
  const ready = engineer && saved && !busy && (stage === 'draft' || stage === 'checked')
  useCommands([
    { id: 'ts.new', title: () => words().newDraft, enabled: () => engineer && !busy, run: fresh }, { id: 'ts.optimize', title: () => words().optimize, enabled: () => engineer && !busy, run: best }, { id: 'ts.compare', title: () => words().compare, enabled: () => ready, run: simulate },
    { id: 'ts.approval', title: () => words().approval, enabled: () => session !== undefined && saved, run: () => go(`/plans/${encodeURIComponent(session!.record.peek().id)}`) },
  ], [session, ready, saved, engineer, busy])
  return (
    <div class="ts-bar">
      <h1>{named(corridor.name)}</h1>
      <label class="ts-choice">{words().plan}
        <select value={plan ?? ''} onChange={(event) => look({ plan: event.currentTarget.value, view: undefined }, { push: true })}>
          {plan !== undefined && plans.every(({ id }) => id !== plan) ? <option value={plan}>{plan}</option> : null}
          {plans.map(({ id, period: of, stage: at, reason }) => <option key={id} value={id}>{words().planOption(of, words().stage[at], reason.length > 60 ? `${reason.slice(0, 58)}…` : reason)}</option>)}
        </select>
      </label>
      {stage === undefined ? null : <span class="ts-quiet">{words().stage[stage]} · {plainSeconds(session!.document.value.cycle_s)}</span>}
      <span class="ts-push ts-group">
        <label class="ts-choice">{words().period}<select value={period.value} onChange={(event) => { period.value = event.currentTarget.value }}>{scenario.scenario.periods.map(({ id, name }) => <option key={id} value={id}>{named(name ?? id)}</option>)}</select></label>
        <button type="button" onClick={fresh} disabled={busy || !engineer}>{words().newDraft}</button>
        <button type="button" onClick={best} disabled={busy || !engineer}>{words().optimize}</button>
        <button type="button" onClick={simulate} disabled={!ready}>{words().compare}</button>
        {session === undefined ? null : <a class="button" href={`/plans/${encodeURIComponent(session.record.value.id)}`}>{words().approval}</a>}
        {session === undefined ? null : <Exports session={session} />}
      </span>
      <Working />
    </div>
  )
}

function Working() {
  const now = work.value
  if (now === undefined) return null
  return now.trouble === undefined
    ? <span role="status">{words().jobRunning(now.label, percent(now.share))} <button type="button" onClick={() => void cancelWork()}>{words().cancel}</button></span>
    : <span role="alert" class="ts-worse">{now.label} {now.trouble} <button type="button" onClick={() => { work.value = undefined }} aria-label={words().cancel}>×</button></span>
}

/** The service draws the same scene: the whole, or the stretch of time that is shown. */
function Exports({ session }: { session: EditingSession }) {
  const { id } = session.record.value
  const [from_s, until_s] = (query.value.get('view') ?? '').split('~').map(Number)
  const shown = from_s !== undefined && until_s !== undefined && until_s > from_s ? { range_s: [from_s, until_s] as const } : {}
  return <PlanExport path={path('plans', id)} file={`${session.original.corridor}-${id.slice(0, 8)}`} {...shown} />
}
