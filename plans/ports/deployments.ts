// A timing on its way to one controller: one record, written before each send, so that whoever comes after a crash knows what may have been sent.
import type { Baseline, ItemResult, VerifyLevel, WantedTiming, WriteFinding, WriteRule, WriteSet } from '../../model/device/device.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'
import type { WireEntry } from './controllers.ts'
import type { Page, PageRequest } from './store.ts'

export type DeploymentState =
  | 'DRAFT' | 'CHECKED' | 'APPROVED' | 'SENDING' | 'PARTIAL' | 'STORED' | 'MISMATCH' | 'ARMED' | 'EFFECTIVE' | 'LEASED' | 'PERMANENT' | 'UNKNOWN'
  | 'REJECTED' | 'REVERTED' | 'ROLLED_BACK' | 'RETIRED'

/** States in which nothing is left to look after. */
export const CLOSED_STATES = ['REJECTED', 'REVERTED', 'ROLLED_BACK', 'RETIRED', 'PERMANENT'] as const satisfies readonly DeploymentState[]

/** Who stands for it: the author of the plan, its approver, and two people for each soft finding that is overridden. */
export interface DeploymentApproval {
  by: string
  as: 'author' | 'approver' | 'override'
  at: Instant
  rule?: WriteRule
  reason?: string
}

export interface DeploymentRecord {
  id: string
  network: string
  corridor: string
  /** Members of one corridor's run have the same; a campaign's runs begin with its name. */
  run: string
  device: string
  signal: SignalId
  /** Of the plan as approved. */
  plan: string
  plan_hash: string
  mode: 'temporary' | 'permanent'
  state: DeploymentState
  level: VerifyLevel
  /** Whoever holds a larger one for this device has taken over. */
  fencing_token?: number
  want: WantedTiming
  /** With its image: what a rollback puts back. */
  baseline?: Baseline
  writes?: WriteSet
  findings: WriteFinding[]
  /** What became of each item. */
  progress: ItemResult[]
  /** When all members shall begin. */
  arm_at?: Instant
  lease_expires_at?: Instant
  lease_s?: number
  /** Sends and rollbacks that were begun. */
  attempts: number
  approvals: DeploymentApproval[]
  /** Why it is where it is, newest last. */
  sentences: string[]
  by: string
  /** Why it was asked for. */
  reason?: string
  /** When it came into each state, by the clock named in `time_source`. */
  times: Partial<Record<DeploymentState, Instant>>
  time_source: string
  version: number
  created_at: Instant
  updated_at: Instant
}

export interface DeploymentFilter {
  network?: string
  device?: string
  run?: string
  plan?: string
  state?: DeploymentState
}

/** A message of the wire as it is kept, chained within its deployment. */
export interface KeptWireEntry extends WireEntry {
  deployment: string
  /** From 1, without gaps. */
  seq: number
  /** SHA-256 over the canonical JSON of the fields above and the hash before. */
  hash: string
}

export interface DeploymentStore {
  /** Newest first. */
  list(filter: DeploymentFilter, page: PageRequest): Promise<Page<DeploymentRecord>>
  get(id: string): Promise<DeploymentRecord | undefined>
  /** All in none of the closed states, oldest first: what a service that starts must look after. */
  open(network?: string): Promise<DeploymentRecord[]>
  /** Throws `store.conflict` for an id that is taken. */
  insert(record: DeploymentRecord): Promise<void>
  /** Stored as version `expected + 1`; id and created_at stay. Throws `store.conflict` when the stored version is not `expected`. */
  update(record: DeploymentRecord, expected: number): Promise<void>
  /** After those that are there. Answers the last entry's place, that of the entry before where there are none; undefined where none was ever. */
  appendWire(deployment: string, entries: readonly WireEntry[]): Promise<{ seq: number; hash: string } | undefined>
  /** In order, after `seq`, at most `limit`. */
  wire(deployment: string, seq: number, limit: number): Promise<KeptWireEntry[]>
}
