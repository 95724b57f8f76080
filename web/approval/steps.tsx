// The steps of a plan on its way to the street, each with its button, or in the service's words why it is not the turn of whoever looks.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { ScenarioDocument } from '../../model/scenario.ts'
import { call } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { Choice, Field } from '../shell/parts/field.tsx'
import { Said } from '../shell/parts/said.tsx'
import { useResource } from '../shell/resource.ts'
import { percent } from '../shell/units.ts'
import { useCommands } from '../shell/commands.ts'
import { useJob, useStep } from './asking.ts'
import { secondsOf, timeText } from './figures.ts'
import type { PlanView, Review } from './plan.tsx'
import { Refusal } from './refusal.tsx'
import { DAY_TYPES, STAGES, words } from './words.ts'

type StepName = Review['steps'][number]['step']
const DONE_FROM: Record<Exclude<StepName, 'retire'>, (typeof STAGES)[number]> = { check: 'checked', simulate: 'simulated', approve: 'approved', schedule: 'scheduled', push: 'pushed' }

export function Steps({ view }: { view: PlanView }) {
  const { plan, review } = view
  const isDone = (step: StepName): boolean => step !== 'retire' && plan.stage !== 'retired' && STAGES.indexOf(plan.stage) >= STAGES.indexOf(DONE_FROM[step])
  const bodies: Record<StepName, () => ComponentChildren> = {
    check: () => <Check view={view} />, simulate: () => <Simulate view={view} />, approve: () => <Approve view={view} />, schedule: () => <Schedule view={view} />, push: () => <Push view={view} />, retire: () => <Retire view={view} />,
  }
  return (
    <>
      <h2>{words().steps}</h2>
      <ol class="ap-steps">
        {(review?.steps ?? []).map(({ step, why, code }) => {
          const done = isDone(step)
          // A plan that runs may be pushed again; a step that is done says no more.
          const open = why === undefined && (!done || step === 'push')
          return (
            <li key={step} data-step={step} class={done ? 'ap-done' : open ? 'ap-open' : 'ap-waits'}>
              <h3><span aria-hidden="true" class="ap-step-mark">{done ? '✓' : open ? '▸' : '·'}</span> {words().stepNames[step]} <small>{done ? words().done : open ? words().yours : words().waits}</small></h3>
              {open ? bodies[step]() : done || why === undefined ? null : <p class="ap-quiet ap-why"><Said sentence={why} code={code} /></p>}
            </li>
          )
        })}
      </ol>
    </>
  )
}

function Check({ view: { plan } }: { view: PlanView }) {
  const step = useStep()
  const run = (): void => void step.take(() => call('POST /plans/{plan}/checks', { at: { plan: plan.id }, version: plan.version }))
  useCommands([{ id: 'approval.check', title: () => words().doCheck, keys: ['k'], run }], [plan.version])
  return <><Button kind="main" onPress={run} busy={step.busy} hint="K">{words().doCheck}</Button><Refusal of={step} /></>
}

const DEFAULT_RUNS = 10

