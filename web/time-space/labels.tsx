// Names, offsets, splits and cycles, pinned beside the stop lines and spread where they would lie on each other. What is typed counts on Enter and when
// the field is left.
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { spreadLabels } from '../../diagram/labels.ts'
import type { EditorStation } from '../../diagram/editor-scene.ts'
import type { Projection } from '../../diagram/view.ts'
import { coordinatedSplit, intersectionOf } from '../editing/moves.ts'
import { distance, plainSeconds } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { shown, timingAddress, type Desk } from './desk.ts'
import type { holdDiagram } from './hold.ts'
import { words } from './words.ts'

const ROW_PX = { one: 26, two: 44 } as const
const CARD_PX = 118

export function Labels({ desk, projection, hand }: { desk: Desk; projection: ReadonlySignal<Projection | undefined>; hand: ReturnType<typeof holdDiagram> }) {
  const at = projection.value
  const swapped = shown.swapped.value
  const stations = desk.ghost.stations
  const base = desk.base.value
  const head = (
    <div class="ts-label-head">
      <span>{base === undefined ? words().signal : words().relativeTo(nameOf(desk, base))}</span><span>{words().offset}</span><span>{words().split}</span><span>{words().cycle}</span>
    </div>
  )
  if (at === undefined) return <div class="ts-labels">{head}</div>
  const wanted = stations.map(({ position_m }) => at.b(position_m))
  const inside = wanted.map((b) => b > -ROW_PX.one && b < at.breadth + ROW_PX.one)
  const seen = stations.flatMap((station, i) => (inside[i] ? [{ station, b: wanted[i]! }] : []))
  // Names get a line of their own where all of them have the room.
  const row = seen.length * ROW_PX.two <= at.breadth ? ROW_PX.two : ROW_PX.one
  const room = swapped ? CARD_PX / 2 : row
  const places = spreadLabels(seen.map(({ b }) => b), room, [swapped ? room : room / 2, at.breadth - (swapped ? room : room / 2)])
  return (
    <div class="ts-labels">
      {head}
      <svg class="ts-leaders" aria-hidden="true">
        {seen.map(({ station, b }, i) => (Math.abs(b - places[i]!) < 1.5 ? null : swapped ? <line key={station.signal} x1={places[i]} y1="60%" x2={b} y2="100%" /> : <line key={station.signal} x1="258" y1={places[i]} x2="268" y2={b} />))}
      </svg>
      {seen.map(({ station }, i) => <Row key={station.signal} desk={desk} hand={hand} station={station} place={places[i]!} low={swapped && i % 2 === 1} row={row} swapped={swapped} />)}
    </div>
  )
}

const nameOf = ({ street }: Desk, signal: string): string => named(street.stations.find((one) => one.signal === signal)?.name ?? signal)

function Row({ desk, hand, station, place, low, row, swapped }: { desk: Desk; hand: ReturnType<typeof holdDiagram>; station: EditorStation; place: number; low: boolean; row: number; swapped: boolean }) {
  const { signal } = station
  const offset = useComputed(() => desk.offsetShown(signal))
  const planned = useComputed(() => intersectionOf(desk.session.document.value, signal))
  const split = useComputed(() => {
    const one = planned.value
    return one === undefined ? undefined : coordinatedSplit(desk.street.graph.getSignal(signal), one)?.split_s
  })
  const cycle = useComputed(() => planned.value?.cycle_s)
  const selected = useComputed(() => desk.selected.value.has(signal))
  const focused = useComputed(() => desk.focused.value?.signal === signal)
  const name = nameOf(desk, signal)
  const first = desk.ghost.stations[0]!
  const style = swapped ? { left: `${place - CARD_PX / 2}px`, width: `${CARD_PX}px` } : { top: `${place - row / 2}px`, height: `${row}px` }
  return (
    <div class={`ts-label${focused.value ? ' ts-focused' : ''}${selected.value ? ' ts-selected' : ''}${low ? ' ts-low' : ''}${row === ROW_PX.two ? ' ts-two' : ''}`} style={style}>
      <button type="button" class="ts-name" title={`${name} · ${distance(station.position_m - first.position_m)}`} onClick={(event) => (event.ctrlKey || event.metaKey ? hand.select(signal) : desk.goTo(signal))} aria-pressed={selected.value}>
        {name}
      </button>
      {row === ROW_PX.two && !swapped ? <span class="ts-distance">{distance(station.position_m - first.position_m)}</span> : null}
      {station.free ? <span class="ts-free">{words().free}</span> : <>
        <Seconds label={words().offsetOf(name)} value={offset} enter={(value) => desk.enter({ kind: 'offset', signal }, value - (offset.value ?? 0))} />
        <Seconds label={words().splitOf(name)} value={split} enter={(value) => desk.enter({ kind: 'split', signal }, value - (split.value ?? 0))} />
        <a class="ts-cycle" href={timingAddress(desk, signal)} title={words().phasesOf(name)}>{cycle.value === undefined ? words().phases : plainSeconds(cycle.value)}</a>
      </>}
    </div>
  )
}

const written = (value: number | undefined): string => (value === undefined ? '' : String(Math.round(value * 10) / 10))

/** Seconds that can be typed; Escape brings back what was there. */
export function Seconds({ label, value, enter }: { label: string; value: ReadonlySignal<number | undefined>; enter: (value: number) => void }) {
  const typed = useSignal<string | undefined>(undefined)
  const take = useMemo(() => (): void => {
    const text = typed.value
    typed.value = undefined
    const number = text === undefined || text.trim() === '' ? NaN : Number(text.replace(',', '.'))
    if (Number.isFinite(number) && number !== Number(written(value.value))) enter(number)
  }, [enter])
  return (
    <input
      class="ts-seconds" type="text" inputMode="decimal" aria-label={label} value={typed.value ?? written(value.value)} onFocus={(event) => event.currentTarget.select()} onInput={(event) => { typed.value = event.currentTarget.value }} onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take()
        else if (event.key === 'Escape') {
          typed.value = undefined
          event.currentTarget.blur()
        }
      }}
    />
  )
}
