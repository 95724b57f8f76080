// What all pages of this folder ask: names behind ids, jobs that were begun here, and steps whose refusal stands beside the button that caused it.
import { signal, useSignal } from '@preact/signals'
import { useCallback, useMemo } from 'preact/hooks'
import type { Job } from '../service/service.ts'
import { type Sentence, sentenceOf } from '../shell/parts/said.tsx'
import { useResource } from '../shell/resource.ts'
import { words } from './words.ts'

/** Name of a person; the id where nobody has it any more. */
export function useNames(): (id: string | undefined) => string {
  const { data } = useResource('/names', {})
  return (id) => (id === undefined ? '' : id === 'greenwave' ? words().greenwave : data?.items.find((one) => one.id === id)?.name ?? id)
}

const isOver = (state: Job['state']): boolean => state === 'done' || state === 'failed' || state === 'cancelled'

export interface KnownJob {
  job: Job | undefined
  running: boolean
  /** Why it failed. */
  refusal: Sentence | undefined
  begin: (id: string) => void
  forget: () => void
}

/** The job that was last begun under this name, also after a reload: its id is kept as long as the tab. */
export function useJob(name: string): KnownJob {
  const key = `greenwave.job.${name}`
  const id = useMemo(() => signal(sessionStorage.getItem(key) ?? undefined), [key])
  const { data, error } = useResource('/jobs/{job}', id.value === undefined ? undefined : { job: id.value }, { events: ['job.'] })
  const job = data?.id === id.value ? data as Job : undefined
  const problem = job?.problem as { detail?: string; code?: string } | undefined
  return {
    job, running: id.value !== undefined && error === undefined && (job === undefined || !isOver(job.state)), refusal: problem?.detail === undefined ? undefined : { sentence: problem.detail, code: problem.code },
    begin: (next) => {
      sessionStorage.setItem(key, next)
      id.value = next
    },
    forget: () => {
      sessionStorage.removeItem(key)
      id.value = undefined
    },
  }
}

/** Also where the page came over plain HTTP, where browsers make no UUIDs. */
const newWord = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

export interface Taken {
  busy: boolean
  /** The service's sentence, or that nobody answered. */
  refusal: Sentence | undefined
  /** Runs the work with a word under which it takes effect once: the same one until it did, so that a second press after a lost answer does nothing twice. */
  take: (work: (once: string) => Promise<unknown>) => Promise<boolean>
}

export function useStep(): Taken {
  const busy = useSignal(false)
  const refusal = useSignal<Sentence | undefined>(undefined)
  const once = useSignal<string | undefined>(undefined)
  const take = useCallback(async (work: (once: string) => Promise<unknown>): Promise<boolean> => {
    if (busy.peek()) return false
    busy.value = true
    refusal.value = undefined
    once.value ??= newWord()
    try {
      await work(once.value)
      once.value = undefined
      return true
    } catch (error) {
      refusal.value = sentenceOf(error)
      // The service has answered: what is asked for next is another request.
      if (!(error instanceof TypeError)) once.value = undefined
      return false
    } finally {
      busy.value = false
    }
  }, [])
  return { busy: busy.value, refusal: refusal.value, take }
}
