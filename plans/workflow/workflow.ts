// The way of a plan from draft to street. Every step is one transaction: the plan in its next version, an entry in the audit, an event.
// What was checked, simulated and approved is one document on one version of the network, bound by hash; anything else is a new draft.
import { GreenwaveError } from '../../model/errors.ts'
import type { Demand } from '../../model/demand.ts'
import type { Loser, Plan } from '../../model/plan.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Seconds } from '../../model/units.ts'
import type { SequentialRule, SimulationPool } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import type { AuditEntry } from '../ports/audit-log.ts'
import { documentText, hashOf } from '../ports/canonical.ts'
import type { Clock } from '../ports/clock.ts'
import type { ControllerTiming, PushReceipt, ReadBack } from '../ports/controllers.ts'
import type { Role } from '../ports/people.ts'
import type { DayType, PlanRecord, PlanStage, ScheduleRecord } from '../ports/plans.ts'
import type { Store, Stores } from '../ports/store.ts'
import { getCorridor, patternOf } from '../street.ts'
import { requireActor, SERVICE_ACTOR } from './actors.ts'
import { findFaults } from './checks.ts'
import { deriveDocument } from './derived.ts'
import { applyEdits, type PlanEdit } from './edits.ts'
import { authorsOf, findDoubt, listEvidence, PLAN_SUBJECT, requireSecondPerson, type SimulationDetail } from './evidence.ts'
import { DEFAULT_LIMITS, findGridlock, listOverLimit, loserKey, type LoserLimits } from './gates.ts'
import { refuseSentences } from './refuse.ts'
import { findClash, patternsRunning } from './running.ts'
import { sorted, withoutPlan, withSlots, type Slot } from './schedules.ts'
import { simulateAgainstRunning } from './simulate.ts'
import { requireStep, RUNNABLE, type ApprovedPlan, type CheckedPlan, type SimulatedPlan } from './stages.ts'
import { findStandingApproval } from './standing.ts'
import { StreetCache, type Streets } from './streets.ts'

export interface WorkflowOptions {
  store: Store
  clock: Clock
  limits?: LoserLimits
  /** What simulates; the microsimulation by default. */
  simulate?: typeof simulateAgainstRunning
  newId?: () => string
}

/** Which plan in which version takes the step, and who asks for it. */
export interface StepRequest {
  plan: string
  /** The version that the actor saw. */
  expected: number
  /** Id of a person, or `greenwave`. */
  actor: string
}

export interface DraftRequest {
  network: string
  /** The newest by default. */
  network_version?: number
  document: Plan
  actor: string
  reason: string
  id?: string
  also?: Also
}

/** What must be there together with the step or not at all, for example the answer that whoever asked for it is given. */
type Also = (stores: Stores, plan: PlanRecord) => Promise<void>

export interface SimulateRequest extends StepRequest {
  /** Ten by default. */
  runs?: number
  /** Ends as soon as it is clear which is better; `runs` are then the most there may be. */
  until_decided?: Partial<Omit<SequentialRule, 'most_seeds'>>
  seed?: number
  /** On which days the plan running now is looked up; weekday by default. */
  day_type?: DayType
  /** Measured, in place of the network's own; its hash goes into the audit. */
  demand?: Demand
  /** How long to measure; an hour by default. */
  window_s?: Seconds
  pool?: SimulationPool
  signal?: AbortSignal
  onProgress?: (share: number) => void
}

export interface SimulationOutcome {
  /** Simulated where it passed, else still checked; the evaluation stands in it either way. */
  plan: PlanRecord
  passed: boolean
  losers: Loser[]
  /** Whom an approval must name; see `loserKey`. */
  over_limit: Loser[]
  sentences: string[]
}

interface Taken {
  /** What changes in the record. */
  plan?: Partial<PlanRecord>
  detail?: Record<string, unknown>
}

interface Step extends StepRequest {
  action: string
  least: Role
  service: 'service' | 'people only'
  to: PlanStage
}

