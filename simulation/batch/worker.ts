// A worker thread of the pool: takes what all runs share, then runs one group of jobs after the other without asking.
import { parentPort } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import type { FromWorker, SharedBatch, ToWorker } from './messages.ts'
import { writeRecord } from './record.ts'
import { createRunner, type Runner } from './workload.ts'

const port = parentPort
if (port === null) throw new GreenwaveError('internal', 'the worker of the simulation runs only as a worker thread')

let runner: Runner | undefined

const say = (message: FromWorker, handedOver: ArrayBuffer[] = []): void => port.postMessage(message, handedOver)

port.on('message', ({ batch, prepared }: ToWorker) => {
  try {
    if (prepared !== undefined) runner = createRunner(prepared)
    runAll(runner!, batch)
    say({ kind: 'idle' })
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    say({ kind: 'failed', message, ...(error instanceof GreenwaveError ? { code: error.code } : {}), ...(stack === undefined ? {} : { stack }) })
  }
})

function runAll(run: Runner, { groups, taken, records, keep }: SharedBatch): void {
  const counter = new Int32Array(taken)
  const rows = new Float64Array(records)
  for (let group = groups[Atomics.add(counter, 0, 1)]; group !== undefined; group = groups[Atomics.add(counter, 0, 1)]) {
    for (const { ticket, job } of group) {
      const { record, result } = run(job)
      writeRecord(rows, ticket, record)
      if (keep) say({ kind: 'done', ticket, result }, buffersOf(result))
      else say({ kind: 'done', ticket })
    }
  }
}

/** Memory of the columns, which is handed over rather than copied. */
function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersOf(part, found)
  }
  return [...found]
}
