// Matching on worker threads, each with the vehicles of its hash, so that whoever answers requests never waits for it. Compiled code only.
import { Worker } from 'node:worker_threads'
import { GreenwaveError, type ErrorCode } from '../../model/errors.ts'
import type { Network } from '../../model/network.ts'
import { addIssues } from '../ports/feed-days.ts'
import { cutByVehicle, packColumns, type FixColumns } from './fix-columns.ts'
import type { PlacedFixes } from './live-matcher.ts'
import type { FeedFixes, Matching, Refusal } from './matching.ts'
import type { FromMatcher, Placing, ToMatcher } from './messages.ts'

/**
 * What is new in the heap of a thread then stays in the processor's cache: with V8's own 48 MB a fix cost a fifth more, with 192 MB still more
 * (50,000 vehicles).
 */
const YOUNG_GENERATION_MB = 12

interface Thread {
  worker: Worker
  tickets: Map<number, { resolve: (placed: Placing[]) => void; reject: (error: unknown) => void }>
}

/** Resolves when all threads know the network. Throws what it says of a network that can't be matched to. A thread that dies fails what it had and all that comes. */
export async function matchingOnThreads(network: Network, threads: number): Promise<Matching> {
  const all = await Promise.all(Array.from({ length: threads }, () => startThread(network)))
  let tickets = 0
  return {
    async match(batches) {
      if (threads === 1) return refused(await ask(all[0]!, ++tickets, batches.map(({ feed, fixes }) => ({ feed, fixes: copied(fixes) }))))
      const cuts = batches.map(({ fixes }) => cutByVehicle(fixes, threads))
      const placed = await Promise.all(all.map((thread, t) => ask(thread, ++tickets, batches.map(({ feed }, b) => ({ feed, fixes: cuts[b]![t]!.columns })))))
      return batches.map((batch, b) => together(batch, placed.map((own) => own[b]!), cuts[b]!.map(({ at }) => at)))
    },
    async close() {
      await Promise.all(all.map(({ worker }) => worker.terminate()))
    },
  }
}

async function startThread(network: Network): Promise<Thread> {
  const worker = new Worker(new URL('./matching-worker.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } })
  const thread: Thread = { worker, tickets: new Map() }
  const failAll = (error: unknown): void => {
    for (const { reject } of thread.tickets.values()) reject(error)
    thread.tickets.clear()
  }
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromMatcher) => {
      if ('ready' in message) resolve()
      else if ('failed' in message) reject(new GreenwaveError('input.value', message.failed))
      else {
        thread.tickets.get(message.ticket)?.resolve(message.placed)
        thread.tickets.delete(message.ticket)
      }
    })
    worker.on('error', (error) => {
      reject(error)
      failAll(error)
    })
    worker.on('exit', (code) => failAll(new GreenwaveError('internal', `a thread that matches fixes ended with code ${code}`)))
    worker.postMessage({ network } satisfies ToMatcher, [])
  })
  return thread
}

/** The figures of `batches` are gone afterwards: they are handed over, not copied. */
const ask = ({ worker, tickets }: Thread, ticket: number, batches: FeedFixes[]): Promise<Placing[]> => new Promise((resolve, reject) => {
  tickets.set(ticket, { resolve, reject })
  const packed = batches.map(({ feed, fixes }) => ({ feed, fixes: packColumns(fixes) }))
  worker.postMessage({ ticket, batches: packed } satisfies ToMatcher, packed.flatMap(({ fixes: { ends, values } }) => [ends.buffer, values.buffer]))
})

const copied = ({ vehicles, values }: FixColumns): FixColumns => ({ vehicles, values: values.slice() })

const refused = (placed: readonly Placing[]): (PlacedFixes | Refusal)[] => placed.map((one) => ('code' in one ? refusalOf(one) : one))
const refusalOf = ({ code, sentence }: { code: string; sentence: string }): Refusal => ({ error: new GreenwaveError(code as ErrorCode, sentence) })

/** The parts of one batch, each fix where it stood. */
function together({ fixes }: FeedFixes, parts: readonly Placing[], at: readonly Int32Array[]): PlacedFixes | Refusal {
  const n = fixes.vehicles.length
  const link = new Int32Array(n)
  const places = new Float64Array(4 * n)
  let accepted = 0
  const whole: PlacedFixes[] = []
  for (const [t, part] of parts.entries()) {
    if ('code' in part) return refusalOf(part)
    whole.push(part)
    accepted += part.accepted
    at[t]!.forEach((i, k) => {
      link[i] = part.link[k]!
      places.set(part.places.subarray(4 * k, 4 * k + 4), 4 * i)
    })
  }
  return { link, places, accepted, issues: addIssues(whole.flatMap(({ issues }) => issues)), links: concat(whole.map(({ links }) => links)), movements: concat(whole.map(({ movements }) => movements)) }
}

function concat(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
