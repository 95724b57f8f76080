// What the service answers, shared by all who show it, and asked for again when an event says that it changed. While it is asked again the old answer stays.
import { type ReadonlySignal, signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Api } from '../service/api-types.ts'
import { addressOf, type Answer, type Readable, send, signedIn } from '../service/service.ts'
import { onEvents } from './connection.ts'
import { noteFailure } from './session.ts'

export interface Resource<T> {
  data: T | undefined
  /** Of the newest attempt. `Refused` has the service's sentence; TypeError: nobody answered. */
  error: Error | undefined
  /** The first answer is still to come. */
  loading: boolean
  /** When the answer came, by this computer's clock; ms. */
  told_ms: number
  refresh: () => void
}

interface State { data: unknown; error: Error | undefined; told_ms: number; asked: boolean }

interface Shared {
  state: ReadonlySignal<State>
  ask: () => void
  users: number
  /** Kept for a while after nobody shows it: going back is then at once. */
  leaving?: number
}

const KEPT_MS = 60_000
const NOTHING: State = { data: undefined, error: undefined, told_ms: 0, asked: false }
const known = new Map<string, Shared>()

// Another person may see other things.
signedIn.subscribe((is) => { if (!is) known.clear() })

function share(address: string): Shared {
  const before = known.get(address)
  if (before !== undefined) return before
  const state = signal(NOTHING)
  let [running, again] = [false, false]
  let tag: string | undefined
  const ask = (): void => {
    if (running) {
      again = true
      return
    }
    running = true
    void send<unknown>('GET', address).then(({ answer, etag }) => {
      const old = state.peek()
      // What did not change stays the same object, so that nothing is drawn anew.
      const data = etag !== undefined && etag === tag && old.data !== undefined ? old.data : answer
      tag = etag
      state.value = { data, error: undefined, told_ms: Date.now(), asked: true }
    }, (error: unknown) => {
      state.value = { ...state.peek(), error: error as Error, asked: true }
      noteFailure(error)
    }).finally(() => {
      running = false
      if (again) {
        again = false
        ask()
      }
    })
  }
  const made: Shared = { state, ask, users: 0 }
  known.set(address, made)
  return made
}

export interface ResourceOptions<P extends Readable> {
  query?: Api[`GET ${P}`]['query']
  /** Asked again so often, while the page is in view. */
  every_ms?: number
  /** Beginnings of kinds of events after which it is asked again: `['plan.', 'schedule.changed']`. */
  events?: readonly string[]
}

/** `undefined` fields: not yet. */
export function useResource<P extends Readable>(path: P, at: Record<string, string> | undefined, { query, every_ms, events }: ResourceOptions<P> = {}): Resource<Answer<`GET ${P}`>> {
  const address = at === undefined ? undefined : addressOf(path, at, query)
  const shared = useMemo(() => (address === undefined ? undefined : share(address)), [address, signedIn.value])
  const idle = useSignal(NOTHING)
  const wanted = events?.join()
  useEffect(() => {
    if (shared === undefined || address === undefined) return
    clearTimeout(shared.leaving)
    shared.users++
    shared.ask()
    const timer = every_ms === undefined ? undefined : setInterval(() => { if (!document.hidden) shared.ask() }, every_ms)
    const stop = wanted === undefined ? undefined : onEvents(wanted.split(','), () => shared.ask())
    return () => {
      clearInterval(timer)
      stop?.()
      if (--shared.users === 0) shared.leaving = window.setTimeout(() => { if (known.get(address) === shared) known.delete(address) }, KEPT_MS)
    }
  }, [shared, address, every_ms, wanted])
  const { data, error, told_ms, asked } = (shared?.state ?? idle).value
  return { data: data as Answer<`GET ${P}`> | undefined, error, loading: shared !== undefined && !asked, told_ms, refresh: () => shared?.ask() }
}
