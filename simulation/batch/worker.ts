// A worker thread of the pool: loads what all runs share once, then runs job after job.
import { parentPort } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { createRunner, type Runner, type Workload } from './workload.ts'

const port = parentPort
if (port === null) throw new GreenwaveError('internal', 'the worker of the simulation runs only as a worker thread')

let loaded: Workload | undefined
let runner: Runner | undefined

port.on('message', (message: ToWorker) => {
  if (message.kind === 'load') {
    loaded = message.workload
    runner = undefined
    return
  }
  const { ticket, job } = message
  try {
    // Prepared with the first job, so that what is wrong with the input is reported as a failed job.
    runner ??= createRunner(loaded!)
    const result = runner(job)
    port.postMessage({ kind: 'done', ticket, result } satisfies FromWorker, buffersOf(result))
  } catch (error) {
    const { message: sentence, stack } = error instanceof Error ? error : new Error(String(error))
    port.postMessage({
      kind: 'failed', ticket, message: sentence,
      ...(error instanceof GreenwaveError ? { code: error.code } : {}),
      ...(stack === undefined ? {} : { stack }),
    } satisfies FromWorker)
  }
})

/** Memory of the columns, which is handed over rather than copied. */
function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersOf(part, found)
  }
  return [...found]
}
