// Which plan runs when, corridor by corridor; and where greenwave may deploy by itself.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type Answer, call } from '../service/service.ts'
import { look, query } from '../shell/location.ts'
import { Button } from '../shell/parts/button.tsx'
import { Choice, Field } from '../shell/parts/field.tsx'
import { Said } from '../shell/parts/said.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { may, town } from '../shell/session.ts'
import { dateAndTime } from '../shell/units.ts'
import { named } from '../words/language.ts'
import './approval.css'
import { useNames, useStep } from './asking.ts'
import { secondsOf, timeText } from './figures.ts'
import { DAY_TYPES, words } from './words.ts'

type Schedule = Answer<'GET /networks/{network}/corridors/{corridor}/schedule'>
type Entry = Schedule['entries'][number]
type Plan = Answer<'GET /plans'>['items'][number]
const RUNNABLE: ReadonlySet<string> = new Set(['scheduled', 'pushed', 'verified'])
const DAY_S = 86_400

export default function SchedulesPage() {
  const at = town.value
  const corridors = useResource('/networks/{network}/corridors', at === undefined ? undefined : { network: at.id })
  const missing = standIn(corridors)
  if (missing !== undefined || at === undefined) return missing ?? null
  const items = corridors.data!.items
  const corridor = items.find(({ id }) => id === query.value.get('corridor')) ?? items[0]
  return (
    <article class="ap-page">
      <header><h1>{words().schedules}</h1></header>
      <div class="ap-filters"><Choice label={words().corridor} value={corridor?.id ?? ''} options={items.map((one) => ({ value: one.id, title: named(one.name) }))} onChoose={(id) => look({ corridor: id })} /></div>
      {corridor === undefined ? null : <div class="ap-content"><Editor key={`${at.id} ${corridor.id}`} network={at.id} corridor={corridor.id} name={named(corridor.name)} /><Standing network={at.id} corridor={corridor.id} /></div>}
    </article>
  )
}

const sorted = (entries: readonly Entry[]): Entry[] => entries.toSorted((a, b) => DAY_TYPES.indexOf(a.day_type) - DAY_TYPES.indexOf(b.day_type) || a.start_s - b.start_s)

function Editor({ network, corridor, name }: { network: string; corridor: string; name: string }) {
  const found = useResource('/networks/{network}/corridors/{corridor}/schedule', { network, corridor }, { events: ['schedule.'] })
  const plans = useResource('/plans', {}, { query: { network, corridor, limit: 200 }, events: ['plan.'] })
  const step = useStep()
  /** What is being changed here; undefined: as the service has it. */
  const own = useSignal<Entry[] | undefined>(undefined)
  // Somebody else was faster: what was changed here was changed of another schedule.
  useEffect(() => { own.value = undefined }, [found.data?.version])
  const missing = standIn(found)
  if (missing !== undefined) return missing
  const entries = own.value ?? found.data!.entries
  const editable = may('engineer')
  const change = (from: Entry, to: Entry | undefined): void => { own.value = sorted(entries.flatMap((one) => (one === from ? (to === undefined ? [] : [to]) : [one]))) }
  const save = (): void => void step.take(() => call('PUT /networks/{network}/corridors/{corridor}/schedule', { at: { network, corridor }, body: { entries: [...entries] }, version: found.data!.version })).then((taken) => { if (taken) found.refresh() })
  const choices = (plans.data?.items ?? []).filter(({ stage }) => RUNNABLE.has(stage))
  return (
    <section class="ap-section" aria-labelledby="ap-schedule">
      <h2 id="ap-schedule">{words().scheduleOf(name)}</h2>
      <p class="ap-quiet">{words().scheduleHint}</p>
      {entries.length === 0 ? <p>{words().noEntries}</p> : null}
      <div class="ap-days">
        {DAY_TYPES.map((day) => <Day key={day} day={day} entries={entries.filter(({ day_type }) => day_type === day)} plans={choices} editable={editable} onChange={change} onAdd={(entry) => { own.value = sorted([...entries, entry]) }} />)}
      </div>
      {own.value === undefined ? null : (
        <div class="ap-filters">
          <span role="status">{words().unsaved}</span>
          <Button kind="main" onPress={save} busy={step.busy}>{words().saveSchedule}</Button>
          <Button onPress={() => { own.value = undefined }}>{words().giveUp}</Button>
        </div>
      )}
      {step.refusal === undefined ? null : <p role="alert" class="ap-refusal"><Said {...step.refusal} /></p>}
    </section>
  )
}

