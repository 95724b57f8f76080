// What is asked of the service from the diagram: new drafts, jobs with their progress, files.
import { signal } from '@preact/signals'
import { ask, Refused, type Job } from '../service/service.ts'
import type { EditingSession, PlanRecord } from '../editing/session.ts'
import { documentOfPatterns, streetOf, type Street } from './scene-of.ts'
import { runningPatternsOf } from './sources.ts'
import { words } from './words.ts'

export const path = (...parts: string[]): string => parts.map((part) => `/${encodeURIComponent(part)}`).join('')

/** What runs in a moment, as a plan of one's own. */
export async function draftRunning(network: string, street: Pick<Street, 'scenario' | 'graph' | 'corridor'>, period: string): Promise<string> {
  const whole = streetOf(street)
  const patterns = await runningPatternsOf(network, street.corridor.corridor.intersections)
  const document = documentOfPatterns(whole, period, patterns)
  const { id } = await ask<PlanRecord>('/plans', 'POST', { network, document, reason: words().reasonRunning }, { once: crypto.randomUUID() })
  return id
}

export interface Work { id: string; label: string; share: number; done: boolean; trouble?: string }
const LOOK_MS = 700

/** Asks how far a job is until it ends; its result. Throws `Refused` or with what the job says. */
export async function follow<T>(job: string, told: (job: Job & { result?: T }) => void, gone: AbortSignal): Promise<T | undefined> {
  for (;;) {
    const now = await ask<Job & { result?: T }>(path('jobs', job))
    told(now)
    if (now.state === 'done') return now.result
    if (now.state === 'failed') throw new Error(now.problem?.detail ?? words().jobFailed)
    if (now.state === 'cancelled' || gone.aborted) return undefined
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** The work that was begun here, one at a time. */
export const work = signal<{ job: string | undefined; label: string; share: number; trouble?: string } | undefined>(undefined)

async function run<T>(label: string, start: () => Promise<{ job: string } | { id: string }>): Promise<T | undefined> {
  work.value = { job: undefined, label, share: 0 }
  try {
    const started = await start()
    const id = 'job' in started ? started.job : started.id
    const result = await follow<T>(id, ({ progress }) => { work.value = { job: id, label, share: progress } }, new AbortController().signal)
    work.value = undefined
    return result
  } catch (error) {
    work.value = { job: undefined, label, share: 0, trouble: error instanceof Error ? error.message : words().jobFailed }
    return undefined
  }
}

export const cancelWork = async (): Promise<void> => {
  const job = work.peek()?.job
  if (job !== undefined) await ask(path('jobs', job), 'DELETE').catch(() => {})
}

const RUNS = 10

/** The best of several candidates, told apart in simulation; the comparison with what runs now is what `compare` is for. */
export async function optimize(network: string, corridor: string, period: string): Promise<string | undefined> {
  const result = await run<{ plan: string }>(words().optimize, () => ask(`${path('networks', network)}/drafts`, 'POST', { corridor, period, runs: 0, seed: 1, objective: 'auto', reason: words().reasonOptimize }, { once: crypto.randomUUID() }))
  return result?.plan
}

/** Checks the plan and simulates it beside what runs now; true when it went through. */
export async function compare({ record }: EditingSession): Promise<boolean> {
  const { id, stage, version } = record.peek()
  let now = version
  try {
    if (stage === 'draft') now = (await ask<PlanRecord>(`${path('plans', id)}/checks`, 'POST', undefined, { version })).version
  } catch (error) {
    work.value = { job: undefined, label: words().compare, share: 0, trouble: error instanceof Refused ? error.message : words().jobFailed }
    return false
  }
  await run(words().compare, () => ask(`${path('plans', id)}/simulations`, 'POST', { runs: RUNS, seed: 1 }, { version: now, once: crypto.randomUUID() }))
  return work.peek()?.trouble === undefined
}