const DEFAULT_RUNS = 10

export class PlanWorkflow {
  readonly #store: Store
  readonly #clock: Clock
  readonly #limits: LoserLimits
  readonly #simulator: typeof simulateAgainstRunning
  readonly #newId: () => string
  readonly #streets = new StreetCache()

  constructor({ store, clock, limits = DEFAULT_LIMITS, simulate = simulateAgainstRunning, newId = () => crypto.randomUUID() }: WorkflowOptions) {
    this.#store = store
    this.#clock = clock
    this.#limits = limits
    this.#simulator = simulate
    this.#newId = newId
  }

  /** A new draft. Throws `request.unknown` for a network or version that there is not, `input.*` for a document that fits none. */
  async draft({ network, network_version, document, actor, reason, id = this.#newId(), also = async () => {} }: DraftRequest): Promise<PlanRecord> {
    return this.#store.tx(async (stores) => {
      await requireActor(stores, actor, 'engineer', 'writing a plan')
      const version = network_version ?? (await stores.networks.get(network))?.version
      if (version === undefined) throw new GreenwaveError('request.unknown', `there is no network "${network}"`)
      await this.#streets.get(stores, network, version)
      const plan = await this.#insert(stores, { id, network, network_version: version, document, author: actor, reason }, 'plan.draft', { authors: [actor] })
      await also(stores, plan)
      return plan
    })
  }

  /**
   * Edits by hand. A draft of the actor's own changes in place; every other plan stays as it is and a new draft is made, whose authors are
   * those of the old one and the actor. Throws `store.conflict` where a value is not the one that an edit was written on.
   */
  async edit({ plan: id, expected, actor, edits, reason, also = async () => {} }: StepRequest & { edits: readonly PlanEdit[]; reason?: string; also?: Also }): Promise<PlanRecord> {
    return this.#store.tx(async (stores) => {
      await requireActor(stores, actor, 'engineer', 'editing a plan')
      const old = await getPlan(stores, id, expected)
      const { graph, scenario } = await this.#streets.get(stores, old.network, old.network_version)
      const document = deriveDocument(graph, getCorridor(scenario.scenario, old.corridor), applyEdits(old.document, edits))
      const detail = { edits, from: old.id, from_hash: old.hash, authors: [...authorsOf(old, await listEvidence(stores, id)), actor].filter((one, i, all) => all.indexOf(one) === i) }
      if (old.stage !== 'draft' || old.author !== actor) {
        const { network, network_version } = old
        const made = await this.#insert(stores, { id: this.#newId(), network, network_version, document, author: actor, reason: reason ?? `edited from ${old.id}` }, 'plan.edit', detail)
        await also(stores, made)
        return made
      }
      const plan = await this.#update(stores, { ...old, document, hash: hashOf(document), ...(reason === undefined ? {} : { reason }) }, expected)
      await this.#tell(stores, plan, actor, 'plan.edit', detail)
      await also(stores, plan)
      return plan
    })
  }

  /** Throws `plan.refused` with what the document breaks; it stays a draft then. `demand`: says which hours there are, in place of the network's own. */
  async check({ demand, ...request }: StepRequest & { demand?: Demand }): Promise<CheckedPlan> {
    const plan = await this.#step({ ...request, action: 'plan.check', least: 'engineer', service: 'service', to: 'checked' }, async (stores, old) => {
      requireBound(old)
      refuseSentences(findFaults(await this.#streetsOf(stores, old, demand), old.document))
      return {}
    })
    return plan as CheckedPlan
  }

  /** Long: a job's work. Throws `plan.stage` before simulating anything where it is not its turn. */
  async simulate(request: SimulateRequest): Promise<SimulationOutcome> {
    const { plan: id, expected, actor, runs = DEFAULT_RUNS, seed = 1, day_type = 'weekday', demand, until_decided, window_s, pool, signal, onProgress } = request
    const { old, streets, running } = await this.#store.tx(async (stores) => {
      await requireActor(stores, actor, 'engineer', 'simulating a plan')
      const checked = await requireProven(stores, await getPlan(stores, id, expected), 'simulated', 'checked')
      const found = await this.#streetsOf(stores, checked, demand)
      return { old: checked, streets: found, running: await patternsRunning(stores, checked.network, found.scenario, day_type, resolvePeriod(found.scenario, checked.period).start_s) }
    })
    const { evaluation, losers } = await this.#simulator({
      ...streets, document: old.document, running, runs, seed, ...(until_decided === undefined ? {} : { until_decided }), ...(window_s === undefined ? {} : { window_s }), ...(pool === undefined ? {} : { pool }), ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }),
    })
    signal?.throwIfAborted()
    const over_limit = listOverLimit(losers, this.#limits)
    const gridlock = findGridlock(evaluation.before, evaluation.after)
    // As the store will give it back: a figure that no run gave is null.
    const kept = JSON.parse(JSON.stringify(evaluation)) as typeof evaluation
    const detail = { evaluation: hashOf(kept), over_limit: over_limit.map(loserKey), runs: evaluation.runs, seed, day_type, against: hashOf([...running.values()]), ...(demand === undefined ? {} : { demand: hashOf(demand) }), ...(window_s === undefined ? {} : { window_s }), ...(gridlock === undefined ? {} : { refused: gridlock }) }
    const plan = await this.#step({ plan: id, expected, actor, action: 'plan.simulate', least: 'engineer', service: 'service', to: 'simulated' }, async (_stores, now, entries) => {
      requireEvidence(now, entries, 'checked')
      return { plan: { evaluation: kept, ...(gridlock === undefined ? {} : { stage: 'checked' as const }) }, detail }
    })
    return { plan, passed: gridlock === undefined, losers, over_limit, sentences: [...(gridlock === undefined ? [] : [gridlock]), ...over_limit.map(({ sentence }) => sentence)] }
  }

  /** By a second person, role approver or above. `accepts` names every loser over its limit. Throws `request.forbidden`, `plan.refused`, `plan.stage`. */
  async approve({ accepts = [], note, ...request }: StepRequest & { accepts?: readonly string[]; note?: string }): Promise<ApprovedPlan> {
    const plan = await this.#step({ ...request, action: 'plan.approve', least: 'approver', service: 'people only', to: 'approved' }, async (_stores, old, entries) => {
      const simulated: SimulatedPlan = requireEvidence(old, entries, 'simulated')
      requireSecondPerson(simulated, entries, request.actor)
      const { evaluation, over_limit } = simulationOf(entries)
      refuseSentences(over_limit.filter((loser) => !accepts.includes(loser)).map((loser) => `"${loser}" is worse off than the limit allows, and the approval does not name it`))
      return { plan: { approver: request.actor }, detail: { evaluation, accepts: [...accepts], ...(note === undefined ? {} : { note }) } }
    })
    return plan as ApprovedPlan
  }

  /**
   * In the name of the person whose standing approval covers the corridor, for a plan that greenwave alone wrote and by which nobody loses over
   * the limit. Throws `request.forbidden` without such an approval; see `giveStandingApproval`.
   */
  async approveByStanding(request: Omit<StepRequest, 'actor'>): Promise<ApprovedPlan> {
    const plan = await this.#step({ ...request, actor: SERVICE_ACTOR, action: 'plan.approve', least: 'engineer', service: 'service', to: 'approved' }, async (stores, old, entries) => {
      const simulated = requireEvidence(old, entries, 'simulated')
      const standing = await findStandingApproval(stores, old.network, old.corridor, this.#clock.now())
      if (standing === undefined) throw new GreenwaveError('request.forbidden', `nobody allows greenwave to deploy plans of the corridor "${old.corridor}" by itself`)
      const hand = [...authorsOf(simulated, entries)].find((author) => author !== SERVICE_ACTOR)
      if (hand !== undefined) throw new GreenwaveError('request.forbidden', `"${hand}" had a hand in plan "${old.id}"; a standing approval covers what greenwave alone wrote`)
      const { evaluation, over_limit } = simulationOf(entries)
      refuseSentences(over_limit.map((loser) => `"${loser}" is worse off than the limit allows; a person must decide`))
      return { plan: { approver: standing.by }, detail: { evaluation, accepts: [], standing: { by: standing.by, seq: standing.seq, hash: standing.hash } } }
    })
    return plan as ApprovedPlan
  }

  /** For whoever sends it: throws `plan.stage` for a plan that is not approved or is retired, `plan.altered` where its evidence does not hold. */
  async approved(id: string): Promise<ApprovedPlan> {
    const plan = await getPlan(this.#store, id)
    if (plan.stage !== 'approved' && !RUNNABLE.has(plan.stage)) throw new GreenwaveError('plan.stage', `plan "${id}" is ${plan.stage}; only what was approved and not retired is sent to controllers`)
    return requireEvidence(plan, await listEvidence(this.#store, id), 'approved')
  }

  /**
   * Puts an approved plan into its corridor's schedule, in those slots. Throws `plan.stage` unless it is approved for this document on the
   * newest version of the network; `plan.refused` where another corridor's plan would run the same signal otherwise at the same time.
   */
  async schedule({ slots, ...request }: StepRequest & { slots: readonly Slot[] }): Promise<{ plan: PlanRecord; schedule: { version: number; entries: ScheduleRecord[] } }> {
    requireSlots(slots)
    let schedule: { version: number; entries: ScheduleRecord[] } | undefined
    const plan = await this.#step({ ...request, action: 'plan.schedule', least: 'engineer', service: 'service', to: 'scheduled' }, async (stores, old, entries) => {
      const approved: ApprovedPlan = requireEvidence(old, entries, 'approved')
      await requireNewest(stores, approved)
      const before = await stores.schedules.get(old.network, old.corridor)
      const next = withSlots(before.entries, old.id, slots)
      await this.#requireNoClash(stores, approved, next)
      schedule = await stores.schedules.put(old.network, old.corridor, next, before.version)
      return { detail: { slots, schedule_version: schedule.version, before: before.entries } }
    })
    return { plan, schedule: schedule! }
  }

  /**
   * A corridor's whole schedule anew, of plans that are scheduled, pushed or verified; those that it no longer names may come back later.
   * Throws `plan.stage` for a plan that is not, `store.conflict`.
   */
  async putSchedule({ network, corridor, entries, expected, actor }: { network: string; corridor: string; entries: readonly ScheduleRecord[]; expected: number; actor: string }): Promise<{ version: number; entries: ScheduleRecord[] }> {
    return this.#store.tx(async (stores) => {
      await requireActor(stores, actor, 'engineer', 'changing a schedule')
      const next = sorted(entries)
      for (const id of new Set(next.flatMap(({ plan }) => plan ?? []))) {
        const plan = await getPlan(stores, id)
        if (!RUNNABLE.has(plan.stage)) throw new GreenwaveError('plan.stage', `plan "${id}" is ${plan.stage}; a schedule names plans that were scheduled themselves`)
        if (plan.network !== network || plan.corridor !== corridor) throw new GreenwaveError('plan.refused', `plan "${id}" is for the corridor "${plan.corridor}" of "${plan.network}"`)
        await this.#requireNoClash(stores, requireEvidence(plan, await listEvidence(stores, id), 'approved'), next)
      }
      const schedule = await stores.schedules.put(network, corridor, next, expected)
      const time_s = this.#clock.now()
      await stores.audit.append({ time_s, actor, action: 'schedule.put', subject_kind: 'schedule', subject: `${network}/${corridor}`, detail: { version: schedule.version, entries: next } })
      await stores.events.append({ time_s, kind: 'schedule.changed', network, body: { corridor, version: schedule.version } })
      return schedule
    })
  }

  /** Every controller took it. Throws `plan.refused` where one did not, or was given something else. */
  push({ receipts, ...request }: StepRequest & { receipts: readonly PushReceipt[] }): Promise<PlanRecord> {
    return this.#deployed({ ...request, action: 'plan.push', to: 'pushed' }, receipts.map((one) => ({ ...one, good: one.accepted })), { receipts })
  }

  /** Every controller was read and runs it. Throws `plan.refused` where one does not. */
  verify({ read_back, ...request }: StepRequest & { read_back: readonly ReadBack[] }): Promise<PlanRecord> {
    return this.#deployed({ ...request, action: 'plan.verify', to: 'verified' }, read_back.map((one) => ({ ...one, good: one.same })), { read_back })
  }

  /** From any stage; the schedule runs what was there before greenwave in its hours. */
  async retire({ reason, ...request }: StepRequest & { reason: string }): Promise<PlanRecord> {
    return this.#step({ ...request, action: 'plan.retire', least: 'engineer', service: 'service', to: 'retired' }, async (stores, old) => {
      const { version, entries } = await stores.schedules.get(old.network, old.corridor)
      if (entries.some(({ plan }) => plan === old.id)) await stores.schedules.put(old.network, old.corridor, withoutPlan(entries, old.id), version)
      return { detail: { reason, from: old.stage } }
    })
  }

  #deployed(step: StepRequest & Pick<Step, 'action' | 'to'>, answers: readonly { signal: SignalId; hash: string; good: boolean; sentence?: string }[], detail: Record<string, unknown>): Promise<PlanRecord> {
    return this.#step({ ...step, least: 'engineer', service: 'service' }, async (_stores, old, entries) => {
      const approved = requireEvidence(old, entries, 'approved')
      refuseSentences(timingsOf(approved).flatMap(({ signal, hash }) => {
        const answer = answers.find((one) => one.signal === signal)
        if (answer === undefined) return [`the controller of signal "${signal}" gave no answer`]
        if (answer.hash !== hash) return [`the controller of signal "${signal}" answered for another timing than that of plan "${old.id}"`]
        return answer.good ? [] : [`the controller of signal "${signal}" does not run plan "${old.id}"${answer.sentence === undefined ? '' : `: ${answer.sentence}`}`]
      }))
      return { detail }
    })
  }

  async #step(step: Step, take: (stores: Stores, old: PlanRecord, entries: AuditEntry[]) => Promise<Taken>): Promise<PlanRecord> {
    return this.#store.tx(async (stores) => {
      await requireActor(stores, step.actor, step.least, `the step ${step.action}`, step.service)
      const old = await getPlan(stores, step.plan, step.expected)
      requireStep(old, step.to)
      const { plan: change = {}, detail = {} } = await take(stores, old, await listEvidence(stores, old.id))
      const plan = await this.#update(stores, { ...old, stage: step.to, ...change }, step.expected)
      await this.#tell(stores, plan, step.actor, step.action, detail)
      return plan
    })
  }

  async #insert(stores: Stores, given: Pick<PlanRecord, 'id' | 'network' | 'network_version' | 'document' | 'author' | 'reason'>, action: string, detail: Record<string, unknown>): Promise<PlanRecord> {
    const now = this.#clock.now()
    const document = JSON.parse(documentText(given.document)) as Plan
    const plan: PlanRecord = { ...given, document, hash: hashOf(document), corridor: document.corridor, period: document.period, stage: 'draft', version: 1, created_at: now, updated_at: now }
    await stores.plans.insert(plan)
    await this.#tell(stores, plan, plan.author, action, detail)
    return plan
  }

  async #update(stores: Stores, plan: PlanRecord, expected: number): Promise<PlanRecord> {
    const next = { ...plan, updated_at: this.#clock.now(), version: expected + 1 }
    await stores.plans.update(next, expected)
    return next
  }

  async #tell(stores: Stores, plan: PlanRecord, actor: string, action: string, detail: Record<string, unknown>): Promise<void> {
    const { id, network, network_version, corridor, period, hash, stage, version } = plan
    const time_s = this.#clock.now()
    await stores.audit.append({ time_s, actor, action, subject_kind: PLAN_SUBJECT, subject: id, detail: { hash, network_version, stage, version, ...detail } })
    await stores.events.append({ time_s, kind: 'plan.changed', network, body: { id, action, stage, version, corridor, period } })
  }

  async #streetsOf(stores: Stores, plan: PlanRecord, demand: Demand | undefined): Promise<Streets> {
    const own = await this.#streets.get(stores, plan.network, plan.network_version)
    return demand === undefined ? own : { ...own, scenario: { ...own.scenario, demand } }
  }

  async #requireNoClash(stores: Stores, plan: ApprovedPlan, entries: readonly ScheduleRecord[]): Promise<void> {
    const { scenario } = await this.#streets.get(stores, plan.network, plan.network_version)
    const clash = await findClash(stores, plan, entries, scenario.scenario.corridors)
    if (clash !== undefined) throw new GreenwaveError('plan.refused', clash)
  }
}

