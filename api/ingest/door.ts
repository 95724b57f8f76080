// Where batches go in and the state of now comes out: the live networks of this process, or, over a stream, whichever process has the network.
import { setTimeout as sleep } from 'node:timers/promises'
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'
import { otherThan, type BatchResult, type LiveLink, type LiveMovement } from '../../plans/live/index.ts'
import type { BatchRecord, FeedRecord } from '../../plans/ports/observations.ts'
import type { Service } from '../server.ts'
import { openBatch } from './decode.ts'
import { liveHubOf, type LiveHub } from './live-hub.ts'

export interface LiveView {
  at_s: Instant
  links: LiveLink[]
  movements: LiveMovement[]
}

export interface BatchDoor {
  /** Resolves after the commit; `kept` where a stream has the batch and it is not stored yet. Throws why it must be sent again, or why it never will be taken. */
  submit(feed: FeedRecord, id: string, bytes: Uint8Array): Promise<BatchResult | 'kept'>
  /** Throws `request.unknown` for a network that is not there, `service.busy` where nobody has it just now. */
  live(network: string): Promise<LiveView>
}

const doors = new WeakMap<Service, BatchDoor>()

/** Without a stream: straight into this process. */
export function doorOf(service: Service): BatchDoor {
  let door = doors.get(service)
  if (door === undefined) doors.set(service, door = directDoor(service, liveHubOf(service)))
  return door
}

/** From now on batches go in here. */
export const setDoor = (service: Service, door: BatchDoor): void => { doors.set(service, door) }

/** Until a stream is there: nothing may go past it into this process. */
export function shutDoor(service: Service): void {
  const shut = async (): Promise<never> => {
    throw new GreenwaveError('service.starting', 'The way to the stream of batches is not open yet')
  }
  setDoor(service, { submit: shut, live: shut })
}

/** While the database is away a batch may wait for long; its sender hears of that by then, and asks again. */
const PATIENCE_MS = 10_000

export const directDoor = ({ clock }: Pick<Service, 'clock'>, hub: LiveHub, patience_ms = PATIENCE_MS): BatchDoor => ({
  async submit(feed, id, bytes) {
    const enough = new AbortController()
    const late = sleep(patience_ms, 'late' as const, { signal: enough.signal, ref: false }).catch(() => 'late' as const)
    try {
      const answer = await Promise.race([hub.submit(feed, id, bytes), late])
      if (answer === 'late') throw new GreenwaveError('service.busy', `The batch ${JSON.stringify(id)} has waited for ${patience_ms / 1000} s and is not stored yet; sent again, it gets the answer that it will have`)
      return answer
    } finally {
      enough.abort()
    }
  },
  live: (network) => viewOf(hub, network, clock.now()),
})

export async function viewOf(hub: LiveHub, network: string, now: Instant): Promise<LiveView> {
  const { state } = await hub.ingest(network)
  return { at_s: now, links: state.links(now), movements: state.movements(now) }
}

/** The record of a batch that is sent once more; undefined where there is none. Throws `batch.other` where that was another one. */
export async function findSame({ store }: Pick<Service, 'store'>, feed: string, id: string, bytes: Uint8Array): Promise<BatchRecord | undefined> {
  const record = await store.observations.find(feed, id)
  const other = record?.content === undefined ? undefined : otherThan({ feed, id, content: (await openBatch(bytes)).content }, record)
  if (other !== undefined) throw other
  return record
}

/** The answer to a batch that was stored before. Throws where it was refused then: its name is used up. */
export function answerOf(feed: string, batch: string, { health: { read, accepted, issues, refused } }: BatchRecord): BatchResult {
  if (refused !== undefined) throw new GreenwaveError('request.invalid', `The batch was refused: ${refused}`)
  return { feed, batch, outcome: 'duplicate', read, accepted, issues }
}

/** So that whoever asks for the batch, and the health of its feed, tell it. */
export async function recordRefusal({ store, clock }: Pick<Service, 'store' | 'clock'>, feed: string, batch: string, sentence: string): Promise<void> {
  await store.observations.append({ feed, id: batch, received_s: clock.now(), health: { source: feed, read: 0, accepted: 0, issues: [], refused: sentence } })
}
