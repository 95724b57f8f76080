// One place: why it is congested, with the evidence; what would help; who does what until when; what it did.
import { useSignal } from '@preact/signals'
import type { Effect, Finding, PlaceCard, Treatment, Trial } from '../../model/diagnosis.ts'
import { type Answer, call } from '../service/service.ts'
import { useCommands } from '../shell/commands.ts'
import { cursor } from '../shell/cursor.ts'
import { look } from '../shell/location.ts'
import { Button } from '../shell/parts/button.tsx'
import { Field } from '../shell/parts/field.tsx'
import { Said } from '../shell/parts/said.tsx'
import { Table } from '../shell/parts/table.tsx'
import { useResource } from '../shell/resource.ts'
import { may } from '../shell/session.ts'
import { count, distance, percent, seconds } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { useNames, useStep } from '../approval/asking.ts'
import { timeText } from '../approval/figures.ts'
import { nextSteps, sizeOf, type Step } from './cards.ts'
import { EffectFigures } from './effects.tsx'
import { words } from './words.ts'

type Change = Parameters<typeof change>[2]
const change = (network: string, { id, version }: PlaceCard & { version: number }, body: { status?: Step; owner?: string; due?: string; note?: string }) =>
  call('PATCH /networks/{network}/treatments/{treatment}', { at: { network, treatment: id }, body, version })

export function Card({ network, card }: { network: string; card: PlaceCard & { version: number } }) {
  const step = useStep()
  const name = useNames()
  const note = useSignal('')
  const send = (body: Change): void => void step.take(() => change(network, card, body)).then((taken) => { if (taken) note.value = '' })
  const withNote = (): { note?: string } => (note.value.trim() === '' ? {} : { note: note.value })
  const steps = may('engineer') ? nextSteps(card.status) : []
  useCommands(steps.slice(0, 1).map((one) => ({ id: `worklist.${one}`, title: () => words().next[one], keys: ['n'], run: () => send({ status: one, ...withNote() }) })), [card.version, steps[0]])
  useCommands([{ id: 'worklist.close', title: () => words().cards, keys: ['Escape'], run: () => look({ card: undefined }) }])
  const { place } = card
  return (
    <aside class="wk-card" aria-label={named(card.name)}>
      <h3>{named(card.name)} <span class={`wk-step wk-step-${card.status}`}>{words().statuses[card.status]}</span></h3>
      <p>
        {words().delay} <b>{words().perDay(count(card.delay_veh_h_per_day, 1))}</b>, {words().avoidable} <b>{words().perDay(count(card.avoidable_veh_h_per_day, 1))}</b>{card.seen_only === true ? ` (${words().estimated})` : ''}
        {place === undefined ? '' : <><br />{words().natures[place.nature]}, {words().when(timeText(place.start_s), timeText(place.end_s), percent(place.frequency), place.days)}, {distance(place.length_m)}</>}
      </p>
      <p><a href="/map?treatments=yes" onClick={() => { cursor.value = { from: 'worklist', ...(card.head ?? card.links[0] ? { link: card.head ?? card.links[0]! } : {}), ...(card.signal === undefined ? {} : { signal: card.signal }) } }}>{words().onMap}</a></p>
      {card.findings.map((finding) => <FindingView key={`${finding.cause} ${finding.sentence}`} finding={finding} />)}
      <EffectView network={network} card={card} />
      <section>
        <h4>{words().work}</h4>
        {may('engineer') ? (
          <div class="wk-form">
            <div class="wk-row">
              <Field label={words().owner} value={card.owner ?? ''} onCommit={(owner) => send({ owner })} />
              <Field label={words().due} type="date" value={card.due ?? ''} onCommit={(due) => { if (due !== '') send({ due }) }} />
            </div>
            <Field label={words().note} hint={words().noteText} value={note.value} onType={(text) => { note.value = text }} />
            <div class="wk-chips">
              {steps.map((one, i) => <Button key={one} {...(one === 'dismissed' ? {} : { kind: 'main' as const })} busy={step.busy} {...(i === 0 ? { hint: 'N' } : {})} onPress={() => send({ status: one, ...withNote() })}>{words().next[one]}</Button>)}
              <Button busy={step.busy} disabled={note.value.trim() === ''} onPress={() => send(withNote())}>{words().addNote}</Button>
            </div>
            {step.refusal === undefined ? null : <p role="alert" class="wk-refusal"><Said {...step.refusal} /></p>}
          </div>
        ) : <p>{words().owner}: {card.owner ?? words().nobody}{card.due === undefined ? '' : ` · ${words().due} ${card.due}`}</p>}
        <h4>{words().history}</h4>
        <ol class="wk-history">
          {[...card.history.map(({ status, ...one }) => ({ ...one, what: words().statuses[status] })), ...(card.notes ?? []).map((one) => ({ ...one, what: words().note }))].toSorted((a, b) => a.date.localeCompare(b.date))
            .map((one, i) => <li key={i}><time>{one.date}</time> <b>{one.what}</b> {name(one.by)}{one.note === undefined ? '' : `: ${one.note}`}</li>)}
        </ol>
      </section>
    </aside>
  )
}

