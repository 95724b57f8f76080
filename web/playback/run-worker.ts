// A thread of the page that drives one run and hands over what it writes down.
import { GreenwaveError } from '../../model/errors.ts'
import type { RunRequest, Seconds, Told } from './protocol.ts'
import { openRecorder } from './recorder.ts'

/** Handed over at once: often enough that the picture begins soon. */
const CHUNK_S = 10
/** Rows of vehicles that a page keeps of one run, at 26 bytes: more would fill its memory. */
const MOST_ROWS = 12_000_000

const post = postMessage as (message: Told, transfer?: Transferable[]) => void

function buffersOf({ totals, changes, queue, ...columns }: Seconds): Transferable[] {
  return [...Object.values(columns), ...Object.values(totals), ...Object.values(changes), ...Object.values(queue)].map(({ buffer }) => buffer as ArrayBuffer)
}

addEventListener('message', ({ data }: MessageEvent<RunRequest>) => {
  try {
    const recorder = openRecorder(data)
    post({ kind: 'head', head: recorder.head })
    let rows = 0
    for (let seconds = recorder.next(CHUNK_S); seconds !== undefined && rows < MOST_ROWS; seconds = recorder.next(CHUNK_S)) {
      rows += seconds.vehicle.length
      post({ kind: 'seconds', seconds }, buffersOf(seconds))
    }
    post({ kind: 'end', ...(recorder.ended ?? { why: 'full' as const }) })
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
    post({ kind: 'failed', sentence: error.message })
  }
})
