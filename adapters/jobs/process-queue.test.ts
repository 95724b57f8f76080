import { describe, expect, it } from 'vitest'
import type { ServiceEvent } from '../../plans/ports/event-log.ts'
import type { JobRecord, JobStore } from '../../plans/ports/jobs.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { queueConformance } from './conformance.ts'
import { jobId, MOST_ATTEMPTS } from './job-record.ts'
import { processQueue } from './process-queue.ts'

const clock = { now: () => Date.now() / 1000 }
const pace = { watch_ms: 10, report_ms: 5, again_ms: 5 }

describe('the queue within one process', () => {
  queueConformance('it', () => {
    const { jobs } = memoryStore()
    return { jobs, queue: () => processQueue({ jobs, clock, pace }) }
  }, it)

  const started = async (jobs: JobStore, state: JobRecord['state'], result?: unknown): Promise<void> =>
    jobs.insert({ id: 'old', kind: 'night', input: 'Elm', state, progress: 0.5, label: '', by: 'mia', created_at: 1, updated_at: 1, ...(result === undefined ? {} : { result }) })
  const finished = async (jobs: JobStore, id: string): Promise<JobRecord | undefined> => {
    await expect.poll(async () => (await jobs.get(id))?.state).toMatch(/done|failed|cancelled/)
    return jobs.get(id)
  }

  it('takes up after a crash what was running, and says that it is not the first attempt', async () => {
    const { jobs } = memoryStore()
    await started(jobs, 'running')
    const queue = processQueue({ jobs, clock, pace })
    queue.handle('night', async (input, { attempt }) => ({ input, attempt }))
    await queue.start()
    expect((await finished(jobs, 'old'))?.result).toEqual({ input: 'Elm', attempt: 2 })
    await queue.stop(0)
  })

  it('gives up a job under which the process ended again and again', async () => {
    const { jobs } = memoryStore()
    await started(jobs, 'running')
    for (let crash = 1; crash < MOST_ATTEMPTS; crash++) {
      // Each process begins the job and is gone before it could write anything more.
      const queue = processQueue({ jobs, clock, pace })
      let begun = false
      queue.handle('night', (_, { signal }) => new Promise((_done, reject) => {
        begun = true
        signal.addEventListener('abort', () => reject(new Error('gone')))
      }))
      await queue.start()
      await expect.poll(() => begun).toBe(true)
      await queue.stop(0)
    }
    const last = processQueue({ jobs, clock, pace })
    last.handle('night', () => Promise.reject(new Error('must not run')))
    await last.start()
    const job = await jobs.get('old')
    expect(job?.state).toBe('failed')
    expect(job?.problem).toMatchObject({ detail: `The process ended ${MOST_ATTEMPTS} times while the job ran.` })
    await last.stop(0)
  })

  it('leaves alone what another kind of process does', async () => {
    const { jobs } = memoryStore()
    await started(jobs, 'queued')
    const queue = processQueue({ jobs, clock, pace })
    queue.handle('report', async () => {})
    await queue.start()
    await queue.stop(0)
    expect((await jobs.get('old'))?.state).toBe('queued')
  })

  it('waits for a store that is away and does the job then', async () => {
    const { jobs } = memoryStore()
    const defects: unknown[] = []
    const away: JobStore = { ...jobs, get: (() => { let calls = 0; return (id: string) => (calls++ < 2 ? Promise.reject(new Error('away')) : jobs.get(id)) })() }
    const queue = processQueue({ jobs: away, clock, pace, onDefect: (_, error) => defects.push(error) })
    queue.handle('night', async () => 'in the end')
    await queue.start()
    const id = await queue.send('night', {}, { by: 'mia' })
    expect((await finished(jobs, id))?.result).toBe('in the end')
    expect(defects).toHaveLength(2)
    await queue.stop(0)
  })

  it('tells those who listen, begin and end included', async () => {
    const { jobs, events } = memoryStore()
    const queue = processQueue({ jobs, events, clock, pace })
    queue.handle('night', async () => {})
    await queue.start()
    const id = await queue.send('night', {}, { by: 'mia' })
    await finished(jobs, id)
    await queue.stop(1000)
    const told = (await events.since(0, 10)).map(({ body }: ServiceEvent) => body as { id: string; state: string })
    expect(told.map(({ state }) => state)).toEqual(['running', 'done'])
    expect(told.every((each) => each.id === id)).toBe(true)
  })

  it('gives equal words of a kind the same id, and different ones different ids', () => {
    expect(jobId('night', 'a')).toBe(jobId('night', 'a'))
    expect(new Set([jobId('night', 'a'), jobId('night', 'b'), jobId('report', 'a'), jobId('night', undefined), jobId('night', undefined)]).size).toBe(5)
    expect(jobId('night', 'a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