/** What is to be done, with its size. */
export function treatmentText(treatment: Treatment): string {
  const size = sizeOf(treatment)
  const shown = (value: number | undefined): string => (value === undefined ? '' : size.unit === 's' ? seconds(value) : size.unit === 'm' ? distance(value) : size.unit === 'vph' ? words().flow(count(value)) : count(value))
  return words().treatments[treatment.kind]({
    signal: size.signal ?? '', movement: size.movement ?? '', link: size.link ?? '', from: shown(size.from), to: shown(size.to),
    list: size.groups.map(({ group, from_s, to_s }) => (from_s === undefined || to_s === undefined ? group : words().group(group, seconds(from_s), seconds(to_s)))).join(', '),
  })
}

function FindingView({ finding }: { finding: Finding & { trial?: Trial; not_tried?: string } }) {
  const { cause, confidence, grade, evidence, sentence, treatment, cost, trial, not_tried } = finding
  const text = treatmentText(treatment)
  return (
    <section class="wk-finding">
      <h4>{words().causes[cause]} <small class="wk-quiet">{words().confidence(percent(confidence), grade)}</small></h4>
      <p>{sentence}</p>
      {evidence.length === 0 ? null : (
        <Table
          caption={words().evidence} rows={evidence} keyOf={(one) => `${one.what} ${one.movement ?? ''}`}
          columns={[
            { id: 'what', title: words().what, head: true, cell: (one) => `${one.what}${one.movement === undefined ? '' : ` (${one.movement})`}` },
            { id: 'value', title: words().value, numeric: true, cell: (one) => `${count(one.value, 2)} ${one.unit}` }, { id: 'limit', title: words().limit, numeric: true, cell: (one) => `${count(one.limit, 2)} ${one.unit}` },
          ]}
        />
      )}
      <p><b>{words().suggestion}:</b> {text} <span class="wk-quiet">{words().cost}: {words().costs[cost]}</span></p>
      {trial === undefined ? null : <p>{words().trial(trial.runs, trial.delay_s.value === null ? '–' : seconds(trial.delay_s.value, 1), words().verdicts[trial.verdict])}</p>}
      {not_tried === undefined ? null : <p class="wk-quiet">{words().notTried(not_tried)}</p>}
    </section>
  )
}

interface EffectAnswer { effect: Effect | null; sentence: string }
const MEASURED: ReadonlySet<string> = new Set(['treated', 'measured'])

function EffectView({ network, card }: { network: string; card: PlaceCard }) {
  const found = useResource('/networks/{network}/treatments/{treatment}/effect', MEASURED.has(card.status) ? { network, treatment: card.id } : undefined, { events: ['treatment.'] })
  if (!MEASURED.has(card.status)) return null
  const { effect = null, sentence = '' } = (found.data as Answer<'GET /networks/{network}/treatments/{treatment}/effect'> & Partial<EffectAnswer> | undefined) ?? {}
  return (
    <section class="wk-finding">
      <h4>{words().effect}</h4>
      {effect === null ? <p class="wk-quiet">{words().notMeasured}</p> : <p><EffectFigures effect={effect} /></p>}
      <p class="wk-quiet" lang="en">{sentence}</p>
    </section>
  )
}
