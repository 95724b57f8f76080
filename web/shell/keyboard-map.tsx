// What the keys do here: the same list that the keys themselves are looked up in.
import { signal } from '@preact/signals'
import { commands, type Command } from './commands.ts'
import { Dialog } from './parts/dialog.tsx'
import { words } from './words.ts'

export const keyboardMapOpen = signal(false)

const SIGNS: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Enter: '↵', Escape: 'Esc', ' ': '␣', Delete: 'Del', PageUp: 'PgUp', PageDown: 'PgDn' }

/** `Ctrl+k` as keys to press, one by one; `g c`: one after the other. */
export const keyCaps = (key: string): string[] => (key.length === 1 ? [key] : key.includes(' ') && !key.endsWith(' ') ? key.split(' ') : key.split(/\+(?!$)/)).map((one) => SIGNS[one] ?? (one.length === 1 ? one.toUpperCase() : one))

export function Keys({ keys }: { keys: readonly string[] }) {
  return <span class="sh-keys">{keys.map((key, i) => <span key={key}>{i > 0 ? ` ${words().key_or} ` : ''}{keyCaps(key).map((cap) => <kbd key={cap}>{cap}</kbd>)}</span>)}</span>
}

const Section = ({ title, list }: { title: string; list: readonly Command[] }) => (list.length === 0 ? null : (
  <section>
    <h3>{title}</h3>
    <dl>{list.map((one) => <div key={one.id}><dt>{one.title()}</dt><dd><Keys keys={one.keys!} /></dd></div>)}</dl>
  </section>
))

export function KeyboardMap() {
  if (!keyboardMapOpen.value) return null
  const withKeys = commands.value.filter(({ keys }) => keys !== undefined && keys.length > 0)
  return (
    <Dialog title={words().keys} wide onClose={() => { keyboardMapOpen.value = false }}>
      <p class="sh-quiet">{words().keys_hint}</p>
      <div class="sh-key-map">
        <Section title={words().here} list={withKeys.filter(({ id }) => !id.startsWith('shell.'))} />
        <Section title={words().everywhere} list={withKeys.filter(({ id }) => id.startsWith('shell.'))} />
      </div>
    </Dialog>
  )
}
