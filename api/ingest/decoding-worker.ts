// A worker thread that decodes batches, in any order: each answers by its ticket.
import { parentPort } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import { packColumns } from '../../plans/live/fix-columns.ts'
import { decodeBatch } from './decode.ts'
import type { FromDecoder, ToDecoder } from './decoding-thread.ts'

const port = parentPort!

port.on('message', async ({ ticket, feed, ground, bytes, now }: ToDecoder) => {
  try {
    const { fixes, health } = await decodeBatch(feed, ground, bytes, now)
    const packed = packColumns(fixes)
    port.postMessage({ ticket, fixes: packed, health } satisfies FromDecoder, [packed.ends.buffer, packed.values.buffer])
  } catch (error) {
    const { code, message, place } = error instanceof GreenwaveError ? error : new GreenwaveError('internal', error instanceof Error ? error.message : String(error), undefined, error)
    port.postMessage({ ticket, code, message, place } satisfies FromDecoder)
  }
})
