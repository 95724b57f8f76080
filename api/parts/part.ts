// What runs beside the answering of requests: publication, nights, brokers. One file a part; `index.ts` lists them all.
import type { Service } from '../server.ts'
import type { Configuration } from '../configuration/settings.ts'

/**
 * What a process does; by default everything. `web` answers requests, `ingest` takes what feeds tell and publishes the state of now, `work` does jobs and
 * nights. Processes on one PostgreSQL may share roles out among them.
 */
export const ROLES = ['web', 'ingest', 'work'] as const
export type Role = (typeof ROLES)[number]

export interface PartLog {
  info(what: object, message: string): void
  warn(what: object, message: string): void
  error(what: object, message: string): void
}

export interface PartContext {
  service: Service
  configuration: Configuration
  /** Of greenwave. */
  version: string
  log: PartLog
}

export interface RunningPart {
  /** Takes no more, finishes what runs within `patience_ms`. */
  stop(patience_ms: number): Promise<void>
}

export interface Part {
  name: string
  /** Runs in processes that have one of these. */
  roles: readonly Role[]
  /** Called once the store is open, one part after another; what it needs to be ready for is a check that it adds to `service.checks`. Undefined where the configuration doesn't ask for it. Throws where the service can't go on without it. */
  start(of: PartContext): Promise<RunningPart | undefined>
}
