// What the store in memory keeps, and how one reaches it: one piece of work at a time, and back to where it was when a transaction fails.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { FeedHealth, LaneCount, SignalEvent } from '../../model/feed.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { documentText, requireText } from '../ports/canonical.ts'
import type {
  AcceptedBaseline, ApiKey, AuditEntry, BatchRecord, DeploymentRecord, DeviceLock, DeviceRecord, DeviceWrites, FeedRecord, IdempotentAnswer, JobRecord, KeptWireEntry, LinkMinute, MatchedRow, NetworkRecord, NightRecord, Person, PlanRecord, ScheduleRecord, ScreenMessage,
  ScreenRecord, ServiceEvent, Session, SettingRecord, Snapshot,
} from '../ports/index.ts'

export interface KeptNetwork { record: NetworkRecord; versions: Scenario[] }
export interface KeptRequest { body_hash: string; begun_at: number; answer?: IdempotentAnswer }

export class MemoryTables {
  networks = new Map<string, KeptNetwork>()
  feeds = new Map<string, FeedRecord & { removed: boolean }>()
  /** Batches by feed and id. */
  batches = new Map<string, BatchRecord>()
  health = new Map<string, { feed: string; day: number; health: FeedHealth }>()
  fixes: (MatchedRow & { feed: string; network: string })[] = []
  signalEvents: (SignalEvent & { network: string })[] = []
  laneCounts: (LaneCount & { network: string })[] = []
  closedDays = new Map<number, true>()
  states = new Map<string, Map<string, TrafficState>>()
  minutes = new Map<string, LinkMinute & { network: string }>()
  treatments = new Map<string, PlaceCard & { version: number; network: string }>()
  plans = new Map<string, PlanRecord>()
  schedules = new Map<string, { version: number; entries: ScheduleRecord[] }>()
  nights = new Map<string, NightRecord>()
  jobs = new Map<string, JobRecord>()
  people = new Map<string, Person>()
  sessions = new Map<string, Session>()
  keys = new Map<string, ApiKey>()
  requests = new Map<string, KeptRequest>()
  snapshots = new Map<string, Snapshot>()
  screens = new Map<string, ScreenRecord>()
  messages = new Map<string, ScreenMessage>()
  settings = new Map<string, SettingRecord>()
  devices = new Map<string, DeviceRecord & { removed: boolean }>()
  accepted = new Map<string, AcceptedBaseline>()
  deviceWrites = new Map<string, DeviceWrites>()
  deviceLocks = new Map<string, DeviceLock>()
  deployments = new Map<string, DeploymentRecord>()
  /** By deployment; an array is replaced, never changed. */
  wire = new Map<string, readonly KeptWireEntry[]>()
  serviceEvents: ServiceEvent[] = []
  lastEvent = 0
  audit: AuditEntry[] = []

  /** What stands in the tables is replaced, never changed, so that a copy of the tables is a copy of everything. */
  copy(): MemoryTables {
    const copy = new MemoryTables()
    copy.take(this)
    return copy
  }

  take(from: MemoryTables): void {
    for (const key of Object.keys(from) as (keyof MemoryTables)[]) {
      const value: unknown = from[key]
      Object.assign(this, { [key]: value instanceof Map ? new Map(value) : Array.isArray(value) ? [...value] : value })
    }
    this.states = new Map([...from.states].map(([network, days]) => [network, new Map(days)]))
  }
}

/** Runs work on the tables; everything in it happens at once. */
export type Access = <T>(work: (tables: MemoryTables) => T) => Promise<T>

/** One after another: whoever comes while a transaction is open waits for its end. */
export class MemoryGate {
  readonly tables = new MemoryTables()
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>()
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  readonly outside: Access = (work) => this.#turn(() => work(this.tables))

  tx<T>(work: (access: Access) => Promise<T>): Promise<T> {
    return this.#turn(async () => {
      const before = this.tables.copy()
      const mark = { open: true }
      const access: Access = async (part) => {
        if (!mark.open) throw new GreenwaveError('internal', 'the transaction is over; its stores can no longer be used')
        return part(this.tables)
      }
      try {
        return await this.#inside.run(mark, () => work(access))
      } catch (error) {
        this.tables.take(before)
        throw error
      } finally {
        mark.open = false
      }
    })
  }

  close(): void {
    this.#closed = true
  }

  async #turn<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#inside.getStore()?.open === true) throw new GreenwaveError('internal', 'the store was used beside the transaction that is open here; use the stores that the transaction was given')
    if (this.#closed) throw new GreenwaveError('store.unreachable', 'the store was closed')
    const before = this.#last
    let done = (): void => {}
    this.#last = new Promise<void>((resolve) => { done = resolve })
    await before
    try {
      return await work()
    } finally {
      done()
    }
  }
}

/** What a database would hold of a record: its own copy, as JSON has it, or a refusal. */
export function kept<T>(record: T): T {
  const text = documentText(record)
  if (typeof record === 'object' && record !== null) for (const [key, value] of Object.entries(record)) if (typeof value === 'string') requireText(value, key)
  return JSON.parse(text) as T
}

export const given = <T>(record: T): T => structuredClone(record)

/** One key of several words. */
export const keyOf = (...words: readonly string[]): string => JSON.stringify(words)

export function requireVersion(what: string, stored: number, expected: number): void {
  if (stored !== expected) throw new GreenwaveError('store.conflict', `${what} is at version ${stored}, not ${expected}`)
}

export function requireFree(what: string, taken: boolean): void {
  if (taken) throw new GreenwaveError('store.conflict', `${what} is there already`)
}

/** A row without the column that only the tables have. */
export function without<T extends object, K extends keyof T>(row: T, column: K): Omit<T, K> {
  const { [column]: _gone, ...rest } = row
  return rest
}
