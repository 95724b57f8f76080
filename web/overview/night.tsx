// The night: whether yesterday can be planned from, who replans now, how far it is, and what came of it.
import { useState } from 'preact/hooks'
import { type Answer, call, DEMO_TOWN, Refused, text } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { useResource } from '../shell/resource.ts'
import { may, type Town } from '../shell/session.ts'
import { tell } from '../shell/toasts.tsx'
import { percent } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { words } from './words.ts'

type Job = Answer<'GET /jobs'>['items'][number]
type Verdict = Answer<'GET /networks/{network}/nights/{day}'>['records'][number]['verdict']
interface Done { corridor: string; verdict?: Verdict; sentences: string[]; plans: { id: string; period: string; stage: string; reason: string }[] }
interface Corridor { id: string; name: string }

const SLOW_MS = 30_000
const MOST_JOBS = 100
const KEPT = 'greenwave.night'

const saidOf = (error: unknown): string => (error instanceof Refused ? error.message : words().lost)
const Bar = ({ share, label }: { share: number; label: string }) => <progress max={1} value={share} aria-label={label} />

/** Jobs that this tab asked for, in the order of the corridors: after a reload they are still watched. */
const keptJobs = (key: string): string[] => JSON.parse(sessionStorage.getItem(`${KEPT} ${key}`) ?? '[]') as string[]

async function showReport(network: string, day: string): Promise<void> {
  const tab = window.open('', '_blank')
  try {
    // Fetched with the token, which an address could not carry.
    const address = URL.createObjectURL(new Blob([await text(`/networks/${encodeURIComponent(network)}/nights/${day}/report`)], { type: 'text/html' }))
    if (tab === null) location.assign(address)
    else tab.location.replace(address)
  } catch (error) {
    tab?.close()
    tell(saidOf(error), 'alert')
  }
}

export function Night({ town, corridors }: { town: Town; corridors: readonly Corridor[] }) {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: town.time_zone }).format(Date.now())
  const key = `${town.id} ${day}`
  const [asked, setAsked] = useState(() => keptJobs(key))
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | undefined>(undefined)
  const isDemo = town.id === DEMO_TOWN
  const night = useResource('/networks/{network}/nights/{day}', { network: town.id, day }, { every_ms: SLOW_MS, events: ['night.'] }).data
  const past = useResource('/jobs', isDemo ? {} : undefined, { query: { kind: 'demo.past-day', limit: 1 }, every_ms: SLOW_MS, events: ['job.'] }).data?.items[0]
  const jobs = useResource('/jobs', asked.length > 0 ? {} : undefined, { query: { kind: 'night', limit: MOST_JOBS }, every_ms: SLOW_MS, events: ['job.'] }).data?.items
  const done = new Map(((night?.report['corridors'] ?? []) as Done[]).map((one) => [one.corridor, one]))
  const ready = !isDemo || (past !== undefined && past.state !== 'queued' && past.state !== 'running')
  const recorded = (night?.records.length ?? 0) > 0
  const begun = asked.length > 0 || recorded
  const replan = async (): Promise<void> => {
    setBusy(true)
    setFault(undefined)
    try {
      const answer = await call('POST /networks/{network}/nights', { at: { network: town.id }, body: { day }, once: crypto.randomUUID() })
      sessionStorage.setItem(`${KEPT} ${key}`, JSON.stringify(answer.jobs))
      setAsked(answer.jobs)
      tell(words().asked)
    } catch (error) {
      setFault(saidOf(error))
    }
    setBusy(false)
  }
  return (
    <section class="ov-panel" id="night" aria-labelledby="ov-night">
      <h2 id="ov-night">{words().night}</h2>
      <p class="sh-quiet">{words().night_words}</p>
      {ready ? null : <div class="ov-job"><span>{words().past_day}</span><b>{percent(past?.progress ?? 0)}</b><Bar share={past?.progress ?? 0} label={words().past_day} /></div>}
      {begun ? null : may('engineer') ? <Button id="replan" kind="main" disabled={!ready} busy={busy} onPress={() => void replan()}>{words().replan}</Button> : <p class="sh-quiet">{words().night_login}</p>}
      {fault === undefined ? null : <p class="ov-bad" role="alert">{fault}</p>}
      {begun ? corridors.map((corridor, i) => <CorridorNight key={corridor.id} corridor={corridor} job={jobs?.find(({ id }) => id === asked[i])} done={done.get(corridor.id)} />) : null}
      {recorded ? <Button id="report" onPress={() => void showReport(town.id, day)}>{words().whole_report}</Button> : null}
    </section>
  )
}

function CorridorNight({ corridor, job, done }: { corridor: Corridor; job: Job | undefined; done: Done | undefined }) {
  const name = named(corridor.name)
  if (done?.verdict !== undefined) {
    return (
      <details class="ov-verdict">
        <summary><span class="ov-grow">{name}</span><b class={`ov-verdict-${done.verdict}`} data-verdict={done.verdict}>{words().verdicts[done.verdict]}</b></summary>
        {done.sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}
        {done.plans.map(({ id, period, stage, reason }) => <p key={id}><a href={`/corridors/${encodeURIComponent(corridor.id)}?plan=${encodeURIComponent(id)}`}>{period} · {stage}</a> {reason}</p>)}
      </details>
    )
  }
  const state = job?.state ?? 'queued'
  const problem = (job?.problem as { detail?: string } | undefined)?.detail
  return <div class="ov-job"><span>{name}</span><b>{state === 'running' && job!.label !== '' ? job!.label : words().states[state]}</b>{state === 'failed' ? <p class="ov-bad">{problem}</p> : <Bar share={job?.progress ?? 0} label={name} />}</div>
}