/** What controllers are given of a plan. */
export const timingsOf = ({ document }: Pick<PlanRecord, 'document'>): ControllerTiming[] => document.intersections.map((one) => ({ signal: one.signal, pattern: patternOf(one), hash: hashOf(patternOf(one)) }))

/** Throws `request.unknown`, `store.conflict`. */
async function getPlan(stores: Pick<Stores, 'plans'>, id: string, expected?: number): Promise<PlanRecord> {
  const plan = await stores.plans.get(id)
  if (plan === undefined) throw new GreenwaveError('request.unknown', `there is no plan "${id}"`)
  if (expected !== undefined && plan.version !== expected) throw new GreenwaveError('store.conflict', `plan "${id}" is at version ${plan.version}, not ${expected}`)
  return plan
}

function requireBound(plan: PlanRecord): void {
  if (hashOf(plan.document) !== plan.hash) throw new GreenwaveError('plan.altered', `the document of plan "${plan.id}" is not the one of its hash`)
}

async function requireProven(stores: Stores, plan: PlanRecord, to: PlanStage, stage: 'checked'): Promise<CheckedPlan> {
  requireStep(plan, to)
  return requireEvidence(plan, await listEvidence(stores, plan.id), stage)
}

const simulationOf = (entries: readonly AuditEntry[]): SimulationDetail =>
  entries.findLast(({ action, detail }) => action === 'plan.simulate' && detail['refused'] === undefined)!.detail as unknown as SimulationDetail

