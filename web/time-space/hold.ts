// The pointer in the diagram: what it takes hold of moves with it, the empty plane pans, the wheel zooms where it is. The pointer is captured, so that
// a drag ends where it is let go, wherever that is; Escape or a lost pointer gives up.
import { batch } from '@preact/signals'
import { pan, zoom, type Projection, type View } from '../../diagram/view.ts'
import { pick, type Pick } from '../../diagram/pick.ts'
import type { Plan } from '../../model/plan.ts'
import { cursor } from '../shell/cursor.ts'
import { meant } from '../shell/units.ts'
import type { Desk } from './desk.ts'
import { move, pulledSpeed, type Target } from './gestures.ts'
import { cycleMeasure } from './paint-plane.ts'

interface Hold { pointer: number; x: number; y: number; moved: boolean; from: Plan; view: View; projection: Projection; what: { kind: 'pan' } | { kind: 'cycle' } | Pick }

/** Below it is a click. */
const DRAG_PX = 3
const ZOOM_PER_PX = 0.0016

export function holdDiagram(desk: Desk, projectionNow: () => Projection | undefined, hoveredVehicle: (a: number, b: number) => void) {
  let hold: Hold | undefined

  const planeOf = (event: MouseEvent, element: HTMLElement): { a: number; b: number; projection: Projection } | undefined => {
    const projection = projectionNow()
    if (projection === undefined) return undefined
    const box = element.getBoundingClientRect()
    const [a, b] = projection.plane(event.clientX - box.left, event.clientY - box.top)
    return { a, b, projection }
  }

  const begin = (event: PointerEvent, element: HTMLElement, what: Hold['what'], projection: Projection): void => {
    desk.settleNudge()
    element.setPointerCapture(event.pointerId)
    hold = { pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: false, from: desk.session.document.peek(), view: desk.view.peek(), projection, what }
  }

  const down = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const at = planeOf(event, event.currentTarget)
    if (at === undefined || (event.button !== 0 && event.button !== 1)) return
    const what = event.button === 1 ? undefined : pick(desk.scene.peek(), at.projection, at.a, at.b)
    begin(event, event.currentTarget, what ?? { kind: 'pan' }, at.projection)
    if (what?.kind === 'offset' && (event.ctrlKey || event.metaKey)) {
      select(what.signal)
      hold = undefined
    } else if (what !== undefined && what.kind !== 'band') desk.focused.value = { signal: what.signal, handle: what.kind === 'offset' ? 'offset' : 'split' }
    else if (what?.kind === 'band') desk.focused.value = { signal: what.to, handle: what.direction }
  }

  const downRuler = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const at = planeOf(event, event.currentTarget)
    if (at === undefined || event.button !== 0) return
    const measure = cycleMeasure(at.projection, desk.scene.peek().cycle_s)
    begin(event, event.currentTarget, measure !== undefined && Math.abs(at.a - measure.b) <= 12 ? { kind: 'cycle' } : { kind: 'pan' }, at.projection)
  }

  const select = (signal: string): void => {
    const next = new Set(desk.selected.peek())
    if (!next.delete(signal)) next.add(signal)
    desk.selected.value = next
  }

  const moveTo = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const at = planeOf(event, event.currentTarget)
    if (at === undefined) return
    if (hold === undefined) return hover(event, at)
    if (!hold.moved && Math.hypot(event.clientX - hold.x, event.clientY - hold.y) < DRAG_PX) return
    hold.moved = true
    const [da, db] = hold.projection.plane(event.clientX - hold.x, event.clientY - hold.y)
    const by_s = da / hold.projection.px_per_s
    if (hold.what.kind === 'pan') {
      const metres = (hold.projection.swapped ? -db : db) / hold.projection.px_per_m
      return desk.setView(pan(hold.view, { time_s: -by_s, drawn_m: metres }))
    }
    const target = targetOf(hold.what)
    const moved = move(desk.street, hold.from, target, target.kind === 'speed' ? speedBy(hold, by_s, event.altKey) : by_s, desk.modifiers(event))
    batch(() => {
      desk.held.value = { moved, time_s: at.projection.time(at.a), position_m: at.projection.position(at.b) }
      desk.session.trial(moved.edits)
    })
  }

  /** Metres per second by which the held band gets faster. */
  const speedBy = ({ what, from }: Hold, by_s: number, fine: boolean): number => {
    if (what.kind !== 'band') return 0
    const link = from.bands.find(({ direction }) => direction === what.direction)?.links.find(({ to }) => to === what.to)
    return link === undefined ? 0 : pulledSpeed(link, what.share, by_s, meant('speed', 1), fine) - link.speed_mps
  }

  const hover = (event: PointerEvent & { currentTarget: HTMLElement }, { a, b, projection }: { a: number; b: number; projection: Projection }): void => {
    const found = pick(desk.scene.peek(), projection, a, b)
    const cursors: Record<Pick['kind'], string> = { offset: projection.swapped ? 'ns-resize' : 'ew-resize', edge: projection.swapped ? 'row-resize' : 'col-resize', band: 'grab' }
    event.currentTarget.style.cursor = found === undefined ? 'default' : cursors[found.kind]
    const signal = found === undefined ? undefined : found.kind === 'band' ? found.to : found.signal
    cursor.value = { time_s: projection.time(a), position_m: projection.position(b), from: 'time-space', ...(signal === undefined ? {} : { signal }) }
    hoveredVehicle(a, b)
  }

  const up = (): void => {
    const was = hold
    hold = undefined
    if (was === undefined) return
    if (!was.moved && was.what.kind === 'pan') {
      batch(() => {
        desk.focused.value = undefined
        desk.selected.value = new Set()
      })
    }
    if (was.moved && was.what.kind !== 'pan') {
      batch(() => {
        desk.held.value = undefined
        desk.session.commit()
      })
    }
  }

  return {
    down, downRuler, move: moveTo, up, select,
    giveUp: (): boolean => {
      if (hold === undefined) return false
      const { what, view } = hold
      hold = undefined
      if (what.kind === 'pan') desk.setView(view, true)
      desk.giveUp()
      return true
    },
    leave: (): void => { if (hold === undefined && cursor.peek()?.from === 'time-space') cursor.value = undefined },
    /** Time where the pointer is; with Shift distance, with Ctrl both. */
    wheel: (event: WheelEvent & { currentTarget: HTMLElement }): void => {
      const at = planeOf(event, event.currentTarget)
      if (at === undefined) return
      event.preventDefault()
      const lines = event.deltaMode === 1 ? 16 : 1
      const delta = (event.deltaY || event.deltaX) * lines
      const factor = Math.exp(Math.max(-0.6, Math.min(0.6, delta * ZOOM_PER_PX)))
      const [time, distance] = event.ctrlKey || event.metaKey ? [factor, factor] : event.shiftKey ? [1, factor] : [factor, 1]
      desk.setView(zoom(desk.view.peek(), { time_s: at.projection.time(at.a), drawn_m: desk.axis.peek().drawn(at.projection.position(at.b)) }, { time, distance }))
    },
  }
}

function targetOf(what: Exclude<Hold['what'], { kind: 'pan' }>): Target {
  switch (what.kind) {
    case 'cycle': return { kind: 'cycle' }
    case 'offset': return { kind: 'offset', signal: what.signal }
    case 'edge': return { kind: 'edge', signal: what.signal, at_s: what.at_s, side: what.side }
    case 'band': return { kind: 'speed', direction: what.direction, to: what.to }
  }
}
