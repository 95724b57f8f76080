// Decoding on a worker thread, so that whoever answers requests never waits for it. Compiled code only.
import { Worker } from 'node:worker_threads'
import { GreenwaveError, type ErrorCode, type Place } from '../../model/errors.ts'
import type { FeedHealth } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import { unpackColumns, type PackedColumns } from '../../plans/live/fix-columns.ts'
import type { DecodedBatch, DecodedFeed, Ground } from './decode.ts'
import type { Decoding } from './decoding.ts'

export interface ToDecoder { ticket: number; feed: DecodedFeed; ground: Ground; bytes: Uint8Array; now: Instant }

/** A refusal in its parts: errors lose their class on the way. */
export type FromDecoder = { ticket: number } & ({ fixes: PackedColumns; health: FeedHealth } | { code: ErrorCode; message: string; place: Place | undefined })

/** As `matching-threads.ts` has it, and for the same reason. */
const YOUNG_GENERATION_MB = 12

interface Thread {
  worker: Worker
  tickets: Map<number, { resolve: (batch: DecodedBatch) => void; reject: (error: unknown) => void }>
}

/** A thread that dies fails what it had; the next batch starts another one. */
export function decodingOnThread(): Decoding {
  let thread: Thread | undefined
  let tickets = 0
  const running = (): Thread => {
    if (thread !== undefined) return thread
    const started = startThread(() => { if (thread === started) thread = undefined })
    return thread = started
  }
  return {
    decode: (feed, ground, bytes, now) => new Promise((resolve, reject) => {
      const { worker, tickets: open } = running()
      // A copy of its own: others may still ask for the bytes, and small ones share their memory with strangers.
      const own = new Uint8Array(bytes)
      const ticket = ++tickets
      open.set(ticket, { resolve, reject })
      worker.postMessage({ ticket, feed: { id: feed.id, format: feed.format, settings: feed.settings }, ground, bytes: own, now } satisfies ToDecoder, [own.buffer])
    }),
    async close() {
      for (const { reject } of thread?.tickets.values() ?? []) reject(new GreenwaveError('service.stopping', 'The service stopped before this batch was read; send it again'))
      await thread?.worker.terminate()
    },
  }
}

function startThread(ended: () => void): Thread {
  const worker = new Worker(new URL('./decoding-worker.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } })
  const thread: Thread = { worker, tickets: new Map() }
  const fail = (error: unknown): void => {
    ended()
    for (const { reject } of thread.tickets.values()) reject(error)
    thread.tickets.clear()
  }
  worker.on('message', (message: FromDecoder) => {
    const asked = thread.tickets.get(message.ticket)
    thread.tickets.delete(message.ticket)
    if ('code' in message) asked?.reject(refusalOf(message))
    else asked?.resolve({ fixes: unpackColumns(message.fixes), health: message.health })
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new GreenwaveError('internal', `the thread that decodes batches ended with code ${code}`)))
  // A process that has nothing else to do may end.
  worker.unref()
  return thread
}

/** The message has the place in it already. */
function refusalOf({ code, message, place }: { code: ErrorCode; message: string; place: Place | undefined }): GreenwaveError {
  const error = new GreenwaveError(code, message)
  return Object.assign(error, { place })
}
