// Brings approved plans to controllers and back: a corridor at a time, many corridors in a campaign, or everything back at once.
import type { Baseline } from '../../model/device/device.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { WantedTiming } from '../../model/device/device.ts'
import type { DeviceRecord, PushReceipt, ReadBack } from '../ports/controllers.ts'
import type { DeploymentApproval, DeploymentRecord, DeploymentState } from '../ports/deployments.ts'
import type { PlanRecord } from '../ports/plans.ts'
import type { Role } from '../ports/people.ts'
import { checkCorridor, checkWrite } from '../../model/device/check-write.ts'
import { requireActor } from '../workflow/actors.ts'
import { compareWithLimits } from '../workflow/compared.ts'
import type { ApprovedPlan } from '../workflow/stages.ts'
import { timingsOf } from '../workflow/workflow.ts'
import { atOnce, groupBy, heardByMany } from './at-once.ts'
import { commitCorridor, leftovers } from './corridor.ts'
import { Desk, type DeskOptions } from './desk.ts'
import { Journal, TIME_SOURCE } from './journal.ts'
import type { Member } from './member.ts'
import type { DeviceNow, Rehearsal } from './rehearsal.ts'
import { listObstacles, type Override } from './rules.ts'
import { ENDS } from './states.ts'

export interface RunRequest {
  plan: ApprovedPlan
  /** Under a lease that greenwave renews while it is healthy, or for good. */
  mode: 'temporary' | 'permanent'
  lease_s?: number
  /** Id of a person, or `greenwave`. */
  by: string
  /** Why, for the audit. */
  reason?: string
  overrides?: readonly Override[]
  /** Only these controllers; all of the plan's signals by default. Their neighbours then keep what they run. */
  devices?: readonly string[]
  /** Begins the name of the run. */
  campaign?: string
  /** The name itself; made up by default. */
  run?: string
  signal?: AbortSignal
}

export interface RunReport {
  run: string
  corridor: string
  /** All members run the plan. */
  effective: boolean
  /** What stopped it. */
  sentence?: string
  /** Of the member that stopped it. */
  code?: string
  members: DeploymentRecord[]
}

/** Anybody may see what a plan would write; only an approved one is sent. */
export type SomePlan = Pick<PlanRecord, 'id' | 'network' | 'network_version' | 'document'>

interface Target {
  device: DeviceRecord
  want: WantedTiming
}

const NEVER = heardByMany(new AbortController().signal)

export class Deployer {
  readonly desk: Desk
  readonly #running = new Map<string, { network: string; abort: AbortController }>()

  constructor(options: DeskOptions) {
    this.desk = new Desk(options)
  }

  /** Reads and computes, sends nothing that changes anything, keeps nothing. */
  async rehearse({ plan, devices, overrides = [], signal = NEVER }: Pick<RunRequest, 'devices' | 'overrides' | 'signal'> & { plan: SomePlan }): Promise<Rehearsal[]> {
    const targets = await this.#targetsOf(plan, devices)
    const members = await atOnce(targets, this.desk.rules.members_at_once, ({ device, want }) => this.#rehearseOne(device, want, overrides, signal))
    const apart = checkCorridor(members.flatMap(({ writes }) => writes ?? []))
    return members.map((member) => {
      const own = apart.filter(({ device }) => device === member.device)
      return own.length === 0 ? member : { ...member, findings: [...member.findings, ...own], obstacles: [...member.obstacles, ...own] }
    })
  }

  async #rehearseOne(device: DeviceRecord, want: WantedTiming, overrides: readonly Override[], signal: AbortSignal): Promise<Rehearsal> {
    const about = { device: device.id, signal: device.signal }
    const adapter = await this.desk.open(device, () => {})
    try {
      const identity = await adapter.identify(signal)
      const base = await adapter.readConfig(signal)
      const writes = adapter.plan(base, want)
      const findings = [...adapter.check(base, writes), ...checkWrite({ device: device.id, base, writes, want, now: this.desk.clock.now(), ...await this.desk.rulesFor(device) })]
      return { ...about, identity, now: await this.#nowOf(device, base), writes, compared: compareWithLimits(base.config, writes.timing), findings, obstacles: listObstacles(findings, overrides) }
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      return { ...about, findings: [], obstacles: [], sentence: error.message, code: error.code }
    } finally {
      await adapter.close()
    }
  }

  async #nowOf({ id }: DeviceRecord, { mode, active_slot, clock_skew_s, hash, config }: Baseline): Promise<DeviceNow> {
    const accepted = await this.desk.store.devices.accepted(id)
    const timing = config.slots.find(({ slot }) => slot === active_slot)?.timing
    return {
      mode, groups: config.groups.map(({ group, name }) => ({ group, name })), ...(active_slot === undefined ? {} : { active_slot }), ...(timing === undefined ? {} : { timing }), ...(clock_skew_s === undefined ? {} : { clock_skew_s }),
      ...(accepted === undefined ? {} : { as_accepted: accepted.baseline.hash === hash }),
    }
  }