interface DayProps { day: Entry['day_type']; entries: readonly Entry[]; plans: readonly Plan[]; editable: boolean; onChange: (from: Entry, to: Entry | undefined) => void; onAdd: (entry: Entry) => void }

function Day({ day, entries, plans, editable, onChange, onAdd }: DayProps) {
  const title = words().days[day]
  const label = (id: string | undefined): string => {
    const plan = plans.find((one) => one.id === id)
    return id === undefined ? words().beforeGreenwave : plan === undefined ? id : `${plan.period} · ${plan.reason.slice(0, 40)}`
  }
  const options = [{ value: '', title: words().beforeGreenwave }, ...plans.map((one) => ({ value: one.id, title: label(one.id) }))]
  const running = (entry: Entry, plan: string): Entry => ({ day_type: entry.day_type, start_s: entry.start_s, ...(plan === '' ? {} : { plan }) })
  const free = (): number => {
    const last = entries.at(-1)?.start_s
    return last === undefined ? 0 : Math.min(last + 3600, DAY_S - 60)
  }
  return (
    <div role="group" aria-label={title}>
      <h3>{title}</h3>
      <div class="ap-strip" aria-hidden="true">{entries.flatMap((entry, i) => (entry.plan === undefined ? [] : [<i key={entry.start_s} title={label(entry.plan)} style={{ insetInlineStart: `${(entry.start_s / DAY_S) * 100}%`, inlineSize: `${(((entries[i + 1]?.start_s ?? DAY_S) - entry.start_s) / DAY_S) * 100}%` }} />]))}</div>
      {entries.map((entry) => (editable ? (
        <div class="ap-entry" key={`${entry.start_s} ${entry.plan ?? ''}`}>
          <Field quietLabel label={words().beginAt(title)} value={timeText(entry.start_s)} onCommit={(text) => {
            const start_s = secondsOf(text)
            if (start_s !== undefined && start_s < DAY_S) onChange(entry, { ...entry, start_s })
          }} />
          <Choice quietLabel label={words().planAt(title)} value={entry.plan ?? ''} options={entry.plan === undefined || plans.some(({ id }) => id === entry.plan) ? options : [...options, { value: entry.plan, title: entry.plan }]} onChoose={(plan) => onChange(entry, running(entry, plan))} />
          <Button onPress={() => onChange(entry, undefined)}><span aria-hidden="true">×</span><span class="sh-hidden">{words().removeAt(title, timeText(entry.start_s))}</span></Button>
        </div>
      ) : <p key={entry.start_s}>{timeText(entry.start_s)} {label(entry.plan)}</p>))}
      {editable ? <Button onPress={() => onAdd({ day_type: day, start_s: free() })}>{words().addEntry}</Button> : null}
    </div>
  )
}

function Standing({ network, corridor }: { network: string; corridor: string }) {
  const found = useResource('/networks/{network}/standing-approvals', { network }, { events: ['standing-approval.'] })
  const step = useStep()
  const name = useNames()
  const until = useSignal('')
  const note = useSignal('')
  const missing = standIn(found)
  if (missing !== undefined) return missing
  const given = found.data!.items.find((one) => one.corridor === corridor)
  const at = { network, corridor }
  return (
    <section class="ap-section" aria-labelledby="ap-standing">
      <h2 id="ap-standing">{words().standing}</h2>
      <p class="ap-quiet">{words().standingHint}</p>
      <p>{given === undefined ? words().noStanding : words().standingUntil(dateAndTime(Date.parse(given.until), town.value?.time_zone), name(given.by))}</p>
      {given !== undefined && may('approver') ? <Button kind="danger" busy={step.busy} onPress={() => void step.take(() => call('DELETE /networks/{network}/corridors/{corridor}/standing-approvals', { at })).then(() => found.refresh())}>{words().withdraw}</Button> : null}
      {given === undefined && may('administrator') ? (
        <form class="ap-filters" onSubmit={(event) => {
          event.preventDefault()
          void step.take(() => call('POST /networks/{network}/corridors/{corridor}/standing-approvals', { at, body: { until: `${until.value}T00:00:00Z`, ...(note.value === '' ? {} : { note: note.value }) } })).then(() => found.refresh())
        }}>
          <Field label={words().until} type="date" value={until.value} onType={(text) => { until.value = text }} required />
          <Field label={words().note} value={note.value} onType={(text) => { note.value = text }} />
          <Button type="submit" busy={step.busy}>{words().giveStanding}</Button>
        </form>
      ) : null}
      {step.refusal === undefined ? null : <p role="alert" class="ap-refusal"><Said {...step.refusal} /></p>}
    </section>
  )
}