function Simulate({ view: { plan } }: { view: PlanView }) {
  const step = useStep()
  const job = useJob(`${plan.id}.simulate`)
  const runs = useSignal(String(DEFAULT_RUNS))
  const seed = useSignal('1')
  const day = useSignal<(typeof DAY_TYPES)[number]>('weekday')
  const run = (): void => void step.take(async (once) => job.begin((await call('POST /plans/{plan}/simulations', { at: { plan: plan.id }, body: { runs: Number(runs.value), seed: Number(seed.value), day_type: day.value }, version: plan.version, once })).job))
  useCommands([{ id: 'approval.simulate', title: () => words().doSimulate, keys: ['m'], enabled: () => !job.running, run }], [plan.version, job.running])
  if (job.running) {
    const share = job.job?.progress ?? 0
    return (
      <div>
        <p role="status">{job.job?.state === 'running' ? words().simulating(percent(share)) : words().queued}</p>
        <progress class="ap-progress" value={share} max={1} aria-label={words().simulation} />
        <Button onPress={() => void step.take(() => call('DELETE /jobs/{job}', { at: { job: job.job?.id ?? '' } }))}>{words().cancel}</Button>
        <Refusal of={step} />
      </div>
    )
  }
  return (
    <form class="ap-form" onSubmit={(event) => { event.preventDefault(); run() }}>
      <div class="ap-row">
        <Field label={words().runs} type="number" min={2} max={100} value={runs.value} onType={(text) => { runs.value = text }} />
        <Field label={words().seed} type="number" min={0} max={1_000_000} value={seed.value} onType={(text) => { seed.value = text }} />
      </div>
      <Choice label={words().dayType} value={day.value} options={DAY_TYPES.map((value) => ({ value, title: words().days[value] }))} onChoose={(value) => { day.value = value }} />
      <Button kind="main" type="submit" busy={step.busy} hint="M">{words().doSimulate}</Button>
      <Refusal of={step} also={job.refusal ?? (job.job?.state === 'cancelled' ? { sentence: words().cancelled } : undefined)} />
    </form>
  )
}

function Approve({ view: { plan, review, accepted } }: { view: PlanView }) {
  const step = useStep()
  const note = useSignal('')
  const over = review?.losers.filter(({ over_limit }) => over_limit) ?? []
  const named = over.filter(({ key }) => accepted.has(key))
  const run = (): void => void step.take(() => call('POST /plans/{plan}/approvals', { at: { plan: plan.id }, body: { accepts: named.map(({ key }) => key), ...(note.value.trim() === '' ? {} : { note: note.value }) }, version: plan.version }))
  return (
    <form class="ap-form" onSubmit={(event) => { event.preventDefault(); run() }}>
      {over.length === 0 ? null : <p>{words().acceptedOf(named.length, over.length)}</p>}
      <Field label={words().note} hint={words().notePlace} value={note.value} onType={(text) => { note.value = text }} />
      <Button kind="main" type="submit" busy={step.busy}>{words().doApprove}</Button>
      <Refusal of={step} />
    </form>
  )
}

/** Hours of the period that the plan was made for: one of the network, or one that says them itself; else the morning peak. */
function hoursOf(period: string, periods: ScenarioDocument['periods']): [number, number] {
  const known = periods.find(({ id }) => id === period)
  const [, from, until] = /(\d{1,2}:\d{2})-(\d{1,2}:\d{2})/.exec(period) ?? []
  return known === undefined ? [secondsOf(from ?? '') ?? 25_200, secondsOf(until ?? '') ?? 32_400] : [known.start_s, known.end_s]
}

function Schedule({ view: { plan } }: { view: PlanView }) {
  const step = useStep()
  const { data } = useResource('/networks/{network}/scenario', { network: plan.network })
  const [first, last] = hoursOf(plan.period, (data as { scenario: ScenarioDocument } | undefined)?.scenario.periods ?? [])
  const typed = useSignal<{ from?: string; until?: string }>({})
  const [from, until] = [typed.value.from ?? timeText(first), typed.value.until ?? timeText(last)]
  const days = useSignal<ReadonlySet<string>>(new Set(['weekday']))
  const [start_s, end_s] = [secondsOf(from), secondsOf(until)]
  const bad = start_s === undefined || end_s === undefined || start_s >= end_s
  const run = (): void => {
    if (bad || days.value.size === 0) return
    const slots = DAY_TYPES.filter((day) => days.value.has(day)).map((day_type) => ({ day_type, start_s, end_s }))
    void step.take(() => call('POST /plans/{plan}/schedulings', { at: { plan: plan.id }, body: { slots }, version: plan.version }))
  }
  return (
    <form class="ap-form" onSubmit={(event) => { event.preventDefault(); run() }}>
      <fieldset class="ap-checks">
        <legend>{words().dayType}</legend>
        {DAY_TYPES.map((day) => (
          <label key={day}><input type="checkbox" checked={days.value.has(day)} onChange={({ currentTarget }) => {
            const next = new Set(days.value)
            if (currentTarget.checked) next.add(day)
            else next.delete(day)
            days.value = next
          }} /> {words().days[day]}</label>
        ))}
      </fieldset>
      <div class="ap-row">
        <Field label={words().fromTime} value={from} onType={(text) => { typed.value = { ...typed.value, from: text } }} />
        <Field label={words().untilTime} value={until} onType={(text) => { typed.value = { ...typed.value, until: text } }} fault={bad ? words().badTime : undefined} />
      </div>
      {days.value.size === 0 ? <p role="alert" class="ap-refusal">{words().chooseDay}</p> : null}
      <Button kind="main" type="submit" busy={step.busy} disabled={bad || days.value.size === 0}>{words().doSchedule}</Button>
      <Refusal of={step} />
    </form>
  )
}

