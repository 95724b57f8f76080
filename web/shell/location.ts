// The address is the view: which page, of what, and how it is looked at. Reading `path` or `query` in a component follows it.
import { computed, signal } from '@preact/signals'

const href = signal(location.pathname + location.search)

export const path = computed(() => new URL(href.value, location.origin).pathname)
export const query = computed(() => new URL(href.value, location.origin).searchParams)

addEventListener('popstate', () => { href.value = location.pathname + location.search })

/** To another page; the browser's back button leads here again. */
export function go(to: string): void {
  if (to === href.value) return
  history.pushState(null, '', to)
  href.value = to
}

/** Changes how the same page is looked at. `undefined` takes a field out. What moves all the time replaces, what one would go back from is pushed. */
export function look(fields: Record<string, string | undefined>, { push = false } = {}): void {
  const url = new URL(href.value, location.origin)
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  const to = url.pathname + url.search
  if (to === href.value) return
  if (push) history.pushState(null, '', to)
  else history.replaceState(null, '', to)
  href.value = to
}

/** Fields of a path like `/corridors/:corridor`; undefined where it is another. */
export function match(pattern: string, at: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const parts = at.split('/')
  if (wanted.length !== parts.length) return undefined
  const fields: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) fields[part.slice(1)] = decodeURIComponent(parts[i]!)
    else if (part !== parts[i]) return undefined
  }
  return fields
}
