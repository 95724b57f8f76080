// Drawing a corridor: signals picked on the map or in the list, the way between them found, saved as a new version of the network.
import { useComputed, useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Scenario } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import { ask, Refused } from '../service/service.ts'
import { language, named } from '../words/language.ts'
import { length } from './figures.ts'
import type { TownData } from './town-data.ts'
import { NO_WAY, type Way } from './scene.ts'
import { extended, graphOf, suggestedName, wayOf, withCorridor } from './way.ts'
import { words } from './words.ts'

export interface DrawCorridorProps {
  town: TownData
  way: Signal<Way>
  /** The signal that was clicked on the map last; each click is a new object. */
  clicked: Signal<{ signal: SignalId } | undefined>
  marked: (signal: SignalId | undefined) => void
  close: () => void
  /** Kept; `plan` where a plan is to be computed for it next. */
  done: (corridor: string, next: 'keep' | 'plan') => void
}

export function DrawCorridor({ town, way, clicked, marked, close, done }: DrawCorridorProps) {
  const said = useSignal('')
  const wrong = useSignal('')
  /** As it was typed; before that, as its streets are called. */
  const typed = useSignal<string | undefined>(undefined)
  const name = useComputed(() => typed.value ?? (town.streets.value === undefined ? '' : suggestedName(town.streets.value, way.value)))
  const saving = useSignal<'keep' | 'plan' | undefined>(undefined)
  const at = useSignal(0)
  const list = useRef<HTMLUListElement>(null)
  const streets = town.streets.value
  const graph = useComputed(() => (town.streets.value === undefined ? undefined : graphOf(town.streets.value.drawing)))
  const order = [...(streets?.drawing.signals ?? [])].sort((a, b) => named(a.name ?? a.id).localeCompare(named(b.name ?? b.id), language.value, { numeric: true }))
  const nameOf = (id: SignalId): string => named(streets?.signals.get(id)?.name ?? id)
  const pick = (id: SignalId): void => {
    if (graph.value === undefined) return
    const result = extended(graph.value, way.value, id)
    if ('problem' in result) {
      wrong.value = result.problem === 'already' ? words().already(nameOf(id)) : words().no_way(nameOf(way.value.signals.at(-1)!), nameOf(id))
      return
    }
    wrong.value = ''
    way.value = result.way
    said.value = words().picked(nameOf(id), result.way.signals.length)
  }
  const back = (): void => {
    const last = way.value.signals.at(-1)
    if (last === undefined || graph.value === undefined) return
    way.value = wayOf(graph.value, way.value.signals.slice(0, -1))
    said.value = words().removed(nameOf(last))
  }
  useEffect(() => { if (clicked.value !== undefined) pick(clicked.value.signal) }, [clicked.value])
  useEffect(() => { list.current?.focus() }, [])
  const move = (to: number): void => {
    at.value = Math.min(order.length - 1, Math.max(0, to))
    marked(order[at.value]?.id)
    list.current?.children[at.value]?.scrollIntoView({ block: 'nearest' })
  }
  const key = (event: KeyboardEvent): void => {
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(at.value + 1), ArrowRight: () => move(at.value + 1), ArrowUp: () => move(at.value - 1), ArrowLeft: () => move(at.value - 1), Home: () => move(0), End: () => move(order.length - 1),
      'Enter': () => { if (order[at.value] !== undefined) pick(order[at.value]!.id) }, ' ': () => { if (order[at.value] !== undefined) pick(order[at.value]!.id) }, 'Backspace': back, 'Escape': close,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    step()
  }
  const save = async (next: 'keep' | 'plan'): Promise<void> => {
    if (way.value.signals.length < 2) { wrong.value = words().needs_two; return }
    if (name.value.trim() === '') { wrong.value = words().needs_name; return }
    saving.value = next
    try {
      const address = `/networks/${encodeURIComponent(town.network)}`
      const scenario = await ask<Scenario>(`${address}/scenario?version=${town.version.value}`)
      const changed = withCorridor(scenario, name.value.trim(), way.value.signals)
      await ask(address, 'PUT', changed.scenario, { version: town.version.value })
      await town.reload()
      done(changed.corridor.id, next)
    } catch (error) {
      if (error instanceof Refused && error.status === 412) await town.reload()
      wrong.value = !(error instanceof Refused) ? words().lost : error.status === 412 ? words().changed_meanwhile : error.message
    } finally {
      saving.value = undefined
    }
  }
  const { signals, outbound_m, inbound_m } = way.value
  return (
    <form class="map-draw" aria-label={words().draw} onSubmit={(event) => { event.preventDefault(); void save('keep') }}>
      <h3>{words().draw}</h3>
      <p class="map-quiet">{words().draw_hint}</p>
      <ul class="map-signals" role="listbox" tabIndex={0} ref={list} aria-label={words().signals} aria-activedescendant={`map-signal-${at.value}`} onKeyDown={key} onBlur={() => marked(undefined)}>
        {order.map(({ id, name: own }, i) => {
          const number = signals.indexOf(id)
          return <li key={id} id={`map-signal-${i}`} role="option" aria-selected={number >= 0} data-signal={id} class={i === at.value ? 'map-at' : ''} onClick={() => { at.value = i; pick(id) }} onMouseEnter={() => marked(id)}>
            <b>{number >= 0 ? number + 1 : ''}</b>{named(own ?? id)}
          </li>
        })}
      </ul>
      <p class="map-way"><b>{words().way_of(signals.length)}</b>{signals.length > 1 && <span>{inbound_m === undefined ? `${length(outbound_m)} · ${words().one_way}` : words().both_ways(length(outbound_m), length(inbound_m))}</span>}</p>
      <label>{words().name}<input value={name.value} maxLength={200} onInput={({ currentTarget }) => { typed.value = currentTarget.value }} /></label>
      <p class="map-quiet">{words().new_version}</p>
      {wrong.value !== '' && <p class="map-wrong" role="alert">{wrong.value}</p>}
      <p class="sh-hidden" role="status">{said.value}</p>
      <p class="map-buttons">
        <button type="button" class="map-main" disabled={saving.value !== undefined} onClick={() => void save('plan')}>{saving.value === 'plan' ? words().saving : words().save_plan}</button>
        <button type="submit" disabled={saving.value !== undefined}>{saving.value === 'keep' ? words().saving : words().save}</button>
        <button type="button" disabled={signals.length === 0} onClick={back}>{words().undo}</button>
        <button type="button" disabled={signals.length === 0} onClick={() => { way.value = NO_WAY }}>{words().clear}</button>
        <button type="button" onClick={close}>{words().cancel}</button>
      </p>
    </form>
  )
}

