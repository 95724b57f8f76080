// What can be done on the page, once: the palette lists it, the keyboard map shows it, a key does it.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

export interface Command {
  id: string
  /** In the language of the moment. */
  title: () => string
  /** As `KeyboardEvent.key`, with `Ctrl+`, `Alt+`, `Shift+` before it in this order: `Ctrl+k`, `ArrowLeft`, `Shift+ArrowLeft`, `?`. Meta counts as Ctrl. */
  keys?: readonly string[]
  enabled?: () => boolean
  run: () => void
}

export const commands = signal<readonly Command[]>([])

/** While the component stands. A command that comes later wins its key. */
export function useCommands(own: readonly Command[], changes: readonly unknown[] = []): void {
  useEffect(() => {
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

addEventListener('keydown', (event) => {
  const key = keyOf(event)
  if (event.defaultPrevented || (isTyping(event.target) && !key.startsWith('Ctrl+'))) return
  const command = commands.value.findLast((one) => one.keys?.includes(key) === true && one.enabled?.() !== false)
  if (command === undefined) return
  event.preventDefault()
  command.run()
})
