// What the streams must be like: made where they are missing, refused where they are otherwise. Nothing of somebody else's is changed.
import { type JetStreamManager, JetStreamApiError, DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { GreenwaveError } from '../../../model/errors.ts'
import { STREAM } from './names.ts'

/** Without a sign of life for so long a process counts as dead and what it held is free, ms. */
export const LEASE_MS = 6000
/** Retries of a sender within this are known by the broker, later ones by the record of the batch, ms. */
const DUPLICATES_MS = 120_000
const DEAD_DAYS = 30

export interface StreamSizes {
  /** Of what waits to be stored; when it is full no more is taken. */
  bytes: number
  /** Copies in a cluster. */
  replicas: number
}

const DEAD_BYTES = 1_000_000_000

/** Only what matters for keeping what was acknowledged; an operator may choose the rest. */
type Needed = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'storage' | 'discard' | 'max_age'> & Partial<StreamConfig>

export function streamsNeeded({ bytes, replicas }: StreamSizes): { needed: Needed; made: Partial<StreamConfig> }[] {
  const file = StorageType.File
  return [
    {
      // A message stays until it is acknowledged, and never goes because it is old: the sender was told that it is kept.
      needed: { name: STREAM.batches, subjects: ['fix.*.*'], retention: RetentionPolicy.Workqueue, storage: file, discard: DiscardPolicy.New, max_age: 0 },
      made: { description: 'batches of fixes that wait to be stored', max_bytes: bytes, duplicate_window: nanos(DUPLICATES_MS), num_replicas: replicas },
    },
    {
      needed: { name: STREAM.dead, subjects: ['dead.fix.*.*'], retention: RetentionPolicy.Limits, storage: file, discard: DiscardPolicy.Old, max_age: nanos(DEAD_DAYS * 86_400_000) },
      made: { description: 'batches that could not be believed or taken, with the cause', max_bytes: DEAD_BYTES, num_replicas: replicas },
    },
    {
      needed: { name: STREAM.leases, subjects: ['lease.>'], retention: RetentionPolicy.Limits, storage: file, discard: DiscardPolicy.Old, max_age: nanos(LEASE_MS), max_msgs_per_subject: 1 },
      made: { description: 'which process reads what', duplicate_window: nanos(LEASE_MS), num_replicas: replicas },
    },
  ]
}

/** Throws `stream.unfit` for a stream with other settings, or where JetStream has no room. */
export async function ensureStreams(manager: JetStreamManager, sizes: StreamSizes): Promise<void> {
  for (const { needed, made } of streamsNeeded(sizes)) {
    const there = await configOf(manager, needed.name)
    if (there !== undefined) requireSame(needed, there)
    else await make(manager, { ...made, ...needed })
  }
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 404) return undefined
    throw error
  }
}

async function make(manager: JetStreamManager, config: Needed): Promise<void> {
  try {
    await manager.streams.add(config)
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error
    // Another process was quicker, or the server refuses it.
    const there = await configOf(manager, config.name)
    if (there === undefined) throw new GreenwaveError('stream.unfit', `the stream ${config.name} cannot be made: ${error.message}`, undefined, error)
    requireSame(config, there)
  }
}

function requireSame(needed: Needed, there: StreamConfig): void {
  for (const [key, value] of Object.entries(needed) as [keyof StreamConfig, unknown][]) {
    if (JSON.stringify(there[key]) === JSON.stringify(value)) continue
    throw new GreenwaveError('stream.unfit', `the stream ${needed.name} has ${key} ${JSON.stringify(there[key])} where greenwave needs ${JSON.stringify(value)}; it was left as it is`)
  }
}
