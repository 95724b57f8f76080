// The record of one deployment, written before anything is sent and after everything that was learnt. Each writing is one transaction: the record,
// the wire since the last, an entry in the audit that binds both, an event; and the look whether we may still write at all.
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'
import type { WireEntry } from '../ports/controllers.ts'
import type { DeploymentRecord } from '../ports/deployments.ts'
import type { Store, Stores } from '../ports/store.ts'
import { stateAfter, type DeploymentEvent } from './states.ts'

export const DEPLOYMENT_SUBJECT = 'deployment'
/** In the words of the record: instants are by the clock of the computer that greenwave runs on. */
export const TIME_SOURCE = 'computer'

export interface JournalTools {
  store: Pick<Store, 'tx'>
  now(): Instant
  /** Of this process, unlike any other's. */
  owner: string
  lock_s: number
}

export interface Entry {
  change?: Partial<DeploymentRecord>
  why?: string
  /** In the same transaction. */
  also?: (stores: Stores) => Promise<void>
}

export class Journal {
  readonly #tools: JournalTools
  readonly #by: string
  #record: DeploymentRecord
  #wire: WireEntry[] = []

  private constructor(tools: JournalTools, record: DeploymentRecord, by: string) {
    this.#tools = tools
    this.#record = record
    this.#by = by
  }

  /** Of a new record, which is stored. */
  static async begin(tools: JournalTools, record: DeploymentRecord): Promise<Journal> {
    const journal = new Journal(tools, record, record.by)
    await tools.store.tx(async (stores) => {
      await stores.deployments.insert(record)
      await journal.#tell(stores, record, 'draft', record.reason, undefined)
    })
    return journal
  }

  /** Of a record that is there; `by` goes on with it. */
  static resume(tools: JournalTools, record: DeploymentRecord, by: string): Journal {
    return new Journal(tools, record, by)
  }

  get record(): DeploymentRecord {
    return this.#record
  }

  wire(entry: WireEntry): void {
    this.#wire.push(entry)
  }

  /** Throws `deployment.state` for an event that does not follow, `controller.busy` where somebody else has the controller by now. */
  async move(event: DeploymentEvent, entry: Entry = {}): Promise<void> {
    const to = stateAfter(this.#record, event)
    await this.#write(event, { ...entry, change: { ...entry.change, state: to, times: { ...this.#record.times, [to]: this.#tools.now() } } })
  }

  /** What is about to be done or was learnt, in the same state. */
  async note(action: string, entry: Entry = {}): Promise<void> {
    await this.#write(action, entry)
  }

  async #write(action: string, { change = {}, why, also = async () => {} }: Entry): Promise<void> {
    const wire = [...this.#wire]
    const before = this.#record
    const next: DeploymentRecord = { ...before, ...change, ...(why === undefined ? {} : { sentences: [...before.sentences, why] }), updated_at: this.#tools.now(), version: before.version + 1 }
    await this.#tools.store.tx(async (stores) => {
      if (next.fencing_token !== undefined) await this.#requireLock(stores, next)
      const last = await stores.deployments.appendWire(next.id, wire)
      await stores.deployments.update(next, before.version)
      await also(stores)
      await this.#tell(stores, next, action, why, last, before)
    })
    this.#record = next
    this.#wire.splice(0, wire.length)
  }

  async #requireLock(stores: Stores, { device, id, fencing_token }: DeploymentRecord): Promise<void> {
    const now = this.#tools.now()
    const lock = await stores.devices.lock({ device, deployment: id, owner: this.#tools.owner, now, until_s: now + this.#tools.lock_s })
    if (lock?.token !== fencing_token) throw new GreenwaveError('controller.busy', `controller ${device} was taken over from deployment "${id}"; nothing more is sent`)
  }

  async #tell(stores: Stores, record: DeploymentRecord, action: string, why: string | undefined, wire: { seq: number; hash: string } | undefined, before?: DeploymentRecord): Promise<void> {
    const { id, network, corridor, run, device, signal, plan, plan_hash, state, level, fencing_token, baseline, writes, approvals, time_source, arm_at, lease_expires_at } = record
    const time_s = this.#tools.now()
    await stores.audit.append({
      time_s, actor: this.#by, action: `deployment.${action}`, subject_kind: DEPLOYMENT_SUBJECT, subject: id,
      detail: {
        network, corridor, run, device, signal, plan, plan_hash, from: before?.state ?? null, to: state, level, time_source, approvers: approvals.map(({ by, as }) => ({ by, as })),
        ...(why === undefined ? {} : { why }), ...(baseline === undefined ? {} : { baseline_hash: baseline.hash }), ...(writes === undefined ? {} : { writes_hash: writes.hash }),
        ...(fencing_token === undefined ? {} : { fencing_token }), ...(arm_at === undefined ? {} : { arm_at }), ...(lease_expires_at === undefined ? {} : { lease_expires_at }),
        ...(wire === undefined ? {} : { wire }),
      },
    })
    await stores.events.append({ time_s, kind: 'deployment.changed', network, body: { id, run, corridor, device, signal, plan, action, state, level, ...(why === undefined ? {} : { why }) } })
  }
}
