// What a push would change, controller by controller, in its own numbers: read by a dry run just now. Before one, the plan's own timing.
import { useSignal } from '@preact/signals'
import type { PlannedIntersection } from '../../model/plan.ts'
import type { Rehearsal } from '../../plans/deployment/rehearsal.ts'
import { call } from '../service/service.ts'
import { useCommands } from '../shell/commands.ts'
import { Button } from '../shell/parts/button.tsx'
import { Said } from '../shell/parts/said.tsx'
import { type Column, Table } from '../shell/parts/table.tsx'
import { may } from '../shell/session.ts'
import { ago, count, seconds } from '../shell/units.ts'
import { useStep } from './asking.ts'
import { shiftOf, timingChanges } from './figures.ts'
import { Override } from './override.tsx'
import type { PlanView } from './plan.tsx'
import { Refusal } from './refusal.tsx'
import { words } from './words.ts'

const DRY: ReadonlySet<string> = new Set(['checked', 'simulated', 'approved', 'scheduled', 'pushed', 'verified'])
export const mayDryRun = (stage: string): boolean => DRY.has(stage) && may('engineer')

export function Difference({ view }: { view: PlanView }) {
  const { plan, dryRun, rehearsal, document } = view
  const step = useStep()
  const allowed = mayDryRun(plan.stage)
  const ask = (): void => void step.take(async (once) => dryRun.begin((await call('POST /plans/{plan}/pushes', { at: { plan: plan.id }, body: { mode: 'temporary', dry_run: true }, once })).job))
  useCommands([{ id: 'approval.dry-run', title: () => words().dryRun, keys: ['d'], enabled: () => allowed && !dryRun.running, run: ask }], [plan.id, plan.version, allowed, dryRun.running])
  const read_s = dryRun.job === undefined ? 0 : (Date.now() - Date.parse(dryRun.job.updated_at)) / 1000
  return (
    <section class="ap-section" aria-labelledby="ap-difference">
      <div class="ap-bar-head">
        <h2 id="ap-difference">{words().difference}</h2>
        {allowed ? <Button onPress={ask} busy={step.busy || dryRun.running} hint="D">{rehearsal === undefined ? words().dryRun : words().dryRunAgain}</Button> : null}
      </div>
      <p class="ap-quiet">{words().differenceHint}{rehearsal === undefined || dryRun.running ? '' : ` ${words().dryRunAt(ago(Math.max(0, read_s)))}.`}</p>
      <Refusal of={step} also={dryRun.refusal} />
      {dryRun.running ? <p role="status">{words().dryRunning}</p> : null}
      {rehearsal === undefined ? <>{allowed ? <p>{words().noDryRun}</p> : null}<OwnTiming intersections={document.intersections} view={view} /></> : <Members members={rehearsal} view={view} />}
    </section>
  )
}

const splitsOf = (one: PlannedIntersection): string => (one.kind === 'rings'
  ? one.barriers.map(({ rings }) => rings.map((ring) => ring.map(({ phase, split_s }) => `${phase}: ${count(split_s)}`).join(' ')).filter((text) => text !== '').join(' / ')).join(' | ')
  : one.stages.map(({ id, duration_s }) => `${id}: ${count(duration_s)}`).join(' '))

function OwnTiming({ intersections, view: { signalName } }: { intersections: readonly PlannedIntersection[]; view: PlanView }) {
  return (
    <Table
      caption={words().ownNumbers} captionShown rows={intersections} keyOf={(one) => one.signal}
      columns={[
        { id: 'signal', title: words().signal, head: true, cell: (one) => signalName(one.signal) },
        { id: 'cycle', title: words().cycle, numeric: true, cell: (one) => seconds(one.cycle_s) },
        { id: 'offset', title: words().offset, numeric: true, cell: (one) => seconds(one.offset_s) },
        { id: 'reference', title: words().offsetReference, cell: (one) => words().references[one.offset_reference] ?? one.offset_reference },
        { id: 'splits', title: words().splits, cell: splitsOf },
      ]}
    />
  )
}

