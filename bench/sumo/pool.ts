// Runs work side by side: promises with a limit, and our own runs in worker threads.
import { Worker } from 'node:worker_threads'
import type { RunMeasures } from './check-case.ts'
import type { OurJob, SentCase, ToRunner } from './run-ours.ts'

/** Results in order of the work; at most `limit` at a time. */
export async function inParallel<T, R>(items: readonly T[], limit: number, work: (item: T, worker: number) => Promise<R>): Promise<R[]> {
  const results = Array.from<R>({ length: items.length })
  let next = 0
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, async (_, worker) => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!, worker)
  }))
  return results
}

export type OurAnswer = RunMeasures & { gridlock?: string }

/** Runs all jobs of a case; jobs give their input only when it is their turn. Compiled code only. */
export async function runOurs(of: SentCase, jobs: readonly (() => OurJob)[], limit: number): Promise<OurAnswer[]> {
  const { name, network, vehicle_types, from_s, until_s } = of
  const workers = Array.from({ length: Math.min(limit, jobs.length) }, () => new Worker(new URL('./run-ours.js', import.meta.url)))
  const send = (worker: Worker, message: ToRunner): void => worker.postMessage(message, [])
  try {
    for (const worker of workers) send(worker, { of: { name, network, vehicle_types, from_s, until_s } })
    return await inParallel(jobs, workers.length, (job, i) => new Promise<OurAnswer>((resolve, reject) => {
      const worker = workers[i]!
      worker.removeAllListeners()
      worker.once('message', (answer: { result: OurAnswer } | { error: string }) => ('error' in answer ? reject(new Error(answer.error)) : resolve(answer.result)))
      worker.once('error', reject)
      send(worker, { job: job() })
    }))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
