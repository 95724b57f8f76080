// Where cards come from: how far the diagnosis of a measured day is, what the last one found, and asking for one.
import { useStep } from '../approval/asking.ts'
import { type Answer, call, DEMO_TOWN } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { Said } from '../shell/parts/said.tsx'
import { useResource } from '../shell/resource.ts'
import { may } from '../shell/session.ts'
import { percent } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { words } from './words.ts'

type Job = Answer<'GET /networks/{network}/diagnoses'>['items'][number]
const SLOW_MS = 20_000
const isOpen = (job: Job | undefined): job is Job => job !== undefined && (job.state === 'queued' || job.state === 'running')

export function Diagnosing({ network }: { network: string }) {
  const newest = useResource('/networks/{network}/diagnoses', { network }, { every_ms: SLOW_MS, events: ['job.'] }).data?.items[0]
  // The made-up town has no yesterday before it is simulated.
  const past = useResource('/jobs', network === DEMO_TOWN ? {} : undefined, { query: { kind: 'demo.past-day', limit: 1 }, every_ms: SLOW_MS, events: ['job.'] }).data?.items[0]
  const step = useStep()
  const ask = (): void => void step.take((once) => call('POST /networks/{network}/diagnoses', { at: { network }, body: {}, once }))
  const job = isOpen(past) && !isOpen(newest) ? past : newest
  return (
    <div class="wk-diagnosing">
      {isOpen(job) ? <Progress job={job} text={job === past ? words().simulatingYesterday : job.state === 'queued' ? words().diagnosisWaits : tellTrying(job.label)} /> : <p role="status">{job === undefined ? words().neverDiagnosed : tellResult(job)}</p>}
      {may('engineer') && !isOpen(job) ? <Button onPress={ask} busy={step.busy}>{words().diagnose}</Button> : null}
      {step.refusal === undefined ? null : <p role="alert" class="wk-refusal"><Said {...step.refusal} /></p>}
    </div>
  )
}

function Progress({ job, text }: { job: Job; text: string }) {
  return <><p role="status">{text} <b>{percent(job.progress)}</b></p><progress class="wk-progress" value={job.progress} max={1} aria-label={text} /></>
}

function tellTrying(label: string): string {
  const [, kind, place] = /^trying (\S+) at (.+)$/.exec(label) ?? []
  return kind === undefined || place === undefined ? words().diagnosing : words().tryingAt(named(place))
}

function tellResult({ state, result, problem }: Job): string {
  if (state !== 'done') return words().diagnosisFailed((problem as { detail?: string } | undefined)?.detail ?? '')
  const { day = '', cards = [], new_cards = 0 } = (result ?? {}) as { day?: string; cards?: string[]; new_cards?: number }
  return cards.length === 0 ? words().nothingDiagnosed(day) : words().diagnosed(day, cards.length, new_cards)
}
