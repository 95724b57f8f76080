// Everything that can be done here and every place one can go, found by a few letters.
import { signal } from '@preact/signals'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import { named } from '../words/language.ts'
import { commands } from './commands.ts'
import { findFitting } from './fuzzy.ts'
import { Keys } from './keyboard-map.tsx'
import { go } from './location.ts'
import { Dialog } from './parts/dialog.tsx'
import { useResource } from './resource.ts'
import { town } from './session.ts'
import { words } from './words.ts'

export const paletteOpen = signal(false)

interface Entry { id: string; kind: 'command' | 'corridor' | 'signal' | 'plan'; title: string; keys?: readonly string[]; run: () => void }

const MOST_SHOWN = 50
/** Its list is ours and not the browser's. */
const COMBOBOX = { role: 'combobox' } as object
const PLANS = { limit: 200 } as const

function useEntries(): Entry[] {
  const at = town.value === undefined ? undefined : { network: town.value.id }
  const drawing = useResource('/networks/{network}/drawing', at).data as unknown as StreetDrawing | undefined
  const plans = useResource('/plans', at === undefined ? undefined : {}, { query: { ...at, ...PLANS } }).data
  const corridorOf = new Map((drawing?.corridors ?? []).flatMap(({ id, intersections }) => intersections.map((one) => [one, id] as const)))
  const names = new Map((drawing?.corridors ?? []).map(({ id, name }) => [id, named(name)]))
  return [
    ...commands.value.filter((one) => one.enabled?.() !== false && one.id !== 'shell.palette').map((one): Entry => ({ id: one.id, kind: 'command', title: one.title(), ...(one.keys === undefined ? {} : { keys: one.keys }), run: one.run })),
    ...(drawing?.corridors ?? []).map(({ id, name }): Entry => ({ id: `corridor ${id}`, kind: 'corridor', title: named(name), run: () => go(`/corridors/${encodeURIComponent(id)}`) })),
    ...(drawing?.signals ?? []).flatMap(({ id, name }): Entry[] => {
      const corridor = corridorOf.get(id)
      return corridor === undefined ? [] : [{ id: `signal ${id}`, kind: 'signal', title: name === undefined ? `${id} · ${names.get(corridor) ?? corridor}` : `${id} ${named(name)}`, run: () => go(`/corridors/${encodeURIComponent(corridor)}?signal=${encodeURIComponent(id)}`) }]
    }),
    ...(plans?.items ?? []).map(({ id, corridor, period, stage, reason }): Entry => ({ id: `plan ${id}`, kind: 'plan', title: `${names.get(corridor) ?? corridor} · ${period} · ${stage} · ${reason}`, run: () => go(`/corridors/${encodeURIComponent(corridor)}?plan=${encodeURIComponent(id)}`) })),
  ]
}

function Search() {
  const id = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  const entries = findFitting(typed, useEntries(), ({ title, kind }) => `${title} ${words().kinds[kind]}`).slice(0, MOST_SHOWN)
  const here = Math.min(at, entries.length - 1)
  useEffect(() => { list.current?.children[here]?.scrollIntoView({ block: 'nearest' }) }, [here, typed])
  const run = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    paletteOpen.value = false
    // After the dialog has given the focus back, so that what is run may take it.
    requestAnimationFrame(() => entry.run())
  }
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key]
    if (event.key === 'Enter') run(entries[here])
    else if (step === undefined) return
    else if (entries.length > 0) setAt(Math.abs(step) === 1 ? (here + step + entries.length) % entries.length : Math.max(0, Math.min(entries.length - 1, here + step)))
    event.preventDefault()
  }
  return (
    <div class="sh-palette">
      <input
        type="text" {...COMBOBOX} aria-expanded="true" aria-controls={`${id}-list`} aria-label={words().type_here} placeholder={words().type_here} autocomplete="off" spellcheck={false} autoFocus value={typed}
        {...(entries.length === 0 ? {} : { 'aria-activedescendant': `${id}-${here}` })} onInput={({ currentTarget }) => { setTyped(currentTarget.value); setAt(0) }} onKeyDown={keys}
      />
      <ul role="listbox" id={`${id}-list`} aria-label={words().palette} ref={list}>
        {entries.map((entry, i) => (
          <li key={entry.id} id={`${id}-${i}`} role="option" aria-selected={i === here} onClick={() => run(entry)} onPointerMove={() => setAt(i)}>
            <span class="sh-grow">{entry.title}</span>{entry.keys === undefined ? null : <Keys keys={entry.keys} />}<small>{words().kinds[entry.kind]}</small>
          </li>
        ))}
      </ul>
      <p class={entries.length === 0 ? 'sh-quiet' : 'sh-hidden'} role="status">{entries.length === 0 ? words().nothing_found : words().found(entries.length)}</p>
    </div>
  )
}

export const Palette = () => (paletteOpen.value ? <Dialog title={words().palette} bare wide onClose={() => { paletteOpen.value = false }}><Search /></Dialog> : null)