const LEASE_MIN = 30

function Push({ view: { plan, rehearsal, dryRun } }: { view: PlanView }) {
  const step = useStep()
  const job = useJob(`${plan.id}.push`)
  const mode = useSignal<'temporary' | 'permanent'>('temporary')
  const lease = useSignal(String(LEASE_MIN))
  const reason = useSignal('')
  const against = rehearsal?.reduce((sum, { obstacles, sentence }) => sum + (sentence === undefined ? obstacles.length : 1), 0) ?? 0
  const result = job.job?.result as { effective?: boolean; sentence?: string; code?: string } | undefined
  const lease_s = Math.round(Number(lease.value) * 60)
  const run = (): void => {
    if (rehearsal === undefined) return
    void step.take(async (once) => {
      const body = { mode: mode.value, dry_run: false, ...(mode.value === 'temporary' ? { lease_s } : {}), ...(reason.value.trim() === '' ? {} : { reason: reason.value }) }
      job.begin((await call('POST /plans/{plan}/pushes', { at: { plan: plan.id }, body, once })).job)
      // What was read before a push is not what stands there after it.
      dryRun.forget()
    })
  }
  if (job.running) return <p role="status">{words().pushing}{job.job?.label ? ` · ${job.job.label}` : ''}</p>
  return (
    <form class="ap-form" onSubmit={(event) => { event.preventDefault(); run() }}>
      <p class="ap-quiet">{words().pushHint}</p>
      <Choice label={words().keep} value={mode.value} options={[{ value: 'temporary', title: words().temporary }, { value: 'permanent', title: words().permanent }]} onChoose={(value) => { mode.value = value }} />
      {mode.value === 'temporary' ? <Field label={words().lease} type="number" min={2} max={1440} unit={words().minutes} hint={words().leaseHint} value={lease.value} onType={(text) => { lease.value = text }} /> : null}
      <Field label={words().reason} value={reason.value} onType={(text) => { reason.value = text }} />
      <Button kind="main" type="submit" busy={step.busy} disabled={rehearsal === undefined}>{words().doPush}</Button>
      {rehearsal === undefined ? <p class="ap-quiet">{words().needDryRun}</p> : against > 0 ? <p role="status" class="ap-refusal">{words().standsAgainst(against)}</p> : null}
      <Refusal of={step} also={job.refusal ?? (result?.effective === false && result.sentence !== undefined ? { sentence: result.sentence, code: result.code } : undefined)} />
    </form>
  )
}

function Retire({ view: { plan } }: { view: PlanView }) {
  const step = useStep()
  const open = useSignal(false)
  const reason = useSignal('')
  if (!open.value) return <Button onPress={() => { open.value = true }}>{words().doRetire}</Button>
  return (
    <form class="ap-form" onSubmit={(event) => { event.preventDefault(); void step.take(() => call('POST /plans/{plan}/retirements', { at: { plan: plan.id }, body: { reason: reason.value }, version: plan.version })) }}>
      <Field label={words().retireReason} value={reason.value} onType={(text) => { reason.value = text }} required />
      <Button kind="danger" type="submit" busy={step.busy}>{words().doRetire}</Button>
      <Refusal of={step} />
    </form>
  )
}
