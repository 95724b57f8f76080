// Where the view lies in the whole: the corridor's length against the hours that there is something to see of. Dragging moves the view.
import type { ReadonlySignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Projection } from '../../diagram/view.ts'
import type { Desk } from './desk.ts'
import { words } from './words.ts'

export function Minimap({ desk, projection }: { desk: Desk; projection: ReadonlySignal<Projection | undefined> }) {
  const held = useRef(false)
  const { view, extent, period, home } = desk
  const start = home()
  const from_s = Math.min(period?.start_s ?? start.from_s, start.from_s, view.value.from_s)
  const to_s = Math.max(period?.end_s ?? start.to_s, start.to_s, view.value.to_s)
  const [low, high] = [Math.min(extent.value[0], view.value.low_m), Math.max(extent.value[1], view.value.high_m)]
  const share = (value: number, least: number, most: number): number => (100 * (value - least)) / (most - least)
  const box = { left: share(view.value.from_s, from_s, to_s), width: share(view.value.to_s, from_s, to_s) - share(view.value.from_s, from_s, to_s), top: 100 - share(view.value.high_m, low, high), height: share(view.value.high_m, low, high) - share(view.value.low_m, low, high) }
  const move = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (!held.current) return
    const frame = event.currentTarget.getBoundingClientRect()
    const time = from_s + ((event.clientX - frame.left) / frame.width) * (to_s - from_s)
    const drawn = high - ((event.clientY - frame.top) / frame.height) * (high - low)
    const { from_s: a, to_s: b, low_m, high_m } = view.peek()
    desk.setView({ from_s: time - (b - a) / 2, to_s: time + (b - a) / 2, low_m: drawn - (high_m - low_m) / 2, high_m: drawn + (high_m - low_m) / 2 })
  }
  return (
    <div
      class="ts-minimap" title={words().minimap} aria-hidden="true" onPointerMove={move} onPointerUp={() => { held.current = false }} onPointerCancel={() => { held.current = false }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        held.current = true
        move(event)
      }}
    >
      {desk.ghost.stations.map(({ signal, position_m }) => <span key={signal} class="ts-minimap-line" style={{ top: `${100 - share(desk.axis.value.drawn(position_m), low, high)}%` }} />)}
      <span class="ts-minimap-view" style={{ left: `${box.left}%`, width: `max(4px, ${box.width}%)`, top: `${box.top}%`, height: `${box.height}%` }} data-length={projection.value?.length} />
    </div>
  )
}