function Members({ members, view }: { members: readonly Rehearsal[]; view: PlanView }) {
  const { signalName } = view
  const picked = useSignal<string | undefined>(members.find(({ obstacles, sentence }) => obstacles.length > 0 || sentence !== undefined)?.device ?? members[0]?.device)
  const at = members.find(({ device }) => device === picked.value) ?? members[0]
  const mark = (one: Rehearsal) => {
    const accepted = one.now?.as_accepted
    return <span class={`ap-mark ap-mark-${accepted === undefined ? 'open' : accepted ? 'good' : 'warn'}`}>{accepted === undefined ? words().neverAccepted : accepted ? words().asAccepted : words().notAsAccepted}</span>
  }
  const columns: Column<Rehearsal>[] = [
    { id: 'controller', title: words().controller, head: true, cell: (one) => <><code>{one.device}</code> <span class="ap-quiet">{signalName(one.signal)}</span></>, by: (one) => one.device },
    { id: 'slot', title: words().slot, cell: (one) => (one.writes === undefined ? '' : words().slotChange(String(one.now?.active_slot ?? '–'), String(one.writes.slot))) },
    { id: 'cycle', title: words().cycle, numeric: true, cell: (one) => change(one, 'cycle') },
    { id: 'offset', title: words().offset, numeric: true, cell: (one) => change(one, 'offset') },
    { id: 'baseline', title: words().baseline, cell: mark },
    { id: 'obstacles', title: words().obstacles, cell: (one) => (one.sentence !== undefined || one.obstacles.length > 0 ? <span class="ap-mark ap-mark-bad">{one.sentence === undefined ? one.obstacles.length : '!'}</span> : <span class="ap-mark ap-mark-good">{words().none}</span>), by: (one) => one.obstacles.length },
  ]
  return (
    <>
      <Table caption={words().difference} rows={members} keyOf={(one) => one.device} columns={columns} picked={at?.device} onPick={(one) => { picked.value = one.device }} />
      {at === undefined ? null : <Member key={at.device} member={at} view={view} />}
    </>
  )
}

function change({ now, writes }: Rehearsal, what: 'cycle' | 'offset'): string {
  if (writes === undefined) return ''
  const [next, before] = [writes.timing[what] / 10, now?.timing === undefined ? undefined : now.timing[what] / 10]
  return before === undefined ? seconds(next, 1) : words().slotChange(count(before, 1), seconds(next, 1))
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${count(value, 1)}`

function Member({ member, view }: { member: Rehearsal; view: PlanView }) {
  const { device, identity, now, writes, findings, obstacles, sentence } = member
  const reference = view.document.intersections.find((one) => one.signal === member.signal)?.offset_reference
  return (
    <div class="ap-member" role="group" aria-label={device}>
      <p>
        <b>{device}</b> {identity === undefined ? '' : `${identity.vendor} ${identity.model} ${identity.firmware} · ${identity.protocol}`} {identity?.model === 'emulated' ? <span class="ap-mark ap-mark-warn" title={words().emulatedHint}>{words().emulated}</span> : null}
        {now === undefined ? '' : ` · ${words().mode}: ${now.mode}`}{now?.clock_skew_s === undefined ? '' : ` · ${words().clockOff(seconds(now.clock_skew_s, 1))}`}
        {writes === undefined ? '' : ` · ${writes.residual.length === 0 ? words().exact : words().residual}`}
      </p>
      {sentence === undefined ? null : <p role="alert" class="ap-refusal"><Said sentence={sentence} code={member.code} /></p>}
      {findings.map((finding) => (
        <div key={finding.sentence} class={obstacles.includes(finding) || obstacles.some((one) => one.sentence === finding.sentence) ? 'ap-refusal' : 'ap-quiet'}>
          <Said sentence={finding.sentence} />
          {finding.weight === 'soft' ? <Override view={view} finding={finding} /> : null}
        </div>
      ))}
      {writes === undefined ? null : (
        <>
          <Table
            caption={`${words().difference}: ${device}`} rows={timingChanges(now, writes.timing)} keyOf={(one) => one.group ?? one.what}
            columns={[
              { id: 'item', title: words().item, head: true, cell: (one) => (one.what === 'green' ? words().green(one.name!) : one.what === 'cycle' ? words().cycle : reference === undefined ? words().offset : `${words().offset} (${words().references[reference] ?? reference})`) },
              { id: 'now', title: words().now, numeric: true, cell: (one) => (one.now === undefined ? '–' : seconds(one.now, 1)) },
              { id: 'next', title: words().next, numeric: true, cell: (one) => seconds(one.next, 1) },
              { id: 'change', title: words().change, numeric: true, cell: (one) => (one.now === undefined ? '' : signed(one.what === 'offset' && now?.timing?.cycle === writes.timing.cycle ? shiftOf(one.now, one.next, writes.timing.cycle / 10) : one.next - one.now)) },
              { id: 'window', title: words().window, cell: (one) => (one.windows === undefined ? '' : one.windows[0] === '' || one.windows[0] === one.windows[1] ? one.windows[1] : words().slotChange(one.windows[0], one.windows[1])) },
            ]}
          />
          <details>
            <summary>{words().written} ({writes.items.length})</summary>
            <Table
              caption={words().written} rows={writes.items} keyOf={(one) => one.id}
              columns={[
                { id: 'name', title: words().item, head: true, cell: (one) => <code>{one.name}</code> }, { id: 'old', title: words().from, numeric: true, cell: (one) => one.old ?? words().nothing },
                { id: 'new', title: words().to, numeric: true, cell: (one) => `${one.new}${one.unit === undefined ? '' : ` (${one.unit})`}` },
              ]}
            />
            {writes.frames.length === 0 ? null : <><h4>{words().frames}</h4><ul class="ap-list">{writes.frames.map(({ title, hex }) => <li key={title}>{title}: <code class="ap-hex">{hex}</code></li>)}</ul></>}
          </details>
        </>
      )}
    </div>
  )
}
