// One line of events for all that is on the page, however much listens.
import { effect, signal } from '@preact/signals'
import { listen, signedIn } from '../service/service.ts'

export interface Heard { kind: string; body: unknown }

/** `lost`: it is being tried again. */
export const connection = signal<'none' | 'open' | 'lost'>('none')

const listeners = new Set<{ kinds: readonly string[]; hear: (event: Heard) => void }>()
const KINDS = 'job.,plan.,schedule.,standing-approval.,override.,deployment.,controller.,network.,treatment.,screen.,state.,feed.,night.,settings.'

/** Beginnings of kinds. `hear` is also called, with the kind `connection.back`, when the line was broken: whatever happened meanwhile. Returns what ends it. */
export function onEvents(kinds: readonly string[], hear: (event: Heard) => void): () => void {
  const own = { kinds, hear }
  listeners.add(own)
  return () => listeners.delete(own)
}

const tell = (event: Heard, all = false): void => {
  for (const { kinds, hear } of listeners) if (all || kinds.some((kind) => event.kind.startsWith(kind))) hear(event)
}

effect(() => {
  if (!signedIn.value) {
    connection.value = 'none'
    return
  }
  const end = new AbortController()
  listen(KINDS, tell, end.signal, (open) => {
    const before = connection.peek()
    connection.value = open ? 'open' : 'lost'
    if (open && before === 'lost') tell({ kind: 'connection.back', body: undefined }, true)
  })
  return () => end.abort()
})
