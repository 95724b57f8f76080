// Offsets on tables with search and bound on a thread each, side by side until they meet or the time is over. Compiled code only; from TypeScript
// sources they take turns on this thread.
import { Worker } from 'node:worker_threads'
import { GreenwaveError } from '../model/errors.ts'
import { joinHalves, type OffsetAnswer, type OffsetOptions, type OffsetTables, reduceTables, solveOffsets } from '../optimizer/tables/index.ts'
import type { OffsetsFound, OffsetsTask } from './offsets-worker.ts'

export interface OffsetThreadsOptions extends Pick<OffsetOptions, 'seed' | 'starts' | 'tolerance' | 'target_gap'> {
  /** Seconds by the clock; the step under way then and the way back come on top, together well below a second. */
  readonly limit_s: number
}

const isCompiled = import.meta.url.endsWith('.js')

/**
 * As `solveOffsets`, on two threads: one answer with the certificate that `checkOffsets` adds up. What it finds depends on how fast
 * the machine is. Throws `input.value` for tables that are no tables and for a limit that isn't above 0.
 */
export async function solveOffsetsOnThreads(tables: OffsetTables, { limit_s, ...options }: OffsetThreadsOptions): Promise<OffsetAnswer> {
  if (!(limit_s > 0)) throw new GreenwaveError('input.value', `Offsets on tables need a limit above 0 s, got ${limit_s}`)
  const until_ms = Date.now() + 1000 * limit_s
  if (!isCompiled) return solveOffsets(tables, { ...options, goOn: () => Date.now() < until_ms })
  // Here already, so that a fault in the tables is told as what it is.
  const { core } = reduceTables(tables)
  const task = {
    tables, options, until_ms,
    figures: new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT),
    flags: new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT),
    guides: new SharedArrayBuffer(core.length * tables.cycle_s * Float64Array.BYTES_PER_ELEMENT),
  }
  new Float64Array(task.figures).set([Infinity, -Infinity])
  const workers: Worker[] = []
  const start = <H extends OffsetsTask['half']>(half: H): Promise<Extract<OffsetsFound, { half: H }>> => {
    const worker = new Worker(new URL('./offsets-worker.js', import.meta.url), { workerData: { half, ...task } satisfies OffsetsTask })
    workers.push(worker)
    return new Promise((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new GreenwaveError('internal', `a thread of the offsets ended with code ${code}`)))
    })
  }
  try {
    const [{ offsets_s }, proof] = await Promise.all([start('search'), start('bound')])
    return joinHalves(tables, offsets_s, proof, options.tolerance)
  } finally {
    // One that failed leaves the other without an end of its own before the limit.
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
