// What stands of the plan at controllers, run by run: how far each is proven, as it happens; and one key that brings everything back.
import { useSignal } from '@preact/signals'
import type { Answer } from '../service/service.ts'
import { call } from '../service/service.ts'
import { useCommands } from '../shell/commands.ts'
import { Button } from '../shell/parts/button.tsx'
import { Dialog } from '../shell/parts/dialog.tsx'
import { Said } from '../shell/parts/said.tsx'
import { Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { may, town } from '../shell/session.ts'
import { dateAndTime, timeOfDay } from '../shell/units.ts'
import { useJob, useStep } from './asking.ts'
import type { PlanView } from './plan.tsx'
import { Refusal } from './refusal.tsx'
import { Watching } from './watching.tsx'
import { words } from './words.ts'

type Deployment = Answer<'GET /deployments'>['items'][number]
/** Something of ours stands in the controller, or may. */
const OURS: ReadonlySet<string> = new Set(['SENDING', 'PARTIAL', 'STORED', 'MISMATCH', 'ARMED', 'EFFECTIVE', 'LEASED', 'PERMANENT', 'UNKNOWN'])
const DOTS = [1, 2, 3, 4, 5] as const

export function Runs({ view: { plan, name, signalName } }: { view: PlanView }) {
  const found = useResource('/deployments', {}, { query: { plan: plan.id, limit: 200 }, events: ['deployment.'] })
  const release = useJob(`${plan.id}.release`)
  const step = useStep()
  const wireOf = useSignal<Deployment | undefined>(undefined)
  const items = found.data?.items ?? []
  const standing = items.find(({ state }) => OURS.has(state))
  const back = (): void => {
    if (standing === undefined) return
    void step.take(async (once) => release.begin((await call('POST /deployments/{deployment}/release', { at: { deployment: standing.id }, body: { reason: words().rollBackReason }, once })).job))
  }
  const ready = standing !== undefined && may('engineer')
  useCommands([{ id: 'approval.roll-back', title: () => words().rollBackKey, keys: ['Shift+r'], enabled: () => ready, run: back }], [ready, standing?.run])
  if (items.length === 0) return null
  const missing = standIn(found)
  if (missing !== undefined) return missing
  const runs = [...new Map(items.map((one) => [one.run, items.filter(({ run }) => run === one.run)])).values()]
  const result = release.job?.state === 'done' ? release.job.result as { members?: unknown[]; lost?: number } | undefined : undefined
  return (
    <section class="ap-section" aria-labelledby="ap-runs">
      <div class="ap-bar-head">
        <h2 id="ap-runs">{words().runs2}</h2>
        {ready ? <Button kind="danger" onPress={back} busy={step.busy || release.running} hint="Shift+R">{words().rollBack} <kbd>⇧R</kbd></Button> : null}
      </div>
      <Refusal of={step} also={release.refusal} />
      <p role="status">{release.running ? words().rollingBack : result === undefined || standing !== undefined ? '' : `${words().rolledBack((result.members?.length ?? 0) - (result.lost ?? 0))}${(result.lost ?? 0) > 0 ? `; ${words().stillLost(result.lost!)}` : ''}`}</p>
      <Watching members={runs[0]!} />
      {runs.map((members, i) => (
        <details key={members[0]!.run} open={i === 0}>
          <summary>{words().run(dateAndTime(Date.parse(members[0]!.created_at), town.value?.time_zone), name(members[0]!.by))} · {members[0]!.mode === 'temporary' ? words().temporaryRun : words().permanentRun}</summary>
          <Table
            caption={words().runs2} rows={members.toSorted((a, b) => a.controller.localeCompare(b.controller))} keyOf={(one) => one.id}
            columns={[
              { id: 'controller', title: words().controller, head: true, cell: (one) => <><code>{one.controller}</code> <span class="ap-quiet">{signalName(one.signal)}</span></>, by: (one) => one.controller },
              { id: 'level', title: words().level, cell: (one) => <Level level={one.level} />, by: (one) => one.level },
              { id: 'state', title: words().state, cell: (one) => <span data-state={one.state}>{words().states[one.state] ?? one.state}</span>, by: (one) => one.state },
              { id: 'lease', title: words().leaseUntil, cell: (one) => (one.lease_expires_at === undefined || !OURS.has(one.state) ? '' : timeOfDay(Date.parse(one.lease_expires_at), town.value?.time_zone)) },
              { id: 'why', title: words().lastWord, cell: (one) => one.why === undefined ? '' : <span class="ap-detail"><Said sentence={one.why} /></span> },
              { id: 'wire', title: words().wire, cell: (one) => (may('engineer') ? <button type="button" onClick={() => { wireOf.value = one }}>{words().wire}</button> : '') },
            ]}
          />
        </details>
      ))}
      {wireOf.value === undefined ? null : <Wire deployment={wireOf.value} onClose={() => { wireOf.value = undefined }} />}
    </section>
  )
}

/** Five dots that fill, the number and its meaning: not by colour alone. */
export const Level = ({ level }: { level: number }) => (
  <span class="ap-level"><span aria-hidden="true" class="ap-dots">{DOTS.map((dot) => <i key={dot} class={dot <= level ? 'ap-dot-on' : ''} />)}</span> {words().levelOf(level)} <span class="ap-quiet">{words().levels[level]}</span></span>
)

function Wire({ deployment, onClose }: { deployment: Deployment; onClose: () => void }) {
  const found = useResource('/deployments/{deployment}/wire', { deployment: deployment.id }, { query: { limit: 1000 }, events: ['deployment.'] })
  return (
    <Dialog title={words().wireOf(deployment.controller)} onClose={onClose} wide>
      {standIn(found) ?? (
        <Table
          caption={words().wireOf(deployment.controller)} rows={found.data!.items} keyOf={(one) => String(one.seq)} empty={words().noWire}
          columns={[
            { id: 'seq', title: words().entry, numeric: true, cell: (one) => one.seq }, { id: 'time', title: words().when, cell: (one) => one.time.slice(11, 23) },
            { id: 'direction', title: words().what, cell: (one) => (one.direction === 'sent' ? words().sent : words().received) }, { id: 'note', title: words().detail, head: true, cell: (one) => one.note ?? '' },
            { id: 'hex', title: 'hex', cell: (one) => <code class="ap-hex">{one.hex}</code> },
          ]}
        />
      )}
    </Dialog>
  )
}
