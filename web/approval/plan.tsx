// One plan on its way to the street: what it changes, whether it is safe, who loses, who did what; and the steps beside it.
import type { Evaluation, PairedDifference } from '../../model/evaluation.ts'
import type { Plan } from '../../model/plan.ts'
import type { Rehearsal } from '../../plans/deployment/rehearsal.ts'
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Answer } from '../service/service.ts'
import { query } from '../shell/location.ts'
import { standIn, Waiting } from '../shell/parts/trouble.tsx'
import type { PageProps } from '../shell/pages.ts'
import { type Resource, useResource } from '../shell/resource.ts'
import { named } from '../words/language.ts'
import { seconds } from '../shell/units.ts'
import './approval.css'
import { type KnownJob, useJob, useNames } from './asking.ts'
import { Difference } from './difference.tsx'
import { History } from './history.tsx'
import { Runs } from './runs.tsx'
import { Safety } from './safety.tsx'
import { SimulationFigures } from './simulation.tsx'
import { Steps } from './steps.tsx'
import { Why } from './why.tsx'
import { words } from './words.ts'

export type PlanAnswer = Answer<'GET /plans/{plan}'>
export type Review = Answer<'GET /plans/{plan}/review'>

export interface Figures { before: Evaluation; after: Evaluation; differences: PairedDifference[]; runs: number; seed: number }

/** All that the parts of the page share. */
export interface PlanView {
  plan: PlanAnswer
  document: Plan
  evaluation: Figures | undefined
  review: Review | undefined
  name: (id: string | undefined) => string
  signalName: (id: string) => string
  dryRun: KnownJob
  /** Of the dry run, where it was one of this version of the plan. */
  rehearsal: Rehearsal[] | undefined
  accepted: ReadonlySet<string>
  accept: (key: string, is: boolean) => void
}

/**
 * The newest plan and review of one and the same version. While only one of the two is new, the pair before stays: whoever sees a stage also sees its
 * steps, and the keys of those steps work. Where the review is refused, the plan goes without.
 */
function usePair(plan: Resource<PlanAnswer>, review: Resource<Review>): { found: PlanAnswer; review: Review | undefined } | undefined {
  const pair = useRef<{ found: PlanAnswer; review: Review | undefined } | undefined>(undefined)
  if (plan.data !== undefined && (plan.data.version === review.data?.version || review.error !== undefined)) pair.current = { found: plan.data, review: review.data }
  return pair.current
}

export default function PlanPage({ fields }: PageProps) {
  const id = fields['plan']!
  const plan = useResource('/plans/{plan}', { plan: id }, { events: ['plan.'] })
  const pair = usePair(plan, useResource('/plans/{plan}/review', { plan: id }, { events: ['plan.', 'override.'] }))
  const name = useNames()
  const accepted = useSignal<ReadonlySet<string>>(new Set())
  const dryRun = useJob(`${id}.dry-run.${pair?.found.hash ?? ''}`)
  const corridors = useResource('/networks/{network}/corridors', plan.data === undefined ? undefined : { network: plan.data.network })
  if (pair === undefined) return standIn(plan) ?? <Waiting />
  const { found, review } = pair
  const document = found.document as unknown as Plan
  const result = dryRun.job?.result as { members?: Rehearsal[] } | undefined
  const view: PlanView = {
    plan: found, document, evaluation: found.evaluation as Figures | undefined, review, name, dryRun, rehearsal: result?.members, accepted: accepted.value,
    signalName: (signal) => named(document.intersections.find((one) => one.signal === signal)?.name ?? signal),
    accept: (key, is) => {
      const next = new Set(accepted.value)
      if (is) next.add(key)
      else next.delete(key)
      accepted.value = next
    },
  }
  const corridor = corridors.data?.items.find((one) => one.id === found.corridor)
  return (
    <article class="ap-plan">
      <header class="ap-head">
        <div>
          <h1>{words().title(named(corridor?.name ?? found.corridor), found.period)} <span class={`ap-stage ap-stage-${found.stage}`}>{words().stages[found.stage]}</span></h1>
          <p class="ap-reason">{found.reason}</p>
        </div>
        <dl class="ap-facts">
          <div><dt>{words().cycle}</dt><dd>{seconds(document.cycle_s)}</dd></div>
          <div><dt>{words().author}</dt><dd>{(review?.authors ?? [found.author]).map(name).join(', ')}</dd></div>
          {found.approver === undefined ? null : <div><dt>{words().approvedBy}</dt><dd>{name(found.approver)}</dd></div>}
          <div><dt>{words().identity}</dt><dd><code title={found.hash}>{found.hash.slice(0, 12)}</code> · {words().version(found.version)} · {words().network(found.network, found.network_version)}</dd></div>
        </dl>
        <p class="ap-links"><a href={`/corridors/${encodeURIComponent(found.corridor)}?plan=${encodeURIComponent(found.id)}${query.value.get('town') === null ? '' : `&town=${encodeURIComponent(query.value.get('town')!)}`}`}>{words().openDiagram}</a></p>
      </header>
      <div class="ap-columns">
        <div class="ap-content">
          <Runs view={view} />
          <SimulationFigures view={view} />
          <Difference view={view} />
          <Safety view={view} />
          <Why view={view} />
          <History plan={id} name={name} />
        </div>
        <aside class="ap-side" aria-label={words().steps}><Steps view={view} /></aside>
      </div>
    </article>
  )
}
