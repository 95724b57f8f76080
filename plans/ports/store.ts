// Everything the service keeps, as one thing with transactions. What a transaction did is seen by others all at once or not at all.
import type { AuditLog } from './audit-log.ts'
import type { DeploymentStore } from './deployments.ts'
import type { DeviceStore } from './devices.ts'
import type { EventLog } from './event-log.ts'
import type { FeedStore, ObservationLog } from './observations.ts'
import type { JobStore } from './jobs.ts'
import type { NetworkStore } from './networks.ts'
import type { NightStore } from './nights.ts'
import type { PeopleStore } from './people.ts'
import type { PlanStore, ScheduleStore } from './plans.ts'
import type { ScreenStore, SnapshotStore } from './publication.ts'
import type { SettingStore } from './settings.ts'
import type { StateStore, TreatmentStore } from './states.ts'
import type { IdempotencyStore } from './idempotency.ts'

export interface Stores {
  readonly networks: NetworkStore
  readonly feeds: FeedStore
  readonly observations: ObservationLog
  readonly states: StateStore
  readonly treatments: TreatmentStore
  readonly plans: PlanStore
  readonly schedules: ScheduleStore
  readonly nights: NightStore
  readonly jobs: JobStore
  readonly people: PeopleStore
  readonly idempotency: IdempotencyStore
  readonly snapshots: SnapshotStore
  readonly screens: ScreenStore
  readonly settings: SettingStore
  readonly devices: DeviceStore
  readonly deployments: DeploymentStore
  readonly events: EventLog
  readonly audit: AuditLog
}

export interface Store extends Stores {
  readonly kind: 'postgres' | 'pglite' | 'memory'
  /**
   * All or nothing; nested calls are not allowed. A serialisation conflict is tried again by the store, so `work` must not touch the world
   * outside. Throws what `work` throws, after everything was taken back.
   */
  tx<T>(work: (stores: Stores) => Promise<T>): Promise<T>
  /** Answers when the store can be read; throws a GreenwaveError `store.unreachable` otherwise. */
  ping(): Promise<void>
  /**
   * What one process does at a time, by its name; undefined while another process on the same database has it. The same again gives the same claim.
   * Throws `store.unreachable`.
   */
  claim(name: string): Promise<Claim | undefined>
  close(): Promise<void>
}

export interface Claim {
  /** False once it was released, or the connection that held it was lost: another process may have it by now. */
  readonly held: boolean
  release(): Promise<void>
}

/** A page of a list, in a stable order; `next` is absent on the last one. */
export interface Page<T> {
  items: T[]
  next?: string
}

export interface PageRequest {
  /** At most this many, 1 to 1000. */
  limit: number
  /** `next` of the page before. */
  after?: string
}
