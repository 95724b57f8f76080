// The suite that every queue passes, as a function of the queue. It knows no test runner: a case fails by throwing.
import assert from 'node:assert/strict'
import { GreenwaveError } from '../../model/errors.ts'
import type { RegisterTest } from '../../plans/ports/conformance/suite.ts'
import type { JobQueue, JobRecord, JobStore } from '../../plans/ports/jobs.ts'

export interface QueuePlace {
  jobs: JobStore
  /** Another queue on the same store, as another process or the next start would have it; stopped by the suite. */
  queue(): JobQueue
}

let cases = 0

/** Until the job has ended, at most 40 s. */
async function ended(jobs: JobStore, id: string): Promise<JobRecord> {
  return until(async () => {
    const job = await jobs.get(id)
    return job !== undefined && job.state !== 'queued' && job.state !== 'running' ? job : undefined
  }, `job ${id} has not ended`)
}

async function until<T>(look: () => Promise<T | undefined> | T | undefined, otherwise: string): Promise<T> {
  for (let i = 0; i < 4000; i++) {
    const found = await look()
    if (found !== undefined) return found
    await pause(10)
  }
  throw new Error(otherwise)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
/** Work that lasts until it is called off. */
const untilAborted = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => {
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason))
})

export function queueConformance(name: string, place: () => QueuePlace | Promise<QueuePlace>, register: RegisterTest): void {
  const test = (title: string, run: (place: { jobs: JobStore; open: () => JobQueue }, kind: string) => Promise<void>): void => {
    const kind = `kind-${process.pid}-${++cases}`
    register(`${name} ${title}`, async () => {
      const opened: JobQueue[] = []
      const { jobs, queue } = await place()
      const open = (): JobQueue => {
        const next = queue()
        opened.push(next)
        return next
      }
      try {
        await run({ jobs, open }, kind)
      } finally {
        await Promise.all(opened.map((each) => each.stop(0)))
      }
    })
  }

  test('does what it is asked and keeps what came out', async ({ jobs, open }, kind) => {
    const queue = open()
    queue.handle(kind, async (input) => ({ doubled: (input as { n: number }).n * 2 }))
    await queue.start()
    const id = await queue.send(kind, { n: 21 }, { by: 'mia' })
    const job = await ended(jobs, id)
    assert.deepEqual([job.state, job.progress, job.result, job.by, job.kind], ['done', 1, { doubled: 42 }, 'mia', kind])
  })

  test('shows how far a job is while it runs', async ({ jobs, open }, kind) => {
    const queue = open()
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => { go = resolve })
    queue.handle(kind, async (_, { report }) => {
      report(0.25, 'a quarter')
      await gate
      report(7, 'too much')
    })
    await queue.start()
    const id = await queue.send(kind, {}, { by: 'mia' })
    const seen = await until(async () => {
      const job = await jobs.get(id)
      return job?.progress === 0.25 ? job : undefined
    }, 'no progress was seen')
    go()
    assert.deepEqual([seen.state, seen.label], ['running', 'a quarter'])
    const job = await ended(jobs, id)
    assert.deepEqual([job.state, job.progress, job.label], ['done', 1, 'too much'])
  })

  test('says why a job failed, and keeps the words of defects to itself', async ({ jobs, open }, kind) => {
    const queue = open()
    queue.handle(kind, async (input) => {
      if (input === 'known') throw new GreenwaveError('corridor.unknown', 'there is no corridor "Elm"')
      throw new TypeError('secret: x is undefined')
    })
    await queue.start()
    const known = await ended(jobs, await queue.send(kind, 'known', { by: 'mia' }))
    const defect = await ended(jobs, await queue.send(kind, 'defect', { by: 'mia' }))
    const { code, detail } = known.problem as { code: string; detail: string }
    assert.deepEqual([known.state, code, detail], ['failed', 'corridor.unknown', 'there is no corridor "Elm"'])
    assert.equal((defect.problem as { code: string }).code, 'internal')
    assert.ok(!JSON.stringify(defect).includes('secret'))
  })

  test('does a job asked for with the same word once, also when it is asked for at the same moment or after its end', async ({ jobs, open }, kind) => {
    const queue = open()
    let runs = 0
    queue.handle(kind, async () => { runs++ })
    await queue.start()
    const ids = await Promise.all(Array.from({ length: 8 }, () => queue.send(kind, {}, { by: 'mia', once: 'Elm 2026-11-23' })))
    const other = await queue.send(kind, {}, { by: 'mia', once: 'Oak 2026-11-23' })
    await ended(jobs, ids[0]!)
    await ended(jobs, other)
    assert.equal(await queue.send(kind, {}, { by: 'noa', once: 'Elm 2026-11-23' }), ids[0])
    await pause(100)
    assert.equal(new Set(ids).size, 1)
    assert.notEqual(other, ids[0])
    assert.equal(runs, 2)
  })

  test('never begins a job that was cancelled while it waited', async ({ jobs, open }, kind) => {
    const queue = open()
    const begun: unknown[] = []
    queue.handle(kind, async (input, { signal }) => {
      begun.push(input)
      if (input === 'first') await untilAborted(signal)
    })
    await queue.start()
    const first = await queue.send(kind, 'first', { by: 'mia' })
    await until(() => (begun.length > 0 ? true : undefined), 'the first never began')
    const second = await queue.send(kind, 'second', { by: 'mia' })
    assert.equal(await queue.cancel(second), true)
    assert.equal(await queue.cancel(first), true)
    const third = await queue.send(kind, 'third', { by: 'mia' })
    await ended(jobs, third)
    assert.deepEqual(begun, ['first', 'third'])
    assert.equal((await jobs.get(second))?.state, 'cancelled')
  })

  test('calls off a running job from any process, whatever the work answers then', async ({ jobs, open }, kind) => {
    const [worker, other] = [open(), open()]
    let begun = false
    let heard = false
    worker.handle(kind, async (_, { signal }) => {
      begun = true
      await untilAborted(signal).catch(() => { heard = true })
      return 'finished all the same'
    })
    await worker.start()
    const id = await worker.send(kind, {}, { by: 'mia' })
    await until(() => (begun ? true : undefined), 'the job never began')
    assert.equal(await other.cancel(id), true)
    await until(() => (heard ? true : undefined), 'the work never heard of it')
    await pause(50)
    const job = await jobs.get(id)
    assert.deepEqual([job?.state, job?.result], ['cancelled', undefined])
    assert.equal(await worker.cancel(id), false)
  })

  test('says that a job that ended can no longer be cancelled, nor one that never was', async ({ jobs, open }, kind) => {
    const queue = open()
    queue.handle(kind, async () => 'there')
    await queue.start()
    const id = await queue.send(kind, {}, { by: 'mia' })
    await ended(jobs, id)
    assert.equal(await queue.cancel(id), false)
    assert.equal(await queue.cancel('00000000-0000-4000-8000-000000000000'), false)
    assert.deepEqual([(await jobs.get(id))?.state, (await jobs.get(id))?.result], ['done', 'there'])
  })

  test('runs no more jobs of a kind at once than allowed, and does all of them', async ({ jobs, open }, kind) => {
    const queue = open()
    let [running, most] = [0, 0]
    let met = (): void => {}
    const two = new Promise<void>((resolve) => { met = resolve })
    queue.handle(kind, async () => {
      most = Math.max(most, ++running)
      // The first waits for another beside it, however late that is taken up.
      if (running === 2) met()
      await two
      await pause(20)
      running--
    }, { at_once: 2 })
    await queue.start()
    const ids = await Promise.all(Array.from({ length: 7 }, (_, i) => queue.send(kind, i, { by: 'mia' })))
    for (const id of ids) assert.equal((await ended(jobs, id)).state, 'done')
    assert.equal(most, 2)
  })

  test('refuses a second worker for a kind', async ({ open }, kind) => {
    const queue = open()
    queue.handle(kind, async () => {})
    assert.throws(() => queue.handle(kind, async () => {}), GreenwaveError)
  })

  test('keeps what was asked for before it started', async ({ jobs, open }, kind) => {
    const asker = open()
    const id = await asker.send(kind, 'early', { by: 'mia' })
    assert.equal((await jobs.get(id))?.state, 'queued')
    const worker = open()
    worker.handle(kind, async (input) => input)
    await worker.start()
    assert.equal((await ended(jobs, id)).result, 'early')
  })

  test('waits at its stop for what runs', async ({ jobs, open }, kind) => {
    const queue = open()
    let begun = false
    queue.handle(kind, async () => {
      begun = true
      await pause(150)
      return 'to the end'
    })
    await queue.start()
    const id = await queue.send(kind, {}, { by: 'mia' })
    await until(() => (begun ? true : undefined), 'the job never began')
    await queue.stop(20_000)
    assert.equal((await jobs.get(id))?.result, 'to the end')
  })

  test('hands what its stop cuts off to the next worker', async ({ jobs, open }, kind) => {
    const [first, second] = [open(), open()]
    let begun = false
    first.handle(kind, async (_, { signal }) => {
      begun = true
      await untilAborted(signal)
    })
    await first.start()
    const id = await first.send(kind, {}, { by: 'mia' })
    await until(() => (begun ? true : undefined), 'the job never began')
    await first.stop(20)
    assert.equal((await jobs.get(id))?.state, 'running')
    second.handle(kind, async (_, { attempt }) => ({ attempt }))
    await second.start()
    const job = await ended(jobs, id)
    assert.deepEqual([job.state, job.result], ['done', { attempt: 2 }])
  })

  test('tries again after a disturbance that passes', async ({ jobs, open }, kind) => {
    const queue = open()
    queue.handle(kind, async (_, { attempt }) => {
      if (attempt < 3) throw new GreenwaveError('store.unreachable', 'the database is away')
      return { attempt }
    })
    await queue.start()
    const job = await ended(jobs, await queue.send(kind, {}, { by: 'mia' }))
    assert.deepEqual([job.state, job.result], ['done', { attempt: 3 }])
  })

  test('waits for a database that is away or full for longer than a job has attempts', async ({ jobs, open }, kind) => {
    const queue = open()
    let begun = 0
    queue.handle(kind, async () => {
      if (++begun < 8) throw new GreenwaveError(begun % 2 === 0 ? 'store.unreachable' : 'store.full', 'not now')
      return { begun }
    })
    await queue.start()
    const job = await ended(jobs, await queue.send(kind, {}, { by: 'mia' }))
    assert.deepEqual([job.state, job.result], ['done', { begun: 8 }])
  })
}