interface Proven { checked: CheckedPlan; simulated: SimulatedPlan; approved: ApprovedPlan }

/** The only place where a plan's type comes to say its stage. Throws `plan.altered` where its evidence does not hold. */
function requireEvidence<S extends keyof Proven>(plan: PlanRecord, entries: readonly AuditEntry[], stage: S): Proven[S] {
  const doubt = findDoubt(plan, entries, stage)
  if (doubt !== undefined) throw new GreenwaveError('plan.altered', doubt)
  return plan as Proven[S]
}

async function requireNewest(stores: Pick<Stores, 'networks'>, plan: ApprovedPlan): Promise<void> {
  const newest = (await stores.networks.get(plan.network))?.version
  if (newest !== plan.network_version) throw new GreenwaveError('plan.stage', `plan "${plan.id}" was approved on version ${plan.network_version} of the network, which is at version ${newest ?? 0} by now; draft it again`)
}

const DAY_S = 86_400

function requireSlots(slots: readonly Slot[]): void {
  if (slots.length === 0) throw new GreenwaveError('request.invalid', 'there are 0 slots; a plan is scheduled in at least 1')
  const bad = slots.find(({ start_s, end_s }) => !(start_s >= 0 && start_s < end_s && end_s <= DAY_S))
  if (bad !== undefined) throw new GreenwaveError('request.invalid', `a slot is from ${bad.start_s} s to ${bad.end_s} s of the day; it must begin before it ends, within 0 to ${DAY_S}`)
}
