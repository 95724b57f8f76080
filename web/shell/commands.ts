// What can be done on the page, once: the palette lists it, the keyboard map shows it, a key does it.
import { signal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

export interface Command {
  id: string
  /** In the language of the moment. */
  title: () => string
  /** As `KeyboardEvent.key`, with `Ctrl+`, `Alt+`, `Shift+` before it in this order: `Ctrl+k`, `ArrowLeft`, `Shift+ArrowLeft`, `?`; `g c`: one after the other. Meta counts as Ctrl. */
  keys?: readonly string[]
  enabled?: () => boolean
  run: () => void
}

export const commands = signal<readonly Command[]>([])

/** While the component stands: its keys work as soon as it is seen. A command that comes later wins its key. */
export function useCommands(own: readonly Command[], changes: readonly unknown[] = []): void {
  useLayoutEffect(() => {
    commands.value = [...commands.value, ...own]
    return () => { commands.value = commands.value.filter((one) => !own.includes(one)) }
  }, changes)
}

const PRINTED_WITH_SHIFT = /^[^a-z0-9]$/i

export function keyOf(event: KeyboardEvent): string {
  const shift = event.shiftKey && !(PRINTED_WITH_SHIFT.test(event.key) && event.key !== ' ')
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`
}

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** On these, Enter and the space bar press what has the focus. */
const isPressed = (target: EventTarget | null, key: string): boolean => (key === 'Enter' || key === ' ') && target instanceof Element && target.closest('button, a, summary, select, [role=tab], [role=option], [role=checkbox]') !== null

/** So long the first of two keys is remembered. */
const CHORD_MS = 1500
let first: { key: string; at_ms: number } | undefined

const find = (key: string): Command | undefined => commands.peek().findLast((one) => one.keys?.includes(key) === true && one.enabled?.() !== false)
const begins = (key: string): boolean => commands.peek().some((one) => one.keys?.some((wanted) => wanted.startsWith(`${key} `)) === true)

addEventListener('keydown', (event) => {
  const key = keyOf(event)
  if (event.defaultPrevented || event.isComposing || /^(Control|Shift|Alt|Meta)$/.test(event.key)) return
  if ((isTyping(event.target) && !key.startsWith('Ctrl+')) || isPressed(event.target, key) || document.querySelector('dialog:modal') !== null) return
  const before = first !== undefined && event.timeStamp - first.at_ms < CHORD_MS ? first.key : undefined
  const command = (before === undefined ? undefined : find(`${before} ${key}`)) ?? find(key)
  first = before === undefined && begins(key) ? { key, at_ms: event.timeStamp } : undefined
  if (command === undefined) return
  event.preventDefault()
  command.run()
})
