// What the page asks the service, and as whom. A token stands in the link that the demo prints, or comes from logging in; it lives as long as the tab.
import { signal } from '@preact/signals'
import type { Api } from './api-types.ts'

const BASE = '/api/v1'
const KEPT = 'greenwave.token'
/** The address to come back to from the identity provider. */
const RETURN = 'greenwave.return'
/** In place of a token: the identity provider let this browser in, and a cookie that no script can read says so. */
const COOKIE = 'cookie'
/** The town that `greenwave demo` makes up; nothing else is simulated. */
export const DEMO_TOWN = 'demo-town'

export type Operation = keyof Api
export type Answer<O extends Operation> = Api[O]['answer']
export type Named = Answer<'GET /networks'>['items'][number]
export type Job = Omit<Answer<'GET /jobs/{job}'>, 'problem'> & { problem?: Problem }
export type LiveLink = Answer<'GET /networks/{network}/live'>['links'][number]
/** Addresses that can be read. */
export type Readable = Operation extends infer O ? (O extends `GET ${infer Path}` ? Path : never) : never

export interface Problem { detail?: string; code?: string; next?: string; errors?: { pointer: string; message: string }[] }

export class Refused extends Error {
  readonly status: number
  /** Of the catalogue of errors; absent where it was not the service that refused. */
  readonly code: string | undefined
  /** What can be done about it, in the service's words. */
  readonly next: string | undefined
  readonly errors: readonly { pointer: string; message: string }[]

  constructor(status: number, detail: string, { code, next, errors = [] }: Problem = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.next = next
    this.errors = errors
  }
}

/** Whether this tab has something to say who it is by; false as soon as the service no longer believes it. */
export const signedIn = signal(false)

/** From the link, which is then taken out of the address bar. */
export function takeToken(): void {
  const keep = (token: string, to: string): void => {
    sessionStorage.setItem(KEPT, token)
    history.replaceState(null, '', to)
  }
  const here = location.pathname + location.search
  if (location.hash === '#entered') {
    keep(COOKIE, sessionStorage.getItem(RETURN) ?? here)
    sessionStorage.removeItem(RETURN)
  }
  const token = /^#enter=([\w-]+)$/.exec(location.hash)?.[1]
  if (token !== undefined) keep(token, here)
  signedIn.value = hasToken()
}

export const hasToken = (): boolean => sessionStorage.getItem(KEPT) !== null
export function dropToken(): void {
  sessionStorage.removeItem(KEPT)
  signedIn.value = false
}

const headers = (): Record<string, string> => {
  const token = sessionStorage.getItem(KEPT)
  return token === null || token === COOKIE ? {} : { authorization: `Bearer ${token}` }
}

const credentials = (): RequestCredentials => (sessionStorage.getItem(KEPT) === COOKIE ? 'same-origin' : 'omit')

/** Where the identity provider is begun at; undefined where there is none. */
export const otherWay = async (): Promise<string | undefined> => (await ask<{ identity_provider?: { start: string } }>('/sessions/ways')).identity_provider?.start

/** What a change needs: the version that was seen (its ETag; 0 for what must not be there yet), and a word of the page's own making under which a repeated request is done once. */
export interface Conditions { version?: number | string; once?: string; signal?: AbortSignal }

/** Before the browser goes to the identity provider. */
export const rememberPlace = (): void => sessionStorage.setItem(RETURN, location.pathname + location.search)

/** Throws `Refused` with the service's own sentence; TypeError where nobody answers. */
export async function ask<T>(path: string, method = 'GET', body?: object, conditions: Conditions = {}): Promise<T> {
  return (await send<T>(method, path, { ...conditions, ...(body === undefined ? {} : { body }) })).answer
}

type Fields<O extends Operation> = (keyof Api[O]['at'] extends never ? { at?: {} } : { at: Api[O]['at'] }) & { query?: Api[O]['query'] } & (Api[O]['body'] extends undefined ? {} : { body: Api[O]['body'] })

