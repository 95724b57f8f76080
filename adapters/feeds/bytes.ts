// Where a feed's bytes come from, and how they are unpacked. Sources are pulled: nobody reads ahead further than the chunk
// in hand and what the unpacker and the file stream hold (well under a megabyte).
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GreenwaveError } from '../../model/errors.ts'

/** Bytes that can be opened again from their beginning. */
export interface ByteSource {
  /** For sentences: a path or an address. */
  name: string
  /** Chunks of any size. Leaving the loop closes the source; an aborted signal ends it quietly, also while it waits. */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>
}

const CHUNK_BYTES = 64 * 1024

/** A file. Opening it throws input.unreadable where it can't be read. */
export const fileSource = (path: string): ByteSource => ({
  name: path,
  async *open(signal) {
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES })
    const stop = (): void => { stream.destroy() }
    signal?.addEventListener('abort', stop)
    try {
      if (signal?.aborted !== true) for await (const chunk of stream) yield chunk as Uint8Array
    } catch (cause) {
      if (signal?.aborted !== true) throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file: path }, cause)
    } finally {
      signal?.removeEventListener('abort', stop)
      stream.destroy()
    }
  },
})

/** Bytes in memory, in chunks. */
export const memorySource = (name: string, bytes: Uint8Array | string, chunk = CHUNK_BYTES): ByteSource => ({
  name,
  async *open(signal) {
    const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    for (let start = 0; start < all.length; start += chunk) {
      if (signal?.aborted === true) return
      yield all.subarray(start, start + chunk)
    }
  },
})

/** What became of a source that did not end well. */
export interface Damage {
  /** A stable word: `source-truncated` or `source-damaged`. */
  cause?: string
}

/**
 * The bytes of a source, unpacked where they begin as gzip does, whatever the name says. A packed source that is cut off or damaged ends
 * where it can no longer be read, and `damage` says so. Ends quietly when aborted.
 */
export async function* unpackedBytes(source: ByteSource, damage: Damage, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = untilAborted(source.open(signal), signal)
  try {
    const head = await firstBytes(iterator, 2)
    if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) yield* gunzipped(head, iterator, damage, signal)
    else {
      if (head.length > 0) yield head
      yield* iterator
    }
  } finally {
    await iterator.return(undefined)
  }
}

async function* gunzipped(head: Uint8Array, rest: AsyncIterable<Uint8Array>, damage: Damage, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const failed: { error?: unknown } = {}
  const packed = Readable.from(watched(head, rest, failed), { objectMode: false, highWaterMark: CHUNK_BYTES })
  const stream = packed.pipe(createGunzip({ chunkSize: CHUNK_BYTES }))
  packed.once('error', (error) => stream.destroy(error))
  try {
    yield* untilAborted(stream as AsyncIterable<Uint8Array>, signal)
  } catch (error) {
    if (signal?.aborted === true) return
    if (failed.error !== undefined) throw failed.error
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
    damage.cause = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'source-truncated' : 'source-damaged'
  } finally {
    stream.destroy()
    packed.destroy()
  }
}

async function* watched(head: Uint8Array, rest: AsyncIterable<Uint8Array>, failed: { error?: unknown }): AsyncGenerator<Uint8Array> {
  yield head
  try {
    yield* rest
  } catch (error) {
    failed.error = error
    throw error
  }
}

/** The first chunks, joined until there are `count` bytes or the source ends. */
async function firstBytes(iterator: AsyncIterator<Uint8Array>, count: number): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < count) {
    const { value, done } = await iterator.next()
    if (done === true) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  return head
}

/** The same values; ends at once when the signal is aborted, even while the next one is waited for. */
export async function* untilAborted<T>(values: AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T, undefined> {
  if (signal === undefined) {
    yield* values
    return undefined
  }
  if (signal.aborted) return undefined
  const iterator = values[Symbol.asyncIterator]()
  // A promise of its own for each wait: one for all of them would hold every value until the signal is gone (a file's bytes, all of them).
  let wake: ((nothing: undefined) => void) | undefined
  const stop = (): void => wake?.(undefined)
  signal.addEventListener('abort', stop)
  let waiting = false
  try {
    for (;;) {
      waiting = true
      const result = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        wake = resolve
        iterator.next().then(resolve, reject)
      })
      wake = undefined
      if (result === undefined) return undefined
      waiting = false
      if (result.done === true) return undefined
      yield result.value
      if (signal.aborted) return undefined
    }
  } finally {
    signal.removeEventListener('abort', stop)
    // A generator that still waits would answer `return` only after its wait.
    const closed = iterator.return?.()
    if (waiting) closed?.catch(() => {})
    else await closed
  }
}
