// Who looks, at which town, and whether the service is there. Everything else asks as that person.
import { computed, effect, signal } from '@preact/signals'
import { type Answer, call, dropToken, hasToken, Refused, signedIn } from '../service/service.ts'
import { look, query } from './location.ts'

export type Person = Answer<'GET /me'>
export type Town = Answer<'GET /networks'>['items'][number]
export type Role = NonNullable<Person['role']>

const ROLES: readonly Role[] = ['viewer', 'engineer', 'approver', 'administrator']
const KEPT = 'greenwave.town'
const AGAIN_MS = 3000
/** A link that was just printed is good only when the town is open: so long a stranger is asked to wait and not sent away. */
const OPENING_MS = 90_000

export const me = signal<Person | undefined>(undefined)
export const towns = signal<readonly Town[] | undefined>(undefined)
/** Why nothing can be shown: the service is away, or is still being opened. */
export const trouble = signal<'lost' | 'starting' | undefined>(undefined)

/** The address names it, or it is the one that was looked at last, or the first there is. */
export const town = computed<Town | undefined>(() => {
  const all = towns.value
  const wanted = query.value.get('network') ?? localStorage.getItem(KEPT)
  return all?.find(({ id }) => id === wanted) ?? all?.[0]
})

export function chooseTown(id: string): void {
  localStorage.setItem(KEPT, id)
  look({ network: id }, { push: true })
}

/** Whether the person may do what that role may. */
export const may = (role: Role): boolean => me.value?.role !== undefined && ROLES.indexOf(me.value.role) >= ROLES.indexOf(role)

let timer: number | undefined

/** Asks who it is until the service says so. */
async function open(): Promise<void> {
  clearTimeout(timer)
  try {
    const [person, { items }] = await Promise.all([call('GET /me', {}), call('GET /networks', {})])
    me.value = person
    towns.value = items
    trouble.value = undefined
    if (items.length === 0) timer = window.setTimeout(() => void open(), AGAIN_MS)
  } catch (error) {
    noteFailure(error)
    if (signedIn.value) timer = window.setTimeout(() => void open(), AGAIN_MS)
  }
}

/** What a failed request says about the whole: not known any more, or nobody there. Who asked shows the rest. */
export function noteFailure(error: unknown): void {
  const opening = me.peek() === undefined && performance.now() < OPENING_MS
  if (!(error instanceof Refused)) trouble.value = 'lost'
  else if (error.status === 503 || (error.status === 401 && opening && hasToken())) trouble.value = 'starting'
  else if (error.status === 401) dropToken()
  else return
  if (signedIn.value && me.peek() !== undefined) {
    clearTimeout(timer)
    timer = window.setTimeout(() => void open(), AGAIN_MS)
  }
}

effect(() => {
  if (signedIn.value) {
    void open()
    return
  }
  clearTimeout(timer)
  me.value = undefined
  towns.value = undefined
  trouble.value = undefined
})