/** `call('GET /plans/{plan}', { at: { plan } })`: what is asked and answered is typed by the API's description. Throws as `ask`. */
export async function call<O extends Operation>(operation: O, request: Fields<O> & Conditions): Promise<Answer<O>> {
  const [method, path] = operation.split(' ') as [string, string]
  const { at = {}, query = {}, ...rest } = request as { at?: Record<string, string>; query?: Record<string, unknown>; body?: unknown } & Conditions
  return (await send<Answer<O>>(method, addressOf(path, at, query), rest)).answer
}

/** Fields in braces filled in, and the query behind. */
export function addressOf(path: string, at: Readonly<Record<string, string>>, query: Readonly<Record<string, unknown>> = {}): string {
  const search = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? '')) + (search.size === 0 ? '' : `?${String(search)}`)
}

/** With the ETag of the answer, where it has one. Throws as `ask`. */
export async function send<T>(method: string, path: string, { body, version, once, signal }: Conditions & { body?: unknown } = {}): Promise<{ answer: T; etag: string | undefined; status: number }> {
  const answer = await fetch(BASE + path, {
    method, credentials: credentials(), ...(signal === undefined ? {} : { signal }), ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      ...headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(once === undefined ? {} : { 'idempotency-key': once }),
      ...(version === undefined ? {} : version === 0 ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` }),
    },
  })
  if (answer.ok) return { answer: (answer.status === 204 ? undefined : await answer.json()) as T, etag: answer.headers.get('etag') ?? undefined, status: answer.status }
  const problem = await answer.json().catch(() => ({})) as Problem
  throw new Refused(answer.status, problem.detail ?? answer.statusText, problem)
}

export const text = async (path: string): Promise<string> => (await file(path)).text()
export const bytes = async (path: string): Promise<Blob> => (await file(path)).blob()

async function file(path: string): Promise<Response> {
  const answer = await fetch(BASE + path, { headers: headers(), credentials: credentials() })
  if (!answer.ok) throw new Refused(answer.status, answer.statusText)
  return answer
}

export async function logIn(login: string, password: string): Promise<void> {
  const { token } = await ask<{ token: string }>('/sessions', 'POST', { login, password })
  sessionStorage.setItem(KEPT, token)
  signedIn.value = true
}

export async function logOut(): Promise<void> {
  await ask('/sessions/current', 'DELETE').catch(() => {})
  dropToken()
}

const AGAIN_MS = 3000
/** The service says every 15 s that the line is alive; a line that is silent for so long is dead, whatever the network says. */
const SILENT_MS = 45_000

/** Server-sent events over fetch, because they go with the token; begins again where it was when the line breaks or falls silent. */
export function listen(kinds: string, heard: (event: { kind: string; body: unknown }) => void, signal: AbortSignal, isOpen: (open: boolean) => void = () => {}): void {
  let last: string | undefined
  const once = async (): Promise<void> => {
    const line = new AbortController()
    const end = (): void => line.abort()
    signal.addEventListener('abort', end, { once: true })
    let watch = setTimeout(end, SILENT_MS)
    try {
      const answer = await fetch(`${BASE}/events?kinds=${kinds}`, { headers: { ...headers(), ...(last === undefined ? {} : { 'last-event-id': last }) }, credentials: credentials(), signal: line.signal })
      if (!answer.ok || answer.body === null) throw new Refused(answer.status, answer.statusText)
      isOpen(true)
      let rest = ''
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
        clearTimeout(watch)
        watch = setTimeout(end, SILENT_MS)
        const blocks = (rest + piece).split('\n\n')
        rest = blocks.pop()!
        for (const block of blocks) {
          const field = (name: string): string | undefined => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
          last = field('id') ?? last
          const data = field('data')
          if (data !== undefined) heard({ kind: field('event') ?? '', body: JSON.parse(data) as unknown })
        }
      }
    } finally {
      clearTimeout(watch)
      signal.removeEventListener('abort', end)
    }
  }
  const again = (): void => {
    if (signal.aborted) return
    isOpen(false)
    setTimeout(() => void once().then(again, again), AGAIN_MS)
  }
  void once().then(again, again)
}
