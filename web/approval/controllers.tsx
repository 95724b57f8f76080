// All controllers of a town: what each says of itself when it is asked, whether it holds what was accepted, and what of ours stands in it.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Capabilities, Identity } from '../../model/device/device.ts'
import { type Answer, call } from '../service/service.ts'
import { useCommands } from '../shell/commands.ts'
import { Button } from '../shell/parts/button.tsx'
import { Dialog } from '../shell/parts/dialog.tsx'
import { Field } from '../shell/parts/field.tsx'
import { Said, type Sentence, sentenceOf } from '../shell/parts/said.tsx'
import { Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { may, town } from '../shell/session.ts'
import { ago, dateAndTime, seconds } from '../shell/units.ts'
import './approval.css'
import { useJob, useNames, useStep } from './asking.ts'
import { Refusal } from './refusal.tsx'
import { Level } from './runs.tsx'
import { words } from './words.ts'

type Controller = Answer<'GET /networks/{network}/controllers'>['items'][number]
type Status = Answer<'GET /networks/{network}/controllers/{controller}/status'>
interface Known { status?: Status; refusal?: Sentence; asking: boolean; at_ms: number }
/** Of a city with hundreds not all at once. */
const AT_ONCE = 4

export default function ControllersPage() {
  const at = town.value
  return may('engineer') ? <Controllers key={at?.id ?? ''} network={at?.id} /> : <p class="ap-page">{words().needsEngineer}</p>
}

function Controllers({ network }: { network: string | undefined }) {
  const found = useResource('/networks/{network}/controllers', network === undefined ? undefined : { network }, { events: ['controller.put'] })
  const deployments = useResource('/deployments', network === undefined ? undefined : {}, { query: { network: network ?? '', limit: 500 }, events: ['deployment.'] })
  const known = useSignal<ReadonlyMap<string, Known>>(new Map())
  const picked = useSignal<string | undefined>(undefined)
  const release = useSignal(false)
  const note = (id: string, what: Known): void => { known.value = new Map(known.value).set(id, what) }
  const ask = async (id: string): Promise<void> => {
    note(id, { ...known.value.get(id), asking: true, at_ms: known.value.get(id)?.at_ms ?? 0 })
    try {
      note(id, { status: await call('GET /networks/{network}/controllers/{controller}/status', { at: { network: network!, controller: id } }), asking: false, at_ms: Date.now() })
    } catch (error) {
      note(id, { refusal: sentenceOf(error), asking: false, at_ms: Date.now() })
    }
  }
  const items = found.data?.items ?? []
  const askAll = async (): Promise<void> => {
    const waiting = items.filter(({ enabled }) => enabled).map(({ id }) => id)
    await Promise.all(Array.from({ length: AT_ONCE }, async () => { for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await ask(id) }))
  }
  useEffect(() => { if (items.length > 0) void askAll() }, [items.length])
  useCommands([{ id: 'controllers.ask', title: () => words().askAll, keys: ['a'], run: () => void askAll() }], [items.length])
  const missing = standIn(found)
  if (missing !== undefined) return missing
  const newest = (id: string) => deployments.data?.items.find(({ controller }) => controller === id)
  const at = items.find(({ id }) => id === picked.value)
  return (
    <article class="ap-page">
      <header>
        <h1>{words().controllers}</h1>
        <span class="ap-chips"><Button onPress={() => void askAll()} hint="A">{words().askAll}</Button><Button kind="danger" onPress={() => { release.value = true }}>{words().releaseAll}</Button></span>
      </header>
      <Table<Controller>
        caption={words().controllers} rows={items} keyOf={(one) => one.id} empty={words().noControllers} picked={at?.id} onPick={(one) => { picked.value = one.id }} sort={{ by: 'id' }}
        columns={[
          { id: 'id', title: words().controller, head: true, cell: (one) => <><code>{one.id}</code> {one.protocol === 'emulated' ? <span class="ap-mark ap-mark-warn" title={words().emulatedHint}>{words().emulated}</span> : null}</>, by: (one) => one.id },
          { id: 'signal', title: words().signal, cell: (one) => one.signal, by: (one) => one.signal },
          { id: 'protocol', title: words().protocol, cell: (one) => (one.enabled ? one.protocol : `${one.protocol} (${words().enabled}: ${words().no})`), by: (one) => one.protocol },
          { id: 'mode', title: words().mode, cell: (one) => <Mode known={known.value.get(one.id)} />, by: (one) => known.value.get(one.id)?.status?.mode },
          { id: 'slot', title: words().slot, numeric: true, cell: (one) => known.value.get(one.id)?.status?.active_slot ?? '' },
          { id: 'drift', title: words().drift, numeric: true, cell: (one) => { const skew = known.value.get(one.id)?.status?.clock_skew_s; return skew === undefined ? '' : seconds(skew, 2) }, by: (one) => known.value.get(one.id)?.status?.clock_skew_s },
          { id: 'baseline', title: words().baseline, cell: (one) => <Held known={known.value.get(one.id)} /> },
          { id: 'ours', title: words().ours, cell: (one) => { const last = newest(one.id); return last === undefined ? words().none : <a href={`/plans/${encodeURIComponent(last.plan)}`}><Level level={last.level} /> {words().states[last.state] ?? last.state}</a> } },
          { id: 'asked', title: words().asked, cell: (one) => { const told = known.value.get(one.id); return told === undefined || told.at_ms === 0 ? words().notAsked : ago(Math.max(0, (Date.now() - told.at_ms) / 1000)) } },
        ]}
      />
      {at === undefined || network === undefined ? null : <Details key={at.id} network={network} controller={at} known={known.value.get(at.id)} onAsk={() => void ask(at.id)} />}
      {release.value && network !== undefined ? <ReleaseAll network={network} onClose={() => { release.value = false }} /> : null}
    </article>
  )
}

function Mode({ known }: { known: Known | undefined }) {
  if (known === undefined || known.asking) return <span class="ap-quiet">{known === undefined ? words().notAsked : words().asking}</span>
  return known.refusal === undefined ? <>{known.status!.mode}</> : <span class="ap-detail ap-mark-bad"><Said {...known.refusal} /></span>
}

function Held({ known }: { known: Known | undefined }) {
  if (known?.status === undefined) return null
  const is = known.status.as_accepted
  return <span class={`ap-mark ap-mark-${is === undefined ? 'open' : is ? 'good' : 'warn'}`}>{is === undefined ? words().neverAccepted : is ? words().asAccepted : words().notAsAccepted}</span>
}

function Details({ network, controller, known, onAsk }: { network: string; controller: Controller; known: Known | undefined; onAsk: () => void }) {
  const at = { network, controller: controller.id }
  const accepted = useResource('/networks/{network}/controllers/{controller}/baseline', known?.status?.as_accepted === undefined ? undefined : at)
  const step = useStep()
  const name = useNames()
  const reason = useSignal('')
  const identity = known?.status?.identity as Identity | undefined
  return (
    <section class="ap-section" aria-labelledby="ap-controller">
      <div class="ap-bar-head"><h2 id="ap-controller">{controller.id}</h2><Button onPress={onAsk} busy={known?.asking === true}>{words().ask}</Button></div>
      {identity === undefined ? null : (
        <>
          <p>{words().identityOf}: {identity.vendor} {identity.model} {identity.firmware} · {identity.protocol} · {identity.profile}</p>
          <details><summary>{words().capabilities}</summary><ul class="ap-list">{(Object.entries(identity.capabilities) as [keyof Capabilities, Capabilities[keyof Capabilities]][]).map(([what, one]) => <li key={what}><code>{what}</code>: {words().can[one.can]}{one.can === 'yes' ? '' : `, ${one.because}`}</li>)}</ul></details>
        </>
      )}
      {accepted.data === undefined ? null : <p>{words().baseline}: <code>{accepted.data.hash.slice(0, 12)}</code>, {words().acceptedOn(dateAndTime(Date.parse(accepted.data.at), town.value?.time_zone), name(accepted.data.by))}</p>}
      {may('approver') ? (
        <form class="ap-filters" onSubmit={(event) => {
          event.preventDefault()
          void step.take((once) => call('POST /networks/{network}/controllers/{controller}/baselines', { at, body: { reason: reason.value }, once })).then(() => { onAsk(); accepted.refresh() })
        }}>
          <Field label={words().acceptReason} value={reason.value} onType={(text) => { reason.value = text }} required />
          <Button type="submit" busy={step.busy}>{words().accept2}</Button>
        </form>
      ) : null}
      {step.refusal === undefined ? null : <p role="alert" class="ap-refusal"><Said {...step.refusal} /></p>}
    </section>
  )
}

function ReleaseAll({ network, onClose }: { network: string; onClose: () => void }) {
  const step = useStep()
  const job = useJob(`${network}.release-all`)
  const reason = useSignal('')
  const result = job.job?.state === 'done' ? job.job.result as { members?: unknown[]; lost?: number } | undefined : undefined
  return (
    <Dialog title={words().releaseAll} onClose={onClose}>
      <form class="ap-form" onSubmit={(event) => {
        event.preventDefault()
        void step.take(async (once) => job.begin((await call('POST /networks/{network}/release-all', { at: { network }, body: { reason: reason.value }, once })).job))
      }}>
        <p>{words().releaseAllHint}</p>
        <Field label={words().releaseAllReason} value={reason.value} onType={(text) => { reason.value = text }} required />
        <Button kind="danger" type="submit" busy={step.busy || job.running}>{words().releaseAll}</Button>
        <p role="status">{job.running ? words().rollingBack : result === undefined ? '' : `${words().rolledBack((result.members?.length ?? 0) - (result.lost ?? 0))}${(result.lost ?? 0) > 0 ? `; ${words().stillLost(result.lost!)}` : ''}`}</p>
        <Refusal of={step} also={job.refusal} />
      </form>
    </Dialog>
  )
}