  /**
   * One corridor: all of its controllers run the plan in the end, or all run what they ran before. Throws `request.forbidden`, `input.reference` for a
   * signal without a controller, before anything is kept; what a controller says against it stands in the report.
   */
  async run(request: RunRequest): Promise<RunReport> {
    const { plan, by, overrides = [] } = request
    const targets = await this.#targetsOf(plan, request.devices)
    const approvals = await this.#approvalsOf(request)
    // Settings that are wrong are found before anything is kept; no adapter speaks before it is asked to.
    for (const { device } of targets) await (await this.desk.open(device, () => {})).close()
    const run = request.run ?? `${request.campaign === undefined ? '' : `${request.campaign}/`}${this.desk.newId()}`
    const abort = new AbortController()
    const signal = heardByMany(request.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, request.signal]))
    this.#running.set(run, { network: plan.network, abort })
    const members: Member[] = []
    try {
      for (const target of targets) members.push(await this.#begin(run, target, request, approvals))
      const sentence = await commitCorridor({
        members, overrides, rules: this.desk.rules, now: () => this.desk.clock.now(), signal, onEffective: () => this.#supersede(members, by),
      })
      return this.#report(run, plan, members, sentence)
    } catch (error) {
      await this.#afterError(members, error, abort.signal)
      throw error
    } finally {
      this.#running.delete(run)
      for (const member of members) await member.close().catch(() => {})
    }
  }

  /** What nobody expected ends the run: all that can be brought back is, unless somebody else has taken over or nothing can be written down. */
  async #afterError(members: readonly Member[], error: unknown, signal: AbortSignal): Promise<void> {
    const why = error instanceof Error ? error.message : String(error)
    const own = signal.aborted ? [] : leftovers(members)
    await Promise.allSettled(own.map((member) => member.undo(why, signal)))
  }

  async #begin(run: string, { device, want }: Target, { plan, mode, lease_s, by, reason }: RunRequest, approvals: DeploymentApproval[]): Promise<Member> {
    const now = this.desk.clock.now()
    const record: DeploymentRecord = {
      id: this.desk.newId(), network: plan.network, corridor: plan.corridor, run, device: device.id, signal: device.signal, plan: plan.id, plan_hash: plan.hash, mode, state: 'DRAFT', level: 0,
      want, findings: [], progress: [], ...(lease_s === undefined ? {} : { lease_s }), ...(reason === undefined ? {} : { reason }), attempts: 0, approvals, sentences: [], by, times: { DRAFT: now }, time_source: TIME_SOURCE, version: 1,
      created_at: now, updated_at: now,
    }
    return this.desk.member(await Journal.begin(this.desk.journalTools, record))
  }

  async #report(run: string, plan: ApprovedPlan, members: readonly Member[], sentence: string | undefined): Promise<RunReport> {
    const code = members.find((member) => member.code !== undefined)?.code
    return {
      run, corridor: plan.corridor, effective: sentence === undefined, ...(sentence === undefined ? {} : { sentence }), ...(sentence === undefined || code === undefined ? {} : { code }),
      members: members.map(({ journal }) => journal.record),
    }
  }

  /** Earlier deployments to the same controllers are over: their plan runs no more. */
  async #supersede(members: readonly Member[], by: string): Promise<void> {
    for (const { journal: { record } } of members) {
      for (const state of ['LEASED', 'PERMANENT'] as const) {
        const { items } = await this.desk.store.deployments.list({ device: record.device, state }, { limit: 100 })
        for (const old of items.filter(({ id }) => id !== record.id)) {
          const { fencing_token: _gone, ...free } = old
          await Journal.resume(this.desk.journalTools, free, by).move('superseded', { why: `deployment "${record.id}" runs now` })
        }
      }
    }
  }

  /** Everything of a run back to what was there before, and seen to be; also where another process is at it. Answers what became of each member. */
  async release(run: string, by: string, why: string): Promise<DeploymentRecord[]> {
    this.#running.get(run)?.abort.abort(new GreenwaveError('controller.busy', why))
    const { items } = await this.desk.store.deployments.list({ run }, { limit: 1000 })
    return this.#releaseThese(items.filter(({ state }) => state === 'PERMANENT' || !ENDS.has(state) || state === 'LEASED' || state === 'EFFECTIVE'), by, why)
  }

  /** Emergency: every controller of a network on which anything of ours stands or may stand goes back to its own plan. Best effort, one answer each. */
  async releaseAll(network: string, by: string, why: string): Promise<DeploymentRecord[]> {
    for (const { network: own, abort } of this.#running.values()) if (own === network) abort.abort(new GreenwaveError('controller.busy', why))
    const permanent = await this.#permanentOf(network)
    return this.#releaseThese([...await this.desk.store.deployments.open(network), ...permanent], by, why)
  }

  async #permanentOf(network: string): Promise<DeploymentRecord[]> {
    const found: DeploymentRecord[] = []
    for (let after: string | undefined; ;) {
      const page = await this.desk.store.deployments.list({ network, state: 'PERMANENT' }, { limit: 1000, ...(after === undefined ? {} : { after }) })
      found.push(...page.items)
      if (page.next === undefined) return found
      after = page.next
    }
  }

  async #releaseThese(records: readonly DeploymentRecord[], by: string, why: string): Promise<DeploymentRecord[]> {
    const devices = groupBy(records, ({ device }) => device)
    const done = await atOnce(devices, this.desk.rules.members_at_once, async (own) => {
      const answers: DeploymentRecord[] = []
      // The newest first: what it takes back is what the one before it had put there.
      for (const record of own.toSorted((a, b) => b.created_at - a.created_at)) answers.push(await this.#releaseOne(record, by, why))
      return answers
    })
    return done.flat()
  }

  async #releaseOne(record: DeploymentRecord, by: string, why: string): Promise<DeploymentRecord> {
    try {
      // By force: whoever had it writes nothing any more, since its token is too small from now on.
      const member = await this.desk.resume(record, by, true)
      try {
        await member!.undo(why, NEVER, 0)
      } finally {
        await member!.close()
      }
      return member!.journal.record
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      return { ...record, sentences: [...record.sentences, error.message] }
    }
  }

  async #targetsOf(plan: SomePlan, only: readonly string[] | undefined): Promise<Target[]> {
    const { graph } = await this.desk.streets(plan.network, plan.network_version)
    const devices = (await this.desk.store.devices.list(plan.network)).filter(({ id, enabled }) => enabled && (only === undefined || only.includes(id)))
    const missing = only?.find((id) => !devices.some((device) => device.id === id))
    if (missing !== undefined) throw new GreenwaveError('request.unknown', `there is no controller "${missing}" in "${plan.network}" that may be written to`)
    return timingsOf(plan).flatMap(({ signal, pattern, hash }) => {
      const device = devices.find((one) => one.signal === signal)
      if (device === undefined && only !== undefined) return []
      if (device === undefined) throw new GreenwaveError('input.reference', `signal "${signal}" of plan "${plan.id}" has no controller that may be written to; a corridor is changed as a whole`)
      return [{ device, want: { signal: graph.getSignal(signal), pattern, hash, plan: plan.id } }]
    })
  }

  /** Two different people stand for it: whoever wrote the plan or had greenwave write it, and whoever approved it. */
  async #approvalsOf({ plan, by, overrides = [] }: RunRequest): Promise<DeploymentApproval[]> {
    const { store, clock } = this.desk
    const at = clock.now()
    if (plan.approver === undefined || plan.approver === plan.author) throw new GreenwaveError('request.forbidden', `plan "${plan.id}" was approved by nobody but its author`)
    await requireActor(store, by, 'engineer', 'sending a plan to controllers')
    for (const override of overrides) {
      const [one, other] = override.by
      if (one === other || override.reason.trim() === '') throw new GreenwaveError('request.forbidden', `the rule ${override.rule} is overridden by two different people with a reason`)
      for (const [person, role] of [[one, 'engineer'], [other, 'approver']] as [string, Role][]) await requireActor(store, person, role, `overriding the rule ${override.rule}`, 'people only')
    }
    return [
      { by: plan.author, as: 'author', at: plan.created_at }, { by: plan.approver, as: 'approver', at },
      ...overrides.flatMap(({ rule, by: people, reason }) => people.map((person): DeploymentApproval => ({ by: person, as: 'override', at, rule, reason }))),
    ]
  }
}

/** What the workflow of plans is told of a run, for its steps `push` and `verify`. */
export function receiptsOf({ members }: RunReport): { receipts: PushReceipt[]; read_back: ReadBack[] } {
  const stored = (record: DeploymentRecord): boolean => record.times.STORED !== undefined
  const runs = new Set<DeploymentState>(['EFFECTIVE', 'LEASED', 'PERMANENT'])
  return {
    receipts: members.map((one) => ({ signal: one.signal, hash: one.want.hash, accepted: stored(one), at: one.times.STORED ?? one.updated_at, sentence: stored(one) ? `slot ${one.writes?.slot}` : one.sentences.at(-1) ?? one.state })),
    read_back: members.map((one) => ({ signal: one.signal, hash: one.want.hash, same: runs.has(one.state), at: one.updated_at, sentence: `level ${one.level}` })),
  }
}
